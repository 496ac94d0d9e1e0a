"""The same comparison on a cluster: a Spark DataFrame in, a Spark DataFrame out.

The columns are settled, and the table refused if need be, before any work is sent out; the workers
run what the local engine runs, on Arrow batches. Needs leukon[spark], and leukon on every worker.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from leukon.catalogue import resolve
from leukon.definition import Definition
from leukon.engines.batches import Question, WideTable
from leukon.engines.output import Layout
from leukon.engines.partitions import (
    PLACE_COLUMNS,
    REFUSAL_COLUMNS,
    Plan,
    Work,
    layout_of_counts,
    long_reader,
    panels_of_counts,
    panels_of_people,
    panels_of_rows,
    people_of_counts,
    place_of,
    places_of_counts,
    refusals_of_counts,
    refusals_of_rows,
    task,
)
from leukon.errors import ExtraMissing, TableRefused, UnitRefused
from leukon.readers.columns import Recognised, named_test, recognise
from leukon.readers.mapping import declared
from leukon.readers.others import ignore, refuse_unknown
from leukon.readers.sources import BATCH_ROWS
from leukon.readers.values import is_number, is_text
from leukon.readers.wide import Place
from leukon.scales import Scale, resolve_all

try:
    from pyspark.errors import PySparkException
    from pyspark.sql import functions as F  # noqa: N812 (as everybody who uses Spark calls it)
    from pyspark.sql import types as T  # noqa: N812
except ImportError:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("spark", "interpreting on a cluster") from None

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

NAMING = ("person", "encounter", "specimen_id", "drawn_at")
"""The roles of the columns that name a refused row, where the caller names none."""
_WHO = ("practice", "person")
OWN = "of the cluster"
"""What a `Question` says of own levels where each part works them out for itself."""
_NOT_PANDAS = "PySpark does not yet fully support pandas"


def interpret(
    df: DataFrame,
    *,
    by: str | Path | Definition | None = None,
    units: Mapping[str, str] | None = None,
    mapping: Mapping[str, Any] | None = None,
    decimal: str | None = None,
    scales: Sequence[str | Path | Scale] = (),
    agreement: bool = False,
    setpoint: bool = False,
) -> DataFrame:
    """What the counts of a DataFrame mean by one definition: its columns, then leukon's.

    A row is a panel, or a single count; then the counts of a specimen are gathered first (a
    shuffle by its key), and one quick job looks which counts there are, since the columns of the
    answer depend on it. `by`, `units`, `mapping`, `decimal`, `scales`, `agreement` and `setpoint` (a
    shuffle by person) are those of `interpret_table`, and the columns are the same, with words as strings. A timestamp is read as
    the session's time zone shows it, a date and a timestamp without zone as they are.

    Nothing is computed before the result is asked for. A cell that cannot be read leaves its count
    `undetermined`, with the reason; `refused` lists all of them.

    Raises `TableRefused`, `UnitRefused`, `DefinitionUnknown`, `DefinitionRefused`, `ExtraMissing`.
    """
    said = declared(units or {}, mapping, decimal=decimal)
    own = OWN if setpoint else ""
    question = Question(resolve(by), said, resolve_all(scales), agreement, own)
    return Frame(df, question).interpreted()


def refused(
    df: DataFrame,
    *,
    keys: Sequence[str] | None = None,
    units: Mapping[str, str] | None = None,
    mapping: Mapping[str, Any] | None = None,
    decimal: str | None = None,
) -> DataFrame:
    """What of a DataFrame cannot be read: a row for each cell, and what to do about it.

    Rows of a cluster have no number: the columns `keys` name them, by default those of the person,
    the encounter, the specimen and the draw. Then come `field`, `reason`, `message`, `hint` as in
    the list of refused rows of a file, and `lost`: true where `interpret` has no row for it at all
    (a single count that does not say of which specimen it is). No message holds a value.

    Raises `TableRefused`, `UnitRefused`.
    """
    said = declared(units or {}, mapping, decimal=decimal)
    return Frame(df, Question(resolve(None), said)).refused(keys)


class Frame:
    """A DataFrame of counts: what its columns mean, settled on the driver."""

    def __init__(self, df: DataFrame, question: Question) -> None:
        self.question = question
        _check_names(df.columns)
        self.names, self.types = tuple(df.columns), df.schema
        self.found = recognise(self.names, question.said)
        self.df = _numbered(df)
        self.others: dict[str, int] = {}
        """The rows of a long table by tests that are no counts, known when it was `interpreted`."""
        # The table of tests is looked at here: a worker meets a test when it is too late.
        for test in question.said.tests:
            named_test(test, self.found.layout, question.said)
        if self.found.is_long and df.isStreaming:
            raise TableRefused(
                "a stream of single counts never says that a specimen is whole",
                hint="interpret each batch of it, in foreachBatch",
            )

    @cached_property
    def schema(self) -> Any:
        """The columns as Arrow has them."""
        try:
            none = self.df.sparkSession.createDataFrame([], self.types)
            return none.toArrow().schema
        except PySparkException as error:
            raise TableRefused(
                "a column has a type that cannot be handed to Python",
                hint=f"leave it out ({error.getCondition()})",
            ) from None

    def interpreted(self) -> DataFrame:
        """The answer."""
        if self.found.is_long:
            return self._of_counts()
        table = WideTable(self.schema, self.question)
        self._check_units(table)
        output = self._output(table.layout, self.names)
        if self.question.own:
            return self._mapped(self._by_person(), panels_of_people, output)
        return self._mapped(self.df, panels_of_rows, output)

    def _of_counts(self) -> DataFrame:
        part = self._with_columns_read()
        reader = long_reader(part.schema, part._plan())
        person = self.found.first("person")
        keys = [person] if self.question.own and person else reader.keys
        whole = part._gathered(part._keyed(reader.keys), keys)
        places = part._places()
        self.others = part.others
        plan = part._plan(places=places)
        first = next(long_reader(part.schema, plan).chunks(iter(())))
        layout = layout_of_counts(reader.schema, first, self.question)
        work = people_of_counts if self.question.own else panels_of_counts
        return part._mapped(whole, work, part._output(layout, reader.schema.names), places=places)

    def _with_columns_read(self, *more: str) -> Frame:
        """The same with the columns that are read of a long table: the others need no shuffle."""
        read = {role.column for roles in self.found.roles.values() for role in roles} | set(more)
        kept = [name for name in self.names if name in read]
        frame = Frame.__new__(Frame)
        frame.question, frame.found, frame.others = self.question, self.found, {}
        frame.names, frame.types = tuple(kept), T.StructType([self.types[name] for name in kept])
        frame.df = _numbered(self.df.select(*map(self._column, kept)))
        return frame

    def _column(self, name: str) -> Any:
        """A column of the table by its name; Spark knows it by its number."""
        return F.col(f"c{self.names.index(name)}")

    def _key(self, name: str) -> Any:
        """A column by which rows are brought together: letter by letter, whatever its collation."""
        kind = self.types[name].dataType
        folds = isinstance(kind, T.StringType) and kind != T.StringType()
        return F.collate(self._column(name), "UTF8_BINARY") if folds else self._column(name)

    def _keyed(self, keys: Sequence[str], *, inverse: bool = False) -> DataFrame:
        """The rows that say of which specimen they are, or those that do not."""
        needed = [name for name in keys if name != self.found.first("encounter")]
        keyed = F.lit(True)
        for name in needed:
            keyed = keyed & self._column(name).isNotNull()
        return self.df.where(~keyed if inverse else keyed)

    def _by_person(self) -> DataFrame:
        """The rows of a table of panels, a person's in one part, one after the other."""
        keys = [self._key(name) for role in _WHO if (name := self.found.first(role))]
        if not self.found.first("person"):
            return self.df
        if self.df.isStreaming:
            raise TableRefused(
                "a stream never says that a person's history is whole",
                hint="interpret each batch of it, in foreachBatch",
            )
        return self.df.repartition(*keys).sortWithinPartitions(*keys)

    def _gathered(self, df: DataFrame, keys: Sequence[str]) -> DataFrame:
        """Rows with the same key in one part, so that a worker sees a specimen (a person) whole.

        The worker sorts what it gets. What needs a person's history in order comes by here too,
        with the person's column as the key.
        """
        return df.repartition(*map(self._key, keys))

    def _places(self) -> tuple[Place, ...]:
        """Which counts a long table holds: a job of its own, over the columns that say so."""
        schema = spark_schema(PLACE_COLUMNS)
        seen = self._mapped(self.df, places_of_counts, schema)
        rows = seen.groupBy("analyte", "relative", "other").agg(F.sum("rows").alias("rows"))
        places = []
        for row in rows.collect():
            if row["analyte"]:
                places.append(place_of(row["analyte"], row["relative"]))
            else:
                ignore(self.others, [(row["other"], row["rows"])])
        if not places:
            refuse_unknown(self.others)
        return tuple(sorted(places, key=lambda place: (place.relative, place.analyte)))

    def refused(self, keys: Sequence[str] | None) -> DataFrame:
        """The list of what cannot be read."""
        named = self._naming(keys)
        if self.found.is_long:
            part = self._with_columns_read(*named)
            reader = long_reader(part.schema, part._plan())
            whole = part._gathered(part._keyed(reader.keys), reader.keys)
            # Rows without a key would all come to one worker, which they do not need to.
            df = whole.union(part._keyed(reader.keys, inverse=True))
            work: Work = refusals_of_counts
        else:
            part, df, work = self, self.df, refusals_of_rows
            self._check_units(WideTable(self.schema, self.question))
        fields = [self.types[name] for name in named]
        schema = T.StructType([*fields, *spark_schema(REFUSAL_COLUMNS)])
        return part._mapped(df, work, schema, keys=tuple(named))

    def _naming(self, keys: Sequence[str] | None) -> list[str]:
        if keys is None:
            return naming(self.found)
        for name in keys:
            if name not in self.names:
                raise TableRefused(
                    f"there is no column {name!r} to name a row by",
                    hint="the columns are " + ", ".join(map(repr, self.names[:30])),
                )
        return list(keys)

    def _check_units(self, table: WideTable) -> None:
        """Refuse bare numbers whose unit nothing says; the data are looked at only if it comes to it."""
        try:
            table.check(_bare_numbers(self.schema))
        except UnitRefused:
            if self.df.isStreaming:
                raise
            first = self.df.limit(BATCH_ROWS).toArrow().rename_columns(self.names)
            table.check(_one_batch(first, self.schema))

    def _plan(self, *, keys: Sequence[str] = (), places: Sequence[Place] = ()) -> Plan:
        return Plan(self.question, self.names, self.found, tuple(keys), tuple(places))

    def _mapped(
        self,
        df: DataFrame,
        work: Work,
        schema: T.StructType,
        *,
        keys: Sequence[str] = (),
        places: Sequence[Place] = (),
    ) -> DataFrame:
        plan = self._plan(keys=keys, places=places)
        return in_arrow(df, task(work, plan), schema)

    def _output(self, layout: Layout, passed: Sequence[str]) -> T.StructType:
        """The columns of the answer: those passed through as they were, then leukon's."""
        theirs = {field.name: field for field in self.types}
        ours = list(layout.schema)[len(passed) :]
        about = {k.decode(): v.decode() for k, v in layout.schema.metadata.items()}
        fields = [
            T.StructField(
                layout.renamed.get(name, name), theirs[name].dataType, True, theirs[name].metadata
            )
            for name in passed
        ]
        return T.StructType([*fields, *spark_schema(ours, about)])


