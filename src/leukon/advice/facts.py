"""What is known of a person: every question of the table with yes, no, or open.

Temperature, treatments, medicines, phenotype and earlier counts answer questions too. A yes from
anywhere wins; a no is only what was said or measured.
"""

from __future__ import annotations

import math
from datetime import date, datetime

from msgspec import Struct

from leukon.advice.content import Question, content, questions
from leukon.advice.drugs import ANTICANCER, DrugFound, find_all
from leukon.advice.windows import still
from leukon.ages import Age, Border, parse_border
from leukon.context import Context, Treatment
from leukon.panel import Person, day_of

FEVER_FROM, COLD_BELOW = 38.0, 36.0
"""The limits in the questions "fever" and "cold" (CCLG: 38.0 on one occasion; under 36.0)."""


PASSED = (
    "{name}, last given on {date}: too long ago to be taken into account. If it was given later, "
    "say when."
)


class Passed(Struct, frozen=True):
    """A treatment or medicine that was not taken into account: too long ago, by its date."""

    name: str
    on: date

    @property
    def text(self) -> str:
        """What is said of it."""
        return PASSED.format(name=self.name, date=self.on.isoformat())


class Facts(Struct, frozen=True):
    """The questions answered yes and no, those open, the medicines, and the groups that count.

    `passed` are dated treatments and medicines that lie outside every window.
    """

    yes: frozenset[str]
    no: frozenset[str]
    open: tuple[Question, ...]
    drugs: tuple[DrugFound, ...]
    groups: frozenset[str]
    passed: tuple[Passed, ...] = ()

    @property
    def unknown_drugs(self) -> tuple[DrugFound, ...]:
        """The medicines leukon does not know, whole or in part."""
        return tuple(drug for drug in self.drugs if not drug.is_known)


def facts_of(
    person: Person,
    context: Context,
    today: date | None,
    *,
    seen: frozenset[str] = frozenset(),
) -> Facts:
    """What the person and the context answer.

    `today` is the day windows are counted back from: the earliest one that matters, for what was
    inside a window then counts. `seen` are questions that the report itself answers with yes.
    """
    said = answers_of(person, context, today, seen=seen)
    open_ = tuple(
        [
            question
            for key, question in questions().items()
            if key not in said.no
            and (key not in said.yes or _nameless(key, said.drugs))
            and applies(question, person)
        ]
    )
    passed = _passed(context, said.drugs, today)
    return Facts(said.yes, said.no, open_, said.drugs, said.groups, passed)


def counted_from(context: Context, drawn_at: date | datetime | None) -> date | None:
    """The day that windows are counted back from: of the draw and the questions, the earlier one.

    What is inside a window on either day counts.

    >>> counted_from(Context(asked_on=date(2026, 3, 2)), datetime(2026, 3, 1, 9))
    datetime.date(2026, 3, 1)
    """
    drawn = None if drawn_at is None else day_of(drawn_at)
    return min((day for day in (context.asked_on, drawn) if day is not None), default=None)


class Answers(Struct, frozen=True):
    """The questions answered yes and no, the medicines, and the groups that count."""

    yes: frozenset[str]
    no: frozenset[str]
    drugs: tuple[DrugFound, ...]
    groups: frozenset[str]


def answers_of(
    person: Person,
    context: Context,
    today: date | None,
    *,
    seen: frozenset[str] = frozenset(),
) -> Answers:
    """What `facts_of` says, without what is open and what has passed."""
    drugs = find_all(context.drugs or (), today)
    groups = frozenset[str]().union(*(drug.counting for drug in drugs))
    yes = {key for key, value in context.answers.items() if value} | seen
    no = {key for key, value in context.answers.items() if not value}
    yes |= _from_treatments(context.treatments, today) | _from_drugs(groups)
    if person.pregnant:
        yes.add("pregnant")
    _temperature(context.celsius, yes, no)
    _trend(context.trend, yes, no)
    _listed_drug(context, drugs, yes, no)
    return Answers(frozenset(yes), frozenset(no - yes), drugs, groups)


