"""A row a panel: the columns of counts as a batch, ready to compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from leukon.analytes import DIFFERENTIAL, Analyte
from leukon.arrays import Codes, Integers, Truths
from leukon.batch import CORRECTED, CORRECTION_UNKNOWN, NOT_CORRECTED, Batch, Column, without
from leukon.errors import UnitRefused
from leukon.readers.columns import Measure, Named, Recognised, default_unit
from leukon.readers.mapping import Declared
from leukon.readers.people import whose
from leukon.readers.refusals import Refused
from leukon.readers.settled import Reading, UnitColumn, listed, settle, unit_column
from leukon.readers.sources import Block
from leukon.readers.values import parse
from leukon.reasons import Reason
from leukon.units import read_unit


class Place(NamedTuple):
    """Where a reading goes: to the counts or to the percentages of an analyte."""

    relative: bool
    analyte: Analyte


@dataclass(frozen=True)
class Chunk:
    """Some panels of a file: the batch, the columns passed through, what could not be read.

    `rows` numbers the panels' rows in the file; `rows_read` is how many rows of the file went in.
    """

    batch: Batch
    columns: Any
    rows: Integers
    refused: list[Refused]
    rows_read: int


def read_wide(block: Block, found: Recognised, said: Declared) -> Chunk:
    """The panels of a block of rows."""
    who = whose(block.columns, found, block.rows)
    refused = [*block.refused, *who.refused]
    units: dict[str, UnitColumn] = {}
    readings: dict[Place, list[Reading]] = {}
    for measure in found.measures:
        reading = _read(block.columns, measure, said, units)
        refused += listed(reading.faults, block.rows, measure.column)
        for place in places_of(measure, said):
            readings.setdefault(place, []).append(_part(reading, relative=place.relative))
    columns = {place: merged(parts) for place, parts in readings.items()}
    batch = Batch(
        who.people,
        sorted_columns(columns, who.undetermined, relative=False),
        sorted_columns(columns, who.undetermined, relative=True),
        correction(found.measures, said),
        possible=True,
    )
    lost = sum(len(group.rows) for group in block.refused)
    return Chunk(batch, block.columns, block.rows, refused, len(block.rows) + lost)


def _read(columns: Any, measure: Measure, said: Declared, units: dict[str, UnitColumn]) -> Reading:
    name = measure.unit_column
    if name is not None and name not in units:
        units[name] = unit_column(columns.column(name))
    cells = parse(columns.column(measure.column), decimal=said.decimal)
    default = default_unit(measure.named, said)
    reading = settle(cells, measure.named, units[name] if name else None, default, said)
    return Reading(
        reading.values,
        reading.reasons,
        reading.signs,
        reading.relative,
        [*cells.faults, *reading.faults],
    )


def places_of(measure: Measure, said: Declared) -> list[Place]:
    """Whether a column holds counts, percentages, or (its unit stands row by row) both."""
    named = measure.named
    count, share = Place(False, named.analyte), Place(True, named.analyte)
    if named.kind:
        return [share if named.kind in ("percent", "per-100-wbc") else count]
    may_be_share = named.analyte in DIFFERENTIAL or named.analyte in (Analyte.NRBC, Analyte.CD4)
    if measure.unit_column is not None and may_be_share:
        return [count, share]
    default = default_unit(named, said)
    try:
        unit = read_unit(default, named.analyte, declared=said.spellings)
    except UnitRefused:
        return [count]
    return [count if unit.family in ("cells", "mass") else share]


def _part(reading: Reading, *, relative: bool) -> Reading:
    """The cells of a reading that are percentages, or those that are not."""
    if isinstance(reading.relative, bool):
        return reading if reading.relative == relative else _nothing(reading, relative=relative)
    other = reading.relative != relative
    if not other.any():
        return reading
    return Reading(
        np.where(other, np.nan, reading.values),
        np.where(other, np.int8(Reason.VALUE_MISSING), reading.reasons),
        None if reading.signs is None else np.where(other, np.int8(0), reading.signs),
        relative,
        [],
    )


def _nothing(reading: Reading, *, relative: bool) -> Reading:
    """A column whose cells were all refused stays with the counts."""
    size = len(reading.values)
    missing = np.full(size, Reason.VALUE_MISSING, dtype=np.int8)
    reasons = missing if relative else reading.reasons
    return Reading(np.full(size, np.nan), reasons, None, relative, [])


def merged(parts: Sequence[Reading]) -> Column:
    """One column of several of the same analyte: the value given, none where two differ."""
    first = _column(parts[0])
    for part in parts[1:]:
        first = _join(first, _column(part))
    return first


def _column(reading: Reading) -> Column:
    reasons = reading.reasons if reading.reasons.any() else None
    return Column(reading.values, reading.signs, reasons)


def _join(one: Column, other: Column) -> Column:
    has_one, has_other = ~np.isnan(one.values), ~np.isnan(other.values)
    signs_one, signs_other = _codes(one.comparators, one), _codes(other.comparators, other)
    why_one, why_other = _codes(one.reasons, one), _codes(other.reasons, other)
    differ = has_one & has_other & ((one.values != other.values) | (signs_one != signs_other))
    joined = Column(
        np.where(has_one, one.values, other.values),
        np.where(has_one, signs_one, signs_other),
        np.where(has_one | has_other, np.int8(0), np.maximum(why_one, why_other)),
    )
    # A value that cannot be read beside one that can: which of them counts is not known.
    unread = np.maximum(_unread(why_one), _unread(why_other))
    for reason in np.unique(unread[unread > 0]).tolist():
        joined = without(joined, unread == reason, Reason(reason))
    return without(joined, differ, Reason.DUPLICATE)


def _codes(codes: Codes | None, column: Column) -> Codes:
    return np.zeros(len(column.values), dtype=np.int8) if codes is None else codes


def _unread(reasons: Codes) -> Codes:
    return np.where(reasons > Reason.PENDING, reasons, np.int8(0))


def sorted_columns(
    columns: dict[Place, Column], undetermined: Codes, *, relative: bool
) -> dict[Analyte, Column]:
    """The columns in the order of the analytes, without values where a row cannot be answered."""
    found = {}
    reasons = np.unique(undetermined[undetermined > 0]).tolist()
    for kind in Analyte:
        column = columns.get(Place(relative, kind))
        if column is None:
            continue
        for reason in reasons:
            column = without(column, undetermined == reason, Reason(reason))
        found[kind] = column
    return found


def correction(measures: Iterable[Measure], said: Declared) -> int:
    """Whether the totals were corrected for nucleated red cells, as the columns' names say."""
    if said.correction is not None:
        return said.correction
    known = {m.named.corrected for m in measures if m.named.analyte is Analyte.WBC}
    if True in known:
        return CORRECTED
    return NOT_CORRECTED if False in known else CORRECTION_UNKNOWN


