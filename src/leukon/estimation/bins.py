"""Count equal values, find their reporting step, and merge them into bins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from leukon.arrays import Floats, Truths

MOST_BINS = 160
_NEAR = 1e-4
_ON_STEP = 0.95
_GAPS_TRIED = 10
_LOOKED_AT = 2000


@dataclass(frozen=True)
class Bins:
    """Counts between edges: `counts[j]` results lie between `edges[j]` and `edges[j + 1]`.

    The first edge is 0 and the last infinite; `span` is the finite range, `unit` about the median,
    and `logs` are the edges' logarithms after division by it.
    """

    counts: Floats
    edges: Floats
    span: tuple[float, float]
    unit: float

    @cached_property
    def logs(self) -> Floats:
        """The logarithm of each edge over the unit; -inf and inf at the ends."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.edges / self.unit))

    @cached_property
    def flat(self) -> Floats:
        """Each bin's probability under a background that is even over the span."""
        widths = np.diff(np.minimum(self.edges, self.span[1]))
        return np.asarray(widths / (self.span[1] - self.edges[0]))

    @cached_property
    def n(self) -> float:
        """How many results there are."""
        return float(self.counts.sum())

    def redrawn(self, counts: Floats) -> Bins:
        """The same bins with other counts."""
        other = replace(self, counts=counts)
        other.__dict__.update(logs=self.logs, flat=self.flat)
        return other


def value_counts(values: Floats, counts: Floats | None) -> tuple[Floats, Floats]:
    """Distinct values in order and how many results have each; rows without a count are dropped."""
    if counts is None:
        distinct, repeated = np.unique(values, return_counts=True)
        return distinct, repeated.astype(float)
    distinct, place = np.unique(values, return_inverse=True)
    numbers = np.asarray(np.bincount(place, weights=counts), dtype=float)
    return distinct[numbers > 0], numbers[numbers > 0]


def reporting_step(values: Floats, counts: Floats) -> float | None:
    """The step to which results were rounded: at least 95 % are multiples; None if there is none.

    >>> reporting_step(np.array([3.9, 4.0, 4.2, 4.5]), np.ones(4))
    0.1
    """
    if values.size < 2 or values[-1] <= 0:
        return None
    thin = slice(None, None, 1 + values.size // _LOOKED_AT)
    few, least_of_few = values[thin], counts[thin].sum() * _ON_STEP**2
    least = counts.sum() * _ON_STEP
    for smallest in np.unique(np.diff(_common(values, counts)))[:_GAPS_TRIED]:
        for part in range(1, 11):
            step = values[-1] / max(1.0, round(values[-1] / (smallest / part)))
            on_step = counts[thin][_multiple(few, step)].sum() >= least_of_few
            if on_step and counts[_multiple(values, step)].sum() >= least:
                return float(f"{step:.9g}")
    return None


def _multiple(values: Floats, step: float) -> Truths:
    return np.asarray(np.abs(values / step - np.rint(values / step)) < _NEAR)


def _common(values: Floats, counts: Floats) -> Floats:
    """The most frequent values, which hold nearly all results: the others may be oddly rounded."""
    order = np.argsort(-counts, kind="stable")
    enough = int(np.searchsorted(np.cumsum(counts[order]), _ON_STEP * counts.sum())) + 1
    return np.sort(values[order[: max(2, enough)]])


def bin_counts(values: Floats, counts: Floats, step: float | None) -> Bins:
    """Merge neighbouring values until about `MOST_BINS` are left, finer where results are dense.

    Edges lie halfway between reporting steps (between neighbours, where there is no step), so that
    the probability of a bin is exact whatever the rounding.
    """
    if step is not None:
        values, counts = value_counts(np.rint(values / step) * step, counts)
    gaps = np.diff(values)
    halves = np.full(values.size - 1, step / 2.0) if step is not None else gaps / 2.0
    uppers = values[:-1] + halves
    last = values[-1] + (step / 2.0 if step is not None else gaps[-1] / 2.0)
    # Half-way between counting results (equal mass) and counting values (equal width).
    weight = np.sqrt(counts * np.append(gaps[:1], gaps))
    reached = np.cumsum(weight)
    cell = np.ceil(reached / reached[-1] * MOST_BINS * (1 - 1e-12)).astype(int)
    ends = np.flatnonzero(np.append(np.diff(cell) > 0, True))
    edges = np.concatenate(([0.0], np.append(uppers, np.inf)[ends]))
    starts = np.concatenate(([0], ends[:-1] + 1))
    total = np.cumsum(counts)
    median = float(values[np.searchsorted(total, total[-1] / 2)])
    unit = median if median > 0 else float(values[values > 0][0])
    return Bins(np.add.reduceat(counts, starts), edges, (0.0, float(last)), unit)
