"""`leukon interpret --setpoint`: own levels beside every count, the same whoever works them out."""

from __future__ import annotations

import random
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings

from functional.test_histories import BORN, HISTORIES, UNITS, day, draws, earlier, written
from leukon import interpret
from leukon.analytes import Analyte
from leukon.cli import main
from leukon.engines.local import interpret_table
from leukon.engines.setpoints import own_levels_of_files

CELLS = {"": "10*9/L", "HGB": "g/L"}
KINDS = ("neut", "hgb", "plt")
PARTS = ("low", "high", "falling", "answer", "withheld", "reason")


def own_of(row: dict, kinds: tuple[str, ...] = KINDS) -> list:
    """The own columns of a row, rounded so that engines may add in another order."""
    found = [row[f"{kind}_own_{part}"] for kind in kinds for part in PARTS]
    return [round(one, 6) if isinstance(one, float) else one for one in found]


def key(row: dict) -> tuple[str, str]:
    return str(row["person"]), str(row["drawn_at"])[:10]


@given(draws)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_file_is_answered_as_each_panel_is(tmp_path, rows):
    """Beside every count stands what `interpret(panel, history=)` says of it."""
    out = tmp_path / "out.parquet"
    interpret_table(written(rows, tmp_path / "rows.csv"), units=CELLS, out=out, setpoint=True)
    found = pq.read_table(out).to_pylist()
    assert [key(row) for row in found] == [(row["person"], str(day(row["day"]))) for row in rows]
    for row, got in zip(rows, found, strict=True):
        history = [earlier(other) for other in rows if other["person"] == row["person"]]
        for own in interpret(earlier(row).panel, history=history).setpoint:
            kind = own.analyte.lower()
            assert got[f"{kind}_own_answer"] == own.answer
            assert got[f"{kind}_own_withheld"] == ";".join(own.withheld)
            if own.reason != "all-left-out":
                assert got[f"{kind}_own_reason"] == own.reason
            if own.low is not None:
                ends = [got[f"{kind}_own_low"], got[f"{kind}_own_high"]]
                assert ends == pytest.approx([own.low, own.high], rel=1e-3)
                assert got[f"{kind}_own_falling"] == own.falling


STEADY = (1.4, 1.3, 1.6, 1.2, 1.5, 1.4, 1.5)
PAST = {
    "none": (STEADY, 365),
    "stood-higher": ((2.2, 1.3, 1.4, 1.2, 1.3, 1.4, 1.3, 1.2, 1.3, 1.4, 1.3), 365),
    "severe-before": ((*STEADY[:3], 0.4, *STEADY[3:]), 365),
    "explained": ((*STEADY[:3], 0.4, *STEADY[3:]), 365),
    "sex-differs": (STEADY, 365),
    "few-counts": ((0.6, *(None,) * 7, 1.4, 1.3, 1.5, 1.2, 1.4, 1.3), 31),
}
"""Earlier neutrophils, and the days between them, by what they withhold; None: no draw."""


def told_of(name: str) -> list[dict]:
    """The draws of one person of `PAST`, the last of them at 1.3."""
    values, apart = PAST[name]
    rows = [
        {"person": name, "day": 4000 - apart * back, "neut": value, "hgb": 140, "plt": 220,
         "in_hospital": False, "event": None, "drug": "", "sex": "female"}
        for back, value in enumerate(reversed((*values, 1.3)))
        if value is not None
    ]  # fmt: skip
    rows[5] |= {"in_hospital": name == "explained"}
    rows[5] |= {"sex": "male" if name == "sex-differs" else "female"}
    return rows[::-1]


