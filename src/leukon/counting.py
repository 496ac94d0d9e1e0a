"""How sure a percentage counted by eye is: the counting error of a manual differential."""

from __future__ import annotations

from functools import cache
from math import comb

import numpy as np

from leukon.arrays import Floats

MANUAL_CELLS = 100
"""Cells in an ordinary manual differential."""
TAIL = 0.025


def counting_error(percents: Floats) -> tuple[Floats, Floats]:
    """The 95 % interval of a percentage counted on 100 cells (exact binomial), in percent.

    >>> low, high = counting_error(np.array([50.0]))
    >>> low.round(1).tolist(), high.round(1).tolist()
    ([39.8], [60.2])
    """
    table = _intervals()
    known = np.isfinite(percents) & (percents >= 0) & (percents <= 100)
    seen = np.rint(np.where(known, percents, 0)).astype(np.intp)
    return (
        np.where(known, table[seen, 0], np.nan),
        np.where(known, table[seen, 1], np.nan),
    )


@cache
def _intervals() -> Floats:
    lows = [0.0] + [_bound(seen, upper=False) for seen in range(1, MANUAL_CELLS + 1)]
    highs = [_bound(seen, upper=True) for seen in range(MANUAL_CELLS)] + [100.0]
    return np.array([lows, highs]).T


def _bound(seen: int, *, upper: bool) -> float:
    """The proportion (in percent) at which 2.5 % of samples are as extreme as `seen`."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        tail = _at_most(seen, middle) if upper else 1 - _at_most(seen - 1, middle)
        # The upper bound's tail falls as the proportion grows, the lower bound's rises.
        if (tail > TAIL) == upper:
            low = middle
        else:
            high = middle
    return 50 * (low + high)


def _at_most(seen: int, share: float) -> float:
    return sum(
        comb(MANUAL_CELLS, k) * share**k * (1 - share) ** (MANUAL_CELLS - k)
        for k in range(seen + 1)
    )
