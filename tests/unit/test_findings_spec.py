"""Every row of the tables of findings and of causes holds."""

import re
from datetime import date

import pytest

from leukon.advice.drugs import find as find_drug
from leukon.ages import UNKNOWN, parse_age
from leukon.causes import causes_that_fit
from leukon.panel import Panel, Person
from support.found import findings_of, read_context, read_counts, said
from support.spec import FOLDER, read

FINDINGS = [row for row in read(FOLDER / "findings.md") if "found" in row.cells]
CAUSES = [row for row in read(FOLDER / "causes.md") if "fits" in row.cells]


def person(text: str) -> Person:
    """The person of a cell such as `34y; female; Duffy-null`."""
    words = [word.strip() for word in text.split(";") if word.strip()]
    ages = [word for word in words if word[0].isdigit()]
    return Person(
        age=ages[0] if ages else None,
        sex=next((word for word in words if word in ("female", "male")), None),
        duffy="null" if "Duffy-null" in words else None,
    )


def panels(row) -> tuple[Panel, list[Panel]]:
    """The panel of a row, and the earlier ones: `2026-01-01 NEUT=1.0, 2026-02-01 NEUT=2.0`."""
    whose, days = person(row["person"]), re.compile(r"(\d{4}-\d\d-\d\d)\s+([^,]+)")
    drawn = row.cells.get("drawn", "")
    now = Panel(whose, read_counts(row["counts"]), date.fromisoformat(drawn) if drawn else None)
    earlier = days.findall(row.cells.get("earlier", ""))
    return now, [Panel(whose, read_counts(text), date.fromisoformat(day)) for day, text in earlier]


@pytest.mark.parametrize("row", FINDINGS, ids=lambda row: row.name)
def test_findings(row):
    """A row of the findings holds, and nothing else is found."""
    now, earlier = panels(row)
    context = read_context(row.cells.get("known", ""))
    by = row.cells.get("by") or "leukon-general"
    found = findings_of(now, by=by, context=context, history=earlier)
    assert ("; ".join(map(said, found)) or "nothing") == row["found"]


@pytest.mark.parametrize("row", CAUSES, ids=lambda row: row.name)
def test_causes(row):
    """A cause fits, does not fit, or is named before another."""
    fits = causes_that_fit(
        row["low counts"].split(", "),
        several_lines=row["several"] == "yes",
        course=row["course"],
        age=parse_age(row["age"]) if row["age"] else UNKNOWN,
        drugs=[find_drug(name) for name in row["medicines"].split(", ") if name],
        duffy="null" if row["Duffy"] == "null" else None,
    )
    names = [fit.cause.name for fit in fits]
    assert (row["cause"] in names) is (row["fits"] == "yes")
    if row["named before"]:
        assert names.index(row["cause"]) < names.index(row["named before"])
    if row["named first"]:
        assert names[0] == row["cause"]
