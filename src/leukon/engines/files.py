"""Inputs interpreted into a file, a folder or a summary, as the front door was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from leukon.engines.batches import Question
from leukon.engines.crew import Crew
from leukon.engines.parts import Folded, FolderRun
from leukon.engines.run import Run, Wanted
from leukon.engines.summary import Summary
from leukon.errors import UsageError
from leukon.readers.databases import left
from leukon.readers.inputs import DatabaseInput, Input
from leukon.readers.opening import open_source
from leukon.readers.tables import tables_of


def interpreted(
    inputs: Sequence[Input],
    question: Question,
    out: Path | Folded | None,
    wanted: Wanted,
    *,
    crew: Crew,
    with_own: bool,
) -> Summary:
    """What the counts of some inputs mean, written to a file or a folder (None: only summed up).

    `crew` are processes to make parts of a folder beside this one.

    Raises what reading and writing raise.
    """
    sources = [open_source(one) for one in inputs]
    try:
        with _with_own(inputs, question, wanted=with_own) as asked:
            if isinstance(out, Folded):
                return FolderRun(inputs, sources, asked, out, wanted).summary(crew)
            run = Run(tables_of(sources, asked.said), asked, wanted)
            return run.to_nowhere() if out is None else run.to_file(out)
    finally:
        left(sources)


@contextmanager
def _with_own(inputs: Sequence[Input], question: Question, *, wanted: bool) -> Iterator[Question]:
    """The question, with the file of all own levels where they are wanted: a pass of its own."""
    if not wanted:
        yield question
        return
    from leukon.engines.beside import sidecar

    if any(isinstance(one, DatabaseInput) for one in inputs):
        # Two readings of a query need not give its rows in the same order.
        raise UsageError(
            "own levels beside every count are of files, which are read twice",
            hint="write the rows to a file first; or leukon setpoint, which reads a database once",
        )
    sources = [open_source(one) for one in inputs]
    try:
        with sidecar(tables_of(sources, question.said), question) as path:
            yield replace(question, own=str(path))
    finally:
        left(sources)
