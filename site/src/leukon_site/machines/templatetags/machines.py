"""What stands in the head of every page for machines: its address, its languages, what it is about."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from leukon_site import environment
from leukon_site.atoz.catalogue import at
from leukon_site.atoz.entry import DEFINITION, SYMPTOM, TEST, Entry
from leukon_site.atoz.naming import title_of
from leukon_site.atoz.templatetags.atoz import kind_intro, kind_title, lead_of
from leukon_site.look.assets import version
from leukon_site.machines import schema
from leukon_site.machines.pages import in_each, translations

register = template.Library()

PICTURE = "look/share.png"
_SAFE = {ord(">"): "\\u003e", ord("<"): "\\u003c", ord("&"): "\\u0026"}


@register.inclusion_tag("machines/head.html", takes_context=True)
def for_machines(context: dict[str, Any]) -> dict[str, Any]:
    """Canonical address, other languages, Open Graph and schema.org of the page that is shown."""
    language = get_language() or "en"
    told = _told(context, language)
    if told is None:
        return {}
    practice = context["settings"]["practices"]["Practice"] if "settings" in context else None
    others = told["others"] if len(told["others"]) > 1 else ()
    return told | {
        "others": others,
        "english": dict(others).get("en", ""),
        "language": language,
        "site_name": getattr(practice, "name", "") or "leukon",
        "picture": f"{environment.address()}/static/{PICTURE}?v={version(PICTURE)}",
        "data": _script(told["graph"]),
    }


def _told(context: dict[str, Any], language: str) -> dict[str, Any] | None:
    page, entry, kind = (context.get(name) for name in ("page", "entry", "kind"))
    if isinstance(entry, Entry):
        return _of_entry(entry, language)
    if kind:
        return _of_index(kind, language, page)
    return _of_page(page, language) if hasattr(page, "get_url_parts") else None


def _script(graph: Any) -> SafeString:
    """JSON that cannot end the script element that it stands in."""
    return mark_safe(json.dumps(graph, ensure_ascii=False).translate(_SAFE))


def _of_entry(entry: Entry, language: str) -> dict[str, Any]:
    title, said, address = title_of(entry, language), lead_of(entry), schema.address_of(entry)
    above = [DEFINITION, TEST] if entry.kind == DEFINITION else [entry.kind]
    trail = [_home(), *(_crumb(kind) for kind in reversed(above)), (title, address)]
    page = schema.web_page(
        title,
        address,
        language,
        reviewed=entry.review.reviewed,
        checked_by=entry.review.checked_by,
        about={"@id": f"{address}#about"},
        said=said,
    )
    return {
        "title": title,
        "said": said,
        "address": address,
        "others": in_each(entry.kind, entry.slug),
        "graph": schema.graph(page, schema.thing(entry, language), schema.crumbs(trail)),
    }


def _of_index(kind: str, language: str, page: Any) -> dict[str, Any]:
    title = str(getattr(page, "title", "")) or kind_title(kind)
    address = environment.address() + reverse(f"{kind}s")
    trail = [_home(), *([_crumb(TEST)] if kind == DEFINITION else []), (title, address)]
    about = schema.web_page(title, address, language, said=kind_intro(kind))
    return {
        "title": title,
        "said": kind_intro(kind),
        "address": address,
        "others": in_each(f"{kind}s"),
        "graph": schema.graph(about | {"@type": "CollectionPage"}, schema.crumbs(trail)),
    }


def _of_page(page: Any, language: str) -> dict[str, Any]:
    address = environment.address() + page.get_url_parts()[2]
    said = page.search_description or getattr(page, "summary", "")
    entry = at(SYMPTOM, page.slug)
    reviewed = getattr(page, "reviewed_on", None)
    about = schema.web_page(
        page.title,
        address,
        language,
        reviewed=reviewed.isoformat() if reviewed else "",
        checked_by=getattr(page, "checked_by", ""),
        about={"@id": f"{schema.address_of(entry)}#about"} if entry else None,
        said=said,
    )
    found = schema.thing(entry, language) if entry else None
    return {
        "title": page.title,
        "said": said,
        "address": address,
        "others": translations(page),
        "graph": schema.graph(about, found, schema.crumbs(_above(page, address))),
    }


def _above(page: Any, address: str) -> list[schema.Crumb]:
    pages = page.get_ancestors().filter(depth__gt=1).live()
    trail = [(one.title, environment.address() + one.get_url_parts()[2]) for one in pages]
    return [*trail, (page.title, address)]


def _home() -> schema.Crumb:
    return "leukon", f"{environment.address()}/"


def _crumb(kind: str) -> schema.Crumb:
    return kind_title(kind), environment.address() + reverse(f"{kind}s")
