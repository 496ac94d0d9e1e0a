"""What the owner of a file says about it: names of columns and tests, units, the decimal sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from leukon.analytes import Analyte, analyte
from leukon.batch import CORRECTED, NOT_CORRECTED
from leukon.errors import LeukonError, TableRefused

_TABLES = ("columns", "units", "unit_of", "tests")
_WORDS = ("unit", "decimal", "nrbc")
_CORRECTIONS = {"corrected": CORRECTED, "uncorrected": NOT_CORRECTED}


@dataclass(frozen=True)
class Declared:
    """Everything declared about a file.

    `columns` gives their name of a column for each of ours, `tests` our name of a test for each of
    theirs; `spellings` is what a spelling of a unit stands for; `unit` is the unit of every count
    that states none, `unit_of` that of one analyte; `correction` says whether totals were corrected
    for nucleated red cells, None where nobody says.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    tests: Mapping[str, str] = field(default_factory=dict)
    spellings: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    unit_of: Mapping[Analyte, str] = field(default_factory=dict)
    decimal: str = "."
    correction: int | None = None

    def test(self, text: str) -> str | None:
        """Our name of a test that the map file speaks of, in any letter case.

        >>> Declared(tests={"Leukozyten": "WBC"}).test(" leukozyten")
        'WBC'
        """
        return self._tests.get(text.strip().casefold()) if self.tests else None

    @cached_property
    def _tests(self) -> dict[str, str]:
        return {theirs.strip().casefold(): ours for theirs, ours in self.tests.items()}


def declared(
    units: Mapping[str, str], mapping: Mapping[str, Any] | None, *, decimal: str | None = None
) -> Declared:
    """What is declared by the call (`units`: by analyte, "" for all) and by a parsed map file.

    The call wins over the file; a decimal comma said by either holds.

    >>> declared({"": "10*9/L", "HGB": "g/dL"}, None).unit_of
    {<Analyte.HGB: 'HGB'>: 'g/dL'}
    """
    said = dict(mapping or {})
    _check_keys(said)
    by_analyte = {**said.get("unit_of", {}), **{key: units[key] for key in units if key}}
    signs = {decimal or ".", said.get("decimal", ".")}
    if not signs <= {".", ","}:
        raise TableRefused("the decimal sign is a point or a comma", hint='decimal = ","')
    return Declared(
        columns=said.get("columns", {}),
        tests=said.get("tests", {}),
        spellings=said.get("units", {}),
        unit=units.get("", "") or said.get("unit", ""),
        unit_of={_analyte(key): unit for key, unit in by_analyte.items()},
        decimal="," if "," in signs else ".",
        correction=_correction(said.get("nrbc")),
    )


def _check_keys(said: Mapping[str, Any]) -> None:
    for key, value in said.items():
        if key not in (*_TABLES, *_WORDS):
            known = ", ".join([*_WORDS, *(f"[{name}]" for name in _TABLES)])
            raise TableRefused(f"the map file says {key!r}, which means nothing", hint=known)
        texts = value.values() if key in _TABLES and isinstance(value, Mapping) else [value]
        if (key in _TABLES) != isinstance(value, Mapping) or not all(
            isinstance(text, str) for text in texts
        ):
            shape = f'[{key}] and lines such as name = "text"' if key in _TABLES else 'a "text"'
            raise TableRefused(f"{key!r} in the map file has the wrong shape", hint=shape)


def _analyte(key: str) -> Analyte:
    try:
        return analyte(key)
    except LeukonError as error:
        raise error.at("a unit is declared") from None


def _correction(word: str | None) -> int | None:
    if word is None:
        return None
    if word not in _CORRECTIONS:
        raise TableRefused(f"nrbc = {word!r} means nothing", hint="corrected or uncorrected")
    return _CORRECTIONS[word]
