"""Whose counts they are: ages by the most exact column, and what costs a row its answer."""

import numpy as np
import pyarrow as pa
import pytest

from leukon import Person
from leukon.batch import DUFFY_CODES, SEX_CODES
from leukon.readers.columns import recognise
from leukon.readers.mapping import declared
from leukon.readers.people import whose
from leukon.reasons import Reason


def people(**columns):
    """The people of a table with a count in it."""
    size = len(next(iter(columns.values())))
    batch = pa.RecordBatch.from_pydict({"wbc": [5.0] * size, **columns})
    found = recognise(batch.schema.names, declared({}, None))
    return whose(batch, found, np.arange(1, size + 1))


def ages(**columns):
    """The ages of a table, None where not known."""
    found = people(**columns).people.ages
    rows = np.array(found).T.tolist()
    return [None if np.isnan(row[0]) else tuple(row) for row in rows]


def told(age):
    """An age as `Person` takes it."""
    return None if age is None else tuple(Person(age=age).age_at_draw)


@pytest.mark.parametrize(
    ("name", "value", "same_as"),
    [
        ("age_years", 34.0, "34y"),
        ("age_years", 34, "34y"),
        ("age_years", "34", "34y"),
        ("age_months", 7, "7mo"),
        ("age_days", 3, "3d"),
        ("age_hours", 12, "12h"),
        ("age_weeks", 2, "2wk"),
        ("age", "34y", "34y"),
        ("age", "6mo", "6mo"),
        ("age", "1y 6mo", "1y 6mo"),
        ("age", 52.2, "52.2y"),
        ("age", "", None),
        ("RIDAGEYR", 34, "34y"),
    ],
)
def test_ages_are_read_with_their_unit(name, value, same_as):
    """A column says its unit, or the text does; a bare age is in years."""
    assert ages(**{name: [value]}) == [told(same_as)]


def test_an_age_unit_may_stand_in_a_column_of_its_own():
    """CDISC writes AGE beside AGEU."""
    assert ages(AGE=[34, 7], AGEU=["YEARS", "MONTHS"]) == [told("34y"), told("7mo")]


def test_over_89_is_90_or_more():
    """An age known only to be high is an interval to the oldest that can be."""
    ((days_from, _, months_from, months_to),) = ages(age=["> 89"])
    assert (months_from, months_to) == (90 * 12, 130 * 12)
    assert days_from == pytest.approx(90 * 365.25, abs=2)


def test_the_most_exact_age_is_used_row_by_row():
    """Birth and draw before hours, hours before months, months before years."""
    found = ages(
        age_years=[1.0, 1.0, 1.0, 1.0],
        age_months_exam=[14.0, 14.0, None, None],
        age_months_screen=[13.0, None, 13.0, None],
        birth=["2020-01-01", None, None, None],
        drawn_at=["2021-04-05", "2021-04-05", None, None],
    )
    assert [row[2] for row in found] == [15, 14, 13, 12]


def test_clock_times_tell_newborns_apart():
    """Two times of day give hours; a date or midnight alone leaves a day open."""
    found = ages(
        birth=["2020-01-01T23:00", "2020-01-01", "2020-01-01T00:00"],
        drawn_at=["2020-01-03T01:00", "2020-01-03T01:00", "2020-01-03"],
    )
    assert found[0][0] == pytest.approx(26 / 24)
    assert found[1] == found[2]
    assert found[1][:2] == (1, 3)


@pytest.mark.parametrize(
    ("columns", "reason", "says"),
    [
        ({"age_years": [-1.0]}, Reason.AGE_MISSING, "negative or over 130"),
        ({"age_years": [131.0]}, Reason.AGE_MISSING, "negative or over 130"),
        ({"age": ["old"]}, Reason.AGE_MISSING, "cannot be read"),
        ({"birth": ["2020-06-06"], "drawn_at": ["2020-06-05"]}, Reason.AGE_MISSING, "before birth"),
        ({"birth": ["1880-06-06"], "drawn_at": ["2020-06-05"]}, Reason.AGE_MISSING, "130 years"),
        ({"birth": ["03/04/1980"], "drawn_at": ["2020-06-05"]}, Reason.AGE_MISSING, "ISO 8601"),
        ({"birth": ["1980-04-03"], "drawn_at": ["5 June 20"]}, Reason.AGE_MISSING, "ISO 8601"),
        (
            {"age_years": [70], "drawn_at": ["2020-06-05T10:00"], "death": ["2020-06-04"]},
            Reason.AGE_MISSING,
            "after death",
        ),
        ({"sex": ["weiblich"]}, Reason.SEX_MISSING, "the sex"),
        ({"sex": ["1"]}, Reason.SEX_MISSING, "the sex"),
        ({"RIAGENDR": [3]}, Reason.SEX_MISSING, "the sex"),
        ({"duffy": ["NULL"]}, Reason.NOT_READ, "Duffy status"),
        ({"duffy": ["yes"]}, Reason.NOT_READ, "Duffy status"),
        ({"pregnant": ["perhaps"]}, Reason.NOT_READ, "pregnancy"),
        ({"pregnant": [True], "pregnancy_weeks": [99]}, Reason.WEEKS_MISSING, "no week"),
        ({"pregnant": ["yes"], "trimester": ["4"]}, Reason.WEEKS_MISSING, "no week"),
        ({"pregnant": [False], "pregnancy_weeks": [9]}, Reason.CONTRADICTORY, "there is none"),
    ],
)
def test_a_person_that_cannot_be_read_costs_the_row_its_answer(columns, reason, says):
    """The row stays, undetermined, and is listed with what to do and without the value."""
    found = people(**columns)
    assert found.undetermined.tolist() == [reason]
    ((refusal,),) = found.refused
    assert says in refusal.message
    assert refusal.row == 1
    assert refusal.hint
    assert not refusal.lost


