"""A person's counts over time with their own band and the definition's, as SVG.

The band at a draw is the one from the draws before it. A provisional band has dashed ends, a settled
one drawn ones; one that is too young is not drawn. What was left out is grey and crossed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from leukon.engines.own_output import OwnDraw
from leukon.report import own_words, words
from leukon.report.own_axes import (
    NARROW,
    WIDE,
    Frame,
    across,
    counts_marked,
    days_marked,
    seconds,
    up,
)
from leukon.report.scale import Scale
from leukon.report.svg import element, label, picture, text_width, triangle
from leukon.setpoints.rules import SAY_LOW

_MARK = 4.2
_LETTER = 12.0
_LINE_HEIGHT = 14.0
_NEAR = 90.0
"""Two words nearer than this, across, would touch."""
_STRETCH = 1.6
"""Up to so many times the rest an odd count, or the upper limit, stretches the axis."""


class _Plot(NamedTuple):
    """What is drawn, and where a day and a count stand."""

    draws: Sequence[OwnDraw]
    frame: Frame
    x: Scale
    y: Scale

    def at(self, draw: OwnDraw) -> float:
        """Where a draw stands across."""
        assert draw.drawn_at is not None
        return self.x(seconds(draw.drawn_at))


def own_picture(draws: Sequence[OwnDraw]) -> str:
    """The picture, once for a page and once for a phone; "" where no draw has a day and a count."""
    shown = [draw for draw in draws if draw.drawn_at is not None]
    if not any(draw.value is not None for draw in shown):
        return ""
    return "".join(
        element("div", _drawn(shown, frame), class_=f"lk-own-{name}")
        for name, frame in (("wide", WIDE), ("narrow", NARROW))
    )


def _drawn(draws: Sequence[OwnDraw], frame: Frame) -> str:
    moments = [draw.drawn_at for draw in draws if draw.drawn_at is not None]
    plot = _Plot(draws, frame, across(moments, frame), up(_heights(draws), frame))
    body = [
        *_definition(plot),
        *_grid(plot),
        *_own_band(plot),
        _thread(plot),
        *(_mark(plot, draw) for draw in draws if draw.value is not None and not _is_again(draw)),
        *_beyond(plot),
        *_falls(plot),
        *_ends(plot),
    ]
    return picture(frame.width, frame.height, title=_title(draws), desc=_desc(draws), body=body)


def _title(draws: Sequence[OwnDraw]) -> str:
    return f"{words.title_name(draws[0].analyte)} over time"


def _desc(draws: Sequence[OwnDraw]) -> str:
    counted = [draw for draw in draws if draw.value is not None]
    left = sum(bool(draw.left_out) for draw in counted)
    said = (
        f"{len(counted)} counts from {own_words.day(draws[0].drawn_at)} to "
        f"{own_words.day(draws[-1].drawn_at)}, {left} of them left out. "
    )
    return said + own_words.sentence(own_words.last_counted(draws))


def _heights(draws: Sequence[OwnDraw]) -> list[float]:
    """What the axis must reach: steady counts, drawn bands, the lower limit; the rest if it is near."""
    bands = [end for draw in draws if own_words.is_drawn(draw) for end in (draw.low, draw.high)]
    usual = [draw.value for draw in draws if not _is_odd(draw)]
    lower = [draw.lower for draw in draws]
    known = [end for end in (*bands, *usual, *lower) if end is not None]
    odd = [end for draw in draws for end in (draw.value, draw.upper) if end is not None]
    highest = max(known, default=max(odd))
    return [*known, *(end for end in odd if end <= _STRETCH * highest)]


def _is_odd(draw: OwnDraw) -> bool:
    """Whether a count was left out, or taken for an excursion: it may leave the axis."""
    return bool(draw.left_out) or (draw.steady is not None and draw.steady < own_words.STRAY)


def _is_again(draw: OwnDraw) -> bool:
    """Whether it is a draw that is already there: it would cover the mark of the first."""
    return draw.left_out == "duplicate"


def _definition(plot: _Plot) -> Iterator[str]:
    """The limits of the definition: what lies between them softly, and a line at each."""
    for draws in _runs(plot.draws, lambda draw: draw.lower is not None or draw.upper is not None):
        steps = _steps(plot, draws)
        low = [(x, plot.y(d.lower) if d.lower is not None else plot.frame.base) for x, d in steps]
        high = [(x, plot.y(d.upper) if d.upper is not None else plot.frame.top) for x, d in steps]
        yield _area([*low, *reversed(high)], "lk-own-defined")
        for side, ends in (("lower", low), ("upper", high)):
            on = [getattr(draw, side) for _, draw in steps]
            if all(end is not None and plot.y.holds(end) for end in on):
                yield _path(ends, "lk-own-limit")


def _steps(plot: _Plot, draws: Sequence[OwnDraw]) -> list[tuple[float, OwnDraw]]:
    """Places across at which the limits of a draw begin and end: to its neighbours, and the edges."""
    places = [plot.at(draw) for draw in draws]
    first = plot.frame.left if draws[0] is plot.draws[0] else places[0]
    last = plot.frame.right if draws[-1] is plot.draws[-1] else places[-1]
    borders = [first, *((a + b) / 2 for a, b in pairwise(places)), last]
    pairs = zip(draws, borders, borders[1:], strict=False)
    return [(x, draw) for draw, start, end in pairs for x in (start, end)]


def _runs(draws: Sequence[OwnDraw], holds: Callable[[OwnDraw], bool]) -> Iterator[list[OwnDraw]]:
    for kept, run in groupby(draws, key=holds):
        if kept:
            yield list(run)


def _grid(plot: _Plot) -> Iterator[str]:
    frame = plot.frame
    for number in counts_marked(plot.y):
        y = plot.y(number)
        yield element("line", x1=frame.left, x2=frame.right, y1=y, y2=y, class_="lk-own-grid")
        yield label(f"{number:g}", frame.left - 6, y + 4, anchor="end", class_="lk-faint")
    yield element(
        "line", x1=frame.left, x2=frame.right, y1=frame.base, y2=frame.base, class_="lk-axis"
    )
    free = 0.0
    for at, text in days_marked(plot.x):
        x, half = plot.x(at), text_width(text, _LETTER) / 2
        yield element("line", x1=x, x2=x, y1=frame.base, y2=frame.base + 5, class_="lk-axis")
        if x - half > free and x + half < frame.width:
            yield label(text, x, frame.base + 20, class_="lk-faint")
            free = x + half + 6


def _own_band(plot: _Plot) -> Iterator[str]:
    """The own band from draw to draw; provisional parts have dashed ends."""
    for draws in _runs(plot.draws, own_words.is_drawn):
        low = [(plot.at(draw), plot.y(draw.low or 0.0)) for draw in draws]
        high = [(plot.at(draw), plot.y(draw.high or 0.0)) for draw in draws]
        if len(draws) == 1:
            low, high = ([(x - 6, y), (x + 6, y)] for x, y in (low[0], high[0]))
        yield _area([*low, *reversed(high)], "lk-own-band")
        for ends in (low, high):
            for (start, after), draw in zip(pairwise(ends), draws[-len(ends) + 1 :], strict=True):
                style = "lk-own-edge lk-own-dashed" if draw.provisional else "lk-own-edge"
                yield _path([start, after], style)


def _thread(plot: _Plot) -> str:
    """A thin line through the counts that enter."""
    kept = [draw for draw in plot.draws if draw.value is not None and not draw.left_out]
    points = [(plot.at(draw), plot.y(draw.value or 0.0)) for draw in kept]
    return _path(points, "lk-own-thread") if len(points) > 1 else ""


def _mark(plot: _Plot, draw: OwnDraw) -> str:
    x, y = plot.at(draw), plot.y(draw.value or 0.0)
    if draw.left_out:
        r = _MARK
        cross = f"M{x - r:.1f},{y - r:.1f} L{x + r:.1f},{y + r:.1f} M{x - r:.1f},{y + r:.1f} L{x + r:.1f},{y - r:.1f}"
        return element("path", d=cross, class_="lk-own-out")
    if draw.answer in SAY_LOW:
        return triangle(x, y, _MARK + 1.6, up=False, class_="lk-mark lk-low")
    style = "lk-own-stray" if _is_odd(draw) else "lk-own-count"
    return element("circle", cx=x, cy=y, r=_MARK, class_=f"lk-mark {style}")


def _beyond(plot: _Plot) -> Iterator[str]:
    """A number, and an arrow up, beside counts that are higher than the axis: of near ones the highest."""
    high = [draw for draw in plot.draws if draw.value is not None and draw.value > plot.y.end]
    groups: list[list[OwnDraw]] = []
    for draw in high:
        if groups and plot.at(draw) - plot.at(groups[-1][0]) < _NEAR:
            groups[-1].append(draw)
        else:
            groups.append([draw])
    for group in groups:
        highest = max(group, key=lambda draw: draw.value or 0.0)
        text = f"↑ {own_words.end(highest.value, highest.analyte)}"
        first, last = plot.at(group[0]) - 8, plot.at(group[-1]) + 8
        right = last + text_width(text, _LETTER) < plot.frame.right
        x, anchor = (last, "start") if right else (first, "end")
        yield label(text, x, plot.frame.top + 4, anchor=anchor, class_="lk-small")


def _falls(plot: _Plot) -> Iterator[str]:
    """Where the counts are seen to fall slowly: the first draw of each alarm, with a word."""
    before, free = False, -_NEAR
    for draw in plot.draws:
        near = draw.drawn_at is not None and plot.at(draw) < free + _NEAR
        if draw.falling and not before and not near and draw.value is not None:
            free = plot.at(draw)
            x, y = plot.at(draw), plot.y(draw.value)
            half = text_width("slow fall", _LETTER) / 2
            middle = min(max(x, plot.frame.left + half), plot.frame.right - half)
            over = max(plot.frame.top + 12, y - 34)
            yield element("line", x1=x, x2=x, y1=over + 5, y2=y - 8, class_="lk-own-fall")
            yield label("slow fall", middle, over, class_="lk-number lk-text-low")
        before = draw.falling


def _ends(plot: _Plot) -> Iterator[str]:
    """Numbers at the right end: of the definition, and of the own band; none over another."""
    last = plot.draws[-1]
    named = [(end, "lk-small") for end in (last.lower, last.upper)]
    if own_words.is_drawn(last):
        named += [(last.low, "lk-number lk-text-within"), (last.high, "lk-number lk-text-within")]
    marks = [
        (plot.y(end), own_words.end(end, last.analyte), style)
        for end, style in named
        if end is not None and plot.y.holds(end)
    ]
    for y, (_, text, style) in zip(
        _apart([y for y, _, _ in sorted(marks)]), sorted(marks), strict=True
    ):
        yield label(text, plot.frame.right + 6, y + 4, anchor="start", class_=style)


def _apart(places: Sequence[float]) -> list[float]:
    """Places, from the top down, moved so that no two lines of text touch."""
    found: list[float] = []
    for place in places:
        found.append(max(place, found[-1] + _LINE_HEIGHT) if found else place)
    return found


def _path(points: Iterable[tuple[float, float]], class_: str) -> str:
    return element("path", d="M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in points), class_=class_)


def _area(points: Iterable[tuple[float, float]], class_: str) -> str:
    inner = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return element("polygon", points=inner, class_=class_)
