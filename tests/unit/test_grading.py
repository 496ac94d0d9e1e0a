"""Severity scales as content, a protocol's own scale, and grades of whole panels."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from leukon import Analyte, Count, Definition, Panel, Person
from leukon.analytes import CONTENT
from leukon.batch import batch_of
from leukon.catalogue import definitions
from leukon.cli import main
from leukon.compare import interpret_batch
from leukon.errors import InputRefused, UnitRefused, UsageError, ValueRefused
from leukon.grading import grade, grade_batch, grades_at, grades_on
from leukon.limits import ReferenceInterval
from leukon.scales import load, loads, resolve, scale_ids
from leukon.severity import Ungraded, reason_slug, reason_text
from support.needs import REPOSITORY

HEAD = 'id = "mine"\nname = "Mine"\nversion = "1"\n'
UNIT = 'unit = "10*9/L"\n'


def scale_text(*rows: str, head: str = HEAD) -> str:
    """A scale of neutrophils with these rows."""
    return head + "".join(f'[[grades]]\nanalyte = "NEUT"\n{UNIT}{row}\n' for row in rows)


def graded(panel: Panel, *scales: str, by: Definition | None = None):
    """The grades of a panel, by the lower limits of a definition."""
    batch, definition = batch_of([panel]), by or definitions.general
    outcome = interpret_batch(batch, definition.compiled)
    found = grades_at(0, grades_on(outcome, batch, scales), outcome, definition)
    return outcome, {(one.scale, one.analyte): one for one in found}


def knowledge(shared: Path) -> dict[str, dict[str, str]]:
    path = shared / "knowledge" / "severity_grades.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row for row in csv.DictReader(lines)}


@pytest.mark.parametrize("name", scale_ids())
def test_a_scale_says_whose_it_is(name):
    """Every scale has a name, a version and a source; no clinician is invented."""
    scale = resolve(name)
    assert scale.id == name
    assert all((scale.name, scale.version, scale.author)), name
    assert scale.source.startswith("http")
    assert scale.checked_by == ""
    assert scale.reviewed < scale.next_review
    assert not [f for f in scale.findings() if f.severity == "error"]


def test_every_row_is_a_shipped_row_of_the_knowledge_table(needs_shared):
    """Figures, inclusiveness, ages, unit and grade are those of a row that may ship; none lacks."""
    known, seen = knowledge(needs_shared), set()
    for name in scale_ids():
        scale = resolve(name)
        for band in scale.grades:
            row = known[band.id]
            assert row["ship"] == "yes"
            assert row["scale_id"] == name
            assert same(band, row), band.id
            seen.add(band.id)
        for note in scale.not_graded:
            row = known[note.id]
            assert (row["ship"], row["grade"], row["scale_id"]) == ("yes", "n/a", name)
            assert (note.analyte, note.age_from, note.age_to) == (
                row["analyte"], row["age_min"], row["age_max"],
            )  # fmt: skip
            seen.add(note.id)
    assert seen == {key for key, row in known.items() if row["ship"] == "yes"}


def same(band, row: dict[str, str]) -> bool:
    """Whether a band holds what its row of the knowledge table says."""
    low = "" if band.low is None else band.low
    high = "" if band.high is None else band.high
    return (
        str(band.grade) == row["grade"]
        and band.analyte == row["analyte"]
        and (band.age_from, band.age_to) == (row["age_min"], row["age_max"])
        and band.population == row["population"]
        and bool(band.needs) == bool(row["needs"])
        and low == (float(row["low"]) if row["low"] else "")
        and high == (row["high"] if row["high"] in ("", "LLN") else float(row["high"]))
        and (band.low is None or band.low_inclusive == (row["low_inclusive"] == "yes"))
        and (band.high is None or band.high_inclusive == (row["high_inclusive"] == "yes"))
        and band.unit == row["unit"]
        and band.uses_lln == (row["uses_lln"] == "yes")
    )


def test_the_files_are_what_the_tool_makes():
    """The scales and their page of the reference are up to date."""
    tool = [sys.executable, str(REPOSITORY / "tools" / "make_scales.py"), "--check"]
    done = subprocess.run(tool, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_loaded_when_no_scale_is_asked_for():
    """Importing leukon or its grading reads no scale file."""
    code = "import leukon.grading, sys; print('tomllib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_every_answer_names_its_scale_and_version():
    """Safety rule 4: neutrophils of 0.7 are CTCAE 5 grade 3 and CTCAE 6 grade 2, and say so."""
    found = [grade("NEUT", 0.7, unit="10*9/L", scale=name) for name in ("ctcae-5.0", "ctcae-6.0")]
    assert [(one.label, one.version, one.grade) for one in found] == [
        ("CTCAE 5.0", "5.0", 3),
        ("CTCAE 6.0", "6.0", 2),
    ]
    assert all(one.scale and one.source and one.row for one in found)


def test_the_scale_is_mandatory():
    """No grade is given without a scale, or by one that nobody knows."""
    with pytest.raises(TypeError):
        grade("NEUT", 0.7, unit="10*9/L")
    with pytest.raises(UsageError, match=r"did you mean ctcae-6\.0"):
        grade("NEUT", 0.7, unit="10*9/L", scale="CTCAE-6")
    for name in ("../definitions/arup", "", "definitions/arup"):
        with pytest.raises(UsageError):
            resolve(name)


def test_a_unit_is_never_guessed_and_a_percentage_never_graded():
    """Safety rules 1 and 8 hold for grades too."""
    with pytest.raises(UnitRefused):
        grade("NEUT", 0.7, unit=None, scale="ctcae-6.0")
    with pytest.raises(ValueRefused):
        grade("NEUT", 700, unit="10*9/L", scale="ctcae-6.0")
    assert grade("NEUT", 5, unit="%", scale="ctcae-6.0").reason == "percentage-only"
    assert grade("NEUT", 700, unit="/uL", scale="ctcae-6.0").grade == 2


def test_lower_limits_come_from_the_definition_in_use():
    """A panel's grade 1 begins at its definition's lower limit for that person, which is named."""
    panel = Panel(Person(age="34y", sex="female"), (Count("WBC", 3.7, "10*9/L"),))
    for name, expected in (("mayo-clinic-2015", 1), ("mayo-clinic-2024", 0)):
        outcome, found = graded(panel, "ctcae-5.0", by=definitions[name])
        one = found["ctcae-5.0", "WBC"]
        assert one.grade == expected
        assert one.lln == outcome.counts[Analyte.WBC].lower[0]
        assert one.lln_definition == name
        assert one.lln_source == definitions[name].label
        alone = grade(
            "WBC", 3.7, unit="10*9/L", scale="ctcae-5.0", age="34y", sex="female", definition=name
        )
        assert alone == one


def test_a_composite_names_the_publisher_of_the_limit():
    """A row that the composite borrowed says from whom."""
    panel = Panel(Person(age="34y"), (Count("WBC", 3.7, "10*9/L"),))
    _, found = graded(panel, "ctcae-5.0")
    limits = definitions.general.limits
    publishers = {limit.publisher for limit in limits if limit.analyte == "WBC"}
    assert found["ctcae-5.0", "WBC"].lln_source in publishers


def test_within_the_practice_and_a_grade_are_both_said():
    """White cells of 2.51 by a limit of 2.5 are within, and CTCAE 5 grade 2 (trap-20)."""
    row = ReferenceInterval(analyte="WBC", low=2.5, high=10.0, unit="10*9/L")
    own = Definition(id="own", publisher="Own", version="1", limits=(row,))
    panel = Panel(Person(age="34y"), (Count("WBC", 2.51, "10*9/L"),))
    outcome, found = graded(panel, "ctcae-5.0", by=own)
    assert outcome.counts[Analyte.WBC].flags[0] == 2
    one = found["ctcae-5.0", "WBC"]
    assert (one.grade, one.lln, one.lln_definition) == (2, 2.5, "own")
    assert one.note.startswith("not under the lower limit used")


def test_a_definition_without_a_lower_limit_leaves_grade_one_unknown():
    """Nothing is borrowed: no lower limit for this person, no grade 1 and no grade 0."""
    row = ReferenceInterval(analyte="LYMPH", low=1.0, unit="10*9/L")
    own = Definition(id="own", publisher="Own", version="1", limits=(row,))
    found = grade("WBC", 5.0, unit="10*9/L", scale="ctcae-5.0", definition=own)
    assert (found.grade, found.reason, found.low_grade, found.high_grade) == (
        None, "lln-missing", 0, 1,
    )  # fmt: skip
    with pytest.raises(UsageError):
        grade("WBC", 5.0, unit="10*9/L", scale="ctcae-5.0", definition=own, lln=4.0)


def test_a_differential_counted_by_eye_keeps_its_grade_and_says_the_range():
    """The counting error of 100 cells widens the range, not the grade."""
    counts = (Count("WBC", 5.0, "10*9/L"), Count("NEUT", 15, "%", method="manual"))
    _, found = graded(Panel(Person(age="34y"), counts), "ctcae-6.0")
    one = found["ctcae-6.0", "NEUT"]
    assert (one.grade, one.low_grade, one.high_grade) == (2, 1, 3)
    assert one.reason == ""


def test_counts_without_a_value_carry_their_own_reason():
    """A percentage without a total is not graded, and neither is a pending count."""
    counts = (Count("NEUT", 11, "%"), Count("WBC", None, "10*9/L", absent="pending"))
    _, found = graded(Panel(Person(age="34y"), counts), "ctcae-6.0")
    assert found["ctcae-6.0", "NEUT"].grade is None
    assert found["ctcae-6.0", "WBC"].reason == "pending"


def test_a_protocols_own_scale(tmp_path):
    """A trial's own table is a file in the same form, and stands beside the others (T27)."""
    own = tmp_path / "trial.toml"
    ages = 'age_from = "1y"\nage_to = "5y"\n'
    rows = [
        f"{ages}grade = 2\nlow = 0.5\nhigh = 1.0",
        f"{ages}grade = 3\nlow = 0.2\nhigh = 0.5",
        f"{ages}grade = 4\nhigh = 0.2",
    ]
    own.write_text(scale_text(*rows), encoding="utf-8")
    found = [
        grade("NEUT", 0.7, unit="10*9/L", scale=scale, age="3y") for scale in (own, "ctcae-4.03")
    ]
    assert [one.grade for one in found] == [2, 3]
    assert found[0].label == "Mine 1"
    assert grade("NEUT", 1.2, unit="10*9/L", scale=str(own), age="3y").grade == 0
    assert grade("NEUT", 0.7, unit="10*9/L", scale=own, age="5y").reason == "no-stratum-for-age"
    assert [f.what for f in load(own).findings()] == [
        "no grades but for these ages: from 1y under 5y"
    ]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (["grade = 1\nlow = 1.0\nhigh = 2.0", "grade = 2\nhigh = 1.1"], "overlap"),
        (["grade = 2\nlow = 1.0\nhigh = 2.0", "grade = 1\nhigh = 1.0"], "out of order"),
        (["grade = 1\nlow = 1.0\nhigh = 2.0", "grade = 1\nhigh = 1.0"], "out of order"),
        (["grade = 1\nhigh = 1.0", 'grade = 1\nage_from = "1y"\nhigh = 1.0'], "one age"),
        (["grade = 6\nhigh = 1.0"], "from 0 to 5"),
        (['grade = "mild"\nhigh = 1.0'], "not one of the scale's words"),
        (["grade = 1\nlow = 2.0\nhigh = 1.0"], "the band is empty"),
        (["grade = 1\nlow = 1.0"], "needs a high bound"),
        (["grade = 0\nhigh = 9.0"], "grade 0"),
        (['grade = 1\nhigh = "ULN"'], "the laboratory's lower limit"),
        (["grade = 1\nlow = -1.0\nhigh = 1.0"], "never negative"),
        (["grade = 1\nhigh = nan"], "is a number"),
        (['grade = 1\nage_from = "5"\nhigh = 1.0'], "age border"),
        (['grade = 1\nage_from = "5y"\nage_to = "1y"\nhigh = 1.0'], "backwards"),
        (["grade = 1\nhigh = 1.0\nhihg = 2.0"], "unknown field"),
    ],
)
def test_a_scale_that_breaks_the_rules_is_refused(rows, says):
    """Grades that overlap, run out of order or cannot be right are refused, and said where."""
    with pytest.raises(InputRefused, match=says):
        loads(scale_text(*rows), name="mine.toml")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('id = "x"\nname = "X"\nversion = ""\ngrades = []', "needs version"),
        (scale_text("grade = 1\nhigh = 1.0").replace("10*9/L", "%"), "percentage is never graded"),
        (scale_text("grade = 1\nhigh = 1.0").replace("10*9/L", "10*8/L"), "not known"),
        (scale_text("grade = 1\nhigh = 1.0", head=HEAD + 'kind = "odd"\n'), "the kind"),
        (scale_text("grade = 1\nhigh = 1.0", head=HEAD + 'words = ["mild"]\n'), "no numbers"),
        ("id = ", "not a TOML file"),
    ],
)
def test_a_file_that_is_no_scale_is_refused(text, says):
    """A head without version, a percentage, an unknown unit: each is said."""
    with pytest.raises(InputRefused, match=says):
        loads(text)


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    """No file, or none in UTF-8: said without a traceback."""
    with pytest.raises(InputRefused, match="no such file"):
        resolve(tmp_path / "none.toml")
    odd = tmp_path / "odd.toml"
    odd.write_bytes(b"\xff\xfe")
    with pytest.raises(InputRefused, match="UTF-8"):
        resolve(odd)


