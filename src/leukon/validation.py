"""Is a set of limits sound: ties between rows are errors, gaps in age are warnings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from leukon.ages import Border
from leukon.analytes import Analyte
from leukon.compiled import rank
from leukon.limits import TIERS, Limit, Partition, days_span


class Finding(NamedTuple):
    """One thing found in a definition: "error" or "warning", where, and what."""

    severity: str
    where: str
    what: str

    def __str__(self) -> str:
        """One line for a terminal."""
        return f"{self.severity}: {self.where}: {self.what}"


def findings(limits: Sequence[Limit]) -> list[Finding]:
    """All that is wrong or worth knowing about the rows of a definition, errors first."""
    return [*ties(limits), *gaps(limits)]


def ties(limits: Sequence[Limit]) -> list[Finding]:
    """Pairs of rows that hold for one person on one side, neither more specific."""
    by_analyte: dict[Analyte, list[Limit]] = {}
    for limit in limits:
        by_analyte.setdefault(limit.analyte, []).append(limit)
    return [
        _tie(analyte, first, second)
        for analyte, rows in by_analyte.items()
        for first, second in _near_in_age(rows)
        if _same_side(first, second)
        and rank(first) == rank(second)
        and overlap(first.partition, second.partition)
    ]


def _near_in_age(limits: Sequence[Limit]) -> Iterable[tuple[Limit, Limit]]:
    """The pairs of rows whose ages may meet, in the order of the rows; few of a long table do."""
    spans = [_span_in_days(limit.partition) for limit in limits]
    order = sorted(range(len(limits)), key=lambda row: spans[row][0])
    pairs = []
    for place, row in enumerate(order):
        for later in range(place + 1, len(order)):
            other = order[later]
            if spans[other][0] >= spans[row][1]:
                break  # and so it is with all that begin later
            pairs.append((min(row, other), max(row, other)))
    return ((limits[first], limits[second]) for first, second in sorted(pairs))


def _span_in_days(partition: Partition) -> tuple[float, float]:
    """The first day on which a partition may begin, and the last on which it may end."""
    start, end = partition.borders
    return (
        float("-inf") if start is None else days_span(start)[0],
        float("inf") if end is None else days_span(end)[1],
    )


def _tie(analyte: Analyte, first: Limit, second: Limit) -> Finding:
    what = (
        f"{describe(first.partition)} and {describe(second.partition)} overlap and are equally "
        "specific: one person would have two limits"
    )
    return Finding("error", f"{analyte}, {first.kind}", what)


def _same_side(first: Limit, second: Limit) -> bool:
    groups = [
        "critical" if limit.kind == "critical" else str(TIERS.get(limit.kind, "historic"))
        for limit in (first, second)
    ]
    if groups[0] != groups[1] or "historic" in groups:
        return False
    low = first.low is not None and second.low is not None
    return low or (first.high is not None and second.high is not None)


def overlap(first: Partition, second: Partition) -> bool:
    """Whether one person can belong to both partitions.

    >>> overlap(Partition(age_to="18y"), Partition(age_from="18y"))
    False
    """
    return (
        _agree(first.sex, second.sex)
        and _agree(first.duffy, second.duffy)
        and _agree(first.specimen, second.specimen)
        and first.pregnancy == second.pregnancy
        and _weeks_overlap(first, second)
        and not _apart(first, second)
        and not _apart(second, first)
    )


def _agree(first: str, second: str) -> bool:
    return not first or not second or first == second


def _weeks_overlap(first: Partition, second: Partition) -> bool:
    spans = [
        (row.weeks_from or 0.0, float("inf") if row.weeks_to is None else row.weeks_to)
        for row in (first, second)
    ]
    return spans[0][0] < spans[1][1] and spans[1][0] < spans[0][1]


def _apart(earlier: Partition, later: Partition) -> bool:
    """Whether the ages of one surely end before those of the other begin."""
    end, start = earlier.borders[1], later.borders[0]
    return end is not None and start is not None and _reaches(end, start) <= 0


def _reaches(end: Border, start: Border) -> float:
    """How far an age band may reach past the beginning of another (0 or less: not at all)."""
    if end.scale == start.scale:
        return end.value - start.value
    return days_span(end)[1] - days_span(start)[0]


def gaps(limits: Sequence[Limit]) -> list[Finding]:
    """Ages between two rows at which a definition has no lower limit for an analyte."""
    found = []
    for analyte in Analyte:
        for sex in ("female", "male"):
            rows = [limit.partition for limit in limits if _is_plain(limit, analyte, sex)]
            found += [_gap(analyte, end, start) for end, start in _holes(rows)]
    return list(dict.fromkeys(found))


def _is_plain(limit: Limit, analyte: Analyte, sex: str) -> bool:
    people = limit.partition
    general = not (people.duffy or people.pregnancy or people.specimen or people.qualifiers)
    return (
        limit.analyte == analyte
        and limit.kind in TIERS
        and limit.low is not None
        and general
        and people.sex in ("", sex)
    )


def _holes(rows: list[Partition]) -> Iterable[tuple[str, str]]:
    reach: Partition | None = None
    for row in sorted(rows, key=lambda row: days_span(row.borders[0])[0] if row.borders[0] else 0):
        start, end = row.borders[0], reach.borders[1] if reach else None
        if reach is not None and end is not None and start is not None and _before(end, start):
            yield reach.age_to, row.age_from
        if reach is None or _further(row, reach) > 0:
            reach = row


def _before(end: Border, start: Border) -> bool:
    if end.scale == start.scale:
        return end.value < start.value
    return days_span(end)[1] < days_span(start)[0]


def _further(row: Partition, reach: Partition) -> float:
    ends = [days_span(p.borders[1])[0] if p.borders[1] else float("inf") for p in (row, reach)]
    return 0.0 if ends[0] == ends[1] else ends[0] - ends[1]


def _gap(analyte: Analyte, end: str, start: str) -> Finding:
    what = f"no lower limit from {end} to {start}: counts there are undetermined"
    return Finding("warning", analyte, what)


def describe(partition: Partition) -> str:
    """A partition in words, for messages and tables.

    >>> describe(Partition(sex="female", age_from="18y"))
    'female, from 18y'
    """
    ages = [
        f"from {partition.age_from}" if partition.age_from else "",
        f"under {partition.age_to}" if partition.age_to else "",
    ]
    return ", ".join(
        part for part in (*_facts(partition), " ".join(filter(None, ages))) if part
    ) or ("everybody")


def _facts(partition: Partition) -> list[str]:
    weeks = ""
    if partition.weeks_from is not None or partition.weeks_to is not None:
        end = f"{partition.weeks_to:g}" if partition.weeks_to is not None else "the end"
        weeks = f" week {partition.weeks_from or 0:g} to {end}"
    return [
        partition.sex,
        f"Duffy {partition.duffy}" if partition.duffy else "",
        f"pregnant{weeks}" if partition.pregnancy else "",
        partition.specimen,
        *partition.qualifiers,
    ]
