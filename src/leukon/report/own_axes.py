"""The axes of a person's counts over time: days across, counts up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import ceil, floor, log10
from typing import NamedTuple

from leukon.report.scale import Scale

_DAY = 86_400.0
_MOST_TICKS = 6
_SPAN_MONTHS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240)
_FROM_ZERO = 0.45
"""Where the lowest thing shown lies under this share of the highest, the axis begins at zero."""


class Frame(NamedTuple):
    """Where a picture has its plot: the edges, and the size of the whole."""

    width: float
    height: float
    left: float
    right: float
    top: float
    base: float


WIDE = Frame(760.0, 330.0, 46.0, 676.0, 18.0, 290.0)
NARROW = Frame(360.0, 280.0, 34.0, 306.0, 18.0, 240.0)
"""Drawn twice: for a page, and for a phone, where the letters must not shrink."""


def seconds(moment: datetime) -> float:
    """A moment as a number."""
    return (moment - datetime(1970, 1, 1)).total_seconds()


def across(moments: Sequence[datetime], frame: Frame) -> Scale:
    """The axis of time, with room at both ends."""
    first, last = seconds(min(moments)), seconds(max(moments))
    room = max((last - first) * 0.03, 5 * _DAY)
    return Scale(first - room, last + room, frame.left, frame.right)


def up(numbers: Sequence[float], frame: Frame) -> Scale:
    """The axis of counts: from zero, unless all that is shown lies far above it."""
    low, high = min(numbers), max(numbers)
    if low < _FROM_ZERO * high:
        step = step_of(high * 1.04)
        return Scale(0.0, ceil(high * 1.04 / step - 1e-9) * step, frame.base, frame.top)
    room = max((high - low) * 0.08, high * 0.01)
    step = step_of(high - low + 2 * room)
    start, end = floor((low - room) / step) * step, ceil((high + room) / step) * step
    return Scale(start, end, frame.base, frame.top)


def step_of(span: float) -> float:
    """A round step that parts a span in about five."""
    wanted = span / 5
    power = 10.0 ** floor(log10(wanted))
    return next(
        step * power for step in (1.0, 2.0, 2.5, 5.0, 10.0) if step * power >= wanted * 0.999
    )


def counts_marked(scale: Scale) -> Iterator[float]:
    """The numbers written at the axis of counts."""
    step = step_of(scale.end - scale.start)
    for place in range(ceil(scale.start / step - 1e-9), floor(scale.end / step + 1e-9) + 1):
        yield round(place * step, 9)


def days_marked(scale: Scale) -> Iterator[tuple[float, str]]:
    """The days written at the axis of time: years, or months."""
    first, last = (_moment(end) for end in (scale.start, scale.end))
    months = (last - first).days / 30.44
    every = next((n for n in _SPAN_MONTHS if months / n <= _MOST_TICKS), 240)
    month = first.year * 12 + first.month - 1
    month = ceil(month / every) * every
    while True:
        at = datetime(month // 12, month % 12 + 1, 1)
        if at > last:
            return
        if at >= first:
            yield seconds(at), f"{at.year}" if every >= 12 else f"{at:%b %Y}"
        month += every


def _moment(number: float) -> datetime:
    return datetime(1970, 1, 1) + timedelta(seconds=number)
