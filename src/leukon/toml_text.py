"""TOML that somebody else wrote, parsed within bounds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

MOST_LETTERS = 20_000_000
"""The catalogue's largest file has a hundredth of it."""
_DEEP_KEY = re.compile(r"(?<![\w-])(?:[\w-]+[ \t]*\.[ \t]*){100}")


def parsed(text: str) -> dict[str, Any]:
    """What a text in TOML says.

    Raises `tomllib.TOMLDecodeError`, also where nothing that is meant could be so long or so deep:
    the parser of the standard library takes memory with the square of the depth, and then gives up.

    >>> parsed('unit = "10*9/L"')
    {'unit': '10*9/L'}
    """
    if len(text) > MOST_LETTERS:
        raise tomllib.TOMLDecodeError(f"it has more than {MOST_LETTERS:,} letters")
    if _DEEP_KEY.search(text):
        raise tomllib.TOMLDecodeError("a key has a hundred parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise tomllib.TOMLDecodeError("brackets stand within brackets, too deep") from None


def read(path: Path) -> dict[str, Any]:
    """What a file in TOML says; no more of it is read than could be meant, so that any file ends.

    Raises `OSError` where it cannot be read, and `ValueError` where it is no text or no TOML.
    """
    with path.open("rb") as file:
        content = file.read(MOST_LETTERS + 1)
    if len(content) > MOST_LETTERS:
        raise tomllib.TOMLDecodeError(f"it has more than {MOST_LETTERS:,} letters")
    return parsed(content.decode())
