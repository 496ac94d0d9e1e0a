"""From files to limits that are continuous in age."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from leukon.analytes import Analyte, canonical_unit
from leukon.engines.curve_input import results_of
from leukon.engines.doubts import implausible, unlike_published
from leukon.engines.studies import Given
from leukon.estimation import estimate_by_age
from leukon.estimation.age_curve import AgeCurve, Curve, Row
from leukon.estimation.age_table import NOBODY, within
from leukon.estimation.answer import Diagnostics, Estimate, Refusal
from leukon.estimation.exclusions import Tally
from leukon.estimation.histogram import value_counts
from leukon.estimation.publish import Made, Study, drawn
from leukon.estimation.sample import Rules
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

    Raises `TableRefused` for histogram files without narrow age bands.
    """
    results = results_of(given, analyte, rules, step)
    replicates = min(replicates, MOST_REPLICATES)
    curve = estimate_by_age(
        results.values,
        results.days,
        sex=results.sex,
        counts=results.counts,
        quantiles=quantiles,
        step=results.step,
        replicates=replicates,
        seed=seed,
        in_hours=results.in_hours,
    )
    curve = _doubted(curve, analyte, results.tally)
    rows = curve.table()
    return Study(
        analyte=analyte,
        unit=canonical_unit(analyte),
        step=results.step,
        made=tuple(_made(curve, rows, results.step)),
        tally=results.tally,
        first_day=results.first_day,
        last_day=results.last_day,
        quantiles=quantiles,
        curve=curve,
        notes=(TABULATED, *results.notes, *_left_out(rows)),
        chosen=(*(rules.said if results.tally else ()), drawn(replicates, seed)),
    )


def _doubted(curve: AgeCurve, analyte: Analyte, tally: Tally | None) -> AgeCurve:
    """The curve, with what its lost rows and the catalogue have to say against it."""
    refusal = implausible(tally)
    return replace(curve, curves=tuple(_doubted_one(one, analyte, refusal) for one in curve.curves))


def _doubted_one(one: Curve, analyte: Analyte, refusal: Refusal | None) -> Curve:
    said = (
        warning
        for low, high, *_ in one.over(one.bins.days if one.bins else np.array([]))
        for warning in unlike_published(analyte, low.value, high.value)
    )
    warnings = (*one.warnings, *dict.fromkeys(said))
    return replace(one, warnings=warnings, refusal=one.refusal or refusal)


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
