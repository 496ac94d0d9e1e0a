"""The population's numbers from a practice's own histories: what is usual, and how counts vary.

What is usual at an age is the median of people's medians. The spreads, and how often a count is an
excursion, make the histories most likely: each person's level and spread are summed over, so that
neither the few counts of one nor the excursions of another bias them. Every count speaks, those of
one occasion too: excursions draw counts after them, and a look at occasions alone finds too few.
Excursions are taken for normal here: with long tails of both kinds no history tells them apart.

Needs numba and scipy (the `fit` extra).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct

from leukon.analytes import Analyte
from leukon.arrays import Floats, Integers
from leukon.errors import EstimateRefused, ExtraMissing
from leukon.setpoints.kernel import t_constant
from leukon.setpoints.parameters import Centre, Spread

try:
    from numba import njit
    from scipy.optimize import minimize
    from scipy.stats import chi2
except ImportError:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("fit", "learning what is usual") from None

EDGES = (1, 2, 3, 4, 6, 9, 12, 15, 18, 30, 40, 50, 60, 70, 80, 131)
"""The borders of the age groups, in years."""
FEWEST_IN_GROUP = 40
"""An age group of fewer people has no median of its own."""
FEWEST_PEOPLE, FEWEST_COUNTS, FEWEST_DAYS = 200, 3, 90.0
"""From so many people, each with so many counts over so many days, spreads are learned."""
MOST_PEOPLE, MOST_COUNTS = 1_500, 20
"""More than these tell hardly more, and cost time: people are drawn, their last counts taken."""
_NODES, _STEPS, _STEP = 7, 24, 0.25
"""How a person's spread and level are summed over: nodes, and steps to each side (in `s0`)."""
_BOUNDS = ((0.01, 2.0), (0.005, 1.0), (0.002, 0.45), (0.1, 2.0))
_FAR, _FAR_SURE = 0.5, 0.3
"""How far excursions go, before anything is learned (ln), and how surely that is known (ln)."""
_FIT_NU0 = 20.0
"""How alike people's spreads are, in the fit: histories tell it hardly, and it trades with `eps`."""
KEPT = {"nu0": 12.0, "nu": 5.0}
"""What is not learned: choices with which bands keep their coverage on simulated people."""


class Known(Struct, frozen=True):
    """Counts that are known to be usable, a row a count: whose, when, how much, at which age.

    `persons` numbers people and is sorted, `days` since 1970, `values` in canonical units, `years`
    the age at the draw, `sex` 1 female, 2 male.
    """

    persons: Integers
    days: Floats
    values: Floats
    years: Floats
    sex: Integers


class Learned(NamedTuple):
    """What was learned of one analyte, and from how many people and counts."""

    spread: Spread
    centres: tuple[Centre, ...]
    people: int
    counts: int


def learn(known: Known, analyte: Analyte, *, seed: int = 0) -> Learned:
    """The numbers of one analyte from the histories of many people.

    Raises `EstimateRefused` where there are too few people: in every age group, or with histories.
    """
    rows = (known.values > 0) & np.isfinite(known.years) & np.isin(known.sex, (1, 2))
    known = Known(*(getattr(known, name)[rows] for name in Known.__struct_fields__))
    centres = centres_of(known, analyte)
    y = np.log(known.values) - _usual(known, centres)
    inside = np.isfinite(y)
    people = _people(known.persons[inside], known.days[inside], y[inside])
    if len(people) < FEWEST_PEOPLE:
        raise EstimateRefused(
            f"{len(people)} people have {FEWEST_COUNTS} counts of {analyte} or more over at least "
            f"{FEWEST_DAYS:g} days; {FEWEST_PEOPLE} are needed",
            hint="give more years, or use the numbers leukon ships",
        )
    spread = spread_of(people, analyte, seed=seed)
    return Learned(spread, centres, len(people), sum(map(len, people)))


def centres_of(known: Known, analyte: Analyte) -> tuple[Centre, ...]:
    """What is usual by age and sex: medians of people's medians, where an age group has enough."""
    found = []
    for code, word in ((1, "female"), (2, "male")):
        ages, medians = [], []
        for start, end in itertools.pairwise(EDGES):
            mine = (known.sex == code) & (known.years >= start) & (known.years < end)
            levels = _medians(known.persons[mine], known.values[mine])
            if len(levels) >= FEWEST_IN_GROUP:
                ages.append(round(float(known.years[mine].mean()), 1))
                medians.append(float(f"{np.median(levels):.4g}"))
        if ages:
            found.append(
                Centre(analyte=analyte, sex=word, ages=tuple(ages), medians=tuple(medians))
            )
    if not found:
        raise EstimateRefused(
            f"no age group has {FEWEST_IN_GROUP} people of one sex with a count of {analyte}",
            hint="give more people, with their ages and sexes",
        )
    return tuple(found)


