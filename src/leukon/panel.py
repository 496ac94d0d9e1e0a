"""One count, all counts of one specimen, and the person they belong to: frozen, valid at birth.

Whatever exists as a `Count`, `Panel` or `Person` has been checked, so that no later code checks
again: a count cannot be negative, without a unit, or impossible in its unit.
"""

from __future__ import annotations

import math
from datetime import date, datetime
from numbers import Real

from msgspec import Struct
from msgspec.structs import force_setattr

from leukon.ages import UNKNOWN, Age, between, parse_age
from leukon.analytes import PERCENT, Analyte, analyte, impossible_above
from leukon.errors import AgeRefused, InputRefused, PersonRefused, ValueRefused
from leukon.reasons import Reason
from leukon.units import Unit, read_unit

COMPARATORS = ("", "<", "<=", ">=", ">")
SEXES = {"female": "female", "f": "female", "male": "male", "m": "male"}
UNSTATED_SEX = ("", "unknown", "other", "u", "x", "o", "undifferentiated")
DUFFY = {"": "", "unknown": "", "null": "null", "not-null": "not-null", "positive": "not-null"}
SPECIMENS = ("", "venous", "capillary")
TRIMESTERS = {1: (0.0, 14.0), 2: (14.0, 28.0), 3: (28.0, 45.0)}
"""Completed weeks of each trimester, by convention: to 13, 14 to 27, 28 to the end."""
LAST_WEEK = 45
MALE_AND_PREGNANT = "a person said to be male is said to be pregnant"
"""Which limits hold for such a person is not known: for one panel it is refused, in files set apart."""
RELATIVE = ("percent", "per-100-wbc")
"""The families of unit that say a share of the white cells, not a count."""
ABSENT = {
    "missing": Reason.VALUE_MISSING,
    "pending": Reason.PENDING,
    "quality-control": Reason.QUALITY_CONTROL,
    "not-blood": Reason.NOT_BLOOD,
}


class Count(Struct, frozen=True):
    """One measured number: how many of an analyte, in the unit it was reported in.

    `value` is None where the report has no number yet; `absent` then says why ("missing",
    "pending", "quality-control", "not-blood"). `comparator` is the sign before a printed "<0.1".
    A percentage of the white cells is a count with the unit "%": it is never compared with a
    limit, only multiplied with the total. `method` ("auto", "manual") and `nrbc_corrected` are
    what the laboratory's code says, where there is one. `canonical` is the value in the unit leukon
    computes in (10*9/L, g/L for haemoglobin, %), worked out when the count is made.

    Raises `ValueRefused` for a negative or impossible value, `UnitRefused` for a unit that is
    missing, unknown or has two readings, `AnalyteUnknown`.

    >>> Count("WBC", 3810, "/uL").canonical
    3.81
    """

    analyte: Analyte
    value: float | None
    unit: str | None = None
    comparator: str = ""
    absent: str = ""
    method: str = ""
    nrbc_corrected: bool | None = None
    canonical: float = math.nan
    is_percentage: bool = False

    def __post_init__(self) -> None:
        """Check everything once, and convert the value once."""
        kind = analyte(self.analyte)
        force_setattr(self, "analyte", kind)
        if self.comparator not in COMPARATORS:
            raise ValueRefused(f"{kind}: the sign before the value is not known", hint="< or >")
        if self.value is None:
            self._without_value(kind)
            return
        if not _is_number(self.value):
            raise ValueRefused(f"{kind} is not a number", hint="leukon.readers reads text")
        unit = read_unit(self.unit, kind)
        force_setattr(self, "canonical", checked_value(kind, float(self.value), unit))
        force_setattr(self, "is_percentage", unit.family in RELATIVE)

    def _without_value(self, kind: Analyte) -> None:
        if (self.absent or "missing") not in ABSENT:
            raise ValueRefused(
                f"{kind}: the reason why a value is absent is not known",
                hint="one of " + ", ".join(ABSENT),
            )
        force_setattr(self, "canonical", float("nan"))
        relative = bool(self.unit) and read_unit(self.unit, kind).family in RELATIVE
        force_setattr(self, "is_percentage", relative)

    @property
    def reason(self) -> Reason:
        """Why there is no value; NONE where there is one."""
        return Reason.NONE if self.value is not None else ABSENT[self.absent or "missing"]


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def checked_value(kind: Analyte, value: float, unit: Unit) -> float:
    """The value in the canonical unit, refused where no count can be so."""
    if not math.isfinite(value):
        raise ValueRefused(f"{kind} is not a number", hint="leave a missing value out")
    if value < 0:
        raise ValueRefused(f"{kind} is negative, and a count never is", hint="check the value")
    converted = float(unit.convert(value))
    if unit.ucum == PERCENT and converted > 100 and kind is not Analyte.NRBC:
        raise ValueRefused(f"{kind} is over 100 %", hint="check the value and its unit")
    if unit.family in ("cells", "mass") and converted > impossible_above(kind):
        raise ValueRefused(
            f"{kind} is impossible in {unit.ucum}: nobody has so many",
            hint="check the unit: a value per microlitre is given as /uL",
        )
    return converted


