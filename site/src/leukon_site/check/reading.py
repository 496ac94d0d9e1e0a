"""What was typed, read whole: the panel and its context, and a problem for each field that is not clear.

What could be read is always there, also beside problems: an emergency does not wait for a slip of
the pen to be mended.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import date, timedelta

from msgspec import Struct

from leukon import Context, LeukonError, Panel, Person
from leukon.context import Medicine, Treatment, celsius
from leukon_site.check import fields, messages
from leukon_site.check.counts import Entry, Problem, Typed, read_counts
from leukon_site.check.numbers import Number, read_number

_SEPARATE = str.maketrans(dict.fromkeys(",;\r\u060c\uff0c\u3001\uff1b", "\n"))
_MOST_DRUGS = 40
_LATEST_WEEK = 45


class Read(Struct, frozen=True):
    """The whole form, read: `problems` stand in the order of the page."""

    panel: Panel
    context: Context
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to answer: no count, and nothing told."""
        told = self.context.answers or self.context.temperature or self.context.treatments
        return not (self.entries or told or self.context.drugs is not None)


def read(typed: Typed, today: date) -> Read:
    """Read the form. `today` is the day on which the questions are answered."""
    problems: list[Problem] = []
    context = _context(typed, today, problems)
    entries, found = read_counts(typed)
    problems += found
    drawn = _date("drawn", typed, today, problems)
    person = _person(typed, problems)
    panel = Panel(person, tuple(entry.count for entry in entries), drawn)
    whole = Read(panel, context, tuple(entries), tuple(problems))
    if whole.is_empty and not problems:
        return Read(panel, context, (), (Problem("count-WBC", messages.NOTHING),))
    return whole


def _context(typed: Typed, today: date, problems: list[Problem]) -> Context:
    answers = {
        question: fields.ANSWERS[typed[f"q-{question}"]]
        for question in fields.ASKED
        if typed.get(f"q-{question}") in fields.ANSWERS
    }
    temperature = _temperature(typed, problems)
    treatments = _treatments(typed, today, problems)
    drugs = _drugs(typed, problems)
    if typed.get("drugs-taken") == "some" and drugs is None:
        answers["listed-drug"] = True
    answers |= {"birth": {"pregnant": True}, "no": {"pregnant": False}}.get(
        typed.get("pregnancy", ""), {}
    )
    return Context(
        temperature=temperature,
        treatments=treatments,
        drugs=drugs,
        answers=answers,
        finding=_choice("found", fields.FOUND, typed, problems),
        asked_on=today,
        # Nobody said on which day they were taken: they may be from before this illness.
        counted_in_this_illness=None if typed.get("drawn") else False,
    )


def _choice(name: str, known: Container[str], typed: Typed, problems: list[Problem]) -> str:
    """A chosen word, "unknown" where none was; a word that is not offered is a problem."""
    chosen = typed.get(name, fields.UNKNOWN)
    if chosen in known:
        return chosen
    problems.append(Problem(name, messages.UNKNOWN_CHOICE))
    return fields.UNKNOWN


def _temperature(typed: Typed, problems: list[Problem]) -> str | None:
    text, unit = typed.get("temperature", ""), typed.get("temperature-unit", "")
    found = read_number(text)
    if found is None:
        if unit:
            problems.append(Problem("temperature", messages.TEMPERATURE_MISSING))
        return None
    if not isinstance(found, Number) or found.sign:
        problems.append(Problem("temperature", messages.TEMPERATURE_NUMBER))
        return None
    if unit not in fields.DEGREES:
        problems.append(Problem("temperature-unit", messages.TEMPERATURE_UNIT))
        return None
    return _possible(f"{found.value:f}{unit}", problems)


def _possible(temperature: str, problems: list[Problem]) -> str | None:
    try:
        celsius(temperature)
    except LeukonError:
        problems.append(Problem("temperature", messages.TEMPERATURE_IMPOSSIBLE))
        return None
    return temperature


