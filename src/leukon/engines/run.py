"""Some tables run through from first to last: interpreted, counted, and written to one file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from leukon.engines.batches import Question, Step, answer, laid_out
from leukon.engines.output import Layout
from leukon.engines.summary import Kept, Summary
from leukon.engines.targets import side_file, whole_file
from leukon.engines.writers import SideFile, Writer, writer
from leukon.interpret import interpretation_at, used
from leukon.readers.tables import Table


class Progressed(NamedTuple):
    """How far a run is: rows and parts done, and how many there are (None: not known)."""

    rows: int
    rows_total: int | None
    parts: int
    parts_total: int
    seconds: float

    @property
    def rate(self) -> float:
        """Rows a second, so far.

        >>> Progressed(500, 2000, 0, 1, 0.5).rate
        1000.0
        """
        return self.rows / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """The time left at this rate; None where the number of rows is not known.

        >>> Progressed(500, 2000, 0, 1, 0.5).seconds_left
        1.5
        """
        if self.rows_total is None or not self.rate:
            return None
        return max(self.rows_total - self.rows, 0) / self.rate


Progress = Callable[[Progressed], None]
Each = Callable[[Kept], None]


@dataclass(frozen=True)
class Wanted:
    """What a caller wants beside the output."""

    keep: int = 0
    each: Each | None = None
    progress: Progress | None = None


@dataclass
class Run:
    """Tables with the same columns, and what is asked of them.

    `first_file` is which of all inputs the first table is.
    """

    tables: Sequence[Table]
    question: Question
    wanted: Wanted = field(default_factory=Wanted)
    first_file: int = 0

    def __post_init__(self) -> None:
        """Begin with nothing counted."""
        self.result = Summary(used(self.question.definition))
        totals = [table.rows_total for table in self.tables]
        self.rows_total = None if None in totals else sum(n for n in totals if n is not None)
        self._began = time.monotonic()
        self._beside: Any = None
        self._seen: dict[int, int] = {}

    def to_nowhere(self) -> Summary:
        """Only sum up."""
        for table, step in self._steps():
            self._count(step, table)
        return self._summed()

    def to_file(self, out: Path) -> Summary:
        """Write one file, and beside it the list of what could not be read."""
        side = SideFile(side_file(out), with_file=len(self.tables) > 1 or self.tables[0].is_joined)
        try:
            with whole_file(out) as file:
                self.write(file, out.suffix, side)
                # The list first: no output stands under its name without what is not in it.
                self.result.refused = side.finish()
            self.result.out = out
        finally:
            side.drop()
        return self.result

    def write(self, file: BinaryIO, ending: str, side: SideFile) -> Summary:
        """Write to an open file, and what could not be read to a list."""
        written: Writer | None = None
        layout: Layout | None = None
        try:
            for table, step in self._steps():
                if layout is None or written is None:
                    layout = self._layout(step)
                    written = writer(file, ending, layout.schema)
                written.write(laid_out(layout, step, self._own(table, step)))
                for name, refused in table.by_file(step.chunk.refused):
                    side.write(refused, name)
                self._count(step, table)
        except BaseException:
            # The file will be thrown away; a writer left open would complain after that.
            if written is not None:
                with suppress(Exception):
                    written.close()
            raise
        if written is not None:
            written.close()
        return self._summed()

    def _summed(self) -> Summary:
        for table in self.tables:
            for name, rows in table.ignored.items():
                self.result.ignored[name] = self.result.ignored.get(name, 0) + rows
        return self.result

    def _own(self, table: Table, step: Step) -> Sequence[Any]:
        """The columns of the own levels of a batch; none where nobody asked."""
        if not self.question.own:
            return ()
        from leukon.engines.beside import Beside, keys_of

        if self._beside is None:
            self._beside = Beside(self.question.own)
        file = next(place for place, one in enumerate(self.tables) if one is table)
        before = self._seen.get(file, 0)
        self._seen[file] = before + step.chunk.batch.size
        keys = keys_of(step.chunk, table, self.first_file + file, before)
        found: Sequence[Any] = self._beside.columns(keys)
        return found

    def _layout(self, step: Step) -> Layout:
        layout = Layout(
            self.tables[0].schema,
            step.outcome,
            self.question.definition,
            signs=any(table.has_signs for table in self.tables),
            votes=self.question.agreement,
            scales=self.question.scales,
            own=bool(self.question.own),
        )
        self.result.renamed = layout.renamed
        return layout

    def _steps(self) -> Iterator[tuple[Table, Step]]:
        for table in self.tables:
            for chunk in table:
                yield table, answer(chunk, self.question)

    def _count(self, step: Step, table: Table) -> None:
        result, chunk, wanted = self.result, step.chunk, self.wanted
        result.rows_read += chunk.rows_read
        result.panels += chunk.batch.size
        result.add(step.outcome)
        result.add_grades(step.graded)
        for name, refused in table.by_file(chunk.refused):
            result.note(refused, name)
        room = wanted.keep - len(result.kept)
        result.kept += [self.kept(step, table, row) for row in range(min(room, chunk.batch.size))]
        if wanted.each is not None:
            for row in range(chunk.batch.size):
                wanted.each(self.kept(step, table, row))
        if wanted.progress is not None:
            wanted.progress(self._progressed())

    def _progressed(self) -> Progressed:
        seconds = time.monotonic() - self._began
        return Progressed(self.result.rows_read, self.rows_total, 0, 1, seconds)

    def kept(self, step: Step, table: Table, row: int) -> Kept:
        """A panel of a batch as an interpretation."""
        answered = interpretation_at(
            row,
            step.chunk.batch,
            step.outcome,
            self.question.definition,
            votes=step.votes,
            graded=step.graded,
        )
        return Kept(table.row(step.chunk, row), table.facts(step.chunk, row), answered)
