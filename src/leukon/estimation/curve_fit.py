"""Fit one mixture over all ages at once: its parameters are smooth functions of age.

In every age bin the mixture is that of `likelihood`; each of its parameters is a spline of log age.
The log likelihood of all cells, less what bending costs, is climbed by Newton's method with the
expected information; how much bending costs is found by the marginal likelihood (the generalised
Fellner-Schall step of Wood and Fasiolo 2017, https://doi.org/10.1111/biom.12666).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from leukon.arrays import Floats
from leukon.estimation.age_bins import AgeBins
from leukon.estimation.bins import Bins
from leukon.estimation.likelihood import evaluate
from leukon.estimation.splines import Basis

LOW, HIGH = -1.0, 1.0

PIECES = (20, 10, 5)
"""Cubic pieces of log centre, log spread and lambda of the reference group."""
SHARE_PIECES = 6
USUAL = (0.0, -1.2, 0.2)
DEVIATION = (3.0, 1.0, 0.25)
SICK_USUAL, SICK_DEVIATION = (-2.6, 1.1, 0.2), (1.2, 0.2, 0.2)
FLAT_USUAL, FLAT_DEVIATION = -6.5, 1.0
_FIRST_COST, _LEAST_COST, _MOST_COST = 10.0, 1e-3, 1e7
_ENOUGH = 0.05


@dataclass(frozen=True)
class Shape:
    """Which sick groups a mixture has: on which side each lies, and its Box-Cox power."""

    sides: tuple[float, ...]
    powers: tuple[float, ...]

    @property
    def size(self) -> int:
        """How many functions of age it has."""
        return 4 + 3 * len(self.sides)

    @property
    def usual(self) -> Floats:
        """What is taken for usual before looking, for each function."""
        return np.array((*USUAL, *SICK_USUAL * len(self.sides), FLAT_USUAL))

    @property
    def precision(self) -> Floats:
        """How sure that is."""
        deviation = (*DEVIATION, *SICK_DEVIATION * len(self.sides), FLAT_DEVIATION)
        return np.array(deviation) ** -2.0

    @property
    def pieces(self) -> tuple[int, ...]:
        """Cubic pieces of each function; 1 is a straight line, 0 a constant."""
        return (*PIECES, *(SHARE_PIECES, 1, 1) * len(self.sides), 0)


class Problem:
    """The cells, the splines at each age bin, and the mixture's shape."""

    def __init__(self, bins: AgeBins, shape: Shape) -> None:
        """Prepare what does not change while climbing."""
        self.bins, self.shape = bins, shape
        axis = bins.axis
        self.bases = [Basis(float(axis[0]), float(axis[-1]), p) for p in shape.pieces]
        self.at = [basis.at(axis) for basis in self.bases]
        self.slices, start = [], 0
        for basis in self.bases:
            self.slices.append(slice(start, start + basis.size))
            start += basis.size
        self.size = start
        self.weight = np.full(axis.size, 1.0 / axis.size)
        self._cells = [self._cell(row) for row in bins.rows]

    def _cell(self, row: Bins) -> tuple[Floats, Floats, Floats, Floats]:
        logs = row.logs
        steps = [logs if k == 0 else np.expm1(k * logs) / k for k in self.shape.powers]
        transformed = np.array(steps).reshape(len(steps), logs.size)
        return row.counts, logs, row.flat, transformed

    def theta(self, beta: Floats) -> Floats:
        """The mixture's parameters in each age bin, a row a bin."""
        parts = [x @ beta[s] for x, s in zip(self.at, self.slices, strict=True)]
        return np.stack(parts, axis=1)

    def precision(self, costs: Floats) -> Floats:
        """The precision of the prior over all coefficients: bending, and what is usual."""
        found = np.zeros((self.size, self.size))
        for x, s, basis, cost, sure in zip(
            self.at, self.slices, self.bases, costs, self.shape.precision, strict=True
        ):
            found[s, s] = cost * basis.bending + sure * (x.T * self.weight) @ x
            found[s, s] += 1e-6 * np.eye(basis.size)
        return found

    def pull(self) -> Floats:
        """What the prior pulls the coefficients towards, times its precision."""
        found = np.zeros(self.size)
        for x, s, usual, sure in zip(
            self.at, self.slices, self.shape.usual, self.shape.precision, strict=True
        ):
            found[s] = sure * usual * (x.T @ self.weight)
        return found

    def evaluate(self, beta: Floats) -> tuple[float, Floats, Floats]:
        """The log likelihood of all cells with its gradient and expected information."""
        theta = self.theta(beta)
        size = self.shape.size
        gradients = np.empty((len(theta), size))
        informations = np.empty((len(theta), size, size))
        sides, powers = np.array(self.shape.sides), np.array(self.shape.powers)
        total = 0.0
        for b, (counts, logs, flat, transformed) in enumerate(self._cells):
            total += evaluate(
                theta[b], counts, logs, flat, sides, powers, transformed,
                gradients[b], informations[b],
            )  # fmt: skip
        return total, *self._gathered(gradients, informations)

    def _gathered(self, gradients: Floats, informations: Floats) -> tuple[Floats, Floats]:
        gradient = np.empty(self.size)
        information = np.empty((self.size, self.size))
        for r, (x, s) in enumerate(zip(self.at, self.slices, strict=True)):
            gradient[s] = x.T @ gradients[:, r]
            for c in range(r + 1):
                block = (x.T * informations[:, r, c]) @ self.at[c]
                information[s, self.slices[c]] = block
                information[self.slices[c], s] = block.T
        return gradient, information


