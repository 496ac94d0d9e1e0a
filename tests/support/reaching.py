"""Whether what is invented reaches what it must: drawn until it has, and no longer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Set
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

ROUND = 100


def reached(
    drawn: st.SearchStrategy[Any],
    seen: Callable[[Any], Iterable[str]],
    *,
    wanted: Set[str],
    most: int,
) -> Counter[str]:
    """How often what is wanted was seen, of at most so many draws; drawing ends once all of it was."""
    found: Counter[str] = Counter()

    @settings(
        max_examples=ROUND, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow]
    )
    @given(drawn)
    def draw(one: Any) -> None:
        found.update(seen(one))

    for number in range(0, most, ROUND):
        seed(number)(draw)()
        if wanted <= found.keys():
            break
    return found
