"""The arrays leukon works on, by name; only type checkers load numpy's own words for them.

Loading `numpy.typing` takes longer than the answer about one panel.
"""

from __future__ import annotations

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

__all__ = ["Codes", "Floats", "Index", "Integers", "Moments", "Table", "Truths"]
