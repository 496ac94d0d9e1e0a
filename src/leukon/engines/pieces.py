"""A large input in pieces that can be interpreted each on its own, and one of them interpreted.

A piece is a file, or some row groups of a Parquet file. Files with a row a count are one piece
together: the counts of one specimen may lie anywhere in them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from leukon.engines.batches import Question
from leukon.engines.manifest import InputNoted, noted
from leukon.engines.run import Run, Wanted
from leukon.engines.targets import failed, temporary_name
from leukon.engines.writers import SideFile
from leukon.errors import TableRefused
from leukon.readers.inputs import FileInput, Input
from leukon.readers.objects import ObjectsSource
from leukon.readers.opening import open_source
from leukon.readers.sources import ParquetSource, Source
from leukon.readers.tables import Table, tables_of

PIECE_ROWS = 250_000
"""Row groups of a Parquet file are gathered to pieces of at least so many rows ..."""
MOST_ROWS = 2_000_000
"""... of a long file to larger ones, up to about so many, so that the pieces are about a hundred."""
PIECES = 100
SIDE_ENDING = ".refused.csv"


@dataclass(frozen=True)
class Piece:
    """Some of the input: which inputs, which row groups of the one, and the keys of NDJSON."""

    name: str
    places: tuple[int, ...]
    inputs: tuple[Input, ...]
    noted: tuple[InputNoted, ...]
    groups: tuple[int, int] | None = None
    kinds: Mapping[str, int] | None = None


class Made(NamedTuple):
    """A piece, interpreted and written under a temporary name, with the names it shall have."""

    piece: Piece
    temporary: Path
    side: Path | None
    size: int
    sha256: str
    numbers: dict[str, Any]


def pieces_of(inputs: Sequence[Input], tables: Sequence[Table], ending: str) -> list[Piece]:
    """The pieces of some inputs, in order; `tables` are the same inputs, opened."""
    before = tuple(noted(one) for one in inputs)
    everything = tuple(range(len(inputs)))
    plans: list[tuple[tuple[int, ...], tuple[int, int] | None, Mapping[str, int] | None]] = []
    if tables[0].found.is_long:
        plans.append((everything, None, None))
    else:
        for place, table in enumerate(tables):
            kinds = table.source.kinds if isinstance(table.source, ObjectsSource) else None
            plans += [((place,), groups, kinds) for groups in _groups(table.source)]
    return [
        Piece(
            f"part-{number:05d}{ending}",
            places,
            tuple(inputs[place] for place in places),
            tuple(before[place] for place in places),
            groups,
            kinds,
        )
        for number, (places, groups, kinds) in enumerate(plans)
    ]


def _groups(source: Source) -> list[tuple[int, int] | None]:
    """The row groups of a Parquet file in runs of some size; None: the whole file."""
    if not isinstance(source, ParquetSource) or len(source.groups) < 2:
        return [None]
    found: list[tuple[int, int] | None] = []
    wanted = max(PIECE_ROWS, min(sum(source.groups) // PIECES, MOST_ROWS))
    first = rows = 0
    for place, size in enumerate(source.groups, 1):
        rows += size
        if rows >= wanted:
            found.append((first, place))
            first, rows = place, 0
    if first < len(source.groups):
        found.append((first, len(source.groups)))
    return found


def opened(piece: Piece) -> list[Source]:
    """The sources of a piece, opened again, perhaps by another process."""
    found: list[Source] = []
    for one in piece.inputs:
        if piece.groups is not None and isinstance(one, FileInput):
            found.append(ParquetSource(one.path, piece.groups))
        elif piece.kinds is not None and isinstance(one, FileInput):
            found.append(ObjectsSource(one.path, piece.kinds))
        else:
            found.append(open_source(one))
    return found


def make(
    piece: Piece,
    question: Question,
    folder: Path,
    *,
    wanted: Wanted,
    sources: Sequence[Source] | None = None,
) -> tuple[Made, Run]:
    """Interpret a piece and write it to the folder under a temporary name.

    Raises what reading and writing raise; a temporary file that fails is removed.
    """
    tables = tables_of(sources or opened(piece), question.said)
    run = Run(tables, question, wanted, piece.places[0])
    temporary = folder / temporary_name(piece.name)
    side = SideFile(folder / _hidden(piece.name), with_file=True)
    try:
        size, digest = _written(run, folder / piece.name, temporary, side)
        _check_unchanged(piece)
        listed = side.settle()
    except BaseException:
        temporary.unlink(missing_ok=True)
        side.drop()
        raise
    return Made(piece, temporary, listed, size, digest, run.result.numbers()), run


def _written(run: Run, out: Path, temporary: Path, side: SideFile) -> tuple[int, str]:
    try:
        with temporary.open("wb") as file:
            run.write(file, out.suffix, side)
            file.flush()
            os.fsync(file.fileno())
        with temporary.open("rb") as file:
            return temporary.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise failed(out, error) from None


def _hidden(name: str) -> str:
    """Where the refusals of a part are listed until the run is done."""
    return f".{name}{SIDE_ENDING}"


def side_of(folder: Path, name: str) -> Path:
    """The list of refusals of a finished part; it exists only where there are some."""
    return folder / _hidden(name)


def _check_unchanged(piece: Piece) -> None:
    for one, before in zip(piece.inputs, piece.noted, strict=True):
        try:
            now = noted(one)
        except OSError:
            now = None
        if now != before:
            raise TableRefused(
                "the file changed while it was read",
                where=one.name,
                hint="let it rest, then run the command again with --overwrite",
            )
