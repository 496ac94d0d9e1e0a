"""Files interpreted by Spark: read by its workers, written as a folder of Parquet, and summed up."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leukon.analytes import Analyte
from leukon.catalogue import resolve
from leukon.engines.batches import Question
from leukon.engines.csv_lines import BROKEN, FILE, HINT, LINE, Lines, rows_of_lines
from leukon.engines.grades import grade_names, in_order
from leukon.engines.partitions import REFUSAL_COLUMNS, task
from leukon.engines.spark import OWN, Frame, column, in_arrow, naming, refused, spark_schema
from leukon.engines.spark_footers import Footers
from leukon.engines.spark_session import ZONE, address, named_errors, session
from leukon.engines.summary import SHOWN_REFUSALS, Summary
from leukon.errors import ExtraMissing, TableRefused, UsageError
from leukon.interpret import used
from leukon.readers.columns import recognise
from leukon.readers.inputs import shown
from leukon.readers.lines import BOM, read_header
from leukon.readers.mapping import declared
from leukon.readers.refusals import Refusal
from leukon.reasons import Reason
from leukon.scales import Scale, resolve_all

try:
    from pyspark.errors import PySparkException
    from pyspark.sql import functions as F  # noqa: N812
except ImportError:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("spark", "interpreting on a cluster") from None

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

REFUSED = ".refused"
"""The folder of what could not be read has the name of the output, and this behind it."""
_LISTED = re.compile(r"(\.?_SUCCESS|\.?part-.*\.csv)(\.crc)?")
"""The files that Spark writes for such a list."""
_TEXT = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
_OTHERS = (".ndjson", ".jsonl", ".json", ".ndjson.gz", ".jsonl.gz", ".duckdb", ".db", ".sqlite")


@dataclass(frozen=True)
class Asked:
    """What is asked of the files, as in `interpret_table`."""

    by: str | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapping[str, Any] | None = None
    decimal: str | None = None
    scales: Sequence[str | Path | Scale] = ()
    agreement: bool = False
    setpoint: bool = False

    @property
    def of_file(self) -> dict[str, Any]:
        """What is said of the file alone."""
        return {"units": self.units, "mapping": self.mapping, "decimal": self.decimal}


@dataclass(frozen=True)
class _Table:
    """What was read: the rows, the same with file and number of each, the broken lines of CSV."""

    rows: DataFrame
    placed: DataFrame
    broken: DataFrame | None = None


def interpret_files(sources: Sequence[str], out: str, asked: Asked) -> Summary:
    """What the counts of files mean: a folder of Parquet, a list of what could not be read, numbers.

    `sources` are CSV or Parquet files, folders or patterns, by any address the cluster can read;
    `out` is a folder that does not exist yet. The list is written to `out` + ".refused", if there
    is anything to list. A running Spark session is used, else one is started on this machine.

    Raises `TableRefused`, `UnitRefused`, `UsageError`, `DefinitionUnknown`, `OutputFailed`.
    """
    _check_out(out)
    definition, scales = resolve(asked.by), resolve_all(asked.scales)
    with session() as spark, named_errors():
        table = _read(spark, sources)
        target = address(spark, out)
        own = OWN if asked.setpoint else ""
        question = Question(definition, declared(**asked.of_file), scales, asked.agreement, own)
        frame = Frame(table.rows, question)
        answer = frame.interpreted()
        summary = Summary(used(definition), out=Path(out), ignored=frame.others)
        # The list first: no output stands under its name without what is not in it.
        _list_refused(summary, table, target, asked)
        _write(answer, target)
        _sum_up(summary, spark.read.parquet(address(spark, out)), scales)
        if summary.any_refused:
            summary.refused = Path(_beside(out))
        summary.rows_read = table.rows.count() if frame.found.is_long else summary.panels
        summary.rows_read += 0 if table.broken is None else table.broken.count()
    return summary


def _check_out(out: str) -> None:
    if out.endswith((".csv", ".ndjson")):
        raise UsageError(
            "--engine spark writes a folder of Parquet", where=out, hint="--out FOLDER"
        )
    for name in (out, _beside(out)):
        if "://" not in name and Path(name).exists() and not _is_unfinished(Path(name)):
            raise UsageError("the output is there already", where=name, hint="name another folder")
    for name in (out, _beside(out)):
        if "://" not in name and Path(name).exists():
            shutil.rmtree(name)


def _is_unfinished(folder: Path) -> bool:
    """Whether a folder is what a run that failed leaves: an empty one, or a list without its output."""
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else [""]
    lists = folder.name.endswith(REFUSED) and all(_LISTED.fullmatch(name) for name in names)
    output = folder.with_name(folder.name.removesuffix(REFUSED))
    return not names or (lists and not (output.is_dir() and any(output.iterdir())))


def _beside(out: str) -> str:
    return out.rstrip("/") + REFUSED


# Reading


def _read(spark: SparkSession, sources: Sequence[str]) -> _Table:
    if not sources:
        raise TableRefused("no file is given", hint="name CSV or Parquet files, or a folder")
    kinds = {_is_text(source) for source in sources}
    if len(kinds) > 1:
        raise TableRefused("CSV and Parquet in one run", hint="interpret them one by one")
    addresses = [address(spark, source) for source in sources]
    return _read_lines(spark, addresses) if True in kinds else _read_parquet(spark, addresses)


def _is_text(source: str) -> bool:
    """Whether a file or folder holds CSV: by its ending, else by those in the folder."""
    name = source.lower()
    if name.endswith(_OTHERS):
        raise TableRefused(
            "Spark reads CSV and Parquet here", where=shown(source), hint="--engine local"
        )
    folder = Path(source)
    if name.endswith(_TEXT) or "://" in source or not folder.is_dir():
        return name.endswith(_TEXT)
    return any(file.name.lower().endswith(_TEXT) for file in folder.rglob("[!._]*"))


def _read_parquet(spark: SparkSession, sources: Sequence[str]) -> _Table:
    names, any_below = _files(spark, sources)
    footers = Footers(names)
    # Else Spark takes the columns of one file for those of all.
    reader = spark.read.option("mergeSchema", str(not footers.known))
    rows = reader.option("recursiveFileLookup", str(any_below)).parquet(*sources)
    spark.conf.set(ZONE, footers.zone(rows.schema))
    row = F.col("_metadata.row_index") + 1
    # The name comes as in an address: a blank is %20, and a plus is a plus.
    name = F.url_decode(F.replace(F.col("_metadata.file_name"), F.lit("+"), F.lit("%2B")))
    return _Table(rows, rows.select("*", name.alias(FILE), row.alias(LINE)))


def _files(spark: SparkSession, sources: Sequence[str]) -> tuple[list[str], bool]:
    """All files, and whether some lie below a folder where Spark does not look by itself.

    It looks into folders such as `practice=north`, whose names become columns then.
    """
    reader = spark.read.schema("none int")
    deep = reader.option("recursiveFileLookup", "true").parquet(*sources).inputFiles()
    try:
        flat = spark.read.schema("none int").parquet(*sources).inputFiles()
    except PySparkException:  # folders of both kinds, side by side
        flat = []
    return sorted(deep), len(flat) != len(deep)


def _read_lines(spark: SparkSession, sources: Sequence[str]) -> _Table:
    """CSV, made into rows by the workers as the local engine does it."""
    reader = spark.read.option("lineSep", "\n").option("recursiveFileLookup", "true")
    text = reader.text(list(sources))
    lines = text.select(
        F.col("value").cast("binary"), "_metadata.file_path", "_metadata.file_block_start"
    )
    known = _header(lines, shown(sources[0]))
    rows = in_arrow(lines, task(rows_of_lines, known), spark_schema(known.fields))
    whole = rows.where(column(BROKEN).isNull()).drop(BROKEN, HINT)
    return _Table(whole.drop(FILE, LINE), whole, rows.where(column(BROKEN).isNotNull()))


def _header(lines: DataFrame, name: str) -> Lines:
    starts = lines.where(F.col("file_block_start") == 0).limit(1).collect()
    if not starts:
        raise TableRefused("the file is empty", where=name, hint="a header and a row a panel")
    first = bytes(starts[0]["value"])
    header = read_header(first + b"\n", Path(Path(starts[0]["file_path"]).name))
    return Lines(header, first.removeprefix(BOM).rstrip(b"\r"))


# Writing


def _write(answer: DataFrame, out: str) -> None:
    writer = answer.write.mode("errorifexists").option("compression", "zstd")
    writer.option("parquet.compression.codec.zstd.level", "1").parquet(out)


def _list_refused(summary: Summary, table: _Table, out: str, asked: Asked) -> None:
    """Write the list of what could not be read, where there is anything, and count it."""
    found = recognise(table.rows.columns, declared(**asked.of_file))
    keys = [FILE, LINE, *naming(found)]
    listed = refused(table.placed, keys=keys, **asked.of_file)
    if table.broken is not None:
        listed = listed.union(_as_refused(table.broken, keys))
    named = {FILE: "file", LINE: "row"}
    listed = listed.toDF(*(named.get(name, name) for name in listed.columns)).persist()
    try:
        for row in listed.groupBy("lost").count().collect():
            lost = "rows_refused" if row["lost"] else "cells_refused"
            setattr(summary, lost, row["count"])
        if summary.any_refused:
            listed.coalesce(1).write.option("escape", '"').csv(_beside(out), header=True)
            first = listed.orderBy("file", "row").limit(SHOWN_REFUSALS)
            summary.refusals = [_refusal(row) for row in first.collect()]
    finally:
        listed.unpersist()


def _as_refused(broken: DataFrame, keys: Sequence[str]) -> DataFrame:
    """Broken lines in the form of refusals; a cell of one is never read."""
    said = {
        "field": F.lit(""),
        "reason": F.lit(Reason.NOT_READ.slug),
        "message": column(BROKEN),
        "hint": column(HINT),
        "lost": F.lit(True),
    }
    columns = [said[one.name].alias(one.name) for one in REFUSAL_COLUMNS]
    return broken.select([*(column(key) for key in keys), *columns])


def _refusal(row: Any) -> Refusal:
    said = row.asDict()
    words = (said["field"], said["reason"], said["message"], said["hint"], said["lost"])
    return Refusal(said.get("row") or 0, *words, file=said.get("file") or "")


# Summing up


def _sum_up(summary: Summary, written: DataFrame, scales: Sequence[Scale]) -> None:
    """Count the flags, reasons, grades and drivers of what was written."""
    kinds = [kind for kind in Analyte if f"{kind.lower()}_flag" in written.columns]
    said = [
        (str(kind), what, f"{kind.lower()}_{what}") for kind in kinds for what in ("flag", "reason")
    ]
    graded = [
        (str(kind), scale.id, f"grade_{scale.id}_{kind.lower()}")
        for scale in scales
        for kind in scale.analytes
        if kind in kinds
    ]
    tallies = {"flag": summary.flags, "reason": summary.reasons}
    for name, what, word, count in _counted(written, [*said, *graded, ("", "driver", "driver")]):
        if what == "driver":
            summary.drivers[word or ""] = count
        elif what in tallies:
            _tally(tallies[what], name, word, count)
        else:
            _tally(summary.grades.setdefault(what, {}), name, word or "none", count)
    _name_grades(summary, scales)
    summary.panels = sum(summary.drivers.values())


def _name_grades(summary: Summary, scales: Sequence[Scale]) -> None:
    """The grades by the words of their scale, the mildest first."""
    for scale in scales:
        names = {str(place): name for place, name in enumerate(grade_names(scale)[:-1])}
        for tally in summary.grades.get(scale.id, {}).values():
            found = {names.get(word, word): count for word, count in tally.items()}
            tally.clear()
            tally.update(in_order(scale, found))


def _counted(
    written: DataFrame, columns: Sequence[tuple[str, str, str]]
) -> list[tuple[str, str, str | None, int]]:
    """How often each word stands in some columns; each is a name, what it is, and the column."""
    if not columns:
        return []
    said = [
        F.struct(
            F.lit(name).alias("name"),
            F.lit(what).alias("what"),
            column(place).cast("string").alias("word"),
        )
        for name, what, place in columns
    ]
    one = written.select(F.explode(F.array(*said)).alias("one")).select("one.*")
    rows = one.groupBy("name", "what", "word").count().collect()
    found = [(row["name"], row["what"], row["word"], row["count"]) for row in rows]
    order = {pair: place for place, pair in enumerate((name, what) for name, what, _ in columns)}
    return sorted(found, key=lambda one: (order[one[:2]], one[2] or ""))


def _tally(tallies: dict[str, dict[str, int]], name: str, word: str | None, count: int) -> None:
    tally = tallies.setdefault(name, {})
    if word:
        tally[word] = tally.get(word, 0) + count
