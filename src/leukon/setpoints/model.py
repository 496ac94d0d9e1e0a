"""What is known of everybody before a person's own counts: the numbers of the model."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import msgspec

from leukon.setpoints.kernel import t_constant
from leukon.setpoints.quantiles import t_quantile

CLUSTER_DAYS = 30.0
"""Counts drawn within so many days of the first of them are one occasion: together they weigh as one."""
STEADY_FROM = 0.5
"""How surely a count is of the steady state for it to say since when a level is held."""
LEVEL_FREEDOM = 8.0
"""Degrees of freedom of the error of a level."""
FAR_FREEDOM = 3.0
"""Degrees of freedom of excursions."""
CUSUM_SLACK, CUSUM_CLIP = 0.5, 2.5
CUSUM_AFTER = 2
"""After how many occasions a fall is looked for: one alone says little of where a person lives."""
CUSUM_ALARM, CUSUM_ALARM_PER_OCCASION = 3.8, 0.12
"""A slow fall is an alarm over 3.8 and 0.12 more for each occasion: at most 5 false alarms in 100 series
of 8 to 18 counts, on simulated people with 10 % excursions."""


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How people and their counts vary around what is usual at an age, in ln.

    `tau`: spread of people's levels; `s0`, `nu0`: the usual steady-state spread of a person, and how
    many counts that knowledge is worth; `nu`: degrees of freedom of steady-state counts (5 or 7); `eps`,
    `excursion`: how often a count is an excursion (an infection, a drug), and how far those go.
    """

    tau: float
    s0: float
    nu0: float
    nu: float
    eps: float
    excursion: float

    def __post_init__(self) -> None:
        """Refuse numbers that the arithmetic is not made for."""
        positive = min(self.tau, self.s0, self.nu0, self.excursion) > 0 and 0 < self.eps < 0.5
        if not positive or self.nu not in (5.0, 7.0):
            raise ValueError("tau, s0, nu0, excursion over 0; eps between 0 and 0.5; nu 5 or 7")

    @property
    def change(self) -> float:
        """How far (ln) two steady-state counts of a person differ at most, 95 times in 100.

        The reference change value, from the spread of everybody; excursions are not thought of.
        """
        z = NormalDist().inv_cdf(0.975)
        return z * math.sqrt(2 * self.nu / (self.nu - 2)) * self.s0

    def constants(self, coverage: float = 0.95) -> Constants:
        """The numbers of the kernel for a band of this coverage."""
        upper = 0.5 + coverage / 2
        odds = self.eps / (1 - self.eps) * t_constant(FAR_FREEDOM) / self.excursion
        return Constants(
            self.tau**2,
            self.s0**2,
            self.nu0,
            self.nu,
            self.eps,
            self.excursion**2,
            int((self.nu + 1) / 2),
            odds / t_constant(self.nu),
            NormalDist().inv_cdf(upper),
            t_quantile(upper, self.nu),
            t_quantile(upper, LEVEL_FREEDOM),
            CUSUM_SLACK,
            CUSUM_CLIP,
            CUSUM_ALARM,
            CUSUM_ALARM_PER_OCCASION,
        )


class Constants(NamedTuple):
    """A model as the kernel takes it: squares, the odds of an excursion, and three quantiles."""

    tau2: float
    s02: float
    nu0: float
    nu: float
    eps: float
    exc2: float
    power: int
    odds: float
    z: float
    k: float
    kv: float
    slack: float
    clip: float
    alarm: float
    alarm_per_occasion: float
