"""The one call: what it refuses, what it warns of, what it finds in the values."""

import math

import numpy as np
import pytest
from scipy.stats import norm

import leukon
from leukon.errors import UsageError
from leukon.estimation import Estimate, estimate
from leukon.estimation.answer import Group, Limit
from leukon.estimation.bins import MOST_BINS, bin_counts, reporting_step, value_counts
from leukon.estimation.refusal import Findings, reason_to_refuse, unsure, warnings_of

SOUND = Findings(
    n=10_000, sick=0.1, rival=0.1, steps=60, negative=0, absurd=0, spread=0.25, misfit=1.0,
    converged=True,
)  # fmt: skip


def white_cells(n: int = 5000, seed: int = 1) -> np.ndarray:
    return np.round(np.exp(np.random.default_rng(seed).normal(1.917, 0.25, n)), 1)


def code(answer: Estimate) -> str:
    return answer.refusal.code if answer.refusal else ""


def changed(**facts: float) -> Findings:
    return Findings(**{**vars(SOUND), **facts})


def test_the_front_door_leads_to_it():
    """`leukon.estimate` is this call."""
    assert leukon.estimate is estimate


def test_the_truth_is_found_where_nobody_is_sick():
    """Log-normal results: 4.17 to 11.10."""
    answer = estimate(white_cells(20_000))
    assert answer.refusal is None
    assert answer.lower.value == pytest.approx(4.17, rel=0.03)
    assert answer.upper.value == pytest.approx(11.10, rel=0.03)
    assert answer.step == pytest.approx(0.1)
    assert answer.sick_share < 0.1


def test_the_densities_sum_to_one():
    """What is drawn over the histogram covers all results."""
    answer = estimate(np.concatenate([white_cells(), np.linspace(12, 25, 700).round(1)]))
    x = np.linspace(0.001, answer.span[1], 20_001)
    reference, sick = answer.density(x)
    assert np.trapezoid(reference + sick, x) == pytest.approx(1.0, abs=0.01)
    assert np.trapezoid(sick, x) > 0.05


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (white_cells(399), "too-few-results"),
        (np.full(1000, 5.0), "one-repeated-value"),
        (np.zeros(1000), "no-results"),
        (np.array([]), "no-results"),
        (np.append(white_cells(), -1.0), "negative-values"),
        (np.append(white_cells(), white_cells(500, 2) * 1000), "absurd-values"),
        (np.round(white_cells() / 3) * 3, "rounding-too-coarse"),
        (np.append(white_cells(5000), white_cells(5000, 3) + 14), "two-peaks"),
        (np.append(white_cells(1000), white_cells(350, 3) * 3), "few-and-sick"),
    ],
)
def test_what_cannot_be_trusted_is_refused(values, expected):
    """Each way in which results are no basis has a name."""
    assert code(estimate(values)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"sick": 0.7}, "mostly-sick"),
        ({"rival": 1.1}, "two-peaks"),
        ({"n": 4999, "sick": 0.3}, "few-and-sick"),
        ({"n": 399}, "too-few-results"),
        ({"steps": 3}, "rounding-too-coarse"),
        ({"negative": 1}, "negative-values"),
        ({"absurd": 500}, "absurd-values"),
        ({}, ""),
    ],
)
def test_each_finding_has_its_refusal(facts, expected):
    """The first reason is the one that is said."""
    refusal = reason_to_refuse(changed(**facts))
    assert (refusal.code if refusal else "") == expected
    assert refusal is None or (refusal.message and refusal.hint)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"n": 900}, "untested-size"),
        ({"spread": 2.5}, "untested-spread"),
        ({"sick": 0.7}, "untested-sick-share"),
        ({"steps": 8}, "coarse-rounding"),
        ({"misfit": 2.0}, "poor-fit"),
        ({"converged": False}, "not-converged"),
    ],
)
def test_outside_what_was_tested_there_is_a_warning(facts, expected):
    """Never a number without a warning where the method was not tried."""
    assert [found for found, _ in warnings_of(changed(**facts))] == [expected]


def test_a_refused_estimate_has_its_values():
    """The refusal forbids to publish them, not to look at them."""
    answer = estimate(white_cells(399))
    assert answer.lower.value == pytest.approx(4.2, rel=0.15)


def test_nothing_can_be_estimated_of_nothing():
    """Without results above 0 the limits are no numbers."""
    answer = estimate(np.zeros(500), replicates=10)
    assert math.isnan(answer.lower.value)
    assert answer.reference is None
    assert [part.tolist() for part in answer.density(np.array([1.0]))] == [[0.0], [0.0]]


def test_a_wrong_call_is_said():
    """Counts that belong to no values, a quantile or a step that is none, no values, one draw."""
    with pytest.raises(UsageError, match="3 counts for 2 values"):
        estimate([1, 2], [1, 2, 3])
    with pytest.raises(UsageError, match="no quantile"):
        estimate(white_cells(500), quantiles=(0.0,))
    with pytest.raises(UsageError, match="no values"):
        estimate()
    for step in (0.0, -0.1, math.nan):
        with pytest.raises(UsageError, match="reporting step"):
            estimate(white_cells(500), step=step)
    with pytest.raises(UsageError, match="make no interval"):
        estimate(white_cells(500), replicates=1)


@pytest.mark.parametrize("step", [1.0, 0.1, 0.01, 0.05, 5.0, 0.254])
def test_the_reporting_step_is_found(step):
    """From the values alone, also where a few were rounded in another way."""
    values = np.rint(white_cells(3000) * 10 + 40) * step
    values = np.append(values, values[:30] + step / 3)
    assert reporting_step(*value_counts(values, None)) == pytest.approx(step, rel=1e-6)


def test_unrounded_values_have_no_step():
    """Where every value is another, edges lie between neighbours."""
    values = np.random.default_rng(0).lognormal(2, 0.3, 2000)
    assert reporting_step(*value_counts(values, None)) is None


def test_bins_hold_every_result_once():
    """Merging neighbours loses nothing, and edges lie halfway between steps."""
    values, counts = value_counts(white_cells(50_000), None)
    bins = bin_counts(values, counts, 0.1)
    assert bins.counts.sum() == 50_000
    assert bins.counts.size <= MOST_BINS
    assert np.allclose(np.mod(bins.edges[1:-1] / 0.1, 1), 0.5)
    assert bins.flat.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("below", [2.0, 12.0, 30.0])
def test_a_group_nearly_all_below_zero_has_its_shape(below):
    """Far out the cut-off normal is that of scipy, and no division by zero is made."""
    group = Group("low", share=0.1, power=0.33, unit=6.0, centre=-1 / 0.33 - below, spread=1.0)
    x = np.array([1e-4, 0.01, 0.1, 0.5])
    z = group.scores(x)
    expected = -np.expm1(norm.logsf(z) - norm.logsf(below))
    assert group.cumulative(x) == pytest.approx(expected, abs=1e-9)
    assert np.isfinite(group.density(x)).all()
    assert group.cumulative(np.array([group.quantile(0.4)]))[0] == pytest.approx(0.4, abs=1e-6)


def test_a_limit_that_the_results_hardly_tell_is_named():
    """An interval over two fifths of the distance between the limits is a warning, by its name."""
    sure, wide = Limit(0.025, 4.0, 3.5, 4.5), Limit(0.975, 10.0, 8.0, 11.0)
    assert [code for code, _ in unsure(sure, wide)] == ["unsure-limit"]
    assert "upper limit spans 50%" in unsure(sure, wide)[0][1]
    assert unsure(sure, Limit(0.975, 10.0)) == ()
