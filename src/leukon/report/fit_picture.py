"""The picture of an estimate: how often each value occurs, who was taken for healthy, the limits.

Bars are the results, the filled curve is the reference group, the dashed one the sick, both with
their share; a band around each limit is its 95 % interval.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from leukon.arrays import Floats
from leukon.estimation.answer import Estimate, Limit
from leukon.report import words
from leukon.report.scale import Scale, rounded_up
from leukon.report.svg import element, inside, label, picture

WIDTH, LEFT, RIGHT, TOP, BASE, BOTTOM = 400.0, 8.0, 392.0, 40.0, 190.0, 238.0
_MOST_BARS = 60
_BEYOND = 1.9
"""How many times the upper limit the axis goes: farther out there are few results."""
_POINTS = 240
_NUMBER = 13.0


class _Bars(NamedTuple):
    """The results as bars: where each begins, how wide all are, and how high (a density)."""

    starts: Floats
    width: float
    heights: Floats
    beyond: float


def fit_picture(
    estimate: Estimate, values: Floats, counts: Floats, *, step: float, limits: tuple[Limit, Limit]
) -> str:
    """The histogram of the results with the groups found in it, as an SVG element."""
    known = [limit.value for limit in limits if np.isfinite(limit.value)]
    end = rounded_up(max(known) * _BEYOND if known else float(np.max(values, initial=1.0)))
    scale = Scale(0.0, end, LEFT, RIGHT)
    bars = _bars(values, counts, step, end)
    x = np.linspace(end / _POINTS, end, _POINTS)
    healthy, sick = estimate.density(x)
    highest = max(float(bars.heights.max(initial=0)), float(healthy.max(initial=0)), 1e-12)
    heights = Scale(0.0, highest, BASE, TOP)
    body = [
        *_interval_bands(limits, scale),
        *_drawn_bars(bars, scale, heights),
        _curve(x, healthy, scale, heights, "lk-fit-reference", closed=True),
        _curve(x, sick, scale, heights, "lk-fit-sick", closed=False),
        element("line", x1=LEFT, x2=RIGHT, y1=BASE, y2=BASE, class_="lk-axis"),
        *_limit_lines(limits, scale),
        *_axis(end, bars),
    ]
    return picture(WIDTH, BOTTOM, title="Results and fit", desc=_description(limits), body=body)


def _description(limits: tuple[Limit, Limit]) -> str:
    ends = ", ".join(
        f"{name} {words.number(round(limit.value, 2))}"
        for name, limit in zip(("lower limit", "upper limit"), limits, strict=True)
        if np.isfinite(limit.value)
    )
    said = ends or "no limits"
    return (
        f"How often each value occurs, with the reference group and the sick found in it: {said}."
    )


def _bars(values: Floats, counts: Floats, step: float, end: float) -> _Bars:
    per_bar = max(int(np.ceil(end / step / _MOST_BARS)), 1)
    width = per_bar * step
    total = max(float(counts.sum()), 1.0)
    place = np.floor((values + step / 2) / width + 1e-9).astype(np.int64)
    shown = place < np.ceil(end / width)
    heights = np.bincount(place[shown], counts[shown], minlength=1) / total / width
    starts: Floats = np.arange(len(heights), dtype=np.float64) * width - step / 2
    return _Bars(starts, width, heights, float(counts[~shown].sum()))


def _drawn_bars(bars: _Bars, scale: Scale, heights: Scale) -> Iterator[str]:
    for start, height in zip(bars.starts.tolist(), bars.heights.tolist(), strict=True):
        if height > 0:
            left, right = scale(start), scale(start + bars.width)
            top = heights(height)
            yield element(
                "rect",
                x=left,
                y=top,
                width=max(right - left - 0.6, 0.6),
                height=BASE - top,
                class_="lk-fit-bar",
            )


def _curve(x: Floats, y: Floats, scale: Scale, heights: Scale, style: str, *, closed: bool) -> str:
    points = [
        f"{scale(a):.1f},{heights(b):.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True)
    ]
    line = "M" + " L".join(points)
    if closed:
        line += f" L{scale(float(x[-1])):.1f},{BASE:g} L{scale(float(x[0])):.1f},{BASE:g} Z"
    return element("path", d=line, class_=style)


def _interval_bands(limits: tuple[Limit, Limit], scale: Scale) -> Iterator[str]:
    for limit in limits:
        if limit.low is not None and limit.high is not None:
            left, right = scale(limit.low), scale(limit.high)
            yield element(
                "rect",
                x=left,
                y=TOP - 8,
                width=max(right - left, 1.0),
                height=BASE - TOP + 8,
                class_="lk-fit-interval",
            )


def _limit_lines(limits: tuple[Limit, Limit], scale: Scale) -> Iterator[str]:
    for limit in limits:
        if not np.isfinite(limit.value):
            continue
        x, text = scale(limit.value), words.number(round(limit.value, 2))
        yield element("line", x1=x, x2=x, y1=TOP - 8, y2=BASE + 4, class_="lk-limit")
        yield label(text, inside(x, text, _NUMBER, WIDTH), TOP - 14, class_="lk-number")


def _axis(end: float, bars: _Bars) -> Iterator[str]:
    scale = Scale(0.0, end, LEFT, RIGHT)
    for share in (0.0, 0.25, 0.5, 0.75):
        at = share * end
        anchor = "start" if share == 0 else "middle"
        yield label(f"{at:g}", scale(at), BASE + 18, anchor=anchor, class_="lk-faint")
    yield label(f"{end:g}", RIGHT, BASE + 18, anchor="end", class_="lk-faint")
    if bars.beyond:
        said = f"and {bars.beyond:,.0f} results beyond {end:g}"
        yield label(said, RIGHT, BASE + 38, anchor="end", class_="lk-small")
