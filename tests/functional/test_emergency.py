"""What must begin with the emergency line, and what may never make an answer calmer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukon import Context, Count, Panel, Person, interpret
from leukon.cli import main

CELLS = "10*9/L"
BENIGN = ("hibbs-merz-2025-namibia", "hibbs-merz-2025-us", "holland-hospital", "mali-2018", "tdl")


@pytest.mark.parametrize(
    "arguments",
    [
        "NEUT=1.4 --age 50y --sex female --temperature 38.6C --treatment chemotherapy",
        "--age 6wk --temperature 38.2C",
        "WBC=1.8 --age 50y --temperature 38.6C",
        "--age 40y --drug carbimazole --temperature 39C",
        "WBC=6 NEUT=3 --age 50y --treatment chemotherapy --symptom unwell",
        "WBC=6 NEUT=3 --born 1966-01-01 --drawn 2026-09-20 --drug clozapine --temperature 38.5C",
        "WBC=2.0 NEUT=60% LYMPH=60% --age 40y --temperature 39C",
        "WBC=9 NEUT=5 PLT=8 --age 40y --symptom bleeding",
        "NEUT=0.8 --age 40y --duffy null --temperature 38.0C --by hibbs-merz-2025-namibia",
    ],
)
def test_an_emergency_comes_first(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Safety rule 3: the most urgent rule is looked at first, and is the first line."""
    assert main(["check", *arguments.split(), "--unit", CELLS]) == 0
    assert capsys.readouterr().out.startswith("EMERGENCY")


@settings(max_examples=40)
@given(
    neutrophils=st.floats(0, 8).map(lambda x: round(x, 2)),
    total=st.floats(0, 12).map(lambda x: round(x, 1)),
    by=st.sampled_from(BENIGN),
    duffy=st.sampled_from([None, "null"]),
    temperature=st.sampled_from([None, "36.8C", "38.2C"]),
)
def test_a_benign_definition_never_lowers_urgency(
    neutrophils: float, total: float, by: str, duffy: str | None, temperature: str | None
) -> None:
    """Safety rule 3: a low limit, a phenotype, a majority may change words, never the urgency."""
    counts = [Count("NEUT", neutrophils, CELLS), Count("WBC", total, CELLS)]
    context = Context(temperature=temperature)

    def urgency(by: str | None, duffy: str | None) -> int:
        panel = Panel(Person(age="40y", sex="male", duffy=duffy), counts)
        advice = interpret(panel, by=by, context=context, agreement=False).advice
        assert advice is not None
        return int(advice.urgency)

    assert urgency(by, duffy) <= urgency(None, None)
