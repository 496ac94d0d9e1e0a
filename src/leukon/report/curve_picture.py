"""The picture of limits that move with age: two curves, and what publishers print beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from leukon.analytes import Analyte
from leukon.arrays import Floats
from leukon.catalogue import definitions
from leukon.estimation.age_curve import Curve
from leukon.estimation.age_table import border_days
from leukon.estimation.answer import Limit
from leukon.estimation.splines import on_axis
from leukon.limits import Limit as Printed
from leukon.report import words
from leukon.report.scale import Scale, rounded_up
from leukon.report.svg import element, label, picture

WIDTH, LEFT, RIGHT, TOP, BASE, BOTTOM = 400.0, 34.0, 392.0, 14.0, 216.0, 240.0
_POINTS = 160
_TICKS = (("28 d", 28.0), ("3 mo", 91.3), ("1 y", 365.25), ("3 y", 1096.0), ("8 y", 2922.0),
          ("18 y", 6574.5), ("40 y", 14610.0), ("80 y", 29220.0))  # fmt: skip
_ROOM = 1.15
_MOST_NUMBERS = 5
_DOTS = 24
"""In how many groups of age, of as many results each, all results are shown beside the curve."""


def curve_picture(curve: Curve, analyte: Analyte) -> str:
    """Both limits over age (its logarithm) with their 95 % intervals, as an SVG element."""
    first, last = (float(on_axis(np.array([x]))[0]) for x in _ends(curve))
    axis = np.linspace(first, last, _POINTS)
    columns = list(zip(*curve.over(np.exp(axis) - 10.0), strict=True))[:2]
    printed = printed_steps(analyte, curve)
    heights = [x.high or x.value for column in columns for x in column]
    heights += [end for _, _, end in printed]
    seen = list(_percentiles(curve))
    end = rounded_up(max(heights) * _ROOM)
    across, up = Scale(first, last, LEFT, RIGHT), Scale(0.0, end, BASE, TOP)
    body = [
        *(_published(row, across, up) for row in printed),
        *(_interval(axis, column, across, up) for column in columns),
        *(_dot(days, height, across, up) for days, height in seen if height <= end),
        *(_line(axis, [x.value for x in column], across, up) for column in columns),
        *_axes(across, up),
    ]
    desc = f"Lower and upper limit of {words.name(analyte)} by age, with what publishers print."
    return picture(WIDTH, BOTTOM, title="Limits by age", desc=desc, body=body)


def _ends(curve: Curve) -> tuple[float, float]:
    assert curve.bins is not None
    return float(curve.bins.days[0]), float(curve.bins.days[-1])


def printed_steps(analyte: Analyte, curve: Curve) -> list[tuple[float, float, float]]:
    """What voting publishers print for people like these: from which day, to which, and the limit."""
    first, last = _ends(curve)
    found = set()
    for definition in definitions.voters:
        for limit in definition.limits:
            if limit.analyte == analyte and limit.votes and _for_them(limit, curve.sex):
                start, end = _days(limit, first, last)
                sides = (limit.low, limit.high)
                found |= {(start, end, limit.canonical(x)) for x in sides if x and start < end}
    return sorted(found)


def _for_them(limit: Printed, sex: str) -> bool:
    theirs = limit.partition
    plain = not (theirs.duffy or theirs.pregnancy or theirs.specimen or theirs.qualifiers)
    return plain and (not sex or theirs.sex in ("", sex))


def _days(limit: Printed, first: float, last: float) -> tuple[float, float]:
    theirs = limit.partition
    start = border_days(theirs.age_from) if theirs.age_from else first
    end = border_days(theirs.age_to) if theirs.age_to else last
    return max(start, first), min(end, last)


def _percentiles(curve: Curve) -> Iterator[tuple[float, float]]:
    """Where the asked share of all results lies, sick ones among them: an age and a value each."""
    order = np.argsort(curve.days, kind="stable")
    reached = np.cumsum(curve.counts[order])
    group = np.minimum(reached / max(reached[-1], 1e-9) * _DOTS, _DOTS - 1e-9).astype(int)
    for number in range(_DOTS):
        mine = order[group == number]
        if not mine.size:
            continue
        middle = float(np.average(curve.days[mine], weights=curve.counts[mine]))
        mine = mine[np.argsort(curve.values[mine], kind="stable")]
        shares = np.cumsum(curve.counts[mine]) / curve.counts[mine].sum()
        for probability in curve.quantiles[:2]:
            place = min(int(np.searchsorted(shares, probability)), mine.size - 1)
            yield middle, float(curve.values[mine[place]])


def _dot(days: float, height: float, across: Scale, up: Scale) -> str:
    at = across(float(on_axis(np.array([days]))[0]))
    return element("circle", cx=at, cy=up(height), r=1.6, class_="lk-curve-dot")


def _published(row: tuple[float, float, float], across: Scale, up: Scale) -> str:
    start, end = (across(float(x)) for x in on_axis(np.array(row[:2])))
    return element(
        "line", x1=start, x2=end, y1=up(row[2]), y2=up(row[2]), class_="lk-curve-printed"
    )


def _line(axis: Floats, heights: Sequence[float], across: Scale, up: Scale) -> str:
    pairs = zip(axis.tolist(), heights, strict=True)
    points = " L".join(f"{across(x):.1f},{up(y):.1f}" for x, y in pairs)
    return element("path", d=f"M{points}", class_="lk-curve")


def _interval(axis: Floats, column: Sequence[Limit], across: Scale, up: Scale) -> str:
    if column[0].low is None:
        return ""
    places = axis.tolist()
    there = [(x, limit.low or 0.0) for x, limit in zip(places, column, strict=True)]
    back = [(x, limit.high or 0.0) for x, limit in zip(places, column, strict=True)][::-1]
    points = " L".join(f"{across(x):.1f},{up(y):.1f}" for x, y in [*there, *back])
    return element("path", d=f"M{points} Z", class_="lk-fit-interval")


def _axes(across: Scale, up: Scale) -> Iterator[str]:
    yield element("line", x1=LEFT, x2=RIGHT, y1=BASE, y2=BASE, class_="lk-axis")
    for text, days in _TICKS:
        at = float(on_axis(np.array([days]))[0])
        if across.holds(at):
            yield element(
                "line", x1=across(at), x2=across(at), y1=BASE, y2=BASE + 4, class_="lk-axis"
            )
            where = min(max(across(at), LEFT), RIGHT - 10)
            yield label(text, where, BASE + 18, class_="lk-faint")
    step = rounded_up(up.end / _MOST_NUMBERS)
    for times in range(1, int(up.end / step) + 1):
        height = times * step
        yield label(f"{height:g}", LEFT - 6, up(height) + 4, anchor="end", class_="lk-faint")
