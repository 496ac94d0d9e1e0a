"""Results of mixed people with a known truth, of shapes the method has and of shapes it has not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

Draw = Callable[[np.random.Generator, int], np.ndarray]
LOWER, UPPER = 0.025, 0.975
_FINE = 400_001


@dataclass(frozen=True)
class Shape:
    """A distribution by its quantile function of a uniform number in (0, 1)."""

    name: str
    quantile: Callable[[np.ndarray], np.ndarray]

    def draw(self, rng: np.random.Generator, size: int) -> np.ndarray:
        return self.quantile(rng.uniform(size=size))


@dataclass(frozen=True)
class Kind:
    """One kind of set: a reference shape, sick shapes with their shares, and the rounding."""

    name: str
    reference: Shape
    sick: tuple[tuple[float, Shape], ...]
    step: float

    def truth(self, probability: float) -> float:
        return float(self.reference.quantile(np.array([probability]))[0])

    def score_of(self, value: float) -> float:
        """The standard score of a value: of the probability below it in the reference group."""
        below = float(np.searchsorted(self._table, value) + 0.5) / (_FINE + 1)
        return NormalDist().inv_cdf(below)

    @property
    def _table(self) -> np.ndarray:
        key = self.name
        if key not in _TABLES:
            _TABLES[key] = self.reference.quantile((np.arange(_FINE) + 0.5) / _FINE)
        return _TABLES[key]

    def sample(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """n rounded results, those of 0 and more."""
        shares = [share for share, _ in self.sick]
        sizes = rng.multinomial(n, [1.0 - sum(shares), *shares])
        shapes = [self.reference, *(shape for _, shape in self.sick)]
        drawn = np.concatenate([s.draw(rng, int(k)) for s, k in zip(shapes, sizes, strict=True)])
        return np.round(np.maximum(drawn, 0.0) / self.step) * self.step


_TABLES: dict[str, np.ndarray] = {}


def kinds() -> Iterator[Kind]:
    """White-cell-like sets, and others of every shape named in the documentation."""
    wbc, neut = lognormal(6.8, 0.25), lognormal(3.9, 0.33)
    for percent, low, high in ((10, 0.03, 0.07), (20, 0.05, 0.15), (30, 0.10, 0.20)):
        yield Kind(f"wbc, log-normal sick, {percent} %", wbc,
                   ((low, lognormal(2.8, 0.35)), (high, lognormal(13.0, 0.35))), 0.1)  # fmt: skip
        yield Kind(f"wbc, gamma sick, {percent} %", wbc,
                   ((low, gamma(6, 0.45)), (high, gamma(8, 1.7))), 0.1)  # fmt: skip
        yield Kind(f"neut, gamma sick, {percent} %", neut,
                   ((low, gamma(4, 0.3)), (high, gamma(6, 1.6))), 0.1)  # fmt: skip
        yield Kind(f"neut, two sick groups a side, {percent} %", neut,
                   ((low / 2, lognormal(0.5, 0.5)), (low / 2, normal(1.5, 0.35)),
                    (high / 2, normal(8.0, 1.5)), (high / 2, lognormal(14.0, 0.4))), 0.01)  # fmt: skip
    yield Kind("gamma reference", gamma(14, 0.5),
               ((0.04, normal(2.5, 0.7)), (0.12, lognormal(15, 0.3))), 0.1)  # fmt: skip
    yield Kind("shifted reference", shifted(3.0, lognormal(4.0, 0.4)),
               ((0.04, normal(2.8, 0.6)), (0.12, gamma(9, 1.6))), 0.1)  # fmt: skip
    yield Kind("normal reference", normal(140, 10),
               ((0.15, gamma(40, 2.7)), (0.03, normal(180, 8))), 1.0)  # fmt: skip
    yield Kind("coarse rounding", wbc,
               ((0.05, gamma(6, 0.45)), (0.10, gamma(8, 1.7))), 0.5)  # fmt: skip


def lognormal(median: float, spread: float) -> Shape:
    return Shape("log-normal", lambda u: median * np.exp(spread * _normal_quantile(u)))


def normal(mean: float, spread: float) -> Shape:
    return Shape("normal", lambda u: mean + spread * _normal_quantile(u))


def gamma(shape: float, scale: float) -> Shape:
    from scipy.special import gammaincinv

    return Shape("gamma", lambda u: scale * gammaincinv(shape, u))


def shifted(by: float, shape: Shape) -> Shape:
    return Shape(f"shifted {shape.name}", lambda u: by + shape.quantile(u))


def _normal_quantile(u: np.ndarray) -> np.ndarray:
    from scipy.special import ndtri

    return np.asarray(ndtri(u))
