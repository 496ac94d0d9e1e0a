"""Percentiles of a fitted mixture at many ages at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leukon.arrays import Floats

if TYPE_CHECKING:
    from leukon.estimation.curve_fit import Shape

_HALVINGS = 45
_REACH = 4.0


def reference_quantile(theta: Floats, probability: float) -> Floats:
    """The value below which that share of the reference group lies, in units, a number a row."""
    from scipy.special import ndtri

    centre, spread, power = theta[:, 0], np.exp(theta[:, 1]), _apart_from_0(theta[:, 2])
    low, high = _ends(power, spread)
    z = ndtri(low + probability * (high - low))
    grown = np.maximum(1.0 + power * spread * z, 1e-12)
    return np.asarray(np.exp(centre + np.log(grown) / power))


def everybodys_quantile(theta: Floats, shape: Shape, probability: float, span: Floats) -> Floats:
    """The value below which that share of all results lies; `span` ends the flat background."""
    middle = theta[:, 0]
    low, high = middle - _REACH, middle + _REACH
    for _ in range(_HALVINGS):
        at = (low + high) / 2.0
        under = everybodys_share(theta, shape, at, span) < probability
        low, high = np.where(under, at, low), np.where(under, high, at)
    return np.asarray(np.exp((low + high) / 2.0))


def everybodys_share(theta: Floats, shape: Shape, logs: Floats, span: Floats) -> Floats:
    """The share of all results below a value (its logarithm), a number a row."""
    from scipy.special import ndtr

    spread, power = np.exp(theta[:, 1]), _apart_from_0(theta[:, 2])
    low, high = _ends(power, spread)
    z = np.expm1(np.clip(power * (logs - theta[:, 0]), -700, 700)) / (power * spread)
    total = (ndtr(z) - low) / (high - low)
    divisor = np.ones(len(theta))
    for g, (side, k) in enumerate(zip(shape.sides, shape.powers, strict=True)):
        ratio, distance, wide = np.exp(theta[:, 3 + 3 * g : 6 + 3 * g]).T
        scale = np.exp(theta[:, 1] + k * theta[:, 0])
        place = _boxcox(theta[:, 0], k) + side * distance * scale
        z = (_boxcox(logs, k) - place) / (wide * scale)
        cut = ndtr((-1.0 / k - place) / (wide * scale)) if k > 0 else 0.0
        total = total + ratio * (ndtr(z) - cut) / (1.0 - cut)
        divisor += ratio
    flat = np.exp(theta[:, -1])
    total = total + flat * np.minimum(np.exp(logs) / span, 1.0)
    return np.asarray(total / (divisor + flat))


def sick_share(theta: Floats) -> Floats:
    """The share of all results that is not the reference group's, a number a row."""
    ratios = np.exp(theta[:, 3:-1:3]).sum(axis=1) + np.exp(theta[:, -1])
    return np.asarray(ratios / (1.0 + ratios))


def _boxcox(logs: Floats, power: float) -> Floats:
    return np.asarray(np.expm1(power * logs) / power if power else logs)


def _apart_from_0(power: Floats) -> Floats:
    return np.where(np.abs(power) < 1e-4, 1e-4, power)


def _ends(power: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """The share of the uncut normal below the lowest and below the highest possible value."""
    from scipy.special import ndtr

    end = ndtr(-1.0 / (power * spread))
    return np.where(power > 0, end, 0.0), np.where(power > 0, 1.0, end)
