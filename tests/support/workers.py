"""Tests run by several processes at once: `pytest --workers N`, and `make test`.

Every process collects all tests and runs whole files, so that what a file shares is made once. It
asks for one file after another, and stays in a folder as long as that has any: what the tests of a
folder share (a site, a browser, a cluster) is then seldom made twice. What they report is told and
counted here as if there were one process; a test that nobody reported is an error.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any

import pytest

MOST = 4
"""Processes of `--workers auto`: each may start a browser, a cluster and a server of its own."""
LINE = "LEUKON_TESTS_LINE"
"""Where a worker finds the number of its line to the foreman."""
DISORDERLY = (None, pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--workers`: how many processes run the tests."""
    parser.addoption(
        "--workers", default="1", metavar="N", help="run tests in N processes; auto: one a core"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Hands the tests to others, unless somebody wants to see or stop them at work."""
    line = os.environ.pop(LINE, None)
    if line is not None:
        os.set_inheritable(int(line), False)
        config.pluginmanager.register(Worker(config, Connection(int(line))), "worker")
        return
    said = config.getoption("--workers")
    number = min(MOST, os.cpu_count() or 1) if said == "auto" else int(said)
    watched = config.option.collectonly or config.option.usepdb or config.option.capture == "no"
    if number > 1 and not watched:
        config.pluginmanager.register(Foreman(config, number), "foreman")


class Queue:
    """Which file is next for whom."""

    def __init__(self, files: dict[str, int]) -> None:
        self.rooms: dict[str, list[str]] = {}
        for file in files:
            self.rooms.setdefault(file.rpartition("/")[0], []).append(file)
        self.where: dict[int, str] = {}

    def next(self, worker: int) -> str | None:
        """Another file of the folder that a worker is in; then of one with the fewest others."""
        left = [room for room, files in self.rooms.items() if files]
        if not left:
            return None
        others = Counter(room for who, room in self.where.items() if who != worker)
        mine = self.where.get(worker)
        room = mine if mine in left else min(left, key=lambda one: others[one])
        self.where[worker] = room
        return self.rooms[room].pop(0)


class Foreman:
    """Runs no test: starts the workers, gives them files, tells what they report."""

    def __init__(self, config: pytest.Config, number: int) -> None:
        self.config, self.number = config, number
        self.queue: Queue | None = None
        self.processes: list[subprocess.Popen[bytes]] = []
        self.ends: dict[int, int] = {}
        self.reported, self.unread = 0, False

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> bool:
        """Each worker collects for itself."""
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Listens to the workers until the last has ended."""
        lines = {self._started(worker): worker for worker in range(self.number)}
        try:
            while lines:
                for line in wait(list(lines)):
                    assert isinstance(line, Connection)
                    try:
                        self._hear(session, line, lines[line], *line.recv())
                    except EOFError:
                        self._ended(lines.pop(line))
        finally:
            self._end()
        self._judge(session)
        return True

    def _started(self, worker: int) -> Connection:
        here, there = Pipe()
        words = [*self.config.invocation_params.args, "--workers", "1"]
        if self.config.option.basetemp:
            words += ["--basetemp", f"{self.config.option.basetemp}/{worker}"]
        with there:
            process = subprocess.Popen(
                [sys.executable, "-m", "pytest", *map(str, words)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[there.fileno()],
                env={**os.environ, LINE: str(there.fileno())},
            )  # fmt: skip
        self.processes.append(process)
        return here

    def _hear(
        self, session: pytest.Session, line: Connection, worker: int, kind: str, told: Any
    ) -> None:
        if kind == "collected":
            if self.queue is None:
                self.queue, session.testscollected = Queue(told), sum(told.values())
        elif kind == "next":
            stopped = self.queue is None or session.shouldfail or session.shouldstop
            line.send(None if stopped or self.queue is None else self.queue.next(worker))
        elif kind == "tested":
            self.reported += told["when"] == "teardown"
            self.config.hook.pytest_runtest_logreport(report=self._report(told))
        elif kind == "ended":
            self.ends[worker] = told
        elif worker == 0:  # what cannot be collected is the same for all
            self.unread = True
            self.config.hook.pytest_collectreport(report=self._report(told))

    def _report(self, told: dict[str, Any]) -> Any:
        return self.config.hook.pytest_report_from_serializable(config=self.config, data=told)

    def _ended(self, worker: int) -> None:
        code = self.processes[worker].wait()
        if self.ends.get(worker) in DISORDERLY:
            self._error(f"process {worker} of those that run the tests ended with {code}")

    def _error(self, says: str) -> None:
        report = pytest.CollectReport("workers", "failed", says, None)
        self.config.hook.pytest_collectreport(report=report)

    def _end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait()

    def _judge(self, session: pytest.Session) -> None:
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        if self.unread and not self.config.option.continue_on_collection_errors:
            raise session.Interrupted("not every file of tests could be read")
        missing = session.testscollected - self.reported
        if missing and not session.testsfailed:
            self._error(f"{missing} tests were not run")


def with_next(items: Iterator[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Each with the one after it; the last with None."""
    one = next(items, None)
    while one is not None:
        following = next(items, None)
        yield one, following
        one = following


class Worker:
    """Runs the files that the foreman gives, and reports each test."""

    def __init__(self, config: pytest.Config, line: Connection) -> None:
        self.config, self.line = config, line
        # pytest's own plugins leave to the foreman what is written once a run where this is there.
        config.workerinput = {}  # type: ignore[attr-defined]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Runs file after file; the next is asked for before the last test of one begins."""
        files: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            files.setdefault(item.nodeid.partition("::")[0], []).append(item)
        self.line.send(("collected", {file: len(items) for file, items in files.items()}))
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            raise session.Interrupted("not every file of tests could be read")
        for item, following in with_next(self._given(files)):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
        return True

    def _given(self, files: dict[str, list[pytest.Item]]) -> Iterator[pytest.Item]:
        while True:
            self.line.send(("next", None))
            file = self.line.recv()
            if file is None:
                return
            yield from files[file]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tells what became of a test."""
        self.line.send(("tested", self._told(report)))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Tells what could not be collected."""
        if report.failed:
            self.line.send(("untold", self._told(report)))

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Tells that this is the end."""
        self.line.send(("ended", int(exitstatus)))

    def _told(self, report: pytest.TestReport | pytest.CollectReport) -> Any:
        return self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
