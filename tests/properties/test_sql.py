"""The SQL view of a definition says what the engine and the plain oracle say, row by row."""

from __future__ import annotations

import re
from datetime import date, timedelta
from math import inf, nextafter
from pathlib import Path

import pytest
from adbc_driver_postgresql import dbapi
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leukon import Definition, Partition, ReferenceInterval
from leukon.catalogue import resolve
from leukon.panel import age_at_draw
from leukon.sql import DIALECTS, shape_of, view_of
from support.answers import by_arrays, by_oracle
from support.databases import (
    lines_of_duckdb,
    lines_of_postgres,
    lines_of_spark,
    on_duckdb,
    on_postgres,
)
from support.generators import definitions
from support.sql_views import answered, known_shape, rows

LARGE = ("leukon-general", "uhd-dorset", "u-iowa", "davis-labdx", "mouzinho-1994", "dockree-2021")


@st.composite
def questions(draw):
    """A definition, shipped or made, and some panels in the shape that its view reads."""
    made = draw(st.integers(0, 4))
    definition = draw(definitions()) if made else resolve(draw(st.sampled_from(LARGE)))
    shape = known_shape(definition)
    return definition, draw(st.lists(rows(shape), min_size=1, max_size=12))


def hold_equal(found, definition, lines):
    """Each line of the view against the oracle and the engine."""
    shape = known_shape(definition)
    engine = by_arrays(found, definition)
    assert len(lines) == len(found)
    for row, line, (arrays, driver) in zip(found, lines, engine, strict=True):
        said, drives, whose = answered(*line, shape)
        assert whose == definition.id
        for kind, why in row.absent.items():
            flag, _, _, reason, value = said[kind]
            assert (flag, reason, value) == ("undetermined", why, None)
        assert {kind: said[kind] for kind in held(row)} == {
            kind: arrays[kind] for kind in held(row)
        }
        assert drives == driver
        oracle = by_oracle(row, definition)
        if oracle is not None:
            assert ({kind: said[kind] for kind in held(row)}, drives) == oracle


def held(row):
    """The analytes of which a row holds a count."""
    return [str(count.analyte) for count in row.panel.counts]


@given(question=questions())
@settings(max_examples=25)
def test_duckdb_says_what_the_engine_and_the_oracle_say(question):
    """The view on DuckDB = the engine = the oracle, for any definition and any panels."""
    definition, found = question
    hold_equal(found, definition, on_duckdb(found, definition))


@pytest.fixture(scope="module")
def postgres(postgres_address):
    """A connection to a PostgreSQL database."""
    with dbapi.connect(postgres_address) as connection:
        yield connection


@given(question=questions())
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_postgres_says_what_the_engine_and_the_oracle_say(postgres, question):
    """The view on PostgreSQL = the engine = the oracle."""
    definition, found = question
    hold_equal(found, definition, on_postgres(found, definition, postgres))


PLANNED = """
CREATE FUNCTION planned() RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN SELECT * FROM panels_by_leukon_general WHERE panel = ''77''';
END $$
"""


def test_the_largest_view_is_planned_at_once_and_asks_the_table_for_one_panel(postgres):
    """No expression of a step is written out wherever its name stands: that took 10 seconds a query."""
    definition = resolve(None)
    columns = ", ".join(f"{name} {kind_of(name, 'postgres')}" for name in names_of(definition))
    try:
        with postgres.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '4s'")
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"CREATE TABLE panels ({columns}, PRIMARY KEY (panel))")
            cursor.execute(view_of(definition, "postgres"))
            cursor.execute(PLANNED)
            cursor.execute("SELECT * FROM planned()")
            plan = "\n".join(line for (line,) in cursor.fetchall())
    finally:
        postgres.rollback()
    assert "Index Cond: (panel = '77'::text)" in plan


def test_a_shipped_definition_with_every_fact_runs_on_spark(spark):
    """The largest of the shipped views is one that Spark takes."""
    view = view_of(resolve(None), "spark", table="panels").replace(
        "REPLACE VIEW", "REPLACE TEMPORARY VIEW"
    )
    columns = ", ".join(
        f"CAST(NULL AS {kind_of(name, 'spark')}) AS {name}" for name in names_of(resolve(None))
    )
    spark.sql(f"CREATE OR REPLACE TEMPORARY VIEW panels AS SELECT {columns}")
    spark.sql(view)
    assert spark.sql("SELECT * FROM panels_by_leukon_general").count() == 1


def names_of(definition):
    """The columns that a view reads."""
    return [name for name, _ in shape_of(definition).columns]


def kind_of(name, sql):
    """The type of a column of the documented shape."""
    if name in ("sex", "duffy", "specimen", "panel"):
        return DIALECTS[sql].text
    return "BOOLEAN" if name == "pregnant" else DIALECTS[sql].double


