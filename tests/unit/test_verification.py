"""Does a definition hold: shares with exact intervals, sick people taken out, no silent yes."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from leukon import DecisionLimit, ReferenceInterval, estimation
from leukon.errors import UsageError
from leukon.estimation.histogram import value_counts
from leukon.estimation.verification import GRID, exact_interval, verified


def interval(low: float, high: float) -> ReferenceInterval:
    return ReferenceInterval(analyte="WBC", low=low, high=high, unit="10*9/L")


@cache
def results(n: int = 20_000, sick: float = 0.1) -> np.ndarray:
    """Healthy results between 4.0 and 10.2 (the central 95 %), and high ones of the sick."""
    rng = np.random.default_rng(3)
    healthy = np.exp(rng.normal(np.log(6.4), 0.24, n))
    ill = np.exp(rng.normal(np.log(15), 0.3, n))
    return np.round(np.where(rng.random(n) < sick, ill, healthy), 1)


@cache
def estimated(n: int = 20_000):
    return estimation.estimate(*value_counts(results(n), np.ones(n), 0.1), quantiles=GRID, step=0.1)


def verdict(low: float, high: float, **options):
    limit = interval(low, high)
    return verified(results(), low=limit, high=limit, estimate=estimated(), **options)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (0, 20, 0.0, 0.168433),
        (2, 20, 0.012349, 0.316983),
        (20, 20, 0.831567, 1.0),
        (25, 1000, 0.016248, 0.036688),
    ],
)
def test_intervals_are_exact(count, of, low, high):
    """The Clopper-Pearson interval, against the binomial sums it is defined by."""
    found = exact_interval(count, of)
    assert found == pytest.approx((low, high), abs=2e-4)
    for bound, side in zip(found, ("low", "high"), strict=True):
        if 0 < bound < 1:
            assert tail(count, of, bound, side) == pytest.approx(0.025, abs=1e-6)


def tail(count: int, of: int, share: float, side: str) -> float:
    """The chance of as many or more (fewer) at a share, summed term by term."""
    from math import comb

    numbers = range(count, of + 1) if side == "low" else range(count + 1)
    return sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in numbers)


def test_the_true_limits_are_taken_over():
    """The limits of the healthy hold, however many sick results lie outside them."""
    found = verdict(4.0, 10.2)
    assert found.conclusion == "transfer"
    assert found.sides[1].outside.value > 0.09
    assert found.sides[1].reference == pytest.approx(0.025, abs=0.01)


def test_a_limit_that_is_off_is_moved():
    """A lower limit a third of an SD too high is adjusted."""
    assert verdict(round(4.0 * np.exp(0.24 * 0.31), 2), 10.2).conclusion == "adjust"


def test_a_limit_that_is_far_off_is_not_taken():
    """A lower limit of 5.0 would call a seventh of the healthy low."""
    found = verdict(5.0, 10.2)
    assert found.conclusion == "make your own"
    assert found.sides[0].reference == pytest.approx(0.15, abs=0.03)
    assert "SD too high" in found.reasons[0]
    assert found.sides[0].shift > 0.375


def test_the_bounds_can_be_changed():
    """What is far off for one laboratory is good enough for another."""
    assert verdict(5.0, 10.2, tolerance=1.5, beyond=2.0).conclusion == "transfer"
    with pytest.raises(UsageError):
        verdict(4.0, 10.2, tolerance=0.5, beyond=0.1)


def test_a_decision_limit_is_not_judged():
    """Nobody says that 2.5 % lie below a limit that is tied to an action."""
    limit = DecisionLimit(analyte="WBC", low=4.0, unit="10*9/L")
    found = verified(results(), low=limit, high=None, estimate=estimated())
    assert found.conclusion == "cannot say"
    assert "tied to an action" in found.reasons[0]


def test_a_refused_estimate_says_nothing():
    """Where no estimate may be trusted the answer is not yes and not no."""
    few = results()[:150]
    made = estimation.estimate(*value_counts(few, np.ones(150), 0.1), quantiles=GRID, step=0.1)
    found = verified(few, low=interval(4, 10.2), high=None, estimate=made)
    assert found.conclusion == "cannot say"
    assert found.sides[0].shift is None


def test_many_healthy_people_are_judged_by_their_share():
    """From 120 on the share outside each limit decides, and says whether it surely does."""
    healthy = np.sort(results(sick=0.0))[:: 20_000 // 400]
    held = verified(healthy, low=interval(4.0, 10.2), high=interval(4.0, 10.2))
    assert held.conclusion == "transfer"
    off = verified(healthy, low=interval(5.0, 10.2), high=interval(5.0, 10.2))
    assert off.conclusion == "make your own"
    assert off.sides[0].sure


def test_the_interval_of_a_shift_holds_the_shift():
    """With an interval of the limit, the shift has one; it is sure where all of it says the same."""
    made = estimated()
    narrow = replace(made.lower, low=made.lower.value - 0.02, high=made.lower.value + 0.02)
    wide = replace(made.lower, low=made.lower.value - 0.6, high=made.lower.value + 0.6)
    sides = [
        verified(
            results(), low=interval(4.0, 10.2), high=None, estimate=replace(made, lower=lower)
        ).sides[0]
        for lower in (narrow, wide)
    ]
    assert all(side.shift_low < side.shift < side.shift_high for side in sides)
    assert [side.sure for side in sides] == [True, False]
