"""Columns of a file as fields of fixed width, and back: how rows are carried while they are sorted.

A number is carried as it is, a text of few kinds as the number of its kind, any other text as its
letters in words of 64 bits, which sort as the text does. Nothing is lost on the way: a field
becomes the very value of the file again, and two values are equal where their fields are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leukon.arrays import Truths
from leukon.errors import TableRefused
from leukon.readers import arrow
from leukon.readers.distinct import as_text, distinct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leukon.readers.order import Word

    Records = NDArray[np.void]

FEW = 1024
"""A text column with more kinds than these in its first block is carried as letters."""
LONGEST = 255
"""A longer text is carried as a number into a list of them."""
_NULL, _LONG = 0xFF << 56, 0xFE << 56
"""First words that no text has: in UTF-8 no byte is above 0xF4."""
_SIGN = 1 << 63
_NO_TEXT = arrow.texts([""])[0]


class Packing(Protocol):
    """How one column is carried."""

    def fields(self) -> list[tuple[str, str]]:
        """The fields of a record: names and numpy types."""
        ...

    def pack(self, column: Any) -> dict[str, Any]:
        """The fields of some rows."""
        ...

    def unpack(self, records: Records) -> Any:
        """The Arrow column of some records."""
        ...

    def given(self, records: Records) -> Truths:
        """Which records have a value."""
        ...

    def words(self, records: Records) -> list[Word]:
        """Unsigned numbers that sort the records as the column does, empty ones last."""
        ...


def packing(
    name: str, column: Any, *, kind: Any, is_key: bool, may_be_empty: bool = True
) -> Packing:
    """How a column is carried, settled from its first rows; `kind` is the type it is to have again.

    `may_be_empty` is false for a key that every row has.
    """
    if _stored(kind) is not None:
        return Numbers(name, kind, may_be_empty=may_be_empty)
    if not is_key and len(distinct(column).texts) <= FEW:
        return Kinds(name, kind)
    return Letters(name, kind)


def _stored(kind: Any) -> str | None:
    """The numpy type that holds an Arrow type of numbers, dates or truths."""
    if pa.types.is_boolean(kind):
        return "u1"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return str(np.dtype(kind.to_pandas_dtype()).str[1:])
    if pa.types.is_date(kind) or pa.types.is_time(kind) or pa.types.is_timestamp(kind):
        return f"i{kind.bit_width // 8}"
    return None


class Numbers:
    """A column of numbers, dates, times or truths."""

    def __init__(self, name: str, kind: Any, *, may_be_empty: bool) -> None:
        """Settle the type that holds it."""
        self._name, self._given, self._kind = name, f"{name}_given", kind
        self._may_be_empty = may_be_empty
        self._stored = np.dtype(_stored(kind) or "u1")

    def fields(self) -> list[tuple[str, str]]:
        """The value, and whether there is one."""
        given = [(self._given, "?")] if self._may_be_empty else []
        return [(self._name, self._stored.str), *given]

    def pack(self, column: Any) -> dict[str, Any]:
        """The value, and whether there is one."""
        plain = self._plain(column)
        values = arrow.held(plain)
        given = arrow.filled(column) if column.null_count else True
        packed = {self._name: np.where(given, values, 0) if plain.null_count else values}
        return {**packed, self._given: given} if self._may_be_empty else packed

    def _plain(self, column: Any) -> Any:
        if pa.types.is_boolean(self._kind):
            return column.cast(pa.uint8())
        is_number = pa.types.is_integer(self._kind) or pa.types.is_floating(self._kind)
        return column if is_number else column.view(pa.from_numpy_dtype(self._stored))

    def unpack(self, records: Records) -> Any:
        """The column again."""
        given = self.given(records)
        values = records[self._name].copy()
        found = arrow.column(values, ~given)
        return found.cast(self._kind) if pa.types.is_boolean(self._kind) else found.view(self._kind)

    def given(self, records: Records) -> Truths:
        """Which records have a value; the number that is none has none."""
        given: Truths = np.ones(len(records), dtype=np.bool_)
        if self._may_be_empty:
            given = records[self._given]
        if self._stored.kind == "f":
            given = given & ~np.isnan(records[self._name])
        return given

    def words(self, records: Records) -> list[Word]:
        """The value as a word; before it, where there may be none, a word that says so."""
        values = records[self._name]
        if self._stored.kind == "f":
            # The bits of a positive number sort as it does; those of a negative one the other way.
            bits = (values.astype(np.float64) + 0.0).view(np.uint64)
            number = np.where(bits >> np.uint64(63), ~bits, bits | np.uint64(_SIGN))
        elif self._stored.kind == "u":
            number = values.astype(np.uint64)
        else:
            number = values.astype(np.int64).view(np.uint64) ^ np.uint64(_SIGN)
        empty = [(~records[self._given]).astype(np.uint64)] if self._may_be_empty else []
        return [*empty, number]


class Kinds:
    """A column of texts of few kinds, each carried as a number."""

    def __init__(self, name: str, kind: Any) -> None:
        """No kind is known yet."""
        self._name, self._kind = name, kind
        self._codes: dict[str, int] = {}

    def fields(self) -> list[tuple[str, str]]:
        """The number of the kind, -1 where there is none."""
        return [(self._name, "<i4")]

    def pack(self, column: Any) -> dict[str, Any]:
        """The number of the kind."""
        words = distinct(column)
        codes = [self._codes.setdefault(text, len(self._codes)) for text in words.texts]
        return {self._name: np.array([*codes, -1], dtype=np.int32).take(words.places)}

    def unpack(self, records: Records) -> Any:
        """The column again."""
        codes = records[self._name].copy()
        return arrow.coded(codes, arrow.texts(list(self._codes)), codes < 0).cast(self._kind)

    def given(self, records: Records) -> Truths:
        """Which records have a value."""
        found: Truths = records[self._name] >= 0
        return found

    def words(self, records: Records) -> list[Word]:
        """A column of kinds is no key."""
        raise NotImplementedError


class Letters:
    """A column of texts, each carried as its letters.

    Every byte is raised by one, so that the zeros that fill up a word stand for no letter.
    """

    def __init__(self, name: str, kind: Any) -> None:
        """No text is known yet."""
        self._name, self._kind = name, kind
        self._width = 1
        self._long: dict[str, int] = {}

    def fields(self) -> list[tuple[str, str]]:
        """As many words as the longest text so far needs."""
        return [(f"{self._name}_{place}", "<u8") for place in range(self._width)]

    def pack(self, column: Any) -> dict[str, Any]:
        """The letters in words; a word that a text does not reach is 0."""
        text = as_text(column)
        filled = text.fill_null(_NO_TEXT) if text.null_count else text
        ends, letters = _bytes(filled)
        if len(letters) and letters.max() > 0xF4:
            raise TableRefused("a column holds text that is not in UTF-8", hint="write it again")
        lengths = np.diff(ends)
        long = np.flatnonzero(lengths > LONGEST)
        if len(long):
            return self._with_long(text, long)
        matrix = _matrix(lengths, letters)
        words = matrix.view(">u8")
        self._width = max(self._width, words.shape[1])
        first = words[:, 0].astype(np.uint64)
        if text.null_count:
            first[~arrow.filled(text)] = _NULL
        rest = {f"{self._name}_{n}": words[:, n] for n in range(1, words.shape[1])}
        return {f"{self._name}_0": first, **rest}

    def _with_long(self, text: Any, long: Any) -> dict[str, Any]:
        is_long = np.zeros(len(text), dtype=np.bool_)
        is_long[long] = True
        packed = self.pack(pc.if_else(pa.array(is_long), "", text))
        texts = text.take(pa.array(long)).to_pylist()
        codes = [_LONG | self._long.setdefault(one, len(self._long)) for one in texts]
        packed[f"{self._name}_0"][long] = np.array(codes, dtype=np.uint64)
        return packed

    def unpack(self, records: Records) -> Any:
        """The column again."""
        words = np.stack(self.words(records), axis=1)
        first = words[:, 0].copy()
        is_long, given = (first >= _LONG) & (first < _NULL), first < _NULL
        words[first >= _LONG] = 0
        matrix = words.astype(">u8").view(np.uint8)
        filled = matrix != 0
        ends = np.append(0, np.cumsum(filled.sum(axis=1))).astype(np.int32)
        letters = matrix[filled] - np.uint8(1)
        known = None if given.all() else arrow.bits(given)
        buffers = [known, pa.py_buffer(ends), pa.py_buffer(letters)]
        found = pa.Array.from_buffers(pa.string(), len(words), buffers)
        if is_long.any():
            texts, codes = list(self._long), (first[is_long] - np.uint64(_LONG)).tolist()
            found = pc.replace_with_mask(
                found, pa.array(is_long), pa.array([texts[code] for code in codes])
            )
        return found.cast(self._kind)

    def given(self, records: Records) -> Truths:
        """Which records have a value."""
        found: Truths = records[f"{self._name}_0"] < np.uint64(_NULL)
        return found

    def words(self, records: Records) -> list[Word]:
        """The words of letters, as many as the longest text so far needs."""
        names, none = records.dtype.names or (), np.zeros(len(records), dtype=np.uint64)
        mine = [f"{self._name}_{place}" for place in range(self._width)]
        return [np.ascontiguousarray(records[name]) if name in names else none for name in mine]


def _bytes(text: Any) -> tuple[Any, Any]:
    """Where each text ends (and the first begins), and the bytes of all of them."""
    _, offsets, content = text.buffers()
    if not len(text) or content is None:
        return np.zeros(len(text) + 1, dtype=np.int64), np.zeros(0, dtype=np.uint8)
    ends = np.frombuffer(offsets, dtype=np.int32)[text.offset : text.offset + len(text) + 1]
    letters = np.frombuffer(content, dtype=np.uint8)[ends[0] : ends[-1]]
    return ends, letters


def _matrix(lengths: Any, letters: Any) -> Any:
    longest = int(lengths.max(initial=1))
    matrix = np.zeros((len(lengths), -(-longest // 8) * 8), dtype=np.uint8)
    if len(lengths) and int(lengths.min()) == longest:
        np.add(letters.reshape(len(lengths), longest), 1, out=matrix[:, :longest])
    else:
        matrix[np.arange(matrix.shape[1]) < lengths[:, None]] = letters + np.uint8(1)
    return matrix
