"""Tests run by two processes are run once each, and whatever goes wrong in one of them is told."""

import re

import pytest

from support.needs import REPOSITORY
from support.workers import Queue

TESTS = REPOSITORY / "tests"
FILES = {
    "test_good": "import os\ndef test_a(): open('a', 'x').write(str(os.getppid()))\n"
    "def test_b(): open('b', 'x').write(str(os.getppid()))",
    "test_mixed": "import pytest\ndef test_c(): assert 1 == 2, 'one is not two'\n"
    "def test_d(): pytest.skip('no lint brush')\n"
    "@pytest.mark.xfail(strict=True)\ndef test_e(): raise ValueError",
    "test_setup": "import pytest\n@pytest.fixture\ndef broken(): raise OSError('gone')\n"
    "def test_f(broken): pass",
}


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder of tests of its own, with this project's way to share them."""
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    monkeypatch.delenv("LEUKON_REQUIRE_ALL", raising=False)
    pytester.makeconftest('pytest_plugins = ["support.workers", "support.needs"]')
    return pytester


def run(inner: pytest.Pytester, *more: str) -> pytest.RunResult:
    return inner.runpytest_subprocess("-q", "--workers", "2", *more)


def test_what_two_processes_find_is_told_as_by_one(inner):
    """Every test once, every outcome with its reason, in one summary."""
    inner.makepyfile(**FILES)
    result = run(inner)
    result.assert_outcomes(passed=2, failed=1, skipped=1, xfailed=1, errors=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*OSError: gone*", "*one is not two*", "SKIPPED 1 test: no lint*"])
    assert re.match(r"1 failed, 2 passed, .* in [\d.]+s", [*filter(None, result.outlines)][-1])
    assert (inner.path / "a").read_text() == (inner.path / "b").read_text()


@pytest.mark.parametrize(
    ("broken", "says", "code"),
    [
        ("import os\ndef test_k(): os._exit(7)", "*ended with 7*", pytest.ExitCode.TESTS_FAILED),
        ("import nothing_of_this_name", "*nothing_of_this_name*", pytest.ExitCode.INTERRUPTED),
    ],
    ids=["a-process-that-ends", "a-file-that-cannot-be-read"],
)
def test_what_was_not_run_is_an_error(inner, broken, says, code):
    """A process that ends in the middle, or a file that cannot be collected, is no quiet success."""
    inner.makepyfile(test_good=FILES["test_good"], test_broken=broken)
    result = run(inner)
    assert result.ret == code
    result.stdout.fnmatch_lines([says])


def test_a_process_stays_in_its_folder_while_that_has_files():
    """What the tests of a folder share is made once where it can be; in the end each file is given once."""
    files = ["site/1", "site/2", "site/3", "unit/1", "unit/2", "unit/3", "unit/4"]
    queue = Queue(dict.fromkeys(files, 1))
    given = [(worker, queue.next(worker)) for worker in (0, 1, 0, 1, 0, 1, 0, 1, 0)]
    assert [file for worker, file in given if worker == 0][:3] == ["site/1", "site/2", "site/3"]
    assert [file for worker, file in given if worker == 1][:3] == ["unit/1", "unit/2", "unit/3"]
    assert sorted(file for _, file in given if file) == files
