"""The report of an estimate: what a laboratory director reads before signing it.

One HTML file that needs no other: the fit over the results, the limits with their intervals, what
was left out, the limits that publishers print for the same people, and lines for the signatures,
which nobody but the people named there fills in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from leukon.estimation.publish import (
    METHOD,
    Head,
    Made,
    Study,
    identity_of,
    limits_of,
    results,
    rounded,
)
from leukon.notes import TEXTS
from leukon.report import words
from leukon.report.curve_section import curve_section
from leukon.report.fit_picture import fit_picture
from leukon.report.page import head as page_head
from leukon.report.page import pairs
from leukon.report.published_picture import printed_limits, published_picture
from leukon.report.sample_section import bullets, capital, sample_section, whose
from leukon.report.svg import element, escape
from leukon.report.tables import NUMBER, WHOLE, Cell, isolated, table
from leukon.validation import describe

TITLE = "leukon: reference intervals estimated from routine results"
_ROLES = ("Estimated by", "Laboratory director", "Clinician who checked it")
_UNKNOWN = ("Analyser and method", "Specimens and tubes", "Limits in use until now")
_LIMITS_OF_METHOD = (
    "The people were not chosen as healthy. The method finds the largest group of results and takes "
    "what does not fit it for sick; where the sick are many, or lie close to the healthy, it errs.",
    "The intervals say how far the limits would move with other results of the same kind. They do "
    "not say whether the analyser, the specimens or the people are like those of another place.",
    "A reference interval describes people; it is no threshold for treating anybody.",
)


def estimation_report(studies: Sequence[Study], head: Head, *, files: str, digest: str = "") -> str:
    """The whole page; a refused estimate is shown too, and says that it is refused.

    `digest` is the SHA-256 of the definition's file, "" where none is written.
    """
    main = [_study(study) for study in studies]
    identity = identity_of(studies, head)
    body = element(
        "div",
        _header(head, files, identity, digest),
        element("main", *main, _method(head), _unknown(), _signatures(identity, digest)),
        _footer(),
        class_="lk-wrap lk-fit",
    )
    return (
        f"<!DOCTYPE html>\n{element('html', page_head(TITLE), element('body', body), lang='en')}\n"
    )


def _header(head: Head, files: str, identity: str, digest: str) -> str:
    facts = {
        "Definition": isolated(identity),
        "SHA-256 of its file": isolated(digest or "no file was written"),
        "Publisher": isolated(head.publisher),
        "Date": isolated(head.date),
        "Version": isolated(head.version or head.date),
        "Made from": isolated(files),
        "Clinical check": isolated("not yet checked by a clinician"),
    }
    heading = element("h1", "Reference intervals from routine results")
    return element("header", heading, pairs(facts, "lk-by"))


def _study(study: Study) -> str:
    unit = element("span", isolated(words.unit(study.unit)), class_="lk-unit")
    parts = [
        element("h2", isolated(words.title_name(study.analyte)), " ", unit),
        _facts(study),
        *_groups(study),
        *sample_section(study),
    ]
    return element("section", *parts, class_="lk-panel")


def _groups(study: Study) -> list[str]:
    if study.curve is None:
        return [_group(one, study) for one in study.made]
    refused = [_refused(one) for one in study.made if one.refusal]
    return [*refused, curve_section(study)]


def _facts(study: Study) -> str:
    facts = {"results": f"{results(study):,.0f}"}
    if study.tally is not None:
        facts["rows read"] = f"{study.tally.came:,}"
    facts["step of the results"] = f"{study.step:g}"
    total = pairs({name: escape(text) for name, text in facts.items()}, "lk-total")
    days = f"Drawn from {study.first_day} to {study.last_day}." if study.first_day else ""
    said = " ".join(text for text in (days, whose(study.tally)) if text)
    return total + element("p", isolated(said)) if said else total


def _group(one: Made, study: Study) -> str:
    limits = limits_of(one)
    parts = [element("h3", isolated(_named(one)))]
    parts.append(_refused(one) if one.refusal else _sentence(one, study))
    if all(math.isfinite(limit.value) for limit in limits):
        parts += [_limits_table(one, study), _figures(one, study)]
    parts.append(_doubts(one))
    return "".join(parts)


def _named(one: Made) -> str:
    return capital(describe(one.partition))


def _refused(one: Made) -> str:
    refusal = one.refusal
    assert refusal is not None
    text = element(
        "span",
        element("strong", "Refused: not to be published"),
        isolated(f"{refusal.message}. What would mend it: {refusal.hint}."),
    )
    sign = element("span", "✕", class_="lk-sign", aria_hidden="true")
    return element("p", sign, text, class_="lk-headline lk-head-critical-low")


def _sentence(one: Made, study: Study) -> str:
    low, high = (rounded(limit.value, study.step) for limit in limits_of(one))
    printed = [words.number(end, study.analyte) for end in (low, high)]
    head = f"{printed[0]} to {printed[1]} {words.unit(study.unit)}"
    detail = (
        f"from {one.estimate.n:,.0f} people, of whose results about "
        f"{one.estimate.sick_share:.0%} were taken for sick"
    )
    text = element("span", element("strong", isolated(head)), isolated(detail))
    sign = element("span", "●", class_="lk-sign", aria_hidden="true")
    return element("p", sign, text, class_="lk-headline lk-head-within")


def _limits_table(one: Made, study: Study) -> str:
    rows = []
    for name, limit in zip(("Lower", "Upper"), limits_of(one), strict=True):
        ends = "" if limit.low is None else f"{limit.low:.2f} to {limit.high:.2f}"
        printed = words.number(rounded(limit.value, study.step), study.analyte)
        rows.append(
            [
                Cell(escape(name)),
                Cell(escape(f"{100 * limit.probability:g} %"), NUMBER),
                Cell(escape(f"{limit.value:.3f}"), NUMBER),
                Cell(escape(ends or "none was made"), WHOLE),
                Cell(escape("no" if one.refusal else printed), NUMBER),
            ]
        )
    headings = ("Limit", "Healthy below it", "Estimate", "95 % interval", "Published")
    return table(f"Limits in {study.unit}", headings, rows)


def _figures(one: Made, study: Study) -> str:
    limits = limits_of(one)
    fit = fit_picture(one.estimate, one.values, one.counts, step=study.step, limits=limits)
    key = element(
        "p",
        isolated(
            "Bars: the results. Filled curve: taken for healthy. Dashed: taken for sick. Lines: the "
            "limits, each with its 95 % interval."
        ),
        class_="lk-muted",
    )
    cards = [element("figure", _caption("Results and fit"), fit, key, class_="lk-card")]
    rows = [] if one.refusal else printed_limits(study.analyte, one.partition)
    if rows:
        own = tuple(rounded(limit.value, study.step) for limit in limits)
        drawn = published_picture(study.analyte, (own[0], own[1]), rows)
        said = element("p", isolated(_beside(len(rows))), class_="lk-muted")
        cards.append(
            element("figure", _caption("Beside published limits"), drawn, said, class_="lk-card")
        )
    return element("div", *cards, class_="lk-cards")


def _beside(publishers: int) -> str:
    return (
        f"{publishers} sets of limits of leukon's catalogue hold for all of these people. The band is "
        "the own interval. That others differ proves neither right."
    )


def _caption(text: str) -> str:
    return element("figcaption", element("h4", escape(text)))


def _doubts(one: Made) -> str:
    found = one.estimate.diagnostics
    said = [text for _, text in found.warnings]
    if math.isfinite(found.misfit):
        said.append(
            f"How well the fit explains the counts: misfit {found.misfit:.2f} (about 1 where it does)."
        )
    if found.tried:
        said.append(
            f"{found.tried} models were fitted; {found.fits} of them carry the limits. The picture shows "
            "the best of them alone, so its curve may end a little beside the limits."
        )
    return bullets("What to know of this fit", said, "h4")


def _method(head: Head) -> str:
    parts = [
        element("h2", "Method"),
        element("p", isolated(f"{head.software}; {METHOD}. Published limits are rounded to the "
                              "nearest step in which results are reported.")),
        bullets("What it cannot say", _LIMITS_OF_METHOD),
    ]  # fmt: skip
    return element("section", *parts, class_="lk-panel")


def _unknown() -> str:
    shown = _form("What leukon cannot know", ("", "To be filled in"), _UNKNOWN)
    return element("section", element("h2", "What leukon cannot know"), shown, class_="lk-panel")


def _signatures(identity: str, digest: str) -> str:
    """The lines to sign, with what is signed: printed, they may stand on a page of their own."""
    said = (
        f"What is signed: {identity}, SHA-256 of its file {digest}. Nobody has signed it yet; the limits "
        "hold once the laboratory says so."
        if digest
        else "Nobody has signed this, and there is no definition's file to sign."
    )
    shown = _form("Signatures", ("", "Name", "Date", "Signature"), _ROLES)
    parts = (element("h2", "Signatures"), element("p", isolated(said)), shown)
    return element("section", *parts, class_="lk-panel")


def _form(caption: str, names: Sequence[str], rows: Iterable[str]) -> str:
    """A table to be filled in by hand: a line each, and empty cells."""
    empty = [element("td", "\u00a0") for _ in names[1:]]
    lines = [element("tr", element("th", escape(row), scope="row"), *empty) for row in rows]
    heads = "".join(element("th", escape(name) or "\u00a0", scope="col") for name in names)
    return element(
        "table",
        element("caption", escape(caption)),
        element("thead", element("tr", heads)),
        element("tbody", *lines),
        class_="lk-sign-here",
    )


def _footer() -> str:
    said = (TEXTS["informs"], TEXTS["not-checked"])
    return element("footer", *(element("p", isolated(text)) for text in said))
