"""How long a treatment or a drug counts after its last day."""

from __future__ import annotations

import re
from datetime import date, timedelta

_WINDOW = re.compile(r"(\d+)(d|wk|mo)")
_DAYS = {"d": 1, "wk": 7}


def still(last: date, window: str, today: date) -> bool:
    """Whether a window after the last day has not passed; its last day still counts.

    A last day that lies ahead counts: the treatment goes on.

    >>> still(date(2026, 10, 1), "6wk", date(2026, 11, 12))
    True
    >>> still(date(2026, 10, 1), "6wk", date(2026, 11, 13))
    False
    """
    return today <= end_of(last, window)


def end_of(last: date, window: str) -> date:
    """The last day on which it counts; months are those of the calendar.

    >>> end_of(date(2025, 2, 28), "12mo")
    datetime.date(2026, 2, 28)
    """
    found = _WINDOW.fullmatch(window)
    if found is None:
        raise ValueError(f"no window: {window!r}")
    number, unit = int(found[1]), found[2]
    if unit in _DAYS:
        return last + timedelta(days=number * _DAYS[unit])
    months = last.year * 12 + last.month - 1 + number
    first = date(months // 12, months % 12 + 1, 1)
    # Where the month is too short the day runs into the next one: the cautious reading.
    return first + timedelta(days=last.day - 1)
