"""`leukon setpoint` as a user runs it: tables, one person, the report in a real browser."""

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functional.test_report_pictures import DESKTOP, OVERLAPS, PHONE
from leukon import Count, Panel, Person, interpret
from leukon.analytes import Analyte
from leukon.cli import main
from leukon.engines.setpoints import own_levels_of_files
from leukon.setpoints.eligibility import Earlier
from support.needs import REPOSITORY

HISTORIES = str(REPOSITORY / "examples" / "histories.csv")
UNITS = ["--unit", "10*9/L", "--unit", "HGB=g/L"]


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """The exit code, and what was printed to both streams."""
    code = main([str(word) for word in words])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """The example as a table of own levels."""
    out = tmp_path_factory.mktemp("own") / "own.parquet"
    assert main(["setpoint", HISTORIES, *UNITS, "--out", str(out)]) == 4
    return pq.read_table(out).to_pylist()


def of(table: list[dict], person: str) -> list[dict]:
    return [row for row in table if row["person"] == person]


def test_every_row_is_counted(table, tmp_path, capsys):
    """What is read is in the table, or in the list of what was refused."""
    with Path(HISTORIES).open() as lines:
        given_ = len(list(csv.DictReader(lines)))
    out = tmp_path / "own.csv"
    code, printed, said = run(capsys, "setpoint", HISTORIES, *UNITS, "--out", out)
    refused = (tmp_path / "own.csv.refused.csv").read_text()
    assert code == 4
    assert len(table) + len(refused.splitlines()) - 1 == given_
    assert "drawn_at,not-read,the day of the draw cannot be read" in refused
    assert "1 could not be read" in said
    assert "49 draws of 5 people" in printed


def test_rows_are_sorted_and_a_draw_counts_once(table):
    """Rows of any order come by person and time; the same draw twice enters once."""
    keys = [(row["person"], row["drawn_at"]) for row in table]
    assert keys == sorted(keys)
    assert sum(row["left_out"] == "duplicate" for row in table) == 1


def test_who_lives_low_is_told_apart_from_who_falls(table):
    """A low count within the own band, and a count within the definition that is a fall."""
    low, fall, drop = (of(table, who)[-1] for who in ("H01", "H02", "H03"))
    assert (low["flag"], low["answer"], low["withheld"]) == (
        "low",
        "low-by-definition",
        "no-context",
    )
    assert (fall["flag"], fall["answer"], fall["falling"]) == (
        "within",
        "within-but-low-for-you",
        True,
    )
    assert (drop["flag"], drop["answer"]) == ("within", "within-but-low-for-you")


def test_what_was_left_out_says_why(table):
    """In hospital, near an infection, near chemotherapy."""
    said = {row["left_out"] for row in table}
    assert {"in-hospital", "infection-near", "chemotherapy-near"} <= said
    assert all(row["steady"] is None for row in table if row["left_out"])


def test_json_is_a_line_a_draw(capsys):
    """Nothing but JSON on standard output, with the columns of the table."""
    _, out, _ = run(capsys, "setpoint", HISTORIES, *UNITS, "--json", "--person", "H05")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["person"] for row in rows] == ["H05"] * 3
    assert rows[0]["reason"] == "no-history"
    assert rows[-1]["withheld"] == []


def test_the_answer_does_not_depend_on_the_unit(table, tmp_path, capsys):
    """The same file in cells per microlitre and g/dL."""
    with Path(HISTORIES).open() as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        row["neut"] = round(float(row["neut"]) * 1000)
        row["wbc"] = round(float(row["wbc"]) * 1000)
        row["plt"] = round(float(row["plt"]) * 1000)
        row["hgb"] = float(row["hgb"]) / 10
    other = tmp_path / "other.csv"
    with other.open("w") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(reversed(rows))
    out = tmp_path / "own.parquet"
    run(capsys, "setpoint", other, "--unit", "/uL", "--unit", "HGB=g/dL", "--out", out)
    columns = ("person", "drawn_at", "answer", "withheld")
    again = pq.read_table(out).to_pylist()
    assert [[row[c] for c in columns] for row in again] == [
        [row[c] for c in columns] for row in table
    ]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--person", "nobody"], 3, "the person is not in the input"),
        (["--analyte", "EOS"], 2, "there is no model of EOS"),
        (["--out", "own.xlsx"], 2, "the ending of the output is not known"),
        (["--parameters", "none.toml"], 2, "there is no such file of set points"),
        (["--report", HISTORIES], 2, "would be written over the input"),
    ],
)
def test_refusals(words, code, says, capsys, tmp_path, monkeypatch):
    """What is off is said, without a value of a person."""
    monkeypatch.chdir(tmp_path)
    found, _, said = run(capsys, "setpoint", HISTORIES, *UNITS, *words)
    assert found == code
    assert says in said
    assert "nobody" not in said


