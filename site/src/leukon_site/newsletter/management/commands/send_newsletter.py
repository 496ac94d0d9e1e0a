"""`send_newsletter SLUG`: sends a published issue, and goes on where a run was stopped."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from leukon_site.newsletter.models import IssuePage, Subscriber
from leukon_site.newsletter.sending import NotSent, send


class Command(BaseCommand):
    """Sends one issue to everybody who confirmed."""

    help = "Send a published issue of the newsletter; run it again to go on after a stop."

    def add_arguments(self, parser: CommandParser) -> None:
        """The issue by the end of its address."""
        parser.add_argument("slug", help="the end of the address of the issue")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Send it, and say how many; never to whom."""
        issue = IssuePage.objects.filter(slug=options["slug"]).order_by("pk").first()
        if issue is None:
            raise CommandError(f"no issue ends with {options['slug']!r}")
        Subscriber.forget_unconfirmed()
        try:
            done = send(issue, self.stdout.write)
        except NotSent as why:
            raise CommandError(str(why)) from why
        self.stdout.write(f"sent {done.sent}, refused {done.refused}, still to send {done.left}")
