"""estimate, histogram and verify as a user runs them, with the report in a real browser."""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from functional.test_report_pictures import DESKTOP, OVERLAPS, PHONE
from leukon.cli import main
from leukon.definition import load

RESULTS = str(Path(__file__).parents[2] / "examples" / "results.csv")
QUICK = ["--replicates", "0"]


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """The exit code, and what was printed to both streams."""
    code = main([str(word) for word in words])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_an_estimate_is_near_the_truth(tmp_path, capsys):
    """The invented healthy have limits of 4.0 and 10.2; the definition says so, within 0.3."""
    out = tmp_path / "own.toml"
    code, _, _ = run(capsys, "estimate", RESULTS, "--publisher", "Clinic", "--out", out, *QUICK)
    limit = load(out).limits[0]
    assert code == 0
    assert limit.low == pytest.approx(4.0, abs=0.3)
    assert limit.high == pytest.approx(10.2, abs=0.3)
    assert run(capsys, "definitions", "validate", out)[0] == 0


def test_json_holds_everything(capsys):
    """Limits, sample and refusals as data; nothing else on standard output."""
    words = ("estimate", RESULTS, "--publisher", "Clinic", "--by-sex", "--json", *QUICK)
    code, out, _ = run(capsys, *words)
    found = json.loads(out)[0]
    assert code == 0
    assert found["sample"]["came"] == 3000
    assert [group["sex"] for group in found["groups"]] == ["female", "male"]


def test_limits_continuous_in_age(tmp_path, capsys):
    """A bare --by-age: rows of a curve as JSON, a definition that validates, and curves in the report."""
    file, out, report = (tmp_path / name for name in ("kids.csv", "kids.toml", "kids.html"))
    rng = np.random.default_rng(2)
    days = rng.uniform(5, 4000, 2500).astype(int)
    values = np.round((11 - days / 1000) * np.exp(0.25 * rng.normal(size=2500)), 1)
    lines = [f"{d},{v}" for d, v in zip(days.tolist(), values.tolist(), strict=True)]
    file.write_text("\n".join(["age_days,wbc", *lines]) + "\n")
    code, said, _ = run(
        capsys, "estimate", file, "--unit", "10*9/L", "--publisher", "Clinic", "--by-age", "--json",
        "--out", out, "--report", report, *QUICK,
    )  # fmt: skip
    found = json.loads(said)[0]
    ages = [group["age_from"] for group in found["groups"]]
    assert code == 0
    assert found["continuous"]
    assert found["sample"]["excluded"]["age-inexact"] > 10
    assert (ages[0], ages[-1]) == ("15mo", "10y")
    assert any("fewer than 150 results" in note for note in found["notes"])
    first, last = ([x["value"] for x in found["groups"][place]["limits"]] for place in (0, -1))
    assert np.log(np.array(first) / last) == pytest.approx(np.log(10.5 / 7.2), abs=0.15)
    assert run(capsys, "definitions", "validate", out)[0] == 0
    assert "Both sexes, limits by age" in report.read_text()


def test_a_refusal_writes_a_report_and_no_definition(tmp_path, capsys):
    """Exit 3, the reason, no file; the report shows what was refused."""
    out, report = tmp_path / "own.toml", tmp_path / "own.html"
    code, _, said = run(
        capsys, "estimate", RESULTS, "--publisher", "Clinic", "--by-age", "85y",
        "--out", out, "--report", report, *QUICK,
    )  # fmt: skip
    assert code == 3
    assert not out.exists()
    assert "at least 400" in said
    assert "Refused: not to be published" in report.read_text()


def test_an_empty_group_is_refused_and_named(tmp_path, capsys):
    """A sex of which nobody entered has no limits, and the others can still be published."""
    file, out = tmp_path / "women.csv", tmp_path / "own.toml"
    lines = Path(RESULTS).read_text().splitlines()
    file.write_text("\n".join([lines[0], *(line for line in lines if ",female," in line)]))
    words = ["estimate", file, "--publisher", "Clinic", "--by-sex", "--out", out, *QUICK]
    code, _, said = run(capsys, *words)
    assert (code, out.exists()) == (3, False)
    assert "male, from 18y: nobody entered" in said
    assert run(capsys, *words, "--leave-out-refused")[0] == 0
    assert [limit.partition.sex for limit in load(out).limits] == ["female"]


