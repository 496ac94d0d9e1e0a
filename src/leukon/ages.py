"""At what age: exact in hours and days for infants, by the calendar in months and years.

An age is known to a unit ("34y" says completed years), so it is an interval, and it is kept on two
scales: elapsed days, for limits printed in hours, days or weeks, and completed calendar months,
for limits printed in months or years. 18 years are 216 calendar months, never 18 x 365.25 days.
Where an interval reaches across a border, the answer there is "age not known exactly enough".
A month is completed on the same day of the month, or on the first of the next month where that
day does not exist (born on 29 February: 1 March).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from leukon.arrays import Floats, Index, Integers, Moments
from leukon.errors import AgeRefused

UNITS = {
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "wk": ("wk", "w", "wks", "week", "weeks"),
    "mo": ("mo", "mos", "month", "months"),
    "y": ("y", "yr", "yrs", "year", "years"),
}
_UNIT_OF = {word: unit for unit, words in UNITS.items() for word in words}
_DAYS = {"h": (1, 24), "d": (1, 1), "wk": (7, 1)}
_MONTHS = {"mo": 1, "y": 12}

OLDEST_MONTHS = 130 * 12
"""An age beyond 130 years is called impossible (judgement: no person is known to have lived so)."""

CLOCK_MATTERS_UNTIL = 3
"""Days of life in which limits are printed in hours: dates without a clock time are then a day
uncertain on either side (born 23:00, drawn 01:00 two dates later is 26 hours old, not 48)."""


class Age(NamedTuple):
    """One age as two half-open intervals: elapsed days, and completed calendar months."""

    days_from: float
    days_to: float
    months_from: float
    months_to: float


class Ages(NamedTuple):
    """Many ages: the columns of `Age` as arrays; NaN where the age is not known."""

    days_from: Floats
    days_to: Floats
    months_from: Floats
    months_to: Floats

    def rows(self, index: Index | slice) -> Ages:
        """The ages of some rows."""
        return Ages(*(column[index] for column in self))


class Border(NamedTuple):
    """One printed age border: its scale ("days" or "months") and its place on it."""

    scale: str
    value: float


UNKNOWN = Age(float("nan"), float("nan"), float("nan"), float("nan"))
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)", re.ASCII)


def parse_age(text: str) -> Age:
    """The age a text such as "12h", "3d", "2wk", "6mo", "34y" or "1y 6mo" states.

    >>> parse_age("34y").months_from
    408.0
    >>> parse_age("12h").days_from
    0.5
    """
    parts = _parts(text)
    if [unit for _, unit in parts] == ["y", "mo"] and parts[1][0] < 12:
        return from_completed(parts[0][0] * 12 + parts[1][0], "mo")
    if len(parts) != 1:
        raise _unreadable(text)
    return from_completed(*parts[0])


def _parts(text: str) -> list[tuple[float, str]]:
    lowered = text.strip().lower()
    found = [(float(n), _UNIT_OF.get(word, "")) for n, word in _PART.findall(lowered)]
    if not found or _PART.sub("", lowered).strip() or not all(unit for _, unit in found):
        raise _unreadable(text)
    return found


def _unreadable(text: str) -> AgeRefused:
    what = "an age needs a unit" if text.strip().replace(".", "").isdigit() else "unreadable age"
    return AgeRefused(what, hint="write 12h, 3d, 2wk, 6mo, 34y or 1y 6mo")


@cache
def parse_border(text: str) -> Border:
    """An age border of a limit, such as "72h", "28d", "7mo" or "18y".

    >>> parse_border("18y")
    Border(scale='months', value=216.0)
    """
    parts = _parts(text)
    if len(parts) != 1:
        raise _unreadable(text)
    number, unit = parts[0]
    if unit in _MONTHS:
        return Border("months", number * _MONTHS[unit])
    times, per = _DAYS[unit]
    return Border("days", number * times / per)


@lru_cache(maxsize=4096)  # people have few ages, and working one out takes longer than an answer
def from_completed(number: float, unit: str) -> Age:
    """The age of so many completed units; a number with decimals is taken to its last decimal.

    >>> from_completed(5, "y").months_to
    72.0
    """
    ages = ages_from_completed(np.array([number], dtype=np.float64), unit)
    if np.isnan(ages.days_from[0]):
        raise AgeRefused("an age cannot be negative or over 130 years", hint="check the age")
    return Age(*(float(column[0]) for column in ages))


def ages_from_completed(numbers: Floats, unit: str, *, step: float | None = None) -> Ages:
    """Ages from a column of numbers in one unit; impossible ones become NaN.

    `step` is the precision of the column (1: completed units; 0.1: printed to one decimal, rounded
    or cut, so both are allowed for); left out, whole numbers are completed units and each number
    with decimals is taken to its own last decimal.
    """
    unit = _UNIT_OF[unit]
    steps = _steps(numbers) if step is None else np.full(len(numbers), step)
    low = np.where(steps < 1, np.maximum(numbers - steps / 2, 0.0), numbers)
    high = numbers + steps
    ages = _from_months(low, high, unit) if unit in _MONTHS else _from_days(low, high, unit)
    return _possible(ages, numbers)


def _steps(numbers: Floats) -> Floats:
    steps = np.ones(len(numbers))
    for decimals in range(6):
        unsettled = np.abs(np.round(numbers, decimals) - numbers) > 1e-9
        steps = np.where(unsettled, 10.0 ** -(decimals + 1), steps)
    return steps


def _from_months(low: Floats, high: Floats, unit: str) -> Ages:
    first = np.floor(low * _MONTHS[unit] + 1e-9)
    end = np.ceil(high * _MONTHS[unit] - 1e-9)
    return Ages(month_days(first)[0], month_days(end)[1], first, end)


def _from_days(low: Floats, high: Floats, unit: str) -> Ages:
    times, per = _DAYS[unit]
    start, end = low * times / per, high * times / per
    return Ages(start, end, _months_surely(start), _months_perhaps(end) + 1)


def _possible(ages: Ages, numbers: Floats) -> Ages:
    with np.errstate(invalid="ignore"):
        good = (numbers >= 0) & (ages.months_from <= OLDEST_MONTHS)
    return Ages(*(np.where(good, column, np.nan) for column in ages))


def _months_surely(days: Floats) -> Floats:
    """The months completed after so many days whatever the birth date."""
    guess = np.floor(days / 30.436875) + 1
    for _ in range(3):
        guess = np.where(month_days(guess)[1] > days, guess - 1, guess)
    return _not_negative(guess)


def _months_perhaps(days: Floats) -> Floats:
    """The most months that can be completed just before so many days."""
    guess = np.floor(days / 30.436875) + 2
    for _ in range(4):
        guess = np.where(month_days(guess)[0] >= days, guess - 1, guess)
    return _not_negative(guess)


def _not_negative(months: Floats) -> Floats:
    found: Floats = np.maximum(months, 0.0)
    return found


_BIRTH_MONTHS = np.concatenate(
    [np.arange(f"{year}-01", f"{year + 8}-01", dtype="datetime64[M]") for year in (1896, 1996)]
)
"""Births on both sides of a century that is a leap year, and of one that is not."""


def month_days(months: Floats) -> tuple[Floats, Floats]:
    """The least and the most days that so many calendar months can take.

    >>> least, most = month_days(np.array([12.0, 216.0]))
    >>> least.tolist(), most.tolist()
    ([365.0, 6573.0], [366.0, 6575.0])
    """
    known = np.where(np.isfinite(months), np.clip(months, 0, 2 * OLDEST_MONTHS), 0)
    unique, places = np.unique(known.astype(np.int64), return_inverse=True)
    spans = np.concatenate([_spans(unique, day) for day in (1, 29, 30, 31)], axis=1)
    least, most = spans.min(axis=1), spans.max(axis=1)
    unknown = ~np.isfinite(months)
    return np.where(unknown, np.nan, least[places]), np.where(unknown, np.nan, most[places])


def _spans(months: Integers, day: int) -> Floats:
    """The days from a birth on that day of a month to so many months later, birth by birth."""
    born = _completion(_BIRTH_MONTHS, day)
    exists = born.astype("datetime64[M]") == _BIRTH_MONTHS
    start: Moments = _BIRTH_MONTHS[exists]
    done = _completion(start[None, :] + months[:, None].astype("timedelta64[M]"), day)
    days: Floats = (done - born[exists][None, :]).astype(np.float64)
    return days


def _completion(month: Moments, day: int) -> Moments:
    """The day of that month, or the first of the next where the month is too short."""
    found: Moments = np.minimum(
        month.astype("datetime64[D]") + (day - 1), (month + 1).astype("datetime64[D]")
    )
    return found


def between(born: date | datetime, drawn: date | datetime) -> Age:
    """The age at the draw, from a birth date (or date and time) and the date of the draw.

    >>> between(date(2008, 2, 29), date(2026, 2, 28)).months_from
    215.0
    """
    clocked = isinstance(born, datetime) and isinstance(drawn, datetime)
    ages = ages_between(_moment(born), _moment(drawn), clocked=clocked)
    if np.isnan(ages.days_from[0]):
        raise AgeRefused("drawn before birth, or at an age over 130 years", hint="check both dates")
    return Age(*(float(column[0]) for column in ages))


def _moment(when: date | datetime) -> Moments:
    if isinstance(when, datetime) and when.tzinfo is not None:
        when = when.astimezone(UTC).replace(tzinfo=None)
    return np.array([when], dtype="datetime64[s]")


def ages_between(born: Moments, drawn: Moments, *, clocked: bool) -> Ages:
    """Ages at the draw from two columns of moments; `clocked` when both hold a time of day.

    A draw before birth, or an age over 130 years, gives NaN. Where only one holds a time of day,
    both are taken as dates. Months are completed by the calendar, whatever the time of day.
    """
    if not clocked:
        born, drawn = born.astype("datetime64[D]"), drawn.astype("datetime64[D]")
    seconds = (drawn.astype("datetime64[s]") - born.astype("datetime64[s]")).astype(np.float64)
    unknown = np.isnat(born) | np.isnat(drawn)
    days = np.where(unknown, np.nan, seconds / 86_400)
    months = np.where(unknown, np.nan, _completed_months(born, drawn))
    start, end = (days, np.nextafter(days, np.inf)) if clocked else _calendar_days(days)
    return _possible(Ages(start, end, months, months + 1), days)


def _calendar_days(days: Floats) -> tuple[Floats, Floats]:
    whole = np.floor(days)
    newborn = whole <= CLOCK_MATTERS_UNTIL
    return np.where(newborn, np.maximum(whole - 1, 0), whole), whole + 1


def _completed_months(born: Moments, drawn: Moments) -> Floats:
    born_month, drawn_month = born.astype("datetime64[M]"), drawn.astype("datetime64[M]")
    months = (drawn_month - born_month).astype(np.float64)
    into_birth = born.astype("datetime64[D]") - born_month.astype("datetime64[D]")
    into_draw = drawn.astype("datetime64[D]") - drawn_month.astype("datetime64[D]")
    found: Floats = np.where(into_draw < into_birth, months - 1, months)
    return found
