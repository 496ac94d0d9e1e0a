"""Own levels on a terminal: a line a draw of one person, or a line a person of many."""

from __future__ import annotations

from collections.abc import Sequence

from leukon.engines.own_output import OwnDraw
from leukon.engines.setpoints import OwnSummary
from leukon.report import own_words, words
from leukon.report.screen import Cell, Column, Screen
from leukon.setpoints.rules import (
    ABOVE_OWN_BAND,
    ANSWERS,
    LOW_AND_LOW_FOR_YOU,
    LOW_BUT_USUAL_FOR_YOU,
    LOW_BY_DEFINITION,
    LOW_FOR_YOU,
    SAY_LOW,
    WITHIN_BOTH,
    WITHIN_BUT_LOW_FOR_YOU,
)

_SHORT = {
    LOW_AND_LOW_FOR_YOU: "low for you",
    LOW_BUT_USUAL_FOR_YOU: "usual for you",
    WITHIN_BUT_LOW_FOR_YOU: "low for you",
    WITHIN_BOTH: "in band",
    LOW_BY_DEFINITION: "in band *",
    ABOVE_OWN_BAND: "above band",
    LOW_FOR_YOU: "low for you",
}
_NOT_SAID = "* that it is usual for you is not said"

_DRAWS = (
    Column("drawn"),
    Column("count", right=True),
    Column("flag"),
    Column("limits"),
    Column("own band"),
    Column("own"),
    Column("remarks", breaks=True),
)
_PEOPLE = (
    Column("person", breaks=True),
    Column("counts", right=True),
    Column("last"),
    Column("count", right=True),
    Column("flag"),
    Column("own band"),
    Column("own", breaks=True),
)


def print_person(screen: Screen, draws: Sequence[OwnDraw]) -> None:
    """Every draw of one person, and the sentence for the last."""
    first = draws[0]
    screen.line(f"{first.person}: {words.title_name(first.analyte)}", "bold")
    screen.table(_DRAWS, [_draw(draw) for draw in draws])
    screen.line(f"in {words.unit(first.unit)}; {_below(draws)}", "dim")
    last = own_words.last_counted(draws)
    for text in (own_words.sentence(last), own_words.withheld(last)):
        if text:
            screen.line(text)
    screen.blank()


def _below(draws: Sequence[OwnDraw]) -> str:
    """What the signs of a table mean."""
    starred = any(draw.answer == LOW_BY_DEFINITION for draw in draws)
    said = "a band in brackets rests on too few counts"
    return f"{said}; {_NOT_SAID}" if starred else said


def _draw(draw: OwnDraw) -> list[Cell]:
    return [
        own_words.day(draw.drawn_at),
        own_words.count(draw.value, draw.analyte, draw.comparator),
        words.FLAG_WORDS.get(draw.flag, draw.flag),
        own_words.limits(draw),
        own_words.band(draw),
        (_SHORT.get(draw.answer, "-"), "bold yellow" if draw.answer in SAY_LOW else ""),
        own_words.remarks(draw),
    ]


def print_people(screen: Screen, summary: OwnSummary) -> None:
    """A line a person: those of whom most is to be said."""
    if not summary.shown:
        return
    screen.table(_PEOPLE, [_person(draws) for draws in summary.shown])
    screen.line(_below([own_words.last_counted(draws) for draws in summary.shown]), "dim")
    more = summary.people - len(summary.shown)
    if more > 0:
        screen.line(
            f"{more:,} more people are not shown (--show N, --person ID); first come slow falls, "
            "then counts that are low for the person, or low by the definition."
        )
        screen.blank()


def _person(draws: Sequence[OwnDraw]) -> list[Cell]:
    last = own_words.last_counted(draws)
    said = _SHORT.get(last.answer, "-")
    if any(draw.falling for draw in draws):
        said += "; slow fall"
    return [
        str(last.person),
        str(sum(draw.value is not None for draw in draws)),
        own_words.day(last.drawn_at),
        own_words.count(last.value, last.analyte, last.comparator),
        words.FLAG_WORDS.get(last.flag, last.flag),
        own_words.band(last),
        said,
    ]


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"


def print_numbers(screen: Screen, summary: OwnSummary) -> None:
    """What the files came to."""
    refused = summary.rows_refused + summary.cells_refused
    screen.line(
        f"{summary.rows_read:,} rows, {summary.draws:,} draws of {_people(summary.people)}, "
        f"{refused:,} could not be read"
    )
    screen.line(
        f"{summary.bands:,} draws have earlier counts, {summary.provisional:,} of their bands are "
        f"provisional; the counts of {_people(summary.falling)} fall slowly"
    )
    rows = [[ANSWERS[slug], f"{number:,}"] for slug, number in _most(summary.answers)]
    rows += [
        [f"nothing is said: {own_words.why(slug)}", f"{number:,}"]
        for slug, number in _most(summary.reasons)
    ]
    screen.table((Column("draws", breaks=True), Column("how many", right=True)), rows)
    for slug, number in _most(summary.left_out):
        screen.line(f"left out: {number:,}: {own_words.why(slug)}")
    screen.line(
        f"By {summary.definition.label} ({summary.definition.id}). A set point changes words, and "
        "never makes anything less urgent."
    )


def _most(tally: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(tally.items(), key=lambda pair: -pair[1])
