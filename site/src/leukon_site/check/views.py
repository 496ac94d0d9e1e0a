"""Check my count: a form, what was understood, and the answer. Nothing of it is kept.

Everything typed comes in the body of a POST and goes out in the page that answers it. There is no
session, no row in a database, no address and no log line that holds it.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.urls import translate_url
from django.utils import timezone
from django.utils.decorators import decorator_from_middleware
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from leukon.advice import Urgency
from leukon.explain.language import ENGLISH
from leukon_site.check import answer, embedding, tokens
from leukon_site.check.echo import echo
from leukon_site.check.fields import names, typed_of
from leukon_site.check.page import form_of, words
from leukon_site.check.reading import Read, read
from leukon_site.check.urgency import Card, card
from leukon_site.practices.models import Practice
from leukon_site.speech.pictures import FLAGS

_WITHOUT_BLAME = ("edit", "signs")
LOG = logging.getLogger("leukon_site.check")
View = Callable[[HttpRequest], HttpResponse]


class Frame(Struct, frozen=True):
    """Where the form stands: on a page of the site, or in a frame on another."""

    base: str
    token: str = ""

    @property
    def is_embedded(self) -> bool:
        """Whether it stands in a frame on another site."""
        return self.token != ""


class _KeepsTyped(CsrfViewMiddleware):
    """Django's check of where a form came from; a form that fails it is shown again, not thrown away."""

    def _reject(self, request: HttpRequest, reason: str) -> None:  # noqa: ARG002 (holds no more to say)
        request.is_doubtful = True


def _private(view: View) -> View:
    """The answer is kept by nobody, and an error of ours says where it was, never what was typed."""

    @sensitive_variables()
    def answered(request: HttpRequest) -> HttpResponse:
        try:
            response = view(request)
        except SuspiciousOperation:  # too large, or too many fields: no form of ours
            response = _sorry(request, 400)
        except DatabaseError:  # nothing here can be shown without it: the site's own page stands
            raise
        except Exception as error:
            response = _failed(request, error)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answered


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """The page of an error: what to do all the same. Messages of errors may hold values: not logged."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    LOG.error("check failed: %s in %s, line %s", type(error).__name__, place.name, place.lineno)
    return _sorry(request, 500)


def _sorry(request: HttpRequest, status: int) -> HttpResponse:
    """The page of an error, with the emergency advice."""
    return render(request, "check/failed.html", {"practice": _practice(request)}, status=status)


@csrf_exempt
@_private
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@decorator_from_middleware(_KeepsTyped)
def check(request: HttpRequest) -> HttpResponse:
    """The page `/check/`."""
    doubtful = getattr(request, "is_doubtful", False)
    return _answered(request, Frame("look/base.html"), is_doubtful=doubtful)


@csrf_exempt
@_private
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def embedded(request: HttpRequest) -> HttpResponse:
    """The same form for a frame on another site: no cookie, its own policy, a signed token."""
    doubtful = request.method == "POST" and not tokens.holds(request.POST.get("token", ""))
    frame = Frame("check/embedded.html", tokens.new_token())
    response = _answered(request, frame, is_doubtful=doubtful)
    response.headers["Content-Security-Policy"] = embedding.policy(_practice(request))
    return response


def _practice(request: HttpRequest) -> Practice:
    return Practice.for_request(request)


def _answered(request: HttpRequest, frame: Frame, *, is_doubtful: bool) -> HttpResponse:
    if request.method != "POST":
        return _form(request, frame, {}, None, {})
    typed = typed_of(request.POST)
    found = read(typed, timezone.localdate())
    step = request.POST.get("step", "")
    if is_doubtful or step in _WITHOUT_BLAME or found.problems:
        return _form(request, frame, typed, found, {"is_doubtful": is_doubtful, "step": step})
    return (_answer if step == "answer" else _understood)(request, frame, typed, found)


def _form(
    request: HttpRequest,
    frame: Frame,
    typed: dict[str, str],
    found: Read | None,
    more: dict[str, Any],
) -> HttpResponse:
    """The form, empty or as it was typed; before it what cannot wait, and what is not clear."""
    language = _language()
    # Who goes back to change something, or asks about the signs alone, is not blamed for the rest.
    shown = found.problems if found and more.get("step") not in _WITHOUT_BLAME else ()
    urgent = _emergency(request, found, language) if found else None
    told = {"form": form_of(typed, shown, language), "card": urgent, **words(language), **more}
    return _page(request, frame, "check/form.html", told)


def _understood(
    request: HttpRequest, frame: Frame, typed: dict[str, str], found: Read
) -> HttpResponse:
    """What was understood, to be confirmed before it is answered."""
    language = _language()
    told = {
        "typed": _carried(typed),
        "typed_age": typed.get("age"),
        "echoes": [echo(entry, language) for entry in found.entries],
        "found": found,
        "card": _emergency(request, found, language),
    }
    return _page(request, frame, "check/understood.html", told)


def _answer(request: HttpRequest, frame: Frame, typed: dict[str, str], found: Read) -> HttpResponse:
    practice, today = _practice(request), timezone.localdate()
    said = answer.interpreted(found, by=practice.by, emergency_number=practice.emergency_number)
    told = {
        "typed": _carried(typed),
        "found": found,
        "answer": answer.answer_of(found, said, _language(), today),
        "today": today,
        "flags": FLAGS,
        "elsewhere": _elsewhere(request),
    }
    return _page(request, frame, "check/answer.html", told)


def _elsewhere(request: HttpRequest) -> list[tuple[str, str, str]]:
    """The other languages: code, own name, and where the same form is answered in them."""
    here = _language()
    return [
        (code, name, translate_url(request.path, code))
        for code, name in settings.LANGUAGES
        if code != here
    ]


def _emergency(request: HttpRequest, found: Read, language: str) -> Card | None:
    """The card of an emergency, as far as the form could be read; None where it is none."""
    practice = _practice(request)
    said = answer.interpreted(found, by=practice.by, emergency_number=practice.emergency_number)
    assert said.advice is not None
    return card(said.advice, language) if said.advice.urgency is Urgency.EMERGENCY else None


def _carried(typed: dict[str, str]) -> list[tuple[str, str]]:
    """What was typed, to be carried in hidden fields to the next step."""
    return [(name, typed[name]) for name in names() if name in typed]


def _language() -> str:
    return get_language() or ENGLISH


def _page(request: HttpRequest, frame: Frame, template: str, told: dict[str, Any]) -> HttpResponse:
    told |= {"frame": frame, "practice": _practice(request)}
    return render(request, template, told)
