"""What makes the pages that are kept old: an editor published, moved or took back something."""

from __future__ import annotations

from django.db.models.signals import post_delete, post_save
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale, Page, Site
from wagtail.signals import (
    page_published,
    page_slug_changed,
    page_unpublished,
    post_page_move,
    published,
    unpublished,
)

from leukon_site.look.models import Edition
from leukon_site.practices.models import Practice

_ON_PAGES = (
    page_published,
    page_unpublished,
    page_slug_changed,
    post_page_move,
    published,
    unpublished,
)


def watch() -> None:
    """Advance the edition whenever what readers see may have changed."""
    for signal in _ON_PAGES:
        signal.connect(Edition.advance, dispatch_uid="leukon-edition")
    for kind in (Practice, Site, Locale, Redirect):
        post_save.connect(Edition.advance, sender=kind, dispatch_uid=f"edition-{kind.__name__}")
        post_delete.connect(Edition.advance, sender=kind, dispatch_uid=f"edition-{kind.__name__}")
    post_delete.connect(_page_deleted, dispatch_uid="edition-page")


def _page_deleted(sender: type, **_: object) -> None:
    if issubclass(sender, Page):
        Edition.advance()
