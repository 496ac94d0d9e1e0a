"""Columns of rare Arrow types as columns that every reader and writer knows, without a loss.

A type that has no plain form (a list, bytes) is left as it is: passed through where the output can
hold it, and refused by name where a count or a fact of the person is sought in it.
"""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc


def settled_schema(schema: Any) -> Any:
    """The columns as they are read, by the columns as they are stored."""
    fields = [pa.field(field.name, settled_type(field.type)) for field in schema]
    return pa.schema(fields)


def settled_type(kind: Any) -> Any:
    """The plain type for a type.

    >>> settled_type(pa.decimal256(50, 2)), settled_type(pa.date64()), settled_type(pa.float16())
    (DataType(string), DataType(date32[day]), DataType(float))
    """
    if isinstance(kind, pa.BaseExtensionType):
        if kind.extension_name == "arrow.uuid":
            return pa.string()
        return settled_type(kind.storage_type)
    if pa.types.is_dictionary(kind):
        inner = settled_type(kind.value_type)
        return pa.dictionary(pa.int32(), inner) if pa.types.is_string(inner) else inner
    if pa.types.is_run_end_encoded(kind):
        return settled_type(kind.value_type)
    if pa.types.is_timestamp(kind) and kind.tz and not _is_zone(kind.tz):
        return pa.timestamp(kind.unit, "UTC")  # the moment is stored so; only its zone is lost
    if pa.types.is_duration(kind) or pa.types.is_null(kind):
        return pa.string()
    plain = _PLAIN.get(str(kind))
    if plain is None and pa.types.is_decimal(kind) and not pa.types.is_decimal128(kind):
        plain = pa.string()
    return kind if plain is None else plain


def _is_zone(name: str) -> bool:
    try:
        return bool(_OFFSET.fullmatch(name)) or bool(ZoneInfo(name))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False


_OFFSET = re.compile(r"[+-][0-9]{2}:?[0-9]{2}")
_PLAIN = {
    "halffloat": pa.float32(),
    "date64[ms]": pa.date32(),
    "large_string": pa.string(),
    "string_view": pa.string(),
    "month_day_nano_interval": pa.string(),
    "large_binary": pa.binary(),
    "binary_view": pa.binary(),
}


def settled(batch: Any, schema: Any) -> Any:
    """A batch with its columns in the types of the settled schema."""
    if batch.schema.equals(schema):
        return batch
    columns = [
        _settled(column, field.type) for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _settled(column: Any, kind: Any) -> Any:
    if column.type == kind:
        return column
    if isinstance(column, pa.ExtensionArray):
        if column.type.extension_name == "arrow.uuid":
            return pa.array([None if one is None else str(one) for one in column.to_pylist()], kind)
        return _settled(column.storage, kind)
    if pa.types.is_run_end_encoded(column.type):
        return _settled(pc.run_end_decode(column), kind)
    if pa.types.is_dictionary(column.type):
        if pa.types.is_dictionary(kind):
            return column.cast(pa.dictionary(pa.int32(), column.type.value_type)).cast(kind)
        return _settled(column.dictionary_decode(), kind)
    if str(column.type) == "month_day_nano_interval":
        return pa.array([None if one is None else _interval(one) for one in column.to_pylist()])
    if pa.types.is_duration(column.type):
        numbers = column.cast(pa.int64()).to_pylist()
        return pa.array(
            [None if one is None else f"{one} {column.type.unit}" for one in numbers], kind
        )
    return column.cast(kind)


def _interval(one: Any) -> str:
    """An interval in the form of ISO 8601."""
    seconds = one.nanoseconds / 1_000_000_000
    return f"P{one.months}M{one.days}DT{seconds:g}S"
