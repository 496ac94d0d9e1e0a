"""The tables of the benchmark: scores with their bars, by group, coverage, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.estimation.scoring import IMPLAUSIBLE, Row

PUBLISHED = """Published or measured elsewhere, for comparison:
  RIbench score    refineR 2.0.0 0.300 (all 5,760 sets) | reflimR 1.1.0 0.676 (320 sets)
                   120 healthy volunteers, direct, simulated 0.193
  implausible      refineR 0.069 % | reflimR 0.63 %
  CPU a set        refineR 4.4-8 s | reflimR 0.005-0.27 s
  WBC/NEUT-like    refineR 0.161 | reflimR 0.130 (sick shapes outside the prototype's family)"""


def report(rows: list[Row]) -> str:
    """Every table as text."""
    frame = pd.DataFrame([vars(row) for row in rows])
    plain, with_intervals = frame[frame.held.map(len) == 0], frame[frame.held.map(len) > 0]
    parts = [_bars(plain, with_intervals), PUBLISHED]
    shared = plain[plain.suite == "RIbench"]
    if len(shared):
        parts.append("RIbench score by size and share of sick\n" + _grid(shared, "n", "sick"))
        parts.append("RIbench by analyte\n" + _by_kind(shared))
    parts.append("Drawn here, score by kind and size\n" + _grid(
        with_intervals[with_intervals.suite == "drawn here"], "kind", "n"))  # fmt: skip
    parts.append("95 % intervals\n" + coverage(with_intervals))
    parts.append("Refused (scored all the same)\n" + _refused(frame))
    return "\n\n".join(parts)


def _bars(plain: pd.DataFrame, with_intervals: pd.DataFrame) -> str:
    lines = [f"{'what':44} {'measured':>9}   bar"]

    def line(what: str, value: float, bar: str) -> None:
        lines.append(f"{what:44} {value:9.4f}   {bar}")

    for suite, bar in (("RIbench", "0.170 (aim 0.140)"), ("WBC/NEUT-like", "0.090 (aim 0.070)")):
        mine = plain[plain.suite == suite]
        if len(mine):
            counted = mine[mine.score <= IMPLAUSIBLE]
            line(f"{suite}, {len(mine)} sets: score", counted.score.mean(), bar)
            line("  share above 5, %", 100 * (mine.score > IMPLAUSIBLE).mean(), "0.05")
            line("  failures", float(mine.score.isna().sum()), "0")
            line("  lower limit, bias %", 100 * mine.bias.map(lambda b: b[0]).mean(), "2 (WBC)")
            line("  median CPU, s", mine.cpu.median(), "0.05 (aim 0.02)")
    line("With intervals: median CPU, s", with_intervals.cpu.median(), "2 (aim 0.5)")
    line("  largest CPU, s", with_intervals.cpu.max(), "")
    return "\n".join(lines)


def _grid(frame: pd.DataFrame, down: str, across: str) -> str:
    counted = frame[frame.score <= IMPLAUSIBLE].assign(n=frame.n.map(_round_size))
    table = counted.pivot_table(index=down, columns=across, values="score", aggfunc="mean")
    return str(table.round(3).to_string())


def _by_kind(frame: pd.DataFrame) -> str:
    counted = frame[frame.score <= IMPLAUSIBLE]
    table = pd.DataFrame({
        "score": counted.groupby("kind").score.mean(),
        "first limit off": counted.groupby("kind").off.agg(lambda rows: np.mean([r[0] for r in rows])),
        "last limit off": counted.groupby("kind").off.agg(lambda rows: np.mean([r[-1] for r in rows])),
    })  # fmt: skip
    return str(table.round(3).to_string())


def coverage(frame: pd.DataFrame) -> str:
    """How often the interval of each limit holds the truth, and how wide it is, by size."""
    rows = []
    for one in frame.to_dict("records"):
        sides = ("lower", "upper") if len(one["held"]) == 2 else ("upper",)
        for side, held, off, width in zip(
            sides, one["held"], one["off"], one["width"], strict=True
        ):
            size = _round_size(one["n"])
            rows.append((one["suite"], size, side, held, not held and off > 0, width))
    long = pd.DataFrame(rows, columns=["suite", "n", "limit", "held", "above", "width"])
    table = long.groupby(["suite", "n", "limit"]).agg(
        sets=("held", "size"), held=("held", "mean"), all_above=("above", "mean"),
        median_width=("width", "median"),
    )  # fmt: skip
    return str(table.round(3).to_string()) + (
        "\n(held: bar 0.90-0.98, aim 0.93-0.97; width against the distance of the true limits,"
        "\n of a single limit against the limit itself)"
    )


def _refused(frame: pd.DataFrame) -> str:
    table = frame.groupby(["suite", "refusal"]).score.agg(["size", "mean"])
    table["share"] = table["size"] / table.groupby("suite")["size"].transform("sum")
    table.index = table.index.set_levels(
        [name or "not refused" for name in table.index.levels[1]], level=1
    )
    return str(table.rename(columns={"mean": "score", "size": "sets"}).round(3).to_string())


def _round_size(n: int) -> int:
    """A set's size without the few results that fell out below 0."""
    return int(float(f"{n:.1g}")) if n < 900_000 else n
