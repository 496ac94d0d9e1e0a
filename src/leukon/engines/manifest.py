"""What a folder of outputs holds, and of which run: so that a killed run can be taken up again."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from leukon.engines.batches import Question
from leukon.engines.summary import are_numbers
from leukon.engines.targets import OutputFailed, failed, settle_folder, side_file, temporary_name
from leukon.errors import UsageError
from leukon.readers.inputs import MANIFEST, DatabaseInput, Input, shown

SCHEMA = 1
LOCK = ".leukon.lock"
SIDE_LIST = "_refused.csv"
WAITING, DONE = "waiting", "done"
_PART = re.compile(r"part-[0-9]+\.(parquet|csv|ndjson)")
_SAVING_SHARE = 20
"""Saving a long manifest takes at most about one part in this many of the time."""


class InputNoted(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One input as it was when the run began: a file by size, time and footer, or a database."""

    name: str
    path: str = ""
    bytes: int = 0
    modified_ns: int = 0
    footer_sha256: str = ""
    database: str = ""
    query_sha256: str = ""


class PartNoted(Struct, kw_only=True, omit_defaults=True):
    """One part of the output: from which input (its place), which of its row groups, what is in it."""

    name: str
    inputs: list[int]
    row_groups: list[int] = []
    state: str = WAITING
    bytes: int = 0
    sha256: str = ""
    numbers: dict[str, Any] = {}


class Asked(Struct, frozen=True, kw_only=True):
    """What the run was asked: with another question the results would be others."""

    leukon: str
    definition: str
    definition_sha256: str
    scales: dict[str, str]
    agreement: bool
    declared_sha256: str
    format: str
    setpoint: bool = False


class Manifest(Struct, kw_only=True):
    """A folder of outputs: what was asked, of which inputs, and the parts."""

    schema_version: int = SCHEMA
    finished: bool = False
    asked: Asked
    inputs: list[InputNoted]
    parts: list[PartNoted]
    refused: str = ""


def asked(question: Question, kind: str) -> Asked:
    """What is asked, as a manifest holds it."""
    from leukon import __version__

    said = question.said
    declared = {name: getattr(said, name) for name in said.__dataclass_fields__}
    return Asked(
        leukon=__version__,
        definition=question.definition.id,
        definition_sha256=_digest(question.definition),
        scales={scale.id: _digest(scale) for scale in question.scales},
        agreement=question.agreement,
        setpoint=bool(question.own),
        declared_sha256=_digest(declared),
        format=kind,
    )


