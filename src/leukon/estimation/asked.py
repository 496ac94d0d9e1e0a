"""What can be asked of an estimate: quantiles, a reporting step, draws for the intervals."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from leukon.errors import UsageError

FEWEST_DRAWS = 2
"""One draw has no scatter, and so no interval."""


def check_asked(quantiles: Sequence[float], step: float | None, replicates: int) -> None:
    """Refuse what no estimate can answer.

    >>> check_asked((0.025, 0.975), 0.1, 200)
    """
    wrong = [q for q in quantiles if not 0.0 < q < 1.0]
    if wrong:
        raise UsageError(f"{wrong[0]} is no quantile", hint="quantiles lie between 0 and 1")
    if step is not None and not 0.0 < step < inf:
        raise UsageError("a reporting step is a number above 0", hint="for example 0.1")
    if replicates < 0 or 0 < replicates < FEWEST_DRAWS:
        raise UsageError(
            f"{replicates} draws make no interval", hint="0 for none, 2 or more; 200 are usual"
        )
