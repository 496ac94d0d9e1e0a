"""A row a count: rows in any order, cut in any place, make the panels that plain Python makes."""

from contextlib import contextmanager
from itertools import pairwise
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukon.readers import packed, runs
from leukon.readers.columns import recognise
from leukon.readers.long import LongReader
from leukon.readers.mapping import declared
from leukon.readers.order import edges_of, in_order, not_before, order_of
from leukon.readers.sources import Block
from leukon.reasons import Reason
from support.plain_long import gathered

WORDS = st.one_of(
    st.integers(0, 3),
    st.sampled_from([0, 60, 120, 2**32, 2**63 - 1, 2**63, 2**64 - 1]),
    st.integers(0, 2**64 - 1),
)
TEXTS = st.one_of(st.none(), st.text(max_size=20), st.text(alphabet="a\0\x01é", max_size=3))
KINDS = {
    "person": pa.string(),
    "drawn_at": pa.string(),
    "test": pa.string(),
    "value": pa.float64(),
    "unit": pa.string(),
    "sex": pa.string(),
    "practice": pa.string(),
}
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "person": st.sampled_from(["1", "2", "10", "a person with a long identifier", ""]),
            "drawn_at": st.sampled_from(["2020-01-01", "2020-01-02", "2019-12-31T08:00"]),
            "test": st.sampled_from(["WBC", "NEUT"]),
            "value": st.sampled_from([None, 3.0, 4.5, 3000.0]),
            "unit": st.sampled_from(["10*9/L", "K/uL", "/uL"]),
            "sex": st.sampled_from([None, "F", "F", "F", "M"]),
            "practice": st.sampled_from([None, "A", "A", "A", "A", "B"]),
        }
    ).filter(lambda row: row["unit"] == "/uL" or row["value"] != 3000.0),
    max_size=40,
)


@contextmanager
def small(run_bytes, step, range_rows):
    """Runs so small that a handful of rows makes several, on the disk."""
    sizes = {
        "RUN_BYTES": run_bytes,
        "KEPT_BYTES": 2 * run_bytes,
        "STEP": step,
        "RANGE_ROWS": range_rows,
    }
    with patch.multiple(runs, **sizes):
        yield


def panels(rows, cuts=()):
    """The panels that the reader makes of some rows, cut into blocks: in its order."""
    schema = pa.schema(KINDS.items())
    edges = [0, *sorted(cut for cut in cuts if cut < len(rows)), len(rows)]
    pairs = list(pairwise(edges))
    batches = [pa.RecordBatch.from_pylist(rows[a:b], schema=schema) for a, b in pairs]
    blocks = [
        Block(batch, np.arange(a + 1, b + 1), [])
        for batch, (a, b) in zip(batches, pairs, strict=True)
    ]
    said = declared({}, None)
    reader = LongReader(schema, recognise(schema.names, said), said, {})
    return [panel for chunk in reader.chunks(iter(blocks)) for panel in _told(chunk)]


def _told(chunk):
    for row, who in enumerate(chunk.columns.to_pylist()):
        counts = {"WBC": "value-missing", "NEUT": "value-missing"}
        for kind, column in chunk.batch.counts.items():
            value = float(column.values[row])
            counts[str(kind)] = Reason(int(column.reasons[row])).slug if value != value else value
        yield (who["person"], who["drawn_at"]), {**counts, "sex": who["sex"]}


@given(
    ROWS,
    st.lists(st.integers(0, 40), max_size=6),
    st.integers(1, 400),
    st.integers(1, 5),
    st.integers(1, 9),
)
def test_rows_become_the_panels_that_plain_python_makes(rows, cuts, run_bytes, step, range_rows):
    """Whatever the blocks, the runs and the ranges: every panel once, whole, by person and draw."""
    with small(run_bytes, step, range_rows):
        found = panels(rows, cuts)
    expected = gathered(rows)
    assert [key for key, _ in found] == list(expected)
    assert dict(found) == {key: {**panel, **_unseen(rows)} for key, panel in expected.items()}


def _unseen(rows):
    """A count that no row of the table is of has no column, and so no other reason either."""
    named = {row["test"] for row in rows}
    return {test: "value-missing" for test in ("WBC", "NEUT") if test not in named}


@given(ROWS, st.randoms(use_true_random=False), st.integers(1, 400))
def test_the_order_of_the_rows_changes_no_panel(rows, random, run_bytes):
    """Sorted, shuffled or backwards: the same panels in the same order."""
    in_turn = sorted(rows, key=lambda row: (row["person"], row["drawn_at"]))
    shuffled = list(rows)
    random.shuffle(shuffled)
    with small(run_bytes, 2, 5):
        for one in (in_turn, shuffled, in_turn[::-1]):
            assert _without_first(panels(one)) == _without_first(panels(rows))


def _without_first(found):
    """Where rows clash over the sex, which of the two is shown is that of the first row."""
    return [
        (key, {**panel, "sex": ""} if "contradictory" in panel.values() else panel)
        for key, panel in found
    ]


