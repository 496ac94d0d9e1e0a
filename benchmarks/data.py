"""The data, made with a fixed seed: panels as a table with a row a panel, and with a row a count.

20 practices, six spellings of units, and what real extracts hold: nothing, "pending", "<0.1",
negative and impossible numbers. Eosinophils are text, since that is where such words stand; in
`panels-text` all counts are.
"""

from pathlib import Path

from benchmarks.step import Step

SEED = 20261124
BATCH = 65_536
UNITS = {"10*9/L": 1, "K/uL": 1, "/uL": 1000, "cells/uL": 1000, "10^9/L": 1, "x10^3/uL": 1}
ANALYTES = ("wbc", "neut", "lymph", "mono", "eos")
PANELS = 2_000_000


def people(rng, n):
    """Whose the panels are, as Arrow columns."""
    import numpy as np
    import pyarrow as pa

    def words(codes, text, mask=None):
        codes = pa.array(codes.astype(np.int32), mask=mask)
        return pa.DictionaryArray.from_arrays(codes, pa.array(text)).cast(pa.string())

    unit = rng.integers(0, len(UNITS), n)
    columns = {
        "person_id": pa.array(rng.integers(0, max(n // 4, 1), n)),
        "practice": words(rng.integers(0, 20, n), [f"practice-{k:02d}" for k in range(20)]),
        "sex": words(rng.integers(0, 2, n), ["female", "male"], rng.random(n) < 0.001),
        "age_years": pa.array(rng.integers(0, 96, n).astype(np.int16), mask=rng.random(n) < 0.002),
        "drawn_at": pa.array(
            (1_500_000_000 + rng.integers(0, 3 * 10**8, n)).astype("datetime64[s]")
        ),
        "unit": words(unit, list(UNITS)),
    }
    return columns, np.array(list(UNITS.values()))[unit]


def counts(rng, n):
    """The counts in 10*9/L, as printed, NaN where there is none, and a few that cannot be."""
    import numpy as np

    total = np.round(rng.lognormal(np.log(6.5), 0.35, n), 1)
    shares = rng.dirichlet([12, 6, 1.5, 0.5, 2.0], n)
    found = {"wbc": total}
    for place, name in enumerate(ANALYTES[1:]):
        found[name] = np.round(total * shares[:, place], 2)
    return {name: _with_odd_ones(rng.random(n), values) for name, values in found.items()}


def _with_odd_ones(odd, values):
    import numpy as np

    wrong = np.where(odd < 1e-4, values * 1000, np.where(odd < 1.5e-4, -1.0, values))
    return np.where(odd > 0.98, np.nan, wrong)


def in_units(values, per):
    """Counts as a practice prints them: whole numbers a microlitre, two decimals else."""
    import numpy as np

    return np.where(per == 1000, np.round(values * 1000), np.round(values, 2))


def as_text(rng, values, per):
    """Numbers as text, with the words that stand in such columns."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    distinct, places = np.unique(values, return_inverse=True)
    texts = ["" if value != value else f"{value:g}" for value in distinct.tolist()]
    words = [*texts, "<0.1", "<100", "pending"]
    codes = np.where(np.isnan(values), -1, places)
    odd = rng.random(len(values))
    codes = np.where(odd < 2e-3, len(texts) + (per == 1000), codes)
    codes = np.where(odd > 1 - 1e-3, len(texts) + 2, codes)
    numbers = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pc.cast(pa.DictionaryArray.from_arrays(numbers, pa.array(words)), pa.string())


def write_panels(path, n, *, text=("eos",)):
    """A table with a row a panel."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(SEED)
    writer = None
    for start in range(0, n, BATCH):
        size = min(BATCH, n - start)
        columns, per = people(rng, size)
        for name, values in counts(rng, size).items():
            shown = in_units(values, per)
            if name in text:
                columns[name] = as_text(rng, shown, per)
            else:
                columns[name] = pa.array(shown, mask=np.isnan(shown))
        batch = pa.RecordBatch.from_pydict(columns)
        writer = writer or pq.ParquetWriter(
            path, batch.schema, compression="zstd", compression_level=1
        )
        writer.write_batch(batch, row_group_size=8 * BATCH)
    writer.close()


def write_parts(folder, n, parts):
    """The same as several files in a folder."""
    import pyarrow.parquet as pq

    folder.mkdir()
    table = pq.read_table(folder.parent / "panels.parquet")
    size = n // parts
    for part in range(parts):
        piece = table.slice(part * size, size if part < parts - 1 else None)
        pq.write_table(piece, folder / f"part-{part}.parquet", compression="zstd")


def write_long(path, n, *, shuffled):
    """A table with a row a count, five of each specimen, in order or in none."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(SEED)
    specimens = n // len(ANALYTES)
    columns, per = people(rng, specimens)
    columns["specimen_id"] = pa.array(np.arange(specimens))
    found = counts(rng, specimens)
    values = np.stack([in_units(found[name], per) for name in ANALYTES], axis=1).reshape(-1)
    tests = np.tile(np.arange(len(ANALYTES), dtype=np.int32), specimens)
    rows = np.repeat(np.arange(specimens), len(ANALYTES))
    order = rng.permutation(len(rows)) if shuffled else np.arange(len(rows))
    order = order[~np.isnan(values[order])]
    people_table = pa.table(columns)
    names = pa.array([name.upper() for name in ANALYTES])
    writer = None
    for start in range(0, len(order), 8 * BATCH):
        piece = order[start : start + 8 * BATCH]
        table = people_table.take(pa.array(rows[piece]))
        kinds = pa.DictionaryArray.from_arrays(pa.array(tests[piece]), names).cast(pa.string())
        table = table.append_column("test", kinds)
        table = table.append_column("value", pa.array(values[piece]))
        writer = writer or pq.ParquetWriter(
            path, table.schema, compression="zstd", compression_level=1
        )
        writer.write_table(table)
    writer.close()


def _made(name, write):
    """A step that makes data, once and for all: under its name only when it is whole."""

    def run(folder: Path):
        target = folder / name
        if not target.exists():
            part = folder / f"making-{name}"
            write(part)
            part.rename(target)
        return {}

    return Step(run, once=True)


def _parts(path):
    write_parts(path, PANELS, 8)


STEPS = {
    "panels": _made("panels.parquet", lambda path: write_panels(path, PANELS)),
    "text": _made("panels-text.parquet", lambda path: write_panels(path, PANELS, text=ANALYTES)),
    "few": _made("panels-few.parquet", lambda path: write_panels(path, PANELS // 10)),
    "many": _made("panels-many.parquet", lambda path: write_panels(path, PANELS * 10)),
    "parts": _made("parts", _parts),
    "long": _made("long.parquet", lambda path: write_long(path, 10**7, shuffled=False)),
    "long-shuffled": _made(
        "long-shuffled.parquet", lambda path: write_long(path, 10**7, shuffled=True)
    ),
    "long-few": _made("long-few.parquet", lambda path: write_long(path, 10**6, shuffled=True)),
}
