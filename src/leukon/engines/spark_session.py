"""A Spark session for files, and Spark's errors as leukon's own."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leukon import errors
from leukon.engines.targets import OutputFailed
from leukon.errors import ExtraMissing, LeukonError, TableRefused, UsageError
from leukon.readers.sources import BATCH_ROWS

try:
    from pyspark.errors import PySparkException
except ImportError:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("spark", "interpreting on a cluster") from None

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTER = "SPARK_MASTER"
"""The variable that names the cluster, where spark-submit has not done so."""
ZONE = "spark.sql.session.timeZone"
_OF_OUR_OWN: dict[str, Any] = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # A worker's fault comes back as an error; what Java would log of it is no user's to read.
    "spark.log.level": "OFF",
    # A hundred empty parts, as on a cluster, cost one machine more than the work.
    "spark.sql.shuffle.partitions": str(4 * (os.cpu_count() or 1)),
}
_SETTINGS = {
    # Files hold moments in universal time; the session's own zone would move them.
    ZONE: "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH_ROWS),
}
_ELSEWHERE = ("PYSPARK_GATEWAY_PORT", "SPARK_REMOTE")
"""Set where spark-submit or a Spark server has settled which cluster it is."""


@contextmanager
def session() -> Iterator[SparkSession]:
    """A Spark session: the running one, the one of spark-submit, or one of our own, ended after.

    Raises `UsageError` where there is no Java to start one with.
    """
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    spark = running or _started()
    before = {name: spark.conf.get(name) for name in _SETTINGS}
    try:
        for name, value in _SETTINGS.items():
            spark.conf.set(name, value)
        yield spark
    finally:
        if running is None:
            spark.stop()
        else:
            for name, old in before.items():
                spark.conf.set(name, old or "")


def address(spark: SparkSession, path: str) -> str:
    """A path as Spark is told it: on this machine Java may have been started in another folder."""
    if "://" in path or not str(spark.conf.get("spark.master", "")).startswith("local"):
        return path
    here = Path(path).absolute()
    # What is there is no pattern, whatever letters are in its name.
    return _PATTERN.sub(r"\\\g<0>", str(here)) if here.exists() else str(here)


def _started() -> SparkSession:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("leukon")
    if any(name in os.environ for name in _ELSEWHERE):
        return builder.getOrCreate()
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = builder.master(os.environ.get(MASTER, "local[*]")).config(map=_OF_OUR_OWN)
    try:
        with without_stderr():
            return builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError):
        raise UsageError(
            "Spark could not be started", hint="it needs Java 17 or newer: java -version"
        ) from None


@contextmanager
def without_stderr() -> Iterator[None]:
    """Java says a dozen lines on standard error before it can be told to be quiet."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@contextmanager
def named_errors() -> Iterator[None]:
    """Spark's errors as leukon's own: what a worker refused, else the class of the error.

    The words of Spark's errors are never handed on: they may hold values of a person.
    """
    try:
        yield
    except LeukonError:
        raise
    except Exception as error:
        raise _named(error) from None


_PATTERN = re.compile(r"[\\*?\[\]{}]")
_RAISED = re.compile(r"leukon\.errors\.(\w+): ([^\n]*)(?:\nHint: ([^\n]*))?")
_CONDITION = re.compile(r"\[([A-Z][A-Z0-9_.]+)\]")
_OTHER_TYPE = "a column has not the same type in all files"
_NO_TYPE = "a column has a type that Spark cannot read"
_ONE_NAME = "two columns have names that Spark does not tell apart"
_LOCAL = "rename or convert it, or use --engine local"
_Made = Callable[[str], LeukonError]
_KNOWN: tuple[tuple[str, _Made], ...] = (
    ("PATH_NOT_FOUND", lambda code: TableRefused("there is no such file", hint=code)),
    ("UNABLE_TO_INFER_SCHEMA", lambda code: TableRefused("the folder holds no table", hint=code)),
    ("PATH_ALREADY_EXISTS", lambda code: UsageError("the output is there already", hint=code)),
    ("No space left", lambda code: OutputFailed("the disk is full", hint=code)),
    ("CANNOT_READ_FILE_FOOTER", lambda code: TableRefused("a file is damaged", hint=code)),
    ("PARQUET_COLUMN_DATA_TYPE_MISMATCH", lambda code: TableRefused(_OTHER_TYPE, hint=code)),
    ("CANNOT_MERGE", lambda code: TableRefused(_OTHER_TYPE, hint=code)),
    ("PARQUET_TYPE_ILLEGAL", lambda code: TableRefused(_NO_TYPE, hint=f"{_LOCAL} ({code})")),
    ("UNSUPPORTED_TIME_TYPE", lambda code: TableRefused(_NO_TYPE, hint=f"{_LOCAL} ({code})")),
    ("MAX_PRECISION", lambda code: TableRefused(_NO_TYPE, hint=f"{_LOCAL} ({code})")),
    ("COLUMN_ALREADY_EXISTS", lambda code: TableRefused(_ONE_NAME, hint=f"{_LOCAL} ({code})")),
    ("FAILED_READ_FILE", lambda code: TableRefused("a file is damaged", hint=code)),
)


def _named(error: Exception) -> LeukonError:
    text = str(error)
    raised = _RAISED.search(text)
    if raised:
        kind = getattr(errors, raised[1], LeukonError)
        found: LeukonError = kind(raised[2], hint=raised[3] or "")
        return found
    condition = _CONDITION.search(text)
    code = getattr(error, "getCondition", lambda: None)() or (condition and condition[1])
    says = f"Spark says {code or type(error).__name__}"
    for word, made in _KNOWN:
        if word in f"{code} {text}":
            return made(says)
    return LeukonError("Spark could not do the work", hint=says)
