"""By what limits tell people apart, and where a person stands on those axes.

Five axes are of the person (sex, Duffy status, pregnancy, specimen, qualifiers), two are of age,
since age borders are printed in two ways: in hours, days and weeks (elapsed days), and in months
and years (by the calendar).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from leukon.ages import Border
from leukon.arrays import Floats, Index
from leukon.batch import DUFFY_CODES, SEX_CODES, SPECIMEN_CODES, Found, Memory, People
from leukon.limits import Limit, Partition, days_span

Values = TypeVar("Values", bound="np.ndarray[Any, Any]")


class Axes(NamedTuple):
    """What a set of limits tells people apart by, and where its age bands begin and end."""

    weeks: Floats
    qualifiers: tuple[str, ...]
    days: Floats
    months: Floats
    by_sex: bool
    by_duffy: bool
    by_pregnancy: bool
    by_specimen: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the table: sex, Duffy, pregnancy, specimen, qualifiers, days, months.

        Pregnancy has a place for "not pregnant", one for "week not known", then the week bands.
        """
        return (
            3 if self.by_sex else 1,
            3 if self.by_duffy else 1,
            len(self.weeks) + 3 if self.by_pregnancy else 1,
            3 if self.by_specimen else 1,
            2 ** len(self.qualifiers),
            len(self.days) + 1,
            len(self.months) + 1,
        )


def axes_of(limits: Iterable[Limit]) -> Axes:
    """The axes that a set of limits needs."""
    rows = [limit.partition for limit in limits]
    borders = [border for row in rows for border in row.borders if border]
    weeks = {week for row in rows for week in (row.weeks_from, row.weeks_to) if week is not None}
    return Axes(
        np.array(sorted(weeks), dtype=np.float64),
        tuple(sorted({name for row in rows for name in row.qualifiers})),
        np.array(sorted({b.value for b in borders if b.scale == "days"}), dtype=np.float64),
        np.array(sorted({b.value for b in borders if b.scale == "months"}), dtype=np.float64),
        any(row.sex for row in rows),
        any(row.duffy for row in rows),
        any(row.pregnancy for row in rows),
        any(row.specimen for row in rows),
    )


Block = tuple[slice | int, ...]


def cells(partition: Partition, axes: Axes, *, with_pregnant: bool) -> Iterator[Block]:
    """The blocks of cells at which a partition holds: one for each set of facts that has its own.

    `with_pregnant` says whether a row that does not speak of pregnancy holds for the pregnant.
    """
    person = (
        _place(axes.by_sex, SEX_CODES, partition.sex),
        _place(axes.by_duffy, DUFFY_CODES, partition.duffy),
        _weeks(partition, axes, with_pregnant=with_pregnant),
        _place(axes.by_specimen, SPECIMEN_CODES, partition.specimen),
    )
    ages = _ages(partition, axes)
    needed = sum(1 << axes.qualifiers.index(name) for name in partition.qualifiers)
    for bits in range(2 ** len(axes.qualifiers)):
        if bits & needed == needed:
            yield (*person, bits, *ages)


def _ages(partition: Partition, axes: Axes) -> tuple[slice, slice]:
    start, end = partition.borders
    spans = {"days": [0, len(axes.days) + 1], "months": [0, len(axes.months) + 1]}
    edges = {"days": axes.days, "months": axes.months}
    for border, side in ((start, 0), (end, 1)):
        if border is not None:
            spans[border.scale][side] = int(np.searchsorted(edges[border.scale], border.value)) + 1
    return slice(*spans["days"]), slice(*spans["months"])


def _place(used: bool, codes: Mapping[Any, int], wanted: str) -> slice:
    if not used or not wanted:
        return slice(None)
    return slice(codes[wanted], codes[wanted] + 1)


def _weeks(partition: Partition, axes: Axes, *, with_pregnant: bool) -> slice:
    """Place 0 is "not pregnant", 1 "week not known", 2 and on the bands between the weeks."""
    if not partition.pregnancy:
        return slice(None) if with_pregnant else slice(0, 1)
    edges = axes.weeks.tolist()
    end = None if partition.weeks_to is None else 3 + edges.index(partition.weeks_to)
    if partition.weeks_from is not None:
        return slice(3 + edges.index(partition.weeks_from), end)
    return slice(1 if end is None else 2, end)


