"""Columns of printed numbers in canonical units: converted by their unit, refused with a reason.

The unit is the one behind a number, else that of a column of units, else the owner's default.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from leukon.analytes import Analyte, impossible_above
from leukon.arrays import Codes, Floats, Truths
from leukon.errors import UnitRefused
from leukon.readers.columns import KINDS, Named
from leukon.readers.distinct import distinct
from leukon.readers.mapping import Declared
from leukon.readers.numerals import absence
from leukon.readers.refusals import Refused, Rows, shown_unit
from leukon.readers.values import Cells, Fault, Places
from leukon.reasons import Reason
from leukon.units import Unit, read_unit


@dataclass(frozen=True)
class UnitColumn:
    """The units of a column, row by row: a number into `spellings` (None: an empty cell)."""

    places: Places
    spellings: Sequence[str | None]

    def take(self, rows: Places) -> UnitColumn:
        """The units of some rows."""
        return UnitColumn(self.places[rows], self.spellings)

    @cached_property
    def in_use(self) -> list[int]:
        """The numbers of the spellings that stand in some row."""
        held = np.zeros(len(self.spellings), dtype=np.bool_)
        held[self.places] = True
        found: list[int] = held.nonzero()[0].tolist()
        return found


def unit_column(column: Any) -> UnitColumn:
    """The units that stand in a column of the file."""
    words = distinct(column)
    spellings = [None if absence(text) else text for text in words.texts]
    return UnitColumn(words.places, [*spellings, None])


@dataclass(frozen=True)
class Reading:
    """A column of one analyte in canonical units; `relative` marks percentages of white cells."""

    values: Floats
    reasons: Codes
    signs: Codes | None
    relative: Truths | bool
    faults: list[Fault]


def settle(
    cells: Cells, named: Named, units: UnitColumn | None, default: str, said: Declared
) -> Reading:
    """The cells of one analyte in canonical units.

    The unit is the one behind the number, else that of the unit column, else the default.
    """
    faults: list[Fault] = []
    reasons = cells.reasons.copy()
    converted = _at_once(cells, named, units, default, said)
    if converted is None:
        values, relative = _converted(cells, named, units, default, said, reasons, faults)
    else:
        values, relative = converted
    _refuse_impossible(named.analyte, values, reasons, relative, faults)
    return Reading(values, reasons, cells.signs, relative, faults)


def _at_once(
    cells: Cells, named: Named, units: UnitColumn | None, default: str, said: Declared
) -> tuple[Floats, Truths | bool] | None:
    """The cells of a column with a column of units, converted in one division.

    None where that cannot be done: a unit that multiplies, that is refused, that stands elsewhere.
    """
    if units is None or cells.own is not None:
        return None
    table: dict[int, Unit] = {}
    try:
        for number in units.in_use:
            spelling = units.spellings[number] or default
            table[number] = _unit(spelling, named, said, from_cell=False)
    except UnitRefused:
        return None
    if any(unit.multiply != 1 for unit in table.values()):
        return None
    divide = np.ones(len(units.spellings))
    share = np.zeros(len(units.spellings), dtype=np.bool_)
    for number, unit in table.items():
        divide[number], share[number] = unit.divide, unit.family in KINDS["percent"]
    values = cells.numbers / divide.take(units.places)
    return values, share.take(units.places) if share.any() else False


def _converted(
    cells: Cells,
    named: Named,
    units: UnitColumn | None,
    default: str,
    said: Declared,
    reasons: Codes,
    faults: list[Fault],
) -> tuple[Floats, Truths | bool]:
    """The cells of a column, converted unit by unit; what is refused has a reason and a fault."""
    values = cells.numbers.copy()
    relative: Truths = np.zeros(len(values), dtype=np.bool_)
    only: bool | None = None
    for where, spelling, from_cell in _unit_groups(cells, units, default):
        try:
            unit = _unit(spelling, named, said, from_cell=from_cell)
        except UnitRefused as error:
            _refuse_unit(values, reasons, where, spelling, error, faults)
            continue
        share = unit.family in KINDS["percent"]
        if isinstance(where, slice):
            values, only = unit.convert(values), share
        else:
            values[where], relative[where] = unit.convert(values[where]), share
    return values, relative if only is None else only


def _unit_groups(
    cells: Cells, units: UnitColumn | None, default: str
) -> Iterator[tuple[Places | slice, str, bool]]:
    """The cells of each unit: which they are, its spelling, and whether the cell itself has it."""
    if units is None and cells.own is None:
        yield slice(None), default, False
        return
    size = len(cells.numbers)
    free = np.ones(size, dtype=np.bool_) if cells.own is None else cells.own < 0
    for number, spelling in enumerate(cells.own_units if cells.own is not None else ()):
        yield np.flatnonzero(cells.own == number), spelling, True
    if units is None:
        yield np.flatnonzero(free), default, False
        return
    for number, text in enumerate(units.spellings):
        where = np.flatnonzero(free & (units.places == number))
        if len(where):
            yield where, text or default, False


def _unit(spelling: str, named: Named, said: Declared, *, from_cell: bool) -> Unit:
    try:
        unit = read_unit(spelling, named.analyte, declared=said.spellings)
    except UnitRefused as error:
        raise _discreet(error, spelling, named, from_cell=from_cell) from None
    if named.kind and unit.family not in KINDS[named.kind]:
        wanted = "a percentage" if named.kind == "percent" else "a count"
        raise UnitRefused(f"the unit is not one of {wanted}, as the name says", hint="check both")
    if from_cell and not named.kind and unit.family in KINDS["percent"]:
        raise UnitRefused(
            "a percentage stands in a column of counts", hint="give it a column such as neut_pct"
        )
    return unit


def _discreet(error: UnitRefused, spelling: str, named: Named, *, from_cell: bool) -> UnitRefused:
    """The refusal, without a spelling that may be no unit but something of the person."""
    shown = shown_unit(spelling)
    if not spelling or shown.startswith("'"):
        return error
    where = "behind the number" if from_cell else shown
    return UnitRefused(
        f"the unit {where} is not known for {named.analyte}",
        hint="10*9/L, K/uL, /uL or %; or say in the map file what it stands for, under [units]",
    )


def _refuse_unit(
    values: Floats,
    reasons: Codes,
    where: Places | slice,
    spelling: str,
    error: UnitRefused,
    faults: list[Fault],
) -> None:
    places = np.arange(len(values))[where]
    places = places[~np.isnan(values[places])]
    reason = Reason.UNIT_REFUSED if spelling else Reason.UNIT_MISSING
    values[places] = np.nan
    reasons[places] = reason
    if len(places):
        faults.append(Fault(places, reason, error.what, error.hint))


def _refuse_impossible(
    kind: Analyte,
    values: Floats,
    reasons: Codes,
    relative: Truths | bool,
    faults: list[Fault],
) -> None:
    """A count below zero or beyond what anybody has, a share over 100 %."""
    with np.errstate(invalid="ignore"):
        negative = values < 0
        limit = _limits(kind, relative)
        beyond = values > limit
    for wrong, message in (
        (negative, "the value is negative, and a count never is"),
        (beyond, "the value is impossible in this unit: nobody has so many"),
    ):
        if wrong.any():
            places = np.flatnonzero(wrong)
            values[places] = np.nan
            reasons[places] = Reason.IMPOSSIBLE
            faults.append(Fault(places, Reason.IMPOSSIBLE, message, "check the value and its unit"))


def _limits(kind: Analyte, relative: Truths | bool) -> Floats | float:
    most = np.inf if kind is Analyte.NRBC else 100.0
    if isinstance(relative, bool):
        return most if relative else impossible_above(kind)
    limits: Floats = np.where(relative, most, impossible_above(kind))
    return limits


def listed(faults: Sequence[Fault], rows: Rows, column: str) -> list[Refused]:
    """The faults of a column as refusals, by the numbers of the rows in the file."""
    return [
        Refused(rows[fault.places], column, fault.reason, fault.message, fault.hint)
        for fault in faults
    ]
