"""From files to limits that are continuous in age."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from leukon.analytes import Analyte, canonical_unit
from leukon.engines.studies import Given, read_sample
from leukon.errors import TableRefused
from leukon.estimation import estimate_by_age
from leukon.estimation.age_curve import AgeCurve, Curve, Row
from leukon.estimation.age_table import NOBODY, within
from leukon.estimation.answer import Diagnostics, Estimate
from leukon.estimation.histogram import reporting_step, value_counts
from leukon.estimation.publish import Made, Study
from leukon.estimation.sample import Rules, Sample
from leukon.limits import Partition
from leukon.validation import describe

MOST_REPLICATES = 40
"""Draws for the intervals of a curve: they give a spread, which needs fewer than percentiles do."""
TABULATED = (
    "one fit, continuous in age; the table is what is published: by weeks to 3 months, by months to "
    "1 year, then by quarters and years, from 20 years by five"
)


def curve_study(
    given: Given,
    analyte: Analyte,
    rules: Rules,
    *,
    quantiles: tuple[float, float] = (0.025, 0.975),
    replicates: int = 200,
    step: float | None = None,
    seed: int = 0,
) -> Study:
    """The limits of one analyte at every age, tabulated, with what was left out.

    Raises `TableRefused` for histogram files, whose ages are bands.
    """
    if given.are_histograms:
        raise TableRefused(
            "limits continuous in age need each result's age, and a histogram has bands",
            hint="give the table of results itself, or age borders: --by-age 18y,40y,65y",
        )
    sample = read_sample(given, analyte, rules)
    step = reporting_step(sample.values) if step is None else step
    curve = estimate_by_age(
        sample.values,
        sample.values if sample.days is None else sample.days,
        sex=_sexes(sample) if rules.by_sex else None,
        counts=sample.weights,
        quantiles=quantiles,
        step=step,
        replicates=min(replicates, MOST_REPLICATES),
        seed=seed,
        in_hours=True,
    )
    rows = curve.table()
    return Study(
        analyte=analyte,
        unit=canonical_unit(analyte),
        step=step,
        made=tuple(_made(curve, rows, step)),
        tally=sample.tally,
        first_day="" if sample.first_day is None else sample.first_day.isoformat(),
        last_day="" if sample.last_day is None else sample.last_day.isoformat(),
        quantiles=quantiles,
        curve=curve,
        notes=(TABULATED, *_left_out(rows)),
    )


def _sexes(sample: Sample) -> list[str]:
    names = [group.sex for group in sample.groups]
    return [names[number] for number in sample.choice.tolist()]


def _made(curve: AgeCurve, rows: Sequence[Row], step: float) -> Iterator[Made]:
    """The rows that can be published as estimates of their own; a refused curve is one."""
    for one in curve.curves:
        mine = [row for row in rows if row.partition.sex == one.sex]
        if one.refusal:
            yield _of_row(one, Row(Partition(sex=one.sex), one.at(0.0), float("nan")), step)
        else:
            yield from (_of_row(one, row, step) for row in mine if row.reason is None)


def _of_row(curve: Curve, row: Row, step: float) -> Made:
    close = within(row.partition, curve.days)
    values, counts = value_counts(curve.values[close], curve.counts[close], step)
    lower, upper = row.limits[:2]
    found = Estimate(
        lower, upper, row.limits, float(counts.sum()), len(values), step, row.sick_share, None, (),
        (0.0, float(values[-1]) if len(values) else 0.0),
        Diagnostics(True, 0, len(curve.fits), float("nan"), 0.0, curve.warnings), curve.refusal,
    )  # fmt: skip
    return Made(row.partition, found, values, counts)


def _left_out(rows: Sequence[Row]) -> Iterator[str]:
    """Which ages have no row, a sentence a reason; ages of which nobody came are not told."""
    for (sex, reason), several in itertools.groupby(rows, lambda r: (r.partition.sex, r.reason)):
        parts = [row.partition for row in several]
        if reason not in (None, NOBODY):
            whole = Partition(sex=sex, age_from=parts[0].age_from, age_to=parts[-1].age_to)
            yield f"not published for {describe(whole)}: {reason}"
