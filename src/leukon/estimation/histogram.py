"""How often each value occurs: all that an estimate needs, and no row of a person.

A histogram is a list of cells: for a group of people (sex, age band) a value and how many people
had it. What leaves a laboratory holds no cell under `SMALLEST`: a small cell is joined with its
neighbours in value (or, where a whole group is small, with the next age band), and stands at their
mean, so that totals hold and no cell is about one person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
from msgspec import Struct

from leukon.analytes import Analyte
from leukon.arrays import Floats, Integers
from leukon.errors import TableRefused
from leukon.estimation.sample import Sample
from leukon.limits import Partition

SMALLEST = 5
"""The fewest people a cell may stand for once it leaves a laboratory (our choice: the usual rule of
small numbers in published health statistics)."""
STEPS = (1.0, 0.1, 0.01, 0.001)
"""The reporting steps looked for, from the coarsest."""
ON_STEP = 0.98
"""The share of values that must be multiples of a step for it to be the reporting step (our choice:
a few values of another analyser do not hide it)."""
_LIKE_NOTHING = 1e-6


class Cell(Struct, frozen=True, kw_only=True):
    """How many people of a group had a value. Ages as in a definition: from included, to not."""

    sex: str = ""
    age_from: str = ""
    age_to: str = ""
    value: float
    count: float

    @property
    def group(self) -> Partition:
        """Whose count it is."""
        return Partition(sex=self.sex, age_from=self.age_from, age_to=self.age_to)


class Histogram(Struct, frozen=True, kw_only=True):
    """The value counts of one analyte, in its canonical unit, at one reporting step.

    `first_day` and `last_day` are ISO dates of the draws, "" where they are not known.
    """

    analyte: Analyte
    unit: str
    step: float
    cells: tuple[Cell, ...]
    first_day: str = ""
    last_day: str = ""

    @property
    def total(self) -> float:
        """How many people."""
        return sum(cell.count for cell in self.cells)

    @property
    def groups(self) -> tuple[Partition, ...]:
        """The groups there are, in the order of their first cell."""
        return tuple(dict.fromkeys(cell.group for cell in self.cells))

    def of(self, group: Partition) -> tuple[Floats, Floats]:
        """The values of a group in ascending order, and how many people had each."""
        mine = sorted((c.value, c.count) for c in self.cells if c.group == group)
        found: tuple[Floats, Floats] = (
            np.array([value for value, _ in mine], dtype=np.float64),
            np.array([count for _, count in mine], dtype=np.float64),
        )
        return found


def reporting_step(values: Floats) -> float:
    """The step in which values are reported: the coarsest of 1, 0.1, 0.01, 0.001 that fits.

    >>> reporting_step(np.array([3.7, 4.0, 11.2]))
    0.1
    """
    for step in STEPS[:-1]:
        scaled = values / step
        if len(values) and np.mean(np.abs(scaled - np.rint(scaled)) < _LIKE_NOTHING) >= ON_STEP:
            return step
    return STEPS[-1]


def value_counts(values: Floats, weights: Floats, step: float) -> tuple[Floats, Floats]:
    """The distinct values, rounded to a step, and the weight of each.

    >>> value_counts(np.array([3.7, 3.7, 4.0]), np.ones(3), 0.1)[1]
    array([2., 1.])
    """
    places, inverse = np.unique(np.rint(values / step).astype(np.int64), return_inverse=True)
    total: Floats = np.bincount(inverse, weights, minlength=len(places)).astype(np.float64)
    return on_step(places, step), total


def on_step(places: Integers, step: float) -> Floats:
    """So many steps as the decimal number they are: 37 steps of 0.1 are 3.7."""
    found: Floats = np.round(places * step, 9)
    return found


def histogram_of(sample: Sample, analyte: Analyte, unit: str, *, step: float | None) -> Histogram:
    """The histogram of a sample, its step found in the values unless it is given."""
    step = reporting_step(sample.values) if step is None else step
    cells: list[Cell] = []
    for number, group in enumerate(sample.groups):
        values, counts = value_counts(*sample.of(number), step)
        cells += _cells(group, values, counts)
    return Histogram(
        analyte=analyte,
        unit=unit,
        step=step,
        cells=tuple(cells),
        first_day=_iso(sample.first_day),
        last_day=_iso(sample.last_day),
    )


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _cells(group: Partition, values: Floats, counts: Floats) -> list[Cell]:
    return [
        Cell(sex=group.sex, age_from=group.age_from, age_to=group.age_to, value=value, count=count)
        for value, count in zip(values.tolist(), counts.tolist(), strict=True)
    ]


def without_small_cells(histogram: Histogram, smallest: int = SMALLEST) -> Histogram:
    """The histogram as it may leave a laboratory: the same total, and no cell under `smallest`.

    Raises `TableRefused` where all people of a sex together are fewer.
    """
    if not histogram.cells:
        raise TableRefused(
            f"no result of {histogram.analyte} entered", hint="look at what was left out, and why"
        )
    by_sex: dict[str, list[Partition]] = {}
    for group in histogram.groups:
        by_sex.setdefault(group.sex, []).append(group)
    cells: list[Cell] = []
    for groups in by_sex.values():
        for group, (values, counts) in _joined_groups(histogram, groups, smallest).items():
            cells += _cells(group, *merged(values, counts, histogram.step, smallest))
    return Histogram(
        analyte=histogram.analyte,
        unit=histogram.unit,
        step=histogram.step,
        cells=tuple(cells),
        first_day=histogram.first_day,
        last_day=histogram.last_day,
    )


def _joined_groups(
    histogram: Histogram, groups: Sequence[Partition], smallest: int
) -> Mapping[Partition, tuple[Floats, Floats]]:
    """The age bands of a sex, each joined with the next one until it is large enough."""
    found: dict[Partition, tuple[Floats, Floats]] = {}
    for group in groups:
        mine = histogram.of(group)
        if found:
            last = next(reversed(found))
            if min(found[last][1].sum(), mine[1].sum()) < smallest:
                joined = Partition(sex=group.sex, age_from=last.age_from, age_to=group.age_to)
                mine, group = _together([found.pop(last), mine]), joined  # noqa: PLW2901 (one rule)
        found[group] = mine
    if any(counts.sum() < smallest for _, counts in found.values()):
        raise TableRefused(
            f"fewer than {smallest} people in a group: a histogram of them would tell who they are",
            hint="leave out --by-sex or --by-age",
        )
    return found


def _together(parts: Iterable[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Several lists of value counts as one, equal values added up."""
    parts = list(parts)
    values = np.concatenate([values for values, _ in parts])
    counts = np.concatenate([counts for _, counts in parts])
    distinct, inverse = np.unique(values, return_inverse=True)
    total: Floats = np.bincount(inverse, counts, minlength=len(distinct)).astype(np.float64)
    return distinct, total


