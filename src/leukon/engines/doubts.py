"""What speaks against an estimate that its values alone do not show: the rows lost, the publishers."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite, sqrt

from leukon.analytes import Analyte
from leukon.catalogue import definitions
from leukon.estimation.answer import Refusal
from leukon.estimation.exclusions import Exclusion, Tally
from leukon.estimation.publish import Made, Study, limits_of
from leukon.estimation.refusal import ABSURD_SHARE

_ROOM = 1.5
"""How far beyond everything printed a middle may lie unsaid; another unit is off by ten or more."""
_HINT = "look for results in another unit, or signs and codes that were exported as numbers"
_UNLIKE = (
    "unlike-published",
    "the limits lie far from everything that publishers print for this count at any age: "
    "is the unit the right one?",
)


def doubted(study: Study) -> Study:
    """The study, with what its lost rows and the catalogue have to say against it."""
    refusal = implausible(study.tally)
    return replace(study, made=tuple(_doubted(one, study.analyte, refusal) for one in study.made))


def _doubted(one: Made, analyte: Analyte, refusal: Refusal | None) -> Made:
    low, high = (limit.value for limit in limits_of(one))
    found = one.estimate.diagnostics
    told = replace(found, warnings=found.warnings + unlike_published(analyte, low, high))
    refused = one.estimate.refusal or refusal
    return replace(one, estimate=replace(one.estimate, diagnostics=told, refusal=refused))


def implausible(tally: Tally | None) -> Refusal | None:
    """The refusal of an export of which much cannot be true: the rest is not to be trusted either."""
    if tally is None:
        return None
    lost = tally.excluded.get(Exclusion.IMPLAUSIBLE, 0)
    if lost <= ABSURD_SHARE * (lost + tally.entered):
        return None
    what = (
        f"{lost:,} results are negative, or more than anybody has, beside {tally.entered:,} others"
    )
    return Refusal("implausible-values", what, _HINT)


def unlike_published(analyte: Analyte, low: float, high: float) -> tuple[tuple[str, str], ...]:
    """The warning, as code and sentence, of limits that lie far from all published ones."""
    ends = _printed(analyte)
    if not (ends and isfinite(low) and isfinite(high)):
        return ()
    middle = sqrt(max(low, 0.0) * high) or high / 2.0
    return () if min(ends) / _ROOM <= middle <= max(ends) * _ROOM else (_UNLIKE,)


def _printed(analyte: Analyte) -> list[float]:
    """Every limit that a voting publisher prints for a count, whoever the people are."""
    return [
        limit.canonical(end)
        for definition in definitions.voters
        for limit in definition.limits
        if limit.analyte == analyte and limit.votes
        for end in (limit.low, limit.high)
        if end is not None
    ]
