"""The rows of a file as candidates of an estimate: one analyte, and whose each value is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from leukon.analytes import Analyte
from leukon.arrays import Integers, Moments, Truths
from leukon.axes import places
from leukon.batch import SPECIMEN_CODES
from leukon.compiled import Compiled, row_numbers
from leukon.differential import absolute_counts
from leukon.estimation.sample import Candidates
from leukon.limits import Partition
from leukon.readers.distinct import distinct
from leukon.readers.moments import moments
from leukon.readers.settings import settings
from leukon.readers.tables import Chunk, Table


class Persons:
    """Numbers for the people of one or more files.

    The same name is the same person in every file, unless a column says that they are of two
    practices: numbers of patients are given out by each practice for itself.
    """

    def __init__(self) -> None:
        """Begin with nobody."""
        self._numbers: dict[tuple[str, str], int] = {}

    def of(self, column: Any, practices: Any | None) -> Integers:
        """The number of each row's person, -1 where none is named."""
        words = distinct(column)
        size = len(words.texts) + 1
        if practices is None:
            places, homes = words.places, [""]
        else:
            where = distinct(practices)
            places, homes = words.places + size * where.places, [*where.texts, ""]
        used, inverse = np.unique(places, return_inverse=True)
        texts = [*words.texts, ""]
        known = [self._number(homes[n // size], texts[n % size]) for n in used.tolist()]
        found: Integers = np.array(known, dtype=np.int64)[inverse]
        return found

    def _number(self, practice: str, person: str) -> int:
        if not person.strip():
            return -1
        return self._numbers.setdefault((practice, person), len(self._numbers))


class Limits:
    """Which limits of a definition hold for whom: a number for each pair of lower and upper one.

    `partitions` describes each pair's people by its lower (else its upper) limit; `sides` are the
    numbers of the two limits in the definition, -1 for none.
    """

    def __init__(self, compiled: Compiled, analyte: Analyte) -> None:
        """Hold a definition; nobody has been looked up yet."""
        self.compiled, self.analyte = compiled, analyte
        self.sides: list[tuple[int, int]] = []

    @property
    def partitions(self) -> list[Partition]:
        """The people of each pair."""
        limits = self.compiled.limits
        return [limits[low if low >= 0 else high].partition for low, high in self.sides]

    def choice(self, chunk: Chunk) -> Integers:
        """The number of each row's pair of limits, -1 where the definition has none for it."""
        found = self.compiled.analytes.get(self.analyte)
        size = chunk.batch.size
        if found is None:
            return np.full(size, -1, dtype=np.int64)
        where = places(chunk.batch.people, self.compiled.axes)
        rows = row_numbers(found, where)
        rows = rows if where.of is None else rows[where.of]
        low, high = found.rows.low_limit[rows], found.rows.high_limit[rows]
        pairs, inverse = np.unique(np.stack([low, high]), axis=1, return_inverse=True)
        known = [self._number(int(a), int(b)) for a, b in pairs.T]
        numbers: Integers = np.array(known, dtype=np.int64)[np.reshape(inverse, -1)]
        return numbers

    def _number(self, low: int, high: int) -> int:
        if low < 0 and high < 0:
            return -1
        if (low, high) not in self.sides:
            self.sides.append((low, high))
        return self.sides.index((low, high))


def candidates(
    table: Table, analyte: Analyte, persons: Persons, limits: Limits | None = None
) -> Iterator[tuple[Candidates, int]]:
    """The rows of a file, piece by piece, and how many could not even be made a panel."""
    for chunk in table:
        lost = sum(len(group.rows) for group in chunk.refused if group.lost)
        yield _of_chunk(chunk, table, analyte, persons, limits), lost


def _of_chunk(
    chunk: Chunk, table: Table, analyte: Analyte, persons: Persons, limits: Limits | None
) -> Candidates:
    batch, size = chunk.batch, chunk.batch.size
    made = absolute_counts(batch)
    column, none = made.counts.get(analyte), np.zeros(size, dtype=np.int8)
    people = batch.people
    specimen = none if people.specimen is None else people.specimen
    pregnant = np.zeros(size, dtype=np.bool_) if people.pregnant is None else people.pregnant
    no: Truths = np.zeros(size, dtype=np.bool_)
    return Candidates(
        values=np.full(size, np.nan) if column is None else column.values,
        reasons=none if column is None or column.reasons is None else column.reasons,
        signs=none if column is None or column.comparators is None else column.comparators,
        derived=made.derived.get(analyte, no),
        ages=people.ages,
        sex=people.sex,
        pregnant=pregnant,
        capillary=specimen == SPECIMEN_CODES["capillary"],
        settings=settings(chunk.columns, table.found, size),
        drawn=_drawn(chunk, table),
        persons=_persons(chunk, table, persons),
        choice=None if limits is None else limits.choice(chunk),
    )


def _persons(chunk: Chunk, table: Table, persons: Persons) -> Integers:
    people, practices = (_column(chunk, table, role) for role in ("person", "practice"))
    if people is None:
        return np.full(chunk.batch.size, -1, dtype=np.int64)
    return persons.of(people, practices)


def _column(chunk: Chunk, table: Table, role: str) -> Any | None:
    name = table.found.first(role)
    if name is None or name not in chunk.columns.schema.names:
        return None
    return chunk.columns.column(name)


def _drawn(chunk: Chunk, table: Table) -> Moments:
    column = _column(chunk, table, "drawn_at")
    if column is None:
        return np.full(chunk.batch.size, "NaT", dtype="datetime64[s]")
    return moments(column).when


def has_column(table: Table, role: str) -> bool:
    """Whether a file has a column of a role at all."""
    return role in table.found.roles
