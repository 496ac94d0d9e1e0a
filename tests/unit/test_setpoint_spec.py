"""Every row of the tables about a person's own level holds, and no answer of theirs moves an urgency."""

from __future__ import annotations

import pytest

from leukon import interpret
from leukon.setpoints.eligibility import REASONS
from leukon.setpoints.rules import ANSWERS, LOW_BUT_USUAL_FOR_YOU, WITHHELD
from support.own_cases import case_of
from support.spec import FOLDER, read

ROWS = list(read(FOLDER / "setpoint.md"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row(row):
    """A row of the tables holds: the answer, why there is none, what is withheld and left out."""
    own = case_of(row).own()
    assert own.answer == row["answer"]
    if "reason" in row.cells:
        assert own.reason == row["reason"]
    if "withheld" in row.cells:
        assert ", ".join(own.withheld) == row["withheld"]
    if "left out" in row.cells:
        assert ", ".join(one.reason for one in own.left_out) == row["left out"]
    if row["band"]:
        assert ("provisional" if own.provisional else "settled") == row["band"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_advice_is_that_without_a_history(row):
    """The advice never sees a history."""
    case = case_of(row)
    alone = interpret(case.panel, by=case.by, context=case.context, agreement=False)
    assert case.answer().advice == alone.advice


def test_every_rule_has_a_row_that_shows_it_and_one_just_beyond():
    """Each answer, each reason to withhold and each to leave out stands in the tables."""
    shown = {word.strip() for row in ROWS for word in row["withheld"].split(",")}
    assert set(WITHHELD) <= shown
    left = {word.strip() for row in ROWS for word in row["left out"].split(",")}
    assert set(REASONS) <= left
    answers = {row["answer"] for row in ROWS}
    assert set(ANSWERS) <= answers
    assert sum(row["answer"] == LOW_BUT_USUAL_FOR_YOU for row in ROWS) >= 15
