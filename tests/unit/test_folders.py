"""A folder of output: parts, the manifest, and what a second run may do there."""

import errno
import fcntl
import json
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leukon.engines import crew, manifest, pieces, worker
from leukon.engines.local import interpret_table
from leukon.engines.targets import OutputFailed
from leukon.errors import TableRefused, UsageError
from leukon.readers.opening import open_source

UNITS = {"": "10*9/L"}


def panels(count, seed):
    """Some panels as a table."""
    rng = np.random.default_rng(seed)
    wbc = np.round(rng.lognormal(1.9, 0.4, count), 1)
    return pa.table({
        "person": np.arange(count),
        "age_years": rng.integers(0, 90, count),
        "sex": np.array(["female", "male"])[rng.integers(0, 2, count)],
        "wbc": wbc,
        "neut": np.round(wbc * 0.6, 2),
    })  # fmt: skip


@pytest.fixture
def source(tmp_path):
    """A folder of three Parquet files."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        pq.write_table(panels(500, number), folder / f"{number}.parquet")
    return folder


def contents(folder):
    """The files of a folder and what they hold, the lock left out."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != manifest.LOCK}


def run(source, out, **options):
    """Interpret into a folder."""
    return interpret_table(source, units=UNITS, out=f"{out}/", **options)


@pytest.mark.parametrize("form", ["parquet", "csv", "ndjson"])
def test_a_part_an_input_and_the_same_whatever_the_processes(source, tmp_path, form):
    """One process or three make the same bytes; the parts together are the single file."""
    one = run(source, tmp_path / "one", form=form, jobs=1)
    three = run(source, tmp_path / "three", form=form, jobs=3)
    assert contents(tmp_path / "one") == contents(tmp_path / "three")
    assert sorted(contents(tmp_path / "one")) == [
        "_leukon-manifest.json",
        *(f"part-0000{n}.{form}" for n in range(3)),
    ]
    for name in ("rows_read", "panels", "flags", "reasons", "drivers"):
        assert getattr(one, name) == getattr(three, name)
    if form == "parquet":
        interpret_table(source, units=UNITS, out=tmp_path / "single.parquet")
        whole = pq.read_table(tmp_path / "single.parquet")
        assert pq.read_table(tmp_path / "one").cast(whole.schema).equals(whole)


def test_a_large_parquet_file_is_cut_by_its_row_groups(tmp_path, monkeypatch):
    """Parts in the order of the rows; refusals keep the number of their row in the file."""
    monkeypatch.setattr(pieces, "PIECE_ROWS", 200)
    table = panels(700, 1)
    text = table.column("wbc").cast(pa.string()).to_pylist()
    text[650] = "x"
    table = table.set_column(3, "wbc", pa.array(text))
    path = tmp_path / "in.parquet"
    pq.write_table(table, path, row_group_size=100)
    summary = run(path, tmp_path / "out", keep=2, scales=["ctcae-6.0"])
    interpret_table(path, units=UNITS, out=tmp_path / "x.parquet", scales=["ctcae-6.0"])
    assert [p["row_groups"] for p in noted(tmp_path / "out")["parts"]] == [
        [0, 2],
        [2, 4],
        [4, 6],
        [6, 7],
    ]
    whole = pq.read_table(tmp_path / "x.parquet")
    parts = sorted((tmp_path / "out").glob("part-*"))
    assert pa.concat_tables([pq.read_table(p) for p in parts]).to_pylist() == whole.to_pylist()
    assert [(one.file, one.row) for one in summary.refusals] == [("in.parquet", 651)]
    assert summary.refused.read_text().splitlines()[1].startswith("in.parquet,651,wbc,not-read")
    assert [kept.row for kept in summary.kept] == [1, 2]


def noted(folder):
    """The manifest of a folder."""
    return json.loads((folder / manifest.MANIFEST).read_text())


def test_the_manifest_says_what_was_done(source, tmp_path):
    """Inputs with size, time and footer; parts with rows, size and digest; nothing of a person."""
    summary = run(source, tmp_path / "out")
    found = noted(tmp_path / "out")
    assert found["finished"]
    assert [one["bytes"] for one in found["inputs"]] == [
        p.stat().st_size for p in sorted(source.iterdir())
    ]
    assert all(one["footer_sha256"] for one in found["inputs"])
    assert [part["numbers"]["panels"] for part in found["parts"]] == [500] * 3
    for part in found["parts"]:
        path = tmp_path / "out" / part["name"]
        assert (part["bytes"], part["sha256"]) == (path.stat().st_size, manifest.file_digest(path))
    assert summary.panels == 1500
    assert summary.out == tmp_path / "out"


