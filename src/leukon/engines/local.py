"""A file, a folder or a table interpreted on this machine: read, compared and written in batches.

What is in memory at any time is one batch a process, however long the input is. This front door is
light: what reads and writes is loaded behind it, while processes beside this one load the same.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leukon.catalogue import resolve
from leukon.definition import Definition
from leukon.engines.crew import Crew, early
from leukon.engines.targets import ENDINGS, check_apart, check_form, check_out, side_file
from leukon.errors import ExtraMissing, UsageError
from leukon.readers.inputs import FileInput, Input, find_inputs
from leukon.readers.mapping import declared
from leukon.scales import Scale, resolve_all

if find_spec("pyarrow") is None:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("tables", "interpreting a file")
if TYPE_CHECKING:
    from leukon.engines.run import Each, Progress
    from leukon.engines.summary import Summary


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
    "/", or it is there, or `form` ("parquet", "csv", "ndjson": that of its parts) is said and the
    name has the ending of no file. A folder is made by `jobs` processes (none: one a core), and finished by the same call
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
    if form:
        check_form(form)
    found = find_inputs(source, table=table, query=query, out=target)
    if target is not None and not into_folder:
        _check_file(target, found.inputs)
    beside = 1 if each is not None else jobs
    folder = target if into_folder else None
    with Crew(early(found.inputs, folder, beside)) as crew:
        # Not before: to load this takes as long as a part of a folder.
        from leukon.engines.batches import Question
        from leukon.engines.files import interpreted
        from leukon.engines.parts import Folded
        from leukon.engines.run import Wanted

        said = declared(units or {}, mapping, decimal=decimal)
        question = Question(resolve(by), said, resolve_all(scales), agreement)
        how = None if folder is None else Folded(folder, form or "parquet", jobs, overwrite)
        summary = interpreted(
            found.inputs,
            question,
            how or target,
            Wanted(keep, each, progress),
            crew=crew,
            with_own=setpoint,
        )
    summary.skipped = found.skipped
    return summary


def _check_file(out: Path, inputs: Sequence[Input]) -> None:
    """Refuse a file of output that could not be written, or would be written over an input."""
    check_out(out)
    files = [one.path for one in inputs if isinstance(one, FileInput)]
    check_apart({"output": out, "list of refused rows": side_file(out)}, files)


def _is_folder(out: str | Path | None, target: Path, form: str) -> bool:
    named = isinstance(out, str) and out.endswith(("/", os.sep))
    if named or target.is_dir() or not form or target.suffix not in ENDINGS:
        return bool(form) or named or target.is_dir()
    if target.suffix != f".{form}":
        raise UsageError(
            f"the output has the ending {target.suffix}, and the form is to be {form}",
            where=target.name,
            hint="leave the form away for one file; the name of a folder ends in /",
        )
    return False
