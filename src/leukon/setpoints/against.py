"""What the other draws of a person say against calling a count usual, for many people at once."""

from __future__ import annotations

import numpy as np

from leukon.arrays import Codes, Integers, Truths
from leukon.setpoints.many import FEMALE, MALE, Draws, series_of


def severe_before(draws: Draws, severe: Truths) -> Truths:
    """Whether an earlier draw of the series was `severe`, and nothing that is known explains it."""
    series = series_of(draws)
    first = np.full(series.max(initial=0) + 1, np.inf)
    unexplained = severe & (draws.left_out == 0) & ~np.isnan(draws.days)
    np.minimum.at(first, series[unexplained], draws.days[unexplained])
    found: Truths = first[series] < draws.days
    return found


def sexes_differ(persons: Integers, sex: Codes) -> Truths:
    """Whether the draws of a person, earlier or later, state both sexes."""
    named = persons >= 0
    size = persons.max(initial=0) + 1
    women, men = np.zeros((2, size), dtype=np.bool_)
    women[persons[named & (sex == FEMALE)]] = True
    men[persons[named & (sex == MALE)]] = True
    found: Truths = named & (women & men)[np.maximum(persons, 0)]
    return found
