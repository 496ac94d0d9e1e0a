"""The steps at which limits that move with age are tabulated, and which of them can be carried."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leukon.ages import parse_border
from leukon.arrays import Floats, Truths
from leukon.errors import AgeRefused, UsageError
from leukon.estimation.sample import NEWBORN_DAYS
from leukon.estimation.splines import on_axis
from leukon.limits import Partition

MONTH_DAYS = 30.4375
NEAR = 0.25
"""How far a result may lie from an age, on the axis of log age, to speak for it (about a quarter)."""
LEAST_NEAR = 150
"""The fewest results near an age for which a limit is published (our choice: a percentile of 2.5
then has four people below it)."""

NEWBORN_STEPS = (
    *(f"{hours}h" for hours in range(0, 72, 12)),
    *(f"{days}d" for days in range(3, 14)),
    *("14d", "21d"),
)
STEPS = (
    *(f"{days}d" for days in range(28, 85, 7)),
    *(f"{months}mo" for months in range(3, 12)),
    *("1y", "15mo", "18mo", "21mo", "2y", "30mo"),
    *(f"{years}y" for years in range(3, 18)),
    *("18y", "20y", "25y", "30y", "35y", "40y", "45y", "50y", "55y", "60y", "65y", "70y", "75y"),
    *("80y", "85y", "90y"),
)
"""Weeks to three months, months to one year, quarters to two, then years; from 20 every five."""

YOUNG = "under 28 days: published only where ages are known in hours"
NOBODY = "no result of this age"
BEYOND = "the middle of these ages lies beyond the youngest or oldest result"
FEW = f"fewer than {LEAST_NEAR} results of about this age"


@dataclass(frozen=True)
class Span:
    """The ages one row of the table holds for; `days` is where its limits are read off."""

    age_from: str
    age_to: str
    days: float

    def of(self, sex: str) -> Partition:
        """The people of the row."""
        return Partition(sex=sex, age_from=self.age_from, age_to=self.age_to)


def border_days(text: str) -> float:
    """An age border in days.

    >>> border_days("12h"), border_days("2y")
    (0.5, 730.5)
    """
    border = parse_border(text)
    return border.value if border.scale == "days" else border.value * MONTH_DAYS


def spans(borders: Sequence[str]) -> list[Span]:
    """The rows between borders, each read off in its middle.

    >>> [(row.age_from, row.age_to, row.days) for row in spans(["1y", "2y", "4y"])]
    [('1y', '2y', 547.875), ('2y', '4y', 1095.75)]
    """
    try:
        days = [border_days(text) for text in borders]
    except AgeRefused as error:
        raise UsageError("an age border cannot be read", hint=error.hint) from None
    if len(days) < 2 or any(b <= a for a, b in itertools.pairwise(days)):
        raise UsageError("age borders go up, and there are at least two")
    pairs = zip(itertools.pairwise(borders), itertools.pairwise(days), strict=True)
    return [Span(first, last, (a + b) / 2.0) for (first, last), (a, b) in pairs]


def why_not(span: Span, days: Floats, counts: Floats, *, in_hours: bool) -> str | None:
    """Why no limit can be carried for a row, if so."""
    start, end = border_days(span.age_from), border_days(span.age_to)
    if start < NEWBORN_DAYS and not in_hours:
        return YOUNG
    if not counts[(days >= start) & (days < end)].sum():
        return NOBODY
    near = np.abs(on_axis(days) - on_axis(np.array([span.days]))) <= NEAR
    if counts[near].sum() < LEAST_NEAR:
        return FEW
    return None if days.min() <= span.days <= days.max() else BEYOND


def within(people: Partition, days: Floats) -> Truths:
    """Which ages lie in those of a row; all of them where it has no borders."""
    start = border_days(people.age_from) if people.age_from else 0.0
    end = border_days(people.age_to) if people.age_to else np.inf
    return np.asarray((days >= start) & (days < end))
