"""Steps run, each in its own process, and what that process cost by the system's own count."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

REPEATS = 3


class Measured:
    """What the steps of a case cost: every run, the least and the median."""

    def __init__(self) -> None:
        self.runs = {}

    def add(self, step, cost):
        """Note one run."""
        self.runs.setdefault(step, []).append(cost)

    def has(self, *steps):
        """Whether all of some steps were run."""
        return all(step in self.runs for step in steps)

    def least(self, step, what="cpu"):
        """The least of all runs."""
        return min(run[what] for run in self.runs[step])

    def most(self, step, what):
        """The most of all runs."""
        return max(run[what] for run in self.runs[step])

    def middle(self, step, what="cpu"):
        """The median of all runs."""
        return median(run[what] for run in self.runs[step])

    def told(self, step, what):
        """What a step told, the same in every run."""
        return self.runs[step][0][what]


def _as_installed():
    """The environment, with bytecode kept: who installs a program compiles it once, not every time."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run_step(case, name, step, folder):
    """Run one step once: its CPU seconds (user and system), seconds, peak memory, and what it told."""
    result = folder / "told.json"
    result.unlink(missing_ok=True)
    command = step.command or ("-m", "benchmarks.step", case, name, str(folder), str(result))
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.DEVNULL,
        cwd=Path(__file__).parents[1],
        env=_as_installed(),
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"benchmark {case}, {name}: stopped with {child.returncode}")
    told = json.loads(result.read_text()) if result.exists() else {}
    return {
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": time.perf_counter() - began,
        "peak_mb": usage.ru_maxrss / 1024,
        **told,
    }
