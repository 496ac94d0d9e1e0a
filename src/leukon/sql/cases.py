"""A decision as SQL: a CASE within a CASE, in which what has the same answer stands once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from leukon.arrays import Index


@dataclass(frozen=True)
class Case:
    """Conditions in their order, each with an answer or a further decision, and what holds else."""

    whens: tuple[tuple[str, Node], ...]
    otherwise: Node


Node = int | str | Case
"""An answer (a number, or an SQL expression), or a decision that leads to one."""
Condition = Callable[[Sequence[int]], str]
"""A condition that holds at some places of an axis."""


def lines(node: Node, indent: str) -> str:
    """A decision as text: the first line as it follows a word, the others indented.

    >>> print(lines(Case((("age_years < 18", 1),), 2), ""))
    CASE
      WHEN age_years < 18 THEN 1
      ELSE 2
    END
    """
    if not isinstance(node, Case):
        return str(node)
    deeper = indent + "  "
    whens, otherwise = list(node.whens), node.otherwise
    while isinstance(otherwise, Case):
        # ELSE CASE WHEN ... END END says no more than a further WHEN.
        whens, otherwise = [*whens, *otherwise.whens], otherwise.otherwise
    steps = [f"WHEN {said} THEN {lines(then, deeper)}" for said, then in whens]
    steps.append(f"ELSE {otherwise}")
    return "\n".join(["CASE", *(deeper + step for step in steps), f"{indent}END"])


def answers(node: Node) -> list[int | str]:
    """The answers that stand in a decision, in their order."""
    if not isinstance(node, Case):
        return [node]
    return [
        one for part in (*(then for _, then in node.whens), node.otherwise) for one in answers(part)
    ]


def along(column: str, starts: Sequence[float], nodes: Sequence[Node]) -> Node:
    """A decision by a number: node k holds from start k to before the next.

    >>> along("age_days", [0, 28, 365], [1, 1, 2])
    Case(whens=(('age_days < 365', 1),), otherwise=2)
    """
    whens = [
        (f"{column} < {_plain(starts[place + 1])}", node)
        for place, node in enumerate(nodes[:-1])
        if node != nodes[place + 1]
    ]
    return Case(tuple(whens), nodes[-1]) if whens else nodes[-1]


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(float(number))


def decide(table: Index, conditions: Sequence[Condition]) -> Node:
    """A decision by facts: one axis of the table a fact, its place 0 "not known", which is the rest.

    >>> by_sex = lambda places: f"sex IN {tuple(places)}"
    >>> import numpy as np
    >>> decide(np.array([7, 7, 8]), [by_sex])
    Case(whens=(('sex IN (2,)', 8),), otherwise=7)
    """
    if (table == table.flat[0]).all():
        return int(table.flat[0])
    nodes = [decide(part, conditions[1:]) for part in table] if table.ndim > 1 else table.tolist()
    groups: dict[Node, list[int]] = {}
    for place, node in enumerate(nodes):
        groups.setdefault(node, []).append(place)
    rest = groups.pop(nodes[0])
    assert rest
    whens = tuple((conditions[0](places), node) for node, places in groups.items())
    return Case(whens, nodes[0]) if whens else nodes[0]


def one_of(column: str, words: Sequence[str]) -> Condition:
    """A condition on a column that holds one word a place; the word of place 0 is never asked for.

    >>> one_of("sex", ["NULL", "'female'", "'male'"])([1, 2])
    "sex IN ('female', 'male')"
    """

    def condition(places: Sequence[int]) -> str:
        if len(places) == 1:
            return f"{column} = {words[places[0]]}"
        return f"{column} IN ({', '.join(words[place] for place in places)})"

    return condition


def numbered(column: str) -> Condition:
    """A condition on a column that holds the number of the place.

    >>> numbered("age_band")([1, 4, 5, 6, 9])
    'age_band BETWEEN 4 AND 6 OR age_band IN (1, 9)'
    """

    @cache
    def said(places: tuple[int, ...]) -> str:
        runs = [list(run) for _, run in groupby(places, key=_steady(places))]
        long = [run for run in runs if len(run) > 2]
        single = [str(place) for run in runs if len(run) <= 2 for place in run]
        parts = [f"{column} BETWEEN {run[0]} AND {run[-1]}" for run in long]
        if len(single) == 1:
            parts.append(f"{column} = {single[0]}")
        elif single:
            parts.append(f"{column} IN ({', '.join(single)})")
        return " OR ".join(parts)

    return lambda places: said(tuple(places))


def _steady(places: Sequence[int]) -> Callable[[int], int]:
    """The same number for places that follow each other without a gap."""
    number = {place: place - order for order, place in enumerate(places)}
    return number.__getitem__
