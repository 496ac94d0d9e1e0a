"""The tables of the terminal: readable in 80 columns, without colour, and through a pipe.

A flag is a word and a sign; colour only repeats it. Needs rich, so only the command line loads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leukon.interpretation import FLAG_SLUGS, DefinitionUsed, Interpretation, Interpreted
from leukon.report import words
from leukon.report.advice import closing, grade_line, opening
from leukon.report.summary import Summary

_STYLES = {
    "critical-low": "bold red",
    "low": "bold yellow",
    "within": "",
    "high": "bold magenta",
    "critical-high": "bold red",
    "undetermined": "italic",
}
_ASCII = str.maketrans(
    {"▼": "v", "▲": "^", "●": "=", "◆": "!", "–": "-", "×": "x", "⁹": "^9", "≤": "<=", "≥": ">="}
)


class _Printer:
    """Text for one console: without control characters, in ASCII where it can do no more."""

    def __init__(self, console: Console | None) -> None:
        self._ascii = console is not None and console.options.ascii_only

    def __call__(self, text: str, style: str = "") -> Text:
        clean = words.plain(text).replace("\u00a0", " ")
        if self._ascii:
            clean = clean.translate(_ASCII).encode("ascii", "replace").decode()
        return Text(clean, style=style)


def print_interpretation(console: Console, interpretation: Interpretation, title: str = "") -> None:
    """One panel in full: whose limits, a line a count, the driver, what cannot be said, notes."""
    text = _Printer(console)
    if title:
        console.print(text(title, "bold"))
    advice = interpretation.advice
    if advice is not None:
        _print_lines(console, text, opening(advice))
        console.print()
    if interpretation.counts:
        console.print(text(f"By {_by(interpretation.definition)}"))
        console.print(panel_table(interpretation, console=console))
        console.print(_below(interpretation, text))
    for grade in interpretation.grades:
        console.print(text(grade_line(grade)))
    if advice is not None:
        _print_lines(console, text, closing(advice))
    for note in interpretation.notes:
        console.print(Padding(text(f"- {note.text}", "dim"), (0, 0, 0, 1)))


def _print_lines(console: Console, text: _Printer, lines: Iterable[tuple[str, str]]) -> None:
    for style, line in lines:
        console.print(text(line, style))


def print_panels(console: Console, panels: Iterable[tuple[str, Interpretation]]) -> None:
    """Several panels, each a compact table under its title; the notes of all of them once."""
    text, notes = _Printer(console), dict[str, None]()
    for title, interpretation in panels:
        console.print(text(title, "bold"))
        console.print(panel_table(interpretation, console=console))
        console.print(_below(interpretation, text))
        for grade in interpretation.grades:
            console.print(text(grade_line(grade)))
        console.print()
        notes |= dict.fromkeys(note.text for note in interpretation.notes)
    for note in notes:
        console.print(Padding(text(f"- {note}", "dim"), (0, 0, 0, 1)))


def panel_table(interpretation: Interpretation, *, console: Console | None = None) -> Table:
    """A line a count: value, flag, limits, whose, and how many publishers call it low."""
    text = _Printer(console)
    table = _table("count", "value", "flag", "limits", "whose limit", "called low by")
    table.columns[1].justify = "right"
    table.columns[1].no_wrap = table.columns[2].no_wrap = table.columns[3].no_wrap = True
    for count in interpretation.counts:
        table.add_row(*_cells(count, interpretation.definition, text))
    return table


def summary_table(summary: Summary, *, console: Console | None = None) -> RenderableType:
    """What a file came to: a line an analyte, a column a flag; then why it cannot be said."""
    text = _Printer(console)
    flags = [f for f in FLAG_SLUGS if any(tally.get(f) for tally in summary.flags.values())]
    table = _table("count", *(words.FLAG_WORDS[flag] for flag in flags))
    for column in table.columns[1:]:
        column.justify = "right"
    for analyte, tally in summary.flags.items():
        table.add_row(text(analyte), *(str(tally.get(flag, 0)) for flag in flags))
    head = (
        f"{summary.rows:,} rows, {summary.panels:,} panels, {summary.refused:,} could not be read"
    )
    return Group(text(head), table, *_graded(summary, text), *_why(summary, text))


def compare_table(
    rows: Sequence[tuple[DefinitionUsed, Interpreted]], *, console: Console | None = None
) -> Table:
    """One count by several definitions, a line each: its call, its limits, and why not."""
    text = _Printer(console)
    table = _table("flag", "limits", "definition")
    table.columns[0].no_wrap = table.columns[1].no_wrap = True
    for definition, count in rows:
        flagged = text(_flag(count.flag), _STYLES.get(count.flag, ""))
        named = text(f"{definition.label} ({definition.id})")
        if count.reason:
            named.append(text(f": {words.reason(count.reason)}", "italic"))
        table.add_row(flagged, text(words.limits(count)), named)
    return table


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, safe_box=True)
    for heading in headings:
        table.add_column(heading)
    return table


def _cells(count: Interpreted, definition: DefinitionUsed, text: _Printer) -> list[Text]:
    whose = "" if count.lower is None and count.upper is None else words.whose(count, definition)
    said = words.share(count.agreement) if count.agreement and count.agreement.total else ""
    return [
        text(count.analyte),
        text(f"{words.value(count) or '-'}{'*' if count.derived else ''}"),
        text(_flag(count.flag), _STYLES.get(count.flag, "")),
        text(words.limits(count)),
        text(whose),
        text(said),
    ]


def _flag(slug: str) -> str:
    return f"{words.SYMBOLS.get(slug, '')} {words.FLAG_WORDS.get(slug, slug)}".strip()


def _below(interpretation: Interpretation, text: _Printer) -> Group:
    """The lines under a table: units, the driver, and what cannot be said and why."""
    counts = interpretation.counts
    units = dict.fromkeys(words.unit(count.unit) for count in counts)
    odd = [f"{c.analyte} in {words.unit(c.unit)}" for c in counts if c.unit != counts[0].unit]
    unit = f"in {next(iter(units), '')}" + "".join(f", {each}" for each in odd)
    star = (
        "; * worked out from a percentage or from parts" if any(c.derived for c in counts) else ""
    )
    lines = [text(unit + star, "dim"), text(words.driver(interpretation), "bold")]
    lines += [
        text(f"{count.analyte}: {words.call(count, interpretation.definition)}")
        for count in counts
        if count.flag == "undetermined" or count.reason
    ]
    return Group(*lines)


def _graded(summary: Summary, text: _Printer) -> list[Text]:
    return [
        text(f"{analyte}: {scale} {words.grades(tally)}")
        for scale, tallies in summary.grades.items()
        for analyte, tally in tallies.items()
    ]


def _why(summary: Summary, text: _Printer) -> list[Text]:
    lines = [
        text(f"{analyte}: {number} cannot say: {words.reason(slug)}")
        for analyte, tally in summary.reasons.items()
        for slug, number in sorted(tally.items(), key=lambda pair: -pair[1])
        if slug
    ]
    for row in summary.refused_rows:
        hint = f" ({row.hint})" if row.hint else ""
        lines.append(text(f"not read: {row.where}: {row.reason}{hint}"))
    more = summary.refused - len(summary.refused_rows)
    return [*lines, text(f"and {more} more that could not be read")] if more > 0 else lines


def _by(definition: DefinitionUsed) -> str:
    unchecked = "" if definition.checked_by else " - not yet checked by a clinician"
    return f"{definition.label} ({definition.id}){unchecked}"
