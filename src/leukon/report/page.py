"""The report: one HTML file that needs no other, for people who read it on paper or on a phone.

It holds no script and loads nothing; a policy in its head forbids both, so that no text of a file
could ever run. Its title names no person and no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from leukon.definition import Definition
from leukon.interpretation import DefinitionUsed, Interpretation, Interpreted, Note
from leukon.notes import TEXTS
from leukon.report import tables, words
from leukon.report.agreement_strip import agreement_strip
from leukon.report.number_line import number_line
from leukon.report.style import style_sheet
from leukon.report.summary import Summary
from leukon.report.svg import element, escape
from leukon.report.tables import flag_mark, isolated, link

Section = tuple[str, Mapping[str, str], Interpretation]
TITLE = "leukon report"
DIRECTIONS = ("ltr", "rtl")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_SAID_ONCE = ("agreement-no-risk", "not-checked", "no-context", "informs")
"""Notes that hold for every panel: the page says them once, at its head, strips or foot."""
_ALWAYS_STRIPS = ("WBC", "NEUT")


def html_report(
    sections: Sequence[Section],
    *,
    heading: str,
    definition: Definition | DefinitionUsed,
    summary: Summary | None = None,
    language: str = "en",
    direction: str = "ltr",
) -> str:
    """A whole report: whose definition, what a file came to, and the panels, in their order.

    A section is a title, facts such as age and sex, and the interpretation. The caller decides how
    many panels are shown; with a summary the page says how many more there are.
    """
    if direction not in DIRECTIONS:
        raise ValueError(f"a direction is one of {', '.join(DIRECTIONS)}")
    main = [_summary_section(summary, len(sections)) if summary else ""]
    main += [panel_section(answer, title, facts) for title, facts, answer in sections]
    body = element(
        "div",
        _header(heading, definition),
        element("main", *main),
        _footer(definition),
        class_="lk-wrap",
    )
    page = element("html", head(), element("body", body), lang=language, dir=direction)
    return f"<!DOCTYPE html>\n{page}\n"


def head(title: str = TITLE) -> str:
    """The head of a page: its policy, its title, its style."""
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="robots", content="noindex"),
        element("title", escape(title)),
        element("style", style_sheet()),
    )


def _header(heading: str, definition: Definition | DefinitionUsed) -> str:
    checked = f"checked by {definition.checked_by}"
    facts = {
        "Definition": _definition(definition),
        "Clinical check": isolated(
            checked if definition.checked_by else "not yet checked by a clinician"
        ),
    }
    return element(
        "header",
        element("h1", isolated(heading)),
        pairs(facts, "lk-by"),
        element("p", isolated(TEXTS["no-context"]), class_="lk-care", role="note"),
    )


def _definition(definition: Definition | DefinitionUsed) -> str:
    identity = element("span", isolated(f"({definition.id})"), class_="lk-muted")
    return f"{link(definition.label, definition.source)} {identity}"


def pairs(facts: Mapping[str, str], style: str) -> str:
    """Facts as a list of names and markup."""
    rows = (
        element("div", element("dt", escape(key)), element("dd", markup))
        for key, markup in facts.items()
    )
    return element("dl", *rows, class_=style)


def _footer(definition: Definition | DefinitionUsed) -> str:
    said = [TEXTS["informs"], TEXTS["agreement-no-risk"]]
    if not definition.checked_by:
        said.insert(1, TEXTS["not-checked"])
    return element("footer", *(element("p", isolated(text)) for text in said))


def panel_section(
    interpretation: Interpretation, title: str, facts: Mapping[str, str] | None = None
) -> str:
    """One panel: the answer in plain words, a picture a count, the numbers, the publishers, notes."""
    about = {
        f"{key[:1].upper()}{key[1:]}": isolated(value)
        for key, value in (facts or {}).items()
        if value
    }
    about["By"] = isolated(interpretation.definition.label)
    parts = [
        element("h2", isolated(title)),
        pairs(about, "lk-facts"),
        _headline(interpretation),
        element("h3", "Where each count lies"),
        _lines(interpretation),
        element("h3", "The counts in numbers"),
        tables.counts_table(interpretation),
        _strips(interpretation),
        _notes(interpretation.notes),
    ]
    return element("section", *parts, class_="lk-panel")


def _headline(interpretation: Interpretation) -> str:
    """The count that matters first, the other counts that are not within, the driver."""
    leading = words.leading(interpretation)
    if leading is None:
        return element("p", "No count was given.", class_="lk-driver")
    others = [count for count in interpretation.counts if count is not leading]
    notable = [count for count in others if count.flag != "within"]
    parts = [_lead(leading, interpretation.definition)]
    if _speaks_of_lines(interpretation):
        parts.append(element("p", isolated(words.driver(interpretation)), class_="lk-driver"))
    items = [_finding(count, interpretation.definition) for count in notable]
    within = [words.name(count.analyte) for count in others if count.flag == "within"]
    if within:
        items.append(element("li", flag_mark("within"), isolated(", ".join(within))))
    return "".join(parts) + (element("ul", *items, class_="lk-findings") if items else "")


def _lead(count: Interpreted, definition: DefinitionUsed) -> str:
    named = " ".join(filter(None, (words.title_name(count.analyte), words.measured(count))))
    head = f"{named}: {words.FLAG_WORDS[count.flag]}"
    text = element(
        "span", element("strong", isolated(head)), isolated(words.detail(count, definition))
    )
    sign = element("span", words.SYMBOLS[count.flag], class_="lk-sign", aria_hidden="true")
    return element("p", sign, text, class_=f"lk-headline lk-head-{count.flag}")


def _finding(count: Interpreted, definition: DefinitionUsed) -> str:
    return element("li", flag_mark(count.flag), isolated(words.sentence(count, definition)))


def _speaks_of_lines(interpretation: Interpretation) -> bool:
    """Whether a driver is worth a line: something is low, or might be."""
    return interpretation.driver != "none" or any(
        c.flag in words.LOW for c in interpretation.counts
    )


def _lines(interpretation: Interpretation) -> str:
    cards = [_line_card(count, interpretation.definition) for count in interpretation.counts]
    return element("div", *cards, class_="lk-cards")


def _line_card(count: Interpreted, definition: DefinitionUsed) -> str:
    name = element("h4", isolated(words.title_name(count.analyte)))
    return element(
        "figure",
        element("figcaption", name, flag_mark(count.flag)),
        number_line(count),
        _details("Numbers", tables.numbers_table(count, definition)),
        class_="lk-card",
    )


def _details(summary: str, content: str) -> str:
    return element("details", element("summary", escape(summary)), content)


def _strips(interpretation: Interpretation) -> str:
    cards = [_strip_card(count) for count in interpretation.counts if _has_strip(count)]
    cards = [card for card in cards if card]
    if not cards:
        return ""
    heading = element("h3", "How other publishers would call it")
    return heading + element("div", *cards, class_="lk-cards")


def _has_strip(count: Interpreted) -> bool:
    return count.flag in words.LOW or count.analyte in _ALWAYS_STRIPS


def _strip_card(count: Interpreted) -> str:
    agreement = count.agreement
    if agreement is None or agreement.undetermined == agreement.total:
        return ""
    unit = element("span", isolated(words.unit(count.unit)), class_="lk-unit")
    sentence = element("p", isolated(words.agreed(agreement, count.analyte)))
    return element(
        "figure",
        element("figcaption", element("h4", isolated(words.title_name(count.analyte)), " ", unit)),
        agreement_strip(count),
        sentence,
        element("p", isolated(words.NO_RISK), class_="lk-muted"),
        _details("Publisher by publisher", tables.votes_table(count)),
        class_="lk-card",
    )


def _notes(notes: Iterable[Note]) -> str:
    own = [note for note in notes if note.code not in _SAID_ONCE]
    if not own:
        return ""
    items = (element("li", isolated(note.text)) for note in own)
    return element("h3", "Notes") + element("ul", *items, class_="lk-notes")


def _summary_section(summary: Summary, shown: int) -> str:
    totals = {"rows": summary.rows, "panels": summary.panels, "could not be read": summary.refused}
    more = max(summary.panels - shown, 0)
    below = f"Shown below: {shown:,} of {summary.panels:,} panels"
    below += f"; {more:,} more are not shown." if more else "."
    parts = [
        element("h2", "The whole file"),
        pairs({name: f"{number:,}" for name, number in totals.items()}, "lk-total"),
        element("h3", "How many are low"),
        tables.flags_table(summary),
        *_under("Why it cannot be said", tables.reasons_table(summary)),
        *_under("Which cell line drives", tables.drivers_table(summary)),
        *_under("How severe", tables.grades_table(summary)),
        *_under("What could not be read", tables.refused_table(summary) + _more_refused(summary)),
        element("h3", "The panels"),
        element("p", isolated(below)),
    ]
    return element("section", *parts, class_="lk-panel")


def _under(heading: str, content: str) -> list[str]:
    return [element("h3", escape(heading)), content] if content else []


def _more_refused(summary: Summary) -> str:
    more = summary.refused - len(summary.refused_rows)
    if not summary.refused_rows or more <= 0:
        return ""
    return element("p", isolated(f"And {more:,} more, not listed here."), class_="lk-after")
