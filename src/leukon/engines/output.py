"""The columns of the output: the input passed through, then what leukon says of each analyte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from leukon.agreement import TALLIED
from leukon.analytes import Analyte
from leukon.arrays import Codes, Floats
from leukon.batch import COMPARATOR_CODES
from leukon.compare import Compared, Outcome
from leukon.definition import Definition
from leukon.engines.grades import grade_columns
from leukon.errors import TableRefused
from leukon.graded import Grades
from leukon.interpretation import DRIVERS, FLAG_SLUGS, SCHEMA_VERSION, Flag
from leukon.readers.arrow import coded, column, texts
from leukon.reasons import SLUGS, Reason
from leukon.scales import Scale
from leukon.setpoints.parameters import shipped
from leukon.tally import Tally

WORD = pa.dictionary(pa.int8(), pa.string())
_FLAGS, _REASONS, _DRIVERS, _SIGNS = (
    texts(words) for words in (FLAG_SLUGS, SLUGS, DRIVERS, tuple(COMPARATOR_CODES))
)


class Layout:
    """The columns of an output table, settled once from the first batch."""

    def __init__(
        self,
        schema: Any,
        outcome: Outcome,
        definition: Definition,
        *,
        signs: bool,
        votes: bool,
        scales: Sequence[Scale] = (),
        own: bool = False,
    ) -> None:
        """Name every column; an input column with one of our names is passed on as `input_...`."""
        self.definition, self.signs, self.votes = definition, signs, votes
        self._by = texts([definition.id])
        self.analytes = tuple(outcome.counts)
        self.derived = tuple(outcome.differential.derived)
        self.grades = grade_columns(scales, self.analytes)
        self.own = own_fields(own_kinds(self.analytes)) if own else []
        ours = self._ours()
        names = {field.name for field in ours}
        self.renamed = _renamed(schema.names, names)
        passed = [field.with_name(self.renamed.get(field.name, field.name)) for field in schema]
        self.schema = pa.schema([*passed, *ours], metadata=self._metadata())

    def _ours(self) -> list[Any]:
        fields = [field for kind in self.analytes for field in self._of(kind)]
        graded = [field for column in self.grades for field in column.fields]
        return [*fields, pa.field("driver", WORD), pa.field("definition", WORD), *graded, *self.own]

    def _of(self, kind: Analyte) -> list[Any]:
        name, number, count = str(kind).lower(), pa.float64(), pa.int16()
        fields: list[tuple[str, Any]] = [("", number)]
        fields += [("_comparator", WORD)] if self.signs else []
        fields += [("_flag", WORD), ("_lower", number), ("_upper", number), ("_reason", WORD)]
        fields += [("_derived", pa.bool_())] if self.derived else []
        if self.votes:
            fields += [(f"_votes_{word}", count) for word in TALLIED]
            fields += [("_limit_lowest", number), ("_limit_highest", number)]
        # A count of votes is never missing; who writes it need not look.
        return [pa.field(f"{name}{end}", kind_of, kind_of != count) for end, kind_of in fields]

    def _metadata(self) -> dict[str, str]:
        found = {
            "leukon_schema_version": SCHEMA_VERSION,
            "leukon_definition": self.definition.id,
            "leukon_definition_label": self.definition.label,
        }
        if self.renamed:
            pairs = (f"{theirs} as {passed}" for theirs, passed in self.renamed.items())
            found["leukon_input_columns_renamed"] = ", ".join(pairs)
        return found

    def batch(
        self,
        passed: Any,
        outcome: Outcome,
        tallies: Mapping[Analyte, Tally],
        graded: Sequence[Grades] = (),
        own: Sequence[Any] = (),
    ) -> Any:
        """One batch of the output; a text that was read as its kinds and their numbers stays so.

        `own` are the columns of own levels, where they were asked for.

        Raises `TableRefused` where a later file has an analyte that the first has not.
        """
        new = [str(kind) for kind in outcome.counts if kind not in self.analytes]
        if new:
            raise TableRefused(
                f"a later file has {new[0]}, and the first has none",
                hint="name that file first, or interpret it on its own",
            )
        columns = [
            _passed(theirs, field.type)
            for theirs, field in zip(passed.columns, self.schema, strict=False)
        ]
        for kind in self.analytes:
            columns += self._columns(kind, outcome, tallies.get(kind))
        columns.append(coded(outcome.drivers, _DRIVERS))
        columns.append(coded(np.zeros(passed.num_rows, np.int8), self._by))
        for grade in self.grades:
            columns += grade.arrays(graded, passed.num_rows)
        columns += [_as(given, field.type) for given, field in zip(own, self.own, strict=True)]
        return pa.RecordBatch.from_arrays(columns, schema=_as_they_are(self.schema, columns))

    def _columns(self, kind: Analyte, outcome: Outcome, tally: Tally | None) -> list[Any]:
        compared = outcome.counts.get(kind) or _not_in_file(len(outcome.drivers))
        columns = [numbers(compared.values)]
        columns += [coded(_signs(compared), _SIGNS)] if self.signs else []
        columns += [
            coded(compared.flags, _FLAGS),
            numbers(compared.lower),
            numbers(compared.upper),
            coded(compared.reasons, _REASONS),
        ]
        if self.derived:
            derived = outcome.differential.derived.get(kind)
            size = len(compared.values)
            columns.append(column(np.zeros(size, np.bool_) if derived is None else derived))
        if self.votes:
            columns += _tally(tally, len(compared.values))
        return columns


def _passed(theirs: Any, kind: Any) -> Any:
    """A column of the input in the type of the output."""
    coded_text = pa.types.is_dictionary(theirs.type) and theirs.type.value_type == kind
    return theirs if coded_text or theirs.type == kind else theirs.cast(kind)


def _as_they_are(schema: Any, columns: Sequence[Any]) -> Any:
    pairs = zip(schema, columns, strict=True)
    fields = [field.with_type(column.type) for field, column in pairs]
    return pa.schema(fields, metadata=schema.metadata)


OWN = (
    ("low", pa.float64()),
    ("high", pa.float64()),
    ("falling", pa.bool_()),
    ("answer", WORD),
    ("withheld", pa.dictionary(pa.int32(), pa.string())),
    ("reason", WORD),
)
"""The columns of a count's own level, behind `<analyte>_own_`."""