def _digest(value: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()


def noted(one: Input) -> InputNoted:
    """An input as it is now."""
    if isinstance(one, DatabaseInput):
        query = hashlib.sha256(one.query.encode()).hexdigest() if one.query else ""
        return InputNoted(name=one.name, database=shown(one.address), query_sha256=query)
    found = one.path.stat()
    return InputNoted(
        name=one.name,
        path=str(one.path.absolute()),
        bytes=found.st_size,
        modified_ns=found.st_mtime_ns,
        footer_sha256=_footer(one.path, found.st_size),
    )


def _footer(path: Path, size: int) -> str:
    """The digest of a Parquet file's footer, which changes with anything in the file."""
    with path.open("rb") as file:
        if file.read(4) != b"PAR1" or size < 12:
            return ""
        file.seek(size - 8)
        length = int.from_bytes(file.read(4), "little")
        file.seek(max(size - 8 - length, 0))
        return hashlib.sha256(file.read(length)).hexdigest()


def file_digest(path: Path) -> str:
    """The SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Folder:
    """A folder of outputs, held by this run alone."""

    def __init__(self, path: Path) -> None:
        """Settle the place."""
        self.path, self.manifest_path = path, path / MANIFEST
        self._saved, self._took = 0.0, 0.0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Make the folder where there is none, and keep every other run out of it.

        Raises `OutputFailed` where it cannot be written or another run is at work in it.
        """
        try:
            self.path.mkdir(exist_ok=True)
            lock = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise failed(self.path, error) from None
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise OutputFailed(
                    "another run is at work in this folder",
                    where=str(self.path),
                    hint="wait for it, or name another folder",
                ) from None
            yield
        finally:
            os.close(lock)

    def load(self) -> Manifest | None:
        """The manifest of an earlier run; None in a folder that is empty.

        Raises `UsageError` for a folder of other things, or a manifest that cannot be read.
        """
        try:
            return msgspec.json.decode(self.manifest_path.read_bytes(), type=Manifest)
        except FileNotFoundError:
            others = [p.name for p in self.path.iterdir() if not p.name.startswith(".")]
            if others:
                raise UsageError(
                    "the folder holds files that are of no run of leukon",
                    where=str(self.path),
                    hint="name another folder, or a new one within it",
                ) from None
            return None
        except (msgspec.MsgspecError, OSError):
            raise UsageError(
                f"the {MANIFEST} of the folder cannot be read",
                where=str(self.path),
                hint="name another folder: which of its files are leukon's, only it could say",
            ) from None

    def save(self, manifest: Manifest, *, now: bool = True) -> None:
        """Write the manifest, whole or not at all; without `now` not more often than is cheap."""
        if not now and time.monotonic() - self._saved < self._took * _SAVING_SHARE:
            return
        began = time.monotonic()
        temporary = self.path / temporary_name(MANIFEST)
        try:
            with temporary.open("wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.manifest_path)
            settle_folder(self.path)
        except OSError as error:
            raise failed(self.manifest_path, error) from None
        self._saved = time.monotonic()
        self._took = self._saved - began

    def sweep(self) -> None:
        """Remove what killed runs left half written."""
        for path in self.path.glob(".*.part"):
            with suppress(OSError):
                path.unlink()

    def empty(self) -> None:
        """Remove the output of an earlier run, and nothing else: what its manifest names.

        Raises `UsageError` where that cannot be read: then nobody knows whose the files are.
        """
        earlier = self.load()
        parts = [] if earlier is None else [part.name for part in earlier.parts]
        ours = [name for name in parts if _PART.fullmatch(name)]
        lists = [side_file(Path(f".{name}")).name for name in ours]
        # The manifest last: killed before that, the same command goes on.
        for name in [*ours, *lists, SIDE_LIST, MANIFEST]:
            (self.path / name).unlink(missing_ok=True)

    def check_free(self, manifest: Manifest) -> None:
        """Refuse to write over a file that no earlier run of leukon made.

        Raises `UsageError`.
        """
        for part in manifest.parts:
            if os.path.lexists(self.path / part.name):
                raise UsageError(
                    f"a file {part.name} is there already, and of no run of leukon",
                    where=str(self.path),
                    hint="name another folder, or move the file",
                )

    def publish(self, temporary: Path, name: str) -> None:
        """Give a whole file its name."""
        try:
            temporary.replace(self.path / name)
            settle_folder(self.path)
        except OSError as error:
            raise failed(self.path / name, error) from None


def taken_up(earlier: Manifest, fresh: Manifest, folder: Path) -> Manifest:
    """The earlier run, to be gone on with; refused where it is another one.

    Raises `UsageError`.
    """
    apart = _apart(earlier, fresh)
    if apart:
        raise UsageError(
            f"the folder holds another run: {apart}",
            where=str(folder),
            hint="name another folder or use --overwrite",
        )
    earlier.inputs = fresh.inputs
    again = _to_make_again(earlier, folder)
    if again or not earlier.finished:
        # Once the lists of the parts are one, nobody can tell whose the lines are.
        again += [part for part in earlier.parts if not _has_its_list(folder, part)]
    for part in again:
        part.state, earlier.finished = WAITING, False
    return earlier


def _to_make_again(earlier: Manifest, folder: Path) -> list[PartNoted]:
    """The finished parts that are not as they were made, or whose refusals are listed nowhere."""
    known = _changed_ns(folder / MANIFEST)
    done = [part for part in earlier.parts if part.state == DONE]
    changed = [part for part in done if not _is_as_made(folder / part.name, part, known)]
    lost = earlier.refused and not 0 <= _changed_ns(folder / earlier.refused) <= known
    return [*changed, *(part for part in done if lost and _any_refused(part))]


def _is_as_made(path: Path, part: PartNoted, known_ns: int) -> bool:
    """Whether a part holds what was written; it is read only where it may have been touched since."""
    try:
        if path.stat().st_size != part.bytes or not are_numbers(part.numbers):
            return False
        # The clock of files stands still for some milliseconds: at the same moment is perhaps after.
        return _changed_ns(path) < known_ns or file_digest(path) == part.sha256
    except OSError:
        return False


def _changed_ns(path: Path) -> int:
    """When anything of a file was changed last, which nobody can set back; -1: there is none."""
    try:
        return path.stat().st_ctime_ns
    except OSError:
        return -1


def _any_refused(part: PartNoted) -> bool:
    return bool(part.numbers.get("rows_refused") or part.numbers.get("cells_refused"))


def _has_its_list(folder: Path, part: PartNoted) -> bool:
    return not _any_refused(part) or side_file(folder / f".{part.name}").exists()


def _apart(earlier: Manifest, fresh: Manifest) -> str:
    """In what two runs differ, in words."""
    if earlier.schema_version != fresh.schema_version:
        return "its manifest is of another version of leukon"
    fields = Asked.__struct_fields__
    other = [name for name in fields if getattr(earlier.asked, name) != getattr(fresh.asked, name)]
    if other:
        return "it differs in " + ", ".join(_WORDS.get(name, name) for name in other)
    changed = _changed(earlier, fresh.inputs)
    if changed:
        return changed
    plans = [[(p.name, p.inputs, p.row_groups) for p in run.parts] for run in (earlier, fresh)]
    return "" if plans[0] == plans[1] else "its parts are others"


_WORDS = {
    "leukon": "the version of leukon",
    "definition_sha256": "the content of the definition",
    "declared_sha256": "units, decimal sign or map file",
}


def _changed(earlier: Manifest, fresh: Sequence[InputNoted]) -> str:
    """Which input is not what it was, in words; one of which no part is done may be mended."""
    used = {place for part in earlier.parts if part.state == DONE for place in part.inputs}
    before = {one.path or one.database: (place, one) for place, one in enumerate(earlier.inputs)}
    after = {one.path or one.database: one for one in fresh}
    for key, one in after.items():
        if key not in before:
            return f"the input {one.name} is new"
        place, was = before[key]
        if one != was and place in used:
            return f"the input {one.name} has changed"
    for key, (_, was) in before.items():
        if key not in after:
            return f"the input {was.name} is gone"
    return "" if list(before) == list(after) else "the inputs come in another order"
