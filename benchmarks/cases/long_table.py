"""A table with a row a count, brought together by specimen and interpreted to a row a panel."""

from benchmarks.figures import cpu, peak
from benchmarks.step import Step, loop

TITLE = "A table of 10,000,000 rows, a row a count, to interpreted panels"


def _interpret(source, out):
    def run(folder):
        from leukon import interpret_table

        with loop({}) as told:
            summary = interpret_table(folder / source, out=folder / out)
        return {**told, "rows": summary.rows_read}

    return run


STEPS = {
    "ordered": Step(_interpret("long.parquet", "out-long.parquet"), ("long",)),
    "shuffled": Step(
        _interpret("long-shuffled.parquet", "out-shuffled.parquet"), ("long-shuffled",)
    ),
    "few": Step(_interpret("long-few.parquet", "out-long-few.parquet"), ("long-few",)),
}


def figures(measured):
    yield cpu(measured, "ordered", "rows in the order of specimens", at_most=8)
    yield cpu(measured, "shuffled", "rows in no order", at_most=8)
    yield peak(measured, "ordered", "peak memory, in order", at_most=700)
    yield peak(measured, "shuffled", "peak memory, in no order", at_most=700)
    yield peak(measured, "few", "peak memory, 1e6 rows in no order")
