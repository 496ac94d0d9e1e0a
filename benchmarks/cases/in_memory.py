"""Batches in memory: units, the look-up of limits, flags, driver, grades, with nothing read or written."""

from benchmarks.data import BATCH
from benchmarks.figures import Figure
from benchmarks.step import Step, loop

TITLE = "In memory: counts with flag, limits, reason and grade"
PASSES, BATCHES = 3, 10


def _batches(folder):
    """Batches as leukon's reader hands them on, their counts all numbers.

    To read text is the reader's cost, and is in whole runs: here odd counts are left empty, and units
    and sexes come as their kinds and numbers, which is how the reader takes them from a file.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    def numbers(batch):
        texts = batch.column("eos")
        plain = pc.match_substring_regex(texts, r"^[0-9.]+$")
        eos = pc.if_else(plain, texts, pa.scalar(None, pa.string())).cast(pa.float64())
        place = batch.schema.get_field_index("eos")
        return batch.set_column(place, "eos", eos)

    file = pq.ParquetFile(folder / "panels.parquet", read_dictionary=["unit", "sex"])
    found = file.iter_batches(BATCH)
    return [numbers(batch) for batch, _ in zip(found, range(BATCHES), strict=False)]


def _question(scales):
    from leukon.catalogue import resolve
    from leukon.engines.batches import Question
    from leukon.scales import resolve_all

    return Question(resolve(None), scales=resolve_all(scales))


def _arrow(folder):
    """Arrow batches in, Arrow batches out."""
    from leukon.engines.batches import WideTable

    batches = _batches(folder)
    table = WideTable(batches[0].schema, _question(["ctcae-6.0"]))
    table.interpret(batches[0])
    with loop({}) as told:
        for _ in range(PASSES):
            for batch in batches:
                table.interpret(batch)
    return {**told, "counts": 5 * PASSES * sum(batch.num_rows for batch in batches)}


def _numpy(folder):
    """Arrow batches in, arrays out: units, look-up, comparison, driver, grades."""
    import numpy as np

    from leukon.engines.batches import answer
    from leukon.readers.columns import recognise
    from leukon.readers.mapping import Declared
    from leukon.readers.sources import Block
    from leukon.readers.wide import read_wide

    batches = _batches(folder)
    question = _question(["ctcae-6.0"])
    found = recognise(batches[0].schema.names, Declared())
    blocks = [Block(batch, np.arange(batch.num_rows), []) for batch in batches]
    answer(read_wide(blocks[0], found, question.said), question)
    with loop({}) as told:
        for _ in range(PASSES):
            for block in blocks:
                answer(read_wide(block, found, question.said), question)
    return {**told, "counts": 5 * PASSES * sum(batch.num_rows for batch in batches)}


STEPS = {"arrays": Step(_numpy, ("panels",)), "arrow": Step(_arrow, ("panels",))}


def figures(measured):
    for step, what, bar in (
        ("arrays", "graded counts a CPU second, as arrays", 20),
        ("arrow", "the same as Arrow columns, input handed on", None),
    ):
        counts = measured.told(step, "counts")
        least, middle = measured.least(step, "loop_cpu"), measured.middle(step, "loop_cpu")
        yield Figure(what, counts / least / 1e6, "million", counts / middle / 1e6, at_least=bar)
