"""What could not be read, and where: listed in the side file, never with the value itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from leukon.arrays import Integers
from leukon.readers.numerals import known_spelling
from leukon.reasons import Reason

Rows = Integers


@dataclass(frozen=True)
class Refusal:
    """One cell or row that could not be read. `row` counts from 1 (in a CSV: the line).

    `lost` is true where the row is not in the output at all.
    """

    row: int
    field: str
    reason: str
    message: str
    hint: str
    lost: bool = False
    file: str = ""

    @property
    def place(self) -> str:
        """The row and the field, as far as they are known.

        >>> Refusal(2, "", "not-read", "it cannot be read", "").place
        'row 2'
        """
        row = f"row {self.row}" if self.row else ""
        return ", ".join(part for part in (row, self.field) if part)

    def of_file(self, name: str) -> Refusal:
        """The same refusal with the name of its file."""
        return replace(self, file=name)


@dataclass(frozen=True)
class Refused:
    """Many refusals for one and the same reason: the rows, and what they have in common."""

    rows: Rows
    field: str
    reason: Reason
    message: str
    hint: str
    lost: bool = False

    def __iter__(self) -> Iterator[Refusal]:
        """The refusals one by one."""
        yield from self.first(len(self.rows))

    def first(self, most: int) -> Iterator[Refusal]:
        """The first few refusals."""
        reason = self.reason.slug
        for row in self.rows[:most].tolist():
            yield Refusal(row, self.field, reason, self.message, self.hint, self.lost)


def count(groups: Iterable[Refused], *, lost: bool) -> int:
    """How many refusals there are, of rows that are lost or of the others."""
    return sum(len(group.rows) for group in groups if group.lost == lost)


_UNIT_LIKE = re.compile(r"(?=.*[A-Za-z])(?=.*[/%^*(])[A-Za-z0-9µμ³ ^*/().%{}+#'-]{1,20}")


def shown_unit(spelling: str) -> str:
    """A spelling as a message may show it; what does not look like a unit may be of a person.

    >>> shown_unit("K/foo"), shown_unit("Smith")
    ("'K/foo'", 'in the file')
    """
    digits = sum(letter.isdigit() for letter in spelling)
    if known_spelling(spelling) or (digits <= 4 and _UNIT_LIKE.fullmatch(spelling)):
        return repr(spelling)
    return "in the file"
