"""How often each code stands in a column of a batch."""

from __future__ import annotations

import numpy as np

from leukon.arrays import Codes

_FEW = 8


def counts_of(codes: Codes, size: int) -> list[int]:
    """How often each code from 0 to under `size` stands in a column.

    Comparing a whole column with one code is so fast that `np.bincount`, which copies it into
    larger numbers first, loses; of many codes most rows hold the same one.

    >>> counts_of(np.array([2, 0, 2], dtype=np.int8), 4)
    [1, 0, 2, 0]
    """
    if size <= _FEW or not len(codes):
        return [int(np.count_nonzero(codes == code)) for code in range(size)]
    usual = int(codes[0])
    others = codes[codes != usual]
    found: list[int] = np.bincount(others, minlength=size).tolist()
    found[usual] = len(codes) - len(others)
    return found
