"""The words of leukon's pictures in the language of the page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leukon.explain.language import language_of
from leukon.interpretation import Agreement, Interpreted
from leukon.report import words
from leukon.report.wording import Wording
from leukon_site.speech.said import catalogue
from leukon_site.speech.writing import style_of

FLAGS = {
    "critical-low": _("very low"),
    "low": _("low"),
    "within": _("within the limits"),
    "high": _("high"),
    "critical-high": _("very high"),
    "undetermined": _("cannot be said"),
    "mixed": _("contradicts itself"),
}
"""The flags in words, as they stand in pictures, beside a count and in the tables."""
_TEXTS: dict[str, Any] = {
    "no-value": pgettext_lazy("picture", "no value"),
    "cannot-say": pgettext_lazy("picture", "Cannot say: {reason}."),
    "off-the-scale": pgettext_lazy("picture", "off the scale"),
    "lower-limit": pgettext_lazy("picture", "lower limit"),
    "upper-limit": pgettext_lazy("picture", "upper limit"),
    "this-count": pgettext_lazy("picture", "this count {value}"),
    "this-count-beyond": pgettext_lazy("picture", "this count {value}, off the scale"),
    "not-low": pgettext_lazy("picture", "not low: {number}"),
    "low": pgettext_lazy("picture", "low: {number}"),
    "line-title": pgettext_lazy("picture", "{name}: {value}, {flag}"),
    "line": pgettext_lazy("picture", "A number line from 0 in {unit}: {lower}, {upper}."),
    "line-lower": pgettext_lazy("picture", "lower limit {number}"),
    "line-upper": pgettext_lazy("picture", "upper limit {number}"),
    "line-no-lower": pgettext_lazy("picture", "no lower limit"),
    "line-no-upper": pgettext_lazy("picture", "no upper limit"),
    "strip-title": pgettext_lazy("picture", "{name}: lower limits of {number} publishers"),
}
_AGREED = pgettext_lazy(
    "picture",
    "Low by {low} of {total} publishers; the lowest limit is {lowest}, the highest {highest}. A "
    "count of publishers is not a measure of risk.",
)


class PageWording(Wording):
    """The words of pictures on a page of the site."""

    def __init__(self, page_language: str) -> None:
        """Hold the language: the page's for the texts, leukon's for names and reasons."""
        self._language = language_of(catalogue(page_language))
        self._decimal = style_of(page_language).decimal

    def text(self, key: str, **values: str) -> str:
        """The text with this key, its values filled in."""
        return str(_TEXTS[key]).format(**values)

    def name(self, analyte: str) -> str:
        """What a count is called, with a capital letter."""
        found = self._language.text(f"name.count.{analyte}")
        return found[:1].upper() + found[1:]

    def flag(self, slug: str) -> str:
        """A flag in words."""
        return str(FLAGS[slug])

    def number(self, value: float, analyte: str = "") -> str:
        """A number as it is printed, with the decimal sign of the language."""
        return self._signed(words.number(value, analyte))

    def value(self, count: Interpreted) -> str:
        """The value with its sign, "" where there is none."""
        return self._signed(words.value(count))

    def measured(self, count: Interpreted) -> str:
        """The value with its unit, "" where there is none."""
        return self._signed(words.measured(count))

    def reason(self, slug: str) -> str:
        """A reason in words."""
        return self._language.content(words.reason(slug))

    def agreed(self, agreement: Agreement, analyte: str) -> str:
        """How many publishers call it low, and that this is no measure of risk."""
        ends = [
            "–" if end is None else self.number(end, analyte)
            for end in (agreement.lowest, agreement.highest)
        ]
        return str(_AGREED).format(
            low=agreement.low, total=agreement.total, lowest=ends[0], highest=ends[1]
        )

    def _signed(self, text: str) -> str:
        return text.replace(".", self._decimal)
