"""The mails: plain text and HTML, in the language of the subscriber."""

from __future__ import annotations

import re
from html import unescape

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import Site

from leukon_site import environment
from leukon_site.newsletter.links import confirm_link, leave_link
from leukon_site.newsletter.models import IssuePage, Subscriber
from leukon_site.practices.models import Practice

_ENDS = re.compile(r"</(?:p|li|h[1-6]|ul|ol)>|<br ?/?>")
_LINK = re.compile(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


def confirmation(subscriber: Subscriber) -> EmailMultiAlternatives:
    """The mail that asks whether the bearer of an address asked for the newsletter."""
    with override(subscriber.language):
        context: dict[str, object] = {"link": confirm_link(subscriber), "name": _name()}
        return _mail(subscriber, _("Please confirm the newsletter"), "confirm", context)


def issue_mail(issue: IssuePage, subscriber: Subscriber) -> EmailMultiAlternatives:
    """One issue to one subscriber. The same mail made again has the same Message-ID."""
    leave = leave_link(subscriber)
    with override(subscriber.language):
        is_translated = issue.locale.language_code == subscriber.language
        context = {
            "issue": issue,
            "plain": plain(issue.text),
            "leave": leave,
            "name": _name(),
            "address": f"{environment.address()}{issue.get_url() or ''}",
            "is_translated": is_translated,
        }
        mail = _mail(subscriber, issue.title, "issue", context)
    mail.extra_headers |= {
        "Message-ID": message_id(issue, subscriber),
        "List-Id": f"newsletter <newsletter.{_host()}>",
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }
    return mail


def message_id(issue: IssuePage, subscriber: Subscriber) -> str:
    """The name of one mail: of the issue and the subscriber's key, never of the address."""
    return f"<{issue.translation_key.hex}.{subscriber.key.hex}@{_host()}>"


def plain(html: str) -> str:
    r"""Rich text without its marks: a line a paragraph, an address after its link.

    >>> plain('<p>Read <a href="https://a.example/">this</a>.</p><ul><li>One</li></ul>')
    'Read this (https://a.example/).\n\nOne'
    """
    linked = _LINK.sub(r"\2 (\1)", html)
    lines = _ENDS.sub("\n\n", linked)
    return re.sub(r"\n\s*\n+", "\n\n", unescape(strip_tags(lines))).strip()


def _mail(
    subscriber: Subscriber, subject: str, template: str, context: dict[str, object]
) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        " ".join(subject.split()),
        render_to_string(f"newsletter/{template}_mail.txt", context),
        settings.DEFAULT_FROM_EMAIL,
        [subscriber.email],
    )
    mail.attach_alternative(
        render_to_string(f"newsletter/{template}_mail.html", context), "text/html"
    )
    return mail


def _name() -> str:
    site = Site.objects.get(is_default_site=True)
    return str(Practice.for_site(site).name or "leukon")


def _host() -> str:
    return environment.address().partition("://")[2].partition(":")[0]
