"""A definition as arrays: every question "which limit for this person?" answered beforehand.

For each analyte there is a table with one cell for every kind of person the definition tells apart
and every age band. A cell holds the number of a row of limits. To interpret is to look up that
row; nothing is searched at run time. Inclusiveness is compiled into the limit ("2.0 itself is low"
becomes the next number above 2.0), so that there is one comparison for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import astuple

from leukon.analytes import Analyte
from leukon.arrays import Codes, Floats, Index, Table, Truths
from leukon.axes import Axes, Places, axes_of, cells
from leukon.errors import DefinitionRefused
from leukon.limits import TIERS, Limit
from leukon.reasons import Reason

NO_ROW = -1


SIDES = ("low", "high")


def choose(
    limits: Sequence[Limit], wanted: Iterable[int], axes: Axes, *, with_pregnant: bool
) -> Table:
    """The winning limit (its number in `limits`) in every cell; NO_ROW where none holds."""
    table = np.full(axes.shape, NO_ROW, dtype=np.int16)
    for place in sorted(wanted, key=lambda number: rank(limits[number])):
        for where in cells(limits[place].partition, axes, with_pregnant=with_pregnant):
            table[where] = place
    return table


def rank(limit: Limit) -> tuple[int, int]:
    """The order in which rows win, ascending: the tier, then how specific the row is."""
    return -TIERS.get(limit.kind, 0), limit.partition.specificity


class Rows(Struct, frozen=True):
    """The rows of limits one analyte's cells point to, as columns (canonical units).

    `low_below` and `high_above` hold what the one comparison uses: a count is low when it is under
    the first, high when over the second (-inf and +inf where there is no limit). `lower` and
    `upper` are the printed limits, NaN where there is none. `low_limit`, `high_limit` and the critical
    ones number the limits in the definition (-1: none). `reason` says why, where there is no lower
    limit. `has_floor`, `has_critical_low`, `has_critical_high`: whether any row has such a limit,
    so that nothing is compared with limits that are nowhere.
    """

    lower: Floats
    upper: Floats
    low_below: Floats
    high_above: Floats
    critical_below: Floats
    critical_above: Floats
    unfloored_below: Floats
    low_limit: Table
    high_limit: Table
    critical_low_limit: Table
    critical_high_limit: Table
    reason: Codes
    has_floor: bool
    has_critical_low: bool
    has_critical_high: bool


class CompiledAnalyte(Struct, frozen=True):
    """One analyte of a definition: the table of cells (kind of person, days, months), the rows.

    `ageless` is the row of each kind of person whose age is not known, `open_age` the rows for one
    who may be of several bands: with no limit but the critical ones that hold in all of them.
    `strictness` ranks each row's critical limits, the one that holds in most bands first.
    """

    table: Table
    rows: Rows
    ageless: Table
    open_age: Table
    strictness: Table


class Compiled(Struct, frozen=True):
    """A definition as arrays; `limits` are its rows in order, `analytes` what it defines.

    `rows` are the rows of all analytes: a row without limits for those it does not define, then
    those of each from its number in `first` on; `tables` lead to them, a table an analyte in the
    order of `first`, and one for the undefined. With them several counts of one person are compared
    in one go.
    """

    axes: Axes
    limits: tuple[Limit, ...]
    analytes: dict[Analyte, CompiledAnalyte]
    rows: Rows
    first: dict[Analyte, int]
    tables: Index
    places: dict[Analyte, int]


def compile_limits(limits: Sequence[Limit]) -> Compiled:
    """The arrays of a set of limits. Ties are not looked for here (`leukon.validation` does)."""
    axes = axes_of(limits)
    kinds = {limit.analyte for limit in limits}
    found = {kind: _compile_analyte(limits, kind, axes) for kind in Analyte if kind in kinds}
    sizes = (len(one.rows.reason) for one in found.values())
    first = dict(zip(found, accumulate(sizes, initial=1), strict=False))
    undefined = _rows(np.array([[*[NO_ROW] * 4, Reason.NO_LIMIT]], dtype=np.int16), limits)
    rows = _together([undefined, *(one.rows for one in found.values())])
    tables = [one.table.astype(np.intp) + first[kind] for kind, one in found.items()]
    tables.append(np.zeros_like(tables[0]))
    places = {kind: place for place, kind in enumerate(found)}
    return Compiled(axes, tuple(limits), found, rows, first, np.stack(tables), places)


def _together(found: Iterable[Rows]) -> Rows:
    columns = zip(*map(astuple, found), strict=True)
    together: list[Any] = [
        any(column) if isinstance(column[0], bool) else np.concatenate(column) for column in columns
    ]
    return Rows(*together)


def numbers_of(
    limits: Sequence[Limit], analyte: Analyte, *, side: str, critical: bool
) -> list[int]:
    """The numbers of an analyte's limits that answer one side."""
    return [
        number
        for number, limit in enumerate(limits)
        if limit.analyte == analyte
        and getattr(limit, side) is not None
        and (limit.kind == "critical" if critical else limit.kind in TIERS)
    ]


