"""Whose limits a SQL view finds: ages, weeks, facts, and persons that no one can be."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from leukon import Count, DecisionLimit, Definition, Panel, Partition, Person
from leukon.ages import OLDEST_MONTHS, month_days
from leukon.batch import batch_of
from leukon.compare import interpret_batch
from leukon.errors import UsageError
from leukon.reasons import Reason
from leukon.sql import shape_of, view_of
from support.small_views import answers, made, neut


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


AGED = made(
    *(
        neut(low=low, partition=Partition(age_from=start, age_to=end))
        for low, start, end in (
            (1.0, "", "28d"), (2.0, "28d", "3mo"), (3.0, "3mo", "1y"), (4.0, "1y", ""),
        )
    ),
    *(
        DecisionLimit(analyte="WBC", unit="10*9/L", low=low, partition=Partition(age_from=a, age_to=b))
        for low, a, b in ((5.0, "1mo", "60d"), (6.0, "60d", "400d"), (7.0, "18mo", ""))
    ),
)  # fmt: skip


YEARS = made(
    neut(low=1.0, partition=Partition(age_to="400d")),
    neut(low=2.0, partition=Partition(age_from="400d")),
    DecisionLimit(analyte="WBC", unit="10*9/L", low=5.0, partition=Partition(age_from="5y")),
)


@pytest.mark.parametrize(
    ("aged", "unit", "most", "row"),
    [
        (AGED, "d", 900, "{}, NULL"),
        (AGED, "mo", 32, "NULL, {}"),
        (YEARS, "d", 2000, "{}, NULL"),
        (YEARS, "y", 12, "NULL, {}"),
    ],
    ids=["days", "months", "days beside years", "years"],
)
def test_an_age_in_one_unit_alone_is_an_interval_in_the_other(
    aged: Definition, unit: str, most: int, row: str
) -> None:
    """Every day, month or year of the first ones: the limits, or the reason, that the engine finds."""
    counts = [Count("WBC", 9.9, "10*9/L"), Count("NEUT", 9.9, "10*9/L")]
    panels = [Panel(Person(age=f"{number}{unit}"), counts) for number in range(most)]
    outcome = interpret_batch(batch_of(panels), aged.compiled)
    coarse = "age_months" if aged is AGED else "age_years"
    assert [name for name, _ in shape_of(aged).columns][1:3] == ["age_days", coarse]
    found = answers(aged, *(f"{row.format(number)}, 9.9e0, 9.9e0" for number in range(most)))
    for kind, compared in outcome.counts.items():
        lower = [None if np.isnan(value) else value for value in compared.lower.tolist()]
        reasons = [Reason(code).slug for code in compared.reasons.tolist()]
        assert [line[f"{kind.lower()}_lower"] for line in found] == lower
        assert [line[f"{kind.lower()}_reason"] for line in found] == reasons


def test_where_days_and_months_differ_by_a_few_days_the_calendar_decides() -> None:
    """A month is completed after 28 days at least: of 27 days and one month the month is believed."""
    both = made(
        neut(low=2.0, partition=Partition(age_from="1mo")),
        neut(low=1.0, partition=Partition(age_to="28d")),
    )
    found = answers(both, "27, 1, 9.9e0", "27, 0, 9.9e0", "28, 1, 9.9e0")
    assert [row["neut_lower"] for row in found] == [2.0, 1.0, 2.0]


def test_from_birth_asks_for_no_column_of_its_own() -> None:
    """Somebody whose months or years are known is born."""
    child = made(neut(low=1.0, partition=Partition(age_from="0d", age_to="18y")))
    assert [name for name, _ in shape_of(child).columns] == ["panel", "age_years", "neut"]


def test_a_week_that_a_border_cuts_is_in_no_band() -> None:
    """Completed weeks do not say on which side of 20.5 week 20 lies; "20.5" does."""
    late = neut(low=3.0, partition=Partition(pregnancy=True, weeks_from=20.5))
    found = answers(made(late), "TRUE, 20, 9.9e0", "TRUE, 20.5, 9.9e0", "TRUE, 21, 9.9e0")
    assert [row["neut_reason"] for row in found] == ["weeks-missing", "", ""]


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
