"""The benchmarks: their data hold what they say, every case can be measured, a result is shown as it is."""

from __future__ import annotations

import importlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from benchmarks import data, page
from benchmarks.cases import CASES
from benchmarks.figures import Figure

from leukon import interpret_table


@pytest.fixture(scope="module")
def panels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small table of the benchmarks' panels."""
    path = tmp_path_factory.mktemp("bench") / "panels.parquet"
    data.write_panels(path, 100_000)
    return path


def test_the_panels_hold_all_that_real_extracts_hold(panels: Path) -> None:
    """20 practices, six units, nothing, words, signs, and numbers that cannot be."""
    table = pq.read_table(panels).to_pydict()
    assert len(set(table["practice"])) == 20
    assert set(table["unit"]) == set(data.UNITS)
    assert {"<0.1", "<100", "pending", None} <= set(table["eos"])
    assert None in table["wbc"]
    assert min(value for value in table["wbc"] if value is not None) < 0


def test_the_panels_are_read_and_mostly_answered(panels: Path, tmp_path: Path) -> None:
    """Most counts get a flag; the words and the impossible numbers are told apart."""
    out = tmp_path / "out.parquet"
    interpret_table(panels, out=out)
    found = pq.read_table(out).to_pydict()
    undetermined = found["wbc_flag"].count("undetermined")
    assert 0 < undetermined < 0.06 * len(found["wbc_flag"])
    assert {"impossible", "value-missing"} <= set(found["wbc_reason"])
    assert {"pending", "comparator"} & set(found["eos_reason"])


def test_the_same_seed_makes_the_same_data(panels: Path, tmp_path: Path) -> None:
    """Two results can be compared since their data are the same."""
    data.write_panels(tmp_path / "again.parquet", 100_000)
    assert pq.read_table(panels).equals(pq.read_table(tmp_path / "again.parquet"))


@pytest.mark.parametrize("name", CASES)
def test_every_case_has_steps_on_data_there_are(name: str) -> None:
    """A case names its title, its steps and the data they need."""
    case = importlib.import_module(f"benchmarks.cases.{name}")
    assert case.TITLE
    assert callable(case.figures)
    for step in case.STEPS.values():
        assert set(step.data) <= set(data.STEPS)
        assert step.run or step.command


def test_a_bar_that_is_not_reached_is_called_so() -> None:
    """Nothing is rounded in favour."""
    assert Figure("ratio", 1.5001, "x", at_most=1.5).met == "NOT MET"
    assert Figure("rate", 19.99, "million", at_least=20).met == "NOT MET"
    assert Figure("rate", 20.0, "million", at_least=20).met == "met"


def test_the_readme_shows_the_newest_result() -> None:
    """What stands in the README is what was measured last."""
    page.main(["--check"])