def test_a_hole_between_grades_gives_no_grade():
    """A count in a hole has no grade, never a milder one; the hole is reported."""
    scale = loads(
        scale_text("grade = 1\nlow = 1.0\nhigh = 1.5", "grade = 2\nlow = 0.2\nhigh = 0.9")
    )
    found = {
        value: grade("NEUT", value, unit="10*9/L", scale=scale).grade
        for value in (1.5, 1.0, 0.95, 0.9, 0.8999, 0.2, 0.1)
    }
    assert found == {1.5: 0, 1.0: 1, 0.95: None, 0.9: None, 0.8999: 2, 0.2: 2, 0.1: None}
    assert [f.what.split(":")[0] for f in scale.findings()] == [
        "no grade from 0.9 to 1",
        "no grade under 0.2",
    ]


def test_a_printed_grade_zero_is_grade_zero():
    """A scale that prints its grade 0 gives it, and says no grade between 0 and 1."""
    scale = loads(scale_text("grade = 0\nlow = 2.0", "grade = 1\nhigh = 1.9"))
    found = [grade("NEUT", v, unit="10*9/L", scale=scale).grade for v in (2.0, 1.95, 1.9, 1.89)]
    assert found == [0, None, None, 1]


def test_inclusive_and_exclusive_bounds_of_a_file():
    """Each bound follows its own inclusiveness, the laboratory's limit too."""
    scale = loads(
        scale_text(
            'grade = 1\nlow = 1.0\nlow_inclusive = false\nhigh = "LLN"\nhigh_inclusive = true',
            "grade = 2\nhigh = 1.0\nhigh_inclusive = true",
        )
    )
    assert not scale.findings()
    found = [
        grade("NEUT", v, unit="10*9/L", scale=scale, lln=2.0).grade
        for v in (2.0001, 2.0, 1.0001, 1.0)
    ]
    assert found == [0, 1, 1, 2]


