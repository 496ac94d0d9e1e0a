"""The SQL view of a definition: every shipped one in every dialect, and what may not go wrong."""

from __future__ import annotations

import re
from math import nextafter

import duckdb
import pytest

from leukon import DecisionLimit, definitions
from leukon.errors import UsageError
from leukon.sql import DIALECTS, shape_of, view_of
from leukon.sql.dialects import DIALECTS as ALL
from support.small_views import answers, critical, made, neut


@pytest.fixture(scope="module")
def texts() -> dict[tuple[str, str], str]:
    """Every shipped definition in every dialect."""
    return {(one.id, to): view_of(one, to) for one in definitions.values() for to in DIALECTS}


def test_every_shipped_definition_is_a_view_on_duckdb(texts: dict[tuple[str, str], str]) -> None:
    """Each of them is created over an empty table, answers, and names itself."""
    with duckdb.connect() as database:
        for one in definitions.values():
            columns = ", ".join(f"{name} {column_type(name)}" for name, _ in shape_of(one).columns)
            database.execute(f"CREATE OR REPLACE TABLE panels ({columns})")
            database.execute("INSERT INTO panels (panel) VALUES (1)")
            database.execute(texts[one.id, "duckdb"])
            view = re.search(r'VIEW ("[^"]+")', texts[one.id, "duckdb"])
            assert view is not None
            found = database.execute(f"SELECT * FROM {view[1]}").fetchone()
            assert found is not None
            assert found[-1] == one.id
            assert found[-2] == "undetermined"


def column_type(name: str) -> str:
    """The type of a column of the documented shape."""
    if name in ("sex", "duffy", "specimen"):
        return "VARCHAR"
    return "BOOLEAN" if name == "pregnant" or "birth" in name else "DOUBLE"


def test_every_view_says_whose_it_is_and_what_it_does_not_do(
    texts: dict[tuple[str, str], str],
) -> None:
    """The head names publisher, version, date, source, checked by, and what is left out."""
    for (name, _), text in texts.items():
        head = text.partition("CREATE")[0]
        one = definitions[name]
        assert all(line.startswith("--") for line in head.splitlines())
        for said in ("checked by: not yet checked by a clinician", "does not do", "No unit"):
            assert said in head
        assert "leukon informs; it does not diagnose" in head
        assert one.publisher in head
        assert one.version in head


def test_a_view_is_one_statement_with_balanced_words(texts: dict[tuple[str, str], str]) -> None:
    """Every CASE has its END, every bracket its other, whatever the dialect."""
    for text in texts.values():
        body = "\n".join(line.partition("--")[0] for line in text.splitlines())
        bare = re.sub(r"'(?:[^'\\]|\\.|'')*'", "''", body)
        assert len(re.findall(r"\bCASE\b", bare)) == len(re.findall(r"\bEND\b", bare))
        assert bare.count("(") == bare.count(")")
        assert bare.count(";") == 1


def test_inclusiveness_is_exact() -> None:
    """2.0 itself is low where the limit says so, and the next number above it is not."""
    above = nextafter(2.0, 3.0)
    low = made(neut(low=2.0, low_inclusive=False))
    assert [row["neut_flag"] for row in answers(low, "2.0e0", f"{above!r}e0")] == ["low", "within"]
    high = made(neut(low=2.0, high=7.0, high_inclusive=False), critical(low=1.0, high=9.0))
    found = answers(high, "7e0", f"{nextafter(7.0, 0.0)!r}e0", "9e0", f"{nextafter(9.0, 10.0)!r}e0")
    assert [row["neut_flag"] for row in found] == ["high", "within", "high", "critical-high"]
    assert [row["neut_reason"] for row in found] == [""] * 4
    found = answers(high, "1e0", f"{nextafter(1.0, 0.0)!r}e0", "2e0", f"{nextafter(2.0, 0.0)!r}e0")
    assert [row["neut_flag"] for row in found] == ["low", "critical-low", "within", "low"]
    zero = made(neut(low=0.0, low_inclusive=False))
    assert [row["neut_flag"] for row in answers(zero, "0e0", "5e-324")] == ["low", "within"]


def test_nothing_that_is_no_count_is_within() -> None:
    """NULL, NaN, both infinities, negative and impossible values are undetermined, with the reason."""
    odd = (
        "NULL::DOUBLE",
        "'NaN'::DOUBLE",
        "'Infinity'::DOUBLE",
        "'-Infinity'::DOUBLE",
        "-1e0",
        "501e0",
    )
    found = answers(made(neut(low=1.5, high=7.5)), *odd)
    assert {row["neut_flag"] for row in found} == {"undetermined"}
    assert [row["neut_reason"] for row in found] == ["value-missing"] * 2 + ["impossible"] * 4
    assert {row["driver"] for row in found} == {"undetermined"}
    most = answers(made(neut(low=1.5, high=7.5)), "500e0", "0e0", "-0e0")
    assert [row["neut_flag"] for row in most] == ["high", "low", "low"]


def test_the_driver_is_none_only_where_the_neutrophils_were_compared() -> None:
    """Lymphocytes that are within do not say so of neutrophils that are missing."""
    lymph = DecisionLimit(analyte="LYMPH", unit="10*9/L", low=1.0)
    found = answers(made(neut(low=1.5), lymph), "NULL::DOUBLE, 2e0", "2e0, NULL", "NULL, 0.5e0")
    assert [row["driver"] for row in found] == ["undetermined", "none", "LYMPH"]
    alone = answers(made(lymph), "2e0", "NULL")
    assert [row["driver"] for row in alone] == ["none", "undetermined"]


