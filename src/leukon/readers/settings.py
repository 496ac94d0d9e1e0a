"""Where a specimen was taken: from an out-patient, from somebody in a ward, in a repeated course.

Only words and codes known here mean something; another word is told apart from an empty cell, so
that whoever counts can say how many there were.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from leukon.arrays import Codes
from leukon.readers.columns import Recognised
from leukon.readers.distinct import distinct
from leukon.readers.numerals import absence

UNSAID, OUTSIDE, IN_PATIENT, REPEATED_COURSE, UNKNOWN_WORD = range(5)

# HL7 version 2, table 0004 (patient class); HL7 version 3, ActEncounterCode; the OMOP visit
# concepts 9201, 9202, 9203 and 262; and plain words.
_CODES = {
    **dict.fromkeys(("o", "op", "amb", "hh", "vr", "9202"), OUTSIDE),
    **dict.fromkeys(
        (
            "i",
            "ip",
            "e",
            "b",
            "imp",
            "acute",
            "nonac",
            "emer",
            "obsenc",
            "ss",
            "9201",
            "9203",
            "262",
        ),
        IN_PATIENT,
    ),
    "r": REPEATED_COURSE,
    **dict.fromkeys(("u", "n", "0"), UNSAID),
}
_WORDS = (
    (r"recurring|dialysis|oncology day|chemotherapy|infusion", REPEATED_COURSE),
    (r"out-?patients?|ambulatory|gp|surgery|primary|clinic|community|opd|health centre", OUTSIDE),
    (r"in-?patients?|ward|icu|itu|hdu|intensive|emergency|a&e|casualty|hospital", IN_PATIENT),
)


def setting_of(text: str, *, is_ward: bool = False) -> int:
    """What one cell says.

    >>> setting_of("Inpatient") == IN_PATIENT, setting_of("AMB") == OUTSIDE
    (True, True)
    """
    folded = text.strip().casefold().removesuffix(".0")
    if absence(folded) == "missing" or not folded:
        return UNSAID
    if folded in _CODES and not is_ward:
        return _CODES[folded]
    for pattern, meaning in _WORDS:
        if re.search(rf"(?<![a-z])(?:{pattern})(?![a-z])", folded):
            return meaning
    return IN_PATIENT if is_ward else UNKNOWN_WORD


def settings(columns: Any, found: Recognised, size: int) -> Codes:
    """The setting of each row; where several columns speak, the one that excludes it counts."""
    said = np.full(size, UNSAID, dtype=np.int8)
    for name, is_ward in (("setting", False), ("ward", True)):
        for role in found.roles.get(name, ()):
            if role.column not in columns.schema.names:
                continue
            words = distinct(columns.column(role.column))
            table = [setting_of(text, is_ward=is_ward) for text in words.texts]
            now = np.array([*table, UNSAID], dtype=np.int8)[words.places]
            said = np.where(_weight(now) > _weight(said), now, said)
    return said


_WEIGHTS = np.array([0, 2, 3, 4, 1])
"""How much each meaning counts beside another: what excludes a row before what does not."""


def _weight(codes: Codes) -> Codes:
    found: Codes = _WEIGHTS[codes].astype(np.int8)
    return found
