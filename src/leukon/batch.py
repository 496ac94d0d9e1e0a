"""Many panels as arrays: one row a panel, one column an analyte, all in canonical units.

This is the one shape the comparison works on. Readers make batches from files, `batch_of` makes
one from panels, and `interpret` never sees anything else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from msgspec import Struct
from msgspec.structs import astuple, replace

from leukon.ages import Ages
from leukon.analytes import Analyte
from leukon.arrays import Codes, Floats, Index, Truths
from leukon.panel import COMPARATORS, SPECIMENS, Count, Panel
from leukon.reasons import Reason

Found = TypeVar("Found")
SEX_CODES = {None: 0, "female": 1, "male": 2}
DUFFY_CODES = {None: 0, "null": 1, "not-null": 2}
SPECIMEN_CODES = {name: code for code, name in enumerate(SPECIMENS)}
COMPARATOR_CODES = {sign: code for code, sign in enumerate(COMPARATORS)}
CORRECTION_UNKNOWN, NOT_CORRECTED, CORRECTED = 0, 1, 2


class Column(Struct, frozen=True):
    """One analyte of a batch: the values, NaN where there is none.

    `comparators` are the signs before the values and `reasons` why there is none; either is None
    where no row has one.
    """

    values: Floats
    comparators: Codes | None = None
    reasons: Codes | None = None


def without(column: Column, rows: Truths, reason: Reason) -> Column:
    """The column with no value in some rows, and the reason why."""
    reasons = np.zeros(len(rows), dtype=np.int8) if column.reasons is None else column.reasons
    return replace(
        column,
        values=np.where(rows, np.nan, column.values),
        reasons=np.where(rows, np.int8(reason), reasons),
    )


def end_to_end(columns: Iterable[Column]) -> Column:
    """Columns as one, the second behind the first.

    >>> end_to_end([Column(np.array([3.7])), Column(np.array([1.1]))]).values
    array([3.7, 1.1])
    """
    values, comparators, reasons = zip(*map(astuple, columns), strict=True)
    return Column(np.concatenate(values), _joined(comparators, values), _joined(reasons, values))


def _joined(codes: Sequence[Codes | None], values: Sequence[Floats]) -> Codes | None:
    if all(one is None for one in codes):
        return None
    blank = (np.zeros(len(one), dtype=np.int8) for one in values)
    return np.concatenate([b if c is None else c for b, c in zip(blank, codes, strict=True)])


class People(Struct, frozen=True):
    """Whose panels: the arrays a limit is looked up by. `pregnant` and what follows may be None.

    `kinds` is there where a reader has seen that many people are alike: then each kind is looked
    up once.
    """

    ages: Ages
    sex: Codes
    duffy: Codes | None = None
    pregnant: Truths | None = None
    weeks_from: Floats | None = None
    weeks_to: Floats | None = None
    specimen: Codes | None = None
    qualifiers: dict[str, Truths] = {}
    kinds: Kinds | None = None

    @property
    def columns(self) -> tuple[Any, ...]:
        """All that is said of them: the ages, six facts (None: not given), the qualifiers."""
        weeks = (self.weeks_from, self.weeks_to)
        facts = (self.sex, self.duffy, self.pregnant, *weeks, self.specimen)
        return (*self.ages, *facts, *self.qualifiers.values())

    def rows(self, index: Index) -> People:
        """The people of some rows."""
        columns = [None if column is None else column[index] for column in self.columns]
        return _of_columns(columns, tuple(self.qualifiers))


class Kinds(Struct, frozen=True):
    """The kinds of people in a batch, each once, and the number of each person's kind.

    The batches of a file mostly hold the same kinds: what is looked up for them is remembered.
    """

    people: People
    numbers: Index
    memory: Memory


def kinds_of(people: People, numbers: Index) -> Kinds:
    """The kinds of people among all that were met of late, and the number of each person's kind."""
    columns = people.columns
    known = _known(tuple(column is not None for column in columns), tuple(people.qualifiers))
    return known.kinds(people, numbers)