class Person(Struct, frozen=True):
    """Whose counts: age at the draw, sex, and what is known that moves a limit.

    `age` is the age at the draw ("34y", "3d", "12h", an `Age`, or None: not known). `sex` is
    "female", "male" or None. `duffy` is "null" only where it was tested or is known from the
    person, never inferred. `pregnant` with `weeks` (completed) or `trimester` (1 to 3).
    `qualifiers` are further known facts a limit may ask for ("birth-weight-1500g-or-less").

    Raises `AgeRefused`, `PersonRefused`.

    >>> Person(age="34y", sex="F").sex
    'female'
    """

    age: Age | str | None = None
    sex: str | None = None
    duffy: str | None = None
    pregnant: bool = False
    weeks: float | None = None
    trimester: int | None = None
    qualifiers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check and settle every field once."""
        age = self.age
        force_setattr(self, "age", UNKNOWN if not age else _age(age))
        force_setattr(self, "sex", read_sex(self.sex))
        force_setattr(self, "duffy", _one_of(self.duffy, DUFFY, "Duffy status") or None)
        if (self.weeks is not None or self.trimester is not None) and not self.pregnant:
            raise PersonRefused("a week of pregnancy is given for a person not said to be pregnant")
        if self.pregnant and self.sex == "male":
            raise PersonRefused(MALE_AND_PREGNANT, hint="check both, or leave the sex out")
        if self.trimester is not None and self.trimester not in TRIMESTERS:
            raise PersonRefused("a trimester is 1, 2 or 3")
        if self.weeks is not None and not 0 <= self.weeks <= LAST_WEEK:
            raise PersonRefused(f"a week of pregnancy is between 0 and {LAST_WEEK}")

    @property
    def age_at_draw(self) -> Age:
        """The age, settled: unknown is an age of NaN."""
        assert isinstance(self.age, Age)
        return self.age

    @property
    def week_span(self) -> tuple[float, float]:
        """The completed weeks of pregnancy as an interval, NaN where not known."""
        if self.weeks is not None:
            return float(self.weeks), math.floor(self.weeks) + 1.0
        return TRIMESTERS.get(self.trimester or 0, (math.nan, math.nan))


def _age(age: Age | str) -> Age:
    if isinstance(age, Age):
        return age
    if not isinstance(age, str):
        raise AgeRefused("an age needs a unit", hint='write "34y", "3d" or "12h"')
    return parse_age(age)


def read_sex(text: str | None) -> str | None:
    """The sex a word stands for: "female", "male", or None where it is not stated.

    >>> read_sex("Female"), read_sex("unknown")
    ('female', None)
    """
    folded = (text or "").strip().lower()
    if folded in UNSTATED_SEX:
        return None
    if folded not in SEXES:
        raise PersonRefused("the sex is given in a word leukon does not know", hint="female, male")
    return SEXES[folded]


def _one_of(text: str | None, known: dict[str, str], what: str) -> str:
    folded = (text or "").strip().lower().replace("_", "-").replace(" ", "-")
    if folded not in known:
        raise PersonRefused(f"the {what} is not one of {', '.join(k for k in known if k)}")
    return known[folded]


class Panel(Struct, frozen=True):
    """All counts of one specimen of one person.

    `specimen` is "venous", "capillary" or "" (not stated); `drawn_at` the moment of the draw.
    Two different values for one count in one specimen are kept and called contradictory.

    >>> panel = Panel(Person(age="34y"), [Count("WBC", 3.7, "10*9/L")])
    >>> panel.counts[0].analyte
    <Analyte.WBC: 'WBC'>
    """

    person: Person
    counts: tuple[Count, ...]
    drawn_at: date | datetime | None = None
    specimen: str = ""
    practice: str = ""

    def __post_init__(self) -> None:
        """Settle the counts to a tuple, and check the specimen."""
        force_setattr(self, "counts", tuple(self.counts))
        if not all(isinstance(count, Count) for count in self.counts):
            raise InputRefused("a panel holds Count objects", hint='Count("WBC", 3.7, "10*9/L")')
        if self.specimen not in SPECIMENS:
            raise PersonRefused("a specimen is venous, capillary or not stated")


def day_of(at: date | datetime) -> date:
    """The day of a moment.

    >>> day_of(datetime(2025, 3, 1, 9, 30))
    datetime.date(2025, 3, 1)
    """
    return at.date() if isinstance(at, datetime) else at


def age_at_draw(born: date | datetime, drawn_at: date | datetime) -> Age:
    """The age at the draw from two dates (or dates with times); never today's age.

    >>> age_at_draw(date(2008, 5, 1), date(2010, 6, 1)).months_from
    25.0
    """
    try:
        return between(born, drawn_at)
    except AgeRefused as error:
        raise error.at("age at the draw") from None
