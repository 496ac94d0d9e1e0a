"""One row of a severity scale: a grade, and the counts between which it is given.

A band is half-open unless its row says otherwise: `low` belongs to it, `high` does not. `high` may
be the text "LLN": the lower limit of normal of the laboratory, which is then asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from math import inf, isfinite, nextafter

import numpy as np
from msgspec import Struct

from leukon.analytes import Analyte, canonical_unit
from leukon.arrays import Codes
from leukon.errors import AgeRefused, InputRefused, LeukonError
from leukon.limits import Partition, days_span
from leukon.panel import RELATIVE
from leukon.reasons import SLUGS
from leukon.reasons import TEXTS as REASON_TEXTS
from leukon.units import read_unit

LLN = "LLN"
WORST = 5
"""The highest grade a scale gives; 5 is death, which no count shows."""


class Ungraded(IntEnum):
    """Why a count has no grade, where that is the scale's doing; the others are a `Reason`.

    The numbers go on where those of `Reason` leave room, so that one array can hold both.
    """

    NO_SCALE_FOR_ANALYTE = 64
    NO_STRATUM_FOR_AGE = 65
    LLN_MISSING = 66
    NO_BAND = 67
    NEEDS = 68

    @property
    def slug(self) -> str:
        """The word files and JSON carry."""
        return self.name.lower().replace("_", "-")


TEXTS = {
    Ungraded.NO_SCALE_FOR_ANALYTE: "the scale does not grade this count",
    Ungraded.NO_STRATUM_FOR_AGE: "the scale has no grades for this age",
    Ungraded.LLN_MISSING: "grade 1 begins at the laboratory's lower limit, which is not known",
    Ungraded.NO_BAND: "the scale prints no grade for this count",
    Ungraded.NEEDS: "the grade asks for more than a count",
}


def reason_slug(code: int) -> str:
    """The word for a reason's number, of `Reason` or of `Ungraded`; "" for none.

    >>> reason_slug(Ungraded.LLN_MISSING), reason_slug(1)
    ('lln-missing', 'value-missing')
    """
    return Ungraded(code).slug if code >= min(Ungraded) else SLUGS[code]


def reason_place(codes: Codes) -> Codes:
    """Where the words for reasons stand in `REASON_SLUGS`, for a whole column of numbers."""
    return _PLACES[codes]


REASON_SLUGS = (*SLUGS, *(reason.slug for reason in Ungraded))
"""The words for all reasons, those of `Reason` first, in one list without gaps."""
_PLACES = np.zeros(max(Ungraded) + 1, dtype=np.int8)
_PLACES[: len(SLUGS)] = np.arange(len(SLUGS))
_PLACES[min(Ungraded) :] = np.arange(len(SLUGS), len(REASON_SLUGS))


def reason_text(slug: str) -> str:
    """A reason in words.

    >>> reason_text("no-band")
    'the scale prints no grade for this count'
    """
    known = {reason.slug: text for reason, text in TEXTS.items()}
    known |= {reason.slug: text for reason, text in REASON_TEXTS.items()}
    return TEXTS[Ungraded.NEEDS] if slug.startswith("needs-") else known.get(slug, slug)


class GradeBand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of a scale: from `low` (included) to under `high`, `grade` is given.

    `grade` is a number from 0 (printed as no grade) to 5, or a word of the scale. `age_from` is
    included, `age_to` is not. `population` says for whom the row was printed, where that is not
    everybody: it is repeated in the answer and not checked. A row with `needs` asks for more than
    a count ("temperature") and is never given from a count alone. `id` is the knowledge row.
    """

    analyte: Analyte
    grade: int | str
    unit: str
    term: str = ""
    low: float | None = None
    high: float | str | None = None
    low_inclusive: bool = True
    high_inclusive: bool = False
    age_from: str = ""
    age_to: str = ""
    population: str = ""
    needs: str = ""
    id: str = ""
    source: str = ""
    reported_by: str = ""
    note: str = ""

    @property
    def uses_lln(self) -> bool:
        """Whether the band begins at the laboratory's lower limit."""
        return self.high == LLN

    @property
    def partition(self) -> Partition:
        """The ages the band holds for."""
        return Partition(age_from=self.age_from, age_to=self.age_to)

    @property
    def begins_under(self) -> float:
        """The number under which a count is in this band or in a more severe one.

        Infinite where the band has no upper end, or has the laboratory's.
        """
        if self.high is None or isinstance(self.high, str):
            return inf
        value = self._canonical(self.high)
        return nextafter(value, inf) if self.high_inclusive else value

    @property
    def ends_under(self) -> float:
        """The number under which a count is beyond this band; minus infinity where none is."""
        if self.low is None:
            return -inf
        value = self._canonical(self.low)
        return value if self.low_inclusive else nextafter(value, inf)

    def _canonical(self, value: float) -> float:
        return float(read_unit(self.unit, self.analyte).convert(float(value)))


class NotGraded(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An analyte, or an age of it, that a scale says it does not grade, and why."""

    analyte: Analyte
    why: str
    term: str = ""
    age_from: str = ""
    age_to: str = ""
    population: str = ""
    id: str = ""
    source: str = ""

    @property
    def partition(self) -> Partition:
        """The ages this holds for."""
        return Partition(age_from=self.age_from, age_to=self.age_to)


def band_problems(band: GradeBand, words: tuple[str, ...]) -> Iterable[str]:
    """What is wrong with a row, in words; nothing where it is sound."""
    yield from _grade_problems(band, words)
    yield from _bound_problems(band)
    yield from age_problems(band.partition)
    try:
        relative = read_unit(band.unit, band.analyte).family in RELATIVE
    except LeukonError as error:
        yield error.what
        return
    if relative:
        yield f"a percentage is never graded: give the band in {canonical_unit(band.analyte)}"


def _grade_problems(band: GradeBand, words: tuple[str, ...]) -> Iterable[str]:
    if isinstance(band.grade, str) and band.grade not in words:
        yield f"the grade {band.grade!r} is not one of the scale's words"
    if isinstance(band.grade, int) and words and band.grade != 0:
        yield "a scale of words has no numbers"
    if isinstance(band.grade, int) and not 0 <= band.grade <= WORST:
        yield f"a grade is a number from 0 to {WORST}"


def _bound_problems(band: GradeBand) -> Iterable[str]:
    bounds = [bound for bound in (band.low, band.high) if isinstance(bound, int | float)]
    if any(not isfinite(bound) or bound < 0 for bound in bounds):
        yield "a bound is never negative, and is a number"
    elif len(bounds) == 2 and bounds[0] >= bounds[1]:
        yield f"the band is empty: from {bounds[0]:g} to {bounds[1]:g}"
    if isinstance(band.high, str) and band.high != LLN:
        yield f"a bound is a number, or {LLN} for the laboratory's lower limit"
    if band.grade == 0 and (band.low is None or band.high is not None):
        yield "grade 0 has a low bound and no high one: whatever lies above is not low"
    if band.grade != 0 and band.high is None:
        yield "a grade of a low count needs a high bound"


def age_problems(partition: Partition) -> Iterable[str]:
    """What is wrong with the ages of a row."""
    try:
        start, end = partition.borders
    except AgeRefused as error:
        yield f"an age border cannot be read: {error.what}"
        return
    if start and end and days_span(start)[1] > days_span(end)[0]:
        yield f"the ages run backwards: {partition.age_from} to {partition.age_to}"


def refuse(problems: Iterable[str], where: str) -> None:
    """Raise for the first problem there is."""
    for problem in problems:
        raise InputRefused(problem, where=where, hint="docs/reference/scales.md says how")
