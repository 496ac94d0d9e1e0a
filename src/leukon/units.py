"""In what a count is given: every spelling seen in use, what it means, or why it is refused.

A unit is never guessed, least of all from the size of a number. A spelling is read, refused, or
left to the owner of the file to declare (`10^3/mL`: literally one per microlitre, often typed for
a thousand). Values per microlitre are divided by 1000, never multiplied by 0.001, so that
3,810 /uL and 3.81 10*9/L are the same number.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple, TypeVar

import numpy as np

from leukon.analytes import CELLS, CONTENT, DIFFERENTIAL, MASS, PER_100_WBC, PERCENT, Analyte
from leukon.errors import UnitRefused

Number = TypeVar("Number", float, np.ndarray)


class Unit(NamedTuple):
    """One unit: the UCUM code, its family, and the whole-number factor to the canonical unit."""

    ucum: str
    family: str
    multiply: int
    divide: int

    def convert(self, value: Number) -> Number:
        """The value in the canonical unit of the family (10*9/L, g/L, %, per 100 white cells)."""
        if self.multiply == 1:
            return value if self.divide == 1 else value / self.divide
        # 0.57 * 10 is 5.699999999999999: a product is rounded back to the printed decimals.
        product: Number = np.round(value * self.multiply / self.divide, 9)
        return product


class Spelling(NamedTuple):
    """A row of the table of spellings: what it would mean, and whether leukon may read it so."""

    text: str
    unit: Unit
    decision: str
    exact: bool
    note: str


CANONICAL = {"cells": CELLS, "mass": MASS, "percent": PERCENT, "per-100-wbc": PER_100_WBC}


def families(analyte: Analyte) -> tuple[str, ...]:
    """The families of unit an analyte can be given in.

    >>> families(Analyte.NEUT)
    ('cells', 'percent')
    """
    if analyte is Analyte.HGB:
        return ("mass",)
    if analyte is Analyte.NRBC:
        return ("cells", "per-100-wbc", "percent")
    if analyte in DIFFERENTIAL or analyte is Analyte.CD4:
        return ("cells", "percent")
    return ("cells",)


def read_unit(
    spelling: str | None, analyte: Analyte, *, declared: Mapping[str, str] | None = None
) -> Unit:
    """The unit a spelling means for this analyte, or a refusal that says why.

    `declared` maps spellings to the spelling their owner says they stand for; it is asked first.

    >>> read_unit("K/uL", Analyte.WBC).divide
    1
    >>> read_unit("cells/mm3", Analyte.NEUT).divide
    1000
    """
    text = fold(spelling or "")
    for owner_text, meaning in (declared or {}).items():
        if fold(owner_text) == text:
            return read_unit(meaning, analyte)
    if not text:
        raise _missing(analyte)
    return _decide(text, spelling or "", analyte)


def fold(text: str) -> str:
    r"""A spelling with blanks trimmed and both signs for micro written u; case is kept.

    >>> fold(" K/\u00b5L ")
    'K/uL'
    """
    for micro in ("\u00c2\u00b5", "\u00b5", "\u03bc"):
        text = text.replace(micro, "u")
    return " ".join(text.split())


@cache
def _decide(text: str, printed: str, analyte: Analyte) -> Unit:
    rows = _rows(text, families(analyte))
    for row in rows:
        if row.decision == "read":
            return row.unit
    if not rows:
        raise _unknown(printed, analyte)
    raise _refused(rows[0], printed, analyte)


def _rows(text: str, wanted: tuple[str, ...]) -> list[Spelling]:
    exact = [row for row in spellings().get(text, ()) if row.unit.family in wanted]
    if exact:
        return exact
    folded = spellings().get(text.casefold(), ())
    return [row for row in folded if row.unit.family in wanted]


@cache
def spellings() -> dict[str, list[Spelling]]:
    """Every known spelling, by its folded text and by its lower-case form."""
    found: dict[str, list[Spelling]] = {}
    for row in _read_spellings():
        text = fold(row.text)
        for key in {text} if row.exact else {text, text.casefold()}:
            found.setdefault(key, []).append(row)
    return found


def _read_spellings() -> list[Spelling]:
    with CONTENT.joinpath("units.csv").open(encoding="utf-8") as lines:
        return [_spelling(row) for row in csv.DictReader(lines)]


def _spelling(row: dict[str, str]) -> Spelling:
    unit = Unit(row["ucum"], row["family"], int(row["multiply"] or 1), int(row["divide"] or 1))
    return Spelling(row["spelling"], unit, row["decision"], row["exact"] == "yes", row["note"])


@cache
def omop_units() -> dict[str, str]:
    """The UCUM code of each OMOP unit concept that is known."""
    with CONTENT.joinpath("omop_units.csv").open(encoding="utf-8") as lines:
        return {row["concept_id"]: row["ucum"] for row in csv.DictReader(lines)}


def _example(analyte: Analyte) -> str:
    return "g/L or g/dL" if analyte is Analyte.HGB else "10*9/L, K/uL or /uL"


def _missing(analyte: Analyte) -> UnitRefused:
    return UnitRefused(
        f"{analyte} has no unit, and a unit is never guessed from the size of a number",
        hint=f"give one with --unit (or in the file), for example {_example(analyte)}",
    )


def _unknown(printed: str, analyte: Analyte) -> UnitRefused:
    return UnitRefused(
        f"the unit {printed!r} is not known for {analyte}",
        hint=f"known ones are {_example(analyte)}; or say in the map file what "
        f"{printed!r} stands for, under [units]",
    )


def _refused(row: Spelling, printed: str, analyte: Analyte) -> UnitRefused:
    if row.decision == "refuse":
        return UnitRefused(
            f"the unit {printed!r} is no unit of {analyte}: {row.note}",
            hint=f"give {_example(analyte)}",
        )
    return UnitRefused(
        f"the unit {printed!r} can be read in two ways: {row.note}",
        hint=f"if you own the file, say what it stands for in the map file: "
        f'[units] "{printed}" = "{row.unit.ucum or CANONICAL[row.unit.family]}" if it means that',
    )
