"""Sending an issue: a row a recipient, so that a run that was killed goes on where it stopped.

A row is marked as sent after the mail server took the mail. A run that is killed between the two
sends that one mail again, with the same Message-ID, by which servers and readers know it: to miss
somebody would not be seen by anybody. Only one run at a time: the file it locks is let go by the
system when a run dies.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F
from django.utils import timezone

from leukon_site.newsletter.mails import issue_mail
from leukon_site.newsletter.models import Delivery, IssuePage, Sending, Subscriber

MOST_REFUSALS = 3
"""How often a mail that was refused is tried; then its row stays unsent, and is counted."""
_PART = 500


class NotSent(Exception):
    """An issue that cannot be sent now; the message says why."""


class Done(NamedTuple):
    """What one run did: mails sent, refused, and rows that are still to be sent."""

    sent: int
    refused: int
    left: int


def send(issue: IssuePage, told: Callable[[str], None] = lambda _text: None) -> Done:
    """Send an issue to everybody who had confirmed when its sending began; goes on after a stop.

    Raises `NotSent` where the issue is not published, was sent, or is being sent by another run.
    """
    if not issue.live:
        raise NotSent("this issue is not published: publish it first")
    with _alone():
        sending, is_new = Sending.objects.get_or_create(issue=issue.translation_key)
        if sending.finished_at:
            raise NotSent(f"this issue was sent on {sending.finished_at:%Y-%m-%d}")
        _list_recipients(sending)
        told("begins" if is_new else "goes on where the last run stopped")
        return _run(sending, _translations(issue))


@contextmanager
def _alone() -> Iterator[None]:
    with (settings.DATA_FOLDER / "newsletter.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise NotSent("another run is sending: wait until it has ended") from held
        yield


def _list_recipients(sending: Sending) -> None:
    """A row for everybody who had confirmed; those who have one keep it."""
    known = Subscriber.objects.filter(confirmed_at__lte=sending.started_at)
    rows = (
        Delivery(sending=sending, subscriber_id=pk)
        for pk in known.values_list("pk", flat=True).iterator(_PART)
    )
    Delivery.objects.bulk_create(rows, batch_size=_PART, ignore_conflicts=True)


def _translations(issue: IssuePage) -> dict[str, IssuePage]:
    same = IssuePage.objects.filter(translation_key=issue.translation_key).live()
    return {one.locale.language_code: one for one in same.select_related("locale")}


def _run(sending: Sending, issues: dict[str, IssuePage]) -> Done:
    waiting = sending.deliveries.filter(sent_at=None, refusals__lt=MOST_REFUSALS)
    first = issues.get(settings.LANGUAGE_CODE) or next(iter(issues.values()))
    sent = refused = 0
    with get_connection() as connection:
        for pk in list(waiting.values_list("pk", flat=True).order_by("pk")):
            row = Delivery.objects.select_related("subscriber").filter(pk=pk).first()
            if row is None:  # left since this run began
                continue
            mail = issue_mail(issues.get(row.subscriber.language, first), row.subscriber)
            mail.connection = connection
            if _took(mail):
                Delivery.objects.filter(pk=pk).update(sent_at=timezone.now())
                sent += 1
            else:
                Delivery.objects.filter(pk=pk).update(refusals=F("refusals") + 1)
                refused += 1
    left = waiting.count()
    if not left:
        Sending.objects.filter(pk=sending.pk).update(finished_at=timezone.now())
    return Done(sent, refused, left)


def _took(mail: EmailMultiAlternatives) -> bool:
    """Whether the mail server took it. Which address it refused is nobody's business in a log."""
    try:
        return bool(mail.send())
    except OSError:  # what smtplib raises is one; a server that is gone refuses all
        return False
