"""Columns of cells to numbers: parsed strictly, refused with a reason.

Clean columns take one cast; only cells that do not cast are looked at one by one, each distinct
text once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leukon.arrays import Codes, Floats, Index
from leukon.batch import COMPARATOR_CODES
from leukon.errors import ValueRefused
from leukon.readers import arrow
from leukon.readers.distinct import as_text, encoded, unreadable_type
from leukon.readers.numerals import POINT, Printed, read_measured
from leukon.reasons import Reason

Places = Index
_PLAIN = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_ABSENT = {"missing": Reason.VALUE_MISSING, "pending": Reason.PENDING}
_MOST_DECIMALS = 8


@dataclass(frozen=True)
class Fault:
    """Cells that cannot be read for one reason: which of the column's, and what to say."""

    places: Places
    reason: Reason
    message: str
    hint: str


@dataclass
class Cells:
    """A column of printed numbers, parsed but not yet converted.

    `own` numbers, cell by cell, the unit printed behind the number itself, in `own_units`
    (-1: none). `signs` is None where no cell has one.
    """

    numbers: Floats
    reasons: Codes
    signs: Codes | None = None
    own: Places | None = None
    own_units: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def spread(self, where: Places) -> Cells:
        """A column of these cells, by the place of each of its own among them."""
        found = self.take(where)
        for fault in self.faults:
            wrong = np.zeros(len(self.numbers), dtype=np.bool_)
            wrong[fault.places] = True
            found.faults.append(replace(fault, places=np.flatnonzero(wrong.take(where))))
        return found

    def take(self, places: Places) -> Cells:
        """Some cells of the column, without its faults."""
        return Cells(
            self.numbers.take(places),
            self.reasons.take(places),
            None if self.signs is None else self.signs.take(places),
            None if self.own is None else self.own.take(places),
            self.own_units,
        )


def is_text(column: Any) -> bool:
    """Whether an Arrow column (or its type) holds text."""
    kind = column.type if hasattr(column, "type") else column
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def is_number(kind: Any) -> bool:
    """Whether an Arrow type holds numbers."""
    return bool(
        pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    )


def parse(column: Any, *, decimal: str = POINT) -> Cells:
    """The numbers of a column of any type that can hold numbers."""
    if pa.types.is_null(column.type):
        return _numeric(np.full(len(column), np.nan))
    if is_text(column):
        return _parse_text(column, decimal)
    if not is_number(column.type):
        raise unreadable_type(column.type)
    return _numeric(floats(column))


def floats(column: Any) -> Floats:
    """A numeric column as float64: 32-bit numbers as their shortest decimal, missing as NaN."""
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.string()).cast(pa.float64())
    elif not pa.types.is_float64(column.type):
        if pa.types.is_floating(column.type):
            narrow = arrow.held(column)
            wide = shortest(narrow) if narrow.dtype == np.float32 else narrow.astype(np.float64)
            return _without_empty(wide, column)
        column = pc.cast(column, pa.float64(), safe=False)
    return _without_empty(arrow.held(column), column)


def _without_empty(numbers: Floats, column: Any) -> Floats:
    return np.where(arrow.filled(column), numbers, np.nan) if column.null_count else numbers


def distinct_numbers(column: Any) -> tuple[Floats, Places]:
    """The distinct numbers of a numeric column in ascending order, then NaN, and each row's place.

    >>> numbers, places = distinct_numbers(pa.array([34, None, 8, 34]))
    >>> numbers.tolist(), places.tolist()
    ([8.0, 34.0, nan], [1, 2, 0, 1])
    """
    encoded = column.dictionary_encode()
    numbers = floats(encoded.dictionary)
    order = np.argsort(numbers)
    ranks = np.empty(len(order) + 1, dtype=np.intp)
    ranks[order], ranks[-1] = np.arange(len(order)), len(order)
    places = arrow.places(encoded.indices, len(order))
    return np.append(numbers[order], np.nan), ranks.take(places)


