"""The published definitions: whose limits leukon knows, each with all its rows."""

from __future__ import annotations

from functools import cache

from leukon import Definition, definitions
from leukon_site.atoz.entry import DEFINITION, Entry, Review, cited


@cache
def entries() -> tuple[Entry, ...]:
    """Every definition of the catalogue, by the name of its publisher.

    >>> entries()[0].kind
    'definition'
    """
    found = (_entry(definitions[key]) for key in definitions)
    return tuple(sorted(found, key=lambda entry: entry.name.casefold()))


def _entry(definition: Definition) -> Entry:
    reported = cited(definition.reported_by) if definition.reported_by else ()
    return Entry(
        DEFINITION,
        definition.id,
        definition.id,
        definition.label,
        definition,
        Review.of(definition),
        (*cited(definition.source or definition.publisher), *reported),
        lines=tuple(map(str, definition.analytes)),
    )
