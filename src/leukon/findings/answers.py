"""Yes, no, or cannot say: how parts of a criterion are put together.

An answer that cannot be given keeps what it lacks, so that the whole can say it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from leukon.ages import Age, parse_border

RANGE = "range"
"""A count is known only as a range that reaches across the limit."""
UNPROVEN = "cycle-unproven"
"""Counts go up and down in turns, and were not taken often enough to call it a cycle."""

TEXTS = {
    RANGE: "the count is known only as a range that reaches across the limit",
    "age-unknown": "the age at the draw is not known, or not exactly enough",
    "neutrophils-unknown": "the neutrophils were not counted",
    "fall-unknown": "whether the neutrophils are expected to fall",
    "temperature-unknown": "the temperature is not known",
    "lasting-unknown": "whether the temperature lasted",
    "sepsis-signs-unknown": "whether there are other signs of sepsis",
    "anticancer-unknown": "whether there was anticancer treatment in the last six weeks",
    "drugs-unknown": "which medicines are taken",
    UNPROVEN: "a regular cycle shows only in counts taken often",
}
"""What an answer may lack, in words."""


class Answer(NamedTuple):
    """Whether something holds (None: cannot say), and what it lacks."""

    holds: bool | None
    lacks: tuple[str, ...] = ()


YES, NO = Answer(True), Answer(False)


def every(*answers: Answer) -> Answer:
    """Whether all hold: one no is enough for a no.

    >>> every(YES, Answer(None, ("range",))).holds is None, every(NO, Answer(None)).holds
    (True, False)
    """
    return _joined(answers, deciding=False)


def either(*answers: Answer) -> Answer:
    """Whether any holds: one yes is enough for a yes.

    >>> either(NO, YES, Answer(None)).holds
    True
    """
    return _joined(answers, deciding=True)


def _joined(answers: tuple[Answer, ...], *, deciding: bool) -> Answer:
    """One that decides is enough; else one that is open leaves it open. A loop: it runs often."""
    open_: tuple[str, ...] | None = None
    for holds, lacks in answers:
        if holds is deciding:
            return YES if deciding else NO
        if holds is None:
            open_ = lacks if open_ is None else (*open_, *lacks)
    if open_ is None:
        return NO if deciding else YES
    return Answer(None, tuple(dict.fromkeys(open_)))


def known(fact: bool | None, lacks: str) -> Answer:
    """The answer to a question that was answered, or not."""
    return Answer(None, (lacks,)) if fact is None else Answer(fact)


def of_age(age: Age, age_from: str = "", age_to: str = "") -> Answer:
    """Whether a person's age is from one border (included) to under the other.

    >>> from leukon.ages import parse_age
    >>> of_age(parse_age("17y"), "18y").holds, of_age(parse_age("34y"), "18y").holds
    (False, True)
    """
    if not age_from and not age_to:
        return YES
    answers = []
    for text, is_start in ((age_from, True), (age_to, False)):
        if text:
            reached = _reached(age, text)
            answers.append(reached if is_start else _not(reached))
    return every(*answers)


def _reached(age: Age, text: str) -> Answer:
    border = parse_border(text)
    days = border.scale == "days"
    start, end = (age.days_from, age.days_to) if days else (age.months_from, age.months_to)
    if math.isnan(start) or (start < border.value < end):
        return Answer(None, ("age-unknown",))
    return Answer(start >= border.value)


def _not(answer: Answer) -> Answer:
    return answer if answer.holds is None else Answer(not answer.holds)
