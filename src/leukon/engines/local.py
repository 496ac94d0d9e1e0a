"""A file interpreted on this machine: read, compared and written batch by batch.

What is in memory at any time is one batch, however long the file is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leukon.agreement import Votes
from leukon.analytes import Analyte
from leukon.catalogue import resolve
from leukon.compare import Outcome, interpret_batch
from leukon.definition import Definition
from leukon.errors import ExtraMissing, TableRefused
from leukon.graded import Grades
from leukon.grading import grades_on
from leukon.interpret import interpretation_at, used, votes_on
from leukon.scales import Scale, resolve_all

try:
    import pyarrow as pa  # noqa: F401 (is it there?)
except ImportError:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("tables", "interpreting a file") from None

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
from leukon.readers.tables import Chunk, Table, open_table

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
    tables = [
        open_table(path, units=units or {}, mapping=mapping, decimal=decimal) for path in paths
    ]
    _check_same(tables)
    wanted = _Wanted(resolve_all(scales), agreement, keep, each, progress)
    return _Run(tables, resolve(by), target, wanted).summary()


def _check_same(tables: Sequence[Table]) -> None:
    first = tables[0]
    for table in tables[1:]:
        if table.schema != first.schema:
            raise TableRefused(
                f"the columns are not those of {first.path.name}",
                where=table.path.name,
                hint="interpret files with other columns on their own",
            )


@dataclass(frozen=True)
class _Wanted:
    """What a caller wants beside the output."""

    scales: tuple[Scale, ...]
    agreement: bool
    keep: int
    each: Each | None
    progress: Progress | None


@dataclass(frozen=True)
class _Step:
    """One batch, interpreted."""

    chunk: Chunk
    outcome: Outcome
    votes: Mapping[Analyte, Votes]
    graded: tuple[Grades, ...]
    table: Table

    @property
    def file(self) -> str:
        """The name of the file the batch is from."""
        return self.table.path.name


class _Run:
    """One call of `interpret_table`."""

    def __init__(
        self,
        tables: Sequence[Table],
        definition: Definition,
        out: Path | None,
        wanted: _Wanted,
    ) -> None:
        self.tables, self.definition, self.out = tables, definition, out
        self.wanted = wanted
        self.result = Summary(used(definition))
        totals = [table.rows_total for table in tables]
        self.rows_total = None if None in totals else sum(n for n in totals if n is not None)

    def summary(self) -> Summary:
        """Run through the files and sum up."""
        if self.out is None:
            for step in self._steps():
                self._count(step)
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
                table: Writer | None = None
                layout: Layout | None = None
                for step in self._steps():
                    if layout is None or table is None:
                        layout = self._layout(step)
                        table = writer(file, out.suffix, layout.schema)
                    passed = step.chunk.columns
                    table.write(layout.batch(passed, step.outcome, step.votes, step.graded))
                    side.write(step.chunk.refused, step.file)
                    self._count(step)
                if table is not None:
                    table.close()
                # The list first: no output stands under its name without what is not in it.
                self.result.refused = side.finish()
            self.result.out = out
        finally:
            side.drop()

    def _layout(self, step: _Step) -> Layout:
        layout = Layout(
            self.tables[0].schema,
            step.outcome,
            self.definition,
            signs=any(table.has_signs for table in self.tables),
            votes=self.wanted.agreement,
            scales=self.wanted.scales,
        )
        self.result.renamed = layout.renamed
        return layout

    def _steps(self) -> Iterator[_Step]:
        for table in self.tables:
            for chunk in table:
                outcome = interpret_batch(chunk.batch, self.definition.compiled)
                votes = votes_on(chunk.batch, outcome) if self.wanted.agreement else {}
                graded = grades_on(outcome, chunk.batch, self.wanted.scales)
                yield _Step(chunk, outcome, votes, graded, table)

    def _count(self, step: _Step) -> None:
        result, chunk = self.result, step.chunk
        result.rows_read += chunk.rows_read
        result.panels += chunk.batch.size
        result.add(step.outcome)
        result.add_grades(step.graded)
        result.note(chunk.refused, step.file)
        room = self.wanted.keep - len(result.kept)
        result.kept += [self._kept(step, row) for row in range(min(room, chunk.batch.size))]
        if self.wanted.each is not None:
            for row in range(chunk.batch.size):
                self.wanted.each(self._kept(step, row))
        if self.wanted.progress is not None:
            self.wanted.progress(result.rows_read, self.rows_total)

    def _kept(self, step: _Step, row: int) -> Kept:
        answer = interpretation_at(
            row,
            step.chunk.batch,
            step.outcome,
            self.definition,
            votes=step.votes,
            graded=step.graded,
        )
        return Kept(int(step.chunk.rows[row]), step.table.facts(step.chunk, row), answer)
