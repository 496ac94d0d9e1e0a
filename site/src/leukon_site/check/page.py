"""The form as a page shows it: each field with what was typed in it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from leukon.advice import questions
from leukon.advice.answer import IF_WORSE
from leukon.analytes import Analyte
from leukon_site.check import fields
from leukon_site.check.counts import Problem, Typed
from leukon_site.check.numbers import Question
from leukon_site.check.units import OTHER, choices
from leukon_site.check.urgency import go_now
from leukon_site.speech import said as tongue
from leukon_site.speech.said import Said
from leukon_site.speech.writing import write_reading

RARE = ("MONO", "EOS", "BASO")
"""Counts that few reports are about: folded away, to keep the form short."""
INFANTS = {"baby-signs": "3mo", "infant-thrive": "2y"}


class Option(Struct, frozen=True):
    """One choice: what is sent, how it is called, and whether it was chosen."""

    value: str
    label: Any
    chosen: bool


class Asked(Struct, frozen=True):
    """One question with its three answers, none chosen beforehand."""

    name: str
    said: Said
    for_babies: str
    options: tuple[Option, ...]


class Readings(Struct, frozen=True):
    """The two readings of a number, to choose from."""

    typed: str
    options: tuple[Option, ...]


class Row(Struct, frozen=True):
    """One count of the form."""

    kind: str
    label: Any
    number: str
    units: tuple[Option, ...]
    printed: str
    prints_other: bool
    readings: Readings | None
    problems: Mapping[str, Any]

    @property
    def count_name(self) -> str:
        """The name of the field of its number."""
        return f"count-{self.kind}"

    @property
    def unit_name(self) -> str:
        """The name of the field of its unit."""
        return f"unit-{self.kind}"

    @property
    def printed_name(self) -> str:
        """The name of the field of its unit as printed."""
        return f"printed-{self.kind}"


class Slip(Struct, frozen=True):
    """A line of the summary of what is not clear: the field, what it is called, and the message."""

    field: str
    label: Any
    message: Any


class Form(Struct, frozen=True):
    """The whole form; `problems` by field, in the order of the page."""

    typed: Typed
    problems: Mapping[str, Any]
    summary: tuple[Slip, ...]
    now: tuple[Asked, ...]
    treated: tuple[Asked, ...]
    before: tuple[Asked, ...]
    reported: tuple[Asked, ...]
    counts: tuple[Row, ...]
    choices: Mapping[str, tuple[Option, ...]]

    @property
    def main_counts(self) -> tuple[Row, ...]:
        """The counts that are always shown."""
        return tuple(row for row in self.counts if row.kind not in RARE)

    @property
    def more_counts(self) -> tuple[Row, ...]:
        """The counts that are folded away while nothing is typed in them."""
        return tuple(row for row in self.counts if row.kind in RARE)

    @property
    def shows_more(self) -> bool:
        """Whether something is typed, or wrong, among those folded away."""
        return any(row.number or row.problems for row in self.more_counts)


def words(language: str) -> dict[str, Any]:
    """What the form says around its fields."""
    return {
        "first": go_now(language),
        "worse": tongue.content(IF_WORSE, language),
        "temperature_fields": ("temperature", "temperature-unit"),
        "age_fields": ("age", "age-unit"),
        "treatment_label": _("The day it was last given"),
        "drugs_legend": _("Do you take medicines?"),
        "drawn_label": _("The day on which the blood was taken"),
        "drawn_hint": _("Without it, the count may be from before you fell ill, and cannot calm."),
        "found_legend": _("Is this the first low count?"),
        "sex_legend": _("Sex"),
        "pregnancy_legend": _("Pregnancy"),
        "duffy_legend": _("Duffy status"),
        "duffy_hint": _("A blood group that some people were tested for. It is never inferred."),
    }


_CHOICES: Mapping[str, Mapping[str, Any]] = {
    "temperature-unit": fields.DEGREES,
    "treatment": fields.TREATMENTS,
    "drugs-taken": fields.DRUGS,
    "found": fields.FOUND,
    "age-unit": fields.AGE_UNITS,
    "sex": fields.SEXES,
    "pregnancy": fields.PREGNANCY,
    "duffy": fields.DUFFY,
}


def form_of(typed: Typed, problems: Iterable[Problem], language: str) -> Form:
    """The form with what was typed, in a language."""
    found = list(problems)
    questions_asked = {one.field: one.question for one in found if one.question is not None}
    messages = {one.field: one.message for one in found}
    groups = (fields.NOW, fields.TREATED, fields.WEEKS_BEFORE, fields.REPORTED)
    now, treated, before, reported = (
        tuple(_asked(one, typed, language) for one in group) for group in groups
    )
    rows = tuple(
        _row(kind, typed, messages, questions_asked.get(f"count-{kind}"), language)
        for kind in fields.KINDS
    )
    options = {name: _options(name, known, typed) for name, known in _CHOICES.items()}
    summary = tuple(Slip(one.field, _called(one.field), one.message) for one in found)
    return Form(typed, messages, summary, now, treated, before, reported, rows, options)


def _called(field: str) -> Any:
    """What a field is called in the summary."""
    kind = field.partition("-")[2]
    if kind in fields.LABELS:
        return fields.LABELS[Analyte(kind)]
    return fields.CALLED[field]


def _options(name: str, known: Mapping[str, Any], typed: Typed) -> tuple[Option, ...]:
    chosen = typed.get(name)
    return tuple(Option(value, label, value == chosen) for value, label in known.items())


def _asked(question: str, typed: Typed, language: str) -> Asked:
    name = f"q-{question}"
    words = {"yes": _("Yes"), "no": _("No"), "unknown": _("I do not know")}
    said = tongue.content(questions()[question].question, language)
    return Asked(name, said, INFANTS.get(question, ""), _options(name, words, typed))


def _row(
    kind: Analyte,
    typed: Typed,
    messages: Mapping[str, Any],
    question: Question | None,
    language: str,
) -> Row:
    number, chosen = typed.get(f"count-{kind}", ""), typed.get(f"unit-{kind}")
    own = {name: messages[name] for name in fields.count_names(kind) if name in messages}
    return Row(
        str(kind),
        fields.LABELS[kind],
        number,
        tuple(Option(one.code, one.label, one.code == chosen) for one in choices(kind)),
        typed.get(f"printed-{kind}", ""),
        chosen == OTHER,
        _readings(number, question, language) if question else None,
        own,
    )


def _readings(number: str, question: Question, language: str) -> Readings:
    shown = {
        "thousands": write_reading(question.thousands.value, language),
        "decimals": write_reading(question.decimals.value, language),
    }
    words = {
        "thousands": _("%(number)s, a number in the thousands"),
        "decimals": _("%(number)s, a number with decimals"),
    }
    options = tuple(Option(key, words[key] % {"number": shown[key]}, False) for key in shown)
    return Readings(number, options)
