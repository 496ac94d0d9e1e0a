"""A DataFrame of a cluster: types, time zones, refusals, and nothing lost or told."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from leukon.errors import DefinitionUnknown, TableRefused, UnitRefused

UNITS = {"": "10*9/L"}
WIDE = "person string, age_years int, sex string, wbc double, neut double"
PANELS = [("1", 34, "female", 3.7, 1.1), ("2", 34, "q", 9.2, 4.0), ("3", 34, "male", 4.2, -1.0)]
LONG = "person string, drawn_at string, sex string, age int, test string, value string, unit string"


@pytest.fixture
def answered(spark):
    """The answer to some rows, as dictionaries by person."""
    from leukon.engines.spark import interpret

    def answer(rows, schema, **wanted):
        found = interpret(spark.createDataFrame(rows, schema), **wanted)
        return {row["person"]: row.asDict() for row in found.collect()}

    return answer


@pytest.fixture
def panels(spark):
    """A small DataFrame with a row a panel."""
    return spark.createDataFrame(PANELS, WIDE)


def test_columns_and_what_is_said_of_the_definition(panels):
    """The input's columns come first, with their types; words are strings; the schema says whose."""
    from leukon.engines.spark import interpret

    found = interpret(panels, units=UNITS, by="mayo-clinic", scales=["ctcae-6.0"], agreement=True)
    kinds = {field.name: field.dataType.simpleString() for field in found.schema}
    assert list(kinds)[:6] == ["person", "age_years", "sex", "input_wbc", "input_neut", "wbc"]
    assert kinds["age_years"] == "int"
    assert kinds["wbc_flag"] == kinds["driver"] == "string"
    assert kinds["wbc_votes_low"] == "smallint"
    assert kinds["grade_ctcae-6.0_neut"] == "tinyint"
    about = found.schema["definition"].metadata
    assert about["leukon_definition"] == "mayo-clinic-2024"
    assert about["leukon_schema_version"] == "1"
    rows = {row["person"]: row for row in found.collect()}
    assert rows["1"]["grade_ctcae-6.0_neut"] == 1
    assert rows["1"]["wbc_votes_low"] > 0


def test_a_table_is_refused_before_any_work_is_sent_out(spark, panels):
    """No unit, no count, no such definition, two columns of one name: the errors of a file."""
    from leukon.engines.spark import interpret, refused

    with pytest.raises(UnitRefused, match="wbc"):
        interpret(panels)
    with pytest.raises(UnitRefused, match="wbc"):
        refused(panels)
    with pytest.raises(DefinitionUnknown):
        interpret(panels, by="nobody", units=UNITS)
    with pytest.raises(TableRefused, match="no column is recognised"):
        interpret(panels.select("person"), units=UNITS)
    with pytest.raises(TableRefused, match="two columns"):
        interpret(panels.select("*", "wbc"), units=UNITS)
    with pytest.raises(TableRefused, match="no column 'who'"):
        refused(panels, units=UNITS, keys=["who"])
    lists = spark.createDataFrame([([3.7],)], "wbc array<double>")
    with pytest.raises(TableRefused, match="holds no numbers"):
        interpret(lists, units=UNITS)


def test_a_unit_behind_the_number_is_found_by_looking(answered):
    """Text may hold its unit: the data are looked at before the table is refused."""
    rows = answered([("1", "3.7 10*9/L"), ("2", "3.8")], "person string, wbc string")
    assert rows["1"]["wbc"] == 3.7
    assert rows["2"]["wbc_reason"] == "unit-missing"


def test_what_could_not_be_read_is_a_table_of_its_own(panels):
    """Each refused cell is named by the columns chosen, with the reason and what to do."""
    from leukon.engines.spark import refused

    found = refused(panels, units=UNITS, keys=["person", "age_years"])
    assert found.columns == ["person", "age_years", "field", "reason", "message", "hint", "lost"]
    rows = {(row["person"], row["field"]): row for row in found.collect()}
    assert {key: row["reason"] for key, row in rows.items()} == {
        ("2", "sex"): "sex-missing",
        ("3", "neut"): "impossible",
    }
    assert not any(row["lost"] for row in rows.values())
    assert all(row["message"] and row["hint"] for row in rows.values())
    assert refused(panels, units=UNITS).columns[0] == "person"


