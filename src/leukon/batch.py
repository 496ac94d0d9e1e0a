"""Many panels as arrays: one row a panel, one column an analyte, all in canonical units.

This is the one shape the comparison works on. Readers make batches from files, `batch_of` makes
one from panels, and `interpret` never sees anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import astuple

from leukon.ages import Ages
from leukon.analytes import Analyte
from leukon.arrays import Codes, Floats, Truths
from leukon.panel import COMPARATORS, SPECIMENS, Count, Panel
from leukon.reasons import Reason

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
    """Whose panels: the arrays a limit is looked up by. `pregnant` and what follows may be None."""

    ages: Ages
    sex: Codes
    duffy: Codes | None = None
    pregnant: Truths | None = None
    weeks_from: Floats | None = None
    weeks_to: Floats | None = None
    specimen: Codes | None = None
    qualifiers: dict[str, Truths] = {}


class Batch(Struct, frozen=True):
    """Panels as columns: `counts` in 10*9/L (g/L for haemoglobin), `percents` in percent.

    `wbc_correction` says row by row (or, as one number, for all) whether the total was corrected
    for nucleated red cells: CORRECTION_UNKNOWN, NOT_CORRECTED, CORRECTED. `manual` marks rows whose
    differential was counted by eye on 100 cells.
    """

    people: People
    counts: dict[Analyte, Column]
    percents: dict[Analyte, Column] = {}
    wbc_correction: Codes | int = CORRECTION_UNKNOWN
    manual: Truths | None = None

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
    )


def _people(panels: Sequence[Panel]) -> People:
    people = [panel.person for panel in panels]
    ages = np.array([person.age_at_draw for person in people], dtype=np.float64).reshape(-1, 4)
    weeks = np.array([person.week_span for person in people], dtype=np.float64).reshape(-1, 2)
    facts = sorted({fact for person in people for fact in person.qualifiers})
    return People(
        Ages(*ages.T),
        np.array([SEX_CODES[person.sex] for person in people], dtype=np.int8),
        np.array([DUFFY_CODES[person.duffy] for person in people], dtype=np.int8),
        np.array([person.pregnant for person in people], dtype=np.bool_),
        weeks[:, 0],
        weeks[:, 1],
        np.array([SPECIMEN_CODES[panel.specimen] for panel in panels], dtype=np.int8),
        {fact: np.array([fact in person.qualifiers for person in people]) for fact in facts},
    )


def _column(found: Sequence[tuple[int, Count]], size: int) -> Column:
    by_row: dict[int, list[Count]] = {}
    for row, count in found:
        by_row.setdefault(row, []).append(count)
    values = np.full(size, np.nan)
    comparators = np.zeros(size, dtype=np.int8)
    reasons = np.full(size, Reason.VALUE_MISSING, dtype=np.int8)
    for row, counts in by_row.items():
        values[row], comparators[row], reasons[row] = _settle(counts)
    return Column(
        values, comparators if comparators.any() else None, reasons if reasons.any() else None
    )


def _settle(counts: Sequence[Count]) -> tuple[float, int, int]:
    """One value for a row: the one that is given, none where two given ones differ."""
    given = {(count.canonical, count.comparator) for count in counts if count.value is not None}
    if not given:
        return np.nan, 0, max(count.reason for count in counts)
    if len(given) > 1:
        return np.nan, 0, Reason.DUPLICATE
    value, sign = given.pop()
    return value, COMPARATOR_CODES[sign], Reason.NONE


def _correction(found: Sequence[tuple[int, Count]], size: int) -> Codes | int:
    known = {None: CORRECTION_UNKNOWN, False: NOT_CORRECTED, True: CORRECTED}
    codes = np.zeros(size, dtype=np.int8)
    said: dict[int, set[bool | None]] = {}
    for row, count in found:
        if count.value is not None:
            said.setdefault(row, set()).add(count.nrbc_corrected)
    for row, states in said.items():
        codes[row] = known[states.pop()] if len(states) == 1 else CORRECTION_UNKNOWN
    return codes


def _manual(panels: Sequence[Panel]) -> Truths | None:
    manual = np.array(
        [
            any(count.method == "manual" and count.is_percentage for count in panel.counts)
            for panel in panels
        ],
        dtype=np.bool_,
    )
    return manual if manual.any() else None
