"""A batch answers as its panels one by one, whoever is alike; counted votes are the votes cast."""

from unittest import mock

import msgspec
import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from leukon import Analyte
from leukon import definitions as shipped
from leukon.agreement import TALLIED, agreement_of, ballot, shipped_ballot, vote
from leukon.analytes import LINES
from leukon.batch import Column, batch_of, kinds_of
from leukon.compare import interpret_batch
from leukon.grading import grades_on
from leukon.readers.columns import Named
from leukon.readers.mapping import Declared
from leukon.readers.settled import settle, unit_column
from leukon.readers.values import parse
from leukon.reasons import Reason
from leukon.scales import resolve
from leukon.tally import Steps, shipped_steps
from support.generators import cases, catalogues, definitions

SCALES = tuple(map(resolve, ("ctcae-5.0", "ctcae-6.0", "daids-2.1", "who-paediatric-2010")))
PANELS = st.lists(cases().map(lambda case: case.panel), min_size=1, max_size=6)
COLUMNS = ("values", "flags", "reasons", "lower", "upper", "shortfall")


def people_alike(batch):
    """The batch, with the people of whom the same is known made one kind each."""
    people = batch.people
    facts = [*people.ages, people.sex, people.duffy, people.pregnant, people.weeks_from]
    facts += [people.weeks_to, people.specimen, *people.qualifiers.values()]
    told = np.stack(
        [np.nan_to_num(fact.astype(float), nan=-1.0) for fact in facts if fact is not None], axis=1
    )
    _, first, numbers = np.unique(told, axis=0, return_index=True, return_inverse=True)
    kinds = kinds_of(people.rows(first), numbers.reshape(-1).astype(np.intp))
    return msgspec.structs.replace(batch, people=msgspec.structs.replace(people, kinds=kinds))


def same(one, other):
    """Whether two columns are equal, missing values too."""
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def assert_same_outcome(one, other):
    assert list(one.counts) == list(other.counts)
    assert same(one.drivers, other.drivers)
    for kind, compared in one.counts.items():
        for name in COLUMNS:
            assert same(getattr(compared, name), getattr(other.counts[kind], name)), (kind, name)
        assert same(compared.rows, other.counts[kind].rows)


def assert_same_tally(tally, votes):
    """Counted votes are the votes cast, and the ends those of the agreement of each row."""
    for word, flag in TALLIED.items():
        assert tally.counts[word].tolist() == (votes.flags == flag).sum(axis=1).tolist()
    for row in range(len(votes.flags)):
        said = agreement_of(votes, row)
        ends = [None if np.isnan(end[row]) else end[row] for end in (tally.lowest, tally.highest)]
        assert ends == [said.lowest, said.highest]


@given(panels=PANELS, times=st.integers(1, 3), definition=definitions())
def test_people_who_are_alike_are_answered_as_if_each_stood_alone(panels, times, definition):
    """Looking up each kind of person once changes no flag, limit, reason or driver."""
    batch = batch_of(panels * times)
    alone = interpret_batch(batch, definition.compiled)
    together = interpret_batch(people_alike(batch), definition.compiled)
    assert_same_outcome(alone, together)
    for scale in SCALES:
        pairs = zip(
            grades_on(alone, batch, [scale]),
            grades_on(together, people_alike(batch), [scale]),
            strict=True,
        )
        for one, other in pairs:
            for name in ("codes", "reasons", "low", "high", "strata"):
                assert same(getattr(one, name), getattr(other, name))


@given(panels=PANELS, definition=definitions())
def test_a_batch_is_its_panels_one_by_one(panels, definition):
    """Neither flags nor grades of a row depend on what stands beside it."""
    batch = batch_of(panels)
    outcome = interpret_batch(batch, definition.compiled)
    graded = {(g.scale.id, g.analyte): g for g in grades_on(outcome, batch, SCALES)}
    for row, panel in enumerate(panels):
        own = batch_of([panel])
        alone = interpret_batch(own, definition.compiled)
        for kind, compared in alone.counts.items():
            for name in ("flags", "reasons", "lower", "upper"):
                column = getattr(outcome.counts[kind], name)[row : row + 1]
                assert same(getattr(compared, name), column)
        for one in grades_on(alone, own, SCALES):
            beside = graded[one.scale.id, one.analyte]
            assert one.codes[0] == beside.codes[row]
            assert one.reasons[0] == beside.reasons[row]


