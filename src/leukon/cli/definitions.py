"""`leukon definitions`: list, show, compare, validate, test."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from leukon.analytes import INTERPRETED
from leukon.analytes import analyte as find_analyte
from leukon.catalogue import definitions, resolve
from leukon.cli import check
from leukon.definition import Definition, load
from leukon.errors import LeukonError, TableRefused, UsageError
from leukon.interpret import interpret
from leukon.interpretation import Agreement, Interpretation
from leukon.limits import Limit
from leukon.panel import Panel
from leukon.report.words import plain
from leukon.validation import Finding, describe, findings


def list_all(*, analyte: str, as_json: bool) -> None:
    """Every definition: id, publisher, version, date, country, analytes, whether it votes."""
    wanted = str(find_analyte(analyte)) if analyte else ""
    rows = [_summary(d) for d in definitions.values() if not wanted or wanted in d.analytes]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    print_table(
        ("id", "publisher*", "date", "in", "votes"),
        (
            (
                row["id"],
                row["publisher"] + (" (second-hand)" if row["reported_by"] else ""),
                row["date"],
                row["country"],
                "yes" if row["votes"] else "",
            )
            for row in rows
        ),
        caption=f"{len(rows)} definitions. A count of publishers is not a measure of risk.",
    )


def _summary(definition: Definition) -> dict[str, Any]:
    fields = ("id", "publisher", "version", "date", "country", "source", "reported_by",
              "superseded_by", "checked_by", "reviewed")  # fmt: skip
    return {
        **{field: getattr(definition, field) for field in fields},
        "analytes": [str(kind) for kind in definition.analytes],
        "kinds": sorted({limit.kind for limit in definition.limits}),
        "votes": any(limit.votes for limit in definition.limits),
    }


def show(name: str, *, as_json: bool) -> None:
    """One definition, whole."""
    definition = resolve(name)
    if as_json:
        print(json.dumps(msgspec.to_builtins(definition), ensure_ascii=False))
        return
    facts = (
        ("publisher", definition.publisher),
        ("version", definition.version),
        ("date", definition.date or "not given"),
        ("source", definition.source),
        ("reported by", definition.reported_by),
        ("superseded by", definition.superseded_by),
        ("checked by", definition.checked_by or "not yet checked by a clinician"),
        *(("note", text) for text in definition.notes),
    )
    for label, text in facts:
        if text:
            print(f"{label:>14}  {plain(text)}")
    borrowed = any(limit.publisher for limit in definition.limits)
    print_table(
        ("count", "holds for*", "low", "high", "kind", *(("printed by*",) if borrowed else ())),
        (_limit_cells(limit)[: 6 if borrowed else 5] for limit in definition.limits),
    )


def _limit_cells(limit: Limit) -> tuple[str, ...]:
    return (
        f"{limit.analyte} {limit.unit}",
        describe(limit.partition),
        low_text(limit),
        high_text(limit),
        limit.kind + (", votes" if limit.votes else ""),
        limit.publisher,
    )


def low_text(limit: Limit) -> str:
    """When a row calls a count low: "< 4" or "<= 2"; with a floor, that too."""
    if limit.low is None:
        return ""
    floor = f", floor {limit.floor:g}" if limit.floor is not None else ""
    return f"{'<' if limit.low_inclusive else '<='} {limit.low:g}{floor}"


def high_text(limit: Limit) -> str:
    """When a row calls a count high: "> 11" or ">= 25"."""
    if limit.high is None:
        return ""
    return f"{'>' if limit.high_inclusive else '>='} {limit.high:g}"


def compare(panel: Panel, *, as_json: bool) -> None:
    """How every definition calls the counts of one panel."""
    tallies = {count.analyte: count.agreement for count in interpret(panel).counts}
    voting = {
        (kind, vote.definition)
        for kind, tally in tallies.items()
        for vote in (tally.votes if tally else ())
    }
    rows = [
        {**row, "votes": (row["analyte"], definition.id) in voting}
        for definition in definitions.values()
        for row in _calls(definition, interpret(panel, by=definition, agreement=False))
    ]
    if as_json:
        plain = msgspec.to_builtins(tallies)
        print(json.dumps({"rows": rows, "agreement": plain}, ensure_ascii=False))
        return
    for kind in INTERPRETED:
        found = [row for row in rows if row["analyte"] == kind]
        if found:
            _print_calls(str(kind), found, tallies[str(kind)])


def _calls(definition: Definition, answer: Interpretation) -> Iterator[dict[str, Any]]:
    for count in answer.counts:
        if count.reason in ("no-limit", "historic-only") and count.flag == "undetermined":
            continue
        yield {
            "analyte": count.analyte,
            "definition": definition.id,
            "publisher": definition.publisher,
            "version": definition.version,
            "date": definition.date,
            "flag": count.flag,
            "lower": count.lower,
            "upper": count.upper,
            "reason": count.reason,
            "reported_by": definition.reported_by,
        }


def _order(row: dict[str, Any]) -> tuple[bool, bool, float]:
    """Those that vote first, then by the lower limit; those without one last."""
    return not row["votes"], row["lower"] is None, row["lower"] or 0.0


def _print_calls(kind: str, rows: list[dict[str, Any]], tally: Agreement | None) -> None:
    caption = (
        f"{kind}: low by {tally.low} of {tally.total} publishers that vote. "
        "A count of publishers is not a measure of risk."
        if tally and tally.total
        else f"{kind}: no publisher has a voting limit for this person."
    )
    print_table(
        ("definition", "flag", "low", "high", "votes", "why*"),
        (
            (
                row["definition"],
                row["flag"],
                "" if row["lower"] is None else f"{row['lower']:g}",
                "" if row["upper"] is None else f"{row['upper']:g}",
                "yes" if row["votes"] else "",
                row["reason"],
            )
            for row in sorted(rows, key=_order)
        ),
        caption=caption,
    )


def validate(file: Path, *, as_json: bool) -> int:
    """What is wrong with a definition file; 3 where there is an error."""
    definition = load(file)
    found = [*findings(definition.limits), *_paper_findings(definition)]
    if as_json:
        print(json.dumps([finding._asdict() for finding in found], ensure_ascii=False))
    else:
        for finding in found:
            print(plain(finding))
        print(f"{plain(definition.id)}: {len(definition.limits)} limits, {_verdict(found)}")
    return 3 if any(finding.severity == "error" for finding in found) else 0


def _paper_findings(definition: Definition) -> list[Finding]:
    wanted = {"source": "where the limits come from", "reviewed": "when they were last reviewed"}
    return [
        Finding("warning", field, f"not given: {what}")
        for field, what in wanted.items()
        if not getattr(definition, field)
    ]


def _verdict(found: Iterable[Finding]) -> str:
    severities = [finding.severity for finding in found]
    errors, warnings = severities.count("error"), severities.count("warning")
    return f"{errors} errors, {warnings} warnings"


@dataclass(frozen=True)
class Case:
    """One example patient of a practice: a row of the cases file."""

    line: int
    row: Mapping[str, str]


def test(file: Path, cases: Path, *, as_json: bool) -> int:
    """Run the example patients; 3 where one is not called as expected."""
    definition = load(file)
    results = [_run(case, definition) for case in _read_cases(cases)]
    if not results:
        raise TableRefused("there is no case in the file", where=cases.name)
    failed = [result for result in results if not result["passed"]]
    if as_json:
        print(json.dumps(results, ensure_ascii=False))
    else:
        for result in failed:
            print(f"line {result['line']}: {plain(result['problem'])}")
        print(f"{len(results) - len(failed)} of {len(results)} cases are called as expected")
    return 3 if failed else 0


def _read_cases(cases: Path) -> list[Case]:
    try:
        with cases.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except FileNotFoundError:
        raise TableRefused("there is no such file", where=cases.name) from None
    except UnicodeDecodeError:
        raise TableRefused("the file is not text in UTF-8", where=cases.name) from None
    needed = {"count", "flag"}
    if rows and not needed <= set(rows[0]):
        raise TableRefused(
            "a cases file needs the columns count and flag",
            where=cases.name,
            hint="count,unit,age,sex,flag; also duffy, pregnant, weeks, specimen, qualifier",
        )
    return [Case(line, row) for line, row in enumerate(rows, 2)]


def _run(case: Case, definition: Definition) -> dict[str, Any]:
    wanted = (case.row.get("flag") or "").strip()
    try:
        got = _flag(case.row, definition)
        problem = "" if got == wanted else f"expected {wanted}, called {got}"
    except LeukonError as error:
        problem = f"the case cannot be read: {error.what}"
    return {"line": case.line, "passed": not problem, "problem": problem}


def _flag(row: Mapping[str, str], definition: Definition) -> str:
    cells = {key: (value or "").strip() for key, value in row.items() if key}
    weeks = cells.get("weeks", "")
    person = check.person(
        age=cells.get("age", ""),
        born="",
        drawn="",
        sex=cells.get("sex", ""),
        duffy=cells.get("duffy", ""),
        pregnant=cells.get("pregnant", "").lower() in ("yes", "true", "1"),
        weeks=_weeks(weeks) if weeks else None,
        trimester=None,
        qualifiers=tuple(cells.get("qualifier", "").split()),
    )
    panel = check.panel(
        cells["count"].split(),
        person,
        units=[cells["unit"]] if cells.get("unit") else (),
        specimen=cells.get("specimen", ""),
        decimal=".",
    )
    return interpret(panel, by=definition, agreement=False).counts[0].flag


def _weeks(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError("weeks is not a number") from None


def print_table(
    headings: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, caption: str = ""
) -> None:
    """Print a table; only a column whose heading has a star may be broken over lines."""
    from leukon.report.screen import Column, Screen

    # Only columns marked with a star may be broken: ids and limits are copied from here.
    columns = [Column(heading.rstrip("*"), breaks=heading.endswith("*")) for heading in headings]
    screen = Screen()
    screen.table(columns, rows)
    if caption:
        screen.line(caption, "dim")
