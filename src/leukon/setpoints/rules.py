"""What may be said of a count beside the person's own band: four answers, and when not to say one.

The rules are safety rules. "Usual for you" is the only answer that could calm, so it is the only
one that is withheld; an answer that a count is low for the person is never withheld.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from leukon.setpoints.person import DRAWN_FROM, DRAWN_OVER, SetPoint

LOW_AND_LOW_FOR_YOU = "low-and-low-for-you"
LOW_BUT_USUAL_FOR_YOU = "low-but-usual-for-you"
WITHIN_BUT_LOW_FOR_YOU = "within-but-low-for-you"
WITHIN_BOTH = "within-both"
LOW_BY_DEFINITION = "low-by-definition"
ABOVE_OWN_BAND = "within-but-above-own-band"
ANSWERS = {
    LOW_AND_LOW_FOR_YOU: "low by the definition and low for you",
    LOW_BUT_USUAL_FOR_YOU: "low by the definition, usual for you",
    WITHIN_BUT_LOW_FOR_YOU: "within the definition, low for you",
    WITHIN_BOTH: "within both",
    LOW_BY_DEFINITION: "low by the definition; that it is usual for you is not said",
    ABOVE_OWN_BAND: "within the definition, above your own band",
}
"""The four answers, told apart, and the two where none of them would be true."""

NO_PATIENCE_BELOW = 1.0
"""Neutrophils under which nothing is called usual."""
GRAVE_FROM = 3
"""The CTCAE 5 grade, in any line, from which nothing is called usual."""
WITHHELD = {
    "no-context": "nothing is known beside the counts",
    "unanswered": "a question about danger signs was not answered",
    "red-flag": "fever or another danger sign",
    "treatment": "a treatment that changes counts",
    "neutrophils-very-low": "neutrophils under 1.0",
    "neutrophils-not-known": "neutrophils are not known",
    "grade-3-or-more": "a count of CTCAE 5 grade 3 or more",
    "haemoglobin-low": "haemoglobin is low",
    "haemoglobin-not-known": "haemoglobin was not given, or cannot be judged",
    "platelets-low": "platelets are low",
    "platelets-not-known": "platelets were not given, or cannot be judged",
    "falling": "the counts have been falling slowly",
    "excluded-window": "drawn in hospital, or near an illness or a treatment",
    "listed-drug": "counted on a drug that may change counts",
    "pregnancy": "in pregnancy, or within 12 weeks after a birth",
    "draw-undated": "the day of this draw is not known",
    "few-counts": "too few earlier counts, or over too short a time",
    "above-band": "above the person's own band",
}
"""Why "usual for you" is not said, in words."""


class LeftOut(Struct, frozen=True):
    """One earlier draw that did not enter, and why."""

    drawn_at: date | None
    reason: str


class OwnLevel(Struct, frozen=True, kw_only=True):
    """One count beside the person's own band, in `unit`.

    `answer` is one of `ANSWERS`, "" where `reason` says why there is none. `withheld` says why
    "usual for you" is not said. `counts_used` counts since `first` made the band.
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


def no_band(own: SetPoint) -> str:
    """Why no band is drawn from a history; "" where one is.

    >>> no_band(SetPoint(analyte="NEUT", unit="10*9/L", reason="no-history"))
    'no-history'
    """
    if own.reason or own.low is None:
        return own.reason or "no-history"
    if own.n_effective < DRAWN_FROM:
        return "too-few-counts"
    return "too-short-a-time" if (own.span_days or 0.0) < DRAWN_OVER else ""


class Seen(Struct, frozen=True):
    """The count that is compared: its value, its sign, and its flag by the definition."""

    value: float | None
    comparator: str
    flag: str


def answer_of(
    seen: Seen, own: SetPoint, withheld: tuple[str, ...]
) -> tuple[str, tuple[str, ...], str]:
    """The answer, why "usual" is withheld, and why there is no answer.

    `withheld` are the reasons from outside the history; those of the history are added.
    """
    if seen.value is None or own.low is None or own.high is None:
        return "", (), "value-missing"
    below = seen.value < own.low and not seen.comparator.startswith(">")
    if seen.comparator and not below:
        return "", (), "comparator"
    above = seen.value > own.high
    if seen.flag in ("low", "critical-low"):
        return _low(own, withheld, below=below, above=above)
    if seen.flag != "within":
        return "", (), "undetermined" if seen.flag == "undetermined" else "high"
    if below:
        return WITHIN_BUT_LOW_FOR_YOU, (), ""
    return (ABOVE_OWN_BAND if above else WITHIN_BOTH), (), ""


def _low(
    own: SetPoint, withheld: tuple[str, ...], *, below: bool, above: bool
) -> tuple[str, tuple[str, ...], str]:
    if below:
        return LOW_AND_LOW_FOR_YOU, (), ""
    more = {"few-counts": not own.usual, "falling": own.falling, "above-band": above}
    reasons = (*withheld, *(name for name, holds in more.items() if holds))
    return (LOW_BY_DEFINITION if reasons else LOW_BUT_USUAL_FOR_YOU), reasons, ""


def withheld_by_counts(counts: Mapping[str, Seen], worst_grade: int) -> tuple[str, ...]:
    """Why the counts of a panel forbid to call any of them usual.

    >>> line = Seen(1.2, "", "low")
    >>> withheld_by_counts({"NEUT": line, "PLT": Seen(210.0, "", "within")}, 2)
    ('haemoglobin-not-known',)
    """
    found = [_neutrophils(counts.get("NEUT"))]
    found.append("grade-3-or-more" if worst_grade >= GRAVE_FROM else "")
    for analyte, name in (("HGB", "haemoglobin"), ("PLT", "platelets")):
        flag = counts[analyte].flag if analyte in counts else "undetermined"
        if flag in ("low", "critical-low"):
            found.append(f"{name}-low")
        elif flag == "undetermined":
            found.append(f"{name}-not-known")
    return tuple(filter(None, found))


def _neutrophils(seen: Seen | None) -> str:
    if seen is None or seen.value is None:
        return "neutrophils-not-known"
    may_be_below = seen.comparator.startswith("<")
    return "neutrophils-very-low" if seen.value < NO_PATIENCE_BELOW or may_be_below else ""
