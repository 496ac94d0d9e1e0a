"""One Arrow batch in, one Arrow batch out: what every engine does, however it comes by its batches.

what is read (Chunk)  ->  answer(chunk, question)  ->  Step  ->  Layout.batch
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from leukon.agreement import Votes
from leukon.analytes import Analyte
from leukon.arrays import keep_freed_memory
from leukon.compare import Outcome, interpret_batch
from leukon.definition import Definition
from leukon.engines.output import Layout, own_kinds
from leukon.errors import UsageError
from leukon.graded import Grades
from leukon.grading import grades_on
from leukon.interpret import votes_on
from leukon.readers.columns import recognise
from leukon.readers.mapping import Declared
from leukon.readers.refusals import Refused
from leukon.readers.sources import Block
from leukon.readers.tables import signs_in
from leukon.readers.wide import Chunk, check_units, read_wide
from leukon.scales import Scale
from leukon.tally import Tally, tallies_on


@dataclass(frozen=True)
class Question:
    """What is asked of every batch: by whose definition and scales, and what is said of the file.

    It holds values only, so that it can be sent to another process or machine. `own` is the file that
    holds the own levels of all panels, where they are asked for (a cluster has none: any word).
    """

    definition: Definition
    said: Declared = field(default_factory=Declared)
    scales: tuple[Scale, ...] = ()
    agreement: bool = False
    own: str = ""


@dataclass
class Step:
    """One batch, interpreted; `tallies` are the votes counted, None where nobody asked for them."""

    chunk: Chunk
    outcome: Outcome
    tallies: Mapping[Analyte, Tally] | None
    graded: tuple[Grades, ...]

    @cached_property
    def votes(self) -> Mapping[Analyte, Votes]:
        """Every single vote: cast only for panels that are shown."""
        return {} if self.tallies is None else votes_on(self.chunk.batch, self.outcome)


class Interpreted(NamedTuple):
    """The output of one batch, and what could not be read in it."""

    batch: Any
    refused: list[Refused]


def answer(chunk: Chunk, question: Question) -> Step:
    """What the panels of a batch mean."""
    keep_freed_memory()
    outcome = interpret_batch(chunk.batch, question.definition.compiled)
    tallies = tallies_on(chunk.batch, outcome) if question.agreement else None
    return Step(chunk, outcome, tallies, grades_on(outcome, chunk.batch, question.scales))


def laid_out(layout: Layout, step: Step, own: Sequence[Any] = ()) -> Any:
    """The output of an interpreted batch as an Arrow batch."""
    return layout.batch(step.chunk.columns, step.outcome, step.tallies or {}, step.graded, own)


class WideTable:
    """A table with a row a panel whose batches somebody else brings: a cluster, a database.

    Its columns are read once, and the schema of its output is known before the first batch.

    >>> from leukon import definitions
    >>> rows = pa.record_batch({"age_years": [34], "sex": ["female"], "wbc": [3.7]})
    >>> question = Question(definitions["mayo-clinic-2015"], Declared(unit="10*9/L"))
    >>> table = WideTable(rows.schema, question)
    >>> table.interpret(rows).batch.column("wbc_flag").to_pylist()
    ['low']
    >>> table.schema == table.interpret(rows).batch.schema
    True
    """

    def __init__(self, schema: Any, question: Question) -> None:
        """Settle what the columns mean; refused where none is a count, or a row is a single count."""
        self.question, self.found = question, recognise(schema.names, question.said)
        if self.found.is_long:
            raise UsageError(
                "the table has a row a count", hint="bring the counts of a specimen together first"
            )
        none = Block(pa.RecordBatch.from_pylist([], schema=schema), np.arange(0), [])
        step = answer(read_wide(none, self.found, question.said), question)
        signs = signs_in(self.found, schema)
        self.layout = Layout(
            schema,
            step.outcome,
            question.definition,
            signs=signs,
            votes=question.agreement,
            scales=question.scales,
            own=bool(question.own),
        )

    @property
    def schema(self) -> Any:
        """The columns of the output."""
        return self.layout.schema

    def check(self, batch: Any) -> None:
        """Refuse a table in which nothing says the unit of a count, seen from one batch of it.

        Raises `UnitRefused`.
        """
        check_units(self._block(batch, 1), self.found, self.question.said)

    def interpret(self, batch: Any, *, first_row: int = 1) -> Interpreted:
        """What the panels of a batch mean; refusals number the rows from `first_row` on.

        Where own levels are asked for, all rows of a person must be in the batch.
        """
        chunk = read_wide(self._block(batch, first_row), self.found, self.question.said)
        step = answer(chunk, self.question)
        own: Sequence[Any] = ()
        if self.question.own:
            from leukon.engines.beside import narrow_of, own_columns

            kinds = own_kinds(self.layout.analytes)
            own = own_columns(narrow_of(step, self.found, kinds), kinds)
        return Interpreted(laid_out(self.layout, step, own), chunk.refused)

    def _block(self, batch: Any, first_row: int) -> Block:
        return Block(batch, np.arange(first_row, first_row + batch.num_rows), [])
