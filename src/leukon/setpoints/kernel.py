"""The arithmetic of the set point, on plain numbers: one person's counts in, level and spread out.

Written without arrays, so that the very same lines answer for one person as they stand and, compiled
by `leukon.setpoints.fast`, for millions. Each function below calls none but those of `math`.
"""

from __future__ import annotations

import math
from collections.abc import MutableSequence, Sequence

SETTLED = 3e-4
"""A step of the level (ln) under which nothing more is gained: three hundredths of a percent."""


def t_constant(nu: float) -> float:
    """The density of Student's t at zero."""
    return math.exp(math.lgamma((nu + 1) / 2) - math.lgamma(nu / 2)) / math.sqrt(nu * math.pi)


def fit(
    y: Sequence[float],
    a: Sequence[float],
    steady: MutableSequence[float],
    first: int,
    last: int,
    start: float,
    rounds: int,
    mu: float,
    tau2: float,
    s02: float,
    nu0: float,
    nu: float,
    power: int,
    odds: float,
    exc2: float,
) -> tuple[float, float, float, float]:
    """The level and spread of counts `first` to `last` (not included), robust to excursions.

    `y` in ln, `a` the weight of each count within its cluster; `start` where to begin (a shrunken
    median); `power` is (nu + 1) / 2, which is 3 or 4, so that no power has to be taken; `odds` the
    odds of an excursion times the densities' constants. Excursions have the longer tail (Student's
    t with 3 degrees of freedom): the farther a count, the less it is of the steady state. `steady`
    receives the probability that each count is. Method: docs/explanation/setpoint.md.
    """
    level, square = start, s02
    weight = 0.0
    counted = 0.0
    share, per_nu, per_far = (nu + 1) / nu, 1.0 / nu, 1.0 / (3.0 * exc2)
    for _ in range(rounds):
        weight = counted = pull = squares = 0.0
        root = math.sqrt(square) * odds
        per_square = 1.0 / square
        for row in range(first, last):
            r = y[row] - level
            r2 = r * r
            heavy = 1.0 + r2 * per_square * per_nu
            far = 1.0 + r2 * per_far
            tall = heavy * heavy
            tall = tall * heavy if power == 3 else tall * tall
            p = a[row] / (1.0 + root * tall / (far * far))
            u = p * share / heavy
            steady[row] = p / a[row]
            weight += u
            pull += u * r
            squares += u * r2
            counted += p
        whole = weight / square + 1 / tau2
        step = (pull / square + (mu - level) / tau2) / whole
        level += step
        squares += weight * step * step - 2 * step * pull
        shrink = (weight / square) / whole
        square = (nu0 * s02 + squares) / (nu0 + counted - shrink)
        if abs(step) < SETTLED:
            break
    error = 1.0 / (counted * (nu + 1) / ((nu + 3) * square) + 1 / tau2)
    return level, square, error, counted


def surprise(value: float, level: float, square: float, error: float, tau2: float) -> float:
    """How far a count lies from the person's own earlier ones, in units of what that may be.

    The level of a fit is drawn towards what is usual for everybody. Somebody who lives low would lie
    under it again and again, as if the counts fell: so the pull is taken out, and only the person's
    own counts are compared. `error` is the variance of the level as drawn, `tau2` that of people.
    """
    own = max(1.0 - error / tau2, 1e-9)
    return (value - level / own) / math.sqrt(square + error / own)


def few(
    parts: MutableSequence[float],
    clusters: int,
    one: float,
    two: float,
    mu: float,
    tau2: float,
    s02: float,
    nu: float,
    eps: float,
    exc2: float,
) -> int:
    """What one or two earlier counts may mean: each of them of the steady state, or an excursion.

    `one` and `two` are the means (ln) of the clusters. Gives the number of cases, and fills `parts`
    with the weight, the level and the variance of the level of each: with one earlier count nobody
    can tell a person who lives low from one who was caught low, so that the band holds both.
    """
    told = s02 * (nu + 3) / (nu + 1)
    strays = s02 * nu / (nu - 2)
    total = 0.0
    cases = 1 << clusters
    for case in range(cases):
        weight, level, variance = 1.0, mu, tau2
        for turn in range(clusters):
            r = (one if turn == 0 else two) - level
            far = (case >> turn) & 1
            wide = variance + (exc2 + strays if far else strays)
            share = eps if far else 1.0 - eps
            weight *= share * math.exp(-r * r / (2 * wide)) / math.sqrt(wide)
            gain = variance / (variance + (exc2 + strays if far else told))
            level += gain * r
            variance *= 1.0 - gain
        parts[3 * case], parts[3 * case + 1], parts[3 * case + 2] = weight, level, variance
        total += weight
    for case in range(cases):
        parts[3 * case] /= total
    return cases


def few_quantile(
    parts: Sequence[float], cases: int, square: float, tail: float, z: float, k: float, kv: float
) -> float:
    """The number (ln) under which the next count lies with probability `tail`, over all cases.

    `z`, `k`, `kv`: that quantile (a negative number in the lower tail) of the normal distribution,
    of steady-state counts, and of the error of a level. Each case is taken for normal with the tail
    it has at this quantile. Newton's steps, kept within what is known to hold the answer.
    """
    low, high, guess = math.inf, -math.inf, 0.0
    for case in range(cases):
        end = math.copysign(math.sqrt(k * k * square + kv * kv * parts[3 * case + 2]), z)
        low = min(low, parts[3 * case + 1] + end)
        high = max(high, parts[3 * case + 1] + end)
        guess += parts[3 * case] * (parts[3 * case + 1] + end)
    for _ in range(30):
        under, density = -tail, 0.0
        for case in range(cases):
            spread = math.sqrt(k * k * square + kv * kv * parts[3 * case + 2]) / abs(z)
            r = (guess - parts[3 * case + 1]) / spread
            under += parts[3 * case] * 0.5 * math.erfc(-r * 0.7071067811865476)
            density += parts[3 * case] * math.exp(-r * r / 2) / spread
        if under < 0:
            low = guess
        else:
            high = guess
        step = under * 2.5066282746310002 / max(density, 1e-12)
        following = guess - step
        if not low <= following <= high:
            following = (low + high) / 2
        if abs(following - guess) < SETTLED:
            return following
        guess = following
    return guess
