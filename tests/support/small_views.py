"""Small definitions, and their view on DuckDB over a few rows of constants."""

from __future__ import annotations

from typing import Any

import duckdb

from leukon import Analyte, DecisionLimit, Definition
from leukon.limits import Limit
from leukon.sql import shape_of, view_of


def made(*limits: Limit, **head: Any) -> Definition:
    """A definition of some limits."""
    return Definition(
        **{"id": "made", "publisher": "Nobody", "version": "1", **head}, limits=limits
    )


def neut(**fields: Any) -> Limit:
    """A neutrophil limit."""
    return DecisionLimit(analyte=Analyte.NEUT, unit="10*9/L", **fields)


def critical(**fields: Any) -> Limit:
    """A critical limit of neutrophils."""
    return Limit(analyte=Analyte.NEUT, unit="10*9/L", kind="critical", **fields)


def answers(definition: Definition, *rows: str) -> list[dict[str, object]]:
    """The view on DuckDB, over rows of constants in the order of its columns."""
    names = [name for name, _ in shape_of(definition).columns]
    with duckdb.connect() as database:
        values = ", ".join(f"({place}, {row})" for place, row in enumerate(rows))
        database.execute(
            f"CREATE TABLE panels AS SELECT * FROM (VALUES {values}) t({', '.join(names)})"
        )
        database.execute(view_of(definition, "duckdb"))
        name = f'"panels_by_{definition.id}"'
        found = database.execute(f"SELECT * FROM {name} ORDER BY panel")
        columns = [column[0] for column in found.description]
        return [dict(zip(columns, line, strict=True)) for line in found.fetchall()]