def speaks_of_pregnancy(limits: Iterable[Limit], analyte: Analyte) -> bool:
    """Whether a pregnant person is answered from pregnancy rows only, for this analyte."""
    return any(limit.analyte == analyte and limit.partition.pregnancy for limit in limits)


def choices(limits: Sequence[Limit], analyte: Analyte, axes: Axes) -> list[Table]:
    """The winners for one analyte: low, high, critical low, critical high."""
    others = not speaks_of_pregnancy(limits, analyte)
    return [
        choose(
            limits,
            numbers_of(limits, analyte, side=side, critical=critical),
            axes,
            with_pregnant=others or critical,
        )
        for critical in (False, True)
        for side in SIDES
    ]


def _compile_analyte(limits: Sequence[Limit], analyte: Analyte, axes: Axes) -> CompiledAnalyte:
    tables = choices(limits, analyte, axes)
    reasons = _reasons(tables[0], limits, analyte)
    unique, table = _distinct([*tables, reasons.astype(np.int16)])
    table = table.reshape(-1, *table.shape[5:])
    strictness, criticals = _strictness(unique, limits)
    missing, inexact = (
        [[NO_ROW, NO_ROW, low, high, reason] for low in criticals[0] for high in criticals[1]]
        for reason in (Reason.AGE_MISSING, Reason.AGE_INEXACT)
    )
    blanks = np.array([*missing, *inexact], dtype=np.int16)
    rows = _rows(np.vstack([unique, blanks]), limits)
    numbers = np.arange(len(unique), len(unique) + len(blanks), dtype=np.int16)
    unknown, several = numbers.reshape(2, len(criticals[0]), len(criticals[1]))
    ageless = _row_of_all(table.reshape(len(table), -1), strictness, unknown)
    return CompiledAnalyte(table, rows, ageless, several, strictness)


def _strictness(rows: Table, limits: Sequence[Limit]) -> tuple[Table, list[list[int]]]:
    """The rank of each row's critical limits, low and high; and the limits in that order.

    The first is the one that a count is critical by in every band, if it is by the first: no limit
    at all, then the lowest of the low ones, the highest of the high ones.
    """
    low, high = sorted({*rows[:, 2].tolist()}), sorted({*rows[:, 3].tolist()})
    low.sort(key=lambda n: -np.inf if n == NO_ROW else low_below(limits[n]))
    high.sort(key=lambda n: -np.inf if n == NO_ROW else -high_above(limits[n]))
    ranks = [[low.index(row[2]), high.index(row[3])] for row in rows.tolist()]
    return np.array(ranks, dtype=np.int16), [low, high]


def _distinct(tables: Sequence[Table]) -> tuple[Table, Table]:
    """The distinct combinations of the tables' cells, and the table of their numbers."""
    base = max(int(table.max()) for table in tables) + 2
    if base ** len(tables) >= 2**62:
        raise DefinitionRefused("a definition of more than 5,000 limits cannot be compiled")
    key = np.zeros(tables[0].shape, dtype=np.int64)
    for table in tables:
        key = key * base + (table + 1)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    rows = np.stack([table.reshape(-1)[first] for table in tables], axis=1)
    return rows, inverse.reshape(key.shape).astype(np.int16)


def _rows(numbers: Table, limits: Sequence[Limit]) -> Rows:
    low, high, critical_low, critical_high, reason = numbers.T
    critical_below, critical_above = _below(critical_low, limits), _above(critical_high, limits)
    unfloored = np.maximum(_below(low, limits), critical_below)
    floors = np.array([_floor(limits[n]) if n != NO_ROW else -np.inf for n in low.tolist()])
    low_below = np.maximum(unfloored, floors)
    # Two rows may leave a low limit over a high one: a count between them is low, never within.
    lowest_high = np.nextafter(low_below, -np.inf)
    critical_above = np.maximum(critical_above, lowest_high)
    return Rows(
        lower=_printed(low, limits, "low"),
        upper=_printed(high, limits, "high"),
        low_below=low_below,
        high_above=np.minimum(np.maximum(_above(high, limits), lowest_high), critical_above),
        critical_below=critical_below,
        critical_above=critical_above,
        unfloored_below=unfloored,
        low_limit=low.astype(np.int16),
        high_limit=high.astype(np.int16),
        critical_low_limit=critical_low.astype(np.int16),
        critical_high_limit=critical_high.astype(np.int16),
        reason=reason.astype(np.int8),
        has_floor=bool((low_below > unfloored).any()),
        has_critical_low=bool((critical_low != NO_ROW).any()),
        has_critical_high=bool((critical_high != NO_ROW).any()),
    )


def _floor(limit: Limit) -> float:
    return limit.canonical(limit.floor) if limit.floor is not None else -np.inf


def _printed(numbers: Table, limits: Sequence[Limit], side: str) -> Floats:
    values = (
        limits[n].canonical(getattr(limits[n], side)) if n != NO_ROW else np.nan
        for n in numbers.tolist()
    )
    return np.fromiter(values, dtype=np.float64)


