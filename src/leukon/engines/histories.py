"""The draws of files gathered person by person, in bounded memory.

What a set point needs of a draw is a narrow row: who, when, near what, the counts and their flags.
These rows go to a temporary file, are sorted there by person and time (DuckDB, which spills to the
disk), and come back in blocks of whole persons. Beside one block nothing is held.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from leukon.analytes import Analyte
from leukon.engines.batches import Step
from leukon.errors import ExtraMissing, TableRefused
from leukon.interpretation import FLAG_SLUGS, Flag
from leukon.past import CONTRADICTORY
from leukon.readers.columns import Recognised
from leukon.readers.draws import DrawsRead, Events, read_draws, without_rows
from leukon.readers.refusals import Refused
from leukon.setpoints.answers import BITS, Counted, withheld_by_counts
from leukon.setpoints.rules import SEVERE_BELOW
from leukon.strata import NO_GRADE
from leukon.withheld import GRADED_BY

try:
    import duckdb
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
except ImportError:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("tables", "set points of a file") from None

SORT_MEMORY = "256MB"
"""How much memory the sort may use before it goes to the disk."""
BLOCK_ROWS = 1 << 16
KIND_SHIFT, DAY_ZERO = 32, 1 << 31
"""An event is one number: its place in `EVENTS`, shifted, and its day since 1970 (which may be negative)."""
_WHO = (
    ("practice", pa.string()),
    ("person", pa.string()),
    ("row", pa.int64()),
    ("at", pa.float64()),
    ("age_from", pa.float64()),
    ("age_to", pa.float64()),
    ("sex", pa.int8()),
    ("duffy", pa.int8()),
    ("pregnant", pa.bool_()),
    ("in_hospital", pa.bool_()),
    ("on_drug", pa.bool_()),
    ("severe", pa.bool_()),
    ("events", pa.list_(pa.int64())),
    ("withheld", pa.int64()),
)
_COUNT = (
    ("", pa.float64()),
    ("_sign", pa.int8()),
    ("_flag", pa.int8()),
    ("_lower", pa.float64()),
    ("_upper", pa.float64()),
    ("_grade", pa.int8()),
)


def schema_of(analytes: Sequence[Analyte]) -> Any:
    """The narrow rows of some analytes."""
    counts = [(f"{kind.lower()}{end}", of) for kind in analytes for end, of in _COUNT]
    return pa.schema([*_WHO, *counts])


def draws_of(
    step: Step,
    found: Recognised,
    analytes: Sequence[Analyte],
    *,
    keys: Any = None,
    every: bool = False,
    today: date | None = None,
) -> tuple[Any, list[Refused]]:
    """The narrow rows of an interpreted batch, and everything of it that is refused.

    `keys` number the panels; none: as their rows are numbered in the file. Draws whose day cannot be
    are left out; with `every` they stay, undated. `today` is the day after which a day lies in the
    future (none: the day it is).
    """
    chunk = step.chunk
    read = read_draws(chunk.columns, found, chunk.rows, today=today)
    who = _who(step, found, read)
    who["row"] = chunk.rows if keys is None else keys
    who["at"] = np.where(read.lost, np.nan, read.days)
    columns = [pa.array(who[name], kind) for name, kind in _WHO]
    for kind in analytes:
        columns += _counts(step, kind)
    batch = pa.RecordBatch.from_arrays(columns, schema=schema_of(analytes))
    lost = chunk.rows[read.lost]
    refused = [*without_rows(chunk.refused, lost), *without_rows(read.refused, lost)]
    return batch if every or not len(lost) else batch.filter(pa.array(~read.lost)), refused


def _who(step: Step, found: Recognised, read: DrawsRead) -> dict[str, Any]:
    people, size = step.chunk.batch.people, step.chunk.batch.size
    none = np.zeros(size, dtype=np.int8)
    return {
        "practice": _text(step, found, "practice"),
        "person": _text(step, found, "person"),
        "age_from": people.ages.days_from,
        "age_to": people.ages.days_to,
        "sex": people.sex,
        "duffy": _duffy(none if people.duffy is None else people.duffy),
        "pregnant": none > 0 if people.pregnant is None else people.pregnant,
        "in_hospital": read.in_hospital,
        "on_drug": read.on_listed_drug,
        "severe": _severe(step),
        "events": _lists(read.events, size),
        "withheld": withheld(step),
    }


def _severe(step: Step) -> Any:
    """Whether neutrophils are, or may be, under the count that must be explained."""
    found = counted(step, Analyte.NEUT)
    if found is None:
        return np.zeros(step.chunk.batch.size, dtype=np.bool_)
    return (found.values < SEVERE_BELOW) | ((found.signs > 0) & (found.values == SEVERE_BELOW))


def _duffy(codes: Any) -> Any:
    """The codes of a batch (1 null, 2 another) as those of a set point (2 null, 1 another)."""
    return np.where(codes == 0, codes, 3 - codes).astype(np.int8)


def _text(step: Step, found: Recognised, role: str) -> Any:
    name, columns = found.first(role), step.chunk.columns
    if name is None or name not in columns.schema.names:
        return pa.nulls(step.chunk.batch.size, pa.string())
    text = columns.column(name).cast(pa.string())
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(text), ""), None, text)


def _lists(events: Events, size: int) -> Any:
    """The events as a list a row."""
    rows = np.array(events.rows, dtype=np.int64)
    codes = np.array(events.kinds, dtype=np.int64) << KIND_SHIFT
    codes += np.array(events.days, dtype=np.int64) + DAY_ZERO
    ends = np.append(0, np.cumsum(np.bincount(rows, minlength=size)))
    order = np.argsort(rows, kind="stable")
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.array(codes[order]))


def withheld(step: Step) -> Any:
    """Why the counts of each panel forbid to call any of them usual, as bits."""
    size = step.chunk.batch.size
    worst = np.full(size, NO_GRADE, dtype=np.int8)
    for grades in step.graded:
        if grades.scale.id == GRADED_BY:
            for ends in (grades.codes, grades.low, grades.high):
                worst = np.maximum(worst, ends)
    critical, clash = np.zeros((2, size), dtype=np.bool_)
    for compared in step.outcome.counts.values():
        critical |= compared.flags == Flag.CRITICAL_LOW
        clash |= np.isin(compared.reasons, CONTRADICTORY)
    neutrophils, haemoglobin, platelets = (
        counted(step, kind) for kind in (Analyte.NEUT, Analyte.HGB, Analyte.PLT)
    )
    found = withheld_by_counts(
        neutrophils, haemoglobin, platelets, worst_grade=worst, critically_low=critical
    )
    return found | np.where(clash, BITS["contradictory"], 0)


def counted(step: Step, kind: Analyte) -> Counted | None:
    """One analyte of a batch as the rules take it; None where nobody counted it."""
    compared = step.outcome.counts.get(kind)
    if compared is None:
        return None
    signs = compared.comparators
    none = np.zeros(len(compared.values), dtype=np.int8)
    return Counted(compared.values, none if signs is None else signs, compared.flags, FLAG_SLUGS)


def _counts(step: Step, kind: Analyte) -> list[Any]:
    size = step.chunk.batch.size
    compared, found = step.outcome.counts.get(kind), counted(step, kind)
    if compared is None or found is None:
        nothing = np.full(size, np.nan)
        codes = np.zeros(size, dtype=np.int8)
        unknown = np.full(size, FLAG_SLUGS.index("undetermined"), dtype=np.int8)
        none = (nothing, codes, unknown, nothing, nothing, codes + np.int8(NO_GRADE))
        return [pa.array(column) for column in none]
    grades = [one.codes for one in step.graded if one.scale.id == GRADED_BY and one.analyte is kind]
    grade = grades[0] if grades else np.full(size, NO_GRADE, dtype=np.int8)
    columns = (found.values, found.signs, found.flags, compared.lower, compared.upper, grade)
    return [pa.array(column) for column in columns]


def sorting(folder: str) -> Any:
    """A connection that sorts in bounded memory, goes to the disk in a folder, and prints nothing."""
    connection: Any = duckdb.connect(config={"memory_limit": SORT_MEMORY, "threads": 2})
    # After two seconds it would draw a bar into what is printed.
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET temp_directory = '" + folder.replace("'", "''") + "'")
    return connection


class Histories:
    """Narrow rows written down, and read back person by person. A context: the disk is given back."""

    def __init__(self, schema: Any) -> None:
        """Begin a temporary file."""
        self.schema, self.rows = schema, 0
        with room():
            self._folder = tempfile.TemporaryDirectory(prefix="leukon-")
            self._path = Path(self._folder.name) / "draws.parquet"
            try:
                self._writer: Any = pq.ParquetWriter(self._path, schema, compression="lz4")
            except OSError:
                self._folder.cleanup()
                raise

    def __enter__(self) -> Histories:
        """The same."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Remove what was written."""
        with suppress(OSError):  # on a full disk it cannot even be closed
            if self._writer is not None:
                self._writer.close()
        self._folder.cleanup()

    def add(self, batch: Any) -> None:
        """Take some rows in."""
        self.rows += batch.num_rows
        with room():
            self._writer.write_batch(batch)

    def people(self, block_rows: int = BLOCK_ROWS) -> Iterator[Any]:
        """Blocks of whole persons, by practice, person and time; draws of nobody come first."""
        with room():
            self._writer.close()
        self._writer = None
        if not self.rows:
            return
        connection = sorting(self._folder.name)
        sql = (
            'select * from read_parquet(?) order by "practice" nulls first, "person" nulls first, '
            '"at", "row"'
        )
        try:
            reader = connection.sql(sql, params=[str(self._path)]).to_arrow_reader(block_rows)
            yield from whole_persons(batch for batch in reader if batch.num_rows)
        except (duckdb.IOException, duckdb.OutOfMemoryException):
            raise no_room() from None
        finally:
            connection.close()


