"""From percentages, bands and nucleated red cells to absolute counts, on arrays."""

import numpy as np
import pytest

from leukon import Analyte, Count, Panel, Person
from leukon.batch import Batch, Column, batch_of
from leukon.counting import counting_error
from leukon.differential import absolute_counts
from leukon.reasons import Reason

UNIT = "10*9/L"


def made(*counts):
    return absolute_counts(batch_of([Panel(Person(), counts)]))


def share(analyte, value, **more):
    return Count(analyte, value, "%", **more)


def test_a_derived_count_is_marked():
    """What was worked out is told from what was printed."""
    found = made(Count("WBC", 4.0, UNIT), share("NEUT", 30), Count("LYMPH", 2.0, UNIT))
    assert found.counts["NEUT"].values[0] == 1.2
    assert found.derived["NEUT"][0]
    assert "LYMPH" not in found.derived or not found.derived["LYMPH"][0]


def test_products_lie_on_limits():
    """A product is the decimal it is in print: 2.2 x 55 % is 1.21."""
    assert made(Count("WBC", 2.2, UNIT), share("NEUT", 55)).counts["NEUT"].values[0] == 1.21


def test_a_corrected_total_is_told():
    """The note about nucleated red cells is for the rows that were corrected here."""
    total = Count("WBC", 12, UNIT, nrbc_corrected=False)
    found = made(total, Count("NRBC", 100, "/100{WBC}"))
    assert (found.counts["WBC"].values[0], bool(found.corrected[0])) == (6.0, True)


@pytest.mark.parametrize("beside", [(), (share("MONO", 5),)])
def test_lines_beside_an_uncorrected_total_do_not_depend_on_percentages(beside):
    """A line printed beside a total that had to be corrected has no number."""
    total = Count("WBC", 12, UNIT, nrbc_corrected=False)
    found = made(total, Count("NRBC", 12, UNIT), Count("NEUT", 1.2, UNIT), *beside)
    assert found.counts["NEUT"].reasons[0] == Reason.NRBC_UNKNOWN


def test_bands_that_were_added_are_told():
    """The note about added bands is for the rows where the shares needed them."""
    shares = (share("NEUT", 40), share("BAND", 10), share("LYMPH", 50))
    found = made(Count("WBC", 3.0, UNIT), *shares)
    assert (found.counts["NEUT"].values[0], bool(found.bands_added[0])) == (1.5, True)


def test_slack_is_that_of_the_panel_itself():
    """Whether lines contradict their total does not depend on the lines of other panels."""
    alone = Panel(Person(), [Count("WBC", 4.0, UNIT), Count("NEUT", 4.2, UNIT)])
    lines = ("NEUT", "LYMPH", "MONO", "EOS", "BASO")
    full = Panel(Person(), [Count("WBC", 9.0, UNIT), *(Count(a, 1.0, UNIT) for a in lines)])
    for panels in ([alone], [alone, full]):
        found = absolute_counts(batch_of(panels))
        assert found.counts["WBC"].reasons[0] == Reason.CONTRADICTORY


def test_impossible_values_of_a_file_are_masked():
    """A value that cannot be makes no count and no contradiction, and says so."""
    people = batch_of([Panel(Person(), [])] * 3).people
    values = np.array([3810.0, -1.0, 3.8])
    found = absolute_counts(Batch(people, {Analyte.WBC: Column(values)}))
    assert found.counts["WBC"].reasons.tolist() == [Reason.IMPOSSIBLE, Reason.IMPOSSIBLE, 0]
    assert np.isnan(found.counts["WBC"].values).tolist() == [True, True, False]


def test_counting_error_of_a_hundred_cells():
    """The 95 % interval of a share of 100 cells is the exact one of the tables of Ruemke."""
    low, high = counting_error(np.array([0.0, 1.0, 50.0, 99.0, 100.0, np.nan]))
    assert low.round(1).tolist()[:5] == [0.0, 0.0, 39.8, 94.6, 96.4]
    assert high.round(1).tolist()[:5] == [3.6, 5.4, 60.2, 100.0, 100.0]
    assert np.isnan(low[5])


def test_counting_error_is_for_counts_by_eye():
    """Only a manual differential has a counting error of 100 cells."""
    total = Count("WBC", 1.0, UNIT)
    by_eye = made(total, share("NEUT", 50, method="manual"))
    low, high = by_eye.spread["NEUT"]
    assert (low[0].round(3), high[0].round(3)) == (0.398, 0.602)
    assert not made(total, share("NEUT", 50)).spread


@pytest.mark.parametrize(
    ("sign_of_share", "sign_of_total", "sign"),
    [("<", "", "<"), ("", ">=", ">="), ("<", "<=", "<"), (">=", ">", ">")],
)
def test_a_product_keeps_its_sign(sign_of_share, sign_of_total, sign):
    """A share or a total known as a range makes a range; the strict sign of two wins."""
    from leukon.batch import COMPARATOR_CODES

    total = Count("WBC", 2.0, UNIT, comparator=sign_of_total)
    found = made(total, share("NEUT", 5, comparator=sign_of_share)).counts["NEUT"]
    assert found.comparators[0] == COMPARATOR_CODES[sign]
    assert found.values[0] == 0.1
