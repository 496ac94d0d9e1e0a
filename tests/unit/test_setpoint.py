"""What goes into a set point, what is left out, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from leukon import Analyte, setpoint
from leukon.errors import InputRefused, UnitRefused, ValueRefused
from leukon.setpoints.kernel import surprise
from leukon.setpoints.parameters import population, shipped
from leukon.setpoints.person import band

YEARLY = [f"{year}-03-01" for year in range(2019, 2025)]
LOW = [1.5, 1.4, 1.7, 1.5, 1.3, 1.6]


def own(values=LOW, dates=YEARLY, **more):
    return setpoint("NEUT", values, dates, **{"unit": "10*9/L", "age": "44y", **more})


def test_somebody_who_lives_low_has_a_low_band():
    found = own()
    assert found.low < 1.2
    assert found.high < 3.0
    assert found.usual
    assert not found.provisional


def test_one_count_gives_a_provisional_band():
    found = own([1.5], ["2024-03-01"])
    assert found.provisional
    assert not found.usual
    assert found.low is not None


def test_three_counts_in_three_months_are_provisional_and_never_usual():
    found = own(LOW[:4], ["2024-01-01", "2024-02-05", "2024-03-10", "2024-04-14"])
    assert found.provisional
    assert not found.usual


def test_an_adult_tested_phenotype_needs_fewer_counts_for_usual():
    dates = ["2024-01-01", "2024-02-15", "2024-04-01", "2024-05-20"]
    assert not own(LOW[:4], dates).usual
    assert own(LOW[:4], dates, duffy="null").usual
    assert not own(LOW[:4], dates, duffy="null", age="17y").usual


def test_no_history_no_age_no_centre():
    assert own([], []).reason == "no-history"
    assert own(age=None).reason == "age-missing"
    assert own([1.5], ["2024-03-01"], age="3mo").reason == "no-centre-for-age"
    assert setpoint("EOS", [0.2], unit="10*9/L", age="44y").reason == "no-model"


def test_without_dates_a_band_stays_provisional():
    found = setpoint("NEUT", LOW, unit="10*9/L", age="44y")
    assert found.provisional
    assert found.span_days is None
    assert not found.usual


def test_the_same_draw_counts_once_and_a_contradiction_not_at_all():
    twice = own([*LOW, 1.6], [*YEARLY, YEARLY[-1]])
    assert twice.low == own().low
    assert set(twice.left_out.values()) == {"duplicate"}
    differ = own([*LOW, 3.9], [*YEARLY, YEARLY[-1]])
    assert differ.left_out == {5: "contradictory", 6: "contradictory"}
    assert differ.low == pytest.approx(own(LOW[:5], YEARLY[:5], age="43y").low, rel=3e-3)


def test_a_count_left_out_keeps_its_reason_and_does_not_enter():
    found = own([*LOW, 0.1], [*YEARLY, "2024-09-01"], left_out={6: "chemotherapy"})
    assert found.left_out == {6: "chemotherapy"}
    assert found.steady[6] is None
    assert found.low == pytest.approx(own().low, rel=1e-3)


def test_an_excursion_is_seen():
    found = own([*LOW[:3], 9.5, *LOW[3:]], [*YEARLY[:3], "2021-09-01", *YEARLY[3:]])
    assert found.steady[3] < 0.05
    assert min(p for place, p in enumerate(found.steady) if place != 3) > 0.8


def test_a_slow_fall_is_an_alarm():
    steady = [6.0, 5.7, 6.3, 5.9, 6.1, 5.8]
    fall = [5.8, 5.2, 4.7, 4.2, 3.8, 3.4, 3.1, 2.9]
    dates = [f"{2005 + n}-03-01" for n in range(len(steady) + len(fall))]
    found = setpoint("NEUT", steady + fall, dates, unit="10*9/L", age="60y")
    assert found.falling
    assert not setpoint("NEUT", steady, dates[:6], unit="10*9/L", age="60y").falling


@pytest.mark.parametrize("lives_at", [-1.2, -0.5, 0.0, 0.7])
def test_a_person_who_lives_far_from_others_does_not_fall(lives_at):
    """A count like those before it is no surprise, wherever the person lives."""
    c = shipped().model(Analyte.NEUT).constants()
    before = band([lives_at] * 3, [0.0, 365.0, 730.0], c)
    own_error = surprise(lives_at, before.level, before.square, before.error, c.tau2)
    assert own_error == pytest.approx(0, abs=0.25)


def test_a_fall_is_seen_however_often_it_is_counted():
    """Many counts of an occasion do not put the alarm farther off."""
    start = date(2023, 1, 2)
    dates = [str(start + timedelta(days=7 * week)) for week in range(104)]
    wave = (1.0, 1.06, 0.95, 1.02, 0.97)
    values = [4.0 * 0.5 ** (max(0, n - 52) / 52) * wave[n % 5] for n in range(104)]
    assert own(values, dates).falling
    assert not own([4.0 * wave[n % 5] for n in range(104)], dates).falling


def test_a_level_that_stood_higher_is_remembered():
    """The alarm ends where the new level is learned, and what it told is kept."""
    values = [4.0, 4.2, 3.8, *[1.3, 1.4, 1.2, 1.3] * 5]
    dates = [f"{2000 + n}-03-01" for n in range(len(values))]
    after = own(values, dates)
    assert not after.falling
    assert after.stood_higher
    assert not own(values[3:], dates[3:]).stood_higher


@pytest.mark.parametrize(("first", "stood"), [(4.5, True), (0.3, False)])
def test_a_first_count_far_off(first, stood):
    """A first count over all others may have been the level; either way it makes no year of theirs."""
    dates = ["2019-03-01", *(f"2024-{month:02}-01" for month in range(2, 9))]
    found = own([first, 1.3, 1.4, 1.2, 1.3, 1.4, 1.3, 1.2], dates)
    assert found.stood_higher is stood
    assert found.span_days > 1500
    assert found.steady_days == 182


def test_children_are_held_against_their_age():
    dates = ["2022-03-01", "2023-03-01", "2024-03-01"]
    usual = setpoint("LYMPH", [4.9, 3.9, 3.4], dates, unit="10*9/L", age="4y")
    assert usual.low < 3.2 < usual.high
    assert not usual.falling


@pytest.mark.parametrize(
    ("values", "dates", "words"),
    [
        ([1.5, -1.0], YEARLY[:2], "count 2"),
        ([1.5, 0.0], YEARLY[:2], "zero"),
        ([1.5, float("nan")], YEARLY[:2], "count 2"),
        ([1.5, 1.6], YEARLY[:1], "1 dates"),
        ([1.5], ["the third of May"], "date cannot be read"),
        ([1.5], [date.today() + timedelta(days=3)], "future"),
    ],
)
def test_refusals(values, dates, words):
    with pytest.raises(ValueRefused, match=words):
        own(values, dates)


def test_a_percentage_is_refused():
    with pytest.raises(UnitRefused, match="percentage"):
        own(unit="%")


@pytest.mark.parametrize("text", ["[" * 100_000, "a = 1", "\udcff", f"{'a.' * 5000}b = 1"])
def test_a_file_that_is_no_file_of_set_points_is_refused_by_name(tmp_path: Path, text: str) -> None:
    """Nested without end, of another kind, of no text, or with a key without end."""
    path = tmp_path / "theirs.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputRefused, match="cannot be used"):
        population(path)
