"""The tables of the report: the counts, the publishers behind a strip, what a file came to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from leukon.catalogue import definitions
from leukon.interpretation import FLAG_SLUGS, DefinitionUsed, Interpretation, Interpreted, Vote
from leukon.report import words
from leukon.report.summary import Summary, Tally
from leukon.report.svg import element, escape


class Cell(NamedTuple):
    """One cell: its markup, and its kind: a number at the end of its column, text kept whole or wide."""

    markup: str
    kind: str = ""


NUMBER, WHOLE, WIDE = "lk-n", "lk-nowrap", "lk-wide"
_FITS = 3
"""So many columns fit a phone."""


def isolated(text: str) -> str:
    """A text that keeps its own direction, whatever stands around it.

    >>> isolated("<3>")
    '<bdi>&lt;3&gt;</bdi>'
    """
    return element("bdi", escape(text)) if text else ""


def flag_mark(slug: str) -> str:
    """A flag as a sign and a word."""
    sign = element("span", words.SYMBOLS.get(slug, ""), aria_hidden="true")
    word = element("span", escape(words.FLAG_WORDS.get(slug, slug)))
    return element("span", sign, word, class_=f"lk-flag lk-flag-{escape(slug)}")


def link(text: str, address: str) -> str:
    """A text, linked where its address is one of the web."""
    if not address.startswith(("http://", "https://")):
        return isolated(text)
    return element("a", isolated(text), href=address, rel="noopener noreferrer")


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table whose first cell names the row; where it is wide, a phone shows each row as a list.

    The roles repeat what the elements say: browsers forget it where a style changes their display.
    """
    head = "".join(_head(text, place) for place, text in enumerate(headings))
    body = "".join(_row(row, headings) for row in rows)
    style = {"class_": "lk-stack"} if len(headings) > _FITS else {}
    return element(
        "table",
        element("caption", isolated(caption)),
        element("thead", element("tr", head, role="row"), role="rowgroup"),
        element("tbody", body, role="rowgroup"),
        role="table",
        **style,
    )


_NUMBERS = (
    "value",
    "from the lower limit",
    "lower limit",
    "upper limit",
    "how many",
    "healthy below it",
    "estimate",
    "published",
)


def _head(text: str, place: int) -> str:
    number = place > 0 and (text.lower() in _NUMBERS or text in words.FLAG_WORDS.values())
    style = {"class_": "lk-n"} if number else {}
    return element("th", escape(text), scope="col", role="columnheader", **style)


def _row(row: Sequence[Cell], headings: Sequence[str]) -> str:
    first, *rest = row
    cells = [element("th", first.markup, scope="row", role="rowheader")]
    for cell, heading in zip(rest, headings[1:], strict=True):
        kinds = (cell.kind, "" if cell.markup else "lk-none")
        style = {"class_": " ".join(filter(None, kinds))} if any(kinds) else {}
        cells.append(element("td", cell.markup, role="cell", data_label=heading, **style))
    return element("tr", *cells, role="row")


def counts_table(interpretation: Interpretation) -> str:
    """Every count of a panel with its flag, limits, whose they are, and the reason if any."""
    headings = (
        "Count",
        "Value",
        "As reported",
        "Flag",
        "Limits",
        "From the lower limit",
        "Whose limit",
        "Called low by",
        "Why",
    )
    rows = [_count_row(count, interpretation.definition) for count in interpretation.counts]
    # A column that says nothing of any count is left out.
    kept = [place for place in range(len(headings)) if any(row[place].markup for row in rows)]
    return table(
        "Every count in numbers",
        [headings[place] for place in kept],
        [[row[place] for place in kept] for row in rows],
    )


def _count_row(count: Interpreted, definition: DefinitionUsed) -> list[Cell]:
    agreement = count.agreement
    derived = " (derived)" if count.derived else ""
    return [
        Cell(isolated(words.title_name(count.analyte))),
        Cell(isolated(words.measured(count) + derived), NUMBER),
        Cell(isolated(words.reported(count)), WHOLE),
        Cell(flag_mark(count.flag)),
        Cell(isolated(words.limits(count)), WHOLE),
        Cell(isolated(words.distance(count)), NUMBER),
        Cell(_whose(count, definition), WIDE),
        Cell(isolated(words.share(agreement)) if agreement and agreement.total else "", WHOLE),
        Cell(isolated(words.reason(count.reason)), WIDE),
    ]


def _whose(count: Interpreted, definition: DefinitionUsed) -> str:
    if count.lower is None and count.upper is None:
        return ""
    low, high = count.low_source, count.high_source
    if low and high and low != high:
        return isolated(f"{low} (lower), {high} (upper)")
    return isolated(low or high or definition.label)


