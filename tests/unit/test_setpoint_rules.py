"""Which earlier counts may enter a set point, and what may be said beside a person's own band."""

from __future__ import annotations

from datetime import date, datetime
from itertools import product

import pytest

from leukon import Count, Panel, Person
from leukon.errors import InputRefused
from leukon.setpoints.eligibility import (
    BIRTH,
    REASONS,
    WINDOWS,
    Circumstances,
    Earlier,
    earlier_of,
    events_near,
    in_pregnancy,
    left_out_reason,
)
from leukon.setpoints.rules import (
    ANSWERS,
    LOW_BUT_USUAL_FOR_YOU,
    NO_ANSWER,
    SAY_LOW,
    WITHHELD,
    Seen,
    answer_for,
    place_of,
    too_young,
    why_no_answer,
    withheld_by_counts,
    withheld_by_history,
)

DAY = date(2025, 3, 1)
PANEL = Panel(Person(age="34y"), [Count("NEUT", 1.6, "10*9/L")], DAY)
FLAGS = ("critical-low", "low", "within", "high", "critical-high", "undetermined")
PLACES = ("below", "in", "above", "")
SOUND = {"HGB": Seen(140.0, "", "within"), "PLT": Seen(210.0, "", "within")}


def test_an_entry_of_a_history_may_be_written_in_three_ways():
    entries = [PANEL, (DAY, PANEL), ("2025-03-01", PANEL), Earlier(panel=PANEL)]
    assert {date(*one.moment.timetuple()[:3]) for one in map(earlier_of, entries)} == {DAY}


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (1.6, "not one"),
        ((DAY, 1.6), "without a panel"),
        (("March", PANEL), "cannot be read"),
    ],
)
def test_what_is_no_entry_of_a_history_is_refused(entry, words):
    with pytest.raises(InputRefused, match=words):
        earlier_of(entry)


@pytest.mark.parametrize("event", ["party:2025-01-01", "infection", ("infection", None)])
def test_an_event_needs_a_known_name_and_a_day(event):
    with pytest.raises(InputRefused, match="event"):
        Earlier(panel=PANEL, events=[event])


def test_one_event_or_medicine_may_be_given_as_one_text():
    one = Earlier(panel=PANEL, events="infection:2025-02-20", drugs="carbimazole")
    assert one.events == (("infection", date(2025, 2, 20)),)
    assert [drug.name for drug in one.drugs] == ["carbimazole"]
    at = datetime(2025, 2, 20, 8)
    assert Earlier(panel=PANEL, events=[("infection", at)]).events == one.events


@pytest.mark.parametrize(("name", "days"), WINDOWS.items())
def test_a_window_holds_on_both_sides_and_ends_the_day_after(name, days):
    for sign in (-1, 1):
        at = date.fromordinal(DAY.toordinal() + sign * days)
        beyond = date.fromordinal(at.toordinal() + sign)
        assert events_near(DAY, [(name, at)]) == (name,)
        assert events_near(DAY, [(name, beyond)]) == ()


def test_pregnancy_is_until_twelve_weeks_after_the_birth():
    born = date(2025, 1, 1)
    held = [
        in_pregnancy(date.fromordinal(born.toordinal() + n), [born], pregnant=False)
        for n in (-281, -280, 84, 85)
    ]
    assert held == [False, True, True, False]
    assert in_pregnancy(DAY, [], pregnant=True)
    assert events_near(born, [(BIRTH, born)]) == ()


def test_pregnancy_is_a_series_of_its_own():
    plain, pregnant = Circumstances(), Circumstances(in_pregnancy=True)
    assert left_out_reason(pregnant, plain) == "pregnancy"
    assert left_out_reason(plain, pregnant) == "not-in-pregnancy"
    assert left_out_reason(pregnant, pregnant) == left_out_reason(plain, plain) == ""


def test_every_reason_to_leave_a_draw_out_has_words():
    then = [Circumstances(near=(name,)) for name in WINDOWS]
    then += [Circumstances(in_hospital=True), Circumstances(on_listed_drug=True)]
    assert {left_out_reason(one, Circumstances()) for one in then} <= set(REASONS)


