"""How many publishers of the catalogue call one count of an adult low, and where their limits lie."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from leukon import interpret
from leukon.interpretation import Agreement, Interpreted
from leukon.report.agreement_strip import agreement_strip, drawn
from leukon_site.clinical.limits import adult
from leukon_site.clinical.numbers import shown
from leukon_site.speech.pictures import PageWording

EXAMPLE = 3.7
EXAMPLES = {"WBC": EXAMPLE, "NEUT": 1.6, "LYMPH": 1.1}
"""The counts that a page asks publishers about, unless its editor names others: where they differ."""


class Step(NamedTuple):
    """The publishers with the same lower limit, and whether they call the count low."""

    limit: str
    publishers: tuple[str, ...]
    is_low: bool


class Strip(NamedTuple):
    """All lower limits for an adult, with how the publishers call one count."""

    value: str
    low: int
    total: int
    lowest: str
    highest: str
    picture: str
    steps: tuple[Step, ...]


@cache
def strip(analyte: str = "WBC", value: float = EXAMPLE, language: str = "en") -> Strip | None:
    """What publishers say of an adult's count in 10*9/L; None where none has a limit.

    `language` is that of the page, which is in use.

    >>> found = strip("WBC", 3.7)
    >>> found.low <= found.total, found.value
    (True, '3.7')
    """
    count = interpret(adult(analyte, value))[analyte]
    said = count.agreement
    if said is None or said.lowest is None or said.highest is None:
        return None
    return Strip(
        shown(value, analyte),
        said.low,
        said.total,
        shown(said.lowest, analyte),
        shown(said.highest, analyte),
        agreement_strip(count, PageWording(language)),
        _steps(said, count),
    )


def _steps(said: Agreement, count: Interpreted) -> tuple[Step, ...]:
    votes = drawn(said)
    limits = dict.fromkeys(vote.lower for vote in votes)
    return tuple(
        Step(
            shown(limit, count.analyte),
            tuple(vote.publisher for vote in votes if vote.lower == limit),
            any(vote.flag == "low" for vote in votes if vote.lower == limit),
        )
        for limit in limits
        if limit is not None
    )