def merged(
    values: Floats, counts: Floats, step: float, smallest: int = SMALLEST
) -> tuple[Floats, Floats]:
    """Value counts with no cell under `smallest`: each joined cell stands at its members' mean.

    Cells are joined from both ends towards the most frequent value, so that the middle, where the
    cells are large, stays as it is.

    >>> merged(np.array([3.0, 3.1, 3.2, 3.3]), np.array([1.0, 1.0, 9.0, 2.0]), 0.1)
    (array([3.2]), array([13.]))
    """
    if not len(counts):
        return values, counts
    top = int(np.argmax(counts))
    low = _runs(counts[: top + 1], smallest)
    high = [len(counts) - place for place in _runs(counts[top:][::-1], smallest)]
    starts = sorted({0, *(place for place in low if place <= top), *high} - {len(counts)})
    starts = _close_middle(starts, counts, smallest)
    totals = np.add.reduceat(counts, starts)
    means = np.add.reduceat(values * counts, starts) / totals
    return on_step(np.rint(means / step).astype(np.int64), step), totals


def _runs(counts: Floats, smallest: int) -> list[int]:
    """Where each run of cells that is large enough ends (the place after it), from the first on."""
    ends, held = [], 0.0
    for place, count in enumerate(counts.tolist(), 1):
        held += count
        if held >= smallest:
            ends.append(place)
            held = 0.0
    return ends


def _close_middle(starts: list[int], counts: Floats, smallest: int) -> list[int]:
    """The starts of the runs, without those that would leave a run too small beside the middle."""
    kept = list(starts)
    while len(kept) > 1:
        totals = np.add.reduceat(counts, kept)
        small = int(np.argmin(totals))
        if totals[small] >= smallest:
            return kept
        beside = [place for place in (small - 1, small + 1) if 0 <= place < len(kept)]
        other = min(beside, key=lambda place: float(totals[place]))
        del kept[max(small, other)]
    return kept


def pooled(histograms: Sequence[Histogram]) -> Histogram:
    """The histograms of several sites as one, cell by cell.

    Raises `TableRefused` unless all are of one analyte, unit, step and the same groups.
    """
    check_addable(histograms)
    first = histograms[0]
    for number, other in enumerate(histograms[1:], 2):
        if set(first.groups) != set(other.groups):
            raise TableRefused(
                "the groups of people are not those of the first",
                where=f"histogram {number}",
                hint="make both with the same --by-sex and --by-age",
            )
    cells: list[Cell] = []
    for group in first.groups:
        cells += _cells(group, *_together(histogram.of(group) for histogram in histograms))
    first_day, last_day = joint_days(histograms)
    return Histogram(
        analyte=first.analyte,
        unit=first.unit,
        step=first.step,
        cells=tuple(cells),
        first_day=first_day,
        last_day=last_day,
    )


def joint_days(histograms: Sequence[Histogram]) -> tuple[str, str]:
    """The first and the last day of all draws, "" where one histogram does not say."""
    first, last = ([getattr(h, what) for h in histograms] for what in ("first_day", "last_day"))
    return min(first) if all(first) else "", max(last) if all(last) else ""


def check_addable(histograms: Sequence[Histogram]) -> None:
    """Refuse histograms that are not of one analyte, unit and reporting step."""
    first = histograms[0]
    for number, other in enumerate(histograms[1:], 2):
        for what in ("analyte", "unit", "step"):
            if getattr(first, what) != getattr(other, what):
                raise TableRefused(
                    f"the {what} is {getattr(other, what)}, and {getattr(first, what)} in the first",
                    where=f"histogram {number}",
                    hint="histograms add up where analyte, unit and reporting step are the same",
                )
