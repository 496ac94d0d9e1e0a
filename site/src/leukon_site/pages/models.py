"""The kinds of page."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from leukon_site.look.keeping import for_everyone
from leukon_site.pages.blocks import FEATURES, Section


class PublicPage(Page):
    """A page that is the same for everybody who reads it, so that it may be kept."""

    class Meta:
        abstract = True

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The page; a preview is for its editor alone."""
        response = super().serve(request, *args, **kwargs)
        return response if getattr(request, "is_preview", False) else for_everyone(response)


class HomePage(PublicPage):
    """The front door."""

    intro = RichTextField(_("introduction"), features=FEATURES, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    search_fields = [*Page.search_fields, index.SearchField("intro")]
    template = "pages/home.html"
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the page that most people come for."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        pages = SymptomPage.objects.descendant_of(self).live().order_by("path")
        context["main_page"], context["symptoms"] = pages.first(), pages
        return context


class IndexPage(PublicPage):
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
        context["entries"] = self.get_children().live().order_by("title").specific()
        return context


class ReviewedPage(PublicPage):
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
        InlinePanel("related", label=_("See also")),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary", boost=2),
        index.SearchField("body"),
    ]

    class Meta:
        abstract = True

    @property
    def is_overdue(self) -> bool:
        """Whether the day of its next review has passed."""
        return self.next_review is not None and self.next_review < timezone.localdate()

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the pages beneath, those beside, and those to see also."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        parent = self.get_parent().specific
        top = parent if isinstance(parent, SymptomPage) else self
        beneath = list(top.get_children().live())
        context["tabs"] = [top, *beneath] if beneath else []
        found = [one.page.localized for one in self.related.all()]
        context["see_also"] = [other for other in found if other.live]
        return context


class SeeAlso(Orderable):
    """A page to see also."""

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    panels = [PageChooserPanel("page")]

    class Meta(Orderable.Meta):
        abstract = True


class SymptomPage(ReviewedPage):
    """A page about a symptom or finding, such as a low white blood cell count."""

    template = "pages/article.html"

    class Meta:
        verbose_name = _("symptom page")


class SymptomSeeAlso(SeeAlso):
    """What to see beside a symptom page."""

    source = ParentalKey(SymptomPage, on_delete=models.CASCADE, related_name="related")


class ArticlePage(ReviewedPage):
    """A page beneath another: in depth, resources; or a page of news."""

    template = "pages/article.html"

    class Meta:
        verbose_name = _("article")


class ArticleSeeAlso(SeeAlso):
    """What to see beside an article."""

    source = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="related")


class NewsIndexPage(PublicPage):
    """The news about a subject, newest first."""

    intro = RichTextField(_("introduction"), features=FEATURES, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    subpage_types = ["pages.NewsPage"]
    template = "pages/news_index.html"

    class Meta:
        verbose_name = _("news")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the news, and the pages beside."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["news"] = NewsPage.objects.child_of(self).live().order_by("-date", "-pk")
        top = self.get_parent()
        context["tabs"] = [top, *top.get_children().live()]
        return context


class NewsPage(PublicPage):
    """One piece of news."""

    date = models.DateField(_("date"))
    summary = models.TextField(_("summary"), max_length=300, blank=True)
    text = RichTextField(_("text"), features=FEATURES)

    content_panels = [
        *Page.content_panels,
        FieldPanel("date"),
        FieldPanel("summary"),
        FieldPanel("text"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary", boost=2),
        index.SearchField("text"),
    ]
    parent_page_types = ["pages.NewsIndexPage"]
    template = "pages/news.html"

    class Meta:
        verbose_name = _("piece of news")
