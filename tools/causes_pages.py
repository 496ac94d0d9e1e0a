"""The reference pages of findings and causes, and the template for translators."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from leukon.advice.answer import (
    BASES,
    IF_WORSE,
    LOCAL_NUMBER,
    QUESTIONS_NOT_ASKED,
    QUESTIONS_OPEN,
    THE_NUMBER,
)
from leukon.advice.content import content as advice
from leukon.analytes import CONTENT
from leukon.causes.content import Cause, causes_file, drugs_file, orders
from leukon.explain.language import template
from leukon.findings import TEXTS as LACKS
from leukon.findings.content import Criterion, febrile_file, findings_file
from leukon.notes import TEXTS as NOTES
from leukon.reasons import Reason
from leukon.setpoints.eligibility import REASONS
from leukon.setpoints.rules import NO_ANSWER, WITHHELD
from leukon.severity import TEXTS as UNGRADED

MADE = "<!-- made by tools/make_causes.py: change what it reads, not this page -->"
OTHERS = (THE_NUMBER, LOCAL_NUMBER, QUESTIONS_OPEN, QUESTIONS_NOT_ASKED)
UNCHECKED = "No clinician has checked this content yet."


def pages(folder: Path) -> dict[Path, str]:
    """Every page and the template, and their text."""
    return {
        folder / "findings.md": findings_page(),
        folder / "causes.md": causes_page(),
        CONTENT / "locale" / "leukon.pot": template(content_texts()),
    }


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head, *body = (
        "| " + " | ".join(cell.replace("|", "\\|") or "-" for cell in row) + " |"
        for row in (list(headings), *(list(row) for row in rows))
    )
    return "\n".join([head, "|" + "---|" * (head.count(" | ") + 1), *body])


def findings_page() -> str:
    """Every finding, and every definition of febrile neutropenia."""
    codes = table(
        ("finding", "counts", "words", "ICD-10-CM", "SNOMED CT", "HPO", "source", "note"),
        (
            (
                f"`{one.id}` {one.name}",
                ", ".join(one.lines),
                ", ".join(f"`{scale}`" for scale in one.scales),
                _coded(one.icd10cm, one.icd10cm_text),
                ", ".join(one.snomedct),
                _coded(one.hpo, one.hpo_text),
                " ".join(filter(None, (one.row, one.source))),
                one.note,
            )
            for one in findings_file().finding
        ),
    )
    febrile = table(
        ("definition", "neutrophils", "temperature", "for", "row and source", "note"),
        (
            (one.by, _count(one), _temperature(one), _people(one), f"{one.id} {one.address}", one.note)
            for one in febrile_file().criterion
        ),
    )  # fmt: skip
    others = table(
        ("what", "as read", "why not", "row and source"),
        (
            (one.name, one.criterion, one.why, f"{one.id} {one.address}")
            for one in febrile_file().not_decided
        ),
    )
    lacks = table(("lacks", "in words"), ((f"`{key}`", text) for key, text in LACKS.items()))
    parts = [FINDINGS_INTRO, codes, FEBRILE_INTRO, febrile, OTHERS_INTRO, others]
    parts += [LACKS_INTRO, lacks]
    return "\n\n".join(parts) + "\n"


FINDINGS_INTRO = f"""# Findings

{MADE}

{UNCHECKED} A finding is a word for counts, no diagnosis. It follows the flag of the definition in
use, or a criterion that a publisher prints, and names which. *present*: it surely holds. *possible*:
a count known only as a range ("<2.0") may make it so. *cannot-say*: a criterion asks for something
that is not known. Codes of a finding that is not present are not to be recorded. A percentage never
makes a finding. Words for how low a count is are those of the [scales](scales.md)."""
FEBRILE_INTRO = """## Febrile neutropenia, by publisher

Each definition is decided by itself. What one reading cannot show (that a temperature lasted, that
the neutrophils will fall) is said to be not known. A fall is asked about where the neutrophils are low
by the definition in use, or anticancer treatment was given in the last six weeks. Neutrophils that
were not counted lie between none and the total. No urgency waits for any of this: see
[urgency rules](urgency-rules.md)."""
OTHERS_INTRO = """## Read, and not decided from counts"""
LACKS_INTRO = """## What an answer may lack"""


def _coded(codes: tuple[str, ...], texts: tuple[str, ...]) -> str:
    return "; ".join(f"{code} {text}" for code, text in zip(codes, texts, strict=True))


def _count(one: Criterion) -> str:
    sign = "≤" if one.neutrophils_inclusive else "<"
    text = f"{sign} {one.neutrophils_below}"
    if one.expected_below is None and one.expected_from is None:
        return text
    start = "" if one.expected_from is None else f"< {one.expected_from} and "
    end = "" if one.expected_below is None else f" to < {one.expected_below}"
    return f"{text}, or {start}expected to fall{end}"


def _temperature(one: Criterion) -> str:
    parts = [f"{'≥' if one.once_inclusive else '>'} {one.temperature_once} once"]
    if one.temperature_lasting is not None:
        sign = "≥" if one.lasting_inclusive else ">"
        parts.append(f"{sign} {one.temperature_lasting} for {one.lasting}")
    if one.temperature_below is not None:
        parts.append(f"< {one.temperature_below}")
    if one.or_sepsis_signs:
        parts.append("other signs of sepsis")
    return ", or ".join(parts)


