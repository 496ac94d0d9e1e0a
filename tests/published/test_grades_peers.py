"""Cases of other tools that say "neutropenia" or a word for it, by the words leukon gives.

Sources: OHDSI/PhenotypeLibrary@40106e4e (cohorts 208 and 693) and gdl-lang/common-clinical-models
@4a9eccc7, kept in the shared folder with what leukon is expected to say (`our_expected`).
"""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from leukon import Analyte, Count, Panel, Person
from leukon.batch import batch_of
from leukon.catalogue import definitions
from leukon.compare import interpret_batch
from leukon.errors import ValueRefused
from leukon.grading import grade, grades_at, grades_on

WORDS = "words-neutropenia"
ADULT = "34y"
LISTED = {
    "not computed": 18,
    "no score: inputs missing": 1,
}
"""Scores that leukon does not have (MASCC, CISNE, neutrophil-lymphocyte ratio): nothing to grade."""


def cases(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "cases" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_neutropenia_of_the_cohorts(needs_shared):
    """A count has a word for neutropenia exactly where the cases say so; 0 and 1.4995 do."""
    rows = cases(needs_shared, "cases_ohdsi_neutropenia.csv")
    for row in rows:
        found = grade("NEUT", float(row["value"]), unit=row["ucum"], scale=WORDS, age=ADULT)
        assert found.reason == ""
        assert (found.grade != 0) == row["our_expected"].startswith("yes"), row["case_id"]
    assert len(rows) == 92


def word_expected(text: str) -> str | int:
    found = re.search(r"(no|mild|moderate|severe) neutropenia", text)
    return 0 if found[1] == "no" else found[1]


def shares(row: dict[str, str]) -> list[float]:
    """The white cell count and the percentages of a case of a decision tool."""
    (given,) = json.loads(row["input_json"]).values()
    return [float(text.split(",")[0]) for text in given.values()]


def graded(panel: Panel, scale: str):
    """The neutrophils or lymphocytes of a panel, derived from percentages and graded."""
    batch, general = batch_of([panel]), definitions.general
    outcome = interpret_batch(batch, general.compiled)
    return outcome, grades_at(0, grades_on(outcome, batch, [scale]), outcome, general)


def test_words_of_the_neutrophil_tool(needs_shared):
    """As printed its counts are impossible; in the unit they are in, each has the word expected."""
    rows = [r for r in cases(needs_shared, "cases_gdl2_neutropenia_tools.csv") if is_anc(r)]
    assert len(rows) == 4
    for row in rows:
        total, segs, bands = shares(row)
        with pytest.raises(ValueRefused):
            Count("WBC", total, "10*9/L")
        counts = [Count("WBC", total, "/uL"), Count("SEG", segs, "%"), Count("BAND", bands, "%")]
        outcome, (found,) = graded(Panel(Person(age=ADULT), counts), WORDS)
        assert found.grade == word_expected(row["our_expected"])
        assert f"NEUT {found.value:.4g} " in row["our_expected"]
        assert outcome.differential.derived[Analyte.NEUT][0]


def is_anc(row: dict[str, str]) -> bool:
    return row["guideline"] == "ANC"


def test_lymphocytes_of_the_lymphocyte_tool(needs_shared):
    """Its absolute counts are the ones graded; what they may mean for CD4 is not said."""
    rows = cases(needs_shared, "cases_gdl2_neutropenia_tools.csv")
    wanted = [r for r in rows if r["guideline"] == "Absolute_Lymphocyte_Count"]
    words = []
    for row in wanted:
        total, share = shares(row)
        counts = [Count("WBC", total, "10*3/uL"), Count("LYMPH", share, "%")]
        _, (found,) = graded(Panel(Person(age=ADULT), counts), "words-lymphopenia")
        assert found.value == pytest.approx(float(row["our_expected"].split()[1]), abs=1e-9)
        words.append(found.grade)
    assert words == ["severe", "mild", 0]


def test_the_other_rows_are_listed(needs_shared):
    """Every other row of the decision tools is a score that leukon does not compute."""
    rows = cases(needs_shared, "cases_gdl2_neutropenia_tools.csv")
    others = [r for r in rows if r["guideline"] not in ("ANC", "Absolute_Lymphocyte_Count")]
    assert Counter(r["our_expected"] for r in others) == LISTED


def test_a_percentage_gets_no_grade(needs_shared):
    """No percentage of the laboratory codes that other tools map to a finding is graded."""
    rows = cases(needs_shared, "cases_loinc2hpo.csv")
    percentages = {"770-8": "NEUT", "736-9": "LYMPH", "26511-6": "NEUT", "26478-8": "LYMPH"}
    seen = {row["loinc"] for row in rows} & percentages.keys()
    assert seen
    for code in seen:
        found = grade(percentages[code], 5, unit="%", scale="ctcae-5.0", lln=1.5)
        assert (found.grade, found.reason) == (None, "percentage-only")
