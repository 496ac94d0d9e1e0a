"""Tags of the A to Z: addresses, names and short words in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leukon.findings import BY_FLAG
from leukon.report.words import unit as printed_unit
from leukon_site.atoz import naming
from leukon_site.atoz.catalogue import at, by_id
from leukon_site.atoz.counts import ELSEWHERE, UNITS
from leukon_site.atoz.entry import SYMPTOM, Cited, Entry, titled
from leukon_site.atoz.findings import MAIN
from leukon_site.atoz.shown import page_of
from leukon_site.speech.said import content, with_number

register = template.Library()
register.filter("says", naming.marked)

_UNITS_OF_AGE = ("mo", "wk", "h", "d", "y")


@register.filter
def address(entry: Entry) -> str:
    """The address of an entry's page."""
    return reverse(entry.kind, args=[entry.slug])


@register.filter
def titled_in(entry: Entry) -> SafeString:
    """The title of an entry; marked as English where the page is not."""
    own = naming.title_of(entry)
    if naming.tongue() != naming.ENGLISH and own == entry.title:
        return format_html('<span lang="en" dir="ltr">{}</span>', own)
    return format_html("{}", own)


@register.filter
def linked(entry: Any) -> SafeString:
    """A link to the page of an entry, or to a page that an editor made, with its title."""
    if not isinstance(entry, Entry):
        return format_html('<a href="{}">{}</a>', entry.url, entry.title)
    return format_html('<a href="{}">{}</a>', address(entry), titled_in(entry))


@register.filter
def lines(analytes: Iterable[str]) -> SafeString:
    """Counts by name, each linked to its page."""
    entries = [by_id()["test", analyte] for analyte in analytes]
    pairs = ((address(entry), naming.name_of_line(entry.id)) for entry in entries)
    return format_html_join(", ", '<a href="{}">{}</a>', pairs)


@register.filter
def line_names(analytes: Iterable[str]) -> str:
    """Counts by name, in a sentence."""
    return ", ".join(naming.name_of_line(analyte) for analyte in analytes)


@register.filter
def kind_title(kind: str) -> str:
    """What the entries of a kind are called together."""
    words = {
        "symptom": _("Symptoms"),
        "condition": _("Conditions"),
        "test": _("Tests and procedures"),
        "drug": _("Drugs"),
        "definition": _("Published limits"),
        "page": _("Pages"),
    }
    return words[kind]


@register.filter
def kind_index(kind: str) -> str:
    """The address of the index of a kind."""
    return reverse(f"{kind}s")


@register.filter
def kind_intro(kind: str) -> str:
    """What an index holds."""
    words = {
        "symptom": _("What people notice, or are told after a blood test."),
        "condition": _(
            "What can lower white blood cells. What fits a count is not a diagnosis, and an "
            "alphabet is no order of likelihood."
        ),
        "test": _("What is counted in a blood test, in which units, and whose limits there are."),
        "drug": _(
            "Medicines that change white blood cell counts. Do not stop a medicine because it "
            "stands here: contact the person who prescribes it."
        ),
        "definition": _(
            "Whose limits these pages know: each publisher with its version, its date and all its "
            "rows."
        ),
    }
    return words[kind]


@register.filter
def counted(number: int, kind: str) -> str:
    """How many entries an index has."""
    words = {
        "symptom": ngettext("%(n)s entry", "%(n)s entries", number),
        "condition": ngettext("%(n)s condition", "%(n)s conditions", number),
        "test": ngettext("%(n)s entry", "%(n)s entries", number),
        "drug": ngettext("%(n)s drug", "%(n)s drugs", number),
        "definition": ngettext("%(n)s publisher", "%(n)s publications", number),
    }
    return words[kind] % {"n": number}


@register.filter
def system_name(system: str) -> str:
    """What a system of codes is called."""
    names = {
        "icd10cm": "ICD-10-CM",
        "snomedct": "SNOMED CT",
        "hpo": "HPO",
        "omim": "OMIM",
        "orpha": "Orphanet",
        "loinc": "LOINC",
        "atc": "ATC",
        "omop": "OMOP",
        "mimic": "MIMIC",
    }
    return names[system]


@register.filter
def lead_of(entry: Entry) -> str:
    """The sentence under the title."""
    return _LEADS[entry.kind](entry)


def _condition(entry: Entry) -> str:
    if not entry.lines:
        return _("A cause of low counts in several kinds of blood cells.")
    return _("A cause of a low count of %(lines)s.") % {"lines": line_names(entry.lines)}


def _drug(entry: Entry) -> str:
    effect = entry.row.effect
    words = {
        "lowers": _("A medicine that can lower %(lines)s.") % {"lines": line_names(effect.lowers)},
        "several": _("A medicine that can lower several kinds of blood cells."),
        "both": _("A medicine that can lower %(lines)s and raise %(more)s.")
        % {"lines": line_names(effect.lowers), "more": line_names(effect.raises)},
        "raises": _("A medicine that can raise %(lines)s, and so hide a low count.")
        % {"lines": line_names(effect.raises)},
    }
    if effect.several:
        return words["several"]
    if effect.raises:
        return words["both" if effect.lowers else "raises"]
    return words["lowers"]


def _test(entry: Entry) -> str:
    if entry.id == UNITS:
        return _("How units are written in reports and files, and which of them leukon reads.")
    if entry.id == ELSEWHERE:
        return _("Codes that stand near those of blood counts, and are none. leukon refuses them.")
    return _("A count of a blood test: what it is called, its units, its codes and its limits.")


def _definition(entry: Entry) -> str:
    named = line_names(entry.lines)
    return _("Limits as this publisher prints them, for %(lines)s.") % {"lines": named}


