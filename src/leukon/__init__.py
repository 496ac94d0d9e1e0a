"""leukon: is this white cell count low, by whose definition, in which cell line, for whom?

>>> from leukon import Count, Panel, Person, interpret
>>> panel = Panel(
...     Person(age="34y", sex="female"),
...     [Count("WBC", 3700, "/uL"), Count("NEUT", 1.1, "10*9/L"), Count("LYMPH", 1.9, "10*9/L")],
... )
>>> answer = interpret(panel)
>>> answer["WBC"].flag, answer.driver
('low', 'NEUT')
"""

from leukon.analytes import Analyte
from leukon.catalogue import definitions
from leukon.definition import Definition
from leukon.errors import LeukonError
from leukon.interpret import interpret
from leukon.interpretation import Flag, Interpretation
from leukon.limits import DecisionLimit, Partition, ReferenceInterval
from leukon.panel import Count, Panel, Person

__version__ = "0.1.0"

__all__ = [
    "Analyte",
    "Count",
    "DecisionLimit",
    "Definition",
    "Flag",
    "Interpretation",
    "LeukonError",
    "Panel",
    "Partition",
    "Person",
    "ReferenceInterval",
    "definitions",
    "interpret",
]
