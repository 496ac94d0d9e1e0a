"""Files come in as they are: dialects, encodings, broken lines; each row keeps its number."""

import gzip

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leukon.errors import TableRefused
from leukon.readers import lines
from leukon.readers.opening import open_source
from leukon.readers.sources import BROKEN, RETURN, UNCLOSED


def read(path, content):
    """The rows of a file with their numbers, and the lines that were set apart."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    rows, refused = {}, {}
    for block in open_source(path).blocks():
        rows |= dict(zip(block.rows.tolist(), block.columns.to_pylist(), strict=True))
        refused |= {row: group.message for group in block.refused for row in group.rows.tolist()}
    return rows, refused


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_dialects_are_seen_from_the_header(tmp_path, delimiter, bom, end):
    """Comma, semicolon, tab and bar; with and without a byte order mark; both ends of lines."""
    text = end.join(delimiter.join(row) for row in (["a", "b"], ["1", ""], ["x y", "2"]))
    rows, refused = read(tmp_path / "in.csv", bom + text.encode())
    assert rows == {2: {"a": "1", "b": None}, 3: {"a": "x y", "b": "2"}}
    assert not refused


def test_a_gzipped_file_is_unpacked(tmp_path):
    """Whether a file is packed is seen from its first bytes."""
    rows, _ = read(tmp_path / "in.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=0))
    assert rows == {2: {"a": "1", "b": "2"}}


def test_a_broken_line_costs_that_line_only(tmp_path):
    """Lines with too few or too many fields are set apart by number; blank lines are no rows."""
    rows, refused = read(tmp_path / "in.csv", "a,b\n1,2\n3\n\n4,5,6\n,\n7,8\n")
    assert rows == {2: {"a": "1", "b": "2"}, 6: {"a": None, "b": None}, 7: {"a": "7", "b": "8"}}
    assert refused == {3: BROKEN, 5: BROKEN}


def test_a_quoted_cell_may_hold_line_breaks_and_delimiters(tmp_path):
    """Rows after it keep the number of their line."""
    rows, refused = read(
        tmp_path / "in.csv", 'a,b,c\n"x\ny",2,3\n1,"p, ""q""",3\n1,2,"z\n\nw"\n4,5,6\n'
    )
    assert rows[2] == {"a": "x\ny", "b": "2", "c": "3"}
    assert rows[4] == {"a": "1", "b": 'p, "q"', "c": "3"}
    assert rows[5]["c"] == "z\n\nw"
    assert rows[8] == {"a": "4", "b": "5", "c": "6"}
    assert not refused


def test_a_quote_that_is_never_closed_swallows_no_other_row(tmp_path):
    """A slip of the pen costs its own line, even where a later line has one too."""
    rows, refused = read(tmp_path / "in.csv", 'a,b,c\n1,"two,3\n4,5,6\n7,ei"ght,9\n10,11,12\n')
    assert sorted(rows) == [3, 5]
    assert refused == {2: UNCLOSED, 4: UNCLOSED}


