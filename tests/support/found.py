"""Findings of a panel as the tests ask for them: the interpretation's counts as plain ranges."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from leukon.advice.facts import facts_of
from leukon.catalogue import definitions
from leukon.context import Context
from leukon.findings import Counted, Earlier, Finding, Known, counted, find
from leukon.interpret import interpret
from leukon.interpretation import Interpretation
from leukon.limits import Limit
from leukon.panel import Count, Panel, Person


def plain_counts(answer: Interpretation) -> dict[str, Counted]:
    """The counts of an interpretation as findings see them."""
    found = {
        count.analyte: counted(
            count.value,
            count.comparator,
            flag=count.flag,
            lower=count.lower,
            lower_inclusive=count.lower_inclusive,
            by=answer.definition.label,
        )
        for count in answer.counts
    }
    return {kind: count for kind, count in found.items() if count is not None}


def known(person: Person, context: Context, today: date | None = None) -> Known:
    """What is known beside the counts, as findings see it."""
    facts = facts_of(person, context, today)

    def said(question: str) -> bool | None:
        return True if question in facts.yes else False if question in facts.no else None

    return Known(
        temperature=context.celsius,
        anticancer=True if "anticancer" in facts.groups else said("anticancer-6wk"),
        listed_drug=said("listed-drug"),
        sepsis_signs=said("sepsis-signs"),
    )


def duffy_interval(by: str) -> Limit | None:
    """The Duffy-null row of a definition for neutrophils, where it has one."""
    rows = definitions[by].limits
    return next((r for r in rows if r.analyte == "NEUT" and r.partition.duffy == "null"), None)


def findings_of(
    panel: Panel,
    *,
    by: str = "leukon-general",
    context: Context | None = None,
    history: Sequence[Panel] = (),
) -> tuple[Finding, ...]:
    """Everything found in a panel by a definition."""
    person, day = panel.person, panel.drawn_at
    earlier = [_earlier(one, by) for one in history]
    return find(
        plain_counts(interpret(panel, by=by, agreement=False)),
        age=person.age_at_draw,
        duffy=person.duffy,
        facts=known(person, context or Context(), day),
        history=earlier,
        drawn_on=day,
        duffy_interval=duffy_interval(by),
    )


def _earlier(panel: Panel, by: str) -> Earlier:
    assert panel.drawn_at is not None
    return Earlier(panel.drawn_at, plain_counts(interpret(panel, by=by, agreement=False)))


COUNT = re.compile(r"(?P<analyte>[A-Z0-9]+)(?P<sign><=|>=|<|>|=)(?P<value>[\d.]+)(?P<unit>\S*)")


def read_counts(text: str) -> tuple[Count, ...]:
    """Counts such as `NEUT=0.7 PLT<20 LYMPH=40%`, in 10*9/L (haemoglobin in g/L)."""
    return tuple(_count(match) for match in COUNT.finditer(text))


def _count(match: re.Match[str]) -> Count:
    usual = "g/L" if match["analyte"] == "HGB" else "10*9/L"
    sign = "" if match["sign"] == "=" else match["sign"]
    return Count(
        match["analyte"],  # type: ignore[arg-type]
        float(match["value"]),
        match["unit"] or usual,
        comparator=sign,
    )


def read_context(text: str) -> Context:
    """What a table says beside the counts: `38.6C; chemotherapy; takes carbimazole; no medicine`."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    given: dict[str, object] = {}
    drugs: list[str] | None = None
    answers: dict[str, bool] = {}
    for part in parts:
        if re.fullmatch(r"[\d.]+C", part):
            given["temperature"] = part
        elif part == "no medicine":
            drugs = drugs or []
        elif part.startswith("takes "):
            drugs = [*(drugs or []), part.removeprefix("takes ")]
        elif part.startswith("no "):
            answers[part.removeprefix("no ")] = False
        elif part == "chemotherapy":
            given["treatments"] = (part,)
        else:
            answers[part] = True
    fields: Mapping[str, object] = {**given, "drugs": drugs, "answers": answers}
    return Context(**fields)  # type: ignore[arg-type]


def said(one: Finding) -> str:
    """One finding as a table writes it."""
    words = "/".join(word.word for word in one.words)
    named = f" ({words})" if words else ""
    short = one.by.rpartition(" from ")[2].removesuffix(" (undated)")
    by = f" [{short}]" if one.id in ("febrile-neutropenia", "agranulocytosis") else ""
    if one.status == "present":
        return f"{one.id}{named}{by}"
    lacks = f": {', '.join(one.lacks)}"
    return f"{one.status} {one.id}{named}{by}{lacks}"
