"""Simulated people: levels, steady counts with heavy tails, excursions that come in clusters.

All in ln of the neutrophil count. The settings named "default" reproduce the figures of the
published comparison of methods within its noise; the others are harder, or other, people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

USUAL, BETWEEN = np.log(3.9), 0.36


@dataclass(frozen=True)
class Settings:
    """How people and their counts vary.

    `spread`: a person's steady-state spread (of t with `freedom`), itself varying by `varies` (ln);
    `eps` how often a count is an excursion, `far` their spread, `stays` how likely one follows
    another; `gap` days between counts; `drift`: a slow wander (OU, its spread) over `memory` days.
    """

    name: str = "default"
    spread: float = 0.15
    varies: float = 0.2
    freedom: float = 5.5
    eps: float = 0.1
    far: float = 0.5
    stays: float = 0.5
    gap: float = 90.0
    drift: float = 0.0
    memory: float = 60.0
    usual: float = float(USUAL)
    between: float = BETWEEN


DEFAULT = Settings()
HARDER = (
    replace(DEFAULT, name="no excursions", eps=1e-9),
    replace(DEFAULT, name="20 % excursions", eps=0.2),
    replace(DEFAULT, name="20 %, far, in long clusters", eps=0.2, far=0.8, stays=0.8),
    replace(DEFAULT, name="people more unlike in spread", varies=0.3),
    replace(DEFAULT, name="all alike in spread", varies=1e-9),
    replace(DEFAULT, name="counts every week", gap=7.0),
    replace(DEFAULT, name="counts once a year", gap=365.0),
    replace(DEFAULT, name="slow wander", drift=0.08),
    replace(DEFAULT, name="Duffy-null people", usual=float(np.log(2.4)), between=0.3),
)


class Histories(NamedTuple):
    """A row a person: earlier counts, when they were drawn, and the next count, which is steady."""

    counts: np.ndarray
    days: np.ndarray
    following: np.ndarray


def histories(
    settings: Settings, people: int, size: int, rng: np.random.Generator, level: float | None = None
) -> Histories:
    """Earlier counts of people, and the next; all at one `level` (10*9/L) where it is given."""
    levels = settings.usual + settings.between * rng.standard_normal(people)
    if level is not None:
        levels = np.full(people, np.log(level))
    spreads = settings.spread * np.exp(settings.varies * rng.standard_normal(people))
    far, gaps = _excursions(settings, people, size, rng)
    y = levels[:, None] + spreads[:, None] * rng.standard_t(settings.freedom, (people, size + 1))
    if settings.drift:
        y += _wander(settings, gaps, rng)
    y[:, :size] += (far * settings.far * rng.standard_normal(far.shape))[:, :size]
    return Histories(y[:, :size], np.cumsum(gaps, axis=1)[:, :size], y[:, size])


def _excursions(
    settings: Settings, people: int, size: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Which counts are excursions, and the days before each: one excursion draws counts after it."""
    eps, stays = settings.eps, settings.stays
    gaps = rng.exponential(settings.gap, (people, size + 1)) + 1
    far = np.zeros((people, size + 1), dtype=bool)
    now = rng.random(people) < eps
    for turn in range(size + 1):
        far[:, turn] = now
        chance = np.where(now, stays, eps * (1 - stays) / (1 - eps))
        following = rng.random(people) < chance
        if turn < size:
            close = now & following
            gaps[:, turn + 1] = np.where(close, rng.uniform(1, 14, people), gaps[:, turn + 1])
        now = following
    return far, gaps


def _wander(settings: Settings, gaps: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    z = rng.standard_normal(gaps.shape)
    for turn in range(1, gaps.shape[1]):
        kept = np.exp(-gaps[:, turn] / settings.memory)
        z[:, turn] = kept * z[:, turn - 1] + np.sqrt(1 - kept**2) * z[:, turn]
    return settings.drift * z


def yearly(
    settings: Settings,
    people: int,
    earlier: int,
    fall: float,
    rng: np.random.Generator,
    level: float | None = None,
) -> Histories:
    """Counts once a year: `earlier` steady ones, then eight over which the level falls by `fall`."""
    size = earlier + 8
    levels = settings.usual + settings.between * rng.standard_normal((people, 1))
    if level is not None:
        levels = np.full((people, 1), np.log(level))
    spreads = settings.spread * np.exp(settings.varies * rng.standard_normal((people, 1)))
    y = levels + spreads * rng.standard_t(settings.freedom, (people, size))
    far = rng.random((people, size)) < settings.eps
    y += far * settings.far * rng.standard_normal((people, size))
    y[:, earlier:] += np.linspace(0.0, np.log(1 - fall), 8)
    days = np.tile(365.0 * np.arange(size), (people, 1))
    return Histories(y, days, y[:, -1])
