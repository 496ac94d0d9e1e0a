"""A row a count: codes among names are known, and a test that nobody knows is never lost in silence."""

import pytest

from leukon.cli import main
from leukon.readers.others import MORE_NAMES, MOST_NAMES, ignore

HEAD = "person,drawn_at,analyte,value,unit,age,sex\n"
DRAW = "P1,2024-01-01,{},{},{},34,F\n"


@pytest.fixture
def long(tmp_path, capsys):
    """Interprets rows of (test, value, unit) of one specimen: exit code, output, standard error."""

    def run(*rows, said=""):
        path, out, words = (tmp_path / name for name in ("in.csv", "out.csv", "map.toml"))
        path.write_text(HEAD + "".join(DRAW.format(*row) for row in rows))
        words.write_text(said)
        code = main(["interpret", str(path), "--out", str(out), "--map", str(words)])
        return (
            code,
            out.read_text() if out.exists() else "",
            " ".join(capsys.readouterr().err.split()),
        )

    return run


def test_loinc_codes_stand_in_a_column_of_names(long):
    """770-8 is a share and 6690-2 a total, whatever the column that they stand in is called."""
    code, out, said = long(("770-8", 60, "%"), ("6690-2", 3.5, "10*9/L"))
    assert (code, said) == (0, "")
    assert ",2.1," in out
    assert '3.5,"","low"' in out


def test_a_unit_that_contradicts_a_percentage_is_refused(long):
    """Decision 0005: 770-8 names a percentage, and 10*9/L beside it says otherwise."""
    code, out, said = long(("770-8", 1.5, "10*9/L"), ("751-8", 60, "%"), ("6690-2", 3.5, "10*9/L"))
    assert code == 4
    assert '"unit-refused"' in out
    assert "2 could not be read" in said


def test_other_tests_are_counted_and_named(long):
    """A laboratory exports more than counts; what was not used is said, and is no fault."""
    code, _, said = long(
        ("WBC", 3.5, "10*9/L"), ("CRP", 5, "mg/L"), ("CRP", 6, "mg/L"), ("", 1, "")
    )
    assert code == 0
    assert (
        "3 rows were not used, of other tests than blood counts: 'CRP' (2), (no name) (1)" in said
    )


def test_a_table_without_any_known_count_is_refused(long):
    """No answer at all looks like an answer: the names that were seen are said, and what to do."""
    code, out, said = long(("NEUTX", 1.5, "10*9/L"), ("GLUC", 5, "mmol/L"))
    assert (code, out) == (3, "")
    assert "'GLUC' (1), 'NEUTX' (1)" in said
    assert "[tests]" in said


def test_the_map_file_says_what_a_code_is(long, tmp_path, capsys):
    """The word of the file's owner comes before any table, for names and codes alike."""
    assert long(("NEUTX", 1.2, "10*9/L"), said="[tests]\nneutx = 'NEUT'")[0] == 0
    coded = tmp_path / "coded.csv"
    coded.write_text("person,drawn_at,loinc,value,unit\nP1,2024-01-01,L-17,1.2,10*9/L\n")
    (tmp_path / "map.toml").write_text("[tests]\n'L-17' = 'NEUT'")
    assert main(["interpret", str(coded), "--map", str(tmp_path / "map.toml")]) == 0
    assert "NEUT" in capsys.readouterr().out


def test_a_column_of_anything_does_not_fill_the_memory():
    """Names are kept up to a number; further ones are counted together."""
    ignored: dict[str, int] = {}
    ignore(ignored, ((f"free text {n}", 1) for n in range(MOST_NAMES + 50)))
    assert len(ignored) == MOST_NAMES + 1
    assert ignored[MORE_NAMES] == 50


def test_a_control_among_the_rows_is_no_count_of_the_person(tmp_path):
    """Safety rule 2: a row of a quality control says so, and no number of it is compared."""
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_text(
        "person,drawn_at,test,value,unit,specimen\nP1,2024-01-01,NEUT,1.1,10*9/L,venous\n"
        "P1,2024-01-01,WBC,3.2,10*9/L,control\n"
    )
    assert main(["interpret", str(path), "--out", str(out)]) == 0
    assert "quality-control" in out.read_text()
    assert "3.2" not in out.read_text()


def test_an_empty_encounter_still_names_a_specimen(tmp_path, capsys):
    """Whoever has a person and a draw needs no stay in hospital."""
    path = tmp_path / "in.csv"
    path.write_text(
        "person,drawn_at,encounter_id,test,value,unit\nP1,2024-01-01,,WBC,3.2,10*9/L\n"
        "P1,2024-01-02,7,WBC,3.4,10*9/L\n"
    )
    assert main(["interpret", str(path)]) == 0
    assert "2 rows, 2 panels, 0 could not be read" in capsys.readouterr().out
