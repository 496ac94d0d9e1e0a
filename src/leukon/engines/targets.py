"""Where output goes: refused before any work where it could not be written, and whole or not at all.

A file is written beside its place under a temporary name, forced to the disk, and takes its name
only when it is complete.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from leukon.errors import UsageError

ENDINGS = (".parquet", ".csv", ".ndjson")


class OutputFailed(UsageError):
    """The output cannot be written: no folder, no room on the disk, no permission."""

    exit_code = 3


def check_out(out: Path) -> None:
    """Refuse an output that could not be written, before any work is done."""
    if out.suffix not in ENDINGS:
        endings = ", ".join(ENDINGS)
        raise UsageError("the ending of the output is not known", where=out.name, hint=endings)
    if not out.parent.is_dir():
        raise OutputFailed("there is no such folder", where=str(out.parent), hint="make it first")


def check_form(form: str) -> None:
    """Refuse a form in which nothing is written."""
    if f".{form}" not in ENDINGS:
        names = ", ".join(ending[1:] for ending in ENDINGS)
        raise UsageError(f"the form {form!r} is not known", hint=names)


def check_apart(written: Mapping[str, Path], read: Iterable[Path]) -> None:
    """Refuse to write over a file that is read, or two things into one file.

    `written` names what is written (where); links are followed.
    """
    taken = {path.resolve(): f"the input {path.name}" for path in read}
    for what, path in written.items():
        place = path.resolve()
        if place in taken:
            raise UsageError(
                f"the {what} would be written over {taken[place]}",
                where=path.name,
                hint="give it another name",
            )
        if path.exists() and not path.is_file():
            raise UsageError(f"the {what} is no ordinary file", where=path.name)
        taken[place] = f"the {what}"


def temporary_name(name: str) -> str:
    """What a file is called while it is written: hidden, and of one process alone."""
    return f".{name}.{os.getpid()}.part"


@contextmanager
def whole_file(out: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name only when all of it was written.

    Raises `OutputFailed` when the disk is full or the folder cannot be written to.
    """
    temporary = out.with_name(temporary_name(out.name))
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(out)
        settle_folder(out.parent)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and error.filename not in (None, str(temporary)):
            raise
        raise failed(out, error) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def settle_folder(folder: Path) -> None:
    """Force new names in a folder to the disk, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def failed(out: Path, error: OSError) -> OutputFailed:
    """The refusal of an output that the system does not let us write."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputFailed(
            "the disk is full", where=str(out), hint="make room, or write elsewhere"
        )
    return OutputFailed(
        "the output cannot be written",
        where=str(out),
        hint=(error.strerror or "check the folder").lower(),
    )


def side_file(out: Path) -> Path:
    """Where the refusals of an output are listed.

    >>> side_file(Path("flags.parquet")).name
    'flags.parquet.refused.csv'
    """
    # After the whole name: flags.parquet and flags.csv may be outputs of two runs.
    return out.with_name(f"{out.name}.refused.csv")