def _below(numbers: Table, limits: Sequence[Limit]) -> Floats:
    """A count is low when it is under this."""
    return np.array([low_below(limits[n]) if n != NO_ROW else -np.inf for n in numbers.tolist()])


def _above(numbers: Table, limits: Sequence[Limit]) -> Floats:
    """A count is high when it is over this."""
    return np.array([high_above(limits[n]) if n != NO_ROW else np.inf for n in numbers.tolist()])


def low_below(limit: Limit) -> float:
    """The number under which a count is low: the limit, or the next above it where it is low."""
    value = limit.canonical(limit.low)
    return value if limit.low_inclusive else float(np.nextafter(value, np.inf))


def high_above(limit: Limit) -> float:
    """The number over which a count is high."""
    value = limit.canonical(limit.high)
    return value if limit.high_inclusive else float(np.nextafter(value, -np.inf))


def _reasons(low: Table, limits: Sequence[Limit], analyte: Analyte) -> Codes:
    """Why each cell without a lower limit has none: what, had it been else, would give one.

    The last that holds is given: another age; a known week; another, or a known, sex.
    """
    covered = low != NO_ROW
    reasons = np.full(low.shape, Reason.NO_LIMIT_FOR_PERSON, dtype=np.int8)
    if not covered.any():
        reasons[...] = _nowhere(limits, analyte)
        return reasons
    _mark(reasons, covered.any(axis=(0, 5, 6), keepdims=True), Reason.NO_LIMIT_FOR_AGE)
    if low.shape[2] > 1:
        weeks_known = covered[:, :, 2:].any(axis=2, keepdims=True)
        _mark(reasons[:, :, 1:2], weeks_known, Reason.WEEKS_MISSING)
    if low.shape[0] > 1:
        other_sex = covered.any(axis=0, keepdims=True)
        _mark(reasons[:1], other_sex, Reason.SEX_MISSING)
        _mark(reasons[1:], other_sex, Reason.NO_LIMIT_FOR_SEX)
    reasons[covered] = Reason.NONE
    return reasons


def _mark(reasons: Codes, where: Truths, reason: Reason) -> None:
    reasons[np.broadcast_to(where, reasons.shape)] = reason


def _nowhere(limits: Sequence[Limit], analyte: Analyte) -> Reason:
    kinds = {limit.kind for limit in limits if limit.analyte == analyte}
    return Reason.HISTORIC_ONLY if kinds == {"historic"} else Reason.NO_LOWER_LIMIT


def all_row_numbers(compiled: Compiled, analytes: Iterable[Analyte], where: Places) -> Index:
    """The row at each place for some analytes, a line an analyte, among the rows of all."""
    if where.unsure.size or where.ageless.size:
        return np.stack([_among_all(compiled, kind, where) for kind in analytes])
    last = len(compiled.places)
    kinds = np.array([[compiled.places.get(kind, last)] for kind in analytes])
    found: Index = compiled.tables[kinds, where.person, where.days[0], where.months[0]]
    return found


def _among_all(compiled: Compiled, analyte: Analyte, where: Places) -> Index:
    found = compiled.analytes.get(analyte)
    if found is None:
        return np.zeros(len(where.person), dtype=np.intp)
    return row_numbers(found, where) + compiled.first[analyte]


def row_numbers(found: CompiledAnalyte, where: Places) -> Index:
    """The row of limits that holds at each place."""
    return where.once(found, lambda: _row_numbers(found, where))


def _row_numbers(found: CompiledAnalyte, where: Places) -> Index:
    rows = found.table[where.person, where.days[0], where.months[0]].astype(np.intp)
    if where.unsure.size:
        _settle_unsure(rows, found, where)
    if where.ageless.size:
        rows[where.ageless] = found.ageless[where.person[where.ageless]]
    return rows


def _settle_unsure(rows: Index, found: CompiledAnalyte, where: Places) -> None:
    """An age that may lie in several bands has a row only where all of them have the same."""
    spans = np.stack([where.person, *where.days, *where.months], axis=1)[where.unsure]
    unique, inverse = np.unique(spans, axis=0, return_inverse=True)
    blocks = (found.table[q, d0 : d1 + 1, m0 : m1 + 1] for q, d0, d1, m0, m1 in unique.tolist())
    settled = [_row_of_all(b.reshape(1, -1), found.strictness, found.open_age) for b in blocks]
    rows[where.unsure] = np.concatenate(settled)[inverse.reshape(-1)]


def _row_of_all(bands: Table, strictness: Table, blanks: Table) -> Table:
    """The one row of some bands; where they differ, the blank one with what is critical in all."""
    rows = bands[:, 0].copy()
    differ = (bands != bands[:, :1]).any(axis=1).nonzero()[0]
    low, high = (ranks[bands[differ]].min(axis=1) for ranks in strictness.T)
    rows[differ] = blanks[low, high]
    return rows
