"""A file from Parquet to Parquet, against reading and writing alone."""

from benchmarks.data import BATCH
from benchmarks.figures import Figure, cpu, peak
from benchmarks.step import Step, loop

TITLE = "2,000,000 panels, 10,000,000 counts, from Parquet to Parquet"


def _interpret(source, out, **options):
    def run(folder):
        from leukon import interpret_table

        with loop({}) as told:
            summary = interpret_table(
                folder / source, out=folder / out, scales=["ctcae-6.0"], **options
            )
        return {**told, "rows": summary.panels}

    return run


def _keep_output(folder):
    """The output as plain Arrow batches on disk, so that writing them needs no decoding."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(folder / "out.parquet")
    path = str(folder / "out.arrow")
    with pa.OSFile(path, "wb") as sink, pa.ipc.new_stream(sink, file.schema_arrow) as writer:
        for batch in file.iter_batches(BATCH):
            writer.write_batch(batch)
    return {}


def _floor(folder):
    """Read the input; write what leukon wrote: the same columns, types, codec and row groups.

    leukon's own writer does it, so that its settings are the same whatever they are; it is a plain
    `ParquetWriter` behind.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from leukon.engines.writers import ParquetTable

    rows = 0
    with loop({}) as told:
        for batch in pq.ParquetFile(folder / "panels.parquet").iter_batches(BATCH):
            rows += batch.num_rows
        batches = pa.ipc.open_stream(pa.memory_map(str(folder / "out.arrow")))
        with (folder / "floor.parquet").open("wb") as file:
            written = ParquetTable(file, batches.schema)
            for batch in batches:
                written.write(batch)
            written.close()
    return {**told, "rows": rows}


STEPS = {
    "leukon": Step(_interpret("panels.parquet", "out.parquet"), ("panels",)),
    "output": Step(_keep_output, once=True),
    "floor": Step(_floor),
    "agreement": Step(
        _interpret("panels.parquet", "out-agreement.parquet", agreement=True), ("panels",)
    ),
    "text": Step(_interpret("panels-text.parquet", "out-text.parquet"), ("text",)),
    "few": Step(_interpret("panels-few.parquet", "out-few.parquet"), ("few",)),
    "many": Step(_interpret("panels-many.parquet", "out-many.parquet"), ("many",), option="long"),
}


def figures(measured):
    """Ratios are of the least runs of one and the same session."""
    floor, whole, voted = (measured.least(name) for name in ("floor", "leukon", "agreement"))
    yield cpu(measured, "floor", "floor: read the input, write the output")
    yield cpu(measured, "leukon", "leukon: flags, limits, reasons, driver, one scale")
    inside = measured.least("leukon", "loop_cpu"), measured.least("floor", "loop_cpu")
    yield Figure("the floor after start and imports", inside[1], "CPU s")
    yield Figure("leukon after start and imports", inside[0], "CPU s")
    yield Figure("leukon to floor", whole / floor, "x", at_most=1.5)
    yield Figure("the same after start and imports", inside[0] / inside[1], "x")
    yield Figure("computing: leukon less floor", whole - floor, "CPU s", at_most=0.8)
    yield Figure("the same after start and imports", inside[0] - inside[1], "CPU s")
    rate = measured.told("leukon", "rows") / whole
    yield Figure("panels a CPU second", rate / 1e6, "million")
    yield Figure("agreement over the catalogue, more", voted - whole, "CPU s", at_most=1.0)
    yield cpu(measured, "text", "all counts as text")
    yield peak(measured, "leukon", "peak memory, 1e7 counts", at_most=400)
    yield peak(measured, "few", "peak memory, 1e6 counts")
    if measured.has("many"):
        yield cpu(measured, "many", "1e8 counts")
        yield peak(measured, "many", "peak memory, 1e8 counts", at_most=400)
