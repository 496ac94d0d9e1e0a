"""What a whole file came to: how many of each flag, what could not be said and why, what was refused."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

Tally = Mapping[str, int]


class RefusedRow(Struct, frozen=True):
    """One row that could not be read: where it stands, why, and what to do. No value of a person."""

    where: str
    reason: str
    hint: str = ""


class Summary(Struct, frozen=True, kw_only=True):
    """The counts of a file by flag, the reasons of what is undetermined, and the refused rows.

    `flags` and `reasons` are by analyte, then by the slug of the flag or reason; `drivers` by
    analyte, "none" or "undetermined". `refused` counts all refused rows, `refused_rows` lists the
    first of them.
    """

    rows: int
    panels: int
    flags: Mapping[str, Tally]
    reasons: Mapping[str, Tally] = {}
    drivers: Tally = {}
    refused: int = 0
    refused_rows: tuple[RefusedRow, ...] = ()
