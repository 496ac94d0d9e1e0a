"""Grades by the printed rows of a scale, one by one and in exact fractions: no arrays, no cuts."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from leukon.analytes import Analyte
from leukon.scales import Scale
from leukon.severity import GradeBand

EVERY_AGE = (*range(100), *range(100, 12000, 50))
NUDGE = Fraction(1, 10**30)
FAR = Fraction(10**9)

End = tuple[int | None, int | None, str]
Ages = tuple[str, str]


@dataclass(frozen=True)
class Case:
    """One count as given: value in 10*9/L, sign, lower limit, completed days of age."""

    value: float
    sign: str = ""
    lln: float | None = None
    days: int | None = None


@dataclass(frozen=True)
class Plain:
    """What the oracle says: the mildest and the severest grade (None: not known), and why."""

    mildest: int | None
    severest: int | None
    reason: str

    @property
    def grade(self) -> int | None:
        """The grade, where there is one."""
        return self.mildest if self.mildest == self.severest else None


def plain_grade(case: Case, scale: Scale, analyte: Analyte) -> Plain:
    """The grade of a count, read off the printed rows."""
    rows = [row for row in scale.grades if row.analyte == analyte and not row.needs]
    notes = [row for row in scale.not_graded if row.analyte == analyte]
    if not rows and not any(row.age_from or row.age_to for row in notes):
        return Plain(None, None, "no-scale-for-analyte")
    groups = {(row.age_from, row.age_to) for row in rows}
    groups |= {(row.age_from, row.age_to) for row in notes}
    possible = possible_groups(groups, case.days)
    if len(possible) > 1:
        return Plain(None, None, "age-missing" if case.days is None else "age-inexact")
    ages = next(iter(possible))
    bands = [row for row in rows if (row.age_from, row.age_to) == ages]
    if not bands:
        return Plain(None, None, "no-stratum-for-age")
    low, high = (at(end, case.lln, bands, scale) for end in ends(case))
    return together(low, high)


def together(low: End, high: End) -> Plain:
    """The grade of a range from what its two ends say."""
    if low[0] is None or high[0] is None:
        return Plain(None, None, "no-band")
    mildest, severest = high[0], low[1]
    if mildest == severest:
        return Plain(mildest, severest, "")
    return Plain(mildest, severest, low[2] if low[2] == high[2] and low[2] else "comparator")


def at(value: Fraction, lln: float | None, bands: list[GradeBand], scale: Scale) -> End:
    """The mildest and severest grade of one exact number, and why there are two or none."""
    given = [scale.rank(b.grade) for b in bands if holds(b, value, lln)]
    if given:
        return max(given), max(given), ""
    open_band = next((b for b in bands if b.uses_lln and lln is None and over_low(b, value)), None)
    if open_band is not None:
        return 0, scale.rank(open_band.grade), "lln-missing"
    tops = [b for b in bands if not below_high(b, value, lln)]
    return (0, 0, "") if len(tops) == len(bands) else (None, None, "no-band")


def holds(band: GradeBand, value: Fraction, lln: float | None) -> bool:
    return over_low(band, value) and below_high(band, value, lln)


def over_low(band: GradeBand, value: Fraction) -> bool:
    if band.low is None:
        return True
    low = exact(band.low)
    return value >= low if band.low_inclusive else value > low


def below_high(band: GradeBand, value: Fraction, lln: float | None) -> bool:
    """Whether a value is under the top of a band; an unknown lower limit tops only its own floor."""
    if band.high is None:
        return True
    if band.uses_lln and lln is None:
        return not over_low(band, value)
    high = exact(lln if band.uses_lln else band.high)
    if band.uses_lln and not over_low(band, value):
        return True
    return value <= high if band.high_inclusive else value < high


def exact(value: float | str | None) -> Fraction:
    assert value is not None
    return Fraction(repr(float(value)))


def ends(case: Case) -> tuple[Fraction, Fraction]:
    """The lowest and the highest number a count may be."""
    value = exact(case.value)
    return {
        "": (value, value),
        "<": (Fraction(0), max(value - NUDGE, Fraction(0))),
        "<=": (Fraction(0), value),
        ">": (value + NUDGE, FAR),
        ">=": (value, FAR),
    }[case.sign]


def possible_groups(groups: set[Ages], days: int | None) -> set[Ages]:
    """The groups of rows that may hold at an age ("" and "" where none does)."""
    moments = EVERY_AGE if days is None else (days,)
    found = set()
    for day in moments:
        holding = {g for g in groups if from_day(g[0]) <= day < from_day(g[1] or "999y")}
        found.add(next(iter(holding), ("none", "none")))
    return found


def from_day(border: str) -> float:
    """A border in days; months and years only roughly, so that no age near them is invented."""
    if not border:
        return 0
    number, unit = float(border.rstrip("dmoy")), border.lstrip("0123456789.")
    return number * {"d": 1, "mo": 30.44, "y": 365.25}[unit]
