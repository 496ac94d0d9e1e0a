"""The SQL view of a definition run on databases: the lines it answers, each with the names of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from leukon import Definition
from support.sql_views import Row, asked

Lines = list[tuple[Sequence[str], Sequence[Any]]]


def on_duckdb(found: Sequence[Row], definition: Definition) -> Lines:
    """The lines of the view on DuckDB."""
    table, view, query = asked(found, definition, sql="duckdb")
    with duckdb.connect() as database:
        database.execute(table)
        database.execute(view)
        answers = database.execute(query)
        names = [column[0] for column in answers.description]
        return [(names, line) for line in answers.fetchall()]


def on_postgres(found: Sequence[Row], definition: Definition, connection: Any) -> Lines:
    """The lines of the view on PostgreSQL; nothing is kept."""
    table, view, query = asked(found, definition, sql="postgres")
    try:
        with connection.cursor() as cursor:
            cursor.execute(table)
            cursor.execute(view)
            cursor.execute(query)
            names = [column[0] for column in cursor.description]
            return [(names, line) for line in cursor.fetchall()]
    finally:
        connection.rollback()


def on_spark(found: Sequence[Row], definition: Definition, session: Any) -> Lines:
    """The lines of the view on Spark SQL."""
    *made, query = asked(found, definition, sql="spark")
    for statement in made:
        session.sql(statement)
    answers = session.sql(query)
    return [(answers.columns, tuple(line)) for line in answers.collect()]
