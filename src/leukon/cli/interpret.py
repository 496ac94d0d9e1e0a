"""`leukon interpret`: files of counts, of any size."""

from __future__ import annotations

import json
import signal
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leukon.catalogue import resolve
from leukon.cli.check import read_units
from leukon.errors import TableRefused, UsageError
from leukon.toml_text import read as read_toml

if TYPE_CHECKING:
    from leukon.engines.run import Progressed
    from leukon.engines.summary import Kept, Summary
    from leukon.report.summary import Summary as ReportSummary

REFUSED = 4
"""The exit code where some rows or cells were refused."""


def run(
    sources: Sequence[str],
    *,
    table: str,
    query: str,
    units: Iterable[str],
    map_file: Path | None,
    by: str | None,
    scales: Sequence[str],
    agreement: bool,
    setpoint: bool,
    out: str | None,
    form: str,
    jobs: int | None,
    overwrite: bool,
    as_json: bool,
    report: Path | None,
    show: int,
    decimal: str,
    engine: str,
) -> int:
    """Interpret the files, print what was asked for, and return the exit code."""
    if engine not in ("local", "spark"):
        raise UsageError(f"there is no engine {engine!r}", hint="--engine local, or spark")
    _check_setpoint(out if setpoint and not as_json else None, wanted=setpoint)
    if engine == "spark":
        from leukon.cli import on_spark

        given = {
            "--table": table, "--query": query, "--format": form, "--jobs": jobs,
            "--overwrite": overwrite, "--json": as_json, "--report": report,
        }  # fmt: skip
        folder = on_spark.check(out=out, unused=[name for name in given if given[name]])
        summary = on_spark.run(
            sources, folder, units=units, map_file=map_file, by=by, scales=scales,
            agreement=agreement, setpoint=setpoint, decimal=decimal,
        )  # fmt: skip
        _print_tables(summary, summary.panels)
        on_spark.warn(summary)
        return REFUSED if summary.any_refused else 0
    from leukon.engines.local import interpret_table

    _check_places(sources, map_file, out, report)
    # A terminated run cleans up after itself as an interrupted one does.
    signal.signal(signal.SIGTERM, _terminated)
    with _progress(quiet=as_json) as advance:
        summary = interpret_table(
            list(sources),
            by=resolve(by),
            out=out,
            table=table,
            query=query,
            form=form,
            jobs=jobs,
            overwrite=overwrite,
            units=read_units(units),
            mapping=read_map(map_file),
            decimal=decimal,
            scales=scales,
            agreement=agreement,
            setpoint=setpoint,
            keep=0 if as_json else show,
            each=_print_line if as_json else None,
            progress=advance,
        )
    if not as_json:
        _print_tables(summary, show)
    if report is not None:
        _write_report(report, summary, sources)
        print(f"report: {report}", file=sys.stderr if as_json else sys.stdout)
    _warn(summary)
    return REFUSED if summary.any_refused else 0


def _check_setpoint(out: str | None, *, wanted: bool) -> None:
    """Refuse own levels where there is nothing to write them to."""
    if wanted and out is None:
        raise UsageError(
            "--setpoint adds columns to what is written",
            hint="--out FILE; leukon setpoint prints and draws each person's own level",
        )


def _check_places(
    sources: Sequence[str], map_file: Path | None, out: str | None, report: Path | None
) -> None:
    """Refuse to write one thing over another."""
    from leukon.engines.targets import check_apart, side_file

    target = None if out is None else Path(out)
    files = [Path(one) for one in sources if "://" not in one and Path(one).is_file()]
    if report is not None:
        others = [*files, *(path for path in (map_file, target) if path is not None)]
        check_apart({"report": report}, [*others, *([side_file(target)] if target else [])])
    if target is not None and map_file is not None and not target.is_dir():
        check_apart({"output": target}, [map_file])


