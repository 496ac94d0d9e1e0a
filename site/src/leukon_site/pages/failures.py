"""What is shown when a page is not there, or when the site itself has failed.

A failure never takes the emergency advice with it: that page needs no database, no session and no
setting, and its rules come from leukon as everywhere else.
"""

from __future__ import annotations

import sys
from difflib import get_close_matches

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from wagtail.models import Page

from leukon_site.clinical import urgency
from leukon_site.practices import known

_RETRY_AFTER = "120"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """A page that is not there: what it may have been, a search, and the way back."""
    words = request.path.strip("/").split("/")[-1].replace("-", " ")[:60]
    context = {"words": words, "near": near_pages(request.path)}
    return render(request, "pages/not_found.html", context, status=404)


def near_pages(path: str) -> list[Page]:
    """Pages of this language with an address like the one asked for."""
    asked = path.strip("/").split("/")[-1].lower()
    here = Page.objects.live().filter(depth__gt=2, locale__language_code=get_language() or "en")
    slugs = dict(here.values_list("slug", "pk"))
    found = get_close_matches(asked, slugs, n=3, cutoff=0.55)
    return [Page.objects.get(pk=slugs[slug]) for slug in found]


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (Django hands it in)
    """The site failed. 503 where its database is at fault, since that passes; else 500."""
    is_database = isinstance(sys.exc_info()[1], DatabaseError)
    response = HttpResponse(
        failure_page(get_language() or "en"), status=503 if is_database else 500
    )
    response["Cache-Control"] = "no-store"
    if is_database:
        response["Retry-After"] = _RETRY_AFTER
    return response


def failure_page(language: str) -> str:
    """The page with the emergency advice alone; asks no database."""
    number = known.emergency_number()
    emergency, urgent = urgency.cards(language, number)[:2]
    context = {"cards": (emergency, urgent), "number": number}
    return render_to_string("pages/failure.html", context)
