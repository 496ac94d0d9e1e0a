"""`leukon interpret`: files of counts, of any size."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from leukon.catalogue import resolve
from leukon.cli.check import read_units
from leukon.errors import TableRefused, UsageError

REFUSED = 4
"""The exit code where some rows or cells were refused."""


def run(
    files: Sequence[Path],
    *,
    units: Iterable[str],
    map_file: Path | None,
    by: str | None,
    agreement: bool,
    out: Path | None,
    as_json: bool,
    report: Path | None,
    show: int,
    decimal: str,
    engine: str,
) -> int:
    """Interpret the files, print what was asked for, and return the exit code."""
    if engine != "local":
        raise UsageError(f"there is no engine {engine!r} in this version", hint="--engine local")
    from leukon.engines.local import interpret_table

    definition = resolve(by)
    with _progress(quiet=as_json) as advance:
        summary = interpret_table(
            list(files),
            by=definition,
            out=out,
            units=read_units(units),
            mapping=read_map(map_file),
            decimal=decimal,
            agreement=agreement,
            keep=sys.maxsize if as_json else show,
            progress=advance,
        )
    if as_json:
        _print_lines(summary)
    else:
        _print_tables(summary)
    if report is not None:
        _write_report(report, summary, definition)
    return REFUSED if summary.refused else 0


def read_map(path: Path | None) -> dict[str, Any] | None:
    """The parsed map file, or None where there is none."""
    if path is None:
        return None
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TableRefused("there is no such map file", where=path.name) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TableRefused(f"the map file is not TOML: {error}", where=path.name) from None


Advance = Callable[[int, int | None], None]


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Advance | None]:
    """A progress bar on long work; none when standard error is not a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("interpreting", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print_lines(summary: Any) -> None:
    for _, facts, answer in summary.panels:
        print(json.dumps({**facts, **answer.as_dict()}, ensure_ascii=False))


def _print_tables(summary: Any) -> None:
    raise NotImplementedError


def _write_report(path: Path, summary: Any, definition: Any) -> None:
    raise NotImplementedError
