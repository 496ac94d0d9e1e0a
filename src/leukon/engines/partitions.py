"""What a worker of a cluster does with its part of a table: Arrow batches in, Arrow batches out.

Nothing here knows the cluster. A plan is sent as bytes and read once in each worker process, with
the definition compiled once; whatever fails is said without a value of a person.
"""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from leukon.analytes import Analyte
from leukon.engines.batches import Question, WideTable, answer, laid_out
from leukon.engines.output import Layout
from leukon.engines.writers import plain
from leukon.errors import LeukonError
from leukon.readers.columns import Recognised
from leukon.readers.events import Register, read_events
from leukon.readers.long import LongReader
from leukon.readers.refusals import Refused
from leukon.readers.sources import Block
from leukon.readers.wide import Chunk, Place, read_wide

REFUSAL_COLUMNS = (
    pa.field("field", pa.string()),
    pa.field("reason", pa.string()),
    pa.field("message", pa.string()),
    pa.field("hint", pa.string()),
    pa.field("lost", pa.bool_()),
)
"""What is said of a cell or row that could not be read, beside the columns that name the row."""
PLACE_COLUMNS = (
    pa.field("analyte", pa.string()),
    pa.field("relative", pa.bool_()),
    pa.field("other", pa.string()),
    pa.field("rows", pa.int64()),
)
"""What a long table holds: a kind of count, or the name of another test and its rows."""

_CARRIED = "leukon own"
"""The column in which narrow rows travel beside a panel until all of its person are there."""
Batches = Iterable[Any]


class WorkerFailed(RuntimeError):
    """A fault of leukon's own in a worker: where it happened, and nothing of what was read."""


@dataclass(frozen=True)
class Plan:
    """All a worker needs: what is asked, the columns by their names, and what they mean.

    `keys` are the columns that name a refused row; `places` the counts a long table holds.
    """

    question: Question
    names: tuple[str, ...]
    found: Recognised
    keys: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


Work = Callable[[Any, Batches], Iterator[Any]]
"""What is done with batches, by what is known of them beforehand: a `Plan`, or the like."""


def task(work: Work, plan: object) -> Callable[[Batches], Iterator[Any]]:
    """A piece of work as a function of batches alone, which can be sent to another machine."""
    sent = pickle.dumps(plan)

    def over(batches: Batches) -> Iterator[Any]:
        yield from carried_out(work, sent, batches)

    return over


def carried_out(work: Work, sent: bytes, batches: Batches) -> Iterator[Any]:
    """The batches a piece of work gives; a fault names its place and holds no value.

    An exception of Arrow or numpy may quote the cell it stumbled over, and a cluster writes the
    exceptions of its workers to its logs.
    """
    try:
        yield from work(_received(sent), batches)
    except LeukonError:
        raise
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}, line {last.lineno}"
        raise WorkerFailed(f"{type(error).__name__} in {where}") from None


@lru_cache(maxsize=4)
def _received(sent: bytes) -> object:
    return pickle.loads(sent)


def _named(batches: Batches, plan: Plan) -> Iterator[Any]:
    """The batches with the names that the columns have in the table."""
    for batch in batches:
        yield batch.rename_columns(list(plan.names))


def _blocks(batches: Batches, plan: Plan) -> Iterator[Block]:
    """The batches as blocks of numbered rows; the numbers hold within this part only."""
    first = 0
    for batch in _named(batches, plan):
        yield Block(batch, np.arange(first, first + batch.num_rows), [])
        first += batch.num_rows


def panels_of_rows(plan: Plan, batches: Batches) -> Iterator[Any]:
    """A row a panel: every batch interpreted."""
    table: WideTable | None = None
    for batch in _named(batches, plan):
        table = WideTable(batch.schema, plan.question) if table is None else table
        yield decoded(table.interpret(batch).batch)


def panels_of_people(plan: Plan, batches: Batches) -> Iterator[Any]:
    """A row a panel, sorted by person: every batch interpreted, with the persons' own levels."""
    from leukon.engines.histories import whole_persons

    keys = [name for role in ("practice", "person") if (name := plan.found.first(role))]
    named = (batch for batch in _named(batches, plan) if batch.num_rows)
    whole = whole_persons(named, keys) if plan.found.first("person") else named
    table: WideTable | None = None
    for rows in whole:
        table = WideTable(rows.schema, plan.question) if table is None else table
        for batch in rows.to_batches() if isinstance(rows, pa.Table) else [rows]:
            yield decoded(table.interpret(batch).batch)


