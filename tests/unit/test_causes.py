"""The content of causes and drugs, and what is said of a person's medicines."""

import csv
from functools import cache

import pytest

from leukon.advice.content import content
from leukon.advice.drugs import find
from leukon.analytes import NAMES
from leukon.causes import causes_that_fit, explain_drugs
from leukon.causes.content import causes_file, drugs_file, orders

LINES = {*map(str, NAMES)}


@cache
def table(folder, name):
    with (folder / "knowledge" / f"{name}.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_only_rows_that_may_ship_are_there(needs_shared):
    """Every shipped cause and drug is there, and no other."""
    causes = [r["id"] for r in table(needs_shared, "causes") if r["ship"] == "yes"]
    drugs = [r["inn"] for r in table(needs_shared, "drugs") if r["ship"] == "yes"]
    assert [one.id for one in causes_file().cause] == causes
    assert [one.inn for one in drugs_file().drug] == drugs


def test_codes_and_sources_are_those_of_the_rows(needs_shared):
    """Codes, text and address of a cause are those of its row."""
    rows = {r["id"]: r for r in table(needs_shared, "causes")}
    for one in causes_file().cause:
        row = rows[one.id]
        assert " ".join(one.icd10cm) == row["icd10cm"]
        assert len(one.icd10cm) == len(one.icd10cm_text)
        assert " ".join(one.hpo) == row["hpo"]
        assert all(code in row["snomedct"] for code in one.snomedct)
        assert all(code in row["omim"] for code in one.omim)
        assert all(code in row["orpha"] for code in one.orpha)
        assert bool(one.omim) == bool(row["omim"])
        assert bool(one.orpha) == bool(row["orpha"])
        assert one.address == row["address"]
        assert one.source


def test_every_drug_of_the_advice_is_explained():
    """The drugs that are matched and those that are explained are the same."""
    assert {one.inn for one in drugs_file().drug} == {one.inn for one in content().drugs.drug}
    assert all(one.source for one in drugs_file().drug)


def test_every_drug_does_something_to_a_known_line():
    """A drug lowers or raises something, and the lines are counts leukon knows."""
    for one in drugs_file().drug:
        assert one.lowers or one.raises or one.several, one.inn
        assert {*one.lowers, *one.raises} <= LINES


def test_every_category_has_its_place():
    """Each order names every category of a cause that can be listed, once."""
    kinds = {one.category for one in causes_file().cause if not one.names_a_finding}
    for categories in orders().values():
        assert len(categories) == len(set(categories))
        assert set(categories) == kinds


def test_an_age_border_says_why():
    """A cause that is left out by age says why."""
    for one in causes_file().cause:
        assert bool(one.age_from or one.age_to) == bool(one.age_note), one.id


@pytest.mark.parametrize("low", [["NEUT"], ["LYMPH"], ["WBC"], ["WBC", "NEUT"], ["CD4"]])
@pytest.mark.parametrize("several", [False, True])
def test_nothing_is_named_twice(low, several):
    """Every cause is named once, with lines that are low, and with its source."""
    fits = causes_that_fit(low, several_lines=several)
    assert len({fit.cause.id for fit in fits}) == len(fits)
    assert all(fit.lines and set(fit.lines) <= set(low) for fit in fits)
    assert all(fit.cause.source for fit in fits)


def test_nothing_low_is_nothing_named():
    """Without a low count no cause fits."""
    assert causes_that_fit([]) == ()


def test_a_medicine_is_explained():
    """A known drug: what it does, how that is known, and what labels say; by name or by code."""
    for given in ("carbimazole", "H03BB01"):
        (note,) = explain_drugs([find(given)], low_lines=["WBC", "NEUT", "LYMPH"])
        assert (note.inn, note.lowers, note.bears_on) == ("carbimazole", ("NEUT",), ("WBC", "NEUT"))
        assert note.atc == ("H03BB01",)
        assert note.evidence
        assert note.monitoring
        assert note.source


def test_a_medicine_that_lowers_several_lines_bears_on_each():
    """A drug that lowers several cell lines bears on every count that is low."""
    (note,) = explain_drugs([find("methotrexate")], low_lines=["LYMPH", "HGB"])
    assert note.several
    assert note.bears_on == ("LYMPH", "HGB")


def test_lymphocytes_carry_the_cd4_count():
    """A drug that lowers lymphocytes bears on a low CD4 count."""
    (note,) = explain_drugs([find("prednisolone")], low_lines=["CD4", "NEUT"])
    assert note.bears_on == ("CD4",)
    assert note.raises == ("NEUT",)


def test_an_unknown_medicine_is_said_to_be_unknown():
    """A name that leukon does not know is never taken for another."""
    (note,) = explain_drugs([find("carbimazol")], low_lines=["NEUT"])
    assert not note.is_known
    assert note.inn == ""
    assert "carbimazole" in note.suggestions


def test_a_mixture_keeps_its_unknown_part():
    """Of two medicines in one text, the one that is not known is said beside the other."""
    notes = explain_drugs([find("clozapine + moonwort")], low_lines=["NEUT"])
    assert [note.inn for note in notes] == ["clozapine", ""]
    assert notes[1].unknown == ("moonwort",)


def test_a_medicine_known_by_its_group():
    """A drug of a group that has no row of its own is known, and still matters."""
    (note,) = explain_drugs([find("chemotherapy")], low_lines=["NEUT"])
    assert note.is_known
    assert note.groups == ("anticancer",)
