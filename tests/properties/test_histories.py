"""Laws of many people's own levels: each is answered as one person is, in whatever order rows come."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukon import setpoint
from leukon.analytes import Analyte
from leukon.panel import COMPARATORS
from leukon.setpoints import answers, eligibility, many, rules, windows
from leukon.setpoints.parameters import shipped
from leukon.setpoints.person import SetPoint

EPOCH = date(1970, 1, 1)
START = (date(2019, 1, 1) - EPOCH).days
BORN = (date(1975, 6, 1) - EPOCH).days
SEXES = {0: None, 1: "female", 2: "male"}
DUFFY = {0: None, 2: "null"}

draw = st.fixed_dictionaries(
    {
        "person": st.integers(0, 3),
        "day": st.integers(0, 1500) | st.sampled_from([0, 30, 31, 200]),
        "value": st.sampled_from([math.nan, 0.0]) | st.floats(0.4, 9.0).map(lambda v: round(v, 2)),
        "sign": st.sampled_from([0, 0, 0, 0, 1]),
        "left_out": st.sampled_from([0, 0, 0, 0, many.LEFT_OUT_CODES["in-hospital"]]),
        "pregnant": st.sampled_from([False, False, False, True]),
    }
)
histories = st.lists(draw, min_size=1, max_size=24)


def draws_of(rows, sexes=(1, 2, 0, 1), duffies=(0, 0, 2, 2)):
    days = np.array([START + row["day"] for row in rows], dtype=float)
    age = days - BORN
    return many.Draws(
        np.array([row["person"] for row in rows]),
        days,
        age,
        age,
        np.array([sexes[row["person"]] for row in rows], dtype=np.int8),
        np.array([duffies[row["person"]] for row in rows], dtype=np.int8),
        np.array([row["pregnant"] for row in rows]),
        np.array([row["left_out"] for row in rows], dtype=np.int8),
    )


def bands_of(rows):
    values = np.array([row["value"] for row in rows])
    signs = np.array([row["sign"] for row in rows], dtype=np.int8)
    return many.bands(draws_of(rows), values, signs, Analyte.NEUT, shipped())


def one_by_one(rows, place, sexes=(1, 2, 0, 1), duffies=(0, 0, 2, 2), with_now=False):
    """The set point of one draw, from the draws of the same person before it."""
    now = rows[place]
    before = [
        row
        for row in rows
        if row["person"] == now["person"]
        and row["day"] < now["day"]
        and row["pregnant"] == now["pregnant"]
        and row["value"] > 0
        and not row["sign"]
        and not row["left_out"]
    ]
    dates = [EPOCH + timedelta(days=START + row["day"]) for row in before]
    # The count itself, left out, says when "now" is: what is usual is so at its age.
    today = EPOCH + timedelta(days=START + now["day"])
    return setpoint(
        "NEUT",
        [*(row["value"] for row in before), now["value"] if with_now else 1.0],
        [*dates, today],
        unit="10*9/L",
        age=f"{START + now['day'] - BORN}d",
        sex=SEXES[sexes[now["person"]]],
        duffy=DUFFY[duffies[now["person"]]],
        left_out={} if with_now else {len(before): "not-earlier"},
    )


@given(histories)
@settings(max_examples=60, deadline=None)
def test_each_draw_is_answered_as_one_person_is(rows):
    """The band of a draw is the one that `setpoint` gives from the draws before it."""
    found = bands_of(rows)
    for place in range(len(rows)):
        own = one_by_one(rows, place)
        reason = many.NO_BAND[found.reason[place]]
        assert reason.replace("all-left-out", "no-history") == own.reason
        if own.reason:
            continue
        ends = ("centre", "low", "high", "low_99", "high_99", "change_low", "change_high")
        got = [getattr(found, name)[place] for name in ends]
        assert got == pytest.approx([getattr(own, name) for name in ends], rel=1e-3)
        assert found.n_effective[place] == pytest.approx(own.n_effective, abs=1e-3)
        assert found.span_days[place] == own.span_days
        facts = ("provisional", "usual")
        assert [bool(getattr(found, name)[place]) for name in facts] == [
            getattr(own, name) for name in facts
        ]
        looked_at = rows[place]["value"] > 0 and not rows[place]["sign"]
        now = one_by_one(rows, place, with_now=True) if looked_at else own
        assert found.falling[place] == (own.falling or now.falling)
        assert found.stood_higher[place] == (own.stood_higher or now.stood_higher)
        assert found.steady_days[place] == own.steady_days


@given(histories, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_does_not_matter(rows, random):
    """Rows may come in any order: each keeps its answer."""
    places = list(range(len(rows)))
    random.shuffle(places)
    found, other = bands_of(rows), bands_of([rows[place] for place in places])
    for name in ("low", "high_99", "n_effective", "reason", "falling", "steady"):
        once, again = getattr(found, name)[places], getattr(other, name)
        if name == "steady":
            # Of two equal counts of one moment either may be the one that enters.
            once, again = np.sort(once), np.sort(again)
        assert np.allclose(once, again, equal_nan=True)
    assert sorted(found.left_out) == sorted(other.left_out)


def test_an_age_in_years_narrows_with_every_draw():
    """Two draws at 43 and 44 years, 10 days apart, say the birthday to 10 days."""
    days = np.array([18_000.0, 18_010.0])
    draws = many.Draws(
        np.zeros(2, dtype=int), days, np.array([43 * 365.25, 44 * 365.25]),
        np.array([44 * 365.25, 45 * 365.25]), *(np.zeros(2, dtype=np.int8),) * 2,
        np.zeros(2, dtype=bool), np.zeros(2, dtype=np.int8),
    )  # fmt: skip
    assert many.of_each_person(draws).years == pytest.approx([43.99, 44.01], abs=0.01)


def test_draws_of_nobody_have_no_history():
    """Rows that name no person are never taken for the same one."""
    rows = [{"person": 0, "day": 100 * n, "value": 2.0, "sign": 0, "left_out": 0, "pregnant": False}
            for n in range(3)]  # fmt: skip
    draws = draws_of(rows)
    nobody = many.Draws(
        np.full(3, -1), draws.days, draws.age_from, draws.age_to, draws.sex, draws.duffy,
        draws.pregnant, draws.left_out,
    )  # fmt: skip
    found = many.bands(nobody, np.full(3, 2.0), None, Analyte.NEUT, shipped())
    assert {many.NO_BAND[code] for code in found.reason} == {"no-person"}
    assert {many.LEFT_OUT[code] for code in found.left_out} == {"no-person"}


def plain_answer(seen, own, withheld):
    """As the rules are applied to one count."""
    if own.reason:
        return "", (), own.reason
    place = rules.place_of(seen, own.low, own.high)
    young = rules.too_young(own.n_effective, own.span_days)
    held = rules.is_held(own.span_days, own.steady_days)
    more = rules.withheld_by_history(
        place, usual=own.usual and held, falling=own.falling, stood_higher=own.stood_higher
    )
    why = (*withheld, *more)
    answer = rules.answer_for(seen.flag, place, young=bool(young), calm=not why)
    if not answer:
        return "", (), rules.why_no_answer(seen, young)
    return answer, why if answer == rules.LOW_BY_DEFINITION else (), young


FLAGS = ("low", "critical-low", "within", "high", "critical-high", "undetermined")
values = st.floats(0.2, 8.0) | st.sampled_from([math.nan, 1.0, 3.0])
signs = st.sampled_from(["", "", "", "<", "<=", ">=", ">"])


@given(
    values,
    signs,
    st.sampled_from(FLAGS),
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
    st.sets(st.sampled_from(["no-context", "haemoglobin-low"])),
    st.tuples(st.floats(0, 9), st.floats(0, 900), st.floats(0, 900) | st.sampled_from([90, 365])),
    st.sampled_from(many.NO_BAND[:5]),
)
@settings(max_examples=400, deadline=None)
def test_the_rules_on_arrays_are_the_rules(value, sign, flag, facts, withheld, length, reason):
    """Answer, reasons to withhold and reason for none are those of the rules for one count."""
    low, high = (None, None) if reason else (1.0, 3.0)
    own = SetPoint(
        analyte="NEUT", unit="10*9/L", low=low, high=high, n_effective=length[0],
        span_days=length[1], usual=facts[0], falling=facts[1], reason=reason,
        stood_higher=facts[2], steady_days=length[2],
    )  # fmt: skip
    seen = rules.Seen(None if math.isnan(value) else value, sign, flag)
    none, no = np.array([math.nan]), np.array([False])
    bands = many.Bands(
        *(np.array([x or math.nan]) for x in (None, low, high, None, None)),
        np.array([length[0]]), np.array([3]), none, np.array([length[1]]), no,
        np.array([facts[0]]), np.array([facts[1]]), np.array([facts[2]]),
        np.array([length[2]]), none, none, none,
        np.array([0], dtype=np.int8), np.array([many.NO_BAND_CODES[reason]], dtype=np.int8),
    )  # fmt: skip
    found = answers.answers(
        counted(value, sign, flag), bands, np.array([answers.bits_of(withheld)])
    )
    got = (
        answers.ANSWER[found.answer[0]],
        set(answers.withheld_words(int(found.withheld[0]))),
        answers.REASON[found.reason[0]],
    )
    answer, why, no_answer = plain_answer(seen, own, tuple(sorted(withheld)))
    assert got == (answer, set(why), no_answer)


def counted(value, sign, flag):
    return answers.Counted(
        np.array([value]),
        np.array([COMPARATORS.index(sign)], dtype=np.int8),
        np.array([FLAGS.index(flag)], dtype=np.int8),
        FLAGS,
    )


given_count = st.none() | st.tuples(values, signs, st.sampled_from(FLAGS))


@given(given_count, given_count, given_count, st.integers(0, 5))
@settings(max_examples=300, deadline=None)
def test_what_the_counts_forbid_is_what_the_rules_forbid(
    neutrophils, haemoglobin, platelets, grade
):
    """The other counts of a panel withhold the same on arrays."""
    panel = {"NEUT": neutrophils, "HGB": haemoglobin, "PLT": platelets}
    one_by_one = {
        name: rules.Seen(None if math.isnan(one[0]) else one[0], *one[1:])
        for name, one in panel.items()
        if one is not None
    }
    arrays = [None if one is None else counted(*one) for one in panel.values()]
    critical = [one is not None and one[2] == "critical-low" for one in panel.values()]
    found = answers.withheld_by_counts(
        *arrays,
        worst_grade=np.array([grade], dtype=np.int8),
        critically_low=np.array([any(critical)]),
    )
    assert set(answers.withheld_words(int(found[0]))) == set(
        rules.withheld_by_counts(one_by_one, grade)
    )


events = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(eligibility.EVENTS), st.integers(-400, 400)),
    max_size=6,
)
circumstances = st.lists(
    st.tuples(
        st.integers(0, 1), st.integers(-300, 300), st.booleans(), st.booleans(), st.booleans()
    ),
    min_size=1,
    max_size=8,
)


@given(circumstances, events)
@settings(max_examples=200, deadline=None)
def test_near_an_event_is_near_for_all(rows, told):
    """Which draws may not enter, and which are of a pregnancy, is as for one draw."""
    persons, days, hospital, drug, pregnant = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    given_ = windows.Told(
        np.array([who for who, _, _ in told], dtype=np.int64),
        np.array([eligibility.EVENTS.index(kind) for _, kind, _ in told], dtype=np.int8),
        np.array([day for _, _, day in told], dtype=np.int64),
    )
    days = days + 0.4
    out = windows.left_out(persons, days, given_, in_hospital=hospital, on_drug=drug)
    series = windows.in_pregnancy(persons, days, given_, pregnant)
    for place, (who, day, ward, medicine, expecting) in enumerate(rows):
        today = EPOCH + timedelta(days=day)
        theirs = [(kind, EPOCH + timedelta(days=when)) for one, kind, when in told if one == who]
        births = [when for kind, when in theirs if kind == eligibility.BIRTH]
        one = eligibility.Circumstances(
            in_hospital=ward,
            near=eligibility.events_near(today, theirs),
            on_listed_drug=medicine,
        )
        assert many.LEFT_OUT[out[place]] == one.reason
        assert series[place] == eligibility.in_pregnancy(today, births, pregnant=expecting)


@given(st.lists(st.sampled_from([None, "a", "b", "c"]), max_size=30), st.integers(1, 7))
@settings(max_examples=150, deadline=None)
def test_blocks_never_part_a_person(names, size):
    """Sorted rows come back whole, in order, each person in one block."""
    import pyarrow as pa

    from leukon.engines.histories import whole_persons

    ordered = sorted(names, key=lambda name: (name is not None, name or ""))
    table = pa.table(
        {"practice": pa.nulls(len(ordered), pa.string()), "person": pa.array(ordered, pa.string())}
    )
    batches = (batch for batch in table.to_batches(max_chunksize=size) if batch.num_rows)
    blocks = [block.column("person").to_pylist() for block in whole_persons(batches)]
    assert [name for block in blocks for name in block] == ordered
    for name in ("a", "b", "c"):
        assert sum(name in block for block in blocks) <= 1
