"""Why a flag is what it is, above all why it is `undetermined`: a closed set with its legend.

Arrays carry the number (`Reason` is an IntEnum), files and JSON carry the `slug`.
"""

from __future__ import annotations

from enum import IntEnum


class Reason(IntEnum):
    """One reason; NONE where a count was simply compared with its limits."""

    NONE = 0
    VALUE_MISSING = 1
    PENDING = 2
    NOT_READ = 3
    IMPOSSIBLE = 4
    UNIT_MISSING = 5
    UNIT_REFUSED = 6
    QUALITY_CONTROL = 7
    NOT_BLOOD = 8
    DUPLICATE = 9
    CONTRADICTORY = 10
    PERCENTAGE_ONLY = 11
    NRBC_UNKNOWN = 12
    BANDS_UNCLEAR = 13
    COMPARATOR = 14
    NO_LIMIT = 15
    NO_LIMIT_FOR_AGE = 16
    NO_LIMIT_FOR_SEX = 17
    NO_LIMIT_FOR_PERSON = 18
    AGE_MISSING = 19
    AGE_INEXACT = 20
    SEX_MISSING = 21
    WEEKS_MISSING = 22
    NO_LOWER_LIMIT = 23
    HISTORIC_ONLY = 24
    BELOW_FLOOR = 25
    PERCENT_SUM = 26

    @property
    def slug(self) -> str:
        """The word files and JSON carry: lower case with dashes, empty for NONE."""
        return "" if self is Reason.NONE else self.name.lower().replace("_", "-")

    @property
    def text(self) -> str:
        """The reason in words, for a person who reads a report."""
        return TEXTS[self]


TEXTS = {
    Reason.NONE: "",
    Reason.VALUE_MISSING: "no value was given",
    Reason.PENDING: "the result is pending",
    Reason.NOT_READ: "the value could not be read",
    Reason.IMPOSSIBLE: "the value is impossible in this unit",
    Reason.UNIT_MISSING: "the value has no unit",
    Reason.UNIT_REFUSED: "the unit is unknown or can be read in two ways",
    Reason.QUALITY_CONTROL: "a quality-control specimen, not a person's",
    Reason.NOT_BLOOD: "not a count in blood",
    Reason.DUPLICATE: "two different values for one count in one specimen",
    Reason.CONTRADICTORY: "the report contradicts itself",
    Reason.PERCENTAGE_ONLY: "only a percentage, with no total to make it a count",
    Reason.NRBC_UNKNOWN: "nucleated red cells, and not known whether the count was corrected",
    Reason.BANDS_UNCLEAR: "not clear whether the bands are part of the neutrophils",
    Reason.COMPARATOR: "known only as a range that reaches across a limit",
    Reason.NO_LIMIT: "the definition has no limit for this count",
    Reason.NO_LIMIT_FOR_AGE: "the definition has no limit for this age",
    Reason.NO_LIMIT_FOR_SEX: "the definition has no limit for this sex",
    Reason.NO_LIMIT_FOR_PERSON: "the definition has no limit for this person",
    Reason.AGE_MISSING: "the age at the draw is not known",
    Reason.AGE_INEXACT: "the age is not known exactly enough",
    Reason.SEX_MISSING: "the sex is not known",
    Reason.WEEKS_MISSING: "the week of pregnancy is not known",
    Reason.NO_LOWER_LIMIT: "the definition has no lower limit for this count",
    Reason.HISTORIC_ONLY: "the limit is kept for history and not applied",
    Reason.BELOW_FLOOR: "below the floor under which this interval clears no count",
    Reason.PERCENT_SUM: "the percentages add up to more than 100",
}

SLUGS = tuple(reason.slug for reason in Reason)
