"""The own levels of every count beside an interpreted table: `leukon interpret --setpoint`.

A first pass gathers the draws of all inputs by person (`histories`), works the own levels out, and
writes them to a temporary file in the order of the panels. The run itself, or each process of it,
reads from there what belongs to its panels, so that rows stay in their order and parts are parts.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from leukon.analytes import Analyte
from leukon.arrays import Integers
from leukon.engines.batches import Question, Step, answer
from leukon.engines.histories import Histories, draws_of, no_room, room, schema_of, sorting
from leukon.engines.output import numbers, own_fields, own_kinds
from leukon.engines.own_levels import of_panels
from leukon.engines.own_output import joined_reasons
from leukon.errors import TableRefused
from leukon.grading import grades_on
from leukon.readers.arrow import coded, texts
from leukon.readers.columns import Recognised
from leukon.readers.sources import FILE_BITS
from leukon.readers.tables import Table
from leukon.readers.wide import Chunk
from leukon.scales import resolve_all
from leukon.setpoints.answers import ANSWER, REASON
from leukon.setpoints.parameters import shipped
from leukon.withheld import GRADED_BY

GROUP_ROWS = 65_536


def own_columns(rows: Any, analytes: Sequence[Analyte]) -> list[Any]:
    """The columns of `own_fields` for narrow rows of whole persons."""
    columns: list[Any] = []
    for own in of_panels(rows, analytes, shipped()).values():
        columns += [
            numbers(own.bands.low),
            numbers(own.bands.high),
            pa.array(own.bands.falling),
            coded(own.answers.answer, texts(ANSWER)),
            joined_reasons(own.answers.withheld),
            coded(own.answers.reason, texts(REASON)),
        ]
    return columns


def narrow_of(step: Step, found: Recognised, analytes: Sequence[Analyte]) -> Any:
    """The narrow rows of an interpreted batch, a row a panel, whatever scales it was graded by."""
    graded = grades_on(step.outcome, step.chunk.batch, [GRADED_BY])
    asked = Step(step.chunk, step.outcome, None, graded)
    return draws_of(asked, found, analytes, every=True)[0]


def keys_of(chunk: Chunk, table: Table, file: int, before: int) -> Integers:
    """Numbers for the panels of a batch that grow from batch to batch, the same in both passes.

    Rows of a wide table come in their order. Those of a long one come by specimen, always in the same
    order: they are numbered as they come (`before`: how many came before).
    """
    if table.found.is_long:
        return before + np.arange(chunk.batch.size)
    found: Integers = chunk.rows + (file << FILE_BITS)
    return found


@contextmanager
def sidecar(tables: Sequence[Table], question: Question) -> Iterator[Path]:
    """The own levels of all panels of some tables, in a file that is there while they are needed."""
    with room():
        place = tempfile.TemporaryDirectory(prefix="leukon-")
    with place as folder:
        loose, sorted_ = Path(folder) / "loose.parquet", Path(folder) / "own.parquet"
        asked = Question(question.definition, question.said, resolve_all([GRADED_BY]))
        _write(loose, tables, asked)
        in_order(loose, sorted_)
        loose.unlink()
        yield sorted_


def in_order(loose: Path, out: Path) -> None:
    """A file of own levels in the order of the panels, sorted in bounded memory."""
    from_, to = (str(one).replace("'", "''") for one in (loose, out))
    connection = sorting(str(out.parent))
    try:
        connection.execute(
            f"copy (select * from read_parquet('{from_}') order by \"key\") to '{to}' "
            f"(format parquet, compression lz4_raw, row_group_size {GROUP_ROWS})"
        )
    except (duckdb.IOException, duckdb.OutOfMemoryException):
        raise no_room() from None
    finally:
        connection.close()


def _write(out: Path, tables: Sequence[Table], asked: Question) -> None:
    """The own levels of all panels, person by person."""
    kinds: tuple[Analyte, ...] | None = None
    every = tuple(spread.analyte for spread in shipped().models)
    with Histories(schema_of(every)) as histories:
        for file, table in enumerate(tables):
            before = 0
            for chunk in table:
                step = answer(chunk, asked)
                kinds = own_kinds(step.outcome.counts) if kinds is None else kinds
                keys = keys_of(chunk, table, file, before)
                histories.add(draws_of(step, table.found, every, keys=keys, every=True)[0])
                before += chunk.batch.size
        schema = pa.schema([("key", pa.int64()), *own_fields(kinds or ())])
        with room(), pq.ParquetWriter(out, schema, compression="lz4") as writer:
            for rows in histories.people():
                columns = [rows.column("row").combine_chunks(), *own_columns(rows, kinds or ())]
                writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))


class Beside:
    """The own levels that were written down, read again in the order of the panels."""

    def __init__(self, path: str) -> None:
        """Open the file; nothing is read yet."""
        self._file = pq.ParquetFile(path)
        footer = self._file.metadata
        statistics = [
            footer.row_group(n).column(0).statistics for n in range(footer.num_row_groups)
        ]
        self._last = np.array([one.max for one in statistics], dtype=np.int64)
        self._first = np.array([one.min for one in statistics], dtype=np.int64)
        self._held: tuple[tuple[int, int], Any] | None = None

    def columns(self, keys: Integers) -> list[Any]:
        """The own columns of some panels."""
        rows = self._rows(keys)
        known = rows.column("key").to_numpy()
        places = np.searchsorted(known, keys)
        if len(keys) and (places[-1] >= len(known) or (known[places] != keys).any()):
            raise TableRefused(
                "the input changed while it was read", hint="let it rest, and run the command again"
            )
        taken = rows.take(pa.array(places)).combine_chunks()
        return [column.combine_chunks() for column in taken.columns[1:]]

    def _rows(self, keys: Integers) -> Any:
        """The row groups that hold some keys."""
        low = int(np.searchsorted(self._last, keys.min())) if len(keys) else 0
        high = int(np.searchsorted(self._first, keys.max(), side="right")) if len(keys) else 0
        if self._held is None or self._held[0] != (low, high):
            groups = list(range(low, high))
            self._held = ((low, high), self._file.read_row_groups(groups, use_threads=False))
        return self._held[1]
