"""Average limits over fits, each by the weight of its evidence."""

from __future__ import annotations

import math

import numpy as np

from leukon.arrays import Floats
from leukon.estimation.answer import Group
from leukon.estimation.fit import Fit
from leukon.estimation.models import LOW


def weights(fits: list[Fit]) -> Floats:
    """How much each fit counts, summing to 1."""
    evidence = np.array([fit.evidence for fit in fits])
    raw = np.exp(evidence - evidence.max())
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


def averaged(values: Floats, weight: Floats) -> float:
    """The weighted mean of positive values on the scale of logarithms."""
    logs = np.log(np.maximum(values, 1e-12 * max(values.max(), 1e-300)))
    return float(np.exp(weight @ logs))
