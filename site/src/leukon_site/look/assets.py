"""The files of the look, each asked for by its content, so that browsers may keep them for long."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "static"


@cache
def version(name: str) -> str:
    """The first letters of the hash of a file of the look."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:10]