def test_low_for_you_is_never_withheld():
    """Whatever is withheld and however young the series, a count under the own band says so."""
    for flag, young, calm in product(FLAGS, (True, False), (True, False)):
        assert answer_for(flag, "below", young=young, calm=calm) in SAY_LOW


def test_usual_for_you_is_said_only_of_a_low_count_in_the_band_with_nothing_against_it():
    said = [
        case
        for case in product(FLAGS, PLACES, (True, False), (True, False))
        if answer_for(case[0], case[1], young=case[2], calm=case[3]) == LOW_BUT_USUAL_FOR_YOU
    ]
    assert said == [("low", "in", False, True)]


def test_every_case_has_an_answer_that_is_known_or_a_reason():
    for flag, place, young in product(FLAGS, PLACES, (True, False)):
        answer = answer_for(flag, place, young=young, calm=False)
        assert answer in ANSWERS or answer == ""
    for flag, sign, young in product(FLAGS, ("", "<"), ("", "too-few-counts")):
        assert why_no_answer(Seen(1.0, sign, flag), young) in {*NO_ANSWER, ""}


@pytest.mark.parametrize(
    ("value", "sign", "place"),
    [
        (1.19, "", "below"),
        (1.2, "", "in"),
        (3.0, "", "in"),
        (3.01, "", "above"),
        (1.2, "<", "below"),
        (1.2, "<=", ""),
        (1.3, "<", ""),
        (1.1, "<=", "below"),
        (3.0, ">", "above"),
        (3.0, ">=", ""),
        (2.0, ">", ""),
        (None, "", ""),
    ],
)
def test_where_a_count_lies_beside_the_band(value, sign, place):
    assert place_of(Seen(value, sign, "within"), 1.2, 3.0) == place


@pytest.mark.parametrize(
    ("value", "sign", "reason"),
    [
        (0.99, "", "neutrophils-very-low"),
        (1.0, "", ""),
        (0.5, "<", "neutrophils-very-low"),
        (1.0, "<", "neutrophils-very-low"),
        (1.0, "<=", "neutrophils-not-known"),
        (5.0, "<", "neutrophils-not-known"),
        (0.5, ">", "neutrophils-not-known"),
        (1.0, ">=", ""),
        (None, "", "neutrophils-not-known"),
    ],
)
def test_neutrophils_that_are_or_may_be_under_one_withhold(value, sign, reason):
    found = withheld_by_counts({"NEUT": Seen(value, sign, "low"), **SOUND}, 0)
    assert found == ((reason,) if reason else ())


def test_haemoglobin_and_platelets_have_to_be_given_and_not_low():
    neutrophils = {"NEUT": Seen(1.2, "", "low")}
    assert withheld_by_counts(neutrophils, 0) == ("haemoglobin-not-known", "platelets-not-known")
    low = {"HGB": Seen(100.0, "", "low"), "PLT": Seen(20.0, "", "critical-low")}
    found = withheld_by_counts(neutrophils | low, 0)
    assert found == ("critically-low", "haemoglobin-low", "platelets-low")


def test_grade_3_in_any_line_withholds():
    counts = {"NEUT": Seen(1.2, "", "low"), **SOUND}
    assert withheld_by_counts(counts, 2) == ()
    assert withheld_by_counts(counts, 3) == ("grade-3-or-more",)


def test_a_young_series_is_drawn_from_three_counts_over_ninety_days():
    assert too_young(2.99, 500.0) == "too-few-counts"
    assert too_young(3.0, 89.9) == too_young(3.0, None) == "too-short-a-time"
    assert too_young(3.0, 90.0) == ""


def test_the_history_may_forbid_usual():
    assert withheld_by_history("in", usual=True, falling=False) == ()
    found = withheld_by_history("above", usual=False, falling=True)
    assert found == ("few-counts", "falling", "above-band")
    assert set(found) <= set(WITHHELD)
