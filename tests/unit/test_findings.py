"""The content of findings, and the corners of how they are found."""

import csv
import subprocess
import sys
from datetime import date
from functools import cache

import pytest

from leukon.ages import parse_age
from leukon.findings import Earlier, Known, counted, course, find, low_lines
from leukon.findings.answers import NO, TEXTS, YES, Answer, either, every
from leukon.findings.content import febrile_file, findings_file
from leukon.scales import resolve
from support.needs import REPOSITORY

ADULT = parse_age("34y")


@cache
def table(folder, name):
    with (folder / "knowledge" / f"{name}.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def low(value, comparator="", lower=1.5):
    return counted(value, comparator, flag="low", lower=lower, by="My clinic, 2026")


def test_content_is_what_the_generator_writes(needs_shared):  # noqa: ARG001
    """The content of findings and causes, and their pages, were not edited by hand."""
    command = [sys.executable, str(REPOSITORY / "tools" / "make_causes.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_code_is_a_shipped_row(needs_shared):
    """A code of a finding stands in a knowledge row that may ship."""
    known = {
        "icd10cm": {r["code"] for r in table(needs_shared, "icd10cm_core") if r["ship"] == "yes"},
        "hpo": {r["hpo"] for r in table(needs_shared, "hpo_terms") if r["ship"] == "yes"},
        "snomedct": {
            r["snomedct"] for r in table(needs_shared, "condition_concepts") if r["ship"] == "yes"
        },
    }
    for one in findings_file().finding:
        for system, codes in known.items():
            assert set(getattr(one, system)) <= codes, one.id


def test_every_definition_of_febrile_neutropenia_is_there(needs_shared):
    """Each shipped row of febrile neutropenia is decided; the others say why they are not."""
    shipped = {r["id"] for r in table(needs_shared, "syndromes_criteria") if r["ship"] == "yes"}
    decided = {one.id for one in febrile_file().criterion}
    patterns = {one.row for one in findings_file().finding if one.row.startswith("syn-")}
    assert decided | patterns | {one.id for one in febrile_file().not_decided} == shipped


def test_figures_are_those_of_the_rows(needs_shared):
    """Counts, temperatures and inclusiveness of each definition are those of its row."""
    rows = {r["id"]: r for r in table(needs_shared, "syndromes_criteria")}
    for one in febrile_file().criterion:
        row = rows[one.id]
        assert one.neutrophils_below == float(row["anc_high"])
        assert one.neutrophils_inclusive == (row["anc_high_inclusive"] == "yes")
        assert one.temperature_once == float(row["temperature_once"])
        assert one.once_inclusive == (row["temperature_once_inclusive"] == "yes")
        lasting = row["temperature_lasting"]
        assert one.temperature_lasting == (float(lasting) if lasting else None)
        assert one.lasting_inclusive == (row["temperature_lasting_inclusive"] == "yes")


def test_every_scale_of_words_is_shipped():
    """The scales a finding takes its words from exist, and grade its count."""
    for one in findings_file().finding:
        for name in one.scales:
            assert {str(analyte) for analyte in resolve(name).analytes} == set(one.lines)


def test_whatever_an_answer_lacks_has_words():
    """A finding that cannot be decided says what it lacks in words that exist."""
    found = find({"NEUT": low(0.4)}, age=ADULT, duffy="null", facts=Known(temperature=38.1)) + find(
        {"WBC": low(1.8, lower=4.0)}, facts=Known(temperature=38.1)
    )
    assert found
    assert {word for one in found for word in one.lacks} <= set(TEXTS)


@pytest.mark.parametrize("flag", ["within", "high", "critical-high", "undetermined"])
def test_a_count_that_is_not_low_makes_no_finding(flag):
    """Only a low flag, or a range across the limit, makes a finding."""
    for kind in ("WBC", "NEUT", "LYMPH", "MONO", "CD4", "HGB", "PLT", "EOS"):
        assert find({kind: counted(1.2, flag=flag, lower=1.5)}, age=ADULT) == ()


def test_every_finding_names_whose_it_is():
    """No finding stands without a definition, a publisher or a judgement named."""
    counts = {kind: low(0.1) for kind in ("WBC", "NEUT", "LYMPH", "MONO", "CD4", "HGB", "PLT")}
    found = find(counts, age=ADULT, facts=Known(temperature=39.0))
    assert all(one.by and one.source for one in found)
    assert {"leukopenia", "neutropenia", "pancytopenia"} <= {one.id for one in found}


def test_a_finding_never_says_that_it_was_checked():
    """Content no clinician has checked says so: nobody is named."""
    assert {one.checked_by for one in find({"NEUT": low(0.4)}, age=ADULT)} == {""}


def test_nothing_counted_is_nothing_found():
    """Without counts there is no finding, whatever else is known."""
    assert find({}, age=ADULT, facts=Known(temperature=39.0, anticancer=True)) == ()
    assert counted(None) is None
    assert find({"NEUT": None}, age=ADULT) == ()


def test_a_sign_that_is_none_is_refused():
    """A sign before a count that no report prints is refused."""
    with pytest.raises(ValueError, match="sign"):
        counted(1.0, "~")


def test_three_valued_answers():
    """One no decides "every", one yes decides "either"; what lacks is kept, once."""
    open_ = Answer(None, ("range",))
    assert every(open_, NO) == NO
    assert every(YES, open_, open_) == open_
    assert either(open_, YES) == YES
    assert either(NO, open_) == open_
    assert either(NO, NO) == NO


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ([("2026-01-01", 1.2, "low")], "chronic"),
        ([("2026-03-01", 1.2, "low")], ""),
        ([("2026-03-01", 3.0, "within")], "acute"),
        ([("2025-10-01", 1.2, "low"), ("2026-03-01", 3.0, "within")], ""),
        ([("2025-10-01", 3.0, "within")], ""),
        ([], ""),
    ],
)
def test_course(earlier, expected):
    """Chronic: three months low. Acute: new, the last count within three months not low."""
    history = [
        Earlier(date.fromisoformat(day), {"NEUT": counted(value, flag=flag, lower=1.5)})
        for day, value, flag in earlier
    ]
    assert course("NEUT", {"NEUT": low(1.2)}, date(2026, 4, 1), history) == expected


def test_low_lines_are_those_surely_low():
    """The lines handed to the causes are those that are low, not those that may be."""
    counts = {"NEUT": low(0.4), "WBC": counted(5.0, "<", lower=4.0), "LYMPH": None}
    assert low_lines(counts) == ("NEUT",)
