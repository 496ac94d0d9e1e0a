"""Fit every candidate mixture to binned counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leukon.arrays import Floats
from leukon.estimation.bins import Bins
from leukon.estimation.likelihood import climb
from leukon.estimation.models import Model, candidates, starts

_KEPT_TOPS = 3


@dataclass(frozen=True)
class Fit:
    """The top of one mixture from one start; `evidence` is its log marginal likelihood."""

    model: Model
    theta: Floats
    information: Floats
    objective: float
    likelihood: float
    evidence: float
    converged: bool


def fit_once(bins: Bins, model: Model, start: Floats, *, most: int = 60) -> Fit:
    """Climb from a start."""
    theta = start.copy()
    usual, precision = model.usual()
    information = np.empty((model.size, model.size))
    objective, likelihood, steps = climb(
        theta, bins.counts, bins.logs, bins.flat, np.array(model.sides), np.array(model.powers),
        model.transformed(bins.logs), usual, precision, information, most, 1e-2,
    )  # fmt: skip
    volume = np.linalg.slogdet(information)[1] - np.log(precision).sum()
    evidence = objective - 0.5 * volume
    return Fit(model, theta, information, objective, likelihood, evidence, steps > 0)


def fit_all(bins: Bins) -> list[Fit]:
    """The tops of all candidate mixtures, the same top once."""
    full, *others = candidates()
    tops = distinct([fit_once(bins, full, start) for start in starts(bins)])[:_KEPT_TOPS]
    fits = list(tops)
    for model in others:
        fits += distinct([fit_once(bins, model, _narrowed(t, model)) for t in tops])
    return fits


def distinct(fits: list[Fit]) -> list[Fit]:
    """Fits in order of their objective, each top once."""
    kept: list[Fit] = []
    for fit in sorted(fits, key=lambda f: -f.objective):
        if all(abs(fit.objective - k.objective) > 0.05 for k in kept):
            kept.append(fit)
    return kept


def _narrowed(top: Fit, model: Model) -> Floats:
    """The parameters of the full model's top that another model has too."""
    sides = dict(zip(top.model.sides, range(3, top.theta.size, 3), strict=False))
    groups = [top.theta[sides[side] : sides[side] + 3] for side in model.sides]
    return np.concatenate([top.theta[:3], *groups, top.theta[-1:]])
