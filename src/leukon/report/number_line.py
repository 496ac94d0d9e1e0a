"""The number line: where a count lies against the limits of the definition that was chosen.

The interval is a thick bar, what is outside it a thin line, an end that the definition leaves open
an arrow; the count is a pin whose head says the flag by its shape, with value and flag in words.
"""

from __future__ import annotations

from collections.abc import Iterator

from leukon.interpretation import Interpreted
from leukon.reasons import Reason
from leukon.report import words
from leukon.report.scale import Scale, from_zero
from leukon.report.svg import (
    arrow,
    diamond,
    element,
    inside,
    label,
    lines,
    picture,
    text_width,
    triangle,
)
from leukon.report.wording import ENGLISH, Wording

WIDTH, MARGIN = 300.0, 10.0
_VALUE_Y, _HEAD_Y, _TRACK_Y, _BAR, _NUMBER_Y, _WORD_Y = 16.0, 38.0, 57.0, 14.0, 87.0, 102.0
_BIG, _NUMBER, _SMALL = 15.0, 13.0, 11.0
_LINE = 15.0
_LESS, _MORE = ("<", "<="), (">", ">=")


def number_line(count: Interpreted, wording: Wording = ENGLISH) -> str:
    """The picture of one count against its limits, as an SVG element; `wording` holds its words.

    A comparator is drawn as the range it stands for; a count that is undetermined has a hollow
    marker and its reason below; a value far beyond the limits leaves the scale, and says so.
    """
    scale = _scale(count)
    below = _reason_lines(count, wording)
    parts = [_value_label(count, scale, wording)]
    start = _VALUE_Y + 19
    if _sides(count) or count.value is not None:
        parts += [*_track(count, scale), *_limit_labels(count, scale, wording)]
        parts += _marker(count, scale, wording)
        start = _WORD_Y + 19 if _sides(count) else _NUMBER_Y + 16
    for place, line in enumerate(below):
        parts.append(label(line, 0, start + place * _LINE, anchor="start", class_="lk-small"))
    height = start + len(below) * _LINE - (11 if below else 13)
    return picture(
        WIDTH, height, title=title(count, wording), desc=description(count, wording), body=parts
    )


def title(count: Interpreted, wording: Wording = ENGLISH) -> str:
    """What the picture shows, in a line."""
    said = wording.measured(count) or wording.text("no-value")
    name, flag = wording.name(count.analyte), wording.flag(count.flag)
    return wording.text("line-title", name=name, value=said, flag=flag)


def description(count: Interpreted, wording: Wording = ENGLISH) -> str:
    """The picture in words, for those who do not see it."""
    why = f" {wording.reason(count.reason)}." if count.reason else ""
    lower, upper = (
        wording.text(f"line-no-{side}")
        if limit is None
        else wording.text(f"line-{side}", number=wording.number(limit, count.analyte))
        for side, limit in (("lower", count.lower), ("upper", count.upper))
    )
    return wording.text("line", unit=words.unit(count.unit), lower=lower, upper=upper) + why


def _sides(count: Interpreted) -> list[float]:
    return [side for side in (count.lower, count.upper) if side is not None]


def _scale(count: Interpreted) -> Scale:
    return from_zero(count.value, _sides(count), MARGIN, WIDTH - MARGIN)


def _reason_lines(count: Interpreted, wording: Wording) -> list[str]:
    if not count.reason:
        return []
    text = wording.reason(count.reason)
    said = f"{text[:1].upper()}{text[1:]}."
    if count.flag == "undetermined":
        said = wording.text("cannot-say", reason=text)
    return lines(said, _SMALL + 1, WIDTH)


def _track(count: Interpreted, scale: Scale) -> Iterator[str]:
    """The thin line, the bar between the limits, and the arrow of an open end."""
    yield element("line", x1=scale.left, x2=scale.right, y1=_TRACK_Y, y2=_TRACK_Y, class_="lk-axis")
    if not _sides(count):
        return
    left = scale.left if count.lower is None else scale(count.lower)
    right = scale.right if count.upper is None else scale(count.upper)
    open_end = count.upper is None
    yield element(
        "rect",
        x=left,
        y=_TRACK_Y - _BAR / 2,
        width=max(right - left - (_BAR / 2 if open_end else 0), 2),
        height=_BAR,
        class_="lk-band",
    )
    if open_end:
        yield arrow(right + 4, _TRACK_Y, _BAR / 2 + 3, class_="lk-band")
    for side in _sides(count):
        yield element(
            "line",
            x1=scale(side),
            x2=scale(side),
            y1=_TRACK_Y - _BAR / 2 - 3,
            y2=_TRACK_Y + _BAR / 2 + 5,
            class_="lk-limit",
        )


