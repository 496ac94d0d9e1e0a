"""The records of a CSV file, block by block, each with its line number; broken ones set apart.

A line with the wrong number of fields, or with a quote that is never closed, costs that line and
no other. A quoted cell may hold line breaks.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import numpy as np

from leukon.errors import TableRefused
from leukon.readers.refusals import Rows

BLOCK_BYTES = 1 << 22
LONGEST_RECORD = 64
"""The most lines one record may have before its opening quote is taken for a slip."""
LONGEST_LINE = 1 << 26
MOST_COLUMNS = 100_000
"""With so many a row takes half a gigabyte of memory; with ten times as many, ten times that."""
_DELIMITERS = (",", ";", "\t", "|")
BOM = b"\xef\xbb\xbf"


class Records(NamedTuple):
    """A block of whole records as bytes, the line each begins at, and the broken lines.

    `several` is true where a record has line breaks in it, `returns` are lines that a carriage return
    cuts in two.
    """

    content: bytes
    lines: Rows
    unclosed: list[int]
    several: bool = False
    returns: Sequence[int] = ()


@dataclass(frozen=True)
class Header:
    """The first line of a CSV file: the names, the delimiter, and where the data begin."""

    names: tuple[str, ...]
    delimiter: str
    size: int


def open_bytes(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked where it is gzipped."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")


def read_header(start: bytes, path: Path) -> Header:
    """The names of the columns, and the delimiter that parts them.

    Raises `TableRefused` for an empty file, one in UTF-16, or one without names.
    """
    _check_encoding(start, path)
    body = start.removeprefix(BOM)
    line, _, _ = body.partition(b"\n")
    if not line.strip():
        raise TableRefused("the file is empty", where=path.name, hint="a header and a row a panel")
    if b"\r" in line.rstrip(b"\r"):
        raise TableRefused(
            "the lines end in an old way (CR alone)", where=path.name, hint="save it as plain CSV"
        )
    text = _decode(line, path, 1)
    delimiter = _delimiter(text)
    try:
        names = next(csv.reader([text.rstrip("\r")], delimiter=delimiter))
    except csv.Error:  # a name of more than 131,072 letters
        raise no_lines(path) from None
    return Header(_named(names, path), delimiter, len(start) - len(body) + len(line) + 1)


def no_lines(path: Path) -> TableRefused:
    """The refusal of a file whose lines are too long to be those of a table."""
    return TableRefused("the file has no lines", where=path.name, hint="CSV has a row on each line")


def _check_encoding(start: bytes, path: Path) -> None:
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start[:4096]:
        raise TableRefused(
            "the file is not in UTF-8 (it looks like UTF-16, or is no text)",
            where=path.name,
            hint="save it as CSV in UTF-8, or: iconv -f UTF-16 -t UTF-8 OLD > NEW",
        )
    if start[:2] == b"PK":
        raise TableRefused("a workbook or archive", where=path.name, hint="save it as CSV, UTF-8")
    if start[:1] == b"[":
        raise TableRefused(
            "the file holds a list in JSON", where=path.name, hint="write an object a line (NDJSON)"
        )


def _decode(line: bytes, path: Path, number: int) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise not_utf8(path, number) from None


def not_utf8(path: Path, line: int) -> TableRefused:
    """The refusal of a file in another encoding, with the line that shows it."""
    return TableRefused(
        "the file is not in UTF-8",
        where=f"{path.name}, line {line}",
        hint="save it as CSV in UTF-8, or: iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW",
    )


def _delimiter(header: str) -> str:
    bare = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=bare.count)


def _named(names: list[str], path: Path) -> tuple[str, ...]:
    named = [name.strip() or f"column_{place}" for place, name in enumerate(names, 1)]
    check_names(named, path)
    return tuple(named)


def check_names(names: Sequence[str], path: Path) -> None:
    """Refuse a table in which two columns have one name, or with more columns than any has."""
    if len(names) > MOST_COLUMNS:
        raise TableRefused(
            f"the table has more than {MOST_COLUMNS:,} columns",
            where=path.name,
            hint="leave out those that are of no use here",
        )
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise TableRefused(
            f"two columns are called {twice[0]!r}", where=path.name, hint="rename one of them"
        )


def blocks(file: BinaryIO, header: Header, path: Path) -> Iterator[Records]:
    """The data of a CSV file as blocks of whole records."""
    file.read(header.size)
    rest, line = b"", 2
    while chunk := file.read(BLOCK_BYTES):
        content = rest + chunk
        cut = content.rfind(b"\n") + 1
        if not cut and len(content) > LONGEST_LINE:
            raise no_lines(path)
        found, used = _records(content[:cut], line, header, last=False)
        line += content.count(b"\n", 0, used)
        rest = content[used:]
        yield found
    if rest:
        yield _records(rest, line, header, last=True)[0]


def _records(content: bytes, line: int, header: Header, *, last: bool) -> tuple[Records, int]:
    """The records of some whole lines, and how many bytes they take."""
    quoted = b'"' in content and _any_open_quote(content)
    blank = content.startswith((b"\n", b"\r\n")) or b"\n\n" in content or b"\n\r\n" in content
    bare = b"\r" in content and content.count(b"\r") != content.count(b"\r\n")
    if not quoted and not blank and not bare:
        count = content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
        return Records(content, np.arange(line, line + count), []), len(content)
    return _careful(_lines(content), line, header, last=last)


def _any_open_quote(content: bytes) -> bool:
    """Whether a quote is open at the end of some line."""
    letters = np.frombuffer(content, dtype=np.uint8)
    quotes, ends = (np.flatnonzero(letters == ord(sign)) for sign in ('"', "\n"))
    return bool((np.searchsorted(quotes, ends) % 2).any() or len(quotes) % 2)


def _lines(content: bytes) -> list[bytes]:
    """The lines with their ends; a carriage return alone ends none."""
    *whole, rest = content.split(b"\n")
    return [line + b"\n" for line in whole] + ([rest] if rest else [])


def _careful(lines: list[bytes], first: int, header: Header, *, last: bool) -> tuple[Records, int]:
    kept: list[bytes] = []
    numbers: list[int] = []
    unclosed: list[int] = []
    returns: list[int] = []
    place = used = 0
    several = False
    while place < len(lines):
        count = _lines_of_record(lines, place, header)
        if count == 0 and not last and len(lines) - place < LONGEST_RECORD:
            break  # the record may go on in the next block
        if count == 0:
            unclosed.append(first + place)
        elif count > 1 or lines[place].strip(b"\r\n"):
            record = b"".join(lines[place : place + count]).rstrip(b"\r\n")
            if _is_cut(record):
                returns.append(first + place)
            else:
                kept.append(record + b"\n")
                numbers.append(first + place)
                several |= count > 1 or b"\r" in record
        step = max(count, 1)
        used += sum(map(len, lines[place : place + step]))
        place += step
    rows = np.array(numbers, dtype=np.int64)
    return Records(b"".join(kept), rows, unclosed, several, returns), used


def _is_cut(record: bytes) -> bool:
    """Whether a carriage return outside quotes would cut a record in two."""
    return b"\r" in record and b"\r" in b"".join(record.split(b'"')[::2]).replace(b"\r\n", b"")


def _lines_of_record(lines: list[bytes], place: int, header: Header) -> int:
    """How many lines the record that begins here has; 0 where its quote is never closed."""
    if lines[place].count(b'"') % 2 == 0:
        return 1
    ahead = lines[place : place + LONGEST_RECORD]
    for count, line in enumerate(ahead[1:], 2):
        if line.count(b'"') % 2 == 1:
            return count if _is_whole(ahead[:count], header) else 0
    return 0


def _is_whole(lines: list[bytes], header: Header) -> bool:
    """Whether some lines are one record with a quoted line break, and not two slips of the pen.

    Two slips hold about twice the delimiters of one record between them.
    """
    delimiter, fields = header.delimiter, len(header.names)
    if sum(line.count(delimiter.encode()) for line in lines) >= 2 * (fields - 1) > 0:
        return False
    text = b"".join(lines).decode("utf-8", errors="replace")
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:  # a cell of more than 131,072 letters
        return False
    return len(records) == 1 and len(records[0]) == fields
