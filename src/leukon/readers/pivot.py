"""Sorted events to panels: a value where one is given, "duplicate" where two differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leukon.arrays import Codes, Index, Integers, Truths
from leukon.batch import Batch, Column
from leukon.readers.columns import Recognised
from leukon.readers.people import whose
from leukon.readers.refusals import Refused
from leukon.readers.wide import Place, sorted_columns
from leukon.reasons import Reason

MEASURED = (
    pa.field("__leukon_place", pa.int16()),
    pa.field("__leukon_value", pa.float64()),
    pa.field("__leukon_sign", pa.int8()),
    pa.field("__leukon_reason", pa.int8()),
    pa.field("__leukon_correction", pa.int8()),
    pa.field("__leukon_manual", pa.bool_()),
    pa.field("__leukon_row", pa.int64()),
)
"""The columns of an event beside those that are kept; the last is its row in the file."""
_CLASH = "rows of one specimen say different things of the person"


class Panels(NamedTuple):
    """The panels of some specimens."""

    batch: Batch
    columns: Any
    rows: Integers
    refused: list[Refused]


def panels(
    events: Any,
    starts: Index,
    places: Mapping[int, Place],
    facts: Sequence[str],
    found: Recognised,
    schema: Any,
) -> Panels:
    """The panels of events sorted by specimen; `starts` says where each begins."""
    of = _Groups(events, starts)
    rows = of.measured("row")[of.heads]
    columns = pa.RecordBatch.from_arrays(
        [of.first_given(events.column(name)) for name in schema.names], schema=schema
    )
    who = whose(columns, found, rows)
    clash = of.clashes(facts)
    who.undetermined[clash] = Reason.CONTRADICTORY
    refused = list(who.refused)
    if clash.any():
        refused.append(Refused(rows[clash], "", Reason.CONTRADICTORY, _CLASH, "check the rows"))
    read = {place: of.column(number) for number, place in places.items()}
    batch = Batch(
        who.people,
        sorted_columns(read, who.undetermined, relative=False),
        sorted_columns(read, who.undetermined, relative=True),
        of.most(of.measured("correction")),
        of.manual(),
    )
    return Panels(batch, columns, rows, refused)


class _Groups:
    """Events side by side, and which of them make one panel."""

    def __init__(self, events: Any, starts: Index) -> None:
        self.events, self.starts, self.size = events, starts, len(starts)
        lengths = np.diff(np.append(starts, events.num_rows))
        self.group = np.repeat(np.arange(self.size), lengths)
        self.heads = self._heads()

    def _heads(self) -> Index:
        """The event of each panel that stands first in the file."""
        if not self.size:
            return self.starts
        rows = self.measured("row")
        return np.flatnonzero(rows == np.minimum.reduceat(rows, self.starts)[self.group])

    def measured(self, name: str) -> Any:
        """One measured column as an array."""
        return self.events.column(f"__leukon_{name}").to_numpy(zero_copy_only=False)

    def first_given(self, column: Any) -> Any:
        """The first value of each panel that is not empty."""
        if not column.null_count or not self.size:
            return column.take(pa.array(self.heads))
        places = np.arange(len(column))
        valid = column.is_valid().to_numpy(zero_copy_only=False)
        first = np.minimum.reduceat(np.where(valid, places, len(column)), self.starts)
        return column.take(
            pa.array(np.where(valid[self.heads] | (first == len(column)), self.heads, first))
        )

    def clashes(self, facts: Sequence[str]) -> Truths:
        """The panels whose rows do not agree on who the person is."""
        clash = np.zeros(self.size, dtype=np.bool_)
        for name in facts:
            column = self.events.column(name)
            mine = self.first_given(column).take(pa.array(self.group))
            differs = pc.fill_null(pc.not_equal(column, mine), False)
            clash[self.group[differs.to_numpy(zero_copy_only=False)]] = True
        return clash

    def most(self, codes: Codes) -> Codes:
        """The largest code of each panel."""
        return np.maximum.reduceat(codes, self.starts) if self.size else codes

    def manual(self) -> Truths | None:
        """Which panels have a differential counted by eye."""
        manual = self.measured("manual")
        if not manual.any():
            return None
        found: Truths = np.bincount(self.group[manual], minlength=self.size) > 0
        return found

    def column(self, number: int) -> Column:
        """One kind of count of every panel."""
        mine = np.flatnonzero(self.measured("place") == number)
        group = self.group[mine]
        values, signs = self.measured("value")[mine], self.measured("sign")[mine]
        reasons = self.measured("reason")[mine]
        first = np.append(True, group[1:] != group[:-1]) if len(group) else np.array([], np.bool_)
        found = _empty(self.size)
        if first.all():
            for array, given in zip(found, (values, signs, reasons), strict=True):
                array[group] = given
        else:
            _settle(found, group, np.flatnonzero(first), values, signs, reasons)
        return Column(
            found[0],
            found[1] if found[1].any() else None,
            found[2] if found[2].any() else None,
        )


def _empty(size: int) -> tuple[Any, Any, Any]:
    missing = np.full(size, Reason.VALUE_MISSING, dtype=np.int8)
    return np.full(size, np.nan), np.zeros(size, dtype=np.int8), missing


def _settle(
    found: tuple[Any, Any, Any], group: Index, starts: Index, values: Any, signs: Any, reasons: Any
) -> None:
    """Where a panel has one kind of count more than once: equal ones are one, others clash."""
    given = ~np.isnan(values)
    low, high = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    least = np.minimum.reduceat(np.where(given, signs, np.int8(127)), starts)
    most = np.maximum.reduceat(np.where(given, signs, np.int8(-1)), starts)
    unread = np.maximum.reduceat(np.where(reasons > Reason.PENDING, reasons, np.int8(0)), starts)
    absent = np.maximum.reduceat(reasons, starts)
    any_given = ~np.isnan(low)
    why = np.where(any_given, np.int8(0), absent)
    why = np.where(any_given & ((low != high) | (least != most)), np.int8(Reason.DUPLICATE), why)
    # A value that cannot be read beside one that can: which of them counts is not known.
    why = np.where(unread > 0, unread, why)
    at = group[starts]
    found[0][at] = np.where(why > 0, np.nan, low)
    found[1][at] = np.where(why > 0, np.int8(0), most)
    found[2][at] = why
