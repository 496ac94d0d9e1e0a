"""Laws of a count beside the person's own band: what may never happen, whatever the history."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from leukon import Context, Count, Panel, Person, interpret
from leukon.context import QUESTIONS
from leukon.grading import grade
from leukon.setpoints.eligibility import WINDOWS, Earlier
from leukon.setpoints.rules import ANSWERS, LOW_BUT_USUAL_FOR_YOU, SAY_LOW

NOW = date(2026, 3, 1)
WHO = Person(age="44y", sex="female")
UNITS = {"HGB": ("g/L", "g/dL", 0.1), "": ("10*9/L", "/uL", 1000)}
WELL = {name: False for name in QUESTIONS if name != "listed-drug"}

levels = st.sampled_from((0.7, 1.05, 1.2, 1.3, 1.45, 1.6, 2.5, 4.0, 8.0))
"""Where a person lives: mostly about the limit of 1.5, where answers differ."""
strays = st.sampled_from((0.4, 0.6, 0.8, 0.9, 0.95, 1.0, 1.0, 1.05, 1.1, 1.2, 1.5, 3.0))
said = st.sampled_from((None, *(f"{name}:2025-11-10" for name in WINDOWS)))


def panel(neutrophils: float, day: date | None, who: Person = WHO, **others: float) -> Panel:
    """A panel of WBC and NEUT, and of whatever else is given."""
    counts = {"WBC": round(neutrophils + 2, 3), "NEUT": round(neutrophils, 3), **others}
    made = [Count(k, v, "g/L" if k == "HGB" else "10*9/L") for k, v in counts.items()]
    return Panel(who, tuple(made), day)


@st.composite
def histories(draw: st.DrawFn, level: float) -> list[Earlier]:
    """Earlier draws of somebody who lives at a level, in the order of time."""
    size = draw(st.integers(0, 9))
    gaps = draw(st.lists(st.sampled_from((10, 30, 90, 200, 365)), min_size=size, max_size=size))
    found, day = [], NOW
    for gap in gaps:
        day -= timedelta(days=gap)
        event = draw(said) if draw(st.integers(0, 9)) == 0 else None
        whole = panel(level * draw(strays), day, HGB=138, PLT=230)
        drugs = ("carbimazole",) if draw(st.integers(0, 19)) == 0 else ()
        found.append(Earlier(panel=whole, events=[event] if event else [], drugs=drugs))
    return found[::-1]


@st.composite
def contexts(draw: st.DrawFn) -> Context | None:
    """Mostly all well, with something that is open or said yes to; or nothing known at all."""
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return None
    answers = dict(WELL)
    if kind < 3:
        del answers[draw(st.sampled_from(sorted(WELL)))]
    if kind == 3:
        answers[draw(st.sampled_from(sorted(WELL)))] = True
    drugs = None if kind == 4 else ["clozapine"] if kind == 5 else ()
    return Context(answers=answers, drugs=drugs)  # type: ignore[arg-type]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Panel, list[Earlier], Context | None]:
    """A panel, its history and what is known beside the counts."""
    level = draw(levels)
    more = {
        "HGB": draw(st.sampled_from((138, 138, 138, 118))),
        "PLT": draw(st.sampled_from((230, 230, 140))),
    }
    for name in draw(st.sampled_from(((), (), (), ("HGB",), ("PLT",)))):
        del more[name]
    now = panel(level * draw(strays), NOW if draw(st.integers(0, 9)) else None, **more)
    return now, draw(histories(level)), draw(contexts())


def own(now: Panel, history: list[Earlier], context: Context | None = None) -> dict[str, object]:
    """What is said of each count, by analyte."""
    answer = interpret(now, history=history, context=context, agreement=False, findings=False)
    return {level.analyte: level for level in answer.setpoint}


@given(cases())
@settings(max_examples=150, deadline=None)
def test_no_history_moves_an_urgency(case):
    """The advice with any history is the advice without one, whole."""
    now, history, context = case
    asked = {"context": context, "agreement": False, "findings": False}
    with_it, without = interpret(now, history=history, **asked), interpret(now, **asked)
    assert with_it.advice == without.advice
    assert replace(with_it, setpoint=()) == without


def neutrophils_of(whole: Panel) -> float:
    """The neutrophils of a panel."""
    return next(count.canonical for count in whole.counts if count.analyte == "NEUT")


def may_be_usual(now: Panel, context: Context | None) -> bool:
    """Whether anything that is known of the day lets a count be called usual, written plainly."""
    if context is None or now.drawn_at is None or context.drugs != ():
        return False
    if any(context.answers.get(name) is not False for name in WELL):
        return False
    counts = {str(count.analyte): count for count in now.counts}
    if not {"NEUT", "HGB", "PLT"} <= set(counts):
        return False
    if counts["HGB"].canonical > 150 or counts["PLT"].canonical > 410:
        return False
    if (
        counts["NEUT"].canonical < 1.0
        or counts["HGB"].canonical < 120
        or counts["PLT"].canonical < 150
    ):
        return False
    graded = [
        grade(kind, count.value, unit=count.unit, scale="ctcae-5.0", age="44y", sex="female").grade
        for kind, count in counts.items()
    ]
    return all(found is None or found < 3 for found in graded)


@given(cases())
@settings(max_examples=300, deadline=None)
def test_usual_is_never_said_where_anything_forbids_it(case):
    """An open question, a danger sign, a drug, a low other line, no day: "usual" is not said."""
    now, history, context = case
    for level in own(now, history, context).values():
        if level.answer == LOW_BUT_USUAL_FOR_YOU:
            assert may_be_usual(now, context)
            assert level.n_effective >= 5
            assert level.span_days >= 365
            assert not level.falling
            left_out = {one.drawn_at for one in level.left_out}
            assert all(
                neutrophils_of(entry.panel) >= 0.5
                for entry in history
                if entry.moment not in left_out
            )
            assert level.low <= next(
                c.canonical for c in now.counts if c.analyte == level.analyte
            ) <= level.high  # fmt: skip


@given(cases(), contexts())
@settings(max_examples=150, deadline=None)
def test_nothing_turns_low_for_you_away(case, other):
    """Whatever else is known or not, a count that is low for the person is said to be so."""
    now, history, context = case
    asked, again = own(now, history, context), own(now, history, other)
    alone = own(
        replace(now, counts=[c for c in now.counts if c.analyte in ("WBC", "NEUT")]), history
    )
    for line in ("WBC", "NEUT"):
        low = asked[line].answer in SAY_LOW
        assert (again[line].answer in SAY_LOW) is low
        assert (alone[line].answer in SAY_LOW) is low


@given(cases(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_a_history_does_not_matter(case, shuffle):
    """A history is a set of draws: their days say in which order they came."""
    now, history, context = case
    before = own(now, history, context)
    shuffle.shuffle(history)
    assert own(now, history, context) == before


@given(cases(), st.lists(st.booleans(), min_size=10, max_size=10))
@settings(max_examples=60, deadline=None)
def test_units_do_not_matter(case, other_unit):
    """Per microlitre or per litre, or now this and now that: the same answers."""
    now, history, context = case
    written = [
        replace(entry, panel=in_other_unit(entry.panel) if other else entry.panel)
        for entry, other in zip(history, other_unit, strict=False)
    ]
    before, after = own(now, history, context), own(in_other_unit(now), written, context)
    for line, level in before.items():
        assert after[line].answer == level.answer
        assert after[line].low == pytest.approx(level.low) or level.low is None


def in_other_unit(whole: Panel) -> Panel:
    """The panel with white cells and platelets per microlitre, haemoglobin in g/dL."""
    counts = []
    for count in whole.counts:
        _, unit, factor = UNITS.get(str(count.analyte), UNITS[""])
        counts.append(Count(count.analyte, round(count.value * factor, 6), unit))
    return replace(whole, counts=tuple(counts))


@given(st.floats(0.9, 6.0), st.integers(6, 14), st.floats(0.2, 30.0))
@settings(max_examples=60, deadline=None)
def test_one_more_excursion_hardly_moves_the_band(level, size, far):
    """A count of an infection among many steady ones changes a band by little."""
    history = steady(level, size)
    first = history[0].moment - timedelta(days=100)
    now = panel(level, NOW)
    before = own(now, history)["NEUT"]
    after = own(now, [Earlier(panel=panel(far, first)), *history])["NEUT"]
    assert abs(after.centre / before.centre - 1) < 0.09
    assert after.high / after.low < (before.high / before.low) ** 1.25


@given(st.floats(0.9, 6.0), st.integers(3, 14))
@settings(max_examples=60, deadline=None)
def test_more_steady_counts_never_widen_it_much(level, size):
    """One more count like the others makes the band no wider, or hardly."""
    now = panel(level, NOW)
    more = steady(level, size + 1)
    fewer, all_ = own(now, more[1:])["NEUT"], own(now, more)["NEUT"]
    assert all_.high / all_.low < (fewer.high / fewer.low) ** 1.05


def steady(level: float, size: int) -> list[Earlier]:
    """Counts every hundred days that stray by a tenth."""
    wobble = random.Random(size)
    return [
        Earlier(
            panel=panel(level * (1 + 0.1 * wobble.uniform(-1, 1)), NOW - timedelta(days=100 * back))
        )
        for back in range(size, 0, -1)
    ]


def test_the_generator_reaches_every_answer():
    """The cases above are not all of one kind."""
    reached: set[str] = set()

    @given(cases())
    @settings(max_examples=400, deadline=None, derandomize=True, database=None)
    def look(case):
        reached.update(level.answer for level in own(*case).values())

    look()
    assert set(ANSWERS) - reached <= {"low-for-you"}
