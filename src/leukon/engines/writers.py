"""Tables to files: Parquet, CSV or NDJSON by the ending of the name; and the list of what was refused."""

from __future__ import annotations

import base64
import csv
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from leukon.engines.targets import failed, temporary_name
from leukon.errors import UsageError
from leukon.readers import arrow
from leukon.readers.refusals import Refused

ROWS_A_GROUP = 262_144
"""Rows gathered to a row group: fewer and larger ones are written faster, and held in memory."""
SIDE_FILE_COLUMNS = ("row", "field", "reason", "message", "hint")


class Writer(Protocol):
    """What writes the batches of a table."""

    def write(self, batch: Any) -> None:
        """Write one batch."""
        ...

    def close(self) -> None:
        """Write what is left."""
        ...


def writer(file: BinaryIO, ending: str, schema: Any) -> Writer:
    """The writer for an ending."""
    kinds: dict[str, Callable[[BinaryIO, Any], Writer]] = {
        ".parquet": ParquetTable,
        ".csv": CsvTable,
        ".ndjson": LinesTable,
    }
    return kinds[ending](file, schema)


class ParquetTable:
    """Parquet, zstd at level 1; batches are gathered to row groups.

    A column of text may come as its kinds and their numbers. It is written from them, in half the
    time, and is a column of text in the file all the same.
    """

    def __init__(self, file: BinaryIO, schema: Any) -> None:
        """Settle where to; the file begins with the first row group."""
        self._file, self._schema = file, schema
        self._writer: Any = None
        self._held: list[Any] = []
        self._came: Any = None

    def write(self, batch: Any) -> None:
        """Write one batch, or hold it until a row group is full."""
        self._came = self._came or batch.schema
        self._held.append(batch if batch.schema == self._came else batch.cast(self._came))
        if sum(held.num_rows for held in self._held) >= ROWS_A_GROUP:
            self._write_group()

    def close(self) -> None:
        """Write what is left, and the footer."""
        self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        group = pa.Table.from_batches(self._held, self._came or self._schema).unify_dictionaries()
        if self._writer is None:
            self._writer = self._begun(group)
        self._held = []
        # An empty one is not written, but where it is all there is.
        if group.num_rows:
            self._writer.write_table(group, row_group_size=group.num_rows)

    def _begun(self, group: Any) -> Any:
        # Counts are printed to one or two decimals, so that even they repeat: dictionaries make
        # the file a third smaller and the writing faster. Numbers and moments of which nearly every
        # row has its own lose by them, and so do numbers that are nearly always the same.
        # Statistics would cost a fifth more.
        written = pq.ParquetWriter(
            self._file,
            group.schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=[name for name in group.column_names if gains(group.column(name))],
            write_statistics=False,
            store_schema=False,
            # A page for every 20,000 rows would cost a tenth of the writing; nothing points to pages.
            max_rows_per_page=ROWS_A_GROUP,
        )
        # Who reads it is told the types of the table, not those in which its texts came.
        types = base64.b64encode(self._schema.serialize().to_pybytes())
        written.add_key_value_metadata({**(self._schema.metadata or {}), b"ARROW:schema": types})
        return written


_SAMPLE = 10_000
_NEARLY_ALL = 0.9


def gains(column: Any) -> bool:
    """Whether a dictionary makes a column smaller or its writing faster."""
    return repeats(column) and not is_nearly_one(column)


