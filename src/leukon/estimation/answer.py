"""What an estimate holds: limits with their intervals, who was taken for sick, and doubts."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from leukon.arrays import Floats

_NORMAL = NormalDist()


@dataclass(frozen=True)
class Limit:
    """One limit: below it lies the share `probability` of the reference group.

    `low` and `high` hold its 95 % interval; without replicates they are None. Where nothing could
    be estimated `value` is NaN.
    """

    probability: float
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Refusal:
    """Why an estimate is not to be published: a code, a sentence, and what would mend it."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True)
class Group:
    """Part of all results: normal after a Box-Cox transform of `power`, cut off at 0.

    `centre` and `spread` belong to the transformed values ((x / unit)**power - 1) / power, or
    log(x / unit); `name` is "reference", "low" or "high".

    >>> group = Group("reference", share=0.8, power=0.0, unit=1.0, centre=1.9, spread=0.25)
    >>> round(group.quantile(0.025), 2), round(float(group.cumulative(np.array([6.69]))[0]), 2)
    (4.1, 0.5)
    """

    name: str
    share: float
    power: float
    unit: float
    centre: float
    spread: float

    def scores(self, x: Floats) -> Floats:
        """The standard score of each value; -inf for a value under 0."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            logs = np.log(np.maximum(np.asarray(x, dtype=float), 0.0) / self.unit)
            stretched = np.expm1(self.power * logs) / self.power if self.power else logs
        return np.asarray((stretched - self.centre) / self.spread)

    def cumulative(self, x: Floats) -> Floats:
        """The share of the group at or below each value."""
        above = np.array([_above(z) for z in self.scores(x)])
        _, last = self._ends()
        return np.asarray(1.0 - (above - _above(last)) / self._mass())

    def density(self, x: Floats) -> Floats:
        """The group's density at each value, integrating to 1; 0 at and below 0."""
        x = np.asarray(x, dtype=float)
        inside = np.where(x > 0, x, self.unit)
        z = self.scores(inside)
        slope = (inside / self.unit) ** (self.power - 1.0) / (self.unit * self.spread)
        heights = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi) * slope / self._mass()
        return np.asarray(np.where(x > 0, heights, 0.0))

    def quantile(self, probability: float) -> float:
        """The value below which the share `probability` of the group lies."""
        chance = _above(self._ends()[1]) + (1.0 - probability) * self._mass()
        if not 0.0 < chance < 1.0:
            return 0.0 if chance >= 1.0 else math.inf
        y = self.centre - self.spread * _NORMAL.inv_cdf(chance)
        if not self.power:
            return self.unit * math.exp(y)
        return float(self.unit * max(1.0 + self.power * y, 0.0) ** (1.0 / self.power))

    def _mass(self) -> float:
        """The share of the uncut normal at values that are possible; never quite 0."""
        first, last = self._ends()
        return max(_above(first) - _above(last), sys.float_info.min)

    def _ends(self) -> tuple[float, float]:
        """The standard scores of the lowest and of the highest possible value."""
        if not self.power:
            return -math.inf, math.inf
        end = (-1.0 / self.power - self.centre) / self.spread
        return (end, math.inf) if self.power > 0 else (-math.inf, end)


def _above(score: float) -> float:
    """The share of a normal above a score, exact far out, where 1 less the share below is 0."""
    return 0.5 * math.erfc(score / math.sqrt(2.0))


@dataclass(frozen=True)
class Diagnostics:
    """How the fit went: `warnings` are (code, text); `fits` were averaged, `tried` in all.

    `misfit` is the likelihood ratio against the bare counts, over its degrees of freedom: about 1
    where the mixture explains the counts. `background` is the share spread flat over all values.
    """

    converged: bool
    tried: int
    fits: int
    misfit: float
    background: float
    warnings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Estimate:
    """Limits of the reference group among mixed results, and what else was found.

    `lower` and `upper` are the 2.5th and 97.5th percentile whatever `quantiles` were asked for. The
    groups in `reference` and `components` are those of the best single fit, for drawing; the limits
    average over fits. Values stand even behind a refusal, which forbids to publish them.
    """

    lower: Limit
    upper: Limit
    quantiles: tuple[Limit, ...]
    n: float
    distinct: int
    step: float | None
    sick_share: float
    reference: Group | None
    components: tuple[Group, ...]
    span: tuple[float, float]
    diagnostics: Diagnostics
    refusal: Refusal | None

    def density(self, x: Floats) -> tuple[Floats, Floats]:
        """Densities at each value of the reference group and of the sick, each times its share.

        The two sum to the density of all results.
        """
        x = np.asarray(x, dtype=float)
        nothing = np.zeros_like(x)
        if self.reference is None:
            return nothing, nothing
        low, high = self.span
        flat = np.where((x >= low) & (x <= high), self.diagnostics.background, 0.0)
        sick = sum((g.share * g.density(x) for g in self.components), flat / (high - low))
        return self.reference.share * self.reference.density(x), sick
