"""The open definition from the survey NHANES: what it covers, and how many lie below its limits.

The survey: National Center for Health Statistics, https://wwwn.cdc.gov/Nchs/Nhanes/ (public domain).
"""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from scipy.stats import binom

from leukon import definitions, interpret_table
from leukon.estimation.age_table import border_days

NHANES = definitions["leukon-nhanes-1999-2016"]
LOWER = ("WBC", "NEUT", "LYMPH")
COLUMNS = ["age_years", "sex", "pregnant", "hgb_g_dl", "plt", "wbc", "neut", "lymph"]


def test_it_never_votes_and_nobody_has_checked_it() -> None:
    """It is leukon's own estimate: no row votes, and no clinician is named."""
    assert not any(limit.votes for limit in NHANES.limits)
    assert NHANES.checked_by == ""


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("analyte", [*LOWER, "MONO", "EOS"])
def test_it_covers_every_age_from_one_year_without_a_gap(analyte: str, sex: str) -> None:
    """Each row begins where the one before ends; the first at 1 year, the last is open."""
    rows = [
        limit for limit in NHANES.limits if limit.analyte == analyte and limit.partition.sex == sex
    ]
    rows.sort(key=lambda limit: border_days(limit.partition.age_from))
    ends = [limit.partition.age_to for limit in rows]
    assert [limit.partition.age_from for limit in rows] == ["1y", *ends[:-1]]
    assert ends[-1] == ""
    assert all((limit.low is not None) == (analyte in LOWER) for limit in rows)


def healthy(folder):
    """People of the survey, not known to be pregnant, by plain limits of haemoglobin and platelets."""
    table = parquet.read_table(folder / "data" / "nhanes_cbc_1999_2016.parquet", columns=COLUMNS)
    table = table.to_pandas().dropna(subset=["wbc", "neut", "age_years", "sex", "hgb_g_dl", "plt"])
    adult = table.age_years >= 12
    least = np.where(adult, np.where(table.sex == "F", 12.0, 13.0), 11.0)
    kept = (table.hgb_g_dl >= least) & table.plt.between(150, 450) & (table.pregnant != True)  # noqa: E712
    return table[kept]


@pytest.fixture(scope="module")
def flags(needs_shared, tmp_path_factory):
    """What leukon says of each of these people by the definition, with their age and sex."""
    people = healthy(needs_shared)
    columns = {name.upper(): people[name.lower()] for name in LOWER}
    counts, out = (
        tmp_path_factory.mktemp("nhanes") / name for name in ("in.parquet", "out.parquet")
    )
    parquet.write_table(
        pa.table({"age_years": people.age_years, "sex": people.sex, **columns}), counts
    )
    interpret_table(counts, by=NHANES.id, units=dict.fromkeys(LOWER, "10*9/L"), out=out)
    answer = parquet.read_table(out)
    low = {name: np.array(answer[f"{name.lower()}_flag"].to_pylist()) == "low" for name in LOWER}
    return people.age_years.to_numpy(), people.sex.to_numpy(), low


@pytest.mark.parametrize("analyte", LOWER)
def test_about_one_in_forty_lies_below_the_lower_limit(analyte: str, flags) -> None:
    """2.0 to 3.0 % of all, and no ten-year band and sex outside its 99.7 % binomial interval."""
    years, sex, low = flags
    assert 0.020 <= low[analyte].mean() <= 0.030
    for start in range(0, 90, 10):
        for which in "FM":
            mine = (years // 10 * 10 == start) & (sex == which)
            least, most = binom.interval(0.997, int(mine.sum()), 0.025)
            assert least <= low[analyte][mine].sum() <= most, (start, which)
