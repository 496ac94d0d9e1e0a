"""Lines and tables for a terminal, a file or a pipe, in plain Python.

A library of tables and colours takes longer to load than the answer about one panel. What is
printed fits the width, holds no character that a terminal would obey, and has colour only on a
terminal that wants it (NO_COLOR is heeded).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple, TextIO

from leukon.report.words import plain

WIDTH = 80
"""Columns of a pipe, a file, and a terminal that does not say."""
NARROWEST = 8
"""A column of a table is not broken into lines of fewer letters, if it can be helped."""
_CODES = {
    "bold": "1",
    "dim": "2",
    "italic": "3",
    "bold red": "1;31",
    "bold yellow": "1;33",
    "bold magenta": "1;35",
}
_ASCII = str.maketrans(
    {"▼": "v", "▲": "^", "●": "=", "◆": "!", "–": "-", "×": "x", "⁹": "^9", "≤": "<=", "≥": ">="}
    | {"─": "-"}
)


class Column(NamedTuple):
    """A column of a table: its heading, whether its cells may be broken over lines, and its side."""

    heading: str
    breaks: bool = False
    right: bool = False


Cell = str | tuple[str, str]
"""What stands in a table: a text, or a text and its style."""


class Screen:
    """Where text is printed: how wide it is, whether it has colour, and which signs it knows."""

    def __init__(self, out: TextIO | None = None, *, width: int | None = None) -> None:
        """Print to `out` (standard output) as wide as its terminal, or as COLUMNS says."""
        self._out = sys.stdout if out is None else out
        self._colour = _has_colour(self._out)
        self._ascii = not _knows("▼⁹─", self._out.encoding or "ascii")
        self.width = width or _width(self._out)

    def line(self, text: str, style: str = "", *, indent: int = 0) -> None:
        """A text, broken at spaces where it is too long; what begins with spaces goes on below them."""
        clean = self._clean(text)
        inside = indent + len(clean) - len(clean.lstrip(" "))
        for part in fold(clean.strip(" "), self.width - inside):
            self._write(" " * inside + self._styled(part, style))

    def blank(self) -> None:
        """An empty line."""
        self._write("")

    def whole(self, text: str) -> None:
        """A text that is never broken, so that a path can be copied."""
        self._write(self._clean(text))

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
        """A table, an empty line before and after it."""
        cells = [[self._cell(cell) for cell in row] for row in rows]
        head = [(self._clean(column.heading), "bold") for column in columns]
        sizes = _sizes(columns, [head, *cells], self.width)
        self.blank()
        self._row(head, columns, sizes)
        rule = "─" * (sum(sizes) + 2 * (len(sizes) - 1))
        self._write(" " + (rule.translate(_ASCII) if self._ascii else rule))
        for row in cells:
            self._row(row, columns, sizes)
        self.blank()

    def _row(
        self, row: Sequence[tuple[str, str]], columns: Sequence[Column], sizes: Sequence[int]
    ) -> None:
        folded = [list(fold(text, size)) for (text, _), size in zip(row, sizes, strict=True)]
        for parts in zip_longest(*folded, fillvalue=""):
            shown = [
                _padded(self._styled(part, style), size - width_of(part), right=column.right)
                for part, (_, style), column, size in zip(parts, row, columns, sizes, strict=True)
            ]
            self._write((" " + "  ".join(shown)).rstrip())

    def _cell(self, cell: Cell) -> tuple[str, str]:
        text, style = (cell, "") if isinstance(cell, str) else cell
        return self._clean(text), style

    def _clean(self, text: str) -> str:
        clean = plain(text)
        return clean.translate(_ASCII).encode("ascii", "replace").decode() if self._ascii else clean

    def _styled(self, text: str, style: str) -> str:
        code = _CODES.get(style, "") if self._colour and text else ""
        return f"\x1b[{code}m{text}\x1b[0m" if code else text

    def _write(self, text: str) -> None:
        # A space at which no line breaks has done its work, and would not be found by a search.
        self._out.write(text.replace("\u00a0", " ") + "\n")


def _padded(text: str, spaces: int, *, right: bool) -> str:
    return " " * spaces + text if right else text + " " * spaces


def fold(text: str, width: int) -> Iterator[str]:
    """The lines of a text, broken at spaces; a word that is longer than a line is cut.

    >>> list(fold("within its limits", 10)), list(fold("a-very-long-id", 8))
    (['within its', 'limits'], ['a-very-l', 'ong-id'])
    """
    width = max(width, 1)
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width_of(joined) <= width:
            line = joined
            continue
        if line:
            yield line
        while width_of(word) > width:
            cut = _fitting(word, width)
            yield word[:cut]
            word = word[cut:]  # noqa: PLW2901 (what is left of the word)
        line = word
    yield line


def _fitting(word: str, width: int) -> int:
    cut = min(len(word), width)
    while cut > 1 and width_of(word[:cut]) > width:
        cut -= 1
    return cut


def width_of(text: str) -> int:
    """How many columns a text takes: letters of East Asia take two, accents by themselves none.

    >>> width_of("10⁹/L"), width_of("白血球")
    (5, 6)
    """
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _sizes(
    columns: Sequence[Column], rows: Sequence[Sequence[tuple[str, str]]], width: int
) -> list[int]:
    """How wide each column is: as wide as it needs, the widest that may be broken made narrower."""
    sizes = [max(width_of(row[place][0]) for row in rows) for place in range(len(columns))]
    breaking = [place for place, column in enumerate(columns) if column.breaks]
    over = sum(sizes) + 2 * len(sizes) - width
    while over > 0 and breaking:
        widest = max(breaking, key=lambda place: sizes[place])
        if sizes[widest] <= NARROWEST:
            break
        sizes[widest] -= 1
        over -= 1
    return sizes


def _knows(signs: str, encoding: str) -> bool:
    try:
        signs.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _has_colour(out: TextIO) -> bool:
    asked_not = "NO_COLOR" in os.environ or os.environ.get("TERM", "") in ("dumb", "unknown")
    # The old console of Windows prints the codes instead of obeying them.
    obeys = os.name != "nt" or "WT_SESSION" in os.environ
    return out.isatty() and obeys and not asked_not


def _width(out: TextIO) -> int:
    said = os.environ.get("COLUMNS", "")
    if said.isdigit() and int(said) > 0:
        return int(said)
    try:
        return os.get_terminal_size(out.fileno()).columns or WIDTH
    except (OSError, ValueError, AttributeError):
        return WIDTH
