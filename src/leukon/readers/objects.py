"""NDJSON as a stream of Arrow batches: an object a line, keys that may differ from line to line.

The file is read twice: once for its keys and what they hold, once for its rows. A key whose values
are numbers is a column of numbers; one that also has text is text, a number in it as its shortest
decimal. A broken line costs that line and no other.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from leukon.errors import TableRefused
from leukon.readers.lines import BLOCK_BYTES, LONGEST_LINE, check_names, open_bytes
from leukon.readers.refusals import Refused, Rows
from leukon.readers.sources import Block, cut_off, unreadable
from leukon.reasons import Reason

MOST_KEYS = 10_000
"""More keys than any table has: what stands there as a key is then a value."""
BROKEN_LINE = "this line is no whole JSON object"
KEY_TWICE = "this line gives one key twice"
TOO_DEEP = "on this line brackets stand within brackets, too deep"
DEEP = 200
"""So many brackets on a line are left to Python, which counts how deep it is."""
EXACT = 2**53
"""Whole numbers up to here are exact as floating-point numbers."""
_BOM = b"\xef\xbb\xbf"
_KINDS = (pa.null(), pa.bool_(), pa.int64(), pa.float64(), pa.string())
_NONE, _TRUTH, _WHOLE, _NUMBER, _TEXT = range(5)


class ObjectsSource:
    """An NDJSON file."""

    def __init__(self, path: Path, kinds: Mapping[str, int] | None = None) -> None:
        """Read the file once, for its keys and the number of its rows; not where they are known."""
        self.path, self.name = path, path.name
        self.kinds: dict[str, int] = {}
        self.rows_total: int | None = None
        self._fault = ""
        if kinds is None:
            self.rows_total = self._scanned()
        self.settle(self.kinds if kinds is None else kinds)
        if not self.kinds:
            why = f"no line holds an object; line {self._fault}" if self._fault else ""
            raise TableRefused(
                why or "no line holds an object", where=path.name, hint="an object a line"
            )

    def settle(self, kinds: Mapping[str, int]) -> None:
        """Take the keys of several files for those of this one."""
        self.kinds, self.names = dict(kinds), tuple(kinds)
        check_names(self.names, self.path)
        self.schema = pa.schema([(key, _KINDS[kind or _TEXT]) for key, kind in kinds.items()])

    def _scanned(self) -> int:
        rows = 0
        for content, first in self._blocks():
            rows += len(_numbers(content, first))
            self._note(content, first)
        return rows

    def blocks(self) -> Iterator[Block]:
        """The rows, block by block."""
        for content, first in self._blocks():
            numbers = _numbers(content, first)
            columns = _parsed(content, len(numbers), self.schema)
            if columns is not None:
                yield Block(columns, numbers, [])
            else:
                yield self._careful(content, first)

    def _blocks(self) -> Iterator[tuple[bytes, int]]:
        """Whole lines, many at a time, and the number of the first."""
        try:
            with open_bytes(self.path) as file:
                yield from _whole_lines(file, self.path)
        except (EOFError, zlib.error):
            raise cut_off(self.path) from None
        except OSError as error:
            raise unreadable(self.path, error) from None

    def _note(self, content: bytes, first: int) -> None:
        """Note the keys of a block, and what they hold."""
        columns = _parsed(content, len(_numbers(content, first)), None)
        if columns is not None:
            for field, column in zip(columns.schema, columns.columns, strict=True):
                self._take(field.name, _kind_of_column(field, column, self.path))
            return
        for number, row in _objects(content, first):
            if isinstance(row, str):
                self._fault = self._fault or f"{number}: {row}"
                continue
            for key, value in row.items():
                self._take(key, _kind_of(key, value, self.path))

    def _take(self, key: str, kind: int) -> None:
        self.kinds[key] = _joined(self.kinds.get(key, _NONE), kind)
        if len(self.kinds) > MOST_KEYS:
            raise TableRefused(
                f"the lines have more than {MOST_KEYS:,} keys between them",
                where=self.path.name,
                hint="a key names a column; put what differs from line to line in the value",
            )

    def _careful(self, content: bytes, first: int) -> Block:
        """A block with broken lines, or with numbers among text: line by line."""
        rows: list[dict[str, Any]] = []
        numbers: list[int] = []
        broken: dict[str, list[int]] = {}
        for number, row in _objects(content, first):
            if isinstance(row, str):
                broken.setdefault(row, []).append(number)
            else:
                rows.append(row)
                numbers.append(number)
        columns = [
            pa.array([_cell(row.get(field.name), field.type) for row in rows], type=field.type)
            for field in self.schema
        ]
        batch = pa.RecordBatch.from_arrays(columns, schema=self.schema)
        return Block(batch, np.array(numbers, dtype=np.int64), _refused(broken))


def _whole_lines(file: BinaryIO, path: Path) -> Iterator[tuple[bytes, int]]:
    rest, line = b"", 1
    while chunk := file.read(BLOCK_BYTES):
        content = rest + chunk
        content = content.removeprefix(_BOM) if line == 1 else content
        cut = content.rfind(b"\n") + 1
        if not cut and len(content) > LONGEST_LINE:
            raise TableRefused("the file has no lines", where=path.name, hint="an object a line")
        if cut:
            yield content[:cut], line
        line += content.count(b"\n", 0, cut)
        rest = content[cut:]
    if rest.strip():
        yield rest, line


def _numbers(content: bytes, first: int) -> Rows:
    """The numbers of the lines that hold something."""
    if not (b"\n\n" in content or b"\n\r" in content or content[:1] in (b"\n", b"\r")):
        # A line of blanks is taken for one that holds something, and then found to be none.
        count = content.count(b"\n") + (not content.endswith(b"\n"))
        return np.arange(first, first + count)
    lines = content.split(b"\n")
    return np.array([n for n, line in enumerate(lines, first) if line.strip()], dtype=np.int64)


def _parsed(content: bytes, rows: int, schema: Any) -> Any:
    """The block in one go; None where that cannot be done without a loss."""
    if _is_deep(content, rows):
        return None
    try:
        content.decode("utf-8")
        table = pa.json.read_json(
            pa.BufferReader(content),
            read_options=pa.json.ReadOptions(
                use_threads=False, block_size=max(len(content) + 1, 1024)
            ),
            parse_options=pa.json.ParseOptions(
                explicit_schema=schema, unexpected_field_behavior="error" if schema else "infer"
            ),
        )
    except (pa.ArrowException, UnicodeDecodeError):
        return None
    if table.num_rows != rows or not rows or (schema is not None and table.schema != schema):
        return None
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else None


def _is_deep(content: bytes, rows: int) -> bool:
    """Whether a line may hold so many brackets that Arrow, which follows each, runs out of stack."""
    opened = content.count(b"{") + content.count(b"[")
    return opened > rows + DEEP and any(
        line.count(b"{") + line.count(b"[") > DEEP for line in content.split(b"\n")
    )


def _objects(content: bytes, first: int) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """The objects of some lines, by line number; for a broken line, what is wrong with it."""
    for number, line in enumerate(content.split(b"\n"), first):
        if line.strip():
            yield number, _object(line)


class _KeyTwice(ValueError):
    """An object gives one key twice."""


def _object(line: bytes) -> dict[str, Any] | str:
    try:
        row = json.loads(
            line.decode(),
            object_pairs_hook=_unique,
            parse_constant=_no_number,
            parse_float=_number,
        )
    except _KeyTwice:
        return KEY_TWICE
    except RecursionError:
        return TOO_DEEP
    except ValueError:
        return BROKEN_LINE
    return row if isinstance(row, dict) else BROKEN_LINE


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one that gives a key twice says two things, and is broken."""
    row = dict(pairs)
    if len(row) != len(pairs):
        raise _KeyTwice
    for text in (*row, *row.values()):
        if isinstance(text, str):
            text.encode()  # half of a surrogate pair is no text
    return row


