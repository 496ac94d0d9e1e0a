"""A file as a stream of Arrow batches, each row with its number; text stays text."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from leukon.errors import ExtraMissing, TableRefused
from leukon.readers.inputs import shown
from leukon.readers.lines import (
    LONGEST_LINE,
    Header,
    Records,
    blocks,
    check_names,
    not_utf8,
    open_bytes,
    read_header,
)
from leukon.readers.refusals import Refused, Rows
from leukon.readers.types import settled, settled_schema
from leukon.reasons import Reason

try:
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq
except ImportError:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("tables", "reading a file") from None

BATCH_ROWS = 65_536
BROKEN = "this line has not as many fields as the header"
RETURN = "a carriage return stands within this line, outside quotes"
UNCLOSED = "a quote is opened in this line and never closed"


class Block(NamedTuple):
    """Some rows of a file: the columns, the number of each row, and rows that were broken."""

    columns: Any
    rows: Rows
    refused: list[Refused]


class Source(Protocol):
    """A table that gives its rows in blocks; `rows_total` None: not known beforehand.

    `name` is what messages call it.
    """

    name: str
    names: tuple[str, ...]
    schema: Any
    rows_total: int | None

    def blocks(self) -> Iterator[Block]:
        """The rows, block by block."""
        ...


def cut_off(path: Path) -> TableRefused:
    """The refusal of a gzip file that cannot be unpacked to its end."""
    return TableRefused(
        "the gzip file is damaged or ends early", where=path.name, hint="pack it again"
    )


def unreadable(path: Path, error: OSError) -> TableRefused:
    """The refusal of a file that is not there, or that may not be read."""
    # What is no file may be an address, with a password in it.
    where = str(path) if shown(str(path)) == path.name else shown(str(path))
    if isinstance(error, FileNotFoundError):
        return TableRefused("there is no such file", where=where, hint="check the name")
    what = "the file cannot be read"
    return TableRefused(what, where=where, hint=(error.strerror or "check it").lower())


class ParquetSource:
    """A Parquet file, or some of its row groups."""

    def __init__(self, path: Path, groups: tuple[int, int] | None = None) -> None:
        """Open the file and read its footer; `groups` is the first row group and the one after."""
        self.path, self.name = path, path.name
        try:
            # Not left open: a folder may hold more files than a process may have open.
            with pq.ParquetFile(path, pre_buffer=False) as file:
                footer, self._stored = file.metadata, file.schema_arrow
        except pa.ArrowInvalid:
            raise _damaged(path) from None
        except OSError as error:
            raise unreadable(path, error) from None
        self.schema = settled_schema(self._stored)
        self.read = self.schema
        self.names = tuple(self.schema.names)
        check_names(self.names, path)
        self.groups = [footer.row_group(n).num_rows for n in range(footer.num_row_groups)]
        """How many rows each row group has."""
        self._wanted = groups or (0, len(self.groups))
        self.rows_total: int | None = sum(self.groups[slice(*self._wanted)])
        self._texts = _stored_as_kinds(footer, self._stored)
        self._kinds: list[str] = []
        if footer.num_rows == 0:
            raise TableRefused("the file has no rows", where=path.name)

    def only(self, columns: Sequence[str], kinds: Sequence[str]) -> None:
        """Read no other columns, and texts of few kinds as their kinds."""
        kinds = [*kinds, *self._texts]
        self._kinds = [name for name in kinds if pa.types.is_string(self._stored.field(name).type)]
        self.read = narrowed(self.schema, columns, self._kinds)

    def blocks(self) -> Iterator[Block]:
        """The rows, block by block."""
        row = 1 + sum(self.groups[: self._wanted[0]])
        try:
            for batch in self._batches():
                numbers = np.arange(row, row + batch.num_rows)
                yield Block(settled(batch, self.read), numbers, [])
                row += batch.num_rows
        except pa.ArrowException:
            raise _damaged(self.path) from None
        except OSError as error:
            if error.errno is None:
                raise _damaged(self.path) from None
            raise unreadable(self.path, error) from None

    def _batches(self) -> Iterator[Any]:
        # Without pre_buffer: it would hold the whole file in memory until it is closed.
        with pq.ParquetFile(self.path, read_dictionary=self._kinds, pre_buffer=False) as file:
            yield from file.iter_batches(
                BATCH_ROWS,
                row_groups=list(range(*self._wanted)),
                columns=None if self.read is self.schema else self.read.names,
                use_threads=False,
            )


def _stored_as_kinds(footer: Any, stored: Any) -> list[str]:
    """The columns that a Parquet file itself holds as a few texts and their numbers.

    A text that is not, takes four bytes for its length alone. The first row group is looked at.
    """
    if not footer.num_row_groups:
        return []
    first = footer.row_group(0)
    chunks = [first.column(place) for place in range(first.num_columns)]
    names = set(stored.names)
    return [
        chunk.path_in_schema
        for chunk in chunks
        if chunk.physical_type == "BYTE_ARRAY"
        and chunk.path_in_schema in names
        and chunk.has_dictionary_page
        and chunk.total_uncompressed_size < _BYTES_OF_A_KIND * first.num_rows
    ]


_BYTES_OF_A_KIND = 3


def narrowed(schema: Any, columns: Sequence[str], kinds: Sequence[str]) -> Any:
    """The columns that are read of a schema, texts of few kinds as their kinds."""
    as_kinds = {name for name in kinds if pa.types.is_string(schema.field(name).type)}
    read = set(columns)
    coded = pa.dictionary(pa.int32(), pa.string())
    wanted = [field for field in schema if field.name in read]
    return pa.schema([f.with_type(coded) if f.name in as_kinds else f for f in wanted])


def _damaged(path: Path) -> TableRefused:
    return TableRefused("the Parquet file is damaged", where=path.name, hint="write it again")


class CsvSource:
    """A CSV file: every column is text, since a type guessed from text would be a guess."""

    def __init__(self, path: Path) -> None:
        """Open the file and read its header."""
        self.path, self.name = path, path.name
        self.rows_total: int | None = None
        with open_bytes(path) as file:
            start = file.read(1 << 16)
            while b"\n" not in start and len(start) < LONGEST_LINE and (more := file.read(1 << 20)):
                start += more
            self._header = read_header(start, path)
            if not start[self._header.size :].strip() and not file.read(1):
                raise TableRefused(
                    "the file has a header and no rows", where=path.name, hint="a row a panel"
                )
        self.names = self._header.names
        self.schema = pa.schema([(name, pa.string()) for name in self.names])
        self.read = self.schema

    def only(self, columns: Sequence[str], kinds: Sequence[str]) -> None:
        """Read no other columns, and texts of few kinds as their kinds."""
        self.read = narrowed(self.schema, columns, kinds)

    def blocks(self) -> Iterator[Block]:
        """The rows, block by block."""
        try:
            with open_bytes(self.path) as file:
                for records in blocks(file, self._header, self.path):
                    yield read_records(records, self._header, self.path, self.read)
        except (EOFError, zlib.error):
            raise cut_off(self.path) from None
        except OSError as error:
            raise unreadable(self.path, error) from None


def read_records(records: Records, header: Header, path: Path, schema: Any) -> Block:
    """The rows of some whole lines of a CSV file, and which lines are broken."""
    broken: list[int] = []

    def set_apart(row: Any) -> str:
        broken.append(row.number - 1)
        return "skip"

    if not _is_utf8(records.content):
        raise not_utf8(path, _line_not_utf8(records))
    refused = _refused(records.unclosed, UNCLOSED, "check its quotes")
    refused += _refused(records.returns, RETURN, "remove it, or put the cell in quotes")
    if not len(records.lines):
        return Block(pa.RecordBatch.from_pylist([], schema=schema), records.lines, refused)
    table = pa.csv.read_csv(
        pa.BufferReader(records.content),
        read_options=_read_options(header, len(records.content)),
        parse_options=pa.csv.ParseOptions(
            delimiter=header.delimiter,
            invalid_row_handler=set_apart,
            newlines_in_values=records.several,
            ignore_empty_lines=False,
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types=schema,
            include_columns=schema.names,
            strings_can_be_null=True,
            null_values=[""],
        ),
    )
    refused += _refused(records.lines[broken].tolist(), BROKEN, "mend or leave out this line")
    good = np.delete(records.lines, broken)
    return Block(
        table.combine_chunks().to_batches()[0] if len(good) else _none(schema), good, refused
    )


def _read_options(header: Header, size: int) -> Any:
    return pa.csv.ReadOptions(
        column_names=list(header.names), use_threads=False, block_size=max(size + 1, 1024)
    )


def _none(schema: Any) -> Any:
    return pa.RecordBatch.from_pylist([], schema=schema)


def _refused(lines: Sequence[int], message: str, hint: str) -> list[Refused]:
    if not lines:
        return []
    rows = np.array(lines, dtype=np.int64)
    return [Refused(rows, "", Reason.NOT_READ, message, hint, lost=True)]


def _is_utf8(content: bytes) -> bool:
    try:
        return content.isascii() or bool(content.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _line_not_utf8(records: Records) -> int:
    for line, content in zip(records.lines.tolist(), records.content.split(b"\n"), strict=False):
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            return int(line)
    return int(records.lines[0])


FILE_BITS = 40
"""Joined tables number their rows by file and row: the row has this many bits."""


class JoinedSource:
    """Several files as one table, for rows of one specimen that lie in two of them."""

    def __init__(self, sources: Sequence[Source]) -> None:
        """Join the files; they have the same columns."""
        first = sources[0]
        self.sources, self.name = sources, first.name
        self.names, self.schema = first.names, first.schema
        totals = [source.rows_total for source in sources]
        self.rows_total = None if None in totals else sum(n for n in totals if n is not None)

    def blocks(self) -> Iterator[Block]:
        """The rows of all files, one after the other."""
        for place, source in enumerate(self.sources):
            offset = place << FILE_BITS
            for block in source.blocks():
                refused = [replace(group, rows=group.rows + offset) for group in block.refused]
                yield Block(block.columns, block.rows + offset, refused)

    def by_file(self, groups: list[Refused]) -> Iterator[tuple[str, list[Refused]]]:
        """Refusals by the file they are from, their rows numbered within it."""
        for place, source in enumerate(self.sources):
            own = [
                replace(group, rows=group.rows[group.rows >> FILE_BITS == place] - offset)
                for group in groups
                for offset in [place << FILE_BITS]
            ]
            yield source.name, [group for group in own if len(group.rows)]


def narrow(source: Source, columns: Sequence[str], kinds: Sequence[str]) -> None:
    """Let a source, where it can, read no other columns, and texts of few kinds as their kinds."""
    if isinstance(source, JoinedSource):
        for one in source.sources:
            narrow(one, columns, kinds)
    elif isinstance(source, (ParquetSource, CsvSource)):
        source.only(columns, kinds)
