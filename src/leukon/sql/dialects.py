"""In what four databases differ, as one small table; all else of a view is the same text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leukon.errors import UsageError


@dataclass(frozen=True)
class Dialect:
    """How one database writes what others write otherwise.

    `double` and `text` are types; `quote` stands around a name; `number` is a literal that is a
    double there, not a decimal; `nan` and `nearest` are functions of {} (a half goes to the even
    number, in BigQuery away from zero: no printed number has the eighth decimal that it takes); `escapes` says that a backslash in a text is no backslash; `typed_rows` that rows of
    constants state their types apart; `repeats` that an expression is worked out anew wherever the
    name of its column stands.
    """

    name: str
    double: str
    text: str
    quote: str
    number: str
    nan: str
    nearest: str
    escapes: bool
    typed_rows: bool = False
    repeats: bool = False

    def identifier(self, name: str) -> str:
        """A name of one or more parts ("lab.panels"), each quoted."""
        mark = self.quote
        return ".".join(f"{mark}{part}{mark}" for part in name.split("."))

    def literal(self, text: str) -> str:
        r"""A text as a constant.

        >>> DIALECTS["postgres"].literal("Nobody's"), DIALECTS["spark"].literal("Nobody's")
        ("'Nobody''s'", "'Nobody\\'s'")
        """
        if self.escapes:
            marked = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
            return f"'{marked}'"
        return "'" + text.replace("'", "''") + "'"

    def double_of(self, value: float | None) -> str:
        """A number that reads back as the very same double; NULL for none.

        >>> DIALECTS["duckdb"].double_of(4.000000000000001)
        '4.000000000000001e0'
        """
        if value is None:
            return "NULL"
        text = repr(value)
        return text if "e" in text else self.number.format(text)

    def cast(self, expression: str) -> str:
        """An expression as a double."""
        return f"CAST({expression} AS {self.double})"

    def table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
        """A common table expression of constants, in lines; a comment may end each row.

        The first column is a whole number, the last a text, those between are doubles; the last
        item of a row is its comment.
        """
        lines = [self._row(row, first=not place) for place, row in enumerate(rows)]
        last = len(lines) - 1
        body = [
            f"    {row}{'' if place == last else ','}{note}"
            for place, (row, note) in enumerate(lines)
        ]
        if not self.typed_rows:
            return [f"{name} ({', '.join(columns)}) AS (", "  VALUES", *body, ")"]
        whole, *doubles, text = columns
        fields = [f"{whole} INT64", *(f"{one} {self.double}" for one in doubles)]
        types = ", ".join([*fields, f"{text} {self.text}"])
        head = f"  SELECT * FROM UNNEST(ARRAY<STRUCT<{types}>>["
        return [f"{name} AS (", head, *body, "  ])", ")"]

    def _row(self, row: Sequence[str], *, first: bool) -> tuple[str, str]:
        """The constants of a row; those of the first row state the types of all."""
        *cells, note = row
        if first and not self.typed_rows:
            cells = [cells[0], *map(self.cast, cells[1:-1]), cells[-1]]
        return f"({', '.join(cells)})", f"  -- {note}" if note else ""


DIALECTS = {
    one.name: one
    for one in (
        Dialect(
            "duckdb",
            double="DOUBLE",
            text="VARCHAR",
            quote='"',
            number="{}e0",
            nan="isnan({})",
            nearest="round_even({}, 0)",
            escapes=False,
        ),
        Dialect(
            "postgres",
            double="DOUBLE PRECISION",
            text="TEXT",
            quote='"',
            number="{}",
            nan="{} = 'NaN'",
            nearest="round({})",
            escapes=False,
            repeats=True,
        ),
        Dialect(
            "spark",
            double="DOUBLE",
            text="STRING",
            quote="`",
            number="{}D",
            nan="isnan({})",
            nearest="rint({})",
            escapes=True,
        ),
        Dialect(
            "bigquery",
            double="FLOAT64",
            text="STRING",
            quote="`",
            number="{}",
            nan="IS_NAN({})",
            nearest="ROUND({})",
            escapes=True,
            typed_rows=True,
        ),
    )
}


def dialect(name: str) -> Dialect:
    """The dialect of a name; `UsageError` lists those there are."""
    try:
        return DIALECTS[name]
    except KeyError:
        hint = f"one of {', '.join(DIALECTS)}"
        raise UsageError(f"no SQL dialect is called {name!r}", hint=hint) from None


def checked_name(name: str) -> str:
    """A table's name as it may stand between quotes: parts of letters, digits, _ and -."""
    parts = name.split(".")
    if not all(part and part.replace("_", "a").replace("-", "a").isalnum() for part in parts):
        hint = "letters, digits, _ and -, the parts of a name joined by a dot: lab.panels"
        raise UsageError("the name of the table cannot be used", hint=hint)
    return name


def plain_name(text: str) -> str:
    """A text as a name that needs no quotes anywhere.

    >>> plain_name("birth-weight-1500g-or-less")
    'birth_weight_1500g_or_less'
    """
    folded = "_".join(re.findall(r"[a-z0-9]+", text.lower()))
    return folded if folded[:1].isalpha() else f"is_{folded}"
