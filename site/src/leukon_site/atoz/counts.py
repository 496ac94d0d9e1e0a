"""The tests: every count that leukon knows, with its codes, units and the names it goes by."""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from functools import cache
from types import SimpleNamespace
from typing import NamedTuple

from leukon.analytes import CONTENT, NAMES, Analyte
from leukon.units import families
from leukon_site.atoz.entry import TEST, Cited, Coded, Entry, Review, slug_of

UNITS, ELSEWHERE = "units", "elsewhere"
"""The entries beside the counts: how units are spelt, and codes of no count in blood."""


class CountRow(NamedTuple):
    """A count: its analyte, the families of units it comes in, and all its rows of codes."""

    analyte: Analyte | None
    families: tuple[str, ...]
    codes: tuple[dict[str, str], ...]


@cache
def entries() -> tuple[Entry, ...]:
    """Every count, then codes of no count in blood, then the spellings of units.

    >>> entries()[0].slug, entries()[0].codes[0].code
    ('white-blood-cells', '6690-2')
    """
    counts = tuple(_entry(analyte) for analyte in Analyte)
    return (*counts, _elsewhere(), _units())


@cache
def code_rows() -> dict[str, tuple[dict[str, str], ...]]:
    """The rows of the table of codes by analyte; "" for those of no count in blood."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _table("codes.csv"):
        found[row["analyte"]].append(row)
    return {analyte: tuple(rows) for analyte, rows in found.items()}


@cache
def unit_rows() -> tuple[dict[str, str], ...]:
    """Every spelling of a unit, what it means, and whether leukon reads it."""
    return _table("units.csv")


@cache
def written_as() -> dict[str, tuple[str, ...]]:
    """How laboratories and files write the name of each count.

    >>> "anc" in written_as()["NEUT"]
    True
    """
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for row in _table("columns.csv"):
        if row["role"] == "count" and row["analyte"] and row["layout"] == "any":
            found[row["analyte"]][row["name"].replace("_", " ")] = None
    return {analyte: tuple(names) for analyte, names in found.items()}


def _entry(analyte: Analyte) -> Entry:
    rows = code_rows().get(analyte, ())
    name = NAMES[analyte]
    return Entry(
        TEST,
        str(analyte),
        slug_of(name),
        name,
        CountRow(analyte, families(analyte), rows),
        _review("codes.csv"),
        _sources(rows),
        lines=(str(analyte),),
        also=tuple(dict.fromkeys([str(analyte), *written_as().get(analyte, ())])),
        codes=_coded(rows),
    )


def _elsewhere() -> Entry:
    rows = code_rows()[""]
    name = "codes that are no count in blood"
    return Entry(
        TEST,
        ELSEWHERE,
        slug_of(name),
        name,
        CountRow(None, (), rows),
        _review("codes.csv"),
        _sources(rows),
        codes=_coded(rows),
    )


def _units() -> Entry:
    name = "units of blood counts"
    sources = dict.fromkeys(
        part.strip() for row in unit_rows() for part in row["source"].split(" ; ")
    )
    return Entry(
        TEST,
        UNITS,
        slug_of(name),
        name,
        CountRow(None, (), ()),
        _review("units.csv"),
        tuple(Cited(one) for one in sources if one),
        also=("10*9/L", "K/uL", "per microlitre", "UCUM"),
    )


def _coded(rows: tuple[dict[str, str], ...]) -> tuple[Coded, ...]:
    return tuple(Coded(row["code_system"], row["code"], row["name"], row["source"]) for row in rows)


def _sources(rows: tuple[dict[str, str], ...]) -> tuple[Cited, ...]:
    parts = (part.strip() for row in rows for part in row["source"].split(";"))
    return tuple(Cited(part) for part in dict.fromkeys(parts) if part)


def _table(name: str) -> tuple[dict[str, str], ...]:
    with CONTENT.joinpath(name).open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


@cache
def _review(name: str) -> Review:
    text = CONTENT.joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return Review.of(SimpleNamespace(**tomllib.loads(text)))
