"""The content files: whole, sourced, equal to the knowledge tables, and free of contradictions."""

import csv
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from support.needs import REPOSITORY

CONTENT = REPOSITORY / "src" / "leukon" / "content"
FILES = sorted((CONTENT / "definitions").glob("*.toml"))
COMPOSITE = "leukon-general"
ESTIMATED = "leukon-nhanes-1999-2016"
REQUIRED = set(
    (
        "id publisher_id publisher version date country source reported_by superseded_by "
        "author checked_by reviewed next_review notes limits"
    ).split()
)
TIERS = {"reference": 0, "decision": 0, "conventional": 1, "study": 2, "critical": 3}
DAYS = {"h": 1 / 24, "d": 1.0, "mo": 30.44, "y": 12 * 30.44}
ADULT = 18 * DAYS["y"]
UNIT_COLUMNS = "spelling family ucum multiply divide decision exact note source"
CODE_COLUMNS = "code_system code name analyte property method nrbc_corrected source"


@cache
def definition(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def definitions() -> list[dict]:
    return [definition(path) for path in FILES]


def by_id(name: str) -> dict:
    return definition(CONTENT / "definitions" / f"{name}.toml")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def days(age: str, *, open_end: float) -> float:
    number = age.rstrip("hdmoy")
    return float(number) * DAYS[age.removeprefix(number)] if age else open_end


def span(limit: dict) -> tuple[float, float]:
    """The ages a limit holds for, in days; a blank is open."""
    start = days(limit.get("age_from", ""), open_end=0.0)
    return start, days(limit.get("age_to", ""), open_end=float("inf"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_definition_says_whose_it_is(path):
    """Every definition names its publisher and source, and who has checked it."""
    found = definition(path)
    assert found.keys() == REQUIRED
    assert found["id"] == path.stem
    assert all(found[name] for name in ("publisher_id", "publisher", "version", "source", "author"))
    assert found["checked_by"] == ""
    assert found["reviewed"] < found["next_review"]
    assert found["limits"]
    comment = path.read_text(encoding="utf-8").splitlines()[:2]
    assert found["publisher"] in comment[0]
    tool = "make_nhanes_definition.py" if path.stem == ESTIMATED else "make_content.py"
    assert f"tools/{tool}" in comment[1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_equally_specific_rows_of_one_tier_do_not_overlap(path):
    """For one person, line and side a definition gives one answer in each tier."""
    clashes = [
        (side, first["id"], second["id"])
        for first, second in combinations(definition(path)["limits"], 2)
        for side in ("low", "high")
        if side in first and side in second and clash(first, second)
    ]
    assert not clashes


def clash(first: dict, second: dict) -> bool:
    """Whether two rows may hold for one person and neither is more specific."""
    same = first["analyte"] == second["analyte"] and tier(first) == tier(second)
    return (
        same
        and tier(first) is not None
        and specificity(first) == specificity(second)
        and not disjoint(first, second)
    )


def tier(limit: dict) -> int | None:
    return TIERS.get(limit["kind"])


def specificity(limit: dict) -> int:
    named = sum(name in limit for name in ("sex", "duffy", "pregnancy", "specimen"))
    return named + len(limit.get("qualifiers", []))


def disjoint(first: dict, second: dict) -> bool:
    """Whether no person can be in both rows: another sex, pregnancy, age or week."""
    if first.get("sex", second.get("sex")) != second.get("sex", first.get("sex")):
        return True
    if first.get("pregnancy", False) != second.get("pregnancy", False):
        return True
    weeks = [(row.get("weeks_from", 0), row.get("weeks_to", 45)) for row in (first, second)]
    return apart(*weeks) or apart(span(first), span(second))


def apart(first: tuple[float, float], second: tuple[float, float]) -> bool:
    return first[1] <= second[0] or second[1] <= first[0]


def test_the_catalogue_is_broad():
    """Many publishers for adults, many sources for children, and both kinds of edition."""
    published = [found for found in definitions() if found["id"] != COMPOSITE]
    adults = {d["publisher_id"] for d in published for row in d["limits"] if span(row)[1] > ADULT}
    children = {
        d["publisher_id"]
        for d in published
        for row in d["limits"]
        if span(row)[1] <= 19 * DAYS["y"] or 0 < span(row)[0] < ADULT
    }
    assert len(adults) >= 40
    assert len(children) >= 15


def test_two_editions_of_the_mayo_page_stand_side_by_side():
    """The page's older limit may still be chosen; its newest edition alone has the vote."""
    newest, older = by_id("mayo-clinic-2024"), by_id("mayo-clinic-2015")
    assert newest["limits"][0]["low"] == 3.5
    assert older["limits"][0]["low"] == 4.0
    assert older["superseded_by"] == "mayo-clinic-2024"
    assert newest["limits"][0]["votes"]
    assert "votes" not in older["limits"][0]


def test_special_people_have_limits():
    """Duffy-null adults of four cohorts with a floor, and pregnancy by weeks."""
    cohorts = [found for found in definitions() if found["id"].startswith("hibbs-merz-2025-")]
    assert len(cohorts) == 4
    neutrophils = [row for d in cohorts for row in d["limits"] if row["analyte"] == "NEUT"]
    assert [row["floor"] for row in neutrophils] == [1.0] * 4
    assert all(
        span(row)[0] >= ADULT for d in definitions() for row in d["limits"] if "duffy" in row
    )
    pregnant = [row for d in definitions() for row in d["limits"] if row.get("pregnancy")]
    assert all("weeks_from" in row for row in pregnant)
    assert {row["analyte"] for row in pregnant} == {"WBC", "NEUT", "LYMPH", "MONO"}


def test_critical_limits_both_ways_and_the_context_lines():
    """Critical limits are held low and high; haemoglobin in g/L and platelets have their own."""
    every = [row for found in definitions() for row in found["limits"]]
    critical = [row for row in every if row["kind"] == "critical"]
    assert any("low" in row for row in critical)
    assert any("high" in row for row in critical)
    assert {row["unit"] for row in every if row["analyte"] == "HGB"} == {"g/L"}
    assert {row["kind"] for row in every if row["analyte"] == "PLT"} == {"reference", "critical"}


def test_what_does_not_vote():
    """Critical, conventional, study, historic, second-hand and superseded limits have no vote."""
    for found in definitions():
        for row in found["limits"]:
            if row.get("votes"):
                assert row["kind"] in ("reference", "decision")
                assert not found["reported_by"]
                assert not found["superseded_by"]
                assert found["id"] != COMPOSITE


def test_every_row_of_the_composite_names_its_own_source():
    """leukon-general borrows rows; each says from whom, and no critical row of adults is a child's."""
    for row in by_id(COMPOSITE)["limits"]:
        assert row["publisher"]
        assert row["source"].startswith("http")
    neutrophils = [row for row in by_id(COMPOSITE)["limits"] if row["analyte"] == "NEUT"]
    assert min(span(row)[0] for row in neutrophils) == 3.0


def test_spellings_lead_to_a_unit_that_can_be_read():
    """What the owner of a file is asked to declare is itself a unit that leukon reads."""
    found = rows(CONTENT / "units.csv")
    assert list(found[0]) == UNIT_COLUMNS.split()
    readable = {
        (row["family"], row["spelling"].casefold()) for row in found if row["decision"] == "read"
    }
    for row in found:
        assert int(row["multiply"]) >= 1
        assert int(row["divide"]) >= 1
        assert row["note"] or row["decision"] == "read"
        if row["decision"] != "refuse" and row["ucum"]:
            assert (row["family"], row["ucum"].casefold()) in readable
    known = {row["spelling"].casefold() for row in found}
    assert {row["ucum"].casefold() for row in rows(CONTENT / "omop_units.csv")} <= known


def test_codes_are_unique_and_no_blood_count_is_left_unnamed():
    """A code stands once in its system, and what is no blood count is there with its name."""
    found = rows(CONTENT / "codes.csv")
    assert list(found[0]) == CODE_COLUMNS.split()
    assert len({(row["code_system"], row["code"]) for row in found}) == len(found)
    assert all(row["name"] and row["source"] for row in found)
    corrected = {row["code"] for row in found if row["nrbc_corrected"] == "yes"}
    assert {"33256-9", "12227-5"} <= corrected
    assert any(row["code"] == "5821-4" and not row["analyte"] for row in found)


def test_every_limit_is_a_shipped_row_of_the_knowledge_tables(needs_shared):
    """Figures, inclusiveness, ages, unit and kind are those of a row that may ship."""
    known = knowledge(needs_shared)
    for found in definitions():
        # Our own estimate comes from counts, not from a table: tests/published/test_nhanes.py.
        for limit in found["limits"] if found["id"] != ESTIMATED else ():
            row = known[limit["id"]]
            assert row["ship"] == "yes"
            assert not list(differences(limit, row, found["id"] == COMPOSITE)), limit["id"]


def knowledge(shared: Path) -> dict[str, dict[str, str]]:
    names = ("definitions_low", "paediatric_intervals", "normal_for_them")
    found = [row for name in names for row in rows(shared / "knowledge" / f"{name}.csv")]
    return {row["id"]: row for row in found}


def differences(limit: dict, row: dict[str, str], composite: bool) -> Iterator[str]:
    """Where a limit differs from its row; the composite may leave a side out and cut ages."""
    for side in ("low", "high"):
        printed = float(row[side]) if row[side] else None
        left_out = composite and side not in limit
        if not left_out and limit.get(side) != printed:
            yield side
        if not left_out and limit.get(f"{side}_inclusive", True) != (
            row[f"{side}_inclusive"] != "no"
        ):
            yield f"{side}_inclusive"
    yield from age_differences(limit, row, composite)
    expected = {"analyte": row["analyte"], "unit": row["unit"], "kind": row.get("kind", "study")}
    study = composite and "duffy" in limit
    yield from (
        name
        for name, value in expected.items()
        if limit[name] != value and not (study and name == "kind")
    )
    if limit.get("sex", "any") != row.get("sex", "any"):
        yield "sex"
    if bool(limit.get("votes")) != (row.get("votes") == "yes") and not composite:
        yield "votes"


def age_differences(limit: dict, row: dict[str, str], composite: bool) -> Iterator[str]:
    cut = {"18y", "28d"} if composite else set()
    if limit.get("age_from", "") not in {row["age_min"]} | cut:
        yield "age_from"
    if limit.get("age_to", "") not in {row.get("age_max", "")} | cut:
        yield "age_to"
    weeks = ("pregnancy_weeks_min", "weeks_from"), ("pregnancy_weeks_max", "weeks_to")
    for printed, name in weeks:
        given = str(limit.get(name, ""))
        if given != row.get(printed, "") and not (composite and (name, given) == ("weeks_to", "8")):
            yield name


def test_no_limit_of_its_own_is_left_out(needs_shared):
    """Every shipped row stands in a definition, but for the duplicates named here."""
    held = {limit["id"] for found in definitions() for limit in found["limits"]}
    second_hand = {"def-052", "def-053", "def-054"}
    missing = {
        name
        for name, row in knowledge(needs_shared).items()
        if row["ship"] == "yes"
        and not row.get("same_as")
        and row.get("quantity", "reference interval") == "reference interval"
    } - held
    assert missing == second_hand


def test_unit_decisions_are_those_of_the_knowledge_table(needs_shared):
    """A spelling is read, left to the owner or refused as the knowledge table decides."""
    content = {row["spelling"].casefold(): row for row in rows(CONTENT / "units.csv")[::-1]}
    decisions = {"read": "read", "owner-declares": "declare", "refuse": "refuse"}
    for row in rows(needs_shared / "knowledge" / "unit_spellings.csv"):
        if row["ship"] == "yes" and row["spelling"] not in ("(empty)", "fraction, 0.65"):
            found = content[row["spelling"].casefold()]
            assert found["decision"] == decisions[row["decision"]]
            if row["factor_to_10*9/L"]:
                factor = float(row["factor_to_10*9/L"])
                assert int(found["multiply"]) / int(found["divide"]) == factor


def test_content_is_what_the_generator_writes(needs_shared):  # noqa: ARG001
    """The content files were not edited by hand, and are up to date."""
    command = [sys.executable, str(REPOSITORY / "tools" / "make_content.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "up to date" in done.stdout
