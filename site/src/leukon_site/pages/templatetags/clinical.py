"""Tags of the clinical parts: words around leukon's numbers, in the language of the page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Locale, Page

from leukon.explain.language import ENGLISH
from leukon_site.clinical.numbers import per_microlitre, shown, tongue
from leukon_site.clinical.urgency import ANY_OTHER, Shown
from leukon_site.pages.translate import is_machine_made
from leukon_site.speech.said import english_beside
from leukon_site.speech.templatetags.speech import beside, dialled

register = template.Library()

_UNITS = ("mo", "wk", "h", "d", "y")


@register.filter
def drawn(picture: str) -> SafeString:
    """A picture that leukon drew: every text in it is escaped where it is made."""
    return mark_safe(picture)


@register.simple_tag
def door(name: str, slug: str, text: str) -> str:
    """A link to a page of the A-Z where there is one, else the text alone."""
    try:
        return format_html('<a href="{}">{}</a>', reverse(name, args=[slug]), text)
    except NoReverseMatch:
        return format_html("{}", text)


@register.simple_tag
def sourced(who: str, what: str, address: str) -> str:
    """A source: its name, linked where it can be read, and its date or edition."""
    named = (
        format_html(
            '<a href="{}" rel="external noopener" translate="no"><bdi>{}</bdi></a>', address, who
        )
        if address.startswith(("http://", "https://")) and " " not in address
        else format_html('<bdi translate="no">{}</bdi>', who)
    )
    return format_html('{}, <bdi translate="no">{}</bdi>', named, what) if what else named


@register.simple_tag
def checked(by: str) -> str:
    """Who checked it, or that nobody has."""
    return _("Checked by %(name)s.") % {"name": by} if by else _("Not yet checked by a clinician.")


@register.simple_tag
def day(text: str) -> str:
    """A day as the language writes it."""
    try:
        return str(formats.date_format(date.fromisoformat(text), "DATE_FORMAT"))
    except ValueError:
        return text


def age_words(border: str) -> str:
    """A border of age in words.

    >>> from django.utils.translation import override
    >>> with override("en"): age_words("2mo")
    '2 months'
    """
    unit = next(unit for unit in _UNITS if border.endswith(unit))
    number = float(border.removesuffix(unit))
    n = int(number) if number.is_integer() else 2
    words = {
        "h": ngettext("%(n)s hour", "%(n)s hours", n),
        "d": ngettext("%(n)s day", "%(n)s days", n),
        "wk": ngettext("%(n)s week", "%(n)s weeks", n),
        "mo": ngettext("%(n)s month", "%(n)s months", n),
        "y": ngettext("%(n)s year", "%(n)s years", n),
    }
    return str(words[unit] % {"n": f"{number:g}"})


@register.simple_tag
def ages(age_from: str, age_to: str) -> str:
    """An age band in words."""
    if not age_from or age_from.startswith("0"):
        return _("birth to under %(end)s") % {"end": age_words(age_to)}
    return _("%(start)s to under %(end)s") % {
        "start": age_words(age_from),
        "end": age_words(age_to),
    }


@register.simple_tag
def line_does(analyte: str) -> str:
    """What a kind of white cell is for."""
    words = {
        "NEUT": _("Reach an infection first, and swallow bacteria and fungi"),
        "LYMPH": _("Remember germs, make antibodies, and clear cells that viruses have entered"),
        "MONO": _("Clear up what is left, and call other cells"),
        "EOS": _("Act against parasites, and in allergies"),
        "BASO": _("Release what starts an allergic reaction"),
    }
    return words.get(analyte, "")


@register.simple_tag
def line_term(analyte: str) -> str:
    """What doctors call too few of a kind."""
    words = {
        "NEUT": _("neutropenia"),
        "LYMPH": _("lymphopenia, lymphocytopenia"),
        "MONO": _("monocytopenia"),
        "EOS": _("eosinopenia"),
        "BASO": _("basopenia"),
    }
    return words.get(analyte, "")


@register.simple_tag
def card_heading(urgency: str, number: str) -> str:
    """The heading of an urgency card: how urgent in words, then what to do."""
    if urgency == "emergency":
        if number:
            called = {"number": dialled(number)}
            return _("Emergency: go to hospital now, or call %(number)s") % called
        return _("Emergency: go to hospital now, or call your local emergency number")
    words = {
        "urgent": _("Urgent: speak to a doctor today, or within days where it says so"),
        "soon": _("Soon: have it looked at within days to weeks"),
        "routine": _("Routine: tell your doctor at the next visit"),
    }
    return words[urgency]


@register.simple_tag
def card_lead(urgency: str, number: str) -> str:  # noqa: ARG001 (one form for every card)
    """The sentence above the rules of a card."""
    words = {
        "emergency": _("Do not wait for another blood count if one of these is true:"),
        "urgent": _("No sign of an emergency, but one of these is true:"),
        "soon": _("None of the above, and one of these is true:"),
        "routine": _(
            "Only if you feel well and nothing above is true. If that changes, start again at the top."
        ),
    }
    return words[urgency]


@register.simple_tag
def rule_words(rule: Shown) -> str:
    """What a rule says, on a page that is about nobody."""
    return _("A count that is low in any other way") if rule.id == ANY_OTHER else rule.rule


@register.simple_tag
def rule_beside(rule: Shown) -> SafeString:
    """The English of those words, while nobody has checked the translation."""
    if rule.id != ANY_OTHER:
        return beside(rule.rule_english)
    return beside(english_beside(lambda: rule_words(rule), tongue()))


@register.inclusion_tag("pages/translation_state.html")
def translation_state(page: Page) -> dict[str, Any]:
    """That a page was translated by machine, and where its English is."""
    if not is_machine_made(page):
        return {}
    return {"english": page.get_translation(Locale.objects.get(language_code=ENGLISH))}


@register.simple_tag
def units_said() -> str:
    """In which units the numbers of the rules are."""
    one = 1.0
    return _(
        "Temperatures are in °C, counts in billions in a litre (10⁹/L): "
        "%(litre)s is the same as %(micro)s in a microlitre."
    ) % {"litre": shown(one), "micro": per_microlitre(one)}


@register.simple_tag
def whom_words(whom: str) -> str:
    """Whom a group of emergencies concerns."""
    words = {
        "anyone": _("Anyone"),
        "treated": _("During or after cancer treatment, or a transplant"),
        "medicines": _("If you take certain medicines"),
        "children": _("Babies, children and young people"),
        "spleen": _("Without a working spleen"),
        "film": _("If the laboratory reports it"),
    }
    return words.get(whom, "")


@register.simple_tag
def table_name(what: str) -> str:
    """The name of one of leukon's tables."""
    words = {"limits": _("Limits"), "advice": _("Urgency"), "causes": _("Causes")}
    return words[what]