class _Known:
    """The kinds of people met so far: batches of a file seldom hold exactly the same ones."""

    def __init__(self) -> None:
        """Nobody was met yet."""
        self._numbers: dict[bytes, int] = {}
        self._people: People | None = None
        self._memory = Memory()
        self._lock = Lock()

    def kinds(self, people: People, numbers: Index) -> Kinds:
        """Some kinds among those known, to which new ones are added."""
        told = [column for column in people.columns if column is not None]
        rows = np.stack(told, axis=1, dtype=np.float64)
        keys = [row.tobytes() for row in rows]
        with self._lock:
            self._add(people, keys)
            assert self._people is not None
            known = np.array([self._numbers[key] for key in keys], dtype=np.intp)
            return Kinds(self._people, known.take(numbers), self._memory)

    def _add(self, people: People, keys: Sequence[bytes]) -> None:
        if self._people is not None and len(self._numbers) + len(keys) > MOST_KNOWN:
            self._numbers, self._people = {}, None
        # By key, since two kinds of a batch may be alike: ages that nobody has are all unknown.
        new = {key: place for place, key in enumerate(keys) if key not in self._numbers}
        if new or self._people is None:
            first = len(self._numbers)
            self._numbers |= {key: first + number for number, key in enumerate(new)}
            more = people.rows(np.array(list(new.values()), dtype=np.intp))
            self._people = more if self._people is None else _in_line(self._people, more)
            self._memory = Memory()


@lru_cache(maxsize=32)
def _known(given: tuple[bool, ...], qualifiers: tuple[str, ...]) -> _Known:  # noqa: ARG001
    """The kinds met of those of whom the same is given."""
    return _Known()


def _in_line(people: People, others: People) -> People:
    """People, and others behind them, of whom the same is given."""
    pairs = zip(people.columns, others.columns, strict=True)
    columns = [None if one is None else np.concatenate((one, other)) for one, other in pairs]
    return _of_columns(columns, tuple(people.qualifiers))


def _of_columns(columns: Sequence[Any], qualifiers: Sequence[str]) -> People:
    sex, duffy, pregnant, weeks_from, weeks_to, specimen = columns[4:10]
    held = dict(zip(qualifiers, columns[10:], strict=True))
    ages = Ages(*columns[:4])
    return People(ages, sex, duffy, pregnant, weeks_from, weeks_to, specimen, held)


class Memory:
    """What was worked out for some people by a table of limits: worked out once.

    >>> memory, table = Memory(), object()
    >>> memory.of(table, lambda: "first"), memory.of(table, lambda: "again")
    ('first', 'first')
    """

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._found: dict[int, tuple[object, Any]] = {}

    def of(self, table: object, work: Callable[[], Found]) -> Found:
        """What is known by a table, which must never change; worked out where nothing is."""
        known = self._found.get(id(table))
        if known is None:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            # The table is held too, so that no other object can get its id.
            known = self._found[id(table)] = (table, work())
        found: Found = known[1]
        return found


_MOST_REMEMBERED = 500
MOST_KNOWN = 8_192
"""Kinds of people known at a time, and the most that a batch may have."""


class Batch(Struct, frozen=True):
    """Panels as columns: `counts` in 10*9/L (g/L for haemoglobin), `percents` in percent.

    `wbc_correction` says row by row (or, as one number, for all) whether the total was corrected
    for nucleated red cells: CORRECTION_UNKNOWN, NOT_CORRECTED, CORRECTED. `manual` marks rows whose
    differential was counted by eye on 100 cells. `possible` says that no value is one that nobody
    can have: that was looked at when the counts were made.
    """

    people: People
    counts: dict[Analyte, Column]
    percents: dict[Analyte, Column] = {}
    wbc_correction: Codes | int = CORRECTION_UNKNOWN
    manual: Truths | None = None
    possible: bool = False

    @property
    def size(self) -> int:
        """How many panels."""
        return len(self.people.sex)


