"""A file, a folder or a table interpreted on this machine: read, compared and written in batches.

What is in memory at any time is one batch a process, however long the input is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from leukon.catalogue import resolve
from leukon.definition import Definition
from leukon.errors import ExtraMissing, UsageError
from leukon.scales import Scale, resolve_all

try:
    import pyarrow as pa  # noqa: F401 (is it there?)
except ImportError:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("tables", "interpreting a file") from None

from leukon.engines.batches import Question
from leukon.engines.parts import Folded, FolderRun
from leukon.engines.run import Each, Progress, Progressed, Run, Wanted
from leukon.engines.summary import Kept, Summary
from leukon.engines.writers import ENDINGS, check_apart, check_out, side_file
from leukon.readers.databases import left
from leukon.readers.inputs import DatabaseInput, FileInput, Input, find_inputs
from leukon.readers.mapping import declared
from leukon.readers.opening import open_source
from leukon.readers.tables import tables_of

__all__ = ["Each", "Kept", "Progress", "Progressed", "Summary", "interpret_table"]


def interpret_table(
    source: str | Path | Sequence[str | Path],
    *,
    by: str | Path | Definition | None = None,
    out: str | Path | None = None,
    table: str = "",
    query: str = "",
    units: Mapping[str, str] | None = None,
    mapping: Mapping[str, Any] | None = None,
    decimal: str | None = None,
    scales: Sequence[str | Path | Scale] = (),
    agreement: bool = False,
    keep: int = 0,
    each: Each | None = None,
    progress: Progress | None = None,
    form: str = "",
    jobs: int | None = None,
    overwrite: bool = False,
    setpoint: bool = False,
) -> Summary:
    """What the counts of files or of a table mean by one definition: every panel flagged, summed up.

    `source` is one or more CSV, NDJSON (plain or gzipped) or Parquet files with the same columns,
    folders of them, patterns, or a database, of which `table` or `query` says what is read: a file
    of DuckDB or SQLite, or an address such as `postgresql://host/name`. `by` as in `interpret`;
    `out` a .parquet, .csv or .ndjson file (none: only the summary), or a folder: its name ends in
    "/", or it is there, or `form` says in which form ("parquet", "csv", "ndjson") its parts are
    written. A folder is made by `jobs` processes (none: one a core), and finished by the same call
    where an earlier one was killed; `overwrite` begins anew. `units` is the unit of counts that
    state none, by analyte ("" for all); `mapping` a parsed map file; `scales` severity scales, each
    with its version. With `agreement` each count also carries how many publishers call it low,
    with `setpoint` (which reads the input twice) what is usual for its person. The
    first `keep` panels are kept as interpretations, `each` is called with every one (so that no more
    than one is in memory); `progress` is told how far the run is (`Progressed`).

    Raises `TableRefused`, `UnitRefused`, `DefinitionUnknown`, `ExtraMissing`, and `OutputFailed`.
    """
    if jobs is not None and jobs < 1:
        raise UsageError("the number of processes is at least 1", hint="--jobs 2")
    target = None if out is None else Path(out)
    into_folder = target is not None and _is_folder(out, target, form)
    found = find_inputs(source, table=table, query=query, out=target)
    if target is not None and not into_folder:
        check_out(target)
        written = {"output": target, "list of refused rows": side_file(target)}
        check_apart(written, _paths(found.inputs))
    said = declared(units or {}, mapping, decimal=decimal)
    question = Question(resolve(by), said, resolve_all(scales), agreement)
    sources = [open_source(one) for one in found.inputs]
    wanted = Wanted(keep, each, progress)
    try:
        with _with_own(found.inputs, question, wanted=setpoint) as asked:
            if target is not None and into_folder:
                how = Folded(target, f".{form or 'parquet'}", jobs, overwrite)
                summary = FolderRun(found.inputs, sources, asked, how, wanted).summary()
            else:
                run = Run(tables_of(sources, said), asked, wanted)
                summary = run.to_nowhere() if target is None else run.to_file(target)
    finally:
        left(sources)
    summary.skipped = found.skipped
    return summary


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


def _is_folder(out: str | Path | None, target: Path, form: str) -> bool:
    if form and f".{form}" not in ENDINGS:
        names = ", ".join(ending[1:] for ending in ENDINGS)
        raise UsageError(f"the form {form!r} is not known", hint=names)
    named = isinstance(out, str) and out.endswith(("/", os.sep))
    return bool(form) or named or target.is_dir()


def _paths(inputs: Sequence[Input]) -> list[Path]:
    return [one.path for one in inputs if isinstance(one, FileInput)]
