"""What somebody meets who runs leukon on a file for the first time: what is said, and what to do."""

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from leukon.cli import main

ROWS = "person,age,sex,wbc\nA,34y,female,3.1\nB,40y,male,5.2\nC,50y,male,6.4\n"


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """Interprets a file with some content: the exit code, the output, and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(content, *options, name="in.csv", unit="10*9/L"):
        Path(name).write_text(content)
        code = main(["interpret", name, "--unit", unit, *options])
        said = capsys.readouterr()
        return code, *(" ".join(text.split()) for text in (said.out, said.err))

    return run


def test_a_summary_says_whose_definition_and_which_line_drives(run):
    """Also where no panel is shown."""
    code, said, _ = run(ROWS.replace("wbc", "neut").replace("3.1", "1.1"), "--show", "0")
    assert code == 0
    assert "3 panels are not shown" in said
    assert "(leukon-general) - not yet checked by a clinician" in said
    assert "Driving cell line: no cell line found low: 2, neutrophils: 1" in said


def test_a_count_that_a_scale_does_not_grade_says_where_the_reason_stands(run):
    """CTCAE 6.0 has no grades of lymphocytes."""
    _, said, _ = run(ROWS.replace("wbc", "lymph"), "--scale", "ctcae-6.0", "--show", "0")
    assert "LYMPH: ctcae-6.0 no grade: 3 (grade_ctcae-6.0_lymph_reason says why)" in said


def test_no_column_stands_for_what_was_not_asked(run):
    """How many publishers call a count low is asked for by --agreement."""
    assert "called low by" not in run(ROWS)[1]
    assert "called low by" in run(ROWS, "--agreement")[1]


def test_one_fault_in_many_rows_is_said_once(run):
    """With the first places, and how many more."""
    rows = "".join(f'P{n},34y,female,"3,{n}"\n' for n in range(100, 130))
    _, said, warned = run("person,age,sex,wbc\n" + rows, "--show", "0")
    assert said.count("the number holds a comma") == 1
    assert "not read: row 2, wbc; row 3, wbc; row 4, wbc and 17 more such: the number" in said
    assert "and 10 more that could not be read" in said
    assert "30 could not be read" in warned


@pytest.mark.parametrize(
    ("theirs", "ours", "reason"),
    [("years", "age_years", "the age at the draw"), ("specimen", "specimen_id", "not a count in")],
)
def test_a_column_that_was_not_understood_is_spoken_of(run, theirs, ours, reason):
    """Where nearly no count can be said for one reason, the hint mends it."""
    rows = f"{theirs},wbc,sex\n" + "".join(f"{n},4.1,female\n" for n in range(31, 40))
    code, _, warned = run(rows)
    assert code == 0
    assert f"of nearly every count it cannot be said: {reason}" in warned
    Path("map.toml").write_text(f'[columns]\n{ours} = "{theirs}"\n')
    _, _, warned = run(rows, "--map", "map.toml")
    assert reason not in warned


def test_a_few_without_an_age_are_no_fault_of_a_column(run):
    """The summary counts them, and nothing more is said."""
    assert run(ROWS.replace("34y", ""))[2] == ""


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("/dev/zero", "more than 20,000,000 letters"),
        (".", "the map file cannot be read"),
        ("in.csv", "the map file is not TOML"),
        ("bytes.toml", "the map file is no text"),
        ("none.toml", "there is no such map file"),
    ],
)
def test_a_map_file_that_is_none_is_refused(run, named, message):
    """Whatever is named: a folder, a device without end, a table."""
    Path("bytes.toml").write_bytes(b"PAR1\xff\xfe")
    code, _, warned = run(ROWS, "--map", named)
    assert code == 3
    assert message in warned


def test_a_form_is_not_taken_for_a_folder(run):
    """`--format csv` beside `--out flags.csv` is one file; another form is refused."""
    assert run(ROWS, "--format", "csv", "--out", "flags.csv")[0] == 0
    assert Path("flags.csv").is_file()
    code, _, warned = run(ROWS, "--format", "ndjson", "--out", "more.csv")
    assert code == 2
    assert "the output has the ending .csv, and the form is to be ndjson" in warned


def test_a_folder_is_not_read_and_written(tmp_path, capsys):
    """A folder named twice is refused, and nothing is written into it."""
    (tmp_path / "in.csv").write_text(ROWS)
    code = main(["interpret", str(tmp_path), "--unit", "10*9/L", "--out", str(tmp_path)])
    assert code == 2
    assert "the folder is to be read and written to" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"age": "34y", "wbc": 4.1, "wbc": 3.9}', "this line gives one key twice"),
        ('{"wbc": ' + "[" * 3000 + "]" * 3000 + "}", "brackets stand within brackets, too deep"),
        ('{"age": "34y", "wbc": ', "this line is no whole JSON object"),
    ],
)
def test_a_line_of_json_says_what_is_wrong_with_it(run, line, message):
    """The other lines are read; where there is none, the refusal says it."""
    whole = '{"age": "34y", "wbc": 4.1}\n'
    code, said, _ = run(whole + line, "--show", "0", name="in.ndjson")
    assert (code, "2 rows, 1 panels" in said) == (4, True)
    assert f"not read: row 2: {message}" in said.replace("on this line ", "")
    code, _, warned = run(line, name="in.ndjson")
    assert code == 3
    assert message in warned


def test_a_table_that_is_not_there_is_answered_with_those_that_are(tmp_path, capsys):
    """In a DuckDB file and in an SQLite file."""
    with closing(duckdb.connect(str(tmp_path / "a.duckdb"))) as base:
        base.execute("CREATE SCHEMA lab; CREATE TABLE lab.counts (wbc DOUBLE)")
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as base:
        base.execute("CREATE TABLE labs (wbc REAL)")
    for name, tables in (("a.duckdb", "lab.counts"), ("a.sqlite", "labs")):
        assert main(["interpret", str(tmp_path / name), "--table", "counts"]) == 3
        assert f"the tables are {tables}" in capsys.readouterr().err
