"""The causes, what drugs do to the counts, and the order of naming: data, read when asked."""

from __future__ import annotations

from functools import cache

import msgspec
from msgspec import Struct

from leukon.analytes import CONTENT


class Cause(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One cause of low white cells; `causes.toml` says what each field means."""

    id: str
    name: str
    category: str
    lines: tuple[str, ...] = ()
    several: bool = False
    mechanism: str = ""
    course: str = ""
    duration: str = ""
    age_from: str = ""
    age_to: str = ""
    age_note: str = ""
    duffy: str = ""
    drug_groups: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    names_a_finding: bool = False
    icd10cm: tuple[str, ...] = ()
    icd10cm_text: tuple[str, ...] = ()
    snomedct: tuple[str, ...] = ()
    hpo: tuple[str, ...] = ()
    omim: tuple[str, ...] = ()
    orpha: tuple[str, ...] = ()
    source: str
    address: str
    status: str
    note: str = ""


class DrugEffect(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one drug does to the counts, its evidence, and its monitoring (for professionals)."""

    inn: str
    lowers: tuple[str, ...] = ()
    raises: tuple[str, ...] = ()
    several: bool = False
    evidence: str = ""
    monitoring: str = ""
    source: str = ""
    status: str
    note: str = ""


class Order(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which order the categories are named, in one situation."""

    id: str
    categories: tuple[str, ...]


class _Reviewed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who wrote a file, who checked it, and when it is looked at again."""

    source: str
    author: str
    checked_by: str
    reviewed: str
    next_review: str


class CausesFile(_Reviewed, frozen=True, kw_only=True):
    """`causes.toml`."""

    cause: tuple[Cause, ...]


class DrugsFile(_Reviewed, frozen=True, kw_only=True):
    """`drugs.toml`."""

    drug: tuple[DrugEffect, ...]


class OrderFile(_Reviewed, frozen=True, kw_only=True):
    """`order.toml`."""

    order: tuple[Order, ...]


@cache
def causes_file() -> CausesFile:
    """The causes that leukon names.

    >>> causes_file().cause[0].name
    'HIV infection'
    """
    return msgspec.json.decode(_read("causes.json"), type=CausesFile)


@cache
def named_causes() -> tuple[Cause, ...]:
    """The causes proper: without the rows that only name a finding."""
    return tuple(cause for cause in causes_file().cause if not cause.names_a_finding)


@cache
def drugs_file() -> DrugsFile:
    """What drugs do to the counts."""
    return msgspec.json.decode(_read("drugs.json"), type=DrugsFile)


@cache
def orders() -> dict[str, tuple[str, ...]]:
    """The order of the categories, by situation: "one line, adult" ..."""
    file = msgspec.json.decode(_read("order.json"), type=OrderFile)
    return {order.id: order.categories for order in file.order}


def _read(name: str) -> bytes:
    return (CONTENT / "causes" / name).read_bytes()
