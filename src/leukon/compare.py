"""The comparison, written once, on arrays: look up the row, compare, say why not.

Everything that interprets (one panel, a file, a cluster) ends here.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from leukon.analytes import INTERPRETED, LINES, Analyte
from leukon.arrays import Codes, Floats, Index, Truths
from leukon.axes import Places, places
from leukon.batch import COMPARATOR_CODES, Batch, Column, end_to_end
from leukon.compiled import Compiled, Rows, all_row_numbers, row_numbers
from leukon.differential import Differential, absolute_counts
from leukon.interpretation import DRIVER_NONE, DRIVER_UNDETERMINED, Flag
from leukon.neutrophils import DECIMALS
from leukon.reasons import Reason

# As plain numbers: a member of an enum slows every comparison with an array down.
_WITHIN, _LOW, _UNDETERMINED = int(Flag.WITHIN), int(Flag.LOW), int(Flag.UNDETERMINED)
_NONE = int(Reason.NONE)
_LESS, _LESS_EQUAL, _MORE_EQUAL, _MORE = (COMPARATOR_CODES[s] for s in ("<", "<=", ">=", ">"))


class Compared(Struct, frozen=True):
    """One analyte of a batch, compared: flags and reasons as codes, the limits used.

    `rows` numbers the row of limits in `table`, where whose limit it is can be looked up; both are
    None where the definition has no limit for the analyte.
    """

    values: Floats
    flags: Codes
    reasons: Codes
    lower: Floats
    upper: Floats
    comparators: Codes | None
    shortfall: Floats
    rows: Index | None
    table: Rows | None


class Outcome(Struct, frozen=True):
    """A batch, interpreted: what was compared, by analyte, the drivers, how counts were made."""

    counts: dict[Analyte, Compared]
    drivers: Codes
    differential: Differential


FEW = 64
"""Panels up to which all counts are compared in one call: there each call costs, not each count."""


def interpret_batch(batch: Batch, compiled: Compiled) -> Outcome:
    """Every panel of a batch by one compiled definition."""
    return compare_counts(absolute_counts(batch), batch, compiled)


def compare_counts(differential: Differential, batch: Batch, compiled: Compiled) -> Outcome:
    """The absolute counts of a batch by one compiled definition."""
    where = places(batch.people, compiled.axes)
    columns = {
        kind: differential.counts[kind] for kind in INTERPRETED if kind in differential.counts
    }
    few = 0 < batch.size <= FEW and len(columns) > 1
    counts = (_in_one_go if few else _one_by_one)(columns, compiled, where)
    return Outcome(counts, drivers(counts, compiled, batch.size), differential)


def _one_by_one(
    columns: dict[Analyte, Column], compiled: Compiled, where: Places
) -> dict[Analyte, Compared]:
    counts = {}
    for kind, column in columns.items():
        of = compiled.analytes.get(kind)
        if of is None:
            counts[kind] = _without_limits(column)
        else:
            counts[kind] = compare(column, where.spread(row_numbers(of, where)), of.rows)
    return counts


def _in_one_go(
    columns: dict[Analyte, Column], compiled: Compiled, where: Places
) -> dict[Analyte, Compared]:
    """The columns end to end, compared by the rows of all analytes, and parted again."""
    numbers = all_row_numbers(compiled, columns, where)
    if where.of is not None:
        numbers = numbers[:, where.of]
    found = compare(end_to_end(columns.values()), numbers.reshape(-1), compiled.rows)
    return dict(zip(columns, _parts(found, numbers.shape[1]), strict=True))


def _parts(found: Compared, size: int) -> Iterator[Compared]:
    signs, rows = found.comparators, found.rows
    for start in range(0, len(found.values), size):
        part = slice(start, start + size)
        yield Compared(
            found.values[part],
            found.flags[part],
            found.reasons[part],
            found.lower[part],
            found.upper[part],
            None if signs is None else signs[part],
            found.shortfall[part],
            None if rows is None else rows[part],
            found.table,
        )


def compare(column: Column, numbers: Index, rows: Rows) -> Compared:
    """Counts against the rows of limits that hold for them, element by element."""
    flags = flags_of(column.values, numbers, rows)
    reasons = np.zeros(len(flags), dtype=np.int8)
    if column.comparators is not None:
        _at_both_ends(column, numbers, rows, flags, reasons)
    _undetermined(column, numbers, rows, flags, reasons)
    return Compared(
        column.values,
        flags,
        reasons,
        rows.lower.take(numbers),
        rows.upper.take(numbers),
        column.comparators,
        rows.low_below.take(numbers) - column.values,
        numbers,
        rows,
    )


def flags_of(values: Floats, numbers: Index, rows: Rows) -> Codes:
    """The one comparison: the flag of every value by the row that holds for it."""
    flags = np.full(len(values), _WITHIN, dtype=np.int8)
    flags -= (values < rows.low_below.take(numbers)).view(np.int8)
    flags += (values > rows.high_above.take(numbers)).view(np.int8)
    if rows.has_critical_low:
        flags -= (values < rows.critical_below.take(numbers)).view(np.int8)
    if rows.has_critical_high:
        flags += (values > rows.critical_above.take(numbers)).view(np.int8)
    return flags


def _without_limits(column: Column) -> Compared:
    size = len(column.values)
    none = np.full(size, np.nan)
    reasons = np.full(size, Reason.NO_LIMIT, dtype=np.int8)
    missing = np.isnan(column.values).nonzero()[0]
    reasons[missing] = _why_missing(column, missing)
    flags = np.full(size, Flag.UNDETERMINED, dtype=np.int8)
    return Compared(column.values, flags, reasons, none, none, column.comparators, none, None, None)


def _why_missing(column: Column, which: Index) -> Codes | int:
    if column.reasons is None:
        return Reason.VALUE_MISSING
    given = column.reasons[which]
    return np.where(given == Reason.NONE, np.int8(Reason.VALUE_MISSING), given)


def _undetermined(column: Column, numbers: Index, rows: Rows, flags: Codes, reasons: Codes) -> None:
    """Where the answer is "cannot say", and why; and where a floor decided."""
    why = rows.reason.take(numbers)
    lacking = ((flags == _WITHIN) & (why != _NONE)).nonzero()[0]
    missing = np.isnan(column.values).nonzero()[0]
    if lacking.size:
        flags[lacking] = Flag.UNDETERMINED
        reasons[lacking] = why[lacking]
    if missing.size:
        flags[missing] = Flag.UNDETERMINED
        reasons[missing] = _why_missing(column, missing)
    if rows.has_floor:
        floored = (flags == Flag.LOW) & (_most(column) >= rows.unfloored_below[numbers])
        reasons[floored] = Reason.BELOW_FLOOR


def _most(column: Column) -> Floats:
    """The most each count may be."""
    if column.comparators is None:
        return column.values
    return np.where(column.comparators, ends(column.values, column.comparators)[1], column.values)


def _at_both_ends(column: Column, numbers: Index, rows: Rows, flags: Codes, reasons: Codes) -> None:
    """A value such as "<0.1" is a range: it has a flag only where both of its ends have the same."""
    assert column.comparators is not None
    which = np.flatnonzero(column.comparators)
    values, signs, own = column.values[which], column.comparators[which], numbers[which]
    low, high = ends(values, signs)
    at_low, at_high = flags_of(low, own, rows), flags_of(high, own, rows)
    flags[which] = at_low
    crossing = which[at_low != at_high]
    flags[crossing] = Flag.UNDETERMINED
    flags[which[(at_low == Flag.CRITICAL_LOW) & (at_high == Flag.LOW)]] = Flag.LOW
    flags[which[(at_low == Flag.HIGH) & (at_high == Flag.CRITICAL_HIGH)]] = Flag.HIGH
    reasons[crossing] = Reason.COMPARATOR


def ends(values: Floats, signs: Codes) -> tuple[Floats, Floats]:
    """The lowest and the highest number a value with a sign may be ("<0.1": from 0 to under 0.1).

    >>> low, high = ends(np.array([0.1]), np.array([COMPARATOR_CODES["<"]], dtype=np.int8))
    >>> low.tolist(), bool(high[0] < 0.1)
    ([0.0], True)
    """
    low = np.where(signs == _MORE, np.nextafter(values, np.inf), values)
    low = np.where((signs == _LESS) | (signs == _LESS_EQUAL), 0.0, low)
    high = np.where(signs == _LESS, np.nextafter(values, -np.inf), values)
    high = np.where((signs == _MORE) | (signs == _MORE_EQUAL), np.inf, high)
    return np.minimum(low, np.maximum(high, 0.0)), np.maximum(high, 0.0)


def drivers(counts: dict[Analyte, Compared], compiled: Compiled, size: int) -> Codes:
    """The cell line with the largest shortfall among those that are low.

    None low: "none", unless the neutrophils (or, without limits for them, every line) could not
    be looked at: then it cannot be said. A tie goes to the line that stands first in `LINES`.
    """
    found = np.full(size, DRIVER_NONE, dtype=np.int8)
    largest = np.full(size, -np.inf)
    for place, line in enumerate(LINES, 1):
        compared = counts.get(line)
        low = () if compared is None else (compared.flags <= _LOW).nonzero()[0]
        if compared is None or not len(low):
            continue
        # 1.5 - 1.1 is 0.3999999999999999: shortfalls that are equal in print are a tie.
        short = np.rint(compared.shortfall[low] * 10**DECIMALS)
        more = short > largest[low]
        winners = low[more]
        found[winners] = place
        largest[winners] = short[more]
    unknown = (found == DRIVER_NONE) & ~_looked_at(counts, compiled, size)
    found[unknown] = DRIVER_UNDETERMINED
    return found


def _looked_at(counts: dict[Analyte, Compared], compiled: Compiled, size: int) -> Truths:
    """Where "none is low" may be said: the neutrophils were compared, if they have limits."""
    lines = LINES[:1] if Analyte.NEUT in compiled.analytes else LINES
    seen = np.zeros(size, dtype=np.bool_)
    for line in lines:
        if line in counts:
            seen |= counts[line].flags != _UNDETERMINED
    return seen
