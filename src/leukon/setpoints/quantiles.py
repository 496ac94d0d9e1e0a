"""Quantiles of Student's t, for bands; a handful of numbers, so no library is loaded for them."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

from leukon.setpoints.kernel import t_constant


@lru_cache(maxsize=64)
def t_quantile(probability: float, nu: float) -> float:
    """The number that a Student's t with `nu` degrees of freedom is under with `probability`.

    >>> round(t_quantile(0.975, 8), 3), round(t_quantile(0.975, 5), 3)
    (2.306, 2.571)
    """
    if probability < 0.5:
        return -t_quantile(1 - probability, nu)
    guess = NormalDist().inv_cdf(probability)
    for _ in range(50):
        density = t_constant(nu) * (1 + guess * guess / nu) ** (-(nu + 1) / 2)
        step = (_between(guess, nu) - (probability - 0.5)) / density
        guess -= max(min(step, 1.0), -1.0)
        if abs(step) < 1e-10:
            break
    return guess


def _between(end: float, nu: float) -> float:
    """The probability between 0 and `end`, by Simpson's rule on the angle, where it is smooth."""
    angle = math.atan(end / math.sqrt(nu))
    parts = 200
    width = angle / parts
    total = 0.0
    for number in range(parts + 1):
        weight = 1 if number in (0, parts) else (4 if number % 2 else 2)
        total += weight * math.cos(number * width) ** (nu - 1)
    return t_constant(nu) * math.sqrt(nu) * total * width / 3
