"""Does a published definition hold here? Three ways to ask, and one answer.

- People chosen as healthy, 20 to 119 of them: the test of twenty (CLSI EP28-A3c): at most 2 of 20
  outside the interval, with a second twenty where 3 or 4 are.
- From 120 healthy people on: the share outside each limit, with its exact interval.
- Routine results hold sick people, so their share outside says little of the limit. The estimate
  takes them out: what counts is the share of its *reference group* that lies beyond the limit.

Either share is turned into a shift, in standard deviations of the reference group: how far the
limit lies from where 2.5 % lie beyond it. A shift of at most 0.25 holds: then 1.4 to 4.4 % are
beyond (Gowans and others 1988, doi 10.3109/00365518809088757: the greatest bias with which
laboratories may share limits; the same bounds for skewed distributions, doi
10.3109/00365518909091551).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from leukon.arrays import Floats
from leukon.compiled import high_above, low_below
from leukon.errors import ExtraMissing, UsageError
from leukon.estimation.answer import Estimate
from leukon.limits import Limit, Partition, ReferenceInterval

TOLERANCE = 0.25
"""The shift within which a limit is taken over as it is (Gowans and others 1988)."""
BEYOND = 0.375
"""The shift beyond which an own limit is better than a moved one: our choice, half as much again."""
TWENTY, MOST_OUTSIDE, TOO_MANY_OUTSIDE = 20, 2, 5
"""The test of twenty of CLSI EP28-A3c, as it is commonly reported: 0 to 2 of 20 outside, the limits
hold; 3 or 4, a second twenty decides in the same way; 5 or more, they do not."""
MANY_HEALTHY = 120
"""So many healthy people as CLSI EP28-A3c asks for an interval of one's own."""
EDGE = 0.025
"""The share of the reference group beyond each limit of a reference interval."""

TRANSFER, ADJUST, OWN, UNDETERMINED = "transfer", "adjust", "make your own", "cannot say"
_ORDER = (TRANSFER, ADJUST, OWN)
_NORMAL = NormalDist()
_SCORES = np.linspace(-3.5, 3.5, 57)
GRID = (*tuple(_NORMAL.cdf(score) for score in _SCORES.tolist()), EDGE, 1 - EDGE)
"""The quantiles an estimate is asked for, so that any value's place among the reference group can
be read off."""


