"""A count said back in two units, so that a slip of a thousand is seen before it is answered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from leukon.analytes import PERCENT
from leukon_site.check.counts import Entry, canonical, looks_unusual
from leukon_site.check.direction import together
from leukon_site.check.fields import LABELS
from leukon_site.speech.writing import write_number

_PER_MICROLITRE = 1000
_DECILITRES = 10
_SIGNS = {"": "", "<": "< ", "<=": "≤ ", ">": "> ", ">=": "≥ "}


class Echo(Struct, frozen=True):
    """One count said back; `unusual` where it should be looked at once more."""

    kind: str
    label: Any
    text: str
    unusual: bool


def echo(entry: Entry, language: str) -> Echo:
    """The count in words, as it was typed first, then the same in the other unit."""
    text = _text(entry, language)
    return Echo(str(entry.kind), LABELS[entry.kind], text, looks_unusual(entry))


def _text(entry: Entry, language: str) -> str:
    sign, value = _SIGNS[entry.number.sign], canonical(entry)
    if entry.unit.ucum == PERCENT or entry.unit.family == "percent":
        return _("%(number)s %% of the white blood cells") % {
            "number": write_number(value, language)
        }
    if entry.unit.family == "mass":
        return _mass(sign, value, entry, language)
    many = together(sign + write_number(value, language))
    single = together(sign + write_number(value * _PER_MICROLITRE, language))
    told = {"billions": many, "single": single}
    if entry.unit.ucum == "/uL":
        return _("%(single)s per microlitre, the same as %(billions)s × 10⁹ per litre") % told
    return _("%(billions)s × 10⁹ per litre, the same as %(single)s per microlitre") % told


def _mass(sign: str, value: Decimal, entry: Entry, language: str) -> str:
    told = {
        "litre": together(sign + write_number(value, language)),
        "decilitre": together(sign + write_number(value / _DECILITRES, language)),
    }
    if entry.unit.ucum == "g/dL":
        return _("%(decilitre)s grams per decilitre, the same as %(litre)s grams per litre") % told
    return _("%(litre)s grams per litre, the same as %(decilitre)s grams per decilitre") % told