@dataclass(frozen=True)
class CurveFit:
    """The top of one mixture: coefficients, costs of bending, and how good it is."""

    problem: Problem
    beta: Floats
    costs: Floats
    likelihood: float
    objective: float
    hessian: Floats
    converged: bool

    @cached_property
    def evidence(self) -> float:
        """The log marginal likelihood, by Laplace's method."""
        prior = self.problem.precision(self.costs)
        volume = np.linalg.slogdet(self.hessian)[1] - np.linalg.slogdet(prior)[1]
        return self.objective - 0.5 * float(volume)

    @property
    def rival(self) -> float:
        """How many times as large as the reference group the larger sick group is, over all ages."""
        theta = self.problem.theta(self.beta)
        ratios = np.exp(theta[:, 3:-1:3])
        return float(np.average(ratios, axis=0, weights=self.problem.bins.n).max(initial=0.0))

    @property
    def misfit(self) -> float:
        """Twice the log likelihood short of the bare counts', over the degrees of freedom."""
        short, free = -self.likelihood, -self.problem.size
        for row in self.problem.bins.rows:
            seen = row.counts[row.counts > 0]
            short += float(seen @ np.log(seen / seen.sum()))
            free += seen.size - 1
        return 2.0 * short / max(1, free)

    def theta(self, axis: Floats) -> Floats:
        """The mixture's parameters at places on the axis, a row a place."""
        parts = [
            basis.at(axis) @ self.beta[s]
            for basis, s in zip(self.problem.bases, self.problem.slices, strict=True)
        ]
        return np.stack(parts, axis=1)


def climb(problem: Problem, beta: Floats, costs: Floats, most: int = 40) -> CurveFit:
    """The top of the penalised likelihood with the costs as they are."""
    prior, pull = problem.precision(costs), problem.pull()

    def objective(b: Floats, likelihood: float) -> float:
        return likelihood - 0.5 * float(b @ prior @ b) + float(pull @ b)

    likelihood, gradient, information = problem.evaluate(beta)
    best, damping, done = objective(beta, likelihood), 1e-3, False
    for _ in range(most):
        slope = gradient + pull - prior @ beta
        hessian = information + prior
        step = np.linalg.solve(hessian + damping * np.diag(np.diag(hessian)), slope)
        gain = 0.5 * float(step @ slope)
        step *= min(1.0, 1.5 / max(float(np.abs(step).max()), 1e-12))
        trial = problem.evaluate(beta + step)
        new = objective(beta + step, trial[0])
        if new > best - 1e-9:
            beta, best = beta + step, new
            likelihood, gradient, information = trial
            damping = max(damping * 0.1, 1e-9)
            done = gain < _ENOUGH
        else:
            damping = max(damping * 10.0, 1e-3)
            done = gain < _ENOUGH * 0.01
        if done or damping > 1e8:
            break
    return CurveFit(problem, beta, costs, likelihood, best, information + prior, done)


def smoothed(fit: CurveFit, rounds: int = 8) -> CurveFit:
    """The same mixture with the costs of bending that the marginal likelihood asks for."""
    for _ in range(rounds):
        costs = _better_costs(fit)
        small = float(np.abs(np.log(costs / fit.costs)).max()) < 0.15
        fit = climb(fit.problem, fit.beta, costs, most=12)
        if small:
            break
    return fit


