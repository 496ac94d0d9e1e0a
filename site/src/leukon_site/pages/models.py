"""The kinds of page."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from leukon_site.pages.blocks import FEATURES, Section


class HomePage(Page):
    """The front door."""

    intro = RichTextField(_("introduction"), features=FEATURES, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    search_fields = [*Page.search_fields, index.SearchField("intro")]
    template = "pages/home.html"
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("home page")


class IndexPage(Page):
    """A page that lists the pages beneath it, such as symptoms."""

    intro = RichTextField(_("introduction"), features=FEATURES, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    search_fields = [*Page.search_fields, index.SearchField("intro")]
    template = "pages/index.html"

    class Meta:
        verbose_name = _("index page")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the pages beneath."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["entries"] = self.get_children().live().order_by("title")
        return context


class ReviewedPage(Page):
    """What every page about health says of itself: who checked it, and when it is looked at again."""

    summary = models.TextField(_("summary"), max_length=300, blank=True)
    body = StreamField([("section", Section())], blank=True, verbose_name=_("sections"))
    reviewed_on = models.DateField(_("last reviewed"), null=True, blank=True)
    next_review = models.DateField(_("next review due"), null=True, blank=True)
    checked_by = models.CharField(
        _("checked by"),
        max_length=120,
        blank=True,
        help_text=_("The clinician who checked this page. Empty: the page says that nobody has."),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("body"),
        FieldPanel("reviewed_on"),
        FieldPanel("next_review"),
        FieldPanel("checked_by"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary", boost=2),
        index.SearchField("body"),
    ]

    class Meta:
        abstract = True


class SymptomPage(ReviewedPage):
    """A page about a symptom or finding, such as a low white blood cell count."""

    template = "pages/symptom.html"

    class Meta:
        verbose_name = _("symptom page")


class ArticlePage(ReviewedPage):
    """A page beneath another: in depth, resources."""

    template = "pages/article.html"

    class Meta:
        verbose_name = _("article")
