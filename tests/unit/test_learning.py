"""Learning what is usual: known people are found again, and too few are refused."""

from __future__ import annotations

import numpy as np
import pytest

from leukon.analytes import Analyte
from leukon.cli import main
from leukon.errors import EstimateRefused
from leukon.setpoints.learning import Known, learn
from leukon.setpoints.parameters import population

BETWEEN, WITHIN, OFTEN, FAR = 0.33, 0.15, 0.10, 0.5


def people(number: int, size: int = 8, *, eps: float = OFTEN, seed: int = 4) -> Known:
    """Invented women of 30 to 70 around 3.9; excursions come in runs, as infections do."""
    rng = np.random.default_rng(seed)
    level = np.log(3.9) + BETWEEN * rng.standard_normal((number, 1))
    spread = WITHIN * np.exp(0.2 * rng.standard_normal((number, 1)))
    y = level + spread * rng.standard_t(5.5, (number, size))
    far = np.zeros((number, size), dtype=bool)
    now = rng.random(number) < eps
    for turn in range(size):
        far[:, turn] = now
        now = rng.random(number) < np.where(now, 0.5, eps * 0.5 / (1 - eps))
    y += far * FAR * rng.standard_normal(far.shape)
    days = 16_000 + np.cumsum(rng.exponential(90, (number, size)) + 1, axis=1)
    years = rng.uniform(30, 70, (number, 1)) + (days - 16_000) / 365.25
    persons = np.repeat(np.arange(number), size)
    return Known(persons, days.ravel(), np.exp(y).ravel(), years.ravel(), np.ones(number * size))


@pytest.fixture(scope="module")
def learned():
    return learn(people(700), Analyte.NEUT)


def test_known_people_are_found_again(learned):
    """Spreads between and within people, and how often a count is an excursion: near the truth."""
    found = learned.spread
    assert found.tau == pytest.approx(BETWEEN, rel=0.08)
    assert found.s0 == pytest.approx(WITHIN, rel=0.08)
    assert found.eps == pytest.approx(OFTEN, abs=0.025)
    assert found.excursion == pytest.approx(FAR, rel=0.2)


def test_excursions_that_are_rare_are_found_rare():
    """Where one count in fifty is an excursion, no more than that is said."""
    assert learn(people(300, 6, eps=0.02), Analyte.NEUT).spread.eps < 0.045


def test_what_is_usual_is_found_by_age(learned):
    """The medians of the age groups are near 3.9."""
    (centre,) = learned.centres
    assert centre.sex == "female"
    assert centre.medians == pytest.approx([3.9] * len(centre.medians), rel=0.12)
    assert all(30 < age < 75 for age in centre.ages)


@pytest.mark.parametrize(("number", "says"), [(20, "no age group"), (190, "200 are needed")])
def test_too_few_people_are_refused(number, says):
    """Neither medians nor spreads of a handful of people are published."""
    with pytest.raises(EstimateRefused, match=says):
        learn(people(number), Analyte.NEUT)


def test_from_a_file_to_a_file_and_back(tmp_path, capsys):
    """`leukon setpoint --learn` writes what `--parameters` reads."""
    known = people(260, size=6)
    days = np.floor(known.days).astype("datetime64[D]")
    lines = ["person,drawn_at,age_days,sex,neut"]
    lines += [
        f"{who},{day},{round(age * 365.25)},F,{value:.2f}"
        for who, day, age, value in zip(known.persons, days, known.years, known.values, strict=True)
    ]
    file, out = tmp_path / "practice.csv", tmp_path / "own.toml"
    file.write_text("\n".join(lines) + "\n")
    words = ["setpoint", "--learn", str(file), "--analyte", "NEUT", "--unit", "10*9/L"]
    assert main([*words, "--out", str(out)]) == 0
    assert "NEUT      260" in " ".join(capsys.readouterr().out.split(" "))
    found = population(out)
    assert [spread.analyte for spread in found.models] == ["NEUT"]
    assert "260 people" in found.notes[0]
    words = ["setpoint", str(file), "--unit", "10*9/L", "--parameters", str(out), "--show", "1"]
    assert main(words) == 0


def test_a_practice_with_too_few_is_told_so(tmp_path, capsys):
    """The refusal names how many there are and how many are needed."""
    file = tmp_path / "few.csv"
    file.write_text("person,drawn_at,age_years,sex,neut\n1,2020-01-01,40,F,3.1\n")
    words = [
        "setpoint",
        "--learn",
        str(file),
        "--unit",
        "10*9/L",
        "--out",
        str(tmp_path / "o.toml"),
    ]
    assert main(words) == 3
    assert "no count has enough people with a history" in capsys.readouterr().err
    assert main([*words[:-1], "o.csv"]) == 2