def _better_costs(fit: CurveFit) -> Floats:
    """One step of Fellner and Schall for every function that can bend."""
    problem = fit.problem
    spread = np.linalg.inv(fit.hessian)
    prior = np.linalg.inv(problem.precision(fit.costs))
    costs = fit.costs.copy()
    for r, (basis, s) in enumerate(zip(problem.bases, problem.slices, strict=True)):
        bending = basis.bending
        if not bending.any():
            continue
        beta = fit.beta[s]
        free = float(np.sum((prior[s, s] - spread[s, s]) * bending))
        ratio = max(free, 1e-12) / max(float(beta @ bending @ beta), 1e-12)
        costs[r] = np.clip(fit.costs[r] * np.clip(ratio, 0.02, 50.0), _LEAST_COST, _MOST_COST)
    return costs


def start(problem: Problem, low: float, high: float) -> Floats:
    """Coefficients to climb from, if these shares of the tails are sick at every age."""
    local = np.array([_local_start(row, low, high) for row in problem.bins.rows])
    share = 1.0 - low - high
    wanted = [local[:, 0], local[:, 1], np.full(len(local), USUAL[2])]
    for side in problem.shape.sides:
        ratio = np.log((low if side == LOW else high) / share)
        wanted += [np.full(len(local), x) for x in (ratio, *SICK_USUAL[1:])]
    wanted.append(np.full(len(local), FLAT_USUAL))
    beta = np.empty(problem.size)
    weight = problem.bins.n / problem.bins.n.mean()
    for x, s, basis, y in zip(problem.at, problem.slices, problem.bases, wanted, strict=True):
        left = (x.T * weight) @ x + 0.3 * basis.bending + 1e-6 * np.eye(basis.size)
        beta[s] = np.linalg.solve(left, (x.T * weight) @ y)
    return beta


def _local_start(row: Bins, low: float, high: float) -> tuple[float, float]:
    counts, logs = row.counts, row.logs.copy()
    logs[0] = logs[1] - 1.0
    logs[-1] = np.log(row.span[1] / row.unit)
    reached = np.append(0.0, np.cumsum(counts)) / counts.sum()
    at = low + (1.0 - low - high) * np.array([0.25, 0.5, 0.75])
    first, centre, third = np.interp(at, reached, logs)
    return float(centre), float(np.log(max((third - first) / 1.349, 0.02)))


TAILS = ((0.02, 0.02), (0.02, 0.12), (0.12, 0.02), (0.1, 0.1))


def fit_all(bins: AgeBins, tails: tuple[tuple[float, float], ...] = TAILS) -> list[CurveFit]:
    """Every mixture that is tried, each at its top: the limits average over them."""
    full = Shape((LOW, HIGH), (0.0, 0.0))
    problem = Problem(bins, full)
    costs = np.full(full.size, _FIRST_COST)
    rough = [climb(problem, start(problem, *t), costs, most=15) for t in tails]
    best = smoothed(max(rough, key=lambda f: f.objective))
    shapes = [(low, high) for low in (0.0, 1.0, None) for high in (0.0, 1.0, None)]
    return [best, *(_reshaped(best, *powers) for powers in shapes[1:])]


def _reshaped(top: CurveFit, low: float | None, high: float | None) -> CurveFit:
    """The mixture with other sick groups, climbed from the top of the full one."""
    kept = [(s, p, g) for g, (s, p) in enumerate(((LOW, low), (HIGH, high))) if p is not None]
    shape = Shape(tuple(s for s, _, _ in kept), tuple(p for _, p, _ in kept))
    problem = Problem(top.problem.bins, shape)
    functions = [0, 1, 2, *(3 + 3 * g + r for _, _, g in kept for r in range(3)), -1]
    beta = np.concatenate([top.beta[top.problem.slices[f]] for f in functions])
    costs = np.array([top.costs[f] for f in functions])
    return smoothed(climb(problem, beta, costs), rounds=2)


def refitted(fit: CurveFit, bins: AgeBins) -> CurveFit:
    """The same mixture on other counts of the same cells, from where it stood."""
    return climb(Problem(bins, fit.problem.shape), fit.beta, fit.costs, most=6)
