"""What is found in the counts of one panel, and which causes fit: from an interpretation's counts."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan
from typing import TYPE_CHECKING

from leukon.advice.facts import Answers, answers_of, counted_from
from leukon.analytes import Analyte
from leukon.causes import FittingCause, causes_that_fit
from leukon.context import Context
from leukon.definition import Definition
from leukon.findings import Counted, Earlier, Finding, Known, counted, find, low_lines
from leukon.interpretation import FLAG_SLUGS, Interpreted
from leukon.limits import Limit
from leukon.panel import COMPARATORS, Panel, day_of

if TYPE_CHECKING:
    from leukon.past import Past

SEVERAL = ("bicytopenia", "pancytopenia")


def pattern_of(
    panel: Panel,
    counts: Iterable[Interpreted],
    definition: Definition,
    context: Context,
    past: Past | None = None,
) -> tuple[tuple[Finding, ...], tuple[FittingCause, ...]]:
    """The findings of one interpreted panel, and the causes that fit them.

    `past` are the earlier draws, where they are known: three months of low neutrophils are a finding.
    """
    facts = answers_of(panel.person, context, counted_from(context, panel.drawn_at))
    seen = _plain(counts, definition)
    findings = find(
        seen,
        age=panel.person.age_at_draw,
        duffy=panel.person.duffy,
        facts=_known(facts, context),
        history=() if past is None else _earlier(past, definition),
        drawn_on=None if panel.drawn_at is None else day_of(panel.drawn_at),
        duffy_interval=_duffy_interval(definition),
    )
    low = low_lines(seen)
    if not low:
        return findings, ()
    several = any(one.id in SEVERAL and one.status == "present" for one in findings)
    causes = causes_that_fit(
        low,
        several_lines=several,
        age=panel.person.age_at_draw,
        drugs=facts.drugs,
        duffy=panel.person.duffy,
    )
    return findings, causes


def _earlier(past: Past, definition: Definition) -> list[Earlier]:
    """The neutrophils of every earlier draw whose day is known, as findings see them."""
    compared = past.compared.get(Analyte.NEUT)
    if compared is None:
        return []
    found = []
    for row, draw in enumerate(past.draws):
        lower = float(compared.lower[row])
        seen = counted(
            float(compared.values[row]),
            "" if compared.comparators is None else COMPARATORS[int(compared.comparators[row])],
            flag=FLAG_SLUGS[compared.flags[row]],
            lower=None if isnan(lower) else lower,
            by=definition.label,
        )
        if seen is not None and draw.day_before is not None:
            found.append(Earlier(draw.day_before, {"NEUT": seen}))
    return found


def _plain(counts: Iterable[Interpreted], definition: Definition) -> dict[str, Counted]:
    found = {
        count.analyte: counted(
            count.value,
            count.comparator,
            flag=count.flag,
            lower=count.lower,
            lower_inclusive=count.lower_inclusive,
            by=definition.label,
        )
        for count in counts
    }
    return {kind: count for kind, count in found.items() if count is not None}


def _known(facts: Answers, context: Context) -> Known:
    return Known(
        temperature=context.celsius,
        anticancer=True if "anticancer" in facts.groups else _said("anticancer-6wk", facts),
        listed_drug=_said("listed-drug", facts),
        sepsis_signs=_said("sepsis-signs", facts),
    )


def _said(question: str, facts: Answers) -> bool | None:
    if question in facts.yes:
        return True
    return False if question in facts.no else None


def _duffy_interval(definition: Definition) -> Limit | None:
    """The Duffy-null row of a definition for neutrophils, where it has one."""
    rows = (row for row in definition.limits if row.analyte == "NEUT")
    return next((row for row in rows if row.partition.duffy == "null"), None)
