"""Fit every candidate mixture to binned counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from leukon.arrays import Floats
from leukon.estimation.bins import Bins
from leukon.estimation.likelihood import climb
from leukon.estimation.models import FIRST_POWER, MORE_TAILS, SIDES, TAILS, Model

_KEPT_TOPS = 3
_ROUGH, _FINE = 12, 50
_SAME = 0.05
HOPELESS = 40.0
BAD_MISFIT = 1.8
MOST_DIVISIONS = 3
MISSING = 0.5
"""How many times, as a logarithm, it is less usual that a side has no sick group."""
OUTNUMBERED, FAR_OUTNUMBERED = 12.0, 200.0


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
        missing = 2 - len(set(self.model.sides))
        return self.height - 0.5 * float(volume) - MISSING * missing

    @cached_property
    def covariance(self) -> Floats:
        """Of the reference group's three parameters, the others free."""
        return np.asarray(np.linalg.inv(self.information)[:3, :3])

    @cached_property
    def shares(self) -> Floats:
        """The shares of the reference group, the sick groups and the background."""
        ratios = np.exp(np.concatenate(([0.0], self.theta[3:-1:3], self.theta[-1:])))
        return np.asarray(ratios / ratios.sum())

    @cached_property
    def rival(self) -> float:
        """The sick of one side (or the background, if more) against the reference group."""
        reference, *sick, background = self.shares
        sides = [0.0, 0.0]
        for side, share in zip(self.model.sides, sick, strict=True):
            sides[side > 0] += share
        return float(max(*sides, background) / max(reference, 1e-9))

    @property
    def penalty(self) -> float:
        """What it costs that the sick of one side outnumber what is called the reference group."""
        outnumbered = max(0.0, math.log(max(self.rival, 1e-9)))
        return OUTNUMBERED * outnumbered**2 + FAR_OUTNUMBERED * max(0.0, outnumbered - 0.4) ** 2

    @property
    def height(self) -> float:
        """The objective less the penalty: what candidates are ranked by before evidence is known."""
        return self.objective - self.penalty


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
    """The tops of all candidate mixtures, each once."""
    tops = [fit for sides in SIDES for fit in _tops(bins, sides, TAILS)]
    if misfit(bins, _highest(tops)) > BAD_MISFIT:
        tops += [fit for sides in SIDES for fit in _tops(bins, sides, MORE_TAILS)]
    best = _highest(tops).height - HOPELESS
    fits = tops + [fit for top in tops if top.height > best for fit in _reshaped(bins, top)]
    return distinct(fits + _divided(bins, max(fits, key=lambda fit: fit.evidence)))


def _divided(bins: Bins, best: Fit) -> list[Fit]:
    """Mixtures with two groups on a side, on both sides if the first division was worth it."""
    fits: list[Fit] = []
    for _ in range(MOST_DIVISIONS):
        new = [fit_once(bins, *split) for split in _splits(best)]
        fits += new
        better = max(new, key=lambda fit: fit.evidence, default=best)
        if better.evidence <= best.evidence:
            break
        best = better
    return fits


def misfit(bins: Bins, fit: Fit) -> float:
    """Twice the log likelihood short of the bare counts', over the degrees of freedom."""
    counts = bins.counts[bins.counts > 0]
    bare = float(counts @ np.log(counts / counts.sum()))
    return 2.0 * (bare - fit.likelihood) / max(1, counts.size - 1 - fit.model.size)


def _tops(bins: Bins, sides: tuple[float, ...], tails: tuple[float, ...]) -> list[Fit]:
    """The best tops of the mixture with these sides in their first shape."""
    model = Model(sides, (FIRST_POWER,) * len(sides))
    rough = _apart([fit_once(bins, model, s, _ROUGH) for s in model.starts(bins, tails)])
    return distinct([fit_once(bins, model, f.theta) for f in rough[:_KEPT_TOPS]])


def _highest(fits: list[Fit]) -> Fit:
    return max(fits, key=lambda fit: fit.height)


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
        near = mine + np.array([-0.7, -0.3, -0.2])
        far = mine + np.array([-0.7, 0.25, -0.1])
        theta = np.concatenate([fit.theta[:first], near, far, fit.theta[first + 3 :]])
        out.append((Model(sides, powers), theta))
    return out


def distinct(fits: list[Fit]) -> list[Fit]:
    """Fits in order of their objective, each top once."""
    kept: list[Fit] = []
    for fit in sorted(fits, key=lambda f: -f.height):
        twin = (k for k in kept if k.model == fit.model)
        if all(abs(fit.objective - k.objective) > _SAME for k in twin):
            kept.append(fit)
    return kept


def _apart(fits: list[Fit]) -> list[Fit]:
    """Fits in order of their objective, without those whose reference group is a better one's."""
    kept: list[Fit] = []
    for fit in sorted(fits, key=lambda f: -f.height):
        if all(_far(fit, k) for k in kept):
            kept.append(fit)
    return kept


def _far(one: Fit, other: Fit) -> bool:
    centre, spread, _ = one.theta[:3] - other.theta[:3]
    return bool(abs(centre) > 0.15 * math.exp(other.theta[1]) or abs(spread) > 0.1)
