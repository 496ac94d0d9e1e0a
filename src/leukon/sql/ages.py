"""The ages of a definition as numbered bands: in one band everybody has the same rows of limits.

A border printed in hours, days or weeks is compared with elapsed time, one in months or years with
the calendar, so a view asks for one column of each, as far as the definition needs them, in the
coarsest unit in which every border is whole. Where only one of the two is known, that is an
interval on the other, and the rows are those that the engine finds for it: it is asked, age by age.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from leukon.ages import OLDEST_MONTHS, Ages, ages_from_completed, month_days
from leukon.arrays import Floats, Index
from leukon.axes import Axes, reachable
from leukon.sql.cases import Case, Node, along, answers

_NEAR = 1e-9


@dataclass(frozen=True)
class AgeColumn:
    """A column of ages in completed units: its name, unit, where bands begin, how many a day or month."""

    name: str
    unit: str
    borders: tuple[float, ...]
    per: float
    below: int

    @property
    def step(self) -> float:
        """How much a number may be short of the age: completed units where every border is whole."""
        return 1.0 if all(border == floor(border) for border in self.borders) else 0.0

    @property
    def about(self) -> str:
        """What the column holds, in words."""
        words = {"h": "hours", "d": "days", "mo": "months", "y": "years"}
        said = "completed" if self.step else "exact"
        by = "by the calendar" if self.unit in ("mo", "y") else "elapsed"
        return f"age at the draw in {said} {words[self.unit]}, {by}; NULL: not known"

    @property
    def known(self) -> str:
        """The SQL of the age, NULL where nobody can be so old."""
        return f"CASE WHEN {self.name} >= 0 AND {self.name} < {self.below} THEN {self.name} END"


@dataclass(frozen=True)
class Probes:
    """Ages to ask the engine for, one for each stretch in which nothing changes.

    `places` says of each where it stands: (elapsed time or None, calendar age or None).
    """

    elapsed: AgeColumn | None
    calendar: AgeColumn | None
    ages: Ages
    places: tuple[tuple[float | None, float | None], ...]


def probes_of(axes: Axes) -> Probes:
    """The columns of age that a definition needs, and the ages to ask for."""
    elapsed, calendar = _elapsed(axes), _calendar(axes)
    if elapsed and calendar:
        # "From birth" needs no column of its own where the other says that the person is born.
        elapsed, calendar = (one if any(one.borders) else None for one in (elapsed, calendar))
        elapsed = elapsed or (None if calendar else _elapsed(axes))
    starts = _starts(elapsed), _starts(calendar)
    places: list[tuple[float | None, float | None]] = [(None, None)]
    if elapsed and calendar:
        places += [(days, months) for months in starts[1] for days in starts[0]]
        places += [(None, months) for months in _calendar_stretches(calendar, axes)]
        places += [(days, None) for days in _elapsed_stretches(elapsed, axes)]
    elif elapsed:
        places += [(days, None) for days in starts[0]]
    elif calendar:
        places += [(None, months) for months in starts[1]]
    return Probes(elapsed, calendar, _ages(places, elapsed, calendar), tuple(places))


def _elapsed(axes: Axes) -> AgeColumn | None:
    if not len(axes.days):
        return None
    whole = all(day == floor(day) for day in axes.days.tolist())
    name, unit, per = ("age_days", "d", 1) if whole else ("age_hours", "h", 24)
    oldest = int(month_days(np.array([OLDEST_MONTHS + 1.0]))[1][0])
    return AgeColumn(name, unit, _in_units(axes.days, per), per, oldest * per)


def _calendar(axes: Axes) -> AgeColumn | None:
    if not len(axes.months):
        return None
    whole = all(month % 12 == 0 for month in axes.months.tolist())
    name, unit, per = ("age_years", "y", 1 / 12) if whole else ("age_months", "mo", 1)
    borders = _in_units(np.ceil(axes.months), per)
    return AgeColumn(name, unit, borders, per, round((OLDEST_MONTHS + 1 / per) * per))


def _in_units(edges: Floats, per: float) -> tuple[float, ...]:
    """Borders in a column's unit: 61 hours are 61, though 61 / 24 * 24 need not be."""
    numbers = (float(edge * per) for edge in edges.tolist())
    return tuple(
        float(round(number)) if abs(number - round(number)) < _NEAR else number
        for number in numbers
    )


def _starts(column: AgeColumn | None) -> list[float]:
    return [] if column is None else sorted({0.0, *column.borders})


def _elapsed_stretches(column: AgeColumn, axes: Axes) -> list[float]:
    """Where the bands of somebody of known elapsed time and unknown months can change."""
    edges = np.ceil(axes.months[axes.months > 0])
    spans = (float(day * column.per) for side in month_days(edges) for day in side)
    return sorted({*_starts(column), *spans})


def _calendar_stretches(column: AgeColumn, axes: Axes) -> list[float]:
    """Where the bands of somebody of known months and unknown elapsed time can change."""
    found = set(_starts(column))
    for day in axes.days[axes.days > 0].tolist():
        first, last = floor(day / 31) - 1, ceil(day / 28) + 1
        found |= {float(max(floor(month * column.per), 0)) for month in range(first, last + 1)}
        found.add(float(ceil(last * column.per)))
    return sorted(found)


