"""What the page of an entry shows: leukon's content, arranged for a template."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from leukon import Definition, definitions
from leukon.advice import content
from leukon.analytes import Analyte, canonical_unit
from leukon.catalogue import GENERAL
from leukon.limits import Limit
from leukon.report.words import number
from leukon_site.atoz import counts, drugs, links, watch
from leukon_site.atoz.catalogue import at, by_id
from leukon_site.atoz.entry import (
    CONDITION,
    DEFINITION,
    DRUG,
    KINDS,
    SYMPTOM,
    TEST,
    Coded,
    Entry,
)
from leukon_site.atoz.findings import SLUGS

OWN = (GENERAL, "leukon-nhanes-1999-2016")
"""Definitions that leukon made: they stand on their own pages, and not among the publishers."""
_TIERS = {"reference": 0, "decision": 0, "conventional": 0, "historic": 2}
_SYSTEMS = ("icd10cm", "snomedct", "hpo", "omim", "orpha", "loinc", "atc", "omop", "mimic")


class LimitRow(NamedTuple):
    """One row of a definition as a table shows it; numbers as they are printed."""

    analyte: str
    people: Any
    low: str
    high: str
    unit: str
    kind: str
    publisher: str
    source: str
    note: str
    definition: Definition


def page_of(entry: Entry, text: Any = None) -> dict[str, Any]:
    """What the template of an entry is given; `text` is what an editor wrote on it."""
    groups = dict(links.see_also(entry))
    return {
        "entry": entry,
        "row": entry.row,
        "editorial": text,
        "groups": [(kind, groups[kind]) for kind in KINDS if kind in groups],
        "symptoms": groups.get(SYMPTOM, ()),
        "conditions": groups.get(CONDITION, ()),
        "tests": groups.get(TEST, ()),
        "drugs": groups.get(DRUG, ()),
        "definitions": groups.get(DEFINITION, ()),
        "watch": watch.placed(watch.rules_for(entry)),
        "codes": tuple(_by_system(entry.codes)),
        "main": at(SYMPTOM, SLUGS["leukopenia"]),
        **(_OF_KIND[entry.kind](entry) if entry.kind in _OF_KIND else {}),
    }


def _by_system(codes: tuple[Coded, ...]) -> Iterator[tuple[str, tuple[Coded, ...]]]:
    for system in _SYSTEMS:
        found = tuple(code for code in codes if code.system == system)
        if found:
            yield system, found


def _of_condition(entry: Entry) -> dict[str, Any]:
    anticancer = "anticancer" in entry.row.drug_groups
    return {"known_by_name": drugs.known_by_name() if anticancer else ()}


def _of_drug(entry: Entry) -> dict[str, Any]:
    clozapine = content().clozapine
    own = "clozapine" in entry.row.groups
    return {
        "bands": clozapine.band if own else (),
        "notices": clozapine.notice if own else (),
        "groups_of_rules": [
            group
            for group in content().drug_groups.group
            if group.id in entry.row.groups and group.listed_as
        ],
    }


def _of_test(entry: Entry) -> dict[str, Any]:
    if entry.id == counts.UNITS:
        return {"units": counts.unit_rows()}
    if entry.row.analyte is None:
        return {}
    return {
        "unit": canonical_unit(entry.row.analyte),
        "limits": limits_of(entry.id),
        "own_limits": tuple(by_id()[DEFINITION, key] for key in OWN if entry.id in _limited(key)),
        "written_as": counts.written_as().get(entry.id, ()),
    }


def _of_definition(entry: Entry) -> dict[str, Any]:
    return {"limits": tuple(_row(entry.row, limit) for limit in entry.row.limits)}


def _limited(key: str) -> tuple[str, ...]:
    return by_id()[DEFINITION, key].lines


@cache
def limits_of(analyte: str) -> tuple[LimitRow, ...]:
    """Every limit that publishers print for a count, adults first.

    >>> limits_of("CD4")[0].definition.id
    'scott-white'
    """
    rows = [
        _row(definitions[key], limit)
        for key in definitions
        if key not in OWN
        for limit in definitions[key].limits
        if limit.analyte == Analyte(analyte)
    ]
    return tuple(sorted(rows, key=_adults_first))


def _adults_first(row: LimitRow) -> tuple[bool, int, str]:
    return bool(row.people.age_to), _TIERS.get(row.kind, 1), row.publisher.casefold()


def _row(definition: Definition, limit: Limit) -> LimitRow:
    return LimitRow(
        str(limit.analyte),
        limit.partition,
        "" if limit.low is None else number(limit.low),
        "" if limit.high is None else number(limit.high),
        limit.unit,
        limit.kind,
        limit.publisher or definition.publisher,
        limit.source or definition.source,
        limit.note,
        definition,
    )


_OF_KIND = {
    CONDITION: _of_condition,
    DRUG: _of_drug,
    TEST: _of_test,
    DEFINITION: _of_definition,
}
