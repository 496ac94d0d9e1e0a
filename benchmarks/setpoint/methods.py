"""The methods that are compared: each gives a centre and a scale, and how many scales its band is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from benchmarks.setpoint.people import BETWEEN, USUAL, Histories, Settings
from leukon.setpoints import fast
from leukon.setpoints.model import Model

MODEL = Model(tau=BETWEEN, s0=0.15, nu0=12.0, nu=5.0, eps=0.08, excursion=0.5)
"""One model for all settings: nobody knows the settings of real people."""
LITERATURE_CV = 0.141
Z = 1.959964


class Bands(NamedTuple):
    """For each person: the middle and the half width of the 95 % band."""

    centre: np.ndarray
    half: np.ndarray


def population(told: Histories, settings: Settings) -> Bands:
    one = np.ones(len(told.following))
    total = np.sqrt(settings.between**2 + _variance(settings))
    return Bands(settings.usual * one, Z * total * one)


def reference_change(told: Histories, _: Settings) -> Bands:
    last = told.counts[:, -1]
    return Bands(last, np.full(len(last), Z * np.sqrt(2) * LITERATURE_CV))


def prri(told: Histories, _: Settings) -> Bands:
    size = told.counts.shape[1]
    mean = told.counts.mean(axis=1)
    return Bands(mean, np.full(len(mean), Z * LITERATURE_CV * np.sqrt(1 + 1 / size)))


def empirical_bayes(told: Histories, settings: Settings) -> Bands:
    size, within = told.counts.shape[1], _variance(settings) + settings.eps * settings.far**2
    error = 1 / (size / within + 1 / settings.between**2)
    centre = error * (told.counts.sum(axis=1) / within + settings.usual / settings.between**2)
    return Bands(centre, np.full(len(centre), Z * np.sqrt(within + error)))


def passport(told: Histories, settings: Settings) -> Bands:
    """The exact Bayesian band, on a grid of spreads, for many people at once."""
    steps = np.linspace(-4, 4, 41) * 0.3
    squares = (settings.spread * np.exp(steps)) ** 2
    y, size = told.counts, told.counts.shape[1]
    mean, own = y.mean(axis=1)[:, None], y.var(axis=1)[:, None] * size
    total, tau2 = squares / size + settings.between**2, settings.between**2
    log = -0.5 * (steps / 0.3) ** 2 - 0.5 * (size - 1) * np.log(squares) - 0.5 * own / squares
    log = log - 0.5 * np.log(total) - 0.5 * (mean - settings.usual) ** 2 / total
    weights = np.exp(log - log.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    error = 1 / (size / squares + 1 / tau2)
    levels = error * (mean * size / squares + settings.usual / tau2)
    low, high = (
        _mixture_quantile(weights, levels, np.sqrt(squares + error), p) for p in (0.025, 0.975)
    )
    return Bands((low + high) / 2, (high - low) / 2)


def _mixture_quantile(
    weights: np.ndarray, levels: np.ndarray, spreads: np.ndarray, probability: float
) -> np.ndarray:
    low, high = np.full(len(weights), -6.0), np.full(len(weights), 8.0)
    for _ in range(35):
        middle = (low + high) / 2
        under = (weights * stats.norm.cdf((middle[:, None] - levels) / spreads)).sum(axis=1)
        low, high = (
            np.where(under < probability, middle, low),
            np.where(under < probability, high, middle),
        )
    return (low + high) / 2


def set_point(told: Histories, settings: Settings) -> Bands:
    """leukon's own."""
    out = points(told, settings)
    low, high = out[:, fast.LOW], out[:, fast.HIGH]
    return Bands((low + high) / 2 + settings.usual, (high - low) / 2)


def points(told: Histories, settings: Settings) -> np.ndarray:
    people, size = told.counts.shape
    starts = np.arange(people + 1) * size
    model = (
        MODEL
        if settings.usual == USUAL
        else Model(settings.between, MODEL.s0, MODEL.nu0, MODEL.nu, MODEL.eps, MODEL.excursion)
    )
    y = (told.counts - settings.usual).ravel()
    return fast.latest(y, told.days.ravel(), starts, model.constants())[0]


def _variance(settings: Settings) -> float:
    heavy = settings.freedom / (settings.freedom - 2)
    return settings.spread**2 * heavy * float(np.exp(2 * settings.varies**2)) + settings.drift**2


METHODS = {
    "population interval": population,
    "reference change value": reference_change,
    "prRI, literature CV": prri,
    "empirical Bayes": empirical_bayes,
    "exact Bayesian (passport)": passport,
    "set point (leukon)": set_point,
}