def test_the_laboratorys_limit_is_used_only_where_the_rows_ask_for_it():
    """Of two ages one may ask for the limit and the other not; unused, it is not in the answer."""
    scale = loads(
        scale_text(
            'grade = 1\nage_to = "18y"\nhigh = 1.5',
            'grade = 1\nage_from = "18y"\nlow = 0.5\nhigh = "LLN"',
            'grade = 2\nage_from = "18y"\nhigh = 0.5',
        )
    )
    child, adult = (
        grade("NEUT", 1.7, unit="10*9/L", scale=scale, lln=2.0, age=age) for age in ("9y", "34y")
    )
    assert (child.grade, child.lln, child.lln_source) == (0, None, "")
    assert (adult.grade, adult.lln, adult.lln_source) == (1, 2.0, "as given")
    assert grade("NEUT", 1.7, unit="10*9/L", scale=scale, age="9y").grade == 0
    assert grade("NEUT", 1.7, unit="10*9/L", scale=scale, age="34y").reason == "lln-missing"


def test_what_needs_more_than_a_count_is_never_given_from_one():
    """Febrile neutropenia stands in CTCAE 6 for reference and is never applied."""
    febrile = [row for row in resolve("ctcae-6.0").grades if row.needs]
    assert [(row.term, row.needs) for row in febrile] == [("Febrile neutropenia", "temperature")]
    only = loads(scale_text('grade = 3\nhigh = 1.0\nneeds = "temperature"'))
    found = grade("NEUT", 0.7, unit="10*9/L", scale=only)
    assert (found.grade, found.reason) == (None, "needs-temperature")


