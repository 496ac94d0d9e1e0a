"""How many publishers call a count low: one vote a publisher, its newest edition, this person.

Reference and decision limits vote; critical, historic, study and second-hand ones do not
(`votes` in the definition). A publisher that prints a second, conventional limit and contradicts
itself at this count is "mixed". A count of publishers is no measure of risk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from leukon.analytes import Analyte
from leukon.arrays import Codes, Floats, Index, Table, Truths
from leukon.axes import Axes, Places, axes_of, places
from leukon.batch import People
from leukon.catalogue import definitions
from leukon.compare import Compared, ends
from leukon.compiled import NO_ROW, choose, high_above, low_below, speaks_of_pregnancy
from leukon.definition import Definition
from leukon.interpretation import Agreement, Flag, Vote
from leukon.limits import TIERS, Limit

MIXED = 6
"""The code of a publisher that contradicts itself, beside the codes of `Flag`."""
TALLIED = {
    "low": Flag.LOW,
    "within": Flag.WITHIN,
    "high": Flag.HIGH,
    "mixed": MIXED,
    "undetermined": Flag.UNDETERMINED,
}
"""What a publisher may say, by the words files carry."""
_TIER_OF_VOTES = 0
_TIER_BESIDE = 1


class Ballot(Struct, frozen=True):
    """The voters on one analyte.

    `table` leads from a person to a row of the arrays below, which have a column a voter.
    NaN: the voter has no limit for the person.
    """

    voters: tuple[Definition, ...]
    axes: Axes
    table: Table
    lower: Floats
    upper: Floats
    low_below: Floats
    high_above: Floats
    low_below_beside: Floats
    high_above_beside: Floats

    @property
    def bars(self) -> tuple[Floats, ...]:
        """All that counts are compared with."""
        return self.low_below, self.high_above, self.low_below_beside, self.high_above_beside


class Votes(Struct, frozen=True):
    """The votes on one analyte of a batch: a row a person, a column a voter (-1: no limit)."""

    voters: tuple[Definition, ...]
    flags: Codes
    lower: Floats
    upper: Floats


@cache
def shipped_ballot(analyte: Analyte) -> Ballot | None:
    """The voters of the shipped catalogue on one analyte, None where nobody votes."""
    return ballot(definitions.voters, analyte, _shipped_axes())


@cache
def _shipped_axes() -> Axes:
    """The axes of all shipped ballots: a person stands at one place in all of them."""
    return axes_of(
        limit
        for voter in definitions.voters
        for limit in voter.limits
        if any(_is_vote(other, limit.analyte) for other in voter.limits)
    )


def ballot(
    catalogue: Sequence[Definition], analyte: Analyte, axes: Axes | None = None
) -> Ballot | None:
    """The voters of a catalogue on one analyte, compiled to arrays; `axes` may be those of more."""
    named = [d for d in catalogue if any(_is_vote(limit, analyte) for limit in d.limits)]
    if not named:
        return None
    rows = [limit for d in named for limit in d.limits if limit.analyte == analyte]
    axes = axes or axes_of(rows)
    columns = [_column(d.limits, analyte, axes) for d in named]
    key = np.stack([column.reshape(-1) for pair in columns for column in pair], axis=1)
    # Not np.unique: to sort whole rows takes ten times as long as to tell them apart.
    seen: dict[bytes, int] = {}
    numbers = [seen.setdefault(row.tobytes(), len(seen)) for row in key]
    unique = np.frombuffer(b"".join(seen), dtype=key.dtype).reshape(len(seen), -1)
    main, beside = unique[:, ::2], unique[:, 1::2]
    table = np.array(numbers, dtype=np.int16).reshape(axes.shape)
    return Ballot(tuple(named), axes, table, *_values(named, main, beside))


def _is_vote(limit: Limit, analyte: Analyte) -> bool:
    return limit.analyte == analyte and limit.votes and limit.low is not None


def _column(limits: Sequence[Limit], analyte: Analyte, axes: Axes) -> tuple[Table, Table]:
    """One voter's limit in every cell, and the conventional one it prints beside it."""
    found = []
    for tier in (_TIER_OF_VOTES, _TIER_BESIDE):
        wanted = [
            number
            for number, limit in enumerate(limits)
            if limit.analyte == analyte and limit.low is not None and TIERS.get(limit.kind) == tier
        ]
        with_pregnant = not speaks_of_pregnancy(limits, analyte)
        found.append(choose(limits, wanted, axes, with_pregnant=with_pregnant))
    main, beside = found
    silent = [number for number, limit in enumerate(limits) if not limit.votes]
    main = np.where(np.isin(main, silent), NO_ROW, main).astype(np.int16)
    return main, np.where(main == NO_ROW, NO_ROW, beside).astype(np.int16)


def _values(named: Sequence[Definition], main: Table, beside: Table) -> tuple[Floats, ...]:
    below, above = (
        _column_values(named, main, "low_below"),
        _column_values(named, main, "high_above"),
    )
    above = np.where(np.isnan(below), np.nan, np.where(np.isnan(above), np.inf, above))
    low_beside = _column_values(named, beside, "low_below")
    high_beside = _column_values(named, beside, "high_above")
    return (
        _column_values(named, main, "low"),
        _column_values(named, main, "high"),
        below,
        above,
        np.where(np.isnan(low_beside), below, low_beside),
        np.where(np.isnan(high_beside), above, high_beside),
    )


