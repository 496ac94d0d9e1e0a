"""All entries of the A to Z together: by kind, by address, by code."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from leukon_site.atoz import conditions, counts, drugs, findings, published
from leukon_site.atoz.entry import CONDITION, DEFINITION, DRUG, SYMPTOM, TEST, Entry

_MADE = {
    SYMPTOM: findings.entries,
    CONDITION: conditions.entries,
    TEST: counts.entries,
    DRUG: drugs.entries,
    DEFINITION: published.entries,
}

Key = tuple[str, str]
"""The kind and the id of an entry."""


@cache
def of_kind(kind: str) -> tuple[Entry, ...]:
    """The entries of one kind, by name.

    >>> of_kind("condition")[0].name
    'Acute leukaemia'
    """
    return tuple(sorted(_MADE[kind](), key=lambda entry: entry.name.casefold()))


@cache
def every() -> tuple[Entry, ...]:
    """All entries, kind by kind."""
    return tuple(entry for kind in _MADE for entry in of_kind(kind))


@cache
def _by_slug() -> dict[Key, Entry]:
    return {(entry.kind, entry.slug): entry for entry in every()}


@cache
def by_id() -> dict[Key, Entry]:
    """All entries by kind and id."""
    return {(entry.kind, entry.id): entry for entry in every()}


def at(kind: str, slug: str) -> Entry | None:
    """The entry with this address; None where there is none.

    >>> at("drug", "carbimazole").id
    'carbimazole'
    """
    return _by_slug().get((kind, slug))


@cache
def _by_code() -> dict[Key, tuple[Entry, ...]]:
    found: dict[Key, dict[Key, Entry]] = defaultdict(dict)
    for entry in every():
        for code in entry.codes:
            found[code.system, code.code.upper()][entry.kind, entry.id] = entry
    return {key: tuple(entries.values()) for key, entries in found.items()}


def coded_as(system: str, code: str) -> tuple[Entry, ...]:
    """The entries with a code; for ICD-10-CM and ATC also those with a narrower one.

    >>> [entry.id for entry in coded_as("loinc", "751-8")]
    ['NEUT']
    >>> [entry.name for entry in coded_as("icd10cm", "D70.4")]
    ['cyclic pattern of neutrophils', 'Cyclic neutropenia']
    """
    wanted = code.strip().upper()
    exact = _by_code().get((system, wanted), ())
    if exact or system not in _HIERARCHICAL or len(wanted) < _HIERARCHICAL[system]:
        return exact
    narrower = {
        (entry.kind, entry.id): entry
        for (of, one), entries in _by_code().items()
        if of == system and one.startswith(wanted)
        for entry in entries
    }
    return tuple(narrower.values())


_HIERARCHICAL = {"icd10cm": 3, "atc": 4}
"""Systems whose narrower codes begin with the broader one, and how long a code must be to be one."""
