"""The shipped definitions, by id: whose limits leukon knows.

They stand as one TOML file each in `content/definitions`; what is read at run time is one JSON
file made from them (`python -m leukon.catalogue`), since sixty TOML files take too long to read
for a command that answers at once. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from leukon.analytes import CONTENT
from leukon.definition import Definition, from_mapping, load
from leukon.errors import DefinitionUnknown

GENERAL = "leukon-general"
"""The composite used when no definition is named."""


class Catalogue(Mapping[str, Definition]):
    """Definitions by id; a publisher's id alone finds its newest edition.

    >>> definitions["mayo-clinic"].id
    'mayo-clinic-2024'
    """

    def __init__(self, raw: Mapping[str, Any] | None = None) -> None:
        """Hold definitions as parsed tables, made into objects when asked for."""
        self._given = raw
        self._made: dict[str, Definition] = {}

    @cached_property
    def _raw(self) -> Mapping[str, Any]:
        if self._given is not None:
            return self._given
        data: dict[str, Any] = msgspec.json.decode(CONTENT.joinpath("catalogue.json").read_bytes())
        return data

    def __getitem__(self, key: str) -> Definition:
        """The definition with this id, or the newest edition of the publisher with this id."""
        found = key if key in self._raw else self._newest(key)
        if found not in self._made:
            self._made[found] = from_mapping(self._raw[found], name=found)
        return self._made[found]

    def __iter__(self) -> Iterator[str]:
        """The ids, in alphabetical order."""
        return iter(sorted(self._raw))

    def __len__(self) -> int:
        """How many definitions there are."""
        return len(self._raw)

    def _newest(self, family: str) -> str:
        for key, data in self._raw.items():
            if data.get("publisher_id") == family and not data.get("superseded_by"):
                return key
        from difflib import get_close_matches

        close = get_close_matches(family, self._raw, n=3)
        raise DefinitionUnknown(
            f"no definition is called {family!r}",
            hint=(f"did you mean {' or '.join(close)}? " if close else "")
            + "leukon definitions list shows all",
        )

    def __contains__(self, key: object) -> bool:
        """Whether an id, or a publisher's id, is known."""
        return isinstance(key, str) and (
            key in self._raw or any(d.get("publisher_id") == key for d in self._raw.values())
        )

    @cached_property
    def voters(self) -> list[Definition]:
        """The newest edition of every publisher that has a voting limit."""
        return [
            self[key]
            for key, data in self._raw.items()
            if not data.get("superseded_by") and any(row.get("votes") for row in data["limits"])
        ]

    @cached_property
    def general(self) -> Definition:
        """The composite used when no definition is named."""
        return self[GENERAL]


definitions = Catalogue()
"""The shipped catalogue."""


def resolve(by: str | Path | Definition | None) -> Definition:
    """The definition meant by an id, a file, a `Definition`, or None (the composite).

    >>> resolve(None).id
    'leukon-general'
    """
    if isinstance(by, Definition):
        return by
    if by is None:
        return definitions.general
    if isinstance(by, Path) or str(by).endswith(".toml"):
        return load(by)
    return definitions[by]


def read_folder(folder: Path) -> dict[str, Any]:
    """The parsed TOML files of a folder, by id."""
    import tomllib

    tables = (tomllib.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.toml"))
    return {str(table["id"]): table for table in sorted(tables, key=lambda t: str(t["id"]))}


def encode(tables: Mapping[str, Any]) -> bytes:
    """The one JSON file of the catalogue, a definition a line so that changes can be read."""
    rows = (f"{_json(key)}: {_json(table)}" for key, table in tables.items())
    return ("{\n" + ",\n".join(rows) + "\n}\n").encode()


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def main() -> None:
    """Remake `content/catalogue.json` from the TOML files."""
    tables = read_folder(CONTENT / "definitions")
    CONTENT.joinpath("catalogue.json").write_bytes(encode(tables))


if __name__ == "__main__":
    main()
