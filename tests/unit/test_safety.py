"""The safety rules, each with the test that names it; the rules of advice have theirs beside it."""

import traceback
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukon import (
    Count,
    Definition,
    LeukonError,
    Panel,
    Person,
    ReferenceInterval,
    definitions,
    interpret,
)
from leukon.ages import parse_age
from leukon.analytes import INTERPRETED
from leukon.batch import People
from leukon.definition import loads
from leukon.errors import DefinitionRefused, PersonRefused, UnitRefused, ValueRefused
from leukon.panel import age_at_draw
from leukon.readers.numerals import read_cell, read_number
from leukon.units import spellings
from support.generators import cases

ADULT = Person(age="34y", sex="female")
UNIT = "10*9/L"
SECRET = "3717.4242"
"""A value so peculiar that it can only have come from the person."""


def said(count, by=None, person=ADULT):
    return interpret(Panel(person, [count]), by=by)[count.analyte]


@pytest.mark.parametrize("value", [0.0, 3.81, 4.0, 3810, 4000, 250_000])
def test_rule_1_no_unit_is_guessed(value):
    """Safety rule 1: a number without a unit is refused, be it small or large."""
    for analyte in INTERPRETED:
        with pytest.raises(UnitRefused):
            Count(analyte, value)


def test_rule_1_equal_counts_are_equal():
    """Safety rule 1: 3,810 /uL and 3.81 10*9/L are equal; 3,810 10*9/L is impossible and says so."""
    assert Count("WBC", 3810, "/uL").canonical == Count("WBC", 3.81, UNIT).canonical == 3.81
    with pytest.raises(ValueRefused, match="impossible"):
        Count("WBC", 3810, UNIT)


def test_rule_1_two_readings_are_no_reading():
    """Safety rule 1: a spelling that has two readings is refused, and says which."""
    doubtful = [rows[0] for rows in spellings().values() if rows[0].decision == "declare"]
    assert doubtful
    for spelling in doubtful:
        if spelling.unit.family == "cells":
            with pytest.raises(UnitRefused):
                Count("WBC", 4, spelling.text)


@given(case=cases(), name=st.sampled_from(sorted(definitions)))
def test_rule_2_every_analyte_has_an_answer(case, name):
    """Safety rule 2: each analyte of a panel gets a flag; what cannot be said has its reason."""
    answer = interpret(case.panel, by=name, agreement=False)
    given_analytes = {str(c.analyte) for c in case.panel.counts} & set(INTERPRETED)
    assert given_analytes <= {count.analyte for count in answer.counts}
    for count in answer.counts:
        assert (count.flag == "undetermined") <= bool(count.reason)
        assert count.flag != "within" or (count.value is not None and count.lower is not None)


def test_rule_2_a_missing_value_is_never_within():
    """Safety rule 2: no value, a pending one, another specimen: never a silent "within"."""
    for absent in ("missing", "pending", "quality-control", "not-blood"):
        found = said(Count("NEUT", None, absent=absent))
        assert found.flag == "undetermined"
        assert found.reason.endswith(absent)


@pytest.mark.parametrize("name", sorted(definitions))
def test_rule_4_whose_definition(name):
    """Safety rule 4: each answer names publisher, version and source of its definition."""
    used = interpret(Panel(ADULT, [Count("WBC", 3.7, UNIT)]), by=name).definition
    assert used.publisher in used.label
    assert used.version in used.label
    assert used.version
    assert used.source


def test_rule_4_the_composite_names_the_publisher_of_each_limit():
    """Safety rule 4: where a definition draws on several, each side says whose limit it is."""
    found = said(Count("NEUT", 1.4, UNIT))
    assert found.low_source
    assert found.high_source
    assert found.low_source != found.high_source


def test_rule_4_a_count_of_publishers_is_no_measure_of_risk():
    """Safety rule 4: an agreement says that it measures no risk."""
    answer = interpret(Panel(ADULT, [Count("WBC", 3.7, UNIT)]))
    assert "agreement-no-risk" in {note.code for note in answer.notes}


def test_rule_5_a_person_has_no_race_or_ethnicity():
    """Safety rule 5: nothing of a person from which Duffy status could be inferred is kept."""
    known = {*Person.__struct_fields__, *Panel.__struct_fields__}
    known |= set(People.__struct_fields__)
    assert not [name for name in known if name.startswith(("race", "ethnic", "origin", "name"))]
    assert Person().duffy is None


