"""The news as a feed, RSS and Atom, one for each language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from leukon_site.pages.models import NewsPage

_NEWEST = 30


class NewsRss(Feed):
    """The newest news of one language as RSS 2.0."""

    def title(self) -> str:
        """What the feed is called."""
        return _("News about low white blood cell counts")

    def description(self) -> str:
        """What the feed is about."""
        return _("What has changed on these pages, and in the tables behind them.")

    subtitle = description

    def link(self) -> str:
        """Where the feed itself is."""
        return reverse("news-rss")

    def items(self) -> Iterable[NewsPage]:
        """The news."""
        here = NewsPage.objects.live().filter(locale__language_code=get_language())
        return list(here.order_by("-date", "-pk")[:_NEWEST])

    def item_title(self, item: NewsPage) -> str:
        """The title of one."""
        return str(item.title)

    def item_description(self, item: NewsPage) -> str:
        """What it says in short."""
        return str(item.summary)

    def item_link(self, item: NewsPage) -> str:
        """Where it is."""
        return item.get_url() or "/"

    def item_pubdate(self, item: NewsPage) -> datetime:
        """When it came."""
        return datetime.combine(item.date, time(), tzinfo=UTC)


class NewsAtom(NewsRss):
    """The same as Atom."""

    feed_type = Atom1Feed

    def link(self) -> str:
        """Where the feed itself is."""
        return reverse("news-atom")
