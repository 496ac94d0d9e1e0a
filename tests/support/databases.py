"""Statements run on databases: the lines that the last of them answers, with the names of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from leukon import Definition
from support.sql_views import Row, asked

Lines = list[tuple[Sequence[str], Sequence[Any]]]


def lines_of_duckdb(statements: Sequence[str], _: Any = None) -> Lines:
    """What DuckDB answers."""
    *before, query = statements
    with duckdb.connect() as database:
        for statement in before:
            database.execute(statement)
        answers = database.execute(query)
        names = [column[0] for column in answers.description]
        return [(names, line) for line in answers.fetchall()]


def lines_of_postgres(statements: Sequence[str], connection: Any) -> Lines:
    """What PostgreSQL answers; nothing is kept."""
    *before, query = statements
    try:
        with connection.cursor() as cursor:
            for statement in before:
                cursor.execute(statement)
            cursor.execute(query)
            names = [column[0] for column in cursor.description]
            return [(names, line) for line in cursor.fetchall()]
    finally:
        connection.rollback()


def lines_of_spark(statements: Sequence[str], session: Any) -> Lines:
    """What Spark SQL answers."""
    *before, query = statements
    for statement in before:
        session.sql(statement)
    answers = session.sql(query)
    return [(answers.columns, tuple(line)) for line in answers.collect()]


def on_duckdb(found: Sequence[Row], definition: Definition) -> Lines:
    """The lines of the view on DuckDB."""
    return lines_of_duckdb(asked(found, definition, sql="duckdb"))


def on_postgres(found: Sequence[Row], definition: Definition, connection: Any) -> Lines:
    """The lines of the view on PostgreSQL."""
    return lines_of_postgres(asked(found, definition, sql="postgres"), connection)


def on_spark(found: Sequence[Row], definition: Definition, session: Any) -> Lines:
    """The lines of the view on Spark SQL."""
    return lines_of_spark(asked(found, definition, sql="spark"), session)
