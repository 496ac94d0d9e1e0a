"""Which mixtures are tried, from where, and what is taken for usual before looking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leukon.arrays import Floats
from leukon.estimation.bins import Bins

LOW, HIGH = -1.0, 1.0

REFERENCE_USUAL = (0.0, -1.2, 0.35)
REFERENCE_DEVIATION = (3.0, 1.2, 0.5)
SICK_USUAL = (-2.2, 1.15, 0.2)
SICK_DEVIATION = (1.6, 0.4, 0.5)
FLAT_USUAL, FLAT_DEVIATION = -6.5, 1.0


@dataclass(frozen=True)
class Model:
    """The sick groups of a mixture: on which side each lies, and its Box-Cox power."""

    sides: tuple[float, ...]
    powers: tuple[float, ...]

    @property
    def size(self) -> int:
        """How many parameters the mixture has."""
        return 4 + 3 * len(self.sides)

    def usual(self) -> tuple[Floats, Floats]:
        """The centre and the precision of the prior of each parameter."""
        groups = len(self.sides)
        centre = (*REFERENCE_USUAL, *SICK_USUAL * groups, FLAT_USUAL)
        deviation = (*REFERENCE_DEVIATION, *SICK_DEVIATION * groups, FLAT_DEVIATION)
        return np.array(centre), np.array(deviation) ** -2.0

    def transformed(self, logs: Floats) -> Floats:
        """The edges after each sick group's transform, a row a group."""
        rows = [logs if k == 0 else np.expm1(k * logs) / k for k in self.powers]
        return np.array(rows).reshape(len(rows), logs.size)


def candidates() -> list[Model]:
    """Every mixture that is tried: each side without a group, or with one of three shapes."""
    shapes: tuple[float | None, ...] = (1.0, 0.0, None)
    both = [(low, high) for low in shapes for high in shapes]
    return [_model(low, high) for low, high in both]


def _model(low: float | None, high: float | None) -> Model:
    groups = [(s, p) for s, p in ((LOW, low), (HIGH, high)) if p is not None]
    return Model(tuple(s for s, _ in groups), tuple(p for _, p in groups))


def starts(bins: Bins) -> list[Floats]:
    """Parameters of the model with both sides, by how much of each tail may be sick."""
    reached = np.append(0.0, np.cumsum(bins.counts)) / bins.counts.sum()
    logs = np.append(bins.logs[:-1], np.log(bins.span[1] / bins.unit))
    logs[0] = logs[1] - 1.0
    tails = (0.02, 0.15, 0.4)
    return [_start(low, high, reached, logs) for low in tails for high in tails]


def _start(low: float, high: float, reached: Floats, logs: Floats) -> Floats:
    share = 1.0 - low - high
    at = low + share * np.array([0.25, 0.5, 0.75])
    first, centre, third = np.interp(at, reached, logs)
    spread = np.log(max((third - first) / 1.349, 0.01))
    return np.array([
        centre, spread, 0.35,
        np.log(low / share), 1.1, 0.0, np.log(high / share), 1.1, 0.0, FLAT_USUAL,
    ])  # fmt: skip
