"""`leukon setpoint`: what is usual for each person of a file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from leukon.analytes import analyte as find_analyte
from leukon.catalogue import resolve
from leukon.cli.check import read_units
from leukon.cli.interpret import REFUSED, SHOWN_REFUSALS, read_map, say_ignored
from leukon.errors import UsageError

if TYPE_CHECKING:
    from leukon.engines.learned import LearnedPopulation
    from leukon.engines.own_output import OwnDraw
    from leukon.engines.setpoints import OwnSummary


def run(
    sources: Sequence[str],
    *,
    analyte: str,
    table: str,
    query: str,
    units: Iterable[str],
    map_file: Path | None,
    by: str | None,
    out: Path | None,
    report: Path | None,
    person: str,
    show: int,
    as_json: bool,
    decimal: str,
    parameters: Path | None,
    as_of: str,
) -> int:
    """Work out every person's own level, print what was asked for, and return the exit code."""
    from leukon.engines.setpoints import OwnWanted, own_levels_of_files
    from leukon.setpoints.parameters import population

    _check_places(sources, map_file, out, report)
    wanted = OwnWanted(
        person,
        0 if as_json and report is None else show,
        _print_line if as_json else None,
        _day(as_of),
    )
    summary = own_levels_of_files(
        list(sources),
        find_analyte(analyte),
        by=resolve(by),
        out=out,
        units=read_units(units),
        mapping=read_map(map_file),
        decimal=decimal,
        table=table,
        query=query,
        known=population(parameters),
        wanted=wanted,
    )
    if not as_json:
        _print(summary, alone=bool(person))
    if report is not None:
        _write_report(report, summary, sources)
        print(f"report: {report}", file=sys.stderr if as_json else sys.stdout)
    _warn(summary)
    return REFUSED if summary.any_refused else 0


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("not a date", where="--as-of", hint="write 2026-01-31") from None


def learn(
    sources: Sequence[str],
    *,
    analyte: str,
    table: str,
    query: str,
    units: Iterable[str],
    map_file: Path | None,
    out: Path | None,
    decimal: str,
) -> None:
    """Learn the population's numbers from histories, print them, and write them where asked."""
    from leukon.engines.learned import learned_from_files
    from leukon.engines.targets import whole_file
    from leukon.setpoints.parameters import written

    if out is None or out.suffix != ".toml":
        raise UsageError("what is learned is a .toml file", hint="--out setpoint.toml")
    _check_places(sources, map_file, out, None)
    made = learned_from_files(
        list(sources),
        [find_analyte(analyte)] if analyte else (),
        units=read_units(units),
        mapping=read_map(map_file),
        decimal=decimal,
        table=table,
        query=query,
    )
    _print_learned(made)
    with whole_file(out) as file:
        file.write(written(made.population).encode())
    print(f"written: {out}")


def _print_learned(made: LearnedPopulation) -> None:
    from leukon.report.screen import Column, Screen

    names = ("count", "people", "counts", "tau", "s0", "eps", "excursion")
    screen = Screen()
    screen.line(f"{made.rows_read:,} rows")
    screen.table(
        [Column(name, right=name != "count") for name in names],
        [
            [
                str(kind),
                f"{one.people:,}",
                f"{one.counts:,}",
                *(f"{getattr(one.spread, name):g}" for name in names[3:]),
            ]
            for kind, one in made.learned.items()
        ],
    )
    for why in made.refused.values():
        screen.line(f"not learned: {why}")


def _check_places(
    sources: Sequence[str], map_file: Path | None, out: Path | None, report: Path | None
) -> None:
    """Refuse to write one thing over another."""
    from leukon.engines.targets import check_apart, side_file

    files = [Path(one) for one in sources if "://" not in one and Path(one).is_file()]
    read = [*files, *([map_file] if map_file else [])]
    written = {"output": out, "report": report}
    if out is not None:
        written["list of refused rows"] = side_file(out)
    check_apart({what: path for what, path in written.items() if path}, read)


def _print_line(draw: OwnDraw) -> None:
    import msgspec

    print(msgspec.json.encode(draw).decode())


def _print(summary: OwnSummary, *, alone: bool) -> None:
    from leukon.report.own_terminal import print_numbers, print_people, print_person
    from leukon.report.screen import Screen

    screen = Screen()
    if alone:
        for draws in summary.shown:
            print_person(screen, draws)
    else:
        print_people(screen, summary)
    print_numbers(screen, summary)
    if summary.out is not None:
        screen.whole(f"written: {summary.out}")


def _write_report(path: Path, summary: OwnSummary, sources: Sequence[str]) -> None:
    from leukon.engines.targets import whole_file
    from leukon.readers.inputs import shown
    from leukon.report.own_page import own_report

    page = own_report(summary, files=", ".join(map(shown, sources)))
    with whole_file(path) as file:
        file.write(page.encode())


def _warn(summary: OwnSummary) -> None:
    """What was refused, on standard error, so that a pipe never hides it."""
    say_ignored(summary.ignored)
    if not summary.any_refused:
        return
    number = summary.rows_refused + summary.cells_refused
    where = f", listed in {summary.refused}" if summary.refused else ""
    print(f"leukon: {number} could not be read{where}", file=sys.stderr)
    for refusal in summary.refusals[:SHOWN_REFUSALS]:
        print(f"  {refusal.place}: {refusal.message}", file=sys.stderr)