def test_a_finished_folder_is_left_as_it_is(source, tmp_path):
    """The same command makes nothing again, and says so; a part that is gone is made again."""
    out = tmp_path / "out"
    first = run(source, out)
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    second = run(source, out)
    assert {path.name: path.stat().st_mtime_ns for path in out.iterdir()} == before
    assert (first.parts_kept, second.parts_kept) == (0, 3)
    assert (second.panels, second.flags) == (first.panels, first.flags)
    whole = contents(out)
    (out / "part-00001.parquet").unlink()
    (out / ".part-00002.parquet.99.part").write_text("of a killed run")
    assert run(source, out).parts_kept == 2
    assert contents(out) == whole


@pytest.mark.parametrize("where", [4, -1])
def test_a_part_that_is_not_as_it_was_made_is_made_again(source, tmp_path, where):
    """One byte of a part changed, its size and time as they were: the same command mends it."""
    out = tmp_path / "out"
    run(source, out)
    whole, path = contents(out), out / "part-00001.parquet"
    before, changed = path.stat(), bytearray(path.read_bytes())
    changed[where] ^= 0xFF
    path.write_bytes(changed)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    (out / "part-00002.parquet").touch()
    assert run(source, out).parts_kept == 2
    assert contents(out) == whole


def test_no_refused_row_is_lost_when_a_finished_folder_is_mended(source, tmp_path):
    """A part is gone, or the list of what could not be read: the list is whole again afterwards."""
    for number in range(2):
        table = panels(500, number).to_pydict()
        table["wbc"][number] = -1.0
        pq.write_table(pa.table(table), source / f"{number}.parquet")
    out = tmp_path / "out"
    run(source, out)
    whole = contents(out)
    assert whole["_refused.csv"].count(b"\n") == 3
    for name, kept in (("part-00001.parquet", 1), ("part-00002.parquet", 0), ("_refused.csv", 1)):
        (out / name).unlink()
        assert run(source, out).parts_kept == kept
        assert contents(out) == whole
    emptied, known = out / "_refused.csv", (out / manifest.MANIFEST).stat().st_ctime_ns
    while emptied.stat().st_ctime_ns <= known:  # the clock of files goes on by milliseconds
        emptied.write_text("")
    assert run(source, out).parts_kept == 1
    assert contents(out) == whole


@pytest.mark.parametrize("numbers", [{}, {"rows_read": "many"}])
def test_a_part_of_which_the_manifest_does_not_say_the_numbers_is_made_again(
    source, tmp_path, numbers
):
    """A manifest that somebody edited never ends in a fault of leukon's."""
    out = tmp_path / "out"
    run(source, out)
    whole, found = contents(out), noted(out)
    found["parts"][1]["numbers"] = numbers
    (out / manifest.MANIFEST).write_text(json.dumps(found))
    assert run(source, out).parts_kept == 2
    assert contents(out) == whole


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"agreement": True}, "agreement"),
        ({"by": "mayo-clinic"}, "definition"),
        ({"scales": ["ctcae-6.0"]}, "scales"),
        ({"decimal": ","}, "units, decimal sign"),
        ({"form": "csv"}, "format"),
    ],
)
def test_another_run_is_never_mixed_in(source, tmp_path, options, says):
    """Another option is refused by name; --overwrite removes the earlier run and nothing else."""
    out = tmp_path / "out"
    run(source, out)
    before = contents(out)
    with pytest.raises(UsageError, match=f"holds another run: it differs in.*{says}"):
        run(source, out, **options)
    assert contents(out) == before
    (out / "mine.txt").write_text("kept")
    run(source, out, **options, overwrite=True)
    run(source, tmp_path / "other", **options)
    assert contents(out) == {**contents(tmp_path / "other"), "mine.txt": b"kept"}


def test_a_changed_input_is_refused(source, tmp_path):
    """One that is new, gone or changed, by name."""
    out = tmp_path / "out"
    run(source, out)
    pq.write_table(panels(10, 9), source / "1.parquet")
    with pytest.raises(UsageError, match=r"1\.parquet has changed"):
        run(source, out)
    pq.write_table(panels(10, 9), source / "7.parquet")
    (source / "1.parquet").unlink()
    with pytest.raises(UsageError, match=r"7\.parquet is new"):
        run(source, out)


