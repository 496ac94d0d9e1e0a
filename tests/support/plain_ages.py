"""Ages for the plain oracle: all the ages a person may have, by the calendar and one by one.

"34y" is not one age: it is every age of 34 completed years, in elapsed days and in completed
calendar months. A limit holds for the person only where it holds for every one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from math import ceil, floor, isnan
from typing import NamedTuple

from leukon.ages import Age

DAYS_IN = {"h": Fraction(1, 24), "d": Fraction(1), "wk": Fraction(7)}
MONTHS_IN = {"mo": 1, "y": 12}
OLDEST = 130 * 12
DAYS_OF_LIFE_BY_THE_CLOCK = 3
"""So early in life two dates without a clock time leave a day open on either side."""


class Slab(NamedTuple):
    """All ages of so many completed months between two elapsed times in days, the end left out."""

    months: int
    start: Fraction
    end: Fraction


PlainAge = tuple[Slab, ...]
"""Every age a person may have; empty: nothing is known of it."""


class Border(NamedTuple):
    """An age border of a limit: so many completed months, or so many elapsed days."""

    months: Fraction | None
    days: Fraction | None


def months_after(born: date, months: int) -> date:
    """The day on which so many months are completed.

    The same day of the month, or the first of the next month where that day does not exist.
    """
    year, month = divmod(born.year * 12 + born.month - 1 + months, 12)
    try:
        return date(year, month + 1, born.day)
    except ValueError:
        return date(year + (month == 11), (month + 1) % 12 + 1, 1)


def _births() -> list[date]:
    """Birth dates of every kind: leap years near and far, and the year 1900, which was none."""
    first_days = [date(year, 1, 1) for year in (*range(1896, 1904), *range(1996, 2004))]
    days = [first + timedelta(days=place) for first in first_days for place in range(366)]
    return [day for day in days if day.day in (1, 2, 15, 28, 29, 30, 31)]


BIRTHS = _births()


@cache
def days_taken(months: int) -> tuple[int, int]:
    """The fewest and the most days that so many calendar months can take, by trying births."""
    spans = [(months_after(born, months) - born).days for born in BIRTHS]
    return min(spans), max(spans)


def slab(months: int) -> Slab:
    """All ages of so many completed months."""
    return Slab(months, Fraction(days_taken(months)[0]), Fraction(days_taken(months + 1)[1]))


def of_days(start: Fraction, end: Fraction) -> PlainAge:
    """All ages between two elapsed times in days."""
    found = []
    for months in range(max(0, floor(start / 31) - 1), ceil(end / 28) + 2):
        whole = slab(months)
        piece = Slab(months, max(start, whole.start), min(end, whole.end))
        if piece.start < piece.end:
            found.append(piece)
    return tuple(found)


def stated(text: str) -> PlainAge:
    """All ages that a text such as "12h", "34y", "1.5y" or "1y 6mo" may mean; "": unknown."""
    parts = re.findall(r"([\d.]+)\s*([a-z]+)", text)
    if not parts:
        return ()
    if len(parts) == 2:
        (years, _), (months, _) = parts
        whole = int(years) * 12 + int(months)
        return (slab(whole),)
    number, unit = parts[0]
    low, high = _span(number)
    if unit in MONTHS_IN:
        first, end = floor(low * MONTHS_IN[unit]), ceil(high * MONTHS_IN[unit])
        return tuple(slab(months) for months in range(first, end))
    return of_days(low * DAYS_IN[unit], high * DAYS_IN[unit])


def _span(number: str) -> tuple[Fraction, Fraction]:
    """A whole number is completed; one with decimals may have been rounded or cut."""
    value = Fraction(number)
    decimals = len(number.rstrip("0").partition(".")[2])
    if not decimals:
        return value, value + 1
    step = Fraction(1, 10**decimals)
    return max(value - step / 2, Fraction(0)), value + step


def at_draw(born: date | datetime, drawn: date | datetime) -> PlainAge:
    """All ages a person born and drawn on two dates may have; exact where both have a time."""
    clocked = isinstance(born, datetime) and isinstance(drawn, datetime)
    born_day, drawn_day = _day(born), _day(drawn)
    months = (drawn_day.year - born_day.year) * 12 + drawn_day.month - born_day.month
    while months_after(born_day, months) > drawn_day:
        months -= 1
    if clocked:
        days = Fraction(int((_moment(drawn) - _moment(born)).total_seconds()), 86_400)
        return (Slab(months, days, days + Fraction(1, 10**9)),)
    whole = Fraction((drawn_day - born_day).days)
    start = max(whole - 1, Fraction(0)) if whole <= DAYS_OF_LIFE_BY_THE_CLOCK else whole
    return (Slab(months, start, whole + 1),)


def _moment(when: date | datetime) -> datetime:
    assert isinstance(when, datetime)
    return when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when


def _day(when: date | datetime) -> date:
    return _moment(when).date() if isinstance(when, datetime) else when


def of_age(age: Age) -> PlainAge:
    """All ages within the two intervals of an `Age`, for panels whose text is not at hand."""
    if isnan(age.days_from):
        return ()
    start, end = Fraction(age.days_from), Fraction(age.days_to)
    slabs = [slab(months) for months in range(int(age.months_from), int(age.months_to))]
    pieces = [Slab(s.months, max(start, s.start), min(end, s.end)) for s in slabs]
    exact = [Slab(s.months, start, end) for s in slabs]
    return tuple(piece for piece in pieces if piece.start < piece.end) or tuple(exact)


@cache
def border(text: str) -> Border | None:
    """An age border such as "72h" or "18y"; None where the text is empty."""
    if not text:
        return None
    number, unit = re.findall(r"([\d.]+)\s*([a-z]+)", text)[0]
    if unit in MONTHS_IN:
        return Border(Fraction(number) * MONTHS_IN[unit], None)
    return Border(None, Fraction(number) * DAYS_IN[unit])


def reached(edge: Border | None, months: int, days: Fraction) -> bool:
    """Whether a person of this age is at or past a border (an open border: always)."""
    if edge is None:
        return True
    if edge.months is not None:
        return months >= edge.months
    assert edge.days is not None
    return days >= edge.days


def points(age: PlainAge, borders: Iterable[Border]) -> list[tuple[int, Fraction]]:
    """Ages enough to try: one on each side of every border within what the person may be."""
    edges = [edge.days for edge in borders if edge.days is not None]
    return [
        (piece.months, days)
        for piece in age
        for days in (piece.start, *(edge for edge in edges if piece.start < edge < piece.end))
    ]


def everyone(borders: Iterable[Border]) -> PlainAge:
    """All ages at all, as far as the borders tell them apart: for a person of unknown age."""
    months = {0, OLDEST}
    for edge in borders:
        if edge.months is not None:
            months |= {max(floor(edge.months) - 1, 0), ceil(edge.months)}
        else:
            assert edge.days is not None
            months |= {piece.months for piece in of_days(edge.days, edge.days + 1)}
    return tuple(slab(month) for month in sorted(months))
