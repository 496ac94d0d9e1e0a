"""The columns that say whose counts they are: age at the draw, sex, pregnancy, specimen.

A person that cannot be read costs every count of the row its answer: the row stands in the output,
undetermined, and in the side file. Race and ethnicity are never looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from msgspec.structs import replace

from leukon.ages import Ages
from leukon.arrays import Codes, Floats, Truths
from leukon.batch import (
    DUFFY_CODES,
    MOST_KNOWN,
    SEX_CODES,
    SPECIMEN_CODES,
    People,
    kinds_of,
)
from leukon.errors import LeukonError
from leukon.panel import DUFFY, LAST_WEEK, MALE_AND_PREGNANT, TRIMESTERS, read_sex
from leukon.readers.columns import Recognised, Role
from leukon.readers.distinct import distinct
from leukon.readers.lifetimes import ages_of
from leukon.readers.numerals import absence
from leukon.readers.refusals import Refused, Rows
from leukon.readers.values import Places, parse
from leukon.reasons import Reason

YES, NO = 1, 2
_TRUTHS = {
    **dict.fromkeys(("true", "yes", "y", "1", "t"), YES),
    **dict.fromkeys(("false", "no", "n", "0", "f"), NO),
    **dict.fromkeys(("", "unknown", "u"), 0),
}
_CALLED = {"duffy": "Duffy status", "pregnant": "pregnancy"}
BLOOD = frozenset({"", "blood", "whole blood", "wb", "bld", "peripheral blood", "edta blood"})
CONTROLS = frozenset({"control", "qc", "quality control", "calibrator"})
NOT_BLOOD, CONTROL = -1, -2


@dataclass
class Whose:
    """The people of some rows, and where a row cannot be answered because of what it says.

    `undetermined` is the reason for every count of a row, 0 where there is none.
    """

    people: People
    undetermined: Codes
    refused: list[Refused] = field(default_factory=list)


@dataclass
class _Gathering:
    """The rows being read: their columns, their numbers, and what was wrong so far."""

    columns: Any
    found: Recognised
    rows: Rows
    undetermined: Codes
    refused: list[Refused] = field(default_factory=list)

    def refuse(self, places: Places, column: str, reason: Reason, message: str, hint: str) -> None:
        """Set rows apart because of one column."""
        if len(places):
            self.undetermined[places] = reason
            self.refused.append(Refused(self.rows[places], column, reason, message, hint))

    def role(self, name: str) -> Role | None:
        """The first column of a role."""
        roles = self.found.roles.get(name)
        return roles[0] if roles else None

    def column(self, role: Role) -> Any:
        """The Arrow column of a role."""
        return self.columns.column(role.column)


def whose(columns: Any, found: Recognised, rows: Rows) -> Whose:
    """The people of a batch of rows."""
    all_rows = _Gathering(columns, found, rows, np.zeros(len(rows), dtype=np.int8))
    lifetimes = ages_of(columns, found)
    for fault in lifetimes.faults:
        all_rows.refuse(fault.places, fault.column, fault.reason, fault.message, fault.hint)
    people = _people(all_rows, lifetimes.ages)
    if lifetimes.alike is not None and _no_week_known(people):
        people = _with_kinds(people, lifetimes.alike)
    return Whose(people, all_rows.undetermined, all_rows.refused)


def _with_kinds(people: People, alike: Places) -> People:
    """The people with their kinds: those of one age of whom the same is known."""
    facts = (people.sex, people.duffy, people.pregnant, people.specimen)
    known = [fact for fact in (*facts, *people.qualifiers.values()) if fact is not None]
    codes, size = alike, int(alike.max(initial=0)) + 1
    for fact in known:
        codes, size = codes * _MOST_FACTS + fact, size * _MOST_FACTS
    if size > _MOST_KINDS:
        return people
    one = np.full(size, -1, dtype=np.intp)
    one[codes] = np.arange(len(codes))
    held = np.flatnonzero(one >= 0)
    if len(held) > MOST_KNOWN:
        return people
    numbers = np.empty(size, dtype=np.intp)
    numbers[held] = np.arange(len(held))
    return replace(people, kinds=kinds_of(people.rows(one[held]), numbers.take(codes)))


def _no_week_known(people: People) -> bool:
    return people.weeks_from is None or bool(np.isnan(people.weeks_from).all())


_MOST_FACTS = 3
"""A sex, a Duffy status, a kind of specimen has this many codes; a qualifier has fewer."""
_MOST_KINDS = 1 << 16


def _people(rows: _Gathering, ages: Ages) -> People:
    pregnant, weeks_from, weeks_to = _pregnancy(rows)
    sex = _coded(rows, "sex", _sex, Reason.SEX_MISSING, "write female or male")
    _check_sex(rows, sex, pregnant)
    return People(
        ages,
        np.zeros(len(rows.rows), dtype=np.int8) if sex is None else sex,
        _coded(
            rows,
            "duffy",
            _duffy,
            Reason.NOT_READ,
            "write null (in small letters, where tested), not-null or unknown",
        ),
        pregnant,
        weeks_from,
        weeks_to,
        _specimen(rows),
        _qualifiers(rows),
    )


def _coded(
    rows: _Gathering,
    name: str,
    read: Callable[[str, Mapping[str, str]], int | None],
    reason: Reason,
    hint: str,
) -> Codes | None:
    """A column of words as codes, each distinct word read once; None where there is no column."""
    role = rows.role(name)
    if role is None:
        return None
    words = distinct(rows.column(role))
    coding = dict(pair.split("=") for pair in role.unit.split())
    codes = [read(word(text), coding) for text in words.texts]
    table = np.array([*(0 if code is None else code for code in codes), 0], dtype=np.int8)
    faulty = np.array([code is None for code in codes] + [False])
    unread = np.flatnonzero(faulty[words.places])
    rows.refuse(
        unread,
        role.column,
        reason,
        f"the {_CALLED.get(name, name)} is given in an unknown word",
        hint,
    )
    found: Codes = table[words.places]
    return found


def word(text: str) -> str:
    """A word of a cell without blanks; "" for what stands there where nothing is known."""
    text = text.strip()
    return "" if absence(text) == "missing" and text.lower() != "null" else text


def _sex(word: str, coding: Mapping[str, str]) -> int | None:
    word = "" if word.lower() == "null" else word.removesuffix(".0")
    if coding:
        word = "" if word in ("", "0") else coding.get(word, "not known")
    try:
        return SEX_CODES[read_sex(word)]
    except LeukonError:
        return None


def _duffy(word: str, _: Mapping[str, str]) -> int | None:
    if word.lower() == "null" != word:
        return None  # NULL is what many programs write for "not known"
    folded = word.lower().replace("_", "-").replace(" ", "-")
    return DUFFY_CODES[DUFFY[folded] or None] if folded in DUFFY else None


def truth_code(word: str, coding: Mapping[str, str]) -> int | None:
    """What a word for yes or no says: `YES`, `NO`, 0 where it says neither, None where it is none."""
    word = "" if word.lower() == "null" else word.lower().removesuffix(".0")
    return _TRUTHS.get(coding.get(word, "") if coding else word)


def _specimen(rows: _Gathering) -> Codes | None:
    hint = "venous, capillary or blood; leave out rows of other specimens"
    found = _coded(rows, "specimen", specimen_code, Reason.NOT_BLOOD, hint)
    if found is None:
        return None
    rows.undetermined[found == NOT_BLOOD] = Reason.NOT_BLOOD
    rows.undetermined[found == CONTROL] = Reason.QUALITY_CONTROL
    return np.maximum(found, np.int8(0))


def specimen_code(word: str, _: Mapping[str, str]) -> int:
    """The code of a specimen, NOT_BLOOD or CONTROL."""
    folded = word.lower()
    if folded in BLOOD or folded == "null":
        return SPECIMEN_CODES[""]
    if folded in CONTROLS:
        return CONTROL
    for name in ("venous", "capillary"):
        if folded in (name, f"{name} blood", f"blood {name}", f"{name} whole blood"):
            return SPECIMEN_CODES[name]
    return NOT_BLOOD


def _pregnancy(rows: _Gathering) -> tuple[Truths | None, Floats | None, Floats | None]:
    said = _coded(rows, "pregnant", truth_code, Reason.NOT_READ, "write true or false")
    weeks = _weeks(rows)
    if weeks is None:
        unknown = np.full(len(rows.rows), np.nan)
        return (None, None, None) if said is None else (said == YES, unknown, unknown)
    given = ~np.isnan(weeks[0])
    if said is None:
        return given, *weeks
    role = rows.role("pregnant")
    assert role is not None
    message = "a week of pregnancy stands beside the word that there is none"
    denied = np.flatnonzero(given & (said == NO))
    rows.refuse(denied, role.column, Reason.CONTRADICTORY, message, "check both")
    return (said == YES) | given, *weeks


def _check_sex(rows: _Gathering, sex: Codes | None, pregnant: Truths | None) -> None:
    """Set apart rows of a pregnant man: which limits hold for the person is not known."""
    role = rows.role("sex")
    if role is None or sex is None or pregnant is None:
        return
    both = np.flatnonzero((sex == SEX_CODES["male"]) & pregnant)
    hint = "check both, or leave the sex out"
    rows.refuse(both, role.column, Reason.CONTRADICTORY, MALE_AND_PREGNANT, hint)


def _weeks(rows: _Gathering) -> tuple[Floats, Floats] | None:
    """The completed weeks of pregnancy as an interval, from weeks or from the trimester."""
    spans = [np.full(len(rows.rows), np.nan), np.full(len(rows.rows), np.nan)]
    roles = [role for name in ("trimester", "weeks") if (role := rows.role(name))]
    for role in roles:
        numbers = parse(rows.column(role)).numbers
        by_trimester = role is rows.role("trimester")
        low, high = _trimester_span(numbers) if by_trimester else _week_span(numbers)
        wrong = np.flatnonzero(~np.isnan(numbers) & np.isnan(low))
        unread = _unread(rows, role)
        rows.refuse(
            np.union1d(wrong, unread),
            role.column,
            Reason.WEEKS_MISSING,
            "this is no week or trimester of a pregnancy",
            "completed weeks from 0 to 45, or a trimester from 1 to 3",
        )
        # By one week books differ where a trimester begins.
        apart = np.flatnonzero(np.maximum(low - spans[1], spans[0] - high) > 1)
        message = "the week is not of the trimester that stands beside it"
        rows.refuse(apart, role.column, Reason.CONTRADICTORY, message, "check both")
        spans = [
            np.where(np.isnan(new), old, new) for old, new in zip(spans, (low, high), strict=True)
        ]
    return (spans[0], spans[1]) if roles else None


def _unread(rows: _Gathering, role: Role) -> Places:
    faults = [fault.places for fault in parse(rows.column(role)).faults]
    return np.concatenate(faults) if faults else np.array([], dtype=np.intp)


def _week_span(numbers: Floats) -> tuple[Floats, Floats]:
    with np.errstate(invalid="ignore"):
        low = np.where((numbers >= 0) & (numbers <= LAST_WEEK), numbers, np.nan)
    return low, np.floor(low) + 1


def _trimester_span(numbers: Floats) -> tuple[Floats, Floats]:
    low, high = np.full(len(numbers), np.nan), np.full(len(numbers), np.nan)
    for trimester, (first, end) in TRIMESTERS.items():
        low[numbers == trimester], high[numbers == trimester] = first, end
    return low, high


def _qualifiers(rows: _Gathering) -> dict[str, Truths]:
    """Further facts a limit may ask for: a column of their own, or a list in one column."""
    found: dict[str, Truths] = {}
    for role in rows.found.roles.get("qualifier", ()):
        one = _Gathering(
            rows.columns,
            Recognised("wide", (), {"qualifier": (Role(role.column, ""),)}),
            rows.rows,
            rows.undetermined,
            rows.refused,
        )
        codes = _coded(one, "qualifier", truth_code, Reason.NOT_READ, "write true or false")
        assert codes is not None
        found[role.unit] = codes == YES
    listed = rows.role("qualifiers")
    if listed is not None:
        found |= _listed(rows.column(listed))
    return found


def _listed(column: Any) -> dict[str, Truths]:
    words = distinct(column)
    facts = [set(text.replace(" ", "").split(";")) - {""} for text in words.texts]
    return {
        fact: np.array([fact in held for held in (*facts, set())])[words.places]
        for fact in sorted(set().union(*facts))
    }
