"""Sorted events to panels: a value where one is given, "duplicate" where two differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from leukon.arrays import Codes, Index, Integers, Truths
from leukon.batch import Batch, Column
from leukon.readers.columns import Recognised
from leukon.readers.packed import Packing
from leukon.readers.people import whose
from leukon.readers.refusals import Refused
from leukon.readers.wide import Place, sorted_columns
from leukon.reasons import Reason

if TYPE_CHECKING:
    from leukon.readers.packed import Records

MEASURED = (
    ("value", "<f8"),
    ("row", "<i8"),
    ("place", "i1"),
    ("sign", "i1"),
    ("reason", "i1"),
    ("correction", "i1"),
    ("manual", "?"),
)
"""The fields of an event beside those that are kept of its row; `row` is its row in the file."""
_CLASH = "rows of one specimen say different things of the person"


class Panels(NamedTuple):
    """The panels of some specimens."""

    batch: Batch
    columns: Any
    rows: Integers
    refused: list[Refused]


def panels(
    of: Gathered,
    places: Mapping[int, Place],
    facts: Sequence[str],
    found: Recognised,
    schema: Any,
) -> Panels:
    """The panels of events gathered by specimen."""
    rows = of.rows()
    columns = pa.RecordBatch.from_arrays([of.kept(name) for name in schema.names], schema=schema)
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


class Gathered:
    """Events side by side, and which of them make one panel.

    `starts` says where each panel begins; its events come in the order of the file.
    """

    def __init__(self, records: Records, starts: Index, packings: Mapping[str, Packing]) -> None:
        """Number the panels."""
        self.starts, self.size = starts, len(starts)
        self._records, self._packings = records, packings
        lengths = np.diff(np.append(starts, len(records)))
        self.group = np.repeat(np.arange(self.size), lengths)
        self._goes_on = self.group[1:] == self.group[:-1]
        self._places = self.measured("place")
        self._cells = [self.measured(name) for name in ("value", "sign", "reason")]
        self._heads = records.take(starts)

    def measured(self, name: str) -> Any:
        """One measured field as an array."""
        return np.ascontiguousarray(self._records[name])

    def rows(self) -> Integers:
        """The row of each panel that stands first in the file."""
        return np.ascontiguousarray(self._heads["row"])

    def kept(self, name: str) -> Any:
        """The first value of each panel that is not empty."""
        first = self._first_given(name)
        heads = self._heads if first is self.starts else self._records.take(first)
        return self._packings[name].unpack(heads)

    def _first_given(self, name: str) -> Index:
        """The first event of each panel that has a value in a column, else simply the first."""
        given = self._packings[name].given(self._records)
        if given.all() or not self.size:
            return self.starts
        size = len(given)
        first = np.minimum.reduceat(np.where(given, np.arange(size), size), self.starts)
        return np.where(first == size, self.starts, first)

    def clashes(self, facts: Sequence[str]) -> Truths:
        """The panels whose rows do not agree on who the person is."""
        clash = np.zeros(self.size, dtype=np.bool_)
        for name in facts:
            given = self._packings[name].given(self._records)
            names = {field for field, _ in self._packings[name].fields()}
            for field in names.intersection(self._records.dtype.names or ()):
                values = np.ascontiguousarray(self._records[field])
                # Neighbours first: nearly always the rows of a panel simply agree.
                if not given.all() or ((values[1:] != values[:-1]) & self._goes_on).any():
                    first = self._first_given(name)[self.group]
                    clash[self.group[given & (values != values[first])]] = True
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
        mine = np.flatnonzero(self._places == number)
        group = self.group.take(mine)
        values, signs, reasons = (field.take(mine) for field in self._cells)
        first = np.append(True, group[1:] != group[:-1])[: len(group)]
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
