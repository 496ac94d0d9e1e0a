"""What an interpretation says: the flag and its reason, whose limit, the driver, the agreement."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from leukon.analytes import LINES

if TYPE_CHECKING:
    from leukon.advice import Advice
    from leukon.causes import FittingCause
    from leukon.findings import Finding
    from leukon.scales import Grade
    from leukon.setpoints.rules import OwnLevel

SCHEMA_VERSION = "1"


class Flag(IntEnum):
    """Where a count lies by a definition; `fhir` is the code FHIR uses for it.

    CRITICAL_LOW  LL  below a critical limit of the definition
    LOW           L   below its lower limit
    WITHIN        N   not below the lower limit, and not above the upper one where there is one
    HIGH          H   above its upper limit
    CRITICAL_HIGH HH  above a critical limit
    UNDETERMINED  -   cannot be said; the reason says why

    >>> Flag.CRITICAL_LOW.slug, Flag.CRITICAL_LOW.fhir, Flag.CRITICAL_LOW.is_low
    ('critical-low', 'LL', True)
    """

    CRITICAL_LOW = 0
    LOW = 1
    WITHIN = 2
    HIGH = 3
    CRITICAL_HIGH = 4
    UNDETERMINED = 5

    @property
    def slug(self) -> str:
        """The word files and JSON carry, such as "critical-low"."""
        return self.name.lower().replace("_", "-")

    @property
    def fhir(self) -> str:
        """The code of the FHIR value set "observation interpretation"; empty for undetermined."""
        return ("LL", "L", "N", "H", "HH", "")[self]

    @property
    def is_low(self) -> bool:
        """Whether the count is low, critically or not."""
        return self <= Flag.LOW


FLAG_SLUGS = tuple(flag.slug for flag in Flag)
LOW_SLUGS = tuple(flag.slug for flag in Flag if flag.is_low)
DRIVERS = ("none", *(str(line) for line in LINES), "undetermined")
"""What may drive a low count; arrays carry the place in this list."""
DRIVER_NONE, DRIVER_UNDETERMINED = 0, len(DRIVERS) - 1


class Vote(Struct, frozen=True):
    """How one publisher's newest edition calls a count."""

    definition: str
    publisher: str
    flag: str
    lower: float | None
    upper: float | None


class Agreement(Struct, frozen=True):
    """How many publishers call a count low, within, high; it is no measure of risk.

    `mixed`: publishers that contradict themselves at this count; `undetermined`: those whose
    limit depends on what is not known here. `lowest` and `highest` are the lowest and highest lower
    limit among them. Only publishers with a voting limit for this person are counted.
    """

    low: int
    within: int
    high: int
    mixed: int
    undetermined: int
    lowest: float | None = None
    highest: float | None = None
    votes: tuple[Vote, ...] = ()

    @property
    def total(self) -> int:
        """How many publishers have a limit for this person."""
        return self.low + self.within + self.high + self.mixed + self.undetermined


class Reported(Struct, frozen=True):
    """A number as the report gave it."""

    value: float | None
    unit: str | None


class Interpreted(Struct, frozen=True):
    """One count, interpreted: `value`, `lower`, `upper`, `distance` in `unit`.

    `distance` is the count minus the lower limit (negative: low), None where either is not known.
    `reason` says why where the flag is undetermined, or what else decided. `derived` is true where
    the count was worked out from a percentage or from segs and bands. `low_source` and
    `high_source` say who printed each limit, where a definition draws on several.
    `critical_limit` and `critical_source` are those of a critical flag.
    """

    analyte: str
    value: float | None
    unit: str
    comparator: str
    reported: Reported | None
    flag: str
    lower: float | None
    upper: float | None
    distance: float | None
    definition: str
    reason: str
    derived: bool
    low_source: str = ""
    high_source: str = ""
    lower_inclusive: bool = True
    critical_limit: float | None = None
    critical_source: str = ""
    agreement: Agreement | None = None


class Note(Struct, frozen=True):
    """A remark beside the flags: a code for programs, a text for people."""

    code: str
    text: str


class DefinitionUsed(Struct, frozen=True):
    """Whose limits: id, publisher, version, date, and whether a clinician has checked them."""

    id: str
    publisher: str
    version: str
    date: str
    source: str
    label: str
    checked_by: str


class Interpretation(Struct, frozen=True):
    """The answer for one panel.

    `counts` in the order of the analytes; `driver` is the cell line with the largest shortfall,
    "none", or "undetermined". `grades` are by the scales asked for; `findings`, `causes` (an
    order, no probability) and `advice` are there where a context was given, `setpoint` (each count
    beside the person's own band) where a history was. `as_dict()` is what `--json` prints.

    >>> from leukon import Count, Panel, Person, interpret
    >>> answer = interpret(Panel(Person(age="34y"), [Count("NEUT", 1.1, "10*9/L")]))
    >>> answer["NEUT"].flag, answer["NEUT"].distance, answer.driver
    ('low', -0.4, 'NEUT')
    """

    counts: tuple[Interpreted, ...]
    driver: str
    definition: DefinitionUsed
    notes: tuple[Note, ...] = ()
    grades: tuple[Grade, ...] = ()
    findings: tuple[Finding, ...] = ()
    causes: tuple[FittingCause, ...] = ()
    setpoint: tuple[OwnLevel, ...] = ()
    advice: Advice | None = None
    schema_version: str = SCHEMA_VERSION

    def __getitem__(self, analyte: str) -> Interpreted:
        """The interpreted count of one analyte."""
        for count in self.counts:
            if count.analyte == str(analyte).upper():
                return count
        raise KeyError(str(analyte))

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionaries and lists, as `--json` prints them."""
        plain = {
            name: msgspec.to_builtins(getattr(self, name))
            for name in self.__struct_fields__
            if name != "advice"
        }
        return {**plain, "advice": self.advice.as_dict() if self.advice else None}
