"""Say why an estimate is not to be trusted: the refusals, from the plainest to the subtlest."""

from __future__ import annotations

from leukon.arrays import Floats
from leukon.estimation.answer import Refusal

LEAST_RESULTS = 400
SMALL = 5_000
SICK_IF_SMALL = 0.20
SICK_EVER = 0.65
FEWEST_STEPS = 8

RAW = "pass results as measured, in one unit, without those below 0"


def unusable(values: Floats, counts: Floats) -> Refusal | None:
    """Why nothing can be estimated at all, if so."""
    if not values.size or values[-1] <= 0:
        return Refusal("no-results", "there is no result above 0", RAW)
    if counts.max() >= 0.99 * counts.sum() or values.size < 4:
        return Refusal(
            "one-repeated-value",
            "nearly all results are one and the same value",
            "look at how the results were exported: a default may stand for missing ones",
        )
    return None


def reason_to_refuse(n: float, sick: float, steps: float, refused_rows: float) -> Refusal | None:
    """The first reason not to publish, if any: `steps` are reporting steps between the limits."""
    if refused_rows:
        return Refusal("negative-values", f"{refused_rows:.0f} results are below 0", RAW)
    if n < LEAST_RESULTS:
        return Refusal(
            "too-few-results",
            f"{n:.0f} results; at least {LEAST_RESULTS} people are needed",
            "collect for longer, or pool histograms with other sites",
        )
    if steps < FEWEST_STEPS:
        return Refusal(
            "rounding-too-coarse",
            f"only {steps:.1f} reporting steps lie between the limits; {FEWEST_STEPS} are needed",
            "export the results with one more decimal",
        )
    if sick > SICK_EVER:
        return Refusal(
            "mostly-sick",
            f"{sick:.0%} of the results seem to come from sick people",
            "leave out in-patients and repeated results, or take another source",
        )
    if n < SMALL and sick > SICK_IF_SMALL:
        return Refusal(
            "few-and-sick",
            f"{n:.0f} results with {sick:.0%} sick: no method is reliable here",
            f"collect {SMALL} results, or leave out sick people",
        )
    return None
