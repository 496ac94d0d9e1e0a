"""Tables of databases as streams of Arrow batches: DuckDB and SQLite files, servers through ADBC.

Nothing is ever written to a database, and a result is never held as a whole. What a database says
of a failure is passed on only where it speaks of names, never where it may hold a value.
"""

from __future__ import annotations

import importlib
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from leukon.errors import ExtraMissing, TableRefused
from leukon.readers.inputs import DatabaseInput, shown
from leukon.readers.lines import check_names
from leukon.readers.refusals import Rows
from leukon.readers.sources import BATCH_ROWS, Block
from leukon.readers.types import settled, settled_schema

_PART = re.compile(r'"((?:[^"]|"")+)"|([^."]+)')
_SERVERS = {"postgres": "postgresql"}
"""Other names of a scheme; the driver of a scheme x is the package adbc_driver_x."""


def quoted(table: str) -> str:
    """A table's name, perhaps with its schema, as SQL has it.

    >>> quoted("lab.counts"), quoted('"odd.name"')
    ('"lab"."counts"', '"odd.name"')
    """
    parts = [match[1] or match[2].strip().replace('"', '""') for match in _PART.finditer(table)]
    if not parts or ".".join(parts) != table.replace('"', "").strip():
        raise TableRefused(
            "this is no name of a table", where=table, hint='lab.counts, or "odd.name"."counts"'
        )
    return ".".join(f'"{part}"' for part in parts)


def statement(named: DatabaseInput) -> str:
    """The SQL that gives the rows."""
    return named.query.strip().rstrip(";") or f"SELECT * FROM {quoted(named.table)}"


MOST_NAMES = 12


def tables_named(names: Iterable[str]) -> str:
    """Which tables there are, for a message; "" where there is none.

    >>> tables_named(["lab.counts", "lab.people"])
    'the tables are lab.counts, lab.people'
    """
    found = list(names)
    more = f" and {len(found) - MOST_NAMES} more" if len(found) > MOST_NAMES else ""
    return f"the tables are {', '.join(found[:MOST_NAMES])}{more}" if found else ""


class _Batches:
    """Rows that come as Arrow batches, once."""

    rows_total: int | None = None

    def __init__(self, named: DatabaseInput) -> None:
        """Settle the name; the rows are asked for by `_begin`."""
        self.named, self.name = named, named.name
        self._given: Any = None
        self.schema: Any = None
        self.names: tuple[str, ...] = ()

    def _begin(self, given: Any, schema: Any) -> None:
        self._given = given
        self.names = tuple(schema.names)
        check_names(self.names, Path(self.name))
        self.schema = settled_schema(schema)

    def blocks(self) -> Iterator[Block]:
        """The rows, block by block; they are numbered in the order in which they come."""
        row = 1
        for batch in self._batches():
            yield Block(settled(batch, self.schema), _numbered(row, batch.num_rows), [])
            row += batch.num_rows

    def _batches(self) -> Iterator[Any]:
        yield from self._given

    def close(self) -> None:
        """Leave the database, wherever the rows are."""


def _numbered(first: int, count: int) -> Rows:
    return np.arange(first, first + count)


