"""An input opened: which kind of table it is, is seen from its content, never from its name."""

from __future__ import annotations

import zlib
from pathlib import Path

from leukon.errors import TableRefused, UsageError
from leukon.readers.databases import DuckSource, LiteSource, ServerSource
from leukon.readers.inputs import DatabaseInput, FileInput, Input, shown
from leukon.readers.lines import open_bytes
from leukon.readers.objects import ObjectsSource
from leukon.readers.sources import CsvSource, ParquetSource, Source, cut_off, unreadable

_LITE = b"SQLite format 3\0"


def open_source(named: Path | Input) -> Source:
    """The rows of a CSV, NDJSON (plain or gzipped) or Parquet file, or of a database.

    Raises `TableRefused`.
    """
    if isinstance(named, DatabaseInput):
        return _open_database(named)
    path = named.path if isinstance(named, FileInput) else named
    start = start_of(path)
    if start[:4] == b"PAR1":
        return ParquetSource(path)
    if _is_database(start):
        raise UsageError(
            "the file is a database", where=path.name, hint='--table NAME, or --query "select ..."'
        )
    try:
        with open_bytes(path) as file:
            text = file.read(4096)
        if text.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
            return ObjectsSource(path)
        return CsvSource(path)
    except (EOFError, zlib.error):
        raise cut_off(path) from None
    except OSError as error:
        raise unreadable(path, error) from None


def start_of(path: Path) -> bytes:
    """The first bytes of a file, as they stand on the disk."""
    try:
        with path.open("rb") as file:
            return file.read(16)
    except OSError as error:
        raise unreadable(path, error) from None


def _is_database(start: bytes) -> bool:
    return start[8:12] == b"DUCK" or start == _LITE


def _open_database(named: DatabaseInput) -> Source:
    if "://" in named.address:
        return ServerSource(named)
    start = start_of(Path(named.address))
    if start[8:12] == b"DUCK":
        return DuckSource(named)
    if start == _LITE:
        return LiteSource(named)
    raise TableRefused(
        "the file is no database of DuckDB or SQLite",
        where=shown(named.address),
        hint="--table and --query are for databases; a file is named without them",
    )
