"""`leukon setpoint`: files of draws to a table of own levels, a summary, and persons to show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from leukon.analytes import Analyte, canonical_unit
from leukon.catalogue import resolve
from leukon.definition import Definition
from leukon.engines.batches import Question, answer
from leukon.engines.histories import Histories, draws_of, schema_of
from leukon.engines.own_levels import Own, of_people
from leukon.engines.own_output import (
    SCHEMA,
    OwnDraw,
    Shown,
    draws_from,
    laid_out,
    words_counted,
)
from leukon.engines.targets import check_apart, check_out, side_file, whole_file
from leukon.engines.writers import SideFile, writer
from leukon.errors import InputRefused, UsageError
from leukon.interpret import used
from leukon.interpretation import DefinitionUsed
from leukon.readers.databases import left
from leukon.readers.inputs import FileInput, find_inputs
from leukon.readers.mapping import declared
from leukon.readers.opening import open_source
from leukon.readers.refusals import Refusal, Refused, count
from leukon.readers.sources import FILE_BITS
from leukon.readers.tables import Table, tables_of
from leukon.scales import resolve_all
from leukon.setpoints.answers import ANSWER, REASON
from leukon.setpoints.many import LEFT_OUT
from leukon.setpoints.parameters import Population, shipped
from leukon.withheld import GRADED_BY

SHOWN_REFUSALS = 20


@dataclass
class OwnSummary:
    """The own levels of the people of some files, in numbers.

    `draws` counts the rows of the output, `people` the persons, `bands` the draws with a band,
    `falling` the persons whose counts fall slowly. `answers`, `reasons` (for no answer) and
    `left_out` count draws by word. `rows_read`, `rows_refused` and `cells_refused` as in a
    `Summary`. `shown` are the draws of the persons that are shown.
    """

    definition: DefinitionUsed
    analyte: str
    unit: str
    source: str
    rows_read: int = 0
    rows_refused: int = 0
    cells_refused: int = 0
    draws: int = 0
    people: int = 0
    bands: int = 0
    provisional: int = 0
    falling: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    shown: list[list[OwnDraw]] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=dict)
    out: Path | None = None
    refused: Path | None = None

    @property
    def any_refused(self) -> bool:
        """Whether anything could not be read."""
        return bool(self.rows_refused or self.cells_refused)

    def note(self, groups: list[Refused], file: str) -> None:
        """Count what could not be read, and keep the first few."""
        self.rows_refused += count(groups, lost=True)
        self.cells_refused += count(groups, lost=False)
        room = SHOWN_REFUSALS - len(self.refusals)
        first = [refusal for group in groups for refusal in group.first(room)][: max(room, 0)]
        self.refusals += [refusal.of_file(file) for refusal in first]

    def add(self, own: Own) -> None:
        """Count the own levels of some people."""
        found = own.bands
        self.draws += own.draws.size
        self.people += len(np.unique(own.persons[own.persons >= 0]))
        self.bands += int(np.count_nonzero(found.reason == 0))
        self.provisional += int(np.count_nonzero((found.reason == 0) & found.provisional))
        self.falling += len(np.unique(own.persons[found.falling]))
        for tally, words, codes in (
            (self.answers, ANSWER, own.answers.answer),
            (self.reasons, REASON, np.where(own.answers.answer > 0, 0, own.answers.reason)),
            (self.left_out, LEFT_OUT, found.left_out),
        ):
            for word, number in words_counted(words, codes, len(words)).items():
                tally[word] = tally.get(word, 0) + number


@dataclass(frozen=True)
class OwnWanted:
    """What is asked beside the output: one person, how many are shown, each draw as it comes.

    `today` is the day after which a draw lies in the future (none: the day it is).
    """

    person: str = ""
    show: int = 0
    each: Callable[[OwnDraw], None] | None = None
    today: date | None = None


def own_levels_of_files(
    source: str | Path | Sequence[str | Path],
    analyte: Analyte,
    *,
    by: str | Path | Definition | None = None,
    out: Path | None = None,
    units: Mapping[str, str] | None = None,
    mapping: Mapping[str, Any] | None = None,
    decimal: str | None = None,
    table: str = "",
    query: str = "",
    known: Population | None = None,
    wanted: OwnWanted | None = None,
) -> OwnSummary:
    """What is usual for each person of some files, draw by draw from the draws before it.

    `source`, `by`, `units`, `mapping`, `decimal`, `table` and `query` as in `interpret_table`; `out`
    a .parquet, .csv or .ndjson file; `known` the population's numbers (none: the shipped ones).

    Raises `TableRefused`, `UnitRefused`, `DefinitionUnknown`, `UsageError`, `OutputFailed`.
    """
    people = known or shipped()
    if people.model(analyte) is None:
        names = ", ".join(str(one.analyte) for one in people.models)
        raise UsageError(f"there is no model of {analyte}", hint=f"one of {names}")
    found = find_inputs(source, table=table, query=query, out=out)
    if out is not None:
        check_out(out)
        read = [one.path for one in found.inputs if isinstance(one, FileInput)]
        check_apart({"output": out, "list of refused rows": side_file(out)}, read)
    said = declared(units or {}, mapping, decimal=decimal)
    question = Question(resolve(by), said, resolve_all([GRADED_BY]))
    sources = [open_source(one) for one in found.inputs]
    try:
        run = _Run(tables_of(sources, said), question, analyte, people, wanted or OwnWanted())
        return run.summary(out)
    finally:
        left(sources)


class _Run:
    """One run: read and sort, then person by person."""

    def __init__(
        self,
        tables: Sequence[Table],
        question: Question,
        analyte: Analyte,
        known: Population,
        wanted: OwnWanted,
    ) -> None:
        self.tables, self.question, self.analyte = tables, question, analyte
        self.known, self.wanted = known, wanted
        self.result = OwnSummary(
            used(question.definition), str(analyte), canonical_unit(analyte), known.source
        )

    def summary(self, out: Path | None) -> OwnSummary:
        """Run through, write what is wanted, and sum up."""
        shown = Shown(self.wanted.show)
        with ExitStack() as stack:
            side = None
            if out is not None:
                with_file = len(self.tables) > 1 or self.tables[0].is_joined
                side = SideFile(side_file(out), with_file=with_file)
                stack.callback(side.drop)
            histories = stack.enter_context(Histories(schema_of([self.analyte])))
            self._read(histories, side)
            if self.wanted.person and not histories.rows:
                raise InputRefused("the person is not in the input", hint="check --person")
            batches = self._people(histories, shown)
            if out is None or side is None:
                for _ in batches:
                    pass
            else:
                _write(out, batches)
                self.result.out, self.result.refused = out, side.finish()
        self.result.shown = shown.people()
        return self.result

    def _read(self, histories: Histories, side: SideFile | None) -> None:
        """All draws, as narrow rows."""
        for number, table in enumerate(self.tables):
            for chunk in table:
                step = answer(chunk, self.question)
                keys = chunk.rows + (number << FILE_BITS)
                batch, refused = draws_of(
                    step, table.found, [self.analyte], keys=keys, today=self.wanted.today
                )
                self.result.rows_read += chunk.rows_read
                for name, groups in table.by_file(refused):
                    self.result.note(groups, name)
                    if side is not None:
                        side.write(groups, name)
                if self.wanted.person:
                    batch = batch.filter(pc.equal(batch.column("person"), self.wanted.person))
                histories.add(batch)
            for name, rows in table.ignored.items():
                self.result.ignored[name] = self.result.ignored.get(name, 0) + rows

    def _people(self, histories: Histories, shown: Shown) -> Iterator[Any]:
        """The output, block by block of whole persons."""
        for rows in histories.people():
            own = of_people(rows, self.analyte, self.known)
            self.result.add(own)
            batch = laid_out(rows, own, self.analyte)
            shown.add(own, batch)
            for draw in draws_from(batch) if self.wanted.each else ():
                self.wanted.each(draw)  # type: ignore[misc]
            yield batch


def _write(out: Path, batches: Iterable[Any]) -> None:
    with whole_file(out) as file:
        written = writer(file, out.suffix, SCHEMA)
        for batch in batches:
            written.write(batch)
        written.close()
