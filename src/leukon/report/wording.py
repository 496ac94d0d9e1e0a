"""The words of a picture: English here; a page in another language hands in its own.

A picture is drawn once, whatever its language: only what stands in it as text comes from here.
"""

from __future__ import annotations

from leukon.interpretation import Agreement, Interpreted
from leukon.report import words

TEXTS = {
    "no-value": "no value",
    "cannot-say": "Cannot say: {reason}.",
    "off-the-scale": "off the scale",
    "lower-limit": "lower limit",
    "upper-limit": "upper limit",
    "this-count": "this count {value}",
    "this-count-beyond": "this count {value}, off the scale",
    "not-low": "not low: {number}",
    "low": "low: {number}",
    "line-title": "{name}: {value}, {flag}",
    "line": "A number line from 0 in {unit}: {lower}, {upper}.",
    "line-lower": "lower limit {number}",
    "line-upper": "upper limit {number}",
    "line-no-lower": "no lower limit",
    "line-no-upper": "no upper limit",
    "strip-title": "{name}: lower limits of {number} publishers",
}
"""Every text that is no name, number, flag or reason, by its key."""


class Wording:
    """The words of pictures in English; another language overrides what it says otherwise.

    >>> Wording().text("this-count", value="3.7")
    'this count 3.7'
    """

    def text(self, key: str, **values: str) -> str:
        """The text with this key, its values filled in."""
        return TEXTS[key].format(**values)

    def name(self, analyte: str) -> str:
        """What a count is called, with a capital letter."""
        return words.title_name(analyte)

    def flag(self, slug: str) -> str:
        """A flag in words."""
        return words.FLAG_WORDS[slug]

    def number(self, value: float, analyte: str = "") -> str:
        """A number as it is printed."""
        return words.number(value, analyte)

    def value(self, count: Interpreted) -> str:
        """The value with its sign, "" where there is none."""
        return words.value(count)

    def measured(self, count: Interpreted) -> str:
        """The value with its unit, "" where there is none."""
        return words.measured(count)

    def reason(self, slug: str) -> str:
        """A reason in words."""
        return words.reason(slug)

    def agreed(self, agreement: Agreement, analyte: str) -> str:
        """How many publishers call it low, and that this is no measure of risk."""
        return f"{words.agreed(agreement, analyte)} {words.NO_RISK}"


ENGLISH = Wording()
"""The words of the report, and of every picture that nobody gives others to."""
