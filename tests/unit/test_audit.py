"""Who checked the content, and what is due for another look."""

import json
import subprocess
import tomllib
from datetime import date, timedelta

import pytest

from leukon.analytes import CONTENT
from leukon.audit import FIELDS, NOT_CHECKED, audit, is_overdue
from leukon.cli import main
from support.needs import REPOSITORY

HEAD = 'source = "s"\nauthor = "a"\nchecked_by = ""\nreviewed = "2026-01-01"\nnext_review = "2027-01-01"\n'
OWN = ("causes", "findings")


@pytest.fixture
def folder(tmp_path):
    """A folder of content: a full file, a table with its record, one without, and a made file."""
    (tmp_path / "full.toml").write_text(HEAD)
    (tmp_path / "table.csv").write_text("a,b\n")
    (tmp_path / "table.csv.toml").write_text(HEAD.replace('checked_by = ""', 'checked_by = "Dr A"'))
    (tmp_path / "bare.csv").write_text("a,b\n")
    (tmp_path / "made.json").write_text("{}")
    return tmp_path


@pytest.mark.parametrize(
    ("today", "expected"),
    [("2026-12-31", False), ("2027-01-01", False), ("2027-01-02", True), ("2020-01-01", False)],
)
def test_overdue_from_the_day_after(today, expected):
    """On the day of its next review content still holds, the day after it is overdue."""
    assert is_overdue("2026-01-01", "2027-01-01", date.fromisoformat(today)) is expected


@pytest.mark.parametrize(
    ("reviewed", "then"), [("", ""), ("2026-01-01", ""), ("soon", "2027-01-01")]
)
def test_content_that_does_not_say_is_overdue(reviewed, then):
    """Without a readable date nobody knows when to look again: it is due now."""
    assert is_overdue(reviewed, then, date(2026, 6, 1))


def test_an_audit_of_a_folder(folder):
    """A table has its record beside it; a file without one is incomplete and overdue."""
    found = audit(date(2026, 6, 1), folder)
    assert [record.file for record in found.records] == ["bare.csv", "full.toml", "table.csv"]
    assert [record.file for record in found.unchecked] == ["bare.csv", "full.toml"]
    assert [record.file for record in found.overdue] == ["bare.csv"]
    assert [record.lacks for record in found.incomplete] == [FIELDS]
    later = audit(date(2027, 1, 2), folder)
    assert len(later.overdue) == 3


def test_files_that_say_it_row_by_row_need_no_source_of_their_own(folder):
    """A file each of whose rows names where it is from has a source; one that leaves a gap has not."""
    lines = HEAD.replace('source = "s"\n', "")
    (folder / "rows.toml").write_text(lines + '[[row]]\nsource = "x"\n[[row]]\naddress = "y"\n')
    (folder / "gap.toml").write_text(lines + '[[row]]\nsource = "x"\n[[row]]\nname = "y"\n')
    lacks = {record.file: record.lacks for record in audit(date(2026, 6, 1), folder).records}
    assert lacks["rows.toml"] == ()
    assert lacks["gap.toml"] == ("source",)


PO = """msgid ""
msgstr ""
"Language: es\\n"
"X-Translated-By: machine\\n"
"X-Checked-By: \\n"
"X-Source: the English\\n"
"X-Reviewed: \\n"
"X-Next-Review: 2027-01-01\\n"

msgid "X-Author: nobody\\n"
"""


def test_a_translation_says_it_in_its_head(tmp_path):
    """Machine made, checked and reviewed by nobody, and due on the day it names; or it lacks it."""
    (tmp_path / "es.po").write_text(PO)
    (found,) = audit(date(2027, 1, 1), tmp_path).records
    said = (found.source, found.author, found.checked_by, found.reviewed, found.next_review)
    assert said == ("the English", "machine", "", "", "2027-01-01")
    assert found.lacks == ()
    assert not audit(date(2027, 1, 1), tmp_path).overdue
    assert audit(date(2027, 1, 2), tmp_path).overdue
    (tmp_path / "es.po").write_text(PO.replace('"X-Reviewed: \\n"\n', ""))
    found = audit(date(2027, 1, 1), tmp_path)
    assert [record.lacks for record in found.incomplete] == [("reviewed",)]
    assert found.overdue == found.incomplete


def test_our_own_files_say_everything():
    """Every content file, translations too, says source, author, check and review."""
    found = audit(date(2026, 11, 24))
    assert len(found.records) > 80
    assert not found.incomplete
    assert not found.overdue
    for name in OWN:
        for path in (CONTENT / name).glob("*.toml"):
            assert set(FIELDS) <= tomllib.loads(path.read_text(encoding="utf-8")).keys()


def test_the_command_lists_and_never_fails(capsys):
    """`leukon content audit` lists what is unchecked and overdue, and ends with 0."""
    assert main(["content", "audit"]) == 0
    printed = capsys.readouterr().out
    assert NOT_CHECKED in printed
    assert "causes/causes.toml" in printed
    assert main(["content", "audit", "--brief"]) == 0
    assert capsys.readouterr().out.count("\n") == 1


def test_the_command_in_json(capsys):
    """With --json the lists are keys."""
    assert main(["content", "audit", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["on"] >= "2026-01-01"
    assert set(found) == {"on", "files", "unchecked", "overdue", "incomplete"}
    assert found["files"] >= len(found["unchecked"])


def test_make_check_prints_the_summary():
    """`make check` prints the audit in one line, as a warning that fails nothing."""
    done = subprocess.run(
        ["make", "-n", "check"], capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    assert "content audit --brief" in done.stdout


def test_a_date_far_ahead_makes_all_of_it_overdue():
    """Every file says when to look at it again: far enough ahead each is overdue."""
    far = audit(date(2026, 11, 24) + timedelta(days=36_500))
    assert far.overdue == far.records