def numbers_table(count: Interpreted, definition: DefinitionUsed) -> str:
    """The numbers of one number line, in the unit's UCUM code."""
    rows = [
        ("Value", f"{words.value(count)} {count.unit}" if count.value is not None else "none"),
        ("As reported", words.reported(count)),
        ("Lower limit", _side(count, count.lower)),
        ("Upper limit", _side(count, count.upper)),
        ("Flag", words.FLAG_WORDS[count.flag]),
        ("Why", words.reason(count.reason)),
        ("By", definition.label),
    ]
    return _pairs(f"{words.title_name(count.analyte)} in numbers", rows)


def _pairs(caption: str, rows: Sequence[tuple[str, str]]) -> str:
    body = "".join(
        element("tr", element("th", escape(key), scope="row"), element("td", isolated(value)))
        for key, value in rows
        if value
    )
    return element("table", element("caption", isolated(caption)), element("tbody", body))


def _side(count: Interpreted, side: float | None) -> str:
    return "none" if side is None else f"{words.number(side, count.analyte)} {count.unit}"


def votes_table(count: Interpreted) -> str:
    """The publishers behind a strip: whose, both limits, and how each calls the count."""
    votes = count.agreement.votes if count.agreement else ()
    rows = [_vote_row(vote, count.analyte) for vote in votes]
    caption = f"{words.title_name(count.analyte)} in {count.unit}, publisher by publisher"
    return table(caption, ("Publisher", "Lower limit", "Upper limit", "Calls this count"), rows)


def _vote_row(vote: Vote, analyte: str) -> list[Cell]:
    # What an undetermined vote carries need not be the limit of this person.
    known = vote.flag != "undetermined"
    ends = [
        words.number(end, analyte) if end is not None and known else "–"
        for end in (vote.lower, vote.upper)
    ]
    return [
        Cell(_publisher(vote)),
        *(Cell(end, NUMBER) for end in ends),
        Cell(flag_mark(vote.flag)),
    ]


def _publisher(vote: Vote) -> str:
    if vote.definition not in definitions:
        return isolated(vote.publisher)
    found = definitions[vote.definition]
    return link(found.label, found.source)


def flags_table(summary: Summary) -> str:
    """How many of each flag, a line an analyte."""
    flags = [flag for flag in FLAG_SLUGS if any(t.get(flag) for t in summary.flags.values())]
    rows = [
        [Cell(escape(words.title_name(analyte))), *(_number(tally.get(flag, 0)) for flag in flags)]
        for analyte, tally in summary.flags.items()
    ]
    return table("Counts by flag", ("Count", *(words.FLAG_WORDS[flag] for flag in flags)), rows)


def _number(number: int) -> Cell:
    return Cell(f"{number:,}", NUMBER)


def reasons_table(summary: Summary) -> str:
    """Why counts could not be called low or not, the most frequent reason of each first."""
    rows = [
        [Cell(escape(words.title_name(analyte))), Cell(isolated(words.reason(slug))), _number(n)]
        for analyte, tally in summary.reasons.items()
        for slug, n in _sorted(tally)
        if slug and n
    ]
    return table("Why it cannot be said", ("Count", "Reason", "How many"), rows) if rows else ""


def drivers_table(summary: Summary) -> str:
    """Which cell line drives, over all panels."""
    names = {"none": "no cell line found low", "undetermined": "cannot say"}
    rows = [
        [Cell(escape(names.get(line) or words.title_name(line))), _number(n)]
        for line, n in _sorted(summary.drivers)
        if n
    ]
    return table("The driving cell line", ("Cell line", "How many"), rows) if rows else ""


def grades_table(summary: Summary) -> str:
    """How many counts have each grade, by each scale that was asked for."""
    rows = [
        [Cell(escape(words.title_name(analyte))), Cell(isolated(scale)), Cell(words.grades(tally))]
        for scale, tallies in summary.grades.items()
        for analyte, tally in tallies.items()
    ]
    return table("Grades", ("Count", "Scale", "Grades"), rows) if rows else ""


def refused_table(summary: Summary) -> str:
    """The rows and cells that could not be read: where, why, and what to do."""
    rows = [
        [Cell(isolated(row.where)), Cell(isolated(row.reason)), Cell(isolated(row.hint))]
        for row in summary.refused_rows
    ]
    return table("What could not be read", ("Where", "Why", "What to do"), rows) if rows else ""


def _sorted(tally: Tally) -> list[tuple[str, int]]:
    return sorted(tally.items(), key=lambda pair: (-pair[1], pair[0]))