DATABASES = {
    "duckdb": (lines_of_duckdb, None),
    "postgres": (lines_of_postgres, "postgres"),
    "spark": (lines_of_spark, "spark"),
}
ID = "made'\\"
"""An id that no view may read as the end of a text."""
LOWS = (0.0, 1e-7, 0.07, 0.3, 1 / 3, 1.005, 2.2, 4.1, 9.95, 10.35, 123.456789, 499.999)


def made(lows):
    """A limit of neutrophils for each year of age; the limit itself is low."""
    limits = [
        ReferenceInterval(
            analyte="NEUT",
            unit="10*9/L",
            low=low,
            low_inclusive=False,
            partition=Partition(age_from=f"{age}y", age_to=f"{age + 1}y"),
        )
        for age, low in enumerate(lows)
    ]
    return Definition(id=ID, publisher="Nobody", version="1", limits=tuple(limits))


def statements(sql, definition, constants):
    """The view over rows of constants (panel, age_years, neut), and the query of its answers."""
    rows = ", ".join(f"({', '.join(row)})" for row in constants)
    table = f"CREATE TEMPORARY VIEW panels (panel, age_years, neut) AS VALUES {rows}"
    view = view_of(definition, sql).replace("OR REPLACE VIEW", "TEMPORARY VIEW")
    name = DIALECTS[sql].identifier("panels_by_made")
    query = f"SELECT neut, neut_flag, neut_lower, definition FROM {name} ORDER BY panel"
    # A session of Spark keeps what the other databases forget.
    dropped = [f"DROP VIEW IF EXISTS {one}" for one in (name, "panels")] if sql == "spark" else []
    return [*dropped, table, view, query]


@pytest.mark.parametrize("sql", DATABASES)
def test_a_limit_is_exact_to_the_last_bit_in_every_database(sql, request):
    """The limit itself is low, as is the number before it; the next number is within."""
    ask, needed = DATABASES[sql]
    wanted = []
    for age, low in enumerate(LOWS):
        wanted += [(age, low, "low", low), (age, nextafter(low, inf), "within", low)]
        wanted += [(age, nextafter(low, 0), "low", low)]
    cast = DIALECTS[sql].cast
    constants = [
        (str(place), str(age), cast(f"'{value!r}'"))
        for place, (age, value, *_) in enumerate(wanted)
    ]
    database = needed and request.getfixturevalue(needed)
    found = ask(statements(sql, made(LOWS), constants), database)
    assert [tuple(line) for _, line in found] == [(*row[1:], ID) for row in wanted]


@pytest.mark.parametrize("sql", DATABASES)
def test_a_decimal_is_the_number_it_prints_in_every_database(sql, request):
    """A column of exact decimals is read as text would be: 4.1 is 4.1, and not low under 4.1."""
    ask, needed = DATABASES[sql]
    printed = [f"{n / 1000:.3f}" for n in (*range(0, 9000, 37), 4100, 70, 499_999)]
    constants = [
        (str(place), "0", f"CAST('{text}' AS DECIMAL(9, 3))") for place, text in enumerate(printed)
    ]
    limit = ReferenceInterval(
        analyte="NEUT", unit="10*9/L", low=4.1, partition=Partition(age_to="9y")
    )
    definition = Definition(id=ID, publisher="Nobody", version="1", limits=(limit,))
    database = needed and request.getfixturevalue(needed)
    found = ask(statements(sql, definition, constants), database)
    assert [tuple(line)[:2] for _, line in found] == [
        (float(text), "low" if float(text) < 4.1 else "within") for text in printed
    ]


PAGE = Path(__file__).parents[2] / "docs/how-to/sql.md"
BIRTHS = (date(2008, 2, 29), date(2024, 1, 31), date(1999, 8, 31), date(2022, 10, 30))
LIVED = (0, 1, 3, 4, *range(27, 33), *range(58, 63), 365, 366, *range(6572, 6576))


@pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo", "Europe/Dublin"])
def test_the_example_of_the_page_gives_ages_and_counts_as_leukon_does(zone, postgres):
    """Months are completed as leukon completes them, in any time zone; no newborn has an age in days."""
    (example,) = re.findall(
        r"^```sql\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    pairs = [(born, born + timedelta(days=days)) for born in BIRTHS for days in LIVED]
    values = ", ".join(
        f"({place}, DATE '{born}', DATE '{drawn}', 'F', '/uL', 3810::numeric)"
        for place, (born, drawn) in enumerate(pairs)
    )
    columns = "specimen_id, born_on, drawn_on, sex_code, wbc_unit, wbc"
    statements = [
        f"SET LOCAL TimeZone = '{zone}'",
        "CREATE SCHEMA lab",
        f"CREATE TABLE lab.results AS SELECT * FROM (VALUES {values}) t({columns})",
        example.rstrip().removesuffix(";"),
        "SELECT age_days, age_months::int, wbc::float8, sex FROM panels ORDER BY panel",
    ]
    found = [line for _, line in lines_of_postgres(statements, postgres)]
    assert found == [
        (
            (drawn - born).days if (drawn - born).days > 3 else None,
            int(age_at_draw(born, drawn).months_from),
            3.81,
            "female",
        )
        for born, drawn in pairs
    ]
