"""Find the parameters that explain the counts best, by damped Fisher scoring."""

from __future__ import annotations

import math

import numpy as np

from leukon.arrays import Floats
from leukon.estimation.compiled import compiled
from leukon.estimation.likelihood import evaluate


@compiled
def factor(matrix: Floats, lower: Floats) -> float:
    """Writes the Cholesky factor of a matrix; answers its log determinant, NaN if not positive."""
    size = matrix.shape[0]
    log_determinant = 0.0
    for r in range(size):
        for c in range(r + 1):
            rest = matrix[r, c]
            for k in range(c):
                rest -= lower[r, k] * lower[c, k]
            if r == c:
                if not rest > 0.0:
                    return math.nan
                lower[r, r] = math.sqrt(rest)
                log_determinant += math.log(rest)
            else:
                lower[r, c] = rest / lower[c, c]
    return log_determinant


@compiled
def solve(lower: Floats, right: Floats, solution: Floats) -> None:
    """Writes the solution of (lower lower^T) solution = right."""
    size = right.shape[0]
    for r in range(size):
        rest = right[r]
        for k in range(r):
            rest -= lower[r, k] * solution[k]
        solution[r] = rest / lower[r, r]
    for back in range(size):
        r = size - 1 - back
        rest = solution[r]
        for k in range(r + 1, size):
            rest -= lower[k, r] * solution[k]
        solution[r] = rest / lower[r, r]


@compiled
def climb(
    theta: Floats, counts: Floats, logs: Floats, flat: Floats, sides: Floats, powers: Floats,
    transformed: Floats, usual: Floats, precision: Floats, information: Floats, most: int,
    enough: float,
) -> tuple[float, float, int]:  # fmt: skip
    """Moves theta to the top of log likelihood plus log prior; (objective, likelihood, steps).

    The prior is normal around `usual` with the given `precision`, and `information` is left holding
    likelihood's and prior's together. Steps are negative where `most` were not enough.
    """
    size = theta.shape[0]
    gradient, trial = np.empty(size), np.empty(size)
    step, lower, damped = np.empty(size), np.zeros((size, size)), np.empty((size, size))
    new_gradient, new_information = np.empty(size), np.empty((size, size))
    likelihood = evaluate(
        theta, counts, logs, flat, sides, powers, transformed, gradient, information
    )
    best = likelihood + _prior(theta, usual, precision, gradient, information)
    damping = 1e-2
    for taken in range(most):
        damped[:] = information
        for r in range(size):
            damped[r, r] *= 1.0 + damping
        if math.isnan(factor(damped, lower)):
            damping = max(10 * damping, 1e-6)
            continue
        solve(lower, gradient, step)
        gain, longest = 0.0, 0.0
        for r in range(size):
            gain += 0.5 * step[r] * gradient[r]
            longest = max(longest, abs(step[r]))
        short = min(1.0, 1.0 / max(longest, 1e-12))
        for r in range(size):
            trial[r] = theta[r] + short * step[r]
        new_likelihood = evaluate(
            trial, counts, logs, flat, sides, powers, transformed, new_gradient, new_information
        )
        new = new_likelihood + _prior(trial, usual, precision, new_gradient, new_information)
        if new > best - 1e-9:
            theta[:] = trial
            gradient[:] = new_gradient
            information[:] = new_information
            done = gain < enough
            best, likelihood = new, new_likelihood
            damping = max(damping * 0.1, 1e-9)
            if done:
                return best, likelihood, taken + 1
        else:
            if gain < enough * 0.01:
                return best, likelihood, taken + 1
            damping = max(damping * 8.0, 1e-4)
            if damping > 1e8:
                return best, likelihood, -taken
    return best, likelihood, -most


@compiled
def _prior(
    theta: Floats, usual: Floats, precision: Floats, gradient: Floats, information: Floats
) -> float:
    """Adds the prior's slope and curvature; answers its log density, up to a constant."""
    total = 0.0
    for r in range(theta.shape[0]):
        off = theta[r] - usual[r]
        total -= 0.5 * precision[r] * off * off
        gradient[r] -= precision[r] * off
        information[r, r] += precision[r]
    return total
