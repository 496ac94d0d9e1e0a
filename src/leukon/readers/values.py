"""Columns of cells to canonical numbers: parsed strictly, converted by unit, refused with a reason.

Clean columns take one cast; only cells that do not cast are looked at one by one, each distinct
text once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leukon.analytes import Analyte, impossible_above
from leukon.arrays import Codes, Floats, Index, Truths
from leukon.batch import COMPARATOR_CODES
from leukon.errors import UnitRefused, ValueRefused
from leukon.readers.columns import KINDS, Named
from leukon.readers.distinct import as_text, distinct, unreadable_type
from leukon.readers.mapping import Declared
from leukon.readers.numerals import POINT, Printed, absence, read_measured
from leukon.readers.refusals import Refused, Rows, shown_unit
from leukon.reasons import Reason
from leukon.units import Unit, read_unit

Places = Index
_PLAIN = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_ABSENT = {"missing": Reason.VALUE_MISSING, "pending": Reason.PENDING}
_MOST_DECIMALS = 8


@dataclass(frozen=True)
class Fault:
    """Cells that cannot be read for one reason: which of the column's, and what to say."""

    places: Places
    reason: Reason
    message: str
    hint: str


@dataclass
class Cells:
    """A column of printed numbers, parsed but not yet converted.

    `own` numbers, cell by cell, the unit printed behind the number itself, in `own_units`
    (-1: none). `signs` is None where no cell has one.
    """

    numbers: Floats
    reasons: Codes
    signs: Codes | None = None
    own: Places | None = None
    own_units: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def take(self, places: Places) -> Cells:
        """Some cells of the column, without its faults."""
        return Cells(
            self.numbers[places],
            self.reasons[places],
            None if self.signs is None else self.signs[places],
            None if self.own is None else self.own[places],
            self.own_units,
        )


def is_text(column: Any) -> bool:
    """Whether an Arrow column (or its type) holds text."""
    kind = column.type if hasattr(column, "type") else column
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def is_number(kind: Any) -> bool:
    """Whether an Arrow type holds numbers."""
    return bool(
        pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    )


def parse(column: Any, *, decimal: str = POINT) -> Cells:
    """The numbers of a column of any type that can hold numbers."""
    if pa.types.is_null(column.type):
        return _numeric(np.full(len(column), np.nan))
    if is_text(column):
        return _parse_text(as_text(column), decimal)
    if not is_number(column.type):
        raise unreadable_type(column.type)
    return _numeric(floats(column))


def floats(column: Any) -> Floats:
    """A numeric column as float64: 32-bit numbers as their shortest decimal, missing as NaN."""
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.string()).cast(pa.float64())
    elif not pa.types.is_float64(column.type):
        if pa.types.is_floating(column.type):
            narrow = column.to_numpy(zero_copy_only=False)
            return shortest(narrow) if narrow.dtype == np.float32 else narrow.astype(np.float64)
        column = pc.cast(column, pa.float64(), safe=False)
    found: Floats = column.to_numpy(zero_copy_only=False)
    return found


def distinct_numbers(column: Any) -> tuple[Floats, Places]:
    """The distinct numbers of a numeric column in ascending order, then NaN, and each row's place.

    >>> numbers, places = distinct_numbers(pa.array([34, None, 8, 34]))
    >>> numbers.tolist(), places.tolist()
    ([8.0, 34.0, nan], [1, 2, 0, 1])
    """
    encoded = column.dictionary_encode()
    numbers = floats(encoded.dictionary)
    order = np.argsort(numbers)
    ranks = np.empty(len(order) + 1, dtype=np.intp)
    ranks[order], ranks[-1] = np.arange(len(order)), len(order)
    places = encoded.indices.fill_null(len(order)).to_numpy(zero_copy_only=False)
    return np.append(numbers[order], np.nan), ranks.take(places)


