"""The neutrophil count of a person tested Duffy-null: a finding that is no disease.

It takes the place of neutropenia only for an adult whose tests, count, temperature and medicines
are all known to allow it. It changes words and codes, never an urgency.
"""

from __future__ import annotations

import math
from functools import cache

from leukon.ages import Age
from leukon.catalogue import definitions
from leukon.findings.answers import Answer, every, known, of_age
from leukon.findings.counted import Counted, Known
from leukon.limits import Limit

FLOOR = 1.0
"""Never under this count, whatever an interval says (knowledge nft-01 to nft-07: `floor`)."""
CONVENTION = 1.5
"""The count under which Duffy-null neutrophils are spoken of (nft-12, AAFP Choosing Wisely)."""
FEVER_FROM, COLD_BELOW = 38.0, 36.0
"""A temperature between them is no fever and no sign of sepsis (CCLG: 38.0 once; under 36.0)."""


@cache
def shipped_interval() -> Limit:
    """The Duffy-null interval that leukon-general uses."""
    return next(
        limit
        for limit in definitions.general.limits
        if limit.analyte == "NEUT" and limit.partition.duffy == "null"
    )


def duffy_null(
    count: Counted, age: Age, facts: Known, interval: Limit | None = None
) -> Answer | None:
    """Whether a Duffy-null person's count is a Duffy-null associated one; None: not looked at.

    It is not looked at where the count is not low by anybody's book: not by the definition in use,
    and not under 1.5.
    """
    if count.is_low.holds is False and count.below(CONVENTION).holds is False:
        return None
    allowed = interval or shipped_interval()
    return every(
        of_age(age, "18y"),
        _at_least(count, FLOOR),
        _at_least(count, allowed.canonical(allowed.low), inclusive=allowed.low_inclusive),
        _afebrile(facts.temperature),
        _unlisted(facts.listed_drug),
        _untreated(facts.anticancer),
    )


def _at_least(count: Counted, limit: float, *, inclusive: bool = True) -> Answer:
    below = count.below(limit, inclusive=not inclusive)
    return below if below.holds is None else Answer(not below.holds)


def _afebrile(temperature: float) -> Answer:
    if math.isnan(temperature):
        return Answer(None, ("temperature-unknown",))
    return Answer(COLD_BELOW <= temperature < FEVER_FROM)


def _unlisted(listed: bool | None) -> Answer:
    return known(None if listed is None else not listed, "drugs-unknown")


def _untreated(anticancer: bool | None) -> Answer:
    # Asked about medicines, a person who takes none that counts is not held up by this question.
    return Answer(not anticancer)
