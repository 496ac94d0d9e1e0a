"""When to see a doctor, on the terminal: the urgency first, then why, then what is still asked."""

from __future__ import annotations

from collections.abc import Iterator

from leukon.advice import Advice, FiredRule
from leukon.advice.answer import BASES
from leukon.scales import Grade

HEADINGS = {
    "emergency": "EMERGENCY - now",
    "urgent": "URGENT - today to 48 hours",
    "soon": "SOON - days to weeks",
    "routine": "ROUTINE - at the next visit",
}
CANNOT_SAY = "CANNOT SAY YET"
INFORM_ONLY = "informs"


def heading(advice: Advice) -> str:
    """The urgency as a heading; where it rests on nothing yet, that it cannot be said.

    >>> from leukon.advice import advise, situation_of
    >>> from leukon.context import Context
    >>> from leukon.panel import Person
    >>> heading(advise(situation_of(Person(age="6wk"), Context(temperature="38.2C"))))
    'EMERGENCY - now'
    """
    if advice.basis == "no-rule":
        return CANNOT_SAY
    word = HEADINGS[advice.urgency.slug]
    # Unanswered questions can only make it more urgent.
    return f"AT LEAST {word}" if advice.unanswered and advice.urgency else word


def opening(advice: Advice) -> Iterator[tuple[str, str]]:
    """What stands before everything else: (style, line)."""
    yield "bold", heading(advice)
    if advice.urgency and advice.unanswered and advice.text != BASES["questions-open"]:
        yield "bold", BASES["questions-open"]
    yield "bold", advice.text
    for rule in advice.deciding[:3]:
        yield "", f"Because: {rule.rule} ({_whence(rule)})"
        if rule.conflict:
            yield "dim", f"Sources differ: {rule.conflict_public or rule.conflict}"


def _whence(rule: FiredRule) -> str:
    judgement = "a judgement of leukon's authors" if "judgement" in rule.status else ""
    return ", ".join(part for part in (rule.id, rule.source, judgement) if part)


def closing(advice: Advice) -> Iterator[tuple[str, str]]:
    """What stands after the counts: other rules, medicines, open questions, the emergency signs."""
    others = [rule for rule in advice.rules if rule not in advice.deciding]
    for rule in others:
        word = "for information" if rule.effect == INFORM_ONLY else rule.urgency.slug
        yield "", f"Also ({word}): {rule.rule} ({_whence(rule)})"
    for drug in advice.unknown_drugs:
        yield "", f"Unknown medicine: {drug.given}. It may matter: name it to a doctor."
    for past in advice.passed:
        yield "", past.text
    if advice.unanswered:
        named = ", ".join(question.id for question in advice.unanswered)
        yield "", f"Not answered ({len(advice.unanswered)}), and never taken as a no: {named}"
        yield "", "Go to hospital now if the answer to one of these is yes:"
        for question in advice.emergency_signs:
            yield "", f"  {question.question}"
    if advice.not_checked:
        yield "dim", "No clinician has checked these rules yet."


def grade_line(grade: Grade) -> str:
    """A grade in one line, with its scale and version, or why there is none.

    >>> from leukon.grading import grade
    >>> grade_line(grade("NEUT", 0.7, unit="10*9/L", scale="ctcae-6.0"))
    'NEUT: CTCAE 6.0 grade 2'
    """
    from leukon.severity import reason_text

    name = grade.label or f"{grade.scale}"
    lln = f" (lower limit {grade.lln:g} of {grade.lln_source})" if grade.lln is not None else ""
    if grade.grade is not None:
        return f"{grade.analyte}: {name} grade {grade.grade}{lln}"
    known = (grade.low_grade, grade.high_grade)
    between = f", between {known[0]} and {known[1]}" if None not in known else ""
    return f"{grade.analyte}: {name} cannot be said{between}: {reason_text(grade.reason)}"
