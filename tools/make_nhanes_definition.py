"""Writes the definition `leukon-nhanes-1999-2016` and its report from the survey's counts.

    make nhanes        (or python tools/make_nhanes_definition.py)

The counts are looked for in ../shared/data; LEUKON_SHARED names another ../shared. Takes some minutes.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from definition_files import NEXT_REVIEW, REVIEWED
from knowledge import ROOT
from nhanes_page import page
from nhanes_sample import ANALYTES, TOP_YEARS, People, data_file, people

from leukon.catalogue import main as write_catalogue
from leukon.definition import Definition, dumps
from leukon.estimation.age_curve import Row, estimate_by_age
from leukon.estimation.age_table import border_days
from leukon.limits import Partition, ReferenceInterval

ID = "leukon-nhanes-1999-2016"
SOURCE = "https://wwwn.cdc.gov/Nchs/Nhanes/"
UNIT = "10*9/L"
STEP = 0.1
BORDERS = (
    *(f"{years}y" for years in range(1, 18)),
    *(f"{years}y" for years in (18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 90)),
)
CARRIED = (2.0, 3.0)
"""Between which percentages of all people must lie outside a limit for it to be published."""
REPLICATES = 20
FOLDS = (("1999-2000", "2001-2002"), ("2003-2004", "2005-2006"), ("2007-2008", "2009-2010"),
         ("2011-2012", "2013-2014", "2015-2016"))  # fmt: skip


@dataclass(frozen=True)
class Outside:
    """How many people of a band lay outside a limit that was estimated from other cycles."""

    analyte: str
    side: str
    sex: str
    decade: int
    n: int
    outside: int
    weighted: float

    @property
    def share(self) -> float:
        return 100.0 * self.outside / self.n

    @property
    def fits(self) -> bool:
        """Whether the number lies in the 99.7 % binomial interval of 2.5 %."""
        from scipy.stats import binom

        low, high = binom.interval(0.997, self.n, 0.025)
        return bool(low <= self.outside <= high)


def rows_of(found: People, analyte: str, replicates: int = 0) -> list[Row]:
    """The table of one analyte: percentiles of everybody who entered, a row an age band and sex."""
    values = found.counts[analyte]
    known = ~np.isnan(values)
    curve = estimate_by_age(
        values[known], found.days[known], sex=found.sex[known], step=STEP, everybody=True,
        replicates=replicates,
    )  # fmt: skip
    return [row for row in curve.table(BORDERS) if row.limits[0].value == row.limits[0].value]


def limits_of_people(rows: list[Row], found: People) -> np.ndarray:
    """Each person's two limits, as published: to two decimals."""
    limits = np.full((2, found.n), np.nan)
    for row in rows:
        who = row.partition
        end = np.inf if who.age_to == "90y" else border_days(who.age_to)
        mine = (
            (found.sex == who.sex) & (found.days >= border_days(who.age_from)) & (found.days < end)
        )
        limits[:, mine] = np.array([[round(limit.value, 2)] for limit in row.limits])
    return limits


