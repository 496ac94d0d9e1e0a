"""Which results enter: one a person, every row accounted for."""

from pathlib import Path

import numpy as np
import pytest

from leukon.engines.studies import Given, read_sample
from leukon.errors import UsageError
from leukon.estimation.exclusions import Exclusion
from leukon.estimation.sample import Rules, bands

HEAD = "person,drawn_at,age_years,sex,wbc,unit\n"


def file_of(folder: Path, *lines: str, head: str = HEAD) -> Given:
    file = folder / "results.csv"
    file.write_text(head + "\n".join(lines) + "\n")
    return Given([file])


def test_the_first_result_of_a_person_enters(tmp_path):
    """The earliest draw counts, wherever it stands in the file."""
    given = file_of(
        tmp_path,
        "A,2026-02-01,40,female,7.0,10*9/L",
        "A,2026-01-01,40,female,6.0,10*9/L",
        "B,2026-01-01,50,male,5.0,10*9/L",
    )
    sample = read_sample(given, "WBC", Rules())
    assert sorted(sample.values) == [5.0, 6.0]
    assert sample.tally.excluded == {Exclusion.LATER_RESULT: 1}
    assert sample.tally.balanced


def test_the_first_result_that_may_enter_is_taken(tmp_path):
    """Where a person's first result is left out, the next one enters."""
    given = file_of(
        tmp_path,
        "A,2026-01-01,40,female,<1,10*9/L",
        "A,2026-02-01,40,female,7.0,10*9/L",
    )
    assert read_sample(given, "WBC", Rules()).values.tolist() == [7.0]


def test_all_results_share_a_persons_weight(tmp_path):
    """With every result in, a person still counts once."""
    given = file_of(
        tmp_path,
        *(f"A,2026-01-0{day},40,female,{day}.0,10*9/L" for day in range(1, 5)),
        "B,2026-01-01,50,male,5.0,10*9/L",
    )
    sample = read_sample(given, "WBC", Rules(per_person="all"))
    assert sorted(sample.weights.tolist()) == [0.25] * 4 + [1.0]
    assert sample.tally.people == 2


def test_people_with_many_results_can_be_left_out(tmp_path):
    """Who comes again and again is likely to be ill."""
    given = file_of(
        tmp_path,
        *(f"A,2026-01-0{day},40,female,{day}.0,10*9/L" for day in range(1, 5)),
        "B,2026-01-01,50,male,5.0,10*9/L",
    )
    sample = read_sample(given, "WBC", Rules(most=3))
    assert sample.values.tolist() == [5.0]
    assert sample.tally.excluded == {Exclusion.MANY_RESULTS: 4}


def test_a_row_without_a_person_is_its_own(tmp_path):
    """An empty cell names nobody, and two of them are not one person."""
    given = file_of(tmp_path, ",,40,female,7.0,10*9/L", ",,40,female,7.0,10*9/L")
    assert read_sample(given, "WBC", Rules()).tally.entered == 2


def test_no_person_is_said(tmp_path):
    """A file that does not say whose a result is says so in the remarks."""
    given = file_of(tmp_path, "40,7.0", head="age_years,wbc_10e9_l\n")
    assert any(
        "no column says whose" in text for text in read_sample(given, "WBC", Rules()).tally.remarks
    )


def test_percentages_become_counts_and_are_counted(tmp_path):
    """A count worked out from a percentage enters, and the tally says how many did."""
    given = file_of(tmp_path, "A,40,6.0,50", head="person,age_years,wbc_10e9_l,neut_pct\n")
    sample = read_sample(given, "NEUT", Rules())
    assert sample.values.tolist() == pytest.approx([3.0])
    assert sample.tally.derived == 1


def test_a_row_a_count_works_too(tmp_path):
    """A long table gives its specimens, and keeps where they were taken."""
    given = file_of(
        tmp_path,
        "S1,A,40,inpatient,WBC,6.0,10*9/L",
        "S2,B,40,outpatient,WBC,7000,/uL",
        "S3,B,40,outpatient,NEUT,3.0,10*9/L",
        head="specimen_id,person,age_years,patient_class,test,value,unit\n",
    )
    sample = read_sample(given, "WBC", Rules())
    assert sample.values.tolist() == [7.0]
    assert sample.tally.excluded == {Exclusion.NO_VALUE: 1, Exclusion.IN_PATIENT: 1}


def test_broken_rows_are_counted(tmp_path):
    """A row that cannot be read as a row at all came in too."""
    given = file_of(tmp_path, "A,2026-01-01,40,female,7.0,10*9/L", "B,2026-01-01,40")
    tally = read_sample(given, "WBC", Rules()).tally
    assert (tally.came, tally.entered, tally.balanced) == (2, 1, True)


def test_mixed_units_are_converted_or_left_out(tmp_path):
    """Two units of one count are one scale; an unknown unit leaves its row out."""
    given = file_of(
        tmp_path,
        "A,,40,female,7000,/uL",
        "B,,40,female,7.0,10*9/L",
        "C,,40,female,7.0,furlong",
    )
    sample = read_sample(given, "WBC", Rules())
    assert sample.values.tolist() == [7.0, 7.0]
    assert sample.tally.excluded == {Exclusion.NO_UNIT: 1}


@pytest.mark.parametrize("borders", ["", "18", "65y,18y", "18y,18y", "old"])
def test_age_borders_that_make_no_bands_are_refused(borders):
    """Borders go up, and each has a unit."""
    with pytest.raises(UsageError):
        bands(borders)


def test_the_example_is_balanced():
    """Of the invented export every row is accounted for."""
    file = Path(__file__).parents[2] / "examples" / "results.csv"
    sample = read_sample(Given([file]), "WBC", Rules(bands=bands("18y,50y"), by_sex=True))
    assert sample.tally.came == 3000
    assert sample.tally.balanced
    assert len(sample.groups) == 4
    assert set(np.unique(sample.choice)) == {0, 1, 2, 3}


def test_two_practices_may_have_the_same_number(tmp_path):
    """Patient 1 of one practice is not patient 1 of another; across files of one she is."""
    head = "practice,person,age_years,wbc_10e9_l\n"
    given = file_of(tmp_path, "P,1,40,6.0", "Q,1,40,7.0", "P,1,40,8.0", head=head)
    assert read_sample(given, "WBC", Rules()).values.tolist() == [6.0, 7.0]
    twice = Given([*given.files, *given.files])
    assert read_sample(twice, "WBC", Rules()).values.tolist() == [6.0, 7.0]