def test_a_histogram_gives_nearly_the_same_limits(tmp_path, capsys):
    """Without a row of a person, and with small cells joined, the limits hardly move."""
    counts, own, pooled = (tmp_path / name for name in ("c.csv", "own.toml", "pooled.toml"))
    assert run(capsys, "histogram", RESULTS, "--out", counts)[0] == 0
    assert "X00" not in counts.read_text()
    run(capsys, "estimate", RESULTS, "--publisher", "Clinic", "--out", own, *QUICK)
    run(capsys, "estimate", counts, "--publisher", "Clinic", "--out", pooled, *QUICK)
    mine, theirs = load(own).limits[0], load(pooled).limits[0]
    assert theirs.low == pytest.approx(mine.low, abs=0.21)
    assert theirs.high == pytest.approx(mine.high, abs=0.31)


def test_verify_answers_for_each_group(capsys):
    """A definition that tells women and men apart gets a conclusion for each."""
    words = ("verify", RESULTS, "--definition", "holland-hospital", "--json", *QUICK)
    code, out, _ = run(capsys, *words)
    found = json.loads(out)[0]
    assert code == 0
    assert {group["people"].split(",")[0] for group in found["groups"]} == {"female", "male"}
    assert all(group["conclusion"] and group["reasons"] for group in found["groups"])


def test_twenty_healthy_people(tmp_path, capsys):
    """The test of twenty on people chosen as healthy."""
    file = tmp_path / "healthy.csv"
    rows = [f"H{n},40,female,{value},10*9/L" for n, value in enumerate([6.0] * 18 + [2.0, 14.0])]
    file.write_text("person,age_years,sex,wbc,unit\n" + "\n".join(rows) + "\n")
    words = ("verify", file, "--definition", "holland-hospital", "--healthy", "--json")
    found = json.loads(run(capsys, *words)[1])[0]["groups"][0]
    assert found["conclusion"] == "transfer"
    assert found["reasons"] == ["2 of the first 20 are outside"]


HEAD = "person,age_years,wbc,wbc_unit\n"
HOSTILE = {
    "one repeated value": [f"A{n},40,6.0,10*9/L" for n in range(900)],
    "nobody": ["A,4,6.0,10*9/L"],
    "all negative": [f"A{n},40,-6.{n % 9},10*9/L" for n in range(900)],
    "all absurd": [f"A{n},40,6{n:03d},10*9/L" for n in range(900)],
    "no unit": [f"A{n},40,6.{n % 9}," for n in range(900)],
    "few": [f"A{n},40,6.{n % 9},10*9/L" for n in range(90)],
    "one in fifty negative": [
        f"A{n},40,{'-' * (n % 50 == 0)}{3 + n % 83 / 10},10*9/L" for n in range(4000)
    ],
    "one in fifty of another unit": [
        f"A{n},40,{(3 + n % 83 / 10) * (1000 if n % 50 == 0 else 1):g},10*9/L" for n in range(4000)
    ],
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_input_is_refused_by_name(case, tmp_path, capsys):
    """What cannot be estimated gets a reason and exit 3, no traceback and no file."""
    file, out = tmp_path / "r.csv", tmp_path / "own.toml"
    file.write_text(HEAD + "\n".join(HOSTILE[case]) + "\n")
    code, _, said = run(capsys, "estimate", file, "--publisher", "Clinic", "--out", out, *QUICK)
    assert code == 3, said
    assert not out.exists()
    assert "could not go on" not in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["estimate", RESULTS], 2),
        (["histogram", RESULTS, "--out", "counts.csv", "--by-age", "40y,18y"], 2),
        (["estimate", RESULTS, "--publisher", "C", "--quantiles", "0.9,0.1"], 2),
        (["estimate", RESULTS, "--publisher", "C", "--analyte", "BAND"], 3),
        (["estimate", RESULTS, "--publisher", "C", "--out", RESULTS], 2),
        (["estimate", RESULTS, "--publisher", "C", "--from", "yesterday"], 2),
        (["estimate", RESULTS, "--publisher", "C", "--out", "own.csv"], 2),
        (["estimate", RESULTS, "--publisher", "C", "--out", "nowhere/own.toml"], 2),
        (["estimate", RESULTS, "--publisher", "C", "--step", "0"], 2),
        (["estimate", RESULTS, "--publisher", "C", "--replicates", "1"], 2),
        (["estimate", RESULTS, "--publisher", "C", "--by-age", "--replicates", "1"], 2),
        (["verify", RESULTS, "--definition", "holland-hospital", "--replicates", "1"], 2),
        (["estimate", RESULTS, "--publisher", "C", "--step", "nan"], 2),
        (["histogram", RESULTS, "--out", "counts.csv", "--step", "-1"], 2),
        (["histogram", RESULTS, "--out", RESULTS], 2),
        (["histogram", RESULTS, "--out", "counts.parquet"], 2),
        (["histogram", RESULTS, "--out", "none.csv", "--from", "2030-01-01"], 3),
        (["estimate", RESULTS, "--publisher", "C", "--from", "2030-01-01"], 3),
        (["verify", RESULTS, "--definition", "nobody"], 2),
        (["verify", RESULTS, "--definition", "holland-hospital", "--analyte", "CD4"], 3),
    ],
)
def test_a_call_that_is_off_says_so(words, code, capsys):
    """Wrong options, a file written over its input, a definition without such a limit."""
    found, _, said = run(capsys, *words)
    assert found == code
    assert "could not go on" not in said


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> str:
    """A report with a group that is published and one that is refused."""
    folder = tmp_path_factory.mktemp("report")
    words = ["estimate", RESULTS, "--publisher", "<b>Clinic</b>", "--by-age", "18y,85y"]
    out = ["--out", str(folder / "r.toml"), "--leave-out-refused"]
    main([*words, *out, "--report", str(folder / "r.html"), "--replicates", "20"])
    return (folder / "r.html").read_text()


