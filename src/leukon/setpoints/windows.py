"""Which draws of many people lie near an event, or in a pregnancy: `eligibility` on arrays."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from leukon.arrays import Codes, Floats, Integers, Truths
from leukon.setpoints.eligibility import (
    AFTER_BIRTH_DAYS,
    BIRTH,
    EVENTS,
    PREGNANCY_DAYS,
    WINDOWS,
)
from leukon.setpoints.many import LEFT_OUT_CODES

_APART = 1 << 24
"""More days than any two draws of a person lie apart, so that no window reaches another person."""


class Told(Struct, frozen=True):
    """What happened to people: their number, which of `EVENTS`, the day since 1970."""

    persons: Integers
    kinds: Codes
    days: Integers


def left_out(
    persons: Integers, days: Floats, told: Told, *, in_hospital: Truths, on_drug: Truths
) -> Codes:
    """The code of the reason why a draw's counts may not enter, 0 where they may.

    In the order of the rules: in hospital, near an event, on a listed drug.
    """
    found = np.where(on_drug, np.int8(LEFT_OUT_CODES["listed-drug"]), np.int8(0))
    for name in reversed(WINDOWS):
        near = _near(persons, days, told, name, WINDOWS[name], WINDOWS[name])
        found[near] = LEFT_OUT_CODES[f"{name}-near"]
    found[in_hospital] = LEFT_OUT_CODES["in-hospital"]
    return found


def in_pregnancy(persons: Integers, days: Floats, told: Told, pregnant: Truths) -> Truths:
    """Which draws lie in a pregnancy, or in the twelve weeks after a birth."""
    return pregnant | _near(persons, days, told, BIRTH, PREGNANCY_DAYS, AFTER_BIRTH_DAYS)


def _near(
    persons: Integers, days: Floats, told: Told, name: str, before: int, after: int
) -> Truths:
    """Which draws lie so many days before, or after, an event of their person."""
    mine = (told.kinds == EVENTS.index(name)) & (told.persons >= 0)
    found = np.zeros(len(persons), dtype=np.bool_)
    dated = np.flatnonzero(~np.isnan(days) & (persons >= 0))
    if not mine.any() or not len(dated):
        return found
    events = np.sort(told.persons[mine] * _APART + told.days[mine])
    at = persons[dated] * _APART + np.floor(days[dated]).astype(np.int64)
    # The first event that is not too long ago is the one that counts, if it is not too far ahead.
    place = np.searchsorted(events, at - after)
    next_ = events[np.minimum(place, len(events) - 1)]
    found[dated] = (place < len(events)) & (next_ <= at + before)
    return found