class DuckSource(_Batches):
    """A table or query of a DuckDB file."""

    def __init__(self, named: DatabaseInput) -> None:
        """Open the file to be read only, and ask for the rows."""
        super().__init__(named)
        try:
            import duckdb
        except ImportError:
            raise ExtraMissing.named("tables", "reading a DuckDB file") from None
        self._errors: Any = duckdb.Error
        try:
            self._connection = duckdb.connect(named.address, read_only=True)
            # Long work would draw a bar into what is printed.
            self._connection.execute("SET enable_progress_bar = false")
            # A query reads this file and no other, and fetches no extension.
            # A moment is shown by the clock of no machine: else its day would depend on whose it is.
            self._connection.execute("SET TimeZone = 'UTC'")
            self._connection.execute("SET enable_external_access = false")
            reader: Any = self._connection.sql(statement(named)).to_arrow_reader(BATCH_ROWS)
        except (duckdb.Error, AttributeError) as error:
            raise self._refused(error) from None
        self._begin(reader, reader.schema)

    def _batches(self) -> Iterator[Any]:
        try:
            yield from self._given
        except (self._errors, pa.ArrowException, OSError):
            raise TableRefused("the database stopped before the end", where=self.name) from None
        finally:
            self.close()

    def close(self) -> None:
        """Leave the database, wherever the rows are."""
        self._connection.close()

    def _refused(self, error: Exception) -> TableRefused:
        kind = type(error).__name__
        said = str(error).partition("\n")[0].partition(": ")[2]
        if kind == "CatalogException":
            hint = self._tables() or "check the name"
            return TableRefused(said or "no such table", where=self.name, hint=hint)
        if kind in ("ParserException", "BinderException"):
            return TableRefused(said or "no such query", where=self.name, hint="check the query")
        if kind == "IOException":
            return TableRefused(
                "the database cannot be opened (it is damaged, or another program is writing it)",
                where=shown(self.named.address),
                hint="close the other program, or copy the file",
            )
        return TableRefused(
            "the query does not only read this database",
            where=self.name,
            hint="one SELECT, which names tables of this file alone",
        )

    def _tables(self) -> str:
        with suppress(self._errors):
            found = self._connection.execute(
                "SELECT CASE table_schema WHEN 'main' THEN '' ELSE table_schema || '.' END"
                " || table_name FROM information_schema.tables ORDER BY 1"
            ).fetchall()
            return tables_named(name for (name,) in found)
        return ""


class ServerSource(_Batches):
    """A table or query of a database server, through its ADBC driver."""

    def __init__(self, named: DatabaseInput) -> None:
        """Connect, to read only, and ask for the rows."""
        super().__init__(named)
        sql = statement(named)
        driver, root = _driver(named.address)
        self._errors = (root,)
        try:
            self._connection = driver.connect(named.address)
        except self._errors as error:
            raise self._no_connection(error) from None
        try:
            self._cursor = self._connection.cursor()
            if driver.__name__.startswith("adbc_driver_postgresql"):
                self._cursor.execute("SET TRANSACTION READ ONLY")
            self._cursor.execute(sql)
            reader = self._cursor.fetch_record_batch()
            schema = reader.schema
        except self._errors as error:
            self._cursor.close()
            self._connection.close()
            raise self._refused(error) from None
        self._begin(reader, schema)

    def _batches(self) -> Iterator[Any]:
        try:
            for batch in self._given:
                for start in range(0, batch.num_rows, BATCH_ROWS):
                    yield batch.slice(start, BATCH_ROWS)
        except (*self._errors, pa.ArrowException, OSError):
            raise TableRefused(
                "the database stopped before the end", where=self.name, hint="ask it again"
            ) from None
        finally:
            self.close()

    def close(self) -> None:
        """Leave the database, wherever the rows are."""
        with suppress(*self._errors):
            self._given.close()
        self._cursor.close()
        self._connection.close()

    def _no_connection(self, error: Exception) -> TableRefused:
        said = str(error)
        if "password" in said or "authentication" in said:
            return TableRefused(
                "the database refuses this user or password",
                where=shown(self.named.address),
                hint="~/.pgpass, or the variable PGPASSWORD or LEUKON_DATABASE, may hold it",
            )
        if re.search(r'database "[^"]*" does not exist', said):
            what = "the server has no such database"
        else:
            what = "no database answers there"
        return TableRefused(what, where=shown(self.named.address), hint="check the address")

    def _refused(self, error: Exception) -> TableRefused:
        state = str(getattr(error, "sqlstate", None) or "")
        what, hint = _STATES.get(state, ("", ""))
        if not what and state.startswith("42"):
            # This class speaks of names and grammar; others may hold values.
            found = re.search(r"ERROR:\s+(.*)", str(error))
            what = found[1].strip() if found else "the query is refused"
        return TableRefused(
            what or f"the database refuses the query (SQLSTATE {state or 'unknown'})",
            where=self.name,
            hint=hint or "check the query",
        )


_STATES = {
    "42P01": ("there is no such table", "lab.counts: with its schema, in the right case"),
    "42501": ("this user may not read the table", "GRANT SELECT, or another user"),
    "25006": ("the query does not only read", "one SELECT"),
}


