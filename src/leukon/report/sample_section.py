"""The part of the estimate's report that is about its results: whose, how chosen, what was left out."""

from __future__ import annotations

from collections.abc import Iterable

from leukon.estimation.exclusions import Tally
from leukon.estimation.publish import Study
from leukon.report.svg import element, escape
from leukon.report.tables import NUMBER, Cell, isolated, table

_YEAR, _MONTH = 365.25, 30.4375


def sample_section(study: Study) -> list[str]:
    """What was left out, whose results entered, and by which choices."""
    return [
        element("h3", "What was left out"),
        *_left_out(study.tally),
        bullets("How it was made", [capital(text) for text in study.chosen], "h4"),
    ]


def _left_out(tally: Tally | None) -> list[str]:
    if tally is None:
        said = "The file is a histogram: what was left out was settled by whoever made it."
        return [element("p", isolated(said))]
    rows = [
        [Cell(isolated(capital(why.text))), Cell(f"{number:,}", NUMBER)]
        for why, number in sorted(tally.excluded.items())
    ]
    total = [Cell("Entered"), Cell(f"{tally.entered:,}", NUMBER)]
    came = [Cell("Rows read"), Cell(f"{tally.came:,}", NUMBER)]
    shown = table("What was left out", ("Why", "How many"), [*rows, total, came])
    return [shown, bullets("Of the sample", tally.remarks, "h4")]


def whose(tally: Tally | None) -> str:
    """Whose results entered: women and men, and their ages, in a sentence or two."""
    if tally is None or not tally.entered:
        return ""
    unknown = tally.entered - tally.female - tally.male
    sexes = {"of women and girls": tally.female, "of men and boys": tally.male}
    counted = [f"{number:,} {name}" for name, number in sexes.items()]
    counted += [f"{unknown:,} of unknown sex"] if unknown else []
    said = f"Results that entered: {', '.join(counted)}."
    if tally.ages:
        youngest, median, oldest = (age_in_words(days) for days in tally.ages)
        said += f" Ages from {youngest} to {oldest}, the median {median}."
    return said


def age_in_words(days: float) -> str:
    """An age as people say it, in the unit of its size.

    >>> age_in_words(12.5), age_in_words(400.0), age_in_words(30 * 365.25)
    ('12 days', '13 months', '30 years')
    """
    if days < 3 * _MONTH:
        return f"{days:.0f} days"
    if days < 2 * _YEAR:
        return f"{int(days / _MONTH)} months"
    return f"{int(days / _YEAR)} years"


def bullets(heading: str, texts: Iterable[str], tag: str = "h3") -> str:
    """A list under its heading; nothing where there is nothing to say."""
    items = [element("li", isolated(text)) for text in texts]
    if not items:
        return ""
    return element(tag, escape(heading)) + element("ul", *items, class_="lk-notes")


def capital(text: str) -> str:
    """A text with its first letter large."""
    return text[:1].upper() + text[1:]
