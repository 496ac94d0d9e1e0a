"""On what it was measured: the machine without its name, and the versions."""

import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]


def machine():
    """Processor, cores, memory, Python and system."""
    return {
        "cpu": _line("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
    }


def _line(path, name):
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def versions():
    """Of what does the work."""
    return {name: version(name) for name in ("leukon", "numpy", "pyarrow", "duckdb", "pandas")}


def commit():
    """The commit that was measured; "+" where files were changed since."""
    short = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--", "src", "pyproject.toml")
    return f"{short}+" if changed else short


def _git(*arguments):
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def load():
    """How many processes wanted a core in the last minute, on average."""
    return round(os.getloadavg()[0], 2) if sys.platform != "win32" else None