def _treatments(typed: Typed, today: date, problems: list[Problem]) -> tuple[Treatment, ...]:
    name = typed.get("treatment", "")
    on = _date("treatment-date", typed, today, problems)
    if not name:
        if on is not None:
            problems.append(Problem("treatment", messages.TREATMENT_DATE_ALONE))
        return ()
    if name not in fields.TREATMENTS:
        problems.append(Problem("treatment", messages.UNKNOWN_CHOICE))
        return ()
    return (Treatment(name, on),)


def _drugs(typed: Typed, problems: list[Problem]) -> tuple[Medicine, ...] | None:
    """The medicines by name, () where none is taken, None where nobody said."""
    text, taken = typed.get("drugs", ""), typed.get("drugs-taken", "")
    lines = [line.strip() for line in text.translate(_SEPARATE).split("\n")]
    named = [line for line in lines if line]
    if len(named) > _MOST_DRUGS or len(text) > fields.LONGEST_LIST:
        problems.append(Problem("drugs", messages.DRUGS_TOO_MANY))
    elif named and taken == "none":
        problems.append(Problem("drugs", messages.DRUGS_AND_NONE))
    if named:
        return tuple(Medicine(name) for name in named[:_MOST_DRUGS])
    return () if taken == "none" else None


def _date(name: str, typed: Typed, today: date, problems: list[Problem]) -> date | None:
    text = typed.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-01-31") else None
    except ValueError:
        day = None
    if day is None:
        problems.append(Problem(name, messages.DATE_UNREADABLE))
        return None
    # East of the server it may be tomorrow already.
    if day > today + timedelta(days=1):
        problems.append(Problem(name, messages.DATE_FUTURE))
        return None
    return min(day, today)


def _person(typed: Typed, problems: list[Problem]) -> Person:
    age = _age(typed, problems)
    sex = _choice("sex", fields.SEXES, typed, problems)
    pregnant = _choice("pregnancy", fields.PREGNANCY, typed, problems) == "pregnant"
    if pregnant and sex == "male":
        problems.append(Problem("pregnancy", messages.NOT_PREGNANT_MALE))
        sex = fields.UNKNOWN
    weeks = _weeks(typed, pregnant, problems)
    duffy = _choice("duffy", fields.DUFFY, typed, problems)
    return Person(age=age, sex=sex, duffy=duffy, pregnant=pregnant, weeks=weeks)


def _age(typed: Typed, problems: list[Problem]) -> str | None:
    unit = typed.get("age-unit", "")
    number = _whole("age", typed)
    if number is None:
        if unit:
            problems.append(Problem("age", messages.AGE_MISSING))
        return None
    if number < 0:
        problems.append(Problem("age", messages.AGE_WHOLE))
        return None
    if unit not in fields.AGE_UNITS:
        problems.append(Problem("age-unit", messages.AGE_UNIT))
        return None
    return _settled(f"{number}{unit}", problems)


def _settled(age: str, problems: list[Problem]) -> str | None:
    try:
        Person(age=age)
    except LeukonError:
        problems.append(Problem("age", messages.AGE_IMPOSSIBLE))
        return None
    return age


def _weeks(typed: Typed, pregnant: bool, problems: list[Problem]) -> int | None:
    weeks = _whole("weeks", typed)
    if weeks is None:
        return None
    if not 0 <= weeks <= _LATEST_WEEK:
        problems.append(Problem("weeks", messages.WEEKS))
        return None
    if not pregnant:
        problems.append(Problem("weeks", messages.WEEKS_NOT_PREGNANT))
        return None
    return weeks


def _whole(name: str, typed: Typed) -> int | None:
    """A whole number; None where nothing was typed, -1 where it is none."""
    found = read_number(typed.get(name, ""))
    if found is None:
        return None
    if not isinstance(found, Number) or found.sign:
        return -1
    return int(found.value) if found.value == found.value.to_integral_value() else -1
