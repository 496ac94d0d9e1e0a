"""The command `setpoint` and its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Give the command line the command."""
    app.command("setpoint")(setpoint)


def setpoint(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="CSV, NDJSON or Parquet files, folders, patterns, or a database", metavar="FILE..."
        ),
    ] = None,
    analyte: Annotated[
        str, typer.Option(help="which count: WBC, NEUT, LYMPH, MONO, PLT, HGB")
    ] = "",
    table: Annotated[str, typer.Option(help="the table of a database: labs, lab.counts")] = "",
    query: Annotated[str, typer.Option(help="or a query: select ...")] = "",
    unit: Annotated[
        list[str] | None,
        typer.Option(
            "--unit", help="the unit of counts without one: 10*9/L, or HGB=g/dL (repeatable)"
        ),
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", help="a TOML file that names columns and units")
    ] = None,
    by: Annotated[str | None, typer.Option(help="whose definition: an id, or a TOML file")] = None,
    out: Annotated[
        Path | None, typer.Option(help="write a row a draw: .parquet, .csv or .ndjson")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="write an HTML report")] = None,
    person: Annotated[str, typer.Option(help="only this person")] = "",
    show: Annotated[int, typer.Option(help="how many people to print and report")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="print a line of JSON a draw")] = False,
    decimal: Annotated[str, typer.Option(help="the decimal sign of the numbers")] = ".",
    as_of: Annotated[str, typer.Option(help="draws after this day lie in the future (today)")] = "",
    learn: Annotated[
        bool, typer.Option("--learn", help="learn the population's numbers, written to --out .toml")
    ] = False,
    parameters: Annotated[
        Path | None, typer.Option(help="the population's numbers, learned with --learn")
    ] = None,
) -> None:
    """What is usual for each person of a file: each count beside the person's own earlier ones."""
    from leukon.cli import setpoint as command

    if learn:
        command.learn(
            files or (), analyte=analyte, table=table, query=query, units=unit or (),
            map_file=map_file, out=out, decimal=decimal,
        )  # fmt: skip
        return
    code = command.run(
        files or (), analyte=analyte or "NEUT", table=table, query=query, units=unit or (),
        map_file=map_file, by=by, out=out, report=report, person=person, show=show,
        as_json=as_json, decimal=decimal, parameters=parameters, as_of=as_of,
    )  # fmt: skip
    raise typer.Exit(code)
