"""A number as each language writes it, so that it can be read in one way only.

Arabic pages write Latin digits: laboratories of Arabic countries print them, and what is echoed
should look like the report. Spanish parts thousands with a narrow space, and only from five digits
on (the rule of its academies), so that no point or comma between three digits is ever shown there.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

NARROW_SPACE = "\u202f"


class Style(Struct, frozen=True):
    """How a language writes numbers: its two signs, and from how many digits thousands are parted."""

    decimal: str
    thousands: str
    parted_from: int


STYLES = {
    "en": Style(".", ",", 4),
    "es": Style(",", NARROW_SPACE, 5),
    "ar": Style(".", ",", 4),
    "zh": Style(".", ",", 4),
}


def style_of(language: str) -> Style:
    """The style of a language code, with or without a region; English where there is none.

    >>> style_of("es-mx").decimal
    ','
    """
    return STYLES.get(language.partition("-")[0], STYLES["en"])


def write_number(value: Decimal | float, language: str) -> str:
    """A number without float noise or zeros at its end, with the signs of a language.

    >>> write_number(3700.0, "en"), write_number(Decimal("3.70"), "es")
    ('3,700', '3,7')
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    whole, _, decimals = format(exact, "f").partition(".")
    style = style_of(language)
    decimals = decimals.rstrip("0")
    if len(whole) >= style.parted_from:
        whole = f"{int(whole):,}".replace(",", style.thousands)
    return f"{whole}{style.decimal}{decimals}" if decimals else whole


def write_reading(value: Decimal, language: str) -> str:
    """A number with nothing between thousands, its decimals as typed: one of two readings.

    >>> write_reading(Decimal("3810"), "en"), write_reading(Decimal("3.810"), "es")
    ('3810', '3,810')
    """
    return format(value, "f").replace(".", style_of(language).decimal)
