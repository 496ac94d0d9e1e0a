"""`leukon interpret --engine spark`: what the local engine says, written by the workers of a cluster."""

from __future__ import annotations

import csv
import datetime as dt
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest

from leukon.cli import main
from leukon.engines.csv_lines import BROKEN, FILE, LINE, Lines, rows_of_lines
from leukon.errors import TableRefused, UsageError
from leukon.readers.lines import read_header

PANELS = (
    "person,age_years,sex,wbc,neut,remark\n"
    "1,34,F,3.7,1.1,fine\n"
    "2,34,F,4\n"
    '3,34,M,"4.1,x,1\n'
    '4,34,F,x,4,"a ""q"" b"\n'
    '5,34,F,6,7,"two\nlines"\n'
    "\n"
    "7,34,q,8,9,é\n"
    "8,34,F,<0.1,,\n"
)
COUNTS = "person,drawn_at,age,sex,test,value,unit\n" + "".join(
    f"{n},2024-01-0{n % 3 + 1},34,F,{test},{value},{unit}\n"
    for n in range(20)
    for test, value, unit in (("WBC", "3.9", "10*9/L"), ("NEUT", "30", "%"), ("K", "4", "mmol/L"))
)
UNIT = ("--unit", "10*9/L")


@pytest.fixture
def run(spark, capfd):
    """Runs a command; gives its exit code and what it printed."""

    def run(*arguments):
        assert spark
        code = main(["interpret", *map(str, arguments)])
        return code, capfd.readouterr()

    return run


def rows_of(path):
    """A written table in the order of its persons."""
    table = pa.dataset.dataset(path, exclude_invalid_files=True).to_table()
    return sorted(table.to_pylist(), key=lambda row: int(row["person"]))


def refused_in(path):
    """A list of what could not be read, as places and reasons."""
    files = [path] if path.is_file() else sorted(path.glob("*.csv"))
    rows = (row for file in files for row in csv.DictReader(file.read_text().splitlines()))
    return sorted((row["row"], row["field"], row["reason"], row["message"]) for row in rows)


def test_csv_is_read_as_on_one_machine(run, tmp_path):
    """The same rows, the same broken lines by the same numbers, the same exit code."""
    (tmp_path / "in.csv").write_text(PANELS)
    args = (tmp_path / "in.csv", *UNIT, "--scale", "ctcae-6.0")
    local, _ = run(*args, "--out", tmp_path / "local.parquet")
    code, said = run(*args, "--engine", "spark", "--out", tmp_path / "flags")
    assert code == local == 4
    assert rows_of(tmp_path / "flags") == rows_of(tmp_path / "local.parquet")
    (beside,) = [p for p in tmp_path.glob("local*refused*") if p.is_file()]
    assert refused_in(tmp_path / "flags.refused") == refused_in(beside)
    assert "7 rows, 5 panels, 4 could not be read" in said.out
    assert "ctcae-6.0 grade" in said.out
    assert "in.csv, row 3: this line has not as many fields" in said.err
    assert "4.1" not in said.err


def test_parquet_files_are_one_table_and_refusals_have_their_rows(run, tmp_path):
    """Two files with the same columns; a refused cell is listed with its file and row."""
    for name, values in (("a", [3.7, -1.0, 9.0]), ("b", [3.0, 4.0, -2.0])):
        persons = [str(n + (3 if name == "b" else 0)) for n in range(3)]
        table = pa.table({"person": persons, "age_years": [34] * 3, "wbc": values})
        pq.write_table(table, tmp_path / f"{name}.parquet")
    files = (tmp_path / "a.parquet", tmp_path / "b.parquet")
    code, said = run(*files, *UNIT, "--engine", "spark", "--out", tmp_path / "flags")
    assert code == 4
    assert [row["wbc_reason"] for row in rows_of(tmp_path / "flags")][1] == "impossible"
    assert [row[:3] for row in refused_in(tmp_path / "flags.refused")] == [
        ("2", "wbc", "impossible"),
        ("3", "wbc", "impossible"),
    ]
    assert "b.parquet, row 3, wbc" in said.err
    metadata = pq.read_schema(next((tmp_path / "flags").glob("*.parquet"))).metadata
    assert b"leukon_schema_version" in metadata[b"org.apache.spark.sql.parquet.row.metadata"]


ZONE = pa.timestamp("us", tz="America/New_York")


def panel(path, person="1", **more):
    """A Parquet file of one panel of a person who becomes 18 on the day after the draw, in New York."""
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = pa.array([dt.datetime(2024, 5, 1, 3, 30, tzinfo=dt.UTC)], ZONE)
    columns = {"person": [person], "birth_date": [dt.date(2006, 5, 1)], "drawn_at": drawn}
    pq.write_table(pa.table({**columns, "wbc": [-4.2], **more}), path)
    return path


