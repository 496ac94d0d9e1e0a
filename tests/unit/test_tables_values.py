"""Cells become canonical numbers, in whatever type and unit they come, or say why they do not."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukon.analytes import Analyte
from leukon.errors import TableRefused, UnitRefused
from leukon.readers.columns import fold_name, named_count, recognise, table
from leukon.readers.mapping import declared
from leukon.readers.numerals import read_measured
from leukon.readers.sources import Block
from leukon.readers.values import parse, shortest
from leukon.readers.wide import check_units, read_wide
from leukon.reasons import Reason

CELLS = {"": "10*9/L"}


def reading(columns, units=CELLS, mapping=None):
    """A table read as panels; columns are lists or Arrow arrays."""
    said = declared(units, mapping)
    batch = pa.RecordBatch.from_pydict(columns)
    found = recognise(batch.schema.names, said)
    block = Block(batch, np.arange(1, batch.num_rows + 1), [])
    check_units(block, found, said)
    return read_wide(block, found, said)


def values(chunk, analyte="WBC"):
    """The values of an analyte, None where there is none."""
    column = chunk.batch.counts[Analyte(analyte)]
    return [None if np.isnan(value) else value for value in column.values.tolist()]


def reasons(chunk, analyte="WBC"):
    """The reasons of an analyte."""
    found = chunk.batch.counts[Analyte(analyte)].reasons
    size = chunk.batch.size
    return [Reason(code) for code in ([0] * size if found is None else found.tolist())]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([3.7, None, 0.1, 14.9], pa.float64()),
        pa.array([3.7, None, 0.1, 14.9], pa.float32()),
        pa.array([Decimal("3.7"), None, Decimal("0.1"), Decimal("14.9")], pa.decimal128(9, 1)),
        pa.array(["3.7", None, " 0.1", "14.90"]),
        pa.array(["3.7", "NA", "0.1", "14.9"], pa.large_string()),
        pa.array(["3.7", "", "0.1", "14.9"]).dictionary_encode(),
    ],
    ids=["double", "float", "decimal", "text", "large", "dictionary"],
)
def test_every_type_of_column_gives_the_same_numbers(column):
    """32-bit numbers are read as their shortest decimal, decimals exactly, text strictly."""
    assert values(reading({"wbc": column})) == [3.7, None, 0.1, 14.9]


def test_per_microlitre_is_divided_by_a_thousand():
    """3,810 /uL and 3.81 10*9/L are the same number, to the last bit."""
    counts = np.arange(0, 500_000, 7)
    found = reading({"wbc": pa.array(counts)}, {"": "/uL"}).batch.counts[Analyte.WBC].values
    assert (found == counts / 1000).all()


@given(st.floats(0, 500, width=32))
def test_a_32_bit_number_is_its_shortest_decimal(number):
    """The decimal that numpy prints for a 32-bit number is the number that is meant."""
    narrow = np.array([number], dtype=np.float32)
    assert shortest(narrow)[0] == float(str(narrow[0]))


@given(st.lists(st.text("0123456789.,-<>eE +/%LKu", max_size=8), max_size=20))
def test_a_column_is_read_as_its_cells_one_by_one(texts):
    """Fast paths change nothing: each cell is what `read_measured` says of it."""
    cells = parse(pa.array(texts, pa.string()))
    for place, text in enumerate(texts):
        try:
            printed, unit = read_measured(text)
        except Exception:
            assert cells.reasons[place] == Reason.NOT_READ
            continue
        found = cells.numbers[place]
        assert (None if np.isnan(found) else found) == printed.value
        own = -1 if cells.own is None else cells.own[place]
        assert ("" if own < 0 else cells.own_units[own]) == unit


def test_bad_cells_are_listed_and_leave_the_panel_in_place():
    """NaN, negative, impossible, separated, infinite: a reason each, no value in any message."""
    texts = ["NaN", "-1.25", "1e308", "3,817", "3 817", "3817", "inf", "pending", "3.8"]
    chunk = reading({"wbc": texts})
    assert values(chunk) == [None] * 8 + [3.8]
    assert [reason.slug for reason in reasons(chunk)] == [
        "value-missing",
        "impossible",
        "impossible",
        "not-read",
        "not-read",
        "impossible",
        "not-read",
        "pending",
        "",
    ]
    listed = [refusal for group in chunk.refused for refusal in group]
    assert sorted(refusal.row for refusal in listed) == [2, 3, 4, 5, 6, 7]
    for refusal in listed:
        assert refusal.field == "wbc"
        assert not any(text in refusal.message + refusal.hint for text in texts if len(text) > 3)


@pytest.mark.parametrize("column", [pa.array([3.7]), pa.array(["3.7"])], ids=["number", "text"])
def test_a_column_without_a_unit_refuses_the_file(column):
    """No unit is guessed from size; the hint says what to add."""
    with pytest.raises(UnitRefused, match="column 'wbc'") as refused:
        reading({"wbc": column}, {})
    assert "--unit 10*9/L" in refused.value.hint


def test_the_unit_of_cells_is_none_of_haemoglobin():
    """A common default does not reach haemoglobin: the hint says how to declare it."""
    with pytest.raises(UnitRefused, match="HGB has no unit") as refused:
        reading({"wbc": [3.7], "hgb": [12.0]})
    assert "--unit HGB=g/dL" in refused.value.hint
    chunk = reading({"wbc": [3.7], "hgb": [12.0]}, {**CELLS, "HGB": "g/dL"})
    assert values(chunk, "HGB") == [120.0]


def test_a_unit_column_is_read_row_by_row():
    """Several spellings in one column; a missing one takes the default, a doubtful one is refused."""
    columns = {"wbc": [3.7, 3810.0, 3.9, 4.0], "unit": ["K/uL", "/uL", None, "X103"]}
    chunk = reading(columns, {})
    assert values(chunk) == [3.7, 3.81, None, None]
    assert reasons(chunk)[2:] == [Reason.UNIT_MISSING, Reason.UNIT_REFUSED]
    assert values(reading(columns)) == [3.7, 3.81, 3.9, None]
    declared_spelling = {"units": {"X103": "10*3/uL"}}
    assert values(reading(columns, CELLS, declared_spelling)) == [3.7, 3.81, 3.9, 4.0]


def test_units_behind_the_numbers_are_read():
    """Two units in one column of text are each what they say."""
    chunk = reading({"wbc": ["3.7 K/uL", "3810/uL", "3.9 Smith", "4.1"]}, {})
    assert values(chunk) == [3.7, 3.81, None, None]
    assert reasons(chunk)[2:] == [Reason.UNIT_REFUSED, Reason.UNIT_MISSING]
    assert not any("Smith" in r.message + r.hint for group in chunk.refused for r in group)


def test_a_unit_of_another_kind_is_refused():
    """A percentage column in cells per litre contradicts its name."""
    chunk = reading({"wbc": [5.0], "neut_pct": [40.0], "neut_pct_unit": ["10*9/L"]})
    assert np.isnan(chunk.batch.percents[Analyte.NEUT].values[0])


def test_a_column_of_no_kind_with_units_holds_counts_and_percentages():
    """In `neut` with a unit column, % rows are percentages and the others counts."""
    chunk = reading({"neut": [40.0, 2.1], "neut_unit": ["%", "10*9/L"]})
    assert values(chunk, "NEUT") == [None, 2.1]
    assert chunk.batch.percents[Analyte.NEUT].values[0] == 40.0


def test_a_percentage_over_100_is_impossible():
    """Of nucleated red cells there may be more than white cells."""
    chunk = reading({"neut_pct": [101.0], "nrbc": [250.0]}, {**CELLS, "NRBC": "/100 WBC"})
    assert np.isnan(chunk.batch.percents[Analyte.NEUT].values[0])
    assert chunk.batch.percents[Analyte.NRBC].values[0] == 250.0


def test_two_columns_of_one_analyte_must_agree():
    """Equal values are one; different ones are a duplicate; an unread one leaves a doubt."""
    chunk = reading({"wbc": ["3.7", "3.7", "", "3.7"], "leukocytes": ["3.7", "3.8", "3.8", "x"]})
    assert values(chunk) == [3.7, None, 3.8, None]
    assert reasons(chunk)[1] is Reason.DUPLICATE
    assert reasons(chunk)[3] is Reason.NOT_READ


@pytest.mark.parametrize("kind", [pa.list_(pa.float64()), pa.bool_(), pa.timestamp("s")])
def test_a_column_that_holds_no_numbers_refuses_the_file(kind):
    """Lists, truths and dates are no counts."""
    with pytest.raises(TableRefused, match="no numbers"):
        reading({"wbc": pa.array([None, None], kind)})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("WBC", ("WBC", "", "")),
        ("Leukocytes", ("WBC", "", "")),
        ("Absolute Neutrophils", ("NEUT", "count", "")),
        ("NEUT%", ("NEUT", "percent", "%")),
        ("Neutrophil #", ("NEUT", "count", "")),
        ("ANC", ("NEUT", "count", "")),
        ("hgb_g_dl", ("HGB", "mass", "g/dL")),
        ("wbc_10e9_l", ("WBC", "count", "10*9/L")),
        ("LBXWBCSI", ("WBC", "count", "10*3/uL")),
        ("LBDNENO", ("NEUT", "count", "10*3/uL")),
        ("LBXNEPCT", ("NEUT", "percent", "%")),
    ],
)
def test_names_of_columns_are_recognised(name, expected):
    """Case, blanks and signs do not matter; an ending or a beginning says the kind and the unit."""
    found = named_count(fold_name(name), "wide")
    assert (found.analyte, found.kind, found.unit) == expected


@pytest.mark.parametrize("name", ["wbc_lo", "wbc_hi", "wbc_g_l", "race", "mcv_fl", "rdw_pct", "ig"])
def test_other_names_are_no_counts(name):
    """A limit, a red-cell index or a grouping of people is passed through."""
    assert named_count(fold_name(name), "wide") is None


def test_race_and_ethnicity_have_no_role():
    """Duffy status is tested or asked: no column of race or ethnicity is known to the table."""
    assert not [row for row in table() if "race" in row.name or "ethnic" in row.name]


def test_a_file_without_counts_is_refused():
    """A table of diagnoses is no table of counts."""
    with pytest.raises(TableRefused, match="no column is recognised"):
        reading({"code": ["D70"], "person": [1]})


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"colums": {}}, "means nothing"),
        ({"columns": "wbc"}, "wrong shape"),
        ({"columns": {"foo": "wbc"}}, "means nothing"),
        ({"columns": {"wbc": "Leukozyten"}}, "has none"),
        ({"decimal": ";"}, "decimal"),
        ({"nrbc": "perhaps"}, "means nothing"),
        ({"unit": 3}, "wrong shape"),
    ],
)
def test_a_map_file_that_says_nothing_known_is_refused(mapping, says):
    """A slip in a map file is named; it never silently has no effect."""
    with pytest.raises(TableRefused, match=says):
        reading({"wbc": [3.7]}, CELLS, mapping)


def test_a_map_file_names_columns_and_units():
    """Ours = theirs; the owner's column takes the place of one that merely has the name."""
    mapping = {
        "columns": {"wbc": "Leuko", "neut_pct": "NG"},
        "unit_of": {"WBC": "/uL"},
        "nrbc": "uncorrected",
    }
    chunk = reading({"Leuko": [3700.0], "NG": [40.0], "wbc": [9.9]}, {}, mapping)
    assert values(chunk) == [3.7]
    assert chunk.batch.percents[Analyte.NEUT].values[0] == 40.0
    assert chunk.batch.wbc_correction == 1


@pytest.mark.parametrize(
    "columns",
    [
        {"wbc": [5000.0], "wbc_unit": ["10*9/L"], "wbc_units": ["/uL"]},
        {"wbc": [5000.0], "unit": ["/uL"], "units": ["10*9/L"]},
        {"wbc_k_ul": [5.0], "wbc_k_ul_unit": ["/uL"]},
    ],
)
def test_two_units_of_one_count_are_refused(columns):
    """Safety rule 1: where two columns give the unit of a count, either may be right."""
    with pytest.raises(TableRefused, match="both give the unit"):
        reading(columns)