def test_the_report_is_for_a_signature(report):
    """Limits, what was left out, publishers, method, empty lines to sign; no name is invented."""
    for text in ("95 % interval", "What was left out", "Beside published limits", "Signatures",
                 "not yet checked by a clinician", "leukon 0.1.0", "Refused", "Analyser and method",
                 "20 draws for the 95 % intervals, seed 0", "of women and girls"):  # fmt: skip
        assert text in report
    assert "<b>Clinic" not in report
    assert "<script" not in report


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_report_fits_its_window(report, size, window, tmp_path):
    """No sideways scrolling, no text over another, nothing asked of the net."""
    file = tmp_path / "report.html"
    file.write_text(report)
    page = window(viewport=size)
    page.goto(file.as_uri())
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    assert page.evaluate(OVERLAPS) == []
    assert page.locator("svg").count() >= 2
    assert len(page.requests) == 1


def test_the_same_counts_twice_are_refused(tmp_path, capsys):
    """Each person counts once."""
    counts = tmp_path / "counts.csv"
    assert run(capsys, "histogram", RESULTS, "--out", counts)[0] == 0
    code, _, said = run(capsys, "estimate", counts, counts, "--publisher", "P")
    assert code == 3
    assert "the same counts are given twice" in said


def test_what_a_definition_cannot_know_it_does_not_say(tmp_path, capsys):
    """Of value counts nobody knows who was left out; without intervals it says so; the report has its id."""
    counts, out, report = (tmp_path / name for name in ("counts.csv", "own.toml", "own.html"))
    assert run(capsys, "histogram", RESULTS, "--out", counts)[0] == 0
    asked = ("--publisher", "P", "--id", "own-1", "--out", out, "--report", report, *QUICK)
    code, said, _ = run(capsys, "estimate", counts, *asked)
    notes = " ".join(load(out).notes)
    assert code == 0
    assert "No 95 % intervals were made" in said
    assert "No 95 % intervals were made" in notes
    assert "do not say who was left out" in notes
    assert "Pregnant people" not in notes
    assert "own-1" in report.read_text(encoding="utf-8")


def test_who_signs_the_report_signs_that_file(tmp_path, capsys):
    """The report holds the SHA-256 of the definition written with it; refused, it says there is none."""
    out, report = tmp_path / "own.toml", tmp_path / "own.html"
    asked = ("estimate", RESULTS, "--publisher", "P", "--out", out, "--report", report, *QUICK)
    assert run(capsys, *asked)[0] == 0
    digest = sha256(out.read_bytes()).hexdigest()
    head, foot = report.read_text(encoding="utf-8").split("<main>")
    assert digest in head
    assert digest in foot.split("Signatures</h2>")[1]
    assert run(capsys, *asked, "--from", "2026-10-01")[0] == 3
    assert "no file was written" in report.read_text(encoding="utf-8")


