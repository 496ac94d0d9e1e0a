"""The units a person may choose from, and the unit written as the report prints it.

No unit is chosen beforehand, and none is inferred from a number: a report says which.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from leukon import LeukonError
from leukon.analytes import CELLS, DIFFERENTIAL, MASS, PERCENT, Analyte
from leukon.units import Unit, fold, read_unit, spellings

OTHER = "other"
"""The choice that says: as I write it beside."""
THOUSANDS, SINGLE, GRAMS_DECILITRE = "10*3/uL", "/uL", "g/dL"


class Choice(Struct, frozen=True):
    """One unit to choose: its code in leukon, and how reports print it."""

    code: str
    label: Any  # a text that is translated when it is shown


_CELLS = (
    Choice(CELLS, _("10⁹/L, also G/L or giga/L")),
    Choice(THOUSANDS, _("10³/µL, also K/µL or thousand/mm³")),
    Choice(SINGLE, _("/µL, also cells/µL or /mm³")),
)
_SHARE = Choice(PERCENT, _("% (share of the white cells)"))
_MASS = (Choice(GRAMS_DECILITRE, _("g/dL")), Choice(MASS, _("g/L")))
_ANOTHER = Choice(OTHER, _("another one"))


def choices(kind: Analyte) -> tuple[Choice, ...]:
    """The units of one count, the commonest first, and last "another one".

    >>> [choice.code for choice in choices(Analyte.HGB)]
    ['g/dL', 'g/L', 'other']
    """
    if kind is Analyte.HGB:
        return (*_MASS, _ANOTHER)
    share = (_SHARE,) if kind in DIFFERENTIAL else ()
    return (*_CELLS, *share, _ANOTHER)


class UnitUnknown(Exception):
    """A unit as printed that leukon does not know."""


class UnitUnclear(Exception):
    """A unit as printed that can be read in two ways, or is no unit of this count."""


_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_POWER = re.compile(r"10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_TIMES = re.compile(r"^[x×*] *(?=10)", re.IGNORECASE)


def printed_unit(text: str, kind: Analyte) -> Unit:
    """The unit that a text copied from a report means.

    Raised digits and a leading times sign are how print writes a power of ten; everything else must
    be a spelling that leukon knows. Raises `UnitUnknown`, `UnitUnclear`.

    >>> printed_unit("× 10⁹/L", Analyte.WBC).ucum
    '10*9/L'
    """
    plain = _TIMES.sub("", _POWER.sub(_written_out, text.strip())).translate(_RAISED)
    for spelling in (text, plain):
        try:
            return read_unit(spelling, kind)
        except LeukonError:
            continue
    known = any(
        fold(one) in spellings() or fold(one).casefold() in spellings() for one in (text, plain)
    )
    raise UnitUnclear if known else UnitUnknown


def _written_out(found: re.Match[str]) -> str:
    return f"10^{found[1].translate(_RAISED).removeprefix('+')}"