def people_of_counts(plan: Plan, batches: Batches) -> Iterator[Any]:
    """A row a count, all of a person in this part: interpreted, with the persons' own levels."""
    from leukon.engines.beside import narrow_of, own_columns
    from leukon.engines.histories import whole_persons
    from leukon.engines.output import own_fields, own_kinds

    layout: Layout | None = None
    kinds: tuple[Analyte, ...] = ()

    def laid() -> Iterator[Any]:
        nonlocal layout, kinds
        for schema, chunk in _chunks(plan, _blocks(batches, plan)):
            step = answer(chunk, plan.question)
            if layout is None:
                layout = layout_of_counts(schema, chunk, replace(plan.question, own=""))
                kinds = own_kinds(layout.analytes)
            if chunk.batch.size:
                narrow = narrow_of(step, plan.found, kinds)
                carried = pa.StructArray.from_arrays(narrow.columns, narrow.schema.names)
                yield decoded(laid_out(layout, step)).append_column(_CARRIED, carried)

    person = plan.found.first("person")
    batches_laid = laid()
    first = next(batches_laid, None)
    if first is None:
        return
    assert layout is not None
    every = chain([first], batches_laid)
    renamed = [layout.renamed.get(person, person)] if person else []
    for rows in whole_persons(every, renamed) if person else map(_alone, every):
        narrow = pa.RecordBatch.from_struct_array(rows.column(_CARRIED).combine_chunks())
        own = pa.RecordBatch.from_arrays(
            own_columns(narrow, kinds), schema=pa.schema(own_fields(kinds))
        )
        plain_rows = rows.drop_columns([_CARRIED])
        for field, given in zip(own.schema, own.columns, strict=True):
            plain_rows = plain_rows.append_column(field, given)
        yield from (decoded(batch) for batch in plain_rows.combine_chunks().to_batches())


def _alone(batch: Any) -> Any:
    return pa.Table.from_batches([batch])


def panels_of_counts(plan: Plan, batches: Batches) -> Iterator[Any]:
    """A row a count: the specimens of this part, brought together and interpreted."""
    layout: Layout | None = None
    for schema, chunk in _chunks(plan, _blocks(batches, plan)):
        step = answer(chunk, plan.question)
        if layout is None:
            layout = layout_of_counts(schema, chunk, plan.question)
        if chunk.batch.size:
            yield decoded(laid_out(layout, step))


def _chunks(plan: Plan, blocks: Iterator[Block]) -> Iterator[tuple[Any, Chunk]]:
    """The specimens of some blocks with the schema of what is passed through; none of no block."""
    first = next(blocks, None)
    if first is None:
        return
    reader = long_reader(first.columns.schema, plan)
    for chunk in reader.chunks(_again(first, blocks)):
        yield reader.schema, chunk


def _again(first: Block, rest: Iterator[Block]) -> Iterator[Block]:
    yield first
    yield from rest


def long_reader(schema: Any, plan: Plan) -> LongReader:
    """What brings the counts of a specimen together, and knows the columns of the whole table."""
    return LongReader(schema, plan.found, plan.question.said, {}, plan.places)


def layout_of_counts(schema: Any, chunk: Chunk, question: Question) -> Layout:
    """The columns of the output of a long table."""
    return Layout(
        schema,
        answer(chunk, question).outcome,
        question.definition,
        signs=True,
        votes=question.agreement,
        scales=question.scales,
        own=bool(question.own),
    )


def decoded(batch: Any) -> Any:
    """A batch whose words are texts: a cluster takes no dictionaries."""
    fields = [field.with_type(plain(field.type)) for field in batch.schema]
    return batch.cast(pa.schema(fields))


def places_of_counts(plan: Plan, batches: Batches) -> Iterator[Any]:
    """Which counts, and percentages, a part of a long table holds; and which other tests."""
    register = Register({})
    for block in _blocks(batches, plan):
        read_events(block, plan.found, plan.question.said, register)
    held = [(str(place.analyte), place.relative, None, 0) for place in register.places]
    others = [(None, None, name, rows) for name, rows in register.ignored.items()]
    names = [field.name for field in PLACE_COLUMNS]
    rows = [dict(zip(names, row, strict=True)) for row in [*held, *others]]
    yield pa.RecordBatch.from_pylist(rows, schema=pa.schema(PLACE_COLUMNS))


def place_of(analyte: str, relative: bool) -> Place:
    """A place as `places_of_counts` gives it."""
    return Place(relative, Analyte(analyte))


def refusals_of_rows(plan: Plan, batches: Batches) -> Iterator[Any]:
    """A row a panel: what could not be read, with the columns that name the row."""
    for block in _blocks(batches, plan):
        chunk = read_wide(block, plan.found, plan.question.said)
        keys = block.columns.select(list(plan.keys))
        yield from _listed(chunk.refused, keys, int(block.rows[0]) if len(block.rows) else 0)


def refusals_of_counts(plan: Plan, batches: Batches) -> Iterator[Any]:
    """A row a count: what could not be read. The keys of all rows of this part are kept meanwhile."""
    seen: list[Any] = []

    def watched() -> Iterator[Block]:
        for block in _blocks(batches, plan):
            seen.append(block.columns.select(list(plan.keys)))
            yield block

    for _, chunk in _chunks(plan, watched()):
        if any(len(group.rows) for group in chunk.refused):
            yield from _listed(chunk.refused, pa.Table.from_batches(seen), 0)


def _listed(groups: Sequence[Refused], keys: Any, first: int) -> Iterator[Any]:
    """Refusals as batches; `keys` holds the naming columns of the rows from `first` on."""
    for group in groups:
        size = len(group.rows)
        if size:
            named = keys.take(pa.array(group.rows - first))
            said = (group.field, group.reason.slug, group.message, group.hint, group.lost)
            table = pa.Table.from_arrays(
                [*named.columns, *(pa.repeat(pa.scalar(word), size) for word in said)],
                schema=pa.schema([*keys.schema, *REFUSAL_COLUMNS]),
            )
            yield from table.combine_chunks().to_batches()