def test_what_the_scale_does_not_grade_says_why():
    """The term that CTCAE 6 removed, and an age that can be read in two ways."""
    removed = grade("LYMPH", 0.3, unit="10*9/L", scale="ctcae-6.0")
    assert (removed.grade, removed.reason) == (None, "no-scale-for-analyte")
    assert "removed" in removed.note
    child = grade("CD4", 0.3, unit="10*9/L", scale="daids-2.1", age="5y")
    assert (child.grade, child.reason) == (None, "no-stratum-for-age")
    assert "5th or the 6th" in child.note


def test_whom_a_scale_was_printed_for_is_repeated():
    """The people a row was printed for stand in the answer; they are not checked."""
    found = grade("CD4", 0.3, unit="10*9/L", scale="daids-2.1", age="34y")
    assert found.population == "not HIV infected"
    vaccine = grade("NEUT", 1.7, unit="10*9/L", scale="fda-vaccine-2007")
    assert vaccine.population == "healthy adult and adolescent volunteers"


def test_grades_of_a_column():
    """Arrays of counts, signs and lower limits give arrays of grades and reasons."""
    found = grade_batch(
        np.array([0.4, 1.7, 1.7, 1.7, np.nan]),
        scale=resolve("ctcae-5.0"),
        analyte=Analyte.NEUT,
        lln=np.array([np.nan, np.nan, 1.8, 1.6, 1.6]),
    )
    assert found.codes.tolist() == [4, -1, 1, 0, -1]
    reasons = [reason_slug(code) for code in found.reasons.tolist()]
    assert reasons == ["", "lln-missing", "", "", "value-missing"]
    assert found.high.tolist() == [4, 1, 1, 0, -1]
    other = grade_batch(np.array([1.0]), scale=resolve("iwcll-2008"), analyte=Analyte.WBC)
    assert other.codes.tolist() == [-1]


