"""The counts of the form: each a number with its unit, read strictly, or a problem beside its field."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from leukon import Count, LeukonError
from leukon.analytes import Analyte
from leukon.units import Unit, read_unit
from leukon_site.check import messages
from leukon_site.check.fields import KINDS, READINGS
from leukon_site.check.numbers import Number, Question, Refused, read_number
from leukon_site.check.units import OTHER, UnitUnclear, UnitUnknown, choices, printed_unit

Typed = Mapping[str, str]


class Problem(Struct, frozen=True):
    """What is wrong with a field: which, and the message; `question` where it has two readings."""

    field: str
    message: Any
    question: Question | None = None


class Entry(Struct, frozen=True):
    """One count as it was read: what leukon looks at, the number typed, and its unit."""

    count: Count
    number: Number
    unit: Unit

    @property
    def kind(self) -> Analyte:
        """Which count."""
        return self.count.analyte


def read_counts(typed: Typed) -> tuple[list[Entry], list[Problem]]:
    """The counts that could be read, in the order of the form, and what is wrong with the others."""
    entries, problems = [], []
    for kind in KINDS:
        read = read_count(kind, typed)
        if isinstance(read, Entry):
            entries.append(read)
        elif read:
            problems += read
    return entries, problems


def read_count(kind: Analyte, typed: Typed) -> Entry | list[Problem]:
    """One count: the entry, or its problems; no problem where nothing was typed."""
    number, unit = _number(kind, typed), _unit(kind, typed)
    if number is None:
        return [Problem(f"count-{kind}", messages.NUMBER_MISSING)] if unit is not None else []
    found = [one for one in (number, unit) if isinstance(one, Problem)]
    if unit is None:
        found.append(Problem(f"unit-{kind}", messages.UNIT_MISSING))
    if found:
        return found
    assert isinstance(number, Number)
    assert isinstance(unit, Unit)
    return _counted(kind, number, unit)


def _number(kind: Analyte, typed: Typed) -> Number | Problem | None:
    field = f"count-{kind}"
    text = typed.get(field, "")
    reading = read_number(text)
    if isinstance(reading, Refused):
        return Problem(field, messages.NUMBERS[reading.why])
    if isinstance(reading, Question):
        return _answered(kind, text, reading, typed)
    return reading


def _answered(kind: Analyte, text: str, asked: Question, typed: Typed) -> Number | Problem:
    """The reading that was chosen, for the very text it was asked of; else the question."""
    chosen = typed.get(f"reading-{kind}", "")
    if chosen in READINGS and typed.get(f"asked-{kind}", "") == text:
        return asked.decimals if chosen == "decimals" else asked.thousands
    return Problem(f"count-{kind}", messages.TWO_READINGS, asked)


def _unit(kind: Analyte, typed: Typed) -> Unit | Problem | None:
    chosen, printed = typed.get(f"unit-{kind}", ""), typed.get(f"printed-{kind}", "")
    if chosen == OTHER:
        return _printed(kind, printed)
    if not chosen:
        return None
    if chosen not in [choice.code for choice in choices(kind)]:
        return Problem(f"unit-{kind}", messages.UNKNOWN_CHOICE)
    return read_unit(chosen, kind)


def _printed(kind: Analyte, text: str) -> Unit | Problem:
    field = f"printed-{kind}"
    if not text.strip():
        return Problem(field, messages.UNIT_PRINTED)
    try:
        return printed_unit(text, kind)
    except UnitUnknown:
        return Problem(field, messages.UNIT_UNKNOWN)
    except UnitUnclear:
        return Problem(field, messages.UNIT_UNCLEAR)


def _counted(kind: Analyte, number: Number, unit: Unit) -> Entry | list[Problem]:
    field = f"count-{kind}"
    if unit.family == "percent" and number.sign:
        return [Problem(field, messages.SHARE_OF_RANGE)]
    try:
        count = Count(kind, float(number.value), unit.ucum, comparator=number.sign)
    except LeukonError:
        return [Problem(field, _TOO_MUCH.get(unit.family, messages.IMPOSSIBLE))]
    return Entry(count, number, unit)


_TOO_MUCH = {"percent": messages.OVER_HUNDRED, "mass": messages.IMPOSSIBLE_MASS}


def looks_unusual(entry: Entry) -> bool:
    """Whether a number per microlitre has decimals: reports print such counts whole.

    >>> from leukon_site.check.counts import read_count
    >>> looks_unusual(read_count(Analyte.WBC, {"count-WBC": "3.81", "unit-WBC": "/uL"}))
    True
    """
    whole = entry.number.value == entry.number.value.to_integral_value()
    return entry.unit.ucum == "/uL" and not whole


def canonical(entry: Entry) -> Decimal:
    """The count in the unit leukon computes in, as the decimal it is."""
    return Decimal(repr(entry.count.canonical))
