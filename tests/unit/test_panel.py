"""Counts, people and panels: frozen, and right from birth."""

from datetime import date

import pytest

from leukon import Count, Panel, Person
from leukon.batch import batch_of
from leukon.errors import InputRefused, PersonRefused, ValueRefused
from leukon.reasons import SLUGS, TEXTS, Reason

UNIT = "10*9/L"


def test_a_count_is_converted_once():
    """The value in the unit leukon computes in stands beside the one that was printed."""
    count = Count("neut", 1500, "/uL")
    assert (count.analyte, count.value, count.canonical, count.is_percentage) == (
        "NEUT",
        1500,
        1.5,
        False,
    )


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf"), 501])
def test_a_value_that_cannot_be_is_refused(value):
    """Negative, infinite, no number, more than anybody has."""
    with pytest.raises(ValueRefused):
        Count("WBC", value, UNIT)


def test_shares_have_their_own_bounds():
    """A percentage ends at 100; nucleated red cells per 100 white cells do not."""
    with pytest.raises(ValueRefused):
        Count("NEUT", 100.1, "%")
    assert Count("NRBC", 400, "/100{WBC}").is_percentage


def test_a_count_without_a_value_says_why():
    """An absent value has a reason; an unknown reason is refused."""
    assert Count("WBC", None).reason is Reason.VALUE_MISSING
    assert Count("WBC", None, absent="pending").reason is Reason.PENDING
    assert Count("NEUT", None, "%").is_percentage
    with pytest.raises(ValueRefused):
        Count("WBC", None, absent="lost")
    with pytest.raises(ValueRefused):
        Count("WBC", 1.0, UNIT, comparator="~")


def test_nothing_can_be_changed():
    """What has been checked stays as it was checked."""
    with pytest.raises(AttributeError):
        Count("WBC", 1.0, UNIT).value = 2.0


@pytest.mark.parametrize(
    "fields",
    [
        {"sex": "man"},
        {"duffy": "perhaps"},
        {"weeks": 20},
        {"trimester": 2},
        {"pregnant": True, "weeks": 46},
        {"pregnant": True, "trimester": 4},
    ],
)
def test_a_person_in_unknown_words_is_refused(fields):
    """Sex, Duffy status and pregnancy are in words leukon knows."""
    with pytest.raises(PersonRefused):
        Person(**fields)


@pytest.mark.parametrize(
    ("fields", "weeks"),
    [
        ({"pregnant": True, "weeks": 20}, (20, 21)),
        ({"pregnant": True, "weeks": 20.9}, (20.9, 21)),
        ({"pregnant": True, "trimester": 2}, (14, 28)),
    ],
)
def test_weeks_of_pregnancy_are_completed_weeks(fields, weeks):
    """A week is known to the week, a trimester to its weeks."""
    assert Person(**fields).week_span == weeks


def test_a_panel_holds_counts_of_a_known_specimen():
    """Anything else than counts, or an unknown specimen, is refused."""
    with pytest.raises(InputRefused):
        Panel(Person(), [3.7])
    with pytest.raises(PersonRefused):
        Panel(Person(), [], specimen="arterial")
    panel = Panel(Person(), [Count("WBC", 3.7, UNIT)], drawn_at=date(2026, 1, 1))
    assert isinstance(panel.counts, tuple)


def test_a_batch_keeps_the_rows_apart():
    """Each panel is a row; a count that a row does not have is missing there."""
    people = Person(sex="female"), Person(sex="male", qualifiers=("altitude-over-2500m",))
    batch = batch_of(
        [
            Panel(people[0], [Count("WBC", 3.7, UNIT)]),
            Panel(people[1], [Count("NEUT", 30, "%", method="manual")], specimen="capillary"),
        ]
    )
    assert batch.size == 2
    assert batch.counts["WBC"].reasons.tolist() == [Reason.NONE, Reason.VALUE_MISSING]
    assert batch.people.qualifiers["altitude-over-2500m"].tolist() == [False, True]
    assert batch.manual.tolist() == [False, True]


def test_every_reason_has_words():
    """A reason is a slug for programs and a sentence for people."""
    assert set(TEXTS) == set(Reason)
    assert len(set(SLUGS)) == len(Reason)
    assert Reason.NO_LIMIT_FOR_AGE.slug == "no-limit-for-age"
    assert all(reason.text for reason in Reason if reason)
