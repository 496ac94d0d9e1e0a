"""leukon-general: the composite that answers when no definition is named.

Why these rows: docs/decisions/0002-leukon-general.md.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from definition_files import REVIEWED, DefinitionFile
from limit_rows import Limit, days, reading_order

ADULT = "18y"
DECISION = "docs/decisions/0002-leukon-general.md"

Change = Callable[[Limit], tuple[Limit, str]]


class Pick(NamedTuple):
    """Rows taken from one definition, and what of them is changed."""

    definition: str
    rows: list[str]
    change: Change


def as_printed(limit: Limit) -> tuple[Limit, str]:
    """The row as its publisher prints it."""
    return limit, ""


def lower_side(limit: Limit) -> tuple[Limit, str]:
    """The lower limit alone."""
    return replace(limit, high="", high_inclusive=True), "Lower side only."


def upper_side(limit: Limit) -> tuple[Limit, str]:
    """The upper limit alone."""
    return replace(limit, low="", low_inclusive=True), "Upper side only."


def adults_only(limit: Limit) -> tuple[Limit, str]:
    """A row printed without ages, held for adults alone."""
    return replace(limit, age_from=ADULT), "Printed without ages: held from 18 years."


def up_to_adults(limit: Limit) -> tuple[Limit, str]:
    """A row cut where the adult rows start."""
    if days(limit.age_to) <= days(ADULT):
        return limit, ""
    return replace(limit, age_to=ADULT), "Cut at 18 years, where the adult row starts."


def tested_duffy_null(limit: Limit) -> tuple[Limit, str]:
    """A study's interval, of the kind `reference`, so that it wins for whom it is meant."""
    return replace(
        limit, kind="reference"
    ), "For adults tested Duffy-null, in place of the general row."


def from_28_days(limit: Limit) -> tuple[Limit, str]:
    """A newborn's row cut where the study of newborns ends."""
    return replace(limit, age_from="28d"), "Cut at 28 days: before that a study is more cautious."


def before_week_8(limit: Limit) -> tuple[Limit, str]:
    """A pregnancy row cut where the larger study's rows start."""
    if limit.weeks_to and int(limit.weeks_to) <= 8:
        return limit, ""
    return replace(limit, weeks_to="8"), "Cut at 8 weeks, where the larger study starts."


def _ids(prefix: str, first: int, last: int) -> list[str]:
    return [f"{prefix}-{number:03}" for number in range(first, last + 1)]


PICKS = [
    Pick("merck-manual", ["def-010", "def-090", "def-104"], lower_side),
    Pick("uhd-dorset", _ids("def", 73, 75), upper_side),
    Pick("uhd-dorset", _ids("def", 121, 124), as_printed),
    Pick("uhd-dorset", ["def-125", "ped-115", "ped-119", "ped-124"], upper_side),
    Pick("north-devon", ["def-132"], as_printed),
    Pick("arup", _ids("ped", 1, 11), as_printed),
    Pick("u-iowa", ["ped-020"], from_28_days),
    Pick("manroe-1979", ["ped-139"], as_printed),
    Pick("u-iowa", [*_ids("ped", 21, 31), *_ids("ped", 33, 35)], as_printed),
    Pick("uhd-dorset", ["ped-114", "ped-118", "ped-123"], as_printed),
    Pick("uhd-dorset", _ids("ped", 207, 212), as_printed),
    Pick("homerton", _ids("def", 152, 155), adults_only),
    Pick("dls-hawaii", ["def-117", "def-118"], up_to_adults),
    Pick("hibbs-merz-2025-us", ["nft-07", "nft-08"], tested_duffy_null),
    Pick("dockree-2021", ["nft-17", "nft-18", "nft-19", "nft-20"], as_printed),
    Pick("zhu-2024", ["nft-21", "nft-22", "nft-23"], before_week_8),
]

NOTES = [
    "Rows of several publishers, each named in its row; no clinician has checked the choice.",
    "It never votes: an agreement counts publishers, and this is none.",
    "No row in a gap: neutrophils before 72 hours, monocytes and eosinophils before the first rows "
    "printed and from 12 to 18 years, haemoglobin and platelets before 1 year and from 12 to 18 "
    "years, basophils in children.",
    "In pregnancy WBC, NEUT, LYMPH and MONO have rows of their own; the other lines, haemoglobin "
    "and platelets are held against the general ones.",
]


def leukon_general(files: list[DefinitionFile]) -> DefinitionFile:
    """The composite, its rows copied from the definitions that hold them."""
    by_id = {file.id: file for file in files}
    limits = [limit for pick in PICKS for limit in _picked(pick, by_id[pick.definition])]
    return DefinitionFile(
        id="leukon-general",
        publisher_id="leukon-general",
        publisher="leukon",
        version="2026.1",
        date=REVIEWED,
        country="",
        source=DECISION,
        notes=NOTES,
        limits=sorted(limits, key=reading_order),
    )


def _picked(pick: Pick, file: DefinitionFile) -> list[Limit]:
    held = {limit.id: limit for limit in file.limits}
    return [_row(*pick.change(held[row_id]), file) for row_id in pick.rows]


def _row(limit: Limit, changed: str, file: DefinitionFile) -> Limit:
    origin = f"From {file.id}: {file.version}."
    note = " ".join(part for part in (origin, changed, limit.note) if part)
    return replace(limit, votes=False, publisher=file.publisher, note=note)
