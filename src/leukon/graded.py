"""A column of counts, graded by one scale: arrays in, arrays out, for one panel and for millions.

Each count is a range of grades, from the mildest to the severest it may have. For a plain number
both are the same. They part where the laboratory's lower limit is not known, or where the count is
itself a range ("<0.1"). There is a grade where both are the same.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from msgspec import Struct

from leukon.ages import Ages
from leukon.analytes import Analyte
from leukon.arrays import Codes, Floats, Index, Truths
from leukon.compare import ends
from leukon.reasons import Reason
from leukon.scales import Scale
from leukon.severity import Ungraded
from leukon.strata import NO_GRADE, Table


class Grades(Struct, frozen=True):
    """One analyte of many panels, graded by one scale.

    `codes` are grades as numbers (0 to 5, or the place of the word from the mildest; NO_GRADE where
    there is none), `reasons` why not, `low` and `high` the mildest and the severest grade a count
    may have (NO_GRADE: not known). `lln` is the lower limit each was looked up with.
    """

    scale: Scale
    analyte: Analyte
    values: Floats
    comparators: Codes | None
    codes: Codes
    reasons: Codes
    low: Codes
    high: Codes
    strata: Index | None
    lln: Floats | None


def grade_batch(
    values: Floats,
    *,
    scale: Scale,
    analyte: Analyte,
    comparators: Codes | None = None,
    ages: Ages | None = None,
    lln: Floats | None = None,
    missing: Codes | None = None,
    spread: tuple[Floats, Floats] | None = None,
) -> Grades:
    """The grade of every count of a column, in the unit leukon computes in.

    `lln` is the lower limit of normal for each person, NaN where it is not known. `missing` says
    why a value is NaN. `spread` is the counting error of a differential counted by eye: it widens
    `low` and `high`, and leaves the grade.

    >>> from leukon.scales import resolve
    >>> found = grade_batch(
    ...     np.array([0.0, 1.4995, 1.5]), scale=resolve("ctcae-6.0"), analyte=Analyte.NEUT)
    >>> found.codes.tolist()
    [4, 1, 0]
    """
    table = scale.tables.get(analyte)
    if table is None:
        why = Ungraded.NEEDS if scale.needs(analyte) else Ungraded.NO_SCALE_FOR_ANALYTE
        none = np.full(len(values), NO_GRADE, dtype=np.int8)
        reasons = np.full(len(values), why, dtype=np.int8)
        return Grades(scale, analyte, values, comparators, none, reasons, none, none, None, lln)
    look = _Look(table, table.numbers(ages, len(values)), lln)
    mildest, severest, reasons = found = _range(values, look)
    if comparators is not None:
        which = np.flatnonzero(comparators)
        ranges = _at_both_ends(values[which], comparators[which], look.rows(which))
        mildest[which], severest[which], reasons[which] = ranges
    _absent(values, missing, look, found)
    codes = np.where(mildest == severest, mildest, np.int8(NO_GRADE))
    if spread is not None:
        mildest, severest = _widened(mildest, severest, spread, look)
    return Grades(
        scale, analyte, values, comparators, codes, reasons, mildest, severest, look.strata, lln
    )


class _Look(NamedTuple):
    """Where counts are looked up: the table, the stratum and the lower limit of each."""

    table: Table
    strata: Index | None
    lln: Floats | None

    def rows(self, which: Index) -> _Look:
        """The same for some rows."""
        strata = None if self.strata is None else self.strata[which]
        return _Look(self.table, strata, None if self.lln is None else self.lln[which])

    @property
    def own(self) -> Index | int:
        """The number of each count's stratum; 0 where one holds for all."""
        return 0 if self.strata is None else self.strata


Range = tuple[Codes, Codes, Codes]
"""The mildest and the severest grade of each count, and why there is none or more than one."""