@dataclass(frozen=True)
class Share:
    """How many of how many lie beyond a limit, with the exact 95 % interval of the share."""

    count: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share."""
        return self.count / self.of


@dataclass(frozen=True)
class Side:
    """One limit of a definition, looked at.

    `outside` is the share of all results beyond it, `reference` that of the reference group (for
    healthy people the same share). `shift` is in standard deviations, with its 95 % interval where
    there is one; `own` is the own estimate of the limit. `conclusion` is "" where it is not judged.
    """

    side: str
    limit: Limit
    outside: Share
    reference: float | None = None
    shift: float | None = None
    shift_low: float | None = None
    shift_high: float | None = None
    own: tuple[float, float | None, float | None] | None = None
    conclusion: str = ""
    sure: bool | None = None


@dataclass(frozen=True)
class Verified:
    """What became of one group: the conclusion, the reasons, and both limits."""

    partition: Partition
    n: int
    conclusion: str
    reasons: tuple[str, ...]
    sides: tuple[Side, ...]
    sick_share: float | None = None
    way: str = "routine"


def exact_interval(count: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """The exact (Clopper-Pearson) interval of a share.

    >>> low, high = exact_interval(2, 20)
    >>> round(low, 4), round(high, 4)
    (0.0123, 0.317)
    """
    try:
        from scipy.special import betaincinv
    except ImportError:  # pragma: no cover (tested in an environment without the extra)
        raise ExtraMissing.named("fit", "an exact interval") from None
    tail = (1 - level) / 2
    low = float(betaincinv(count, of - count + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, of - count, 1 - tail)) if count < of else 1.0
    return low, high


def share_beyond(values: Floats, limit: Limit, side: str) -> Share:
    """The share of values that a limit calls low (or high), as its inclusiveness says."""
    beyond = values < low_below(limit) if side == "low" else values > high_above(limit)
    count = int(beyond.sum())
    return Share(count, len(values), *exact_interval(count, len(values)))


def twenty_test(outside: Iterable[bool]) -> tuple[str, str]:
    """The conclusion of the test of twenty, and its reason, from people in the order they came.

    >>> twenty_test([True] * 2 + [False] * 18)[0]
    'transfer'
    """
    people = list(outside)
    if len(people) < TWENTY:
        return (
            UNDETERMINED,
            f"the test of twenty needs {TWENTY} healthy people, and {len(people)} are here",
        )
    first = sum(people[:TWENTY])
    said = f"{first} of the first {TWENTY} are outside"
    if first <= MOST_OUTSIDE:
        return TRANSFER, said
    if first >= TOO_MANY_OUTSIDE:
        return OWN, said
    if len(people) < 2 * TWENTY:
        return UNDETERMINED, f"{said}: a second {TWENTY} has to decide"
    second = sum(people[TWENTY : 2 * TWENTY])
    return (
        TRANSFER if second <= MOST_OUTSIDE else OWN,
        f"{said}, and {second} of the second {TWENTY}",
    )


def graded(shift: float, tolerance: float = TOLERANCE, beyond: float = BEYOND) -> str:
    """What a shift means for a limit.

    >>> graded(0.1), graded(-0.3), graded(0.5)
    ('transfer', 'adjust', 'make your own')
    """
    size = abs(shift)
    return TRANSFER if size <= tolerance else ADJUST if size <= beyond else OWN


def verified(
    values: Floats,
    *,
    low: Limit | None,
    high: Limit | None,
    estimate: Estimate | None = None,
    tolerance: float = TOLERANCE,
    beyond: float = BEYOND,
) -> Verified:
    """Whether two limits hold for some people: healthy ones, or with an estimate routine results.

    Limits tied to an action are shown and not judged: nobody says that 2.5 % lie beyond them.
    """
    if not 0 < tolerance <= beyond:
        raise UsageError("the tolerance is above 0 and not beyond the other bound")
    bounds = (tolerance, beyond)
    given = [(limit, side) for limit, side in ((low, "low"), (high, "high")) if limit is not None]
    partition = given[0][0].partition
    shares = [(limit, side, share_beyond(values, limit, side)) for limit, side in given]
    if estimate is None:
        sides = tuple(_healthy_side(*one, bounds) for one in shares)
        conclusion, reasons = _healthy(values, sides)
        return Verified(partition, len(values), conclusion, reasons, sides, way="healthy")
    sides = tuple(_routine_side(*one, estimate=estimate, bounds=bounds) for one in shares)
    conclusion, reasons = _routine(sides, estimate)
    return Verified(
        partition, len(values), conclusion, reasons, sides, estimate.sick_share, way="routine"
    )


def is_judged(limit: Limit) -> bool:
    """Whether a limit describes a population, so that 2.5 % are meant to lie beyond it."""
    return isinstance(limit, ReferenceInterval)


Bounds = tuple[float, float]


def _healthy_side(limit: Limit, side: str, share: Share, bounds: Bounds) -> Side:
    if not is_judged(limit) or share.of < MANY_HEALTHY:
        return Side(side, limit, share, reference=share.value)
    shift, ends = _score(side, share.value), (_score(side, share.low), _score(side, share.high))
    plain = Side(side, limit, share, reference=share.value)
    return _judged(plain, shift, ends, bounds)


def _score(side: str, share: float) -> float:
    """The shift at which so large a share lies beyond a limit; positive: the limit is too high."""
    score = _NORMAL.inv_cdf(min(max(share, 1e-9), 1 - 1e-9)) - _NORMAL.inv_cdf(EDGE)
    return score if side == "low" else -score


def _routine_side(
    limit: Limit, side: str, share: Share, *, estimate: Estimate, bounds: Bounds
) -> Side:
    if not is_judged(limit) or not usable(estimate):
        return Side(side, limit, share)
    own = estimate.lower if side == "low" else estimate.upper
    printed = limit.canonical(limit.low if side == "low" else limit.high)
    score = _place(printed, estimate)
    usual = _NORMAL.inv_cdf(EDGE if side == "low" else 1 - EDGE)
    ends = None
    if own.low is not None and own.high is not None:
        ends = (score - _place(own.high, estimate), score - _place(own.low, estimate))
    reference = _NORMAL.cdf(score) if side == "low" else 1 - _NORMAL.cdf(score)
    mine = (own.value, own.low, own.high)
    plain = Side(side, limit, share, reference=reference, own=mine)
    return _judged(plain, score - usual, ends, bounds)


def usable(estimate: Estimate) -> bool:
    """Whether an estimate may be relied on: not refused, and its limits are numbers."""
    found = (estimate.lower.value, estimate.upper.value)
    return estimate.refusal is None and all(np.isfinite(found))


def _place(value: float, estimate: Estimate) -> float:
    """The standard score of a value among the reference group, read off the estimated quantiles."""
    limits = estimate.quantiles[: len(_SCORES)]
    return float(np.interp(value, [limit.value for limit in limits], _SCORES))


def _judged(side: Side, shift: float, ends: tuple[float, float] | None, bounds: Bounds) -> Side:
    said = graded(shift, *bounds)
    if ends is None:
        return replace(side, shift=shift, conclusion=said)
    low, high = min(ends), max(ends)
    same = graded(low, *bounds) == graded(high, *bounds) == said
    sure = same and (said == TRANSFER or low * high > 0)
    return replace(side, shift=shift, shift_low=low, shift_high=high, conclusion=said, sure=sure)


def _healthy(values: Floats, sides: tuple[Side, ...]) -> tuple[str, tuple[str, ...]]:
    judged = [side for side in sides if is_judged(side.limit)]
    if not judged:
        return UNDETERMINED, (_NOT_JUDGED,)
    if len(values) >= MANY_HEALTHY:
        return _worst(sides)
    outside = np.zeros(len(values), dtype=np.bool_)
    for side in judged:
        if side.side == "low":
            outside |= values < low_below(side.limit)
        else:
            outside |= values > high_above(side.limit)
    conclusion, reason = twenty_test(outside.tolist())
    return conclusion, (reason,)


_NOT_JUDGED = "the limits are tied to an action: nobody says that 2.5 % lie beyond them"


def _routine(sides: tuple[Side, ...], estimate: Estimate) -> tuple[str, tuple[str, ...]]:
    if not any(is_judged(side.limit) for side in sides):
        return UNDETERMINED, (_NOT_JUDGED,)
    if estimate.refusal is not None:
        return UNDETERMINED, (f"{estimate.refusal.message}: {estimate.refusal.hint}",)
    if not usable(estimate):
        return UNDETERMINED, ("no limits could be estimated from these results",)
    return _worst(sides)


def _worst(sides: tuple[Side, ...]) -> tuple[str, tuple[str, ...]]:
    judged = [side for side in sides if side.conclusion]
    conclusion = max((side.conclusion for side in judged), key=_ORDER.index)
    return conclusion, tuple(
        _reason(side) if side.conclusion else _unjudged(side) for side in sides
    )


def _unjudged(side: Side) -> str:
    name = "lower" if side.side == "low" else "upper"
    return f"the {name} limit is a {side.limit.kind} limit, tied to an action: it is not judged"


def _reason(side: Side) -> str:
    assert side.reference is not None
    assert side.shift is not None
    name = "below the lower" if side.side == "low" else "above the upper"
    way = {TRANSFER: "holds", ADJUST: "is off", OWN: "is far off"}[side.conclusion]
    where = "too high" if side.shift > 0 else "too low"
    sure = "" if side.sure is not False else "; more results could decide otherwise"
    return (
        f"{side.reference:.1%} of the healthy lie {name} limit (2.5 % are meant to): it {way}, "
        f"{abs(side.shift):.2f} SD {where}{sure}"
    )
