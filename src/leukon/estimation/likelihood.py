"""How likely are binned counts under a mixture, and which parameters explain them best.

One file for all compiled functions: numba keeps machine code by file, and would not see a change in
another one.

The mixture and its parameters, in the order of the vector `theta`:

- `theta[0:3]`: log centre M, log spread S and power L of the reference group. The standard score of
  a value x is z = ((x / M)**L - 1) / (L S), or log(x / M) / S where L is 0; z is normal, cut off
  where x is 0 (or infinite, if L is negative).
- three for each sick group g of power k: `a`, its share against the reference group's as a
  logarithm; log of `d`, how many reference spreads its centre lies from M, and log of how many
  reference spreads it is wide, both measured in the scale of the power k. It is normal after a
  Box-Cox transform of that power, cut off at 0.
- the last: the share of the flat background against the reference group's, as a logarithm.

Exact in the probabilities of the bins. Values are in units of about the data's median, so that no
power overflows.
"""

from __future__ import annotations

import math

import numpy as np

from leukon.arrays import Floats
from leukon.estimation.compiled import compiled

_ROOT_HALF = math.sqrt(0.5)
_DENSITY_AT_0 = 1.0 / math.sqrt(2.0 * math.pi)
_LEAST = 1e-300

USUAL_DISTANCE = 2.9
"""How many spreads away a sick group is expected, where the reference group is log-normal."""


@compiled
def reference_scores(theta: Floats, logs: Floats, scores: Floats, slopes: Floats) -> None:
    """Writes the reference group's standard score at each edge, and its slope in theta[0:3].

    `logs` are the edges' logarithms, -inf and inf among them; an infinite score has no slope.
    """
    spread, power = math.exp(theta[1]), theta[2]
    for e in range(logs.shape[0]):
        t = logs[e] - theta[0]
        end = math.isinf(t)
        if end and (abs(power) < 1e-4 or (t > 0) == (power > 0)):
            scores[e] = t
            slopes[0, e] = slopes[1, e] = slopes[2, e] = 0.0
        elif abs(power) < 1e-4:
            scores[e] = t * (1 + 0.5 * power * t) / spread
            slopes[0, e] = -(1 + power * t) / spread
            slopes[1, e] = -scores[e]
            slopes[2, e] = 0.5 * t * t / spread
        else:
            u = 0.0 if end else math.exp(power * t)
            ut = 0.0 if end else u * t
            scores[e] = (u - 1) / (power * spread)
            slopes[0, e] = -u / spread
            slopes[1, e] = -scores[e]
            slopes[2, e] = (ut - (u - 1) / power) / (power * spread)


@compiled
def sick_scores(
    theta: Floats, first: int, side: float, power: float, steps: Floats, scores: Floats,
    slopes: Floats,
) -> None:  # fmt: skip
    """Writes a sick group's standard score at each edge; its slope in theta[0:2] and its own two.

    `steps` are the edges after the group's Box-Cox transform, `first` is the place of its share in
    theta, `side` is -1 for a low group and 1 for a high one.
    """
    scale = math.exp(theta[1] + power * theta[0])
    centre = theta[0] if power == 0 else (math.exp(power * theta[0]) - 1) / power
    distance, wide = math.exp(theta[first + 1]), math.exp(theta[first + 2])
    centre += side * distance * scale
    for e in range(steps.shape[0]):
        z = (steps[e] - centre) / (wide * scale)
        scores[e] = z
        if math.isinf(z):
            slopes[0, e] = slopes[1, e] = slopes[2, e] = slopes[3, e] = 0.0
        else:
            away = side * distance
            slopes[0, e] = -(math.exp(-theta[1]) + away * power) / wide - power * z
            slopes[1, e] = -away / wide - z
            slopes[2, e] = -away / wide
            slopes[3, e] = -z


@compiled
def group_bins(scores: Floats, slopes: Floats, chances: Floats, rises: Floats) -> None:
    """Writes the probability of each bin under a normal cut off at the outer edges, and its slopes.

    The difference is taken in the nearer tail, where the distribution function keeps its digits.
    """
    edges, rows = scores.shape[0], slopes.shape[0]
    small_before, density_before = 0.0, 0.0
    total = 0.0
    for e in range(edges):
        z = scores[e]
        small = 0.5 * math.erfc(abs(z) * _ROOT_HALF)
        density = _DENSITY_AT_0 * math.exp(-0.5 * z * z)
        if e > 0:
            before = scores[e - 1]
            if before > 0:
                chance = small_before - small
            elif z < 0:
                chance = small - small_before
            else:
                chance = 1.0 - small - small_before
            chances[e - 1] = chance
            total += chance
            for r in range(rows):
                rises[r, e - 1] = density * slopes[r, e] - density_before * slopes[r, e - 1]
        small_before, density_before = small, density
    total = max(total, _LEAST)
    for r in range(rows):
        lost = 0.0
        for j in range(edges - 1):
            lost += rises[r, j]
        lost /= total
        for j in range(edges - 1):
            rises[r, j] = (rises[r, j] - chances[j] * lost) / total
    for j in range(edges - 1):
        chances[j] /= total