def _limit_labels(count: Interpreted, scale: Scale, wording: Wording) -> Iterator[str]:
    """The limits as numbers with their names below, and the ends of the axis where there is room."""
    named = [(count.lower, wording.text("lower-limit")), (count.upper, wording.text("upper-limit"))]
    given = [(side, text) for side, text in named if side is not None]
    places = _apart([scale(side) for side, _ in given], [text for _, text in given])
    taken: list[tuple[float, float]] = []
    for (side, text), x in zip(given, places, strict=True):
        printed = wording.number(side, count.analyte)
        yield label(printed, x, _NUMBER_Y, class_="lk-number")
        yield label(text, x, _WORD_Y, class_="lk-small")
        half = text_width(printed, _NUMBER) / 2 + 8
        taken.append((x - half, x + half))
    ends = ((scale.start, scale.left, "start"), (scale.end, scale.right, "end"))
    for end, x, anchor in ends:
        printed = f"{end:g}"
        width = text_width(printed, _NUMBER)
        low, high = (x, x + width) if anchor == "start" else (x - width, x)
        if all(high < other_low or low > other_high for other_low, other_high in taken):
            yield label(printed, x, _NUMBER_Y, anchor=anchor, class_="lk-faint")


def _apart(places: list[float], texts: list[str]) -> list[float]:
    """The places of one or two labels, moved apart until neither covers the other."""
    halves = [text_width(text, _SMALL) / 2 for text in texts]
    moved = [inside(x, text, _SMALL, WIDTH) for x, text in zip(places, texts, strict=True)]
    if len(moved) < 2:
        return moved
    lack = halves[0] + halves[1] + 6 - (moved[1] - moved[0])
    if lack <= 0:
        return moved
    first = max(moved[0] - lack / 2, halves[0])
    second = max(moved[1] + lack / 2, first + halves[0] + halves[1] + 6)
    over = max(second + halves[1] - WIDTH, 0.0)
    return [first - over, second - over]


def _marker(count: Interpreted, scale: Scale, wording: Wording) -> Iterator[str]:
    """The count itself: a pin through the track, its head a shape for the flag; a bar for a range."""
    if count.value is None:
        return
    x, style = scale(count.value), f"lk-mark lk-{count.flag}"
    if not scale.holds(count.value):
        yield _break(x - 26)
        beyond = wording.text("off-the-scale")
        yield label(beyond, x - 13, _HEAD_Y + 4, anchor="end", class_="lk-small")
    if count.comparator:
        yield from _range(count, scale, style)
    end = _TRACK_Y if count.comparator else _TRACK_Y + _BAR / 2 + 1
    yield element("line", x1=x, x2=x, y1=_HEAD_Y, y2=end, class_=f"lk-stem lk-stem-{count.flag}")
    yield from _head(count.flag, x, style)


def _head(flag: str, x: float, style: str) -> Iterator[str]:
    if flag in words.LOW or flag in words.HIGH:
        up = flag in words.HIGH
        yield triangle(x, _HEAD_Y, 7.5, up=up, class_=style)
        if flag in words.CRITICAL:
            yield triangle(x, _HEAD_Y - 10.5, 6, up=up, class_=style)
    elif flag == "within":
        yield element("circle", cx=x, cy=_HEAD_Y, r=6.5, class_=style)
    else:
        yield diamond(x, _HEAD_Y, 7.5, class_=style)


def _range(count: Interpreted, scale: Scale, style: str) -> Iterator[str]:
    """A value such as "< 0.1": everything from 0 to there; "> 5" is everything from there on."""
    assert count.value is not None
    x, less = scale(count.value), count.comparator in _LESS
    start, end = (scale.left, x) if less else (x, scale.right)
    yield element(
        "rect",
        x=start,
        y=_TRACK_Y - 3.5,
        width=max(end - start, 2),
        height=7,
        class_=f"{style} lk-range",
    )
    if not less:
        yield arrow(end + 8, _TRACK_Y, 8, class_=style)
    hollow = f" lk-hollow-{count.flag}" if count.comparator in ("<", ">") else ""
    yield element("circle", cx=x, cy=_TRACK_Y, r=5, class_=f"{style}{hollow}")


def _break(x: float) -> str:
    """Two strokes across the axis: what follows is not to scale."""
    strokes = (f"M{x + step:.1f},{_TRACK_Y + 8:.1f} l6,-16" for step in (0, 6))
    return element("path", d=" ".join(strokes), class_="lk-break")


def _value_label(count: Interpreted, scale: Scale, wording: Wording) -> str:
    said = wording.flag(count.flag)
    text = f"{_given(count, wording)} · {said}"
    if text_width(text, _BIG) > WIDTH:
        text = f"{wording.value(count)} · {said}"
    x = WIDTH / 2 if count.value is None else scale(count.value)
    return label(
        text, inside(x, text, _BIG, WIDTH), _VALUE_Y, class_=f"lk-value lk-text-{count.flag}"
    )


def _given(count: Interpreted, wording: Wording) -> str:
    """The value with its unit, or the percentage that is all there is."""
    if count.value is None and count.reason == Reason.PERCENTAGE_ONLY.slug:
        return words.reported(count)
    return wording.measured(count) or wording.text("no-value")
