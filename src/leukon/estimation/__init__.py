"""Estimate reference intervals from routine results (the indirect method); the extra `[fit]`."""

from leukon.estimation.age_curve import AgeCurve, Curve, estimate_by_age
from leukon.estimation.answer import Diagnostics, Estimate, Group, Limit, Refusal
from leukon.estimation.mixture import estimate

__all__ = [
    "AgeCurve",
    "Curve",
    "Diagnostics",
    "Estimate",
    "Group",
    "Limit",
    "Refusal",
    "estimate",
    "estimate_by_age",
]