def test_every_type_of_number_and_date_is_read_as_it_is(spark):
    """Decimals, whole numbers, 32-bit numbers and text of one value are one value."""
    from leukon.engines.spark import interpret

    row = (Decimal("3.810"), 3810, 3.81, "3.81", dt.date(1990, 1, 31), dt.date(2024, 1, 31))
    kinds = ("decimal(10,3)", "bigint", "float", "string")
    for place, kind in enumerate(kinds):
        frame = spark.createDataFrame(
            [(row[place], row[4], row[5])], f"wbc {kind}, birth_date date, drawn_at date"
        )
        unit = {"": "/uL"} if kind == "bigint" else UNITS
        (found,) = interpret(frame, units=unit, by="mayo-clinic-2015").collect()
        assert (found["wbc"], found["wbc_flag"]) == (3.81, "low")
        if kind != "float":
            assert found["input_wbc"] == row[place]


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland", "UTC"])
def test_a_draw_in_the_evening_stays_on_its_day(spark, zone):
    """A timestamp is the moment the session shows: an age does not turn with the zone."""
    from leukon import Definition, Partition, ReferenceInterval
    from leukon.engines.spark import interpret

    def limit(low, **ages):
        part = Partition(**ages)
        return ReferenceInterval(analyte="WBC", low=low, unit="10*9/L", partition=part)

    mine = Definition(
        id="mine",
        publisher="Mine",
        version="1",
        limits=(limit(1.0, age_to="1y"), limit(2.0, age_from="1y")),
    )
    before = spark.conf.get("spark.sql.session.timeZone")
    spark.conf.set("spark.sql.session.timeZone", zone)
    try:
        frame = spark.sql(
            "select date'2023-05-01' birth_date, 5.0D wbc, text, cast(text as timestamp) drawn_at "
            "from values ('2024-04-30 23:30:00'), ('2024-05-01 00:30:00') as t(text)"
        )
        rows = interpret(frame, by=mine, units=UNITS)
        rows = rows.selectExpr("text", "wbc_lower", "cast(drawn_at as string) shown").collect()
    finally:
        spark.conf.set("spark.sql.session.timeZone", before)
    assert [row["wbc_lower"] for row in rows] == [1.0, 2.0]
    assert [row["shown"] for row in rows] == [row["text"] for row in rows]


def test_names_with_dots_and_columns_of_any_type_pass_through(spark):
    """Columns that leukon does not read are handed on as they are, whatever their name and type."""
    from leukon.engines.spark import interpret

    frame = spark.sql(
        "select 3.7D WBC, 1 `a.b`, 2 `c``d`, array(1, 2) many, map('k', 1) by_key, "
        "named_struct('x', 1) one, binary('x') raw, timestamp'2024-01-01 10:00:00' at"
    )
    found = interpret(frame, units=UNITS)
    assert found.columns[:3] == ["input_WBC", "a.b", "c`d"]
    (theirs,), (ours,) = frame.collect(), found.collect()
    assert list(ours)[:8] == list(theirs)
    assert [f.dataType for f in found.schema][:8] == [f.dataType for f in frame.schema]


def test_columns_whose_names_differ_in_case_alone_are_two(spark):
    """Note and note pass through a table of panels and do no harm to one of counts."""
    from leukon.engines.spark import interpret

    wide = spark.sql("select '1' person, 3.7D wbc, 34 age, 1 note, cast(0.5 as decimal(3,3)) share")
    row = interpret(wide.selectExpr("*", "2 Note"), units=UNITS).collect()[0]
    assert (row["note"], row["Note"], row["share"], row["wbc_flag"]) == (
        1,
        2,
        Decimal("0.5"),
        "low",
    )
    long = spark.createDataFrame([("1", "2024-01-01", "F", 34, "WBC", "3.7", "10*9/L")], LONG)
    row = interpret(long.selectExpr("1 note", "*", "2 Note", "'x' PERSON")).collect()[0]
    assert (row["person"], row["wbc_flag"]) == ("1", "low")


