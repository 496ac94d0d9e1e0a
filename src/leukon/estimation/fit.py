"""Fit every candidate mixture to binned counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from leukon.arrays import Floats
from leukon.estimation.bins import Bins
from leukon.estimation.likelihood import climb
from leukon.estimation.models import FIRST_POWER, SIDES, Model

_KEPT_TOPS = 3
_ROUGH, _FINE = 12, 50
_SAME = 0.05
_HOPELESS = 40.0
LEAST_REFERENCE, LARGEST_SICK = 0.30, 1.35


@dataclass(frozen=True)
class Fit:
    """The top of one mixture from one start; `evidence` is its log marginal likelihood."""

    model: Model
    theta: Floats
    information: Floats
    objective: float
    likelihood: float
    converged: bool

    @cached_property
    def evidence(self) -> float:
        """The log marginal likelihood, by Laplace's method."""
        volume = np.linalg.slogdet(self.information)[1] - np.log(self.model.precision).sum()
        return self.objective - 0.5 * float(volume)

    @cached_property
    def shares(self) -> Floats:
        """The shares of the reference group, the sick groups and the background."""
        ratios = np.exp(np.concatenate(([0.0], self.theta[3:-1:3], self.theta[-1:])))
        return np.asarray(ratios / ratios.sum())

    @property
    def sound(self) -> bool:
        """Whether what it calls the reference group is the main one."""
        reference, *sick, background = self.shares
        sides = [0.0, 0.0]
        for side, share in zip(self.model.sides, sick, strict=True):
            sides[side > 0] += share
        return bool(
            reference > LEAST_REFERENCE and max(*sides, background) < LARGEST_SICK * reference
        )


def fit_once(bins: Bins, model: Model, start: Floats, most: int = _FINE) -> Fit:
    """Climb from a start."""
    theta = start.copy()
    information = np.empty((model.size, model.size))
    objective, likelihood, steps = climb(
        theta, bins.counts, bins.logs, bins.flat, np.array(model.sides), np.array(model.powers),
        model.transformed(bins.logs), model.usual, model.precision, information, most, 1e-2,
    )  # fmt: skip
    return Fit(model, theta, information, objective, likelihood, steps > 0)


def fit_all(bins: Bins) -> list[Fit]:
    """The tops of all candidate mixtures, each once; unsound ones only if there is no other."""
    tops = [fit for sides in SIDES for fit in _tops(bins, sides)]
    fits = tops + [fit for top in _hopeful(tops, _HOPELESS) for fit in _reshaped(bins, top)]
    best = max(_hopeful(fits, 0.0), key=lambda fit: fit.evidence)
    fits += [fit_once(bins, *split) for split in _splits(best)]
    return distinct([fit for fit in fits if fit.sound] or fits)


def _tops(bins: Bins, sides: tuple[float, ...]) -> list[Fit]:
    """The best tops of the mixture with these sides in their first shape."""
    model = Model(sides, (FIRST_POWER,) * len(sides))
    rough = _apart([fit_once(bins, model, s, _ROUGH) for s in model.starts(bins)])
    sound = [f for f in rough if f.sound] or rough
    return distinct([fit_once(bins, model, f.theta) for f in sound[:_KEPT_TOPS]])


def _hopeful(fits: list[Fit], within: float) -> list[Fit]:
    """The fits whose objective comes near the best sound one's."""
    objectives = [f.objective for f in fits if f.sound] or [f.objective for f in fits]
    return [f for f in fits if f.objective >= max(objectives) - within]


def _reshaped(bins: Bins, top: Fit) -> list[Fit]:
    return [fit_once(bins, model, top.theta) for model in top.model.shapes()]


def _splits(fit: Fit) -> list[tuple[Model, Floats]]:
    """The mixtures in which one sick group becomes two, and where to climb from."""
    out = []
    for g, (side, power) in enumerate(zip(fit.model.sides, fit.model.powers, strict=True)):
        sides = (*fit.model.sides[:g], side, *fit.model.sides[g:])
        powers = (*fit.model.powers[:g], power, *fit.model.powers[g:])
        first = 3 + 3 * g
        mine = fit.theta[first : first + 3]
        near, far = mine + (-0.7, -0.3, -0.2), mine + (-0.7, 0.25, -0.1)
        theta = np.concatenate([fit.theta[:first], near, far, fit.theta[first + 3 :]])
        out.append((Model(sides, powers), theta))
    return out


def distinct(fits: list[Fit]) -> list[Fit]:
    """Fits in order of their objective, each top once."""
    kept: list[Fit] = []
    for fit in sorted(fits, key=lambda f: -f.objective):
        twin = (k for k in kept if k.model == fit.model)
        if all(abs(fit.objective - k.objective) > _SAME for k in twin):
            kept.append(fit)
    return kept


def _apart(fits: list[Fit]) -> list[Fit]:
    """Fits in order of their objective, without those whose reference group is a better one's."""
    kept: list[Fit] = []
    for fit in sorted(fits, key=lambda f: -f.objective):
        if all(_far(fit, k) for k in kept):
            kept.append(fit)
    return kept


def _far(one: Fit, other: Fit) -> bool:
    centre, spread, _ = one.theta[:3] - other.theta[:3]
    return bool(abs(centre) > 0.15 * math.exp(other.theta[1]) or abs(spread) > 0.1)
