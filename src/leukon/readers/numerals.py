"""A printed number, read strictly: what can be read in two ways is refused, never guessed.

No message holds the number itself: it belongs to a person.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from leukon.analytes import Analyte, analyte
from leukon.errors import ValueRefused
from leukon.units import fold, spellings

POINT, COMMA = ".", ","
SIGNS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "≤": "<=", "≥": ">="}
MISSING = frozenset({"", "na", "n/a", "n.a.", "nan", "null", "none", ".", "-", "--"})
"""What stands in files where there is no value, in lower case."""
PENDING = frozenset({"pending", "pend", "in progress", "in process", "to follow", "awaited"})
"""What stands there while the laboratory is still at work."""

_SIGN = re.compile(r"\s*(<=|>=|[<>≤≥])?\s*")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[\s'’,.\u00a0\u2009\u202f][0-9]{3})+(?:[.,][0-9]+)?")
_ENDS = re.compile(r"[0-9.,'’\u00a0\u2009\u202f]")


class Printed(NamedTuple):
    """A number as printed: its value, the sign before it, and why there is none, if so.

    `absent` is "missing" or "pending" where `value` is None.
    """

    value: float | None
    comparator: str = ""
    absent: str = ""


class Cell(NamedTuple):
    """A count as typed on one line: `WBC=3.7`, `HGB=12g/dL`, `NEUT=<0.1`; `unit` None: not given."""

    analyte: Analyte
    value: float | None
    comparator: str
    unit: str | None
    absent: str = ""


def read_number(text: str, *, decimal: str = POINT) -> Printed:
    """The number a printed text states, and the sign before it.

    Raises `ValueRefused` for what is no number, or may be two.

    >>> read_number("<0.1")
    Printed(value=0.1, comparator='<', absent='')
    >>> read_number("3,81", decimal=",").value
    3.81
    >>> read_number("pending").absent
    'pending'
    """
    absent = absence(text)
    if absent:
        return Printed(None, "", absent)
    start = _SIGN.match(text)
    assert start is not None
    rest = text[start.end() :].strip()
    return Printed(_value(rest, decimal), SIGNS.get(start[1], ""))


def absence(text: str) -> str:
    """Why a text holds no value: "missing", "pending", or "" where it should hold one.

    >>> absence("N/A"), absence("3.7")
    ('missing', '')
    """
    folded = text.strip().lower()
    if folded in MISSING:
        return "missing"
    return "pending" if folded in PENDING else ""


def _value(text: str, decimal: str) -> float:
    plain = text
    if decimal == COMMA:
        if POINT in text:
            raise _ambiguous(text, decimal)
        plain = text.replace(COMMA, POINT)
    if not _PLAIN.fullmatch(plain):
        raise _ambiguous(text, decimal)
    value = float(plain)
    if value in (float("inf"), float("-inf")):
        raise ValueRefused("the number is impossible", hint="check the value")
    return value


def _ambiguous(text: str, decimal: str) -> ValueRefused:
    other = COMMA if decimal == POINT else POINT
    if re.fullmatch(rf"[+-]?[0-9]*\{other}[0-9]+", text):
        return ValueRefused(
            f"the number holds a {_NAMES[other]}, and can be read in two ways",
            hint="write 3810 or 3.81, or state the decimal sign; here it is taken to be a "
            f"{_NAMES[decimal]}",
        )
    if _GROUPED.match(text):
        return ValueRefused(
            "the number holds a sign or blank between thousands",
            hint="write it without one, as 3810 or 3.81",
        )
    return ValueRefused("this is not a number", hint="write digits only, as 3810, 3.81 or <0.1")


_NAMES = {COMMA: "comma", POINT: "point"}


def split_unit(text: str) -> tuple[str, str]:
    """The number (with its sign) and the unit that follows it, either of them perhaps empty.

    >>> split_unit("<3.7 K/uL")
    ('<3.7', 'K/uL')
    >>> split_unit("12g/dL")
    ('12', 'g/dL')
    """
    start = _SIGN.match(text)
    assert start is not None
    end = start.end()
    number = _PLAIN.match(text, end)
    end = number.end() if number else end
    while end < len(text) and _ENDS.match(text, end):
        end += 1
    unit = text[end:].strip()
    if unit[:1].isdigit() and not known_spelling(unit):
        # "3 810/uL": a blank inside the number, not a unit that begins with digits.
        return text.strip(), ""
    return text[:end].strip(), unit


def known_spelling(unit: str) -> bool:
    """Whether a text is a spelling of a unit that leukon has seen, readable or not.

    >>> known_spelling("10*9/l")
    True
    """
    text = fold(unit)
    return text in spellings() or text.casefold() in spellings()


def read_measured(text: str, *, decimal: str = POINT) -> tuple[Printed, str]:
    """A number and the unit behind it, "" where it has none.

    >>> read_measured("3.7 K/uL")
    (Printed(value=3.7, comparator='', absent=''), 'K/uL')
    """
    if absence(text):
        return read_number(text), ""
    number, unit = split_unit(text)
    if not re.search(r"[0-9]", number):
        raise ValueRefused("this is not a number", hint="write digits only, as 3810, 3.81 or <0.1")
    return read_number(number, decimal=decimal), unit


def read_cell(text: str, *, decimal: str = POINT) -> Cell:
    """A count as typed: `WBC=3.7`, `HGB=12g/dL`, `NEUT=45%`, `NEUT=<0.1`, `WBC=3810/uL`.

    Raises `ValueRefused`, `AnalyteUnknown`.

    >>> read_cell("HGB=12g/dL").unit
    'g/dL'
    >>> read_cell("NEUT=<0.1").comparator
    '<'
    """
    name, equals, rest = text.partition("=")
    if not equals or not name.strip().isidentifier():
        raise ValueRefused(
            "a count is written as a name, an equals sign and a number",
            hint="WBC=3.7, HGB=12g/dL, NEUT=45% or NEUT='<0.1'",
        )
    kind = analyte(name.strip())
    try:
        printed, unit = read_measured(rest, decimal=decimal)
    except ValueRefused as error:
        raise error.at(str(kind)) from None
    return Cell(kind, printed.value, printed.comparator, unit or None, printed.absent)
