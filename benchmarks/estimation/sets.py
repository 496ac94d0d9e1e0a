"""The sets with a known truth: shared ones (RIbench, white-cell-like) and ones drawn here."""

from __future__ import annotations

import math
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.estimation.generator import LOWER, UPPER, Kind, kinds
from benchmarks.estimation.scoring import Truth

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("LEUKON_SHARED") or ROOT.parent / "shared") / "ribench"
SMALLEST_VALUE = 1e-9
UPPER_ONLY = {"CRP": 0.95}
"""Analytes with an upper limit only, and its probability."""


@dataclass(frozen=True)
class Set:
    """Results with a known truth."""

    suite: str
    kind: str
    values: np.ndarray
    counts: np.ndarray | None
    truth: Truth
    sick: float


def ribench(part: float) -> Iterator[Set]:
    """The shared RIbench sets; a part of them is spread evenly over analytes, sizes and shares."""
    yield from _shared("RIbench", "spec.csv", pd.read_parquet(SHARED / "counts.parquet"), part)


def white_cells() -> Iterator[Set]:
    """The shared white-cell-like sets."""
    counts = pd.read_csv(SHARED / "wbc_like_counts.csv.gz")
    yield from _shared("WBC/NEUT-like", "wbc_like_spec.csv", counts, 1.0)


def drawn(sizes: tuple[int, ...], times: int, seed: int) -> Iterator[Set]:
    """Fresh sets of every kind of the generator."""
    for kind in kinds():
        for n in sizes:
            rng = np.random.default_rng([seed, n, zlib.crc32(kind.name.encode())])
            for _ in range(times):
                sick = sum(share for share, _ in kind.sick)
                yield Set("drawn here", kind.name, kind.sample(rng, n), None, _truth(kind), sick)


def _truth(kind: Kind) -> Truth:
    return Truth({p: kind.truth(p) for p in (LOWER, UPPER)}, kind.score_of)


def _shared(suite: str, spec: str, counts: pd.DataFrame, part: float) -> Iterator[Set]:
    by_set = dict(list(counts.groupby("Index")))
    rows = pd.read_csv(SHARED / spec).sort_values(["Analyte", "N", "fractionPathol", "Index"])
    for row in rows.iloc[:: max(1, round(1 / part))].to_dict("records"):
        mine = by_set[row["Index"]]
        values = mine["k"].to_numpy() * 10.0 ** -row["decimals"]
        upper_only = UPPER_ONLY.get(row["Analyte"])
        limits = (
            {upper_only: row["GT_URL"]}
            if upper_only
            else {LOWER: row["GT_LRL"], UPPER: row["GT_URL"]}
        )
        truth = Truth(limits, _scorer(row))
        number = mine["n"].to_numpy(dtype=float)
        yield Set(suite, row["Analyte"], values, number, truth, row["fractionPathol"])


class _scorer:  # noqa: N801 (a function that holds its set)
    """The standard score in the true transform of a set."""

    def __init__(self, row: dict[str, float]) -> None:
        self.power, self.shift = row["nonp_lambda"], row["nonp_shift"]
        self.mean, self.spread = row["nonp_mu"], row["nonp_sigma"]

    def __call__(self, value: float) -> float:
        x = max(value - self.shift, SMALLEST_VALUE)
        y = math.log(x) if self.power == 0 else (x**self.power - 1) / self.power
        return (y - self.mean) / self.spread
