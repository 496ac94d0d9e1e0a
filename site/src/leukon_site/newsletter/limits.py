"""How often one address, and one place on the net, may ask in a day.

Neither is kept: what is counted is a hash keyed with the secret of the site and the day, so that
nothing can be read from it, and nothing links one day to the next.
"""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from leukon_site import environment
from leukon_site.newsletter.models import Attempts

OF_ADDRESS, OF_PLACE = 3, 20
"""Mails to one address, and forms from one place, in a day."""


def may_mail(email: str) -> bool:
    """Whether another mail may go to this address today; counts this one."""
    return _count("address", email.casefold()) <= OF_ADDRESS


def may_ask(request: HttpRequest) -> bool:
    """Whether another form may come from this place today; counts this one."""
    return _count("place", place(request)) <= OF_PLACE


def place(request: HttpRequest) -> str:
    """Where a request comes from: as far out as the proxies of the site can be believed."""
    passed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    behind = environment.proxies()
    if behind and len(passed) >= behind and passed[-behind].strip():
        return str(passed[-behind].strip())
    return str(request.META.get("REMOTE_ADDR", ""))


def _count(kind: str, value: str) -> int:
    today = timezone.localdate()
    who = salted_hmac(f"newsletter.{kind}.{today}", value, algorithm="sha256").hexdigest()
    Attempts.objects.filter(on__lt=today).delete()
    with transaction.atomic():
        found, _ = Attempts.objects.select_for_update().get_or_create(
            who=who, defaults={"on": today}
        )
        found.number += 1
        found.save(update_fields=["number"])
    return int(found.number)