def whole_persons(
    batches: Iterator[Any], names: Sequence[str] = ("practice", "person")
) -> Iterator[Any]:
    """Rows that are sorted by some columns in tables that never part what is equal by them.

    Rows of nobody (nothing in the last of the columns) may be parted anywhere.
    """
    held: list[Any] = []
    for batch in batches:
        begins = _last_begins(batch, names)
        if held and not begins and _who_is(held[-1], names) != _who_is(batch, names):
            yield pa.Table.from_batches(held).combine_chunks()
            held = []
        if begins:
            yield pa.Table.from_batches([*held, batch.slice(0, begins)]).combine_chunks()
            held = []
        if begins < batch.num_rows:
            held.append(batch.slice(begins))
    if held:
        yield pa.Table.from_batches(held).combine_chunks()


def _who_is(batch: Any, names: Sequence[str]) -> list[Any]:
    """Whose the last row of a batch is."""
    return [batch.column(name)[-1].as_py() for name in names]


def _last_begins(rows: Any, names: Sequence[str]) -> int:
    """The row where the last person begins."""
    if rows.column(names[-1])[-1].as_py() is None:
        return int(rows.num_rows)
    same = np.ones(rows.num_rows, dtype=np.bool_)
    for name in names:
        column = rows.column(name)
        if column[-1].as_py() is None:
            same &= column.is_null().to_numpy(zero_copy_only=False)
        else:
            equal = pc.fill_null(pc.equal(column, column[-1]), False)
            same &= equal.to_numpy(zero_copy_only=False)
    others = np.flatnonzero(~same)
    return int(others[-1]) + 1 if len(others) else 0


def person_numbers(rows: Any) -> Any:
    """The number of each row's person, in any order; each row of nobody is alone."""
    people, practices = (_coded(rows.column(name)) for name in ("person", "practice"))
    nobody = people < 0
    codes = people + (people.max(initial=0) + 1) * (practices + 1)
    found = np.unique(codes, return_inverse=True)[1]
    found[nobody] = found.max(initial=0) + 1 + np.arange(np.count_nonzero(nobody))
    return found


def _coded(column: Any) -> Any:
    """The texts of a column as numbers, -1 for none."""
    coded = pc.dictionary_encode(column)
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    return coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)


@contextmanager
def room() -> Iterator[None]:
    """Writing to the temporary folder: a disk that is too small is named."""
    try:
        yield
    except OSError:
        raise no_room() from None


def no_room() -> TableRefused:
    """The refusal where the disk is too small to sort on."""
    return TableRefused(
        "the draws could not be sorted by person",
        hint="make room in the temporary folder (TMPDIR says which it is)",
    )
