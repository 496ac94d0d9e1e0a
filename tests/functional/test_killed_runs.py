"""A run that is killed at any moment is finished by the same command, and nothing shows of it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

KILLS = 10
FILES = 6
ROWS = 40_000
# What pytest's environment does not need is not loaded: the run is short, and starting it is not.
PROGRAM = "import sys; from leukon.cli import main; sys.exit(main())"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files, some of whose cells cannot be read."""
    folder = tmp_path_factory.mktemp("killed") / "in"
    folder.mkdir()
    rng = np.random.default_rng(7)
    for number in range(FILES):
        wbc = np.round(rng.lognormal(1.9, 0.4, ROWS), 1).astype("U6")
        wbc[:: 9_973 + number] = "x"
        table = pa.table({"age_years": rng.integers(0, 90, ROWS), "wbc": wbc})
        pq.write_table(table, folder / f"{number}.parquet")
    return folder


def command(source: Path, out: Path, jobs: int) -> list[str]:
    """The command that interprets the folder."""
    arguments = ["interpret", str(source), "--unit", "10*9/L", "--out", f"{out}/"]
    return [sys.executable, "-c", PROGRAM, *arguments, "--jobs", str(jobs), "--show", "0"]


def start(source: Path, out: Path, jobs: int) -> subprocess.Popen[bytes]:
    """The command at work, in a process group of its own."""
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        command(source, out, jobs), stdout=quiet, stderr=quiet, start_new_session=True
    )


def contents(folder: Path) -> dict[str, bytes]:
    """What is in a folder; the lock is no content."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != ".leukon.lock"}


@pytest.fixture(scope="module")
def undisturbed(source: Path) -> tuple[dict[str, bytes], float]:
    """The folder of a run that nothing disturbs, and how long it takes."""
    out = source.parent / "whole"
    began = time.monotonic()
    assert start(source, out, 2).wait() == 4
    return contents(out), time.monotonic() - began


def alive(group: int) -> bool:
    """Whether any process of a group is there."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_killed_run_is_finished_by_the_same_command(
    source: Path, undisturbed: tuple[dict[str, bytes], float]
) -> None:
    """Ten kills at random moments, each followed by the same command: the same bytes.

    Only the run itself is killed every other time: its workers then end by themselves. A run that
    ends before its moment is none of the ten, and says how long a run takes by now.
    """
    whole, took = undisturbed
    chance = random.Random(20_261_124)
    assert sum(name.startswith("part-") for name in whole) == FILES
    assert "_refused.csv" in whole
    out, done_before, killed, finished = source.parent / "out", 0, 0, 0
    while killed < KILLS:
        began, run = time.monotonic(), start(source, out, 2)
        try:
            # The first half of the time is starting up, in which little can go wrong.
            run.wait(timeout=took * chance.uniform(0.3, 1.0))
            finished, took = finished + 1, min(took, time.monotonic() - began)
            assert finished <= 2 * KILLS, "few runs are killed: the moments are badly chosen"
        except subprocess.TimeoutExpired:
            killed += 1
            if killed % 2:
                run.send_signal(signal.SIGKILL)
            else:
                os.killpg(run.pid, signal.SIGKILL)
            run.wait()
        for _ in range(200):
            if not alive(run.pid):
                break
            time.sleep(0.05)
        assert not alive(run.pid), "a worker outlives the run that started it"
        done = sum(path.name.startswith("part-") for path in out.glob("part-*"))
        assert done >= done_before, "a part that was done is gone"
        for path in out.glob("part-*"):
            assert path.read_bytes() == whole[path.name]
        done_before = done
        if done == FILES:  # begin anew, so that every kill has something to disturb
            assert start(source, out, 1).wait() == 4
            assert contents(out) == whole
            for path in out.iterdir():
                path.unlink()
            done_before = 0
    assert start(source, out, 2).wait() == 4
    assert contents(out) == whole


def test_a_terminated_run_leaves_only_whole_parts(
    source: Path, undisturbed: tuple[dict[str, bytes], float]
) -> None:
    """SIGTERM in the middle: workers end, no temporary file stays, what is done stays."""
    whole, took = undisturbed
    out = source.parent / "terminated"
    run = start(source, out, 2)
    for _ in range(400):
        if any(out.glob(".part-*")) or run.poll() is not None:
            break
        time.sleep(took / 400)
    run.send_signal(signal.SIGTERM)
    run.wait(timeout=30)
    assert not alive(run.pid)
    assert not [path.name for path in out.glob(".*.part")]
    assert start(source, out, 1).wait() == 4
    assert contents(out) == whole
