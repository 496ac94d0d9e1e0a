"""Own limits beside those that publishers print for the same people: one bar a publisher."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from leukon.ages import Border
from leukon.analytes import Analyte
from leukon.catalogue import definitions
from leukon.limits import TIERS, Limit, Partition, days_span
from leukon.report import words
from leukon.report.scale import Scale, rounded_up
from leukon.report.svg import arrow, element, label, picture

WIDTH, LEFT, RIGHT = 400.0, 8.0, 392.0
_ROW, _TOP, _BAR = 40.0, 4.0, 8.0
_LONGEST = 48


class Printed(NamedTuple):
    """One publisher's limits for some people; None where it prints none on that side."""

    label: str
    source: str
    low: float | None
    high: float | None


def printed_limits(analyte: Analyte, people: Partition) -> list[Printed]:
    """The reference and decision limits of every voting publisher that hold for all those people.

    People of both sexes are also held against the limits for one of them, which say which.
    """
    found: dict[tuple[str, str], list[Limit]] = {}
    for definition in definitions.voters:
        for limit in definition.limits:
            if limit.analyte == analyte and limit.votes and _covers(limit, people):
                sex = limit.partition.sex if not people.sex else ""
                found.setdefault((definition.id, sex), []).append(limit)
    rows = [_printed(name, sex, limits) for (name, sex), limits in found.items()]
    return sorted(rows, key=lambda row: (row.low is None, row.low or 0.0, row.label))


def _printed(name: str, sex: str, limits: Sequence[Limit]) -> Printed:
    definition = definitions[name]
    ends = [
        next((x.canonical(getattr(x, side)) for x in limits if getattr(x, side) is not None), None)
        for side in ("low", "high")
    ]
    about = f"{definition.publisher} ({sex})" if sex else definition.publisher
    return Printed(about, definition.source, *ends)


def _covers(limit: Limit, people: Partition) -> bool:
    theirs = limit.partition
    plain = not (theirs.duffy or theirs.pregnancy or theirs.specimen or theirs.qualifiers)
    same_sex = not people.sex or theirs.sex in ("", people.sex)
    (start, end), (first, last) = theirs.borders, people.borders
    return (
        plain
        and same_sex
        and TIERS.get(limit.kind) == 0
        and (start is None or (first is not None and _days(start) <= _days(first) + 1))
        and (end is None or (last is not None and _days(last) <= _days(end) + 1))
    )


def _days(border: Border) -> float:
    return days_span(border)[1]


def published_picture(analyte: Analyte, own: tuple[float, float], rows: Sequence[Printed]) -> str:
    """The bars as an SVG element, the own interval as a band behind all of them."""
    ends = [x for row in rows for x in (row.low, row.high) if x is not None]
    scale = Scale(0.0, rounded_up(max([*ends, *own]) * 1.1), LEFT, RIGHT)
    height = _TOP + _ROW * len(rows) + 24
    body: list[str] = []
    for place, row in enumerate(rows):
        body += _row(row, analyte, scale, _TOP + place * _ROW, own)
    base = _TOP + _ROW * len(rows)
    body.append(label("0", LEFT, base + 16, anchor="start", class_="lk-faint"))
    body.append(label(f"{scale.end:g}", RIGHT, base + 16, anchor="end", class_="lk-faint"))
    said = f"{len(rows)} sets of published limits of {words.name(analyte)} for the same people"
    desc = f"A bar from lower to upper limit for each; the band is the own interval, {own[0]:g} to {own[1]:g}."
    return picture(WIDTH, height, title=said, desc=desc, body=body)


def _row(
    row: Printed, analyte: Analyte, scale: Scale, top: float, own: tuple[float, float]
) -> Iterator[str]:
    name = row.label if len(row.label) <= _LONGEST else row.label[: _LONGEST - 1] + "…"
    yield label(
        f"{name}: {_range(row, analyte)}", LEFT, top + 13, anchor="start", class_="lk-small"
    )
    middle = top + 19 + _BAR / 2
    yield element(
        "rect",
        x=scale(own[0]),
        y=middle - 1.25 * _BAR,
        width=max(scale(own[1]) - scale(own[0]), 1.0),
        height=2.5 * _BAR,
        class_="lk-fit-interval",
    )
    left = scale.left if row.low is None else scale(row.low)
    right = scale.right - 8 if row.high is None else scale(row.high)
    yield element(
        "rect",
        x=left,
        y=middle - _BAR / 2,
        width=max(right - left, 1.0),
        height=_BAR,
        class_="lk-band",
    )
    if row.high is None:
        yield arrow(right + 8, middle, 7, class_="lk-band")


def _range(row: Printed, analyte: Analyte) -> str:
    ends = [None if end is None else words.number(end, analyte) for end in (row.low, row.high)]
    if ends[1] is None:
        return f"from {ends[0]}"
    return f"up to {ends[1]}" if ends[0] is None else f"{ends[0]} to {ends[1]}"
