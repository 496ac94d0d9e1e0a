"""Run the benchmark of the estimation and print its table.

make bench-estimation                       everything, under ten minutes on one core
make bench-estimation ARGS="--part 0.1"     a tenth of it
make bench-estimation ARGS="--seed 7"       other sets of the generator
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.estimation.scoring import Row, measured
from benchmarks.estimation.sets import SHARED, Set, drawn, ribench, white_cells
from benchmarks.estimation.tables import report
from leukon import estimate

SIZES = (1_000, 5_000, 50_000)


def main() -> None:
    """Measure, print, and write the rows to build/bench-estimation.json."""
    args = _arguments()
    first = _first_call()
    began = time.process_time()
    rows = _without_intervals(args) + _with_intervals(args)
    print(f"First call (compiles, or reads what was compiled before): {first:.1f} s CPU")
    print(f"All sets: {time.process_time() - began:.0f} s CPU\n")
    print(report(rows))
    out = Path("build/bench-estimation.json")
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps([asdict(row) for row in rows]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench-estimation")
    parser.add_argument("--part", type=float, default=1.0, help="of the sets, 0 to 1")
    parser.add_argument("--seed", type=int, default=0, help="of the sets drawn here")
    parser.add_argument("--replicates", type=int, default=200, help="for the intervals")
    return parser.parse_args()


def _first_call() -> float:
    start = time.process_time()
    estimate(np.exp(np.random.default_rng(0).normal(2, 0.3, 1000)), replicates=2)
    return time.process_time() - start


def _without_intervals(args: argparse.Namespace) -> list[Row]:
    if not SHARED.is_dir():
        print("NOT MEASURED: the shared sets are not there (see LEUKON_SHARED)\n")
        return []
    return [_row(one, 0) for one in (*ribench(args.part), *white_cells())]


def _with_intervals(args: argparse.Namespace) -> list[Row]:
    """Sets drawn here, and a quarter of the shared ones, with 95 % intervals."""
    sets: list[Set] = list(drawn(SIZES, max(1, round(10 * args.part)), args.seed))
    if SHARED.is_dir():
        sets += [*ribench(args.part / 4), *white_cells()]
    return [_row(one, args.replicates) for one in sets]


def _row(one: Set, replicates: int) -> Row:
    return measured(one.suite, one.kind, one.values, one.counts, one.truth, one.sick, replicates)


if __name__ == "__main__":
    main()