def _people(one: Criterion) -> str:
    said = ["under 18 years"] if one.child else []
    return (
        ", ".join([*said, *(["on anticancer treatment"] if one.anticancer else [])]) or "everyone"
    )


def causes_page() -> str:
    """Every cause, the order of naming, and every drug."""
    kinds = dict.fromkeys(one.category for one in causes_file().cause)
    parts = [CAUSES_INTRO, _order(), *(_kind(kind) for kind in kinds), DRUGS_INTRO, _drugs()]
    return "\n\n".join(parts) + "\n"


CAUSES_INTRO = f"""# Causes and drugs

{MADE}

{UNCHECKED} What fits is no diagnosis, and the order is no probability. A cause fits where it lowers a
count that is low; where a low total has no known lines, any of its lines may be low. Duration and age
leave a cause out only where they are known and do not fit. A cell with a dash was not read at a source."""
DRUGS_INTRO = """## Drugs

A drug is matched by its name or its ATC code; one that is not here is said to be unknown, and counts
as one that may matter. What labels and guidelines say is for professionals: a person is told whom to
call today, never to stop a medicine."""


def _order() -> str:
    intro = (
        "## The order of naming\n\nFirst what the person's own medicines point to. Where several cell "
        "lines are low, causes of several lines come before those of the low white line alone. Then by "
        "category, as below; inside a category in the order of the table. Children are under 18 years; "
        "an age that is not known is taken as an adult's."
    )
    return f"{intro}\n\n" + table(
        ("situation", "categories, in order"),
        ((name, "; ".join(kinds)) for name, kinds in orders().items()),
    )


def _kind(kind: str) -> str:
    rows = [_cause(one) for one in causes_file().cause if one.category == kind]
    headings = (
        "cause",
        "lowers",
        "mechanism; course",
        "ICD-10-CM",
        "other codes",
        "row and source",
        "note",
    )
    return f"## {kind[:1].upper()}{kind[1:]}\n\n" + table(headings, rows)


def _cause(one: Cause) -> tuple[str, ...]:
    lines = [*one.lines, *(["several lines"] if one.several else [])]
    ages = [
        f"from {one.age_from}" if one.age_from else "",
        f"to {one.age_to}" if one.age_to else "",
    ]
    others = [
        *(f"SNOMED CT {code}" for code in one.snomedct),
        *one.hpo,
        *(f"OMIM {code}" for code in one.omim),
        *(f"ORPHA {code}" for code in one.orpha),
    ]
    notes = [
        "names the finding, not a cause: never listed" if one.names_a_finding else "",
        " ".join(filter(None, ages)),
        one.age_note,
        one.duration and f"{one.duration} only",
        one.note,
    ]
    return (
        one.name,
        ", ".join(lines),
        "; ".join(filter(None, (one.mechanism, one.course))),
        _coded(one.icd10cm, one.icd10cm_text),
        "; ".join(others),
        f"{one.id} {one.address or one.source}",
        ". ".join(filter(None, notes)),
    )


def _drugs() -> str:
    listed = {drug.inn: drug for drug in advice().drugs.drug}
    headings = (
        "drug",
        "ATC",
        "class",
        "lowers",
        "raises",
        "evidence",
        "labels and guidelines",
        "source",
        "note",
    )
    return table(
        headings,
        (
            (
                one.inn,
                ", ".join(listed[one.inn].atc),
                listed[one.inn].class_,
                ", ".join([*one.lowers, *(["several lines"] if one.several else [])]),
                ", ".join(one.raises),
                one.evidence,
                one.monitoring,
                one.source,
                one.note,
            )
            for one in drugs_file().drug
        ),
    )  # fmt: skip


def content_texts() -> dict[str, str]:
    """Every text of the content that is said to people, and where it stands."""
    found: dict[str, str] = {}
    for where, texts in _said().items():
        for text in texts:
            if text:
                found.setdefault(text, where)
    return found


def _said() -> dict[str, list[str]]:
    drugs, causes, rules = drugs_file().drug, causes_file().cause, advice().rules.rule
    return {
        "reasons": [reason.text for reason in Reason],
        "scales": list(UNGRADED.values()),
        "notes": list(NOTES.values()),
        "own level": [*NO_ANSWER.values(), *WITHHELD.values(), *REASONS.values()],
        "findings": [text for one in findings_file().finding for text in (one.name, one.note)],
        "findings, not known": list(LACKS.values()),
        "advice": [*BASES.values(), IF_WORSE, *OTHERS],
        "rules": [
            text
            for one in rules
            for text in (
                one.rule,
                one.rule_public,
                one.rule_if_first,
                one.rule_if_not_low,
                one.action,
                one.action_professional,
                one.timeframe,
                one.conflict,
                one.conflict_public,
            )
        ],
        "questions": [one.question for one in advice().questions.question],
        "causes": [
            text for one in causes for text in (one.name, one.category, one.mechanism, one.course)
        ],
        "drugs": [text for one in drugs for text in (one.evidence, one.monitoring, one.note)],
        "drugs, classes": [one.class_ for one in advice().drugs.drug],
    }
