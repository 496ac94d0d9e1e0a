"""What a user names: folders, patterns, databases; and what of a folder is not read."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leukon.engines.local import interpret_table
from leukon.errors import TableRefused, UsageError
from leukon.readers.inputs import DatabaseInput, find_inputs, reasons_skipped, shown

UNITS = {"": "10*9/L"}
ROWS = "age,sex,wbc\n34y,F,3.7\n"


def names(found):
    """The names of what is read."""
    return [one.name for one in found.inputs]


@pytest.fixture
def folder(tmp_path):
    """A folder with tables, and with all that is none."""
    data = tmp_path / "data"
    (data / "sub").mkdir(parents=True)
    for name in ("b.csv", "a.csv", "sub/c.csv", ".hidden.csv", "_tmp.csv", "x.csv.refused.csv"):
        (data / name).write_text(ROWS)
    (data / "readme.txt").write_text("hello")
    done = data / "done"
    done.mkdir()
    (done / "_leukon-manifest.json").write_text("{}")
    (done / "part-00000.csv").write_text(ROWS)
    return data


def test_a_folder_stands_for_the_tables_in_it(folder):
    """Sorted; hidden and temporary files, other kinds and our own output are left out and said."""
    found = find_inputs(folder)
    assert names(found) == ["a.csv", "b.csv", "c.csv"]
    assert reasons_skipped(found.skipped) == {
        "hidden or temporary": 2,
        "output of leukon": 2,
        "not a table": 1,
    }
    summary = interpret_table(folder, units=UNITS)
    assert (summary.panels, len(summary.skipped)) == (3, 5)


def test_an_output_within_the_folder_is_no_input(folder):
    """Neither the file that is about to be written, nor one that says leukon wrote it."""
    out = folder / "out.csv"
    for _ in range(2):
        assert interpret_table(folder, units=UNITS, out=out).panels == 3
    interpret_table(folder / "a.csv", units=UNITS, out=folder / "z.parquet")
    assert names(find_inputs(folder, out=out)) == ["a.csv", "b.csv", "c.csv"]


def test_a_pattern_is_expanded_where_no_shell_did(folder):
    """A file that is called like a pattern is that file."""
    assert names(find_inputs(str(folder / "*.csv"))) == [
        "_tmp.csv",
        "a.csv",
        "b.csv",
        "x.csv.refused.csv",
    ]
    assert "c.csv" in names(find_inputs(str(folder / "**" / "*.csv")))
    odd = folder / "a[1].csv"
    odd.write_text(ROWS)
    assert names(find_inputs(str(odd))) == ["a[1].csv"]
    with pytest.raises(TableRefused, match="no file matches"):
        find_inputs(str(folder / "*.nothing"))


def test_a_folder_without_tables_is_refused(tmp_path):
    """With the endings that are read."""
    with pytest.raises(TableRefused, match=r"no file in it[\s\S]*\.parquet"):
        find_inputs(tmp_path)


def test_a_password_is_never_shown():
    """Not in a name, not in a representation, whatever letters it has."""
    address = "postgresql://anna:p@ss/word@db.example:5432/labs?password=secret"
    one = DatabaseInput(address, "counts")
    for text in (one.name, repr(one), shown(address)):
        assert "word" not in text.replace("password", "") or "ss/" not in text
        assert "secret" not in text
        assert "anna" not in text


def test_a_database_is_named_with_its_table(monkeypatch):
    """Without table or query, with both, with a second input: each is refused by name."""
    with pytest.raises(UsageError, match="no table"):
        find_inputs("postgresql://db.example/labs")
    with pytest.raises(UsageError, match="both given"):
        find_inputs("x.duckdb", table="a", query="select 1")
    with pytest.raises(UsageError, match="on its own"):
        find_inputs(["x.duckdb", "y.csv"], table="a")
    monkeypatch.setenv("LEUKON_DATABASE", "postgresql://db.example/labs")
    assert names(find_inputs([], table="a")) == ["a in postgresql://db.example/labs"]


LINES = (
    '{"person":"a","age_years":34,"sex":"F","wbc":3.70}\n'
    "\n"
    '{"sex":"M","wbc":"<0.1","age_years":40,"note":"2020-01-01"}\n'
    "{broken\n"
    '{"wbc":4,"wbc":5}\n'
    '{"wbc":null,"id":12345678901234567890}\n'
)


def test_ndjson_keeps_what_a_line_says(tmp_path):
    """Keys may differ; a number among text is its shortest decimal; a broken line costs itself."""
    path, out = tmp_path / "in.ndjson", tmp_path / "out.ndjson"
    path.write_text(LINES)
    summary = interpret_table(path, out=out, units=UNITS)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["wbc"] for row in rows] == [3.7, 0.1, None]
    assert [row["input_wbc"] for row in rows] == ["3.7", "<0.1", None]
    assert rows[1]["note"] == "2020-01-01"
    assert rows[2]["id"] == "12345678901234567890"
    assert [(one.row, one.lost) for one in summary.refusals] == [(4, True), (5, True)]


@pytest.mark.parametrize("pack", [False, True])
def test_ndjson_is_read_as_csv_is(tmp_path, pack):
    """The same rows give the same answers; a column of numbers stays one."""
    import gzip

    lines = '{"age_years":34,"sex":"F","wbc":3.70,"neut":1}\n{"age_years":3,"sex":"M","wbc":9,"neut":2.5}\n'
    path = tmp_path / ("in.ndjson.gz" if pack else "in.ndjson")
    path.write_bytes(gzip.compress(lines.encode()) if pack else lines.encode())
    other = tmp_path / "in.csv"
    other.write_text("age_years,sex,wbc,neut\n34,F,3.70,1\n3,M,9,2.5\n")
    outs = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for source, out in zip((path, other), outs, strict=True):
        interpret_table(source, out=out, units=UNITS)
    tables = [pq.read_table(out) for out in outs]
    for name in ("wbc", "wbc_flag", "neut", "neut_flag", "driver"):
        assert tables[0][name].to_pylist() == tables[1][name].to_pylist()
    assert tables[0].schema.field("input_wbc").type == pa.float64()
    assert tables[0].schema.field("age_years").type == pa.int64()


def test_a_line_of_blanks_is_no_row(tmp_path):
    """The rows after it keep their numbers."""
    path = tmp_path / "in.ndjson"
    path.write_text('{"wbc":3.7}\n  \n{"wbc":4}\n{"wbc":\n')
    summary = interpret_table(path, units=UNITS, keep=9)
    assert [kept.row for kept in summary.kept] == [1, 3]
    assert [one.row for one in summary.refusals] == [4]


@pytest.mark.parametrize("value", ['{"a": 1}', "[1, 2]"])
def test_nested_values_are_refused_by_name(tmp_path, value):
    """Also beside a broken line."""
    for broken in ("", "{broken\n"):
        path = tmp_path / "in.ndjson"
        path.write_text('{"wbc":3.7}\n' + broken + '{"patient":' + value + "}\n")
        with pytest.raises(TableRefused, match="'patient' holds"):
            interpret_table(path, units=UNITS)


def test_keys_of_several_files_are_joined(tmp_path):
    """A key of one file alone is a column of all; a number here and text there is text."""
    (tmp_path / "1.ndjson").write_text('{"wbc":3.7}\n')
    (tmp_path / "2.ndjson").write_text('{"wbc":"<0.1","neut":1}\n')
    out = tmp_path / "out.csv"
    assert interpret_table(tmp_path, units=UNITS, out=out).panels == 2
    assert out.read_text().splitlines()[0].startswith('"input_wbc","input_neut"')


def test_counts_of_one_specimen_may_lie_in_two_files(tmp_path):
    """Files with a row a count are one table; refusals name the file and its row."""
    head = "specimen_id,age,test,value,unit\n"
    (tmp_path / "1.csv").write_text(head + "A,34y,WBC,3.7,10*9/L\nB,34y,WBC,5,10*9/L\n")
    (tmp_path / "2.csv").write_text(head + "A,34y,NEUT,1.1,10*9/L\nB,34y,NEUT,x,10*9/L\n")
    out = tmp_path / "out.parquet"
    summary = interpret_table([tmp_path / "1.csv", tmp_path / "2.csv"], out=out)
    assert summary.panels == 2
    assert pq.read_table(out)["neut"].to_pylist() == [1.1, None]
    assert [(one.file, one.row) for one in summary.refusals] == [("2.csv", 3)]