def _ages(
    places: Sequence[tuple[float | None, float | None]],
    elapsed: AgeColumn | None,
    calendar: AgeColumn | None,
) -> Ages:
    """The ages, as the engine holds them: what only one column tells is an interval on the other."""
    by_time = _completed([time for time, _ in places], elapsed)
    by_calendar = _completed([months for _, months in places], calendar)
    first, second = by_time[:2], by_calendar[2:]
    days = (np.where(np.isnan(t), c, t) for t, c in zip(first, by_calendar[:2], strict=True))
    months = (np.where(np.isnan(c), t, c) for t, c in zip(by_time[2:], second, strict=True))
    return Ages(*days, *months)


def _completed(numbers: Sequence[float | None], column: AgeColumn | None) -> Ages:
    known = np.array([np.nan if one is None else one for one in numbers], dtype=np.float64)
    if column is None:
        return Ages(*[np.full(len(known), np.nan)] * 4)
    found = ages_from_completed(np.nan_to_num(known), column.unit, step=column.step)
    return Ages(*(np.where(np.isnan(known), np.nan, side) for side in found))


def never_together(elapsed: AgeColumn, calendar: AgeColumn) -> Iterator[str]:
    """Two conditions: fewer days than so many months can take, and more, by some days at least.

    A month takes more than 30.4 days and less than 30.5 in the long run; in the short run its length,
    and the hour of the birth, are within the four days.
    """
    months = 1 / calendar.per
    least, most, slack = (number * elapsed.per for number in (30.4 * months, 30.5 * months, 4))
    yield f"{elapsed.name} < {least:g} * {calendar.name} - {slack:g}"
    yield f"{elapsed.name} > {most:g} * ({calendar.name} + 1) + {slack:g}"


def lived(probes: Probes, axes: Axes) -> Index:
    """For each age the number of the age to ask for instead: of ages nobody can have, a neighbour's.

    What is far from any age that somebody can have is no age (`never_together`): here it is a matter of
    a few days, and the calendar decides.
    """
    possible = set(reachable(axes))
    found = np.arange(len(probes.places))
    if probes.elapsed is None or probes.calendar is None:
        return found
    both = [
        (number, days, months)
        for number, (days, months) in enumerate(probes.places)
        if days is not None and months is not None
    ]
    real = [one for one in both if _bands(one, probes, axes) in possible]
    for number, days, months in both:
        near = [(abs(other - days), place) for place, other, at in real if at == months]
        if near:
            found[number] = min(near)[1]
    return found


def _bands(one: tuple[int, float, float], probes: Probes, axes: Axes) -> tuple[int, int]:
    number, _, _ = one
    ages = probes.ages
    return (
        int(np.searchsorted(axes.days, ages.days_from[number], side="right")),
        int(np.searchsorted(axes.months, ages.months_from[number], side="right")),
    )


def band_case(probes: Probes, numbers: Sequence[int]) -> Node:
    """The decision by which a person's age gets the number of its band."""
    by_place = dict(zip(probes.places, numbers, strict=True))
    elapsed, calendar = probes.elapsed, probes.calendar
    unknown = by_place[None, None]
    if elapsed is None and calendar is None:
        return unknown
    only_elapsed = [(at[0], n) for at, n in by_place.items() if at[0] is not None and at[1] is None]
    only_calendar = [
        (at[1], n) for at, n in by_place.items() if at[1] is not None and at[0] is None
    ]
    if calendar is None:
        assert elapsed is not None
        return Case(((f"{elapsed.name} IS NULL", unknown),), _along(elapsed, only_elapsed))
    if elapsed is None:
        return Case(((f"{calendar.name} IS NULL", unknown),), _along(calendar, only_calendar))
    neither = f"{elapsed.name} IS NULL AND {calendar.name} IS NULL"
    return Case(
        (
            (neither, unknown),
            (f"{elapsed.name} IS NULL", _along(calendar, only_calendar)),
            (f"{calendar.name} IS NULL", _along(elapsed, only_elapsed)),
        ),
        _both(elapsed, calendar, by_place),
    )


def _along(column: AgeColumn, found: Sequence[tuple[float | None, Node]]) -> Node:
    ordered = [(start, node) for start, node in found if start is not None]
    return along(column.name, [start for start, _ in ordered], [node for _, node in ordered])


def _both(
    elapsed: AgeColumn,
    calendar: AgeColumn,
    by_place: dict[tuple[float | None, float | None], int],
) -> Node:
    """The shorter of two decisions: by the calendar first, or by elapsed time first."""
    days, months = _starts(elapsed), _starts(calendar)
    by_calendar = [
        (month, _along(elapsed, [(day, by_place[day, month]) for day in days])) for month in months
    ]
    by_time = [
        (day, _along(calendar, [(month, by_place[day, month]) for month in months])) for day in days
    ]
    return min(
        _along(calendar, by_calendar), _along(elapsed, by_time), key=lambda node: len(answers(node))
    )