def check_units(first: Block, found: Recognised, said: Declared) -> None:
    """Refuse the file where a column has bare numbers, no unit, and none behind a number either.

    Raises `UnitRefused`.
    """
    for measure in found.measures:
        named = measure.named
        if measure.unit_column is not None:
            continue
        default = default_unit(named, said)
        column = first.columns.column(measure.column)
        cells = parse(column, decimal=said.decimal)
        bare: Truths = ~np.isnan(cells.numbers)
        if bare.any() and cells.own is None:
            _check_unit(measure, named, default, said)


def _check_unit(measure: Measure, named: Named, default: str, said: Declared) -> None:
    try:
        read_unit(default, named.analyte, declared=said.spellings)
    except UnitRefused as error:
        if default:
            raise error.at(f"column {measure.column!r}") from None
        raise UnitRefused(
            f"{named.analyte} has no unit, and a unit is never guessed from the size of a number",
            where=f"column {measure.column!r}",
            hint=_hint(named),
        ) from None


def _hint(named: Named) -> str:
    if named.analyte is Analyte.HGB:
        return "add --unit HGB=g/dL (or g/L), or name the column hgb_g_dl"
    if named.analyte is Analyte.NRBC:
        return "add --unit NRBC='/100 WBC' or --unit NRBC=10*9/L"
    return "add --unit 10*9/L (or K/uL, /uL), or give the file a column of units"
