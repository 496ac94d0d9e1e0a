"""The agreement on the counts of one person, looked up.

Between two neighbouring limits of the publishers nothing changes: what is said of a number there is
worked out by `leukon.agreement` once, and kept.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache, lru_cache
from math import isnan

import numpy as np

from leukon.agreement import Ballot, Votes, agreement_of, called, shipped_ballot, vote
from leukon.analytes import Analyte
from leukon.axes import Places, places
from leukon.batch import Batch
from leukon.compare import Compared, Outcome
from leukon.interpretation import Agreement


def agreements_on(batch: Batch, outcome: Outcome) -> dict[Analyte, Agreement]:
    """The agreement of the shipped catalogue on every count of the one panel of a batch."""
    ballots = {kind: found for kind in outcome.counts if (found := shipped_ballot(kind))}
    if not ballots:
        return {}
    # All of them have the same axes.
    where = places(batch.people, next(iter(ballots.values())).axes)
    if where.unsure.size or where.ageless.size:
        return {kind: _by_vote(ballots[kind], batch, outcome.counts[kind]) for kind in ballots}
    return {
        kind: _looked_up(kind, found, where, outcome.counts[kind])
        or _by_vote(found, batch, outcome.counts[kind])
        for kind, found in ballots.items()
    }


def _by_vote(found: Ballot, batch: Batch, compared: Compared) -> Agreement:
    return agreement_of(vote(found, batch.people, compared), 0)


def _looked_up(kind: Analyte, found: Ballot, where: Places, compared: Compared) -> Agreement | None:
    """The agreement on a plain number; None for a range, and for no number."""
    value = float(compared.values[0])
    if isnan(value) or (compared.comparators is not None and compared.comparators[0]):
        return None
    cell = where.person[0], where.days[0][0], where.months[0][0]
    row = int(found.table.reshape(-1, *found.table.shape[5:])[cell])
    return _between(kind, row, bisect_right(_edges(kind, row), value))


@cache
def _edges(kind: Analyte, row: int) -> tuple[float, ...]:
    """The numbers from which on some publisher says something else, ascending."""
    found = shipped_ballot(kind)
    assert found is not None
    low, high, low_beside, high_beside = (bars[row] for bars in found.bars)
    over = np.nextafter(np.concatenate([high, high_beside]), np.inf)
    edges = np.concatenate([low, low_beside, over])
    return tuple(np.unique(edges[np.isfinite(edges)]).tolist())


@lru_cache(maxsize=4096)
def _between(kind: Analyte, row: int, place: int) -> Agreement:
    """What publishers say of every number from one edge to under the next."""
    found = shipped_ballot(kind)
    assert found is not None
    number = np.array([_edges(kind, row)[place - 1] if place else -np.inf])
    unsure = np.zeros((1, len(found.voters)), dtype=np.bool_)
    flags = called(found, np.array([row]), unsure, values=number, signs=None)
    return agreement_of(Votes(found.voters, flags, found.lower[[row]], found.upper[[row]]), 0)
