"""The table of unit spellings: what each means, and whether leukon may read it so.

Canonical value = value * multiply / divide (10*9/L, g/L, percent, per 100 white cells). Where the
meaning itself is open (a bare 1) or not a count (mmol/L), `ucum` is empty and the factor unused.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from knowledge import Row, must_ship, shipped

WORDS = Path(__file__).resolve().parent / "words" / "units.toml"
COLUMNS = "spelling family ucum multiply divide decision exact note source".split()
OMOP_COLUMNS = ["concept_id", "ucum"]
NOT_A_SPELLING = "(empty)"
IN_THE_WILD = "data/units_in_the_wild.csv"
FAMILIES = {
    "white cells": "cells",
    "white cells, platelets": "cells",
    "differential": "percent",
    "NRBC": "per-100-wbc",
}
DECISIONS = {"read": "read", "owner-declares": "declare", "refuse": "refuse"}
FACTORS = {"1": (1, 1), "0.001": (1, 1000), "10": (10, 1), "1000": (1000, 1), "": (1, 1)}
CELL_CODES = {"1": "10*3/uL", "0.001": "/uL", "10": "10*4/uL", "1000": "/pL", "": ""}
PER_LITRE_CODES = {"1": "10*9/L", "0.001": "10*6/L", "": ""}
OTHER_CODES = {"%": "%", "fraction": "{fraction}", "per-100-wbc": "/100{WBC}"}


def unit_rows() -> list[Row]:
    """Every spelling, once in each family; spellings that differ in letter case alone are one."""
    known = [row for row in shipped("unit_spellings") if row["spelling"] != NOT_A_SPELLING]
    rows = [row for published in known for row in _spellings(published)]
    rows += [_omop(row) for row in shipped("omop_units")]
    rows += [_further(words) for words in _words()["further"]]
    return _once(rows)


def omop_unit_rows() -> list[Row]:
    """The OMOP unit concepts, each with its UCUM code."""
    return [
        {"concept_id": row["omop_concept_id"], "ucum": row["ucum"]} for row in shipped("omop_units")
    ]


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def _spellings(row: Row) -> list[Row]:
    """The rows of one knowledge row: the spelling itself, and how it was seen with blanks."""
    spelling = _words()["renamed"].get(row["spelling"], row["spelling"])
    spaced = _words()["spaced"].get(spelling)
    return [_published(row, text) for text in (spelling, spaced) if text]


def _published(row: Row, spelling: str) -> Row:
    must_ship(row)
    family = FAMILIES[row["applies_to"]]
    decision = DECISIONS[row["decision"]]
    factor = row["factor_to_10*9/L"]
    multiply, divide = (100, 1) if spelling == "fraction" else FACTORS[factor]
    return _row(
        spelling=spelling,
        family=family,
        ucum=_code(spelling, family, factor),
        multiply=multiply,
        divide=divide,
        decision=decision,
        exact=row["match"] == "exact",
        note="" if decision == "read" else _why(spelling),
        source=row["where_seen"].replace(IN_THE_WILD, "public sample messages, eICU demo"),
    )


def _code(spelling: str, family: str, factor: str) -> str:
    if family != "cells":
        return OTHER_CODES.get(spelling) or OTHER_CODES[family]
    codes = PER_LITRE_CODES if _is_per_litre(spelling) else CELL_CODES
    return codes[factor]


def _is_per_litre(spelling: str) -> bool:
    text = spelling.casefold()
    return text.endswith(("/l", ".l-1", "per liter", "/nl"))


def _why(spelling: str) -> str:
    for part in _words()["why"]:
        if spelling in part["spellings"]:
            return str(part["note"])
    raise ValueError(f"{spelling!r} is not read, and {WORDS.name} does not say why")


def _omop(row: Row) -> Row:
    must_ship(row)
    code = row["ucum"]
    factor = "1" if code == "%" else row["factor_to_10*9/L"]
    multiply, divide = FACTORS[factor]
    return _row(
        spelling=code,
        family="percent" if code == "%" else "cells",
        ucum=code,
        multiply=multiply,
        divide=divide,
        source=f"OMOP unit concept {row['omop_concept_id']}",
    )


def _further(words: dict[str, Any]) -> Row:
    return _row(**words)


def _row(
    *,
    spelling: str,
    family: str,
    ucum: str,
    source: str,
    multiply: int = 1,
    divide: int = 1,
    decision: str = "read",
    exact: bool = False,
    note: str = "",
) -> Row:
    values = (spelling, family, ucum, multiply, divide, decision, exact, note, source)
    texts = ("yes" if value is True else "no" if value is False else str(value) for value in values)
    return dict(zip(COLUMNS, texts, strict=True))


def _once(rows: list[Row]) -> list[Row]:
    """The first row of each spelling and family; a second one must mean the same."""
    kept: dict[tuple[str, str], Row] = {}
    for row in rows:
        text = row["spelling"] if row["exact"] == "yes" else row["spelling"].casefold()
        first = kept.setdefault((row["family"], text), row)
        if _meaning(first) != _meaning(row):
            raise ValueError(f"two meanings: {first} and {row}")
    return list(kept.values())


def _meaning(row: Row) -> tuple[float, str]:
    return int(row["multiply"]) / int(row["divide"]), row["decision"]