def test_a_folder_of_other_things_is_not_written_to(source, tmp_path):
    """Nor is one whose manifest cannot be read, or one that is a file."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.doc").write_text("mine")
    with pytest.raises(UsageError, match="of no run of leukon"):
        run(source, out)
    (out / manifest.MANIFEST).write_text("{")
    with pytest.raises(UsageError, match="cannot be read"):
        run(source, out)
    with pytest.raises(OutputFailed, match="cannot be written"):
        run(source, source / "0.parquet")


def test_files_that_wait_for_their_turn_are_not_open(source):
    """A folder may hold more files than a process may have open."""
    opened = Path("/proc/self/fd")
    before = len(list(opened.iterdir()))
    sources = [open_source(path) for path in source.iterdir()]
    blocks = [next(one.blocks()).columns.num_rows for one in sources]
    assert blocks == [500] * 3
    assert len(list(opened.iterdir())) == before


def test_two_runs_never_write_one_folder(source, tmp_path):
    """The second is refused while the first is at work."""
    out = tmp_path / "out"
    out.mkdir()
    with (out / manifest.LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(OutputFailed, match="another run is at work"):
            run(source, out)
    assert run(source, out).panels == 1500


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_damaged_input_costs_its_own_part(source, tmp_path, jobs):
    """The error names it, the others are done; mended, the same command makes what is missing."""
    run(source, tmp_path / "whole")
    path, out = source / "1.parquet", tmp_path / "out"
    good = path.read_bytes()
    path.write_bytes(good[:4] + b"\xff" * 600 + good[604:])
    with pytest.raises(TableRefused, match=r"1\.parquet[\s\S]*2 parts are done"):
        run(source, out, jobs=jobs)
    assert sorted(p.name for p in out.glob("part-*")) == [
        "part-00000.parquet",
        "part-00002.parquet",
    ]
    path.write_bytes(good)
    assert run(source, out, jobs=jobs).parts_kept == 2
    names = [name for name in contents(out) if name != manifest.MANIFEST]
    assert all(contents(out)[name] == contents(tmp_path / "whole")[name] for name in names)


def test_an_input_that_vanishes_or_changes_midway_is_named(source, tmp_path, monkeypatch):
    """Seen when its turn comes, or after it was read."""
    made = pieces._written

    def vanish(run, out, *rest):
        if "00000" in out.name:
            (source / "2.parquet").unlink()
            os.utime(source / "1.parquet", ns=(1, 1))
        return made(run, out, *rest)

    monkeypatch.setattr(pieces, "_written", vanish)
    with pytest.raises(
        TableRefused, match=r"1\.parquet: the file changed while[\s\S]*1 more"
    ) as refused:
        run(source, tmp_path / "out", jobs=1)
    assert "1 parts are done" in refused.value.message


def test_a_full_disk_stops_the_run_and_leaves_what_is_done(source, tmp_path, monkeypatch):
    """A named error, no temporary file, and the same command goes on from there."""
    out = tmp_path / "out"
    sync, calls = os.fsync, []

    def full(number):
        calls.append(number)
        name = Path(f"/proc/self/fd/{number}").resolve().name
        if "part-00001" in name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(number)

    with monkeypatch.context() as patch:
        patch.setattr(pieces.os, "fsync", full)
        with pytest.raises(OutputFailed, match="disk is full"):
            run(source, out, jobs=1)
    assert calls
    assert sorted(p.name for p in out.iterdir() if "part" in p.name) == ["part-00000.parquet"]
    assert run(source, out).parts_kept == 1


def test_a_killed_worker_costs_its_part(source, tmp_path, monkeypatch):
    """The error says what happened; nothing half-written has a part's name."""
    monkeypatch.setattr(crew, "_PROGRAM", "import os; os._exit(9)")
    with pytest.raises(worker.Lost, match="process ended"):
        run(source, tmp_path / "out", jobs=2)
    monkeypatch.undo()
    assert run(source, tmp_path / "out", jobs=2).panels == 1500


def test_progress_counts_rows_and_parts(source, tmp_path):
    """In the end all rows and parts are done, those of an earlier run among them."""
    for jobs in (1, 2):
        told = []
        run(source, tmp_path / str(jobs), jobs=jobs, progress=told.append)
        assert (told[-1].rows, told[-1].rows_total) == (1500, 1500)
        assert (told[-1].parts, told[-1].parts_total) == (3, 3)
        assert told[-1].seconds_left == 0
    (tmp_path / "1" / "part-00000.parquet").unlink()
    told = []
    run(source, tmp_path / "1", progress=told.append)
    assert (told[-1].rows, told[-1].parts) == (1500, 3)


def test_a_folder_option_that_means_nothing_is_refused(source, tmp_path):
    """An unknown form, no process at all."""
    with pytest.raises(UsageError, match="form"):
        run(source, tmp_path / "out", form="xlsx")
    with pytest.raises(UsageError, match="at least 1"):
        run(source, tmp_path / "out", jobs=0)
