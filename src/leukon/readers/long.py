"""A row a count: the counts of one specimen are brought together to a panel.

Cells are read first, each in its own unit, so that what is brought together are canonical numbers:
3.81 10*9/L and 3,810 /uL in one specimen are the same value, and two different values are seen,
never hidden behind the larger one. The rows are then sorted by specimen, in bounded memory: which
columns the output has is known only when the last row was read, and so is which rows of a specimen
are still to come. Panels come by person and draw, in whatever order their rows came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from leukon.arrays import Index
from leukon.errors import TableRefused, UnitRefused
from leukon.readers import arrow
from leukon.readers.columns import Recognised
from leukon.readers.events import Events, Register, read_events
from leukon.readers.mapping import Declared
from leukon.readers.order import edges_of
from leukon.readers.packed import Packing, packing
from leukon.readers.pivot import MEASURED, Gathered, panels
from leukon.readers.refusals import Refused
from leukon.readers.runs import Runs
from leukon.readers.sources import Block
from leukon.readers.values import is_text
from leukon.readers.wide import Chunk, Place
from leukon.reasons import Reason

if TYPE_CHECKING:
    from leukon.readers.order import Word
    from leukon.readers.packed import Records

_KEYS = ("person", "encounter", "specimen_id", "drawn_at", "offset")
# Each practice numbers its patients for itself: rows of two practices are of two persons.
_FACTS = (
    *("practice", "birth", "death", "age", "age_unit", "sex", "duffy", "pregnant", "weeks"),
    "trimester",
)
_KEPT = (
    *(*_KEYS, *_FACTS, "specimen", "setting", "ward", "qualifiers", "qualifier"),
    *("in_hospital", "events", "event", "drugs"),
)
_READ = (
    *("code", "test", "value", "value_text", "operator"),
    *("unit", "unit_else", "unit_concept", "specimen"),
)
_FEW_KINDS = ("code", "test", "unit", "unit_else", "sex", "duffy", "specimen", "practice")
_NO_KEY = "the row does not say of which specimen it is"


class LongReader:
    """The panels of a table with a row a count."""

    def __init__(
        self,
        schema: Any,
        found: Recognised,
        said: Declared,
        ignored: dict[str, int],
        known: Iterable[Place] = (),
    ) -> None:
        """Settle which columns make a specimen, and which are kept of its rows.

        `known` are counts that the table holds elsewhere: its other parts are read elsewhere too.
        """
        self.found, self.said, self._types = found, said, schema
        kept = [role.column for name in _KEPT for role in found.roles.get(name, ())]
        self.schema = pa.schema([schema.field(name) for name in dict.fromkeys(kept)])
        self.facts = [r.column for name in _FACTS for r in found.roles.get(name, ())]
        self.keys = self._keys()
        events = [role.column for name in _READ for role in found.roles.get(name, ())]
        self.read = tuple(dict.fromkeys([*kept, *events]))
        """The columns that are read."""
        few = {role.column for name in _FEW_KINDS for role in found.roles.get(name, ())}
        self.few_kinds = tuple(name for name in self.read if name in few - set(self.keys))
        """Those of them that hold few different texts."""
        self._check_units()
        self._register = Register(ignored, {place: n for n, place in enumerate(known)})
        self._refused: list[Refused] = []
        self._rows_read = 0
        self._packings: dict[str, Packing] = {}

    @property
    def any_count(self) -> bool:
        """Whether any row was of a count that leukon knows, so far."""
        return bool(self._register.places)

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
        with Runs(self._words) as runs:
            for block in blocks:
                records = self._records(block)
                with _room():
                    runs.add(records)
            none = np.zeros(0, dtype=self._layout())
            yield self._chunk(none, self._refused, self._rows_read)
            with _room():
                yield from (self._chunk(records, [], 0) for records in runs.ranges())

    def _records(self, block: Block) -> Records:
        """The events of a block, each with what is kept of its row."""
        self._rows_read += len(block.rows) + sum(len(group.rows) for group in block.refused)
        events = read_events(block, self.found, self.said, self._register)
        self._refused += [*block.refused, *events.refused]
        keyed = self._with_key(block, events)
        rows = events.rows[keyed]
        every = len(rows) == len(block.rows)
        columns = block.columns.select(self.schema.names)
        columns = columns if every else columns.take(arrow.column(rows))
        if not self._packings:
            self._packings = self._packed(columns)
        kept = [self._packings[name].pack(columns.column(name)) for name in self.schema.names]
        records = np.zeros(len(rows), dtype=self._layout())
        for name, values in (pair for fields in kept for pair in fields.items()):
            records[name] = values
        for name, values in events.measured(block.rows).items():
            records[name] = values if every else values[keyed]
        return records

    def _with_key(self, block: Block, events: Events) -> Index:
        """Which events name their specimen; the others are refused."""
        keyed = np.ones(len(events.rows), dtype=np.bool_)
        for name in self.keys:
            column = block.columns.column(name)
            if column.null_count and name != self.found.first("encounter"):
                keyed &= arrow.filled(column)[events.rows]
        lost = block.rows[events.rows[~keyed]]
        if len(lost):
            hint = "fill in " + " and ".join(self.keys)
            self._refused.append(
                Refused(lost, self.keys[-1], Reason.NOT_READ, _NO_KEY, hint, lost=True)
            )
        return np.flatnonzero(keyed)

    def _packed(self, columns: Any) -> dict[str, Packing]:
        """How each column that is kept is carried."""
        surely_given = set(self.keys) - {self.found.first("encounter")}
        return {
            name: packing(
                f"kept{place}",
                columns.column(name),
                kind=self.schema.field(name).type,
                is_key=name in self.keys,
                may_be_empty=name not in surely_given,
            )
            for place, name in enumerate(self.schema.names)
        }

    def _layout(self) -> Any:
        """The fields of a record: first those that are kept of the row, then what was counted."""
        if not self._packings:
            self._packings = self._packed(pa.RecordBatch.from_pylist([], schema=self.schema))
        kept = [field for one in self._packings.values() for field in one.fields()]
        return np.dtype([*kept, *MEASURED])

    def _words(self, records: Records) -> list[Word]:
        """The key of the specimen of some records."""
        return [word for name in self.keys for word in self._packings[name].words(records)]

    def _chunk(self, records: Records, refused: list[Refused], rows_read: int) -> Chunk:
        starts = np.flatnonzero(edges_of(self._words(records)))
        events = Gathered(records, starts, self._packings)
        places = {number: place for place, number in self._register.places.items()}
        whole = panels(events, places, self.facts, self.found, self.schema)
        return Chunk(whole.batch, whole.columns, whole.rows, [*refused, *whole.refused], rows_read)


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError:
        raise TableRefused(
            "the rows could not be sorted by specimen",
            hint="make room in the temporary folder (TMPDIR says which it is)",
        ) from None