def is_nearly_one(column: Any) -> bool:
    """Whether a column of numbers holds one number nearly everywhere, where it holds any.

    Runs of one number cost the codec nothing, and less than half of what their numbering costs.

    >>> is_nearly_one(pa.chunked_array([[0] * 99 + [1]])), is_nearly_one(pa.chunked_array([[0, 1]]))
    (True, False)
    """
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return False
    # From all over the rows: the first ones may be of one practice.
    some = np.arange(0, len(column), max(1, len(column) // _SAMPLE))
    sample = column.take(arrow.column(some)).drop_null()
    most = pc.max(sample.value_counts().field("counts")).as_py() or 0
    return bool(most >= _NEARLY_ALL * len(sample))


def repeats(column: Any) -> bool:
    """Whether the first values of a column repeat, so that a dictionary pays.

    >>> repeats(pa.chunked_array([[1, 2, 1, 2, 1]])), repeats(pa.chunked_array([[1, 2, 3, 4]]))
    (True, False)
    """
    if pa.types.is_dictionary(column.type) or pa.types.is_nested(column.type):
        return True
    sample = column.slice(0, _SAMPLE)
    try:
        return bool(2 * pc.count_distinct(sample).as_py() <= len(sample))
    except pa.ArrowNotImplementedError:
        return True


class CsvTable:
    """CSV with a header."""

    def __init__(self, file: BinaryIO, schema: Any) -> None:
        """Begin the file."""
        self._schema = pa.schema([(field.name, plain(field.type)) for field in schema])
        nested = [field.name for field in self._schema if pa.types.is_nested(field.type)]
        if nested:
            raise UsageError(
                f"column {nested[0]!r} holds lists or structures, which CSV cannot",
                hint="write .parquet or .ndjson",
            )
        raw = [field.name for field in self._schema if _is_bytes(field.type)]
        if raw:
            raise UsageError(
                f"column {raw[0]!r} holds bytes, which CSV cannot", hint="write .parquet or .ndjson"
            )
        self._writer = pa.csv.CSVWriter(file, self._schema)

    def write(self, batch: Any) -> None:
        """Write one batch."""
        self._writer.write_batch(batch.cast(self._schema))

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()


def plain(kind: Any) -> Any:
    """The type a column has in text: words as text."""
    return pa.string() if pa.types.is_dictionary(kind) else kind


def _is_bytes(kind: Any) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _timeless(batch: Any) -> Any:
    """A batch with its days and moments as text."""
    fields = [
        field.with_type(pa.string()) if pa.types.is_temporal(field.type) else field
        for field in batch.schema
    ]
    return batch.cast(pa.schema(fields))


class LinesTable:
    """NDJSON: an object a line."""

    def __init__(self, file: BinaryIO, schema: Any) -> None:
        """Begin the file."""
        self._file, self._schema = file, schema
        self._encoder = msgspec.json.Encoder()

    def write(self, batch: Any) -> None:
        """Write one batch."""
        if batch.num_rows:
            self._file.write(self._lines(batch))

    def _lines(self, batch: Any) -> bytes:
        try:
            return self._encoder.encode_lines(batch.to_pylist())
        except (OverflowError, TypeError, ValueError):
            # Days and moments that Python does not know: beyond the year 9999, or to the nanosecond.
            return self._encoder.encode_lines(_timeless(batch).to_pylist())

    def close(self) -> None:
        """Nothing is left."""


class SideFile:
    """The list of what could not be read; the file exists only when there is something in it."""

    def __init__(self, path: Path, *, with_file: bool) -> None:
        """Settle the place; nothing is written yet."""
        self.path, self._with_file = path, with_file
        self._temporary = path.with_name(temporary_name(path.name))
        self._file: Any = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was refused so far."""
        return self._file is None

    def write(self, groups: list[Refused], name: str) -> None:
        """List some refusals, in the order of the rows."""
        found = sorted((refusal for group in groups for refusal in group), key=lambda r: r.row)
        if not found:
            return
        try:
            self._open()
            for one in found:
                row = (one.row, one.field, one.reason, one.message, one.hint)
                self._rows.writerow((name, *row) if self._with_file else row)
        except OSError as error:
            raise failed(self.path, error) from None

    def _open(self) -> None:
        if self._file is None:
            self._file = self._temporary.open("w", encoding="utf-8", newline="")
            self._rows = csv.writer(self._file, lineterminator="\n")
            columns = SIDE_FILE_COLUMNS
            self._rows.writerow(("file", *columns) if self._with_file else columns)

    def finish(self) -> Path | None:
        """Give the list its name; None, and no file of an earlier run, where nothing is listed."""
        whole = self.settle()
        if whole is None:
            self.path.unlink(missing_ok=True)
            return None
        try:
            whole.replace(self.path)
        except OSError as error:
            raise failed(self.path, error) from None
        return self.path

    def settle(self) -> Path | None:
        """Force the list to the disk under its temporary name; None where nothing is listed."""
        if self._file is None:
            return None
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise failed(self.path, error) from None
        return self._temporary

    def drop(self) -> None:
        """Remove an unfinished list."""
        with suppress(OSError):  # on a full disk it cannot even be closed
            if self._file is not None:
                self._file.close()
        with suppress(OSError):
            self._temporary.unlink(missing_ok=True)
