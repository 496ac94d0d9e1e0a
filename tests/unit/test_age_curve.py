"""Limits continuous in age: what they obey, what they refuse, and how near they come to a truth."""

from functools import cache

import numpy as np
import pytest

from leukon.errors import UsageError
from leukon.estimation import estimate
from leukon.estimation.age_curve import AgeCurve, estimate_by_age
from leukon.estimation.age_table import BEYOND, FEW, NOBODY, YOUNG, border_days, spans, why_not
from leukon.estimation.splines import Basis

YEAR = 365.25
PLACES = np.array([400.0, 900.0, 2500.0, 6000.0])


def falling(days):
    """The centre of the made children's counts, falling with age."""
    return 10.5 * np.exp(-0.13 * np.log(days / 200.0))


@cache
def children(n=9000, seed=5, flat=False):
    """Ages and results of children of whom 12 % are sick, rounded to 0.1."""
    rng = np.random.default_rng(seed)
    days = (0.7 + 17.3 * rng.random(n) ** 2) * YEAR
    centre = np.full(n, 7.0) if flat else falling(days)
    low, high = rng.random((2, n)) < np.array([[0.04], [0.08]])
    score = rng.normal(0, 1, n) - 3.5 * low + 3.5 * high * ~low
    return days, np.round(centre * np.exp(0.25 * score), 1)


@cache
def curve(factor=1.0, *, turned=False, flat=False):
    """The curve of the made children, their values scaled or their order turned round."""
    days, values = children(flat=flat)
    if turned:
        days, values = days[::-1], values[::-1]
    return estimate_by_age(np.round(values * factor, 1), days)


def read(found: AgeCurve, days=PLACES):
    """Lower and upper limits at some ages."""
    return np.array([[limit.value for limit in row] for row in found.curves[0].over(days)])


def test_limits_follow_the_truth() -> None:
    """Both limits stay within 0.3 SD of the truth at every age, though 12 % are sick."""
    score = np.log(read(curve()) / falling(PLACES)[:, None]) / 0.25
    assert np.abs(score - [-1.96, 1.96]).max() < 0.3


def test_scaled_values_scale_the_curve() -> None:
    """Ten times the values, ten times the limits."""
    assert read(curve(10.0)) == pytest.approx(10.0 * read(curve()), rel=1e-3)


def test_the_order_of_rows_is_irrelevant() -> None:
    """Turning the rows round moves no limit."""
    assert read(curve(turned=True)) == pytest.approx(read(curve()), rel=1e-9)


def test_where_nothing_depends_on_age_the_curve_is_flat_and_that_of_one_group() -> None:
    """A population that is the same at every age has the limits of a single estimate."""
    _, values = children(flat=True)
    one = estimate(values)
    found = read(curve(flat=True))
    assert np.ptp(np.log(found), axis=0).max() < 0.08
    assert found.mean(axis=0) == pytest.approx([one.lower.value, one.upper.value], rel=0.05)


def test_intervals_hold_their_limits_and_need_replicates() -> None:
    """Each limit lies in its interval; without replicates there is none."""
    days, values = children()
    drawn = estimate_by_age(values, days, replicates=4).at(2500.0)
    assert all(limit.low < limit.value < limit.high for limit in drawn)
    assert all(limit.low is None for limit in curve().at(2500.0))


def test_a_row_without_results_says_so() -> None:
    """Nothing is tabulated where there are no results, and the reason stands in the row."""
    reasons = {row.partition.age_from: row.reason for row in curve().table()}
    assert (reasons["20y"], reasons["5y"]) == (NOBODY, None)


@pytest.mark.parametrize(
    ("oldest", "size", "why"), [(18.9, 4000, BEYOND), (18.9, 200, FEW), (19.1, 4000, None)]
)
def test_why_a_row_is_not_published(oldest: float, size: int, why: str | None) -> None:
    """A row whose middle nobody reaches is not one of few results."""
    (row,) = spans(["18y", "20y"])
    days = np.linspace(2.0 * YEAR, oldest * YEAR, size)
    assert why_not(row, days, np.ones(size), in_hours=False) == why


