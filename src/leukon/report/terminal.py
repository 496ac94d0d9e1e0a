"""What the terminal shows: readable in 80 columns, without colour, and through a pipe.

A flag is a word and a sign; colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leukon.interpretation import FLAG_SLUGS, DefinitionUsed, Interpretation, Interpreted
from leukon.report import words
from leukon.report.advice import closing, grade_line, opening
from leukon.report.screen import Cell, Column, Screen
from leukon.report.summary import RefusedRow, Summary

_STYLES = {
    "critical-low": "bold red",
    "low": "bold yellow",
    "within": "",
    "high": "bold magenta",
    "critical-high": "bold red",
    "undetermined": "italic",
}
_PANEL = (
    Column("count"),
    Column("value", right=True),
    Column("flag"),
    Column("limits"),
    Column("whose limit", breaks=True),
    Column("called low by", breaks=True),
)
_PLACES = 3
"""So many places are named of what is wrong in the same way."""


def print_interpretation(screen: Screen, interpretation: Interpretation, title: str = "") -> None:
    """One panel in full: whose limits, a line a count, the driver, what cannot be said, notes."""
    if title:
        screen.line(title, "bold")
    advice = interpretation.advice
    if advice is not None:
        _print_lines(screen, opening(advice))
        screen.blank()
    if interpretation.counts:
        screen.line(f"By {_by(interpretation.definition)}")
        _print_panel(screen, interpretation)
    for grade in interpretation.grades:
        screen.line(grade_line(grade))
    if advice is not None:
        _print_lines(screen, closing(advice))
    _print_notes(screen, (note.text for note in interpretation.notes))


def _print_lines(screen: Screen, lines: Iterable[tuple[str, str]]) -> None:
    for style, line in lines:
        screen.line(line, style)


def _print_notes(screen: Screen, notes: Iterable[str]) -> None:
    for note in notes:
        screen.line(f"- {note}", "dim", indent=1)


def print_panels(screen: Screen, panels: Iterable[tuple[str, Interpretation]]) -> None:
    """Several panels, each a compact table under its title; the notes of all of them once."""
    notes = dict[str, None]()
    for title, interpretation in panels:
        screen.line(title, "bold")
        _print_panel(screen, interpretation)
        screen.blank()
        notes |= dict.fromkeys(note.text for note in interpretation.notes)
    _print_notes(screen, notes)


def _print_panel(screen: Screen, interpretation: Interpretation) -> None:
    """A line a count: value, flag, limits, whose, how many publishers call it low; then remarks."""
    definition = interpretation.definition
    rows = [_cells(count, definition) for count in interpretation.counts]
    # Publishers are not asked in a file unless somebody wants it: then there is no such column.
    last = len(_PANEL) if any(row[-1] for row in rows) else -1
    screen.table(_PANEL[:last], [row[:last] for row in rows])
    _print_lines(screen, _below(interpretation))


def print_summary(
    screen: Screen, summary: Summary, definition: DefinitionUsed | None = None
) -> None:
    """What a file came to, by whose definition: a line an analyte, a column a flag; then why."""
    screen.line(
        f"{summary.rows:,} rows, {summary.panels:,} panels, {summary.refused:,} could not be read"
    )
    if definition is not None:
        screen.line(f"By {_by(definition)}")
    flags = [f for f in FLAG_SLUGS if any(tally.get(f) for tally in summary.flags.values())]
    columns = [Column("count"), *(Column(words.FLAG_WORDS[flag], right=True) for flag in flags)]
    rows = [
        [analyte, *(f"{tally.get(flag, 0):,}" for flag in flags)]
        for analyte, tally in summary.flags.items()
    ]
    screen.table(columns, rows)
    for line in (*_driven(summary), *_graded(summary), *_why(summary)):
        screen.line(line)


def _cells(count: Interpreted, definition: DefinitionUsed) -> list[Cell]:
    whose = "" if count.lower is None and count.upper is None else words.whose(count, definition)
    said = words.share(count.agreement) if count.agreement and count.agreement.total else ""
    return [
        count.analyte,
        f"{words.value(count) or '-'}{'*' if count.derived else ''}",
        (_flag(count.flag), _STYLES.get(count.flag, "")),
        words.limits(count),
        whose,
        said,
    ]


def _flag(slug: str) -> str:
    return f"{words.SYMBOLS.get(slug, '')} {words.FLAG_WORDS.get(slug, slug)}".strip()


def _below(interpretation: Interpretation) -> Iterator[tuple[str, str]]:
    """The lines under a table: units, the driver, and what cannot be said and why."""
    counts = interpretation.counts
    units = dict.fromkeys(words.unit(count.unit) for count in counts)
    odd = [f"{c.analyte} in {words.unit(c.unit)}" for c in counts if c.unit != counts[0].unit]
    unit = f"in {next(iter(units), '')}" + "".join(f", {each}" for each in odd)
    star = (
        "; * worked out from a percentage or from parts" if any(c.derived for c in counts) else ""
    )
    yield "dim", unit + star
    yield "bold", words.driver(interpretation)
    for count in counts:
        if count.flag == "undetermined" or count.reason:
            yield "", f"{count.analyte}: {words.call(count, interpretation.definition)}"


def _driven(summary: Summary) -> list[str]:
    """Which cell line drives, and how often."""
    said = [f"{line}: {number:,}" for line, number in words.drivers(summary.drivers).items()]
    return [f"Driving cell line: {', '.join(said)}"] if said else []


def _graded(summary: Summary) -> list[str]:
    return [
        f"{analyte}: {scale} {words.grades(tally)}"
        + (f" (grade_{scale}_{analyte.lower()}_reason says why)" if {*tally} == {"none"} else "")
        for scale, tallies in summary.grades.items()
        for analyte, tally in tallies.items()
    ]


def _why(summary: Summary) -> list[str]:
    lines = [
        f"{analyte}: {number:,} cannot say: {words.reason(slug)}"
        for analyte, tally in summary.reasons.items()
        for slug, number in sorted(tally.items(), key=lambda pair: -pair[1])
        if slug
    ]
    lines += _not_read(summary.refused_rows)
    more = summary.refused - len(summary.refused_rows)
    return [*lines, f"and {more:,} more that could not be read"] if more > 0 else lines


def _not_read(rows: Iterable[RefusedRow]) -> list[str]:
    """What could not be read, a line for all that is wrong in the same way."""
    alike: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        alike.setdefault((row.reason, row.hint), []).append(row.where)
    lines = []
    for (reason, hint), places in alike.items():
        more = len(places) - _PLACES
        where = "; ".join(places[:_PLACES]) + (f" and {more} more such" if more > 0 else "")
        lines.append(f"not read: {where}: {reason}" + (f" ({hint})" if hint else ""))
    return lines


def _by(definition: DefinitionUsed) -> str:
    unchecked = "" if definition.checked_by else " - not yet checked by a clinician"
    return f"{definition.label} ({definition.id}){unchecked}"
