"""Why a result does not enter an estimate: a closed set with its legend, and the count of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from leukon.reasons import Reason


class Exclusion(IntEnum):
    """Why a row does not enter, in the order in which the reasons are looked at."""

    UNREADABLE = 1
    NO_VALUE = 2
    IMPLAUSIBLE = 3
    NO_UNIT = 4
    NOT_A_PERSONS = 5
    CONTRADICTION = 6
    COMPARATOR = 7
    UNSURE_PERSON = 8
    DATE_UNKNOWN = 9
    DATE_OUTSIDE = 10
    PREGNANT = 11
    IN_PATIENT = 12
    REPEATED_COURSE = 13
    CAPILLARY = 14
    AGE_UNKNOWN = 15
    AGE_OUTSIDE = 16
    AGE_INEXACT = 17
    SEX_UNKNOWN = 18
    NO_LIMIT = 19
    MANY_RESULTS = 20
    LATER_RESULT = 21

    @property
    def slug(self) -> str:
        """The word of JSON: lower case with dashes."""
        return self.name.lower().replace("_", "-")

    @property
    def text(self) -> str:
        """The reason in words."""
        return _TEXTS[self]


_TEXTS = {
    Exclusion.UNREADABLE: "the row could not be read",
    Exclusion.NO_VALUE: "no value of this count (none given, pending, or only a percentage)",
    Exclusion.IMPLAUSIBLE: "an implausible value: negative, or more than anybody has",
    Exclusion.NO_UNIT: "no unit, or one that can be read in two ways",
    Exclusion.NOT_A_PERSONS: "a control, or a specimen that is not blood",
    Exclusion.CONTRADICTION: "the report contradicts itself",
    Exclusion.COMPARATOR: "known only as a range, such as < 0.1",
    Exclusion.UNSURE_PERSON: "what the row says of the person cannot be read",
    Exclusion.DATE_UNKNOWN: "the date of the draw is not known",
    Exclusion.DATE_OUTSIDE: "drawn outside the dates asked for",
    Exclusion.PREGNANT: "pregnant, as far as the file says",
    Exclusion.IN_PATIENT: "an in-patient or an emergency, as far as the file says",
    Exclusion.REPEATED_COURSE: "a patient in a repeated course, as far as the file says",
    Exclusion.CAPILLARY: "capillary blood",
    Exclusion.AGE_UNKNOWN: "the age at the draw is not known",
    Exclusion.AGE_OUTSIDE: "an age outside the bands asked for",
    Exclusion.AGE_INEXACT: "an age that may lie in two bands",
    Exclusion.SEX_UNKNOWN: "the sex is not known",
    Exclusion.NO_LIMIT: "the definition has no limit for this person",
    Exclusion.MANY_RESULTS: "a person with more results than allowed",
    Exclusion.LATER_RESULT: "a later result of a person who has one already",
}

BY_REASON = {
    Reason.VALUE_MISSING: Exclusion.NO_VALUE,
    Reason.PENDING: Exclusion.NO_VALUE,
    Reason.PERCENTAGE_ONLY: Exclusion.NO_VALUE,
    Reason.NOT_READ: Exclusion.UNREADABLE,
    Reason.IMPOSSIBLE: Exclusion.IMPLAUSIBLE,
    Reason.UNIT_MISSING: Exclusion.NO_UNIT,
    Reason.UNIT_REFUSED: Exclusion.NO_UNIT,
    Reason.QUALITY_CONTROL: Exclusion.NOT_A_PERSONS,
    Reason.NOT_BLOOD: Exclusion.NOT_A_PERSONS,
    Reason.DUPLICATE: Exclusion.CONTRADICTION,
    Reason.CONTRADICTORY: Exclusion.CONTRADICTION,
    Reason.NRBC_UNKNOWN: Exclusion.CONTRADICTION,
    Reason.BANDS_UNCLEAR: Exclusion.CONTRADICTION,
    Reason.PERCENT_SUM: Exclusion.CONTRADICTION,
    Reason.AGE_MISSING: Exclusion.UNSURE_PERSON,
    Reason.AGE_INEXACT: Exclusion.UNSURE_PERSON,
    Reason.SEX_MISSING: Exclusion.UNSURE_PERSON,
    Reason.WEEKS_MISSING: Exclusion.UNSURE_PERSON,
    Reason.COMPARATOR: Exclusion.COMPARATOR,
}
"""Why a count has no value, as a reason to leave it out; what is not listed has no value."""


@dataclass
class Tally:
    """What became of the rows: how many came in, went out, and were left out for which reason.

    `female` and `male` count the results that entered; `ages` are the youngest, the median and the
    oldest age of them in days, in the middle of what is known, None where none is.
    """

    came: int = 0
    entered: int = 0
    people: int = 0
    female: int = 0
    male: int = 0
    ages: tuple[float, float, float] | None = None
    derived: int = 0
    unknown_settings: int = 0
    no_person: bool = False
    no_age: bool = False
    no_date: bool = False
    excluded: dict[Exclusion, int] = field(default_factory=dict)

    def leave_out(self, reason: Exclusion, rows: int) -> None:
        """Count rows that were left out."""
        if rows:
            self.excluded[reason] = self.excluded.get(reason, 0) + rows

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of an estimate has to know of its sample beside the numbers."""
        found = {
            "no column says whose a result is: each row was taken as another person": self.no_person,
            f"{self.derived:,} counts were worked out from percentages": self.derived,
            f"{self.unknown_settings:,} rows name a place leukon does not know; they stayed in": (
                self.unknown_settings
            ),
            "no column says when a result was drawn": self.no_date,
        }
        return tuple(text for text, holds in found.items() if holds)

    @property
    def balanced(self) -> bool:
        """Whether every row that came in is accounted for."""
        return self.came == self.entered + sum(self.excluded.values())
