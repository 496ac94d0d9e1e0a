"""Ages: what a text or two dates say, and how exactly."""

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest

from leukon.ages import (
    ages_between,
    ages_from_completed,
    from_completed,
    month_days,
    parse_age,
    parse_border,
)
from leukon.errors import AgeRefused
from leukon.panel import age_at_draw


@pytest.mark.parametrize(
    ("text", "days", "months"),
    [
        ("12h", (0.5, 13 / 24), (0, 1)),
        ("3d", (3, 4), (0, 1)),
        ("2wk", (14, 21), (0, 1)),
        ("6mo", (181, 215), (6, 7)),
        ("34y", (12417, 12784), (408, 420)),
        ("1y 6mo", (546, 581), (18, 19)),
        ("34 years", (12417, 12784), (408, 420)),
        ("1.5y", (515, 611), (17, 20)),
    ],
)
def test_a_text_is_an_interval_on_two_scales(text, days, months):
    """An age is known to its unit, in elapsed days and in completed months."""
    age = parse_age(text)
    assert (age.days_from, age.days_to) == pytest.approx(days)
    assert (age.months_from, age.months_to) == months


@pytest.mark.parametrize(
    "text", ["", "34", "3.4", "y", "old", "34y 5d", "5mo 3y", "1y 12mo", "3 x"]
)
def test_a_text_without_a_unit_is_refused(text):
    """What can be read in two ways, or not at all, is refused."""
    with pytest.raises(AgeRefused):
        parse_age(text)


@pytest.mark.parametrize("number", [-1, 131])
def test_an_age_that_cannot_be_is_refused(number):
    """Nobody is of a negative age, or over 130."""
    with pytest.raises(AgeRefused):
        from_completed(number, "y")


def test_a_border_is_one_place_on_one_scale():
    """18 years are 216 months; 72 hours are three days."""
    assert parse_border("18y") == ("months", 216.0)
    assert parse_border("72h") == ("days", 3.0)
    with pytest.raises(AgeRefused):
        parse_border("1y 6mo")


def test_impossible_ages_of_a_column_are_unknown():
    """In a column an impossible age is no age, and the others keep theirs."""
    ages = ages_from_completed(np.array([34.0, -1.0, 200.0, np.nan]), "y")
    assert np.isnan(ages.days_from).tolist() == [False, True, True, True]


def test_a_column_of_decimals_has_one_precision():
    """A column printed to one decimal allows for rounding and for cutting."""
    ages = ages_from_completed(np.array([2.0]), "y", step=0.1)
    assert (ages.months_from[0], ages.months_to[0]) == (23, 26)


def test_time_zones_are_compared_in_one():
    """A birth and a draw in two time zones are the same time apart."""
    born = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert age_at_draw(born, datetime(2026, 1, 1, 22, tzinfo=UTC)).days_from == 0.5


def test_a_draw_before_birth_is_refused():
    """One of the two dates is wrong, and which is not guessed."""
    with pytest.raises(AgeRefused, match="age at the draw"):
        age_at_draw(date(2026, 1, 2), date(2026, 1, 1))


def test_unknown_dates_give_unknown_ages():
    """A missing birth date leaves the age open."""
    ages = ages_between(
        np.array(["NaT", "2020-01-01"], dtype="datetime64[s]"),
        np.array(["2021-01-01", "2021-01-01"], dtype="datetime64[s]"),
        clocked=False,
    )
    assert np.isnan(ages.months_from).tolist() == [True, False]


def test_unknown_months_take_unknown_days():
    """Months that are not known take a number of days that is not known."""
    assert np.isnan(month_days(np.array([np.nan]))[0][0])
