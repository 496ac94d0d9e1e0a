"""Histogram files: value counts as CSV, read and written; no row of a person is in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from leukon.ages import parse_border
from leukon.analytes import Analyte, analyte, canonical_unit
from leukon.arrays import Floats
from leukon.errors import LeukonError, TableRefused
from leukon.estimation.histogram import Cell, Histogram
from leukon.readers.distinct import as_text
from leukon.readers.opening import open_source
from leukon.readers.values import parse

COLUMNS = ("analyte", "unit", "step", "sex", "age_from", "age_to", "value", "count")
DAYS = ("first_day", "last_day")
_ASIDE = (*COLUMNS[:6], *DAYS)


def is_histogram(path: Path) -> bool:
    """Whether a file holds value counts: it has the columns of a histogram file."""
    return set(COLUMNS) <= set(open_source(path).names)


def dumps(histograms: Iterable[Histogram]) -> str:
    """The text of a histogram file."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*COLUMNS, *DAYS])
    for one in histograms:
        about = (one.analyte, one.unit, f"{one.step:g}")
        days = (one.first_day, one.last_day)
        for cell in one.cells:
            group = (cell.sex, cell.age_from, cell.age_to)
            rows.writerow([*about, *group, f"{cell.value:.10g}", f"{cell.count:.10g}", *days])
    return text.getvalue()


def read_histograms(path: Path) -> list[Histogram]:
    """The histograms of a file, one an analyte.

    Raises `TableRefused` where a row is broken, or the rows of an analyte differ in unit or step.
    """
    found: dict[str, list[tuple[dict[str, str], float, float]]] = {}
    for words, value, count in _rows(path):
        found.setdefault(words["analyte"], []).append((words, value, count))
    if not found:
        raise TableRefused("the histogram has no rows", where=path.name)
    return [_histogram(name, rows, path) for name, rows in found.items()]


def _rows(path: Path) -> Iterator[tuple[dict[str, str], float, float]]:
    source = open_source(path)
    for block in source.blocks():
        columns = block.columns
        texts = {name: _texts(columns, name) for name in _ASIDE}
        values, counts = (_numbers(columns, name, path) for name in ("value", "count"))
        for place in range(len(values)):
            words = {name: column[place] for name, column in texts.items()}
            yield words, float(values[place]), float(counts[place])
        if block.refused:
            line = int(block.refused[0].rows[0])
            raise TableRefused(block.refused[0].message, where=f"{path.name}, line {line}")


def _texts(columns: Any, name: str) -> list[str]:
    if name not in columns.schema.names:
        return [""] * columns.num_rows
    return [(text or "").strip() for text in as_text(columns.column(name)).to_pylist()]


def _numbers(columns: Any, name: str, path: Path) -> Floats:
    numbers = parse(columns.column(name)).numbers
    wrong = ~(numbers >= 0) if name == "value" else ~(numbers > 0)
    if wrong.any():
        raise TableRefused(
            f"a {name} is no number{'' if name == 'value' else ' above 0'}, or negative",
            where=f"{path.name}, row {int(np.argmax(wrong)) + 1}",
            hint="make the file with leukon histogram",
        )
    return numbers


def _histogram(
    name: str, rows: Sequence[tuple[dict[str, str], float, float]], path: Path
) -> Histogram:
    kind = analyte(name)
    first = rows[0][0]
    for what in ("unit", "step", *DAYS):
        if any(words[what] != first[what] for words, _, _ in rows):
            raise TableRefused(f"the rows of {kind} differ in {what}", where=path.name)
    _check_unit(kind, first["unit"], path)
    return Histogram(
        analyte=kind,
        unit=first["unit"],
        step=_step(first["step"], path),
        cells=tuple(_cell(words, value, count, path) for words, value, count in rows),
        first_day=first["first_day"],
        last_day=first["last_day"],
    )


def _check_unit(kind: Analyte, unit: str, path: Path) -> None:
    if unit != canonical_unit(kind):
        raise TableRefused(
            f"the histogram of {kind} states {unit or 'no unit'}",
            where=path.name,
            hint=f"histograms are kept in {canonical_unit(kind)}: make it with leukon histogram",
        )


def _step(text: str, path: Path) -> float:
    try:
        step = float(text)
    except ValueError:
        step = 0.0
    if not 0 < step < np.inf:
        raise TableRefused("the reporting step is no number above 0", where=path.name)
    return step


def _cell(words: dict[str, str], value: float, count: float, path: Path) -> Cell:
    if words["sex"] not in ("", "female", "male"):
        raise TableRefused("sex is female, male or empty", where=path.name)
    try:
        for text in (words["age_from"], words["age_to"]):
            if text:
                parse_border(text)
    except LeukonError as error:
        raise error.at(path.name) from None
    return Cell(
        sex=words["sex"],
        age_from=words["age_from"],
        age_to=words["age_to"],
        value=value,
        count=count,
    )