def outside(rows: list[Row], found: People, analyte: str) -> list[Outside]:
    """How many people lie outside, by side, sex and decade."""
    values = found.counts[analyte]
    low, high = limits_of_people(rows, found)
    known = ~np.isnan(values) & ~np.isnan(low)
    beyond = {"lower": values < low - 1e-9, "upper": values > high + 1e-9}
    decade = (np.minimum(found.years, TOP_YEARS) // 10 * 10).astype(int)
    made = []
    for side, out in beyond.items():
        for sex in ("female", "male"):
            for start in range(0, 90, 10):
                mine = known & (found.sex == sex) & (decade == start)
                made.append(Outside(analyte, side, sex, start, int(mine.sum()),
                                    int((out & mine).sum()), _weighted(out, mine, found)))  # fmt: skip
    return made


def _weighted(out: np.ndarray, mine: np.ndarray, found: People) -> float:
    return float(found.weight[out & mine].sum() / max(found.weight[mine].sum(), 1e-9))


def added(parts: list[list[Outside]]) -> list[Outside]:
    """The same bands of several folds as one."""
    return [
        Outside(same[0].analyte, same[0].side, same[0].sex, same[0].decade,
                sum(x.n for x in same), sum(x.outside for x in same),
                float(np.average([x.weighted for x in same], weights=[max(x.n, 1) for x in same])))
        for same in zip(*parts, strict=True)
    ]  # fmt: skip


def pooled(bands: list[Outside], side: str) -> tuple[float, float]:
    """The percentage of all people outside one limit: of those examined, and weighted."""
    mine = [band for band in bands if band.side == side]
    n = np.array([band.n for band in mine])
    weighted = np.average([band.weighted for band in mine], weights=n)
    return 100.0 * sum(band.outside for band in mine) / int(n.sum()), 100.0 * float(weighted)


def carried(bands: list[Outside], side: str) -> bool:
    """Whether rounding leaves a value that can be a limit: about 2.5 % lie outside it."""
    low, high = CARRIED
    return low <= pooled(bands, side)[0] <= high


def limit_row(row: Row, analyte: str, sides: list[str], place: int) -> ReferenceInterval:
    """A row of the definition."""
    who = row.partition
    age_to = "" if who.age_to == "90y" else who.age_to
    low, high = row.limits
    parts = [(name, limit) for name, limit in (("lower", low), ("upper", high)) if name in sides]
    note = "; ".join(f"{name} 95 % interval {x.low:.2f} to {x.high:.2f}" for name, x in parts)
    return ReferenceInterval(
        id=f"nhanes-{place:03}", analyte=analyte, unit=UNIT, note=note,
        low=round(low.value, 2) if "lower" in sides else None,
        high=round(high.value, 2) if "upper" in sides else None,
        partition=Partition(sex=who.sex, age_from=who.age_from, age_to=age_to),
    )  # fmt: skip


def definition(tables: dict[str, list[Row]], sides: dict[str, list[str]], n: int) -> Definition:
    """The definition."""
    limits, place = [], 0
    for analyte in ANALYTES:
        for row in tables[analyte] if sides[analyte] else []:
            place += 1
            limits.append(limit_row(row, analyte, sides[analyte], place))
    missing = [
        f"{a} {side}" for a in ANALYTES for side in ("lower", "upper") if side not in sides[a]
    ]
    notes = [
        f"Percentiles 2.5 and 97.5, continuous in age, of {n:,} people of the survey with haemoglobin "
        "and platelets within leukon-general's limits and not known to be pregnant; every person "
        "counts once, without survey weights (why: docs/reference/nhanes.md).",
        "leukon's own estimate, not a laboratory's: it never votes. Remade by `make nhanes`.",
        "Counts are rounded to 0.1 in the survey. Limits have two decimals, since only so does the "
        "right share lie outside them.",
        "80 stands for everybody of 80 and older. No row under 1 year: the survey counts from 1 year.",
        *(
            [f"Left out, as rounding to 0.1 leaves no value that fits: {', '.join(missing)}."]
            if missing
            else []
        ),
    ]
    return Definition(
        id=ID, publisher_id=ID, publisher="leukon", version="NHANES 1999-2016", date=REVIEWED, country="US",
        source=SOURCE, author="leukon", reviewed=REVIEWED, next_review=NEXT_REVIEW,
        notes=tuple(notes), limits=tuple(limits),
    )  # fmt: skip


def text_of(made: Definition) -> str:
    """The definition file: with every field of the head, as content files have them."""
    rows = dumps(made).split("[[limits]]", 1)[1]
    names = ("id publisher_id publisher version date country source reported_by superseded_by author "
             "checked_by reviewed next_review").split()  # fmt: skip
    head = [f'{name} = "{getattr(made, name)}"' for name in names]
    notes = ", ".join('"' + note.replace('"', "'") + '"' for note in made.notes)
    comment = [
        f"# Whose limits: {made.publisher} ({made.version}).",
        "# Generated by tools/make_nhanes_definition.py; do not edit by hand.",
    ]
    return "\n".join([*comment, *head, f"notes = [{notes}]", "", f"[[limits]]{rows}"])


def checked(found: People, analyte: str) -> list[Outside]:
    """The bands of an analyte, each fold by limits from the other cycles."""
    parts = []
    for fold in FOLDS:
        out = np.isin(found.cycle, fold)
        parts.append(outside(rows_of(found.only(~out), analyte), found.only(out), analyte))
    return added(parts)


def main() -> int:
    """Estimate, check on cycles left out, write."""
    if not data_file().is_file():
        print(
            f"no survey counts at {data_file()}: the shipped definition stays as it is",
            file=sys.stderr,
        )
        return 1
    found = people()
    tables, sides, bands = {}, {}, []
    for analyte in ANALYTES:
        tables[analyte] = rows_of(found, analyte, REPLICATES)
        inside = outside(tables[analyte], found, analyte)
        sides[analyte] = [side for side in ("lower", "upper") if carried(inside, side)]
        print(analyte, {side: pooled(inside, side) for side in ("lower", "upper")}, flush=True)
        if sides[analyte]:
            bands += [band for band in checked(found, analyte) if band.side in sides[analyte]]
    made = definition(tables, sides, found.n)
    (ROOT / "src/leukon/content/definitions" / f"{ID}.toml").write_text(
        text_of(made), encoding="utf-8"
    )
    write_catalogue()
    (ROOT / "docs/reference/nhanes.md").write_text(
        page(made, found, bands, pooled), encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
