"""A definition: one publisher's named, versioned, dated, sourced set of limits.

Definitions are TOML files a haematologist can read (the grammar stands in docs/reference and in
`content/definitions`). A practice writes its own in the same form and passes it with `--by FILE`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from leukon.analytes import Analyte
from leukon.compiled import Compiled, compile_limits
from leukon.errors import DefinitionRefused
from leukon.limits import DecisionLimit, Limit, Partition, ReferenceInterval
from leukon.validation import ties

_CLASSES: dict[str, type[Limit]] = {
    "reference": ReferenceInterval,
    "conventional": ReferenceInterval,
    "study": ReferenceInterval,
    "historic": ReferenceInterval,
    "decision": DecisionLimit,
    "critical": DecisionLimit,
}
_PARTITION_KEYS = frozenset(Partition.__struct_fields__)
_LIMIT_KEYS = frozenset(Limit.__struct_fields__) - {"partition"}


class Definition(Struct, frozen=True, kw_only=True, dict=True):
    """One publisher's limits, and all that says whose and when.

    `date` is as the source gives it (it may be empty). `reported_by` names who printed the figures
    where that is not the publisher. `checked_by` is empty until a clinician has checked them.

    >>> mine = Definition(id="mine", publisher="My clinic", version="2026", limits=[
    ...     DecisionLimit(analyte="NEUT", low=1.5, unit="10*9/L")])
    >>> mine.label
    'My clinic, 2026'
    """

    id: str
    publisher: str
    limits: tuple[Limit, ...]
    version: str = ""
    date: str = ""
    country: str = ""
    source: str = ""
    publisher_id: str = ""
    reported_by: str = ""
    superseded_by: str = ""
    author: str = ""
    checked_by: str = ""
    reviewed: str = ""
    next_review: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Settle the rows to a tuple; refuse a definition without a name, version or rows."""
        msgspec.structs.force_setattr(self, "limits", tuple(self.limits))
        for name in ("id", "publisher"):
            if not getattr(self, name):
                raise DefinitionRefused(f"a definition needs {name}", where=self.id or "definition")
        if not (self.version or self.date):
            raise DefinitionRefused("a definition needs a version or a date", where=self.id)
        if not self.limits:
            raise DefinitionRefused("a definition needs at least one limit", where=self.id)

    @cached_property
    def label(self) -> str:
        """Whose definition, as it stands beside a flag: publisher, version, date."""
        said = self.version.replace(" ", "")
        parts = [
            self.publisher,
            self.version,
            "" if self.date.replace(" ", "") in said else self.date,
        ]
        text = ", ".join(part for part in parts if part)
        return f"{text} (as reported by {self.reported_by})" if self.reported_by else text

    @property
    def family(self) -> str:
        """The id that all editions of the publisher share."""
        return self.publisher_id or self.id

    @property
    def analytes(self) -> tuple[Analyte, ...]:
        """The analytes it has limits for."""
        named = {limit.analyte for limit in self.limits}
        return tuple(analyte for analyte in Analyte if analyte in named)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Who printed each limit, where the definition draws on several publishers."""
        return tuple(self._source(limit) for limit in self.limits)

    def _source(self, limit: Limit) -> str:
        publisher = limit.publisher or self.publisher
        reported = limit.reported_by or self.reported_by
        return f"{publisher} (as reported by {reported})" if reported else publisher

    @cached_property
    def compiled(self) -> Compiled:
        """The definition as arrays, made once; a definition with ties has no answer."""
        for tie in ties(self.limits):
            raise DefinitionRefused(
                f"{tie.where}: {tie.what}",
                where=self.id,
                hint="leukon definitions validate FILE lists all that is wrong",
            )
        return compile_limits(self.limits)


def load(path: str | Path) -> Definition:
    """The definition in a TOML file; raises `DefinitionRefused` saying what is wrong and where."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DefinitionRefused("there is no such file", where=path.name) from None
    except UnicodeDecodeError:
        raise DefinitionRefused(
            "the file is not text in UTF-8", where=path.name, hint="save it as UTF-8"
        ) from None
    return loads(text, name=path.name)