def _column_values(named: Sequence[Definition], table: Table, what: str) -> Floats:
    """What each voter's limit says, in every row of the table; NaN where it has none."""
    columns = []
    for place, definition in enumerate(named):
        numbers = table[:, place]
        values = {n: _read(definition.limits[n], what) for n in {*numbers.tolist()} - {NO_ROW}}
        by_number = np.full(len(definition.limits) + 1, np.nan)
        by_number[list(values)] = list(values.values())
        columns.append(by_number[numbers])  # the last, which NO_ROW takes, stays NaN
    return np.stack(columns, axis=1)


def _read(limit: Limit, what: str) -> float:
    if what in ("low", "high"):
        return limit.canonical(getattr(limit, what))
    if what == "low_below":
        return low_below(limit)
    return high_above(limit) if limit.high is not None else np.nan


def vote(found: Ballot, people: People, compared: Compared) -> Votes:
    """How every voter calls the counts of a batch."""
    where = places(people, found.axes)
    rows, doubts = rows_of(found, where)
    unsure = np.zeros((len(rows), len(found.voters)), dtype=np.bool_)
    for doubt in doubts:
        unsure[doubt.places] = doubt.unsure
    if where.of is not None:
        rows, unsure = rows[where.of], unsure[where.of]
    flags = called(found, rows, unsure, values=compared.values, signs=compared.comparators)
    return Votes(found.voters, flags, found.lower[rows], found.upper[rows])


def called(
    found: Ballot, rows: Index, unsure: Truths, *, values: Floats, signs: Codes | None
) -> Codes:
    """The votes on some values by the rows of limits that hold: a row a value, a column a voter."""
    first, unknown = values, np.isnan(values)[:, None]
    if signs is not None and signs.any():
        first, last = ends(values, signs)
        pairs = zip(_calls(found, rows, first), _calls(found, rows, last), strict=True)
        unknown = unknown | np.logical_or(*(at_first != at_last for at_first, at_last in pairs))
    flags, beside = _calls(found, rows, first)
    flags = np.where(flags == beside, flags, MIXED)
    flags = np.where(unknown | unsure, Flag.UNDETERMINED, flags)
    return np.where(np.isnan(found.low_below[rows]) & ~unsure, NO_ROW, flags).astype(np.int8)


def _calls(found: Ballot, rows: Index, values: Floats) -> tuple[Codes, Codes]:
    """What voters call values by their voting limits, and by the conventional ones beside them."""
    own = _flags(values[:, None], found.low_below[rows], found.high_above[rows])
    beside = found.low_below_beside[rows], found.high_above_beside[rows]
    return own, _flags(values[:, None], *beside)


def _flags(values: Floats, low: Floats, high: Floats) -> Codes:
    flags = np.full(low.shape, Flag.WITHIN, dtype=np.int8)
    flags += values > high
    flags[values < low] = Flag.LOW
    return flags


class Doubt(NamedTuple):
    """Places at which the age leaves the limits of some voters open."""

    places: Index
    unsure: Truths


def rows_of(found: Ballot, where: Places) -> tuple[Index, list[Doubt]]:
    """The row of voters at each place, and where the age leaves open what the limits are."""
    table = found.table.reshape(-1, *found.table.shape[5:])
    rows = table[where.person, where.days[0], where.months[0]].astype(np.intp)
    doubts = []
    for which_places, block in _blocks(table, where):
        seen = np.unique(block)
        rows[which_places] = int(block.flat[0])
        if len(seen) > 1:
            same = np.logical_and.reduce([_same(bars[seen]) for bars in found.bars])
            doubts.append(Doubt(which_places, ~same))
    return rows, doubts


def _blocks(table: Table, where: Places) -> Iterator[tuple[Index, Table]]:
    """People of open age, and the cells their age leaves open; those alike come together."""
    which = np.concatenate([where.unsure, where.ageless])
    if not which.size:
        return
    spans = np.stack([where.person, *where.days, *where.months], axis=1)[which]
    spans[where.unsure.size :, 1:] = -1
    unique, kinds = np.unique(spans, axis=0, return_inverse=True)
    order = np.argsort(kinds.reshape(-1), kind="stable")
    edges = np.searchsorted(kinds.reshape(-1)[order], np.arange(len(unique) + 1))
    for number, (kind, *span) in enumerate(unique.tolist()):
        first_day, last_day, first_month, last_month = span
        block = table[kind]
        if first_day >= 0:
            block = block[first_day : last_day + 1, first_month : last_month + 1]
        yield which[order[edges[number] : edges[number + 1]]], block


def _same(bars: Floats) -> Truths:
    """For which voters all these rows hold the same limit, or none."""
    same: Truths = ((bars == bars[0]) | (np.isnan(bars) & np.isnan(bars[0]))).all(axis=0)
    return same


def agreement_of(votes: Votes, row: int) -> Agreement:
    """The agreement on one person's count, with every vote."""
    said = [
        Vote(
            definition.id,
            definition.publisher,
            "mixed" if flag == MIXED else Flag(flag).slug,
            _number(votes.lower[row, column]),
            _number(votes.upper[row, column]),
        )
        for column, definition in enumerate(votes.voters)
        if (flag := int(votes.flags[row, column])) != NO_ROW
    ]
    lows = [vote.lower for vote in said if vote.lower is not None and vote.flag != "undetermined"]
    tally = {name: sum(vote.flag == name for vote in said) for name in TALLIED}
    return Agreement(
        **tally, lowest=min(lows, default=None), highest=max(lows, default=None), votes=tuple(said)
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
