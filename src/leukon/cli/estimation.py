"""The commands `histogram`, `estimate` and `verify`, and their options."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

CONTINUOUS = "continuous"
_AGES = re.compile(r"\d+(\.\d+)?\s*[a-z]+(,.*)?")


class WithAges(TyperCommand):
    """A command whose option `--by-age` may stand alone, or with age borders after it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Give a bare `--by-age` the value it stands for."""
        filled: list[str] = []
        for place, word in enumerate(args):
            filled.append(word)
            after = args[place + 1] if place + 1 < len(args) else ""
            if word == "--by-age" and after != CONTINUOUS and not _AGES.fullmatch(after):
                filled.append(CONTINUOUS)
        return super().parse_args(ctx, filled)


Files = Annotated[
    list[Path],
    typer.Argument(help="CSV or Parquet files of results, or histogram files", metavar="FILE..."),
]
Analytes = Annotated[
    list[str] | None, typer.Option("--analyte", help="which count: WBC, NEUT ... (repeatable)")
]
ByAge = Annotated[
    str,
    typer.Option(
        "--by-age",
        help="age bands, by their borders: 18y,40y,65y; alone: continuous in age",
        metavar="AGES",
    ),
]
HistogramAges = Annotated[
    str,
    typer.Option(
        "--by-age",
        help="age bands, by their borders: 18y,40y,65y; alone: narrow ones, for limits by age",
        metavar="AGES",
    ),
]
BySex = Annotated[bool, typer.Option("--by-sex", help="women and men apart")]
Adults = Annotated[
    bool, typer.Option("--adults", help="who has no age in the file is 18 or older: you say so")
]
PerPerson = Annotated[
    str, typer.Option(help="first: a person's first result; all: every one, weighing 1/n")
]
MostResults = Annotated[
    int | None, typer.Option(help="leave out people with more results than this")
]
FirstDay = Annotated[str, typer.Option("--from", help="only draws from this date on")]
LastDay = Annotated[str, typer.Option("--to", help="only draws up to this date")]
InPatients = Annotated[
    bool, typer.Option("--keep-in-patients", help="do not leave out in-patients and courses")
]
Step = Annotated[
    float | None, typer.Option(help="the reporting step (0.1); found in the values if left out")
]
Units = Annotated[
    list[str] | None,
    typer.Option("--unit", help="the unit of counts without one: 10*9/L, or HGB=g/dL (repeatable)"),
]
MapFile = Annotated[
    Path | None, typer.Option("--map", help="a TOML file that names columns and units")
]
Decimal = Annotated[str, typer.Option(help="the decimal sign of the numbers")]
Replicates = Annotated[
    int, typer.Option(help="draws for the 95 % intervals; 0: no intervals", min=0, max=10_000)
]
Seed = Annotated[int, typer.Option(help="of the draws")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]


def add_to(app: typer.Typer) -> None:
    """Give the command line the three commands."""
    app.command("histogram", cls=WithAges)(histogram)
    app.command("estimate", cls=WithAges)(estimate)
    app.command("verify", cls=WithAges)(verify)


def histogram(
    files: Files,
    out: Annotated[Path, typer.Option(help="write the histogram: .csv")],
    analyte: Analytes = None,
    by_age: HistogramAges = "18y",
    by_sex: BySex = False,
    adults: Adults = False,
    per_person: PerPerson = "first",
    most_results: MostResults = None,
    first_day: FirstDay = "",
    last_day: LastDay = "",
    keep_in_patients: InPatients = False,
    step: Step = None,
    unit: Units = None,
    map_file: MapFile = None,
    decimal: Decimal = ".",
) -> None:
    """Count how often each value occurs: a file without a row of a person, to pool with others."""
    from leukon.cli import estimate as command

    rules = command.rules(
        by_age=command.narrow_bands() if by_age == CONTINUOUS else by_age, by_sex=by_sex, adults=adults, per_person=per_person,
        most=most_results, first_day=first_day, last_day=last_day,
        keep_in_patients=keep_in_patients,
    )  # fmt: skip
    given = command.given(files, unit or (), map_file=map_file, decimal=decimal)
    command.write_histogram(given, analyte or ["WBC"], rules, out=out, step=step)


def estimate(
    files: Files,
    publisher: Annotated[str, typer.Option(help="whose definition it will be")] = "",
    out: Annotated[Path | None, typer.Option(help="write the definition: .toml")] = None,
    report: Annotated[Path | None, typer.Option(help="write an HTML report to sign")] = None,
    analyte: Analytes = None,
    by_age: ByAge = "18y",
    by_sex: BySex = False,
    adults: Adults = False,
    per_person: PerPerson = "first",
    most_results: MostResults = None,
    first_day: FirstDay = "",
    last_day: LastDay = "",
    keep_in_patients: InPatients = False,
    step: Step = None,
    quantiles: Annotated[
        str, typer.Option(help="the shares of the healthy below the two limits")
    ] = "0.025,0.975",
    replicates: Replicates = 200,
    seed: Seed = 0,
    leave_out_refused: Annotated[
        bool, typer.Option("--leave-out-refused", help="publish the groups that are not refused")
    ] = False,
    identity: Annotated[str, typer.Option("--id", help="the definition's id")] = "",
    version: Annotated[str, typer.Option(help="which edition; the date if left out")] = "",
    day: Annotated[str, typer.Option("--date", help="its date; today if left out")] = "",
    country: Annotated[str, typer.Option(help="where it holds")] = "",
    unit: Units = None,
    map_file: MapFile = None,
    decimal: Decimal = ".",
    as_json: AsJson = False,
) -> None:
    """Estimate your own reference intervals from routine results, as a definition file."""
    from leukon.cli import estimate as command

    rules = command.rules(
        by_age=by_age, by_sex=by_sex, adults=adults, per_person=per_person,
        most=most_results, first_day=first_day, last_day=last_day,
        keep_in_patients=keep_in_patients,
    )  # fmt: skip
    head = command.head(publisher, day, version=version, identity=identity, country=country)
    command.run(
        command.given(files, unit or (), map_file=map_file, decimal=decimal), analyte or ["WBC"], rules,
        head=head, out=out, report=report, quantiles=quantiles, replicates=replicates, step=step, seed=seed,
        leave_out_refused=leave_out_refused, as_json=as_json,
    )  # fmt: skip


def verify(
    files: Files,
    definition: Annotated[str, typer.Option(help="whose limits: an id, or a TOML file")],
    analyte: Analytes = None,
    healthy: Annotated[
        bool, typer.Option("--healthy", help="the people of the file were chosen as healthy")
    ] = False,
    per_person: PerPerson = "first",
    most_results: MostResults = None,
    first_day: FirstDay = "",
    last_day: LastDay = "",
    keep_in_patients: InPatients = False,
    tolerance: Annotated[
        float, typer.Option(help="the shift, in SD, within which a limit holds")
    ] = 0.25,
    beyond: Annotated[
        float, typer.Option(help="the shift, in SD, beyond which an own limit is better")
    ] = 0.375,
    replicates: Replicates = 200,
    seed: Seed = 0,
    unit: Units = None,
    map_file: MapFile = None,
    decimal: Decimal = ".",
    as_json: AsJson = False,
) -> None:
    """Does a published definition hold here: transfer it, adjust it, or make your own?"""
    from leukon.cli import estimate as rules_of
    from leukon.cli import verify as command

    rules = rules_of.rules(
        by_age="0d", by_sex=False, adults=False, per_person=per_person, most=most_results,
        first_day=first_day, last_day=last_day, keep_in_patients=keep_in_patients,
    )  # fmt: skip
    command.run(
        rules_of.given(files, unit or (), map_file=map_file, decimal=decimal), analyte or [], rules,
        definition=definition, healthy=healthy, tolerance=tolerance, beyond=beyond, replicates=replicates, seed=seed,
        as_json=as_json,
    )  # fmt: skip
