"""The exact Bayesian band of one person, as for athletes' passports: to compare with, not to use.

Counts are normal in ln around a level theta ~ N(mu, tau^2) with a spread sigma of the person's own,
ln sigma ~ N(ln s0, hs^2). Every count is believed: one infection widens the band for years, which
is why leukon's own set point is another (docs/explanation/setpoint.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from leukon.arrays import Floats
from leukon.errors import ExtraMissing

try:
    from scipy.special import ndtr
except ImportError:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("fit", "the exact Bayesian band") from None

NODES, REACH = 401, 6.0
"""The grid of spreads: as far as the published cases go, so that they can be compared with."""


class Passport(NamedTuple):
    """The model: where people live, how far, the usual spread of a person, and how that varies."""

    mu: float
    tau: float
    s0: float
    hs: float

    def quantiles(
        self, counts: Sequence[float], probabilities: Sequence[float] = (0.025, 0.5, 0.975)
    ) -> list[float]:
        """The quantiles of the next count, from earlier ones.

        >>> Passport(math.log(3.9), 0.36, 0.165, 0.3).quantiles([])[1]
        3.9
        """
        steps = np.linspace(-REACH, REACH, NODES) * self.hs
        squares = (self.s0 * np.exp(steps)) ** 2
        y = np.log(np.asarray(counts, dtype=np.float64))
        weights, level, error = self._posterior(y, squares, -0.5 * (steps / self.hs) ** 2)
        spread = np.sqrt(squares + error)
        return [round(math.exp(_quantile(weights, level, spread, p)), 12) for p in probabilities]

    def _posterior(
        self, y: Floats, squares: Floats, log_prior: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """For each spread: its probability, and the level and its variance given it."""
        size, tau2 = len(y), self.tau**2
        error = 1 / (size / squares + 1 / tau2)
        level = error * (y.sum() / squares + self.mu / tau2)
        mean = y.mean() if size else self.mu
        own = ((y - mean) ** 2).sum()
        log = log_prior - 0.5 * (size - 1) * np.log(squares) - 0.5 * own / squares
        if size:
            total = squares / size + tau2
            log += -0.5 * np.log(total) - 0.5 * (mean - self.mu) ** 2 / total
        else:
            log = log_prior
        weights = np.exp(log - log.max())
        return weights / weights.sum(), level, error


def _quantile(weights: Floats, level: Floats, spread: Floats, probability: float) -> float:
    """Where the mixture of normals has so much under it, by halving."""
    low, high = float((level - 12 * spread).min()), float((level + 12 * spread).max())
    for _ in range(80):
        middle = (low + high) / 2
        z = (middle - level) / spread
        under = float(weights @ ndtr(z))
        low, high = (middle, high) if under < probability else (low, middle)
    return (low + high) / 2
