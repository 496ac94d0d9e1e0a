"""A panel beside the person's own level: which draws are earlier, falls, ages, and what is refused."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from leukon import Analyte, Context, Count, Earlier, Panel, Person, interpret
from leukon.context import QUESTIONS
from leukon.errors import InputRefused, ValueRefused
from leukon.explain import explain
from leukon.setpoints.parameters import shipped

CELLS = "10*9/L"
NOW = date(2026, 3, 1)
WHO = Person(age="60y", sex="female")
STEADY = [6.0, 5.7, 6.3, 5.9, 6.1, 5.8]
FALLING = [5.31, 4.78, 4.3, 3.87]


def panel(value, day=NOW, who=WHO, line="NEUT"):
    return Panel(who, [Count(line, value, CELLS)], day)


def yearly(values, now=NOW, who=WHO, line="NEUT"):
    days = [now - timedelta(days=365 * back) for back in range(len(values), 0, -1)]
    return [panel(value, day, who, line) for value, day in zip(values, days, strict=True)]


def own(now, history, **more):
    (level,) = interpret(now, history=history, agreement=False, **more).setpoint
    return level


def test_without_a_history_nothing_is_said():
    """No history asked about, no entries; an empty one says that there is none."""
    assert interpret(panel(1.4)).setpoint == ()
    assert own(panel(1.4), []).reason == "no-history"


def test_a_count_without_a_model_has_no_entry():
    """Eosinophils have no model, and nothing is made up for them."""
    eos = Panel(WHO, [Count("EOS", 0.2, CELLS)], NOW)
    assert interpret(eos, history=[eos]).setpoint == ()


def test_what_the_band_rests_on_is_told():
    """How many counts, since when, over how long."""
    level = own(panel(5.9), yearly(STEADY))
    assert (level.counts_used, level.first, level.span_days) == (6, date(2020, 3, 2), 1825)
    assert level.low_99 < level.low < level.centre < level.high < level.high_99


def test_a_fall_is_seen_with_the_count_of_now():
    """The count of now may be the one that makes it a fall."""
    assert not own(panel(6.0), yearly([*STEADY, *FALLING])).falling
    assert own(panel(3.48), yearly([*STEADY, *FALLING])).falling


def test_a_fall_stays_one_where_the_count_of_now_is_better():
    """One better count does not take an alarm back."""
    assert own(panel(6.0), yearly([*STEADY, *FALLING, 3.48])).falling


def test_a_falling_line_withholds_usual_from_all():
    """The alarm of one line stands against calling another one usual."""
    neutrophils = yearly([*STEADY, *FALLING])
    both = [
        Panel(WHO, [*one.counts, Count("MONO", 0.15, CELLS)], one.drawn_at) for one in neutrophils
    ]
    now = Panel(WHO, [Count("NEUT", 3.48, CELLS), Count("MONO", 0.15, CELLS)], NOW)
    levels = {one.analyte: one for one in interpret(now, history=both).setpoint}
    assert not levels["MONO"].falling
    assert "falling" in levels["MONO"].withheld


def test_the_band_is_of_the_age_of_now():
    """A child's counts are held against what is usual at the age of this draw."""
    earlier = [
        panel(4.0, date(2020, 3, 1), line="LYMPH"),
        panel(4.1, date(2021, 3, 1), line="LYMPH"),
    ]
    centres = {}
    for years, day in ((5, date(2022, 3, 1)), (9, date(2026, 3, 1))):
        child = Person(age=f"{years}y", sex="female")
        level = own(panel(3.0, day, child, "LYMPH"), earlier)
        centres[years] = level.centre / math.exp(
            shipped().centre(Analyte.LYMPH, years + 0.5, "female")
        )
    assert centres[9] == pytest.approx(centres[5], rel=0.02)


def test_a_draw_of_the_same_day_is_earlier_only_by_the_clock():
    """A day alone does not say that a draw came first."""
    at = datetime(2026, 3, 1, 15)
    for day, left in ((NOW, 1), (datetime(2026, 3, 1, 9), 0), (datetime(2026, 3, 1, 16), 1)):
        level = own(panel(5.9, at), [panel(6.0, day)])
        assert len(level.left_out) == left
    east = datetime(2026, 3, 1, 16, tzinfo=timezone(timedelta(hours=5)))
    utc = datetime(2026, 3, 1, 15, tzinfo=UTC)
    assert own(panel(5.9, utc), [panel(6.0, east)]).left_out == ()


def test_a_draw_given_as_its_own_history_is_called_by_its_own_word():
    """An entry of this very draw is no earlier count, and none that was left out of several."""
    at = datetime(2026, 3, 1, 15)
    told = [(NOW, "this-draw"), (at, "this-draw"), (datetime(2026, 3, 1, 16), "not-earlier")]
    for day, word in told:
        (left,) = own(panel(5.9, at), [*yearly(STEADY), panel(6.0, day)]).left_out
        assert (left.drawn_at, left.reason) == (NOW, word)
    undated = own(panel(5.9, None), [panel(5.9, None)])
    assert (undated.reason, undated.left_out[0].reason) == ("no-history", "this-draw")
    assert own(panel(5.9), [panel(5.9)]).reason == "no-history"
    assert own(panel(5.9), [panel(5.9, date(2026, 9, 1))]).reason == "all-left-out"


