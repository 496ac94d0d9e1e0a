"""Processes that share the tests keep to a folder, so that what its tests share is made once."""

import pytest

from support.needs import REPOSITORY
from support.sharing import next_first

FILES = ["site/a.py", "unit/b.py", "site/c.py", "docs/d.py"]


@pytest.mark.parametrize(
    ("here", "elsewhere", "file"),
    [
        ("", set(), "site/a.py"),
        ("", {"site"}, "unit/b.py"),  # a folder in which nobody is
        ("site", {"site"}, "site/a.py"),
        ("unit", {"site"}, "unit/b.py"),
        ("properties", {"site", "unit"}, "docs/d.py"),
        ("properties", {"site", "unit", "docs"}, "site/a.py"),  # none is left: help somebody
    ],
)
def test_a_process_stays_in_its_folder(here, elsewhere, file):
    """Then goes where nobody is, then helps."""
    assert next_first(FILES, here, elsewhere) == file


def test_two_processes_run_every_test_once(pytester, monkeypatch):
    """Each file by one process, both at work, and the outcomes counted as one."""
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY / "tests"))
    for name in ("a", "b", "c"):
        for number in (1, 2):
            path = pytester.mkdir(f"{name}{number}") / f"test_{name}{number}.py"
            path.write_text(
                "import os\n"
                "who = os.environ['PYTEST_XDIST_WORKER']\n"
                "def test_one(): open(os.environ['SEEN'], 'a').write(f'{who} ')\n"
                "def test_two(): assert 1 == 2\n"
            )
    seen = pytester.path / "seen"
    monkeypatch.setenv("SEEN", str(seen))
    pytester.makeconftest('pytest_plugins = ["support.sharing"]')
    result = pytester.runpytest_subprocess(
        "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider"
    )
    result.assert_outcomes(passed=6, failed=6)
    assert sorted(set(seen.read_text().split())) == ["gw0", "gw1"]
    assert len(seen.read_text().split()) == 6
