"""Every Arrow type in every place of a table: read rightly, passed through, or refused by name."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leukon.engines.local import interpret_table
from leukon.errors import LeukonError

UNITS = {"": "10*9/L"}
ROLES = ("wbc", "neut_pct", "drawn_at", "birth", "age_years", "sex", "person", "practice", "duffy")
NUMBERS = {
    "float16": pa.array([3.7, None], pa.float16()),
    "float32": pa.array([3.7, None], pa.float32()),
    "decimal32": pa.array([Decimal("3.70"), None], pa.decimal32(5, 2)),
    "decimal128": pa.array([Decimal("3.70"), None], pa.decimal128(10, 2)),
    "decimal256": pa.array([Decimal("3.70"), None], pa.decimal256(50, 2)),
    "large text": pa.array(["3.7", None], pa.large_string()),
    "view of text": pa.array(["3.7", None], pa.string_view()),
    "texts as kinds": pa.array(["3.7", None]).dictionary_encode(),
    "numbers as kinds": pa.array([3.7, None]).dictionary_encode(),
}
DAY = dt.date(2020, 1, 1)
OTHERS = {
    "nothing": pa.nulls(2),
    "truth": pa.array([True, None]),
    "huge": pa.array([2**63 + 5, None], pa.uint64()),
    "bytes": pa.array([b"3.7", None]),
    "days as kinds": pa.array([DAY, None]).dictionary_encode(),
    "list": pa.array([[3.7], None]),
    "structure": pa.array([{"a": 1}, None]),
    "map": pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int32())),
    "far day": pa.array([2**31 - 1, -(2**31)], pa.int32()).cast(pa.date32()),
    "date64": pa.array([DAY, None], pa.date64()),
    "far moment": pa.array([2**62, -(2**62)], pa.timestamp("us")),
    "nanosecond": pa.array([2**62, -(2**62)], pa.timestamp("ns")),
    "zone": pa.array([dt.datetime(2020, 1, 1), None], pa.timestamp("us", "Europe/London")),
    "no zone": pa.array([0, None], pa.timestamp("us", "Mars/Olympus")),
    "time": pa.array([dt.time(1, 2), None], pa.time64("ns")),
    "duration": pa.array([dt.timedelta(days=9), None], pa.duration("us")),
    "uuid": pa.array([b"0" * 16, None], pa.uuid()),
    "far text": pa.array(["99999-01-01", "0001-01-01"]),
}


def table(role, column, *, long):
    """A table with one column of a rare type."""
    columns = {
        "sex": pa.array(["F", "M"]),
        "wbc": pa.array([3.7, 5.0]),
        "birth": pa.array(["1980-01-01", "1980-01-01"]),
        "drawn_at": pa.array(["2020-01-01", "2020-01-02"]),
    }
    columns[role] = column
    if long:
        value = columns.pop("wbc")
        columns |= {"test": pa.array(["WBC", "WBC"]), "value": value}
        columns["specimen_id"] = pa.array(["1", "2"])
    return pa.table(columns)


def refusal(path, out):
    """Why a file is refused; None where it is not."""
    try:
        summary = interpret_table(path, units=UNITS, out=out, keep=2)
    except LeukonError as refused:
        return refused
    assert summary.panels + summary.rows_refused == 2
    return None


@pytest.mark.parametrize("name", [*NUMBERS, *OTHERS])
def test_a_rare_type_is_read_or_refused_by_name(tmp_path, name):
    """Never a fault: what leukon refuses has a message and a hint."""
    path = tmp_path / "in.parquet"
    column = {**NUMBERS, **OTHERS}[name]
    for role in ROLES:
        for long in (False, True):
            pq.write_table(table(role, column, long=long), path)
            refused = refusal(path, tmp_path / "out.parquet")
            assert refused is None or refused.hint


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_a_number_in_every_type(tmp_path, name):
    """The shortest decimal, whatever it is stored as; 16 bits hold three digits."""
    path, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(table("wbc", NUMBERS[name], long=False), path)
    interpret_table(path, units=UNITS, out=out)
    wanted = pytest.approx(3.7, abs=0.002) if name == "float16" else 3.7
    assert pq.read_table(out)["wbc"].to_pylist() == [wanted, None]


@pytest.mark.parametrize("name", OTHERS)
def test_a_rare_type_is_passed_through(tmp_path, name):
    """To Parquet always, to lines and CSV where they can hold it, else with a named refusal."""
    path = tmp_path / "in.parquet"
    pq.write_table(table("remark_of_theirs", OTHERS[name], long=False), path)
    for ending in ("parquet", "csv", "ndjson"):
        refused = refusal(path, tmp_path / f"out.{ending}")
        assert refused is None or (ending, refused.exit_code) == ("csv", 2)
