"""The engine: a file in, every panel flagged, whole outputs or none, and numbers that add up."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from leukon import definitions
from leukon.engines import writers
from leukon.engines.local import interpret_table
from leukon.engines.targets import OutputFailed
from leukon.errors import LeukonError, TableRefused, UsageError
from support.memory import PEAK

UNITS = {"": "10*9/L"}
PANELS = (
    "person,age_years,sex,wbc,neut,neut_pct\n1,34,F,3.7,1.1,\n2,34,F,9.2,,33\n3,34,M,3.8,x,\n"
    "4,,M,<0.1,,\n5,34,F,12,8.1,\n"
)


@pytest.fixture
def table(tmp_path):
    """A file of panels."""
    path = tmp_path / "in.csv"
    path.write_text(PANELS)
    return path


def read(path):
    """A written table as rows."""
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if path.suffix == ".csv":
        return pa.csv.read_csv(path).to_pylist()
    return [json.loads(line) for line in path.read_text().splitlines()]


def names_in(folder):
    """The names of the files of a folder."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("ending", ["parquet", "csv", "ndjson"])
def test_every_panel_is_in_the_output_with_what_leukon_says(table, tmp_path, ending):
    """The input's columns come first, ours after them; the three formats say the same."""
    out = tmp_path / f"out.{ending}"
    interpret_table(table, out=out, units=UNITS)
    rows = read(out)
    assert [row["wbc_flag"] for row in rows] == ["low", "within", "low", "critical-low", "high"]
    assert [row["neut_flag"] for row in rows][:3] == ["low", "within", "undetermined"]
    assert rows[1]["neut"] == pytest.approx(3.036)
    assert [row["neut_derived"] for row in rows] == [False, True, False, False, False]
    assert rows[2]["neut_reason"] == "not-read"
    assert rows[3]["wbc_comparator"] == "<"
    assert rows[0]["driver"] == "NEUT"
    assert {row["definition"] for row in rows} == {"leukon-general"}
    assert list(rows[0])[:6] == [
        "person",
        "age_years",
        "sex",
        "input_wbc",
        "input_neut",
        "neut_pct",
    ]


def test_parquet_says_whose_definition_and_which_schema(table, tmp_path):
    """The metadata names the version of the schema, the definition, and renamed columns."""
    out = tmp_path / "out.parquet"
    interpret_table(table, out=out, units=UNITS, by="mayo-clinic")
    metadata = pq.read_schema(out).metadata
    assert metadata[b"leukon_schema_version"] == b"1"
    assert metadata[b"leukon_definition"] == b"mayo-clinic-2024"
    assert metadata[b"leukon_definition_label"].decode() == definitions["mayo-clinic-2024"].label
    assert b"wbc as input_wbc" in metadata[b"leukon_input_columns_renamed"]


def test_the_summary_adds_up(table, tmp_path):
    """Rows, flags, reasons, drivers, refusals: the numbers are those of the output."""
    out = tmp_path / "out.parquet"
    told = []
    summary = interpret_table(table, out=out, units=UNITS, keep=2, progress=told.append)
    rows = read(out)
    assert (summary.rows_read, summary.panels) == (5, 5)
    assert (summary.rows_refused, summary.cells_refused) == (0, 1)
    for kind in ("wbc", "neut"):
        flags = [row[f"{kind}_flag"] for row in rows]
        assert summary.flags[kind.upper()] == {flag: flags.count(flag) for flag in set(flags)}
    assert sum(summary.drivers.values()) == 5
    assert summary.reasons["NEUT"]["not-read"] == 1
    assert [kept.answer["WBC"].flag for kept in summary.kept] == ["low", "within"]
    assert [kept.row for kept in summary.kept] == [2, 3]
    assert [(step.rows, step.rows_total) for step in told] == [(5, None)]
    assert summary.renamed == {"wbc": "input_wbc", "neut": "input_neut"}


def test_without_an_output_only_the_summary_is_made(table, tmp_path):
    """No file is written; every panel can be had one by one."""
    seen = []
    summary = interpret_table(table, units=UNITS, each=lambda kept: seen.append(kept.row))
    assert seen == [2, 3, 4, 5, 6]
    assert summary.out is summary.refused is None
    assert names_in(tmp_path) == ["in.csv"]