def test_reasons_have_words():
    """Every reason a grade may have can be said in words."""
    for reason in Ungraded:
        assert reason_text(reason.slug) != reason.slug
    assert reason_text("needs-temperature") == reason_text("needs")
    assert reason_text("value-missing") == "no value was given"


def answer(capsys, *arguments: str) -> dict:
    assert main(["grade", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_command(capsys, tmp_path):
    """`leukon grade` answers every count by every scale, and names the holes of a file."""
    own = tmp_path / "own.toml"
    own.write_text(scale_text("grade = 1\nlow = 0.5\nhigh = 1.5"), encoding="utf-8")
    counts = ("NEUT=0.7", "WBC=3700/uL", "--unit", "10*9/L", "--lln", "WBC=4.0")
    found = answer(capsys, *counts, "--scale", "ctcae-5.0", "--scale", str(own))
    assert found["schema_version"] == "1"
    assert [(g["scale"], g["analyte"], g["grade"]) for g in found["grades"]] == [
        ("ctcae-5.0", "NEUT", 3), ("mine", "NEUT", 1), ("ctcae-5.0", "WBC", 1), ("mine", "WBC", None),
    ]  # fmt: skip
    assert [note["code"] for note in found["notes"]] == ["scale-hole"]
    assert main(["grade", *counts, "--scale", str(own), "--scale", "words-neutropenia"]) == 0
    printed = capsys.readouterr().out
    assert "grade 1 by Mine 1 (mine)" in printed
    assert "Note: mine: NEUT, everybody: no grade under 0.5" in printed
    assert "No clinician has checked" in printed


def test_the_command_uses_a_definitions_lower_limit(capsys):
    """`--by` says whose lower limit, for the age and sex given."""
    arguments = ("WBC=3.7", "--unit", "10*9/L", "--scale", "ctcae-5.0", "--age", "34y")
    (found,) = answer(capsys, *arguments, "--by", "mayo-clinic-2015")["grades"]
    assert (found["grade"], found["lln"], found["lln_definition"]) == (1, 4.0, "mayo-clinic-2015")
    assert main(["grade", *arguments, "--by", "mayo-clinic-2015"]) == 0
    assert "(mayo-clinic-2015)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["NEUT=0.7", "--unit", "10*9/L"], 2),
        (["NEUT=0.7", "--unit", "10*9/L", "--scale", "none"], 2),
        (["NEUT=0.7", "--scale", "ctcae-6.0"], 3),
        (["NEUT=0.7", "WBC=3", "--unit", "10*9/L", "--scale", "ctcae-5.0", "--lln", "2"], 2),
        (["NEUT=0.7", "--unit", "10*9/L", "--scale", "ctcae-5.0", "--lln", "<2"], 2),
        (["NEUT=1", "--unit", "/uL", "--scale", "ctcae-5.0", "--lln", "2", "--by", "arup"], 2),
        (["NEUT=0.7", "--unit", "10*9/L", "--scale", "nowhere.toml"], 3),
    ],
)
def test_the_command_says_what_is_wrong(arguments, code, capsys):
    """A call that is off exits with 2, an input that cannot be read with 3; no traceback."""
    assert main(["grade", *arguments]) == code
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert said.out == ""


@pytest.mark.parametrize("name", scale_ids())
def test_what_is_read_at_run_time_is_the_readable_file(name):
    """Each scale stands as TOML for people and as JSON for speed, with the same in both."""
    assert resolve(name) == load(CONTENT / "scales" / f"{name}.toml")
