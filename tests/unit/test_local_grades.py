"""`--scale` on files: the grade columns say what the oracle says, and what one panel says."""

import csv
import json

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukon.engines.local import interpret_table
from leukon.errors import UsageError
from leukon.scales import loads, resolve
from support.plain_grades import Case, plain_grade

SCALES = ("ctcae-5.0", "ctcae-6.0", "daids-2.1", "words-neutropenia")
COUNTS = ("wbc", "neut", "lymph")
UNITS = {"": "10*9/L"}
HEAD = "age,analyte,value,unit,specimen_id\n"
AGES = ("", "1d", "5d", "8d", "61d", "3000d", "12000d")


def values():
    """Counts as a file prints them: on and beside cuts, ranges, and none."""
    on = ["0", "0.1", "0.49", "0.5", "0.75", "1", "1.0001", "1.49", "1.5", "2", "2.99", "3", "3.9"]
    return st.sampled_from(["", "pending", *on, "4.0", "9.5", "<0.1", "<0.5", "<1.2", ">3", "x"])


def graded_file(folder, rows, scales=SCALES):
    """The rows written, interpreted with grades, and read again; with every panel as an object."""
    path, out = folder / "in.csv", folder / "out.parquet"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("age", "sex", *COUNTS), *rows])
    summary = interpret_table(path, out=out, units=UNITS, scales=scales, keep=len(rows))
    return pq.read_table(out).to_pylist(), summary


def days(age):
    return int(age.removesuffix("d")) if age else None


def expected(row, printed, age, scale, kind):
    """What the oracle says of a row, given the limits the file was interpreted by."""
    name = kind.lower()
    if row[name] is None:
        return None, row[f"{name}_reason"]
    sign = printed[0] if printed[0] in "<>" else ""
    said = plain_grade(Case(row[name], sign, row[f"{name}_lower"], days(age)), scale, kind)
    return said.grade, said.reason


@settings(max_examples=30)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(AGES), st.just("female"), *[values()] * 3),
        min_size=1,
        max_size=12,
    )
)
def test_every_grade_of_a_file_is_the_oracles_and_that_of_one_panel(tmp_path_factory, rows):
    """Grades and reasons equal the plain reading of the scale, and `interpret` of the panel."""
    found, summary = graded_file(tmp_path_factory.mktemp("graded"), rows)
    for printed, row, kept in zip(rows, found, summary.kept, strict=True):
        told = {(one.scale, one.analyte): one for one in kept.answer.grades}
        for scale in map(resolve, SCALES):
            for kind in (k for k in scale.analytes if k.lower() in COUNTS):
                name = f"grade_{scale.id}_{kind.lower()}"
                one = told.pop((scale.id, kind))
                rank = None if one.grade is None else scale.rank(one.grade)
                assert (row[name], row[f"{name}_reason"]) == (rank, one.reason)
                cell = printed[2 + COUNTS.index(kind.lower())]
                if one.reason != "no-scale-for-analyte":
                    assert (rank, one.reason) == expected(row, cell, printed[0], scale, kind)
        assert not told


def test_the_summary_counts_grades(tmp_path):
    """By scale, analyte and grade, the mildest first; what has none is counted too."""
    rows = [("12000d", "female", wbc, "0.7", "") for wbc in ("9", "3.5", "3.6", "x")]
    found, summary = graded_file(tmp_path, rows, ("words-neutropenia", "ctcae-6.0"))
    assert summary.grades["ctcae-6.0"]["WBC"] == {"0": 1, "1": 2, "none": 1}
    assert summary.grades["words-neutropenia"] == {"NEUT": {"moderate": 4}}
    assert [row["grade_words-neutropenia_neut"] for row in found] == [2] * 4


def test_grade_columns_come_last_and_are_small_numbers(tmp_path):
    """A grade is an 8-bit number that may be empty; its reason stands beside it."""
    _, summary = graded_file(tmp_path, [("12000d", "male", "3.7", "1.1", "")], ("ctcae-6.0",))
    schema = pq.read_schema(summary.out)
    names = [f"grade_ctcae-6.0_{kind}{end}" for kind in COUNTS for end in ("", "_reason")]
    assert schema.names[-6:] == names
    assert str(schema.field("grade_ctcae-6.0_neut").type) == "int8"


