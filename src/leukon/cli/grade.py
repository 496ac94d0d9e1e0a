"""`leukon grade`: how severe typed counts are, by named scales."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from leukon.analytes import Analyte
from leukon.cli.check import read_units, unit_for
from leukon.errors import UsageError
from leukon.grading import Grade, grade_count
from leukon.interpretation import SCHEMA_VERSION
from leukon.panel import Count, Person
from leukon.readers.numerals import Cell, read_cell, read_measured
from leukon.report.words import plain
from leukon.scales import Scale, resolve, scale_ids
from leukon.severity import reason_text


def show(
    counts: Sequence[str],
    person: Person,
    *,
    scales: Sequence[str],
    units: Iterable[str],
    lln: Sequence[str],
    by: str | None,
    decimal: str,
    as_json: bool,
) -> None:
    """Grade the counts by every scale and print the answers."""
    declared = read_units(units)
    cells = [read_cell(text, decimal=decimal) for text in counts]
    limits = _limits(lln, cells, declared, decimal)
    if limits and by:
        raise UsageError("the lower limit is given twice", hint="give --lln or --by")
    found = [resolve(scale) for scale in scales]
    grades = [
        grade_count(
            _count(cell, declared), person, scale=scale, lln=limits.get(cell.analyte), definition=by
        )
        for cell in cells
        for scale in found
    ]
    if as_json:
        print(json.dumps(as_dict(grades, found), ensure_ascii=False))
    else:
        _print(grades, found)


def _count(cell: Cell, declared: Mapping[str, str]) -> Count:
    unit = cell.unit or unit_for(cell.analyte, declared)
    return Count(cell.analyte, cell.value, unit, comparator=cell.comparator, absent=cell.absent)


def _limits(
    texts: Sequence[str], cells: Sequence[Cell], declared: Mapping[str, str], decimal: str
) -> dict[Analyte, Count]:
    """The `--lln` options: "2.0" for the one count there is, or "NEUT=2.0" by name."""
    found = {}
    own = {cell.analyte: cell.unit for cell in cells}
    for text in texts:
        kind, value, comparator, unit = _limit(text, own, decimal)
        if value is None or comparator:
            raise UsageError("--lln is one number", hint="--lln 2.0 or --lln NEUT=2.0")
        unit = unit or unit_for(kind, declared) or own.get(kind)
        found[kind] = Count(kind, value, unit)
    return found


def _limit(
    text: str, own: Mapping[Analyte, str | None], decimal: str
) -> tuple[Analyte, float | None, str, str | None]:
    if "=" in text:
        return read_cell(text, decimal=decimal)[:4]
    if len(own) != 1:
        raise UsageError("several counts are given: say whose limit it is", hint="--lln NEUT=2.0")
    printed, unit = read_measured(text, decimal=decimal)
    return next(iter(own)), printed.value, printed.comparator, unit or None


def as_dict(grades: Iterable[Grade], scales: Iterable[Scale]) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "grades": [msgspec.to_builtins(grade) for grade in grades],
        "notes": [{"code": "scale-hole", "text": text} for text in _holes(scales)],
    }


def _holes(scales: Iterable[Scale]) -> list[str]:
    """What a protocol's own file leaves open; the shipped scales say it in the reference."""
    own = (scale for scale in scales if scale.id not in scale_ids())
    return [f"{s.id}: {found.where}: {found.what}" for s in own for found in s.findings()]


def _print(grades: Sequence[Grade], scales: Sequence[Scale]) -> None:
    for grade in grades:
        print(plain(in_words(grade)))
    for hole in _holes(scales):
        print(plain(f"Note: {hole}"))
    if any(not scale.checked_by for scale in scales):
        print("No clinician has checked these scales as entered here yet. A grade is no diagnosis.")


def in_words(grade: Grade) -> str:
    """A grade in one line.

    >>> from leukon.grading import grade
    >>> in_words(grade("NEUT", 0.7, unit="10*9/L", scale="ctcae-6.0"))
    'NEUT 0.7 10*9/L: grade 2 by CTCAE 6.0 (ctcae-6.0), Neutrophil count decreased'
    """
    value = "" if grade.value is None else f" {grade.comparator}{grade.value:g} {grade.unit}"
    parts = [
        f"{grade.analyte}{value}: {_said(grade)} by {grade.label} ({grade.scale})",
        grade.term,
        f"printed for: {grade.population}" if grade.population else "",
        _limit_words(grade),
        grade.note.rstrip("."),
    ]
    return ", ".join(part for part in parts if part)


def _said(grade: Grade) -> str:
    if grade.grade is not None:
        return f"grade {grade.grade}"
    known = grade.low_grade is not None and grade.high_grade is not None
    between = f", {grade.low_grade} to {grade.high_grade}" if known else ""
    return f"no grade{between} ({reason_text(grade.reason)})"


def _limit_words(grade: Grade) -> str:
    if grade.lln is None:
        return ""
    whose = grade.lln_source + (f" ({grade.lln_definition})" if grade.lln_definition else "")
    return f"lower limit {grade.lln:g} {grade.unit}, {whose}"