def test_a_file_in_another_unit_is_doubted(tmp_path, capsys):
    """Limits a tenth of what anybody prints are published with a warning, in the file too."""
    file, out = tmp_path / "r.csv", tmp_path / "own.toml"
    values = np.round(np.exp(np.random.default_rng(4).normal(-0.4, 0.25, 1500)), 2)
    lines = [f"A{n},40,{value},10*9/L" for n, value in enumerate(values.tolist())]
    file.write_text(HEAD + "\n".join(lines) + "\n")
    said = run(capsys, "estimate", file, "--publisher", "P", "--out", out, *QUICK)[1]
    assert "is the unit the right one?" in said
    assert any("is the unit the right one?" in note for note in load(out).notes)


def children(file: Path, seed: int, size: int) -> None:
    """A table of girls and boys whose counts fall with age."""
    rng = np.random.default_rng(seed)
    days = rng.uniform(750, 6500, size).astype(int)
    values = np.round((11 - days / 1000) * np.exp(0.25 * rng.normal(size=size)), 1)
    rows = zip(days.tolist(), values.tolist(), strict=True)
    lines = [f"{d},{('female', 'male')[n % 2]},{v},10*9/L" for n, (d, v) in enumerate(rows)]
    file.write_text("\n".join(["age_days,sex,wbc,wbc_unit", *lines]) + "\n")


def test_histograms_of_sites_make_limits_by_age(tmp_path, capsys):
    """Narrow bands of two sites, not all alike, come near to the curve of all rows; broad ones are refused."""
    north, south, both = (tmp_path / f"{name}.csv" for name in ("north", "south", "both"))
    children(north, 1, 4000)
    children(south, 2, 3000)
    both.write_text(north.read_text() + south.read_text().split("\n", 1)[1])
    counts = [tmp_path / "n.csv", tmp_path / "s.csv"]
    assert run(capsys, "histogram", north, "--by-age", "--out", counts[0])[0] == 0
    ages = ",".join(f"{years}y" for years in (2, 3, 4, 6, 8, 10, 12, 14, 16, 17))
    assert run(capsys, "histogram", south, "--by-age", ages, "--out", counts[1])[0] == 0
    asked = ("--by-age", "--publisher", "P", "--json", *QUICK)
    found = json.loads(run(capsys, "estimate", *counts, *asked)[1])[0]
    direct = json.loads(run(capsys, "estimate", both, *asked)[1])[0]
    limits = [
        {g["age_from"]: [x["value"] for x in g["limits"]] for g in one["groups"]}
        for one in (found, direct)
    ]
    for age in ("4y", "6y", "10y", "15y"):
        assert limits[0][age] == pytest.approx(limits[1][age], rel=0.03)
    assert any("left out" in note and "from 17y" in note for note in found["notes"])
    assert any("fewer than 200 people" in note for note in found["notes"])
    assert run(capsys, "histogram", north, "--by-age", "1y,9y", "--out", counts[0])[0] == 0
    code, _, said = run(capsys, "estimate", counts[0], *asked)
    assert (code, "need narrow age bands" in said) == (3, True)


def test_curves_of_histograms_follow_their_sexes(tmp_path, capsys):
    """A curve a sex where the files tell sexes apart; files that do are not mixed with files that do not."""
    file, apart, together = (tmp_path / name for name in ("r.csv", "a.csv", "t.csv"))
    children(file, 3, 3000)
    assert run(capsys, "histogram", file, "--by-age", "--by-sex", "--out", apart)[0] == 0
    assert run(capsys, "histogram", file, "--by-age", "--out", together)[0] == 0
    asked = ("--by-age", "--publisher", "P", "--json", *QUICK)
    found = json.loads(run(capsys, "estimate", apart, *asked)[1])[0]
    assert {group["sex"] for group in found["groups"]} == {"female", "male"}
    code, _, said = run(capsys, "estimate", apart, together, *asked)
    assert (code, "some do not" in said) == (3, True)