def test_persons_are_told_apart_by_every_letter_whatever_the_collation(spark):
    """To Spark ab and AB may be one; their histories are two, and each of them is whole."""
    from leukon.engines.spark import interpret

    rows = [(p, f"202{n % 6}-0{n % 9 + 1}-01", 4.0 + n / 9) for n in range(9) for p in ("ab", "AB")]
    frame = spark.createDataFrame(rows, "person string, drawn_at string, wbc double")
    frame = frame.selectExpr("*", "40 age").coalesce(1)
    collated = frame.selectExpr("person collate UTF8_LCASE person", "drawn_at", "wbc", "age")
    plain, folded = (
        {(row["person"], row["drawn_at"]): row["wbc_own_low"] for row in found.collect()}
        for found in (interpret(one, units=UNITS, setpoint=True) for one in (frame, collated))
    )
    assert plain == folded
    assert len(set(plain.values())) > 2


def test_counts_are_gathered_to_panels_and_no_row_is_lost(spark):
    """A row a count: a specimen is whole wherever its rows are; a row without a key is listed."""
    from leukon.engines.spark import interpret, refused

    counts = [("WBC", "3.9", "10*9/L"), ("NEUT", "30", "%"), ("SODIUM", "140", "mmol/L")]
    rows = [(f"P{n}", "2024-01-01", "female", 34, *count) for count in counts for n in range(40)]
    rows += [(None, "2024-01-01", "female", 34, "WBC", "3.9", "10*9/L")]
    rows += [("P3", "2024-01-01", "female", 34, "LYMPH", "much", "10*9/L")]
    rows += [("P4", "2024-01-01", "male", 34, "LYMPH", "1.2", "10*9/L")]
    frame = spark.createDataFrame(rows, LONG).repartition(5)
    found = {row["person"]: row for row in interpret(frame).collect()}
    assert sorted(found) == sorted({f"P{n}" for n in range(40)})
    assert {row["neut"] for person, row in found.items() if person != "P4"} == {1.17}
    assert found["P3"]["lymph_reason"] == "not-read"
    assert found["P4"]["wbc_reason"] == "contradictory"
    listed = {(r["person"], r["reason"], r["lost"]) for r in refused(frame).collect()}
    assert listed == {
        (None, "not-read", True),
        ("P3", "not-read", False),
        ("P4", "contradictory", False),
    }


def test_a_table_of_other_tests_alone_is_refused(spark):
    """Nothing is lost in silence: the names that were seen are said before any result is made."""
    from leukon.engines.spark import interpret

    rows = [("P1", "2024-01-01", "female", 34, "SODIUM", "140", "mmol/L")]
    with pytest.raises(TableRefused, match=r"'SODIUM' \(1\)"):
        interpret(spark.createDataFrame(rows, LONG))


def test_an_empty_table_has_the_columns_and_no_rows(spark, panels):
    """No rows in, no rows out."""
    from leukon.engines.spark import interpret

    none = interpret(panels.limit(0), units=UNITS)
    assert "wbc_flag" in none.columns
    assert none.collect() == []
    assert interpret(spark.createDataFrame([], LONG)).collect() == []


def test_a_stream_of_panels_is_interpreted_and_one_of_counts_is_refused(spark, tmp_path):
    """A row a panel needs no other row; a specimen in a stream is never whole."""
    from leukon.engines.spark import interpret

    spark.createDataFrame(PANELS, WIDE).write.parquet(str(tmp_path / "in"))
    stream = spark.readStream.schema(WIDE).parquet(str(tmp_path / "in"))
    found = interpret(stream, units=UNITS)
    writing = found.writeStream.format("memory").queryName("flags").trigger(availableNow=True)
    writing.start().awaitTermination(60)
    assert spark.table("flags").where("wbc_flag = 'low'").count() == 1
    with pytest.raises(UnitRefused):
        interpret(stream)
    counts = spark.readStream.schema(LONG).parquet(str(tmp_path / "in"))
    with pytest.raises(TableRefused, match="stream"):
        interpret(counts)


def test_a_fault_in_a_worker_tells_no_value(panels, monkeypatch):
    """What goes wrong in a worker is named by its place: exceptions may quote the cell."""
    from pyspark.errors import PythonException

    from leukon.engines.spark import interpret

    def broken(_plan, batches):
        for batch in batches:
            raise ValueError(f"cannot read {batch.column(0)[0]} of Smith")
            yield

    monkeypatch.setattr("leukon.engines.spark.panels_of_rows", broken)
    with pytest.raises(PythonException) as caught:
        interpret(panels, units=UNITS).collect()
    assert "ValueError in" in str(caught.value)
    assert "Smith" not in str(caught.value)