def _symptom(entry: Entry) -> str:
    named = {"lines": line_names(entry.lines)}
    if entry.id in BY_FLAG.values():
        return _("Too few %(lines)s in the blood.") % named
    return _("A finding in the counts of %(lines)s.") % named


_LEADS = {
    "condition": _condition,
    "drug": _drug,
    "test": _test,
    "definition": _definition,
    "symptom": _symptom,
}


@register.filter
def heading_of(category: str) -> str:
    """What a kind of cause is called."""
    return naming.heading_of(category)


@register.filter
def source(cited: Cited) -> SafeString:
    """A source, linked where it has an address."""
    if not cited.address:
        return format_html("{}", cited.who)
    return format_html(
        '<a href="{}" rel="external noopener nofollow">{}</a>', cited.address, cited.who
    )


@register.filter
def addresses(text: str) -> SafeString:
    """A text for professionals whose addresses can be followed."""
    words = (
        format_html('<a href="{}" rel="external noopener nofollow">{}</a>{}', *_cut(word))
        if word.lstrip("(").startswith(("http://", "https://"))
        else format_html("{}", word)
        for word in text.split(" ")
    )
    return format_html_join(" ", "{}", ((word,) for word in words))


def _cut(word: str) -> tuple[str, str, str]:
    """An address, the host it is shown by, and what stands behind it."""
    bare = word.lstrip("(").rstrip(");,.")
    return bare, urlsplit(bare).netloc.removeprefix("www."), word.lstrip("(")[len(bare) :]


@register.filter
def unit(ucum: str) -> str:
    """A unit as people print it."""
    return printed_unit(ucum)


@register.filter
def age_words(border: str) -> str:
    """A border of age in words.

    >>> from django.utils.translation import override
    >>> with override("en"): age_words("2mo")
    '2 months'
    """
    found = next(one for one in _UNITS_OF_AGE if border.endswith(one))
    number = border.removesuffix(found)
    n = int(number) if number.isdigit() else 2
    words = {
        "h": ngettext("%(n)s hour", "%(n)s hours", n),
        "d": ngettext("%(n)s day", "%(n)s days", n),
        "wk": ngettext("%(n)s week", "%(n)s weeks", n),
        "mo": ngettext("%(n)s month", "%(n)s months", n),
        "y": ngettext("%(n)s year", "%(n)s years", n),
    }
    return words[found] % {"n": number}


@register.filter
def people(partition: Any) -> str:
    """Whom a limit holds for, in words."""
    parts = [_sex(partition.sex), _ages(partition.age_from, partition.age_to)]
    if partition.pregnancy:
        parts.append(_pregnant(partition))
    if partition.duffy:
        parts.append(_("tested Duffy-%(kind)s") % {"kind": partition.duffy})
    parts += [partition.specimen, *partition.qualifiers]
    return capfirst(", ".join(part for part in parts if part) or _("anyone"))


def _sex(sex: str) -> str:
    return {"female": _("women and girls"), "male": _("men and boys")}.get(sex, sex)


def _ages(age_from: str, age_to: str) -> str:
    if age_from and age_to:
        words = {"start": age_words(age_from), "end": age_words(age_to)}
        return _("%(start)s to under %(end)s") % words
    if age_from:
        return _("from %(start)s") % {"start": age_words(age_from)}
    return _("under %(end)s") % {"end": age_words(age_to)} if age_to else ""


def _pregnant(partition: Any) -> str:
    start, end = partition.weeks_from, partition.weeks_to
    if start is None and end is None:
        return _("pregnant")
    words = {"start": f"{start or 0:g}", "end": f"{end:g}" if end is not None else ""}
    if not words["end"]:
        return _("pregnant, from week %(start)s") % words
    return _("pregnant, week %(start)s to under %(end)s") % words


@register.filter
def limit_kind(kind: str) -> str:
    """What a kind of limit is called."""
    words = {
        "reference": _("reference"),
        "decision": _("decision"),
        "conventional": _("conventional"),
        "critical": _("critical"),
        "study": _("study"),
        "historic": _("historic"),
    }
    return words[kind]


@register.filter
def how_soon(urgency: str) -> str:
    """How soon, as a heading."""
    words = {
        "emergency": _("Emergency: now"),
        "urgent": _("Urgent: today"),
        "soon": _("Soon: days to weeks"),
        "routine": _("Routine: at the next visit"),
    }
    return words[urgency]


@register.filter
def grade_name(grade: Any) -> str:
    """A grade with a capital letter."""
    return titled(str(grade))


@register.inclusion_tag("atoz/finding_facts.html")
def finding_facts(page: Any) -> dict[str, Any]:
    """What leukon's content says of the finding that an editor's page is about; else nothing."""
    entry = at(SYMPTOM, page.slug)
    return page_of(entry) | {"is_main": entry.id == MAIN} if entry else {}


@register.simple_tag(takes_context=True)
def acts(context: dict[str, Any], rule: Any) -> SafeString:
    """What a rule tells the person to do, with the practice's emergency number."""
    return _surely(rule.action, context["settings"]["practices"]["Practice"].emergency_number)


@register.filter
def rules(rule: Any) -> SafeString:
    """Whom a rule concerns, and when."""
    return _surely(rule.rule_public or rule.rule)


def _surely(text: str, number: str = "") -> SafeString:
    """A text on which much depends: the English beside a translation that nobody has checked."""
    language = naming.tongue()
    said = content(text, language)
    own, english = with_number(said, number, language)
    if said.language == language.partition("-")[0] and not english:
        return format_html("{}", own)
    if not english:
        return format_html('<span lang="en" dir="ltr">{}</span>', own)
    beside = '{} <span lang="en" dir="ltr" class="quiet">{}</span>'
    return format_html(beside, own, english)
