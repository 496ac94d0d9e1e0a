"""Columns of dates and times as moments: ISO 8601 only, since 03/04 may be March or April."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leukon.arrays import Moments as Times
from leukon.arrays import Truths
from leukon.errors import TableRefused
from leukon.readers import arrow
from leukon.readers.distinct import as_text, distinct
from leukon.readers.numerals import absence
from leukon.readers.values import Places, is_text

_NONE = np.datetime64("NaT", "s")
_DAY = 86_400
_DATE_LENGTH = 10
_UNIVERSAL = frozenset({"UTC", "Etc/UTC", "Z", "+00:00"})


class Moments(NamedTuple):
    """A column of moments in seconds, which of them have a time of day, which are unreadable.

    Midnight counts as "no time of day": dates are often stored so.
    """

    when: Times
    clocked: Truths
    unreadable: Places


def moments(column: Any) -> Moments:
    """The moments of a column of dates, times or ISO 8601 texts."""
    if is_text(column):
        return _from_text(as_text(column))
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        return _moments(_seconds(column), np.array([], dtype=np.intp))
    unreadable = np.flatnonzero(arrow.filled(column))
    return _moments(np.full(len(column), "NaT", dtype="datetime64[s]"), unreadable)


def _seconds(column: Any) -> Times:
    if getattr(column.type, "tz", None):
        column = _by_the_clock(column)
    seconds = column.cast(pa.timestamp("s"), safe=False).view(pa.int64())
    found: Times = arrow.held(seconds).view("datetime64[s]")
    return np.where(arrow.filled(column), found, _NONE) if column.null_count else found


def _by_the_clock(column: Any) -> Any:
    """Moments as the clock of the column's own time zone shows them: a birthday is a local day."""
    if column.type.tz in _UNIVERSAL:
        return column.cast(pa.timestamp(column.type.unit))
    try:
        return pc.local_timestamp(column)
    except pa.ArrowInvalid:
        raise TableRefused(
            f"the time zone {column.type.tz!r} is not known here",
            hint="use a region such as Europe/London, or UTC; and the system's package tzdata",
        ) from None


def _moments(when: Times, unreadable: Places) -> Moments:
    known = ~np.isnat(when)
    clocked = np.zeros(len(when), dtype=np.bool_)
    clocked[known] = when[known].astype(np.int64) % _DAY != 0
    return Moments(when, clocked, unreadable)


def _from_text(column: Any) -> Moments:
    try:
        return _moments(_seconds(column.cast(pa.timestamp("us"))), np.array([], dtype=np.intp))
    except pa.ArrowInvalid:
        pass
    words = distinct(column)
    read = [_read(text) for text in words.texts]
    table = np.array([*(found or "NaT" for found in read), "NaT"], dtype="datetime64[s]")
    faulty = np.array([found is None for found in read] + [False])
    return _moments(table[words.places], np.flatnonzero(faulty[words.places]))


def _read(text: str) -> str | None:
    """The moment of one text, "NaT" where it is missing, None where it is not ISO 8601."""
    text = text.strip()
    if absence(text) == "missing":
        return "NaT"
    if len(text) < _DATE_LENGTH or text[4] != "-" or text[7] != "-":
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is not None:
        found = found.astimezone(UTC).replace(tzinfo=None)
    return found.isoformat(timespec="seconds")


def later(first: Moments, second: Moments) -> Truths:
    """Where the first moment is after the second, by the day where either has no time of day."""
    both = first.clocked & second.clocked
    by_day = first.when.astype("datetime64[D]") > second.when.astype("datetime64[D]")
    found: Truths = np.where(both, first.when > second.when, by_day)
    return found
