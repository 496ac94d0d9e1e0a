"""Rows of a long table whose test is no count that leukon knows: counted by name, never in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from leukon.errors import TableRefused

OTHER_SPECIMEN = "in another specimen than blood"
NO_NAME = "(no name)"
MORE_NAMES = "(other names)"
MOST_NAMES = 1000
"""So many names are kept, since a column taken for that of the tests may hold anything."""
SHOWN_NAMES = 5
_LONGEST_NAME = 60


def ignore(ignored: dict[str, int], seen: Iterable[tuple[str | None, int]]) -> None:
    """Add rows of tests that are no counts, by the name of the test.

    >>> ignored = {"MCV": 1}
    >>> ignore(ignored, [("MCV", 2), (None, 1), ("CRP", 0)])
    >>> ignored
    {'MCV': 3, '(no name)': 1}
    """
    for name, rows in seen:
        if rows:
            key = (name or NO_NAME)[:_LONGEST_NAME]
            key = key if key in ignored or len(ignored) < MOST_NAMES else MORE_NAMES
            ignored[key] = ignored.get(key, 0) + rows


def refuse_unknown(ignored: Mapping[str, int], where: str = "") -> None:
    """Refuse a table that holds rows, and none of a count that leukon knows.

    A count in another specimen is known: such a table is read, and comes to nothing.
    """
    if ignored and OTHER_SPECIMEN not in ignored:
        raise TableRefused(
            f"no row is of a count that leukon knows; the tests are {_named(ignored)}",
            where=where,
            hint="say in a map file what they are ([tests] 'their name' = 'NEUT'), or which column "
            "names them ([columns] test = 'theirs')",
        )


def words(ignored: Mapping[str, int]) -> str:
    """What was left out of a long table, as a sentence; "" where nothing was.

    >>> words({"CRP": 2, "MCV": 1000})
    "1,002 rows were not used, of other tests than blood counts: 'MCV' (1,000), 'CRP' (2)"
    """
    if not ignored:
        return ""
    rows = sum(ignored.values())
    which = "1 row was" if rows == 1 else f"{rows:,} rows were"
    return f"{which} not used, of other tests than blood counts: {_named(ignored)}"


def _named(ignored: Mapping[str, int]) -> str:
    """The most frequent names, each with its rows."""
    often = sorted(ignored, key=lambda name: (-ignored[name], name))
    ours = (OTHER_SPECIMEN, NO_NAME, MORE_NAMES)
    shown = [
        f"{name if name in ours else repr(name)} ({ignored[name]:,})"
        for name in often[:SHOWN_NAMES]
    ]
    more = len(often) - SHOWN_NAMES
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")
