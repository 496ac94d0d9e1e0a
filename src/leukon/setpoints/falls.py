"""Whether a person's counts have been falling slowly: each held against those before it.

The fit of the earlier counts (`leukon.setpoints.kernel.fit`) is made anew for every occasion. Here all
of a series are made at once, on arrays of a count a row and an occasion a column: the same steps in the
same order, so that each is the very number that the kernel gives.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from leukon.arrays import Floats, Integers
from leukon.setpoints.kernel import SETTLED, surprise
from leukon.setpoints.model import CUSUM_AFTER, Constants

ROUNDS = 12
_MOST = 1 << 13
"""So many numbers an array holds, which keeps it near the processor: the occasions go in blocks."""


class Level(NamedTuple):
    """What the counts before an occasion say: the level, the variance of counts, and its own."""

    level: float
    square: float
    error: float


def alarms(y: Sequence[float], occasions: Sequence[Sequence[int]], c: Constants) -> list[bool]:
    """After each occasion, whether the errors of prediction, one each, add up to a slow fall.

    `y` as in `leukon.setpoints.person.band`; `occasions` are the rows of each.
    """
    fall = 0.0
    found = [False]
    looked_at = [rows[0] for rows in occasions[CUSUM_AFTER:]]
    before = levels_before(y, occasions, looked_at, c)
    for place, (row, known) in enumerate(zip(looked_at, before, strict=True), CUSUM_AFTER):
        error = surprise(y[row], known.level, known.square, known.error, c.tau2)
        fall = max(0.0, fall - min(max(error, -c.clip), c.clip) - c.slack)
        found.append(fall > c.alarm + c.alarm_per_occasion * (place + 1))
    return found


def levels_before(
    y: Sequence[float], occasions: Sequence[Sequence[int]], firsts: Sequence[int], c: Constants
) -> Iterator[Level]:
    """The level of the counts before each of some rows, which are the first of an occasion."""
    weights = np.array([1.0 / len(rows) for rows in occasions for _ in rows])
    starts = dict(_starts(y, occasions, c))
    step = max(_MOST // max(len(y), 1), 1)
    for first in range(0, len(firsts), step):
        ends = list(firsts[first : first + step])
        size = ends[-1]
        begin = np.array([starts[end] for end in ends])
        told = _fits(np.array(y[:size]), weights[:size], np.array(ends), begin, c)
        yield from map(Level, *(numbers.tolist() for numbers in told))


def _starts(
    y: Sequence[float], occasions: Sequence[Sequence[int]], c: Constants
) -> Iterator[tuple[int, float]]:
    """By the first row of each occasion but the first, where the fit of those before it begins."""
    ordered: list[float] = []
    for clusters, rows in enumerate(occasions):
        if ordered:
            half, size = len(ordered) // 2, len(ordered)
            middle = ordered[half] if size % 2 else (ordered[half - 1] + ordered[half]) / 2
            yield rows[0], middle * c.tau2 / (c.tau2 + 1.57 * c.s02 / clusters)
        for row in rows:
            insort(ordered, y[row])


def _fits(
    y: Floats, weights: Floats, ends: Integers, start: Floats, c: Constants
) -> tuple[Floats, Floats, Floats]:
    """Level, square and error of the counts before each end; `start` is where each fit begins."""
    inside = np.where(np.arange(len(y))[:, None] < ends, weights[:, None], 0.0)
    level, square = start.copy(), np.full(len(ends), c.s02)
    counted = np.zeros(len(ends))
    open_ = np.arange(len(ends))
    for _ in range(ROUNDS):
        step, square[open_], counted[open_] = _round(y, inside, level[open_], square[open_], c)
        level[open_] += step
        moving = np.abs(step) >= SETTLED
        if not moving.all():
            open_, inside = open_[moving], np.ascontiguousarray(inside[:, moving])
        if not len(open_):
            break
    error = 1.0 / (counted * (c.nu + 1) / ((c.nu + 3) * square) + 1 / c.tau2)
    return level, square, error


def _round(
    y: Floats, inside: Floats, level: Floats, square: Floats, c: Constants
) -> tuple[Floats, Floats, Floats]:
    """One round of `kernel.fit`: the step of each level, the new spread, how many counts it rests on."""
    r = y[:, None] - level
    r2 = r * r
    heavy = 1.0 + r2 * (1.0 / square) * (1.0 / c.nu)
    far = 1.0 + r2 * (1.0 / (3.0 * c.exc2))
    tall = heavy * heavy
    tall *= heavy if c.power == 3 else tall
    p = inside / (1.0 + (np.sqrt(square) * c.odds) * tall / (far * far))
    u = p * ((c.nu + 1) / c.nu) / heavy
    weight, pull, squares, counted = map(_in_order, (u, u * r, u * r2, p))
    whole = weight / square + 1 / c.tau2
    step = (pull / square + (0.0 - level) / c.tau2) / whole
    squares = squares + (weight * step * step - 2 * step * pull)
    shrink = (weight / square) / whole
    return step, (c.nu0 * c.s02 + squares) / (c.nu0 + counted - shrink), counted


def _in_order(numbers: Floats) -> Floats:
    """The sum down each column, added from the top as the kernel adds.

    A single column would be added in pairs, which rounds otherwise; several go row by row.
    """
    alone = numbers.shape[1] == 1
    found: Floats = np.cumsum(numbers, axis=0)[-1] if alone else np.add.reduce(numbers, axis=0)
    return found
