"""What may be said of a count beside the person's own band: the answers, and when not to say one.

The rules are safety rules. "Usual for you" is the only answer that could calm, so it is the only
one that is withheld; that a count is low for the person is never withheld. Each rule takes plain
values, so that one panel and a table are judged by the same lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from leukon.setpoints.person import DRAWN_FROM, DRAWN_OVER, SETTLED_OVER

LOW_AND_LOW_FOR_YOU = "low-and-low-for-you"
LOW_BUT_USUAL_FOR_YOU = "low-but-usual-for-you"
WITHIN_BUT_LOW_FOR_YOU = "within-but-low-for-you"
WITHIN_BOTH = "within-both"
LOW_BY_DEFINITION = "low-by-definition"
ABOVE_OWN_BAND = "within-but-above-own-band"
LOW_FOR_YOU = "low-for-you"
ANSWERS = {
    LOW_AND_LOW_FOR_YOU: "low by the definition and low for you",
    LOW_BUT_USUAL_FOR_YOU: "low by the definition, usual for you",
    WITHIN_BUT_LOW_FOR_YOU: "within the definition, low for you",
    WITHIN_BOTH: "within both",
    LOW_BY_DEFINITION: "low by the definition; that it is usual for you is not said",
    ABOVE_OWN_BAND: "within the definition, above your own band",
    LOW_FOR_YOU: "low for you; the definition calls it high, or cannot say",
}
"""The four answers, told apart, and three for where none of them would be true."""
SAY_LOW = frozenset({LOW_AND_LOW_FOR_YOU, WITHIN_BUT_LOW_FOR_YOU, LOW_FOR_YOU})
"""The answers that say "low for you": whatever else is known, they stand."""
NO_ANSWER = {
    "no-history": "there is no earlier count",
    "all-left-out": "no earlier count can be used",
    "age-missing": "the age is not known",
    "no-centre-for-age": "what is usual at this age is not known",
    "too-few-counts": "too few earlier counts",
    "too-short-a-time": "the earlier counts lie too close together",
    "value-missing": "this count has no value",
    "comparator": "known only as a range, which reaches into the person's own band",
    "high": "high by the definition",
    "undetermined": "the definition cannot say",
}
"""Why there is no answer, in words."""

NO_PATIENCE_BELOW = 1.0
"""Neutrophils under which nothing is called usual."""
SEVERE_BELOW = 0.5
"""Earlier neutrophils under which nothing is called usual: CTCAE 5 grade 4."""
ASKED_WITHIN_DAYS = 30
"""How far from the draw the questions may be asked: an illness so far away counts (`WINDOWS`)."""
OTHER_LINES = ("HGB", "PLT")
"""The lines that must be given, and not be low, before anything is called usual."""
GRAVE_FROM = 3
"""The CTCAE 5 grade, in any line, from which nothing is called usual."""
WITHHELD = {
    "no-context": "temperature, symptoms, treatments and medicines were not asked about",
    "unanswered": "not every question was answered",
    "red-flag": "fever or another danger sign",
    "urgent": "the advice is to see a doctor within two days or sooner",
    "treatment": "a treatment that changes counts",
    "neutrophils-very-low": "neutrophils under 1.0",
    "neutrophils-not-known": "neutrophils are not known",
    "severe-before": "neutrophils were under 0.5 before, and nothing that is known explains it",
    "grade-3-or-more": "a count that is, or may be, of CTCAE 5 grade 3 or more",
    "critically-low": "a count is critically low by the definition",
    "contradictory": "the report contradicts itself",
    "haemoglobin-low": "haemoglobin is low",
    "haemoglobin-not-known": "haemoglobin was not given, or cannot be judged",
    "platelets-low": "platelets are low",
    "platelets-not-known": "platelets were not given, or cannot be judged",
    "another-high": "another count is high",
    "another-low-for-you": "another count is low for you",
    "falling": "the counts have been falling",
    "stood-higher": "earlier counts stood higher",
    "excluded-window": "drawn in hospital, or near an illness or a treatment",
    "listed-drug": "counted on a drug that may change counts",
    "drug-before": "a drug that may change counts was taken, and earlier counts may be of that time",
    "pregnancy": "in pregnancy, or within 12 weeks after a birth",
    "draw-undated": "the day of this draw is not known",
    "asked-another-time": "the questions were asked more than 30 days from the draw",
    "sex-differs": "the earlier draws state another sex",
    "few-counts": "too few earlier counts, or over too short a time",
    "above-band": "above the range of the earlier counts",
}
"""Why "usual for you" is not said, in words."""
_LOW = ("low", "critical-low")
_HIGH = ("high", "critical-high")


class LeftOut(Struct, frozen=True):
    """One earlier draw that did not enter, and why (a key of `eligibility.REASONS`)."""

    drawn_at: date | None
    reason: str


class OwnLevel(Struct, frozen=True, kw_only=True):
    """One count beside the person's own band, in `unit`.

    `answer` is one of `ANSWERS`, "" where `reason` (of `NO_ANSWER`) says why there is none.
    `withheld` says why "usual for you" is not said of a low count. `counts_used` counts since
    `first` made the band, of which `n_effective` weigh; `falling` is the alarm for a slow fall.
    """

    analyte: str
    unit: str
    centre: float | None = None
    low: float | None = None
    high: float | None = None
    low_99: float | None = None
    high_99: float | None = None
    n_effective: float = 0.0
    counts_used: int = 0
    first: date | None = None
    span_days: float | None = None
    provisional: bool = True
    falling: bool = False
    answer: str = ""
    withheld: tuple[str, ...] = ()
    reason: str = ""
    left_out: tuple[LeftOut, ...] = ()


class Seen(Struct, frozen=True):
    """The count that is compared: its value, its sign, and its flag by the definition."""

    value: float | None
    comparator: str
    flag: str


def too_young(n_effective: float, span_days: float | None) -> str:
    """Why a series is too young to be drawn, and to calm; "" where it is not.

    >>> too_young(2.9, 400.0), too_young(3.0, 89.0), too_young(3.0, 90.0)
    ('too-few-counts', 'too-short-a-time', '')
    """
    if n_effective < DRAWN_FROM:
        return "too-few-counts"
    return "too-short-a-time" if (span_days or 0.0) < DRAWN_OVER else ""


def place_of(seen: Seen, low: float, high: float) -> str:
    """Where a count lies: "below" the own band, "in" it, "above", or "" where a sign leaves it open.

    >>> place_of(Seen(1.1, "", "low"), 1.2, 3.0), place_of(Seen(1.5, "<", "low"), 1.2, 3.0)
    ('below', '')
    """
    value, sign = seen.value, seen.comparator
    if value is None:
        return ""
    if sign.startswith("<"):
        return "below" if value < low or (sign == "<" and value == low) else ""
    if sign.startswith(">"):
        return "above" if value > high or (sign == ">" and value == high) else ""
    return "below" if value < low else "above" if value > high else "in"


def answer_for(flag: str, place: str, *, young: bool, calm: bool) -> str:
    """The answer for a count with this flag, at this place of the own band; "" where there is none.

    `young`: the series is too young to be drawn, so that only "low for you" is said of it. `calm`:
    nothing withholds "usual for you".

    >>> answer_for("low", "in", young=False, calm=True)
    'low-but-usual-for-you'
    """
    if place == "below":
        if flag in _LOW:
            return LOW_AND_LOW_FOR_YOU
        return WITHIN_BUT_LOW_FOR_YOU if flag == "within" else LOW_FOR_YOU
    if not place:
        return ""
    if flag in _LOW:
        usual = flag == "low" and calm and not young and place == "in"
        return LOW_BUT_USUAL_FOR_YOU if usual else LOW_BY_DEFINITION
    if young or flag != "within":
        return ""
    return WITHIN_BOTH if place == "in" else ABOVE_OWN_BAND


def why_no_answer(seen: Seen, young: str) -> str:
    """Why `answer_for` gave none; `young` is what `too_young` said.

    >>> why_no_answer(Seen(12.0, "", "high"), "")
    'high'
    """
    if seen.value is None:
        return "value-missing"
    if seen.flag == "undetermined" and not seen.comparator:
        return "undetermined"
    if seen.flag in _HIGH:
        return "high"
    return "comparator" if seen.comparator else young


def is_held(span_days: float, steady_days: float) -> bool:
    """Whether a level was held for the time that a series must span.

    One count of years ago makes no year of what began in spring.

    >>> is_held(400.0, 300.0), is_held(300.0, 120.0), is_held(400.0, 365.0)
    (False, True, True)
    """
    short = span_days < SETTLED_OVER and steady_days >= DRAWN_OVER
    return steady_days >= SETTLED_OVER or short


def withheld_by_history(
    place: str, *, usual: bool, falling: bool, stood_higher: bool = False
) -> tuple[str, ...]:
    """Why the history forbids to call a low count usual; the facts are those of a `SetPoint`.

    >>> withheld_by_history("in", usual=False, falling=True)
    ('few-counts', 'falling')
    """
    found = {
        "few-counts": not usual,
        "falling": falling,
        "stood-higher": stood_higher and not falling,
        "above-band": place == "above",
    }
    return tuple(name for name, holds in found.items() if holds)


def withheld_by_counts(counts: Mapping[str, Seen], worst_grade: int) -> tuple[str, ...]:
    """Why the counts of a panel forbid to call any of them usual.

    >>> line = Seen(1.2, "", "low")
    >>> withheld_by_counts({"NEUT": line, "PLT": Seen(210.0, "", "within")}, 2)
    ('haemoglobin-not-known',)
    """
    found = [_neutrophils(counts.get("NEUT"))]
    found.append("grade-3-or-more" if worst_grade >= GRAVE_FROM else "")
    found.append("critically-low" if any(s.flag == _LOW[1] for s in counts.values()) else "")
    found.append("another-high" if any(s.flag in _HIGH for s in counts.values()) else "")
    for analyte, name in zip(OTHER_LINES, ("haemoglobin", "platelets"), strict=True):
        flag = counts[analyte].flag if analyte in counts else "undetermined"
        if flag in _LOW:
            found.append(f"{name}-low")
        elif flag == "undetermined":
            found.append(f"{name}-not-known")
    return tuple(filter(None, found))


def _neutrophils(seen: Seen | None) -> str:
    """A range that reaches under 1.0 is not known to be over it: "<5" may be anything."""
    if seen is None or seen.value is None:
        return "neutrophils-not-known"
    value, sign = seen.value, seen.comparator
    if sign.startswith("<"):
        under = value < NO_PATIENCE_BELOW or (sign == "<" and value == NO_PATIENCE_BELOW)
        return "neutrophils-very-low" if under else "neutrophils-not-known"
    if value >= NO_PATIENCE_BELOW:
        return ""
    return "neutrophils-not-known" if sign else "neutrophils-very-low"
