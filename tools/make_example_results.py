"""examples/results.csv: 3,000 results of invented people, as a laboratory would export them.

Nobody in it exists. The healthy adults are log-normal, so that the true limits are known:
exp(log(6.4) -+ 1.96 x 0.24), which is 4.0 to 10.2. Beside them stand what a real export holds too: the
sick, in-patients, repeated results, children, pregnant women, unreadable and implausible values.

    python tools/make_example_results.py [--check]
"""

import csv
import io
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parents[1] / "examples" / "results.csv"
ROWS, SEED = 3_000, 20_261_124
CENTRE, SPREAD, SICK = 6.4, 0.24, 0.06
COLUMNS = ("person", "drawn_at", "age_years", "sex", "pregnant", "patient_class", "wbc", "wbc_unit")
ODD = {400: "< 0.5", 900: "clotted", 1500: "-1", 2100: "6200", 2600: ""}
"""What stands in a few cells instead of a count."""


def main() -> int:
    """Write the file, or say whether it is what would be written."""
    text = table()
    if "--check" in sys.argv:
        same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text
        print("" if same else f"{TARGET.name} is not what {Path(__file__).name} makes", end="")
        return 0 if same else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


def table() -> str:
    rng = np.random.default_rng(SEED)
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for place, row in enumerate(people(rng)):
        rows.writerow((*row[:6], ODD.get(place, row[6]), "10*9/L"))
    return out.getvalue()


def people(rng):
    """One row a result: most people come once, some come again."""
    number, made = 0, 0
    while made < ROWS:
        number += 1
        person = f"X{number:05d}"
        age = int(rng.integers(18, 90)) if rng.random() > 0.03 else int(rng.integers(1, 18))
        sex = "female" if rng.random() < 0.55 else "male"
        pregnant = "true" if sex == "female" and 18 <= age < 42 and rng.random() < 0.06 else ""
        ward = "inpatient" if rng.random() < 0.06 else "outpatient"
        results = 1 + int(rng.random() < 0.07) + int(rng.random() < 0.02)
        for _ in range(min(results, ROWS - made)):
            made += 1
            day = date(2025, 11, 1) + timedelta(days=int(rng.integers(0, 365)))
            yield person, day.isoformat(), age, sex, pregnant, ward, f"{value(rng, ward):.1f}"


def value(rng, ward: str) -> float:
    sick = 0.5 if ward == "inpatient" else SICK
    if rng.random() > sick:
        return max(float(np.exp(rng.normal(np.log(CENTRE), SPREAD))), 0.5)
    low = rng.random() < 0.3
    return max(float(np.exp(rng.normal(np.log(2.6 if low else 13.5), 0.28))), 0.3)


if __name__ == "__main__":
    sys.exit(main())
