"""The axis of a picture: from which number to which, and where a number stands on it."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import NamedTuple

_STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_SMALLEST = 1e-6
"""Below this a number is nothing on any axis."""
_ROOM = 1.3
"""How far the axis goes beyond the highest limit."""
_STRETCH = 2.5
"""Up to so many times the highest limit a value stretches the axis; beyond, it leaves the scale."""


class Scale(NamedTuple):
    """A straight axis from `start` to `end`, drawn between two places."""

    start: float
    end: float
    left: float
    right: float

    def __call__(self, number: float) -> float:
        """Where a number stands; what is beyond an end stands at the end."""
        share = (number - self.start) / (self.end - self.start)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    def holds(self, number: float) -> bool:
        """Whether a number is on the axis."""
        return self.start <= number <= self.end


def rounded_up(number: float) -> float:
    """The next round number.

    >>> rounded_up(13), rounded_up(0.13), rounded_up(0)
    (15.0, 0.15, 1.0)
    """
    if number < _SMALLEST:
        return 1.0
    power = 10.0 ** floor(log10(number))
    return next(round(step * power, 9) for step in _STEPS if step * power >= number * (1 - 1e-9))


def from_zero(value: float | None, limits: list[float], left: float, right: float) -> Scale:
    """An axis from 0 that shows every limit, and the value unless it is far beyond them.

    >>> from_zero(3.7, [4.0, 10.0], 0, 300).end, from_zero(400, [4.0, 10.0], 0, 300).end
    (15.0, 15.0)
    """
    highest = max(limits, default=0.0)
    wanted = highest * _ROOM
    if value is not None and (not limits or value <= highest * _STRETCH):
        wanted = max(wanted, value * 1.15)
    return Scale(0.0, rounded_up(wanted), left, right)


def around(value: float, limits: list[float], left: float, right: float) -> Scale:
    """An axis around a handful of limits, wide enough for the value unless it is far above them."""
    low, high = min(limits), max(limits)
    room = max((high - low) * 0.35, high * 0.08, 1e-6)
    start, end = low - room, high + room
    if value < low:
        start = min(start, value - room) if value > low - 4 * room else 0.0
    if high < value <= high * _STRETCH:
        end = max(end, value + room)
    step = 10.0 ** floor(log10(end - max(start, 0.0))) / 10
    return Scale(max(floor(start / step) * step, 0.0), ceil(end / step) * step, left, right)
