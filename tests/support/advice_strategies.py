"""Invented people to be advised: every age, count, drug, treatment and answer the rules look at."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from msgspec.structs import replace

from leukon.advice import Counted, counted, questions
from leukon.context import FINDINGS, TRENDS, Context, Medicine, Treatment
from leukon.panel import Person
from support.advice_oracle import Case

TODAY = date(2026, 11, 24)
AGES = (
    None, "12h", "10d", "27d", "28d", "0mo", "2mo", "3mo", "6wk", "18mo", "2y", "10y", "17y", "18y",
    "24y", "25y", "50y", "60y", "64y", "65y", "70y", "71y", "90y",
)  # fmt: skip
TEMPERATURES = (None, "35.9C", "36.0C", "37.0C", "37.5C", "37.9C", "38.0C", "100.4F", "39.5C")
DRUGS = (
    "clozapine", "carbimazole", "H03BB02", "deferiprone", "sulfasalazine", "rituximab", "N02BB02",
    "cyclophosphamide", "L01XX99", "azathioprine", "prednisolone", "tocilizumab", "filgrastim",
    "pegfilgrastim", "ibuprofen", "somethingelse", "cisplatin", "MTX", "Neo-Mercazole",
)  # fmt: skip
TREATMENTS = ("chemotherapy", "radiotherapy", "transplant", "leukaemia", "gcsf")
VALUES = {
    "NEUT": (0.0, 0.3, 0.5, 0.7, 1.0, 1.2, 1.5, 1.7, 2.0, 2.2, 4.0),
    "WBC": (0.4, 1.0, 2.0, 2.1, 3.0, 3.4, 3.5, 4.0, 4.9, 5.0, 7.0, 60.0),
    "LYMPH": (0.2, 0.5, 0.7, 1.0, 1.2, 1.5, 2.0, 3.0, 4.0),
    "CD4": (0.1, 0.2, 0.6),
    "MONO": (0.1, 0.4),
    "EOS": (0.2, 0.9),
    "HGB": (60.0, 80.0, 110.0, 140.0),
    "PLT": (15.0, 50.0, 120.0, 250.0),
    "BLAST": (0.0, 0.1),
}
LIMITS = {
    "NEUT": 1.5,
    "WBC": 4.0,
    "LYMPH": 1.0,
    "CD4": 0.4,
    "MONO": 0.2,
    "EOS": 0.0,
    "HGB": 120.0,
    "PLT": 150.0,
}
HIGH = {"WBC": 11.0, "NEUT": 7.5, "EOS": 0.5}
CRITICAL = {"NEUT": 0.5, "WBC": 1.0, "HGB": 70.0, "PLT": 20.0}
LINES = ("", "none", "NEUT", "LYMPH", "MONO", "undetermined")


def flag_of(name: str, value: float, limit: float | None = None) -> str:
    """What a plain definition for adults calls a value."""
    if value < CRITICAL.get(name, 0.0):
        return "critical-low"
    if value < (LIMITS.get(name, 0.0) if limit is None else limit):
        return "low"
    if value > 50 and name == "WBC":
        return "critical-high"
    return "high" if value > HIGH.get(name, value) else "within"


@st.composite
def counts(draw: st.DrawFn) -> dict[str, Counted]:
    """Some counts, with what a plain definition says of them, or with a sign before them."""
    found = {}
    for name in draw(st.sets(st.sampled_from(sorted(VALUES)), max_size=5)):
        value = draw(st.sampled_from(VALUES[name]))
        sign = draw(st.sampled_from(("", "", "", "<", ">=")))
        flag = "undetermined" if sign else flag_of(name, value)
        flag = draw(st.sampled_from((flag, flag, "undetermined")))
        flags = [flag, *draw(st.sampled_from(((), (), ("within",), ("undetermined",))))]
        seen = counted(value, sign, flags=flags, lower=LIMITS.get(name))
        assert seen is not None
        found[name] = replace(seen, is_doubtful=draw(st.sampled_from((False,) * 5 + (True,))))
    return found


def days() -> SearchStrategy[date | None]:
    """A last day some days ago, or not known."""
    ago = st.sampled_from((0, 14, 15, 21, 22, 28, 29, 42, 43, 300, 365, 366, 400))
    return st.none() | ago.map(lambda number: TODAY - timedelta(days=number))


def answers() -> SearchStrategy[dict[str, bool]]:
    """Nothing, a few answers, or all of them no but a few."""
    some = st.dictionaries(st.sampled_from(sorted(questions())), st.booleans(), max_size=5)
    all_no = some.map(lambda found: {**dict.fromkeys(questions(), False), **found})
    only_no = st.just(dict.fromkeys(questions(), False))
    return some | all_no | only_no


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    """What is known beside the counts."""
    medicines = st.builds(Medicine, st.sampled_from(DRUGS), days())
    treatments = st.builds(Treatment, st.sampled_from(TREATMENTS), days())
    return Context(
        temperature=draw(st.sampled_from(TEMPERATURES)),
        treatments=tuple(draw(st.lists(treatments, max_size=2))),
        drugs=draw(st.none() | st.just(()) | st.lists(medicines, max_size=2).map(tuple)),
        answers=draw(answers()),
        country=draw(st.sampled_from(("", "UK", "US", "FR"))),
        finding=draw(st.sampled_from(FINDINGS)),
        trend=draw(st.sampled_from(TRENDS)),
        asked_on=draw(st.sampled_from((None, TODAY))),
        counted_in_this_illness=draw(st.sampled_from((None, None, True, False))),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """One person, whole."""
    sex = draw(st.sampled_from(("female", "male", None)))
    person = Person(
        age=draw(st.sampled_from(AGES)),
        sex=sex,
        duffy=draw(st.sampled_from((None, "null", "not-null"))),
        pregnant=sex != "male" and draw(st.sampled_from((False, False, True))),
    )
    drawn = draw(st.sampled_from((None, TODAY, TODAY - timedelta(days=3))))
    return Case(person, draw(contexts()), draw(counts()), draw(st.sampled_from(LINES)), drawn)


@st.composite
def calm_cases(draw: st.DrawFn) -> Case:
    """An adult of whom everything is known and nothing is wrong but a low count."""
    duffy = draw(st.sampled_from((None, "null")))
    person = Person(age=draw(st.sampled_from(("30y", "72y"))), sex="male", duffy=duffy)
    context = Context(
        answers=dict.fromkeys(questions(), False),
        drugs=(),
        trend="not-falling",
        finding=draw(st.sampled_from(FINDINGS)),
    )
    found = {}
    for name in draw(st.sets(st.sampled_from(("NEUT", "WBC", "LYMPH", "MONO")), min_size=1)):
        value = draw(st.sampled_from(VALUES[name]))
        seen = counted(value, flags=[flag_of(name, value)])
        assert seen is not None
        found[name] = seen
    for name, value in (("HGB", 140.0), ("PLT", 250.0)):
        seen = counted(value, flags=["within"])
        assert seen is not None
        found[name] = seen
    return Case(person, context, found, draw(st.sampled_from(LINES)))
