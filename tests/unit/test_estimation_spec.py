"""The tables of the sample and of the verification: each row is a case."""

import csv
import shlex
from pathlib import Path

import pytest

from leukon.cli.estimate import rules as rules_of
from leukon.engines.studies import Given, read_sample
from leukon.estimation.exclusions import Exclusion
from leukon.estimation.verification import graded, twenty_test
from support.spec import FOLDER, Row, read

SAMPLE = [row for row in read(FOLDER / "estimation" / "sample.md") if "left out" in row.cells]
VERIFIED = list(read(FOLDER / "estimation" / "verification.md"))
TWENTIES = [row for row in VERIFIED if "people" in row.cells]
SHIFTS = [row for row in VERIFIED if "shift" in row.cells]
COLUMNS = {
    "wbc": "value", "age_years": "age", "sex": "sex", "pregnant": "pregnant",
    "patient_class": "place", "specimen": "specimen", "drawn_at": "drawn",
}  # fmt: skip


def chosen(row: Row):
    """The rules that the options of a row state."""
    words = shlex.split(row["rules"])
    after = dict(zip(words, [*words[1:], ""], strict=False))
    return rules_of(
        by_age=after.get("--by-age", "18y"),
        by_sex="--by-sex" in words,
        adults="--adults" in words,
        per_person="first",
        most=None,
        first_day=after.get("--from", ""),
        last_day=after.get("--to", ""),
        keep_in_patients="--keep-in-patients" in words,
    )


@pytest.mark.parametrize("row", SAMPLE, ids=lambda row: row.name)
def test_a_result_enters_or_is_left_out(row: Row, tmp_path: Path) -> None:
    """A result enters, or is left out for the reason its row of the specification gives."""
    file = tmp_path / "results.csv"
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow([*COLUMNS, "unit"])
        rows.writerow([*(row[column] for column in COLUMNS.values()), "10*9/L"])
    tally = read_sample(Given([file]), "WBC", chosen(row)).tally
    expected = [why for why in Exclusion if why.slug == row["left out"]]
    assert list(tally.excluded) == expected
    assert tally.entered == (not expected)
    assert tally.balanced


def test_the_specification_names_every_exclusion() -> None:
    """Each reason stands in the table, but those that need a definition, several rows, or two units."""
    elsewhere = {
        "no-limit",
        "many-results",
        "later-result",
        "no-unit",
        "contradiction",
        "unsure-person",
    }
    named = {row["left out"] for row in SAMPLE} - {""}
    assert {why.slug for why in Exclusion} == named | elsewhere


@pytest.mark.parametrize("row", TWENTIES, ids=lambda row: row.name)
def test_the_test_of_twenty(row: Row) -> None:
    """Twenty healthy people decide as the table says."""
    people = [False] * int(row["people"])
    for start, column in ((0, "outside, first"), (20, "outside, second")):
        for place in range(int(row[column] or 0)):
            people[start + place] = True
    assert twenty_test(people)[0] == row["conclusion"]


@pytest.mark.parametrize("row", SHIFTS, ids=lambda row: row.name)
def test_a_shift_decides(row: Row) -> None:
    """A limit that is off by so much is taken over, moved, or replaced."""
    assert graded(float(row["shift"])) == row["conclusion"]