def _range(values: Floats, look: _Look) -> Range:
    position = _position(values, look)
    reasons = np.zeros(len(values), dtype=np.int8)
    mildest = position
    if not look.table.plain:
        mildest = look.table.rungs[look.own, position]
        reasons[mildest == NO_GRADE] = Ungraded.NO_BAND
    severest = mildest.copy()
    unknown = _without_lln(position, look)
    if unknown is not None:
        rungs = look.table.rungs[:, 1]
        severest[unknown] = rungs[0] if look.strata is None else rungs[look.strata[unknown]]
        reasons[unknown] = Ungraded.LLN_MISSING
    return mildest, severest, reasons


def _position(values: Floats, look: _Look) -> Codes:
    """Under how many cuts each count is: the whole comparison."""
    position = np.zeros(len(values), dtype=np.int8)
    for place, row in enumerate(look.table.cuts):
        cuts: Floats | np.float64 = row[look.own]
        if place == 0 and look.lln is not None and look.table.asks_lln:
            cuts = _first_cut(cuts, look.lln, look)
        position += values < cuts
    return position


def _first_cut(floor: Floats | np.float64, lln: Floats, look: _Look) -> Floats:
    """Where grade 1 begins: at the laboratory's limit, but never under the next grade's cut."""
    limit = np.nextafter(lln, np.inf) if look.table.lln_inclusive else lln
    cut: Floats = np.fmax(limit, floor)
    return cut if look.strata is None else np.where(look.table.uses_lln[look.strata], cut, floor)


def _without_lln(position: Codes, look: _Look) -> Truths | None:
    """The counts over every fixed cut whose lower limit is asked for and not known."""
    if not look.table.asks_lln:
        return None
    unknown: Truths = (position == 0) & look.table.uses_lln[look.own]
    if look.lln is not None:
        unknown &= np.isnan(look.lln)
    return unknown if np.count_nonzero(unknown) else None


def _absent(values: Floats, missing: Codes | None, look: _Look, found: Range) -> None:
    """Where there is no value, or no grade for such a person: the reason, and no grade."""
    mildest, severest, reasons = found
    without = np.isnan(values)
    if not look.table.always_graded:
        why = look.table.reasons[look.own]
        reasons[...] = np.where(why != Reason.NONE, why, reasons)
        gone = (why != Reason.NONE) | without
    else:
        gone = without
    if np.count_nonzero(without):
        given = Reason.VALUE_MISSING if missing is None else missing[without]
        reasons[without] = np.where(given == Reason.NONE, Reason.VALUE_MISSING, given)
    mildest[gone] = severest[gone] = NO_GRADE


def _at_both_ends(values: Floats, signs: Codes, look: _Look) -> Range:
    """A value such as "<0.1" is a range: its mildest grade is at the high end."""
    low, high = ends(values, signs)
    _, severest, why_low = _range(low, look)
    mildest, _, why_high = _range(high, look)
    spans = mildest != severest
    for_lln = spans & (why_low == Ungraded.LLN_MISSING) & (why_high == Ungraded.LLN_MISSING)
    reasons = np.where(spans, np.int8(Reason.COMPARATOR), np.int8(Reason.NONE))
    reasons[for_lln] = Ungraded.LLN_MISSING
    unknown = (severest == NO_GRADE) | (mildest == NO_GRADE)
    reasons[unknown] = Ungraded.NO_BAND
    mildest[unknown] = severest[unknown] = NO_GRADE
    return mildest, severest, reasons


def _widened(
    mildest: Codes, severest: Codes, spread: tuple[Floats, Floats], look: _Look
) -> tuple[Codes, Codes]:
    """The range of grades within the counting error of a differential counted by eye."""
    which = np.flatnonzero(~np.isnan(spread[0]) & (mildest != NO_GRADE))
    at_low = _range(spread[0][which], look.rows(which))[1]
    at_high = _range(spread[1][which], look.rows(which))[0]
    known = (at_low != NO_GRADE) & (at_high != NO_GRADE)
    mildest[which] = np.where(known, np.minimum(mildest[which], at_high), np.int8(NO_GRADE))
    severest[which] = np.where(known, np.maximum(severest[which], at_low), np.int8(NO_GRADE))
    return mildest, severest