def test_this_very_draw_is_told_in_words_to_both():
    """Neither voice says of this very draw that it was not drawn before itself."""
    whole = [*yearly(STEADY), panel(5.9)]
    answer = interpret(panel(5.9), history=whole, agreement=False)
    for audience in ("person", "professional"):
        said = explain(answer, for_=audience).text
        assert "1 (of the same draw as this count" in said.replace(". Why not: ", " (")
        assert "not drawn before" not in said


def test_blasts_on_the_film_stand_against_usual():
    """What the report itself shows needs no answer to a question."""
    answers = {name: False for name in QUESTIONS if name != "listed-drug"}
    well = Context(temperature="36.8C", drugs=(), answers=answers)
    low = yearly([1.4, 1.3, 1.5, 1.4, 1.3, 1.5, 1.4])
    counts = [Count("NEUT", 1.4, CELLS), Count("HGB", 140, "g/L"), Count("PLT", 240, CELLS)]
    blasts = [*counts, Count("BLAST", 1, "%")]
    for whole, said in ((counts, "low-but-usual-for-you"), (blasts, "low-by-definition")):
        found = interpret(Panel(WHO, whole, NOW), history=low, context=well)
        assert found.setpoint[0].answer == said


def test_days_may_be_written_as_text():
    """A pair of a day and a panel dates the panel."""
    undated = [panel(value, None) for value in STEADY]
    pairs = [(f"{2020 + place}-03-02", one) for place, one in enumerate(undated)]
    assert own(panel(5.9), pairs).counts_used == 6


def test_percentages_of_earlier_reports_count():
    """A share of a total is made absolute, as in the panel itself."""
    shares = [
        Panel(WHO, [Count("WBC", 10.0, CELLS), Count("NEUT", value * 10, "%")], one.drawn_at)
        for value, one in zip(STEADY, yearly(STEADY), strict=True)
    ]
    level = interpret(panel(5.9), history=shares).setpoint[0]
    assert level.low == pytest.approx(own(panel(5.9), yearly(STEADY)).low)


def test_the_json_of_an_answer_holds_it():
    """What `as_dict` gives can be written as JSON, with days as text."""
    answer = interpret(panel(5.9), history=[*yearly(STEADY), panel(5.0, None)])
    (level,) = json.loads(json.dumps(answer.as_dict()))["setpoint"]
    assert level["first"] == "2020-03-02"
    assert level["left_out"] == [{"drawn_at": None, "reason": "undated"}]


def test_neutrophils_low_for_three_months_are_a_finding():
    """A history tells what one panel cannot: also where the counts are usual for the person."""
    now, context = panel(1.3), Context()
    months = [panel(1.4, NOW - timedelta(days=days)) for days in (100, 60, 30)]
    for history, found in ((months, True), (months[1:], False), ([], False), (None, False)):
        ids = {one.id for one in interpret(now, history=history, context=context).findings}
        assert ("chronic-neutropenia" in ids) is found
    later = [panel(1.4, NOW), panel(1.4, date(2026, 9, 1)), panel(1.4, None)]
    ids = {one.id for one in interpret(now, history=later, context=context).findings}
    assert "chronic-neutropenia" not in ids


TOMORROW = date.today() + timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "history", "words"),
    [
        (
            panel(5.9),
            [panel(6.0, NOW), panel(6.0, TOMORROW)],
            "entry 2: the day lies in the future",
        ),
        (panel(5.9), [Earlier(panel=panel(6.0), events=[("surgery", TOMORROW)])], "entry 1"),
        (panel(5.9, TOMORROW), [panel(6.0)], "the day of the draw lies in the future"),
    ],
)
def test_a_day_in_the_future_is_refused(now, history, words):
    """A day that has not come is an error of typing."""
    with pytest.raises(ValueRefused, match=words):
        interpret(now, history=history)


def test_what_is_no_history_is_refused():
    """Neither numbers nor a panel by itself are a history."""
    with pytest.raises(InputRefused, match="not one"):
        interpret(panel(5.9), history=[6.0])
    with pytest.raises(InputRefused, match="history"):
        interpret(panel(5.9), history=panel(6.0))


@pytest.mark.parametrize(("age", "refused"), [("9mo", True), ("1y", False)])
def test_a_draw_from_before_birth_is_refused(age, refused):
    """It is another person's, or its day is wrong; at an age in whole years it may be right."""
    who = Person(age=age, sex="female")
    now, before = panel(2.1, who=who), [panel(2.0, NOW - timedelta(days=400), who)]
    if not refused:
        assert own(now, before).left_out[0].reason == "no-centre-for-age"
        return
    with pytest.raises(ValueRefused, match="history, entry 1: the day lies before birth"):
        own(now, before)


def test_a_draw_of_another_sex_withholds_usual_and_no_more():
    """A person's sex may be corrected: the counts stay, and only the calming word goes."""
    other = [panel(1.3, one.drawn_at, Person(age="60y", sex="male")) for one in yearly(STEADY)]
    assert "sex-differs" in own(panel(1.3), other).withheld
