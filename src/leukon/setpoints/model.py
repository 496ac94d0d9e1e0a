"""What is known of everybody before a person's own counts: the numbers of the model."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import msgspec

from leukon.setpoints.kernel import t_constant
from leukon.setpoints.quantiles import t_quantile

CLUSTER_DAYS = 30.0
"""Counts drawn closer than this are one occasion: together they weigh as one."""
LEVEL_FREEDOM = 8.0
"""Degrees of freedom of the error of a level."""
CUSUM_SLACK, CUSUM_CLIP, CUSUM_ALARM = 0.5, 2.5, 3.5


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How people and their counts vary around what is usual at an age, in ln.

    `tau`: spread of people's levels; `s0`, `nu0`: the usual steady-state spread of a person, and how
    many counts that knowledge is worth; `nu`: degrees of freedom of steady-state counts; `eps`,
    `excursion`: how often a count is an excursion (an infection, a drug), and how far those go.
    """

    tau: float
    s0: float
    nu0: float
    nu: float
    eps: float
    excursion: float

    def constants(self, coverage: float = 0.95) -> Constants:
        """The numbers of the kernel for a band of this coverage."""
        upper = 0.5 + coverage / 2
        odds = self.eps / (1 - self.eps) / (math.sqrt(2 * math.pi) * self.excursion)
        return Constants(
            self.tau**2,
            self.s0**2,
            self.nu0,
            self.nu,
            self.eps,
            self.excursion**2,
            odds / t_constant(self.nu),
            NormalDist().inv_cdf(upper),
            t_quantile(upper, self.nu),
            t_quantile(upper, LEVEL_FREEDOM),
            CUSUM_SLACK,
            CUSUM_CLIP,
            CUSUM_ALARM,
        )


class Constants(NamedTuple):
    """A model as the kernel takes it: squares, the odds of an excursion, and three quantiles."""

    tau2: float
    s02: float
    nu0: float
    nu: float
    eps: float
    exc2: float
    odds: float
    z: float
    k: float
    kv: float
    slack: float
    clip: float
    alarm: float