def _terminated(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def read_map(path: Path | None) -> dict[str, Any] | None:
    """The parsed map file, or None where there is none."""
    if path is None:
        return None
    try:
        return read_toml(path)
    except FileNotFoundError:
        raise TableRefused("there is no such map file", where=path.name) from None
    except OSError as error:
        why = (error.strerror or "check it").lower()
        raise TableRefused("the map file cannot be read", where=str(path), hint=why) from None
    except UnicodeDecodeError:
        hint = 'a map file is text in UTF-8, with lines such as: unit = "10*9/L"'
        raise TableRefused("the map file is no text", where=path.name, hint=hint) from None
    except tomllib.TOMLDecodeError as error:
        raise TableRefused(f"the map file is not TOML: {error}", where=path.name) from None


SHOWN_REFUSALS = 5
Advance = Callable[["Progressed"], None]


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Advance | None]:
    """A progress bar on long work; none when standard error is not a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("interpreting"), BarColumn(), TextColumn("{task.fields[said]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("interpreting", total=None, said="")
        yield lambda done: bar.update(
            task, completed=done.rows, total=done.rows_total, said=progress_words(done)
        )


def progress_words(done: Progressed) -> str:
    """How far a run is, on one line.

    >>> from leukon.engines.run import Progressed
    >>> progress_words(Progressed(500_000, 2_000_000, 1, 4, 2.0))
    '500,000 of 2,000,000 rows, 250,000 rows/s, 0:06 left, 1 of 4 parts'
    """
    parts = [
        f"{done.rows:,} of {done.rows_total:,} rows" if done.rows_total else f"{done.rows:,} rows"
    ]
    parts.append(f"{done.rate:,.0f} rows/s")
    if done.seconds_left is not None:
        minutes, seconds = divmod(round(done.seconds_left), 60)
        parts.append(f"{minutes}:{seconds:02d} left")
    if done.parts_total > 1:
        parts.append(f"{done.parts} of {done.parts_total} parts")
    return ", ".join(parts)


def _print_line(kept: Kept) -> None:
    line = {"row": kept.row, **kept.facts, **kept.answer.as_dict()}
    print(json.dumps(line, ensure_ascii=False))


def _print_tables(summary: Summary, show: int) -> None:
    from leukon.report.screen import Screen
    from leukon.report.terminal import print_panels, print_summary

    screen = Screen()
    print_panels(screen, ((_title(kept), kept.answer) for kept in summary.kept))
    hidden = summary.panels - show
    if hidden > 0:
        more = ("more " if show else "") + ("panels are" if hidden > 1 else "panel is")
        screen.line(f"{hidden:,} {more} not shown (--show N).")
        screen.blank()
    print_summary(screen, _for_report(summary), summary.definition)
    if summary.out is not None:
        screen.whole(f"written: {summary.out}")


def _title(kept: Kept) -> str:
    parts = (kept.facts.get("person", f"row {kept.row}"), kept.facts.get("remark", ""))
    return ", ".join(part for part in parts if part)


def _for_report(summary: Summary) -> ReportSummary:
    from leukon.report.summary import RefusedRow, Summary

    rows = [
        RefusedRow(refusal.place, refusal.message, refusal.hint) for refusal in summary.refusals
    ]
    return Summary(
        rows=summary.rows_read,
        panels=summary.panels,
        flags=summary.flags,
        reasons=summary.reasons,
        drivers=summary.drivers,
        grades=summary.grades,
        refused=summary.rows_refused + summary.cells_refused,
        refused_rows=tuple(rows),
    )


def _write_report(path: Path, summary: Summary, sources: Sequence[str]) -> None:
    from leukon.engines.targets import whole_file
    from leukon.readers.inputs import shown
    from leukon.report.page import html_report

    sections = [(_title(kept), _shown(kept.facts), kept.answer) for kept in summary.kept]
    page = html_report(
        sections,
        heading="White cell counts: " + ", ".join(map(shown, sources)),
        definition=summary.definition,
        summary=_for_report(summary),
    )
    with whole_file(path) as file:
        file.write(page.encode())


def _shown(facts: dict[str, str]) -> dict[str, str]:
    words = {"drawn_at": "drawn", "birth": "born", "duffy": "Duffy status", "weeks": "week"}
    return {
        words.get(role, role): text
        for role, text in facts.items()
        if role not in ("person", "remark")
    }


def _warn(summary: Summary) -> None:
    """What was left out or refused, on standard error, so that a pipe never hides it."""
    _say_skipped(summary)
    say_ignored(summary.ignored)
    say_common(summary)
    if not summary.any_refused:
        return
    count = summary.rows_refused + summary.cells_refused
    where = f", listed in {summary.refused}" if summary.refused else ""
    print(f"leukon: {count:,} could not be read{where}", file=sys.stderr)
    for refusal in summary.refusals[:SHOWN_REFUSALS]:
        print(f"  {refusal.place}: {refusal.message}", file=sys.stderr)


def say_ignored(ignored: Mapping[str, int]) -> None:
    """Which tests of a long table were not used: ordinary in what a laboratory exports, and said."""
    from leukon.readers.others import words

    if ignored:
        print(f"leukon: {words(ignored)}", file=sys.stderr)


NEARLY_ALL = 0.9
COMMON = {
    "age-missing": "an age is read from a column age_years, or from birth and drawn_at; where yours "
    'have other names, a map file (--map) says which they are: [columns] drawn_at = "theirs"',
    "not-blood": "a column called specimen holds a word such as venous, capillary or blood; where "
    'yours holds a number, a map file (--map) says so: [columns] specimen_id = "specimen"',
}
"""What to do where one reason, which is seldom true of everybody, meets nearly every count."""


def say_common(summary: Summary) -> None:
    """A reason that nearly every count has: rather a column that was not understood than people."""
    from leukon.report.words import reason

    tallies = summary.reasons.values()
    given = summary.panels * len(summary.flags) - sum(t.get("value-missing", 0) for t in tallies)
    for slug, hint in COMMON.items():
        if given and sum(tally.get(slug, 0) for tally in tallies) >= NEARLY_ALL * given:
            print(
                f"leukon: of nearly every count it cannot be said: {reason(slug)}", file=sys.stderr
            )
            print(f"Hint: {hint}", file=sys.stderr)


def _say_skipped(summary: Summary) -> None:
    from leukon.readers.inputs import reasons_skipped

    if summary.skipped:
        reasons = reasons_skipped(summary.skipped).items()
        why = ", ".join(f"{count} {reason}" for reason, count in reasons)
        print(f"leukon: not read in the folder: {why}", file=sys.stderr)
    if summary.parts_kept:
        print(
            f"leukon: {summary.parts_kept} parts were there from an earlier run of this command "
            "(--overwrite begins anew)",
            file=sys.stderr,
        )