@compiled
def evaluate(
    theta: Floats, counts: Floats, logs: Floats, flat: Floats, sides: Floats, powers: Floats,
    transformed: Floats, gradient: Floats, information: Floats,
) -> float:  # fmt: skip
    """The log likelihood at theta; writes its gradient and its expected information.

    `flat` is the background's probability of each bin; `sides`, `powers` and the rows of
    `transformed` (edges after the Box-Cox transform) belong to the sick groups.
    """
    edges, bins, groups, size = logs.shape[0], counts.shape[0], sides.shape[0], theta.shape[0]
    scores = np.empty(edges)
    slopes = np.empty((4, edges))
    rises = np.empty((4, bins))
    chance = np.empty((groups + 2, bins))
    jacobian = np.zeros((bins, size))
    divisor = 1.0 + math.exp(theta[size - 1])
    for g in range(groups):
        divisor += math.exp(theta[3 + 3 * g])
    reference_scores(theta, logs, scores, slopes)
    group_bins(scores, slopes[:3], chance[0], rises)
    for j in range(bins):
        for r in range(3):
            jacobian[j, r] = rises[r, j] / divisor
    for g in range(groups):
        first = 3 + 3 * g
        share = math.exp(theta[first]) / divisor
        sick_scores(theta, first, sides[g], powers[g], transformed[g], scores, slopes)
        group_bins(scores, slopes, chance[g + 1], rises)
        for j in range(bins):
            jacobian[j, 0] += share * rises[0, j]
            jacobian[j, 1] += share * rises[1, j]
            jacobian[j, first + 1] = share * rises[2, j]
            jacobian[j, first + 2] = share * rises[3, j]
    for j in range(bins):  # see _copy
        chance[groups + 1, j] = flat[j]
    return _gather(theta, counts, chance, divisor, jacobian, gradient, information)


@compiled
def _gather(
    theta: Floats, counts: Floats, chance: Floats, divisor: float, jacobian: Floats,
    gradient: Floats, information: Floats,
) -> float:  # fmt: skip
    """Adds the bins up to the log likelihood, its gradient and its information."""
    bins, size = jacobian.shape
    groups = chance.shape[0] - 1
    gradient[:] = 0.0
    information[:] = 0.0
    total = 0.0
    for j in range(bins):
        total += counts[j]
    likelihood = 0.0
    for j in range(bins):
        p = chance[0, j]
        for g in range(groups):
            p += math.exp(theta[3 + 3 * g]) * chance[g + 1, j]
        p = max(p / divisor, _LEAST)
        for g in range(groups):
            share = math.exp(theta[3 + 3 * g]) / divisor
            jacobian[j, 3 + 3 * g] = share * (chance[g + 1, j] - p)
        likelihood += counts[j] * math.log(p)
        pull, weight = counts[j] / p, total / p
        for r in range(size):
            slope = jacobian[j, r]
            if slope != 0.0:
                gradient[r] += pull * slope
                for c in range(r + 1):
                    information[r, c] += weight * slope * jacobian[j, c]
    for r in range(size):
        for c in range(r):
            information[c, r] = information[r, c]
    return likelihood


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
def _copy(matrix: Floats, into: Floats, diagonal: float) -> None:
    """Copies a square matrix, its diagonal multiplied.

    Element by element: an assignment of arrays takes seconds to compile.
    """
    for r in range(matrix.shape[0]):
        for c in range(matrix.shape[1]):
            into[r, c] = matrix[r, c]
        into[r, r] *= diagonal


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
    best = likelihood + _prior(theta, usual, precision, sides, powers, gradient, information)
    damping = 1e-2
    for taken in range(most):
        _copy(information, damped, 1.0 + damping)
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
        new = new_likelihood + _prior(
            trial, usual, precision, sides, powers, new_gradient, new_information
        )
        if new > best - 1e-9:
            for r in range(size):
                theta[r], gradient[r] = trial[r], new_gradient[r]
            _copy(new_information, information, 1.0)
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
def expected_place(spread: float, side: float, power: float) -> tuple[float, float, float, float]:
    """Where a sick group is expected, as its two logarithms in theta, and their slopes in theta[1].

    About `USUAL_DISTANCE` reference spreads away where the reference group is log-normal, fewer the
    wider it is; in the scale of the sick group's own power that is further, or nearer.
    """
    shrunk = 1.0 + 0.25 * spread
    distance = USUAL_DISTANCE / shrunk
    c = side * power * spread * distance
    if abs(c) < 1e-6:
        return math.log(distance), 1.0 / shrunk - 1.0, 0.0, 0.0
    stretch = math.exp(c)
    place = math.log((stretch - 1.0) / (side * power * spread))
    slope = c * stretch / (stretch - 1.0) / shrunk - 1.0
    wide = 0.5 * c if side > 0 else 0.0
    return place, slope, wide, wide / shrunk


@compiled
def _prior(
    theta: Floats, usual: Floats, precision: Floats, sides: Floats, powers: Floats,
    gradient: Floats, information: Floats,
) -> float:  # fmt: skip
    """Adds the prior's slope and curvature; answers its log density, up to a constant."""
    total = 0.0
    spread = math.exp(theta[1])
    for r in range(theta.shape[0]):
        off, slope = theta[r] - usual[r], 0.0
        group, part = (r - 3) // 3, (r - 3) % 3
        if 0 <= group < sides.shape[0] and part > 0:
            place = expected_place(spread, sides[group], powers[group])
            off -= place[2 * part - 2]
            slope = -place[2 * part - 1]
        weight = precision[r]
        total -= 0.5 * weight * off * off
        gradient[r] -= weight * off
        gradient[1] -= weight * off * slope
        information[r, r] += weight
        information[1, 1] += weight * slope * slope
        information[r, 1] += weight * slope
        information[1, r] += weight * slope
    return total
