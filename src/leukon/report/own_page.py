"""The report of set points: a section a person, with the picture, the sentence and the table.

One HTML file that needs no other. It shows so many people; the page says how many more there are.
"""

from __future__ import annotations

from collections.abc import Sequence

from leukon.engines.own_output import OwnDraw
from leukon.engines.setpoints import OwnSummary
from leukon.notes import TEXTS
from leukon.report import own_words, words
from leukon.report.own_picture import own_picture
from leukon.report.page import head, pairs
from leukon.report.svg import element, escape
from leukon.report.tables import NUMBER, WHOLE, Cell, flag_mark, isolated, link, table
from leukon.setpoints.rules import ANSWERS, SAY_LOW

TITLE = "leukon: each person's own counts"
MOST_ROWS = 60
"""So many draws of a person stand in the table: the last ones."""
_KEY = (
    (
        "lk-key-band",
        "the person's own band, from the counts before each draw (dashed: provisional)",
    ),
    ("lk-key-defined", "within the definition"),
    ("lk-key-count", "a count"),
    ("lk-key-low", "low for this person"),
    ("lk-key-stray", "taken for an excursion"),
    ("lk-key-out", "left out, with the reason in the table"),
)
_CARE = (
    "A set point changes words, and never makes anything less urgent. Symptoms, temperature and "
    "treatment are not looked at here, so that no low count is called usual for a person."
)
_LIMITS = (
    "A band is drawn from 3 effective counts over at least 90 days, and is provisional until they "
    "span 12 months: three low counts in a season are also how a new disease begins.",
    "Counts less than 30 days apart are one occasion, and weigh as one.",
    "A band says nothing of health.",
)


def own_report(summary: OwnSummary, *, files: str) -> str:
    """The whole page."""
    body = element(
        "div",
        _header(summary, files),
        element(
            "main",
            _numbers(summary) if summary.people > 1 else "",
            *(_person(draws) for draws in summary.shown),
        ),
        _footer(summary),
        class_="lk-wrap lk-own",
    )
    return f"<!DOCTYPE html>\n{element('html', head(TITLE), element('body', body), lang='en')}\n"


def _header(summary: OwnSummary, files: str) -> str:
    definition = summary.definition
    facts = {
        "Made from": isolated(files),
        "Definition": f"{link(definition.label, definition.source)} "
        + element("span", isolated(f"({definition.id})"), class_="lk-muted"),
        "What is usual": isolated(summary.source),
        "Clinical check": isolated("not yet checked by a clinician"),
    }
    heading = f"{words.title_name(summary.analyte)}: each person's own counts"
    return element(
        "header",
        element("h1", isolated(heading)),
        pairs(facts, "lk-by"),
        element("p", isolated(_CARE), class_="lk-care", role="note"),
    )


def _numbers(summary: OwnSummary) -> str:
    facts = {
        "people": f"{summary.people:,}",
        "draws": f"{summary.draws:,}",
        "with earlier counts": f"{summary.bands:,}",
        "people whose counts fall slowly": f"{summary.falling:,}",
        "could not be read": f"{summary.rows_refused + summary.cells_refused:,}",
    }
    said = [ANSWERS[slug] for slug in summary.answers]
    rows = [
        [Cell(escape(text)), Cell(f"{number:,}", NUMBER)]
        for text, number in sorted(
            [*zip(said, summary.answers.values(), strict=True), *_silent(summary)],
            key=lambda pair: -pair[1],
        )
    ]
    shown = f"{len(summary.shown):,} of {summary.people:,} people are shown."
    if len(summary.shown) < summary.people:
        shown += (
            " First come those whose counts fall slowly, then those with a count that is low for "
            "them, then those with one low by the definition."
        )
    parts = [
        element("h2", "What the file came to"),
        pairs({name: escape(text) for name, text in facts.items()}, "lk-total"),
        element("h3", "What is said of the draws"),
        table("What is said of the draws", ("Said", "How many"), rows),
        element("p", isolated(shown), class_="lk-muted lk-after"),
    ]
    return element("section", *parts, class_="lk-panel")


def _silent(summary: OwnSummary) -> list[tuple[str, int]]:
    return [
        (f"nothing is said: {own_words.why(slug)}", number)
        for slug, number in summary.reasons.items()
    ]


