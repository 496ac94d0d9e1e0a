"""The set point as a person would write it down: sums over lists, every step in sight."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from scipy import optimize, stats

from leukon.setpoints.model import Model


def clusters(days: Sequence[float]) -> list[list[int]]:
    """Counts less than 30 days after the first of them belong together."""
    found: list[list[int]] = [[0]]
    for row in range(1, len(days)):
        if days[row] - days[found[-1][0]] < 30:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def plain_band(
    y: Sequence[float], days: Sequence[float], model: Model, coverage: float = 0.95
) -> tuple[float, float, float]:
    """Level, low and high, in ln, around what is usual (0)."""
    groups = clusters(days)
    if len(groups) <= 2:
        low, high = _few([sum(y[r] for r in g) / len(g) for g in groups], model, coverage)
    weight = {row: 1 / len(group) for group in groups for row in group}
    tau2, s02 = model.tau**2, model.s0**2
    level = tau2 / (tau2 + 1.57 * s02 / len(groups)) * median(y)
    square = s02
    for _ in range(12):
        steady = [_steady(v - level, square, model) for v in y]
        u = [
            weight[i] * p * (model.nu + 1) / (model.nu + (v - level) ** 2 / square)
            for i, (p, v) in enumerate(zip(steady, y, strict=True))
        ]
        before = level
        pulled = sum(w * v for w, v in zip(u, y, strict=True)) / square
        level = pulled / (1 / tau2 + sum(u) / square)
        shrink = (sum(u) / square) / (1 / tau2 + sum(u) / square)
        counted = sum(weight[i] * p for i, p in enumerate(steady))
        squares = sum(w * (v - level) ** 2 for w, v in zip(u, y, strict=True))
        square = (model.nu0 * s02 + squares) / (model.nu0 + counted - shrink)
        if abs(level - before) < 3e-4:
            break
    error = 1 / (counted * (model.nu + 1) / ((model.nu + 3) * square) + 1 / tau2)
    if len(groups) > 2:
        upper = 0.5 + coverage / 2
        half = math.sqrt(
            stats.t.ppf(upper, model.nu) ** 2 * square + stats.t.ppf(upper, 8) ** 2 * error
        )
        low, high = level - half, level + half
    return level, low, high


def _steady(r: float, square: float, model: Model) -> float:
    own = (1 - model.eps) * stats.t.pdf(r, model.nu, scale=math.sqrt(square))
    far = model.eps * stats.t.pdf(r, 3, scale=model.excursion)
    return float(own / (own + far))


def _few(means: Sequence[float], model: Model, coverage: float) -> tuple[float, float]:
    """Every way in which one or two counts may be steady or not, and the mixture of all."""
    s02, exc2 = model.s0**2, model.excursion**2
    told, strays = s02 * (model.nu + 3) / (model.nu + 1), s02 * model.nu / (model.nu - 2)
    cases = [(1.0, 0.0, model.tau**2)]
    for mean in means:
        cases = [
            (
                weight * share * stats.norm.pdf(mean - level, scale=math.sqrt(variance + noise)),
                level + variance / (variance + blur) * (mean - level),
                variance * (1 - variance / (variance + blur)),
            )
            for weight, level, variance in cases
            for share, noise, blur in (
                (1 - model.eps, strays, told),
                (model.eps, exc2 + strays, exc2 + strays),
            )
        ]
    total = sum(weight for weight, _, _ in cases)
    upper = 0.5 + coverage / 2
    z, k, kv = stats.norm.ppf(upper), stats.t.ppf(upper, model.nu), stats.t.ppf(upper, 8)

    def under(x: float) -> float:
        found = 0.0
        for weight, level, variance in cases:
            spread = math.sqrt(k * k * s02 + kv * kv * variance) / z
            found += weight / total * float(stats.norm.cdf((x - level) / spread))
        return found

    ends = [
        optimize.brentq(lambda x, q=q: under(x) - q, -20, 20, xtol=1e-10)
        for q in (1 - upper, upper)
    ]
    return ends[0], ends[1]