def test_no_file_is_left_out_or_taken_for_another(run, tmp_path):
    """A folder with folders below, a name that looks like a pattern, a time zone of the file's own."""
    panel(tmp_path / "in" / "a.parquet", "1")
    panel(tmp_path / "in" / "below" / "b c.parquet", "2", wbc=[4.2])
    panel(tmp_path / "in[1].parquet", "3")
    panel(tmp_path / "in1.parquet", "4")
    files = (tmp_path / "in", tmp_path / "in[1].parquet", *UNIT)
    assert run(*files, "--out", tmp_path / "local.parquet")[0] == 4
    assert run(*files, "--engine", "spark", "--out", tmp_path / "flags[1]")[0] == 4
    local, cluster = rows_of(tmp_path / "local.parquet"), rows_of(tmp_path / "flags[1]")
    assert [row["person"] for row in cluster] == ["1", "2", "3"]
    for ours, theirs in zip(local, cluster, strict=True):
        del ours["drawn_at"], theirs["drawn_at"]
        assert ours == theirs
    listed = next((tmp_path / "flags[1].refused").glob("*.csv")).read_text()
    assert "in[1].parquet" in listed


def test_what_a_run_that_failed_leaves_is_no_output(tmp_path):
    """An empty folder, and a list without its output, give way to the same command; others do not."""
    from leukon.engines.spark_files import _check_out

    out, beside = tmp_path / "flags", tmp_path / "flags.refused"
    for folder, name in ((out, ""), (beside, "part-00000-a-c000.csv"), (beside, "_SUCCESS")):
        folder.mkdir()
        if name:
            (folder / name).write_text("")
        _check_out(str(out))
        assert not folder.exists()
    for folder, name in ((out, "part-00000.parquet"), (beside, "thesis.csv")):
        folder.mkdir()
        (folder / name).write_text("mine")
        with pytest.raises(UsageError, match="there already"):
            _check_out(str(out))
        assert (folder / name).read_text() == "mine"
        (folder / name).unlink()
        folder.rmdir()
    out.mkdir()
    beside.mkdir()
    (out / "part-00000.parquet").write_text("whole")
    (beside / "part-00000.csv").write_text("its list")
    with pytest.raises(UsageError, match="there already"):
        _check_out(str(out))
    assert (beside / "part-00000.csv").exists()


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"neut": [1.1]}, "'neut' is in one of them only"),
        ({"wbc": pa.array([4.2], pa.float32())}, "'wbc' is of another type"),
    ],
)
def test_files_with_other_columns_are_no_part_of_a_table(spark, tmp_path, columns, says):
    """Spark would fill in nothing, or take a number of 32 bits for one of 64."""
    from leukon.engines.spark_footers import Footers

    assert spark
    paths = [panel(tmp_path / "a b.parquet"), panel(tmp_path / "b.parquet", **columns)]
    with pytest.raises(TableRefused, match=f"b.parquet: the columns are not.*{says}"):
        Footers([path.as_uri() for path in paths])
    assert not Footers(["s3://laboratory/a.parquet"]).known


def test_the_time_zone_of_a_file_is_that_of_its_moments(spark, tmp_path):
    """One zone is the session's while the file is read; two cannot be."""
    from pyspark.sql import types as T  # noqa: N812

    from leukon.engines.spark_footers import Footers

    assert spark
    kinds = T.StructType([T.StructField(n, T.TimestampType()) for n in ("drawn_at", "at")])
    one = Footers([panel(tmp_path / "one.parquet").as_uri()])
    assert one.zone(kinds) == "America/New_York"
    assert one.zone(T.StructType([])) == "UTC"
    at = pa.array([0], pa.timestamp("us", tz="UTC"))
    two = Footers([panel(tmp_path / "two.parquet", at=at).as_uri()])
    with pytest.raises(TableRefused, match="different time zones"):
        two.zone(kinds)


def test_a_running_session_reads_files_in_universal_time_and_is_given_back(run, spark, tmp_path):
    """Half an hour after midnight on the first birthday somebody is one, wherever the cluster stands."""
    drawn = datetime(2024, 5, 1, 0, 30, tzinfo=UTC)
    born = [date(2023, 5, 1)] * 2
    table = pa.table(
        {"person": ["1", "2"], "birth_date": born, "drawn_at": [drawn, drawn - timedelta(hours=1)]}
    ).append_column("wbc", pa.array([9.0, 9.0]))
    pq.write_table(table, tmp_path / "in.parquet")
    name = "spark.sql.session.timeZone"
    before = spark.conf.get(name)
    spark.conf.set(name, "America/New_York")
    try:
        args = (tmp_path / "in.parquet", *UNIT)
        run(*args, "--out", tmp_path / "local.parquet")
        code, _ = run(*args, "--engine", "spark", "--out", tmp_path / "flags")
        assert spark.conf.get(name) == "America/New_York"
    finally:
        spark.conf.set(name, before)
    lower = [
        [row["wbc_lower"] for row in rows_of(tmp_path / one)] for one in ("flags", "local.parquet")
    ]
    assert code == 0
    assert lower[0] == lower[1]
    assert lower[0][0] != lower[0][1]


