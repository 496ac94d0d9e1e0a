"""Febrile neutropenia, under each publisher's definition by itself.

What one temperature and one count cannot show (that a fever lasted an hour, that the neutrophils
will fall, that there are other signs of sepsis) is not known until somebody says it. No urgency
waits for any of this: the emergency rules are looked at first, and ask for less.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from leukon.ages import Age
from leukon.findings.answers import NO, RANGE, YES, Answer, either, every, known, of_age
from leukon.findings.content import Criterion, febrile_file
from leukon.findings.counted import Counted, Known
from leukon.findings.finding import Finding, finding


def febrile(counts: Mapping[str, Counted], age: Age, facts: Known) -> Iterator[Finding]:
    """Each definition that holds, may hold, or cannot be decided.

    One that cannot be decided is named only where its count or its temperature is met, and where
    the neutrophils were counted, the total is low, or there was anticancer treatment. Those that
    wait for a temperature are named together: they all lack the same.
    """
    waiting: list[tuple[Criterion, Answer]] = []
    for criterion, answer in _judged(counts, age, facts):
        if "temperature-unknown" in answer.lacks:
            waiting.append((criterion, answer))
        else:
            yield _said([criterion], answer)
    if waiting:
        lacks = dict.fromkeys(word for _, answer in waiting for word in answer.lacks)
        yield _said([criterion for criterion, _ in waiting], Answer(None, tuple(lacks)))


def _said(criteria: Sequence[Criterion], answer: Answer) -> Finding:
    return finding(
        "febrile-neutropenia",
        answer,
        by="; ".join(one.by for one in criteria),
        source=" ; ".join(one.address for one in criteria),
        knowledge_row=" ".join(one.id for one in criteria),
    )


def _judged(
    counts: Mapping[str, Counted], age: Age, facts: Known
) -> Iterator[tuple[Criterion, Answer]]:
    neutrophils = _neutrophils(counts, facts)
    if neutrophils is None:
        return
    for criterion in febrile_file().criterion:
        people = _people(criterion, age, facts)
        count = _count(criterion, neutrophils, counts, facts)
        if people.holds is False or count.holds is False:
            continue
        fever = _temperature(criterion, facts)
        answer = every(people, count, fever)
        if answer.holds or (answer.holds is None and (count.holds or fever.holds)):
            yield criterion, answer


def _neutrophils(counts: Mapping[str, Counted], facts: Known) -> Counted | None:
    """The neutrophils; not counted, they lie between none and the total, where that matters."""
    total = counts.get("WBC")
    if "NEUT" in counts or total is None:
        return counts.get("NEUT")
    if total.is_low.holds is False and not facts.anticancer:
        return None
    return Counted(low=0.0, high=total.high, flag="undetermined")


def _people(criterion: Criterion, age: Age, facts: Known) -> Answer:
    child = of_age(age, age_to="18y") if criterion.child else YES
    treated = known(facts.anticancer, "anticancer-unknown") if criterion.anticancer else YES
    return every(child, treated)


def _count(
    criterion: Criterion, neutrophils: Counted, counts: Mapping[str, Counted], facts: Known
) -> Answer:
    now = neutrophils.below(criterion.neutrophils_below, inclusive=criterion.neutrophils_inclusive)
    answer = either(now, _falling(criterion, neutrophils, facts))
    if "NEUT" in counts or answer.holds is not None:
        return answer
    lacks = ("neutrophils-unknown", *(word for word in answer.lacks if word != RANGE))
    return Answer(None, lacks)


def _falling(criterion: Criterion, neutrophils: Counted, facts: Known) -> Answer:
    """Whether they are expected to fall: asked where they are low, or under treatment."""
    if criterion.expected_from is None and criterion.expected_below is None:
        return NO
    start = criterion.expected_from if criterion.expected_from is not None else math.inf
    looked_at = facts.anticancer or neutrophils.is_low.holds is not False
    return every(Answer(looked_at), neutrophils.below(start), Answer(None, ("fall-unknown",)))


def _temperature(criterion: Criterion, facts: Known) -> Answer:
    signs = known(facts.sepsis_signs, "sepsis-signs-unknown") if criterion.or_sepsis_signs else NO
    if math.isnan(facts.temperature):
        return either(Answer(None, ("temperature-unknown",)), signs)
    degrees = facts.temperature
    once = _at_least(degrees, criterion.temperature_once, inclusive=criterion.once_inclusive)
    cold = criterion.temperature_below is not None and degrees < criterion.temperature_below
    return either(Answer(once or cold), _lasting(criterion, degrees), signs)


def _lasting(criterion: Criterion, degrees: float) -> Answer:
    limit = criterion.temperature_lasting
    if limit is None or not _at_least(degrees, limit, inclusive=criterion.lasting_inclusive):
        return NO
    return Answer(None, ("lasting-unknown",))


def _at_least(degrees: float, limit: float, *, inclusive: bool) -> bool:
    return degrees >= limit if inclusive else degrees > limit
