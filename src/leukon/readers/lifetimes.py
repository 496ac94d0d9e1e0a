"""The age at the draw, from the most exact column that knows it: birth and draw, else an age.

Hours are asked before days, days before months, months before years, row by row. An age that
cannot be (drawn before birth, after death, over 130 years) is refused, not corrected.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow.compute as pc

from leukon.ages import (
    OLDEST_MONTHS,
    UNKNOWN,
    Age,
    Ages,
    ages_between,
    ages_from_completed,
    month_days,
    parse_age,
)
from leukon.arrays import Truths
from leukon.errors import LeukonError
from leukon.readers.columns import Recognised, Role
from leukon.readers.distinct import as_text, distinct
from leukon.readers.moments import Moments, later, moments
from leukon.readers.numerals import absence
from leukon.readers.values import Places, distinct_numbers, is_number
from leukon.reasons import Reason

_UNITS = ("h", "d", "wk", "mo", "y")
_OVER = re.compile(r"\s*(>=|>|≥)\s*([0-9]{1,3})\s*(?:y|yr|years)?\s*|([0-9]{1,3})\s*\+\s*")
_ISO = "write dates as 2026-11-24 or 2026-11-24T08:30"
_YEAR = 366.0
_AGES_APART = "two columns give this person ages that are too far apart"
_NOT_ISO = "the date is not in the form of ISO 8601"


@dataclass(frozen=True)
class AgeFault:
    """Rows whose age cannot be, for one reason."""

    places: Places
    column: str
    reason: Reason
    message: str
    hint: str


@dataclass
class Lifetimes:
    """The ages of some rows, and what was wrong with some of them.

    `alike` gives rows of one age one number, where a single column states all ages; None else.
    """

    ages: Ages
    faults: list[AgeFault] = field(default_factory=list)
    alike: Places | None = None


def ages_of(columns: Any, found: Recognised) -> Lifetimes:
    """The age at the draw of every row."""
    lifetimes = Lifetimes(Ages(*(np.full(columns.num_rows, np.nan) for _ in UNKNOWN)))
    roles = _by_exactness(found.roles.get("age", ()))
    for role in roles:
        _fill(lifetimes, _stated(columns, role, found, lifetimes), role.column)
    if len(roles) > 1:
        lifetimes.alike = None
    names = ("drawn_at", "birth", "death")
    dated = {name: column for name in names if (column := found.first(name))}
    if "drawn_at" in dated and len(dated) > 1:
        dates = {name: _dates(columns, dated[name], lifetimes) for name in dated}
        drawn = dates["drawn_at"]
        if "birth" in dated:
            lifetimes.alike = None
        _by_birth(lifetimes, dates.get("birth"), drawn, found)
        _after_death(lifetimes, dates.get("death"), drawn, found)
    return lifetimes


def _by_exactness(roles: tuple[Role, ...]) -> list[Role]:
    """Years first and hours last, so that the more exact one is written over the other."""
    order = {unit: place for place, unit in enumerate(_UNITS)}
    places = sorted(range(len(roles)), key=lambda n: (-order[roles[n].unit], -n))
    return [roles[n] for n in places]


def _fill(lifetimes: Lifetimes, ages: Ages, column: str) -> None:
    known = ~np.isnan(ages.days_from)
    places = np.flatnonzero(_apart(lifetimes.ages, ages))
    hint = "check both; an age is that at the draw"
    _note(lifetimes, places, column, _AGES_APART, hint, Reason.CONTRADICTORY)
    if known.all():
        lifetimes.ages = ages
    elif known.any():
        pairs = zip(ages, lifetimes.ages, strict=True)
        lifetimes.ages = Ages(*(np.where(known, new, old) for new, old in pairs))


def _apart(some: Ages, others: Ages) -> Truths:
    """Where two ages are of no one person: apart by more than the coarser is wide or a quarter.

    Surveys print the ages at two visits some months apart, and years may be rounded up; but never
    is more than a year let pass.
    """
    widths = np.maximum(some.days_to - some.days_from, others.days_to - others.days_from)
    gap = np.maximum(some.days_from - others.days_to, others.days_from - some.days_to)
    quarter = np.minimum(some.days_from, others.days_from) / 4
    found: Truths = gap > np.minimum(np.maximum(widths, quarter), _YEAR)
    return found


def _dates(columns: Any, column: str, lifetimes: Lifetimes) -> Moments:
    found = moments(columns.column(column))
    _note(lifetimes, found.unreadable, column, _NOT_ISO, _ISO)
    return found


def _note(
    lifetimes: Lifetimes,
    places: Places,
    column: str,
    message: str,
    hint: str,
    reason: Reason = Reason.AGE_MISSING,
) -> None:
    if len(places):
        lifetimes.faults.append(AgeFault(places, column, reason, message, hint))


def _by_birth(
    lifetimes: Lifetimes, born: Moments | None, drawn: Moments, found: Recognised
) -> None:
    if born is None:
        return
    clocked = born.clocked & drawn.clocked
    ages = ages_between(born.when, drawn.when, clocked=False)
    if clocked.any():
        exact = ages_between(born.when, drawn.when, clocked=True)
        ages = Ages(*(np.where(clocked, new, old) for new, old in zip(exact, ages, strict=True)))
    known = ~np.isnat(born.when) & ~np.isnat(drawn.when)
    _note(
        lifetimes,
        np.flatnonzero(known & np.isnan(ages.days_from)),
        found.first("birth") or "",
        "drawn before birth, or at an age over 130 years",
        "check both dates",
    )
    _fill(lifetimes, ages, found.first("birth") or "")


def _after_death(
    lifetimes: Lifetimes, died: Moments | None, drawn: Moments, found: Recognised
) -> None:
    if died is not None:
        places = np.flatnonzero(later(drawn, died))
        _note(
            lifetimes, places, found.first("death") or "", "drawn after death", "check both dates"
        )


def _stated(columns: Any, role: Role, found: Recognised, lifetimes: Lifetimes) -> Ages:
    """The ages a column states, in its unit or in that of the column beside it."""
    column, beside = columns.column(role.column), found.first("age_unit")
    bare = role.column == _bare(found)
    if is_number(column.type) and not (bare and beside):
        return _numbers(column, role, lifetimes)
    texts = as_text(column)
    if bare and beside:
        return _texts(_joined(texts, as_text(columns.column(beside))), role, lifetimes)
    return _texts(texts, role, lifetimes)


def _bare(found: Recognised) -> str:
    """The column called just "age", whose unit another column may hold."""
    names = ("age", "age_at_draw", "anchor_age")
    roles = found.roles.get("age", ())
    return next((r.column for r in roles if found.aliases.get(r.column) in names), "")


def _joined(numbers: Any, units: Any) -> Any:
    filled = pc.fill_null(units, "")
    return pc.binary_join_element_wise(numbers, filled, " ", null_handling="emit_null")


def _numbers(column: Any, role: Role, lifetimes: Lifetimes) -> Ages:
    """Each distinct number is worked out once."""
    numbers, places = distinct_numbers(column)
    few = len(numbers) <= _FEW_AGES
    ages = (_completed if few else _completed.__wrapped__)(numbers.tobytes(), role.unit)
    faulty: Truths = ~np.isnan(numbers) & np.isnan(ages.days_from)
    if faulty.any():
        wrong = np.flatnonzero(faulty[places])
        what = "an age is negative or over 130 years"
        _note(lifetimes, wrong, role.column, what, "check the age")
    return _spread(ages, places, lifetimes)


_FEW_AGES = 1000


@lru_cache(maxsize=16)
def _completed(numbers: bytes, unit: str) -> Ages:
    """The ages of some numbers; the batches of a file mostly hold the same ones."""
    return ages_from_completed(np.frombuffer(numbers, dtype=np.float64), unit)


def _spread(ages: Ages, places: Places, lifetimes: Lifetimes) -> Ages:
    """Distinct ages row by row; where nearly every row has one of its own, none are alike."""
    lifetimes.alike = places if len(ages.days_from) <= _FEW_AGES else None
    return Ages(*(column.take(places) for column in ages))


def _texts(column: Any, role: Role, lifetimes: Lifetimes) -> Ages:
    words = distinct(column)
    read = [_read(text, role.unit) for text in words.texts]
    table = np.array([*(age or UNKNOWN for age in read), UNKNOWN], dtype=np.float64)
    faulty: Truths = np.array([age is None for age in read] + [False])
    places = words.places
    hint = "write 12h, 3d, 2wk, 6mo or 34y; ages run from 0 to 130 years"
    _note(lifetimes, np.flatnonzero(faulty[places]), role.column, "the age cannot be read", hint)
    return _spread(Ages(*table.T), places, lifetimes)


@lru_cache(maxsize=10_000)
def _read(text: str, unit: str) -> Age | None:
    """The age of one text; UNKNOWN where it is missing, None where it cannot be read."""
    text = text.strip()
    if absence(text) == "missing":
        return UNKNOWN
    over = _OVER.fullmatch(text)
    if over is not None:
        years = int(over[3]) if over[3] else int(over[2]) + (over[1] == ">")
        return _at_least(years) if unit == "y" else None
    plain = re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text, re.ASCII)
    try:
        return parse_age(text + unit if plain else text)
    except LeukonError:
        return None


def _at_least(years: int) -> Age | None:
    """The age of somebody known only to be so old or older ("> 89": 90 or more)."""
    months = np.array([years * 12.0, OLDEST_MONTHS])
    if months[0] > OLDEST_MONTHS:
        return None
    least, most = month_days(months)
    return Age(float(least[0]), float(most[1]), float(months[0]), float(months[1]))
