"""The commands and their options."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer.models import CommandInfo

from leukon.cli import estimation, histories


def _top_level() -> typer.Typer:
    return typer.Typer(
        name="leukon",
        help="Is this white cell count low - by whose definition, in which cell line, and for this "
        "person? leukon informs; it does not diagnose or treat.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


app = _top_level()
"""The whole command line."""
definitions_app = typer.Typer(
    help="The catalogue of published definitions, and a practice's own.", no_args_is_help=True
)
app.add_typer(definitions_app, name="definitions")
content_app = typer.Typer(
    help="The content leukon ships, and who checked it.", no_args_is_help=True
)
app.add_typer(content_app, name="content")

Counts = Annotated[
    list[str], typer.Argument(help="counts such as WBC=3.7 NEUT=45% HGB=12g/dL", metavar="COUNT...")
]
AnyCounts = Annotated[
    list[str] | None,
    typer.Argument(help="counts such as WBC=3.7 NEUT=45% HGB=12g/dL", metavar="[COUNT...]"),
]
Units = Annotated[
    list[str] | None,
    typer.Option("--unit", help="the unit of counts without one: 10*9/L, or HGB=g/dL (repeatable)"),
]
Age = Annotated[str, typer.Option(help="age at the draw: 12h, 3d, 2wk, 6mo, 34y")]
Born = Annotated[str, typer.Option(help="birth date (and time), with --drawn")]
Drawn = Annotated[str, typer.Option(help="date (and time) of the draw")]
Sex = Annotated[str, typer.Option(help="female or male")]
Duffy = Annotated[str, typer.Option(help="null or not-null; only where it was tested")]
Pregnant = Annotated[bool, typer.Option("--pregnant", help="the person is pregnant")]
Weeks = Annotated[float | None, typer.Option(help="completed weeks of pregnancy")]
Trimester = Annotated[int | None, typer.Option(help="1, 2 or 3, where the week is not known")]
Specimen = Annotated[str, typer.Option(help="venous or capillary")]
Qualifiers = Annotated[
    list[str] | None, typer.Option("--qualifier", help="a fact some limits ask for (repeatable)")
]
By = Annotated[str | None, typer.Option(help="whose definition: an id, or a TOML file")]
Decimal = Annotated[str, typer.Option(help="the decimal sign of the numbers")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]


Temperature = Annotated[str, typer.Option(help="with its unit: 38.5C, 101.3F")]
Treatments = Annotated[
    list[str] | None,
    typer.Option("--treatment", help="chemotherapy, transplant ...; :2026-11-10 when (repeatable)"),
]
Drugs = Annotated[
    list[str] | None,
    typer.Option("--drug", help="a medicine, by name or ATC code; none: takes none (repeatable)"),
]
Symptoms = Annotated[
    list[str] | None, typer.Option("--symptom", help="a question answered yes (repeatable)")
]
NoSymptoms = Annotated[
    bool, typer.Option("--no-symptoms", help="every question about a symptom is answered no")
]
Answers = Annotated[
    list[str] | None, typer.Option("--answer", help="QUESTION=yes or QUESTION=no (repeatable)")
]
Country = Annotated[str, typer.Option(help="UK or US, for rules that differ")]
Finding = Annotated[str, typer.Option(help="a low count: first, repeat or persistent (3 months)")]
EmergencyNumber = Annotated[str, typer.Option(help="the emergency number to print")]
Words = Annotated[
    str, typer.Option(help="print sentences instead of a table: for a person, or a professional")
]
CheckScales = Annotated[
    list[str] | None, typer.Option("--scale", help="grade by a scale: an id or a TOML file")
]


@app.callback(invoke_without_command=True)
def _top(
    version: Annotated[bool, typer.Option("--version", help="print the version and stop")] = False,
) -> None:
    if version:
        from leukon import __version__

        print(f"leukon {__version__}")
        raise typer.Exit


@app.command()
def check(
    counts: AnyCounts = None,
    unit: Units = None,
    age: Age = "",
    born: Born = "",
    drawn: Drawn = "",
    sex: Sex = "",
    duffy: Duffy = "",
    pregnant: Pregnant = False,
    weeks: Weeks = None,
    trimester: Trimester = None,
    specimen: Specimen = "",
    qualifier: Qualifiers = None,
    temperature: Temperature = "",
    treatment: Treatments = None,
    drug: Drugs = None,
    symptom: Symptoms = None,
    no_symptoms: NoSymptoms = False,
    answer: Answers = None,
    country: Country = "",
    finding: Finding = "",
    emergency_number: EmergencyNumber = "",
    by: By = None,
    scale: CheckScales = None,
    words: Words = "",
    decimal: Decimal = ".",
    as_json: AsJson = False,
) -> None:
    """Interpret the counts of one person, typed in; no count is needed for an emergency."""
    from leukon.cli import check as command

    person = command.person(
        age=age, born=born, drawn=drawn, sex=sex, duffy=duffy, pregnant=pregnant,
        weeks=weeks, trimester=trimester, qualifiers=tuple(qualifier or ()),
    )  # fmt: skip
    context = command.context(
        temperature=temperature, treatments=treatment or (), drugs=drug, symptoms=symptom or (),
        no_symptoms=no_symptoms, answers=answer or (), country=country, finding=finding,
    )  # fmt: skip
    panel = command.panel(
        counts or (), person, units=unit or (), specimen=specimen, decimal=decimal, drawn=drawn
    )
    command.show(
        panel,
        context,
        by=by,
        scales=scale or (),
        as_json=as_json,
        number=emergency_number,
        words=words,
    )


@app.command()
def interpret(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="CSV, NDJSON or Parquet files, folders, patterns, or a database", metavar="FILE..."
        ),
    ] = None,
    table: Annotated[str, typer.Option(help="the table of a database: labs, lab.counts")] = "",
    query: Annotated[str, typer.Option(help="or a query: select ...")] = "",
    unit: Units = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", help="a TOML file that names columns and units")
    ] = None,
    by: By = None,
    scale: CheckScales = None,
    agreement: Annotated[
        bool, typer.Option("--agreement", help="how many publishers call each count low")
    ] = False,
    setpoint: Annotated[
        bool, typer.Option("--setpoint", help="what is usual for each person, beside each count")
    ] = False,
    out: Annotated[
        str | None, typer.Option(help="write the result: .parquet, .csv, .ndjson, or a folder/")
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="parquet, csv or ndjson: of the parts in a folder")
    ] = "",
    jobs: Annotated[int | None, typer.Option(help="how many processes write a folder")] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="begin anew in a folder that holds another run")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print a line of JSON a panel")] = False,
    report: Annotated[Path | None, typer.Option(help="write an HTML report")] = None,
    show: Annotated[int, typer.Option(help="how many panels to print and report")] = 20,
    decimal: Decimal = ".",
    engine: Annotated[str, typer.Option(help="local, or spark")] = "local",
) -> None:
    """Interpret files, folders or a table of counts, of any size."""
    from leukon.cli import interpret as command

    code = command.run(
        files or (), table=table, query=query, units=unit or (), map_file=map_file, by=by,
        scales=scale or (), agreement=agreement, setpoint=setpoint, out=out, form=form, jobs=jobs,
        overwrite=overwrite, as_json=as_json, report=report, show=show, decimal=decimal,
        engine=engine,
    )  # fmt: skip
    raise typer.Exit(code)


@app.command()
def grade(
    counts: Counts,
    scale: Annotated[
        list[str], typer.Option(help="how severe by which scale: an id or a TOML file (repeatable)")
    ],
    unit: Units = None,
    lln: Annotated[
        list[str] | None,
        typer.Option(help="the laboratory's lower limit: 2.0, or NEUT=2.0 (repeatable)"),
    ] = None,
    age: Age = "",
    born: Born = "",
    drawn: Drawn = "",
    sex: Sex = "",
    duffy: Duffy = "",
    by: Annotated[
        str | None, typer.Option(help="whose lower limit: a definition's id, or a TOML file")
    ] = None,
    decimal: Decimal = ".",
    as_json: AsJson = False,
) -> None:
    """How severe counts are by a named severity scale."""
    from leukon.cli import check as typed
    from leukon.cli import grade as command

    person = typed.person(
        age=age, born=born, drawn=drawn, sex=sex, duffy=duffy, pregnant=False,
        weeks=None, trimester=None, qualifiers=(),
    )  # fmt: skip
    command.show(
        counts, person, scales=scale, units=unit or (), lln=lln or (), by=by,
        decimal=decimal, as_json=as_json,
    )  # fmt: skip


@definitions_app.command("list")
def definitions_list(
    analyte: Annotated[str, typer.Option(help="only those with a limit for this analyte")] = "",
    as_json: AsJson = False,
) -> None:
    """List the definitions leukon knows."""
    from leukon.cli import definitions as command

    command.list_all(analyte=analyte, as_json=as_json)


@definitions_app.command("show")
def definitions_show(
    definition: Annotated[str, typer.Argument(help="an id, or a TOML file", metavar="ID")],
    as_json: AsJson = False,
) -> None:
    """Show a definition: whose, from when, and every limit with its source."""
    from leukon.cli import definitions as command

    command.show(definition, as_json=as_json)


@definitions_app.command("compare")
def definitions_compare(
    counts: Counts,
    unit: Units = None,
    age: Age = "",
    born: Born = "",
    drawn: Drawn = "",
    sex: Sex = "",
    duffy: Duffy = "",
    pregnant: Pregnant = False,
    weeks: Weeks = None,
    trimester: Trimester = None,
    specimen: Specimen = "",
    qualifier: Qualifiers = None,
    decimal: Decimal = ".",
    as_json: AsJson = False,
) -> None:
    """How every definition calls the counts of one person; those that do not vote are listed too."""
    from leukon.cli import check as typed
    from leukon.cli import definitions as command

    person = typed.person(
        age=age, born=born, drawn=drawn, sex=sex, duffy=duffy, pregnant=pregnant,
        weeks=weeks, trimester=trimester, qualifiers=tuple(qualifier or ()),
    )  # fmt: skip
    panel = typed.panel(counts, person, units=unit or (), specimen=specimen, decimal=decimal)
    command.compare(panel, as_json=as_json)


@definitions_app.command("validate")
def definitions_validate(
    file: Annotated[Path, typer.Argument(help="a definition in TOML", metavar="FILE")],
    as_json: AsJson = False,
) -> None:
    """Find ties, gaps and mistakes in a definition."""
    from leukon.cli import definitions as command

    raise typer.Exit(command.validate(file, as_json=as_json))


@definitions_app.command("test")
def definitions_test(
    file: Annotated[Path, typer.Argument(help="a definition in TOML", metavar="FILE")],
    cases: Annotated[Path, typer.Argument(help="example patients in CSV", metavar="CASES")],
    as_json: AsJson = False,
) -> None:
    """Test a definition with example patients of your own."""
    from leukon.cli import definitions as command

    raise typer.Exit(command.test(file, cases, as_json=as_json))


@definitions_app.command("export")
def definitions_export(
    definition: Annotated[str, typer.Argument(help="an id, or a TOML file", metavar="ID")],
    sql: Annotated[str, typer.Option(help="as a view for duckdb, postgres, spark or bigquery")],
    table: Annotated[str, typer.Option(help="the table that the view reads")] = "panels",
    out: Annotated[Path | None, typer.Option(help="write it to a file")] = None,
) -> None:
    """Write a definition as a SQL view, for counts that stay in their database."""
    from leukon.cli import export as command

    command.export(definition, sql=sql, table=table, out=out)


@content_app.callback()
def _content() -> None:
    """The content leukon ships, and who checked it."""


@content_app.command("audit")
def content_audit(
    brief: Annotated[bool, typer.Option("--brief", help="one line, as a warning")] = False,
    as_json: AsJson = False,
) -> None:
    """List content that no clinician has checked, and content due for another look."""
    from leukon.cli import content as command

    command.show_audit(brief=brief, as_json=as_json)


estimation.add_to(app)
histories.add_to(app)


def app_for(words: Sequence[str]) -> typer.Typer:
    """The part of the command line that these words call: one command, or all of them.

    To build every command takes longer than the answer about one panel.
    """
    called = words[0] if words else ""
    commands = [one for one in app.registered_commands if _name(one) == called]
    groups = [one for one in app.registered_groups if one.name == called]
    if not commands and not groups:
        return app
    part = _top_level()
    part.registered_callback = app.registered_callback
    part.registered_commands, part.registered_groups = commands, groups
    return part


def _name(command: CommandInfo) -> str:
    return command.name or str(getattr(command.callback, "__name__", ""))
