"""A row a count: gathered by specimen, whatever the order, with nothing hidden."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leukon.analytes import Analyte
from leukon.errors import TableRefused, UnitRefused
from leukon.readers import runs, sources
from leukon.readers.tables import open_table
from leukon.reasons import Reason

HEAD = "person,drawn_at,test,value,unit,age,sex\n"


@pytest.fixture
def panels(tmp_path):
    """Reads a long table from text: panels as dictionaries, the refusals, the table itself."""

    def read(text, units=None, mapping=None):
        path = tmp_path / "in.csv"
        path.write_text(text)
        table = open_table(path, units=units or {}, mapping=mapping)
        found, refused = [], []
        for chunk in table:
            refused += [refusal for group in chunk.refused for refusal in group]
            found += list(_panels(chunk))
        return found, sorted(refused, key=lambda refusal: refusal.row), table

    return read


def _panels(chunk):
    columns = [(str(kind), column) for kind, column in chunk.batch.counts.items()]
    columns += [(f"{kind}%", column) for kind, column in chunk.batch.percents.items()]
    for row in range(chunk.batch.size):
        panel = dict(chunk.columns.slice(row, 1).to_pylist()[0])
        for name, column in columns:
            reason = 0 if column.reasons is None else int(column.reasons[row])
            value = column.values[row]
            panel[name] = Reason(reason).slug if np.isnan(value) else value
        yield panel


def test_counts_of_one_specimen_become_a_panel(panels):
    """Person and draw make the specimen; tests that are no counts are counted by name."""
    found, refused, table = panels(
        HEAD + "2,2020-01-01,WBC,5,K/uL,40,M\n1,2020-01-02,Neut %,30,%,34,F\n"
        "1,2020-01-02,WBC,3700,/uL,34,F\n1,2020-01-02,MCV,90,fL,34,F\n1,2020-01-01,WBC,4,K/uL,34,F\n"
    )
    assert [(p["person"], p["drawn_at"], p["WBC"], p["NEUT%"]) for p in found] == [
        ("1", "2020-01-01", 4.0, "value-missing"),
        ("1", "2020-01-02", 3.7, 30.0),
        ("2", "2020-01-01", 5.0, "value-missing"),
    ]
    assert not refused
    assert table.ignored == {"MCV": 1}


def test_the_same_value_twice_is_one_and_two_values_are_a_duplicate(panels):
    """3.81 10*9/L and 3810 /uL agree; 3.8 and 3.81 do not, and neither is taken."""
    found, _, _ = panels(
        HEAD + "1,2020-01-01,WBC,3.81,10*9/L,34,F\n1,2020-01-01,WBC,3810,/uL,34,F\n"
        "2,2020-01-01,WBC,3.81,10*9/L,34,F\n2,2020-01-01,WBC,3.8,10*9/L,34,F\n"
        "3,2020-01-01,WBC,0.1,10*9/L,34,F\n3,2020-01-01,WBC,<0.1,10*9/L,34,F\n"
        "4,2020-01-01,WBC,,10*9/L,34,F\n4,2020-01-01,WBC,3.9,10*9/L,34,F\n"
    )
    assert [p["WBC"] for p in found] == [3.81, "duplicate", "duplicate", 3.9]


def test_a_value_that_cannot_be_read_beside_one_that_can_leaves_a_doubt(panels):
    """Which of the two counts is not known; the bad cell is listed by its line."""
    found, refused, _ = panels(
        HEAD + "1,2020-01-01,WBC,3.7,10*9/L,34,F\n1,2020-01-01,WBC,x,10*9/L,34,F\n"
    )
    assert found[0]["WBC"] == "not-read"
    assert [(r.row, r.field, r.reason) for r in refused] == [(3, "value", "not-read")]


def test_units_that_cannot_be_read_leave_the_panel_with_the_reason(panels):
    """Missing, doubtful and unknown units: undetermined, and listed with the spelling."""
    found, refused, _ = panels(
        HEAD + "1,2020-01-01,WBC,3.7,,34,F\n2,2020-01-01,WBC,3.7,X 10 3,34,F\n"
        "3,2020-01-01,WBC,3.7,K/foo,34,F\n4,2020-01-01,WBC,3.7,Mr Smith,34,F\n"
    )
    assert [p["WBC"] for p in found] == ["unit-missing", *["unit-refused"] * 3]
    assert "'K/foo'" in refused[2].message
    assert "Smith" not in refused[3].message


def test_a_row_that_names_no_specimen_is_listed_as_lost(panels):
    """Without a person or a draw a count belongs to no panel."""
    found, refused, _ = panels(
        HEAD + ",2020-01-01,WBC,3.7,K/uL,34,F\n1,,WBC,3.7,K/uL,34,F\n2,2020-01-01,WBC,5,K/uL,34,F\n"
    )
    assert len(found) == 1
    assert [(r.row, r.lost) for r in refused] == [(2, True), (3, True)]


def test_rows_of_one_specimen_must_agree_on_the_person(panels):
    """A specimen of a woman and of a man is of neither: contradictory, and listed."""
    found, refused, _ = panels(
        HEAD + "1,2020-01-01,WBC,3.7,K/uL,34,F\n1,2020-01-01,NEUT,1.1,K/uL,34,M\n"
        "2,2020-01-01,WBC,3.7,K/uL,34,F\n2,2020-01-01,NEUT,1.1,K/uL,,\n"
    )
    assert found[0]["WBC"] == found[0]["NEUT"] == "contradictory"
    assert (found[1]["WBC"], found[1]["NEUT"]) == (3.7, 1.1)
    assert [r.reason for r in refused] == ["contradictory"]


@pytest.mark.parametrize(
    ("head", "facts"),
    [
        ("age,birth", "34,1960-01-01"),
        ("sex,pregnant", "M,true"),
        ("trimester,pregnancy_weeks", "1,30"),
    ],
)
def test_facts_of_a_specimen_must_go_together(panels, head, facts):
    """What one row, or two rows of a specimen, say of the person is held against each other."""
    first, second = facts.split(",")
    found, refused, _ = panels(
        f"person,drawn_at,test,value,unit,{head}\n1,2020-01-01,WBC,3.7,K/uL,{facts}\n"
        f"2,2020-01-01,WBC,3.7,K/uL,{first},\n2,2020-01-01,NEUT,1.1,K/uL,,{second}\n"
    )
    assert [panel["WBC"] for panel in found] == ["contradictory"] * 2
    assert [refusal.reason for refusal in refused] == ["contradictory"] * 2


def test_a_specimen_id_goes_before_the_time(panels):
    """Two specimens of one moment stay two panels."""
    found, _, _ = panels(
        "person,drawn_at,specimen_id,test,value,unit\n1,2020-01-01,a,WBC,3.7,K/uL\n"
        "1,2020-01-01,b,WBC,3.8,K/uL\n1,2020-01-01,a,NEUT,1.1,K/uL\n"
    )
    assert [(p["specimen_id"], p["WBC"], p["NEUT"]) for p in found] == [
        ("a", 3.7, 1.1),
        ("b", 3.8, "value-missing"),
    ]


def test_codes_say_the_analyte_and_counts_of_other_fluids_are_none(panels):
    """By LOINC: a count of urine is left out by name of its code, a corrected total is known so."""
    found, _, table = panels(
        "person,drawn_at,loinc,value,unit\n1,2020-01-01,33256-9,3.7,K/uL\n"
        "1,2020-01-01,751-8,1.1,K/uL\n1,2020-01-01,5821-4,9,/[HPF]\n"
    )
    assert (found[0]["WBC"], found[0]["NEUT"]) == (3.7, 1.1)
    assert table.ignored == {"5821-4": 1}
    chunks = list(table)
    assert [c.batch.wbc_correction.tolist() for c in chunks if c.batch.size] == [[2]]


def test_another_specimen_at_the_same_time_is_not_of_the_panel(panels):
    """White cells of urine or ascites never become the white cells of blood; controls say so."""
    found, _, table = panels(
        "person,drawn_at,test,value,unit,fluid\n1,2020-01-01,WBC,0.2,K/uL,Ascites\n"
        "1,2020-01-01,WBC,3.7,K/uL,Blood\n2,2020-01-01,WBC,3.7,K/uL,QC\n"
    )
    assert [p["WBC"] for p in found] == [3.7, "quality-control"]
    assert table.ignored == {"in another specimen than blood": 1}


def test_omop_units_and_signs_come_as_concepts(panels):
    """Unit and operator are concepts; where the unit has none, its spelling is read."""
    found, _, _ = panels(
        "person_id,measurement_datetime,measurement_concept_id,value_as_number,unit_concept_id,"
        "operator_concept_id,unit_source_value\n1,2020-01-01T10:00,3000905,3.7,8848,,\n"
        "2,2020-01-01T10:00,3000905,3700,0,,/uL\n3,2020-01-01T10:00,3013650,0.1,8848,4171756,\n"
    )
    assert [p["WBC"] for p in found[:2]] == [3.7, 3.7]
    assert found[2]["NEUT"] == 0.1


def test_cdisc_names_are_known(panels):
    """LBTESTCD, LBORRES and LBORRESU by subject and time."""
    found, _, _ = panels(
        "USUBJID,LBDTC,LBTESTCD,LBORRES,LBORRESU,LBSPEC\n01,2020-01-01,WBC,5.1,10^9/L,BLOOD\n"
        "01,2020-01-01,NEUTLE,60,%,BLOOD\n01,2020-01-01,NEUTSG,3,10^9/L,BLOOD\n"
    )
    assert (found[0]["WBC"], found[0]["NEUT%"], found[0]["SEG"]) == (5.1, 60, 3)


def test_tests_may_be_named_in_a_map_file(panels):
    """The owner's name of a test is one of ours."""
    mapping = {"tests": {"Leukozyten": "WBC", "Neutrophile": "neut_pct"}}
    text = HEAD + "1,2020-01-01,Leukozyten,3.7,K/uL,34,F\n1,2020-01-01,Neutrophile,30,%,34,F\n"
    found, _, _ = panels(text, mapping=mapping)
    assert (found[0]["WBC"], found[0]["NEUT%"]) == (3.7, 30.0)
    with pytest.raises(TableRefused, match="is no count"):
        panels(text, mapping={"tests": {"Leukozyten": "foo"}})


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("person,test,value,unit\n1,WBC,3.7,K/uL\n", "which counts are of one specimen"),
        ("drawn_at,test,value,unit\n2020-01-01,WBC,3.7,K/uL\n", "whose counts"),
    ],
)
def test_a_table_that_cannot_be_gathered_is_refused(panels, head, says):
    """A person's counts of all times are not one specimen."""
    with pytest.raises(TableRefused, match=says):
        panels(head)


