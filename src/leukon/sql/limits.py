"""The rows of limits of one analyte as a table of constants, each row with a remark for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from leukon.arrays import Index
from leukon.compiled import NO_ROW, Rows
from leukon.limits import Limit
from leukon.reasons import Reason
from leukon.sql.dialects import Dialect
from leukon.validation import describe

_ALWAYS = ("lower_limit", "upper_limit")
_TAKEN_FROM = {
    "lower_limit": "lower",
    "upper_limit": "upper",
    "low_below": "low_below",
    "unfloored_below": "unfloored_below",
    "critical_below": "critical_below",
    "high_above": "high_above",
    "critical_above": "critical_above",
}


@dataclass(frozen=True)
class LimitTable:
    """One analyte's limits: its columns, its rows of numbers, and `same`, a row's number in it.

    A count is low under `low_below`, critically low under `critical_below`, high over `high_above`,
    critically high over `critical_above`; a column that is empty in every row is left out.
    `unfloored_below` is there where a floor lifts a limit.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[float | None, ...], Reason, str], ...]
    same: Index

    def has(self, column: str) -> bool:
        """Whether any row has such a limit."""
        return column in self.columns

    def lines(self, name: str, used: set[int | str], dialect: Dialect) -> list[str]:
        """The table as a common table expression; only rows that a person can get."""
        rows = (
            (
                str(number),
                *(dialect.double_of(value) for value in values),
                dialect.literal(reason.slug),
                note,
            )
            for number, (values, reason, note) in enumerate(self.rows, 1)
            if number in used
        )
        columns = ("limit_row", *self.columns, "no_lower_limit")
        return dialect.table(name, columns, list(rows))


def limit_table(rows: Rows, limits: Sequence[Limit]) -> LimitTable:
    """The limits of an analyte; rows with the same numbers are one."""
    columns = {name: _numbers(rows, attribute) for name, attribute in _TAKEN_FROM.items()}
    if columns["unfloored_below"] == columns["low_below"]:
        del columns["unfloored_below"]
    kept = {n: c for n, c in columns.items() if n in _ALWAYS or any(v is not None for v in c)}
    reasons = [Reason(code) for code in rows.reason.tolist()]
    keys = list(zip(zip(*kept.values(), strict=True), reasons, strict=True))
    order = {key: number for number, key in enumerate(dict.fromkeys(keys), 1)}
    notes: dict[int, dict[str, None]] = {number: {} for number in order.values()}
    for place, key in enumerate(keys):
        notes[order[key]] |= dict.fromkeys(_remarks(place, rows, limits))
    found = tuple((*key, "; ".join(notes[number])) for key, number in order.items())
    return LimitTable(tuple(kept), found, np.array([order[key] for key in keys], dtype=np.intp))


def _numbers(rows: Rows, attribute: str) -> list[float | None]:
    values = getattr(rows, attribute).tolist()
    return [value if np.isfinite(value) else None for value in values]


def _remarks(place: int, rows: Rows, limits: Sequence[Limit]) -> Iterator[str]:
    """For whom each limit of a row is printed, and by whom, where that is not the definition's."""
    numbers = (rows.low_limit, rows.high_limit, rows.critical_low_limit, rows.critical_high_limit)
    for number in dict.fromkeys(int(column[place]) for column in numbers):
        if number != NO_ROW:
            limit = limits[number]
            whose = f", {limit.publisher}" if limit.publisher else ""
            yield one_line(f"{limit.kind}, {describe(limit.partition)}{whose}")


def one_line(text: str) -> str:
    """A text that cannot end the comment it stands in."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
