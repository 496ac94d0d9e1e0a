"""The tables of `tests/spec/grades`: every row is a case, asked of Python and of the command line."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from leukon.cli import main
from leukon.grading import grade_count
from leukon.panel import Count, Person
from leukon.readers.numerals import read_cell
from leukon.scales import resolve, scale_ids
from support.needs import REPOSITORY

FOLDER = REPOSITORY / "tests" / "spec" / "grades"
UNIT = "10*9/L"
Row = dict[str, str]


def rows(path: Path) -> Iterator[Row]:
    """The rows of a page; a table without a column `scale` is about the scale of its heading."""
    heading, columns = "", []
    for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("|"):
            heading, columns = line.removeprefix("## ") if line[:2] == "##" else heading, []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not columns:
            columns = cells
        elif set(cells[0]) - {"-"}:
            yield {
                "scale": heading,
                "at": f"{path.stem}:{place}",
                **dict(zip(columns, cells, strict=True)),
            }


CASES = [row for path in sorted(FOLDER.glob("*.md")) for row in rows(path)]
NAMES = [f"{row['at']} {row['scale']} {row['count']}" for row in CASES]


def value(text: str) -> int | str | None:
    """A grade as printed in a table."""
    return int(text) if text.isdigit() else text or None


def wanted(row: Row) -> dict[str, object]:
    """What an answer has to hold."""
    found = {"grade": value(row["grade"]), "reason": row["why not"], "scale": row["scale"]}
    found |= {"version": resolve(row["scale"]).version}
    if "mildest" in row:
        ends = ("low_grade", value(row["mildest"])), ("high_grade", value(row["severest"]))
        found |= dict(ends)
    return found


def by_python(row: Row) -> dict[str, object]:
    cell = read_cell(row["count"])
    count = Count(cell.analyte, cell.value, cell.unit or UNIT, cell.comparator, cell.absent)
    lln = Count(cell.analyte, float(row["LLN"]), UNIT) if row["LLN"] else None
    found = grade_count(count, Person(age=row["age"] or None), scale=row["scale"], lln=lln)
    return {name: getattr(found, name) for name in wanted(row)}


def command(row: Row) -> list[str]:
    options = {"--lln": row["LLN"], "--age": row["age"], "--unit": UNIT, "--scale": row["scale"]}
    given = [part for option in options.items() if option[1] for part in option]
    return ["grade", row["count"], *given, "--json"]


@pytest.mark.parametrize("row", CASES, ids=NAMES)
def test_a_count_has_the_grade_of_the_table(row):
    """Every row of every table holds in Python."""
    assert by_python(row) == wanted(row)


def test_the_command_line_says_the_same(capsys):
    """Every row about ranges, limits and ages holds on the command line."""
    for row in (row for row in CASES if row["at"].startswith("ranges")):
        assert main(command(row)) == 0
        (found,) = json.loads(capsys.readouterr().out)["grades"]
        assert {name: found[name] for name in wanted(row)} == wanted(row), row["at"]


def test_every_scale_and_every_grade_is_in_the_tables():
    """No shipped scale is without its table, and no grade of an analyte without a case."""
    in_tables = {(row["scale"], analyte(row), str(value(row["grade"]))) for row in CASES}
    shipped = {
        (name, str(band.analyte), str(band.grade))
        for name in scale_ids()
        for band in resolve(name).grades
        if not band.needs
    }
    assert not shipped - in_tables
    assert len(CASES) > 400


def analyte(row: Row) -> str:
    return re.match(r"[A-Z0-9]+", row["count"])[0]


@pytest.mark.parametrize("name", scale_ids())
def test_both_sides_of_every_border_are_in_the_tables(name):
    """Each bound of each band is a case itself, and so is a count just beside it."""
    counts = {row["count"] for row in CASES if row["scale"] == name}
    for band in resolve(name).grades:
        for bound in (band.low, band.high):
            if isinstance(bound, float) and not band.needs:
                assert f"{band.analyte}={bound:g}" in counts
                beside = {f"{band.analyte}={bound + step:.4f}" for step in (-0.0001, 0.0001)}
                assert beside & counts
