"""The limits of a definition: one row says for whom, between which values, of what kind.

Which row holds for a person is settled once, when a definition is compiled (`leukon.compiled`).
Rows win in this order:

- the tier first: reference and decision limits, then conventional ones, then those of a study;
- within a tier the most specific row (sex, phenotype, pregnancy, specimen, each qualifier);
- `critical` rows only make critical-low and critical-high; `historic` rows are never applied.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import isfinite

import numpy as np
from msgspec import Struct

from leukon.ages import Border, month_days, parse_border
from leukon.analytes import Analyte, canonical_unit
from leukon.errors import AgeRefused, DefinitionRefused, LeukonError
from leukon.panel import LAST_WEEK, RELATIVE, SPECIMENS
from leukon.units import read_unit

KINDS = ("reference", "decision", "conventional", "critical", "study", "historic")
TIERS = {"reference": 0, "decision": 0, "conventional": 1, "study": 2}
ADULT_MONTHS = 18 * 12


class Partition(Struct, frozen=True, kw_only=True):
    """The people a limit holds for: age, sex, phenotype, pregnancy, specimen, qualifiers.

    `age_from` is included, `age_to` is not ("18y", "28d", "12h"; empty: open). An empty field
    means "not looked at". Weeks of pregnancy are completed ones, `weeks_to` not included.

    >>> Partition(sex="female", age_from="18y").specificity
    1
    """

    sex: str = ""
    age_from: str = ""
    age_to: str = ""
    duffy: str = ""
    pregnancy: bool = False
    weeks_from: float | None = None
    weeks_to: float | None = None
    specimen: str = ""
    qualifiers: tuple[str, ...] = ()

    @property
    def specificity(self) -> int:
        """How many facts beside the age the partition asks for."""
        named = (self.sex, self.duffy, self.pregnancy, self.specimen)
        return sum(1 for fact in named if fact) + len(self.qualifiers)

    @property
    def borders(self) -> tuple[Border | None, Border | None]:
        """The two age borders, None where open."""
        return (
            parse_border(self.age_from) if self.age_from else None,
            parse_border(self.age_to) if self.age_to else None,
        )


class Limit(Struct, frozen=True, kw_only=True):
    """One row of a definition: `low` and `high` in `unit`, and whether the limit itself is within.

    `low_inclusive` true (the default) means that a count at the limit is not low: "fewer than
    4,000". `floor` is a value below which the row never calls a count within, whatever `low` says.
    `votes` is true where the row counts in an agreement. Give `kind` one of `KINDS`.
    """

    analyte: Analyte
    unit: str
    kind: str
    low: float | None = None
    high: float | None = None
    low_inclusive: bool = True
    high_inclusive: bool = True
    floor: float | None = None
    partition: Partition = Partition()
    votes: bool = False
    id: str = ""
    source: str = ""
    publisher: str = ""
    reported_by: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse a row that cannot be right."""
        for problem in problems(self):
            raise DefinitionRefused(problem, where=self.id or f"a limit of {self.analyte}")

    def canonical(self, value: float | None) -> float:
        """A limit of this row in the unit leukon computes in; NaN for none."""
        if value is None:
            return float("nan")
        return float(read_unit(self.unit, self.analyte).convert(value))


class ReferenceInterval(Limit, frozen=True, kw_only=True):
    """A limit that describes a population (CLSI EP28, IFCC): the central 95 % of healthy people.

    >>> ReferenceInterval(analyte="WBC", low=4.0, high=10.0, unit="10*9/L").kind
    'reference'
    """

    kind: str = "reference"


class DecisionLimit(Limit, frozen=True, kw_only=True):
    """A limit tied to an action: below it something is done.

    >>> DecisionLimit(analyte="NEUT", low=1.5, unit="10*9/L").low_inclusive
    True
    """

    kind: str = "decision"


def problems(limit: Limit) -> Iterable[str]:
    """What is wrong with a row, in words; nothing where it is sound."""
    if limit.kind not in KINDS:
        yield f"the kind {limit.kind!r} is not one of {', '.join(KINDS)}"
    yield from _value_problems(limit)
    yield from _partition_problems(limit.partition)


def _value_problems(limit: Limit) -> Iterable[str]:
    values = [value for value in (limit.low, limit.high, limit.floor) if value is not None]
    if limit.low is None and limit.high is None:
        yield "a limit needs a low or a high value"
    if any(not isfinite(value) or value < 0 for value in values):
        yield "a limit is never negative, and is a number"
    if limit.low is not None and limit.high is not None and limit.low > limit.high:
        yield f"the low limit {limit.low} is above the high limit {limit.high}"
    try:
        unit = read_unit(limit.unit, Analyte(limit.analyte))
    except (LeukonError, ValueError) as error:
        yield error.what if isinstance(error, LeukonError) else f"no analyte {limit.analyte!r}"
        return
    if unit.family in RELATIVE:
        yield f"a limit in percent is never applied: give it in {canonical_unit(limit.analyte)}"


def _partition_problems(partition: Partition) -> Iterable[str]:
    if partition.sex not in ("", "female", "male"):
        yield f"the sex {partition.sex!r} is neither female nor male"
    if partition.duffy not in ("", "null", "not-null"):
        yield f"the Duffy status {partition.duffy!r} is neither null nor not-null"
    if partition.specimen not in SPECIMENS:
        yield f"the specimen {partition.specimen!r} is neither venous nor capillary"
    yield from _age_problems(partition)
    weeks = (partition.weeks_from, partition.weeks_to)
    if any(week is not None for week in weeks) and not partition.pregnancy:
        yield "weeks are given without pregnancy = true"
    if any(week is not None and not 0 <= week <= LAST_WEEK for week in weeks):
        yield f"a week of pregnancy is between 0 and {LAST_WEEK}"
    if None not in weeks and (partition.weeks_from or 0) >= (partition.weeks_to or 0):
        yield f"the weeks run backwards: {partition.weeks_from:g} to {partition.weeks_to:g}"


def _age_problems(partition: Partition) -> Iterable[str]:
    try:
        start, end = partition.borders
    except AgeRefused as error:
        yield f"an age border cannot be read: {error.what}"
        return
    if start and end and (start == end or days_span(start)[1] > days_span(end)[0]):
        yield f"the ages run backwards: {partition.age_from} to {partition.age_to}"
    if partition.duffy == "null" and not (
        start and start.scale == "months" and start.value >= ADULT_MONTHS
    ):
        yield "a Duffy-null limit holds for adults only: age_from 18y or more"


@cache
def days_span(border: Border) -> tuple[float, float]:
    """The least and most days at which an age border can lie.

    >>> days_span(Border("months", 1.0))
    (28.0, 31.0)
    """
    if border.scale == "days":
        return border.value, border.value
    least, most = month_days(np.array([border.value]))
    return float(least[0]), float(most[0])
