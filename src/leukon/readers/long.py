"""A row a count: the counts of one specimen are brought together to a panel.

Cells are read first, each in its own unit, so that what is brought together are canonical numbers:
3.81 10*9/L and 3,810 /uL in one specimen are the same value, and two different values are seen,
never hidden behind the larger one. DuckDB only sorts the rows by specimen, in bounded memory.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leukon.arrays import Index
from leukon.errors import ExtraMissing, LeukonError, TableRefused, UnitRefused
from leukon.readers.columns import Recognised
from leukon.readers.events import Events, Register, read_events
from leukon.readers.mapping import Declared
from leukon.readers.pivot import MEASURED, panels
from leukon.readers.refusals import Refused
from leukon.readers.sources import BATCH_ROWS, Block
from leukon.readers.values import is_text
from leukon.readers.wide import Chunk
from leukon.reasons import Reason

MEMORY = "512MB"
"""What DuckDB may hold in memory while it sorts; the rest goes to a temporary folder."""
_KEYS = ("person", "encounter", "specimen_id", "drawn_at", "offset")
_FACTS = ("birth", "death", "age", "age_unit", "sex", "duffy", "pregnant", "weeks", "trimester")
_KEPT = (*_KEYS, *_FACTS, "specimen", "setting", "ward", "practice", "qualifiers", "qualifier")
_NO_KEY = "the row does not say of which specimen it is"


class LongReader:
    """The panels of a table with a row a count."""

    def __init__(
        self, schema: Any, found: Recognised, said: Declared, ignored: dict[str, int]
    ) -> None:
        """Settle which columns make a specimen, and which are kept of its rows."""
        self.found, self.said, self._types = found, said, schema
        kept = [role.column for name in _KEPT for role in found.roles.get(name, ())]
        self.schema = pa.schema([schema.field(name) for name in dict.fromkeys(kept)])
        self.facts = [r.column for name in _FACTS for r in found.roles.get(name, ())]
        self.keys = self._keys()
        self._check_units()
        self._register = Register(ignored)
        self._refused: list[Refused] = []
        self._rows_read = 0
        self._failure: LeukonError | None = None

    def _keys(self) -> list[str]:
        """The columns whose values together name a specimen."""
        first = {name: self.found.first(name) for name in _KEYS}
        if not (first["specimen_id"] or first["drawn_at"] or first["offset"]):
            raise TableRefused(
                "no column says which counts are of one specimen",
                hint="a column specimen_id, or person and drawn_at; or say in a map file which is "
                "which: [columns] specimen_id = 'theirs'",
            )
        if not (first["specimen_id"] or first["person"]):
            raise TableRefused(
                "no column says whose counts these are", hint="a column person, or specimen_id"
            )
        by_time = ["person", "encounter", "drawn_at", "offset"]
        names = ["person", "specimen_id"] if first["specimen_id"] else by_time
        return [column for name in names if (column := first[name])]

    def _check_units(self) -> None:
        """Refuse a file in which nothing can say a unit."""
        has_unit = {"unit", "unit_else", "unit_concept"} & self.found.roles.keys()
        value = self.found.first("value")
        numbers_only = value is not None and not is_text(self._types.field(value).type)
        if numbers_only and not has_unit and not self.said.unit and not self.said.unit_of:
            raise UnitRefused(
                "the file has no column of units, and a unit is never guessed from a number",
                hint="add --unit 10*9/L (or K/uL, /uL), or a column called unit",
            )

    def chunks(self, blocks: Iterator[Block]) -> Iterator[Chunk]:
        """The panels, by person and draw. The first has no rows: it shows every column there is."""
        with tempfile.TemporaryDirectory(prefix="leukon-") as folder:
            batches = self._sorted(blocks, folder)
            first = next(batches, None)
            none = pa.RecordBatch.from_pylist([], schema=self._event_schema())
            yield self._chunk(none, self._refused, self._rows_read)
            rest = none
            for batch in chain([first] if first is not None else [], batches):
                whole, rest = self._whole_groups(_joined(rest, batch))
                yield self._chunk(whole, [], 0)
            yield self._chunk(rest, [], 0)

    def _event_schema(self) -> Any:
        return pa.schema([*self.schema, *MEASURED])

    def _sorted(self, blocks: Iterator[Block], folder: str) -> Iterator[Any]:
        """The events of all rows, those of one specimen side by side."""
        try:
            import duckdb
        except ImportError:
            raise ExtraMissing.named("tables", "a file with a row a count") from None

        events: Any = pa.RecordBatchReader.from_batches(self._event_schema(), self._events(blocks))
        order = ", ".join(f'"{name.replace(chr(34), chr(34) * 2)}"' for name in self.keys)
        try:
            with duckdb.connect(config=_limits(folder)) as connection:
                connection.register("events", events)
                found = connection.sql(f"SELECT * FROM events ORDER BY {order}")
                reader: Any = found.to_arrow_reader(BATCH_ROWS)
                yield from (batch.cast(self._event_schema()) for batch in reader)
        except (duckdb.Error, pa.ArrowException, OSError):
            # What goes wrong while a block is read comes back as an error of whoever asked for it.
            raise (self._failure or _no_room()) from None

    def _events(self, blocks: Iterator[Block]) -> Iterator[Any]:
        try:
            for block in blocks:
                self._rows_read += len(block.rows) + sum(len(group.rows) for group in block.refused)
                events = read_events(block, self.found, self.said, self._register)
                self._refused += [*block.refused, *events.refused]
                keyed = self._with_key(block, events)
                yield self._batch(block, events, keyed)
        except LeukonError as error:
            self._failure = error
            raise

    def _with_key(self, block: Block, events: Events) -> Index:
        """Which events name their specimen; the others are refused."""
        keyed = np.ones(len(events.rows), dtype=np.bool_)
        for name in self.keys:
            if name != self.found.first("encounter"):
                valid = block.columns.column(name).is_valid().to_numpy(zero_copy_only=False)
                keyed &= valid[events.rows]
        lost = block.rows[events.rows[~keyed]]
        if len(lost):
            hint = "fill in " + " and ".join(self.keys)
            self._refused.append(
                Refused(lost, self.keys[-1], Reason.NOT_READ, _NO_KEY, hint, lost=True)
            )
        return np.flatnonzero(keyed)

    def _batch(self, block: Block, events: Events, keyed: Index) -> Any:
        rows = pa.array(events.rows[keyed])
        kept = [block.columns.column(name).take(rows) for name in self.schema.names]
        measured = (
            events.places.astype(np.int16),
            events.values,
            events.signs,
            events.reasons,
            events.corrections,
            events.manual,
            block.rows[events.rows].astype(np.int64),
        )
        return pa.RecordBatch.from_arrays(
            [*kept, *(pa.array(column[keyed]) for column in measured)], schema=self._event_schema()
        )

    def _whole_groups(self, batch: Any) -> tuple[Any, Any]:
        """The specimens that are surely whole, and the last one, which may go on."""
        changes = np.flatnonzero(group_starts(batch, self.keys))
        cut = int(changes[-1]) if len(changes) else 0
        return batch.slice(0, cut), batch.slice(cut)

    def _chunk(self, events: Any, refused: list[Refused], rows_read: int) -> Chunk:
        starts = np.flatnonzero(group_starts(events, self.keys))
        places = {number: place for place, number in self._register.places.items()}
        whole = panels(events, starts, places, self.facts, self.found, self.schema)
        return Chunk(whole.batch, whole.columns, whole.rows, [*refused, *whole.refused], rows_read)


def _no_room() -> TableRefused:
    return TableRefused(
        "the rows could not be sorted by specimen",
        hint="make room in the temporary folder (TMPDIR says which it is)",
    )


def _limits(folder: str) -> dict[str, Any]:
    return {
        "memory_limit": MEMORY,
        "temp_directory": folder,
        "preserve_insertion_order": False,
        "threads": 2,
    }


def _joined(first: Any, second: Any) -> Any:
    if not first.num_rows:
        return second
    return pa.Table.from_batches([first, second]).combine_chunks().to_batches()[0]


def group_starts(batch: Any, keys: list[str]) -> Any:
    """Where a new specimen begins, row by row, in rows sorted by the keys."""
    starts = np.zeros(batch.num_rows, dtype=np.bool_)
    if not batch.num_rows:
        return starts
    starts[0] = True
    for name in keys:
        column = batch.column(name)
        before, after = column.slice(0, len(column) - 1), column.slice(1)
        differs = pc.fill_null(pc.not_equal(before, after), False)
        if column.null_count:
            differs = pc.or_(differs, pc.xor(before.is_null(), after.is_null()))
        starts[1:] |= differs.to_numpy(zero_copy_only=False)
    return starts
