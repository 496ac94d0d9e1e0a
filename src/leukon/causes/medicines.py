"""What a person's medicines do to the counts: evidence and monitoring for the professional.

The person is told whom to call today, and never to stop a medicine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from msgspec import Struct

from leukon.advice.content import Drug, content
from leukon.advice.drugs import DrugFound
from leukon.causes.content import DrugEffect, drugs_file


class DrugNote(Struct, frozen=True, kw_only=True):
    """One medicine as it was given, and what is known of it.

    `inn` is "" for a medicine that leukon does not know (`unknown` and `suggestions` say more) or
    knows only by its group. `bears_on` are the low counts it is known to lower. `evidence`,
    `monitoring` and `note` are for professionals.
    """

    given: str
    inn: str = ""
    drug_class: str = ""
    atc: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    lowers: tuple[str, ...] = ()
    raises: tuple[str, ...] = ()
    several: bool = False
    bears_on: tuple[str, ...] = ()
    evidence: str = ""
    monitoring: str = ""
    source: str = ""
    note: str = ""
    unknown: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether leukon knows the medicine, by its name or its group."""
        return not self.unknown


def explain_drugs(
    drugs: Iterable[DrugFound], *, low_lines: Iterable[str] = ()
) -> tuple[DrugNote, ...]:
    """What each medicine does to the counts, and on which of the low ones it bears.

    >>> from leukon.advice.drugs import find
    >>> first, second = explain_drugs([find("carbimazole"), find("xyz")], low_lines=["NEUT"])
    >>> first.bears_on, second.is_known
    (('NEUT',), False)
    """
    low = tuple(low_lines)
    return tuple(note for found in drugs for note in _notes(found, low))


def _notes(found: DrugFound, low: tuple[str, ...]) -> Iterator[DrugNote]:
    groups = tuple(sorted(found.groups))
    for inn in found.drugs:
        drug, effect = _listed()[inn], _effects()[inn]
        yield DrugNote(
            given=found.given,
            inn=inn,
            drug_class=drug.class_,
            atc=drug.atc,
            groups=groups,
            lowers=effect.lowers,
            raises=effect.raises,
            several=effect.several,
            bears_on=_bears_on(effect, low),
            evidence=effect.evidence,
            monitoring=effect.monitoring,
            source=effect.source,
            note=effect.note,
        )
    if found.unknown or not found.drugs:
        yield DrugNote(
            given=found.given,
            groups=groups,
            unknown=found.unknown,
            suggestions=found.suggestions,
        )


def may_lower(found: DrugFound) -> bool:
    """Whether a medicine lowers any count, or is known only by its group and so may.

    >>> from leukon.advice.drugs import find
    >>> may_lower(find("lithium")), may_lower(find("carbimazole"))
    (False, True)
    """
    effects = [_effects()[inn] for inn in found.drugs]
    return not effects or any(effect.lowers or effect.several for effect in effects)


def _bears_on(effect: DrugEffect, low: tuple[str, ...]) -> tuple[str, ...]:
    """The low counts a drug lowers; one that lowers several lines bears on every one."""
    if effect.several:
        return low
    lowers = {*effect.lowers, *(("WBC",) if effect.lowers else ())}
    if "LYMPH" in effect.lowers:
        lowers.add("CD4")
    return tuple(line for line in low if line in lowers)


@cache
def _listed() -> dict[str, Drug]:
    return {drug.inn: drug for drug in content().drugs.drug}


@cache
def _effects() -> dict[str, DrugEffect]:
    return {drug.inn: drug for drug in drugs_file().drug}