def test_what_was_refused_is_listed_beside_the_output(table, tmp_path):
    """The side file names line, field, reason and what to do; it exists only when needed."""
    out = tmp_path / "out.parquet"
    summary = interpret_table(table, out=out, units=UNITS)
    assert summary.refused == tmp_path / "out.parquet.refused.csv"
    (row,) = read(summary.refused)
    assert (row["row"], row["field"], row["reason"]) == (4, "neut", "not-read")
    assert row["message"]
    assert row["hint"]
    table.write_text(PANELS.replace("x", ""))
    assert interpret_table(table, out=out, units=UNITS).refused is None
    assert not (tmp_path / "out.parquet.refused.csv").exists()


def test_agreement_counts_the_publishers(table, tmp_path):
    """With agreement there are votes by word, and the lowest and highest limit among them."""
    out = tmp_path / "out.parquet"
    summary = interpret_table(table, out=out, units=UNITS, agreement=True, keep=9)
    for row, kept in zip(read(out), summary.kept, strict=True):
        for kind in ("wbc", "neut"):
            found = kept.answer[kind].agreement
            for word in ("low", "within", "high", "mixed", "undetermined"):
                assert row[f"{kind}_votes_{word}"] == getattr(found, word)
            assert row[f"{kind}_limit_lowest"] == found.lowest
            assert row[f"{kind}_limit_highest"] == found.highest


def test_identical_panels_are_both_kept(tmp_path):
    """Two rows of one person and moment are two panels; none is taken for a copy."""
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_text("person,drawn_at,age,sex,wbc\n" + "1,2020-01-01,34,F,3.7\n" * 2)
    assert interpret_table(path, out=out, units=UNITS).panels == 2
    assert len(read(out)) == 2


def test_several_files_are_one_table(table, tmp_path):
    """Files with the same columns come one after the other; the side file says which."""
    other, out = tmp_path / "more.csv", tmp_path / "out.csv"
    other.write_text(PANELS)
    summary = interpret_table([table, other], out=out, units=UNITS)
    assert summary.panels == 10
    assert [row["file"] for row in read(summary.refused)] == ["in.csv", "more.csv"]
    other.write_text(PANELS.replace("person", "patient"))
    with pytest.raises(TableRefused, match="columns are not those of"):
        interpret_table([table, other], units=UNITS)


def test_names_of_the_input_never_clash_with_ours(tmp_path):
    """An input column that has our name is passed on under another, also twice over."""
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_text("age,wbc,input_wbc,driver,wbc_flag\n34,3.7,a,b,c\n")
    summary = interpret_table(path, out=out, units=UNITS)
    (row,) = read(out)
    assert summary.renamed == {
        "wbc": "input_input_wbc",
        "driver": "input_driver",
        "wbc_flag": "input_wbc_flag",
    }
    assert (row["input_input_wbc"], row["input_wbc"], row["input_driver"]) == (3.7, "a", "b")
    assert row["wbc_flag"] == "low"


def test_an_output_that_cannot_be_is_refused_before_any_work(table, tmp_path):
    """An unknown ending, and a folder that is not there."""
    with pytest.raises(UsageError, match="ending"):
        interpret_table(table, out=tmp_path / "out.xlsx", units=UNITS)
    with pytest.raises(OutputFailed, match="no such folder"):
        interpret_table(table, out=tmp_path / "no" / "out.csv", units=UNITS)


