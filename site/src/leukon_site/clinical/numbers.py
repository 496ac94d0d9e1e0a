"""How a count stands on a page, in its language: in billions per litre, and per microlitre."""

from __future__ import annotations

from django.utils.translation import get_language

from leukon.explain.language import ENGLISH
from leukon.report.words import number
from leukon_site.speech.said import spoken
from leukon_site.speech.writing import style_of, write_number

PER_LITRE = "10⁹/L"
_MICROLITRES = 1000


def shown(value: float, analyte: str = "") -> str:
    """The number as it is printed, with the decimal sign of the page's language.

    >>> shown(4), shown(1.21)
    ('4.0', '1.21')
    """
    return number(value, analyte).replace(".", style_of(tongue()).decimal)


def per_microlitre(value: float) -> str:
    """The same count per microlitre.

    >>> per_microlitre(3.7), per_microlitre(0.5)
    ('3,700', '500')
    """
    return write_number(round(value * _MICROLITRES), tongue())


def name_of(analyte: str) -> str:
    """What an analyte is called in a sentence of the page's language.

    >>> name_of("NEUT")
    'neutrophils'
    """
    return spoken(tongue()).text(f"name.count.{analyte}")


def tongue() -> str:
    """The language of the page."""
    return get_language() or ENGLISH
