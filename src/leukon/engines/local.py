"""A file interpreted on this machine: read, compared and written batch by batch.

What is in memory at any time is one batch, however long the file is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leukon.catalogue import resolve
from leukon.definition import Definition
from leukon.errors import ExtraMissing, TableRefused
from leukon.interpret import interpretation_at, used
from leukon.scales import Scale, resolve_all

try:
    import pyarrow as pa  # noqa: F401 (is it there?)
except ImportError:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("tables", "interpreting a file") from None

from leukon.engines.batches import Question, Step, answer, laid_out
from leukon.engines.output import Layout
from leukon.engines.summary import Kept, Summary
from leukon.engines.writers import (
    SideFile,
    Writer,
    check_apart,
    check_out,
    side_file,
    whole_file,
    writer,
)
from leukon.readers.mapping import declared
from leukon.readers.sources import open_source
from leukon.readers.tables import Table, table_of

Progress = Callable[[int, "int | None"], None]
Each = Callable[[Kept], None]


def interpret_table(
    source: str | Path | Sequence[str | Path],
    *,
    by: str | Path | Definition | None = None,
    out: str | Path | None = None,
    units: Mapping[str, str] | None = None,
    mapping: Mapping[str, Any] | None = None,
    decimal: str | None = None,
    scales: Sequence[str | Path | Scale] = (),
    agreement: bool = False,
    keep: int = 0,
    each: Each | None = None,
    progress: Progress | None = None,
) -> Summary:
    """What the counts of a file mean by one definition: every panel flagged, and summed up.

    `source` is one or more CSV or Parquet files with the same columns; `by` as in `interpret`;
    `out` a .parquet, .csv or .ndjson file (none: only the summary); `units` the unit of counts that
    state none, by analyte ("" for all); `mapping` a parsed map file; `scales` severity scales, each
    with its version. With `agreement` each count also carries how many publishers call it low. The first `keep` panels are kept as interpretations,
    `each` is called with every one (so that no more than one is in memory); `progress` is told how many rows are done, and how many there are where that is known.

    Raises `TableRefused`, `UnitRefused`, `DefinitionUnknown`, `ExtraMissing`, and `OutputFailed`.
    """
    paths = [Path(p) for p in ([source] if isinstance(source, (str, Path)) else source)]
    if not paths:
        raise TableRefused("no file is given", hint="name one or more CSV or Parquet files")
    target = None if out is None else Path(out)
    if target is not None:
        check_out(target)
        check_apart({"output": target, "list of refused rows": side_file(target)}, paths)
    said = declared(units or {}, mapping, decimal=decimal)
    tables = [table_of(open_source(path), said) for path in paths]
    _check_same(tables)
    question = Question(resolve(by), said, resolve_all(scales), agreement)
    return _Run(tables, question, target, _Wanted(keep, each, progress)).summary()


def _check_same(tables: Sequence[Table]) -> None:
    first = tables[0]
    for table in tables[1:]:
        if table.schema != first.schema:
            raise TableRefused(
                f"the columns are not those of {first.name}",
                where=table.name,
                hint="interpret files with other columns on their own",
            )


@dataclass(frozen=True)
class _Wanted:
    """What a caller wants beside the output."""

    keep: int
    each: Each | None
    progress: Progress | None


class _Run:
    """One call of `interpret_table`."""

    def __init__(
        self,
        tables: Sequence[Table],
        question: Question,
        out: Path | None,
        wanted: _Wanted,
    ) -> None:
        self.tables, self.question, self.out = tables, question, out
        self.wanted = wanted
        self.result = Summary(used(question.definition))
        totals = [table.rows_total for table in tables]
        self.rows_total = None if None in totals else sum(n for n in totals if n is not None)

    def summary(self) -> Summary:
        """Run through the files and sum up."""
        if self.out is None:
            for table, step in self._steps():
                self._count(step, table)
        else:
            self._write(self.out)
        for table in self.tables:
            for name, rows in table.ignored.items():
                self.result.ignored[name] = self.result.ignored.get(name, 0) + rows
        return self.result

    def _write(self, out: Path) -> None:
        side = SideFile(side_file(out), with_file=len(self.tables) > 1)
        try:
            with whole_file(out) as file:
                written: Writer | None = None
                layout: Layout | None = None
                for table, step in self._steps():
                    if layout is None or written is None:
                        layout = self._layout(step)
                        written = writer(file, out.suffix, layout.schema)
                    written.write(laid_out(layout, step))
                    side.write(step.chunk.refused, table.name)
                    self._count(step, table)
                if written is not None:
                    written.close()
                # The list first: no output stands under its name without what is not in it.
                self.result.refused = side.finish()
            self.result.out = out
        finally:
            side.drop()

    def _layout(self, step: Step) -> Layout:
        layout = Layout(
            self.tables[0].schema,
            step.outcome,
            self.question.definition,
            signs=any(table.has_signs for table in self.tables),
            votes=self.question.agreement,
            scales=self.question.scales,
        )
        self.result.renamed = layout.renamed
        return layout

    def _steps(self) -> Iterator[tuple[Table, Step]]:
        for table in self.tables:
            for chunk in table:
                yield table, answer(chunk, self.question)

    def _count(self, step: Step, table: Table) -> None:
        result, chunk = self.result, step.chunk
        result.rows_read += chunk.rows_read
        result.panels += chunk.batch.size
        result.add(step.outcome)
        result.add_grades(step.graded)
        result.note(chunk.refused, table.name)
        room = self.wanted.keep - len(result.kept)
        result.kept += [self._kept(step, table, row) for row in range(min(room, chunk.batch.size))]
        if self.wanted.each is not None:
            for row in range(chunk.batch.size):
                self.wanted.each(self._kept(step, table, row))
        if self.wanted.progress is not None:
            self.wanted.progress(result.rows_read, self.rows_total)

    def _kept(self, step: Step, table: Table, row: int) -> Kept:
        answered = interpretation_at(
            row,
            step.chunk.batch,
            step.outcome,
            self.question.definition,
            votes=step.votes,
            graded=step.graded,
        )
        return Kept(int(step.chunk.rows[row]), table.facts(step.chunk, row), answered)
