"""The pages of the newsletter: ask for it, confirm, leave. Only a POST changes anything.

Mail scanners follow links; they do not press buttons. No page needs a cookie: what is changed is
named by a signed token, and asking changes nothing but that a mail is sent, a few times a day.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from leukon_site.newsletter import links, mails
from leukon_site.newsletter.forms import Subscribe
from leukon_site.newsletter.limits import may_ask, may_mail
from leukon_site.newsletter.models import IssueIndexPage, Subscriber

log = logging.getLogger(__name__)
_GET_POST = ["GET", "HEAD", "POST"]


@csrf_exempt
@never_cache
@sensitive_post_parameters()
@require_http_methods(_GET_POST)
def subscribe(request: HttpRequest) -> HttpResponse:
    """Ask for the newsletter. Whether an address was known before, the answer does not tell."""
    if not settings.NEWSLETTER:
        raise Http404
    if request.method != "POST":
        return _form(request, Subscribe(), 200)
    form = Subscribe(request.POST)
    if not form.is_valid():
        return _form(request, form, 422)
    if not may_ask(request):
        return _say(request, "too_often", 429)
    if not may_mail(form.cleaned_data["email"]):
        return _say(request, "asked")
    return (
        _say(request, "asked")
        if _ask(form.cleaned_data["email"])
        else _say(request, "no_mail", 503)
    )


def _form(request: HttpRequest, form: Subscribe, status: int) -> HttpResponse:
    issues = IssueIndexPage.objects.live().filter(locale__language_code=get_language()).first()
    context = {"form": form, "issues": issues}
    return render(request, "newsletter/subscribe.html", context, status=status)


def _ask(email: str) -> bool:
    """Send the mail that asks to confirm; who has confirmed is asked again, and loses nothing."""
    Subscriber.forget_unconfirmed()
    subscriber, is_new = Subscriber.objects.get_or_create(
        email=email, defaults={"language": get_language() or settings.LANGUAGE_CODE}
    )
    if not subscriber.confirmed_at and not is_new:
        subscriber.asked_at, subscriber.language = timezone.now(), get_language()
        subscriber.save(update_fields=["asked_at", "language"])
    try:
        mails.confirmation(subscriber).send()
    except OSError as failed:
        log.error("the mail server took no mail: %s", type(failed).__name__)
        if is_new:
            subscriber.delete()
        return False
    return True


@csrf_exempt
@never_cache
@require_http_methods(_GET_POST)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm: the link shows a button, the button confirms, in the language of the page."""
    subscriber = links.confirming(token)
    if subscriber is None:
        return _say(request, "stale", 410)
    if request.method != "POST":
        return _say(request, "confirm")
    subscriber.language = get_language() or subscriber.language
    subscriber.confirmed_at = subscriber.confirmed_at or timezone.now()
    subscriber.save(update_fields=["confirmed_at", "language"])
    return _say(request, "confirmed")


@csrf_exempt
@never_cache
@require_http_methods(_GET_POST)
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Leave: a button for people, and the POST of RFC 8058 that mail programs send by themselves."""
    subscriber = links.leaving(token)
    if request.method != "POST":
        return _say(request, "leave" if subscriber else "gone")
    if subscriber:
        subscriber.delete()
    return _say(request, "gone")


def _say(request: HttpRequest, what: str, status: int = 200) -> HttpResponse:
    response = render(request, "newsletter/said.html", {"what": what}, status=status)
    # The address holds a token: it goes to nobody else.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
