"""The picture of the lower limit by age, from birth to 18 years, with other publishers behind it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from math import log

from django.utils.translation import pgettext, pgettext_lazy

from leukon import definitions
from leukon.ages import parse_border
from leukon.analytes import Analyte
from leukon.limits import Limit, days_span
from leukon.report.scale import Scale, rounded_up
from leukon.report.svg import element, label, picture
from leukon_site.clinical.limits import child_bands
from leukon_site.clinical.numbers import PER_LITRE, name_of, shown, tongue
from leukon_site.speech.writing import write_number

WIDTH, LEFT, RIGHT, TOP, BASE, BOTTOM = 360.0, 30.0, 352.0, 24.0, 196.0, 220.0
SURVEY = "leukon-nhanes-1999-2016"
"""The open definition whose limits move with age year by year."""
LAST_DAY = 18 * 365.25
_SHIFT = 3.0
"""Added to days before the logarithm: the first weeks get room, and birth has a place."""
_TICKS = (
    (pgettext_lazy("picture", "birth"), 0.0),
    (pgettext_lazy("picture", "1 wk"), 7.0),
    (pgettext_lazy("picture", "1 mo"), 30.4),
    (pgettext_lazy("picture", "6 mo"), 182.6),
    (pgettext_lazy("picture", "2 y"), 730.5),
    (pgettext_lazy("picture", "6 y"), 2191.5),
    (pgettext_lazy("picture", "18 y"), LAST_DAY),
)
_MOST_NUMBERS = 5

Step = tuple[float, float, float]


@cache
def child_picture(definition: str, analyte: str = "WBC", language: str = "en") -> str:  # noqa: ARG001
    """The lower limits by age as an SVG element; "" where the definition has none for children.

    `language` is that of the page, which is in use: a picture is kept for each.
    """
    own = [
        _step(band.age_from, band.age_to, band.value) for band in child_bands(definition, analyte)
    ]
    if not own:
        return ""
    others, survey = tuple(_printed(analyte)), tuple(_survey(analyte))
    highest = max(height for *_, height in (*own, *others))
    across, up = (
        Scale(_place(0), _place(LAST_DAY), LEFT, RIGHT),
        Scale(0.0, rounded_up(highest), BASE, TOP),
    )
    body = [
        *_axes(across, up),
        *(_flat(step, across, up) for step in others),
        *(_curve(points, across, up) for points in survey),
        _stairs(own, across, up),
    ]
    title = pgettext("picture", "Lower limit by age")
    return picture(WIDTH, BOTTOM, title=title, desc=_sentence(own, analyte), body=body)


def _sentence(own: list[Step], analyte: str) -> str:
    """The picture in words."""
    return pgettext(
        "picture",
        "Lower limit of {name} by age in {unit}, from birth to 18 years. It is {first} at birth and "
        "{last} before 18 years. The table gives every step.",
    ).format(name=name_of(analyte), unit=PER_LITRE, first=shown(own[0][2]), last=shown(own[-1][2]))


def _place(days: float) -> float:
    return log(days + _SHIFT)


def _days(border: str) -> float:
    """Where a border of age lies, in days."""
    return sum(days_span(parse_border(border))) / 2


def _step(age_from: str, age_to: str, value: float) -> Step:
    return _days(age_from) if age_from else 0.0, min(_days(age_to), LAST_DAY), value


def _rows(definition: str, analyte: str) -> Iterator[Limit]:
    """The rows of a definition about young people, whatever their sex."""
    for limit in definitions[definition].limits:
        of = limit.partition
        plain = not (of.duffy or of.pregnancy or of.specimen or of.qualifiers)
        if limit.analyte == Analyte(analyte) and limit.low is not None and plain and of.age_to:
            yield limit


def _printed(analyte: str) -> Iterator[Step]:
    """What publishers that vote print for children."""
    for voter in definitions.voters:
        for limit in _rows(voter.id, analyte):
            of = limit.partition
            start, end, value = _step(of.age_from, of.age_to, limit.canonical(limit.low))
            if limit.votes and start < LAST_DAY:
                yield start, end, value


def _survey(analyte: str) -> Iterator[list[tuple[float, float]]]:
    """The curve of the open survey, one for each sex: the middle of each band and its limit."""
    for sex in ("female", "male"):
        points = [
            ((start + end) / 2, limit.canonical(limit.low))
            for limit in _rows(SURVEY, analyte)
            if limit.partition.sex == sex
            for start, end, _ in [_step(limit.partition.age_from, limit.partition.age_to, 0.0)]
            if start < LAST_DAY
        ]
        if points:
            yield points


def _flat(step: Step, across: Scale, up: Scale) -> str:
    start, end, value = step
    y = up(value)
    return element(
        "line",
        x1=across(_place(start)),
        x2=across(_place(end)),
        y1=y,
        y2=y,
        class_="lk-curve-printed",
    )


def _curve(points: list[tuple[float, float]], across: Scale, up: Scale) -> str:
    return _path([(across(_place(days)), up(value)) for days, value in points], "lk-survey")


def _stairs(steps: list[Step], across: Scale, up: Scale) -> str:
    corners = [
        (across(_place(days)), up(value)) for start, end, value in steps for days in (start, end)
    ]
    return _path(corners, "lk-stairs")


def _path(points: list[tuple[float, float]], class_: str) -> str:
    said = " L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return element("path", d=f"M{said}", class_=class_)


def _axes(across: Scale, up: Scale) -> Iterator[str]:
    yield label(PER_LITRE, 0, TOP - 12, anchor="start", class_="lk-small")
    step = rounded_up(up.end / _MOST_NUMBERS)
    for times in range(int(up.end / step) + 1):
        y = up(times * step)
        style = "lk-axis" if not times else "lk-grid"
        yield element("line", x1=LEFT, x2=RIGHT, y1=y, y2=y, class_=style)
        yield label(
            write_number(times * step, tongue()), LEFT - 8, y + 4, anchor="end", class_="lk-small"
        )
    for text, days in _TICKS:
        x = across(_place(days))
        yield element("line", x1=x, x2=x, y1=BASE, y2=BASE + 4, class_="lk-axis")
        where = min(max(x, LEFT + 4), RIGHT - 8)
        yield label(str(text), where, BASE + 19, class_="lk-small")
