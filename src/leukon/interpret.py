"""Is this count low: by whose definition, in which cell line, for this person?

`interpret(panel)` answers for one panel. It is a batch of one: the comparison itself is written
once, on arrays, in `leukon.compare`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from leukon.agreement import agreement_of, shipped_ballot, vote
from leukon.analytes import LINES, Analyte, canonical_unit
from leukon.batch import COMPARATOR_CODES, Batch, batch_of
from leukon.catalogue import resolve
from leukon.compare import Compared, Outcome, interpret_batch
from leukon.definition import Definition
from leukon.interpretation import (
    DRIVERS,
    Agreement,
    DefinitionUsed,
    Flag,
    Interpretation,
    Interpreted,
    Note,
    Reported,
)
from leukon.limits import Limit
from leukon.notes import note
from leukon.panel import Panel
from leukon.reasons import Reason

_SIGNS = {code: sign for sign, code in COMPARATOR_CODES.items()}


def interpret(
    panel: Panel, *, by: str | Path | Definition | None = None, agreement: bool = True
) -> Interpretation:
    """What the counts of one panel mean by one definition.

    `by` is a definition, the id of a shipped one, or a TOML file; left out, the composite
    `leukon-general` is used, each of whose limits names its own source. An explicit `by` never
    borrows from another: what it does not define is undetermined by it. With `agreement` each count
    carries how many publishers call it low.

    Raises `DefinitionUnknown`, `DefinitionRefused`.

    >>> from leukon import Count, Panel, Person
    >>> panel = Panel(Person(age="34y", sex="female"), [Count("WBC", 3.7, "10*9/L")])
    >>> interpret(panel, by="mayo-clinic-2015")["WBC"].flag
    'low'
    >>> interpret(panel, by="mayo-clinic-2024")["WBC"].flag
    'within'
    """
    definition = resolve(by)
    batch = batch_of([panel])
    outcome = interpret_batch(batch, definition.compiled)
    counts = tuple(
        _interpreted(kind, compared, outcome, panel, definition, _agreement(kind, batch, compared))
        if agreement
        else _interpreted(kind, compared, outcome, panel, definition, None)
        for kind, compared in outcome.counts.items()
    )
    return Interpretation(
        counts,
        DRIVERS[int(outcome.drivers[0])],
        used(definition),
        _notes(panel, outcome, definition, counts),
    )


def used(definition: Definition) -> DefinitionUsed:
    """Whose limits, as an interpretation names them."""
    return DefinitionUsed(
        definition.id,
        definition.publisher,
        definition.version,
        definition.date,
        definition.source,
        definition.label,
        definition.checked_by,
    )


def _agreement(kind: Analyte, batch: Batch, compared: Compared) -> Agreement | None:
    found = shipped_ballot(kind)
    return None if found is None else agreement_of(vote(found, batch.people, compared), 0)


def _interpreted(
    kind: Analyte,
    compared: Compared,
    outcome: Outcome,
    panel: Panel,
    definition: Definition,
    agreement: Agreement | None,
) -> Interpreted:
    value, lower, upper = (
        _number(column[0]) for column in (compared.values, compared.lower, compared.upper)
    )
    low, high = _limits(compared, definition)
    derived = outcome.differential.derived.get(kind)
    return Interpreted(
        analyte=str(kind),
        value=value,
        unit=canonical_unit(kind),
        comparator=_sign(compared),
        reported=_reported(kind, panel),
        flag=Flag(int(compared.flags[0])).slug,
        lower=lower,
        upper=upper,
        distance=_distance(value, lower),
        definition=definition.id,
        reason=Reason(int(compared.reasons[0])).slug,
        derived=bool(derived is not None and derived[0]),
        low_source=_source(low, definition),
        high_source=_source(high, definition),
        lower_inclusive=low.low_inclusive if low else True,
        agreement=agreement,
    )


def _number(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)


def _distance(value: float | None, lower: float | None) -> float | None:
    # 3.7 - 4.0 is -0.2999...98: a difference of two printed decimals is one itself.
    return None if value is None or lower is None else round(value - lower, 9)


def _sign(compared: Compared) -> str:
    return "" if compared.comparators is None else _SIGNS[int(compared.comparators[0])]


def _limits(compared: Compared, definition: Definition) -> tuple[Limit | None, Limit | None]:
    if compared.rows is None or compared.table is None:
        return None, None
    row = int(compared.rows[0])
    numbers = (int(compared.table.low_limit[row]), int(compared.table.high_limit[row]))
    low, high = (definition.limits[n] if n >= 0 else None for n in numbers)
    return low, high


def _source(limit: Limit | None, definition: Definition) -> str:
    """Who printed a limit, where a definition draws on several publishers."""
    if limit is None:
        return ""
    publisher = limit.publisher or definition.publisher
    reported = limit.reported_by or definition.reported_by
    return f"{publisher} (as reported by {reported})" if reported else publisher


def _reported(kind: Analyte, panel: Panel) -> Reported | None:
    """The number as it was given: the count itself, or what it was worked out from."""
    given = [count for count in panel.counts if count.analyte is kind]
    absolute = [count for count in given if not count.is_percentage]
    for count in absolute or given:
        return Reported(count.value, count.unit)
    return None


def _notes(
    panel: Panel, outcome: Outcome, definition: Definition, counts: tuple[Interpreted, ...]
) -> tuple[Note, ...]:
    codes = [
        *_notes_on_making(outcome),
        *_notes_on_lines(outcome),
        *_notes_on_person(panel, definition),
    ]
    if any(count.agreement for count in counts):
        codes.append("agreement-no-risk")
    if not definition.checked_by:
        codes.append("not-checked")
    return tuple(note(code) for code in (*codes, "no-context", "informs"))


def _notes_on_making(outcome: Outcome) -> list[str]:
    made = outcome.differential
    codes = {
        "derived": any(rows[0] for rows in made.derived.values()),
        "nrbc-corrected": made.corrected is not None and bool(made.corrected[0]),
        "bands-added": made.bands_added is not None and bool(made.bands_added[0]),
        "counting-error": any(
            bool(low[0] < outcome.counts[kind].lower[0] <= high[0])
            for kind, (low, high) in made.spread.items()
        ),
    }
    return [code for code, holds in codes.items() if holds]


def _notes_on_lines(outcome: Outcome) -> list[str]:
    total = outcome.counts.get(Analyte.WBC)
    if total is None:
        return []
    flags = {kind: Flag(int(found.flags[0])) for kind, found in outcome.counts.items()}
    low_lines = [kind for kind in LINES if kind in flags and flags[kind].is_low]
    if flags[Analyte.WBC].is_low and not low_lines:
        known = Analyte.NEUT in flags and flags[Analyte.NEUT] is not Flag.UNDETERMINED
        return ["total-low-no-line-low" if known else "total-low-lines-unknown"]
    if low_lines and flags[Analyte.WBC] in (Flag.WITHIN, Flag.HIGH, Flag.CRITICAL_HIGH):
        return ["total-within-line-low"]
    return []


def _notes_on_person(panel: Panel, definition: Definition) -> list[str]:
    partitions = [limit.partition for limit in definition.limits]
    codes = []
    if panel.person.pregnant and not any(partition.pregnancy for partition in partitions):
        codes.append("pregnancy-not-considered")
    if panel.person.duffy == "null" and not any(p.duffy for p in partitions):
        codes.append("duffy-not-considered")
    return codes
