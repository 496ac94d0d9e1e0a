"""What the footers of Parquet files say that Spark does not: columns file by file, time zones.

Only files of this machine are looked at; those of a cluster are merged by Spark itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from leukon.errors import ExtraMissing, TableRefused
from leukon.readers.types import settled_type

try:
    from pyspark.sql import types as T  # noqa: N812
except ImportError:  # pragma: no cover (tested in an environment without the extra)
    raise ExtraMissing.named("spark", "interpreting on a cluster") from None

UTC = "UTC"


class Footers:
    """The columns of some files; `known` is false where some are not on this machine."""

    def __init__(self, names: Sequence[str]) -> None:
        """Read them; refused where columns differ, for which Spark would fill in nothing.

        Raises `TableRefused`.
        """
        files = [Path(unquote(urlsplit(name).path)) for name in names if _here(name)]
        self.known = len(files) == len(names)
        self._first = _schema(files[0]) if files else pa.schema([])
        for file in files[1:]:
            _check_same(self._first, _schema(file), files[0].name, file.name)

    def zone(self, schema: T.StructType) -> str:
        """The time zone of the columns that Spark takes for moments: it knows that of a session only.

        Raises `TableRefused` where there are two.
        """
        moments = [field.name for field in schema if field.dataType == T.TimestampType()]
        zones = {
            _zone_of(self._first.field(name).type) for name in moments if name in self._first.names
        }
        if len(zones) > 1:
            raise TableRefused(
                "two columns have different time zones",
                hint="--engine local reads each by its own",
            )
        return zones.pop() if zones else UTC


def _here(name: str) -> bool:
    return urlsplit(name).scheme in ("", "file")


def _schema(file: Path) -> Any:
    try:
        return pq.read_schema(file)
    except (pa.ArrowException, OSError):
        raise TableRefused(
            "the Parquet file is damaged", where=file.name, hint="write it again"
        ) from None


def _check_same(first: Any, other: Any, name: str, where: str) -> None:
    ours, theirs = _types(first), _types(other)
    apart = sorted(set(ours) ^ set(theirs))
    odd = [column for column in theirs if ours.get(column) != theirs[column]]
    if apart or odd:
        what = f"{apart[0]!r} is in one of them only" if apart else f"{odd[0]!r} is of another type"
        raise TableRefused(
            f"the columns are not those of {name} (the column {what})",
            where=where,
            hint="interpret files with other columns on their own",
        )


def _types(schema: Any) -> Mapping[str, Any]:
    return {field.name: settled_type(field.type) for field in schema}


def _zone_of(kind: Any) -> str:
    return getattr(settled_type(kind), "tz", None) or UTC
