"""What some tests need of the machine, and how loudly its absence is said.

A test asks for a need by its fixture (`needs_chromium`); where the thing is missing the test is
skipped, and the end of the run says in one line per missing thing how many tests that left out and
how to get it. With LEUKON_REQUIRE_ALL=1 a skip of any kind is a failure.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
REQUIRED = "LEUKON_REQUIRE_ALL"


@dataclass(frozen=True)
class Need:
    """One thing a machine may lack, where to look for it and how to get it."""

    name: str
    how: str
    find: Callable[[], Path | None]

    def path(self) -> Path:
        """Where the thing is; skips the test that asked when it is nowhere."""
        found = self.find()
        if found is None:
            pytest.skip(f"needs {self.name}. {self.how}")
        return found


def _shared_folder() -> Path | None:
    folder = Path(os.environ.get("LEUKON_SHARED") or REPOSITORY.parent / "shared")
    return folder if (folder / "data").is_dir() else None


def _program(*names: str) -> Path | None:
    found = next(filter(None, map(shutil.which, names)), None)
    return Path(found) if found else None


def _postgres_programs() -> Path | None:
    """The folder of initdb and postgres: Debian keeps it off the PATH."""
    on_path = _program("initdb")
    if on_path:
        return on_path.resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return debian[-1].parent if debian else None


SHARED = Need(
    "the shared data folder",
    "Put it beside the checkout as 'shared', or name it in LEUKON_SHARED.",
    _shared_folder,
)
CHROMIUM = Need(
    "Chromium",
    "On Debian: apt-get install chromium",
    lambda: _program("chromium", "chromium-browser", "google-chrome"),
)
JAVA = Need(
    "Java",
    "On Debian: apt-get install openjdk-17-jre-headless",
    lambda: _program("java"),
)
POSTGRES = Need(
    "PostgreSQL's server programs",
    "On Debian: apt-get install postgresql",
    _postgres_programs,
)


@pytest.fixture(scope="session")
def needs_shared() -> Path:
    """The shared data folder."""
    return SHARED.path()


@pytest.fixture(scope="session")
def needs_chromium() -> Path:
    """The Chromium program."""
    return CHROMIUM.path()


@pytest.fixture(scope="session")
def needs_java() -> Path:
    """The java program."""
    return JAVA.path()


@pytest.fixture(scope="session")
def needs_postgres() -> Path:
    """The folder that holds initdb and postgres."""
    return POSTGRES.path()


def skipping_is_failing() -> bool:
    """Whether this run must leave nothing out."""
    return os.environ.get(REQUIRED) == "1"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    longrepr = report.longrepr
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return text.removeprefix("Skipped: ")


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turns a skip into a failure; an expected failure (xfail) is no skip."""
    if skipping_is_failing() and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        report.longrepr = f"Skipped, and {REQUIRED}=1 allows no skip: {_reason(report)}"
        report.outcome = "failed"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fails a test that was skipped, when nothing may be left out."""
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fails a file that was skipped as a whole, when nothing may be left out."""
    report = yield
    _fail_if_skipped(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what this run left out: one line per missing thing."""
    skipped = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", ()))
    if not skipped:
        return
    terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
    for reason, times in sorted(skipped.items()):
        plural = "" if times == 1 else "s"
        terminalreporter.write_line(f"SKIPPED {times} test{plural}: {reason}", red=True, bold=True)
