"""Say why an estimate is not to be trusted: refusals and warnings, the plainest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from leukon.arrays import Floats
from leukon.estimation.answer import Limit, Refusal

LEAST_RESULTS = 400
FEW = 5_000
SICK_IF_FEW = 0.20
SICK_EVER = 0.60
RIVAL = 0.90
FEWEST_STEPS = 6
ABSURD, ABSURD_SHARE = 200.0, 0.01
REPEATED = 0.99

TESTED_RESULTS = (1_000, 500_000)
TESTED_SPREAD = (0.03, 1.8)
FEW_STEPS = 12
POOR_FIT = 1.5
UNSURE = 0.4
"""How wide the 95 % interval of a limit may be, against the distance between the limits, before the
estimate says so (our choice: for white cells about from 4 to 7, and nobody would sign that unsaid)."""

RAW = "pass results as measured, in one unit, without those below 0"


@dataclass(frozen=True)
class Findings:
    """What speaks for and against an estimate.

    `sick` is the share taken for sick, `rival` the larger of the low and the high sick against the
    reference group, `steps` how many reporting steps lie between the limits, `negative` and `absurd`
    how many results are below 0, or hundreds of times off the median, `spread` the reference
    group's, in logarithms, and `misfit` as in Diagnostics.
    """

    n: float
    sick: float
    rival: float
    steps: float
    negative: float
    absurd: float
    spread: float
    misfit: float
    converged: bool


def unusable(values: Floats, counts: Floats) -> Refusal | None:
    """Why nothing can be estimated at all, if so."""
    if not values.size or values[-1] <= 0:
        return Refusal("no-results", "there is no result above 0", RAW)
    if counts.max() >= REPEATED * counts.sum() or values.size < 4:
        return Refusal(
            "one-repeated-value",
            "nearly all results are one and the same value",
            "look at how the results were exported: a default may stand for missing ones",
        )
    return None


def absurd(values: Floats, counts: Floats) -> float:
    """How many results are hundreds of times the median, or hundreds of times smaller and not 0."""
    reached = np.cumsum(counts)
    median = float(values[np.searchsorted(reached, reached[-1] / 2)])
    off = (values > ABSURD * median) | ((values < median / ABSURD) & (values > 0))
    return float(counts[off].sum()) if median > 0 else 0.0


def reason_to_refuse(found: Findings) -> Refusal | None:
    """The first reason not to publish, if any."""
    return next(_reasons(found), None)


def _reasons(found: Findings) -> Iterator[Refusal]:
    if found.negative:
        yield Refusal("negative-values", f"{found.negative:.0f} results are below 0", RAW)
    if found.absurd > ABSURD_SHARE * found.n:
        what = f"{found.absurd:.0f} results are over {ABSURD:.0f} times off the median"
        yield Refusal("absurd-values", what, "look for results in another unit")
    if found.n < LEAST_RESULTS:
        what = f"{found.n:.0f} results; at least {LEAST_RESULTS} people are needed"
        yield Refusal("too-few-results", what, "collect for longer, or pool with other sites")
    if found.steps < FEWEST_STEPS:
        what = f"only {found.steps:.1f} reporting steps lie between the limits"
        hint = f"{FEWEST_STEPS} are needed: export the results with one more decimal"
        yield Refusal("rounding-too-coarse", what, hint)
    if found.rival > RIVAL:
        what = "two groups of about one size: neither is the main one"
        yield Refusal("two-peaks", what, "split by age or sex, or leave out in-patients")
    if found.sick > SICK_EVER:
        what = f"{found.sick:.0%} of the results seem to come from sick people"
        yield Refusal("mostly-sick", what, "leave out in-patients and repeated results")
    if found.n < FEW and found.sick > SICK_IF_FEW:
        what = f"{found.n:.0f} results with {found.sick:.0%} sick: no method is reliable here"
        yield Refusal("few-and-sick", what, f"collect {FEW} results, or leave out sick people")


def warnings_of(found: Findings) -> tuple[tuple[str, str], ...]:
    """Codes and sentences: where the method was not tested, or explains the results badly."""
    return tuple(_warnings(found))


def _warnings(found: Findings) -> Iterator[tuple[str, str]]:
    low, high = TESTED_RESULTS
    if not low <= found.n <= high:
        yield "untested-size", f"the method was tested on {low:,} to {high:,} results"
    if not TESTED_SPREAD[0] <= found.spread <= TESTED_SPREAD[1]:
        yield "untested-spread", "the reference group is narrower or wider than any tested"
    if found.sick > SICK_EVER:
        yield "untested-sick-share", f"the method was tested with up to {SICK_EVER:.0%} sick"
    if found.steps < FEW_STEPS:
        yield "coarse-rounding", f"only {found.steps:.0f} reporting steps lie between the limits"
    if found.misfit > POOR_FIT:
        yield (
            "poor-fit",
            (
                "the mixture does not explain the results, or neighbouring values were rounded to unevenly; "
                "look at the picture of the fit"
            ),
        )
    if not found.converged:
        yield "not-converged", "the best fit had not settled"


def unsure(lower: Limit, upper: Limit) -> tuple[tuple[str, str], ...]:
    """Codes and sentences: which limits the results hardly tell, by their 95 % intervals."""
    between = upper.value - lower.value
    found = []
    for name, limit in (("lower", lower), ("upper", upper)):
        if limit.low is None or limit.high is None or limit.high - limit.low <= UNSURE * between:
            continue
        told = (
            f"the 95 % interval of the {name} limit spans {(limit.high - limit.low) / between:.0%}"
        )
        found.append(
            (
                "unsure-limit",
                f"{told} of the distance between the limits: the results hardly tell it",
            )
        )
    return tuple(found)
