"""What a whole file came to: how many of each flag, what could not be said or read, and why."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

Tally = Mapping[str, int]


class RefusedRow(Struct, frozen=True):
    """A row or cell that could not be read: where, why, what to do; never a value of a person."""

    where: str
    reason: str
    hint: str = ""


class Summary(Struct, frozen=True, kw_only=True):
    """The counts of a file by flag, why some are undetermined, and what could not be read.

    `flags` and `reasons` are by analyte, then by the slug of the flag or reason; `drivers` by
    analyte, "none" or "undetermined"; `grades` by scale, analyte and grade ("none": no grade).
    `refused` counts all rows and cells that could not be read, `refused_rows` lists the first.
    """

    rows: int
    panels: int
    flags: Mapping[str, Tally]
    reasons: Mapping[str, Tally] = {}
    drivers: Tally = {}
    grades: Mapping[str, Mapping[str, Tally]] = {}
    refused: int = 0
    refused_rows: tuple[RefusedRow, ...] = ()
