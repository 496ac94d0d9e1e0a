"""`leukon interpret --engine spark`: files of any size, by the workers of a cluster."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from leukon.errors import UsageError

if TYPE_CHECKING:
    from leukon.engines.summary import Summary

SHOWN_REFUSALS = 5


def check(*, out: str | None, unused: Iterable[str]) -> str:
    """The folder to write to; refused where there is none, or where an option has no meaning."""
    named = ", ".join(unused)
    if named:
        raise UsageError(f"{named} cannot go with --engine spark", hint="use --engine local")
    if not out:
        raise UsageError("--engine spark writes a folder, and none is named", hint="--out FOLDER")
    return out


def run(
    sources: Sequence[str],
    out: str,
    *,
    units: Iterable[str],
    map_file: Path | None,
    by: str | None,
    scales: Sequence[str],
    agreement: bool,
    setpoint: bool,
    decimal: str,
) -> Summary:
    """Interpret the files."""
    from leukon.cli.check import read_units
    from leukon.cli.interpret import read_map
    from leukon.engines.spark_files import Asked, interpret_files

    asked = Asked(by, read_units(units), read_map(map_file), decimal, scales, agreement, setpoint)
    return interpret_files(sources, out, asked)


def warn(summary: Summary) -> None:
    """What was refused, on standard error; a row of a cluster has a number only in a CSV file."""
    from leukon.cli.interpret import say_common, say_ignored

    say_ignored(summary.ignored)
    say_common(summary)
    if not summary.any_refused:
        return
    count = summary.rows_refused + summary.cells_refused
    print(f"leukon: {count:,} could not be read, listed in {summary.refused}", file=sys.stderr)
    for refusal in summary.refusals[:SHOWN_REFUSALS]:
        where = ", ".join(part for part in (Path(refusal.file).name, refusal.place) if part)
        print(f"  {where}: {refusal.message}", file=sys.stderr)