def test_blocks_are_cut_between_records(tmp_path, monkeypatch):
    """Small blocks give the same rows and numbers as one large one."""
    text = "a,b\n" + "".join(
        f'{n},"x\n{n}"\n\n{n},"bad\n' if n % 7 == 0 else f"{n},y\n" for n in range(300)
    )
    whole = read(tmp_path / "in.csv", text)
    monkeypatch.setattr(lines, "BLOCK_BYTES", 997)
    assert read(tmp_path / "in.csv", text) == whole
    assert len(whole[0]) == 300
    assert len(whole[1]) == 43


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n1,2\n", "is empty"),
        (b"a,b\n", "no rows"),
        (b"a,b\n\n\n", "no rows"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        ("a,b\n1,2\n".encode("utf-16-le"), "UTF-16"),
        (b"a,b\n1,K/\xb5L\n", "not in UTF-8"),
        (b"a\xb5,b\n1,2\n", "not in UTF-8"),
        (b"a,b\n1,2,\xb5\n", "not in UTF-8"),
        (b"a,a\n1,2\n", "two columns are called 'a'"),
        (b"a,b\r1,2\r", "old way"),
        (b"PK\x03\x04zip", "workbook"),
        (b'[{"a": 1}]\n', "JSON"),
        (b"PAR1 and no more", "damaged"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "gzip"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path, content, says):
    """Empty files, other encodings and other formats are refused by name, without a traceback."""
    with pytest.raises(TableRefused, match=says) as refused:
        read(tmp_path / "in.csv", content)
    assert refused.value.hint


def test_the_line_in_another_encoding_is_named(tmp_path):
    """The first line that is not UTF-8 is where to look."""
    with pytest.raises(TableRefused, match="line 3"):
        read(tmp_path / "in.csv", b"a,b\n1,2\n1,\xb5\n")


def test_a_file_that_is_not_there_is_named(tmp_path):
    """A missing file and a folder are refused as such."""
    with pytest.raises(TableRefused, match="no such file"):
        open_source(tmp_path / "nothing.csv")
    with pytest.raises(TableRefused, match="cannot be read"):
        open_source(tmp_path)


def test_a_parquet_file_keeps_its_types_and_counts_rows_from_one(tmp_path):
    """Parquet is passed on as it is."""
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"a": [1, None], "b": [1.5, 2.5]}), path)
    source = open_source(path)
    (block,) = source.blocks()
    assert source.rows_total == 2
    assert block.rows.tolist() == [1, 2]
    assert block.columns.to_pylist() == [{"a": 1, "b": 1.5}, {"a": None, "b": 2.5}]


def test_a_parquet_file_that_is_cut_or_empty_is_refused(tmp_path):
    """Damage and emptiness are found before anything is written."""
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"wbc": pa.array([], pa.float64())}), path)
    with pytest.raises(TableRefused, match="no rows"):
        open_source(path)
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(TableRefused, match="damaged"):
        open_source(path)


def test_a_header_may_be_long(tmp_path):
    """A thousand columns with long names are a header, and none of them is cut."""
    names = [f"a_column_of_theirs_with_a_long_name_{n:060d}" for n in range(1000)]
    path = tmp_path / "in.csv"
    path.write_text(",".join([*names, "wbc"]) + "\n" + "x," * 1000 + "3.7\n")
    source = open_source(path)
    assert source.names == (*names, "wbc")
    (block,) = source.blocks()
    assert block.columns.column("wbc").to_pylist() == ["3.7"]


@pytest.mark.parametrize("before", ["", "x,1\n" * 400_000])
def test_a_carriage_return_within_a_line_costs_that_line(tmp_path, before):
    """Outside quotes it would cut the line in two; within quotes it is part of the cell."""
    path = tmp_path / "in.csv"
    body = 'a\rb,2\nc,3\n"d\re",4\n"f\r\ng",5\nh,6\r\ni,7\r\r\nj,8\n'
    path.write_bytes(f"name,wbc\n{before}{body}".encode())
    start = 2 + before.count("\n")
    blocks = list(open_source(path).blocks())
    refused = [(one.row - start, one.message) for b in blocks for g in b.refused for one in g]
    assert refused == [(0, RETURN)]
    cells = {
        int(row) - start: (
            block.columns.column("name")[n].as_py(),
            block.columns.column("wbc")[n].as_py(),
        )
        for block in blocks
        for n, row in enumerate(block.rows)
        if row >= start
    }
    assert cells == {
        1: ("c", "3"), 2: ("d\re", "4"), 3: ("f\r\ng", "5"), 5: ("h", "6"), 6: ("i", "7"), 7: ("j", "8"),
    }  # fmt: skip


def test_a_parquet_file_that_was_read_leaves_nothing_in_memory(tmp_path):
    """However many files a run reads, what is in memory is one batch of one of them."""
    path = tmp_path / "in.parquet"
    values = np.random.default_rng(1).random(500_000)
    pq.write_table(pa.table({"person": values, "wbc": values}), path, use_dictionary=False)
    source = open_source(path)
    before = pa.total_allocated_bytes()
    rows = sum(len(block.rows) for block in source.blocks())
    assert rows == len(values)
    assert pa.total_allocated_bytes() - before < values.nbytes / 2
