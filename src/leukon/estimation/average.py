"""Average limits over fits, each by the weight of its evidence."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from leukon.arrays import Floats
from leukon.estimation.answer import Group
from leukon.estimation.fit import Fit
from leukon.estimation.models import LOW


def weights(fits: list[Fit], temper: float) -> Floats:
    """How much each fit counts, summing to 1: its evidence to the power of 1 / temper."""
    evidence = np.array([fit.evidence for fit in fits])
    raw = np.exp((evidence - evidence.max()) / temper)
    return np.asarray(raw / raw.sum())


def reference_group(fit: Fit, unit: float) -> Group:
    """The reference group of a fit, in the units of the data."""
    centre, spread, power = fit.theta[0], math.exp(fit.theta[1]), float(fit.theta[2])
    if abs(power) < 1e-4:
        power = 0.0
    where = math.expm1(power * centre) / power if power else centre
    width = spread * math.exp(power * centre)
    return Group("reference", float(fit.shares[0]), power, unit, where, width)


def sick_groups(fit: Fit, unit: float) -> tuple[Group, ...]:
    """The sick groups of a fit, in the units of the data."""
    shares = [float(share) for share in fit.shares]
    groups = []
    for g, (side, power) in enumerate(zip(fit.model.sides, fit.model.powers, strict=True)):
        _, distance, wide = np.exp(fit.theta[3 + 3 * g : 6 + 3 * g])
        scale = math.exp(fit.theta[1] + power * fit.theta[0])
        centre = math.expm1(power * fit.theta[0]) / power if power else float(fit.theta[0])
        name = "low" if side == LOW else "high"
        place = centre + side * distance * scale
        groups.append(Group(name, shares[g + 1], power, unit, place, float(wide * scale)))
    return tuple(groups)


def background(fit: Fit) -> float:
    """The share of the flat background."""
    return float(fit.shares[-1])


@dataclass(frozen=True)
class Blend:
    """What all fits together say of the logarithm of one limit: a mixture of normals, one a fit."""

    centres: Floats
    deviations: Floats
    weights: Floats

    def quantile(self, chance: float) -> float:
        """Below which the mixture holds the share `chance`, by bisection."""
        from scipy.special import ndtr

        low = float((self.centres - 9.0 * self.deviations).min())
        high = float((self.centres + 9.0 * self.deviations).max())
        while high - low > 1e-7:
            middle = 0.5 * (low + high)
            below = self.weights @ ndtr((middle - self.centres) / self.deviations)
            low, high = (middle, high) if below < chance else (low, middle)
        return 0.5 * (low + high)


def log_limits(thetas: Floats, probability: float) -> Floats:
    """The logarithm of a limit over the unit, for each row of reference parameters."""
    from scipy.special import ndtr, ndtri

    centre, spread, power = thetas[:, 0], np.exp(thetas[:, 1]), thetas[:, 2]
    power = np.where(np.abs(power) < 1e-4, 1e-4, power)
    end = ndtr(-1.0 / (power * spread))
    low, high = np.where(power > 0, end, 0.0), np.where(power > 0, 1.0, end)
    z = ndtri(low + probability * (high - low))
    return np.asarray(centre + np.log(np.maximum(1.0 + power * spread * z, 1e-12)) / power)


def blend(
    fits: list[Fit], probability: float, *, temper: float, wider: float = 1.0, least: float = 0.0
) -> Blend:
    """What the fits say of a limit: their tops, and how sharp each is, by the delta method.

    `temper` above 1 evens the weights out: the fits are near relatives, and none is the truth.
    `wider` multiplies all variances; `least` is a deviation, in standard scores, added to each.
    """
    thetas = np.array([fit.theta[:3] for fit in fits])
    slopes = np.empty_like(thetas)
    for r in range(3):
        nudge = np.zeros(3)
        nudge[r] = 1e-4
        up, down = log_limits(thetas + nudge, probability), log_limits(thetas - nudge, probability)
        slopes[:, r] = (up - down) / 2e-4
    variances = np.einsum("fi,fij,fj->f", slopes, np.array([f.covariance for f in fits]), slopes)
    centres = log_limits(thetas, probability)
    score = np.exp(thetas[:, 1] - thetas[:, 2] * (centres - thetas[:, 0]))
    deviations = np.sqrt(np.maximum(variances * wider + (least * score) ** 2, 1e-12))
    return Blend(centres, deviations, weights(fits, temper))