@given(batches=st.lists(PANELS, min_size=1, max_size=3), catalogue=catalogues())
def test_counted_votes_are_the_votes_cast(batches, catalogue):
    """For any catalogue, batch after batch, and whether or not people are alike."""
    current = [definition for definition in catalogue if not definition.superseded_by]
    steps = {}
    for panels in batches:
        batch = batch_of(panels)
        outcome = interpret_batch(batch, catalogue[0].compiled)
        for kind, compared in outcome.counts.items():
            found = ballot(current, kind)
            if found is None:
                continue
            votes = vote(found, batch.people, compared)
            counted = steps.setdefault(kind, Steps(found))
            for people in (batch.people, people_alike(batch).people):
                assert same(vote(found, people, compared).flags, votes.flags)
                assert_same_tally(counted.tally(people, compared), votes)


@settings(max_examples=25)
@given(panels=PANELS)
def test_counted_votes_of_the_shipped_publishers_are_the_votes_cast(panels):
    """The catalogue that ships, with all its ages."""
    batch = batch_of(panels)
    outcome = interpret_batch(batch, shipped.general.compiled)
    for kind, compared in outcome.counts.items():
        if shipped_ballot(kind) is not None:
            votes = vote(shipped_ballot(kind), batch.people, compared)
            assert_same_tally(shipped_steps(kind).tally(batch.people, compared), votes)


@given(panels=PANELS, kinds=st.sets(st.sampled_from([*LINES, Analyte.SEG, Analyte.CD4])))
def test_columns_of_percentages_with_none_in_them_are_passed_over(panels, kinds):
    """A file whose units may say percent and never do is answered as if each row were looked at."""
    batch = batch_of(panels)
    size = batch.size
    missing = np.full(size, Reason.VALUE_MISSING, dtype=np.int8)
    empty = {kind: Column(np.full(size, np.nan), None, missing) for kind in kinds}
    batch = msgspec.structs.replace(batch, percents=empty, manual=None)
    quick = interpret_batch(batch, shipped.general.compiled)
    with mock.patch("leukon.differential._holds_nothing", return_value=False):
        careful = interpret_batch(batch, shipped.general.compiled)
    assert_same_outcome(quick, careful)
    quick, careful = quick.differential, careful.differential
    assert {k: v.tolist() for k, v in quick.derived.items()} == {
        k: v.tolist() for k, v in careful.derived.items()
    }


@given(
    cells=st.lists(
        st.tuples(
            st.none() | st.integers(0, 99).map(lambda n: n / 10),
            st.sampled_from(["10*9/L", "/uL", "K/uL", "%", "", None]),
        ),
        min_size=1,
    ),
    spare=st.sampled_from(["", "10*9/L"]),
    analyte=st.sampled_from(["WBC", "NEUT"]),
)
def test_units_converted_at_once_are_those_converted_one_by_one(cells, spare, analyte):
    """The one division for a whole column, and each unit's cells by themselves."""
    table = {"values": [c[0] for c in cells], "unit": [c[1] for c in cells]}
    columns = pa.record_batch(table, pa.schema([("values", pa.float64()), ("unit", pa.string())]))
    asked = (Named(Analyte(analyte), ""), unit_column(columns["unit"]), spare, Declared())
    found = [settle(parse(columns["values"]), *asked)]
    with mock.patch("leukon.readers.settled._at_once", return_value=None):
        found.append(settle(parse(columns["values"]), *asked))
    quick, careful = found
    assert same(quick.values, careful.values)
    assert same(quick.reasons, careful.reasons)
    given_values = ~np.isnan(careful.values)
    relative = np.broadcast_to(quick.relative, given_values.shape)
    assert same(
        relative[given_values], np.broadcast_to(careful.relative, relative.shape)[given_values]
    )


def test_every_step_of_every_set_of_limits_is_the_vote_cast():
    """On each limit and beside it, for every row of the shipped ballots: nothing lies in between."""
    for kind in (Analyte.WBC, Analyte.NEUT, Analyte.PLT):
        steps = shipped_steps(kind)
        near = [steps.cuts, np.nextafter(steps.cuts, 0), np.nextafter(steps.cuts, np.inf)]
        values = np.concatenate([*near, [0.0, 1e5]])
        places = steps._finder.steps(values)
        assert places.tolist() == [int((steps.cuts <= value).sum()) for value in values]
