"""Arrow columns made of arrays, and arrays of Arrow columns, by the memory they share.

`pyarrow.array`, `pyarrow.scalar` and `to_numpy` look whether what they have is of pandas, and load
pandas for that wherever it is installed: 0.3 CPU seconds, as much as 200,000 panels take.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from leukon.arrays import Index, Truths
from leukon.errors import ExtraMissing

try:
    import pyarrow as pa
except ImportError:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("tables", "reading a file") from None


def column(values: np.ndarray[Any, Any], missing: Truths | None = None) -> Any:
    """An Arrow column of numbers or truths, empty where they are missing; numbers are not copied.

    >>> column(np.array([3.7, np.nan]), np.array([False, True])).to_pylist()
    [3.7, None]
    """
    some = missing is not None and bool(missing.any())
    known = bits(~missing) if some and missing is not None else None
    kind = pa.from_numpy_dtype(values.dtype)
    held = bits(values) if values.dtype == np.bool_ else pa.py_buffer(values)
    return pa.Array.from_buffers(kind, len(values), [known, held])


def bits(truths: Truths) -> Any:
    """Truths as Arrow holds them in memory."""
    return pa.py_buffer(np.packbits(truths, bitorder="little"))


def texts(words: Sequence[str]) -> Any:
    """A column of texts.

    >>> texts(["low", "within"]).to_pylist()
    ['low', 'within']
    """
    held = [word.encode() for word in words]
    ends = np.cumsum([0, *map(len, held)], dtype=np.int32)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(held))]
    return pa.Array.from_buffers(pa.string(), len(held), buffers)


def coded(codes: np.ndarray[Any, Any], words: Any, missing: Truths | None = None) -> Any:
    """A column of words by their numbers in a column of texts; the numbers are not looked at."""
    return pa.DictionaryArray.from_arrays(column(codes, missing), words, safe=False)


def places(numbers: Any, none: int) -> Index:
    """The places that an Arrow column of whole numbers leads to; `none` where it is empty.

    >>> places(texts(["F", "M", "F"]).dictionary_encode().indices, 2).tolist()
    [0, 1, 0]
    """
    found: Index = held(numbers).astype(np.intp)
    if numbers.null_count:
        found[~filled(numbers)] = none
    return found


def held(numbers: Any) -> np.ndarray[Any, Any]:
    """What a column of numbers has in memory: not to be written to, anything in empty cells.

    >>> held(column(np.array([3, 4], dtype=np.int16))).tolist()
    [3, 4]
    """
    kind = np.dtype(numbers.type.to_pandas_dtype())
    memory = numbers.buffers()[1]
    if memory is None:
        return np.zeros(len(numbers), dtype=kind)
    return np.frombuffer(memory, kind, len(numbers), numbers.offset * kind.itemsize)


def holds(truths: Any) -> Truths:
    """Where a column of truths holds; nowhere in empty cells.

    >>> holds(column(np.array([True, False, True]))).tolist()
    [True, False, True]
    """
    found = _unpacked(truths.buffers()[1], truths)
    return found & filled(truths) if truths.null_count else found


def filled(cells: Any) -> Truths:
    """Which cells of a column are not empty."""
    if pa.types.is_null(cells.type):
        return np.zeros(len(cells), dtype=np.bool_)
    return _unpacked(cells.buffers()[0], cells)


def _unpacked(bits: Any, cells: Any) -> Truths:
    if bits is None:
        return np.ones(len(cells), dtype=np.bool_)
    first = cells.offset // 8
    past = cells.offset - 8 * first
    packed = np.frombuffer(bits, np.uint8, (past + len(cells) + 7) // 8, first)
    found: Truths = np.unpackbits(packed, bitorder="little")[past : past + len(cells)].view(
        np.bool_
    )
    return found
