"""The rows of a long table read one by one: which count, how much, in canonical units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leukon.analytes import Analyte, impossible_above
from leukon.arrays import Codes, Floats, Index, Truths
from leukon.batch import COMPARATOR_CODES, CORRECTED, CORRECTION_UNKNOWN, NOT_CORRECTED
from leukon.errors import UnitRefused
from leukon.readers.columns import KINDS, Named, Recognised, default_unit, named_test
from leukon.readers.distinct import as_text, distinct
from leukon.readers.mapping import Declared
from leukon.readers.numerals import SIGNS
from leukon.readers.others import OTHER_SPECIMEN, ignore
from leukon.readers.people import CONTROL, NOT_BLOOD, specimen_code, word
from leukon.readers.refusals import Refused, Rows
from leukon.readers.settled import UnitColumn, listed, settle, unit_column
from leukon.readers.sources import Block
from leukon.readers.values import Cells, Fault, parse
from leukon.readers.wide import Place
from leukon.reasons import Reason
from leukon.units import omop_units, read_unit

OPERATORS = {"4171756": "<", "4171754": "<=", "4171755": ">=", "4172704": ">"}
"""The signs before a value as OMOP codes them."""


@dataclass
class Events:
    """The counts of some rows: where each stands, and its value as it will be compared.

    `places` numbers the analyte and kind in `Register.places`, `rows` are the rows of the block.
    """

    rows: Index
    places: Codes
    values: Floats
    signs: Codes
    reasons: Codes
    corrections: Codes
    manual: Truths
    refused: list[Refused] = field(default_factory=list)

    def measured(self, rows: Rows) -> dict[str, Any]:
        """The fields of the events as they are carried on; `rows` numbers the rows of the block."""
        return {
            "value": self.values,
            "row": rows[self.rows],
            "place": self.places,
            "sign": self.signs,
            "reason": self.reasons,
            "correction": self.corrections,
            "manual": self.manual,
        }


@dataclass
class Register:
    """What a file was seen to hold so far: kinds of counts, and tests that are no counts.

    `plain` is what is known of each kind in each unit that was seen.
    """

    ignored: dict[str, int]
    places: dict[Place, int] = field(default_factory=dict)
    plain: dict[tuple[Named, str | None], tuple[float, float, float]] = field(default_factory=dict)

    def number(self, place: Place) -> int:
        """The number of a place, a new one where it was not seen before."""
        return self.places.setdefault(place, len(self.places))


def read_events(block: Block, found: Recognised, said: Declared, register: Register) -> Events:
    """The counts of a block of rows; rows of other tests and specimens are left out, and counted."""
    named, kinds = _named(block.columns, found, said, register)
    other, control = _specimens(block.columns, found)
    skipped = (named >= 0) & other
    ignore(register.ignored, [(OTHER_SPECIMEN, int(skipped.sum()))])
    named[other] = -1
    cells, faults = _cells(block.columns, found, said)
    cells.reasons[control] = Reason.QUALITY_CONTROL
    cells.numbers[control] = np.nan
    units = _units(block.columns, found)
    events = _nothing(len(named))
    field_name = found.first("value") or found.first("value_text") or ""
    left = (named >= 0) & ~_plainly(events, named, kinds, cells, units, said, register)
    for number, kind in enumerate(kinds) if left.any() else ():
        where = np.flatnonzero(left & (named == number))
        if len(where):
            faults += _settle(events, where, kind, cells, units, said, register)
    events.refused = listed(_of_rows(faults, named >= 0), block.rows, field_name)
    return _only(events, np.flatnonzero(named >= 0))


def _named(
    columns: Any, found: Recognised, said: Declared, register: Register
) -> tuple[Index, list[Named]]:
    """Which count each row is of, as a number into the list of kinds; -1 for none."""
    numbers = np.full(columns.num_rows, -1, dtype=np.intp)
    open_rows = np.ones(columns.num_rows, dtype=np.bool_)
    kinds: dict[Named, int] = {}
    roles = [*found.roles.get("code", ()), *found.roles.get("test", ())[:1]]
    for role in roles:
        is_code = role in found.roles.get("code", ())
        words = distinct(columns.column(role.column))
        texts = [*(text.strip() for text in words.texts), None]
        names = [
            named_test(text, found.layout, said, system=role.unit if is_code else "")
            if text
            else None
            for text in texts
        ]
        table = np.array([-1 if n is None else kinds.setdefault(n, len(kinds)) for n in names])
        places = words.places
        empty = np.array([not text for text in texts])[places]
        mine = open_rows & ~empty
        numbers[mine] = table[places[mine]]
        unknown = np.bincount(places[mine & (numbers < 0)], minlength=len(texts))
        ignore(register.ignored, zip(texts, unknown.tolist(), strict=True))
        open_rows &= empty
    ignore(register.ignored, [(None, int(open_rows.sum()))])
    return numbers, list(kinds)


def _specimens(columns: Any, found: Recognised) -> tuple[Truths, Truths]:
    """Which rows are of no blood, and which of a quality control."""
    name = found.first("specimen")
    if name is None:
        none = np.zeros(columns.num_rows, dtype=np.bool_)
        return none, none
    words = distinct(columns.column(name))
    codes = np.array([*(specimen_code(word(text), {}) for text in words.texts), 0])
    found_codes = codes[words.places]
    return found_codes == NOT_BLOOD, found_codes == CONTROL


def _cells(columns: Any, found: Recognised, said: Declared) -> tuple[Cells, list[Fault]]:
    """The numbers of the rows: from the column of values, else from the text beside it."""
    names = [name for role in ("value", "value_text") if (name := found.first(role))]
    cells = parse(columns.column(names[0]), decimal=said.decimal)
    if len(names) > 1 and names[0] != names[1]:
        cells = _from_text(cells, parse(columns.column(names[1]), decimal=said.decimal))
    cells = Cells(
        np.array(cells.numbers),
        cells.reasons,
        _signs(columns, found, cells),
        cells.own,
        cells.own_units,
        cells.faults,
    )
    return cells, list(cells.faults)


def _from_text(cells: Cells, texts: Cells) -> Cells:
    """Cells without a number take what the text beside them says."""
    use = np.isnan(cells.numbers) & (cells.reasons == Reason.VALUE_MISSING)
    if not use.any():
        return cells
    zero = np.zeros(len(use), dtype=np.int8)
    none = np.full(len(use), -1, dtype=np.intp)
    return Cells(
        np.where(use, texts.numbers, cells.numbers),
        np.where(use, texts.reasons, cells.reasons),
        np.where(
            use,
            zero if texts.signs is None else texts.signs,
            zero if cells.signs is None else cells.signs,
        ),
        np.where(use, none if texts.own is None else texts.own, -1),
        texts.own_units,
        [*cells.faults, *_of_rows(texts.faults, use)],
    )


def _of_rows(faults: Sequence[Fault], wanted: Truths) -> list[Fault]:
    """The faults as far as they concern some rows."""
    kept = ((fault, fault.places[wanted[fault.places]]) for fault in faults)
    return [
        Fault(places, fault.reason, fault.message, fault.hint)
        for fault, places in kept
        if len(places)
    ]


def _signs(columns: Any, found: Recognised, cells: Cells) -> Codes | None:
    name = found.first("operator")
    if name is None:
        return cells.signs
    words = distinct(columns.column(name))
    texts = [text.strip() for text in words.texts]
    signs = [SIGNS.get(text, OPERATORS.get(text, "")) for text in texts]
    table = np.array([*(COMPARATOR_CODES[sign] for sign in signs), 0], dtype=np.int8)
    beside = table[words.places]
    both: Codes = beside if cells.signs is None else np.maximum(beside, cells.signs)
    return both


def _units(columns: Any, found: Recognised) -> UnitColumn | None:
    """The units of the rows: by concept, else as spelled, else as the system beside it says."""
    concept = found.first("unit_concept")
    names = [name for role in ("unit", "unit_else") if (name := found.first(role))]
    if concept is None and len(names) == 1:
        return unit_column(columns.column(names[0]))
    parts = []
    if concept is not None:
        parts.append(_concepts(columns.column(concept)))
    for name in names:
        text = as_text(columns.column(name))
        parts.append(pc.if_else(pc.equal(pc.utf8_trim_whitespace(text), ""), None, text))
    return unit_column(pc.coalesce(*parts)) if parts else None


def _concepts(column: Any) -> Any:
    words, known = distinct(column), omop_units()
    units = pa.array([*(known.get(text) for text in words.texts), None], pa.string())
    return units.take(pa.array(words.places))


def _nothing(size: int) -> Events:
    codes = np.zeros((3, size), dtype=np.int8)
    return Events(
        np.arange(size),
        np.zeros(size, dtype=np.int8),
        np.full(size, np.nan),
        codes[0],
        codes[1],
        codes[2],
        np.zeros(size, dtype=np.bool_),
    )


def _plainly(
    events: Events,
    named: Index,
    kinds: Sequence[Named],
    cells: Cells,
    units: UnitColumn | None,
    said: Declared,
    register: Register,
) -> Truths:
    """Read the rows of which nothing needs to be told: a number that can be, in a unit that is known.

    True where that was done. These are nearly all, and are read by a table of kinds and units.
    """
    spellings = (None,) if units is None else units.spellings
    pair = named * len(spellings) + (0 if units is None else units.places)
    pair[named < 0] = len(kinds) * len(spellings)
    table = _table(kinds, spellings, said, register)
    values = cells.numbers / table[:, 0].take(pair)
    plain: Truths = (values >= 0) & (values <= table[:, 1].take(pair))
    if cells.own is not None:
        plain &= cells.own < 0
    places = np.full(len(table), -1, dtype=np.int8)
    for number in np.flatnonzero(np.bincount(pair[plain], minlength=len(table))).tolist():
        kind = kinds[number // len(spellings)]
        places[number] = register.number(Place(bool(table[number, 2]), kind.analyte))
    corrections = np.array([*(_correction(kind, said) for kind in kinds), 0], dtype=np.int8)
    events.places[:], events.values[:] = places.take(pair), values
    if cells.signs is not None:
        events.signs[:] = cells.signs
    events.corrections[:] = corrections.take(named)
    events.manual[:] = np.array([*(kind.manual for kind in kinds), False]).take(named)
    return plain


_NOT_PLAIN = (1.0, -1.0, 0.0)
"""The row of a unit that needs a closer look: no value is within."""


def _table(
    kinds: Sequence[Named], spellings: Sequence[str | None], said: Declared, register: Register
) -> Floats:
    """The row of `_plain_unit` for each kind and unit, and at the end one for no kind."""
    rows, known = [], register.plain
    for pair in product(kinds, spellings):
        if pair not in known:
            known[pair] = _plain_unit(*pair, said)
        rows.append(known[pair])
    return np.array([*rows, _NOT_PLAIN])


def _plain_unit(kind: Named, text: str | None, said: Declared) -> tuple[float, float, float]:
    """What a value is divided by, up to where it can be, and whether it is a share."""
    try:
        spelling = text or default_unit(kind, said)
        unit = read_unit(spelling, kind.analyte, declared=said.spellings)
    except UnitRefused:
        return _NOT_PLAIN
    if unit.multiply != 1 or (kind.kind and unit.family not in KINDS[kind.kind]):
        return _NOT_PLAIN
    share = unit.family in KINDS["percent"]
    most = 100.0 if share else float(impossible_above(kind.analyte))
    return float(unit.divide), most, float(share)


def _settle(
    events: Events,
    where: Index,
    named: Named,
    cells: Cells,
    units: UnitColumn | None,
    said: Declared,
    register: Register,
) -> list[Fault]:
    """Read the rows of one kind of count into the events; what was wrong, by row of the block."""
    own_units = None if units is None else units.take(where)
    reading = settle(cells.take(where), named, own_units, default_unit(named, said), said)
    relative = np.broadcast_to(np.asarray(reading.relative), where.shape)
    by_name = named.kind in ("percent", "per-100-wbc")
    relative = np.where(np.isnan(reading.values), by_name, relative)
    for share in (False, True):
        if (relative == share).any():
            place = register.number(Place(share, named.analyte))
            events.places[where[relative == share]] = place
    events.values[where], events.reasons[where] = reading.values, reading.reasons
    if reading.signs is not None:
        events.signs[where] = reading.signs
    events.corrections[where] = _correction(named, said)
    events.manual[where] = named.manual
    return [
        Fault(where[fault.places], fault.reason, fault.message, fault.hint)
        for fault in reading.faults
    ]


def _correction(named: Named, said: Declared) -> int:
    if named.analyte is not Analyte.WBC:
        return CORRECTION_UNKNOWN
    if said.correction is not None:
        return said.correction
    known = {None: CORRECTION_UNKNOWN, False: NOT_CORRECTED, True: CORRECTED}
    return known[named.corrected]


def _only(events: Events, rows: Index) -> Events:
    if len(rows) == len(events.rows):
        return events
    return Events(
        rows,
        events.places[rows],
        events.values[rows],
        events.signs[rows],
        events.reasons[rows],
        events.corrections[rows],
        events.manual[rows],
        events.refused,
    )