def test_numbers_without_any_unit_refuse_the_file(tmp_path):
    """A long table of bare numbers needs a declared unit."""
    path = tmp_path / "in.parquet"
    columns = {"person": [1], "drawn_at": ["2020-01-01"], "test": ["WBC"], "value": [3.7]}
    pq.write_table(pa.table(columns), path)
    with pytest.raises(UnitRefused, match="no column of units"):
        open_table(path, units={})
    chunks = list(open_table(path, units={"": "K/uL"}))
    assert sum(chunk.batch.size for chunk in chunks) == 1


def test_specimens_are_whole_across_batches_in_any_order(tmp_path, monkeypatch):
    """Shuffled rows, small batches: each panel comes once, with all its counts."""
    monkeypatch.setattr(sources, "BATCH_ROWS", 97)
    for name, size in (("RUN_BYTES", 6000), ("KEPT_BYTES", 9000), ("STEP", 3), ("RANGE_ROWS", 89)):
        monkeypatch.setattr(runs, name, size)
    size, tests = 400, ("WBC", "NEUT", "LYMPH")
    order = np.random.default_rng(7).permutation(size * len(tests))
    columns = {
        "person": np.repeat(np.arange(size), len(tests))[order],
        "drawn_at": np.full(size * len(tests), np.datetime64("2020-01-01")),
        "test": np.tile(np.array(tests), size)[order],
        "value": (np.repeat(np.arange(size), len(tests)) % 50 / 10)[order],
        "unit": np.full(size * len(tests), "K/uL"),
    }
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table(columns), path)
    seen = []
    for chunk in open_table(path, units={}):
        for kind in tests if chunk.batch.size else ():
            expected = chunk.columns.column("person").to_numpy() % 50 / 10
            assert (chunk.batch.counts[Analyte(kind)].values == expected).all()
        seen += chunk.columns.column("person").to_pylist()
    assert seen == list(range(size))


def test_a_failure_while_reading_keeps_its_own_words(tmp_path):
    """A fault deep in a long file comes out as the refusal it is."""
    rows = "".join(f"{n},2020-01-01,WBC,3.7,K/uL,34,F\n" for n in range(200_000))
    path = tmp_path / "in.csv"
    path.write_bytes((HEAD + rows).encode() + b"1,\xb5,WBC\n")
    with pytest.raises(TableRefused, match="line 200002"):
        list(open_table(path, units={}))
