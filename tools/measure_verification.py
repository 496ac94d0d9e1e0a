"""How often does a verification answer rightly? Simulated people whose limits are known.

Healthy people are log-normal (4.0 to 10.2); among them stand sick ones, three in ten of them low.
The lower limit that is verified is the true one, or off by a part of a standard deviation; the upper one
is true. Prints the table of docs/reference/estimation.md.

    python tools/measure_verification.py [RUNS]
"""

import sys
from collections import Counter

import numpy as np

from leukon import ReferenceInterval
from leukon.estimation import estimate
from leukon.estimation.histogram import value_counts
from leukon.estimation.verification import GRID, verified

CENTRE, SPREAD = 6.4, 0.24
ANSWERS = ("transfer", "adjust", "make your own", "cannot say")


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    print(f"| results | sick | the limit is off by | {' | '.join(ANSWERS)} |")
    print("|---|---|---|" + "---|" * len(ANSWERS))
    for n in (1_000, 5_000, 20_000):
        for sick in (0.05, 0.15):
            for shift, found in answers(n, sick, runs).items():
                shares = " | ".join(f"{found[answer] / runs:.0%}" for answer in ANSWERS)
                print(f"| {n:,} | {sick:.0%} | {shift:g} SD | {shares} |")


def answers(n: int, sick: float, runs: int) -> dict[float, Counter[str]]:
    """What was answered, for each shift of the lower limit."""
    found: dict[float, Counter[str]] = {shift: Counter() for shift in (0.0, 0.3, 0.6)}
    for run in range(runs):
        values = results(n, sick, np.random.default_rng([run, n]))
        made = estimate(*value_counts(values, np.ones(n), 0.1), quantiles=GRID, step=0.1)
        for shift, tally in found.items():
            limit = interval(shift)
            tally[verified(values, low=limit, high=limit, estimate=made).conclusion] += 1
    return found


def results(n: int, sick: float, rng: np.random.Generator) -> np.ndarray:
    """Results of healthy people and of sick ones, to one decimal."""
    healthy = np.exp(rng.normal(np.log(CENTRE), SPREAD, n))
    ill = np.exp(rng.normal(np.log(np.where(rng.random(n) < 0.3, 2.6, 13.5)), 0.3))
    return np.round(np.where(rng.random(n) < sick, ill, healthy), 1)


def interval(shift: float) -> ReferenceInterval:
    """The true limits, the lower one too high by a part of a standard deviation."""
    low = CENTRE * np.exp(SPREAD * (shift - 1.96))
    high = CENTRE * np.exp(SPREAD * 1.96)
    return ReferenceInterval(analyte="WBC", low=low, high=high, unit="10*9/L")


if __name__ == "__main__":
    main()
