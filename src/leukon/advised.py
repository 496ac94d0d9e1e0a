"""From the counts of one panel to what the urgency rules look at, and the advice that follows.

The rules are given what could be worst, not what is likeliest: flags without the Duffy status and
by the general definition as well, and for a report that contradicts itself the whole range of what
it prints. A benign interval or a doubtful number may change words, never lower urgency.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan

from msgspec.structs import replace

from leukon.advice import Advice, Counted, advise, counted, situation_of
from leukon.analytes import LINES, Analyte
from leukon.batch import COMPARATOR_CODES, Batch
from leukon.catalogue import definitions
from leukon.compare import Compared, Outcome, compare_counts
from leukon.context import Context
from leukon.definition import Definition
from leukon.differential import NRBC_COUNTS_FROM
from leukon.interpretation import DRIVERS, FLAG_SLUGS, Agreement
from leukon.panel import Count, Panel

_SIGNS = {code: sign for sign, code in COMPARATOR_CODES.items()}
_FILM = (Analyte.BLAST, Analyte.PROMY)


def advice_on(
    panel: Panel,
    batch: Batch,
    definition: Definition,
    outcome: Outcome,
    agreed: Mapping[Analyte, Agreement],
    context: Context,
    *,
    emergency_number: str = "",
) -> Advice:
    """When to see a doctor, for one panel (the only one of its batch) and what is known beside it.

    `outcome` is what the definition in use says of the batch, `agreed` how many publishers do.
    """
    outcomes = _without_duffy(batch, outcome, definition)
    counts: dict[str, Counted | None] = {
        str(kind): _counted(kind, outcomes, agreed, panel) for kind in outcomes[0].counts
    }
    counts |= {str(kind): _seen(kind, panel) for kind in _FILM}
    driver = DRIVERS[int(outcomes[0].drivers[0])]
    situation = situation_of(
        panel.person,
        context,
        counts,
        driver=driver if driver in LINES else "",
        drawn_at=panel.drawn_at,
    )
    return advise(situation, emergency_number=emergency_number)


def _without_duffy(batch: Batch, outcome: Outcome, definition: Definition) -> list[Outcome]:
    """What the definition in use and the general one say of a person of unknown Duffy status."""
    plain, found = batch, outcome
    if batch.people.duffy is not None:
        plain = replace(batch, people=replace(batch.people, duffy=None))
        found = compare_counts(outcome.differential, plain, definition.compiled)
    general = definitions.general
    if definition is general:
        return [found, found]
    return [found, compare_counts(outcome.differential, plain, general.compiled)]


def _counted(
    kind: Analyte, outcomes: list[Outcome], agreed: Mapping[Analyte, Agreement], panel: Panel
) -> Counted | None:
    compared = [outcome.counts[kind] for outcome in outcomes]
    flags = [FLAG_SLUGS[found.flags[0]] for found in compared]
    value, lower = float(compared[0].values[0]), float(compared[0].lower[0])
    if isnan(value):
        return _doubtful(kind, compared, panel)
    said = agreed.get(kind)
    return counted(
        value,
        _sign(compared[0]),
        flags=flags,
        lower=None if isnan(lower) else lower,
        votes_low=said.low + said.mixed if said else 0,
        votes_open=said.undetermined if said else 0,
        is_not_high=kind in (Analyte.EOS, Analyte.BASO) and _not_high(compared[0]),
    )


def _not_high(found: Compared) -> bool:
    """Whether a count is surely not above an upper limit that is known."""
    # No upper limit is NaN, which no value is under.
    return not _sign(found).startswith(">") and bool(found.values[0] <= found.upper[0])


def _sign(compared: Compared) -> str:
    return "" if compared.comparators is None else _SIGNS[int(compared.comparators[0])]


def _doubtful(kind: Analyte, compared: list[Compared], panel: Panel) -> Counted | None:
    """A count that cannot be told, as the range of what the report prints for it."""
    printed = _printed(kind, panel)
    if not printed:
        return None
    low = min(printed)
    limits = [lower for found in compared if not isnan(lower := float(found.lower[0]))]
    is_low = not limits or low < max(limits)
    return Counted(low=low, high=max(printed), is_low=is_low, is_doubtful=True)


def _printed(kind: Analyte, panel: Panel) -> list[float]:
    """Every number a report gives for a count: as printed, from its percentage, corrected."""
    given = [count for count in panel.counts if count.value is not None]
    absolute = [count.canonical for count in given if _is(count, kind, relative=False)]
    if kind is Analyte.WBC:
        return absolute + _corrected(absolute, given)
    totals = _printed(Analyte.WBC, panel) if kind in LINES else []
    shares = [count.canonical for count in given if _is(count, kind, relative=True)]
    return absolute + [round(total * share / 100, 9) for total in totals for share in shares]


def _corrected(totals: list[float], given: list[Count]) -> list[float]:
    red = [count.canonical for count in given if _is(count, Analyte.NRBC, relative=True)]
    return [
        round(total * 100 / (100 + cells), 9)
        for total in totals
        for cells in red
        if cells >= NRBC_COUNTS_FROM
    ]


def _is(count: Count, kind: Analyte, *, relative: bool) -> bool:
    return count.analyte is kind and count.is_percentage is relative


def _seen(kind: Analyte, panel: Panel) -> Counted | None:
    """Blasts or promyelocytes of the differential, in whatever unit: only "some" matters."""
    found = [count for count in panel.counts if count.analyte is kind and count.value is not None]
    return counted(max(count.canonical for count in found)) if found else None