def shortest(narrow: np.ndarray[Any, np.dtype[np.float32]]) -> Floats:
    """32-bit numbers as the shortest decimals that stand for them (3.7, not 3.7000000477).

    >>> shortest(np.array([3.7, 14.9], dtype=np.float32)).tolist()
    [3.7, 14.9]
    """
    wide: Floats = narrow.astype(np.float64)
    left = np.flatnonzero(np.isfinite(wide) & (wide != np.rint(wide)))
    for decimals in range(1, _MOST_DECIMALS + 1):
        tried = np.round(wide[left], decimals)
        same = tried.astype(np.float32) == narrow[left]
        wide[left[same]] = tried[same]
        left = left[~same]
        if not len(left):
            break
    for place in left.tolist():
        wide[place] = float(str(narrow[place]))
    return wide


def _numeric(numbers: Floats) -> Cells:
    reasons = np.zeros(len(numbers), dtype=np.int8)
    reasons[np.isnan(numbers)] = Reason.VALUE_MISSING
    return Cells(numbers, reasons)


def _parse_text(column: Any, decimal: str) -> Cells:
    """A column of texts: all of them in one cast, or else each distinct one once."""
    if decimal == POINT and not pa.types.is_dictionary(column.type):
        clean = _cast(as_text(column))
        if clean is not None:
            return clean
    words = encoded(column)
    found = _read_texts(words.dictionary, decimal)
    return found.spread(arrow.places(words.indices, len(words.dictionary)))


def _cast(column: Any) -> Cells | None:
    """The column in one cast, where every cell is a plain number or empty."""
    try:
        numbers = pc.cast(column, pa.float64())
    except pa.ArrowInvalid:
        return None
    # The words nan and inf cast too, and are no numbers.
    if not pc.all(pc.is_finite(numbers), min_count=0).as_py():
        return None
    return _numeric(floats(numbers))


def _read_texts(texts: Any, decimal: str) -> Cells:
    """The numbers of distinct texts, and behind them that of an empty cell."""
    numbers = np.full(len(texts) + 1, np.nan)
    if decimal == POINT:
        trimmed = pc.utf8_trim_whitespace(texts)
        plain = pc.match_substring_regex(trimmed, _PLAIN)
        read = arrow.held(pc.cast(trimmed.filter(plain), pa.float64()))
        numbers[np.flatnonzero(arrow.holds(plain))] = np.where(np.isinf(read), np.nan, read)
    cells = _numeric(numbers)
    _read_one_by_one(cells, texts, decimal)
    return cells


def _read_one_by_one(cells: Cells, texts: Any, decimal: str) -> None:
    """Read what is no plain number: a sign before it, a unit behind it, a word, nothing at all."""
    refused: dict[tuple[str, str], list[int]] = {}
    odd = np.flatnonzero(np.isnan(cells.numbers[:-1]))
    for place, text in zip(odd.tolist(), texts.take(arrow.column(odd)).to_pylist(), strict=True):
        try:
            _put(cells, place, *read_measured(text, decimal=decimal))
        except ValueRefused as error:
            cells.reasons[place] = Reason.NOT_READ
            refused.setdefault((error.what, error.hint), []).append(place)
    for what, found in refused.items():
        cells.faults.append(Fault(np.array(found), Reason.NOT_READ, *what))


def _put(cells: Cells, place: int, printed: Printed, unit: str) -> None:
    size = len(cells.numbers)
    if printed.value is None:
        cells.reasons[place] = _ABSENT[printed.absent]
        return
    cells.numbers[place] = printed.value
    cells.reasons[place] = Reason.NONE
    if printed.comparator:
        cells.signs = np.zeros(size, dtype=np.int8) if cells.signs is None else cells.signs
        cells.signs[place] = COMPARATOR_CODES[printed.comparator]
    if unit:
        cells.own = np.full(size, -1, dtype=np.intp) if cells.own is None else cells.own
        if unit not in cells.own_units:
            cells.own_units.append(unit)
        cells.own[place] = cells.own_units.index(unit)
