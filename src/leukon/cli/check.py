"""`leukon check`: one panel, typed in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from leukon.ages import Age
from leukon.analytes import Analyte, analyte
from leukon.context import Context
from leukon.errors import AgeRefused, UsageError
from leukon.interpret import interpret
from leukon.interpretation import Interpretation
from leukon.panel import Count, Panel, Person, age_at_draw
from leukon.readers.numerals import read_cell


def person(
    *,
    age: str,
    born: str,
    drawn: str,
    sex: str,
    duffy: str,
    pregnant: bool,
    weeks: float | None,
    trimester: int | None,
    qualifiers: tuple[str, ...],
) -> Person:
    """The person the options describe; the age is given, or follows from two dates."""
    return Person(
        age=_age(age, born, drawn),
        sex=sex or None,
        duffy=duffy or None,
        pregnant=pregnant or weeks is not None or trimester is not None,
        weeks=weeks,
        trimester=trimester,
        qualifiers=qualifiers,
    )


def _age(age: str, born: str, drawn: str) -> Age | str | None:
    if not born:
        return age or None
    if age or not drawn:
        raise UsageError("give --age, or --born together with --drawn")
    return age_at_draw(_moment(born, "--born"), _moment(drawn, "--drawn"))


def _moment(text: str, where: str) -> date | datetime:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-01-01") else _clock(text)
    except ValueError:
        hint = "write 2026-01-31 or 2026-01-31T14:30"
        raise AgeRefused("not a date", where=where, hint=hint) from None


def _clock(text: str) -> datetime:
    return datetime.fromisoformat(text)


def panel(
    counts: Sequence[str],
    whose: Person,
    *,
    units: Iterable[str],
    specimen: str,
    decimal: str,
    drawn: str = "",
) -> Panel:
    """The panel that arguments such as "WBC=3.7" and "HGB=12g/dL" spell out."""
    declared = read_units(units)
    if decimal not in (".", ","):
        raise UsageError("the decimal sign is a point or a comma", hint="--decimal ,")
    counted = tuple(_count(text, declared, decimal) for text in counts)
    return Panel(whose, counted, _moment(drawn, "--drawn") if drawn else None, specimen)


def read_units(units: Iterable[str]) -> dict[str, str]:
    """The `--unit` options as a mapping: "" is the unit of all counts that have none of their own.

    >>> read_units(["10*9/L", "HGB=g/dL"])
    {'': '10*9/L', 'HGB': 'g/dL'}
    """
    found: dict[str, str] = {}
    for text in units:
        name, sign, unit = text.partition("=")
        key = str(analyte(name)) if sign else ""
        if key in found and found[key] != (unit if sign else text):
            raise UsageError(f"two units are given for {key or 'all counts'}", hint="give one")
        found[key] = unit if sign else text
    return found


def unit_for(kind: Analyte, declared: Mapping[str, str]) -> str | None:
    """The declared unit of an analyte; the one for all is a unit of cells, not of haemoglobin.

    >>> unit_for(Analyte.HGB, {"": "10*9/L"}) is None
    True
    """
    return declared.get(kind) or (None if kind is Analyte.HGB else declared.get(""))


def _count(text: str, declared: Mapping[str, str], decimal: str) -> Count:
    cell = read_cell(text, decimal=decimal)
    unit = cell.unit or unit_for(cell.analyte, declared)
    return Count(cell.analyte, cell.value, unit, comparator=cell.comparator, absent=cell.absent)


def context(
    *,
    temperature: str,
    treatments: Sequence[str],
    drugs: Sequence[str] | None,
    symptoms: Sequence[str],
    no_symptoms: bool,
    answers: Sequence[str],
    country: str,
    finding: str,
) -> Context:
    """What the options say beside the counts; what is left out is not known."""
    return Context(
        temperature=temperature or None,
        treatments=tuple(treatments),  # type: ignore[arg-type]
        drugs=None if drugs is None else tuple(drugs),  # type: ignore[arg-type]
        symptoms=tuple(symptoms),
        no_symptoms=no_symptoms,
        answers=_answers(answers),
        country=country,
        finding=finding,
        asked_on=date.today(),
    )


def _answers(texts: Sequence[str]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for question, said in map(_answer, texts):
        if found.get(question, said) != said:
            raise UsageError(f"{question} is answered yes and no", hint="give one answer")
        found[question] = said
    return found


def _answer(text: str) -> tuple[str, bool]:
    question, _, said = text.partition("=")
    words = {"yes": True, "no": False}
    if said not in words:
        raise UsageError("--answer is not a question and yes or no", hint="--answer unwell=no")
    return question, words[said]


def show(
    whose: Panel,
    known: Context,
    *,
    by: str | None,
    scales: Sequence[str],
    as_json: bool,
    number: str,
    words: str = "",
) -> None:
    """Interpret the panel and print the answer, the most urgent first."""
    answer = interpret(
        whose,
        by=by,
        scales=scales,
        context=known,
        findings=as_json or bool(words),  # the table does not show them
        emergency_number=number,
    )
    if as_json:
        print(json.dumps(answer.as_dict(), ensure_ascii=False))
    elif words:
        _print_words(answer, words)
    else:
        print_answer(answer)


def _print_words(answer: Interpretation, audience: str) -> None:
    """The answer in sentences, for "person" or "professional"."""
    from leukon.explain import Also, explain
    from leukon.report.screen import Screen

    also = Also(findings=answer.findings, causes=answer.causes, today=date.today())
    screen = Screen()
    for sentence in explain(answer, also, for_=audience).sentences:
        screen.line(sentence.text)


def print_answer(answer: Interpretation, title: str = "") -> None:
    """The answer as a table on the terminal."""
    from leukon.report.screen import Screen
    from leukon.report.terminal import print_interpretation

    print_interpretation(Screen(), answer, title=title)