def loads(text: str, *, name: str = "definition") -> Definition:
    """The definition in a TOML text.

    >>> loads('''
    ... id = "mine"
    ... publisher = "My clinic"
    ... version = "2026"
    ... [[limits]]
    ... analyte = "NEUT"
    ... low = 1.5
    ... unit = "10*9/L"
    ... kind = "decision"
    ... ''').limits[0].low
    1.5
    """
    import tomllib

    from leukon.toml_text import parsed

    try:
        data = parsed(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionRefused(f"not a TOML file: {error}", where=name) from None
    return from_mapping(data, name=name)


def from_mapping(data: Mapping[str, Any], *, name: str = "definition") -> Definition:
    """The definition in a mapping such as a parsed TOML or JSON file."""
    rows = data.get("limits", [])
    known = set(Definition.__struct_fields__)
    _refuse_unknown(data, known, name)
    if not isinstance(rows, list):
        raise DefinitionRefused("limits is a list of tables", where=name, hint="[[limits]]")
    limits = [_limit(row, f"{name}, limit {place}") for place, row in enumerate(rows, 1)]
    rest = {key: value for key, value in data.items() if key != "limits"}
    return _convert({**rest, "limits": ()}, limits, name)


def _convert(data: Mapping[str, Any], limits: list[Limit], name: str) -> Definition:
    if not limits:
        raise DefinitionRefused("a definition needs at least one limit", where=name)
    fields: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in data.items()
    }
    for key, value in fields.items():
        wanted = tuple if key in ("limits", "notes") else str
        if not isinstance(value, wanted):
            raise DefinitionRefused(f"{key} is not {wanted.__name__}", where=name)
    missing = [key for key in ("id", "publisher") if not fields.get(key)]
    if missing:
        raise DefinitionRefused(f"a definition needs {' and '.join(missing)}", where=name)
    fields["limits"] = tuple(limits)
    return Definition(**fields)


def _limit(row: Mapping[str, Any], where: str) -> Limit:
    _refuse_unknown(row, _LIMIT_KEYS | _PARTITION_KEYS, where)
    kind = row.get("kind", "")
    if kind not in _CLASSES:
        raise DefinitionRefused(
            "every limit states its kind", where=where, hint=f"kind = one of {', '.join(_CLASSES)}"
        )
    values = {key: value for key, value in row.items() if key in _LIMIT_KEYS}
    people = {key: value for key, value in row.items() if key in _PARTITION_KEYS}
    try:
        partition = msgspec.convert(people, Partition)
        return msgspec.convert({**values, "partition": partition}, _CLASSES[kind])
    except msgspec.ValidationError as error:
        raise DefinitionRefused(f"{error}", where=where) from None


def _refuse_unknown(data: Mapping[str, Any], known: frozenset[str] | set[str], where: str) -> None:
    unknown = sorted(set(data) - set(known))
    if unknown:
        raise DefinitionRefused(
            f"unknown {', '.join(unknown)}",
            where=where,
            hint=f"known are {', '.join(sorted(known))}",
        )


def dumps(definition: Definition) -> str:
    """The definition as a TOML text that `loads` reads back.

    >>> limit = DecisionLimit(analyte="NEUT", low=1.5, unit="10*9/L")
    >>> mine = Definition(id="mine", publisher="My clinic", version="2026", limits=[limit])
    >>> loads(dumps(mine)) == mine
    True
    """
    head = [
        f"{key} = {_toml(value)}"
        for key in Definition.__struct_fields__
        if key != "limits" and (value := getattr(definition, key)) not in ("", ())
    ]
    blocks = ["\n".join(head), *(_dump_limit(limit) for limit in definition.limits)]
    return "\n\n".join(blocks) + "\n"


def save(definition: Definition, path: str | Path) -> None:
    """Write the definition to a TOML file."""
    Path(path).write_text(dumps(definition), encoding="utf-8")


def _dump_limit(limit: Limit) -> str:
    pairs = [(key, getattr(limit, key)) for key in Limit.__struct_fields__ if key != "partition"]
    partition = limit.partition
    pairs += [(key, getattr(partition, key)) for key in Partition.__struct_fields__]
    # What is left out is the default; 0.0 is no default: week 0, or a limit of 0.
    kept = [(key, value) for key, value in pairs if not _is_default(key, value)]
    return "\n".join(["[[limits]]", *(f"{key} = {_toml(value)}" for key, value in kept)])


def _is_default(key: str, value: object) -> bool:
    if isinstance(value, bool):
        return value is (key in ("low_inclusive", "high_inclusive"))
    return value is None or value in ("", ())


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, str):
        # TOML, unlike JSON, wants the one control character above the letters escaped too.
        return msgspec.json.encode(str(value)).decode().replace("\x7f", "\\u007f")
    return repr(value)
