"""Smooth functions of age: cubic B-splines of log age, and what bending costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leukon.arrays import Floats

OFFSET_DAYS = 10.0
"""Added to an age before its logarithm is taken, so that the first days do not fill the axis."""
_DEGREE = 3


def on_axis(days: Floats) -> Floats:
    """Where ages in days stand on the axis of the splines: log(age + 10 days)."""
    return np.asarray(np.log(np.asarray(days, dtype=float) + OFFSET_DAYS))


@dataclass(frozen=True)
class Basis:
    """The splines of one function between `first` and `last` on the axis of log age.

    `pieces` is how many cubic pieces there are: pieces + 3 coefficients; 1 piece stands for a
    straight line (2 coefficients) and 0 for a constant.
    """

    first: float
    last: float
    pieces: int

    @property
    def size(self) -> int:
        """How many coefficients."""
        return self.pieces + _DEGREE if self.pieces > 1 else self.pieces + 1

    def at(self, axis: Floats) -> Floats:
        """The value of each spline, a row a place; beyond the ends as at the ends.

        >>> Basis(0.0, 1.0, 4).at(np.array([0.0, 0.3, 1.0])).sum(axis=1).round(9).tolist()
        [1.0, 1.0, 1.0]
        """
        place = (np.clip(axis, self.first, self.last) - self.first) / (self.last - self.first)
        if self.pieces <= 1:
            return np.asarray(np.vander(2.0 * place - 1.0, self.size, increasing=True))
        knots = np.arange(-_DEGREE, self.pieces + _DEGREE + 1) / self.pieces
        held = np.minimum(place, 1.0 - 1e-12)[:, None]
        rows = ((held >= knots[:-1]) & (held < knots[1:])).astype(float)
        for degree in range(1, _DEGREE + 1):
            width = degree / self.pieces
            left = (held - knots[: -degree - 1]) / width * rows[:, :-1]
            right = (knots[degree + 1 :] - held) / width * rows[:, 1:]
            rows = left + right
        return np.asarray(rows)

    @property
    def bending(self) -> Floats:
        """The matrix of the penalty: squared second differences of neighbouring coefficients."""
        if self.pieces <= 1:
            return np.zeros((self.size, self.size))
        steps = np.diff(np.eye(self.size), 2, axis=0)
        return np.asarray(steps.T @ steps)
