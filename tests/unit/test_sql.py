"""The SQL view of a definition: every shipped one in every dialect, and what may not go wrong."""

from __future__ import annotations

import re
from math import nextafter

import duckdb
import numpy as np
import pytest

from leukon import DecisionLimit, Definition, Partition, definitions
from leukon.ages import OLDEST_MONTHS, month_days
from leukon.errors import UsageError
from leukon.limits import Limit
from leukon.sql import DIALECTS, shape_of, view_of
from leukon.sql.dialects import DIALECTS as ALL


def made(*limits: Limit, **head: str) -> Definition:
    """A definition of some limits."""
    return Definition(
        **{"id": "made", "publisher": "Nobody", "version": "1", **head}, limits=limits
    )


def neut(**fields: object) -> Limit:
    """A neutrophil limit."""
    return DecisionLimit(analyte="NEUT", unit="10*9/L", **fields)


def critical(**fields: object) -> Limit:
    """A critical limit of neutrophils."""
    return Limit(analyte="NEUT", unit="10*9/L", kind="critical", **fields)


def answers(definition: Definition, *rows: str) -> list[dict[str, object]]:
    """The view on DuckDB, over rows of constants in the order of its columns."""
    names = [name for name, _ in shape_of(definition).columns]
    with duckdb.connect() as database:
        values = ", ".join(f"({place}, {row})" for place, row in enumerate(rows))
        database.execute(
            f"CREATE TABLE panels AS SELECT * FROM (VALUES {values}) t({', '.join(names)})"
        )
        database.execute(view_of(definition, "duckdb"))
        name = f'"panels_by_{definition.id}"'
        found = database.execute(f"SELECT * FROM {name} ORDER BY panel")
        columns = [column[0] for column in found.description]
        return [dict(zip(columns, line, strict=True)) for line in found.fetchall()]


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


def test_an_age_that_nobody_has_is_not_known() -> None:
    """Negative, over 130 years, not a number: as if none were given, and never within."""
    adult = made(neut(low=1.5, partition=Partition(age_from="18y")))
    odd = ("-1e0", "131e0", "'NaN'::DOUBLE", "'Infinity'::DOUBLE", "NULL::DOUBLE")
    found = answers(adult, *(f"{age}, 9.9e0" for age in odd))
    assert {(row["neut_flag"], row["neut_reason"]) for row in found} == {
        ("undetermined", "age-missing")
    }
    real = answers(adult, "18, 9.9e0", "130.9, 9.9e0", "17, 9.9e0")
    assert [row["neut_flag"] for row in real] == ["within", "within", "undetermined"]


def test_a_week_that_no_pregnancy_has_is_not_known() -> None:
    """Before the first week and after the last nothing is within; the last week itself is one."""
    late = neut(low=3.0, partition=Partition(pregnancy=True, weeks_from=28))
    found = answers(
        made(neut(low=1.5), late),
        "TRUE, -1, 9.9e0", "TRUE, 46, 9.9e0", "NULL, 99, 9.9e0", "TRUE, 45, 9.9e0",
        "TRUE, 27.9, 9.9e0",
    )  # fmt: skip
    assert [(row["neut_flag"], row["neut_reason"]) for row in found] == [
        *[("undetermined", "weeks-missing")] * 3, ("within", ""),
        ("undetermined", "no-limit-for-person"),
    ]  # fmt: skip


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


def test_a_tie_of_drivers_goes_to_the_line_that_stands_first() -> None:
    """1.5 - 1.1 and 1.0 - 0.6 are 0.4 both, though their binary numbers differ."""
    lymph = DecisionLimit(analyte="LYMPH", unit="10*9/L", low=1.0)
    both = made(neut(low=1.5), lymph)
    assert [row["driver"] for row in answers(both, "1.1e0, 0.6e0", "1.1e0, 0.5e0")] == [
        "NEUT",
        "LYMPH",
    ]


def test_whole_hours_are_told_apart_and_asked_for() -> None:
    """A definition with borders in hours asks for hours: a day of life would not do."""
    newborn = made(neut(low=1.75, partition=Partition(age_from="61h", age_to="28d")))
    assert [name for name, _ in shape_of(newborn).columns][1] == "age_hours"
    found = answers(newborn, "60, 1.8e0", "61, 1.8e0", "671, 1.8e0", "672, 1.8e0")
    assert [row["neut_flag"] for row in found] == [
        "undetermined",
        "within",
        "within",
        "undetermined",
    ]


def test_weeks_beside_an_unsaid_pregnancy_are_a_pregnancy() -> None:
    """Nobody pregnant gets the interval for everybody because a column was left empty."""
    pregnant = neut(low=3.0, partition=Partition(pregnancy=True, weeks_from=8, weeks_to=41))
    found = answers(
        made(neut(low=1.5), pregnant),
        "NULL::BOOLEAN, 20, 2.0e0", "NULL, NULL, 2.0e0", "TRUE, NULL, 2.0e0", "TRUE, 20, 2.0e0",
    )  # fmt: skip
    assert [row["neut_flag"] for row in found] == ["low", "within", "undetermined", "low"]


