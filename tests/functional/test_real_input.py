"""Real files, as they are: national survey, intensive care, hospital and trial data."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from leukon.definition import loads
from leukon.engines.local import interpret_table
from leukon.errors import UnitRefused

CELLS = {"": "10*9/L"}
BELOW_1_5 = """
id = "neutropenia-1-5"
publisher_id = "survey"
publisher = "A fixed limit for everybody"
version = "1"
date = ""
country = ""
source = "a round number"
[[limits]]
analyte = "NEUT"
low = 1.5
unit = "10*9/L"
kind = "decision"
"""


@pytest.fixture
def interpreted(needs_shared, tmp_path):
    """Interprets a shared file: the summary, the output, the refusals."""

    def run(name, **options):
        out = tmp_path / "out.parquet"
        summary = interpret_table(needs_shared / "data" / name, out=out, **options)
        side = tmp_path / "out.parquet.refused.csv"
        refused = pa.csv.read_csv(side).to_pylist() if side.exists() else []
        return summary, pq.read_table(out), refused

    return run


def test_the_survey_is_refused_without_a_unit(needs_shared):
    """Its columns have general names, so that nothing says the unit but its owner."""
    with pytest.raises(UnitRefused, match="column 'wbc'"):
        interpret_table(needs_shared / "data" / "nhanes_cbc_1999_2016.parquet")


def test_the_survey_needs_a_unit_and_no_mapping(interpreted):
    """Every person is in the output; nothing is refused; who has no count or age is undetermined."""
    summary, table, refused = interpreted("nhanes_cbc_1999_2016.parquet", units=CELLS)
    assert summary.rows_read == summary.panels == table.num_rows == 84_065
    assert not refused
    unknown = pc.sum(pc.is_null(table["input_wbc"])).as_py()
    assert summary.reasons["WBC"]["value-missing"] == unknown == 8_670
    assert summary.flags["WBC"]["low"] > 3_000
    assert table["wbc"].equals(table["input_wbc"])


def test_shares_of_low_neutrophils_are_those_published_of_the_survey(interpreted):
    """Under 1.5, 2001 to 2004, weighted: 4.96, 0.74 and 0.59 percent of the three groups."""
    _, table, _ = interpreted(
        "nhanes_cbc_1999_2016.parquet", units=CELLS, by=loads(BELOW_1_5, name="survey")
    )
    wanted = pc.is_in(table["cycle"], pa.array(["2001-2002", "2003-2004"]))
    table = table.filter(pc.and_(wanted, pc.is_valid(table["neut"])))
    weights = table["mec_weight"].to_numpy()
    low = pc.equal(table["neut_flag"].combine_chunks().cast(pa.string()), "low").to_numpy(False)
    groups = np.array(table["ethnicity"].to_pylist())

    def share(group):
        mine = groups == group
        return 100 * weights[mine & low].sum() / weights[mine].sum()

    assert share("Non-Hispanic Black") == pytest.approx(4.96, abs=0.005)
    assert share("Non-Hispanic White") == pytest.approx(0.74, abs=0.005)
    assert share("Mexican American") == pytest.approx(0.59, abs=0.005)


def test_intensive_care_counts_come_in_25_spellings_of_a_unit(interpreted):
    """Each raw spelling is read, or refused by name; no count of a refused one is guessed."""
    summary, table, refused = interpreted("eicu_demo_cbc_events_long.parquet")
    assert summary.rows_read == 5_286
    assert summary.panels == table.num_rows == 1_000
    units = ("'ug/L'", "'x10 (3)'", "'10(3)mcL'", "'10'", "'X 10 3'")
    counted = {unit: sum(unit in row["message"] for row in refused) for unit in units}
    assert counted == dict(zip(units, (24, 20, 13, 4, 4), strict=True))
    assert len(refused) == summary.cells_refused == 65
    assert summary.reasons["WBC"]["unit-refused"] == 14
    assert summary.reasons["HGB"]["duplicate"] == 5
    read = pc.drop_null(table["wbc"]).to_numpy()
    assert (read.min(), read.max()) == (0.8, 47.6)


def test_hospital_counts_without_a_person_say_why_nothing_can_be_said(interpreted):
    """A long table without age and sex: every count is undetermined, with the reason."""
    summary, table, refused = interpreted("mimic_demo_cbc_events_long.parquet")
    assert summary.rows_read == 12_047
    assert not refused
    assert set(table["wbc_flag"].to_pylist()) == {"undetermined"}
    assert set(summary.reasons["WBC"]) == {"age-missing", "value-missing"}
    assert summary.ignored == {"51250": 1_585, "51277": 1_585, "51114": 1}
    assert set(summary.drivers) == {"undetermined"}


def test_hospital_panels_are_read_as_their_shortest_decimals(interpreted):
    """32-bit columns; haemoglobin needs its own unit; shares become counts."""
    summary, table, refused = interpreted(
        "mimic_demo_cbc_wide.parquet", units={"": "K/uL", "HGB": "g/dL"}
    )
    assert summary.panels == 1_585
    assert not refused
    assert table["wbc"][2].as_py() == 4.2
    assert table["hgb"][0].as_py() == 149.0
    assert summary.flags["NEUT"]["low"] > 0
    assert pc.sum(table["neut_derived"]).as_py() > 100


def test_long_and_wide_tables_of_one_hospital_agree(interpreted):
    """The same draws, a row a count or a row a panel: the same white counts."""
    _, long, _ = interpreted("mimic_demo_cbc_events_long.parquet")
    _, wide, _ = interpreted("mimic_demo_cbc_wide.parquet", units={"": "K/uL", "HGB": "g/dL"})

    def counts(table):
        rows = zip(
            *(table[name].to_pylist() for name in ("subject_id", "time", "wbc")), strict=True
        )
        return {(person, time): value for person, time, value in rows if value is not None}

    assert (
        counts(long).items()
        >= {key: value for key, value in counts(wide).items() if key in counts(long)}.items()
    )
    assert len(counts(long)) == 1_585


def test_trial_counts_keep_the_laboratory_s_own_limits_beside_ours(interpreted):
    """Limits of the report are passed through as they are."""
    summary, table, refused = interpreted("cdisc_pilot_cbc.parquet", units=CELLS)
    assert summary.panels == 1_809
    assert not refused
    assert set(table["wbc_lo"].to_pylist()) == {"3.8"}
    assert set(table["wbc_lower"].to_pylist()) == {4.0}
    assert "undetermined" not in summary.flags["WBC"]


def test_a_table_of_diagnoses_is_no_table_of_counts(needs_shared):
    """What has no count is refused with what a table of counts looks like."""
    from leukon.errors import TableRefused

    with pytest.raises(TableRefused, match="no column is recognised"):
        interpret_table(needs_shared / "data" / "mimic_demo_cbc_diagnoses.parquet")
