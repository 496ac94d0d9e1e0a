"""The distinct texts of a column, so that each is read once however often it stands there."""

from __future__ import annotations

from typing import Any, NamedTuple

import pyarrow as pa

from leukon.arrays import Index
from leukon.errors import TableRefused
from leukon.readers.arrow import places


class Distinct(NamedTuple):
    """The distinct texts of a column, and which one each cell holds (the last place: none)."""

    texts: list[str]
    places: Index


def as_text(column: Any) -> Any:
    """A column as text.

    Raises `TableRefused` for a column of lists, structures or bytes.
    """
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise unreadable_type(column.type) from None


def unreadable_type(kind: Any) -> TableRefused:
    """The refusal of a column of a type that holds neither numbers nor text."""
    return TableRefused(
        f"a column of the type {kind} holds no numbers and no words",
        hint="write it as numbers or as text, or leave it out",
    )


def distinct(column: Any) -> Distinct:
    """The distinct texts of a column of any plain type.

    >>> distinct(pa.array(["F", None, "M", "F"])).places.tolist()
    [0, 2, 1, 0]
    """
    words = encoded(column)
    return Distinct(words.dictionary.to_pylist(), places(words.indices, len(words.dictionary)))


def encoded(column: Any) -> Any:
    """A column of any plain type as texts, each once, and their numbers.

    >>> encoded(pa.array([5, 3, 5])).dictionary.to_pylist()
    ['5', '3']
    """
    return column if _is_coded_text(column) else as_text(column).dictionary_encode()


def _is_coded_text(column: Any) -> bool:
    """Whether a column comes as texts and their numbers, each text once."""
    if not pa.types.is_dictionary(column.type) or not pa.types.is_string(column.type.value_type):
        return False
    texts = column.dictionary
    few = len(texts) <= len(column)  # else the dictionary is that of a much longer column
    return few and not texts.null_count and len(texts.unique()) == len(texts)
