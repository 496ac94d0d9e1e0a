"""The clinical words for how low a count is: mild, moderate, severe, profound, by a named scale."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from leukon.ages import Age
from leukon.findings.answers import Answer, every, of_age
from leukon.findings.counted import Counted
from leukon.findings.finding import Word
from leukon.scales import Scale, resolve
from leukon.severity import GradeBand


def words(scale: str, count: Counted, age: Age) -> tuple[Word, ...]:
    """The words a scale has for a count at an age: one, or several that it may be.

    >>> from leukon.ages import parse_age
    >>> from leukon.findings.counted import counted
    >>> [found.word for found in words("words-neutropenia", counted(0.7), parse_age("34y"))]
    ['moderate']
    """
    found = resolve(scale)
    return tuple(
        Word(
            str(band.grade),
            found.id,
            found.label,
            band.id,
            band.source or found.source,
            possible=answer.holds is None,
        )
        for band, answer in answers(found, count, age)
        if answer.holds is not False
    )


def answers(scale: Scale, count: Counted, age: Age) -> Iterator[tuple[GradeBand, Answer]]:
    """Every band of a scale, and whether the count is in it."""
    for band, under, ends in _edges(scale.id):
        aged = of_age(age, band.age_from, band.age_to)
        yield band, every(count.below(under), _not(count.below(ends)), aged)


@cache
def _edges(scale: str) -> tuple[tuple[GradeBand, float, float], ...]:
    """The bands of a scale with their bounds, worked out once."""
    return tuple((band, band.begins_under, band.ends_under) for band in resolve(scale).grades)


def _not(answer: Answer) -> Answer:
    return answer if answer.holds is None else Answer(not answer.holds)
