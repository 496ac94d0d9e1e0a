"""An age x value histogram: narrow age bins, in each of them the counts of values."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from leukon.arrays import Floats
from leukon.estimation.bins import Bins, bin_counts, value_counts
from leukon.estimation.splines import on_axis

MOST_AGES = 90
FEWEST_IN_BIN = 60
_WIDEST = 0.12
"""How wide an age bin may get on the axis of log age before it is closed (about 12 % of the age)."""


@dataclass(frozen=True)
class AgeBins:
    """The results of each age bin: `days` is its mean age, `rows` the binned values."""

    days: Floats
    rows: tuple[Bins, ...]
    n: Floats

    @property
    def axis(self) -> Floats:
        """Where the bins stand on the axis of log age."""
        return on_axis(self.days)

    @property
    def unit(self) -> float:
        """About the median of all values: every bin's values are in units of it."""
        return self.rows[0].unit

    def with_counts(self, counts: list[Floats]) -> AgeBins:
        """The same bins with other counts."""
        rows = tuple(replace(row, counts=c) for row, c in zip(self.rows, counts, strict=True))
        return replace(self, rows=rows, n=np.array([c.sum() for c in counts]))


def age_bins(days: Floats, values: Floats, counts: Floats, step: float | None) -> AgeBins:
    """Sort results into age bins that are narrow, but hold enough, and count the values of each."""
    order = np.argsort(days, kind="stable")
    days, values, counts = days[order], values[order], counts[order]
    ends = _ends(days, counts)
    starts = np.concatenate(([0], ends[:-1]))
    total = np.add.reduceat(counts, starts)
    middle = np.add.reduceat(counts * days, starts) / total
    unit = _median(values, counts)
    rows = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        distinct, numbers = value_counts(values[start:end], counts[start:end])
        rows.append(replace(bin_counts(distinct, numbers, step), unit=unit))
    return AgeBins(middle, tuple(rows), total)


def _ends(days: Floats, counts: Floats) -> np.ndarray:
    """After which result each age bin ends; equal ages stay together."""
    axis, reached = on_axis(days), np.cumsum(counts)
    least = max(FEWEST_IN_BIN, reached[-1] / MOST_AGES)
    last_of_age = np.flatnonzero(np.append(np.diff(days) > 0, True))
    ends: list[int] = []
    held, begun = 0.0, axis[0]
    for place in last_of_age.tolist():
        inside = reached[place] - held
        wide = axis[min(place + 1, axis.size - 1)] - begun >= _WIDEST
        if inside >= least or (wide and inside >= FEWEST_IN_BIN):
            ends.append(place + 1)
            held, begun = float(reached[place]), axis[min(place + 1, axis.size - 1)]
    if not ends or reached[-1] - held >= FEWEST_IN_BIN:
        ends.append(days.size)
    ends[-1] = days.size
    return np.array(sorted(set(ends)))


def _median(values: Floats, counts: Floats) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(counts[order])
    middle = float(values[order][np.searchsorted(reached, reached[-1] / 2)])
    return middle if middle > 0 else float(values[values > 0].min())
