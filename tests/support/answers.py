"""What is said of rows, in one form for every way to ask: analyte by analyte, and the driver.

An answer is the flag, the lower and the upper limit, the reason and the value, in that order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from leukon import Definition
from leukon.batch import batch_of
from leukon.compare import interpret_batch
from leukon.interpretation import DRIVERS, Flag
from leukon.reasons import Reason
from support.oracle import judge
from support.plain_counts import OnTheEdge
from support.sql_views import Row

Answer = tuple[str, float | None, float | None, str, float | None]
Said = tuple[dict[str, Answer], str]


def by_arrays(found: Sequence[Row], definition: Definition) -> list[Said]:
    """What the arrays say of each row."""
    outcome = interpret_batch(batch_of([row.panel for row in found]), definition.compiled)
    return [
        (
            {
                str(kind): (
                    Flag(int(said.flags[row])).slug,
                    _number(said.lower[row]),
                    _number(said.upper[row]),
                    Reason(int(said.reasons[row])).slug,
                    _number(said.values[row]),
                )
                for kind, said in outcome.counts.items()
            },
            DRIVERS[int(outcome.drivers[row])],
        )
        for row in range(len(found))
    ]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def by_oracle(row: Row, definition: Definition) -> Said | None:
    """What the oracle says of a row; None on the edge of a tolerance, where it does not decide."""
    try:
        judged = judge(row.panel, definition, age=row.age)
    except OnTheEdge:
        return None
    return {
        kind: (
            said.flag,
            None if said.lower is None else float(said.lower),
            None if said.upper is None else float(said.upper),
            said.reason,
            None if said.value is None else float(said.value),
        )
        for kind, said in judged.counts.items()
    }, judged.driver
