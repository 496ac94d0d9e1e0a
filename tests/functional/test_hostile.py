"""What a careless or hostile user does, and what must then not happen."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from leukon.cli import main

GOOD = "person,age,sex,wbc\nA,40y,female,5.1\nB,52y,male,3.2\n"
TIE = """
id = "tie"
publisher = "Tie"
version = "1"
[[limits]]
analyte = "WBC"
sex = "female"
low = 4.0
unit = "10*9/L"
kind = "decision"
[[limits]]
analyte = "WBC"
specimen = "venous"
low = 3.0
unit = "10*9/L"
kind = "decision"
"""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A small file that is read without a word."""
    path = tmp_path / "v.csv.refused.csv"
    path.write_text(GOOD)
    return path


@pytest.mark.parametrize("target", ["v.csv", "v.csv.refused.csv", "../{folder}/v.csv.refused.csv"])
def test_the_input_is_never_written_over(good: Path, target: str) -> None:
    """Neither the output nor the list of refused rows takes the place of the input."""
    out = good.parent / target.format(folder=good.parent.name)
    assert main(["interpret", str(good), "--unit", "10*9/L", "--out", str(out)]) == 2
    assert good.read_text() == GOOD


def test_the_report_is_never_written_over_the_input(good: Path) -> None:
    """A report goes beside the input, not over it."""
    assert main(["interpret", str(good), "--unit", "10*9/L", "--report", str(good)]) == 2
    assert good.read_text() == GOOD


def test_a_definition_with_a_tie_gives_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two limits for one person: which holds cannot be known, and neither is used."""
    path = tmp_path / "tie.toml"
    path.write_text(TIE)
    assert main(["check", "WBC=3.5", "--unit", "10*9/L", "--age", "34y", "--by", str(path)]) == 3
    assert "equally specific" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "WBC=5000", "--unit", "10*9/L", "--unit", "/uL"],
        ["check", "NEUT=0.4", "--unit", "10*9/L", "--answer", "fever=yes", "--answer", "fever=no"],
        ["check", "WBC=5", "--unit", "10*9/L", "--age", "34"],
        ["check", "WBC=5", "--unit", "10*9/L", "--decimal", ";"],
    ],
)
def test_what_contradicts_itself_is_refused(arguments: list[str]) -> None:
    """The last word never wins by being last."""
    assert main(arguments) in (2, 3)


def test_a_fault_shows_no_traceback_and_no_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Safety rule 6: what nobody foresaw is told by its kind alone."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("3717.4242")

    monkeypatch.setattr("leukon.cli.check.interpret", fail)
    assert main(["check", "WBC=5", "--unit", "10*9/L"]) == 1
    said = capsys.readouterr().err
    assert "RuntimeError" in said
    assert "3717" not in said
    assert "Traceback" not in said


def test_a_name_with_control_characters_is_shown_without_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A terminal obeys nothing that a file name says."""
    assert main(["interpret", "no\x1b[31m.csv"]) == 3
    assert "\x1b" not in capsys.readouterr().err


def test_a_terminated_run_leaves_nothing_behind(tmp_path: Path) -> None:
    """SIGTERM in the middle of a run: no output, no temporary file with rows in it."""
    source = tmp_path / "many.csv"
    source.write_text("age,wbc\n" + "40y,5.1\n" * 3_000_000)
    run = subprocess.Popen(
        [sys.executable, "-c", "import sys; from leukon.cli import main; sys.exit(main())",
         "interpret", str(source), "--unit", "10*9/L", "--out", str(tmp_path / "out.csv")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(200):
        if any(tmp_path.glob(".*.part")):
            break
        time.sleep(0.05)
    run.send_signal(signal.SIGTERM)
    assert run.wait(timeout=30) != 0
    assert [path.name for path in tmp_path.iterdir()] == ["many.csv"]