def shortest(narrow: np.ndarray[Any, np.dtype[np.float32]]) -> Floats:
    """32-bit numbers as the shortest decimals that stand for them (3.7, not 3.7000000477).

    >>> shortest(np.array([3.7, 14.9], dtype=np.float32)).tolist()
    [3.7, 14.9]
    """
    wide: Floats = narrow.astype(np.float64)
    left = np.flatnonzero(np.isfinite(wide) & (wide != np.rint(wide)))
    for decimals in range(1, _MOST_DECIMALS + 1):
        tried = np.round(wide[left], decimals)
        same = tried.astype(np.float32) == narrow[left]
        wide[left[same]] = tried[same]
        left = left[~same]
        if not len(left):
            break
    for place in left.tolist():
        wide[place] = float(str(narrow[place]))
    return wide


def _numeric(numbers: Floats) -> Cells:
    reasons = np.zeros(len(numbers), dtype=np.int8)
    reasons[np.isnan(numbers)] = Reason.VALUE_MISSING
    return Cells(numbers, reasons)


def _parse_text(column: Any, decimal: str) -> Cells:
    if decimal == POINT:
        clean = _cast(column)
        if clean is not None:
            return clean
    column = pc.utf8_trim_whitespace(column)
    if decimal == POINT:
        plain = pc.fill_null(pc.match_substring_regex(column, _PLAIN), False)
    else:
        plain = pc.equal(column, "\0")
    numbers = pc.cast(pc.if_else(plain, column, None), pa.float64()).to_numpy(zero_copy_only=False)
    numbers = np.array(numbers)
    cells = _numeric(numbers)
    plain = pc.fill_null(plain, False).to_numpy(zero_copy_only=False)
    odd = np.flatnonzero(~plain | np.isinf(numbers))
    _read_distinct(cells, odd, column.take(pa.array(odd)), decimal)
    return cells


def _cast(column: Any) -> Cells | None:
    """The column in one cast, where every cell is a plain number or empty."""
    try:
        numbers = pc.cast(column, pa.float64())
    except pa.ArrowInvalid:
        return None
    # The words nan and inf cast too, and are no numbers.
    if not pc.all(pc.is_finite(numbers), min_count=0).as_py():
        return None
    return _numeric(numbers.to_numpy(zero_copy_only=False))


def _read_distinct(cells: Cells, places: Places, texts: Any, decimal: str) -> None:
    """Read the cells at some places one distinct text at a time."""
    words = distinct(texts)
    cells.reasons[places[words.places == len(words.texts)]] = Reason.VALUE_MISSING
    order = np.argsort(words.places, kind="stable")
    edges = np.searchsorted(words.places[order], np.arange(len(words.texts) + 1))
    refused: dict[tuple[Reason, str, str], list[Places]] = {}
    for number, text in enumerate(words.texts):
        where = places[order[edges[number] : edges[number + 1]]]
        try:
            _put(cells, where, *read_measured(text, decimal=decimal))
        except ValueRefused as error:
            cells.numbers[where] = np.nan
            cells.reasons[where] = Reason.NOT_READ
            refused.setdefault((Reason.NOT_READ, error.what, error.hint), []).append(where)
    cells.faults += [Fault(np.concatenate(found), *what) for what, found in refused.items()]


def _put(cells: Cells, where: Places, printed: Printed, unit: str) -> None:
    size = len(cells.numbers)
    if printed.value is None:
        cells.numbers[where] = np.nan
        cells.reasons[where] = _ABSENT[printed.absent]
        return
    cells.numbers[where] = printed.value
    cells.reasons[where] = Reason.NONE
    if printed.comparator:
        cells.signs = np.zeros(size, dtype=np.int8) if cells.signs is None else cells.signs
        cells.signs[where] = COMPARATOR_CODES[printed.comparator]
    if unit:
        cells.own = np.full(size, -1, dtype=np.intp) if cells.own is None else cells.own
        if unit not in cells.own_units:
            cells.own_units.append(unit)
        cells.own[where] = cells.own_units.index(unit)


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
