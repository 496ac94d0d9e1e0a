"""How Parquet is written: in row groups of several batches, with dictionaries where they pay."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leukon.engines import writers
from leukon.engines.targets import OutputFailed, temporary_name
from leukon.engines.writers import ParquetTable
from leukon.readers.refusals import Refused
from leukon.reasons import Reason


def written(batches, schema):
    """The batches as a Parquet file."""
    file = io.BytesIO()
    table = ParquetTable(file, schema)
    for batch in batches:
        table.write(batch)
    table.close()
    return pq.ParquetFile(pa.BufferReader(file.getvalue()))


def test_a_list_on_a_full_disk_is_refused_and_dropped(tmp_path):
    """That it cannot even be closed hides no error, and leaves no file."""
    side = writers.SideFile(tmp_path / "x.refused.csv", with_file=False)
    (tmp_path / temporary_name("x.refused.csv")).symlink_to("/dev/full")
    side.write([Refused(np.array([1]), "wbc", Reason.NOT_READ, "no number", "mend it")], "x.csv")
    with pytest.raises(OutputFailed, match="disk is full"):
        side.finish()
    side.drop()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("rows", "groups"), [([3, 3, 3], [6, 3]), ([5], [5]), ([7, 1], [7, 1])])
def test_batches_are_gathered_to_row_groups(monkeypatch, rows, groups):
    """A row group is written when it is full, the last one when the file ends; nothing is lost."""
    monkeypatch.setattr(writers, "ROWS_A_GROUP", 6)
    batches = [pa.record_batch({"n": [1] * size}) for size in rows]
    found = written(batches, batches[0].schema)
    footer = found.metadata
    assert [footer.row_group(n).num_rows for n in range(footer.num_row_groups)] == groups
    assert found.read() == pa.Table.from_batches(batches)


def test_a_table_without_rows_has_its_columns():
    """Nothing written is still a file with a schema."""
    schema = pa.schema([("n", pa.int64())])
    assert written([], schema).schema_arrow.names == ["n"]
    assert written([pa.RecordBatch.from_pylist([], schema)], schema).metadata.num_rows == 0


def test_numbers_of_their_own_have_no_dictionary():
    """A column in which nearly every row has its own value is written plainly, and read the same."""
    size = 5000
    rng = np.random.default_rng(1)
    columns = {
        "person": np.arange(size),
        "drawn_at": rng.permutation(size).astype("datetime64[s]"),
        "wbc": rng.integers(10, 99, size) / 10,
        "flag": pa.array(["low", "within"] * (size // 2)).dictionary_encode(),
        "list": [[1], [2]] * (size // 2),
    }
    batch = pa.record_batch(columns)
    found = written([batch], batch.schema)
    chunks = [found.metadata.row_group(0).column(n) for n in range(len(columns))]
    coded = [any("DICTIONARY" in encoding for encoding in chunk.encodings) for chunk in chunks]
    assert coded[:4] == [False, False, True, True]
    assert found.read().to_pylist() == batch.to_pylist()


def test_texts_that_come_as_kinds_are_a_column_of_text_in_the_file():
    """Whether a batch brings a text as such, or as kinds and their numbers, the file is the same."""
    schema = pa.schema([("sex", pa.string()), ("wbc", pa.float64())], metadata={"by": "a practice"})
    plain = pa.record_batch({"sex": ["F", None, "M"], "wbc": [3.1, 4.0, None]}, schema=schema)
    coded = [plain.column("sex").dictionary_encode(), plain.column("wbc")]
    kinds = pa.record_batch(coded, names=schema.names)
    found = [
        written(batches, schema).read()
        for batches in ([plain] * 3, [kinds, plain, kinds], [plain, kinds, plain])
    ]
    assert all(table.schema.equals(schema, check_metadata=True) for table in found)
    assert found[0] == found[1] == found[2]
