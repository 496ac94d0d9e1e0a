"""leukon: is this white cell count low, by whose definition, in which cell line, for whom?

>>> from leukon import Count, Panel, Person, interpret
>>> panel = Panel(
...     Person(age="34y", sex="female"),
...     [Count("WBC", 3700, "/uL"), Count("NEUT", 1.1, "10*9/L"), Count("LYMPH", 1.9, "10*9/L")],
... )
>>> answer = interpret(panel)
>>> answer["WBC"].flag, answer.driver
('low', 'NEUT')

Files of any size, with the extra `[tables]`:

>>> summary = interpret_table("counts.csv", units={"": "10*9/L"}, out="out.parquet")  # doctest: +SKIP
"""

import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

# pathlib is not loaded yet, and would take longer than what it is asked here.
if sys.orig_argv[1:3] == ["-m", "leukon"] or (
    os.path.splitext(os.path.basename("".join(sys.orig_argv[1:2])))[0] == "leukon"  # noqa: PTH119, PTH122
):
    # This Python runs the command, which answers about one panel and ends. A pool of threads for
    # linear algebra, which must be declined before numpy is loaded, and the search for garbage among
    # modules cost it more than the answer. A program that imports leukon keeps its own ways.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.disable()

from leukon.analytes import Analyte
from leukon.catalogue import definitions
from leukon.definition import Definition
from leukon.errors import LeukonError
from leukon.interpret import interpret
from leukon.interpretation import Flag, Interpretation
from leukon.limits import DecisionLimit, Partition, ReferenceInterval
from leukon.panel import Count, Panel, Person

if TYPE_CHECKING:
    from leukon.context import Context
    from leukon.engines.local import interpret_table
    from leukon.estimation.mixture import estimate
    from leukon.grading import grade
    from leukon.setpoints.eligibility import Earlier
    from leukon.setpoints.person import setpoint

__version__ = "0.1.0"

_LATER = {
    "Context": "leukon.context",
    "Earlier": "leukon.setpoints.eligibility",
    "estimate": "leukon.estimation.mixture",
    "grade": "leukon.grading",
    "interpret_table": "leukon.engines.local",
    "setpoint": "leukon.setpoints.person",
}
"""Names loaded when first asked for: not every use needs them, and files need an extra."""

__all__ = [
    "Analyte",
    "Context",
    "Count",
    "DecisionLimit",
    "Definition",
    "Earlier",
    "Flag",
    "Interpretation",
    "LeukonError",
    "Panel",
    "Partition",
    "Person",
    "ReferenceInterval",
    "definitions",
    "estimate",
    "grade",
    "interpret",
    "interpret_table",
    "setpoint",
]


def __getattr__(name: str) -> Any:
    """Load a name of the front door that is not always needed."""
    if name not in _LATER:
        raise AttributeError(f"leukon has no {name!r}")
    return getattr(import_module(_LATER[name]), name)
