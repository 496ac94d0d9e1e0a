"""The plain oracle of long tables: rows brought together one by one, in a dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

PER_LITRE = {"10*9/L": 1.0, "K/uL": 1.0, "/uL": 1000.0}
"""What a value in a unit is divided by to be in 10*9/L."""
Row = Mapping[str, Any]
Panel = dict[str, Any]


def gathered(rows: Iterable[Row]) -> dict[tuple[str, str], Panel]:
    """The panels of some rows, by person and draw: a value, or the reason why there is none."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["person"], row["drawn_at"]), []).append(row)
    return {key: _panel(found[key]) for key in sorted(found)}


def _panel(rows: list[Row]) -> Panel:
    counts = {test: _settled([r for r in rows if r["test"] == test]) for test in ("WBC", "NEUT")}
    sexes = [row["sex"] for row in rows if row["sex"] is not None]
    practices = {row["practice"] for row in rows if row["practice"] is not None}
    if len(set(sexes)) > 1 or len(practices) > 1:
        counts = dict.fromkeys(counts, "contradictory")
    return {**counts, "sex": sexes[0] if sexes else None}


def _settled(rows: list[Row]) -> float | str:
    values = {row["value"] / PER_LITRE[row["unit"]] for row in rows if row["value"] is not None}
    if len(values) > 1:
        return "duplicate"
    return values.pop() if values else "value-missing"
