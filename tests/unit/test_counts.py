"""Counting codes, column by column."""

import numpy as np
import pytest

from leukon.engines.counts import counts_of


@pytest.mark.parametrize("size", [6, 8, 9, 27])
@pytest.mark.parametrize("rows", [0, 1, 1000])
def test_codes_are_counted_as_bincount_counts_them(size, rows):
    """Few codes or many, no rows or many: the numbers are those of a plain count."""
    codes = np.random.default_rng(size + rows).integers(0, size, rows).astype(np.int8)
    assert counts_of(codes, size) == np.bincount(codes, minlength=size).tolist()