def test_rule_5_only_null_said_so_is_null():
    """Safety rule 5: Duffy status is null only where it was stated."""
    assert Person(duffy="unknown").duffy is None
    assert Person(duffy="null").duffy == "null"
    with pytest.raises(PersonRefused):
        Person(duffy="probably")


@pytest.mark.parametrize("ages", ["", 'age_from = "17y"', 'age_to = "18y"', 'age_from = "215mo"'])
def test_rule_5_no_duffy_limit_for_children(ages):
    """Safety rule 5: a Duffy-null limit that could hold for a child cannot be loaded."""
    text = (
        'id = "x"\npublisher = "X"\nversion = "1"\n[[limits]]\nanalyte = "NEUT"\nlow = 1.2\n'
        f'unit = "10*9/L"\nkind = "reference"\nduffy = "null"\n{ages}\n'
    )
    with pytest.raises(DefinitionRefused, match="adults only"):
        loads(text)


@given(low=st.floats(0.0, 0.99))
def test_rule_5_duffy_null_clears_nothing_under_one(low):
    """Safety rule 5: no shipped Duffy-null interval calls neutrophils under 1.0 within."""
    person = Person(age="34y", duffy="null")
    for name, definition in definitions.items():
        if any(limit.partition.duffy for limit in definition.limits):
            assert said(Count("NEUT", low, UNIT), name, person).flag in ("low", "critical-low")


REFUSED = (
    lambda: Count("WBC", float(SECRET)),
    lambda: Count("WBC", float(SECRET), UNIT),
    lambda: Count("WBC", -float(SECRET), "/uL"),
    lambda: Count("NEUT", float(SECRET), "%"),
    lambda: Count("HGB", float(SECRET), "g/L"),
    lambda: Count("WBC", float(SECRET), "mmol/L"),
    lambda: Count("WBC", float(SECRET), "/uL", comparator=SECRET),
    lambda: Count("WBC", None, absent=SECRET),
    lambda: Person(age=f"{SECRET}y"),
    lambda: Person(age=SECRET),
    lambda: Person(age=f"{SECRET} moons"),
    lambda: Person(sex=SECRET),
    lambda: Person(duffy=SECRET),
    lambda: Person(pregnant=True, weeks=float(SECRET)),
    lambda: Person(pregnant=True, trimester=3717),
    lambda: Person(weeks=37.17),
    lambda: Panel(Person(), [], specimen=SECRET),
    lambda: read_number(f"{SECRET},{SECRET}"),
    lambda: read_number(f"{SECRET} apples"),
    lambda: read_cell(f"WBC={SECRET}.{SECRET}"),
    lambda: age_at_draw(date(3717, 4, 2), date(2026, 1, 1)),
)


@pytest.mark.parametrize("refused", REFUSED)
def test_rule_6_no_value_in_an_error(refused):
    """Safety rule 6: what is refused is not repeated, neither in the message nor in its causes."""
    with pytest.raises(LeukonError) as caught:
        refused()
    error = caught.value
    told = "".join(traceback.format_exception_only(error))
    while error is not None:
        told += str(error) + repr(error)
        error = None if error.__suppress_context__ else error.__cause__ or error.__context__
    assert "3717" not in told
    assert "4242" not in told
    assert "37.17" not in told


def refusal(call):
    """The message of a call that is refused; empty where it is not."""
    try:
        call()
    except LeukonError as error:
        return str(error)
    return ""


@settings(max_examples=200)
@given(
    value=st.floats(1000, 1e9).filter(lambda v: len(repr(v)) > 8),
    analyte=st.sampled_from(INTERPRETED),
    unit=st.sampled_from((None, UNIT, "%", "/uL", "g/L", "K/ML", "x", "mmol/L", "/pL")),
)
def test_rule_6_no_value_in_any_error(value, analyte, unit):
    """Safety rule 6: whatever is refused, its number is not in the message."""
    told = refusal(lambda: Count(analyte, value, unit))
    assert repr(value) not in told
    assert f"{value:g}" not in told


@given(text=st.text(st.characters(codec="ascii", categories=("Nd", "Po")), min_size=5))
def test_rule_6_no_text_of_a_cell_in_an_error(text):
    """Safety rule 6: a cell that is no number is not repeated."""
    assert text not in refusal(lambda: read_number(text))


