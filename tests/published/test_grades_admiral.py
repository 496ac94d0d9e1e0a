"""The grading cases of the admiral package (tests of its toxicity grades), all of its low ones.

Source: pharmaverse/admiral@6eb5125a, tests/testthat/test-derive_var_atoxgr.R, kept in the shared
folder as cases_admiral_grades.csv; its criteria as criteria_admiral_wbc.csv. Every row agrees or
stands in LISTED with the reason.
"""

import csv
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

from leukon.ages import between
from leukon.errors import UnitRefused
from leukon.grading import grade
from leukon.scales import resolve

SCALES = {"CTCAE 4": "ctcae-4.03", "CTCAE 5": "ctcae-5.0", "CTCAE 6": "ctcae-6.0"}
SCALES |= {"DAIDS 2.1": "daids-2.1"}
ANALYTES = {"ANC": "NEUT", "ALC": "LYMPH", "WBC": "WBC", "CD4": "CD4"}
TERMS = {
    "CD4 lymphocytes decreased": "CD4",
    "Lymphocyte count decreased": "LYMPH",
    "Neutrophil count decreased": "NEUT",
    "White blood cell decreased": "WBC",
    "Absolute CD4+ Count, Low": "CD4",
    "Absolute Lymphocyte Count, Low": "LYMPH",
    "Absolute Neutrophil Count (ANC), Low": "NEUT",
    "WBC, Decreased": "WBC",
}
LEGACY = "10^3/mL"
"""A legacy unit of the cases, by the letter one per microlitre: its owner declares it so."""
DECLARED = {LEGACY: "/uL", "1/uL": "/uL"}

LISTED = {"names no term of a scale, so that there is no count to grade": 66}
UNITS_REFUSED = {"10^8/L": 3, "MM3": 25, "": 49}
"""Spellings leukon refuses, as admiral does: 10^8/L is in no table of units seen in use, MM3 is a
volume, and a value without a unit is never guessed."""


def cases(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "cases" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def low_cases(shared: Path) -> list[dict[str, str]]:
    return [r for r in cases(shared, "cases_admiral_grades.csv") if r["direction"] == "low"]


def answer(row: dict[str, str]) -> str:
    """The grade leukon gives a row, "" for none."""
    found = grade(
        ANALYTES[row["cell_line"]],
        number(row["value"]),
        unit=DECLARED.get(row["unit"], row["unit"]),
        scale=SCALES[f"{row['system']} {row['version']}"],
        lln=number(row["lln"]),
        age=age(row),
    )
    assert (found.grade is None) == bool(found.reason)
    return "" if found.grade is None else str(found.grade)


def number(text: str) -> float | None:
    return float(text) if text else None


def age(row: dict[str, str]):
    """admiral counts whole days between dates: the same as between two moments at midnight."""
    if not (row["birth_date"] and row["sample_date"]):
        return None
    return between(*(datetime.fromisoformat(row[key]) for key in ("birth_date", "sample_date")))


def test_every_low_case_gets_the_grade_that_admiral_expects(needs_shared):
    """All low cases with a term agree, those without a grade included; the others are listed."""
    rows = [row for row in low_cases(needs_shared) if row["cell_line"]]
    wrong, refused = [], Counter()
    for row in rows:
        try:
            got = answer(row)
        except UnitRefused:
            got = ""
            refused[row["unit"]] += 1
        if got != row["expected_grade"]:
            wrong.append((row["case_id"], row["expected_grade"], got))
    assert not wrong
    assert refused == UNITS_REFUSED
    assert len(rows) + sum(LISTED.values()) == len(low_cases(needs_shared)) == 879


def test_a_graded_case_is_the_same_in_the_canonical_unit(needs_shared):
    """The file's own conversion to 10*9/L and leukon's reading of its unit give one grade."""
    rows = [row for row in low_cases(needs_shared) if row["case_kind"] == "grade"]
    assert len(rows) == 544
    for row in rows:
        plain = row | {
            "unit": "10*9/L",
            "value": row["value_10e9_per_L"],
            "lln": row["lln_10e9_per_L"],
        }
        assert answer(plain) == row["expected_grade"], row["case_id"]


RULE = re.compile(
    r'signif\(AVAL, signif_dig\) (<=?) ([0-9.]+|signif\(ANRLO, signif_dig\)) ~ "(\d)"'
)
DAYS = {"> 7 days of age": "8d", "2 to 7 days of age": "2d", "<= 1 day of age": "0d"}
AGES = DAYS | {"<= 7 days of age": "0d", "> 5 years of age": "6y", "": ""}


def test_the_cuts_are_those_of_admirals_criteria(needs_shared):
    """Every low criterion of admiral, in each of its units, is a band of the scale with its cut."""
    compared = 0
    for row in cases(needs_shared, "criteria_admiral_wbc.csv"):
        if row["direction"] != "L" or row["term"] not in TERMS:
            continue
        scale = resolve(SCALES[f"{row['system']} {row['version']}"])
        for sign, cut, which in (RULE.search(row[f"rule{n}"]).groups() for n in rules_of(row)):
            (band,) = (
                band
                for band in scale.grades
                if band.analyte == TERMS[row["term"]]
                and band.grade == int(which)
                and band.age_from == AGES[row["subgroup"]]
                and not band.needs
            )
            per = 1000 if row["unit"] in (LEGACY, "1/uL") else 1
            assert band.high == ("LLN" if "ANRLO" in cut else float(cut) / per)
            assert band.high_inclusive == (sign == "<=")
            compared += 1
    assert compared == 200


def rules_of(row: dict[str, str]) -> list[int]:
    return [n for n in (1, 2, 3, 4) if row[f"rule{n}"]]
