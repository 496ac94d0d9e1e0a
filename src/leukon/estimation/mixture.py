"""Estimate a reference interval from mixed results: the one call."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leukon.arrays import Floats
from leukon.errors import UsageError
from leukon.estimation.answer import Diagnostics, Estimate, Limit, Refusal
from leukon.estimation.asked import check_asked
from leukon.estimation.bins import Bins, bin_counts, reporting_step, value_counts
from leukon.estimation.refusal import (
    Findings,
    absurd,
    reason_to_refuse,
    unsure,
    unusable,
    warnings_of,
)

if TYPE_CHECKING:
    from leukon.estimation.fit import Fit

LOWER, UPPER = 0.025, 0.975

NOTHING = Diagnostics(False, 0, 0, math.nan, 0.0)


def estimate(
    values: object = None,
    counts: object = None,
    *,
    quantiles: Sequence[float] = (LOWER, UPPER),
    replicates: int = 0,
    step: float | None = None,
    seed: int = 0,
) -> Estimate:
    """The limits of the healthy among mixed results: what is usual, though nobody says who is ill?

    Args:
        values: One result a person, in one unit; or the distinct values that `counts` counts.
        counts: How many results have each value; fractions (weights) are welcome.
        quantiles: Which shares of the reference group lie below the limits asked for.
        replicates: How many times the counts are drawn anew for the 95 % intervals; 0 for none.
        step: To what results were rounded (0.1); None: found from the values.
        seed: Of the draws.

    Raises:
        UsageError: Counts that do not belong to the values, a quantile outside 0 to 1, a step that is not above
            0, or a single draw.
        ExtraMissing: The extra `[fit]` is not installed.

    >>> rng = np.random.default_rng(1)
    >>> results = np.round(np.exp(rng.normal(1.92, 0.25, 5000)), 1)
    >>> answer = estimate(results)
    >>> round(answer.lower.value, 1), round(answer.upper.value), answer.refusal
    (4.2, 11, None)
    """
    distinct, numbers, negative = _read(values, counts)
    check_asked(quantiles, step, replicates)
    refusal = unusable(distinct, numbers)
    if refusal:
        return _no_estimate(distinct, numbers, quantiles, refusal)
    found = step if step is not None else reporting_step(distinct, numbers)
    bins = bin_counts(distinct, numbers, found)
    odd = Odd(negative, absurd(distinct, numbers), distinct.size, found)
    return _fitted(bins, odd, tuple(quantiles), replicates, seed)


@dataclass(frozen=True)
class Odd:
    """What was seen in the values before they were binned."""

    negative: float
    absurd: float
    distinct: int
    step: float | None


def _read(values: object, counts: object) -> tuple[Floats, Floats, float]:
    """Distinct values from 0 up, their numbers, and how many results were below 0."""
    if values is None:
        raise UsageError("no values", hint="pass estimate(values=...)")
    given = np.asarray(values, dtype=float).ravel()
    weights = None if counts is None else np.asarray(counts, dtype=float).ravel()
    if weights is not None and weights.size != given.size:
        raise UsageError(f"{weights.size} counts for {given.size} values")
    known = np.isfinite(given)
    if weights is not None:
        known &= np.isfinite(weights)
        weights = weights[known]
    distinct, numbers = value_counts(given[known], weights)
    negative = distinct < 0
    return distinct[~negative], numbers[~negative], float(numbers[negative].sum())


def _no_estimate(
    distinct: Floats, numbers: Floats, quantiles: Sequence[float], refusal: Refusal
) -> Estimate:
    lower, upper, *asked = (Limit(q, math.nan) for q in (LOWER, UPPER, *quantiles))
    n = float(numbers.sum())
    span = (0.0, float(distinct[-1])) if distinct.size else (0.0, 0.0)
    return Estimate(
        lower, upper, tuple(asked), n, distinct.size, None, math.nan, None, (), span, NOTHING,
        refusal,
    )  # fmt: skip


def _fitted(
    bins: Bins, odd: Odd, quantiles: tuple[float, ...], replicates: int, seed: int
) -> Estimate:
    from leukon.estimation.average import background, reference_group, sick_groups
    from leukon.estimation.fit import fit_all
    from leukon.estimation.intervals import limits

    fits = fit_all(bins)
    best = max(fits, key=lambda fit: fit.evidence)
    asked = (LOWER, UPPER, *quantiles)
    lower, upper, *others = limits(bins, fits, asked, replicates, seed)
    found = _findings(bins, fits, odd, upper.value - lower.value)
    diagnostics = Diagnostics(
        best.converged, len(fits), sum(fit.evidence > best.evidence - 5 for fit in fits),
        found.misfit, background(best), warnings_of(found) + unsure(lower, upper),
    )  # fmt: skip
    return Estimate(
        lower, upper, tuple(others), bins.n, odd.distinct, odd.step, found.sick,
        reference_group(best, bins.unit), sick_groups(best, bins.unit), bins.span, diagnostics,
        reason_to_refuse(found),
    )  # fmt: skip


def _findings(bins: Bins, fits: list[Fit], odd: Odd, width: float) -> Findings:
    from leukon.estimation.average import weights
    from leukon.estimation.fit import misfit
    from leukon.estimation.intervals import POINT_TEMPER

    weight = weights(fits, POINT_TEMPER)
    best = fits[int(weight.argmax())]
    return Findings(
        n=bins.n,
        sick=1.0 - float(weight @ np.array([fit.shares[0] for fit in fits])),
        rival=float(weight @ np.array([fit.rival for fit in fits])),
        steps=width / odd.step if odd.step else math.inf,
        negative=odd.negative,
        absurd=odd.absurd,
        spread=math.exp(best.theta[1]),
        misfit=misfit(bins, best),
        converged=best.converged,
    )
