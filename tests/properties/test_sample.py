"""The sample against a plain one: a loop over rows that asks each reason in turn."""

import csv
from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from leukon.engines.studies import Given, read_sample
from leukon.estimation.sample import Rules, bands

ROW = st.fixed_dictionaries(
    {
        "person": st.sampled_from(["A", "B", "C", "D", ""]),
        "drawn_at": st.sampled_from(["2026-01-01", "2026-01-02", "2026-03-05", ""]),
        "age_years": st.sampled_from(["", "5", "17", "18", "39", "40", "64", "65", "90"]),
        "sex": st.sampled_from(["female", "male", ""]),
        "pregnant": st.sampled_from(["", "true", "false"]),
        "setting": st.sampled_from(["", "inpatient", "outpatient", "dialysis", "Block C"]),
        "wbc": st.sampled_from(["", "5.0", "6.1", "7.2", "-1", "9000", "<0.5", "clotted"]),
    }
)
WORDS = {"": "no-value", "-1": "implausible", "9000": "implausible", "<0.5": "comparator"}


def plain(rows: list[dict[str, str]], *, by_sex: bool, per_person: str):
    """The values that enter with their weights, and why the others do not."""
    left, kept = Counter(), []
    for place, row in enumerate(rows):
        why = reason(row, by_sex=by_sex)
        if why:
            left[why] += 1
        else:
            kept.append((row["person"] or place, row["drawn_at"] or "9999", place, row))
    people: dict[object, list[tuple[object, str, int, dict[str, str]]]] = {}
    for one in sorted(kept, key=lambda one: one[1:3]):
        people.setdefault(one[0], []).append(one)
    if per_person == "first":
        left["later-result"] += sum(len(many) - 1 for many in people.values())
        people = {person: many[:1] for person, many in people.items()}
    found = [(float(row["wbc"]), 1 / len(many)) for many in people.values() for *_, row in many]
    return sorted(found), {why: rows for why, rows in left.items() if rows}


def reason(row: dict[str, str], *, by_sex: bool) -> str:
    """The first reason that keeps a row out, "" where none does."""
    age = row["age_years"]
    checks = [
        ("contradiction", row["sex"] == "male" and row["pregnant"] == "true"),
        ("unreadable", row["wbc"] == "clotted"),
        (WORDS.get(row["wbc"], ""), row["wbc"] in WORDS),
        ("pregnant", row["pregnant"] == "true"),
        ("in-patient", row["setting"] == "inpatient"),
        ("repeated-course", row["setting"] == "dialysis"),
        ("age-unknown", not age),
        ("age-outside", bool(age) and int(age) < 18),
        ("sex-unknown", by_sex and not row["sex"]),
    ]
    return next((why for why, holds in checks if holds), "")


@given(
    rows=st.lists(ROW, min_size=1, max_size=25),
    by_sex=st.booleans(),
    per_person=st.sampled_from(["first", "all"]),
)
def test_the_sample_is_the_plain_one(tmp_path_factory, rows, by_sex, per_person):
    """Which results enter, with what weight, and why the others do not."""
    file: Path = tmp_path_factory.getbasetemp() / "sample.csv"
    with file.open("w", newline="") as out:
        table = csv.DictWriter(out, [*rows[0], "unit"])
        table.writeheader()
        table.writerows({**row, "unit": "10*9/L"} for row in rows)
    rules = Rules(bands=bands("18y,40y,65y"), by_sex=by_sex, per_person=per_person)
    sample = read_sample(Given([file]), "WBC", rules)
    found = sorted(zip(sample.values.tolist(), sample.weights.tolist(), strict=True))
    left = {why.slug: number for why, number in sample.tally.excluded.items()}
    assert (found, left) == plain(rows, by_sex=by_sex, per_person=per_person)
    assert sample.tally.balanced
