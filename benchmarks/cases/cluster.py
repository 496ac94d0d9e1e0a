"""The same function inside Spark on this machine (ARGS=--spark); needs Java."""

import os
import sys

from benchmarks.figures import Figure
from benchmarks.step import Step, loop

TITLE = "Spark on this machine"


def _spark(folder):
    """CPU of the Python workers and of Java is that of the process and its children."""
    from pyspark.sql import SparkSession

    from leukon.engines import spark as engine

    # Its workers would else be of the first Python on the path, which may know no leukon.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    with loop({}) as told:
        panels = session.read.parquet(str(folder / "panels.parquet"))
        answered = engine.interpret(panels, scales=["ctcae-6.0"])
        answered.write.mode("overwrite").parquet(str(folder / "out-spark"))
    session.stop()
    return told


STEPS = {"spark": Step(_spark, ("panels",), option="spark")}


def figures(measured):
    if measured.has("spark"):
        least, middle = (f("spark", "wall") for f in (measured.least, measured.middle))
        yield Figure("2,000,000 panels, start of Spark included", least, "s", middle)
