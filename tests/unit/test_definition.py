"""Definitions: files that a practice can write, and what is said when one is wrong."""

import pytest

from leukon import DecisionLimit, Definition, Partition, ReferenceInterval, definitions
from leukon.catalogue import resolve
from leukon.definition import dumps, load, loads
from leukon.errors import DefinitionRefused, DefinitionUnknown

HEAD = 'id = "mine"\npublisher = "My clinic"\nversion = "2026"\n'
ROW = '[[limits]]\nanalyte = "WBC"\nunit = "10*9/L"\nkind = "decision"\nlow = 3.5\n'


def test_the_kind_decides_what_a_limit_is():
    """A reference limit describes a population, a decision limit is tied to an action."""
    found = loads(HEAD + ROW + ROW.replace("decision", "conventional").replace("WBC", "NEUT"))
    assert [type(limit) for limit in found.limits] == [DecisionLimit, ReferenceInterval]
    assert found.analytes == ("WBC", "NEUT")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("id =", "not a TOML file"),
        (ROW, "needs id and publisher"),
        (HEAD, "at least one limit"),
        ('id = "x"\npublisher = "X"\n' + ROW, "a version or a date"),
        (HEAD + 'licence = "x"\n' + ROW, "unknown licence"),
        (HEAD + "limits = 3\n", "list of tables"),
        ("country = 3\n" + HEAD + ROW, "country is not"),
        (HEAD + ROW + "hihg = 3\n", "unknown hihg"),
        (HEAD + ROW.replace('"decision"', '"guess"'), "states its kind"),
        (HEAD + ROW.replace('kind = "decision"\n', ""), "states its kind"),
        (HEAD + ROW.replace("3.5", '"3.5"'), "float"),
        (HEAD + ROW.replace('"WBC"', '"CRP"'), "limit 1"),
        (HEAD + ROW.replace("low = 3.5\n", ""), "a low or a high value"),
        (HEAD + ROW + "high = 3.0\n", "above the high limit"),
        (HEAD + ROW.replace("3.5", "-1"), "never negative"),
        (HEAD + ROW.replace("3.5", "nan"), "is a number"),
        (HEAD + ROW.replace("10*9/L", "%"), "no unit of WBC|not known|percent"),
        (HEAD + ROW + 'sex = "man"\n', "neither female nor male"),
        (HEAD + ROW + 'specimen = "arterial"\n', "neither venous nor capillary"),
        (HEAD + ROW + 'duffy = "perhaps"\n', "neither null nor not-null"),
        (HEAD + ROW + 'age_from = "18"\n', "age border cannot be read"),
        (HEAD + ROW + 'age_from = "18y"\nage_to = "17y"\n', "run backwards"),
        (HEAD + ROW + 'age_from = "18y"\nage_to = "18y"\n', "run backwards"),
        (HEAD + ROW + 'age_from = "31d"\nage_to = "1mo"\n', "run backwards"),
        (HEAD + ROW + "weeks_from = 8\n", "without pregnancy"),
        (HEAD + ROW + "pregnancy = true\nweeks_from = 8\nweeks_to = 8\n", "weeks run backwards"),
        (HEAD + ROW + "pregnancy = true\nweeks_to = 46\n", "between 0 and 45"),
    ],
)
def test_a_wrong_file_is_refused_with_what_and_where(text, what):
    """What is wrong is named, and the file and row it stands in."""
    with pytest.raises(DefinitionRefused, match=what) as caught:
        loads(text, name="mine.toml")
    assert caught.value.where


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    """A missing file, or one that is not UTF-8, is a refusal and no traceback."""
    with pytest.raises(DefinitionRefused, match="no such file"):
        load(tmp_path / "none.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes(b'id = "\xe4"')
    with pytest.raises(DefinitionRefused, match="UTF-8"):
        load(path)


def test_a_definition_is_named_by_publisher_version_and_date():
    """The label beside a flag says whose, which, when, and who reported it."""
    limit = DecisionLimit(analyte="WBC", low=3.5, unit="10*9/L")
    fields = {"id": "x", "publisher": "X", "limits": [limit]}
    assert Definition(**fields, version="2", date="2026-01-31").label == "X, 2, 2026-01-31"
    assert Definition(**fields, version="2026-01-31", date="2026").label == "X, 2026-01-31"
    assert Definition(**fields, date="2026", reported_by="Y").label.endswith("(as reported by Y)")


@pytest.mark.parametrize("name", sorted(definitions))
def test_a_shipped_definition_is_written_and_read(name):
    """Each shipped definition reads back as it is."""
    assert loads(dumps(definitions[name])) == definitions[name]


def test_names_find_definitions(tmp_path):
    """An id, a publisher's id, a file or an object is the definition that is meant."""
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + ROW, encoding="utf-8")
    mine = load(path)
    assert resolve(path) == resolve(str(path)) == resolve(mine) == mine
    assert resolve("mayo-clinic").id == "mayo-clinic-2024"
    assert resolve(None).id == "leukon-general"
    assert "mayo-clinic" in definitions
    assert "mayo" not in definitions
    with pytest.raises(DefinitionUnknown, match="did you mean"):
        resolve("mayo-clinik")


def test_specificity_counts_facts():
    """Each fact that a row asks for beside the age makes it more specific."""
    assert Partition(age_from="18y").specificity == 0
    assert Partition(sex="female", pregnancy=True, qualifiers=("a", "b")).specificity == 4