def test_a_long_table_is_read_too(tmp_path, capsys):
    """A row a count, with what is told of the draw."""
    days = [f"{year}-03-01" for year in range(2015, 2024)]
    lines = ["person,drawn_at,birth,sex,test,value,unit,in_hospital"]
    lines += [
        f"1,{day},1980-01-01,female,NEUT,1.{n + 2},10*9/L,false" for n, day in enumerate(days)
    ]
    lines += ["1,2020-06-01,1980-01-01,female,NEUT,9.1,10*9/L,true"]
    file = tmp_path / "long.csv"
    file.write_text("\n".join(lines) + "\n")
    out = tmp_path / "own.parquet"
    code, _, said = run(capsys, "setpoint", file, "--out", out)
    assert code == 0, said
    rows = pq.read_table(out).to_pylist()
    assert [row["left_out"] for row in rows if row["value"] > 9] == ["in-hospital"]
    assert rows[-1]["counts_used"] == 8


START, BORN = date(2015, 1, 1), date(1970, 6, 1)
draws = st.lists(
    st.fixed_dictionaries(
        {
            "person": st.sampled_from(["a", "b"]),
            "day": st.integers(0, 2500),
            "neut": st.floats(0.5, 8).map(lambda v: round(v, 1)),
            "hgb": st.sampled_from([110, 140]),
            "plt": st.sampled_from([40, 220]),
            "in_hospital": st.sampled_from([False, False, False, True]),
            "event": st.none() | st.tuples(st.sampled_from(["gcsf", "infection", "birth"]),
                                           st.integers(0, 2500)),
            "drug": st.sampled_from(["", "", "carbimazole"]),
        }
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda row: (row["person"], row["day"]),
)  # fmt: skip


def day(number: int) -> date:
    return START + timedelta(days=number)


def earlier(row: dict) -> Earlier:
    events = [] if row["event"] is None else [(row["event"][0], day(row["event"][1]))]
    counts = [Count("NEUT", row["neut"], "10*9/L"), Count("HGB", row["hgb"], "g/L"),
              Count("PLT", row["plt"], "10*9/L")]  # fmt: skip
    age = f"{(day(row['day']) - BORN).days}d"
    panel = Panel(Person(age=age, sex=row.get("sex", "female")), counts, drawn_at=day(row["day"]))
    drugs = [row["drug"]] if row["drug"] else []
    return Earlier(panel=panel, in_hospital=row["in_hospital"], events=events, drugs=drugs)


def written(rows: list[dict], file: Path) -> Path:
    names = (
        "person",
        "drawn_at",
        "birth",
        "sex",
        "neut",
        "hgb",
        "plt",
        "in_hospital",
        "events",
        "drugs",
    )
    lines = [",".join(names)]
    for row in rows:
        event = "" if row["event"] is None else f"{row['event'][0]}:{day(row['event'][1])}"
        lines.append(
            f"{row['person']},{day(row['day'])},{BORN},{row.get('sex', 'F')},{row['neut']},{row['hgb']},{row['plt']},"
            f"{row['in_hospital']},{event},{row['drug']}"
        )
    file.write_text("\n".join(lines) + "\n")
    return file


@given(draws)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_file_is_answered_as_each_panel_is(tmp_path, rows):
    """The table says of each draw what `interpret(panel, history=)` says of it."""
    units = {"": "10*9/L", "HGB": "g/L"}
    out = tmp_path / "own.parquet"
    own_levels_of_files(written(rows, tmp_path / "rows.csv"), Analyte.NEUT, units=units, out=out)
    found = {(row["person"], row["drawn_at"].date()): row for row in pq.read_table(out).to_pylist()}
    assert len(found) == len(rows)
    for row in rows:
        history = [earlier(other) for other in rows if other["person"] == row["person"]]
        answer = interpret(earlier(row).panel, history=history)
        own = next(one for one in answer.setpoint if one.analyte == "NEUT")
        got = found[row["person"], day(row["day"])]
        assert got["answer"] == own.answer
        others = {"another-low-for-you", "falling"}
        assert set(filter(None, got["withheld"].split(";"))) - others == set(own.withheld) - others
        if own.reason != "all-left-out":
            assert got["reason"] == own.reason
        if own.low is not None:
            assert [got["low"], got["high"]] == pytest.approx([own.low, own.high], rel=1e-3)
            assert (got["counts_used"], got["first"]) == (own.counts_used, own.first)
            assert got["falling"] == own.falling


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_report_fits_its_window(size, window, tmp_path, capsys):
    """No sideways scrolling, no text over another, nothing asked of the net."""
    file = tmp_path / "report.html"
    run(capsys, "setpoint", HISTORIES, *UNITS, "--report", file)
    page = window(viewport=size)
    page.goto(file.as_uri())
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    assert page.evaluate(OVERLAPS) == []
    assert page.locator("svg:visible").count() == 5
    assert page.get_by_text("5 of 5 people are shown").is_visible()
    assert len(page.requests) == 1


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_many_counts_of_a_few_days_stand_apart(size, window, tmp_path, capsys):
    """A stay in hospital: many counts within days, some of them far beyond the axis."""
    lines = ["person,drawn_at,birth,sex,neut"]
    steady = [f"{year}-0{month}-01,3.{month}" for year in range(2015, 2022) for month in (2, 8)]
    stay = [f"2018-03-{n + 1:02d},{(22, 60, 160, 300)[n % 4]}.5" for n in range(28)]
    fall = [f"2022-{n + 1:02d}-15,{1.9 - 0.1 * n:.1f}" for n in range(10)]
    lines += [
        f"1,{row.split(',')[0]},1970-01-01,F,{row.split(',')[1]}" for row in steady + stay + fall
    ]
    file, report = tmp_path / "stay.csv", tmp_path / "stay.html"
    file.write_text("\n".join(lines) + "\n")
    run(capsys, "setpoint", file, "--unit", "10*9/L", "--report", report)
    page = window(viewport=size)
    page.goto(report.as_uri())
    assert page.evaluate(OVERLAPS) == []
    assert "↑" in page.locator("svg:visible").first.text_content()


def test_the_report_says_it_in_one_sentence(tmp_path, capsys):
    """The definition, the person's own range, how many counts since when, and the slow fall."""
    file = tmp_path / "report.html"
    run(capsys, "setpoint", HISTORIES, *UNITS, "--report", file)
    page = file.read_text()
    sentence = (
        "Low by the definition (1.5), but within the range of this person&#x27;s 8 counts since"
    )
    assert sentence in page
    assert "The counts have been falling slowly." in page
    assert "left out: within 90 days of chemotherapy" in page
    assert "is usual for the person is not said" in page


def test_no_file_calls_a_count_usual(table):
    """Nobody was asked about fever or symptoms, so that nothing is called usual, and it says so."""
    low = [row for row in table if row["answer"].startswith("low-by")]
    assert low
    assert all("no-context" in row["withheld"].split(";") for row in low)
    assert not [row for row in table if row["answer"] == "low-but-usual-for-you"]


def test_a_name_that_stands_for_many_has_no_history(tmp_path, capsys):
    """A control that is measured every day for years is nobody, and does not hold the run up."""
    lines = ["person,drawn_at,age_years,sex,neut"]
    lines += [f"QC,{date(2010, 1, 1) + timedelta(days=n)},40,F,2.5" for n in range(3_001)]
    lines += [f"1,{year}-01-01,{year - 1980},F,2.5" for year in range(2015, 2021)]
    lines += ["<script>x</script>,2020-01-01,40,F,2.5", ",2020-01-01,40,F,2.5"]
    file, out = tmp_path / "qc.csv", tmp_path / "own.parquet"
    report = tmp_path / "own.html"
    file.write_text("\n".join(lines) + "\n")
    words = ["setpoint", file, "--unit", "10*9/L", "--out", out, "--report", report]
    assert run(capsys, *words)[0] == 0
    rows = pq.read_table(out).to_pylist()
    assert {row["reason"] for row in rows if row["person"] in ("QC", None)} == {"no-person"}
    assert of(rows, "1")[-1]["answer"] == "within-both"
    assert "<script>" not in report.read_text()


def test_dates_that_were_shifted(tmp_path, capsys):
    """Public data have days in the future on purpose: the owner says which day is today."""
    lines = ["person,drawn_at,age_years,sex,neut"]
    lines += [f"1,21{n}-01-01,{40 + n},F,2.5" for n in range(10, 20)]
    file = tmp_path / "shifted.csv"
    file.write_text("\n".join(lines) + "\n")
    words = ["setpoint", file, "--unit", "10*9/L"]
    code, _, said = run(capsys, *words)
    assert code == 4
    assert "drawn in the future" in said
    code, out, _ = run(capsys, *words, "--as-of", "2200-01-01")
    assert code == 0
    assert "10 draws of 1 person, " in out
    assert run(capsys, *words, "--as-of", "soon")[0] == 2