@pytest.mark.parametrize("name", sorted(definitions))
def test_rule_7_every_limit_has_a_source(name):
    """Safety rule 7: each shipped limit says where it was read, and who has checked it: nobody yet."""
    definition = definitions[name]
    for limit in definition.limits:
        assert (limit.source or definition.source).startswith("http"), limit.id
        assert limit.id
    assert definition.checked_by == ""


def test_rule_7_unchecked_content_says_so():
    """Safety rule 7: an answer by a definition that no clinician has checked says so."""
    answer = interpret(Panel(ADULT, [Count("WBC", 3.7, UNIT)]))
    assert "not-checked" in {note.code for note in answer.notes}


def test_rule_8_a_percentage_is_never_an_absolute():
    """Safety rule 8: a percentage alone has no flag, whatever its size."""
    for share in (0, 1, 1.4, 45, 100):
        found = said(Count("NEUT", share, "%"))
        assert (found.flag, found.reason, found.value) == ("undetermined", "percentage-only", None)


def test_rule_8_derived_counts_say_so():
    """Safety rule 8: a count worked out from a percentage is marked, with what it came from."""
    panel = Panel(ADULT, [Count("WBC", 3.0, UNIT), Count("NEUT", 40, "%")])
    answer = interpret(panel)
    found = answer["NEUT"]
    assert (found.derived, found.value, found.reported.unit) == (True, 1.2, "%")
    assert not answer["WBC"].derived
    assert "derived" in {note.code for note in answer.notes}


def test_rule_8_a_sign_is_an_interval():
    """Safety rule 8: "<0.1" is looked at from both ends, and the sign is never dropped."""
    assert said(Count("NEUT", 0.1, UNIT, comparator="<"), "merck-manual").flag == "low"
    found = said(Count("NEUT", 2.0, UNIT, comparator="<"), "merck-manual")
    assert (found.flag, found.reason, found.comparator) == ("undetermined", "comparator", "<")


def test_rule_8_a_limit_in_percent_is_refused():
    """Safety rule 8: no definition holds a limit in percent."""
    with pytest.raises(DefinitionRefused, match="percent"):
        ReferenceInterval(analyte="NEUT", low=40, high=70, unit="%")


def test_rule_9_age_is_age_at_the_draw():
    """Safety rule 9: the age follows from birth and draw; nothing in it asks for today."""
    assert age_at_draw(date(2008, 5, 1), date(2010, 6, 1)).months_from == 25
    hours = age_at_draw(datetime(2026, 1, 1, 8), datetime(2026, 1, 1, 20))
    assert (hours.days_from, hours.months_from) == (0.5, 0)
    assert parse_age("12h").days_from == 0.5


def test_rule_9_an_age_that_may_lie_on_both_sides_is_on_neither():
    """Safety rule 9: a newborn of "1 day" by dates alone is not flagged by a limit in hours."""
    age = age_at_draw(date(2026, 1, 1), date(2026, 1, 2))
    found = said(Count("WBC", 8.0, UNIT), None, Person(age=age))
    assert (found.flag, found.reason) == ("undetermined", "age-inexact")


def test_rule_10_fewer_than_means_fewer_than():
    """Safety rule 10: "fewer than 4,000": 4,000 is not low, 3,999 is."""
    assert said(Count("WBC", 4000, "/uL"), "cleveland-clinic").flag == "within"
    assert said(Count("WBC", 3999, "/uL"), "cleveland-clinic").flag == "low"


@pytest.mark.parametrize("inclusive", [True, False])
def test_rule_10_each_limit_states_its_inclusiveness(inclusive):
    """Safety rule 10: a count on a limit is within or not as the limit says."""
    limit = ReferenceInterval(
        analyte="WBC", low=4, high=10, low_inclusive=inclusive, high_inclusive=inclusive, unit=UNIT
    )
    mine = Definition(id="mine", publisher="Mine", version="1", limits=(limit,))
    flags = [said(Count("WBC", value, UNIT), mine).flag for value in (4.0, 10.0)]
    assert flags == (["within"] * 2 if inclusive else ["low", "high"])


def test_rule_10_an_upper_end_runs_to_the_next_band():
    """Safety rule 10: 3.95, between a printed 3.9 and 4.0, is low."""
    assert said(Count("WBC", 3.95, UNIT), "merck-manual").flag == "low"