def grouped_median(values: Sequence[float], step: float) -> float:
    """The median of rounded values, each of which stands for all that round to it.

    >>> round(grouped_median([3.8, 3.9, 3.9, 3.9, 4.0], 0.1), 2)
    3.9
    """
    ordered = sorted(values)
    middle = ordered[len(ordered) // 2]
    under = sum(value < middle - step / 2 for value in ordered)
    at = sum(abs(value - middle) <= step / 2 for value in ordered)
    return middle - step / 2 + step * (len(ordered) / 2 - under) / at


def _medians(persons: Integers, values: Floats) -> Floats:
    """The median of each person's values."""
    if not len(persons):
        return np.zeros(0)
    order = np.lexsort((values, persons))
    persons, values = persons[order], values[order]
    starts = np.flatnonzero(np.append(True, persons[1:] != persons[:-1]))
    sizes = np.diff(np.append(starts, len(persons)))
    found: Floats = (values[starts + (sizes - 1) // 2] + values[starts + sizes // 2]) / 2
    return found


def _usual(known: Known, centres: Sequence[Centre]) -> Floats:
    """The logarithm of what is usual for each row, NaN outside what was learned."""
    found = np.full(len(known.years), np.nan)
    for centre in centres:
        mine = known.sex == (1 if centre.sex == "female" else 2)
        levels = np.interp(known.years[mine], centre.ages, np.log(centre.medians))
        found[mine] = levels
    return found


def _people(persons: Integers, days: Floats, y: Floats) -> list[Floats]:
    """The histories that are long enough, each with its last counts."""
    if not len(persons):
        return []
    starts = np.flatnonzero(np.append(True, persons[1:] != persons[:-1]))
    found = []
    for start, end in zip(starts, np.append(starts[1:], len(persons)), strict=True):
        span = days[start:end].max() - days[start:end].min()
        if end - start >= FEWEST_COUNTS and span >= FEWEST_DAYS:
            order = np.argsort(days[start:end])[-MOST_COUNTS:]
            found.append(y[start:end][order])
    return found


def spread_of(people: Sequence[Floats], analyte: Analyte, *, seed: int = 0) -> Spread:
    """The spreads between and within people, and the share of excursions, that fit histories best."""
    chosen = list(people)
    if len(chosen) > MOST_PEOPLE:
        places = np.random.default_rng(seed).choice(len(chosen), MOST_PEOPLE, replace=False)
        chosen = [chosen[place] for place in np.sort(places)]
    tau, s0, eps, excursion = (float(f"{value:.3g}") for value in _fit(chosen))
    return Spread(analyte=analyte, tau=tau, s0=s0, eps=eps, excursion=excursion, **KEPT)


def _fit(people: Sequence[Floats]) -> tuple[float, ...]:
    """The numbers with which the histories are likeliest."""
    y = np.concatenate(people)
    starts = np.append(0, np.cumsum([len(one) for one in people])).astype(np.int64)
    middles = np.array([np.median(one) for one in people])
    width, nu = _within(people), KEPT["nu"]
    spreads = np.sqrt(_FIT_NU0 / chi2.ppf((np.arange(_NODES) + 0.5) / _NODES, _FIT_NU0))

    def unlikely(inner: Floats) -> float:
        tau, s0, eps, far = _outer(inner)
        fits = _likelihood(
            y, starts, middles, width, s0 * spreads, tau, eps, far, nu, t_constant(nu)
        )
        return 0.5 * (math.log(far / _FAR) / _FAR_SURE) ** 2 - float(fits)

    start = _inner((float(np.std(middles)), width, 0.08, _FAR))
    options = {"xatol": 5e-3, "fatol": 1e-2, "maxfev": 400}
    return _outer(minimize(unlikely, start, method="Nelder-Mead", options=options).x)


def _within(people: Sequence[Floats]) -> float:
    """About how far counts are from their person's median, whatever the excursions."""
    strays = np.concatenate([np.abs(one - np.median(one)) for one in people])
    return float(min(max(1.3 * np.median(strays), _BOUNDS[1][0]), _BOUNDS[1][1]))


def _outer(inner: Floats) -> tuple[float, ...]:
    """Numbers within their bounds, from numbers without any."""
    return tuple(
        low + (high - low) / (1 + math.exp(-max(min(float(x), 40.0), -40.0)))
        for x, (low, high) in zip(inner, _BOUNDS, strict=True)
    )


def _inner(outer: Sequence[float]) -> Floats:
    shares = [
        min(max((x - low) / (high - low), 1e-3), 1 - 1e-3)
        for x, (low, high) in zip(outer, _BOUNDS, strict=True)
    ]
    return np.array([math.log(share / (1 - share)) for share in shares])


_compiled: Any = njit(cache=True, error_model="numpy")


@_compiled
def _likelihood(y, starts, middles, width, spreads, tau, eps, far, nu, constant):  # type: ignore[no-untyped-def]
    """The log likelihood of histories; each person's level and spread are summed over."""
    power = int((nu + 1) / 2)
    total = 0.0
    for person in range(len(starts) - 1):
        first, last = starts[person], starts[person + 1]
        whole = 0.0
        for step in range(-_STEPS, _STEPS + 1):
            level = middles[person] + step * _STEP * width
            prior = math.exp(-0.5 * level * level / (tau * tau)) / tau
            for spread in spreads:
                each = prior
                share, near = constant * (1.0 - eps) / spread, 1.0 / (nu * spread * spread)
                # An excursion strays as a steady count does, and by as much as it goes far.
                wide = far * far + spread * spread * nu / (nu - 2.0)
                away = eps / math.sqrt(2.0 * math.pi * wide)
                for row in range(first, last):
                    r2 = (y[row] - level) * (y[row] - level)
                    each *= share / (1.0 + r2 * near) ** power + away * math.exp(-0.5 * r2 / wide)
                whole += each
        total += math.log(max(whole, 1e-300))
    return total
