"""From files to estimates: choose the sample, count its values, estimate group by group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from leukon.analytes import Analyte, canonical_unit
from leukon.definition import Definition
from leukon.engines.candidates import Limits, Persons, candidates, has_column
from leukon.engines.doubts import doubted, implausible
from leukon.engines.histograms import is_histogram, read_histograms
from leukon.errors import TableRefused
from leukon.estimation import estimate
from leukon.estimation.histogram import (
    Histogram,
    histogram_of,
    pooled,
    reporting_step,
    value_counts,
)
from leukon.estimation.publish import Made, Study, drawn
from leukon.estimation.sample import Rules, Sample, Selector
from leukon.estimation.verification import GRID, Verified, verified
from leukon.readers.tables import open_table


@dataclass(frozen=True)
class Given:
    """The files, and what their owner says of them."""

    files: Sequence[Path]
    units: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapping[str, Any] | None = None
    decimal: str | None = None
    map_file: Path | None = None

    @property
    def read(self) -> list[Path]:
        """Every file that is read, so that none is written over."""
        return [*self.files, *([self.map_file] if self.map_file else [])]

    @property
    def are_histograms(self) -> bool:
        """Whether the files are histograms; refused where some are and some are not."""
        kinds = {is_histogram(path) for path in self.files}
        if len(kinds) > 1:
            raise TableRefused(
                "some of the files are histograms and some are not",
                hint="make a histogram of the others first, or give them on their own",
            )
        return kinds == {True}


def read_sample(
    given: Given, analyte: Analyte, rules: Rules, limits: Limits | None = None
) -> Sample:
    """The sample of one analyte from tables; with `limits` the groups are those of a definition."""
    selector = Selector(rules)
    persons = Persons()
    for path in given.files:
        table = open_table(path, units=given.units, mapping=given.mapping, decimal=given.decimal)
        for rows, lost in candidates(table, analyte, persons, limits):
            selector.lost(lost)
            selector.add(rows)
        selector.tally.no_person |= not has_column(table, "person")
        selector.tally.no_date |= not has_column(table, "drawn_at")
        selector.tally.no_age |= not (has_column(table, "age") or has_column(table, "birth"))
    if limits is not None:
        selector.groups = tuple(limits.partitions)
    return selector.sample()


def histogram_from(
    given: Given, analyte: Analyte, rules: Rules, *, step: float | None = None
) -> tuple[Histogram, Sample | None]:
    """The histogram of one analyte, from tables (with the sample) or from histogram files."""
    if not given.are_histograms:
        sample = read_sample(given, analyte, rules)
        return histogram_of(sample, analyte, canonical_unit(analyte), step=step), sample
    return pooled(histograms_from(given, analyte)), None


def histograms_from(given: Given, analyte: Analyte) -> list[Histogram]:
    """The histograms of one analyte in histogram files, each of them given once."""
    found: list[Histogram] = []
    for path in given.files:
        for one in read_histograms(path):
            if one.analyte != analyte:
                continue
            if one in found:
                raise TableRefused(
                    "the same counts are given twice, and each person counts once",
                    where=path.name,
                    hint="give each laboratory's histogram once",
                )
            found.append(one)
    if not found:
        raise TableRefused(f"no histogram of {analyte} is in the files")
    return found


Progress = Callable[[str], None]


def study(
    given: Given,
    analyte: Analyte,
    rules: Rules,
    *,
    quantiles: tuple[float, float] = (0.025, 0.975),
    replicates: int = 200,
    step: float | None = None,
    seed: int = 0,
) -> Study:
    """The estimates of one analyte, group by group, with what was left out."""
    histogram, sample = histogram_from(given, analyte, rules, step=step)
    made = []
    for group in histogram.groups if sample is None else sample.groups:
        values, counts = histogram.of(group)
        found = estimate(
            values,
            counts,
            quantiles=quantiles,
            replicates=replicates,
            step=histogram.step,
            seed=seed,
        )
        made.append(Made(group, found, values, counts))
    made_so = Study(
        analyte=analyte,
        unit=histogram.unit,
        step=histogram.step,
        made=tuple(made),
        tally=None if sample is None else sample.tally,
        first_day=histogram.first_day,
        last_day=histogram.last_day,
        quantiles=quantiles,
        chosen=(*(rules.said if sample else ()), drawn(replicates, seed)),
    )
    return doubted(made_so)


@dataclass(frozen=True)
class Verification:
    """Whether a definition's limits of one analyte hold here, for each group it tells apart."""

    definition: Definition
    analyte: Analyte
    unit: str
    sample: Sample
    results: tuple[Verified, ...]


def verify(
    given: Given,
    analyte: Analyte,
    definition: Definition,
    rules: Rules,
    *,
    healthy: bool = False,
    replicates: int = 200,
    tolerance: float,
    beyond: float,
    seed: int = 0,
) -> Verification:
    """Whether a definition holds for the people of some tables.

    Raises `TableRefused` where it has no limit for any of them.
    """
    if given.are_histograms:
        raise TableRefused(
            "a verification looks every person's limits up, and a histogram has no persons",
            hint="give the table of results itself",
        )
    limits = Limits(definition.compiled, analyte)
    sample = read_sample(given, analyte, rules, limits)
    if not limits.sides or not sample.tally.entered:
        raise TableRefused(
            f"{definition.id} has no limit of {analyte} for anybody in the file who could enter",
            hint=f"leukon definitions list --analyte {analyte} names definitions with one",
        )
    results = []
    for number, sides in enumerate(limits.sides):
        values, weights = sample.of(number)
        if not len(values):
            continue
        step = reporting_step(values)
        found = None
        if not healthy:
            distinct, counts = value_counts(values, weights, step)
            found = estimate(
                distinct, counts, quantiles=GRID, replicates=replicates, step=step, seed=seed
            )
            found = replace(found, refusal=found.refusal or implausible(sample.tally))
        low, high = (definition.limits[side] if side >= 0 else None for side in sides)
        results.append(
            verified(values, low=low, high=high, estimate=found, tolerance=tolerance, beyond=beyond)
        )
    return Verification(definition, analyte, canonical_unit(analyte), sample, tuple(results))
