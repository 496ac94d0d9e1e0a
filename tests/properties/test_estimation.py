"""What holds for every estimate, whatever the results."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukon.estimation import Estimate, estimate
from leukon.estimation.bins import bin_counts, reporting_step, value_counts
from leukon.estimation.likelihood import evaluate
from leukon.estimation.models import Model
from support.plain_mixture import log_likelihood

CLOSE = 0.02
FEW = settings(max_examples=8)
seeds = st.integers(0, 10_000)


def mixed(seed: int, n: int = 4000, decimals: int = 1) -> np.ndarray:
    """White cells of people, some of them sick."""
    rng = np.random.default_rng(seed)
    parts = [
        np.exp(rng.normal(1.92, 0.25, int(0.85 * n))),
        rng.gamma(6, 0.45, int(0.05 * n)),
        rng.gamma(8, 1.7, int(0.10 * n)),
    ]
    return np.round(np.concatenate(parts), decimals)


def limits(answer: Estimate) -> np.ndarray:
    return np.array([answer.lower.value, answer.upper.value])


@FEW
@given(seed=seeds, factor=st.sampled_from([0.001, 0.25, 1 / 3, 2.54, 1000.0]))
def test_scaling_all_values_scales_the_limits(seed, factor):
    """A change of unit changes the numbers and nothing else."""
    values = mixed(seed)
    scaled = limits(estimate(values * factor))
    assert scaled == pytest.approx(factor * limits(estimate(values)), rel=1e-3)


@FEW
@given(seed=seeds)
def test_far_outliers_hardly_move_the_limits(seed):
    """One result in a hundred, far off, does not reach the limits."""
    values = mixed(seed)
    outliers = np.round(np.random.default_rng(seed + 1).uniform(60, 300, values.size // 100), 1)
    moved = limits(estimate(np.concatenate([values, outliers]))) / limits(estimate(values)) - 1
    assert np.abs(moved).max() < 0.06


@FEW
@given(seed=seeds)
def test_order_of_rows_is_irrelevant(seed):
    """The same results in another order are the same results."""
    values = mixed(seed)
    shuffled = np.random.default_rng(seed).permutation(values)
    assert (limits(estimate(shuffled)) == limits(estimate(values))).all()


@FEW
@given(seed=seeds)
def test_values_and_their_counts_say_the_same(seed):
    """A histogram is enough."""
    values = mixed(seed)
    distinct, counts = np.unique(values, return_counts=True)
    assert (limits(estimate(distinct, counts)) == limits(estimate(values))).all()


def test_doubling_every_count_narrows_the_intervals_only():
    """Twice the same results say the same, with more certainty.

    More results may decide for another shape: of 150 such files, four moved by 3 to 5 %. An interval
    of few replicates is itself uncertain, so that most of them have to be narrower, not all.
    """
    narrower = []
    for seed in range(10):
        distinct, counts = np.unique(mixed(seed, 20_000), return_counts=True)
        once = estimate(distinct, counts, replicates=20)
        twice = estimate(distinct, 2 * counts, replicates=20)
        assert limits(twice) == pytest.approx(limits(once), rel=3 * CLOSE)
        for one, two in ((once.lower, twice.lower), (once.upper, twice.upper)):
            narrower.append((two.high - two.low) / (one.high - one.low))
    assert np.median(narrower) < 0.95


@FEW
@given(seed=seeds)
def test_the_interval_holds_its_limit_and_a_seed_repeats_it(seed):
    """An interval lies around its limit, and the same seed draws the same one."""
    values = mixed(seed, 2000)
    first, again = (estimate(values, replicates=10, seed=seed) for _ in range(2))
    assert first == again
    for limit in (first.lower, first.upper):
        assert limit.low <= limit.value <= limit.high


def test_quantiles_are_in_order():
    """More of the reference group lies below a higher limit."""
    asked = (0.01, 0.025, 0.05, 0.5, 0.95, 0.975, 0.99)
    found = estimate(mixed(1), quantiles=asked).quantiles
    assert [limit.probability for limit in found] == list(asked)
    assert np.all(np.diff([limit.value for limit in found]) > 0)


number = st.floats(-1.0, 1.0)


@settings(max_examples=20)
@given(
    place=st.tuples(number, number, number),
    sick=st.lists(st.tuples(number, number, number), min_size=3, max_size=3),
    which=st.lists(
        st.sampled_from([(-1.0, 1.0), (-1.0, 0.0), (1.0, 0.33), (1.0, 0.0)]), max_size=3
    ),
    flat=number,
)
def test_the_likelihood_equals_the_plain_one(place, sick, which, flat):
    """The compiled likelihood is that of the plain oracle, and its slope is the true slope."""
    values, counts = value_counts(mixed(3, 500), None)
    bins = bin_counts(values, counts, reporting_step(values, counts))
    model = Model(tuple(s for s, _ in which), tuple(p for _, p in which))
    reference = np.array(place) * (0.3, 0.5, 1.2) + (0.0, -1.2, 0.2)
    groups = [np.array(g) * (1.0, 0.4, 0.4) + (-1.5, 1.0, 0.2) for g, _ in zip(sick, which)]  # noqa: B905
    theta = np.concatenate([reference, *groups, [flat - 5.0]])
    gradient, information = np.empty(theta.size), np.empty((theta.size, theta.size))

    def fast(at):
        return evaluate(
            at, bins.counts, bins.logs, bins.flat, np.array(model.sides), np.array(model.powers),
            model.transformed(bins.logs), gradient, information,
        )  # fmt: skip

    edges = [float(edge) / bins.unit for edge in bins.edges]
    plain = log_likelihood(
        theta.tolist(), bins.counts, edges, model.sides, model.powers, bins.span[1] / bins.unit
    )
    assert fast(theta) == pytest.approx(plain, rel=1e-7)
    step = 1e-5 * np.random.default_rng(0).normal(size=theta.size)
    rise = fast(theta + step) - fast(theta - step)
    fast(theta)
    assert rise == pytest.approx(2 * step @ gradient, rel=2e-3, abs=1e-4)
