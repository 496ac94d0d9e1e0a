"""How many publishers call a count low: who votes, and who contradicts itself."""

import msgspec
import numpy as np
import pytest

from leukon import Count, DecisionLimit, Definition, Panel, Person, definitions, interpret
from leukon.agreement import agreement_of, ballot, shipped_ballot, vote
from leukon.analytes import Analyte
from leukon.batch import batch_of
from leukon.compare import interpret_batch
from leukon.limits import Limit

UNIT = "10*9/L"
ADULT = Person(age="34y", sex="female")


def publisher(name, *rows, **more):
    return Definition(id=name, publisher=name, version="1", limits=rows, **more)


def limit(low, kind="decision", votes=True, **more):
    return Limit(analyte="WBC", low=low, unit=UNIT, kind=kind, votes=votes, **more)


def votes_on(value, *catalogue, comparator=""):
    panel = Panel(ADULT, [Count("WBC", value, UNIT, comparator=comparator)])
    batch = batch_of([panel])
    compared = interpret_batch(batch, definitions.general.compiled).counts["WBC"]
    found = ballot(catalogue, "WBC")
    return None if found is None else agreement_of(vote(found, batch.people, compared), 0)


def test_a_vote_names_its_publisher():
    """Each vote says whose it is and by which limit."""
    (said,) = votes_on(3.7, publisher("a", limit(4.0))).votes
    assert (said.definition, said.flag, said.lower) == ("a", "low", 4.0)


def test_rows_without_a_vote_are_silent():
    """Studies, second-hand and critical limits do not vote."""
    silent = publisher("a", limit(4.0, votes=False))
    assert votes_on(3.7, silent) is None
    assert votes_on(3.7, silent, publisher("b", limit(3.5))).total == 1


def test_a_publisher_that_contradicts_itself_is_mixed():
    """Between its decision limit and its conventional one a publisher is of two minds."""
    two = publisher("a", limit(4.0), limit(4.5, "conventional", votes=False))
    flags = [votes_on(value, two).votes[0].flag for value in (3.9, 4.2, 4.6)]
    assert flags == ["low", "mixed", "within"]


@pytest.mark.parametrize(
    ("value", "sign", "flag"),
    [
        (4.0, "<", "low"),
        (4.0, "<=", "undetermined"),
        (4.0, ">=", "within"),
        (3.9, ">", "undetermined"),
    ],
)
def test_a_range_votes_where_both_ends_agree(value, sign, flag):
    """A value with a sign is looked at from both ends."""
    assert votes_on(value, publisher("a", limit(4.0)), comparator=sign).votes[0].flag == flag


def test_a_range_across_the_limit_beside_is_undetermined():
    """Where a publisher is of two minds over a part of a range only, it cannot be said."""
    two = publisher("a", limit(4.0), limit(4.5, "conventional", votes=False))
    assert votes_on(4.2, two, comparator=">").votes[0].flag == "undetermined"


def test_an_explicit_definition_still_shows_all_publishers():
    """Agreement is over all publishers, whatever definition the flag is by."""
    panel = Panel(ADULT, [Count("WBC", 3.7, UNIT)])
    by = {name: interpret(panel, by=name)["WBC"].agreement for name in ("arup", "mayo-clinic")}
    assert by["arup"] == by["mayo-clinic"]
    assert by["arup"].total == 15
    assert interpret(panel, agreement=False)["WBC"].agreement is None


def test_an_older_edition_does_not_vote():
    """One vote a publisher, its newest edition."""
    voting = {definition.id for definition in definitions.voters}
    assert "mayo-clinic-2024" in voting
    assert "mayo-clinic-2015" not in voting
    assert "leukon-general" not in voting
    families = [definitions[name].family for name in voting]
    assert len(families) == len(set(families))


def test_decision_limits_are_equal_as_values():
    """Two limits with the same words are the same limit."""
    first = DecisionLimit(analyte="WBC", low=4.0, unit=UNIT)
    assert first == msgspec.structs.replace(first)


@pytest.mark.parametrize("age", ["34y", "13d", "1mo", None])
@pytest.mark.parametrize("analyte", ["WBC", "NEUT", "EOS", "HGB"])
def test_what_is_looked_up_for_one_panel_is_what_the_vote_says(analyte, age):
    """At, just under and just over every limit of a publisher, one panel has the votes of a batch."""
    found = shipped_ballot(Analyte(analyte))
    limits = {float(bar) for bars in found.bars for bar in np.unique(bars) if 0 < bar < 500}
    unit = "g/L" if analyte == "HGB" else "10*9/L"
    near = sorted({side for bar in limits for side in np.nextafter(bar, [0, bar, np.inf])})
    panels = [
        Panel(Person(age=age, sex="female"), [Count(analyte, float(value), unit, comparator=sign)])
        for value in near
        for sign in ("", "<")
    ]
    batch = batch_of(panels)
    outcome = interpret_batch(batch, definitions.general.compiled)
    votes = vote(found, batch.people, outcome.counts[Analyte(analyte)])
    for row, panel in enumerate(panels):
        assert interpret(panel)[analyte].agreement == agreement_of(votes, row)
