"""The drugs: what each does to the counts, its groups, its names."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from leukon.advice.content import Drug, DrugName, content
from leukon.advice.drugs import find
from leukon.causes.content import DrugEffect, drugs_file
from leukon_site.atoz.entry import DRUG, Entry, Review, cited, coded, slug_of


class DrugRow(NamedTuple):
    """A drug as the tables have it: its names and codes, its effect, its groups, more names."""

    drug: Drug
    effect: DrugEffect
    groups: frozenset[str]
    judged_names: tuple[str, ...]


@cache
def entries() -> tuple[Entry, ...]:
    """Every drug with a row of its own.

    >>> thiamazole = next(entry for entry in entries() if entry.id == "thiamazole")
    >>> thiamazole.also, thiamazole.codes[0].code
    (('methimazole', 'Tapazole'), 'H03BB02')
    """
    effects = {effect.inn: effect for effect in drugs_file().drug}
    return tuple(_entry(drug, effects[drug.inn]) for drug in content().drugs.drug)


def _entry(drug: Drug, effect: DrugEffect) -> Entry:
    judged = tuple(
        name for more in content().judgement.drug if more.inn == drug.inn for name in more.names
    )
    names = dict.fromkeys([*drug.names, *judged])
    row = DrugRow(drug, effect, find(drug.inn).groups, judged)
    return Entry(
        DRUG,
        drug.inn,
        slug_of(drug.inn),
        drug.inn,
        row,
        Review.of(drugs_file()),
        cited(effect.source),
        lines=effect.lowers,
        also=tuple(name for name in names if name != drug.inn),
        codes=(*coded("atc", drug.atc),),
    )


@cache
def known_by_name() -> tuple[DrugName, ...]:
    """Drugs that leukon knows only by name and code: they have no row, and so no page.

    >>> known_by_name()[0].inn
    'cisplatin'
    """
    own = {entry.id for entry in entries()}
    return tuple(more for more in content().judgement.drug if more.inn not in own)
