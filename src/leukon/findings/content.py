"""What is found, with its codes, and what publishers call febrile neutropenia: data, read when asked."""

from __future__ import annotations

from functools import cache

import msgspec
from msgspec import Struct

from leukon.analytes import CONTENT


class FindingRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One finding: the counts it speaks of, its scales of words, its codes and where they are from."""

    id: str
    name: str
    lines: tuple[str, ...]
    scales: tuple[str, ...] = ()
    icd10cm: tuple[str, ...] = ()
    icd10cm_text: tuple[str, ...] = ()
    snomedct: tuple[str, ...] = ()
    hpo: tuple[str, ...] = ()
    hpo_text: tuple[str, ...] = ()
    term: str = ""
    row: str = ""
    criterion: str = ""
    source: str = ""
    note: str = ""


class Criterion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one publisher calls febrile neutropenia; `febrile.toml` says what each field means."""

    id: str
    by: str
    criterion: str
    neutrophils_below: float
    neutrophils_inclusive: bool = False
    expected_from: float | None = None
    expected_below: float | None = None
    temperature_once: float
    once_inclusive: bool = False
    temperature_lasting: float | None = None
    lasting_inclusive: bool = False
    lasting: str = ""
    temperature_below: float | None = None
    or_sepsis_signs: bool = False
    anticancer: bool = False
    child: bool = False
    address: str
    status: str
    note: str = ""


class NotDecided(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A syndrome that was read and is not decided from counts, and why."""

    id: str
    name: str
    criterion: str
    why: str
    address: str


class _Reviewed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who wrote a file, who checked it, and when it is looked at again."""

    source: str
    author: str
    checked_by: str
    reviewed: str
    next_review: str


class FindingsFile(_Reviewed, frozen=True, kw_only=True):
    """`findings.toml`."""

    finding: tuple[FindingRow, ...]


class FebrileFile(_Reviewed, frozen=True, kw_only=True):
    """`febrile.toml`."""

    criterion: tuple[Criterion, ...]
    not_decided: tuple[NotDecided, ...]


@cache
def findings_file() -> FindingsFile:
    """The findings that leukon names."""
    path = CONTENT / "findings" / "findings.json"
    return msgspec.json.decode(path.read_bytes(), type=FindingsFile)


@cache
def febrile_file() -> FebrileFile:
    """The definitions of febrile neutropenia."""
    path = CONTENT / "findings" / "febrile.json"
    return msgspec.json.decode(path.read_bytes(), type=FebrileFile)


@cache
def row(key: str) -> FindingRow:
    """The finding with this id.

    >>> row("neutropenia").icd10cm
    ('D70.9',)
    """
    return next(found for found in findings_file().finding if found.id == key)
