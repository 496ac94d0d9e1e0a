"""Laws of the set point: it equals the plain one, and does not care how counts are given."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukon import setpoint
from leukon.setpoints import falls
from leukon.setpoints.kernel import surprise
from leukon.setpoints.model import Model
from leukon.setpoints.parameters import shipped
from leukon.setpoints.person import band
from support.plain_setpoint import clusters, plain_band

MODEL = Model(0.33, 0.166, 12.0, 5.0, 0.08, 0.5)
START = date(2019, 1, 1)
counts = st.lists(
    st.tuples(st.floats(0.4, 12.0).map(lambda v: round(v, 2)), st.integers(0, 2000)),
    min_size=1,
    max_size=9,
    unique_by=lambda pair: pair[1],
)


def _given(found):
    return [v for v, _ in found], [(START + timedelta(days=d)).isoformat() for _, d in found]


@given(counts)
@settings(max_examples=60, deadline=None)
def test_equals_the_plain_one(found):
    found = sorted(found, key=lambda pair: pair[1])
    y = [math.log(v / 3.9) for v, _ in found]
    days = [float(d) for _, d in found]
    for coverage in (0.95, 0.99):
        own = band(y, days, MODEL.constants(coverage))
        plain = plain_band(y, days, MODEL, coverage)
        assert (own.level, own.low, own.high) == pytest.approx(plain, abs=1e-3)


@given(counts)
@settings(max_examples=40, deadline=None)
def test_many_people_are_answered_as_one_is(found):
    from leukon.setpoints import fast

    found = sorted(found, key=lambda pair: pair[1])
    y = np.array([math.log(v / 3.9) for v, _ in found])
    days = np.array([float(d) for _, d in found])
    c = MODEL.constants()
    out, steady = fast.latest(y, days, np.array([0, len(y)]), c)
    own = band(y.tolist(), days.tolist(), c)
    ends = [out[0, fast.LEVEL], out[0, fast.LOW], out[0, fast.HIGH]]
    assert ends == pytest.approx([own.level, own.low, own.high], abs=1e-9)
    assert steady.tolist() == pytest.approx(own.steady, abs=1e-9)
    rows = fast.every(y, days, np.array([0, len(y)]), np.ones(len(y), dtype=bool), c).own
    assert np.isnan(rows[0]).all()
    for row in range(1, len(y)):
        before = band(y[:row].tolist(), days[:row].tolist(), c)
        assert rows[row, fast.LOW] == pytest.approx(before.low, abs=1e-9)


def falls_one_by_one(y, days, c):
    """Each occasion against the band of the counts before it, fitted anew."""
    fall, levels, found = 0.0, [], [False]
    groups = clusters(days)
    for place in range(2, len(groups)):
        row = groups[place][0]
        before = band(y[:row], days[:row], c)
        levels.append((before.level, before.square, before.error))
        error = surprise(y[row], before.level, before.square, before.error, c.tau2)
        fall = max(0.0, fall - min(max(error, -c.clip), c.clip) - c.slack)
        found.append(fall > c.alarm + c.alarm_per_occasion * (place + 1))
    return levels, found


@given(
    st.lists(st.tuples(st.floats(-1.5, 1.5), st.integers(1, 120)), min_size=1, max_size=50),
    st.floats(-0.2, 0.05),
    st.sampled_from([5.0, 7.0]),
    st.sampled_from([1, 60, 1 << 13]),
)
@settings(max_examples=80, deadline=None)
def test_all_occasions_at_once_are_looked_at_as_one_by_one(found, slope, nu, most):
    """The very numbers of a fit for each occasion, whatever part of them is made in one go."""
    c = Model(0.33, 0.166, 12.0, nu, 0.08, 0.5).constants()
    days = list(accumulate(float(gap) for _, gap in found))
    y = [slope * place + 0.3 * stray**3 for place, (stray, _) in enumerate(found)]
    levels, alarms = falls_one_by_one(y, days, c)
    groups = clusters(days)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(falls, "_MOST", most)
        told = falls.levels_before(y, groups, [rows[0] for rows in groups[2:]], c)
        assert [tuple(one) for one in told] == levels
        assert falls.alarms(y, groups, c) == alarms


@given(counts, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_order_and_units_do_not_matter(found, random):
    values, dates = _given(found)
    own = setpoint("NEUT", values, dates, unit="10*9/L", age="44y")
    random.shuffle(found)
    values, dates = _given(found)
    other = setpoint("NEUT", [v * 1000 for v in values], dates, unit="/uL", age="44y")
    assert (own.centre, own.low, own.high) == pytest.approx((other.centre, other.low, other.high))


@given(st.floats(0.7, 6.0), st.integers(6, 20), st.floats(0.2, 30.0))
@settings(max_examples=60, deadline=None)
def test_an_excursion_hardly_moves_the_band(level, size, far):
    model = MODEL.constants()
    wobble = [0.12 * math.sin(7.0 * row) for row in range(size)]
    y = [math.log(level / 3.9) + w for w in wobble]
    days = [100.0 * row for row in range(size)]
    before = band(y, days, model)
    after = band([*y, math.log(far / 3.9)], [*days, 100.0 * size], model)
    assert abs(after.level - before.level) < 0.08
    assert after.high - after.low < 1.25 * (before.high - before.low)


@given(st.floats(0.9, 6.0), st.integers(3, 25))
@settings(max_examples=60, deadline=None)
def test_more_steady_counts_never_widen_it_much(level, size):
    model = MODEL.constants()
    y = [math.log(level / 3.9) + 0.1 * math.cos(5.0 * row) for row in range(size + 1)]
    days = [100.0 * row for row in range(size + 1)]
    fewer, more = band(y[:-1], days[:-1], model), band(y, days, model)
    assert more.high - more.low < 1.05 * (fewer.high - fewer.low)


def test_every_model_that_is_shipped_gives_a_band():
    for spread in shipped().models:
        unit = "g/L" if spread.analyte == "HGB" else "10*9/L"
        for age in ("1y", "7y", "44y", "85y"):
            usual = math.exp(shipped().centre(spread.analyte, float(age[:-1]), "female"))
            own = setpoint(
                spread.analyte,
                [usual] * (1 if age == "1y" else 4),
                unit=unit,
                age=age,
                sex="female",
            )
            assert own.low < usual < own.high
            assert own.low_99 < own.low < own.high < own.high_99
