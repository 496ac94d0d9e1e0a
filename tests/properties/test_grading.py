"""Grades of invented counts by the shipped scales and by invented ones, against a plain reading."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from leukon.ages import Ages, parse_age
from leukon.analytes import Analyte
from leukon.batch import COMPARATOR_CODES
from leukon.grading import Grades, grade, grade_batch
from leukon.scales import Scale, from_mapping, resolve, scale_ids
from leukon.severity import reason_slug
from support.plain_grades import Case, Plain, plain_grade

SHIPPED = st.sampled_from(scale_ids()).map(resolve)
DAYS = (0, 1, 2, 6, 7, 8, 60, 61, 300, 3000, 12000)
BORDER_DAYS = (2, 7, 8, 61)


# What is invented


def numbers(scale: Scale, analyte: Analyte) -> st.SearchStrategy[float]:
    """Counts on, beside and between the bounds of a scale."""
    bounds = {
        bound
        for row in scale.grades
        if row.analyte == analyte
        for bound in (row.low, row.high)
        if isinstance(bound, float)
    }
    near = [max(b + step, 0.0) for b in bounds for step in (-0.01, -0.0001, 0, 0.0001, 0.01)]
    on = st.sampled_from([0.0, *(round(v, 6) for v in near)])
    return on | st.decimals(0, 12, places=4).map(float)


@st.composite
def invented_scales(draw: st.DrawFn) -> Scale:
    """A protocol's scale of neutrophils: one to three ages, holes, both kinds of bounds, LLN."""
    borders = sorted(draw(st.sets(st.sampled_from(BORDER_DAYS), max_size=2)))
    edges = ["", *(f"{day}d" for day in borders), ""]
    words = draw(st.sampled_from([(), ("mild", "moderate", "severe", "profound")]))
    rows = [
        row
        for age_from, age_to in pairwise(edges)
        if not borders or draw(st.booleans()) or not age_from
        for row in draw(invented_ladder(age_from, age_to, words))
    ]
    head = {"id": "invented", "name": "Invented", "version": "1", "words": words}
    return from_mapping({**head, "grades": rows})


@st.composite
def invented_ladder(draw: st.DrawFn, age_from: str, age_to: str, words: tuple) -> list[dict]:
    """The rows of one age, from the mildest down."""
    cuts = draw(st.lists(st.integers(1, 60), min_size=4, max_size=8, unique=True))
    cuts = sorted((cut / 10 for cut in cuts), reverse=True)
    ages = {k: v for k, v in (("age_from", age_from), ("age_to", age_to)) if v}
    rows: list[dict] = []
    top, inclusive, grades = cuts[0], draw(st.booleans()), list(words or (1, 2, 3, 4))
    for low in cuts[1:]:
        if not grades:
            break
        if draw(st.integers(0, 4)):
            low_inclusive = draw(st.booleans())
            row = {"low": low, "low_inclusive": low_inclusive, "high": top}
            row |= {"high_inclusive": inclusive, "grade": grades.pop(0)}
            rows.append({"analyte": "NEUT", "unit": "10*9/L", **ages, **row})
            inclusive = not low_inclusive
        else:
            inclusive = draw(st.booleans())
        top = low
    assume(rows)
    if draw(st.booleans()):
        del rows[-1]["low"], rows[-1]["low_inclusive"]
    if draw(st.booleans()) and "low" in rows[0]:
        rows[0] |= {"high": "LLN"}
    return rows


@st.composite
def asked(draw: st.DrawFn, scales: st.SearchStrategy[Scale]) -> tuple[Scale, Analyte, list[Case]]:
    """A scale, an analyte, and a column of counts."""
    scale = draw(scales)
    analyte = draw(st.sampled_from([Analyte.NEUT, Analyte.WBC, *scale.analytes]))
    values = numbers(scale, analyte)
    case = st.builds(
        Case,
        value=values,
        sign=st.sampled_from(["", "", "<", "<=", ">=", ">"]),
        lln=st.none() | values,
        days=st.none() | st.sampled_from(DAYS),
    )
    return scale, analyte, draw(st.lists(case, min_size=1, max_size=5))


def column(cases: list[Case], scale: Scale, analyte: Analyte) -> Grades:
    """The cases graded as one column."""
    unknown = (np.nan,) * 4
    ages = [unknown if c.days is None else tuple(parse_age(f"{c.days}d")) for c in cases]
    return grade_batch(
        np.array([c.value for c in cases]),
        scale=scale,
        analyte=analyte,
        comparators=np.array([COMPARATOR_CODES[c.sign] for c in cases], dtype=np.int8),
        ages=Ages(*np.array(ages, dtype=np.float64).T),
        lln=np.array([np.nan if c.lln is None else c.lln for c in cases]),
    )


