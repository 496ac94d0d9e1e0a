"""Processes begun early: only where they are sure to have work, and never left behind."""

from pathlib import Path

import pytest

from leukon.engines import crew
from leukon.engines.crew import Crew, early
from leukon.engines.local import interpret_table
from leukon.errors import DefinitionUnknown
from leukon.readers.inputs import MANIFEST, FileInput


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Three small files, on a machine of four cores."""
    monkeypatch.setattr(crew, "cores", lambda: 4)
    found = []
    for name in ("a.csv", "b.csv", "c.parquet"):
        path = tmp_path / name
        path.write_bytes(b"wbc\n3.7\n" * 100)
        found.append(FileInput(path))
    return found


@pytest.fixture
def begun(monkeypatch):
    """Every process that is begun."""
    made, begin = [], crew.begun
    monkeypatch.setattr(crew, "begun", lambda: made.append(begin()) or made[-1])
    return made


@pytest.mark.parametrize(
    ("jobs", "small", "count"),
    [
        (None, 1 << 20, 0),  # so little input pays for no process
        (None, 1000, 2),  # one a piece, this one among them
        (1, 1000, 0),
        (2, 1 << 20, 1),  # as asked, however small
        (9, 1 << 20, 2),  # two files more than this process can begin with
        (9, 10, 3),  # a Parquet file is cut; no more than there are cores
    ],
)
def test_as_many_as_are_sure_to_have_work(files, tmp_path, monkeypatch, jobs, small, count):
    """By the number and the size of the files, what is asked, and the cores."""
    monkeypatch.setattr(crew, "SMALL_BYTES", small)
    assert early(files, tmp_path / "out", jobs) == count


def test_none_for_a_file_nor_for_a_folder_that_may_be_done(files, tmp_path):
    """What an earlier run made is not made again, so perhaps nothing is left to do."""
    assert early(files, None, 2) == 0
    assert early(files[:1], tmp_path / "out", 2) == 0
    (tmp_path / MANIFEST).write_text("{}")
    assert early(files, tmp_path, 2) == 0
    assert early([FileInput(Path("gone.csv")), *files], tmp_path / "out", 2) == 1


def test_a_call_that_is_refused_leaves_no_process(files, tmp_path, begun):
    """Processes begin before the question is looked at: when it is refused, they end."""
    with pytest.raises(DefinitionUnknown):
        interpret_table([one.path for one in files], by="nobody", out=f"{tmp_path}/out/", jobs=2)
    assert [process.poll() for process in begun] == [-9]


def test_those_without_work_end_at_once(tmp_path, begun):
    """A long table is one piece, whatever its files looked like."""
    rows = "specimen_id,sex,age_years,analyte,value,unit\n{},female,34,WBC,3.7,10*9/L\n"
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(rows.format(name))
    found = interpret_table(sorted(tmp_path.glob("*.csv")), out=f"{tmp_path}/out/", jobs=2)
    assert found.flags["WBC"] == {"low": 2}
    assert [process.poll() for process in begun] == [-9]


def test_one_that_began_early_is_taken_first(begun):
    """More begin only when none is left."""
    with Crew(1) as found:
        assert found.one() is begun[0]
        found.one()
    assert [process.poll() for process in begun] == [None, None], "who takes one ends it"
    for process in begun:
        crew.ended(process)
