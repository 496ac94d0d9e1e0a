"""Tables of databases: DuckDB and SQLite files, and a real PostgreSQL."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgres
import duckdb
import pyarrow.parquet as pq
import pytest

from leukon.cli import main
from leukon.engines.histories import sorting
from leukon.engines.local import interpret_table
from leukon.errors import LeukonError, TableRefused
from support.memory import PEAK
from support.postgres import PASSWORD, USER

UNITS = {"": "10*9/L"}
ROWS = """
CREATE TABLE lab.counts AS SELECT * FROM (VALUES
  ('a', 34, 'F', 3.70::numeric(6,3), 1.1::real, timestamptz '2026-01-31 14:30:00+02'),
  ('b', 61, 'M', 9.2::numeric(6,3), NULL, NULL),
  ('c', NULL, 'F', 3.9::numeric(6,3), 2.1::real, timestamptz '2026-02-01 00:00:00+00')
) AS t(person, age_years, sex, wbc, neut, drawn_at)
"""
FLAGS = ["low", "within", "undetermined"]


@pytest.fixture(scope="module")
def address(postgres_address: str) -> Iterator[str]:
    """A PostgreSQL database with a table of counts in a schema."""
    with postgres.connect(postgres_address) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA lab")
        cursor.execute(ROWS)
        cursor.execute("CREATE TABLE many AS SELECT i AS person, 40 AS age_years, 3.5 AS wbc"
                       " FROM generate_series(1, 200000) i")  # fmt: skip
        connection.commit()
        yield postgres_address
        cursor.execute("DROP SCHEMA lab CASCADE")
        cursor.execute("DROP TABLE many")
        connection.commit()


@pytest.fixture
def duck(tmp_path: Path) -> Path:
    """A DuckDB file with the same table."""
    path = tmp_path / "counts.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA lab")
        connection.execute(ROWS)
    return path


@pytest.fixture
def lite(tmp_path: Path) -> Path:
    """An SQLite file, one of whose columns holds numbers and text."""
    path = tmp_path / "counts.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE counts (person, age_years, sex, wbc REAL, neut)")
    rows = [("a", 34, "F", 3.7, 1.1), ("b", 61, "M", 9.2, "pending"), ("c", None, "F", 3.9, "<0.1")]
    connection.executemany("INSERT INTO counts VALUES (?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    return path


def flags(source: str | Path, out: Path, **options: str) -> list[str]:
    """The flags of the total, by the rows of a database."""
    interpret_table(source, units=UNITS, out=out, **options)
    rows = pq.read_table(out).sort_by("person").to_pylist()
    assert [row["wbc"] for row in rows] == [3.7, 9.2, 3.9]
    return [row["wbc_flag"] for row in rows]


@pytest.mark.parametrize(
    "options",
    [{"table": "lab.counts"}, {"table": '"lab"."counts"'}, {"query": "SELECT * FROM lab.counts;"}],
)
def test_postgresql_is_read(address: str, tmp_path: Path, options: dict[str, str]) -> None:
    """A table with its schema, or a query: exact decimals, shortest floats, moments with a zone."""
    out = tmp_path / "out.parquet"
    assert flags(address, out, **options) == FLAGS
    rows = pq.read_table(out).sort_by("person").to_pylist()
    assert [row["neut"] for row in rows] == [1.1, None, 2.1]
    assert str(rows[0]["drawn_at"].astimezone(tz=None).utctimetuple()[:4]) == "(2026, 1, 31, 12)"


@pytest.mark.parametrize("options", [{"table": "lab.counts"}, {"query": "FROM lab.counts"}])
def test_a_duckdb_file_is_read(duck: Path, tmp_path: Path, options: dict[str, str]) -> None:
    """The same table in DuckDB gives the same answers."""
    assert flags(duck, tmp_path / "out.parquet", **options) == FLAGS


@pytest.mark.parametrize("options", [{"table": "counts"}, {"query": "select * from counts"}])
def test_an_sqlite_file_is_read(lite: Path, tmp_path: Path, options: dict[str, str]) -> None:
    """A column of numbers and text is text, its numbers exact."""
    out = tmp_path / "out.parquet"
    assert flags(lite, out, **options) == FLAGS
    rows = pq.read_table(out).to_pylist()
    assert [row["input_neut"] for row in rows] == ["1.1", "pending", "<0.1"]
    assert rows[1]["neut_reason"] == "pending"


def test_a_result_goes_into_a_folder_and_is_not_made_twice(address: str, tmp_path: Path) -> None:
    """One part; a finished folder is left, since a change of the database cannot be seen."""
    for kept in (0, 1):
        summary = interpret_table(
            address, table="many", units=UNITS, out=f"{tmp_path}/out/", keep=3
        )
        assert (summary.panels, summary.parts_kept) == (200_000, kept)
    text = (tmp_path / "out" / "_leukon-manifest.json").read_text()
    assert PASSWORD not in text
    assert f"{USER}@" not in text


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"table": "lab.nothing"}, "no such table"),
        ({"query": "slect 1"}, "syntax error"),
        ({"query": "create table lab.z (a int)"}, "does not only read"),
        ({"query": "delete from lab.counts"}, "does not only read"),
        ({"query": "select 1; select 2"}, "multiple commands"),
        ({"query": "select person::int as wbc from lab.counts"}, "SQLSTATE|stopped"),
        ({"table": "a.b.c.d.."}, "no name of a table"),
    ],
)
def test_what_postgresql_refuses_is_named_without_a_value(
    address: str, options: dict[str, str], says: str
) -> None:
    """What the database says is passed on only where it speaks of names."""
    with pytest.raises(LeukonError, match=says) as refused:
        interpret_table(address, units=UNITS, **options)
    assert refused.value.exit_code in (2, 3)
    assert PASSWORD not in str(refused.value)
    assert '"a"' not in str(refused.value)


@pytest.mark.parametrize(
    "options",
    [
        {"table": "nothing"},
        {"query": "slect 1"},
        {"query": "create table z (a int)"},
        {"query": "copy (select 1) to 'out.csv'"},
        {"query": "select * from read_csv('x.csv')"},
        {"query": "install httpfs"},
        {"query": "select 1; drop table lab.counts"},
    ],
)
def test_what_a_duckdb_file_cannot_give_is_refused(
    duck: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, str]
) -> None:
    """Nothing but this file is read, and nothing is written."""
    monkeypatch.chdir(duck.parent)
    (duck.parent / "x.csv").write_text("wbc\n3.7\n")
    before = duck.read_bytes()
    with pytest.raises(TableRefused):
        interpret_table(duck, units=UNITS, **options)
    assert duck.read_bytes() == before
    assert not (duck.parent / "out.csv").exists()


def test_no_bar_is_drawn_into_what_is_printed(
    duck: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB draws one on standard output when a query is long: no query begins with it on."""
    found = []

    class Asking:
        """A connection that tells, before a query, whether a bar would be drawn."""

        def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
            self.connection = connection

        def __getattr__(self, name: str) -> object:
            if name == "sql":
                asked = "select current_setting('enable_progress_bar')"
                found.extend(self.connection.execute(asked).fetchall())
            return getattr(self.connection, name)

    connect = duckdb.connect
    monkeypatch.setattr(duckdb, "connect", lambda *a, **k: Asking(connect(*a, **k)))
    flags(duck, tmp_path / "out.parquet", table="lab.counts")
    assert sorting(str(tmp_path)).sql("select 1") is not None
    assert found == [(False,), (False,)]