def _passed(
    context: Context, drugs: tuple[DrugFound, ...], today: date | None
) -> tuple[Passed, ...]:
    """The dated treatments and medicines that answer nothing."""
    found = [
        Passed(one.name, one.on)
        for one in context.treatments
        if one.on is not None and not _from_treatments((one,), today)
    ]
    for medicine, drug in zip(context.drugs or (), drugs, strict=True):
        if medicine.stopped is not None and drug.groups and not drug.counting:
            found.append(Passed(medicine.name, medicine.stopped))
    return tuple(found)


def _nameless(key: str, drugs: tuple[DrugFound, ...]) -> bool:
    """Whether the question about medicines has a yes but lacks a name that leukon knows."""
    return key == "listed-drug" and (not drugs or any(not drug.is_known for drug in drugs))


def _from_treatments(treatments: tuple[Treatment, ...], today: date | None) -> set[str]:
    if not treatments:
        return set()
    yes = set()
    windows = {group.id: group for group in content().drug_groups.group}
    for given in treatments:
        if given.kind in ("cell-therapy", "blood-cancer"):
            yes.add("transplant-leukaemia")
        if given.kind in ("cell-therapy", "anticancer") and _within(
            given, windows[ANTICANCER].window, today
        ):
            yes.add("anticancer-6wk")
        # Whether the injection was a long-acting one is not known: the longer window.
        if given.kind == "gcsf" and _within(given, windows["gcsf"].long_window, today):
            yes.add("gcsf")
    return yes


def _within(given: Treatment, window: str, today: date | None) -> bool:
    """Whether a treatment counts; without a date, or a day to count from, it does."""
    return given.on is None or today is None or still(given.on, window, today)


def _from_drugs(groups: frozenset[str]) -> set[str]:
    if not groups:
        return set()
    return {group.sets for group in content().drug_groups.group if group.id in groups} - {""}


def _temperature(celsius: float, yes: set[str], no: set[str]) -> None:
    if math.isnan(celsius):
        return
    for key, holds in (("fever", celsius >= FEVER_FROM), ("cold", celsius < COLD_BELOW)):
        (yes if holds else no).add(key)


def _trend(trend: str, yes: set[str], no: set[str]) -> None:
    if trend != "unknown":
        (yes if trend == "falling" else no).add("earlier-count-higher")


def _listed_drug(
    context: Context, drugs: tuple[DrugFound, ...], yes: set[str], no: set[str]
) -> None:
    """A medicine that counts, or is not known, is a yes; a no only where all are accounted for."""
    if any(drug.counting or not drug.is_known for drug in drugs):
        yes.add("listed-drug")
    elif context.drugs is not None:
        no.add("listed-drug")


def applies(question: Question, person: Person) -> bool:
    """Whether a question is asked of this person: where it may apply, it is.

    >>> applies(questions()["pregnant"], Person(age="34y", sex="male"))
    False
    """
    if question.sex and person.sex not in (None, question.sex):
        return False
    if not question.age_min and not question.age_max:
        return True
    return may_be_of_age(person.age_at_draw, question.age_min, question.age_max)


def may_be_of_age(age: Age, age_min: str, age_max: str) -> bool:
    """Whether a person of this age may be in a band; an age that is not known may be.

    >>> may_be_of_age(Person(age="17y").age_at_draw, "18y", "")
    False
    """
    if math.isnan(age.days_from):
        return True
    return not (age_min and _end(age, parse_border(age_min)) <= parse_border(age_min).value) and (
        not age_max or _start(age, parse_border(age_max)) < parse_border(age_max).value
    )


def is_surely_of_age(age: Age, age_min: str, age_max: str) -> bool:
    """Whether a person of this age is in a band for sure.

    >>> is_surely_of_age(Person(age="18y").age_at_draw, "18y", "")
    True
    """
    if math.isnan(age.days_from):
        return not age_min and not age_max
    return not (age_min and _start(age, parse_border(age_min)) < parse_border(age_min).value) and (
        not age_max or _end(age, parse_border(age_max)) <= parse_border(age_max).value
    )


def _start(age: Age, border: Border) -> float:
    return age.days_from if border.scale == "days" else age.months_from


def _end(age: Age, border: Border) -> float:
    return age.days_to if border.scale == "days" else age.months_to
