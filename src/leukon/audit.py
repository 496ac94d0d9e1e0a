"""Which content no clinician has checked, and which is due for another look.

Every content file says where it is from, who wrote it, who checked it, when it was reviewed and when
it is looked at again: a TOML file in its head, a CSV file in a TOML file of the same name beside it
(`codes.csv` and `codes.csv.toml`), a translation in the fields of its head (`X-Checked-By`). Files made from others of the folder (JSON) are left out. Content
that is overdue is marked where it is shown and listed here; no test ever fails on a date.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct

from leukon.analytes import CONTENT

FIELDS = ("source", "author", "checked_by", "reviewed", "next_review")
NOT_CHECKED = "not yet checked by a clinician"
TRANSLATION = {
    "source": "X-Source",
    "author": "X-Translated-By",
    "checked_by": "X-Checked-By",
    "reviewed": "X-Reviewed",
    "next_review": "X-Next-Review",
}
"""How the head of a translation calls each field."""
_IN_HEAD = re.compile(r'^"(X-[A-Za-z-]+): *(.*?) *\\n"$', re.MULTILINE)
_MAY_BE_EMPTY = ("checked_by", "reviewed")
"""What nobody has done is said by leaving the field empty, and never by leaving it out."""
_READ = ("*.toml", "*.csv", "*.po")


class Record(Struct, frozen=True, kw_only=True):
    """Who and when, of one content file; `lacks` are the fields it does not say."""

    file: str
    source: str = ""
    author: str = ""
    checked_by: str = ""
    reviewed: str = ""
    next_review: str = ""
    lacks: tuple[str, ...] = ()

    def last_look(self, today: date) -> str:
        """When it was reviewed; a file that says that nobody has is due on the day it names."""
        return self.reviewed or ("" if "reviewed" in self.lacks else today.isoformat())


class Audit(Struct, frozen=True, kw_only=True):
    """Every content file on one day: those unchecked, overdue, and without a full record."""

    on: date
    records: tuple[Record, ...]

    @property
    def unchecked(self) -> tuple[Record, ...]:
        """Files no clinician has checked."""
        return tuple(record for record in self.records if not record.checked_by)

    @property
    def overdue(self) -> tuple[Record, ...]:
        """Files whose next review has passed, or that do not say when it is."""
        return tuple(
            record
            for record in self.records
            if is_overdue(record.last_look(self.on), record.next_review, self.on)
        )

    @property
    def incomplete(self) -> tuple[Record, ...]:
        """Files that lack a field."""
        return tuple(record for record in self.records if record.lacks)

    @property
    def summary(self) -> str:
        """The audit in one line."""
        return (
            f"{len(self.records)} content files: {len(self.unchecked)} {NOT_CHECKED}, "
            f"{len(self.overdue)} overdue for review, "
            f"{len(self.incomplete)} without a full record of source, author and review"
        )


def is_overdue(reviewed: str, next_review: str, today: date) -> bool:
    """Whether content is due for another look: on the day of its next review it still holds.

    Content that does not say when it was reviewed, or when next, is overdue.

    >>> is_overdue("2026-11-24", "2027-11-24", date(2027, 11, 24))
    False
    >>> is_overdue("2026-11-24", "2027-11-24", date(2027, 11, 25)), is_overdue("", "", date.min)
    (True, True)
    """
    try:
        date.fromisoformat(reviewed)
        return date.fromisoformat(next_review) < today
    except ValueError:
        return True


def audit(today: date, folder: Path = CONTENT) -> Audit:
    """The record of every content file of a folder, on one day."""
    return Audit(on=today, records=tuple(_records(folder)))


def _records(folder: Path) -> Iterator[Record]:
    for path in sorted(path for pattern in _READ for path in folder.rglob(pattern)):
        if not path.name.endswith(".csv.toml"):
            yield record(path.relative_to(folder).as_posix(), _table(path))


def _table(path: Path) -> dict[str, Any]:
    if path.suffix == ".po":
        said = dict(_IN_HEAD.findall(path.read_text(encoding="utf-8")))
        return {field: said[name] for field, name in TRANSLATION.items() if name in said}
    head = path if path.suffix == ".toml" else path.with_name(f"{path.name}.toml")
    return tomllib.loads(head.read_text(encoding="utf-8")) if head.is_file() else {}


def record(name: str, table: dict[str, Any]) -> Record:
    """The record a parsed file keeps of itself.

    A file whose rows each name their own source needs none in its head.

    >>> record("x.toml", {"author": "leukon"}).lacks
    ('source', 'checked_by', 'reviewed', 'next_review')
    """
    said = {field: str(table[field]) for field in FIELDS if field in table}
    if "source" not in said and _rows_name_theirs(table):
        said["source"] = "each row names its own"
    empty = [field for field in FIELDS if not said.get(field)]
    lacks = tuple(one for one in empty if one not in said or one not in _MAY_BE_EMPTY)
    return Record(file=name, **said, lacks=lacks)


def _rows_name_theirs(table: dict[str, Any]) -> bool:
    rows: Iterable[Any] = (
        row for value in table.values() if isinstance(value, list) for row in value
    )
    named = [
        isinstance(row, dict) and bool(row.get("source") or row.get("address") or row.get("status"))
        for row in rows
    ]
    return bool(named) and all(named)