def test_a_duplicate_across_blocks_runs_and_ranges_is_seen():
    """Two values of one count, as far from each other as a table allows, are a duplicate."""
    ends = {
        "practice": "A",
        "person": "5",
        "drawn_at": "2020-01-01",
        "test": "WBC",
        "unit": "K/uL",
        "sex": "F",
    }
    between = [{**ends, "person": str(n), "value": 4.0} for n in range(1000, 1400)]
    rows = [{**ends, "value": 3.0}, *between, {**ends, "value": 3.1}]
    with small(900, 2, 5):
        found = dict(panels(rows, range(0, 402, 7)))
    assert found["5", "2020-01-01"]["WBC"] == "duplicate"
    assert len(found) == 401
    assert [p["WBC"] for key, p in found.items() if key[0] != "5"] == [4.0] * 400


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=60))
def test_the_order_is_that_of_tuples(rows):
    """However large the numbers: sorted as Python sorts tuples, equal ones as they came."""
    words = [np.array([row[n] for row in rows], dtype=np.uint64) for n in range(3)]
    expected = sorted(range(len(rows)), key=lambda n: rows[n])
    order = order_of(words)
    assert in_order(words) == (order is None) == (expected == list(range(len(rows))))
    if order is not None:
        assert order.tolist() == expected
        words = [word[order] for word in words]
    ordered = [rows[n] for n in expected]
    assert edges_of(words).tolist() == [
        n == 0 or ordered[n] != ordered[n - 1] for n in range(len(rows))
    ]
    for key in rows[:3]:
        assert not_before(words, key).tolist() == [row >= key for row in ordered]


@given(st.lists(st.lists(TEXTS, max_size=8), min_size=1, max_size=4))
def test_texts_are_carried_without_loss_and_in_order(blocks):
    """Any text, empty or missing, comes back; keys sort as the bytes of UTF-8, missing last."""
    one = packed.Letters("t", pa.string())
    fields = [one.pack(pa.array(block, pa.string())) for block in blocks]
    records = np.zeros(sum(map(len, blocks)), dtype=one.fields())
    start = 0
    for block, filled in zip(blocks, fields, strict=True):
        for name, values in filled.items():
            records[name][start : start + len(block)] = values
        start += len(block)
    texts = [text for block in blocks for text in block]
    assert one.unpack(records).to_pylist() == texts
    keys = list(zip(*(word.tolist() for word in one.words(records)), strict=True))
    by_words = [texts[n] for n in sorted(range(len(texts)), key=lambda n: keys[n])]
    assert by_words == sorted(texts, key=lambda text: (text is None, (text or "").encode()))
    assert one.given(records).tolist() == [text is not None for text in texts]


def test_a_very_long_text_comes_back_too():
    """A text longer than any identifier is carried as a number, and is itself again."""
    texts = ["a" * 300, None, "b", "a" * 300, "c" * 1000]
    one = packed.Letters("t", pa.string())
    records = np.zeros(5, dtype=[("t_0", "<u8")])
    for name, values in one.pack(pa.array(texts)).items():
        records[name] = values
    assert one.unpack(records).to_pylist() == texts
    assert records["t_0"][0] == records["t_0"][3] != records["t_0"][4]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([3, None, -1], pa.int32()),
        pa.array([2**64 - 1, 0, None], pa.uint64()),
        pa.array([1.5, -0.5, None], pa.float32()),
        pa.array([1.5, -2.5, 0.0], pa.float64()),
        pa.array([True, None, False]),
        pa.array([18000, None, -3], pa.date32()),
        pa.array([1, None, -5], pa.timestamp("us", tz="UTC")),
        pa.array([1, None, 5], pa.time64("us")),
        pa.array(["F", None, "M"]).dictionary_encode(),
        pa.array(["F", None, "M"], pa.large_string()),
        pa.array([1, None, 2]).cast(pa.decimal128(30, 2)),
    ],
    ids=lambda column: str(column.type),
)
def test_a_column_of_any_type_comes_back_as_it_was(column):
    """What is kept of a row is passed on unchanged, and sorts as it does."""
    for is_key in (False, True):
        one = packed.packing("c", column, kind=column.type, is_key=is_key)
        filled = one.pack(column)
        records = np.zeros(3, dtype=one.fields())
        for name, values in filled.items():
            records[name] = values
        assert one.unpack(records).equals(column)
        assert one.given(records).tolist() == column.is_valid().to_pylist()
        if is_key:
            order = order_of(one.words(records))
            plain = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
            expected = pa.compute.sort_indices(plain).to_pylist()
            assert (expected if order is not None else [0, 1, 2]) == expected
            assert order is None or order.tolist() == expected


def test_text_that_is_no_utf8_is_refused():
    """A byte that no text has must never be taken for another."""
    broken = pa.array([b"a\xff"]).view(pa.string())
    with pytest.raises(Exception, match="not in UTF-8"):
        packed.Letters("t", pa.string()).pack(broken)
