"""The arrays leukon works on, by name; only type checkers load numpy's own words for them.

Loading `numpy.typing` takes longer than the answer about one panel.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]
    Truths = NDArray[np.bool_]
    Index = NDArray[np.intp]
    Table = NDArray[np.int16]
    Integers = NDArray[np.int64]
    Moments = NDArray[np.datetime64]
else:
    Floats = Codes = Truths = Index = Table = Integers = Moments = np.ndarray

__all__ = [
    "Codes",
    "Floats",
    "Index",
    "Integers",
    "Moments",
    "Table",
    "Truths",
    "keep_freed_memory",
]

_KEPT_BYTES = 16 << 20


@cache
def keep_freed_memory() -> None:
    """Let the C library keep the memory of arrays that are done with for those that come next.

    glibc gives large blocks back to the system, and gets them again page by page: a third of the
    time of a batch. A freed block of this size, never touched, teaches it to keep up to twice as
    much. Other libraries are not changed by it.
    """
    np.empty(_KEPT_BYTES, dtype=np.uint8)