def test_counts_of_a_csv_become_panels(run, tmp_path):
    """A row a count: as many panels as on one machine, and nothing is refused: no list, exit 0."""
    (tmp_path / "in.csv").write_text(COUNTS)
    assert run(tmp_path / "in.csv", "--out", tmp_path / "local.parquet")[0] == 0
    code, said = run(tmp_path / "in.csv", "--engine", "spark", "--out", tmp_path / "flags")
    assert code == 0
    assert rows_of(tmp_path / "flags") == rows_of(tmp_path / "local.parquet")
    assert "60 rows, 20 panels, 0 could not be read" in said.out
    assert "20 rows were not used, of other tests than blood counts: 'K' (20)" in said.err
    assert not (tmp_path / "flags.refused").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("in.csv", *UNIT), 2, "--out FOLDER"),
        (("in.csv", *UNIT, "--out", "f", "--json"), 2, "--json"),
        (("in.csv", *UNIT, "--out", "f", "--jobs", "2"), 2, "--jobs"),
        (("in.csv", *UNIT, "--out", "f.csv"), 2, "folder of Parquet"),
        (("in.csv", *UNIT, "--out", "there"), 2, "there already"),
        (("in.csv", "--out", "f"), 3, "has no unit"),
        (("none.parquet", *UNIT, "--out", "f"), 3, "no such file"),
        (("in.ndjson", *UNIT, "--out", "f"), 3, "CSV and Parquet"),
        (("in.csv", "in.parquet", *UNIT, "--out", "f"), 3, "one by one"),
        (("in.csv", "other.csv", *UNIT, "--out", "f"), 3, "header is not that"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_exit_code(
    run, tmp_path, monkeypatch, arguments, code, says
):
    """A call that is off is 2, an input that cannot be read is 3, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text(PANELS)
    (tmp_path / "other.csv").write_text("person,wbc\n1,3.7\n")
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "thesis.csv").write_text("mine")
    found, said = run(*arguments, "--engine", "spark")
    assert found == code, said.err
    assert says in said.err
    assert "Traceback" not in said.err
    assert not list(tmp_path.glob("f/*.parquet"))


def test_a_session_of_its_own_is_quiet(spark, tmp_path):
    """Started by the command alone, Spark adds no word of its own to what leukon says."""
    assert spark
    (tmp_path / "in.csv").write_text(PANELS)
    done = subprocess.run(
        [sys.executable, "-m", "leukon", "interpret", "in.csv", "--engine", "spark", "--out", "f"],
        cwd=tmp_path,
        env={**os.environ, "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    first, second = done.stderr.splitlines()
    assert first.startswith("leukon: column 'wbc': WBC has no unit")
    assert second.startswith("Hint: ")


# The lines of CSV, without a cluster

HEADER = b"person,wbc,remark"


def rows(*pieces, size=2):
    """The rows of some splits, each a file, its start and its lines, in batches of a few lines."""
    lines = [(line, file, start) for file, start, content in pieces for line in content]
    batches = [
        pa.RecordBatch.from_pylist(
            [{"value": a, "file": b, "start": c} for a, b, c in lines[n : n + size]],
            schema=pa.schema(
                [("value", pa.binary()), ("file", pa.string()), ("start", pa.int64())]
            ),
        )
        for n in range(0, len(lines), size)
    ]
    known = Lines(read_header(HEADER + b"\n", Path("in.csv")), HEADER)
    return [row for batch in rows_of_lines(known, batches) for row in batch.to_pylist()]


def test_a_record_of_several_lines_is_whole_across_batches():
    """A quoted line break is part of its cell, wherever a batch ends."""
    split = ("file:///a/in.csv", 0, [HEADER, b'1,3.7,"two', b'lines"', b"2,4,"])
    for size in (1, 2, 3, 9):
        found = rows(split, size=size)
        assert [row["remark"] for row in found] == ["two\nlines", None]
        assert [row[LINE] for row in found] == [2, 4]
        assert {row[FILE] for row in found} == {"in.csv"}


def test_splits_and_files_are_told_apart():
    """Each file has a header; a later split of a file has none, and does not know its lines."""
    first, second = ("f/a.csv", 0, [HEADER, b"1,2,"]), ("f/b.csv", 0, [HEADER + b"\r", b"2,3,\r"])
    found = rows(first, second, ("f/b.csv", 900, [b"3,4,", b"5"]), size=4)
    assert [row["wbc"] for row in found] == ["2", "3", "4", None]
    assert [row[LINE] for row in found] == [2, 2, None, None]
    assert found[-1][BROKEN]
    with pytest.raises(TableRefused, match="header"):
        rows(first, ("f/c.csv", 0, [b"wbc,person,remark", b"1,2,"]))
