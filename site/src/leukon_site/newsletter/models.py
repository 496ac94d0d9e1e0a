"""What the newsletter keeps: an address and its language, no name, no other address, no count.

A subscriber who leaves is deleted, with every note of what was sent. One who never confirms is
deleted after a week.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from leukon_site.pages.blocks import FEATURES

CONFIRM_WITHIN = timedelta(days=7)


class Subscriber(models.Model):
    """An address that asked for the newsletter, in one language."""

    email = models.EmailField(unique=True)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Never the address: this may stand in a log."""
        return f"subscriber {self.pk}"

    @classmethod
    def forget_unconfirmed(cls) -> int:
        """Delete those who did not confirm in time; how many."""
        late = cls.objects.filter(confirmed_at=None, asked_at__lt=timezone.now() - CONFIRM_WITHIN)
        return int(late.delete()[0])


class Sending(models.Model):
    """The sending of one issue, in all its languages: the issue is its translation key."""

    issue = models.UUIDField(unique=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)


class Delivery(models.Model):
    """One issue to one subscriber: sent once, or still to be sent."""

    sending = models.ForeignKey(Sending, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE)
    sent_at = models.DateTimeField(null=True, blank=True)
    refusals = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sending", "subscriber"], name="one_issue_one_mail")
        ]


class Attempts(models.Model):
    """How often somebody asked today: a keyed hash that means nothing tomorrow, and a number."""

    who = models.CharField(max_length=64, unique=True)
    on = models.DateField()
    number = models.PositiveIntegerField(default=0)


class IssueIndexPage(Page):
    """All issues of the newsletter, newest first."""

    intro = RichTextField(_("introduction"), features=FEATURES, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    subpage_types = ["newsletter.IssuePage"]
    max_count_per_parent = 1
    template = "newsletter/issues.html"

    class Meta:
        verbose_name = _("issues of the newsletter")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the issues."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["issues"] = IssuePage.objects.child_of(self).live().order_by("-date", "-pk")
        return context


class IssuePage(Page):
    """One issue: a page that is reviewed, scheduled and translated like any other, then sent."""

    date = models.DateField(_("date"), default=timezone.localdate)
    summary = models.TextField(_("summary"), max_length=300, blank=True)
    text = RichTextField(_("text"), features=FEATURES)

    content_panels = [
        *Page.content_panels,
        FieldPanel("date"),
        FieldPanel("summary"),
        FieldPanel("text"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("text")]
    parent_page_types = ["newsletter.IssueIndexPage"]
    subpage_types: list[str] = []
    template = "newsletter/issue.html"

    class Meta:
        verbose_name = _("issue of the newsletter")
