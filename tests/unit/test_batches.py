"""A batch that somebody else brings is answered as a file is."""

import pickle

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leukon import definitions
from leukon.engines.batches import Question, WideTable
from leukon.engines.local import interpret_table
from leukon.errors import UnitRefused, UsageError
from leukon.readers.mapping import Declared
from leukon.scales import resolve_all

ROWS = pa.record_batch(
    {
        "age_years": [34, 3, None, 71],
        "sex": ["female", "male", "F", None],
        "wbc": ["3.7", "<0.1", "pending", "x"],
        "neut_pct": [33.0, None, 50.0, 12.0],
        "flag": [1, 2, 3, 4],
    }
)
QUESTION = Question(
    definitions["leukon-general"], Declared(unit="10*9/L"), resolve_all(["ctcae-6.0"]), True
)


def test_a_batch_is_answered_as_a_file_is(tmp_path):
    """Schema, rows and refusals are those of the same rows in a file."""
    path, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.Table.from_batches([ROWS]), path)
    summary = interpret_table(
        path, out=out, units={"": "10*9/L"}, scales=["ctcae-6.0"], agreement=True
    )
    table = WideTable(ROWS.schema, QUESTION)
    found = table.interpret(ROWS, first_row=1)
    assert found.batch.schema == table.schema
    assert found.batch.to_pylist() == pq.read_table(out).to_pylist()
    assert [one.row for group in found.refused for one in group] == [
        refusal.row for refusal in summary.refusals
    ]


def test_a_table_can_be_sent_to_another_process():
    """What is asked, and what was settled of the columns, outlive the journey."""
    table = pickle.loads(pickle.dumps(WideTable(ROWS.schema, QUESTION)))
    assert table.interpret(ROWS).batch.equals(
        WideTable(ROWS.schema, QUESTION).interpret(ROWS).batch
    )


def test_a_batch_with_rows_of_single_counts_is_refused():
    """Counts of one specimen may lie in two batches: they are brought together first."""
    long = pa.schema([("specimen_id", pa.string()), ("test", pa.string()), ("value", pa.string())])
    with pytest.raises(UsageError, match="a row a count"):
        WideTable(long, QUESTION)


def test_a_batch_without_a_unit_is_refused():
    """Asked for, the first batch shows whether anything says the unit."""
    rows = pa.record_batch({"wbc": [3.7]})
    with pytest.raises(UnitRefused):
        WideTable(rows.schema, Question(definitions["leukon-general"])).check(rows)
