"""Which mixtures are tried, from where, and what is taken for usual before looking."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from leukon.arrays import Floats
from leukon.estimation.bins import Bins
from leukon.estimation.likelihood import expected_place

LOW, HIGH = -1.0, 1.0
SIDES = ((LOW, HIGH), (LOW,), (HIGH,), ())
"""Which sides may hold a sick group; the shapes come later."""

FIRST_POWER = 1.0
POWERS = {LOW: (1.0, 0.33, 0.0), HIGH: (1.0, 0.33, 0.0)}
"""Shapes of a sick group: the Box-Cox power after which it is normal."""

REFERENCE_USUAL = (0.0, -1.2, 0.35)
REFERENCE_DEVIATION = (3.0, 1.2, 0.5)
SICK_USUAL = (-2.0, 0.0, 0.25)
SICK_DEVIATION = (1.4, 0.35, 0.5)
FLAT_USUAL, FLAT_DEVIATION = -6.5, 1.0
TAILS = (0.02, 0.15, 0.4)
MORE_TAILS = (0.005, 0.08, 0.22, 0.32, 0.5, 0.6)


@dataclass(frozen=True)
class Model:
    """The sick groups of a mixture: on which side each lies, and its Box-Cox power."""

    sides: tuple[float, ...]
    powers: tuple[float, ...]

    @cached_property
    def size(self) -> int:
        """How many parameters the mixture has."""
        return 4 + 3 * len(self.sides)

    @cached_property
    def usual(self) -> Floats:
        """The centre of the prior of each parameter."""
        return np.array((*REFERENCE_USUAL, *SICK_USUAL * len(self.sides), FLAT_USUAL))

    @cached_property
    def precision(self) -> Floats:
        """The precision of the prior of each parameter."""
        sick = SICK_DEVIATION * len(self.sides)
        return np.array((*REFERENCE_DEVIATION, *sick, FLAT_DEVIATION)) ** -2.0

    def transformed(self, logs: Floats) -> Floats:
        """The edges after each sick group's transform, a row a group."""
        rows = [logs if k == 0 else np.expm1(k * logs) / k for k in self.powers]
        return np.array(rows).reshape(len(rows), logs.size)

    def starts(self, bins: Bins, tails: tuple[float, ...]) -> list[Floats]:
        """Parameters to climb from, by how much of each tail may be sick."""
        reached = np.append(0.0, np.cumsum(bins.counts)) / bins.n
        logs = np.append(bins.logs[:-1], np.log(bins.span[1] / bins.unit))
        logs[0] = logs[1] - 1.0
        lows = tails if LOW in self.sides else (0.0,)
        highs = tails if HIGH in self.sides else (0.0,)
        return [
            self._start(low, high, reached, logs)
            for low in lows
            for high in highs
            if low + high < 0.9
        ]

    def _start(self, low: float, high: float, reached: Floats, logs: Floats) -> Floats:
        share = 1.0 - low - high
        at = low + share * np.array([0.25, 0.5, 0.75])
        first, centre, third = np.interp(at, reached, logs)
        spread = np.log(max((third - first) / 1.349, 0.01))
        sick = []
        for side, power in zip(self.sides, self.powers, strict=True):
            distance, _, wide, _ = expected_place(float(np.exp(spread)), side, power)
            sick.append((np.log((low if side == LOW else high) / share), distance, wide))
        return np.array([centre, spread, 0.35, *(x for row in sick for x in row), FLAT_USUAL])

    def shapes(self) -> list[Model]:
        """The same sides with every other combination of shapes."""
        powers: list[tuple[float, ...]] = [()]
        for side in self.sides:
            powers = [(*p, k) for p in powers for k in POWERS[side]]
        return [Model(self.sides, p) for p in powers if p != self.powers]
