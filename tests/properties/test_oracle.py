"""Everything that interprets equals the plain oracle, for any panel and any definition."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from leukon import Analyte, definitions
from leukon.agreement import agreement_of, ballot, shipped_ballot, vote
from leukon.batch import batch_of
from leukon.compare import interpret_batch
from support.engines import Answers, by_batch, by_oracle, by_python
from support.generators import Case, cases, catalogues
from support.generators import definitions as any_definition
from support.oracle import judge
from support.plain_agreement import agreement
from support.plain_counts import OnTheEdge, absolute_amounts

thorough = settings(max_examples=2 * settings.default.max_examples)
"""For the tests that hold everything together: planted faults of rare cases need more examples."""


def expected(case: Case, definition) -> Answers:
    """What the oracle says; an example that lies on the edge of a tolerance is passed over."""
    try:
        return by_oracle(judge(case.panel, definition, age=case.age))
    except OnTheEdge:
        assume(False)
        raise


@thorough
@given(case=cases(), definition=any_definition())
def test_one_panel_equals_the_oracle(case, definition):
    """One panel, interpreted, has the oracle's flags, limits, reasons and driver."""
    wanted = expected(case, definition)
    assert by_python(case.panel, definition) == wanted


@thorough
@given(many=st.lists(cases(), min_size=2, max_size=5), definition=any_definition())
def test_a_batch_equals_the_oracle_row_by_row(many, definition):
    """A panel's answer does not depend on the panels that stand beside it in a batch."""
    wanted = [expected(case, definition) for case in many]
    assert by_batch([case.panel for case in many], definition) == wanted


@given(case=cases(), name=st.sampled_from(sorted(definitions)))
def test_every_shipped_definition_equals_the_oracle(case, name):
    """The shipped definitions answer as the oracle does."""
    definition = definitions[name]
    assert by_python(case.panel, definition) == expected(case, definition)


def votes_of(panel, analyte, found, definition):
    """The agreement of the array code, as the oracle words it."""
    batch = batch_of([panel])
    compared = interpret_batch(batch, definition.compiled).counts[analyte]
    told = agreement_of(vote(found, batch.people, compared), 0)
    tally = {name: getattr(told, name) for name in ("low", "within", "high", "mixed")}
    return {
        **tally,
        "undetermined": told.undetermined,
        "lowest": told.lowest,
        "highest": told.highest,
    }


def in_floats(said):
    """The oracle's agreement with its limits as floats."""
    limits = ("lowest", "highest")
    return {k: float(v) if k in limits and v is not None else v for k, v in said.items()}


@thorough
@given(case=cases(), catalogue=catalogues())
def test_agreement_equals_the_oracle(case, catalogue):
    """Each publisher's vote is the oracle's, for any catalogue."""
    current = [definition for definition in catalogue if not definition.superseded_by]
    check_agreement(case, catalogue, lambda analyte: ballot(current, analyte))


@given(case=cases())
@settings(max_examples=25)
def test_shipped_agreement_equals_the_oracle(case):
    """The shipped publishers vote as the oracle says."""
    check_agreement(case, list(definitions.values()), shipped_ballot)


def check_agreement(case, catalogue, ballot_on):
    try:
        amounts = absolute_amounts(case.panel)
    except OnTheEdge:
        assume(False)
        raise
    for analyte, amount in amounts.items():
        found = ballot_on(Analyte(analyte))
        said = agreement(case.panel, amount, analyte, catalogue=catalogue, age=case.age)
        if found is None:
            assert not any(said.values())
        else:
            told = votes_of(case.panel, Analyte(analyte), found, definitions.general)
            assert told == in_floats(said)
