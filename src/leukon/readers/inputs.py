"""What a user names, as a list of inputs: files, folders, patterns, tables of databases."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from leukon.errors import TableRefused, UsageError

ENDINGS = (".parquet", ".pq", ".csv", ".tsv", ".ndjson", ".jsonl")
PACKED = ".gz"
MANIFEST = "_leukon-manifest.json"
"""The file that makes a folder an output of leukon: what is in it is no input."""
ADDRESS = "LEUKON_DATABASE"
"""The variable that may hold a database's address, so that no password stands on a command line."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9.+-]+)://")
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9.+-]+):/{1,2}")
"""An address, perhaps taken for the path of a file, which has one stroke where two stood."""
_SECRET = re.compile(r"(?i)\b(password|passwd|pwd|token|secret)=\S+")
_PATTERN = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class FileInput:
    """One file."""

    path: Path

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.path.name


@dataclass(frozen=True)
class DatabaseInput:
    """A table, or the rows of a query, of a database: a file of one, or the address of a server.

    The address may hold a password: neither the name nor the representation shows it.
    """

    address: str = field(repr=False)
    table: str = ""
    query: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What messages call it: the table and the database, without user and password."""
        return f"{self.table or 'query'} in {shown(self.address)}"


Input = FileInput | DatabaseInput


def shown(address: str) -> str:
    """An address as a message may show it: no user, no password, no options.

    >>> shown("postgresql://anna:secret@db.example/labs?sslmode=require")
    'postgresql://db.example/labs'
    >>> shown("counts.duckdb")
    'counts.duckdb'
    """
    scheme = _ADDRESS.match(address)
    if scheme is None:
        return Path(_SECRET.sub(r"\1=...", address)).name
    # The last @, since a password may hold one that nobody wrote as %40.
    rest = address[scheme.end() :].rpartition("@")[2].partition("?")[0].partition("#")[0]
    return f"{scheme[0]}{rest}"


@dataclass
class Found:
    """The inputs, in order, and the files of folders that were left out, each with the reason."""

    inputs: list[Input] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)


def find_inputs(
    source: str | Path | Sequence[str | Path],
    *,
    table: str = "",
    query: str = "",
    out: Path | None = None,
) -> Found:
    """The inputs that a user names; a folder stands for the tables in it and below, sorted.

    `table` or `query` say that the source is a database. `out`, lying in a folder, is not read.

    Raises `TableRefused` where there is nothing, `UsageError` where the call contradicts itself.
    """
    named = [source] if isinstance(source, (str, Path)) else list(source)
    if table and query:
        raise UsageError("a table and a query are both given", hint="give one of them")
    if not named and (table or query) and os.environ.get(ADDRESS):
        named = [os.environ[ADDRESS]]
    if not named:
        hint = f"name a database, or put its address into the variable {ADDRESS}"
        if not (table or query):
            hint = "name a file, a folder, or a database"
        raise TableRefused("no file is given", hint=hint)
    databases = [one for one in named if table or query or _SCHEME.match(str(one))]
    if databases:
        return Found([_database(named, table, query)])
    found = Found()
    for one in named:
        _add(str(one), found, out)
    if not found.inputs:
        if out is not None and any(path.resolve() == out.resolve() for path, _ in found.skipped):
            raise UsageError(
                "the folder is to be read and written to", where=str(out), hint="give --out another"
            )
        left_out = ", ".join(f"{n} {why}" for why, n in reasons_skipped(found.skipped).items())
        raise TableRefused(
            "no file in it can be read" + (f" ({left_out})" if left_out else ""),
            where=str(named[0]),
            hint=f"files that end in {', '.join(ENDINGS)}, perhaps with {PACKED}",
        )
    return found


def _database(named: Sequence[str | Path], table: str, query: str) -> DatabaseInput:
    if len(named) > 1:
        raise UsageError("a database is read on its own", hint="name one database and one table")
    address = str(named[0])
    if not (table or query):
        raise UsageError(
            "the address names a database, and no table",
            where=shown(address),
            hint='--table NAME, or --query "select ..."',
        )
    return DatabaseInput(address, table, query)


def _add(named: str, found: Found, out: Path | None) -> None:
    path = Path(named)
    if path.is_dir():
        _add_folder(path, found, out)
    elif path.exists() or not _PATTERN.search(named):
        found.inputs.append(FileInput(path))
    else:
        _add_pattern(named, found, out)


def _add_pattern(pattern: str, found: Found, out: Path | None) -> None:
    """The files of a pattern that no shell has expanded."""
    path = Path(pattern)
    names = sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
    if not names:
        raise TableRefused("no file matches the pattern", where=pattern, hint="check the name")
    for path in names:
        if path.name.startswith("."):
            found.skipped.append((path, "hidden or temporary"))  # as a shell would
        elif not path.is_dir():
            found.inputs.append(FileInput(path))
        elif "**" not in pattern:  # which finds what is below by itself
            _add_folder(path, found, out)


def _add_folder(folder: Path, found: Found, out: Path | None) -> None:
    kept = [
        path
        for path in sorted(_below(folder, found, out))
        if _is_input(path, found, None if out is None else os.path.realpath(out))
    ]
    found.inputs += [FileInput(path) for path in kept]


def _below(folder: Path, found: Found, out: Path | None) -> Iterator[Path]:
    """The files of a folder and below; hidden folders and outputs of leukon are left out whole."""
    if (folder / MANIFEST).exists() or (out is not None and folder.resolve() == out.resolve()):
        found.skipped.append((folder, "output of leukon"))
        return
    for path in _listed(folder):
        if not path.is_dir():
            yield path
        elif _is_hidden(path):
            found.skipped.append((path, "hidden or temporary"))
        elif path.is_symlink():  # which may lead round in a circle
            found.skipped.append((path, "link to a folder"))
        else:
            yield from _below(path, found, out)


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        hint = (error.strerror or "check it").lower()
        raise TableRefused("the folder cannot be read", where=str(folder), hint=hint) from None


def _is_hidden(path: Path) -> bool:
    return path.name.startswith((".", "_", "~")) or path.name.endswith(("~", ".tmp", ".part"))


def _is_input(path: Path, found: Found, out: str | None) -> bool:
    if _is_hidden(path):
        why = "hidden or temporary"
    elif not path.name.removesuffix(PACKED).endswith(ENDINGS) or _is_no_file(path):
        why = "not a table"
    elif path.name.endswith(".refused.csv") or os.path.realpath(path) == out or _is_ours(path):
        why = "output of leukon"
    else:
        return True
    found.skipped.append((path, why))
    return False


def _is_no_file(path: Path) -> bool:
    """Whether reading it might never end: a pipe, a socket, a device. A broken link is a fault."""
    return path.exists() and not path.is_file()


def _is_ours(path: Path) -> bool:
    """Whether a Parquet file says of itself that leukon wrote it."""
    if path.suffix not in (".parquet", ".pq"):
        return False
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_schema(path).metadata or {}
    except (OSError, pa.ArrowException):
        return False  # a damaged one is refused by name when it is read
    return b"leukon_schema_version" in metadata


def reasons_skipped(skipped: Iterable[tuple[Path, str]]) -> dict[str, int]:
    """How many files and folders were left out for which reason.

    >>> reasons_skipped([(Path("a.txt"), "not a table"), (Path("b.md"), "not a table")])
    {'not a table': 2}
    """
    counts: dict[str, int] = {}
    for _, why in skipped:
        counts[why] = counts.get(why, 0) + 1
    return counts
