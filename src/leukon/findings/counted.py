"""What findings look at: counts as ranges with what a definition says of them, and what is known.

Plain frozen values: findings need no definition and no interpretation, only what came of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from leukon.findings.answers import NO, RANGE, YES, Answer
from leukon.panel import COMPARATORS

LOW = ("low", "critical-low")


class Counted(Struct, frozen=True, kw_only=True):
    """One count in blood: the least and the most it may be, and what a definition says of it.

    `flag` is the definition's ("low", "within", "undetermined" ...), `lower` its lower limit (with
    `lower_inclusive` the limit itself is not low), `by` whose it is. Made by `counted`.
    """

    low: float
    high: float
    flag: str
    lower: float | None = None
    lower_inclusive: bool = True
    by: str = ""

    @property
    def is_low(self) -> Answer:
        """Whether the definition calls it low; a range across the limit may be."""
        if self.flag in LOW:
            return YES
        if self.flag != "undetermined" or self.lower is None or self.low == self.high:
            return NO
        reaches = self.low < self.lower or (self.low == self.lower and not self.lower_inclusive)
        return Answer(None, (RANGE,)) if reaches else NO

    def below(self, limit: float, *, inclusive: bool = False) -> Answer:
        """Whether it is under a number (at it, too, where inclusive)."""
        most = limit if inclusive else math.nextafter(limit, -math.inf)
        if self.high <= most:
            return YES
        return NO if self.low > most else Answer(None, (RANGE,))


def counted(
    value: float | None,
    comparator: str = "",
    *,
    flag: str = "undetermined",
    lower: float | None = None,
    lower_inclusive: bool = True,
    by: str = "",
) -> Counted | None:
    """A count as findings see it (10*9/L, haemoglobin in g/L); None where there is no number.

    A percentage is no count: it never comes here.

    >>> counted(0.5, "<", flag="low").below(0.5).holds
    True
    """
    if value is None or math.isnan(value):
        return None
    low, high = _ends(value, comparator)
    return Counted(
        low=low, high=high, flag=flag, lower=lower, lower_inclusive=lower_inclusive, by=by
    )


def _ends(value: float, comparator: str) -> tuple[float, float]:
    if comparator not in COMPARATORS:
        raise ValueError(f"no sign before a count: {comparator!r}")
    if comparator in ("<", "<="):
        return 0.0, value if comparator == "<=" else math.nextafter(value, -math.inf)
    if comparator in (">", ">="):
        return (value if comparator == ">=" else math.nextafter(value, math.inf)), math.inf
    return value, value


class Known(Struct, frozen=True, kw_only=True):
    """What is known beside the counts; None, or NaN for the temperature, is not known.

    `temperature` in degrees Celsius. `anticancer`: anticancer treatment in the last six weeks.
    `listed_drug`: a medicine that changes the counts, or one that leukon does not know.
    `sepsis_signs`: other signs of sepsis were seen.
    """

    temperature: float = math.nan
    anticancer: bool | None = None
    listed_drug: bool | None = None
    sepsis_signs: bool | None = None


class Earlier(Struct, frozen=True):
    """The counts of an earlier draw, each with what the definition says of it at that age."""

    drawn_on: date
    counts: Mapping[str, Counted]
