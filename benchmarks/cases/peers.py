"""The same panels as a user would do it without leukon: pandas, and SQL in DuckDB.

Both do less: flag, limits and a driver, by limits that leukon has worked out for them, and no grade
(the view in SQL gives a reason too, and sees contradictions); "<0.1" is no number to them.
"""

from benchmarks.data import ANALYTES, UNITS
from benchmarks.figures import Figure, cpu, peak
from benchmarks.step import Step, loop

TITLE = "The same without leukon"


def _limits():
    """The limits of leukon-general by sex and completed years, as a table a user would have."""
    import pandas as pd

    from leukon import Count, Panel, Person, interpret

    rows = []
    for sex in ("female", "male"):
        for age in range(96):
            counts = [Count(name.upper(), 5.0, "10*9/L") for name in ANALYTES]
            found = interpret(Panel(Person(age=f"{age}y", sex=sex), counts), agreement=False)
            limits = {f"{c.analyte.lower()}_lower": c.lower for c in found.counts}
            limits |= {f"{c.analyte.lower()}_upper": c.upper for c in found.counts}
            rows.append({"sex": sex, "age_years": age, **limits})
    ends = [f"{name}_{end}" for name in ANALYTES for end in ("lower", "upper")]
    return pd.DataFrame(rows).astype(dict.fromkeys(ends, float))


def _pandas(folder):
    """Read, convert, merge with the limits, compare column by column, write."""
    import numpy as np
    import pandas as pd

    limits = _limits()
    with loop({}) as told:
        panels = pd.read_parquet(folder / "panels.parquet")
        panels["eos"] = pd.to_numeric(panels["eos"], errors="coerce")
        per = panels["unit"].map(UNITS)
        for name in ANALYTES:
            value = panels[name] / per
            panels[name] = value.where((value >= 0) & (value <= 500))
        panels = panels.merge(limits, on=["sex", "age_years"], how="left")
        short = pd.DataFrame(index=panels.index)
        for name in ANALYTES:
            value, lower, upper = (panels[name + end] for end in ("", "_lower", "_upper"))
            panels[f"{name}_flag"] = pd.Categorical(
                np.select(
                    [value.isna(), value < lower, value > upper, lower.notna()],
                    ["undetermined", "low", "high", "within"],
                    "undetermined",
                )
            )
            if name != "wbc":
                short[name.upper()] = (lower - value).round(9).where(value < lower)
        low = short.notna().any(axis=1)
        panels["driver"] = "none"
        panels.loc[low, "driver"] = short[low].idxmax(axis=1)
        panels.to_parquet(folder / "out-pandas.parquet", compression="zstd")
    return {**told, "rows": len(panels)}


def _view():
    from leukon import definitions
    from leukon.sql import view_of

    return view_of(definitions["leukon-general"], "duckdb")


def _duckdb(folder):
    """Units in SQL, then the view that `leukon definitions export` writes, to Parquet."""
    import duckdb

    factor = " ".join(f"WHEN '{unit}' THEN {per}" for unit, per in UNITS.items())
    columns = ", ".join(f"TRY_CAST({name} AS DOUBLE) / per AS {name}" for name in ANALYTES)
    absent = ", ".join(f"NULL::DOUBLE AS {name}" for name in ("baso", "hgb", "plt"))
    view = _view()
    with loop({}) as told, duckdb.connect() as database:
        database.execute("SET threads = 1")
        database.execute(
            f"""CREATE VIEW panels AS SELECT panel, sex, NULL AS age_days, age_months, NULL AS duffy,
            NULL::BOOLEAN AS pregnant, NULL::DOUBLE AS weeks, {columns}, {absent}
            FROM (SELECT *, file_row_number AS panel, CASE unit {factor} END AS per,
                CASE WHEN age_years >= 1 THEN age_years * 12 END AS age_months
                FROM read_parquet('{folder / "panels.parquet"}', file_row_number = true))"""
        )
        database.execute(view)
        kept = ", ".join(
            f"{name}, {name}_flag, {name}_lower, {name}_upper, {name}_reason" for name in ANALYTES
        )
        database.execute(
            f"""COPY (SELECT panel, {kept}, driver, definition FROM panels_by_leukon_general)
            TO '{folder / "out-duckdb.parquet"}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"""
        )
    return told


def _leukon(folder):
    """leukon, without grades, for the comparison."""
    from leukon import interpret_table

    with loop({}) as told:
        interpret_table(folder / "panels.parquet", out=folder / "out-plain.parquet")
    return told


STEPS = {
    "leukon": Step(_leukon, ("panels",)),
    "pandas": Step(_pandas, ("panels",)),
    "duckdb": Step(_duckdb, ("panels",)),
}


def figures(measured):
    least = measured.least("leukon")
    yield cpu(measured, "leukon", "leukon, without grades")
    yield cpu(measured, "pandas", "pandas, as a user would write it")
    yield cpu(measured, "duckdb", "DuckDB, one thread, the exported view")
    yield Figure("pandas to leukon", measured.least("pandas") / least, "x")
    yield Figure("DuckDB to leukon", measured.least("duckdb") / least, "x")
    yield peak(measured, "pandas", "peak memory, pandas")
    yield peak(measured, "duckdb", "peak memory, DuckDB")
