"""The results a curve is fitted to: from tables, each with its age, or from histograms of age bands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from leukon.analytes import Analyte
from leukon.arrays import Floats
from leukon.engines.studies import Given, histograms_from, read_sample
from leukon.errors import TableRefused
from leukon.estimation.age_table import border_days
from leukon.estimation.exclusions import Tally
from leukon.estimation.histogram import Cell, Histogram, check_addable, joint_days, reporting_step
from leukon.estimation.sample import NEWBORN_DAYS, Rules, vague
from leukon.limits import Partition
from leukon.validation import describe

_SPREAD = 8
"""At how many ages, evenly apart, the people of an age band are taken to stand."""
_THIN = 200
"""Under so many people the joined cells of a band move limits: with 100 to 200 an upper limit of
white cells fell from 16.3 to 15.9."""


@dataclass(frozen=True)
class Results:
    """Values with their ages in days, a sex for each where curves are told apart, and weights.

    `tally` is None and `in_hours` false for histograms; `notes` say which of their bands are left out.
    """

    values: Floats
    days: Floats
    counts: Floats
    sex: list[str] | None
    step: float
    in_hours: bool
    tally: Tally | None
    first_day: str
    last_day: str
    notes: tuple[str, ...] = ()


def results_of(given: Given, analyte: Analyte, rules: Rules, step: float | None) -> Results:
    """The results of one analyte with their ages, from whichever kind of file is given."""
    if given.are_histograms:
        return _of_histograms(histograms_from(given, analyte))
    sample = read_sample(given, analyte, rules)
    names = [group.sex for group in sample.groups]
    return Results(
        values=sample.values,
        days=sample.values if sample.days is None else sample.days,
        counts=sample.weights,
        sex=[names[number] for number in sample.choice.tolist()] if rules.by_sex else None,
        step=reporting_step(sample.values) if step is None else step,
        in_hours=True,
        tally=sample.tally,
        first_day="" if sample.first_day is None else sample.first_day.isoformat(),
        last_day="" if sample.last_day is None else sample.last_day.isoformat(),
    )


def _of_histograms(found: Sequence[Histogram]) -> Results:
    """The cells of all sites, each at ages spread evenly over its band; bands need not be alike."""
    check_addable(found)
    cells = [cell for one in found for cell in one.cells]
    kept = [cell for cell in cells if _narrow(cell.group)]
    if not kept:
        raise TableRefused(
            "limits continuous in age need narrow age bands, and no band of these histograms is",
            hint="make them with leukon histogram --by-age, or give age borders: --by-age 18y,40y,65y",
        )
    first_day, last_day = joint_days(found)
    return Results(
        values=np.repeat([cell.value for cell in kept], _SPREAD),
        days=np.concatenate([_ages(cell.group) for cell in kept]),
        counts=np.repeat([cell.count / _SPREAD for cell in kept], _SPREAD),
        sex=_sexes(kept),
        step=found[0].step,
        in_hours=False,
        tally=None,
        first_day=first_day,
        last_day=last_day,
        notes=(_EVENLY, *_left_out(cells), *_thin(found)),
    )


_EVENLY = "ages are known as bands: people were taken to be spread evenly over theirs"


def _ends(people: Partition) -> tuple[float, float]:
    start = border_days(people.age_from) if people.age_from else 0.0
    return start, border_days(people.age_to) if people.age_to else np.inf


def _narrow(people: Partition) -> bool:
    """Whether a band says enough of an age, as a single result must."""
    start, end = _ends(people)
    return start >= NEWBORN_DAYS and end < np.inf and not vague(start, end)


def _ages(people: Partition) -> Floats:
    start, end = _ends(people)
    return np.asarray(start + (end - start) * (np.arange(_SPREAD) + 0.5) / _SPREAD)


def _sexes(cells: Sequence[Cell]) -> list[str] | None:
    """The sex of each result; none where the histograms do not tell women and men apart."""
    told = {cell.sex for cell in cells}
    if told == {""}:
        return None
    if "" in told:
        raise TableRefused(
            "some of the histograms tell women and men apart, and some do not",
            hint="make all with --by-sex, or none",
        )
    return [cell.sex for cell in cells for _ in range(_SPREAD)]


def _left_out(cells: Sequence[Cell]) -> Iterator[str]:
    """How many people of which bands are left out, a sentence a band."""
    wide = dict.fromkeys(cell.group for cell in cells if not _narrow(cell.group))
    for people in wide:
        n = sum(cell.count for cell in cells if cell.group == people)
        yield f"left out: {n:,.0f} people, {describe(people)}: an age band too wide, or open"


def _thin(histograms: Sequence[Histogram]) -> Iterator[str]:
    """A word on bands of few people, whose rare values are joined most."""
    totals: dict[tuple[int, Partition], float] = {}
    for number, one in enumerate(histograms):
        for cell in one.cells:
            key = (number, cell.group)
            totals[key] = totals.get(key, 0.0) + cell.count
    thin = sum(n < _THIN for n in totals.values())
    if thin:
        yield (
            f"{thin} of {len(totals)} age bands hold fewer than {_THIN} people: rare values are joined "
            "there, which draws the limits inwards"
        )