def naming(found: Recognised) -> list[str]:
    """The columns that name a row, where nobody says which."""
    return [name for role in NAMING if (name := found.first(role))]


def _numbered(df: DataFrame) -> DataFrame:
    """The columns by their numbers: to Spark a dot parts a name, and letters of both cases are one."""
    return df.toDF(*(f"c{place}" for place in range(len(df.columns))))


def _check_names(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        raise TableRefused(f"two columns are called {twice[0]!r}", hint="rename one of them")


def column(name: str) -> Any:
    """A column by its whole name, whatever letters are in it."""
    return F.col("`" + name.replace("`", "``") + "`")


def in_arrow(df: DataFrame, work: Callable[[Any], Any], schema: T.StructType) -> DataFrame:
    """A DataFrame made by a function of Arrow batches, part by part."""
    with warnings.catch_warnings():
        # PySpark looks for pandas here, and no batch ever becomes a table of pandas.
        warnings.filterwarnings("ignore", _NOT_PANDAS, FutureWarning)
        return df.mapInArrow(work, schema)


def spark_schema(fields: Sequence[Any], about: Mapping[str, str] | None = None) -> T.StructType:
    """Arrow columns of leukon's own as Spark has them; `about` is noted at `definition`."""
    return T.StructType(
        [
            T.StructField(
                field.name,
                _spark_type(field.type),
                True,
                dict(about) if about and field.name == "definition" else None,
            )
            for field in fields
        ]
    )


def _spark_type(kind: Any) -> T.DataType:
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind):
        return T.StringType()
    found: dict[Any, T.DataType] = {
        pa.float64(): T.DoubleType(),
        pa.int16(): T.ShortType(),
        pa.int8(): T.ByteType(),
        pa.int64(): T.LongType(),
        pa.bool_(): T.BooleanType(),
    }
    return found[kind]


def _bare_numbers(schema: Any) -> Any:
    """A row in which every column that can be is a number without a unit."""
    return pa.RecordBatch.from_arrays([_bare_number(field.type) for field in schema], schema=schema)


def _bare_number(kind: Any) -> Any:
    if is_text(kind) or is_number(kind):
        # 0 is a number of every type: a decimal may have no digit before its point.
        return pa.array(["0"]).cast(pa.string()).cast(kind)
    return pa.nulls(1, kind)


def _one_batch(table: Any, schema: Any) -> Any:
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=schema)