def test_what_the_earlier_draws_forbid_is_said_of_files_too(tmp_path):
    """A new level, one severe count, two sexes: the table withholds for them as one panel does."""
    rows = [row for name in PAST for row in told_of(name)]
    file, beside, own = (tmp_path / name for name in ("rows.csv", "out.parquet", "own.parquet"))
    interpret_table(written(rows, file), units=CELLS, out=beside, setpoint=True)
    own_levels_of_files(file, Analyte.NEUT, units=CELLS, out=own)
    found = {key(row): row["withheld"] for row in pq.read_table(own).to_pylist()}
    said = {}
    for row, got in zip(rows, pq.read_table(beside).to_pylist(), strict=True):
        history = [earlier(other) for other in rows if other["person"] == row["person"]]
        answer = interpret(earlier(row).panel, history=history, agreement=False)
        level = next(one for one in answer.setpoint if one.analyte == "NEUT")
        if row["person"] != "sex-differs":
            # Whose sex is not known has another centre in a table: the last draw alone is compared.
            assert got["neut_own_withheld"] == ";".join(level.withheld)
        said[row["person"]] = set(level.withheld), got["neut_own_withheld"], found[key(got)]
    for name, (one, *tables) in said.items():
        assert one == {"no-context", name} - {"none", "explained"}
        assert {frozenset(text.split(";")) for text in tables} == {frozenset(one)}


def invented(number: int = 40) -> list[dict]:
    """People with some draws each, in no order."""
    chance = random.Random(5)
    rows = []
    for person in range(number):
        level = chance.uniform(1.2, 5)
        for n in range(chance.randrange(1, 9)):
            drawn = date(2018, 1, 1) + timedelta(days=90 * n + chance.randrange(60))
            rows.append(
                {
                    "person": f"p{person % (number - 2)}",
                    "practice": f"at{person // (number - 2)}",
                    "drawn_at": str(drawn),
                    "birth": str(BORN),
                    "sex": "female",
                    "neut": round(level * chance.uniform(0.6, 1.3), 2),
                    "hgb": chance.choice([118.0, 140.0]),
                    "plt": chance.choice([140.0, 250.0]),
                    "in_hospital": chance.random() < 0.1,
                    "events": "gcsf:2018-06-01" if chance.random() < 0.05 else None,
                }
            )
    chance.shuffle(rows)
    # A draw that cannot be: it stays in the output, and enters nothing.
    rows[3]["drawn_at"] = "1960-01-01"
    return rows


def long_of(rows: list[dict]) -> list[dict]:
    """The same, a row a count."""
    facts = [name for name in rows[0] if name not in KINDS]
    found = []
    for row in rows:
        for kind, unit in (("neut", "10*9/L"), ("hgb", "g/L"), ("plt", "10*9/L")):
            about = {name: row[name] for name in facts}
            found.append({**about, "test": kind, "value": row[kind], "unit": unit})
    random.Random(6).shuffle(found)
    return found


def answered(source: object, out: Path) -> dict[tuple[str, str], list]:
    """What a run says, by person and draw."""
    interpret_table(source, units=CELLS, out=out, setpoint=True)
    files = sorted(out.glob("part-*")) if out.is_dir() else [out]
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    return {(row["practice"], *key(row)): own_of(row) for row in rows}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[tuple[str, str], list]]:
    """Invented people in one file, and what is said of them."""
    folder = tmp_path_factory.mktemp("alone")
    file = folder / "rows.parquet"
    pq.write_table(pa.Table.from_pylist(invented()), file, row_group_size=40)
    return file, answered(file, folder / "out.parquet")


def test_a_folder_is_answered_as_one_file(alone, tmp_path):
    """A person's rows may lie in several files, and the output may be made in parts."""
    source, expected = alone
    whole = pq.read_table(source)
    inputs = tmp_path / "in"
    inputs.mkdir()
    for place in range(3):
        part = whole.take(list(range(place, whole.num_rows, 3)))
        pq.write_table(part, inputs / f"{place}.parquet")
    (tmp_path / "out").mkdir()
    assert answered(inputs, tmp_path / "out") == expected


def test_a_long_table_is_answered_as_a_wide_one(alone, tmp_path):
    """A row a count says the same as a row a panel."""
    file = tmp_path / "long.parquet"
    pq.write_table(pa.Table.from_pylist(long_of(invented())), file)
    assert answered(file, tmp_path / "out.parquet") == alone[1]


