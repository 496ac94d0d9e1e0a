"""Processes that begin to load leukon at once, to make parts of a folder beside this one.

To load what reading and writing need takes as long as a part. So where the size of the input shows
that more processes pay, they start before this one loads the same, and are told later what to do.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from leukon.readers.inputs import MANIFEST, FileInput, Input

SMALL_BYTES = 16 << 20
"""A process more takes longer to start than so much input takes to interpret."""

# An interrupt goes to all processes of a terminal: the one that asks decides what follows. pyarrow
# imports pandas where it finds it, which takes half of the start; nothing here needs it.
_PROGRAM = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
class NoPandas:
    def find_spec(self, name, path=None, target=None):
        if name == "pandas":
            raise ImportError(name)
sys.meta_path.insert(0, NoPandas())
from leukon.engines.worker import main
main()
"""


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # pragma: no cover (not on Linux)


def begun() -> subprocess.Popen[bytes]:
    """A process that loads leukon from where this one found it, and waits for work."""
    paths = os.pathsep.join(path for path in sys.path if path)
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    # -P: what lies in the working folder is not imported.
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **threads, "PYTHONPATH": paths},
    )


def ended(process: subprocess.Popen[bytes]) -> None:
    """End a process of ours, in the middle of anything, and close its pipes."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()


class Crew:
    """Processes begun early; those that nobody took end with the block."""

    def __init__(self, size: int = 0) -> None:
        """Begin so many."""
        self._waiting = [begun() for _ in range(size)]

    def one(self) -> subprocess.Popen[bytes]:
        """One that began early, or else one that begins now; who takes it must end it."""
        return self._waiting.pop() if self._waiting else begun()

    def keep(self, most: int) -> None:
        """End those beyond so many."""
        while len(self._waiting) > most:
            ended(self._waiting.pop())

    def __enter__(self) -> Crew:
        """Begun already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End those left."""
        self.keep(0)


def early(inputs: Sequence[Input], folder: Path | None, jobs: int | None) -> int:
    """How many processes beside this one are sure to have work: known from names and sizes alone.

    None for one file of output, nor for a folder that may be done, or nearly so.
    """
    if folder is None or (folder / MANIFEST).exists():
        return 0
    sizes = [_size(one.path) for one in inputs if isinstance(one, FileInput)]
    likely = sum(_pieces(one, size) for one, size in zip(inputs, sizes, strict=False))
    wanted = jobs or (cores() if sum(sizes) > SMALL_BYTES else 1)
    return max(0, min(wanted, likely, cores()) - 1)


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0


def _pieces(one: Input, size: int) -> int:
    """How many pieces a file is likely to be: Parquet is cut between its row groups."""
    parquet = isinstance(one, FileInput) and one.path.suffix in (".parquet", ".pq")
    return max(1, size // SMALL_BYTES) if parquet else 1
