"""The links in a mail: signed, so that nobody can confirm or leave for another."""

from __future__ import annotations

from django.core import signing
from django.urls import reverse
from django.utils.translation import override

from leukon_site import environment
from leukon_site.newsletter.models import CONFIRM_WITHIN, Subscriber

_CONFIRM, _LEAVE = "newsletter.confirm", "newsletter.leave"


def confirm_link(subscriber: Subscriber) -> str:
    """Where a subscriber confirms; good for a week."""
    return _link("newsletter-confirm", subscriber, _CONFIRM)


def leave_link(subscriber: Subscriber) -> str:
    """Where a subscriber leaves; good for ever: a mail may be read years later."""
    return _link("newsletter-leave", subscriber, _LEAVE)


def confirming(token: str) -> Subscriber | None:
    """Who confirms with this token; None where it is false, too old, or its bearer is gone."""
    return _bearer(token, _CONFIRM, CONFIRM_WITHIN.total_seconds())


def leaving(token: str) -> Subscriber | None:
    """Who leaves with this token; None where it is false or its bearer is gone."""
    return _bearer(token, _LEAVE, None)


def _link(name: str, subscriber: Subscriber, purpose: str) -> str:
    token = signing.dumps(subscriber.key.hex, salt=purpose)
    with override(subscriber.language):
        return f"{environment.address()}{reverse(name, args=[token])}"


def _bearer(token: str, purpose: str, seconds: float | None) -> Subscriber | None:
    try:
        key = signing.loads(token, salt=purpose, max_age=seconds)
    except signing.BadSignature:
        return None
    found: Subscriber | None = Subscriber.objects.filter(key=key).first()
    return found