def test_a_person_no_one_can_be_has_no_flag() -> None:
    """Male and pregnant, or not pregnant in a week of pregnancy: no limit holds, whatever the count."""
    pregnant = neut(low=3.0, partition=Partition(pregnancy=True))
    both = made(pregnant, *(neut(low=1.5, partition=Partition(sex=s)) for s in ("female", "male")))
    found = answers(
        both,
        "TRUE, NULL, 'male', 9.9e0", "NULL, 20, 'male', 9.9e0", "FALSE, 0, 'female', 9.9e0",
        "FALSE, 20, NULL, NULL", "FALSE, NULL, 'male', 9.9e0", "TRUE, 20, 'female', 9.9e0",
    )  # fmt: skip
    assert [row["neut_reason"] for row in found] == ["contradictory"] * 4 + ["", ""]
    assert [row["neut_flag"] for row in found] == ["undetermined"] * 4 + ["within"] * 2
    assert [row["neut"] for row in found] == [None] * 4 + [9.9] * 2
    alone = answers(made(neut(low=1.5), pregnant), "FALSE, 20, 9.9e0", "FALSE, NULL, 9.9e0")
    assert [row["neut_flag"] for row in alone] == ["undetermined", "within"]


TWO_AGES = {
    ("28d", "1mo"): "age_days, age_months",
    ("28d", "1y"): "age_days, age_years",
    ("36h", "1mo"): "age_hours, age_months",
    ("36h", "1y"): "age_hours, age_years",
}


@pytest.mark.parametrize("borders", TWO_AGES)
def test_ages_of_no_one_person_are_set_apart_and_all_others_are_not(
    borders: tuple[str, str],
) -> None:
    """From birth to 130 years, whatever months one is born in; five days and 40 years are no age."""
    first, second = borders
    aged = made(
        neut(low=1.0, partition=Partition(age_to=first)),
        neut(low=2.0, partition=Partition(age_from=second)),
    )
    by = TWO_AGES[borders].replace("age_", "").split(", ")
    assert [name for name, _ in shape_of(aged).columns][1:3] == TWO_AGES[borders].split(", ")
    hours, months = 24 if by[0] == "hours" else 1, 12 if by[1] == "years" else 1
    numbers = np.arange(0, OLDEST_MONTHS + 1, months)
    # Born late in the day and drawn early, a day less has passed than the calendar says.
    least = np.maximum(month_days(numbers.astype(float))[0] - 1, 0) * hours
    most = (month_days(numbers.astype(float) + months)[1]) * hours - 1
    real = [
        f"{int(day)}, {month // months}, 9.9e0"
        for side in (least, most)
        for day, month in zip(side, numbers.tolist(), strict=True)
    ]
    assert "contradictory" not in {row["neut_reason"] for row in answers(aged, *real)}
    far = [(5, 480), (5, 24), (600, 0), (20_000, 480)]
    wrong = [f"{day * hours}, {month // months}, 9.9e0" for day, month in far]
    assert {row["neut_flag"] for row in answers(aged, *wrong)} == {"undetermined"}


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


@pytest.mark.parametrize("name", ["order", "true", "null", "user", "age-band", "neut-row", "1500g"])
def test_a_fact_may_have_any_name(name: str) -> None:
    """A word of the language, or of the view's own steps, is still the column that is called so."""
    fact = neut(low=3.0, partition=Partition(qualifiers=(name,)))
    (_, column, _), (_, about, _) = zip(*shape_of(made(neut(low=1.5), fact)).columns, strict=True)
    assert about.startswith("true or false")
    with duckdb.connect() as database:
        database.execute(
            f"""CREATE TABLE panels AS SELECT * FROM (VALUES (0, TRUE, 2e0), (1, FALSE, 2e0),
            (2, NULL, 2e0)) t(panel, "{column}", neut)"""
        )
        database.execute(view_of(made(neut(low=1.5), fact), "duckdb"))
        query = "SELECT neut_flag FROM panels_by_made ORDER BY panel"
        assert database.execute(query).fetchall() == [("low",), ("within",), ("within",)]


@pytest.mark.parametrize("names", [("neut",), ("panel",), ("far-up", "far_up")])
def test_a_fact_with_the_name_of_another_column_is_refused(names: tuple[str, ...]) -> None:
    """One column cannot say two things."""
    facts = [
        neut(low=3.0, partition=Partition(qualifiers=(name,), sex=sex))
        for name, sex in zip(names, ("female", "male"), strict=False)
    ]
    with pytest.raises(UsageError, match="the name of another column"):
        view_of(made(neut(low=1.5), *facts), "duckdb")


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