def said(found: Grades, row: int) -> Plain:
    """What leukon says of one row, in the oracle's words."""
    low, high = (int(codes[row]) for codes in (found.low, found.high))
    code = int(found.codes[row])
    answer = Plain(
        None if low < 0 else low,
        None if high < 0 else high,
        reason_slug(int(found.reasons[row])),
    )
    assert answer.grade == (None if code < 0 else code)
    return answer


@given(asked(SHIPPED))
def test_shipped_scales_equal_the_plain_reading(case):
    """Every shipped scale, asked for a column, says what its printed rows say one by one."""
    scale, analyte, cases = case
    found = column(cases, scale, analyte)
    for row, one in enumerate(cases):
        assert said(found, row) == plain_grade(one, scale, analyte), (scale.id, one)


@given(asked(invented_scales()))
def test_invented_scales_equal_the_plain_reading(case):
    """Any scale in a file, with ages, holes and a lower limit, is read as its rows say."""
    scale, analyte, cases = case
    assert not [f for f in scale.findings() if f.severity == "error"]
    found = column(cases, scale, analyte)
    for row, one in enumerate(cases):
        assert said(found, row) == plain_grade(one, scale, analyte), one


@given(asked(SHIPPED | invented_scales()))
def test_a_more_severe_count_never_gets_a_lower_grade(case):
    """Within one age and one lower limit a lower count is graded at least as severe."""
    scale, analyte, cases = case
    first = cases[0]
    ladder = sorted(
        (Case(c.value, "", first.lln, first.days) for c in cases), key=lambda c: c.value
    )
    found = column(ladder, scale, analyte)
    severest, mildest = found.high[found.high >= 0], found.low[found.low >= 0]
    assert (np.diff(severest.astype(int)) <= 0).all()
    assert (np.diff(mildest.astype(int)) <= 0).all()


@given(asked(SHIPPED))
@example((resolve("ctcae-5.0"), Analyte.NEUT, [Case(1.4995, "", 1.21, None)]))
def test_one_count_is_a_batch_of_one(case):
    """`grade` of one count equals its row in a column, in 10*9/L and per microlitre."""
    scale, analyte, cases = case
    found = column(cases, scale, analyte)
    for row, one in enumerate(cases):
        for unit, per in (("10*9/L", 1), ("/uL", 1000)):
            answer = grade(
                analyte,
                round(one.value * per, 4),
                unit=unit,
                scale=scale,
                lln=None if one.lln is None else round(one.lln * per, 4),
                age=None if one.days is None else f"{one.days}d",
                comparator=one.sign,
            )
            codes = (found.codes, found.low, found.high)
            expected = [scale.grade(int(code[row])) for code in codes]
            assert [answer.grade, answer.low_grade, answer.high_grade] == expected
            assert answer.reason == reason_slug(int(found.reasons[row]))
            assert (answer.grade is None) == (answer.reason != "")


@given(asked(SHIPPED | invented_scales()), st.integers(1, 40))
def test_a_row_does_not_depend_on_its_neighbours(case, times):
    """The order and the size of a column change no answer."""
    scale, analyte, cases = case
    once = column(cases, scale, analyte)
    many = column((cases * times)[::-1], scale, analyte)
    for name in ("codes", "reasons", "low", "high"):
        repeated = np.tile(getattr(once, name), times)[::-1]
        assert (getattr(many, name) == repeated).all()


def test_the_generators_reach_every_answer():
    """Invented scales reach each grade and each reason a scale may give (tests of the tests)."""
    seen: set[str] = set()

    @settings(max_examples=300)
    @given(asked(SHIPPED | invented_scales()))
    def collect(case):
        scale, analyte, cases = case
        found = column(cases, scale, analyte)
        seen.update(f"grade {code}" for code in found.codes.tolist())
        seen.update(reason_slug(code) for code in found.reasons.tolist())

    collect()
    reasons = {"no-scale-for-analyte", "no-stratum-for-age", "age-missing", "lln-missing"}
    assert seen >= {"grade 0", "grade 1", "grade 2", "grade 3", "grade 4", "comparator", "no-band"}
    assert seen >= reasons
