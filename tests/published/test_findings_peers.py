"""Cases of other tools that name a finding for a laboratory result, by the findings leukon makes.

Sources: TheJacksonLaboratory/loinc2hpoAnnotation@c1068d6 and OHDSI/PhenotypeLibrary@40106e4e (cohorts
208 and 693), kept in the shared folder; `our_expected` is what leukon is expected to say.
"""

import csv
from pathlib import Path

from leukon import Count, Panel, Person
from leukon.analytes import code
from leukon.errors import AnalyteUnknown
from support.found import findings_of

CELLS = "10*9/L"
GENERAL, WITH_CD4 = "leukon-general", "mali-2018"
LOW = 0.01
NOT_OURS = {
    "no code of leukon's for a blood count": 29,
    "granulocytes are no line that leukon interprets": 1,
    "leukon names no finding of a high count, and none that is negated": 31,
    "a percentage, which makes no finding": 9,
}
"""Rows that leukon does not repeat, and why: how many."""


def cases(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "cases" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def hpo(analyte: str, value: float, unit: str = CELLS, by: str = GENERAL) -> set[str]:
    """The HPO terms of what is found for one result of an adult."""
    panel = Panel(Person(age="34y", sex="female"), (Count(analyte, value, unit),))
    found = findings_of(panel, by=by)
    return {term for one in found for term in one.hpo if one.is_present}


def compared(row: dict[str, str]) -> str:
    """Why a row is not repeated; "" where leukon names the same term."""
    try:
        result = code(row["loinc"])
    except AnalyteUnknown:
        return "no code of leukon's for a blood count"
    if result.analyte == "GRAN":
        return "granulocytes are no line that leukon interprets"
    if result.is_percentage:
        assert hpo(result.analyte, 1.0, "%") == set(), row["case_id"]
    if row["outcome"] != "L":
        return "leukon names no finding of a high count, and none that is negated"
    if result.is_percentage:
        return "a percentage, which makes no finding"
    by = WITH_CD4 if result.analyte == "CD4" else GENERAL
    assert row["hpo_id"] in hpo(result.analyte, LOW, by=by), row["case_id"]
    return ""


def test_a_low_result_has_the_term_of_the_annotations(needs_shared):
    """A low count has the same HPO term; every other row is listed with its reason."""
    rows = cases(needs_shared, "cases_loinc2hpo.csv")
    reasons = [compared(row) for row in rows]
    counted = {why: reasons.count(why) for why in reasons if why}
    assert counted == NOT_OURS
    assert len(rows) == 83


def test_no_percentage_becomes_an_absolute_finding(needs_shared):
    """The rows that map a percentage to the term of a count are not repeated: nothing is found."""
    rows = cases(needs_shared, "cases_loinc2hpo.csv")
    wrong = [row for row in rows if "PERCENT" in row["note"]]
    for row in wrong:
        for value in (0.0, 1.0, 50.0, 99.0):
            assert hpo(code(row["loinc"]).analyte, value, "%") == set()
    assert len(wrong) > 10


def test_neutropenia_of_the_cohorts(needs_shared):
    """Neutropenia is found where the cases expect it: 0, 0.005 and 1.4995 among them."""
    rows = cases(needs_shared, "cases_ohdsi_neutropenia.csv")
    for row in rows:
        panel = Panel(Person(age="34y"), (Count("NEUT", float(row["value"]), row["ucum"]),))
        found = {one.id for one in findings_of(panel) if one.is_present}
        assert ("neutropenia" in found) == row["our_expected"].startswith("yes"), row["case_id"]
    assert len(rows) == 92
