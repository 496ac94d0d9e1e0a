"""How a count stands on a page: in billions per litre, and per microlitre."""

from __future__ import annotations

from leukon.analytes import NAMES, Analyte
from leukon.report.words import number

PER_LITRE = "10⁹/L"
_MICROLITRES = 1000


def shown(value: float, analyte: str = "") -> str:
    """The number as it is printed.

    >>> shown(4), shown(1.21)
    ('4.0', '1.21')
    """
    return number(value, analyte)


def per_microlitre(value: float) -> str:
    """The same count per microlitre.

    >>> per_microlitre(3.7), per_microlitre(0.5)
    ('3,700', '500')
    """
    return f"{round(value * _MICROLITRES):,}"


def name_of(analyte: str) -> str:
    """What an analyte is called in a sentence.

    >>> name_of("NEUT")
    'neutrophils'
    """
    return NAMES[Analyte(analyte)]
