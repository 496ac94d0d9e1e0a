"""Writes the pages of docs/reference that are tables of what the package knows.

`python tools/make_reference.py` writes them, `--check` says which are stale (exit 1).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

from leukon.catalogue import definitions
from leukon.cli.definitions import high_text, low_text
from leukon.definition import Definition
from leukon.errors import LeukonError
from leukon.interpretation import Flag
from leukon.notes import TEXTS as NOTES
from leukon.reasons import Reason
from leukon.setpoints.eligibility import REASONS
from leukon.setpoints.rules import ANSWERS, NO_ANSWER, WITHHELD
from leukon.validation import describe

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "reference"
MADE = "<!-- made by tools/make_reference.py: change what it reads, not this page -->"


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [list(headings), *(list(row) for row in rows)]
    head, *body = (
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines
    )
    return "\n".join([head, "|" + "---|" * len(lines[0]), *body])


def catalogue_page() -> str:
    """Every definition with every limit and its source."""
    count = len(definitions)
    intro = (
        f"# The catalogue\n\n{MADE}\n\nThe {count} definitions leukon ships, each with its source. "
        "Figures, publisher, date and address are those of the source; ages are from (included) "
        "to (not included). *votes*: counts in an agreement. No clinician has checked them as "
        "entered here yet, except where a definition says so."
    )
    return "\n\n".join([intro, *(definition_section(d) for d in definitions.values())]) + "\n"


def definition_section(definition: Definition) -> str:
    """One definition."""
    facts = [
        ("edition", definition.version),
        ("date", definition.date or "not given"),
        ("country", definition.country),
        ("source", definition.source),
        ("as reported by", definition.reported_by),
        ("superseded by", definition.superseded_by),
        ("checked by", definition.checked_by or "not yet checked by a clinician"),
        ("reviewed", f"{definition.reviewed}, next {definition.next_review}"),
    ]
    lines = [f"- {label}: {value}" for label, value in facts if value]
    lines += [f"- note: {note}" for note in definition.notes]
    rows = [
        (
            str(limit.analyte),
            describe(limit.partition),
            low_text(limit),
            high_text(limit),
            limit.unit,
            limit.kind + (", votes" if limit.votes else ""),
            " ".join(filter(None, (limit.publisher, limit.source))),
        )
        for limit in definition.limits
    ]
    headings = ("count", "holds for", "low", "high", "unit", "kind", "source, where another")
    return (
        f"## {definition.publisher} (`{definition.id}`)\n\n"
        + "\n".join(lines)
        + "\n\n"
        + table(headings, rows)
    )


def words_page() -> str:
    """Flags, reasons, notes, errors."""
    flags = table(
        ("flag", "FHIR code", "what it says"),
        zip(
            (f"`{flag.slug}`" for flag in Flag),
            (flag.fhir or "-" for flag in Flag),
            _flag_legend(),
            strict=True,
        ),
    )
    reasons = table(
        ("reason", "in words"),
        ((f"`{reason.slug}`", reason.text) for reason in Reason if reason),
    )
    notes = table(("note", "text"), ((f"`{code}`", text) for code, text in NOTES.items()))
    errors = table(
        ("error", "exit code", "when"),
        ((f"`{kind.__name__}`", str(kind.exit_code), _first_line(kind)) for kind in _errors()),
    )
    parts = [
        f"# Flags, reasons, notes, errors\n\n{MADE}",
        f"## Flags\n\n{flags}",
        "## Reasons\n\nWhy a count is `undetermined`, or what else decided (`below-floor`).\n\n"
        + reasons,
        f"## Notes\n\n{notes}",
        own_words(),
        f"## Errors\n\nEvery message says what, where and what to do.\n\n{errors}",
    ]
    return "\n\n".join(parts) + "\n"


def own_words() -> str:
    """What is said beside a person's own band, and why not."""
    lists = {
        "What is said of a count.": ("answer", ANSWERS),
        "Why nothing is said, or the band is too young to be drawn.": ("reason", NO_ANSWER),
        'Why "usual for you" is not said of a low count. "Low for you" is never withheld.': (
            "withheld",
            WITHHELD,
        ),
        "Why an earlier count does not enter.": ("left out", REASONS),
    }
    parts = [
        f"{intro}\n\n{table((name, 'in words'), ((f'`{k}`', text) for k, text in texts.items()))}"
        for intro, (name, texts) in lists.items()
    ]
    return "\n\n".join(["## Beside the person's own band", *parts])


def _flag_legend() -> list[str]:
    lines = (Flag.__doc__ or "").splitlines()
    found = {words[0]: words[2] for line in lines if len(words := line.split(None, 2)) == 3}
    return [found[flag.name] for flag in Flag]


def _first_line(kind: type) -> str:
    return (kind.__doc__ or "").splitlines()[0]


def _errors() -> list[type[LeukonError]]:
    def below(kind: type[LeukonError]) -> list[type[LeukonError]]:
        return [kind, *(found for child in kind.__subclasses__() for found in below(child))]

    return below(LeukonError)


def units_page() -> str:
    """Every unit spelling and what is done with it."""
    path = ROOT / "src/leukon/content/units.csv"
    with path.open(encoding="utf-8") as lines:
        rows = [
            (
                f"`{row['spelling']}`",
                row["family"],
                row["decision"],
                f"`{row['ucum']}`" if row["ucum"] else "",
                row["note"],
            )
            for row in csv.DictReader(lines)
        ]
    intro = (
        f"# Units\n\n{MADE}\n\nA unit is never guessed. *read*: understood as it stands. *declare*: "
        "it has two readings, and the file's owner must say which (in a map file, `[units]`). "
        "*refuse*: no unit of a count. A spelling that is not here is refused by name."
    )
    return intro + "\n\n" + table(("spelling", "of", "decision", "means", "why"), rows) + "\n"


PAGE_OF = {"catalogue.md": catalogue_page, "words.md": words_page, "units.md": units_page}


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check name the stale ones."""
    stale = []
    for name, make in PAGE_OF.items():
        path, text = PAGES / name, make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(text, encoding="utf-8")
    if "--check" in arguments and stale:
        print(f"stale, run `python tools/make_reference.py`: {', '.join(stale)}")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