def test_what_is_not_stated_is_not_refused():
    """Missing sex, pregnancy, Duffy status and age are not known, which is no fault."""
    found = people(
        sex=["", "unknown", None, "F"],
        duffy=["", "unknown", None, "null"],
        pregnant=["", "unknown", None, "y"],
        age=["NA", "", None, "34"],
        specimen=["", "blood", None, "venous"],
    )
    assert not found.refused
    assert not found.undetermined.any()
    assert found.people.sex.tolist() == [0, 0, 0, SEX_CODES["female"]]
    assert found.people.duffy.tolist() == [0, 0, 0, DUFFY_CODES["null"]]
    assert found.people.pregnant.tolist() == [False, False, False, True]


def test_codes_of_sex_hold_in_the_columns_that_define_them():
    """1 is male in NHANES' RIAGENDR, 8507 in OMOP's gender_concept_id, and nowhere else."""
    male, female = SEX_CODES["male"], SEX_CODES["female"]
    assert people(RIAGENDR=[1.0, 2.0, None]).people.sex.tolist() == [male, female, 0]
    assert people(gender_concept_id=[8507, 8532, 0]).people.sex.tolist() == [male, female, 0]


def test_other_specimens_and_controls_are_said_to_be_so():
    """Urine is no blood, and a control no person; neither is a fault of the file."""
    found = people(specimen=["Urine", "QC", "capillary", "whole blood"])
    assert found.undetermined.tolist() == [Reason.NOT_BLOOD, Reason.QUALITY_CONTROL, 0, 0]
    assert not found.refused


def test_facts_come_in_columns_or_in_a_list():
    """A definition may ask for facts of any name."""
    found = people(
        birth_weight_1500g_or_less=["yes", "", "no"], qualifiers=["altitude-over-2500m", "", None]
    )
    assert found.people.qualifiers["birth-weight-1500g-or-less"].tolist() == [True, False, False]
    assert found.people.qualifiers["altitude-over-2500m"].tolist() == [True, False, False]


def test_people_of_whom_the_same_is_known_are_one_kind():
    """Each row's kind says of it what the row's own columns say, and each kind is held once."""
    size = 500
    rng = np.random.default_rng(3)
    found = people(
        age_years=[None if n == 9 else float(n) for n in rng.integers(0, 10, size)],
        sex=rng.choice(["F", "M", "U"], size).tolist(),
        duffy=rng.choice(["null", "not-null", ""], size).tolist(),
        pregnant=rng.choice([True, False], size).tolist(),
        specimen=rng.choice(["venous", "capillary", "blood"], size).tolist(),
    ).people
    kinds = found.kinds
    assert 0 < len(kinds.people.sex) < size
    back = kinds.people.rows(kinds.numbers)
    for own, of_kind in zip(
        (*found.ages, found.sex, found.duffy, found.pregnant, found.specimen),
        (*back.ages, back.sex, back.duffy, back.pregnant, back.specimen),
        strict=True,
    ):
        assert np.array_equal(own, of_kind, equal_nan=own.dtype.kind == "f")
    held = np.stack([column for column in kinds.people.columns if column is not None], axis=1)
    assert len(np.unique(held, axis=0)) == len(held)


def test_batches_share_the_kinds_of_people():
    """A batch with other people adds their kinds, and the kinds of the first keep their numbers."""
    first = people(age_years=[30.5, 31.5], sex=["F", "M"]).people.kinds
    second = people(age_years=[32.5, 31.5, 30.5], sex=["F", "M", "F"]).people.kinds
    assert second.numbers[2] == first.numbers[0]
    assert second.numbers[1] == first.numbers[1]
    assert people(age_years=[31.5], sex=["M"]).people.kinds.memory is second.memory


