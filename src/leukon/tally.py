"""How many publishers call a count low, for whole batches: votes are counted without being cast.

By one set of limits the count of votes is a step function of the value: it changes only where the
value passes a limit of some voter. So it is counted once for every set of limits and every step,
with the very function that casts single votes; a batch only looks up which step a value is on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import NamedTuple

import numpy as np

from leukon.agreement import TALLIED, Ballot, Doubt, called, rows_of, shipped_ballot
from leukon.analytes import Analyte
from leukon.arrays import Codes, Floats, Index, Table, Truths
from leukon.axes import Places, places
from leukon.batch import Batch, People
from leukon.compare import Compared, Outcome
from leukon.interpretation import Flag

_CELLS = 4096
"""Into so many cells the values are sorted, so that each holds only a few limits."""
_MOST_SETS = 10_000
"""Sets of limits remembered before the rarer ones are forgotten."""


class Tally(NamedTuple):
    """The votes on one analyte of a batch, person by person.

    `counts` says by word how many publishers call the count so; `lowest` and `highest` are the
    lowest and the highest lower limit among those that can say (NaN: none can).
    """

    counts: Mapping[str, Table]
    lowest: Floats
    highest: Floats


def tallies_on(batch: Batch, outcome: Outcome) -> dict[Analyte, Tally]:
    """How many voting publishers of the shipped catalogue call each count of a batch low."""
    steps = {kind: shipped_steps(kind) for kind in outcome.counts}
    return {
        kind: found.tally(batch.people, outcome.counts[kind])
        for kind, found in steps.items()
        if found is not None
    }


@cache
def shipped_steps(analyte: Analyte) -> Steps | None:
    """The steps of the shipped voters on one analyte, None where nobody votes."""
    found = shipped_ballot(analyte)
    return None if found is None else Steps(found)


class _Counted(NamedTuple):
    """What is counted so far: set of limits after set of limits, step by step within a set."""

    counts: tuple[Table, ...]
    lowest: Floats
    highest: Floats


class Steps:
    """The count of votes on one analyte as step functions, one for each set of limits in use.

    A set of limits is a row of the ballot, or such a row with voters whose limit the age leaves
    open; the latter are added as they are met.
    """

    def __init__(self, found: Ballot) -> None:
        """Find where the steps are, and count the votes for every row of the ballot."""
        self.ballot = found
        self.cuts = _cuts(found)
        self.size = len(self.cuts) + 2
        self._finder = _Finder(self.cuts)
        rows = np.arange(len(found.lower))
        self._rows = len(rows)
        self._certain = self._count(rows, np.zeros(found.lower.shape, dtype=np.bool_))
        self._counted, self._sets, self._lock = self._certain, dict[bytes, int](), Lock()

    def tally(self, people: People, compared: Compared) -> Tally:
        """The votes on the counts of a batch, counted."""
        where = places(people, self.ballot.axes)
        rows, doubts, sets, counted = where.once(self, lambda: self._looked_up(where))
        steps = self._finder.steps(compared.values)
        steps += where.spread(sets * self.size)
        counts = {
            word: column.take(steps) for word, column in zip(TALLIED, counted.counts, strict=True)
        }
        found = Tally(counts, counted.lowest.take(steps), counted.highest.take(steps))
        if compared.comparators is not None:
            which = np.flatnonzero(compared.comparators)
            at = which if where.of is None else where.of[which]
            unsure = self._unsure(len(rows), doubts)[at]
            self._cast(found, which, compared, rows[at], unsure)
        return found

    def _looked_up(self, where: Places) -> tuple[Index, list[Doubt], Index, _Counted]:
        """The row of voters at each place, doubts about it, the set of limits, what is counted."""
        rows, doubts = rows_of(self.ballot, where)
        return rows, doubts, *self._numbered(rows, doubts)

    def _numbered(self, rows: Index, doubts: list[Doubt]) -> tuple[Index, _Counted]:
        """The set of limits at each place, and what is counted for them."""
        keys = [rows[d.places[:1]].tobytes() + np.packbits(d.unsure).tobytes() for d in doubts]
        with self._lock:
            if len(self._sets) > _MOST_SETS:
                self._counted, self._sets = self._certain, {}
            new = {key: d for key, d in zip(keys, doubts, strict=True) if key not in self._sets}
            if new:
                self._add(new, rows)
            numbers, counted = [self._sets[key] for key in keys], self._counted
        sets = rows.copy()
        for doubt, number in zip(doubts, numbers, strict=True):
            sets[doubt.places] = number
        return sets, counted

    def _add(self, new: Mapping[bytes, Doubt], rows: Index) -> None:
        """Count the votes for sets of limits met for the first time."""
        own = np.array([rows[doubt.places[0]] for doubt in new.values()])
        more = self._count(own, np.stack([doubt.unsure for doubt in new.values()]))
        first = self._rows + len(self._sets)
        self._sets |= {key: first + place for place, key in enumerate(new)}
        pairs = zip(self._counted.counts, more.counts, strict=True)
        self._counted = _Counted(
            tuple(np.concatenate(pair) for pair in pairs),
            np.concatenate((self._counted.lowest, more.lowest)),
            np.concatenate((self._counted.highest, more.highest)),
        )

    def _count(self, rows: Index, unsure: Truths) -> _Counted:
        """The votes on a value of every step, for each set of limits, and on no value."""
        at = np.concatenate(([-np.inf], self.cuts, [np.nan]))
        every = np.repeat(np.arange(len(rows)), len(at))
        flags = called(
            self.ballot,
            rows[every],
            unsure[every],
            values=np.tile(at, len(rows)),
            signs=None,
        )
        return _Counted(_counts(flags), *_ends(flags, self.ballot.lower[rows[every]]))

    def _unsure(self, size: int, doubts: list[Doubt]) -> Truths:
        unsure = np.zeros((size, len(self.ballot.voters)), dtype=np.bool_)
        for doubt in doubts:
            unsure[doubt.places] = doubt.unsure
        return unsure

    def _cast(
        self, found: Tally, which: Index, compared: Compared, rows: Index, unsure: Truths
    ) -> None:
        """Values with a sign are ranges, and may lie on several steps: these votes are cast."""
        assert compared.comparators is not None
        values, signs = compared.values[which], compared.comparators[which]
        flags = called(self.ballot, rows, unsure, values=values, signs=signs)
        for word, column in zip(TALLIED, _counts(flags), strict=True):
            found.counts[word][which] = column
        found.lowest[which], found.highest[which] = _ends(flags, self.ballot.lower[rows])


def _counts(flags: Codes) -> tuple[Table, ...]:
    """How many voters say each word, row by row."""
    return tuple((flags == flag).sum(axis=1).astype(np.int16) for flag in TALLIED.values())


def _ends(flags: Codes, lower: Floats) -> tuple[Floats, Floats]:
    """The lowest and the highest lower limit among the voters that can say, row by row."""
    said = (flags >= 0) & (flags != Flag.UNDETERMINED)
    lowest = np.where(said, lower, np.inf).min(axis=1, initial=np.inf)
    highest = np.where(said, lower, -np.inf).max(axis=1, initial=-np.inf)
    none = ~said.any(axis=1)
    found: tuple[Floats, Floats] = (
        np.where(none, np.nan, lowest),
        np.where(none, np.nan, highest),
    )
    return found


def _cuts(found: Ballot) -> Floats:
    """The values from which on some vote is another, in ascending order."""
    low = (found.low_below, found.low_below_beside)
    # Over a limit is from the next number on.
    high = (np.nextafter(bar, np.inf) for bar in (found.high_above, found.high_above_beside))
    cuts: Floats = np.unique(np.concatenate([bars.reshape(-1) for bars in (*low, *high)]))
    finite: Floats = cuts[np.isfinite(cuts)]
    return finite


class _Finder:
    """On which step values are: how many of the cuts they have reached.

    Values are sorted into cells of one width, cuts too. What lies in a lower cell is reached, what
    lies in a higher one is not; those of its own cell are compared. (A binary search takes eight
    times as long.)
    """

    def __init__(self, cuts: Floats) -> None:
        self._last = len(cuts) + 1
        self._scale = _CELLS / max(float(cuts.max(initial=0.0)), 1.0)
        cells = (cuts * self._scale).astype(np.intp)
        self._below = np.searchsorted(cells, np.arange(_CELLS + 1))
        most = int(np.bincount(cells).max(initial=0))
        self._own = np.full((most, _CELLS + 1), np.inf)
        for number, cell in enumerate(cells.tolist()):
            self._own[number - self._below[cell], cell] = cuts[number]

    def steps(self, values: Floats) -> Index:
        """The step of each value; the last one for no value."""
        cells = np.minimum(np.fmax(values, 0.0) * self._scale, _CELLS).astype(np.intp)
        found: Index = self._below.take(cells)
        for cuts in self._own:
            found += values >= cuts.take(cells)
        found[np.isnan(values)] = self._last
        return found