def _as(given: Any, kind: Any) -> Any:
    """A column in a type; texts as words, and their numbers."""
    if pa.types.is_dictionary(kind) and not pa.types.is_dictionary(given.type):
        given = given.dictionary_encode()
    return given if given.type == kind else given.cast(kind)


def own_kinds(analytes: Iterable[Analyte]) -> tuple[Analyte, ...]:
    """Those of some analytes that have an own level."""
    return tuple(kind for kind in analytes if shipped().model(kind) is not None)


def own_fields(analytes: Iterable[Analyte]) -> list[Any]:
    """The columns of own levels of some analytes."""
    return [
        pa.field(f"{kind.lower()}_own_{name}", kind_of)
        for kind in analytes
        for name, kind_of in OWN
    ]


def _renamed(theirs: Sequence[str], ours: set[str]) -> dict[str, str]:
    """The names under which input columns are passed on whose own names are ours.

    Letters of another case make no other name: databases and clusters do not tell WBC from wbc.
    """
    taken = {name.casefold() for name in (*theirs, *ours)}
    found: dict[str, str] = {}
    for name in theirs:
        if name.casefold() in ours:
            passed = f"input_{name}"
            while passed.casefold() in taken:
                passed = f"input_{passed}"
            taken.add(passed.casefold())
            found[name] = passed
    return found


def numbers(values: Floats) -> Any:
    """Numbers as an Arrow column, empty where there is none; nothing is copied."""
    return column(values, np.isnan(values))


def _signs(compared: Compared) -> Codes:
    if compared.comparators is None:
        return np.zeros(len(compared.values), dtype=np.int8)
    return np.where(np.isnan(compared.values), np.int8(0), compared.comparators)


def _not_in_file(size: int) -> Compared:
    """An analyte that another file of the same run has, and this one has not."""
    none = np.full(size, np.nan)
    undetermined = np.full(size, Flag.UNDETERMINED, dtype=np.int8)
    missing = np.full(size, Reason.VALUE_MISSING, dtype=np.int8)
    return Compared(none, undetermined, missing, none, none, None, none, None, None)


def _tally(tally: Tally | None, size: int) -> list[Any]:
    """How many publishers say what, and the lowest and highest lower limit among them."""
    if tally is None:
        none = np.full(size, np.nan)
        return [column(np.zeros(size, np.int16))] * len(TALLIED) + [numbers(none)] * 2
    counts = [column(tally.counts[word]) for word in TALLIED]
    return [*counts, numbers(tally.lowest), numbers(tally.highest)]
