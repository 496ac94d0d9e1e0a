"""The likelihood of a mixture, plain and slow: one bin, one group, one distribution at a time."""

import math
from collections.abc import Sequence

from scipy.stats import norm


def box_cox(x: float, power: float) -> float:
    if x == 0:
        return -math.inf if power <= 0 else -1 / power
    if math.isinf(x):
        return math.inf if power >= 0 else -1 / power
    return math.log(x) if power == 0 else (x**power - 1) / power


def cut_normal(low: float, high: float, centre: float, spread: float, power: float) -> float:
    """The share between two values of a group that is normal after a Box-Cox transform."""

    def below(x: float) -> float:
        return float(norm.cdf((box_cox(x, power) - centre) / spread))

    whole = below(math.inf) - below(0.0)
    return (below(high) - below(low)) / whole


def groups_of(
    theta: Sequence[float], sides: Sequence[float], powers: Sequence[float]
) -> list[tuple[float, float, float, float]]:
    """Relative share, centre, spread and power of the reference and of each sick group."""
    median, spread, power = math.exp(theta[0]), math.exp(theta[1]), theta[2]
    groups = [(1.0, box_cox(median, power), spread * median**power, power)]
    for g, (side, own) in enumerate(zip(sides, powers, strict=True)):
        share, distance, wide = (math.exp(t) for t in theta[3 + 3 * g : 6 + 3 * g])
        one = spread * median**own
        groups.append((share, box_cox(median, own) + side * distance * one, wide * one, own))
    return groups


def log_likelihood(
    theta: Sequence[float],
    counts: Sequence[float],
    edges: Sequence[float],
    sides: Sequence[float],
    powers: Sequence[float],
    last: float,
) -> float:
    """The multinomial log likelihood of counts between edges; the background ends at `last`."""
    groups = groups_of(theta, sides, powers)
    flat = math.exp(theta[-1])
    whole = sum(share for share, *_ in groups) + flat
    total = 0.0
    for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True):
        chance = flat * (min(high, last) - low) / last
        for share, centre, spread, power in groups:
            chance += share * cut_normal(low, high, centre, spread, power)
        total += count * math.log(chance / whole)
    return total
