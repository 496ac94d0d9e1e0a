"""Rows sorted by specimen in bounded memory: sorted runs, most on disk, read back range by range.

A run is as many rows as fit a few dozen megabytes, sorted; the first few stay in memory. Every run keeps a key from each few
hundred of its rows; together these say how the keys of the whole file lie, so that ranges of about
equal size can be read from all runs, each sorted once more. Rows that come in order cost no sort.
"""

from __future__ import annotations

import os
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from leukon.readers.order import not_before, order_of

if TYPE_CHECKING:
    from leukon.readers.order import Word
    from leukon.readers.packed import Records

RUN_BYTES = 24 << 20
"""How much is sorted at once; from 32 MB on, memory is not used again but asked for anew."""
KEPT_BYTES = 128 << 20
"""How much of the sorted runs stays in memory: the disk is for what goes beyond it."""
RANGE_ROWS = 1 << 18
"""About how many rows are read back at once."""
STEP = 512
"""One row in so many is kept in memory as a signpost."""

Key = tuple[int, ...]
Words = Callable[["Records"], "list[Word]"]


@dataclass
class _Run:
    """Sorted rows: in memory or in the file, and the key of one row in STEP."""

    size: int
    layout: Any
    signposts: Records
    records: Records | None
    offset: int = 0
    done: int = 0


class Runs:
    """Rows that come in any order, and come back sorted; `words` gives the key of some rows.

    Rows that are equal by the key come back in the order in which they came. A context: the
    temporary file has no name, and is gone however the program ends. Raises `OSError`.
    """

    def __init__(self, words: Words) -> None:
        """Nothing is on the disk until there is more than is kept in memory."""
        self._words = words
        self._file: BinaryIO | None = None
        self._kept = self._written = 0
        self._open: list[Records] = []
        self._runs: list[_Run] = []

    def __enter__(self) -> Runs:
        """The same."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the disk back."""
        if self._file is not None:
            self._file.close()

    def add(self, records: Records) -> None:
        """Take some rows in."""
        if not len(records):
            return
        if sum(part.nbytes for part in self._open) + records.nbytes > RUN_BYTES and self._open:
            self._close_run()
            self._settle(self._runs[-1])
        self._open.append(records)

    def ranges(self) -> Iterator[Records]:
        """All rows in order, range by range; rows with one key are in one range."""
        if self._open:
            self._close_run()
        cuts = self._cuts() if self._runs else []
        for end in [*cuts, None]:
            parts = [part for run in self._runs if len(part := self._part(run, end))]
            if parts:
                yield self._sorted(parts)

    def _close_run(self) -> None:
        records = self._sorted(self._open)
        self._open = []
        signposts = records[::STEP].copy()
        self._runs.append(_Run(len(records), records.dtype, signposts, records))

    def _sorted(self, parts: Sequence[Records]) -> Records:
        records = joined(parts)
        order = order_of(self._words(records))
        return records if order is None else records.take(order)

    def _settle(self, run: _Run) -> None:
        """Leave a finished run in memory while there is room, and write it to the disk else."""
        assert run.records is not None
        if self._kept + run.records.nbytes > KEPT_BYTES:
            self._to_disk(run)
        else:
            self._kept += run.records.nbytes

    def _to_disk(self, run: _Run) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="leukon-", buffering=0)  # noqa: SIM115
        assert run.records is not None
        content = _content(run.records)
        run.offset = self._written
        while content:
            content = content[self._file.write(content) :]
        self._written += run.records.nbytes
        run.records = None

    def _cuts(self) -> list[Key]:
        """The keys at which a new range begins."""
        signposts = joined([run.signposts for run in self._runs])
        words = self._words(signposts)
        order = order_of(words)
        places = np.arange(len(signposts)) if order is None else order
        every = max(1, RANGE_ROWS // STEP)
        keys = [_key(words, place) for place in places[every::every].tolist()]
        return [key for n, key in enumerate(keys) if n == 0 or key != keys[n - 1]]

    def _part(self, run: _Run, end: Key | None) -> Records:
        """The rows of a run that were not read yet and are before a key."""
        if end is None:
            return self._read(run, run.done, run.size)
        words = self._words(run.signposts)
        first = bisect_left(
            range(len(run.signposts)), end, -(-run.done // STEP), key=lambda n: _key(words, n)
        )
        # The key may begin anywhere between the last signpost before it and the next.
        records = self._read(run, run.done, min(run.size, first * STEP))
        sure = max(0, len(records) - STEP)
        inside = ~not_before(self._words(records[sure:]), end)
        records = records[: sure + int(np.count_nonzero(inside))]
        run.done += len(records)
        return records

    def _read(self, run: _Run, low: int, high: int) -> Records:
        if run.records is not None:
            return run.records[low:high]
        assert self._file is not None
        found = np.empty(max(0, high - low), dtype=run.layout)
        content, offset = _content(found), run.offset + low * run.layout.itemsize
        while content:
            count = os.preadv(self._file.fileno(), [content], offset)
            if not count:
                raise OSError("the temporary file ends early")
            content, offset = content[count:], offset + count
        return found


def _content(records: Records) -> memoryview:
    content: Any = records.view(np.uint8)
    return memoryview(content)


def _key(words: Sequence[Word], place: int) -> Key:
    return tuple(int(word[place]) for word in words)


def joined(parts: Sequence[Records]) -> Records:
    """Some records one after the other; a word that a text of one part does not reach is 0."""
    if len(parts) == 1:
        return parts[0]
    if len({part.dtype for part in parts}) == 1:
        # As bytes: numpy joins records field by field.
        return np.concatenate([part.view(np.uint8) for part in parts]).view(parts[0].dtype)
    fields = {name: part.dtype[name] for part in parts for name in part.dtype.names or ()}
    found = np.zeros(sum(map(len, parts)), dtype=list(fields.items()))
    start = 0
    for part in parts:
        for name in part.dtype.names or ():
            found[name][start : start + len(part)] = part[name]
        start += len(part)
    return found
