"""The set points of many people at once: the kernel, compiled, run over sorted rows.

Needs numba (the `fit` extra). The first call compiles and keeps what it compiled.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from leukon.arrays import Floats, Integers, Truths
from leukon.errors import ExtraMissing
from leukon.setpoints import kernel
from leukon.setpoints.model import CLUSTER_DAYS, CUSUM_AFTER, STEADY_FROM, Constants

try:
    from numba import njit
except ImportError:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("fit", "set points of a whole file") from None

COLUMNS = ("level", "square", "error", "n_effective", "low", "high")
LEVEL, SQUARE, ERROR, N_EFFECTIVE, LOW, HIGH = range(len(COLUMNS))
_compiled: Any = njit(cache=True, error_model="numpy")
_fit = _compiled(kernel.fit)
_surprise = _compiled(kernel.surprise)
_few = _compiled(kernel.few)
_few_quantile = _compiled(kernel.few_quantile)


def latest(y: Floats, days: Floats, starts: Integers, c: Constants) -> tuple[Floats, Floats]:
    """The set point of each person from all their rows, and how steady each row is.

    `y` is ln(count) less what is usual at that age, `days` when it was drawn, both sorted by person
    and time; `starts` numbers the first row of each person, and ends with the number of rows. Gives
    a row a person with `COLUMNS` (in ln), and a probability a row.
    """
    out = np.full((len(starts) - 1, len(COLUMNS)), np.nan)
    steady = np.ones(len(y))
    _latest(y, days, starts, tuple(c), out, steady)
    return out, steady


class Every(NamedTuple):
    """For each row, what the rows of its person before it say that may enter.

    `own` has `COLUMNS`; `falls` says how far the sum that tells a slow fall is over its alarm (above 0:
    a fall), with the count of the row; `higher` whether the counts stood higher, before it or with it;
    `steady_days` the time between the first and the last that are of the steady state.
    """

    own: Floats
    falls: Floats
    higher: Truths
    steady_days: Floats


def every(y: Floats, days: Floats, starts: Integers, enters: Truths, c: Constants) -> Every:
    """For each row, the set point of its person from the rows before it that may enter."""
    size = len(y)
    found = Every(
        np.full((size, len(COLUMNS)), np.nan),
        np.zeros(size),
        np.zeros(size, dtype=np.bool_),
        np.zeros(size),
    )
    _every(
        y, days, starts, enters, tuple(c), found.own, found.falls, found.higher, found.steady_days
    )
    return found


def occasions(days: Floats, starts: Integers, enters: Truths) -> Integers:
    """For each row, how many occasions of its person the rows before it that enter make."""
    found = np.zeros(len(days), dtype=np.int64)
    _occasions(days, starts, enters, found)
    return found


@_compiled
def _occasions(days, starts, enters, found):  # type: ignore[no-untyped-def]
    for person in range(len(starts) - 1):
        count, began = 0, 0.0
        for row in range(starts[person], starts[person + 1]):
            found[row] = count
            if enters[row] and (count == 0 or days[row] - began >= CLUSTER_DAYS):
                count, began = count + 1, days[row]


@_compiled
def _band(y, a, steady, last, clusters, start, first_mean, last_mean, parts, c, out):  # type: ignore[no-untyped-def]
    """The set point of the rows up to `last`, written to `out`."""
    tau2, s02, nu0, nu, eps, exc2, power, odds, z, k, kv = c[:11]
    out[0], out[1], out[2], out[3] = _fit(
        y, a, steady, 0, last, start, 12, 0.0, tau2, s02, nu0, nu, power, odds, exc2
    )
    if clusters > 2:
        half = math.sqrt(k * k * out[1] + kv * kv * out[2])
        out[4], out[5] = out[0] - half, out[0] + half
        return
    cases = _few(parts, clusters, first_mean, last_mean, 0.0, tau2, s02, nu, eps, exc2)
    tail = 0.5 * math.erfc(z * 0.7071067811865476)
    out[4] = _few_quantile(parts, cases, s02, tail, -z, k, kv)
    out[5] = _few_quantile(parts, cases, s02, 1 - tail, z, k, kv)


@_compiled
def _enter(y, days, a, order, count, state):  # type: ignore[no-untyped-def]
    """Takes in the row that stands at `count`: its place in order of size, and its cluster."""
    value = y[count]
    place = count - 1
    while place >= 0 and order[place] > value:
        order[place + 1] = order[place]
        place -= 1
    order[place + 1] = value
    if count == 0 or days[count] - days[int(state[1])] >= CLUSTER_DAYS:
        state[0] += 1
        state[1] = count
    first = int(state[1])
    mean = 0.0
    for row in range(first, count + 1):
        a[row] = 1.0 / (count + 1 - first)
        mean += y[row] * a[row]
    if state[0] == 1:
        state[2] = mean
    state[3] = mean


@_compiled
def _start(order, count, clusters, tau2, s02):  # type: ignore[no-untyped-def]
    """Where the fit begins: the median, drawn towards everybody's."""
    median = 0.5 * (order[(count - 1) // 2] + order[count // 2])
    return median * tau2 / (tau2 + 1.57 * s02 / clusters)


@_compiled
def _latest(y, days, starts, c, out, steady):  # type: ignore[no-untyped-def]
    longest = 1
    for person in range(len(starts) - 1):
        longest = max(longest, starts[person + 1] - starts[person])
    order, a, parts, state = np.empty(longest), np.empty(longest), np.empty(12), np.empty(4)
    for person in range(len(starts) - 1):
        first, last = starts[person], starts[person + 1]
        state[:] = 0.0
        mine, when = y[first:last], days[first:last]
        for row in range(last - first):
            _enter(mine, when, a, order, row, state)
        if last > first:
            start = _start(order, last - first, state[0], c[0], c[1])
            _band(
                mine,
                a,
                steady[first:last],
                last - first,
                int(state[0]),
                start,
                state[2],
                state[3],
                parts,
                c,
                out[person],
            )


@_compiled
def _began_higher(y, steady, count, level, high):  # type: ignore[no-untyped-def]
    """As in `leukon.setpoints.person`: whether the first counts may have been the level."""
    for row in range(count):
        settled = steady[row] >= STEADY_FROM
        if y[row] > (high if settled else level):
            return True
        if settled:
            return False
    return False


@_compiled
def _steady_days(days, steady, count):  # type: ignore[no-untyped-def]
    """The time between the first and the last count of the steady state."""
    first, last = 0, count - 1
    while first < count and steady[first] < STEADY_FROM:
        first += 1
    while last > first and steady[last] < STEADY_FROM:
        last -= 1
    return days[last] - days[first] if first < count else 0.0


@_compiled
def _fitted(y, days, a, order, count, state, steady, parts, c, fitted):  # type: ignore[no-untyped-def]
    """Takes in the row that stands at `count`, and fits: whether the person stood higher once."""
    _enter(y, days, a, order, count, state)
    size = count + 1
    start = _start(order, size, state[0], c[0], c[1])
    _band(y, a, steady, size, int(state[0]), start, state[2], state[3], parts, c, fitted)
    return _began_higher(y, steady, size, fitted[0], fitted[5])


@_compiled
def _every(y, days, starts, enters, c, out, falls, higher, held):  # type: ignore[no-untyped-def]
    longest = 1
    for person in range(len(starts) - 1):
        longest = max(longest, starts[person + 1] - starts[person])
    order, a, parts, state = np.empty(longest), np.empty(longest), np.empty(12), np.empty(4)
    order_, a_, state_ = np.empty(longest), np.empty(longest), np.empty(4)
    mine, when, steady = np.empty(longest), np.empty(longest), np.empty(longest)
    fitted, unused = np.empty(6), np.empty(6)
    for person in range(len(starts) - 1):
        state[:] = 0.0
        count, fall, over, since = 0, 0.0, -c[13], 0.0
        rang, began = False, False
        for row in range(starts[person], starts[person + 1]):
            if count:
                out[row] = fitted
                held[row] = since
            sum_now, over_now = fall, over
            new = count == 0 or days[row] - when[int(state[1])] >= CLUSTER_DAYS
            # Only a new occasion can raise the alarm, or end it. A count that does not enter is
            # looked at, and forgotten.
            if state[0] >= CUSUM_AFTER and new and y[row] == y[row]:
                error = _surprise(y[row], out[row, 0], out[row, 1], out[row, 2], c[0])
                error = min(max(error, -c[12]), c[12])
                sum_now = max(0.0, fall - error - c[11])
                over_now = sum_now - c[13] - c[14] * (state[0] + 1)
            falls[row] = max(over, over_now)
            higher[row] = rang or began or over_now > 0
            if np.isnan(y[row]) or (not enters[row] and higher[row]):
                continue
            mine[count], when[count] = y[row], days[row]
            if enters[row]:
                fall, over, rang = sum_now, over_now, rang or over_now > 0
                began = _fitted(mine, when, a, order, count, state, steady, parts, c, fitted)
                count += 1
                since = _steady_days(when, steady, count)
                higher[row] = higher[row] or began
            elif count:
                order_[:count], a_[:count], state_[:] = order[:count], a[:count], state
                higher[row] = _fitted(
                    mine, when, a_, order_, count, state_, steady, parts, c, unused
                )