@pytest.mark.parametrize("shape", [invented, lambda: long_of(invented())], ids=["wide", "long"])
def test_a_cluster_says_the_same(alone, shape, spark):
    """Local and Spark say the same of every count, a row a panel or a row a count."""
    from leukon.engines.spark import interpret as on_spark

    df = spark.createDataFrame(pa.Table.from_pylist(shape()).to_pandas(), None).repartition(5)
    rows = [row.asDict() for row in on_spark(df, units=CELLS, setpoint=True).collect()]
    assert {(row["practice"], *key(row)): own_of(row) for row in rows} == alone[1]


def test_a_run_in_parts_goes_on_only_with_what_it_began(alone, tmp_path, capsys):
    """A folder begun without own levels is not finished with them."""
    out = f"{tmp_path}/out/"
    words = ["interpret", str(alone[0]), *UNITS, "--out", out]
    assert main(words) in (0, 4)
    assert main([*words, "--setpoint"]) in (2, 3)
    assert main([*words, "--setpoint", "--overwrite"]) in (0, 4)
    assert "neut_own_low" in pq.read_table(f"{out}part-00000.parquet").schema.names
    capsys.readouterr()


def test_own_levels_are_columns(tmp_path, capsys):
    """Without a file to write there is nowhere to put them."""
    out = tmp_path / "out.csv"
    assert main(["interpret", HISTORIES, *UNITS, "--setpoint", "--out", str(out)]) in (0, 4)
    assert "neut_own_answer" in out.read_text().splitlines()[0]
    assert main(["interpret", HISTORIES, *UNITS, "--setpoint"]) == 2
    assert "--setpoint adds columns" in capsys.readouterr().err


def test_a_database_is_not_read_twice(alone, tmp_path, capsys):
    """Its rows may come in another order the second time: refused, and said what to do."""
    import duckdb

    base = tmp_path / "base.duckdb"
    with duckdb.connect(str(base)) as connection:
        connection.execute(f"create table rows as select * from read_parquet('{alone[0]}')")
    words = [str(base), "--table", "rows", *UNITS]
    out = str(tmp_path / "out.parquet")
    assert main(["interpret", *words, "--setpoint", "--out", out]) == 2
    assert "read twice" in capsys.readouterr().err
    assert main(["setpoint", *words, "--out", out]) in (0, 4)
    assert pq.read_table(out).num_rows > 100


@pytest.mark.parametrize("full", ["draws.parquet", "loose.parquet"])
def test_a_temporary_folder_without_room_is_named(tmp_path, monkeypatch, capsys, full):
    """Whatever of the own levels finds no room: what it is, what to do, exit code 3."""

    class Full(tempfile.TemporaryDirectory):
        def __init__(self, **said):
            super().__init__(dir=tmp_path, **said)
            Path(self.name, full).symlink_to("/dev/full")

    monkeypatch.setattr(tempfile, "TemporaryDirectory", Full)
    (tmp_path / "in.csv").write_text("person,drawn_at,age,neut\n1,2024-01-01,40,1.9\n")
    out = tmp_path / "out.parquet"
    asked = ("--unit", "10*9/L", "--setpoint", "--out", str(out))
    assert main(["interpret", str(tmp_path / "in.csv"), *asked]) == 3
    assert "TMPDIR" in capsys.readouterr().err
    assert not out.exists()


def test_rows_that_were_not_there_at_first_are_refused(tmp_path):
    """Own levels are never put beside another panel than theirs."""
    import numpy as np

    from leukon.engines.beside import Beside
    from leukon.errors import TableRefused

    file = tmp_path / "own.parquet"
    pq.write_table(pa.table({"key": [1, 2, 4], "low": [1.0, 2.0, 4.0]}), file, row_group_size=2)
    beside = Beside(str(file))
    assert [column.to_pylist() for column in beside.columns(np.array([2, 4]))] == [[2.0, 4.0]]
    for keys in ([2, 3], [4, 5]):
        with pytest.raises(TableRefused, match="changed while it was read"):
            beside.columns(np.array(keys))