def test_a_moment_does_not_depend_on_the_clock_of_the_machine(duck: Path, tmp_path: Path) -> None:
    """The same file gives the same age on every machine, as PostgreSQL does."""
    out = tmp_path / "out.parquet"
    interpret_table(duck, table="lab.counts", units=UNITS, out=out)
    assert pq.read_schema(out).field("drawn_at").type.tz == "UTC"


@pytest.mark.parametrize("ending", ["parquet", "csv", "ndjson"])
def test_a_query_without_rows_gives_the_columns_alone(
    duck: Path, lite: Path, tmp_path: Path, ending: str
) -> None:
    """The output is a whole table of no rows, which every reader can read."""
    for number, (source, table) in enumerate(((duck, "lab.counts"), (lite, "counts"))):
        out = tmp_path / f"{number}.{ending}"
        query = f"SELECT * FROM {table} WHERE person = 'nobody' -- the last word"
        assert interpret_table(source, query=query, units=UNITS, out=out).panels == 0
        if ending == "parquet":
            assert pq.read_table(out).num_rows == 0
            assert "wbc_flag" in pq.read_schema(out).names
        else:
            assert ("wbc_flag" in out.read_text()) == (ending == "csv")


def test_an_infinity_is_impossible_in_a_database_too(tmp_path: Path) -> None:
    """It is listed as it is for a file, not taken for a count that nobody made."""
    path = tmp_path / "counts.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE counts AS SELECT 34 age, 9e999 wbc")
        connection.commit()
    summary = interpret_table(path, table="counts", units=UNITS)
    assert summary.reasons["WBC"] == {"impossible": 1}
    assert summary.cells_refused == 1


