"""A number as a person types it from a report: read exactly, asked about, or refused. Never guessed.

A point or a comma stands before decimals in one country and between thousands in the next, and
people read reports from elsewhere. So the language of the page decides nothing here: "3.810" has
two readings in every language, and is a question. A text is read only where every way of writing
numbers that can have made it says the same number. Nothing looks at how large the number is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct


class Why(StrEnum):
    """Why a text is not read as a number; each has a message of its own."""

    LETTERS = "letters"
    PERCENT = "percent"
    MINUS = "minus"
    TWO_SIGNS = "two-signs"
    POWER = "power"
    RANGE = "range"
    SEPARATORS = "separators"
    ENDS = "ends"
    LEADING_ZERO = "leading-zero"
    MIXED_DIGITS = "mixed-digits"
    HIDDEN = "hidden"
    TOO_LONG = "too-long"
    NO_DIGITS = "no-digits"
    OTHER = "other"


class Number(Struct, frozen=True):
    """A number with the sign printed before it: "", "<", "<=", ">" or ">="."""

    value: Decimal
    sign: str = ""


class Question(Struct, frozen=True):
    """A text with two readings, a thousandfold apart: only who sees the report can say which."""

    decimals: Number
    thousands: Number


class Refused(Struct, frozen=True):
    """A text that is no number here, and why."""

    why: Why


Reading = Number | Question | Refused | None
"""None: nothing was typed."""

LONGEST = 24
"""Nobody prints a count in more characters."""
DIGITS = {
    "latin": "0123456789",
    "arabic": "٠١٢٣٤٥٦٧٨٩",
    "persian": "۰۱۲۳۴۵۶۷۸۹",
    "full-width": "０１２３４５６７８９",
}
"""The digits people type, each script from zero to nine."""
SPACES = " \u00a0\u2007\u2009\u202f\u3000"
APOSTROPHES = "'\u2019\u02bc"
_SAME = {
    **dict.fromkeys(SPACES, " "),
    **dict.fromkeys(APOSTROPHES, "'"),
    "\uff0e": ".",
    "\uff0c": ",",
    "\u060c": ",",  # the Arabic comma, typed for the Latin one
    "\uff1c": "<",
    "\uff1e": ">",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2a7d": "<=",
    "\u2a7e": ">=",
}
ARABIC_DECIMAL, ARABIC_THOUSANDS, RAISED_POINT = "\u066b", "\u066c", "\u00b7"
# A telephone shows one sign beside the digits, that for decimals: who sees a comma between
# thousands on an Arabic report can only type the Arabic decimal sign. So it has two readings too.
_DECIMAL = frozenset(f".,{ARABIC_DECIMAL}{RAISED_POINT}")
_GROUPING = frozenset(f".,' {ARABIC_DECIMAL}{ARABIC_THOUSANDS}")
_MARKS = "\u200e\u200f\u061c"
"""Marks of direction that come with a copied text: harmless at its ends, not within a number."""
_SIGN = re.compile(r"(<=|>=|<|>)? *")
_BETWEEN = f".,' {ARABIC_DECIMAL}{ARABIC_THOUSANDS}{RAISED_POINT}"
_NUMBER = re.compile(rf"[0-9{_BETWEEN}]+")
_SPLIT = re.compile(rf"([{_BETWEEN}])")


def read_number(text: str) -> Reading:
    """The number a text states, the question which of two, or why it is none.

    >>> read_number("<0,1")
    Number(value=Decimal('0.1'), sign='<')
    >>> read_number("3.810").thousands.value, read_number("٣٬٨١٠").value
    (Decimal('3810'), Decimal('3810'))
    >>> read_number("3.7 H").why
    <Why.LETTERS: 'letters'>
    """
    bare = text.strip().strip(_MARKS).strip()
    if not bare:
        return None
    if len(bare) > LONGEST:
        return Refused(Why.TOO_LONG)
    folded = _folded(bare)
    if isinstance(folded, Why):
        return Refused(folded)
    start = _SIGN.match(folded)
    assert start is not None
    sign, rest = start[1] or "", folded[start.end() :]
    if not _NUMBER.fullmatch(rest):
        return Refused(_complaint(rest, has_sign=bool(sign)))
    return _decide(rest, sign)


def _folded(text: str) -> str | Why:
    """The text in Latin digits and plain signs; digits of two scripts in one number are refused."""
    scripts = {name for name, digits in DIGITS.items() if any(sign in digits for sign in text)}
    if len(scripts) > 1:
        return Why.MIXED_DIGITS
    latin = str.maketrans(DIGITS[scripts.pop()], DIGITS["latin"]) if scripts else {}
    return "".join(_SAME.get(sign, sign) for sign in text.translate(latin))


_COMPLAINTS = (
    (Why.POWER, re.compile(r"[0-9] *([eE][+-]?|[xX×*^]) *[0-9]|[⁰¹²³⁴-⁹]")),
    (Why.RANGE, re.compile(r"[0-9] *[-–—~±] *[0-9]")),
    (Why.PERCENT, re.compile(r"[%٪％‰]")),
    (Why.MINUS, re.compile(r"[-−–﹣－] *[0-9.,]")),
    (Why.TWO_SIGNS, re.compile(r"[<>=+]")),
)


def _complaint(text: str, *, has_sign: bool) -> Why:
    """What is wrong with a text that holds more than digits and signs between them."""
    for why, found in _COMPLAINTS:
        if found.search(text):
            return why
    if not text:
        return Why.NO_DIGITS if has_sign else Why.OTHER
    kinds = {unicodedata.category(sign)[0] for sign in text}
    if "C" in kinds:
        return Why.HIDDEN
    return Why.LETTERS if kinds & set("LM") else Why.OTHER


def _decide(text: str, sign: str) -> Reading:
    if not any(digit in DIGITS["latin"] for digit in text):
        return Refused(Why.NO_DIGITS)
    if not text[-1].isdigit():
        return Refused(Why.ENDS)
    readings = [Number(Decimal(one), sign) for one in _readings(text)]
    if not readings:
        zero = re.match(r"0[0-9]", text) is not None
        return Refused(Why.LEADING_ZERO if zero else Why.SEPARATORS)
    if len(readings) == 1:
        return readings[0]
    decimals, thousands = readings
    return Question(decimals, thousands)


def _readings(text: str) -> Iterator[str]:
    """Every number the text can stand for: its last sign before decimals, then none of them so."""
    pieces = _SPLIT.split(text)
    digits, signs = pieces[::2], pieces[1::2]
    if signs and signs[-1] in _DECIMAL:
        whole = _whole(digits[:-1], signs[:-1], decimal=signs[-1])
        if whole is not None:
            yield f"{whole or '0'}.{digits[-1]}"
    whole = _whole(digits, signs)
    if whole:
        yield whole


def _whole(digits: list[str], signs: list[str], decimal: str = "") -> str | None:
    """The digits of a whole number, None where the signs between them do not part thousands.

    "" stands for the missing zero of ".5".
    """
    first, *groups = digits
    if not groups:
        missing_zero = first == "" and decimal != ""
        return first if missing_zero or _plain(first) else None
    same = len(set(signs)) == 1 and signs[0] in _GROUPING and signs[0] != decimal
    threes = all(len(group) == 3 for group in groups)
    if not (same and threes and 1 <= len(first) <= 3 and first[0] != "0"):
        return None
    return "".join(digits)


def _plain(digits: str) -> bool:
    """Whether digits stand as they are written: one at least, and no zero in front of others."""
    return digits == "0" or (digits != "" and digits[0] != "0")
