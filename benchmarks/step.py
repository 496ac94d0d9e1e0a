"""One step, and what it cost: run in a process of its own, so that nothing is shared.

python -m benchmarks.step CASE STEP FOLDER RESULT
"""

import importlib
import json
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Step:
    """One piece of work: it gets the folder of the data, and tells what the cost is of.

    `data` are the names of the data it needs (`benchmarks.data`); `once` says that its cost is no
    figure; `option` names the option without which it is left out. `command` stands for a program
    to run instead of a function.
    """

    run: Callable[[Path], dict[str, Any]] | None = None
    data: tuple[str, ...] = ()
    once: bool = False
    option: str = ""
    command: tuple[str, ...] = ()


@contextmanager
def loop(found):
    """The CPU seconds of what is inside, without start and imports, as found["loop_cpu"]."""
    began = time.process_time()
    yield found
    found["loop_cpu"] = time.process_time() - began


def main(case: str, step: str, folder: str, result: str) -> None:
    """Run the step, and write what it tells."""
    steps = importlib.import_module(f"benchmarks.{case}").STEPS
    Path(result).write_text(json.dumps(steps[step].run(Path(folder)) or {}))


if __name__ == "__main__":
    main(*sys.argv[1:])
