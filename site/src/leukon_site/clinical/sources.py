"""Where the numbers on a page come from: publishers and rules, with dates and addresses."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from leukon import definitions, interpret
from leukon.advice import content
from leukon.causes.content import causes_file
from leukon.report.agreement_strip import drawn
from leukon_site.clinical.agreement import EXAMPLE
from leukon_site.clinical.limits import adult, edition, named
from leukon_site.clinical.urgency import cards


class Source(NamedTuple):
    """One source: who, which edition with its date, where it was read."""

    who: str
    what: str
    address: str


class Reviewed(NamedTuple):
    """A table of content: when it was last looked at, when it is due again, and by whom."""

    what: str
    reviewed: str
    next_review: str
    checked_by: str


@cache
def of_limits(definition: str, analyte: str = "WBC") -> tuple[Source, ...]:
    """The publishers whose limits for an adult stand on the page, in the order of their names."""
    used = named(definition)
    count = interpret(adult(analyte, EXAMPLE), by=used)[analyte]
    voting = [definitions[vote.definition] for vote in drawn(count.agreement)]
    found = {one.id: Source(one.publisher, edition(one), one.source) for one in voting}
    return tuple(sorted(found.values(), key=lambda one: one.who.casefold()))


@cache
def of_advice() -> tuple[Source, ...]:
    """Who says when to see a doctor, each once."""
    found: dict[str, Source] = {}
    for card in cards():
        for rule in card.rules:
            if not rule.is_judgement:
                found.setdefault(rule.source, Source(rule.source, "", _first(rule.address)))
    return tuple(sorted(found.values(), key=lambda one: one.who.casefold()))


@cache
def of_causes() -> tuple[Source, ...]:
    """Where the causes were read: one entry a place, named by its host."""
    found: dict[str, Source] = {}
    for cause in causes_file().cause:
        address = _first(cause.address)
        if address and not cause.names_a_finding:
            host = urlsplit(address).netloc.removeprefix("www.")
            found.setdefault(host, Source(host, "", address))
    return tuple(sorted(found.values(), key=lambda one: one.who.casefold()))


def _first(addresses: str) -> str:
    """The first of several addresses, where it is one."""
    first = addresses.split(";", maxsplit=1)[0].strip()
    return first if first.startswith(("https://", "http://")) and " " not in first else ""


@cache
def reviewed(definition: str) -> tuple[Reviewed, ...]:
    """When leukon's own tables were last looked at, and who checked them."""
    used, rules, causes = named(definition), content().rules, causes_file()
    return (
        Reviewed("limits", used.reviewed, used.next_review, used.checked_by),
        Reviewed("advice", rules.reviewed, rules.next_review, rules.checked_by),
        Reviewed("causes", causes.reviewed, causes.next_review, causes.checked_by),
    )
