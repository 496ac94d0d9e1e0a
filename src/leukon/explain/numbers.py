"""Numbers as they are printed in a sentence."""

from __future__ import annotations

from decimal import Decimal

_PLACES = Decimal("0.0001")
WHOLE = ("HGB", "PLT")
"""Counts printed without decimals where they have none."""


def number(value: float, analyte: str = "", *, near: tuple[float | None, ...] = ()) -> str:
    """A number without float noise, and never rounded on to one of `near`.

    >>> number(4.0), number(129.0, "HGB"), number(1.26873), number(1.49999, near=(1.5,))
    ('4.0', '129', '1.2687', '1.49999')
    """
    exact = Decimal(repr(float(value)))
    rounded = exact.quantize(_PLACES) if abs(exact) < 10**9 else exact
    hidden = (not rounded and bool(value)) or any(float(rounded) == n != value for n in near)
    text = format(exact if hidden else rounded, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if "." in text or analyte in WHOLE else f"{text}.0"


def band_end(value: float, analyte: str, count: float | None) -> str:
    """An end of a person's own band, as closely as counts are printed, never rounded on to the count.

    >>> band_end(0.9535, "NEUT", 1.3), band_end(0.9535, "NEUT", 0.95), band_end(151.6, "PLT", 220.0)
    ('0.95', '0.954', '152')
    """
    places = 0 if analyte in WHOLE else 2
    rounded = round(value, places)
    while rounded == count != value and places < 9:
        places += 1
        rounded = round(value, places)
    return number(rounded, analyte)