def test_newborns_need_ages_in_hours() -> None:
    """Ages under 28 days are left out, and counted, unless ages are exact to the hour."""
    days, values = children()
    young = np.concatenate([np.linspace(0, 27, 300), days])
    found = estimate_by_age(np.concatenate([values[:300], values]), young)
    assert found.left_out == {YOUNG: 300.0}
    assert "0h" not in {row.partition.age_from for row in found.table()}
    exact = estimate_by_age(values[:700], np.linspace(0, 300, 700), in_hours=True)
    assert exact.left_out == {}
    assert exact.table()[0].partition.age_from == "0h"


def test_percentiles_of_everybody() -> None:
    """For people chosen as healthy, 2.5 % of all results lie under the lower limit."""
    days, values = children()
    found = estimate_by_age(values, days, everybody=True)
    places, where = np.unique(days, return_inverse=True)
    limits = read(found, places)[where]
    assert 100 * np.mean(values < limits[:, 0]) == pytest.approx(2.5, abs=0.5)
    assert 100 * np.mean(values > limits[:, 1]) == pytest.approx(2.5, abs=0.5)


def test_sexes_have_a_curve_each() -> None:
    """With a sex for each result there are two curves; who has none is in neither."""
    days, values = children()
    sex = np.where(np.arange(days.size) % 3 == 0, "female", "male").astype(object)
    sex[:90] = ""
    found = estimate_by_age(values[:1500], days[:1500], sex=sex[:1500])
    assert [one.sex for one in found.curves] == ["female", "male"]
    assert sum(one.n for one in found.curves) == 1410
    with pytest.raises(UsageError, match="no curve"):
        found.of("")


@pytest.mark.parametrize(
    ("size", "spread", "code"),
    [(40, 1.0, "too-few-results"), (300, 1.0, "too-few-results"), (900, 0.0, "one-age")],
)
def test_what_cannot_be_fitted_is_refused(size: int, spread: float, code: str) -> None:
    """Few results, or results of one age, are refused by name, and the table says why."""
    days, values = children()
    found = estimate_by_age(values[:size], 3000 + spread * (days[:size] - 3000))
    assert found.refusal is not None
    assert found.refusal.code == code
    assert all(row.reason for row in found.table(["1y", "10y"]))


def test_negative_values_are_refused() -> None:
    """A negative result stops the estimate, as it does for one group."""
    days, values = children()
    found = estimate_by_age(np.append(values[:800], -1.0), days[:801])
    assert found.refusal is not None
    assert found.refusal.code == "negative-values"


@pytest.mark.parametrize(
    "wrong",
    [{"ages": [1.0]}, {"sex": ["f", "m"]}, {"quantiles": (0.0,)}, {"counts": [1.0]}],
)
def test_arrays_that_do_not_belong_together_are_refused(wrong: dict[str, object]) -> None:
    """Lengths that differ, unknown sexes and impossible quantiles are told."""
    given = {"values": [4.0, 5.0], "ages": [1.0, 2.0], **wrong}
    with pytest.raises(UsageError):
        estimate_by_age(**given)


@pytest.mark.parametrize("borders", [["1y"], ["2y", "1y"], ["1y", "old"]])
def test_borders_that_are_none_are_refused(borders: list[str]) -> None:
    """Borders go up, can be read, and are at least two."""
    with pytest.raises(UsageError):
        spans(borders)


def test_a_border_counts_in_days() -> None:
    """Hours, days, months and years are put on one scale."""
    assert [border_days(text) for text in ("12h", "3d", "2mo")] == [0.5, 3.0, 60.875]


def test_bending_costs_nothing_for_a_straight_line() -> None:
    """The penalty of a spline lets a straight line go free."""
    basis = Basis(0.0, 1.0, 6)
    line = np.arange(basis.size, dtype=float)
    assert line @ basis.bending @ line == pytest.approx(0.0)
