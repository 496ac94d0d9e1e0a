"""What is known beside the counts: read strictly, never guessed, never a no by silence."""

from __future__ import annotations

from datetime import date

import pytest

from leukon.advice import content
from leukon.context import QUESTIONS, SYMPTOMS, Context, Medicine, Treatment, celsius
from leukon.errors import InputRefused


def test_the_questions_are_those_of_the_table() -> None:
    """A context knows the ids of the table's questions, and which of them are symptoms."""
    table = content().questions.question
    assert set(QUESTIONS) == {question.id for question in table}
    assert set(SYMPTOMS) == {question.id for question in table if question.kind == "symptom"}


@pytest.mark.parametrize(
    ("text", "degrees"),
    [("38.5C", 38.5), ("38,5 C", 38.5), ("38.5°C", 38.5), ("100.4F", 38.0), ("96.8 f", 36.0)],
)
def test_a_temperature_is_read_with_its_unit(text: str, degrees: float) -> None:
    """Celsius and Fahrenheit are read, and 100.4 F lies exactly on 38.0 C."""
    assert celsius(text) == degrees


@pytest.mark.parametrize("text", ["38.5", "38", "hot", "", "38.5K", "101.3C", "38.5F", "-1C"])
def test_a_temperature_that_is_not_clear_is_refused(text: str) -> None:
    """A bare number, another unit or an impossible temperature is refused, without its value."""
    with pytest.raises(InputRefused) as refusal:
        Context(temperature=text)
    assert not text or text not in refusal.value.what


def test_a_bare_number_is_told_what_it_lacks() -> None:
    """A temperature without a unit is told to give one."""
    with pytest.raises(InputRefused, match="needs a unit"):
        Context(temperature="38.6")


def test_treatments_and_drugs_carry_their_dates() -> None:
    """A date stands behind a colon; without one it is not known."""
    context = Context(
        treatments=["chemotherapy:2026-11-10", "CAR-T"], drugs=["carbimazole:2026-10-01", "x"]
    )
    assert context.treatments == (Treatment("chemotherapy", date(2026, 11, 10)), Treatment("car-t"))
    assert context.drugs == (Medicine("carbimazole", date(2026, 10, 1)), Medicine("x"))


def test_no_medicine_is_not_the_same_as_nobody_asked() -> None:
    """None says that nobody asked, an empty list or "none" that nothing is taken."""
    assert Context().drugs is None
    assert Context(drugs=[]).drugs == Context(drugs=["none"]).drugs == ()


@pytest.mark.parametrize(
    "options",
    [
        {"treatments": ["haircut"]},
        {"treatments": ["chemotherapy:last week"]},
        {"drugs": [""]},
        {"drugs": ["none", "carbimazole"]},
        {"symptoms": ["sore-thraot"]},
        {"symptoms": ["no-spleen"]},
        {"situations": ["fever"]},
        {"answers": {"nonsense": True}},
        {"answers": {"fever": 1}},
        {"answers": {"lumps": False}, "symptoms": ["lumps"]},
        {"finding": "sometimes"},
        {"trend": "up"},
    ],
)
def test_what_is_not_known_is_refused(options: dict[str, object]) -> None:
    """Words leukon does not know, and two answers to one question, are refused."""
    with pytest.raises(InputRefused):
        Context(**options)  # type: ignore[arg-type]


def test_a_near_miss_is_shown_the_right_word() -> None:
    """A question spelt nearly right is refused with the right one as a hint."""
    with pytest.raises(InputRefused, match="did you mean sore-throat"):
        Context(symptoms=["sore-thraot"])


def test_a_question_that_is_no_symptom_is_shown_its_option() -> None:
    """A situation or treatment given as a symptom is refused with the way to answer it."""
    with pytest.raises(InputRefused, match="--answer no-spleen=yes"):
        Context(symptoms=["no spleen"])


def test_chemo_is_chemotherapy() -> None:
    """The short word is a treatment against cancer too."""
    assert Context(treatments=["chemo"]).treatments[0].kind == "anticancer"


def test_no_symptoms_answers_symptoms_alone() -> None:
    """ "No symptoms" answers every symptom, and no question about treatment, medicine or situation."""
    context = Context(no_symptoms=True)
    assert {key for key, value in context.answers.items() if value is False} == set(SYMPTOMS)
    assert context.answer("anticancer-6wk") is None
    assert context.answer("sepsis-signs") is None
    assert context.drugs is None


def test_a_yes_outweighs_no_symptoms() -> None:
    """One symptom said beside "no symptoms" stays a yes."""
    context = Context(no_symptoms=True, symptoms=["sore_throat"])
    assert context.answer("sore-throat") is True
    assert context.answer("lumps") is False


def test_an_unanswered_question_is_no_answer() -> None:
    """A question nobody answered is None."""
    assert Context().answer("fever") is None


@pytest.mark.parametrize(
    ("given", "country"), [("gb", "UK"), ("United States", "US"), ("fr", "FR"), ("", "")]
)
def test_a_country_is_known_by_its_usual_names(given: str, country: str) -> None:
    """The usual names and codes of a country lead to one word."""
    assert Context(country=given).country == country
