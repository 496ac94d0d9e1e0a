"""What a machine lacks is said loudly, and is a failure where nothing may be left out."""

import pytest

from support import needs
from support.needs import REPOSITORY, Need

TESTS = REPOSITORY / "tests"

LACKING = """
    import unittest
    import pytest
    from support.needs import Need

    LINT = Need("a lint brush", "Ask at the desk.", lambda: None)

    def test_first():
        LINT.path()

    def test_second():
        LINT.path()

    def test_present():
        assert True
"""

WAYS_TO_SKIP = {
    "test_call": "def test_a(): pytest.skip('by call')",
    "test_mark": "@pytest.mark.skip(reason='by mark')\ndef test_a(): pass",
    "test_condition": "@pytest.mark.skipif(True, reason='by condition')\ndef test_a(): pass",
    "test_module": "pytest.skip('by module', allow_module_level=True)",
    "test_import": "pytest.importorskip('no_such_module', reason='by import')",
    "test_fixture": (
        "@pytest.fixture\ndef thing(): pytest.skip('by fixture')\ndef test_a(thing): pass"
    ),
    "test_unittest": "import unittest\ndef test_a(): raise unittest.SkipTest('by unittest')",
    "test_subtest": (
        "def test_a(subtests):\n    with subtests.test():\n        pytest.skip('by subtest')"
    ),
}
REASONS = ["call", "condition", "fixture", "import", "mark", "module", "subtest", "unittest"]


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder of tests of its own, with this project's conftest.py."""
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    monkeypatch.delenv(needs.REQUIRED, raising=False)
    pytester.makeconftest((TESTS / "conftest.py").read_text())
    return pytester


def run(inner: pytest.Pytester) -> pytest.RunResult:
    return inner.runpytest_subprocess(
        "-q", "-p", "no:cacheprovider", "--continue-on-collection-errors"
    )


def test_a_missing_thing_is_one_loud_line(inner):
    """Two tests that need the same missing thing give one line: how many, and how to get it."""
    inner.makepyfile(LACKING)
    result = run(inner)
    result.assert_outcomes(passed=1, skipped=2)
    lines = [line for line in result.outlines if "lint brush" in line]
    assert lines == ["SKIPPED 2 tests: needs a lint brush. Ask at the desk."]
    assert any("NOT TESTED" in line for line in result.outlines)


def test_a_full_run_says_nothing(inner):
    """Where nothing is missing the summary has no such section."""
    inner.makepyfile("def test_a(): pass")
    assert "NOT TESTED" not in run(inner).stdout.str()


def test_a_missing_thing_fails_where_all_is_required(inner, monkeypatch):
    """With LEUKON_REQUIRE_ALL=1 the tests that lack something fail, and say what and how."""
    monkeypatch.setenv(needs.REQUIRED, "1")
    inner.makepyfile(LACKING)
    result = run(inner)
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["*allows no skip: needs a lint brush. Ask at the desk.*"])


def test_a_skip_of_any_kind_is_said(inner):
    """A skip that no need explains is listed as well."""
    inner.makepyfile(**{name: f"import pytest\n{code}" for name, code in WAYS_TO_SKIP.items()})
    result = run(inner)
    assert result.ret == 0
    result.stdout.fnmatch_lines([f"SKIPPED 1 test: by {reason}" for reason in REASONS])


def test_a_skip_of_any_kind_fails_where_all_is_required(inner, monkeypatch):
    """With LEUKON_REQUIRE_ALL=1 every way to skip fails."""
    monkeypatch.setenv(needs.REQUIRED, "1")
    inner.makepyfile(**{name: f"import pytest\n{code}" for name, code in WAYS_TO_SKIP.items()})
    result = run(inner)
    result.assert_outcomes(failed=4, errors=5)
    for reason in REASONS:
        result.stdout.fnmatch_lines([f"*allows no skip: by {reason}*"])


def test_an_expected_failure_is_no_skip(inner, monkeypatch):
    """An xfail stays one where all is required."""
    monkeypatch.setenv(needs.REQUIRED, "1")
    inner.makepyfile(
        "import pytest\n@pytest.mark.xfail(reason='known')\ndef test_a(): assert False"
    )
    run(inner).assert_outcomes(xfailed=1)


def test_a_moved_random_state_is_an_error(inner):
    """A test that draws from a global generator, Python's or numpy's, is told so."""
    inner.makepyfile(
        "import random, numpy\n"
        "def test_python(): random.random()\n"
        "def test_numpy(): numpy.random.rand()\n"
        "def test_own(): numpy.random.default_rng(1).random()\n"
    )
    result = run(inner)
    result.assert_outcomes(passed=3, errors=2)
    result.stdout.fnmatch_lines(["*moved the global random state*"])


def test_a_found_thing_is_handed_over(tmp_path):
    """A need that is met gives the path where it was found."""
    assert Need("a folder", "Make one.", lambda: tmp_path).path() == tmp_path


def test_the_shared_folder_can_be_named(monkeypatch, tmp_path):
    """LEUKON_SHARED names the data folder; one without data in it is not taken."""
    monkeypatch.setenv("LEUKON_SHARED", str(tmp_path))
    assert needs.SHARED.find() is None
    (tmp_path / "data").mkdir()
    assert needs.SHARED.find() == tmp_path
