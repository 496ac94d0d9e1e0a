"""An age, as leukon keeps it, is every age the calendar allows, and no other."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from leukon.ages import Age, month_days, parse_age
from leukon.panel import age_at_draw
from support import plain_ages
from support.generators import ages_in_words, dates


def same(found: Age, wanted: plain_ages.PlainAge) -> bool:
    """Whether two ages allow the same completed months and elapsed days."""
    mine = plain_ages.of_age(found)
    return [piece.months for piece in mine] == [piece.months for piece in wanted] and all(
        abs(one.start - other.start) < 1e-6 and abs(one.end - other.end) < 1e-6
        for one, other in zip(mine, wanted, strict=True)
    )


@given(text=ages_in_words())
def test_a_stated_age_is_every_age_it_may_mean(text):
    """A text such as "34y" is all the elapsed days and completed months it may stand for."""
    assert same(parse_age(text), plain_ages.stated(text))


@given(pair=dates())
def test_the_age_between_two_dates_is_the_calendars(pair):
    """Two dates, or two moments, give the oracle's age."""
    assert same(age_at_draw(*pair), plain_ages.at_draw(*pair))


@given(months=st.integers(0, 130 * 12))
def test_months_take_as_many_days_as_some_birth_gives(months):
    """The fewest and the most days of so many months are found by trying births."""
    least, most = month_days(float(months))
    assert (int(least), int(most)) == plain_ages.days_taken(months)


@given(born=st.dates(date(1900, 1, 1), date(2020, 12, 31)), years=st.integers(1, 100))
def test_a_birthday_is_reached_on_its_day(born, years):
    """The day before a birthday a person is a year younger."""
    birthday = plain_ages.months_after(born, 12 * years)
    assert age_at_draw(born, birthday).months_from == 12 * years
    assert age_at_draw(born, birthday - timedelta(days=1)).months_from == 12 * years - 1