def _person(draws: Sequence[OwnDraw]) -> str:
    first, last = draws[0], own_words.last_counted(draws)
    facts = {
        "Practice": isolated(first.practice or ""),
        "Counts": isolated(str(sum(draw.value is not None for draw in draws))),
        "From": isolated(own_words.day(first.drawn_at)),
        "To": isolated(own_words.day(draws[-1].drawn_at)),
    }
    unit = element("span", isolated(words.unit(first.unit)), class_="lk-unit")
    parts = [
        element("h2", isolated(str(first.person))),
        pairs({name: text for name, text in facts.items() if text != isolated("")}, "lk-facts"),
        _headline(draws, last),
        element("h3", escape(f"{words.title_name(first.analyte)} over time"), " ", unit),
        element("figure", own_picture(draws), _key(draws)),
        element("h3", "The counts in numbers"),
        _table(draws),
    ]
    return element("section", *parts, class_="lk-panel")


def _headline(draws: Sequence[OwnDraw], last: OwnDraw) -> str:
    """The one sentence, in the colours of what is said: low for the person before all else."""
    flag = "low" if last.answer in SAY_LOW else last.flag
    lines = [element("strong", isolated(own_words.sentence(last)))]
    more = [f"Last count: {own_words.count(last.value, last.analyte, last.comparator)} "
            f"{words.unit(last.unit)}, {own_words.day(last.drawn_at)}."]  # fmt: skip
    if any(draw.falling for draw in draws):
        more.append("The counts have been falling slowly.")
    more.append(own_words.withheld(last))
    text = " ".join(filter(None, more))
    sign = element("span", words.SYMBOLS.get(flag, ""), class_="lk-sign", aria_hidden="true")
    body = element("span", *lines, isolated(text))
    return element("p", sign, body, class_=f"lk-headline lk-head-{escape(flag)}")


def _key(draws: Sequence[OwnDraw]) -> str:
    """What the marks mean: those that this picture has."""
    counted = [draw for draw in draws if draw.value is not None]
    there = {
        "lk-key-band": any(own_words.is_drawn(draw) for draw in draws),
        "lk-key-defined": any(draw.lower is not None or draw.upper is not None for draw in draws),
        "lk-key-count": True,
        "lk-key-low": any(draw.answer in SAY_LOW and not draw.left_out for draw in counted),
        "lk-key-stray": any(
            draw.steady is not None and draw.steady < own_words.STRAY for draw in counted
        ),
        "lk-key-out": any(draw.left_out not in ("", "duplicate") for draw in counted),
    }
    items = [
        element(
            "li", element("span", " ", class_=f"lk-key {style}", aria_hidden="true"), isolated(text)
        )
        for style, text in _KEY
        if there[style]
    ]
    return element("figcaption", element("ul", *items, class_="lk-keys"))


def _table(draws: Sequence[OwnDraw]) -> str:
    shown = list(draws)[-MOST_ROWS:]
    headings = (
        "Drawn", "Value", "By the definition", "Limits", "Own band", "Beside the own band",
        "Change from own level", "CTCAE 5.0 grade", "Remarks",
    )  # fmt: skip
    rows = [_row(draw) for draw in reversed(shown)]
    kept = [n for n in range(len(headings)) if any(row[n].markup for row in rows)]
    body = table(
        f"{words.title_name(draws[0].analyte)}, the last draw first",
        [headings[n] for n in kept],
        [[row[n] for n in kept] for row in rows],
    )
    more = len(draws) - len(shown)
    note = f"{more:,} earlier draws are not listed here." if more else ""
    return body + (element("p", isolated(note), class_="lk-muted lk-after") if note else "")


def _row(draw: OwnDraw) -> list[Cell]:
    change = "" if draw.change_percent is None else f"{draw.change_percent:+.0f} %"
    said = ANSWERS.get(draw.answer, "")
    return [
        Cell(element("span", isolated(own_words.day(draw.drawn_at)), class_="lk-nowrap")),
        Cell(isolated(own_words.count(draw.value, draw.analyte, draw.comparator)), NUMBER),
        Cell(flag_mark(draw.flag)),
        Cell(isolated(own_words.limits(draw)), WHOLE),
        Cell(isolated(own_words.band(draw)), WHOLE),
        Cell(isolated(said or (own_words.why(draw.reason) if draw.reason else ""))),
        Cell(isolated(change), NUMBER),
        Cell(isolated("" if draw.grade is None else str(draw.grade)), NUMBER),
        Cell(isolated(own_words.remarks(draw, grade=False))),
    ]


def _footer(summary: OwnSummary) -> str:
    items = [element("li", isolated(text)) for text in _LIMITS]
    said = [TEXTS["informs"]]
    if not summary.definition.checked_by:
        said.append(TEXTS["not-checked"])
    return element(
        "footer",
        element("ul", *items, class_="lk-notes"),
        *(element("p", isolated(text)) for text in said),
    )