def test_csv_and_ndjson_hold_the_same_grades(tmp_path):
    """The three formats say the same."""
    path = tmp_path / "in.csv"
    path.write_text("age,wbc\n34y,3.7\n34y,\n")
    rows = []
    for ending in ("parquet", "ndjson"):
        out = tmp_path / f"out.{ending}"
        interpret_table(path, out=out, units=UNITS, scales=["ctcae-6.0"])
        as_lines = ending == "ndjson"
        rows.append(
            [json.loads(line) for line in out.read_text().splitlines()]
            if as_lines
            else pq.read_table(out).to_pylist()
        )
    assert rows[0] == rows[1]
    assert [row["grade_ctcae-6.0_wbc"] for row in rows[0]] == [1, None]


def test_a_later_file_without_the_count_has_no_grade(tmp_path):
    """Files with other counts share one table: what is not there has no value to grade."""
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_text(HEAD + "34y,WBC,3.7,10*9/L,1\n34y,NEUT,1.4,10*9/L,1\n")
    second.write_text(HEAD + "34y,WBC,3.7,10*9/L,2\n")
    out = tmp_path / "out.parquet"
    interpret_table([first, second], out=out, scales=["ctcae-6.0"])
    rows = pq.read_table(out).to_pylist()
    assert [row["grade_ctcae-6.0_neut"] for row in rows] == [1, None]
    assert rows[1]["grade_ctcae-6.0_neut_reason"] == "value-missing"


def test_a_grade_that_needs_more_than_a_count_says_what(tmp_path):
    """A scale that asks for a temperature says so in the column of reasons."""
    scale = loads(
        'id = "mine"\nname = "Mine"\nversion = "1"\n[[grades]]\nanalyte = "NEUT"\ngrade = 3\n'
        'high = 1.0\nunit = "10*9/L"\nneeds = "temperature"\n'
    )
    rows, _ = graded_file(tmp_path, [("12000d", "male", "3.7", "0.7", "")], (scale,))
    assert rows[0]["grade_mine_neut"] is None
    assert rows[0]["grade_mine_neut_reason"] == "needs-temperature"


def test_a_scale_named_twice_is_used_once_and_another_of_its_name_is_refused(tmp_path):
    """Columns are named by the scale's id, which must mean one scale."""
    row = [("12000d", "male", "3.7", "0.7", "")]
    rows, _ = graded_file(tmp_path, row, ("ctcae-6.0", "ctcae-6.0"))
    assert sum(name.startswith("grade_ctcae-6.0_neut") for name in rows[0]) == 2
    other = loads('id = "ctcae-6.0"\nname = "Other"\nversion = "6.0"\ngrades = []\n')
    with pytest.raises(UsageError, match="two scales have the id"):
        graded_file(tmp_path, row, ("ctcae-6.0", other))
    with pytest.raises(UsageError, match="no severity scale is called"):
        graded_file(tmp_path, row, ("ctcae-7",))


def test_the_generator_reaches_every_reason(tmp_path):
    """The counts invented above reach each grade and the reasons a shipped scale can give."""
    printed = ("", "pending", "0", "0.1", "0.75", "1.2", "1.49", "2.5", "9.5", "<0.5", "<1.2", "x")
    rows = [
        (age, "female", *(value if kind == one else "" for kind in COUNTS))
        for age in AGES
        for value in printed
        for one in COUNTS
    ]
    found, _ = graded_file(tmp_path, rows)
    names = [name for name in found[0] if name.startswith("grade_") and not name.endswith("reason")]
    assert {row[name] for row in found for name in names} == {None, 0, 1, 2, 3, 4}
    reasons = {row[f"{name}_reason"] for row in found for name in names}
    assert {
        "",
        "age-missing",
        "comparator",
        "lln-missing",
        "no-scale-for-analyte",
        "no-stratum-for-age",
        "not-read",
        "pending",
        "value-missing",
    } <= reasons