class Places(Struct, frozen=True):
    """Where people stand on the axes: kind of person, and first and last band.

    `unsure` are the places of those who may be of several bands, `ageless` of those of unknown age.
    `of` numbers the place of each person of the batch; None: each has a place of its own.
    """

    person: Index
    days: tuple[Index, Index]
    months: tuple[Index, Index]
    unsure: Index
    ageless: Index
    of: Index | None = None
    memory: Memory | None = None

    def once(self, table: object, work: Callable[[], Found]) -> Found:
        """What is found for these places in a table, once for each table; never to be changed."""
        return work() if self.memory is None else self.memory.of(table, work)

    def spread(self, found: Values) -> Values:
        """What was found for these places, for each person of the batch."""
        return found if self.of is None else cast("Values", found.take(self.of))


def places(people: People, axes: Axes) -> Places:
    """Where each person stands in the tables of a definition; people alike share a place."""
    kinds = people.kinds
    if kinds is None:
        return _places(people, axes)
    found = kinds.memory.of(axes, lambda: _places(kinds.people, axes))
    return replace(found, of=kinds.numbers, memory=kinds.memory)


def _places(people: People, axes: Axes) -> Places:
    ages = people.ages
    days = _bands(axes.days, ages.days_from, ages.days_to)
    months = _bands(axes.months, ages.months_from, ages.months_to)
    spans = (days[0] != days[1]) | (months[0] != months[1])
    unknown = np.isnan(ages.days_from)
    person = _person(people, axes)
    return Places(person, days, months, spans.nonzero()[0], unknown.nonzero()[0])


def _bands(edges: Floats, start: Floats, end: Floats) -> tuple[Index, Index]:
    if not edges.size:
        none = np.zeros(len(start), dtype=np.intp)
        return none, none
    first = edges.searchsorted(start, side="right")
    return first, np.maximum(edges.searchsorted(end, side="left"), first)


def _person(people: People, axes: Axes) -> Index:
    """The number of the kind of person: the five person axes as one flat index."""
    # None: all are at place 0 of the axis. Its size is then only multiplied with.
    parts = (
        people.sex if axes.by_sex else None,
        people.duffy if axes.by_duffy else None,
        _week_place(people, axes) if axes.by_pregnancy else None,
        people.specimen if axes.by_specimen else None,
        _fact_bits(people, axes) if axes.qualifiers else None,
    )
    flat: Index | None = None
    times = 1
    for part, size in zip(parts, axes.shape[:5], strict=True):
        times *= size
        if part is not None:
            flat = part.astype(np.intp) if flat is None else flat * times + part
            times = 1
    return np.zeros(len(people.sex), dtype=np.intp) if flat is None else flat * times


def _week_place(people: People, axes: Axes) -> Index | None:
    if people.pregnant is None or people.weeks_from is None or people.weeks_to is None:
        return None
    first = np.searchsorted(axes.weeks, people.weeks_from, side="right")
    last = np.searchsorted(axes.weeks, people.weeks_to, side="left")
    known = ~np.isnan(people.weeks_from) & (first >= last)
    return np.where(people.pregnant, np.where(known, first + 2, 1), 0)


def _fact_bits(people: People, axes: Axes) -> Index:
    bits = np.zeros(len(people.sex), dtype=np.intp)
    for place, name in enumerate(axes.qualifiers):
        if name in people.qualifiers:
            bits |= people.qualifiers[name].astype(np.intp) << place
    return bits


def reachable(axes: Axes) -> Iterator[tuple[int, int]]:
    """The pairs of age bands (days, months) in which a person can be at all."""
    days = [0.0, *axes.days.tolist(), np.inf]
    months = [0.0, *axes.months.tolist(), np.inf]
    for i, (day_from, day_to) in enumerate(pairwise(days)):
        for j, (month_from, month_to) in enumerate(pairwise(months)):
            first = _month_span(month_from)[0]
            last = _month_span(month_to)[1]
            if day_from < last and first < day_to:
                yield i, j


def _month_span(months: float) -> tuple[float, float]:
    return (months, months) if months in (0.0, np.inf) else days_span(Border("months", months))
