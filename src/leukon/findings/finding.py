"""One finding as it is said: what, how surely, by whom, with its codes."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from leukon.findings.answers import RANGE, UNPROVEN, Answer
from leukon.findings.content import FindingRow, findings_file, row

PRESENT, POSSIBLE, CANNOT_SAY = "present", "possible", "cannot-say"


class Word(Struct, frozen=True):
    """A clinical word for how low a count is, whose word it is, and whether it only may be it."""

    word: str
    scale: str
    label: str
    row: str
    source: str
    possible: bool = False


class Finding(Struct, frozen=True, kw_only=True):
    """What was found, and by whose definition.

    `status`: "present" where it surely holds, "possible" where a count known only as a range may
    make it so (a cycle is never more than possible), "cannot-say" where a criterion asks for what is not known; `lacks` says what. Codes
    of a finding that is not present are there to be looked up, never to be recorded.
    """

    id: str
    name: str
    status: str
    by: str
    lines: tuple[str, ...]
    words: tuple[Word, ...] = ()
    icd10cm: tuple[str, ...] = ()
    snomedct: tuple[str, ...] = ()
    hpo: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    row: str = ""
    source: str = ""
    note: str = ""
    checked_by: str = ""

    @property
    def is_present(self) -> bool:
        """Whether it surely holds."""
        return self.status == PRESENT


def finding(
    key: str,
    answer: Answer,
    *,
    by: str,
    lines: Iterable[str] = (),
    words: Iterable[Word] = (),
    source: str = "",
    knowledge_row: str = "",
) -> Finding:
    """The finding with this id, as surely as an answer has it (which is no no)."""
    about: FindingRow = row(key)
    return Finding(
        id=about.id,
        name=about.name,
        status=_status(answer),
        by=by,
        lines=tuple(lines) or about.lines,
        words=tuple(words),
        icd10cm=about.icd10cm,
        snomedct=about.snomedct,
        hpo=about.hpo,
        lacks=answer.lacks,
        row=knowledge_row or about.row,
        source=source or about.source,
        note=about.note,
        checked_by=findings_file().checked_by,
    )


def _status(answer: Answer) -> str:
    if answer.holds:
        return PRESENT
    return POSSIBLE if set(answer.lacks) <= {RANGE, UNPROVEN} else CANNOT_SAY
