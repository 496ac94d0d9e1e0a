"""How the tests are shared among processes (`pytest -n auto`, `make test`): by file, by folder.

What the tests of a file share is then made once, and what those of a folder share (a site, a
browser, a cluster) seldom twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

MOST = 4
"""Processes of `-n auto`: each may start a browser, a cluster and a server of its own."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One a core, up to a few."""
    from xdist.plugin import pytest_xdist_auto_num_workers as cores

    return min(MOST, int(cores(config)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Whole files, and folder by folder, unless somebody asks for another way."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFolder(LoadFileScheduling):  # type: ignore[misc] # (brings no types)
        """Each process stays in a folder as long as that has files nobody took."""

        def _assign_work_unit(self, node: WorkerController) -> None:
            files = next_first(list(self.workqueue), *self._places(node))
            self.workqueue.move_to_end(files, last=False)
            super()._assign_work_unit(node)

        def _places(self, node: WorkerController) -> tuple[str, set[str]]:
            """The folder of a process, and those of the others."""
            last = {
                one: folder(next(reversed(work), "")) for one, work in self.assigned_work.items()
            }
            return last.pop(node, ""), set(last.values())

    return ByFolder(config, log)


def folder(file: str) -> str:
    """The folder of a file of tests."""
    return file.rpartition("/")[0]


def next_first(files: list[str], here: str, elsewhere: set[str]) -> str:
    """Which of some files a process takes: of its folder, or of one in which nobody is."""
    return min(files, key=lambda file: (folder(file) != here, folder(file) in elsewhere))
