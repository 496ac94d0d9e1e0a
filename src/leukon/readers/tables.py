"""A CSV or Parquet file as a stream of batches of panels.

Whether a row is a panel or a single count is seen from the names of the columns; what could not be
read comes along as refusals, and nothing is lost in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from leukon.arrays import keep_freed_memory
from leukon.errors import ExtraMissing, TableRefused

try:
    import pyarrow as pa
except ImportError:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("tables", "reading a file") from None


from leukon.readers.columns import Recognised, recognise
from leukon.readers.distinct import unreadable_type
from leukon.readers.long import LongReader
from leukon.readers.mapping import Declared, declared
from leukon.readers.objects import ObjectsSource, joined_keys
from leukon.readers.opening import open_source
from leukon.readers.others import refuse_unknown
from leukon.readers.refusals import Refusal, Refused
from leukon.readers.sources import FILE_BITS, Block, JoinedSource, Source, narrow
from leukon.readers.values import is_number, is_text
from leukon.readers.wide import Chunk, check_units, read_wide

__all__ = ["Chunk", "Refusal", "Refused", "Table", "open_table"]


_FACTS = ("person", "remark", "drawn_at", "birth", "age", "sex", "duffy", "pregnant", "weeks")
"""The roles of columns that say whose panel it is, in the order in which they are shown."""


@dataclass
class Table:
    """An opened file: what its columns mean, and its panels when iterated over.

    `schema` is that of the columns passed through, `rows_total` None where it is not known
    beforehand, `ignored` counts the rows of a long file by tests that are no counts.
    """

    found: Recognised
    said: Declared
    source: Source
    schema: Any
    ignored: dict[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the table is called in messages: the name of its file."""
        return self.source.name

    @property
    def is_joined(self) -> bool:
        """Whether it is several files, whose rows may be of one specimen."""
        return isinstance(self.source, JoinedSource)

    @property
    def rows_total(self) -> int | None:
        """How many rows the file has, where that is known."""
        return self.source.rows_total

    @property
    def has_signs(self) -> bool:
        """Whether a value may have a sign before it ("<0.1"): only text can."""
        return self.found.is_long or signs_in(self.found, self.schema)

    def __iter__(self) -> Iterator[Chunk]:
        """The panels of the file, batch by batch; the first shows every count there is."""
        keep_freed_memory()
        if self.found.is_long:
            reader = self._long()
            narrow(self.source, reader.read, reader.few_kinds)
            chunks = reader.chunks(self.source.blocks())
            first_of_all = next(chunks)  # which comes when the last row was read
            if not reader.any_count:
                refuse_unknown(self.ignored, self.name)
            yield from chain([first_of_all], chunks)
            return
        narrow(self.source, self.source.schema.names, words_in(self.found))
        blocks = self.source.blocks()
        first = next(blocks, None) or self._nothing()
        check_units(first, self.found, self.said)
        for block in chain([first], blocks):
            yield read_wide(block, self.found, self.said)

    def facts(self, chunk: Chunk, row: int) -> dict[str, str]:
        """What the file says of one panel beside its counts: the person, the draw, a remark."""
        columns = {role: self.found.first(role) for role in _FACTS}
        values = {
            role: _value(chunk.columns.column(name)[row])
            for role, name in columns.items()
            if name is not None and name in chunk.columns.schema.names
        }
        return {role: str(value) for role, value in values.items() if value not in (None, "")}

    def by_file(self, refused: list[Refused]) -> Iterator[tuple[str, list[Refused]]]:
        """Refusals by the name of the file they are from."""
        if isinstance(self.source, JoinedSource):
            yield from self.source.by_file(refused)
        else:
            yield self.name, refused

    def row(self, chunk: Chunk, place: int) -> int:
        """The number of a panel's row in its file."""
        return int(chunk.rows[place]) & ((1 << FILE_BITS) - 1)

    def _nothing(self) -> Block:
        """What a query without rows gives: the columns, so that the output has them too."""
        return Block(pa.RecordBatch.from_pylist([], schema=self.source.schema), np.arange(0), [])

    def _long(self) -> LongReader:
        return LongReader(self.source.schema, self.found, self.said, self.ignored)


