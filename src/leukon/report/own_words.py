"""A person's own level in words: one sentence for the last count, and a word for every mark."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from leukon.engines.own_output import OwnDraw
from leukon.report import words
from leukon.setpoints.eligibility import REASONS
from leukon.setpoints.person import DRAWN_FROM, DRAWN_OVER
from leukon.setpoints.rules import ANSWERS, NO_ANSWER, SAY_LOW, WITHHELD

STRAY = 0.5
"""Under this probability of the steady state a count is drawn as an excursion."""
_MORE = {
    "no-model": "there is no model of this count",
    "no-person": "the row names no person, or a name that stands for many",
    "undated": "the day of the draw is not known",
    "no-centre-for-age": "what is usual at this age is not known",
    "age-missing": "the age is not known",
}
_SIGNS = {"<=": "≤", ">=": "≥"}


def is_drawn(draw: OwnDraw) -> bool:
    """Whether the band of a draw is old enough to be drawn: 3 effective counts over 90 days."""
    return (
        draw.low is not None
        and draw.n_effective >= DRAWN_FROM
        and (draw.span_days or 0.0) >= DRAWN_OVER
    )


def count(value: float | None, analyte: str, sign: str = "") -> str:
    """A count as it is printed, "-" where there is none."""
    if value is None:
        return "-"
    text = words.number(round(value, 2), analyte)
    return f"{_SIGNS.get(sign, sign)} {text}" if sign else text


def end(value: float | None, analyte: str) -> str:
    """An end of a band as it is printed: as coarse as counts are."""
    if value is None:
        return "-"
    return words.number(round(value, 0 if value >= 20 else 2), analyte)


def band(draw: OwnDraw) -> str:
    """The own band in one cell.

    Bands that are too young to be drawn are given in brackets.
    """
    if draw.low is None:
        return "-"
    text = f"{end(draw.low, draw.analyte)} – {end(draw.high, draw.analyte)}"
    return text if is_drawn(draw) else f"({text})"


def limits(draw: OwnDraw) -> str:
    """The limits of the definition in one cell."""
    low, high = (
        None if side is None else words.number(side, draw.analyte)
        for side in (draw.lower, draw.upper)
    )
    if low and high:
        return f"{low} – {high}"
    return f"from {low}" if low else f"up to {high}" if high else "none"


def why(slug: str) -> str:
    """A reason (left out, no band, no answer) in words."""
    return REASONS.get(slug) or NO_ANSWER.get(slug) or _MORE.get(slug, slug)


def answer(draw: OwnDraw) -> str:
    """What is said of a count beside the person's own band, or why nothing is."""
    if draw.answer:
        return ANSWERS[draw.answer]
    return f"nothing is said: {why(draw.reason)}" if draw.reason else ""


def remarks(draw: OwnDraw, *, grade: bool = True) -> str:
    """What else is to be known of a count: left out and why, an excursion, the slow fall."""
    said = []
    if draw.left_out:
        said.append(f"left out: {why(draw.left_out)}")
    if draw.in_pregnancy:
        said.append("in pregnancy or soon after a birth: a series of its own")
    if draw.falling:
        said.append("slow fall: the counts have been falling")
    elif draw.steady is not None and draw.steady < STRAY:
        said.append("taken for an excursion")
    if draw.grade and grade:
        said.append(f"CTCAE 5.0 grade {draw.grade}")
    return "; ".join(said)


def day(moment: datetime | None) -> str:
    """The day of a draw."""
    return "no date" if moment is None else f"{moment:%Y-%m-%d}"


def last_counted(draws: Sequence[OwnDraw]) -> OwnDraw:
    """The draw a page speaks of: the last that has a value, else the last."""
    counted = [draw for draw in draws if draw.value is not None]
    return (counted or list(draws))[-1]


def sentence(draw: OwnDraw) -> str:
    """The last count beside the definition and the person's own counts, in one sentence.

    "Low by the definition (4.0), but within the range of this person's 9 counts since 2019 (3.1 to
    4.4)."
    """
    by = _by_definition(draw)
    if draw.low is None:
        return f"{by}. No range of the person's own: {why(draw.reason)}."
    since = f" since {draw.first.year}" if draw.first else ""
    counts = "count" if draw.counts_used == 1 else "counts"
    ends = f"({end(draw.low, draw.analyte)} to {end(draw.high, draw.analyte)})"
    own = f"the range of this person's {draw.counts_used} {counts}{since} {ends}"
    said = f"{by}, {_place(draw)} {own}."
    if draw.answer not in SAY_LOW and not is_drawn(draw):
        return f"{by}. Too few counts, or over too short a time, for a range of the person's own."
    return said


def withheld(draw: OwnDraw) -> str:
    """Why it is not said that a low count is usual for the person; "" where nothing is withheld."""
    if not draw.withheld:
        return ""
    reasons = "; ".join(WITHHELD[slug] for slug in draw.withheld)
    return f"That this is usual for the person is not said: {reasons}."


def _by_definition(draw: OwnDraw) -> str:
    at = draw.lower if draw.flag in words.LOW else draw.upper
    border = "" if at is None else f" ({words.number(at, draw.analyte)})"
    if draw.flag in words.LOW:
        return f"{words.FLAG_WORDS[draw.flag].capitalize()} by the definition{border}"
    if draw.flag in words.HIGH:
        return f"{words.FLAG_WORDS[draw.flag].capitalize()} by the definition{border}"
    if draw.flag == "within":
        return f"Within the definition ({limits(draw)})"
    return "The definition cannot say"


def _place(draw: OwnDraw) -> str:
    """How a count lies to the own band, with the word that joins it to what the definition says."""
    low = draw.flag in words.LOW
    if draw.value is None or draw.low is None or draw.high is None:
        return "beside"
    if draw.value < draw.low:
        return "and under" if low else "but under"
    if draw.value > draw.high:
        return "but above" if low else "and above"
    return "but within" if low or draw.flag in words.HIGH else "and within"
