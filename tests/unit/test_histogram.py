"""Value counts: no cell about few people leaves, totals hold, sites add up."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukon.engines.histograms import dumps, read_histograms
from leukon.errors import LeukonError, TableRefused
from leukon.estimation.histogram import (
    SMALLEST,
    Cell,
    Histogram,
    merged,
    pooled,
    reporting_step,
    value_counts,
    without_small_cells,
)

COUNTS = st.lists(st.integers(1, 40), min_size=1, max_size=60)


def histogram(counts, **fields) -> Histogram:
    cells = tuple(
        Cell(value=round(3 + 0.1 * place, 1), count=count, age_from="18y")
        for place, count in enumerate(counts)
    )
    made = Histogram(analyte="WBC", unit="10*9/L", step=0.1, cells=cells)
    return msgspec.structs.replace(made, **fields)


@given(COUNTS)
def test_no_small_cell_leaves(counts):
    """Every cell of what leaves stands for five people or more, and nobody is lost."""
    if sum(counts) < SMALLEST:
        with pytest.raises(TableRefused):
            without_small_cells(histogram(counts))
        return
    left = without_small_cells(histogram(counts))
    assert min(cell.count for cell in left.cells) >= SMALLEST
    assert left.total == sum(counts)
    assert len({cell.value for cell in left.cells}) == len(left.cells)


@given(COUNTS.filter(lambda counts: sum(counts) >= SMALLEST))
def test_merging_keeps_the_mean(counts):
    """A joined cell stands at its members' mean, to the step."""
    values = np.round(3 + 0.1 * np.arange(len(counts)), 1)
    numbers = np.array(counts, dtype=float)
    joined, totals = merged(values, numbers, 0.1)
    before, after = np.average(values, weights=numbers), np.average(joined, weights=totals)
    assert after == pytest.approx(before, abs=0.05 + 1e-9)


def test_large_cells_stay_as_they_are():
    """Where every cell is large, nothing is joined."""
    counts = [5, 9, 40, 7, 5]
    assert [cell.count for cell in without_small_cells(histogram(counts)).cells] == counts


def test_a_small_age_band_is_joined_with_the_next():
    """A band of few people becomes part of its neighbour, and the total holds."""
    cells = (
        Cell(value=6.0, count=30, age_from="18y", age_to="65y"),
        Cell(value=6.1, count=3, age_from="65y"),
    )
    left = without_small_cells(histogram([], cells=cells))
    assert [(g.age_from, g.age_to) for g in left.groups] == [("18y", "")]
    assert left.total == 33


@given(COUNTS)
def test_a_file_is_read_back(tmp_path_factory, counts):
    """What is written is what is read."""
    file = tmp_path_factory.getbasetemp() / "back.csv"
    one = histogram(counts, first_day="2026-01-01", last_day="2026-02-01")
    file.write_text(dumps([one]))
    assert read_histograms(file) == [one]


def test_sites_add_up():
    """Equal values are added, and the dates span both."""
    first = histogram([5, 6], first_day="2026-01-01", last_day="2026-02-01")
    second = histogram([7, 8, 9], first_day="2025-06-01", last_day="2026-01-15")
    both = pooled([first, second])
    assert [cell.count for cell in both.cells] == [12, 14, 9]
    assert (both.first_day, both.last_day) == ("2025-06-01", "2026-02-01")


@pytest.mark.parametrize(
    "other",
    [{"step": 0.01}, {"unit": "g/L"}, {"analyte": "NEUT"}, {"cells": (Cell(value=1, count=5),)}],
)
def test_sites_that_count_otherwise_do_not_add_up(other):
    """Another step, unit, analyte or another grouping is refused by name."""
    with pytest.raises(TableRefused, match="first"):
        pooled([histogram([5, 6]), histogram([5, 6], **other)])


HEAD = "analyte,unit,step,sex,age_from,age_to,value,count\n"


@pytest.mark.parametrize(
    "rows",
    [
        "",
        "WBC,10*9/L,0.1,,18y,,-1,5\n",
        "WBC,10*9/L,0.1,,18y,,3.1,0\n",
        "WBC,10*9/L,0.1,,18y,,3.1,many\n",
        "WBC,10*9/L,0.1,,18y,,3.1,5\nWBC,/uL,0.1,,18y,,3.2,5\n",
        "WBC,/uL,100,,18y,,3100,5\n",
        "WBC,10*9/L,0,,18y,,3.1,5\n",
        "WBC,10*9/L,0.1,both,18y,,3.1,5\n",
        "WBC,10*9/L,0.1,,grown up,,3.1,5\n",
        "GLUCOSE,10*9/L,0.1,,18y,,3.1,5\n",
        "WBC,10*9/L,0.1,,18y,,3.1\n",
    ],
)
def test_a_broken_histogram_is_refused(tmp_path: Path, rows: str):
    """A file that is no histogram of one unit and step says what is wrong."""
    file = tmp_path / "counts.csv"
    file.write_text(HEAD + rows)
    with pytest.raises(LeukonError):
        read_histograms(file)


def test_the_reporting_step_is_found():
    """The coarsest step that nearly all values are multiples of."""
    assert reporting_step(np.array([3.7, 4.0, 11.2])) == 0.1
    assert reporting_step(np.array([3.71, 4.0, 11.2])) == 0.01
    assert reporting_step(np.array([4.0, 11.0])) == 1.0
    assert reporting_step(np.append(np.round(np.linspace(3, 9, 200), 1), 3.123)) == 0.1


def test_values_are_counted_by_steps():
    """No float noise parts two equal values."""
    values, counts = value_counts(np.array([0.1 + 0.2, 0.3, 0.3]), np.ones(3), 0.1)
    assert (values.tolist(), counts.tolist()) == ([0.3], [3.0])
