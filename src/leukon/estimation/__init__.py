"""Estimate reference intervals from routine results (the indirect method); the extra `[fit]`."""

from leukon.estimation.answer import Diagnostics, Estimate, Group, Limit, Refusal
from leukon.estimation.mixture import estimate

__all__ = ["Diagnostics", "Estimate", "Group", "Limit", "Refusal", "estimate"]
