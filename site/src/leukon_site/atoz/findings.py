"""The symptoms: what is found in counts, from leukopenia to febrile neutropenia."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from leukon.causes.content import Cause, causes_file
from leukon.findings import BY_FLAG
from leukon.findings.content import (
    Criterion,
    FindingRow,
    NotDecided,
    febrile_file,
    findings_file,
)
from leukon.scales import Scale, resolve
from leukon_site.atoz.conditions import codes_of
from leukon_site.atoz.entry import SYMPTOM, Entry, Review, cited, coded, slug_of

MAIN = "leukopenia"
SLUGS = {MAIN: "low-white-blood-cell-count"}
"""Findings whose page is called otherwise."""
_FEBRILE, _CHRONIC = "febrile-neutropenia", "chronic-neutropenia"


class FoundRow(NamedTuple):
    """A finding: its row, its scales of words, criteria, and rows of causes that only name it."""

    finding: FindingRow
    scales: tuple[Scale, ...]
    criteria: tuple[Criterion, ...]
    not_decided: tuple[NotDecided, ...]
    also_named: tuple[Cause, ...]


@cache
def entries() -> tuple[Entry, ...]:
    """Every finding.

    >>> entries()[0].slug, entries()[0].codes[0].code
    ('low-white-blood-cell-count', 'D72.819')
    """
    return tuple(_entry(row) for row in findings_file().finding)


def _entry(row: FindingRow) -> Entry:
    named = tuple(cause for cause in causes_file().cause if _names(cause) == row.id)
    found = FoundRow(
        row,
        tuple(resolve(scale) for scale in row.scales),
        febrile_file().criterion if row.id == _FEBRILE else (),
        febrile_file().not_decided if row.id == _CHRONIC else (),
        named,
    )
    own = (
        *coded("icd10cm", row.icd10cm, row.icd10cm_text),
        *coded("snomedct", row.snomedct, [row.term] * len(row.snomedct)),
        *coded("hpo", row.hpo, row.hpo_text),
    )
    more = (code for cause in named for code in codes_of(cause))
    known = {(code.system, code.code) for code in own}
    return Entry(
        SYMPTOM,
        row.id,
        SLUGS.get(row.id, slug_of(row.id)),
        row.name,
        found,
        Review.of(findings_file()),
        (*cited(row.source), *(one for cause in named for one in cited(cause.source))),
        lines=row.lines,
        also=tuple(cause.name for cause in named),
        codes=(*own, *(code for code in more if (code.system, code.code) not in known)),
    )


@cache
def _names(cause: Cause) -> str:
    """The finding that a row of the causes only names: by its first code, else by its count."""
    if not cause.names_a_finding:
        return ""
    for row in findings_file().finding:
        if cause.icd10cm[:1] == row.icd10cm[:1] and row.icd10cm:
            return row.id
    return BY_FLAG[cause.lines[0]]