def batch_of(panels: Sequence[Panel]) -> Batch:
    """The batch of some panels, row for row.

    >>> from leukon.panel import Person
    >>> batch_of([Panel(Person(age="34y"), [Count("WBC", 3810, "/uL")])]).counts["WBC"].values
    array([3.81])
    """
    counts: dict[Analyte, list[tuple[int, Count]]] = {}
    percents: dict[Analyte, list[tuple[int, Count]]] = {}
    for row, panel in enumerate(panels):
        for count in panel.counts:
            kind = percents if count.is_percentage else counts
            kind.setdefault(count.analyte, []).append((row, count))
    size = len(panels)
    return Batch(
        _people(panels),
        {analyte: _column(found, size) for analyte, found in counts.items()},
        {analyte: _column(found, size) for analyte, found in percents.items()},
        _correction(counts.get(Analyte.WBC, ()), size),
        _manual(panels),
        possible=True,
    )


def _people(panels: Sequence[Panel]) -> People:
    people = [panel.person for panel in panels]
    ages = np.array([person.age_at_draw for person in people], dtype=np.float64).reshape(-1, 4)
    pregnant = [person.pregnant for person in people]
    weeks = np.array([person.week_span for person in people]) if any(pregnant) else None
    facts = sorted({fact for person in people for fact in person.qualifiers})
    return People(
        Ages(*ages.T),
        np.array([SEX_CODES[person.sex] for person in people], dtype=np.int8),
        _codes([DUFFY_CODES[person.duffy] for person in people]),
        None if weeks is None else np.array(pregnant, dtype=np.bool_),
        None if weeks is None else weeks[:, 0],
        None if weeks is None else weeks[:, 1],
        _codes([SPECIMEN_CODES[panel.specimen] for panel in panels]),
        {fact: np.array([fact in person.qualifiers for person in people]) for fact in facts},
    )


def _codes(codes: Sequence[int]) -> Codes | None:
    """Codes as an array; None where all are 0, which is what most arrays of them hold."""
    return np.array(codes, dtype=np.int8) if any(codes) else None


def _column(found: Sequence[tuple[int, Count]], size: int) -> Column:
    by_row: dict[int, list[Count]] = {}
    for row, count in found:
        by_row.setdefault(row, []).append(count)
    settled = [_settle(by_row[row]) if row in by_row else _NOT_GIVEN for row in range(size)]
    values, signs, reasons = zip(*settled, strict=True)
    return Column(np.array(values, dtype=np.float64), _codes(signs), _codes(reasons))


_Settled = tuple[float, int, int]
_NOT_GIVEN: _Settled = (math.nan, 0, int(Reason.VALUE_MISSING))


def _settle(counts: Sequence[Count]) -> _Settled:
    """One value for a row: the one that is given, none where two given ones differ."""
    if len(counts) == 1 and counts[0].value is not None:
        return counts[0].canonical, COMPARATOR_CODES[counts[0].comparator], 0
    given = {(count.canonical, count.comparator) for count in counts if count.value is not None}
    if not given:
        return math.nan, 0, max(count.reason for count in counts)
    if len(given) > 1:
        return math.nan, 0, Reason.DUPLICATE
    value, sign = given.pop()
    return value, COMPARATOR_CODES[sign], 0


_CORRECTIONS = {None: CORRECTION_UNKNOWN, False: NOT_CORRECTED, True: CORRECTED}


def _correction(found: Sequence[tuple[int, Count]], size: int) -> Codes | int:
    said: dict[int, set[bool | None]] = {}
    for row, count in found:
        if count.value is not None:
            said.setdefault(row, set()).add(count.nrbc_corrected)
    codes = [CORRECTION_UNKNOWN] * size
    for row, states in said.items():
        codes[row] = _CORRECTIONS[states.pop()] if len(states) == 1 else CORRECTION_UNKNOWN
    found_codes = _codes(codes)
    return CORRECTION_UNKNOWN if found_codes is None else found_codes


def _manual(panels: Sequence[Panel]) -> Truths | None:
    manual = [
        any(count.method == "manual" and count.is_percentage for count in panel.counts)
        for panel in panels
    ]
    return np.array(manual, dtype=np.bool_) if any(manual) else None