@pytest.mark.parametrize("ending", ["parquet", "csv", "ndjson"])
@pytest.mark.parametrize(
    ("number", "says"), [(errno.ENOSPC, "disk is full"), (errno.EIO, "cannot be written")]
)
def test_a_failing_disk_leaves_nothing_behind(table, tmp_path, monkeypatch, ending, number, says):
    """No half-written file under the output's name, no temporary one, and an earlier one stays."""
    out = tmp_path / f"out.{ending}"
    out.write_text("of an earlier run")

    def fail(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(writers.os, "fsync", fail)
    with pytest.raises(OutputFailed, match=says):
        interpret_table(table, out=out, units=UNITS)
    assert out.read_text() == "of an earlier run"
    assert names_in(tmp_path) == ["in.csv", out.name]


def write_to(path, ending):
    """Write a table of some size straight into a file."""
    schema = pa.schema([("a", pa.float64())])
    batch = pa.RecordBatch.from_pydict({"a": [1.5] * 100_000}, schema=schema)
    with path.open("wb", buffering=0) as file:
        table = writers.writer(file, f".{ending}", schema)
        for _ in range(8):
            table.write(batch)
        table.close()


@pytest.mark.parametrize("ending", ["parquet", "csv", "ndjson"])
def test_a_full_disk_is_told_from_within_a_batch(ending):
    """A device without room fails as the operating system says, not as a library does."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full. Linux has it.")
    with pytest.raises(OSError, match="space"):
        write_to(full, ending)


def test_a_fault_deep_in_the_file_leaves_nothing_behind(tmp_path):
    """A refusal after thousands of rows removes what was written so far."""
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_bytes(b"age,sex,wbc\n" + b"34,F,3.7\n" * 600_000 + b"34,\xb5,3.7\n")
    with pytest.raises(TableRefused, match="line 600002"):
        interpret_table(path, out=out, units=UNITS)
    assert names_in(tmp_path) == ["in.csv"]


def test_columns_of_lists_go_to_parquet_and_not_to_csv(tmp_path):
    """What CSV cannot hold is refused by name."""
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"wbc": [3.7], "drugs": [["a", "b"]]}), path)
    assert interpret_table(path, out=tmp_path / "out.parquet", units=UNITS).panels == 1
    with pytest.raises(UsageError, match="lists"):
        interpret_table(path, out=tmp_path / "out.csv", units=UNITS)


MEASURE = f"""
import sys
from leukon.engines.local import interpret_table
summary = interpret_table(sys.argv[1], out=sys.argv[2], units={{"": "10*9/L"}})
print(summary.rows_read, summary.panels, summary.rows_refused, {PEAK})
"""


def measured(path, out):
    """What a run of its own says, with the memory it took at most, in MB."""
    command = [sys.executable, "-c", MEASURE, str(path), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [int(word) for word in done.stdout.split()]


def test_memory_does_not_grow_with_the_file(tmp_path):
    """One broken line among 900,000 costs that line; a file nine times as long takes no more memory."""
    peaks = []
    for rows in (100_000, 900_000):
        path, out = tmp_path / "in.csv", tmp_path / "out.parquet"
        line = "patient-%08d,2020-01-01,34,F,3.7,1.1,2.0\n"
        with path.open("w") as file:
            file.write("person,drawn_at,age,sex,wbc,neut,lymph\n")
            file.writelines(line % number for number in range(rows // 2))
            file.write("broken\n")
            file.writelines(line % number for number in range(rows // 2))
        read_rows, panels, refused, peak = measured(path, out)
        assert (read_rows, panels, refused) == (rows + 1, rows, 1)
        side = (tmp_path / "out.parquet.refused.csv").read_text().splitlines()
        assert len(side) == 2
        assert side[1].startswith(f"{rows // 2 + 2},,not-read,")
        peaks.append(peak)
    assert peaks[1] < peaks[0] + 100


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"age,wbc\n",
        b"age,sex\n34,F\n",
        "age,wbc\n34,3.713\n".encode("utf-16"),
        b"age,wbc\n34,3.713\xb5\n",
    ],
)
def test_what_the_whole_file_is_refused_for_is_a_named_error(tmp_path, content):
    """Every such error has an exit code and a hint, and none holds a value."""
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    with pytest.raises(LeukonError) as refused:
        interpret_table(path, units=UNITS)
    assert refused.value.exit_code == 3
    assert "Hint" in refused.value.message
    assert "3.713" not in refused.value.message


@pytest.mark.parametrize("module", ["leukon.engines.local", "leukon.readers.tables"])
def test_a_missing_extra_is_named_with_the_command_that_installs_it(module):
    """Without pyarrow the core works, and a file says what to install."""
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "import leukon\n"
        f"try:\n    import {module}\n"
        "except leukon.LeukonError as error:\n    print(error.exit_code, error.message)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("2 ")
    assert "pip install 'leukon[tables]'" in done.stdout