def test_a_batch_of_nobody_has_no_kinds():
    """A table whose first batch is empty is read like any other."""
    nobody = people(
        age_years=pa.array([], pa.float64()), sex=pa.array([], pa.string()), specimen=[]
    )
    assert len(nobody.people.kinds.numbers) == 0


def test_more_kinds_than_are_remembered(monkeypatch):
    """Kinds are forgotten where there are too many; those of a batch are always known."""
    monkeypatch.setattr("leukon.batch.MOST_KNOWN", 3)
    for ages in ([1.0, 2.0], [3.0, 4.0], [1.0, 5.0], [6.0, 7.0]):
        found = people(age_years=ages, sex=["F", "F"], duffy=["null", ""]).people
        assert len(found.kinds.people.sex) <= 3
        assert np.array_equal(found.kinds.people.rows(found.kinds.numbers).ages, found.ages)


@pytest.mark.parametrize(
    "columns",
    [
        {"age_years": [34.0, 34.0], "age_days": [3.0, None]},
        {"birth_date": ["1990-01-01", None], "drawn_at": ["2020-01-01"] * 2, "age": ["34y"] * 2},
        {"age": ["34y"] * 2, "pregnancy_weeks": [20, 30]},
    ],
)
def test_no_kinds_where_the_age_column_does_not_say_it_all(columns):
    """Ages of several columns, or weeks of pregnancy, are looked up row by row."""
    assert people(**columns).people.kinds is None


TWO_AGES = "too far apart"


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"age_years": [34], "age_days": [3]}, TWO_AGES),
        ({"age": ["34y"], "birth": ["1969-01-01"], "drawn_at": ["2020-05-01"]}, TWO_AGES),
        ({"age_months": [5], "age_days": [30]}, TWO_AGES),
        ({"age_hours": [12], "birth": ["2020-04-20"], "drawn_at": ["2020-05-01"]}, TWO_AGES),
        ({"age": ["> 89"], "birth": ["1969-01-01"], "drawn_at": ["2020-05-01"]}, TWO_AGES),
        ({"sex": ["M"], "pregnant": [True]}, "said to be male"),
        ({"sex": ["M"], "pregnancy_weeks": [20]}, "said to be male"),
        ({"trimester": [1], "pregnancy_weeks": [30]}, "not of the trimester"),
        ({"trimester": [3], "pregnancy_weeks": [12]}, "not of the trimester"),
    ],
)
def test_facts_that_cannot_both_hold_are_contradictory(columns, says):
    """Two ages, a pregnant man, a week of another trimester: which of them holds is not known."""
    found = people(**columns)
    assert found.undetermined.tolist() == [Reason.CONTRADICTORY]
    assert [refused.reason for refused in found.refused] == [Reason.CONTRADICTORY]
    assert says in found.refused[0].message


@pytest.mark.parametrize(
    "columns",
    [
        {"age_years": [34], "age_months": [419]},
        {"age_months_exam": [27], "age_months_screen": [24]},
        {"age_years": [35], "birth": ["1985-06-30"], "drawn_at": ["2020-05-01"]},
        {"age_days": [3], "birth": ["2020-04-29"], "drawn_at": ["2020-05-01"]},
        {"age": ["> 89"], "birth": ["1925-01-01"], "drawn_at": ["2020-05-01"]},
        {"age_years": [34], "age_days": [None]},
        {"sex": ["M"], "pregnant": [False]},
        {"sex": ["U"], "pregnant": [True]},
        {"trimester": [2], "pregnancy_weeks": [13]},
        {"trimester": [None], "pregnancy_weeks": [30]},
    ],
)
def test_facts_that_can_both_hold_are_taken(columns):
    """An age in years may be rounded, and books differ by a week where a trimester begins."""
    found = people(**columns)
    assert found.undetermined.tolist() == [0]
    assert not found.refused


def test_what_is_remembered_is_remembered_of_the_same_people_only():
    """Two batches share what was looked up where their kinds of people are the same in every way."""
    columns = {"age_years": [34.0, 35.0] * 20, "sex": ["F", "M"] * 20, "duffy": ["null"] * 40}
    memory = people(**columns).people.kinds.memory
    assert people(**columns).people.kinds.memory is memory
    others = (
        {"age_years": [34.0, 36.0] * 20},
        {"sex": ["M", "F"] * 20},
        {"duffy": ["not-null"] * 40},
        {"specimen": ["venous"] * 40},
    )
    for other in others:
        assert people(**{**columns, **other}).people.kinds.memory is not memory
    del columns["duffy"]
    assert people(**columns).people.kinds.memory is not memory
