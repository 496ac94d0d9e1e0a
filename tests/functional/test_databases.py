"""Tables of database servers, on a real PostgreSQL."""

from __future__ import annotations

import adbc_driver_postgresql.dbapi as postgres


def test_the_server_of_the_tests_answers(postgres_address: str) -> None:
    """The fixture gives the address of a server that answers."""
    with postgres.connect(postgres_address) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 AS one")
        assert cursor.fetch_arrow_table().to_pylist() == [{"one": 1}]
