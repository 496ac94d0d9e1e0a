"""The people of the survey NHANES 1999-2016 who enter the definition, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from knowledge import shared_folder

from leukon.catalogue import definitions
from leukon.estimation.age_table import MONTH_DAYS, border_days

YEAR_DAYS = 12 * MONTH_DAYS
TOP_YEARS, TOP_DAYS = 80, 85 * YEAR_DAYS
ANALYTES = ("WBC", "NEUT", "LYMPH", "MONO", "EOS")


def data_file() -> Path:
    """Where the survey's counts are."""
    return shared_folder() / "data" / "nhanes_cbc_1999_2016.parquet"


@dataclass(frozen=True)
class People:
    """Who entered: a row a person; `left_out` says how many did not, and why."""

    cycle: np.ndarray
    sex: np.ndarray
    years: np.ndarray
    days: np.ndarray
    weight: np.ndarray
    counts: dict[str, np.ndarray]
    left_out: dict[str, int]

    def only(self, where: np.ndarray) -> People:
        """Some of the people."""
        counts = {name: values[where] for name, values in self.counts.items()}
        return People(self.cycle[where], self.sex[where], self.years[where], self.days[where],
                      self.weight[where], counts, self.left_out)  # fmt: skip

    @property
    def n(self) -> int:
        return len(self.sex)


def people() -> People:
    """Everybody with a white count, of known age and sex, not known to be pregnant, HGB and PLT within."""
    import pyarrow.parquet as parquet

    table = parquet.read_table(data_file())
    column = {
        name: table.column(name).to_numpy(zero_copy_only=False) for name in table.column_names
    }
    sex = np.array([{"F": "female", "M": "male"}.get(s, "") for s in column["sex"].tolist()])
    years = column["age_years"].astype(float)
    days = _days(years, column)
    reasons = {
        "a person of another cycle too": column["duplicate_persons_of_other_cycle"].astype(bool),
        "no white count": np.isnan(column["wbc"]),
        "no known age or sex": np.isnan(years) | (sex == ""),
        "known to be pregnant": np.array([p is True for p in column["pregnant"].tolist()]),
        "HGB or PLT unknown, low or high by leukon-general": ~(
            _within("HGB", 10.0 * column["hgb_g_dl"], sex, days)
            & _within("PLT", column["plt"], sex, days)
        ),
    }
    kept, left_out = np.ones(len(sex), dtype=bool), {}
    for why, where in reasons.items():
        left_out[why] = int((kept & where).sum())
        kept &= ~where
    counts = {name: column[name.lower()] for name in ANALYTES}
    weight = np.nan_to_num(column["mec_weight"].astype(float))
    return People(column["cycle"], sex, years, days, weight, counts, left_out).only(kept)


def _days(years: np.ndarray, column: dict[str, np.ndarray]) -> np.ndarray:
    """Ages in days, in the middle of what is known; 80 stands for everybody of 80 and older."""
    months = np.where(np.isnan(column["age_months_exam"]), column["age_months_screen"],
                      column["age_months_exam"])  # fmt: skip
    found = np.where(np.isnan(months) | (years >= 18), (years + 0.5) * YEAR_DAYS,
                     (months + 0.5) * MONTH_DAYS)  # fmt: skip
    return np.where(years >= TOP_YEARS, TOP_DAYS, found)


def _within(analyte: str, values: np.ndarray, sex: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Whether a count is within leukon-general's reference limits; where it has none, it is."""
    found = ~np.isnan(values)
    for limit in definitions["leukon-general"].limits:
        theirs = limit.partition
        plain = not (theirs.duffy or theirs.pregnancy or theirs.specimen or theirs.qualifiers)
        if str(limit.analyte) == analyte and limit.kind == "reference" and plain:
            start = border_days(theirs.age_from) if theirs.age_from else 0.0
            end = border_days(theirs.age_to) if theirs.age_to else np.inf
            mine = (days >= start) & (days < end) & ((sex == theirs.sex) | (theirs.sex == ""))
            low = -np.inf if limit.low is None else limit.low
            high = np.inf if limit.high is None else limit.high
            found &= ~mine | ((values >= low) & (values <= high))
    return found
