"""Score one estimate: how many standard scores its limits lie off the truth."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from leukon import estimate
from leukon.estimation import Estimate, Limit

IMPLAUSIBLE = 5.0


@dataclass(frozen=True)
class Truth:
    """The true limits by probability, and the standard score of any value."""

    limits: dict[float, float]
    score_of: Callable[[float], float]


@dataclass(frozen=True)
class Row:
    """What came of one set; `off` and `held` belong to the probabilities of the truth, in order."""

    suite: str
    kind: str
    n: int
    sick: float
    score: float
    off: tuple[float, ...]
    bias: tuple[float, ...]
    held: tuple[bool, ...]
    width: tuple[float, ...]
    refusal: str
    cpu: float


def measured(
    suite: str, kind: str, values: np.ndarray, counts: np.ndarray | None, truth: Truth,
    sick: float, replicates: int,
) -> Row:  # fmt: skip
    """Estimate and compare with the truth."""
    start = time.process_time()
    found = estimate(values, counts, quantiles=tuple(truth.limits), replicates=replicates)
    cpu = time.process_time() - start
    off = tuple(_off(limit, truth) for limit in found.quantiles)
    return Row(
        suite, kind, round(found.n), sick, float(np.mean(np.abs(off))), off,
        tuple(limit.value / truth.limits[limit.probability] - 1 for limit in found.quantiles),
        tuple(_holds(limit, truth) for limit in found.quantiles if replicates),
        _widths(found, truth) if replicates else (),
        found.refusal.code if found.refusal else "", cpu,
    )  # fmt: skip


def _off(limit: Limit, truth: Truth) -> float:
    if not np.isfinite(limit.value):
        return float("nan")
    return truth.score_of(limit.value) - truth.score_of(truth.limits[limit.probability])


def _holds(limit: Limit, truth: Truth) -> bool:
    if limit.low is None or limit.high is None:
        return False
    return limit.low <= truth.limits[limit.probability] <= limit.high


def _widths(found: Estimate, truth: Truth) -> tuple[float, ...]:
    """The width of each interval against the true distance of the outer limits."""
    whole = max(truth.limits.values()) - min(truth.limits.values())
    whole = whole or max(truth.limits.values())
    return tuple(
        (limit.high - limit.low) / whole if limit.high is not None and limit.low is not None
        else float("nan")
        for limit in found.quantiles
    )  # fmt: skip
