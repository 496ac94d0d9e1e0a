"""Files that were made, or came to be, to break what reads them: a named refusal, and no crash."""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leukon.cli import main
from leukon.errors import TableRefused
from leukon.readers import lines
from leukon.readers.columns import recognise
from leukon.readers.mapping import Declared


@pytest.fixture
def said(tmp_path, capsys):
    """Interprets a file of some content: the exit code, and what is said on standard error."""

    def run(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        code = main(["interpret", str(path), "--unit", "10*9/L", "--out", str(tmp_path / "o.csv")])
        return code, " ".join(capsys.readouterr().err.split())

    return run


def test_brackets_within_brackets_do_not_end_the_program(said):
    """A reader in C++ that follows each bracket runs out of stack; that line alone is refused."""
    deep = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    code, message = said("deep.ndjson", b'{"age":"34y","wbc":3.2}\n' + deep + b"\n")
    assert code == 4
    assert "row 2" in message


def test_an_infinity_in_json_is_not_lost(said, tmp_path):
    """NaN stands where there is no number; Infinity was meant as one, and is refused."""
    code, _ = said("odd.ndjson", b'{"age":"34y","wbc":NaN}\n{"age":"34y","wbc":-Infinity}\n')
    assert code == 4
    written = (tmp_path / "o.csv").read_text().splitlines()
    reasons = [row["wbc_reason"] for row in csv.DictReader(written)]
    assert reasons == ["value-missing", "not-read"]


@pytest.mark.parametrize(
    "content", [b"x" * 200_000, b"age,wbc\n" + b"x" * 3_000], ids=["header", "row"]
)
def test_a_line_without_end_is_no_table(said, monkeypatch, content):
    """The refusal names the file."""
    monkeypatch.setattr(lines, "LONGEST_LINE", 2_000)
    monkeypatch.setattr(lines, "BLOCK_BYTES", 1_000)
    code, message = said("line.csv", content)
    assert code == 3
    assert "line.csv: the file has no lines" in message


def test_a_quoted_cell_of_any_length_costs_its_line(said):
    """Longer than the standard library reads a cell, with a line break in it."""
    cell = b'"' + b"x" * (csv.field_size_limit() + 1) + b'\ny"'
    code, message = said("cell.csv", b"note,age,wbc\n" + cell + b",34y,3.2\nb,34y,3.2\n")
    assert code == 4
    assert "row 2" in message


def test_a_column_that_holds_no_counts_is_named(tmp_path, capsys):
    """Which of sixty columns is meant, is said."""
    pq.write_table(pa.table({"age": ["34y"], "wbc": [True]}), tmp_path / "t.parquet")
    assert main(["interpret", str(tmp_path / "t.parquet"), "--unit", "10*9/L"]) == 3
    assert "t.parquet, column 'wbc'" in capsys.readouterr().err


def test_many_columns_take_time_in_proportion():
    """Ten times the columns, ten times the work; far too many are refused."""
    calls = {"few": 0, "many": 0}
    for which, size in (("few", 300), ("many", 3_000)):
        names = ["wbc", *(f"{which}_{number}" for number in range(size))]

        def count(_frame, event, _arg, which=which):
            calls[which] += event == "call"

        sys.setprofile(count)
        try:
            lines.check_names(names, Path("t.csv"))
            recognise(names, Declared())
        finally:
            sys.setprofile(None)
    assert calls["many"] < 15 * calls["few"]
    with pytest.raises(TableRefused, match="more than"):
        lines.check_names(["a"] * (lines.MOST_COLUMNS + 1), Path("t.csv"))


@pytest.fixture
def folder(tmp_path):
    """A folder with two files, and a run over it into a folder: the exit code."""
    source = tmp_path / "in"
    source.mkdir()
    for name in ("1.csv", "2.csv"):
        (source / name).write_text("age,wbc\n34y,3.2\n")

    def run(*options):
        out = f"{tmp_path / 'out'}/"
        return main(["interpret", str(source), "--unit", "10*9/L", "--out", out, *options])

    return run


def test_overwrite_removes_what_the_manifest_names_alone(folder, tmp_path):
    """A part of another program is called alike, and is nobody's to remove."""
    assert folder() == 0
    theirs = tmp_path / "out" / "part-00000-4f1c.c000.snappy.parquet"
    theirs.write_text("theirs")
    assert folder("--overwrite", "--by", "mayo-clinic-2024") == 0
    assert theirs.read_text() == "theirs"


def test_nothing_is_removed_by_a_manifest_that_cannot_be_read(folder, tmp_path, capsys):
    """Then nobody knows whose the files are."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "_leukon-manifest.json").write_text("{}")
    (out / "part-00000.parquet").write_text("theirs")
    assert folder("--overwrite") == 2
    assert "cannot be read" in capsys.readouterr().err
    assert (out / "part-00000.parquet").read_text() == "theirs"


def test_a_part_is_never_written_over_a_file_of_others(folder, tmp_path, capsys):
    """The run that was there had one part less, and somebody took the next name."""
    assert folder() == 0
    (tmp_path / "out" / "part-00002.parquet").write_text("theirs")
    (tmp_path / "in" / "3.csv").write_text("age,wbc\n34y,3.2\n")
    assert folder("--overwrite") == 2
    assert "part-00002.parquet is there already" in capsys.readouterr().err
    assert (tmp_path / "out" / "part-00002.parquet").read_text() == "theirs"


def test_links_and_pipes_in_a_folder_are_left_out_and_said(folder, tmp_path, capsys):
    """Neither a circle nor a pipe that never ends keeps a run waiting."""
    (tmp_path / "in" / "up").symlink_to("..")
    (tmp_path / "in" / "itself").symlink_to("itself")
    os.mkfifo(tmp_path / "in" / "pipe.csv")
    assert folder() == 0
    said = capsys.readouterr().err
    assert "1 link to a folder" in said
    assert "2 not a table" in said


@pytest.mark.parametrize("command", [["verify"], ["estimate", "--analyte", "WBC"], ["interpret"]])
@pytest.mark.parametrize(
    "address", ["postgresql://anna:s3cret@127.0.0.1:1/labs", "host=127.0.0.1 password=s3cret"]
)
def test_a_password_is_in_no_message(command, address, capsys, tmp_path):
    """An address where a file is wanted is no file, and its password is not said."""
    options = ["--definition", "leukon-general"] if command == ["verify"] else []
    options += ["--publisher", "x", "--out", str(tmp_path / "x.toml")] * (command[0] == "estimate")
    assert main([command[0], address, *command[1:], *options]) in (2, 3)
    said = capsys.readouterr()
    assert "s3cret" not in said.out + said.err
    assert "127.0.0.1" in said.err


@pytest.mark.parametrize("bomb", ["a=" + "[" * 9_999 + "]" * 9_999, "a" + ".a" * 9_999 + "=1"])
@pytest.mark.parametrize("option", ["--map", "--by", "--scale"])
def test_a_bomb_in_toml_is_refused(tmp_path, capsys, bomb, option):
    """The parser gives up, or takes memory with the square of the depth: refused before that."""
    (tmp_path / "in.csv").write_text("age,wbc\n34y,3.2\n")
    (tmp_path / "bomb.toml").write_text(bomb)
    files = [str(tmp_path / name) for name in ("in.csv", "bomb.toml")]
    assert main(["interpret", files[0], "--unit", "10*9/L", option, files[1]]) in (2, 3)
    assert "not" in capsys.readouterr().err


def test_a_list_of_refused_rows_does_not_outlive_its_run(folder, tmp_path):
    """A killed run leaves lists of its parts; the run that takes its place has none of them."""
    assert folder() == 0
    left = tmp_path / "out" / ".part-00001.parquet.refused.csv"
    left.write_text("file,row\n")
    (tmp_path / "in" / "2.csv").unlink()
    assert folder("--overwrite") == 0
    assert not left.exists()
