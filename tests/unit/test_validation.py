"""Is a set of limits sound: ties are errors, gaps in age are warnings."""

from itertools import combinations

import pytest

from leukon import Partition, ReferenceInterval, validation
from leukon.compiled import rank
from leukon.errors import LeukonError
from leukon.limits import Limit
from leukon.validation import describe, findings, gaps, overlap, ties


def row(low=4.0, high=None, kind="reference", analyte="WBC", **people):
    return Limit(
        analyte=analyte, low=low, high=high, unit="10*9/L", kind=kind, partition=Partition(**people)
    )


@pytest.mark.parametrize(
    ("first", "second", "tied"),
    [
        (row(), row(), True),
        (row(), row(analyte="NEUT"), False),
        (row(), row(low=None, high=10.0), False),
        (row(high=9.0), row(low=None, high=10.0), True),
        (row(), row(kind="decision"), True),
        (row(), row(kind="conventional"), False),
        (row(), row(kind="critical"), False),
        (row(kind="historic"), row(kind="historic"), False),
        (row(), row(sex="female"), False),
        (row(sex="female"), row(sex="male"), False),
        (row(sex="female"), row(duffy="null", age_from="18y"), True),
        (row(sex="female"), row(specimen="capillary"), True),
        (row(qualifiers=("a",)), row(qualifiers=("b",)), True),
        (row(age_to="18y"), row(age_from="18y"), False),
        (row(age_to="19y"), row(age_from="18y"), True),
        (row(age_to="28d"), row(age_from="1mo"), False),
        (row(age_to="30d"), row(age_from="1mo"), True),
        (row(pregnancy=True), row(), False),
        (row(pregnancy=True, weeks_to=8), row(pregnancy=True, weeks_from=8), False),
        (row(pregnancy=True, weeks_to=9), row(pregnancy=True, weeks_from=8), True),
    ],
)
def test_a_tie_is_two_equally_specific_rows_for_one_person(first, second, tied):
    """Two rows that may hold for one person on one side, neither more specific, are an error."""
    assert bool(ties([first, second])) is tied
    assert bool(ties([second, first])) is tied


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([row(age_to="18y"), row(age_from="18y")], []),
        ([row(age_to="14y"), row(age_from="18y")], ["from 14y to 18y"]),
        ([row(age_to="24h"), row(age_from="72h")], ["from 24h to 72h"]),
        ([row(age_to="30d"), row(age_from="1mo")], []),
        ([row(age_to="14y"), row(age_from="18y"), row(kind="conventional")], []),
        ([row(age_to="14y"), row(age_from="18y", kind="critical")], []),
        ([row(sex="male", age_to="14y"), row(age_from="18y")], ["from 14y to 18y"]),
    ],
)
def test_a_gap_in_age_is_a_warning(rows, found):
    """Ages between two rows without a lower limit are told, and are no error."""
    told = gaps(rows)
    assert [finding.severity for finding in told] == ["warning"] * len(found)
    assert all(words in finding.what for words, finding in zip(found, told, strict=True))


def test_findings_read_as_lines():
    """Errors come first, each on a line of its own."""
    lines = [str(finding) for finding in findings([row(), row(), row(age_from="3y")])]
    assert lines[0].startswith("error: WBC, reference: everybody and everybody overlap")


def test_partitions_in_words():
    """A partition is told in the words a reader uses."""
    assert describe(Partition()) == "everybody"
    people = Partition(sex="female", age_from="18y", pregnancy=True, weeks_from=8, weeks_to=41)
    assert describe(people) == "female, pregnant week 8 to 41, from 18y"


def test_overlap_needs_one_person():
    """People who cannot be in both do not overlap."""
    assert overlap(Partition(), Partition(sex="male"))
    assert not overlap(Partition(specimen="venous"), Partition(specimen="capillary"))


def test_the_classes_of_limits_are_limits():
    """A reference interval is told apart by its kind."""
    assert isinstance(ReferenceInterval(analyte="WBC", low=4.0, unit="10*9/L"), Limit)


def test_only_rows_near_in_age_are_compared_and_none_is_missed():
    """Every tie of a table of days, months and years is found, as by comparing each with each."""
    ages = ["", "0d", "10d", "28d", "1mo", "31d", "2mo", "12mo", "1y", "365d", "366d", "18y"]
    rows = [one for start in ages for end in ages[1:] if (one := _band(start, end))]
    each = [
        (first, second)
        for first, second in combinations(rows, 2)
        if rank(first) == rank(second) and overlap(first.partition, second.partition)
    ]
    assert len(ties(rows)) == len(each) > 100


def _band(start, end):
    try:
        return row(age_from=start, age_to=end)
    except LeukonError:  # it runs backwards
        return None


def test_a_long_table_of_ages_is_checked_in_proportion(monkeypatch):
    """A limit a day for years: neighbours are compared, and no day with all others."""
    compared = []
    monkeypatch.setattr(validation, "_same_side", lambda *pair: compared.append(pair))
    rows = [row(age_from=f"{day}d", age_to=f"{day + 1}d") for day in range(2_000)]
    assert ties(rows) == []
    assert len(compared) < 4_000
