"""The specification of the advice: each row of tests/spec/advice*.md, on leukon and its oracle."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from leukon.advice import advise, content
from leukon.advice.cells import cells_of
from support.advice_cases import case_of, situation
from support.advice_oracle import advice, rules
from support.advice_witness import pairs, rank

SPEC = Path(__file__).resolve().parents[1] / "spec"


@dataclass(frozen=True)
class Row:
    """One row of a table, and where it stands."""

    place: str
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def __str__(self) -> str:
        said = self.cells.get("case") or f"{self['rule']} {self['short of']} {self['remark']}"
        return f"{self.place} {said}".strip()


@cache
def rows(name: str) -> list[Row]:
    """The rows of all tables of one page."""
    found: list[Row] = []
    columns: list[str] = []
    for number, line in enumerate((SPEC / name).read_text("utf-8").splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            columns = []
        elif not columns:
            columns = cells
        elif set(line) > set("|-"):
            found.append(Row(f"{name}:{number}", dict(zip(columns, cells, strict=True))))
    return found


CASES = rows("advice.md")
RULES = [row for urgency in ("emergency", "urgent", "soon", "routine", "judgement")
         for row in rows(f"advice-{urgency}.md")]  # fmt: skip
PAIRS = rows("advice-pairs.md")


def answers(row: Row) -> tuple[str, set[str]]:
    """What leukon says, after making sure that the oracle says the same."""
    case = case_of(row["person"], row["counts"], row["context"])
    answer = advise(situation(case))
    found = answer.urgency.slug, {rule.id for rule in answer.rules}
    assert found == advice(case)
    return found


@pytest.mark.parametrize("row", CASES, ids=str)
def test_cases(row: Row) -> None:
    """A case has the urgency in its row, and the rules in it fire or do not."""
    urgency, fired = answers(row)
    assert urgency == row["urgency"] or not row["urgency"]
    assert set(row["fires"].split()) <= fired
    assert not set(row["not"].split()) & fired


@pytest.mark.parametrize("row", RULES, ids=str)
def test_rules(row: Row) -> None:
    """A rule fires, and one cell short of firing it does not."""
    urgency, fired = answers(row)
    assert (row["rule"] in fired) == (row["fires"] == "yes")
    assert urgency == row["urgency"]
    assert (row["fires"] == "no") == bool(row["short of"])


def test_every_rule_and_every_cell_of_it_has_a_row() -> None:
    """Each rule fires in a row, and falls short of each of its cells in another."""
    fires = {row["rule"] for row in RULES if row["fires"] == "yes"}
    short = defaultdict(set)
    for row in RULES:
        short[row["rule"]].add(row["short of"])
    assert fires == {rule.id for rule in content().rules.rule}
    for rule in content().rules.rule:
        cells = {name for name, _, _ in cells_of(rule)} | (
            {"only_if"} if rule.when.only_if else set()
        )
        assert not cells - short[rule.id], f"{rule.id} has no row short of {cells - short[rule.id]}"


def test_every_question_stops_a_rule_that_calms() -> None:
    """For one rule that calms there is a row in which each question is open, and one where it is yes."""
    said = {row["context"].partition(", ")[0] for row in RULES if row["rule"] == "URG-23"}
    yes = {row["context"].rpartition("yes ")[2] for row in RULES if row["rule"] == "URG-23"}
    of_babies = {"baby-signs", "infant-thrive"}
    wanted = {question.id for question in content().questions.question} - of_babies
    assert {f"open {one}" for one in wanted} <= said
    assert wanted - {"pregnant", "listed-drug", "earlier-count-higher"} <= yes


def test_every_conflict_has_a_row() -> None:
    """Where sources differ, a row shows which reading holds, and the answer says that they differ."""
    last = (SPEC / "advice.md").read_text("utf-8").partition("## Where the sources differ")[2]
    for rule in content().rules.rule:
        if rule.conflict:
            assert rule.id in last or rule.id == "URG-45", rule.id


@cache
def beside() -> dict[str, dict[str, set[str]]]:
    """For each rule: the rules it can fire together with, by which of the two is more urgent."""
    found: dict[str, dict[str, set[str]]] = {
        rule["id"]: {"yields to": set(), "equal": set(), "wins over": set()} for rule in rules()
    }
    for first, second in pairs():
        order = (rank(first) > rank(second)) - (rank(first) < rank(second))
        found[first][("equal", "yields to", "wins over")[order]].add(second)
        found[second][("equal", "wins over", "yields to")[order]].add(first)
    return found


@pytest.mark.parametrize("row", PAIRS, ids=lambda row: f"{row['rule']}")
def test_pairs(row: Row) -> None:
    """The rules that a rule can fire together with are those of its row: more, as, less urgent."""
    for column, ids in beside()[row["rule"]].items():
        assert set(row[column].split()) == ids, column


def test_every_rule_has_its_row_of_pairs() -> None:
    """No rule is left out of the table of pairs."""
    assert [row["rule"] for row in PAIRS] == [rule["id"] for rule in rules()]


def test_of_two_rules_the_more_urgent_wins() -> None:
    """For every pair of rules that could both fire, both do, and the urgency is the sooner one."""
    for first, second in pairs():
        answer = advise(situation(case_of(*pairs()[first, second])))
        fired = {rule.id: rule for rule in answer.rules}
        assert {first, second} <= set(fired)
        setting = [fired[one].urgency for one in (first, second) if fired[one].effect != "informs"]
        assert all(answer.urgency <= urgency for urgency in setting)
        assert answer.urgency == answer.rules[0].urgency