def test_what_an_sqlite_file_cannot_give_is_refused(lite: Path) -> None:
    """A missing table, a mistake in the query, a query that writes."""
    for options in ({"table": "nothing"}, {"query": "slect 1"}, {"query": "delete from counts"}):
        with pytest.raises(TableRefused):
            interpret_table(lite, units=UNITS, **options)
    with sqlite3.connect(lite) as connection:
        assert connection.execute("SELECT count(*) FROM counts").fetchone() == (3,)


def test_a_file_that_is_no_database_and_a_database_without_a_table(
    duck: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each says what to do."""
    path = tmp_path / "in.csv"
    path.write_text("wbc\n3.7\n")
    assert main(["interpret", str(path), "--table", "x"]) == 3
    assert "no database of DuckDB" in capsys.readouterr().err
    assert main(["interpret", str(duck)]) == 2
    assert "--table NAME" in capsys.readouterr().err
    damaged = tmp_path / "damaged.duckdb"
    damaged.write_bytes(duck.read_bytes()[:5000])
    assert main(["interpret", str(damaged), "--table", "lab.counts"]) == 3
    assert "damaged" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda a: a.replace(PASSWORD, "wrong-Secret-1"), "this user or password"),
        (lambda a: f"{a}x", "no such database"),
        (
            lambda a: a.replace("127.0.0.1", "127.0.0.1:1").replace(":1:", ":1#"),
            "no database answers",
        ),
        (lambda a: a.replace("postgresql://", "oracle://"), "no driver"),
    ],
)
def test_no_message_shows_a_password(address, capsys, change, says) -> None:
    """Whatever is wrong with an address."""
    assert main(["interpret", change(address), "--table", "many"]) == 3
    said = "".join(capsys.readouterr())
    assert says in said
    assert "Secret" not in said
    assert f"{USER}@" not in said


def test_the_address_may_come_from_the_environment(
    address: str, tmp_path: Path, monkeypatch
) -> None:
    """So that no password stands on a command line; PGPASSWORD works as well."""
    out = tmp_path / "out.csv"
    monkeypatch.setenv("LEUKON_DATABASE", address)
    assert main(["interpret", "--table", "lab.counts", "--unit", "10*9/L", "--out", str(out)]) == 0
    monkeypatch.delenv("LEUKON_DATABASE")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    bare = address.replace(f":{PASSWORD}", "")
    assert (
        main(["interpret", bare, "--table", "lab.counts", "--unit", "10*9/L", "--out", str(out)])
        == 0
    )
    assert len(out.read_text().splitlines()) == 4


def test_a_large_result_is_never_held(address: str, tmp_path: Path) -> None:
    """Ten times the rows take no ten times the memory."""
    code = (
        "import sys\n"
        "from leukon.engines.local import interpret_table\n"
        "interpret_table(sys.argv[1], query=sys.argv[2], units={'': '10*9/L'}, out=sys.argv[3])\n"
        f"print({PEAK})"
    )
    peaks = []
    for times in (1, 10):
        query = f"SELECT many.* FROM many, generate_series(1, {times})"
        command = [sys.executable, "-c", code, address, query, str(tmp_path / "out.parquet")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout))
    assert peaks[1] < peaks[0] + 100
