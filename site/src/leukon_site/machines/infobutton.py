"""Infobutton: from a code in a record to the page about it (the parameters of MedlinePlus Connect)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from leukon_site import environment
from leukon_site.atoz.catalogue import coded_as
from leukon_site.atoz.entry import Entry
from leukon_site.atoz.naming import title_of
from leukon_site.atoz.templatetags.atoz import lead_of
from leukon_site.machines.request import HTML, JSON, TYPE, Asked, Malformed, read
from leukon_site.machines.systems import OIDS, TITLES

_KEEP = "public, max-age=3600"


@require_safe
def infobutton(request: HttpRequest) -> HttpResponse:
    """Redirect to the page of a code, list them where there are several, in HTML or JSON."""
    try:
        asked = read(request.GET)
    except Malformed as refused:
        return _refused(request, str(refused))
    with translation.override(asked.language):
        found = coded_as(asked.system, asked.code)
        response = _json(asked, found) if asked.as_json else _html(request, asked, found)
    response.headers.setdefault("Cache-Control", _KEEP)
    response.headers["Content-Language"] = asked.language
    return response


def _html(request: HttpRequest, asked: Asked, found: tuple[Entry, ...]) -> HttpResponse:
    if len(found) == 1:
        return HttpResponseRedirect(reverse(found[0].kind, args=[found[0].slug]))
    context = {"found": found, "asked": asked, "system": TITLES[asked.system], "systems": TITLES}
    return render(request, "machines/infobutton.html", context, status=200 if found else 404)


def _json(asked: Asked, found: tuple[Entry, ...]) -> HttpResponse:
    """The feed that MedlinePlus Connect answers with, as JSON: an entry a page."""
    oid = next(oid for oid, system in OIDS.items() if system == asked.system)
    feed = {
        "title": {"_value": "leukon", "type": "text"},
        "lang": asked.language,
        "author": {"name": {"_value": "leukon"}, "uri": {"_value": environment.address()}},
        "subtitle": {
            "_value": "leukon informs; it does not diagnose or treat.",
            "type": "text",
        },
        "category": [
            {"scheme": "mainSearchCriteria.v.c", "term": asked.code},
            {"scheme": "mainSearchCriteria.v.cs", "term": oid},
            {"scheme": "mainSearchCriteria.v.dn", "term": asked.name},
            {"scheme": "informationRecipient.languageCode.c", "term": asked.language},
        ],
        "entry": [_entry(entry, asked.language) for entry in found],
    }
    return JsonResponse({"feed": feed}, json_dumps_params={"ensure_ascii": False})


def _entry(entry: Entry, language: str) -> dict[str, Any]:
    page = environment.address() + reverse(entry.kind, args=[entry.slug])
    return {
        "title": {"_value": title_of(entry, language), "type": "text"},
        "link": [
            {"href": page, "rel": "alternate", "type": HTML, "title": title_of(entry, language)}
        ],
        "id": {"_value": page},
        "updated": {"_value": f"{entry.review.reviewed}T00:00:00Z"},
        "summary": {"_value": lead_of(entry), "type": "text"},
    }


def _refused(request: HttpRequest, why: str) -> HttpResponse:
    if request.GET.get(TYPE) == JSON:
        return JsonResponse({"error": why}, status=400)
    return render(request, "machines/malformed.html", {"why": why}, status=400)