@pytest.mark.parametrize("name", ["it's", "a\\b", "x'; DROP TABLE panels; --", 'a"b', "\u2028"])
def test_an_id_of_any_signs_comes_back_as_it_is(name: str) -> None:
    """The column `definition` holds the id of the file, whatever is in it."""
    one = made(neut(low=1.5), id=name)
    text = view_of(one, "duckdb")
    view = re.search(r'VIEW ("[^"]+")', text)
    assert view is not None
    with duckdb.connect() as database:
        database.execute("CREATE TABLE panels AS SELECT 1 AS panel, 1e0 AS neut")
        database.execute(text)
        assert database.execute(f"SELECT definition FROM {view[1]}").fetchall() == [(name,)]


def test_a_floor_is_named_from_the_printed_limit_on() -> None:
    """Under the floor a count is low; from the printed limit to the floor the floor says so."""
    found = answers(made(neut(low=1.0, floor=1.5)), "0.99e0", "1.0e0", "1.49e0", "1.5e0")
    assert [(row["neut_flag"], row["neut_reason"]) for row in found] == [
        ("low", ""), ("low", "below-floor"), ("low", "below-floor"), ("within", ""),
    ]  # fmt: skip


def test_a_high_count_needs_no_lower_limit() -> None:
    """Over the upper limit it is high, with no reason; under it nothing is known to be within."""
    found = answers(made(neut(high=7.0)), "7.1e0", "7e0")
    assert [(row["neut_flag"], row["neut_reason"]) for row in found] == [
        ("high", ""),
        ("undetermined", "no-lower-limit"),
    ]


def test_a_tie_of_drivers_goes_to_the_line_that_stands_first() -> None:
    """1.5 - 1.1 and 1.0 - 0.6 are 0.4 both, though their binary numbers differ."""
    lymph = DecisionLimit(analyte="LYMPH", unit="10*9/L", low=1.0)
    both = made(neut(low=1.5), lymph)
    assert [row["driver"] for row in answers(both, "1.1e0, 0.6e0", "1.1e0, 0.5e0")] == [
        "NEUT",
        "LYMPH",
    ]


def test_lines_that_are_more_than_their_total_have_no_flag() -> None:
    """Beyond the roundings of a report: the total and every line that is known are contradictory."""
    others = [
        DecisionLimit(analyte=kind, unit=unit, low=1.0)
        for kind, unit in (("WBC", "10*9/L"), ("LYMPH", "10*9/L"), ("HGB", "g/L"))
    ]
    found = answers(
        made(neut(low=1.5), *others),
        "3.0e0, 5.0e0, NULL, 140", "5.0e0, 3.0e0, 2.2e0, 140", "5.0e0, 3.0e0, 2.4e0, 140",
        "NULL, 5.0e0, 2.0e0, 140", "3.0e0, 3.1e0, 501, 140", "3.0e0, 3.1e0, 0.4e0, 140",
    )  # fmt: skip
    told = ["wbc_reason", "neut_reason", "lymph_reason", "hgb_reason"]
    clash = "contradictory"
    assert [tuple(row[name] for name in told) for row in found] == [
        (clash, clash, "value-missing", ""),
        ("", "", "", ""),
        (clash, clash, clash, ""),
        ("value-missing", "", "", ""),
        ("", "", "impossible", ""),
        (clash, clash, clash, ""),
    ]
    assert [row["wbc"] for row in found] == [None, 5.0, None, None, 3.0, None]
    assert [row["driver"] for row in found] == [
        "undetermined", "none", "undetermined", "none", "none", "undetermined",
    ]  # fmt: skip


@pytest.mark.parametrize("table", ["given", "people", "neut_limits", "flagged", "select"])
def test_the_table_may_have_the_name_of_a_step(table: str) -> None:
    """What is read is the table, not a step of the view that is called like it."""
    with duckdb.connect() as database:
        database.execute(f'CREATE TABLE "{table}" AS SELECT 1 AS panel, 1e0 AS neut')
        database.execute(view_of(made(neut(low=1.5)), "duckdb", table=table))
        found = database.execute(f'SELECT neut_flag FROM "{table}_by_made"').fetchall()
    assert found == [("low",)]


@pytest.mark.parametrize("to", DIALECTS)
def test_nothing_in_a_definition_file_becomes_a_statement(to: str) -> None:
    """An id, a publisher, a note with quotes, line ends and dashes stay text and comment."""
    bad = "x'; DROP TABLE panels; --\n\u2028\\' DROP TABLE panels; /*"
    row = neut(low=1.5, publisher=bad, note=bad)
    text = view_of(made(row, id=bad, publisher=bad, source=bad, date=bad), to)
    code = text.replace(ALL[to].literal(bad), "''")
    bare = "\n".join(line.partition("--")[0] for line in code.split("\n"))
    assert "DROP" not in bare
    assert "\u2028" not in code


@pytest.mark.parametrize("table", ['panels"; DROP', "", "a..b", "a b", "a;b"])
def test_a_table_with_a_name_of_other_signs_is_refused(table: str) -> None:
    """What stands between the quotes of a name cannot end them."""
    with pytest.raises(UsageError, match="name of the table"):
        view_of(definitions["merck-manual"], "duckdb", table=table)


def test_an_unknown_dialect_is_refused_with_the_known_ones() -> None:
    """The message lists what there is."""
    with pytest.raises(UsageError, match="duckdb, postgres, spark, bigquery"):
        view_of(definitions["merck-manual"], "oracle")
