"""How near limits continuous in age come to a known truth: simulated children, 15 % of them sick.

    python benchmarks/estimation/age_curves.py [N] [SEED]

A row a set: the mean over ages (28 days to 18 years) of |dz|, dz = z(estimate) - z(truth) in the true
transform, of the lower limit, the upper limit and both, with their mean dz (bias), and CPU seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from leukon.estimation.age_curve import LOWER, UPPER, estimate_by_age

YEAR = 365.25
AGES = np.linspace(28.0, 17.9 * YEAR, 300)


@dataclass(frozen=True)
class Truth:
    """A reference group that moves with age: knots of (years, centre) and (years, spread)."""

    name: str
    centre: tuple[tuple[float, float], ...]
    spread: tuple[tuple[float, float], ...]
    power: float

    def value(self, days: np.ndarray, z: np.ndarray | float) -> np.ndarray:
        middle, wide = _on(self.centre, days), _on(self.spread, days)
        return middle * np.maximum(1 + self.power * wide * z, 1e-3) ** (1 / self.power)

    def z(self, days: np.ndarray, x: np.ndarray) -> np.ndarray:
        middle, wide = _on(self.centre, days), _on(self.spread, days)
        return ((x / middle) ** self.power - 1) / (self.power * wide)


def _on(knots: tuple[tuple[float, float], ...], days: np.ndarray) -> np.ndarray:
    """A smooth curve through knots, on the scale of log age."""
    from scipy.interpolate import PchipInterpolator

    years, heights = zip(*knots, strict=True)
    axis = np.log(np.array(years) * YEAR + 5.0)
    return np.asarray(PchipInterpolator(axis, heights)(np.log(days + 5.0)))


TRUTHS = (
    Truth("like WBC",
          ((0, 17), (0.02, 12.5), (0.08, 11), (0.5, 11.3), (1, 10.8), (2, 9.6), (4, 8.6),
           (8, 7.6), (12, 7.1), (18, 6.9)), ((0, 0.30), (1, 0.27), (18, 0.24)), 0.1),
    Truth("like NEUT",
          ((0, 9.5), (0.02, 4.2), (0.08, 3.2), (0.5, 3.1), (1, 3.2), (2, 3.4), (4, 3.7), (8, 3.7),
           (12, 3.6), (18, 3.8)), ((0, 0.36), (0.1, 0.45), (1, 0.42), (18, 0.34)), 0.2),
    Truth("like LYMPH",
          ((0, 4.8), (0.02, 5.2), (0.08, 5.8), (0.5, 6.4), (1, 5.8), (2, 4.8), (4, 3.6), (8, 2.8),
           (12, 2.4), (18, 2.1)), ((0, 0.30), (1, 0.27), (18, 0.26)), 0.3),
)  # fmt: skip

Sick = Callable[[Truth, np.ndarray, np.random.Generator], tuple[np.ndarray, np.ndarray]]


def far(truth: Truth, days: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Three standard deviations away on both sides, as wide as the reference group."""
    f = rng.normal(size=days.size)
    return truth.value(days, -3 + f), truth.value(days, 3 + f)


def close(
    truth: Truth, days: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Wide, and so close that half of them lie within the limits."""
    f = 1.3 * rng.normal(size=days.size)
    return truth.value(days, -2.6 + f), truth.value(days, 2.8 + f)


def gammas(
    truth: Truth, days: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Gamma distributed multiples of the centre: a shape that the method has not."""
    middle = _on(truth.centre, days)
    high = middle * (1.1 + rng.gamma(2, 0.5, days.size))
    return middle * rng.gamma(3, 0.15, days.size), high


SICK: dict[str, tuple[float, Sick]] = {
    "far": (0.075, far),
    "close": (0.05, close),
    "gamma": (0.06, gammas),
    "all high": (0.0, far),
    "all low": (0.15, far),
}
"""Shapes of the sick, with the share of the low ones; the rest of the 15 % are high."""


def simulated(
    truth: Truth, kind: str, n: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Ages (a third of them under 3 years) and results rounded to 0.1."""
    days = np.where(rng.random(n) < 0.35, rng.random(n) ** 2 * 3, rng.random(n) * 18) * YEAR
    share, sick = SICK[kind]
    low, high = sick(truth, days, rng)
    who = rng.random(n)
    healthy = truth.value(days, rng.normal(size=n))
    values = np.where(who < share, low, np.where(who > 0.85 + share, high, healthy))
    return days, np.round(values, 1)


def score(
    truth: Truth, days: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean |dz| and mean dz of both limits, and the CPU seconds of the fit."""
    begun = time.process_time()
    curve = estimate_by_age(values, days, step=0.1)
    taken = time.process_time() - begun
    found = np.array([[limit.value for limit in row] for row in curve.curves[0].over(AGES)])
    z = np.array([NormalDist().inv_cdf(q) for q in (LOWER, UPPER)])
    dz = np.stack([truth.z(AGES, found[:, side]) - z[side] for side in (0, 1)])
    return np.abs(dz).mean(axis=1), dz.mean(axis=1), taken


def main(arguments: list[str]) -> int:
    """Print a table, a row a set."""
    defaults = ["50000", "1"]
    n, seed = (int(text) for text in [*arguments, *defaults[len(arguments) :]])
    print(f"N = {n:,}, 15 % sick, ages 0-18, seed {seed}")
    print("| truth | sick | lower | upper | both | bias lower | bias upper | CPU s |")
    print("|---|---|---|---|---|---|---|---|")
    all_of_them = []
    for place, truth in enumerate(TRUTHS):
        for kind in SICK:
            rng = np.random.default_rng([seed, place, len(kind)])
            size, bias, taken = score(truth, *simulated(truth, kind, n, rng))
            all_of_them.append((size.mean(), taken))
            figures = (*size, size.mean(), *bias)
            print(f"| {truth.name} | {kind} | " + " | ".join(f"{x:.3f}" for x in figures)
                  + f" | {taken:.1f} |", flush=True)  # fmt: skip
    means = np.mean(all_of_them, axis=0)
    print(f"mean |dz| {means[0]:.3f}, CPU {means[1]:.1f} s a fit")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
