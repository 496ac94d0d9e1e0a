"""A Spark session for the tests that ask for one: started once, on this machine alone."""

import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.needs import JAVA, Need

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def _pyspark() -> Path | None:
    found = find_spec("pyspark")
    return Path(found.origin) if found is not None and found.origin else None


PYSPARK = Need("PySpark", "pip install 'leukon[spark]'", _pyspark)
SETTINGS: dict[str, bool | float | int | str | None] = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
    "spark.driver.memory": "1g",
    # Little work, done once: the quick start of Java counts for more than fast code.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@pytest.fixture(scope="session")
def spark() -> Iterator["SparkSession"]:
    """A session with two workers and no user interface."""
    JAVA.path()
    PYSPARK.path()
    from pyspark.sql import SparkSession

    from leukon.engines.spark_session import without_stderr

    wanted = {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    builder = SparkSession.builder.master("local[2]").appName("leukon-tests")
    with without_stderr():
        session = builder.config(map=SETTINGS).getOrCreate()
    yield session
    session.stop()
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})
