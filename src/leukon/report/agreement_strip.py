"""The agreement strip: the lower limit of every voting publisher on one axis, and the count.

Every publisher is a mark at its lower limit, stacked where they meet; the count is a vertical line:
limits to its right call it low. A count of publishers is no measure of risk, and the strip says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from leukon.interpretation import Agreement, Interpreted, Vote
from leukon.report import words
from leukon.report.scale import Scale, around
from leukon.report.svg import diamond, element, inside, label, picture, text_width, triangle
from leukon.report.wording import ENGLISH, Wording

WIDTH, MARGIN = 300.0, 12.0
_SIDES_Y, _COUNT_Y, _TOP = 14.0, 35.0, 42.0
_RADIUS, _PITCH, _TALLEST = 5.0, 11.0, 110.0
_NUMBER, _SMALL = 13.0, 12.0


def agreement_strip(count: Interpreted, wording: Wording = ENGLISH) -> str:
    """The picture of all lower limits and the count, as an SVG element; "" without any limit.

    `wording` holds its words. A publisher whose limit for this person is not known has no mark; the sentence counts it.
    """
    agreement = count.agreement
    shown = drawn(agreement)
    if agreement is None or not shown:
        return ""
    limits = [vote.lower for vote in shown if vote.lower is not None]
    scale = around(_centre(count, limits), limits, MARGIN, WIDTH - MARGIN)
    levels = _levels([scale(limit) for limit in limits])
    pitch = min(_PITCH, _TALLEST / (max(levels) + 1))
    base = _TOP + 12 + (max(levels) + 1) * pitch
    parts = [
        *_shading(count, scale, base),
        element("line", x1=0, x2=WIDTH, y1=base, y2=base, class_="lk-axis"),
        *_marks(shown, scale, levels, (base, pitch)),
        *_count_line(count, scale, base, wording),
        *_sides(agreement, wording),
        *_ends(agreement, count.analyte, (scale, base), wording),
    ]
    sentence = wording.agreed(agreement, count.analyte)
    name = wording.text("strip-title", name=wording.name(count.analyte), number=str(len(shown)))
    return picture(WIDTH, base + 24, title=name, desc=sentence, body=parts)


def drawn(agreement: Agreement | None) -> list[Vote]:
    """The votes that have a mark: those whose limit for this person is known, lowest first."""
    if agreement is None:
        return []
    known = [v for v in agreement.votes if v.lower is not None and v.flag != "undetermined"]
    return sorted(known, key=lambda vote: (vote.lower or 0.0, vote.publisher, vote.definition))


def _centre(count: Interpreted, limits: list[float]) -> float:
    return limits[0] if count.value is None else count.value


def _levels(places: list[float]) -> list[int]:
    """How high each mark stands: on the axis, or on those that it would cover."""
    levels: list[int] = []
    for index, x in enumerate(places):
        near = {levels[i] for i in range(index) if x - places[i] < 2 * _RADIUS + 1}
        levels.append(next(level for level in range(index + 1) if level not in near))
    return levels


def _shading(count: Interpreted, scale: Scale, base: float) -> Iterator[str]:
    if count.value is None:
        return
    x, height = scale(count.value), base - _TOP
    yield element("rect", x=0, y=_TOP, width=x, height=height, class_="lk-side-within")
    yield element("rect", x=x, y=_TOP, width=WIDTH - x, height=height, class_="lk-side-low")


def _marks(
    shown: list[Vote], scale: Scale, levels: list[int], grid: tuple[float, float]
) -> Iterator[str]:
    base, pitch = grid
    size = min(_RADIUS, pitch / 2 - 0.3)
    for vote, level in zip(shown, levels, strict=True):
        assert vote.lower is not None
        x, y = scale(vote.lower), base - pitch * (level + 0.5) - 1
        yield _mark(vote.flag, x, y, size)


def _mark(flag: str, x: float, y: float, size: float) -> str:
    style = f"lk-vote lk-{flag}"
    if flag in words.LOW or flag in words.HIGH:
        return triangle(x, y, size, up=flag in words.HIGH, class_=style)
    if flag == "mixed":
        return diamond(x, y, size, class_=style)
    return element("circle", cx=x, cy=y, r=size * 0.9, class_=style)


def _count_line(count: Interpreted, scale: Scale, base: float, wording: Wording) -> Iterator[str]:
    """The count: a line, or a hatched range where only a comparator is known, with its value."""
    if count.value is None:
        return
    x = scale(count.value)
    if count.comparator:
        start, end = (0.0, x) if count.comparator in ("<", "<=") else (x, WIDTH)
        yield element(
            "rect",
            x=start,
            y=base - 3,
            width=max(end - start, 2),
            height=6,
            class_="lk-count-range",
        )
    yield element("line", x1=x, x2=x, y1=_TOP - 2, y2=base + 5, class_="lk-count-line")
    key = "this-count" if scale.holds(count.value) else "this-count-beyond"
    text = wording.text(key, value=wording.value(count))
    yield label(text, inside(x, text, _NUMBER, WIDTH), _COUNT_Y, class_="lk-number")


def _sides(agreement: Agreement, wording: Wording) -> Iterator[str]:
    """How many are on either side, at the two corners, where nothing can cover them."""
    not_low = wording.text("not-low", number=str(agreement.within + agreement.high))
    low = wording.text("low", number=str(agreement.low))
    yield label(f"◀ {not_low}", 0, _SIDES_Y, anchor="start", class_="lk-small lk-text-within")
    yield label(f"{low} ▶", WIDTH, _SIDES_Y, anchor="end", class_="lk-small lk-text-low")


def _ends(
    agreement: Agreement, analyte: str, axis: tuple[Scale, float], wording: Wording
) -> Iterator[str]:
    """The lowest and the highest limit as numbers under the axis, one where they are the same."""
    if agreement.lowest is None or agreement.highest is None:
        return
    scale, base = axis
    printed = [wording.number(end, analyte) for end in (agreement.lowest, agreement.highest)]
    places = [scale(end) for end in (agreement.lowest, agreement.highest)]
    texts = printed if printed[0] != printed[1] else printed[:1]
    room = (text_width(texts[0], _NUMBER) + text_width(texts[-1], _NUMBER)) / 2 + 12
    lack = max(room - (places[1] - places[0]), 0.0) if len(texts) == 2 else 0.0
    for text, x, shift in zip(texts, places, (-lack / 2, lack / 2), strict=False):
        yield element("line", x1=x, x2=x, y1=base, y2=base + 5, class_="lk-limit")
        yield label(text, inside(x + shift, text, _NUMBER, WIDTH), base + 19, class_="lk-number")
