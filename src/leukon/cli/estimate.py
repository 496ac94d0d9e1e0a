"""`leukon estimate` and `leukon histogram`: a practice's own limits, from its own results."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from math import inf, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leukon.analytes import INTERPRETED, Analyte
from leukon.analytes import analyte as find_analyte
from leukon.cli.check import read_units
from leukon.cli.estimation import CONTINUOUS
from leukon.cli.interpret import read_map
from leukon.definition import Definition, dumps
from leukon.errors import AnalyteUnknown, EstimateRefused, UsageError
from leukon.estimation.exclusions import Tally
from leukon.estimation.sample import Rules, bands

if TYPE_CHECKING:
    from leukon.engines.studies import Given
    from leukon.estimation.answer import Limit
    from leukon.estimation.publish import Head, Made, Study


def rules(
    *,
    by_age: str,
    by_sex: bool,
    adults: bool,
    per_person: str,
    most: int | None,
    first_day: str,
    last_day: str,
    keep_in_patients: bool,
) -> Rules:
    """How the sample is chosen, by the options."""
    continuous = by_age == CONTINUOUS
    return Rules(
        bands=bands("0d" if continuous else by_age),
        by_sex=by_sex,
        adults=adults,
        per_person=per_person,
        most=most,
        first_day=_day(first_day, "--from"),
        last_day=_day(last_day, "--to"),
        keep_in_patients=keep_in_patients,
        continuous=continuous,
    )


def check_step(step: float | None) -> None:
    """Refuse a reporting step that is none."""
    if step is not None and not 0 < step < inf:
        raise UsageError("--step is a number above 0", hint="--step 0.1")


def narrow_bands() -> str:
    """The age borders of a histogram for limits by age: those of the table that is published."""
    from leukon.estimation.age_table import STEPS

    return ",".join(STEPS)


def _day(text: str, where: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("not a date", where=where, hint="write 2026-01-31") from None


def given(
    files: Sequence[Path], units: Iterable[str], *, map_file: Path | None, decimal: str
) -> Given:
    """The files, and what the options say of them."""
    from leukon.engines.studies import Given

    return Given(list(files), read_units(units), read_map(map_file), decimal, map_file)


def analytes(names: Iterable[str]) -> list[Analyte]:
    """The analytes asked for, each once; one that has no limits is refused."""
    found = list(dict.fromkeys(find_analyte(name) for name in names))
    for kind in found:
        if kind not in INTERPRETED:
            raise AnalyteUnknown(f"{kind} has no limits", hint=f"one of {', '.join(INTERPRETED)}")
    return found


def head(publisher: str, day: str, *, version: str, identity: str, country: str) -> Head:
    """What the publisher says of the definition."""
    from leukon import __version__
    from leukon.estimation.publish import Head

    when = _day(day, "--date") or date.today()
    return Head(
        publisher=publisher,
        date=when.isoformat(),
        version=version,
        id=identity,
        country=country,
        software=f"leukon {__version__}",
    )


def write_histogram(
    given: Given, names: Sequence[str], rules: Rules, *, out: Path, step: float | None
) -> None:
    """Write the histogram of a table (or of several) without a cell that is about few people."""
    from leukon.engines.histograms import dumps as text_of
    from leukon.engines.studies import histogram_from
    from leukon.engines.targets import check_apart, whole_file
    from leukon.estimation.histogram import SMALLEST, without_small_cells

    check_step(step)
    _check_ending(out, ".csv", "a histogram")
    check_apart({"histogram": out}, given.read)
    made = []
    for kind in analytes(names):
        histogram, sample = histogram_from(given, kind, rules, step=step)
        if sample is not None:
            print("\n".join(tally_lines(str(kind), sample.tally)))
        made.append(without_small_cells(histogram))
        print(
            f"{kind}: {len(histogram.cells):,} values, {len(made[-1].cells):,} cells of at least "
            f"{SMALLEST} people each, in steps of {histogram.step:g} {histogram.unit}"
        )
    with whole_file(out) as file:
        file.write(text_of(made).encode())
    print(f"written: {out}")


def _check_ending(out: Path, ending: str, what: str) -> None:
    """Refuse a name under which the file would not be known again, or a folder that is not there."""
    if out.suffix != ending:
        raise UsageError(f"{what} is a {ending} file", where=out.name, hint=f"--out NAME{ending}")
    if not out.parent.is_dir():
        raise UsageError("there is no such folder", where=str(out.parent), hint="make it first")


def tally_lines(name: str, tally: Tally) -> list[str]:
    """What became of the rows, a line a reason."""
    lines = [f"{name}: {tally.came:,} rows came in, {tally.entered:,} entered"]
    lines[0] += f" ({tally.people:,} people)" if tally.entered != tally.people else ""
    lines += [f"  {rows:>9,}  {why.text}" for why, rows in sorted(tally.excluded.items())]
    return [*lines, *(f"  note: {text}" for text in tally.remarks)]


def run(
    given: Given,
    names: Sequence[str],
    rules: Rules,
    *,
    head: Head,
    out: Path | None,
    report: Path | None,
    quantiles: str,
    replicates: int,
    step: float | None,
    seed: int,
    leave_out_refused: bool,
    as_json: bool,
) -> None:
    """Estimate, print, and write what is not refused."""
    from leukon.engines.curves import curve_study
    from leukon.engines.studies import study
    from leukon.engines.targets import check_apart

    check_step(step)
    written = {"definition": out, "report": report}
    if out is not None:
        _check_ending(out, ".toml", "a definition")
    check_apart({what: path for what, path in written.items() if path}, given.read)
    wanted = _quantiles(quantiles)
    make = curve_study if rules.continuous else study
    studies = [
        make(given, kind, rules, quantiles=wanted, replicates=replicates, step=step, seed=seed)
        for kind in analytes(names)
    ]
    if as_json:
        print(json.dumps([as_dict(one) for one in studies], ensure_ascii=False))
    else:
        for one in studies:
            _print(one)
    said = sys.stderr if as_json else sys.stdout
    definition, refused = _definition(studies, head, leave_out_refused=leave_out_refused)
    text = "" if definition is None else dumps(definition)
    if report is not None:
        _write_report(report, studies, head, given, text if out is not None else "")
        print(f"report: {report}", file=said)
    if refused is not None:
        raise refused
    if out is not None and definition is not None:
        _write(out, text)
        print(f"written: {out} ({definition.id})", file=said)


def _definition(
    studies: Sequence[Study], head: Head, *, leave_out_refused: bool
) -> tuple[Definition | None, EstimateRefused | None]:
    """The definition, or why there is none: the report is written all the same."""
    from leukon.estimation.publish import definition_of

    try:
        return definition_of(studies, head, leave_out_refused=leave_out_refused), None
    except EstimateRefused as error:
        return None, error


def _quantiles(text: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError("--quantiles are two shares", hint="0.025,0.975") from None
    if not 0 < low < high < 1:
        raise UsageError("the two shares are between 0 and 1, the lower first", hint="0.025,0.975")
    return low, high


def _write(path: Path, text: str) -> None:
    from leukon.engines.targets import whole_file

    with whole_file(path) as file:
        file.write(text.encode())


def _write_report(
    path: Path, studies: Sequence[Study], head: Head, given: Given, definition: str
) -> None:
    from leukon.report.estimation_page import estimation_report

    names = ", ".join(file.name for file in given.files)
    digest = sha256(definition.encode()).hexdigest() if definition else ""
    _write(path, estimation_report(studies, head, files=names, digest=digest))


def _print(study: Study) -> None:
    from leukon.cli.definitions import print_table
    from leukon.estimation.publish import NO_INTERVALS, warnings_of, without_intervals
    from leukon.validation import describe

    if study.tally is not None:
        print("\n".join(tally_lines(str(study.analyte), study.tally)))
    print_table(
        ("who", "people", "lower (95 %)", "upper (95 %)", "sick"),
        [_row(one, study) for one in study.made],
        caption=f"{study.analyte} in {study.unit}, limits in steps of {study.step:g}",
    )
    for text in study.notes:
        print(f"  note: {text}")
    if without_intervals(study):
        print(f"  note: {NO_INTERVALS}")
    for one in study.refused:
        assert one.refusal is not None
        print(f"refused: {describe(one.partition)}: {one.refusal.message}")
    for text in warnings_of(study):
        print(f"warning: {text}")


def _row(one: Made, study: Study) -> tuple[str, ...]:
    from leukon.estimation.publish import limits_of
    from leukon.validation import describe

    sick = one.estimate.sick_share
    return (
        describe(one.partition),
        f"{one.estimate.n:,.0f}",
        *(_limit(limit, study.step) for limit in limits_of(one)),
        "-" if isnan(sick) else f"{sick:.0%}",
    )


def _limit(limit: Limit, step: float) -> str:
    from leukon.estimation.publish import rounded

    if isnan(limit.value):
        return "-"
    ends = "" if limit.low is None else f" ({limit.low:.2f}-{limit.high:.2f})"
    return f"{rounded(limit.value, step):g}{ends}"


def as_dict(study: Study) -> dict[str, Any]:
    """A study as plain data, for JSON; NaN is none."""
    tally = study.tally
    return {
        "schema_version": 1,
        "analyte": str(study.analyte),
        "unit": study.unit,
        "step": study.step,
        "first_day": study.first_day,
        "last_day": study.last_day,
        "continuous": study.curve is not None,
        "chosen": list(study.chosen),
        "notes": list(study.notes),
        "sample": None if tally is None else tally_dict(tally),
        "groups": [_group(one) for one in study.made],
    }


def tally_dict(tally: Tally) -> dict[str, Any]:
    """What became of the rows, as plain data."""
    return {
        "came": tally.came,
        "entered": tally.entered,
        "people": tally.people,
        "female": tally.female,
        "male": tally.male,
        "ages": None if tally.ages is None else list(tally.ages),
        "derived": tally.derived,
        "excluded": {why.slug: rows for why, rows in sorted(tally.excluded.items())},
        "remarks": list(tally.remarks),
    }


def _group(one: Made) -> dict[str, Any]:
    found, refused = one.estimate, one.refusal
    partition = one.partition
    return {
        "sex": partition.sex,
        "age_from": partition.age_from,
        "age_to": partition.age_to,
        "n": found.n,
        "sick_share": number(found.sick_share),
        "limits": [
            {
                "probability": limit.probability,
                "value": number(limit.value),
                "low": number(limit.low),
                "high": number(limit.high),
            }
            for limit in found.quantiles
        ],
        "warnings": [{"code": code, "text": text} for code, text in found.diagnostics.warnings],
        "refusal": None
        if refused is None
        else {"code": refused.code, "message": refused.message, "hint": refused.hint},
    }


def number(value: float | None) -> float | None:
    """A number as JSON can hold it: none for what is no number."""
    return None if value is None or value != value else float(value)
