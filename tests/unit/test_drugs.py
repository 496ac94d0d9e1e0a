"""Drugs by name and code: exact once folded, never guessed, and known to be unknown."""

from __future__ import annotations

from datetime import date

import pytest

from leukon.advice import content, drugs, find
from leukon.advice.drugs import fold

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("given", "groups"),
    [
        ("carbimazole", {"antithyroid"}),
        ("Neo-Mercazole", {"antithyroid"}),
        ("neomercazole 5 mg", {"antithyroid"}),
        ("PTU", {"antithyroid"}),
        ("Clozaril", {"clozapine"}),
        ("clozapin", {"clozapine"}),
        ("MTX", {"agranulocytosis", "anticancer", "immunosuppressant"}),
        ("Septrin", {"agranulocytosis"}),
        ("Novalgin", {"agranulocytosis"}),
        ("cisplatin", {"anticancer"}),
        ("5-FU", {"anticancer"}),
        ("Thioguanine", {"anticancer"}),
        ("chemo", {"anticancer"}),
        ("CARBIMAZOLE ", {"antithyroid"}),
        ("methimazole", {"antithyroid"}),
        ("thiamazole", {"antithyroid"}),
        ("dipyrone", {"agranulocytosis"}),
        ("metamizole", {"agranulocytosis"}),
        ("sulphasalazine", {"agranulocytosis"}),
        ("co-trimoxazole", {"agranulocytosis"}),
        ("Cotrimoxazole", {"agranulocytosis"}),
        ("trimethoprim/sulfamethoxazole", {"agranulocytosis"}),
        ("sodium aurothiomalate", {"agranulocytosis"}),
        ("rituximab", {"agranulocytosis", "anticancer"}),
        ("methotrexate", {"agranulocytosis", "anticancer", "immunosuppressant"}),
        ("lenalidomide", {"anticancer", "immunosuppressant"}),
        ("azathioprine", {"agranulocytosis", "immunosuppressant"}),
        ("tocilizumab", {"il6-blocker", "immunosuppressant"}),
        ("prednisolone", {"steroid"}),
        ("filgrastim", {"gcsf"}),
        ("ibuprofen", {"other-listed"}),
        ("antithyroid", {"antithyroid"}),
        ("chemotherapy", {"anticancer"}),
        ("clozapine 100 mg tablets", {"clozapine"}),
    ],
)
def test_names(given: str, groups: set[str]) -> None:
    """A drug is known by INN, US name, name in brackets, old spelling, combination or group."""
    found = find(given)
    assert found.groups == groups
    assert found.is_known


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ("N05AH02", {"clozapine"}),
        ("n05ah02", {"clozapine"}),
        ("H03BA", {"antithyroid"}),
        ("L01", {"agranulocytosis", "anticancer", "immunosuppressant"}),
        ("L01XX99", {"anticancer"}),
        ("H02AB99", {"steroid"}),
        ("V03AC02", {"deferiprone"}),
        ("A10BB03", {"other-listed"}),
    ],
)
def test_codes(code: str, groups: set[str]) -> None:
    """An ATC code, or the beginning of one, names its groups whether or not the drug has a row."""
    assert find(code).groups == groups


def test_a_general_code_may_mean_a_drug_of_the_group() -> None:
    """A code under which a listed drug stands raises as that drug does."""
    assert "clozapine" in find("N05A").groups


@pytest.mark.parametrize("given", ["carbimazol", "clozapine2", "Mercazole", "N02BE01", "B12", "?"])
def test_a_near_miss_is_unknown(given: str) -> None:
    """A name or code that is not one of the tables is unknown, however near, and belongs nowhere."""
    found = find(given)
    assert not found.is_known
    assert not found.groups
    assert found.text.startswith("leukon does not know this drug.")


def test_a_near_miss_is_asked_about() -> None:
    """A near miss is asked about by name."""
    assert "Did you mean" in find("carbimazol").text
    assert "carbimazole" in find("carbimazol").suggestions
    assert find("carbimazole").text == ""


def test_the_names_to_compare_with_are_made_ready_once(monkeypatch) -> None:
    """The second unknown medicine folds its own name, and not those of all the listed drugs again."""
    assert find("carbimazol").suggestions
    folded = []
    real = drugs.fold
    monkeypatch.setattr(drugs, "fold", lambda text: folded.append(text) or real(text))
    assert find("methotrexat").suggestions[0] == "methotrexate"
    assert set(folded) == {"methotrexat"}


def test_a_combination_counts_for_the_part_that_is_known() -> None:
    """Of a combination the known part raises, and the other is said to be unknown."""
    found = find("carbimazole + somethingelse")
    assert found.groups == {"antithyroid"}
    assert found.unknown == ("somethingelse",)


@pytest.mark.parametrize(
    ("given", "stopped", "counts"),
    [
        ("carbimazole", date(2026, 10, 27), {"antithyroid"}),
        ("carbimazole", date(2026, 10, 26), set()),
        ("cyclophosphamide", date(2026, 10, 13), {"anticancer"}),
        ("cyclophosphamide", date(2026, 10, 12), set()),
        ("rituximab", date(2025, 11, 24), {"agranulocytosis"}),
        ("rituximab", date(2025, 11, 23), set()),
        ("ocrelizumab", date(2026, 1, 1), {"agranulocytosis"}),
        ("filgrastim", date(2026, 11, 10), {"gcsf"}),
        ("filgrastim", date(2026, 11, 9), set()),
        ("pegfilgrastim", date(2026, 11, 3), {"gcsf"}),
        ("L03AA", date(2026, 11, 3), {"gcsf"}),
        ("pegfilgrastim", date(2026, 11, 2), set()),
        ("prednisolone", date(2026, 10, 27), {"steroid"}),
        ("carbimazole", date(2026, 12, 24), {"antithyroid"}),
    ],
)
def test_windows_after_the_last_dose(given: str, stopped: date, counts: set[str]) -> None:
    """A drug counts on the last day of its group's window, and no longer the day after."""
    assert find(given, stopped=stopped, today=TODAY).counting == counts


def test_without_a_day_to_count_from_a_drug_counts() -> None:
    """Where the day of the question, or of the last dose, is not known, the drug counts."""
    assert find("carbimazole", stopped=date(2020, 1, 1)).counting == {"antithyroid"}
    assert find("carbimazole", today=TODAY).counting == {"antithyroid"}


def test_every_drug_and_code_of_the_tables_is_found() -> None:
    """Each name and each code of each listed drug leads to the drug, and to a group."""
    for drug in content().drugs.drug:
        for given in (*drug.names, *drug.atc):
            found = find(given)
            assert drug.inn in found.drugs
            assert found.groups
            assert not drug.group or drug.group in found.groups


def test_every_name_of_a_group_is_found() -> None:
    """Each name and each code of each group leads to the group."""
    for group in content().drug_groups.group:
        for given in (*group.names, *group.atc):
            assert group.id in find(given).groups


def test_no_two_drugs_fold_to_one_name() -> None:
    """Folding makes no two drugs one."""
    owner: dict[str, str] = {}
    for drug in content().drugs.drug:
        for name in drug.names:
            assert owner.setdefault(fold(name), drug.inn) == drug.inn
