"""The cluster, the local engine and the plain oracle say the same of every row of invented tables."""

from __future__ import annotations

import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from leukon import Definition
from leukon.engines.local import interpret_table
from support.engines import Answer, Answers, by_oracle
from support.engines import printed as rounded
from support.generators import definitions
from support.oracle import judge
from support.plain_counts import OnTheEdge
from support.rows import Printed, printed

DEFINITIONS = 4
LAYOUTS = ("wide", "long")
inventing = settings(
    max_examples=90, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def invented() -> tuple[list[Printed], list[Definition]]:
    """Many panels, and those of many definitions that tell people apart the most."""
    rows: list[Printed] = []
    found: dict[int, Definition] = {}

    @inventing
    @given(some=st.lists(printed(), min_size=2, max_size=5), definition=definitions())
    def collect(some: list[Printed], definition: Definition) -> None:
        rows.extend(one for one in some if one.case.panel.counts)
        found.setdefault(len(definition.limits), definition)

    collect()
    return rows, [found[size] for size in sorted(found, reverse=True)[:DEFINITIONS]]


@pytest.fixture(scope="module")
def tables(invented, tmp_path_factory):
    """The same panels as a table of panels and as a table of counts, in any order."""
    rows, _ = invented
    folder = tmp_path_factory.mktemp("invented")
    wide = [one.wide(number) for number, one in enumerate(rows)]
    long = [row for number, one in enumerate(rows) for row in one.long(number)]
    for layout, table in zip(LAYOUTS, (wide, long), strict=True):
        random.Random(7).shuffle(table)
        names = list(dict.fromkeys(name for row in table for name in row))
        columns = {name: pa.array([row.get(name) for row in table], pa.string()) for name in names}
        pq.write_table(pa.table(columns), folder / f"{layout}.parquet", row_group_size=37)
    return folder


def answers(row: dict, held: set[str]) -> Answers:
    """What a row of an output says of the counts that the panel holds."""
    counts = {
        kind: Answer(
            row[f"{kind.lower()}_flag"],
            row[f"{kind.lower()}_lower"],
            row[f"{kind.lower()}_upper"],
            row[f"{kind.lower()}_reason"],
            None if row[kind.lower()] is None else row[f"{kind.lower()}_derived"],
            rounded(row[kind.lower()]),
        )
        for kind in held
        if f"{kind.lower()}_flag" in row
    }
    return Answers(counts, row["driver"])


def by_the_oracle(one: Printed, definition: Definition) -> Answers | None:
    """What the oracle says; None on the edge of a tolerance, where it does not decide."""
    try:
        return by_oracle(judge(one.case.panel, definition, age=one.case.age))
    except OnTheEdge:
        return None


@pytest.mark.parametrize("place", range(DEFINITIONS))
@pytest.mark.parametrize("layout", LAYOUTS)
def test_cluster_and_file_and_oracle_agree_row_by_row(
    layout, place, invented, tables, spark, tmp_path
):
    """Every row of the cluster is the local engine's, column by column, and the oracle's."""
    from leukon.engines.spark import interpret

    rows, chosen = invented
    definition = chosen[place]
    source, out = tables / f"{layout}.parquet", tmp_path / "local.parquet"
    interpret_table(source, by=definition, out=out)
    local = {row["person"]: row for row in pq.read_table(out).to_pylist()}
    found = interpret(spark.read.parquet(str(source)), by=definition)
    cluster = {row["person"]: row.asDict() for row in found.collect()}
    assert list(next(iter(cluster.values()))) == list(next(iter(local.values())))
    assert cluster.keys() == local.keys()
    assert len(cluster) == len(rows)
    judged = 0
    for number, one in enumerate(rows):
        person = f"P{number:05d}"
        assert cluster[person] == local[person]
        for kind, why in one.why.items():
            said = cluster[person]
            assert said[f"{kind.lower()}_flag"] == "undetermined"
            assert said[f"{kind.lower()}_reason"] == why
        wanted = by_the_oracle(one, definition)
        if wanted is not None:
            judged += 1
            assert answers(cluster[person], set(wanted.counts)) == wanted, one
    assert judged > 0.9 * len(rows)


def test_the_invented_rows_reach_every_flag(invented):
    """A table on which everything was undetermined would agree, and prove nothing."""
    rows, chosen = invented
    flags = {
        count.flag
        for one in rows
        for definition in chosen
        if (found := by_the_oracle(one, definition)) is not None
        for count in found.counts.values()
    }
    assert {why for one in rows for why in one.why.values()} == {"impossible", "not-read"}
    assert flags == {"critical-low", "low", "within", "high", "critical-high", "undetermined"}