def _driver(address: str) -> tuple[Any, Any]:
    """The module that connects to an address, and the root of its errors."""
    scheme = address.partition("://")[0].lower()
    name = _SERVERS.get(scheme, scheme).partition("+")[0]
    try:
        manager = importlib.import_module("adbc_driver_manager.dbapi")
        driver = importlib.import_module(f"adbc_driver_{name}.dbapi")
    except ImportError:
        if name == "postgresql":
            raise ExtraMissing.named("databases", "reading a database server") from None
        raise TableRefused(
            f"there is no driver for {name!r}",
            where=shown(address),
            hint=f"install the package adbc-driver-{name}, or export the table to Parquet",
        ) from None
    return driver, manager.Error


def left(sources: Iterable[Any]) -> None:
    """Leave the databases among some sources."""
    for source in sources:
        if isinstance(source, _Batches):
            source.close()


class LiteSource:
    """A table or query of an SQLite file, whose columns may hold anything in any row.

    A column of numbers alone is one of numbers; any other is text, a number in it as its shortest
    decimal. So the rows are asked for twice.
    """

    def __init__(self, named: DatabaseInput) -> None:
        """Open the file to be read only, and see what its columns hold."""
        self.named, self.name = named, named.name
        self._sql = statement(named)
        try:
            with closing(self._connect()) as connection:
                cursor = connection.execute(f"SELECT * FROM ({self._sql}\n) LIMIT 0")
                self.names = tuple(column[0] for column in cursor.description)
                check_names(self.names, Path(self.name))
                self.rows_total, kinds = self._kinds(connection)
        except sqlite3.Error as error:
            raise self._refused(error) from None
        self.schema = pa.schema(list(zip(self.names, kinds, strict=True)))

    def _connect(self) -> sqlite3.Connection:
        address = f"{Path(self.named.address).resolve().as_uri()}?mode=ro"
        return sqlite3.connect(address, uri=True)

    def _kinds(self, connection: sqlite3.Connection) -> tuple[int | None, list[Any]]:
        columns = [f'"{name.replace(chr(34), chr(34) * 2)}"' for name in self.names]
        wanted = ", ".join(f"group_concat(DISTINCT typeof({name}))" for name in columns)
        rows, *found = connection.execute(
            f"SELECT count(*), {wanted} FROM ({self._sql}\n)"
        ).fetchone()
        kinds = [frozenset((words or "null").split(",")) - {"null"} for words in found]
        for name, words in zip(self.names, kinds, strict=True):
            if "blob" in words:
                raise TableRefused(f"the column {name!r} holds bytes", where=self.name)
        return rows, [_lite_kind(words) for words in kinds]

    def blocks(self) -> Iterator[Block]:
        """The rows, block by block; they are numbered in the order in which they come."""
        row = 1
        try:
            with closing(self._connect()) as connection:
                cursor = connection.execute(self._sql)
                while rows := cursor.fetchmany(BATCH_ROWS):
                    columns = [
                        pa.array([_lite_cell(cell, field.type) for cell in column], field.type)
                        for field, column in zip(self.schema, zip(*rows, strict=True), strict=True)
                    ]
                    batch = pa.RecordBatch.from_arrays(columns, schema=self.schema)
                    yield Block(batch, _numbered(row, len(rows)), [])
                    row += len(rows)
        except (sqlite3.Error, pa.ArrowException) as error:
            raise self._refused(error) from None

    def _refused(self, error: Exception) -> TableRefused:
        said = str(error)
        if not said.startswith(("no such", "near ", "ambiguous", "incomplete")):
            said = "the database cannot be read, or changes while it is"
        hint = self._tables() if said.startswith("no such table") else ""
        return TableRefused(said, where=self.name, hint=hint or "check the name, or the query")

    def _tables(self) -> str:
        with suppress(sqlite3.Error), closing(self._connect()) as connection:
            sql = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY 1"
            return tables_named(name for (name,) in connection.execute(sql))
        return ""


def _lite_kind(words: frozenset[str]) -> Any:
    if words == {"integer"}:
        return pa.int64()
    return pa.float64() if words and words <= {"integer", "real"} else pa.string()


def _lite_cell(cell: Any, kind: Any) -> Any:
    if pa.types.is_string(kind) and isinstance(cell, (int, float)):
        return repr(cell)
    return cell