def _no_number(text: str) -> str | None:
    # None of them is a number of JSON. NaN stands where there is none; an infinity was meant as one.
    return None if text == "NaN" else text


def _number(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError
    return number


def _kind_of_column(field: Any, column: Any, path: Path) -> int:
    kind = field.type
    if pa.types.is_nested(kind):
        raise _nested(field.name, path)
    if pa.types.is_null(kind) or column.null_count == len(column):
        return _NONE
    if pa.types.is_boolean(kind):
        return _TRUTH
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        whole = bool(pa.types.is_integer(kind))
        largest = pc.max(pc.abs(column)).as_py()
        if largest is not None and not 0 <= largest < EXACT:
            return (
                _TEXT  # a long number is a name (of a person, a specimen), exact to its last digit
            )
        return _WHOLE if whole else _NUMBER
    return _TEXT


def _kind_of(key: str, value: Any, path: Path) -> int:
    if value is None:
        return _NONE
    if isinstance(value, bool):
        return _TRUTH
    if isinstance(value, (int, float)):
        if abs(value) >= EXACT:
            return _TEXT
        return _WHOLE if isinstance(value, int) else _NUMBER
    if isinstance(value, str):
        return _TEXT
    raise _nested(key, path)


def _nested(key: str, path: Path) -> TableRefused:
    return TableRefused(
        f"the key {key!r} holds an object or a list",
        where=path.name,
        hint="write one value a key; what is within can be a key of its own",
    )


def _joined(one: int, other: int) -> int:
    """What a key holds that holds one thing in one line and another in another."""
    if _NONE in (one, other) or one == other:
        return max(one, other)
    return _NUMBER if {one, other} == {_WHOLE, _NUMBER} else _TEXT


def joined_keys(all_kinds: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The keys of several files, each with what it holds in all of them."""
    found: dict[str, int] = {}
    for kinds in all_kinds:
        for key, kind in kinds.items():
            found[key] = _joined(found.get(key, _NONE), kind)
    return found


def _cell(value: Any, kind: Any) -> Any:
    if value is None or not pa.types.is_string(kind) or isinstance(value, str):
        return value
    return json.dumps(value)


def _refused(broken: Mapping[str, list[int]]) -> list[Refused]:
    hint = "mend or leave out this line"
    return [
        Refused(np.array(lines, dtype=np.int64), "", Reason.NOT_READ, why, hint, lost=True)
        for why, lines in broken.items()
    ]
