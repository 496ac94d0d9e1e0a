"""Which causes fit a pattern of low counts, and what a person's medicines do to them.

What fits is no diagnosis, and its order is no probability: `order.toml` states it. Causes are not
left out because they are rare, only because the line, the duration or the age does not fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from msgspec import Struct

from leukon.advice.drugs import DrugFound
from leukon.ages import UNKNOWN, Age
from leukon.causes.content import Cause, named_causes, orders
from leukon.causes.medicines import DrugNote, explain_drugs, may_lower
from leukon.findings.answers import of_age

__all__ = ["Cause", "DrugNote", "FittingCause", "causes_that_fit", "explain_drugs"]

ADULT_FROM = "18y"
_OF_THE_TOTAL = frozenset(("WBC", "NEUT", "LYMPH"))


class FittingCause(Struct, frozen=True):
    """A cause that fits, the low lines it fits, and the person's medicines that point to it."""

    cause: Cause
    lines: tuple[str, ...]
    because: tuple[str, ...] = ()


def causes_that_fit(
    low_lines: Iterable[str],
    *,
    several_lines: bool = False,
    course: str = "",
    age: Age = UNKNOWN,
    drugs: Sequence[DrugFound] = (),
    duffy: str | None = None,
) -> tuple[FittingCause, ...]:
    """The causes that fit the counts that are low, in the stated order.

    `low_lines` are the low counts ("NEUT", "WBC" ...); a low total whose lines are not known is
    given as "WBC" alone, and any of its lines may be low. `several_lines`: haemoglobin or platelets
    are low too. `course` is "acute" (new), "chronic" (three months or more) or "" (not known).
    `drugs` are the medicines as `leukon.advice.drugs` found them; `duffy` what was tested.

    >>> [fit.cause.name for fit in causes_that_fit(["CD4"])]
    ['HIV infection']
    """
    low = tuple(dict.fromkeys(low_lines))
    child = of_age(age, age_to=ADULT_FROM).holds is True
    fits = [
        FittingCause(fit.cause, fit.lines, _because(fit.cause, drugs)) if drugs else fit
        for fit in _in_order(low, several=several_lines, child=child)
        if _may_be(fit.cause, course, age, duffy)
    ]
    return tuple(sorted(fits, key=lambda fit: not fit.because) if drugs else fits)


@cache
def _in_order(low: tuple[str, ...], *, several: bool, child: bool) -> tuple[FittingCause, ...]:
    """The causes that fit some low lines, in the stated order, whatever else is known."""
    fits = [FittingCause(cause, _lines(cause, low, several)) for cause in named_causes()]
    ranks = _ranks(several, child)
    ordered = sorted(fits, key=lambda fit: _place(fit, ranks, several))
    return tuple(fit for fit in ordered if fit.lines)


def _lines(cause: Cause, low: tuple[str, ...], several: bool) -> tuple[str, ...]:
    """The low lines that a cause speaks of; the total alone may be any of its lines."""
    if low == ("WBC",) and not _OF_THE_TOTAL.isdisjoint(cause.lines):
        return low
    own = tuple([line for line in low if line in cause.lines])
    return own or (low if several and cause.several else ())


def _may_be(cause: Cause, course: str, age: Age, duffy: str | None) -> bool:
    """Whether duration, age and phenotype allow it; what is not known allows everything."""
    lasting = not (course and cause.duration) or course == cause.duration
    aged = of_age(age, cause.age_from, cause.age_to).holds is not False
    return lasting and aged and (not cause.duffy or duffy == cause.duffy)


def _because(cause: Cause, drugs: Sequence[DrugFound]) -> tuple[str, ...]:
    groups, names = set(cause.drug_groups), set(cause.drugs)
    return tuple(
        drug.given
        for drug in drugs
        if (groups & drug.counting or names & set(drug.drugs)) and may_lower(drug)
    )


def _ranks(several: bool, child: bool) -> dict[str, int]:
    name = f"{'several lines' if several else 'one line'}, {'child' if child else 'adult'}"
    return {category: place for place, category in enumerate(orders()[name])}


def _place(fit: FittingCause, ranks: dict[str, int], several: bool) -> tuple[bool, int]:
    beside = several and not fit.cause.several
    return beside, ranks.get(fit.cause.category, len(ranks))
