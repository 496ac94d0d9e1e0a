"""CSV on a cluster: lines come in, as bytes and in order, and rows go out, as from a file.

Spark's own reader of CSV would take a line with an open quote for a whole one. Here a line is
broken where it is for the local engine, and a broken line is a row that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import unquote

import numpy as np
import pyarrow as pa

from leukon.errors import TableRefused
from leukon.readers.lines import BOM, Header, blocks
from leukon.readers.sources import Block, read_records

FILE, LINE, BROKEN, HINT = "__leukon_file", "__leukon_line", "__leukon_broken", "__leukon_hint"
BESIDE = (
    pa.field(FILE, pa.string()),
    pa.field(LINE, pa.int64()),
    pa.field(BROKEN, pa.string()),
    pa.field(HINT, pa.string()),
)
"""What stands beside the columns of a row: where it is from, and what is wrong with a broken one."""


@dataclass(frozen=True)
class Lines:
    """What is known of the lines of some files: their header, and what it says."""

    header: Header
    first: bytes

    @property
    def fields(self) -> list[Any]:
        """The columns of the rows: those of the files, and what stands beside them."""
        return [*(pa.field(name, pa.string()) for name in self.header.names), *BESIDE]


class _Piece(NamedTuple):
    """Some lines of one split of a file."""

    file: str
    start: int
    content: bytes


def rows_of_lines(lines: Lines, batches: Iterable[Any]) -> Iterator[Any]:
    """The rows of lines; the batches hold the lines, the file of each, and where its split starts."""
    schema = pa.schema([(name, pa.string()) for name in lines.header.names])
    for (file, start), pieces in groupby(_pieces(batches), key=lambda one: (one.file, one.start)):
        name = unquote(Path(file).name)
        contents: Iterator[bytes] = (piece.content for piece in pieces)
        if start == 0:
            contents = _without_header(contents, lines, name)
        header = Header(lines.header.names, lines.header.delimiter, 0)
        for records in blocks(cast(BinaryIO, _Contents(contents)), header, Path(name)):
            block = read_records(records, header, Path(name), schema)
            # A split knows the numbers of its lines only where it is the first of the file.
            yield from _batches(block, name, known=start == 0)


def _pieces(batches: Iterable[Any]) -> Iterator[_Piece]:
    for batch in batches:
        lines, files, starts = batch.columns
        encoded = files.dictionary_encode()
        places = np.stack([encoded.indices.to_numpy(), starts.to_numpy()])
        changes = np.flatnonzero((places[:, 1:] != places[:, :-1]).any(axis=0)) + 1
        edges = [0, *changes.tolist(), batch.num_rows]
        for low, high in pairwise(edges):
            if high > low:
                content = b"\n".join(lines.slice(low, high - low).to_pylist()) + b"\n"
                yield _Piece(files[low].as_py(), starts[low].as_py(), content)


def _without_header(contents: Iterator[bytes], lines: Lines, name: str) -> Iterator[bytes]:
    """The lines after the header, which must be that of all files."""
    first, _, rest = next(contents).partition(b"\n")
    if first.removeprefix(BOM).rstrip(b"\r") != lines.first:
        raise TableRefused(
            "the header is not that of the other files",
            where=name,
            hint="interpret files with other columns on their own",
        )
    yield rest
    yield from contents


class _Contents:
    """Pieces of a file as something to read from, a piece at a time."""

    def __init__(self, contents: Iterator[bytes]) -> None:
        self._contents = contents

    def read(self, size: int) -> bytes:
        """The next piece, whatever the size asked for, unless it is 0."""
        if not size:
            return b""
        return next((content for content in self._contents if content), b"")


def _batches(block: Block, name: str, *, known: bool) -> Iterator[Any]:
    """The rows of a block, then its broken lines as rows without cells."""
    if block.columns.num_rows:
        nothing = pa.nulls(block.columns.num_rows, pa.string())
        yield _beside(block.columns, name, block.rows if known else None, nothing, nothing)
    for group in block.refused:
        empty = pa.RecordBatch.from_arrays(
            [pa.nulls(len(group.rows), field.type) for field in block.columns.schema],
            schema=block.columns.schema,
        )
        said = (pa.repeat(pa.scalar(word), len(group.rows)) for word in (group.message, group.hint))
        yield _beside(empty, name, group.rows if known else None, *said)


def _beside(columns: Any, name: str, numbers: Any, message: Any, hint: Any) -> Any:
    size = columns.num_rows
    lines = pa.nulls(size, pa.int64()) if numbers is None else pa.array(numbers, pa.int64())
    file = pa.repeat(pa.scalar(name), size)
    return pa.RecordBatch.from_arrays(
        [*columns.columns, file, lines, message, hint],
        schema=pa.schema([*columns.schema, *BESIDE]),
    )
