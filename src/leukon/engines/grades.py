"""The columns of grades: by each scale the grade of each count, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from leukon.analytes import Analyte
from leukon.engines.counts import counts_of
from leukon.graded import Grades
from leukon.readers.arrow import coded, column, texts
from leukon.reasons import Reason
from leukon.scales import Scale
from leukon.severity import REASON_SLUGS, WORST, Ungraded, reason_place
from leukon.strata import NO_GRADE

GRADE = pa.int8()
WORD = pa.dictionary(pa.int8(), pa.string())


@dataclass(frozen=True)
class GradeColumn:
    """One count by one scale, as two columns: the grade and, where there is none, the reason."""

    scale: Scale
    analyte: Analyte
    words: Any

    @property
    def name(self) -> str:
        """The column of the grade; that of the reason goes on with `_reason`."""
        return f"grade_{self.scale.id}_{self.analyte.lower()}"

    @property
    def fields(self) -> list[Any]:
        """The two columns of the schema."""
        return [pa.field(self.name, GRADE), pa.field(f"{self.name}_reason", WORD)]

    def arrays(self, graded: Iterable[Grades], size: int) -> list[Any]:
        """The two columns of a batch; a file without the analyte has no value to grade."""
        own = (g for g in graded if (g.scale.id, g.analyte) == (self.scale.id, self.analyte))
        found = next(own, None)
        if found is None:
            codes = np.full(size, NO_GRADE, dtype=np.int8)
            reasons = np.full(size, Reason.VALUE_MISSING, dtype=np.int8)
        else:
            codes, reasons = found.codes, found.reasons
        return [column(codes, codes == NO_GRADE), coded(reason_place(reasons), self.words)]


def grade_columns(scales: Sequence[Scale], analytes: Sequence[Analyte]) -> list[GradeColumn]:
    """The columns of some scales, for the counts that are there and that the scale speaks of."""
    return [
        GradeColumn(scale, kind, texts(_words(scale, kind)))
        for scale in scales
        for kind in scale.analytes
        if kind in analytes
    ]


def _words(scale: Scale, kind: Analyte) -> list[str]:
    """The words for reasons, with what the scale asks for beside this count."""
    words = list(REASON_SLUGS)
    words[words.index(Ungraded.NEEDS.slug)] = f"needs-{scale.needs(kind)}"
    return words


def grade_counts(found: Grades, before: Mapping[str, int] = MappingProxyType({})) -> dict[str, int]:
    """How many counts have each grade, the mildest first, and ("none") how many have none.

    `before` is what earlier batches came to.

    >>> from leukon.grading import grade_batch
    >>> from leukon.scales import resolve
    >>> values = np.array([0.3, 0.7, 9.0, np.nan])
    >>> grade_counts(grade_batch(values, scale=resolve("ctcae-6.0"), analyte=Analyte.NEUT))
    {'0': 1, '2': 1, '3': 1, 'none': 1}
    """
    names = grade_names(found.scale)
    graded = counts_of(found.codes, len(names) - 1)
    counts = zip(names, (*graded, len(found.codes) - sum(graded)), strict=True)
    totals = {name: before.get(name, 0) + number for name, number in counts}
    return {name: number for name, number in totals.items() if number}


def grade_names(scale: Scale) -> tuple[str, ...]:
    """What the grades of a scale are called in a tally, the mildest first."""
    return ("0", *(scale.words or map(str, range(1, WORST + 1))), "none")


def in_order(scale: Scale, tally: Mapping[str, int]) -> dict[str, int]:
    """A tally of grades, the mildest first."""
    return {name: tally[name] for name in grade_names(scale) if name in tally}
