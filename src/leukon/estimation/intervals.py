"""The 95 % interval of a limit: sampling, the spread between fits, and doubt about the mixture."""

from __future__ import annotations

import math

import numpy as np

from leukon.arrays import Floats
from leukon.estimation.answer import Limit
from leukon.estimation.average import blend, log_limits, weights
from leukon.estimation.bins import Bins
from leukon.estimation.fit import Fit, fit_once

POINT_TEMPER = 1.5
INTERVAL_TEMPER = 2.0
DOUBT, LEAST = 1.1, 0.03
"""Variances are multiplied by the first, and the second, in standard scores, is added as a deviation:
no mixture that is tried is quite the true one, however many results there are. Set by simulation.
"""

_DRAWN = 3
_LEAST_WEIGHT = 0.05
_STEPS = 8
_WIDEST = 9.0
_TAIL = 0.025


def limits(
    bins: Bins, fits: list[Fit], probabilities: tuple[float, ...], replicates: int, seed: int
) -> list[Limit]:
    """The limit of each probability, with its interval if there are replicates."""
    values = [blend(fits, p, temper=POINT_TEMPER).quantile(0.5) for p in probabilities]
    if not replicates:
        pairs = zip(probabilities, values, strict=True)
        return [Limit(p, bins.unit * math.exp(v)) for p, v in pairs]
    wider = widening(bins, fits, probabilities, replicates, seed)
    found = []
    for probability, value, more in zip(probabilities, values, wider, strict=True):
        low, high = interval(fits, probability, float(more))
        ends = (value, min(low, value), max(high, value))
        found.append(Limit(probability, *(bins.unit * math.exp(end) for end in ends)))
    return found


def widening(
    bins: Bins, fits: list[Fit], probabilities: tuple[float, ...], replicates: int, seed: int
) -> Floats:
    """How much wider the limits scatter over counts drawn anew than the fits' curvature says.

    A ratio of variances for each probability, never under 1. The best few fits are climbed again
    from their tops on `replicates` multinomial draws of the bins.
    """
    weight = weights(fits, INTERVAL_TEMPER)
    order = [i for i in np.argsort(-weight)[:_DRAWN] if weight[i] > _LEAST_WEIGHT]
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(round(bins.n), bins.counts / bins.n, size=replicates).astype(float)
    ratios = np.zeros(len(probabilities))
    for i in order:
        again = np.array(
            [
                fit_once(bins.redrawn(d), fits[i].model, fits[i].theta, _STEPS).theta[:3]
                for d in draws
            ]
        )
        for p, probability in enumerate(probabilities):
            expected = blend([fits[i]], probability, temper=1.0).deviations[0]
            scatter = log_limits(again, probability).std(ddof=1)
            ratios[p] += weight[i] * (scatter / expected) ** 2
    return np.asarray(np.clip(ratios / weight[order].sum(), 1.0, _WIDEST))


def interval(fits: list[Fit], probability: float, wider: float) -> tuple[float, float]:
    """The ends of the interval of the logarithm of a limit, `wider` as `widening` answers."""
    spread = blend(fits, probability, temper=INTERVAL_TEMPER, wider=wider * DOUBT, least=LEAST)
    return spread.quantile(_TAIL), spread.quantile(1.0 - _TAIL)
