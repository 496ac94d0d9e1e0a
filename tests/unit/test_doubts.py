"""What speaks against an estimate beside its values: rows that cannot be true, publishers far away."""

import pytest

from leukon.catalogue import definitions
from leukon.engines.doubts import implausible, unlike_published
from leukon.estimation.exclusions import Exclusion, Tally


@pytest.mark.parametrize(("lost", "refused"), [(0, False), (10, False), (11, True)])
def test_over_one_in_a_hundred_impossible_is_refused(lost, refused):
    """Up to 1 % of the results may be negative or more than anybody has."""
    tally = Tally(entered=990, excluded={Exclusion.IMPLAUSIBLE: lost, Exclusion.NO_VALUE: 500})
    assert (implausible(tally) is not None) == refused


def test_of_a_histogram_nobody_knows_what_was_left_out():
    """Without a tally nothing is refused."""
    assert implausible(None) is None


@pytest.mark.parametrize(
    ("low", "high", "doubted"),
    [(4.0, 10.0, False), (9.0, 34.0, False), (0.4, 1.0, True), (4000.0, 10000.0, True),
     (float("nan"), 10.0, False)],
)  # fmt: skip
def test_another_unit_is_doubted(low, high, doubted):
    """Ten times off everything printed for white cells is said; a newborn's limits are not."""
    assert bool(unlike_published("WBC", low, high)) == doubted


def test_no_published_limit_is_unlike_the_published_ones():
    """Every interval of every voting definition passes."""
    for definition in definitions.voters:
        for limit in definition.limits:
            if limit.votes and limit.low is not None and limit.high is not None:
                ends = limit.canonical(limit.low), limit.canonical(limit.high)
                assert unlike_published(limit.analyte, *ends) == (), limit


def test_a_count_nobody_prints_is_not_doubted():
    """Without a published limit there is nothing to hold it against."""
    assert unlike_published("CD4", 1.0, 2.0) == ()
