"""What a file says of each draw beside its counts: when it was, where, near what, on which drugs.

A draw whose day cannot be read or cannot be (before birth, after death, in the future) is refused by
its row; nothing of it enters a set point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import numpy as np

from leukon.advice.drugs import find
from leukon.arrays import Floats, Truths
from leukon.context import dated, slug
from leukon.errors import LeukonError
from leukon.readers.columns import Recognised
from leukon.readers.distinct import distinct
from leukon.readers.moments import Moments, later, moments
from leukon.readers.people import YES, truth_code
from leukon.readers.refusals import Refused, Rows
from leukon.readers.settings import IN_PATIENT, settings
from leukon.reasons import Reason
from leukon.setpoints.eligibility import EVENTS

_DAY = 86_400.0
_ZERO = date(1970, 1, 1).toordinal()
_NO_DRUG = ("none", "no")
_NOT_READ = "the day of the draw cannot be read"
_ISO = "write dates as 2026-11-24 or 2026-11-24T08:30"
_IMPOSSIBLE = {
    "birth": "drawn before birth",
    "death": "drawn after death",
}


@dataclass
class Events:
    """Events that rows tell of: the row, the place in `EVENTS`, the day since 1970."""

    rows: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    days: list[int] = field(default_factory=list)

    def add(self, rows: Iterable[int], kind: int, days: Iterable[int]) -> None:
        """Take in some more of one kind."""
        self.rows += rows
        self.days += days
        self.kinds += [kind] * (len(self.rows) - len(self.kinds))


@dataclass
class DrawsRead:
    """The draws of some rows: days since 1970 (NaN: not given), and what is known of each.

    `lost` marks rows that are refused, `refused` says why, for them and for cells.
    """

    days: Floats
    lost: Truths
    in_hospital: Truths
    on_listed_drug: Truths
    events: Events
    refused: list[Refused]


def read_draws(
    columns: Any, found: Recognised, rows: Rows, *, today: date | None = None
) -> DrawsRead:
    """What some rows say of their draws; `today` is the day after which a day lies in the future."""
    size = len(rows)
    refused: list[Refused] = []
    drawn = _drawn(columns, found, size)
    for places, column, message, hint in _impossible(columns, found, drawn, today):
        if len(places):
            refused.append(Refused(rows[places], column, Reason.NOT_READ, message, hint, lost=True))
    lost = (
        np.isin(rows, np.concatenate([group.rows for group in refused])) if refused else _no(size)
    )
    hospital = _truths(columns, found, "in_hospital", rows, refused)
    hospital |= settings(columns, found, size) == IN_PATIENT
    days = drawn.when.astype("datetime64[s]").astype(np.int64) / _DAY
    days = np.where(np.isnat(drawn.when), np.nan, days)
    events = _events(columns, found, rows, refused)
    return DrawsRead(days, lost, hospital, _listed(columns, found, days), events, refused)


def without_rows(groups: list[Refused], lost: Rows) -> list[Refused]:
    """Refusals of cells, those of rows that are refused as a whole left out."""
    if not len(lost):
        return groups
    kept = [
        group if group.lost else replace(group, rows=group.rows[~np.isin(group.rows, lost)])
        for group in groups
    ]
    return [group for group in kept if len(group.rows)]


def _no(size: int) -> Truths:
    return np.zeros(size, dtype=np.bool_)


def _column(columns: Any, name: str | None) -> Any | None:
    return None if name is None or name not in columns.schema.names else columns.column(name)


def _drawn(columns: Any, found: Recognised, size: int) -> Moments:
    column = _column(columns, found.first("drawn_at"))
    if column is None:
        nothing = np.full(size, "NaT", dtype="datetime64[s]")
        return Moments(nothing, _no(size), np.zeros(0, dtype=np.intp))
    return moments(column)


def _impossible(
    columns: Any, found: Recognised, drawn: Moments, today: date | None
) -> Iterator[tuple[Any, str, str, str]]:
    column = found.first("drawn_at") or ""
    yield drawn.unreadable, column, _NOT_READ, _ISO
    latest = (today or datetime.now(UTC).date()).toordinal() - _ZERO + 1
    # A day more: it may be tomorrow already where the file was written.
    future = drawn.when >= np.datetime64(latest + 1, "D")
    yield np.flatnonzero(future), column, "drawn in the future", "check the date"
    for role, message in _IMPOSSIBLE.items():
        other = _column(columns, found.first(role))
        if other is not None:
            when = moments(other)
            wrong = later(when, drawn) if role == "birth" else later(drawn, when)
            yield np.flatnonzero(wrong & ~future), column, message, "check both dates"


def _truths(
    columns: Any, found: Recognised, role: str, rows: Rows, refused: list[Refused]
) -> Truths:
    """Where a column of a role says yes; a word that says neither is refused."""
    said = _no(len(rows))
    for one in found.roles.get(role, ()):
        words = distinct(columns.column(one.column))
        codes = [truth_code(text.strip(), {}) for text in words.texts]
        table = np.array([*(-1 if code is None else code for code in codes), 0])[words.places]
        said |= table == YES
        _refuse(refused, rows[table < 0], one.column, "this is no yes or no", "write true or false")
    return said


def _refuse(refused: list[Refused], rows: Rows, column: str, message: str, hint: str) -> None:
    if len(rows):
        refused.append(Refused(rows, column, Reason.NOT_READ, message, hint))


def _listed(columns: Any, found: Recognised, days: Floats) -> Truths:
    """Where a drug is taken that may change counts, or that leukon does not know."""
    said = _no(len(days))
    for role in found.roles.get("drugs", ()):
        words = distinct(columns.column(role.column))
        said |= np.array([*(_is_listed(text) for text in words.texts), False])[words.places]
        dated_ = np.array([*(":" in text for text in words.texts), False])[words.places]
        for row in np.flatnonzero(dated_ & said).tolist():
            said[row] = _is_listed(words.texts[words.places[row]], _date(days[row]))
    return said


@lru_cache(maxsize=10_000)
def _is_listed(text: str, today: date | None = None) -> bool:
    """Whether one of the medicines of a cell counts; without a day all of them do."""
    try:
        given = [dated(part) for part in text.replace(",", ";").split(";") if part.strip()]
    except LeukonError:
        return True
    named = [(name, day) for name, day in given if slug(name) not in _NO_DRUG]
    drugs = [find(name, stopped=day, today=today) for name, day in named]
    return any(drug.counting or not drug.is_known for drug in drugs)


def _date(days: float) -> date | None:
    return None if np.isnan(days) else date.fromordinal(_ZERO + int(days // 1))


def _events(columns: Any, found: Recognised, rows: Rows, refused: list[Refused]) -> Events:
    events = Events()
    for role in found.roles.get("event", ()):
        when = moments(columns.column(role.column))
        given = np.flatnonzero(~np.isnat(when.when))
        days = when.when[given].astype("datetime64[D]").astype(np.int64)
        events.add(given.tolist(), EVENTS.index(role.unit), days.tolist())
        message = "the day of the event cannot be read"
        _refuse(refused, rows[when.unreadable], role.column, message, _ISO)
    for role in found.roles.get("events", ()):
        words = distinct(columns.column(role.column))
        read = [_read(text) for text in words.texts]
        bad = np.array([*(one is None for one in read), False])[words.places]
        hint = f"infection:2026-01-31; known are {', '.join(EVENTS)}"
        message = "an event that leukon does not know, or without its day"
        _refuse(refused, rows[bad], role.column, message, hint)
        some = np.array([*(bool(one) for one in read), False])[words.places]
        for row in np.flatnonzero(some).tolist():
            for kind, day in read[words.places[row]] or ():
                events.add([row], kind, [day])
    return events


@lru_cache(maxsize=10_000)
def _read(text: str) -> tuple[tuple[int, int], ...] | None:
    """The events of one cell; None where one of them cannot be read."""
    try:
        pairs = [dated(part) for part in text.replace(",", ";").split(";") if part.strip()]
        return tuple((EVENTS.index(slug(name)), _since_1970(day)) for name, day in pairs)
    except (LeukonError, ValueError):
        return None


def _since_1970(day: date | None) -> int:
    if day is None:
        raise ValueError
    return day.toordinal() - _ZERO
