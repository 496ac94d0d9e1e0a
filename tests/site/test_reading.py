"""The form, read whole: what is not clear is a problem beside its field, and nothing is a guess."""

from datetime import date

import pytest

from leukon_site.check.fields import ASKED, ELSEWHERE
from leukon_site.check.numbers import Question
from leukon_site.check.reading import Read, read

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _english(site):
    """Messages are texts of a site, in its language."""
    assert site.is_dir()


def form(**typed: str) -> Read:
    """The form with these fields; _ in a name is -."""
    return read({name.replace("_", "-"): text for name, text in typed.items()}, TODAY)


def said(read_form: Read) -> dict[str, str]:
    return {problem.field: str(problem.message) for problem in read_form.problems}


def test_every_question_of_leukon_is_asked():
    """No question of the decision table is left out: an open one would stop every calm answer."""
    from leukon.advice import questions

    assert sorted((*ASKED, *ELSEWHERE)) == sorted(questions())


def test_a_count_is_its_number_and_its_unit():
    """A number with its unit is a count, in whatever digits it was typed."""
    one = form(count_WBC="3,7", unit_WBC="10*9/L")
    other = form(count_WBC="٣٧٠٠", unit_WBC="/uL")
    assert not one.problems
    assert one.panel.counts[0].canonical == other.panel.counts[0].canonical == 3.7


def test_no_unit_is_ever_inferred():
    """A number without a unit is a problem, whatever its size."""
    for number in ("3.7", "3700", "0.1"):
        found = form(count_WBC=number)
        assert not found.entries
        assert list(said(found)) == ["unit-WBC"]


def test_thousand_or_decimal_is_asked_and_the_answer_holds_for_that_text_alone():
    """An answer counts for the text that it was asked of, and no other."""
    typed = {"count_WBC": "3.810", "unit_WBC": "/uL"}
    assert isinstance(form(**typed).problems[0].question, Question)
    answered = form(**typed, reading_WBC="thousands", asked_WBC="3.810")
    assert answered.panel.counts[0].canonical == 3.81
    stale = form(**typed, reading_WBC="thousands", asked_WBC="3.820")
    assert isinstance(stale.problems[0].question, Question)
    untold = form(**typed, reading_WBC="thousands")
    assert isinstance(untold.problems[0].question, Question)


@pytest.mark.parametrize("unit", ["10*9/L", "10*3/uL"])
def test_a_thousandfold_count_is_impossible_and_says_where_to_look(unit):
    """3810 in billions per litre is impossible: the message points to the unit."""
    found = form(count_WBC="3810", unit_WBC=unit)
    assert not found.entries
    assert "per microlitre" in said(found)["count-WBC"]


@pytest.mark.parametrize(
    ("printed", "canonical"),
    [("× 10⁹/L", 3.0), ("10^9/l", 3.0), ("x10³/µL", 3.0), ("/mm³", 0.003), ("万/µL", 30.0)],
)
def test_a_unit_may_be_written_as_the_report_prints_it(printed, canonical):
    """Known spellings are read, raised digits and times sign as print writes them."""
    found = form(count_WBC="3", unit_WBC="other", printed_WBC=printed)
    assert found.panel.counts[0].canonical == canonical


@pytest.mark.parametrize(
    ("printed", "words"),
    [("", "as the report prints"), ("xyz", "do not know"), ("10^3/mL", "two ways")],
)
def test_a_unit_that_is_not_clear_is_a_problem_of_its_own(printed, words):
    """A missing, an unknown and an unclear unit each say what they are."""
    assert words in said(form(count_WBC="3", unit_WBC="other", printed_WBC=printed))["printed-WBC"]


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"count_WBC": "3.7 H", "unit_WBC": "/uL"}, "count-WBC", "letter"),
        ({"count_NEUT": "140", "unit_NEUT": "%"}, "count-NEUT", "100 %"),
        ({"count_NEUT": "<5", "unit_NEUT": "%"}, "count-NEUT", "share"),
        ({"unit_WBC": "/uL"}, "count-WBC", "number too"),
        ({"count_WBC": "3", "unit_WBC": "mg"}, "unit-WBC", "not one of those"),
        ({"age": "34"}, "age-unit", "years, months"),
        ({"age": "1.5", "age_unit": "y"}, "age", "whole number"),
        ({"age": "-1", "age_unit": "y"}, "age", "whole number"),
        ({"age": "3400", "age_unit": "y"}, "age", "that old"),
        ({"age_unit": "y"}, "age", "Type the age"),
        ({"temperature": "38.5"}, "temperature-unit", "°C or °F"),
        ({"temperature": "101", "temperature_unit": "C"}, "temperature", "No person"),
        ({"temperature": "38.500", "temperature_unit": "C"}, "temperature", "one decimal"),
        ({"temperature_unit": "C"}, "temperature", "temperature too"),
        ({"drawn": "24/11/2026"}, "drawn", "year, month"),
        ({"drawn": "2026-02-30"}, "drawn", "year, month"),
        ({"drawn": "2027-01-01"}, "drawn", "not come yet"),
        ({"treatment_date": "2026-11-01"}, "treatment", "treatment too"),
        ({"treatment": "magic"}, "treatment", "not one of those"),
        ({"drugs": "carbimazole", "drugs_taken": "none"}, "drugs", "Which is right"),
        ({"drugs": "a\n" * 41}, "drugs", "no more than 40"),
        ({"drugs": "a" * 5000}, "drugs", "no more than 40"),
        ({"weeks": "30"}, "weeks", "I am pregnant"),
        ({"weeks": "60", "pregnancy": "pregnant"}, "weeks", "0 to 45"),
        ({"sex": "male", "pregnancy": "pregnant"}, "pregnancy", "slip"),
        ({"sex": "robot"}, "sex", "not one of those"),
        ({}, "count-WBC", "at least one count"),
    ],
)
def test_each_slip_is_named_beside_its_field(typed, field, words):
    """What is wrong stands beside its field, in words that say what to do."""
    assert words in said(form(**typed))[field]


def test_what_is_not_answered_is_not_a_no():
    """Unanswered and "I do not know" are open questions, never a no."""
    for typed in ({}, {"q_fever": "unknown"}, {"q_fever": "perhaps"}):
        assert form(count_WBC="3", unit_WBC="10*9/L", **typed).context.answer("fever") is None
    assert form(q_fever="no").context.answer("fever") is False


def test_a_count_without_a_day_is_not_of_this_illness():
    """Neutrophils count as known today only where the day of the blood was given."""
    typed = {"count_NEUT": "1.2", "unit_NEUT": "10*9/L"}
    assert form(**typed).context.counted_in_this_illness is False
    assert form(**typed, drawn="2026-11-23").context.counted_in_this_illness is None


def test_medicines_are_parted_and_none_is_said():
    """Medicines stand a line each or between commas, in any script; nothing typed is not none."""
    named = form(drugs="carbimazole, clozapine\r\nmethotrexate、rituximab")
    assert [drug.name for drug in named.context.drugs or ()] == [
        "carbimazole",
        "clozapine",
        "methotrexate",
        "rituximab",
    ]
    assert form(drugs_taken="none").context.drugs == ()
    assert form(q_fever="no").context.drugs is None
    assert form(drugs_taken="some").context.answer("listed-drug") is True


def test_what_could_be_read_is_there_beside_a_problem():
    """A slip in one field hides nothing of the others."""
    found = form(count_WBC="x", temperature="38.5", temperature_unit="C", treatment="chemotherapy")
    assert found.problems
    assert found.context.celsius == 38.5
    assert found.context.treatments
