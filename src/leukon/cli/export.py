"""`leukon definitions export`: a definition in a form that other programs run."""

from __future__ import annotations

from pathlib import Path

from leukon.catalogue import resolve
from leukon.errors import UsageError
from leukon.sql import view_of


def export(name: str, *, sql: str, table: str, out: Path | None) -> None:
    """Print, or write, the SQL view of a definition."""
    text = view_of(resolve(name), sql, table=table)
    if out is None:
        print(text, end="")
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"it cannot be written: {error.strerror}", where=out.name) from None
    print(f"written: {out.name}")
