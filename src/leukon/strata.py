"""A scale as arrays: for every age the cuts between its grades, worked out beforehand.

The bands of one analyte at one age are a ladder: walking down from the highest count, each cut
leads to the next rung. A count's place on the ladder is how many cuts it is under, so that grading
is a few comparisons of whole columns. Where the printed bands leave a hole, the rung is NO_GRADE:
a count there has no grade, and never a milder one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from math import inf
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from leukon.ages import Ages
from leukon.arrays import Codes, Floats, Index, Truths
from leukon.axes import Axes, axes_of, cells, places, reachable
from leukon.batch import People
from leukon.limits import Partition
from leukon.reasons import Reason
from leukon.severity import GradeBand, NotGraded, Ungraded
from leukon.validation import Finding, describe, overlap

NO_GRADE = -1
"""The code of a count that has no grade."""
Rank = Callable[[int | str], int]


class Ladder(NamedTuple):
    """The cuts of one stratum from the mildest down, and the grade above and between them."""

    cuts: tuple[float, ...]
    rungs: tuple[int, ...]
    lln: GradeBand | None
    bands: tuple[GradeBand, ...]
    findings: tuple[Finding, ...]


class Stratum(NamedTuple):
    """The bands of one analyte at one age, or the note that there are none."""

    partition: Partition
    bands: tuple[GradeBand, ...]
    not_graded: NotGraded | None


class Table(Struct, frozen=True):
    """One analyte of a scale, compiled: a column a stratum, then one a reason for having none.

    `cuts[k][s]` is the k-th cut of stratum s; the first of a stratum that uses the laboratory's
    limit holds the lowest place that cut can have. `rungs[s][k]` is the grade of a count under k
    cuts. `plain`: the grade is that number itself. `asks_lln`: some stratum uses that limit.
    `always_graded`: there is one stratum, for all ages, and it has grades. `axes` has the age
    borders (None: one stratum for all ages, and no age is asked for).
    """

    strata: tuple[Stratum, ...]
    axes: Axes | None
    cells: Index
    cuts: Floats
    rungs: Codes
    reasons: Codes
    uses_lln: Truths
    asks_lln: bool
    lln_inclusive: bool
    plain: bool
    always_graded: bool

    def numbers(self, ages: Ages | None, size: int) -> Index | None:
        """The stratum of each age; None where one holds for all."""
        if self.axes is None:
            return None
        missing, inexact = len(self.strata) + 1, len(self.strata) + 2
        if ages is None:
            return np.full(size, self._ageless(missing), dtype=np.intp)
        where = places(People(ages, np.zeros(size, dtype=np.int8)), self.axes)
        found = self.cells[where.days[0], where.months[0]]
        if where.unsure.size:
            self._settle(found, (*where.days, *where.months), where.unsure, inexact)
        if where.ageless.size:
            found[where.ageless] = self._ageless(missing)
        return found

    def _ageless(self, missing: int) -> int:
        assert self.axes is not None
        found = {int(self.cells[cell]) for cell in reachable(self.axes)}
        return found.pop() if len(found) == 1 else missing

    def _settle(self, found: Index, spans: Sequence[Index], which: Index, inexact: int) -> None:
        """An age that may lie in several strata has one only where they are the same."""
        rows = np.stack(spans, axis=1)[which]
        unique, inverse = np.unique(rows, axis=0, return_inverse=True)
        blocks = (self.cells[d0 : d1 + 1, m0 : m1 + 1] for d0, d1, m0, m1 in unique.tolist())
        only = [int(b.flat[0]) if (b == b.flat[0]).all() else inexact for b in blocks]
        found[which] = np.array(only, dtype=np.intp)[inverse.reshape(-1)]

    def stratum(self, number: int) -> Stratum | None:
        """The stratum with a number; None for the numbers that stand for a reason."""
        return self.strata[number] if number < len(self.strata) else None


def strata_of(bands: Iterable[GradeBand], not_graded: Iterable[NotGraded]) -> tuple[Stratum, ...]:
    """The strata of one analyte: rows with the same ages belong together."""
    found: dict[Partition, list[GradeBand]] = {}
    for band in bands:
        found.setdefault(band.partition, []).append(band)
    graded = (Stratum(people, tuple(rows), None) for people, rows in found.items())
    return (*graded, *(Stratum(row.partition, (), row) for row in not_graded))


def table_of(strata: tuple[Stratum, ...], rank: Rank) -> Table:
    """The arrays of one analyte; what is wrong with it is not looked for here (`findings_of` is)."""
    ladders = [ladder(stratum, rank) for stratum in strata]
    longest = max(len(one.cuts) for one in ladders)
    ages_matter = len(strata) > 1 or strata[0].partition != Partition()
    axes = _axes(strata) if ages_matter else None
    cuts = np.full((longest, len(strata) + 3), -inf)
    rungs = np.full((len(strata) + 3, longest + 1), NO_GRADE, dtype=np.int8)
    for place, one in enumerate(ladders):
        cuts[: len(one.cuts), place] = one.cuts
        rungs[place, : len(one.rungs)] = one.rungs
    llns = [one.lln for one in ladders]
    return Table(
        strata,
        axes,
        _cells(strata, axes) if axes else np.zeros((1, 1), dtype=np.intp),
        cuts,
        rungs,
        np.array([*map(_reason, strata), *_AGE_REASONS], dtype=np.int8),
        np.array([*(band is not None for band in llns), *[False] * 3]),
        any(band is not None for band in llns),
        any(band is not None and band.high_inclusive for band in llns),
        all(one.rungs == tuple(range(len(one.rungs))) for one in ladders if one.bands),
        axes is None and not any(map(_reason, strata)),
    )


_AGE_REASONS = (Ungraded.NO_STRATUM_FOR_AGE, Reason.AGE_MISSING, Reason.AGE_INEXACT)


def _reason(stratum: Stratum) -> int:
    if stratum.not_graded is None:
        return Reason.NONE
    everywhere = stratum.partition == Partition()
    return Ungraded.NO_SCALE_FOR_ANALYTE if everywhere else Ungraded.NO_STRATUM_FOR_AGE


def _axes(strata: Iterable[Stratum]) -> Axes:
    borders = [border for stratum in strata for border in stratum.partition.borders if border]
    days, months = (
        np.array(sorted({b.value for b in borders if b.scale == scale}))
        for scale in ("days", "months")
    )
    return axes_of(())._replace(days=days, months=months)


def _cells(strata: Sequence[Stratum], axes: Axes) -> Index:
    table = np.full(axes.shape, len(strata), dtype=np.intp)
    for number, stratum in enumerate(strata):
        for where in cells(stratum.partition, axes, with_pregnant=True):
            table[where] = number
    return table.reshape(axes.shape[-2:])


def ladder(stratum: Stratum, rank: Rank) -> Ladder:
    """The cuts and rungs of a stratum, with what is wrong or left open between its bands."""
    bands = sorted(stratum.bands, key=lambda band: (-band.begins_under, rank(band.grade)))
    cuts: list[float] = []
    rungs = [0 if bands else NO_GRADE]
    found: list[Finding] = []
    reach, last = inf, None
    for band in bands:
        found += _clashes(band, last, reach, stratum, rank)
        if rank(band.grade) > 0:
            if last is not None and band.begins_under < reach:
                cuts.append(reach)
                rungs.append(NO_GRADE)
            cuts.append(band.ends_under if band.uses_lln else band.begins_under)
            rungs.append(rank(band.grade))
        reach, last = band.ends_under, band
    if last is not None and reach > 0:
        cuts.append(reach)
        rungs.append(NO_GRADE)
        found.append(_hole(stratum, f"under {_plain(reach)}"))
    lln = next((band for band in bands if band.uses_lln), None)
    return Ladder(tuple(cuts), tuple(rungs), lln, tuple(bands), tuple(found))


def _clashes(
    band: GradeBand, last: GradeBand | None, reach: float, stratum: Stratum, rank: Rank
) -> Iterable[Finding]:
    """What is wrong between a band and the one above it."""
    if last is None:
        return
    if rank(band.grade) <= rank(last.grade) or band.begins_under > reach:
        what = f"the grades {last.grade} and {band.grade} overlap or are out of order"
        yield Finding("error", _where(stratum), what)
    elif band.begins_under < reach:
        yield _hole(stratum, f"from {_plain(band.begins_under)} to {_plain(reach)}")


def _hole(stratum: Stratum, where: str) -> Finding:
    what = f"no grade {where}: counts there are not graded"
    return Finding("warning", _where(stratum), what)


def _plain(value: float) -> str:
    return f"{value:.6g}"


def _where(stratum: Stratum) -> str:
    return f"{stratum.bands[0].analyte}, {describe(stratum.partition)}"


def findings_of(strata: Sequence[Stratum], rank: Rank, name: str) -> list[Finding]:
    """Overlaps (errors) and holes (warnings) of one analyte, in count and in age."""
    found = [finding for stratum in strata for finding in ladder(stratum, rank).findings]
    for first, second in combinations(strata, 2):
        if overlap(first.partition, second.partition):
            ages = f"{describe(first.partition)} and {describe(second.partition)}"
            found.append(Finding("error", name, f"two rows hold for one age: {ages}"))
    return [*found, *_age_holes(strata, name)]


def _age_holes(strata: Sequence[Stratum], name: str) -> list[Finding]:
    axes = _axes(strata)
    free = _cells(strata, axes) == len(strata)
    if not any(free[cell] for cell in reachable(axes)):
        return []
    ages = "; ".join(describe(stratum.partition) for stratum in strata)
    return [Finding("warning", name, f"no grades but for these ages: {ages}")]