def _value(cell: Any) -> Any:
    """What a cell holds; as text where Python has no such day or moment."""
    try:
        return cell.as_py()
    except (OverflowError, ValueError):
        return cell.cast(pa.string()).as_py()


_WORDS = ("sex", "duffy", "specimen")
"""The roles of columns in which a few words stand over and over."""


def words_in(found: Recognised) -> list[str]:
    """The columns of a wide table that, where they are text, hold the same few over and over.

    They are facts of the person, units, and counts: printed to one or two decimals.
    """
    roles = [column for role in _WORDS if (column := found.first(role))]
    units = [measure.unit_column for measure in found.measures if measure.unit_column]
    return list(dict.fromkeys([*roles, *units, *(measure.column for measure in found.measures)]))


def signs_in(found: Recognised, schema: Any) -> bool:
    """Whether a count of a wide table may have a sign before it: where its column is text."""
    return any(is_text(schema.field(measure.column).type) for measure in found.measures)


def open_table(
    path: str | Path,
    *,
    units: Mapping[str, str],
    mapping: Mapping[str, Any] | None = None,
    decimal: str | None = None,
) -> Table:
    """The panels of a CSV or Parquet file.

    `units` gives the unit of counts that state none, by analyte ("" for all); `mapping` is a parsed
    map file. Raises `TableRefused`, and `UnitRefused` when the first batch is read.
    """
    return table_of(open_source(Path(path)), declared(units, mapping, decimal=decimal))


def table_of(source: Source, said: Declared) -> Table:
    """The panels of an opened source, by what is declared of it."""
    found = recognise(source.names, said)
    schema = source.schema
    _check_types(found, source)
    if found.is_long:
        schema = LongReader(source.schema, found, said, {}).schema
    return Table(found, said, source, schema)


def _check_types(found: Recognised, source: Source) -> None:
    """Refuse by its name a column of counts whose type holds neither numbers nor text."""
    values = [found.first("value"), found.first("value_text")]
    for name in [*(measure.column for measure in found.measures), *filter(None, values)]:
        kind = source.schema.field(name).type
        if not (is_text(kind) or is_number(kind) or pa.types.is_null(kind)):
            refusal = unreadable_type(kind)
            raise TableRefused(
                refusal.what, where=f"{source.name}, column {name!r}", hint=refusal.hint
            )


def tables_of(sources: Sequence[Source], said: Declared) -> list[Table]:
    """The tables of several sources with the same columns.

    Files with a row a count are one table: counts of one specimen may lie in two of them.

    Raises `TableRefused` where their columns differ.
    """
    objects = [source for source in sources if isinstance(source, ObjectsSource)]
    if len(objects) == len(sources) > 1:
        kinds = joined_keys(source.kinds for source in objects)
        for one in objects:
            one.settle(kinds)
    for source in sources[1:]:
        _check_same(sources[0], source)
    first = table_of(sources[0], said)
    if first.found.is_long and len(sources) > 1:
        return [table_of(JoinedSource(sources), said)]
    return [first, *(table_of(source, said) for source in sources[1:])]


def _check_same(first: Source, other: Source) -> None:
    if other.schema == first.schema:
        return
    apart = sorted(set(first.names) ^ set(other.names))
    odd = [name for name in other.names if name in first.names]
    odd = [name for name in odd if other.schema.field(name).type != first.schema.field(name).type]
    if apart:
        what = f" (the column {apart[0]!r} is in one of them only)"
    else:
        what = (
            f" (the column {odd[0]!r} is of another type)"
            if odd
            else " (they stand in another order)"
        )
    raise TableRefused(
        f"the columns are not those of {first.name}{what}",
        where=other.name,
        hint="interpret files with other columns on their own",
    )
