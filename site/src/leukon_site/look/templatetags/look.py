"""Tags of the look: the address of a file, where a page stands, in which languages it is there."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.translation import get_language, get_language_info
from wagtail.models import Site

from leukon_site.look.assets import version

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """The address of a file of the look, which changes when the file does."""
    return f"{static(name)}?v={version(name)}"


@register.filter
def unbroken(text: str) -> str:
    r"""The same words on one line: a number to call is not torn from its word.

    >>> unbroken("Call 112") == "Call\N{NO-BREAK SPACE}112"
    True
    """
    return text.replace(" ", "\N{NO-BREAK SPACE}")


@register.inclusion_tag("look/breadcrumbs.html", takes_context=True)
def breadcrumbs(context: dict[str, Any], page: Any) -> dict[str, Any]:
    """The pages above a page, from the home page down."""
    above = page.get_ancestors().filter(depth__gt=1).live()
    return {"request": context.get("request"), "above": above, "page": page}


@register.inclusion_tag("look/languages.html", takes_context=True)
def languages(context: dict[str, Any]) -> dict[str, Any]:
    """The same page in the other languages, where it is there."""
    found = _in_languages(context)
    links = [(get_language_info(code), url) for code, url in found]
    return {"links": links if len(links) > 1 else [], "current": get_language()}


def _in_languages(context: dict[str, Any]) -> list[tuple[str, str]]:
    """Where the same page is in each language: a page by its translations, a door by its name."""
    request, page = context.get("request"), context.get("page")
    if page is not None and hasattr(page, "get_translations"):
        same = page.get_translations(inclusive=True).live()
        found = {one.locale.language_code: one.get_url(request) for one in same}
    elif request is not None and request.resolver_match and request.method == "GET":
        # No answer to a form, which a link would lose.
        found = {code: translate_url(request.path, code) for code, _ in settings.LANGUAGES}
    else:
        return []
    # In the order of the settings, on every page: a link that moves is not found again.
    return [(code, found[code]) for code, _ in settings.LANGUAGES if found.get(code)]


@register.simple_tag
def urgency_anchor(page: Any) -> str:
    """Where a page says when to see a doctor: its own section, or that of the page above."""
    anchors = [section.value["anchor"] for section in page.body]
    name = "when-to-see-a-doctor"
    return f"#{name}" if name in anchors else f"{page.get_parent().url}#{name}"


@register.simple_tag(takes_context=True)
def localised_home(context: dict[str, Any]) -> str:
    """The address of the home page in the language of this page."""
    home = _home(context.get("request"))
    return (home.get_url(context.get("request")) if home else None) or "/"


@register.filter
def sections(request: Any) -> list[Any]:
    """The pages under the home page that stand in the menu, in the language of this page."""
    home = _home(request)
    return list(home.get_children().live().in_menu()) if home else []


def _home(request: Any) -> Any:
    site = Site.find_for_request(request) if request else None
    return site.root_page.localized if site else None


@register.simple_tag
def address_of(name: str) -> str:
    """The address of a door with code of its own ("check", "search"); "" where it is not built in."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
