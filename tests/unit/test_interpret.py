"""One panel's answer: what stands beside the flags."""

import json
from datetime import date, datetime

import pytest
from msgspec.structs import replace

from leukon import Context, Count, DecisionLimit, Definition, Flag, Panel, Person, interpret
from leukon.errors import DefinitionUnknown
from leukon.notes import TEXTS

UNIT = "10*9/L"
WOMAN = Person(age="34y", sex="female")


def answer(*counts, by=None, person=WOMAN):
    return interpret(Panel(person, counts), by=by)


def notes(found):
    return {note.code for note in found.notes}


def test_a_count_has_its_distance_from_the_limit():
    """The distance is the difference of the printed decimals; negative: low."""
    found = answer(Count("WBC", 3700, "/uL"))["wbc"]
    assert (found.value, found.unit, found.distance) == (3.7, UNIT, -0.3)
    assert (found.reported.value, found.reported.unit) == (3700, "/uL")
    with pytest.raises(KeyError):
        answer(Count("WBC", 3.7, UNIT))["PLT"]


@pytest.mark.parametrize("asked_on", [None, date(2026, 3, 2)])
def test_a_draw_may_have_its_time_of_day_beside_dated_treatments(asked_on):
    """Treatments and drugs are dated by days, draws often by the minute."""
    panel = Panel(WOMAN, [Count("NEUT", 1.3, UNIT)], datetime(2026, 3, 1, 9, 30))
    given = {"treatments": ["chemotherapy:2026-02-20"], "drugs": ["clozapine:2026-02-10"]}
    by_minute = interpret(panel, context=Context(asked_on=asked_on, **given))
    by_day = interpret(
        replace(panel, drawn_at=date(2026, 3, 1)), context=Context(asked_on=asked_on, **given)
    )
    assert by_minute == by_day


def test_counts_stand_in_the_order_of_the_analytes():
    """The total first, then the lines, whatever the order they were given in."""
    found = answer(Count("LYMPH", 2, UNIT), Count("NEUT", 3, UNIT), Count("WBC", 6, UNIT))
    assert [count.analyte for count in found.counts] == ["WBC", "NEUT", "LYMPH"]


def test_an_empty_panel_has_an_answer():
    """No counts: no flags, and nothing is known of a driver."""
    found = answer()
    assert (found.counts, found.driver) == ((), "undetermined")


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ([("WBC", 6.0), ("NEUT", 1.0)], "total-within-line-low"),
        ([("WBC", 3.9), ("NEUT", 2.2)], "total-low-no-line-low"),
        ([("WBC", 3.9)], "total-low-lines-unknown"),
    ],
)
def test_what_the_total_and_the_lines_say_together(counts, code):
    """A low line under a normal total, and a low total that no line explains, are said."""
    assert code in notes(answer(*(Count(name, value, UNIT) for name, value in counts)))


def test_what_was_not_looked_at_is_said():
    """Context is not looked at here; a definition without rows for pregnancy or Duffy says so."""
    person = Person(age="34y", sex="female", duffy="null", pregnant=True, weeks=20)
    found = notes(answer(Count("WBC", 3.7, UNIT), by="merck-manual", person=person))
    assert {"pregnancy-not-considered", "duffy-not-considered", "no-context", "informs"} <= found
    assert not {"pregnancy-not-considered"} & notes(answer(Count("WBC", 3.7, UNIT), person=person))


def test_counting_error_is_said_near_a_limit():
    """A share counted by eye says when its count may lie on the other side of the limit."""
    near = answer(Count("WBC", 3.0, UNIT), Count("NEUT", 48, "%", method="manual"))
    far = answer(Count("WBC", 3.0, UNIT), Count("NEUT", 10, "%", method="manual"))
    assert "counting-error" in notes(near)
    assert "counting-error" not in notes(far)


def test_every_note_has_words():
    """A note is a code for programs and a sentence for people."""
    assert all(text.endswith(".") for text in TEXTS.values())


def test_the_answer_is_plain_json():
    """What the command line prints can be read by anything."""
    found = answer(Count("WBC", 3.7, UNIT), Count("NEUT", None, absent="pending")).as_dict()
    again = json.loads(json.dumps(found))
    assert again["schema_version"]
    assert again["counts"][0]["agreement"]["low"] == 12
    assert again["counts"][1]["value"] is None


def test_flags_have_the_codes_of_fhir():
    """Each flag has the code FHIR uses, and undetermined has none."""
    codes = {flag.slug: flag.fhir for flag in Flag}
    assert codes == {
        "critical-low": "LL",
        "low": "L",
        "within": "N",
        "high": "H",
        "critical-high": "HH",
        "undetermined": "",
    }


def test_an_unknown_definition_is_refused():
    """A definition that is not there is no default."""
    with pytest.raises(DefinitionUnknown):
        answer(Count("WBC", 3.7, UNIT), by="nobody")


def test_a_low_limit_over_a_high_one_never_hides_a_low_count():
    """A count under the low limit is low, also where another row's high limit is under it."""
    rows = (
        DecisionLimit(analyte="WBC", low=5.0, unit=UNIT),
        DecisionLimit(analyte="WBC", high=4.0, unit=UNIT),
    )
    mine = Definition(id="mine", publisher="Mine", version="1", limits=rows)
    flags = [answer(Count("WBC", value, UNIT), by=mine)["WBC"].flag for value in (3.5, 4.5, 5.0)]
    assert flags == ["low", "low", "high"]
