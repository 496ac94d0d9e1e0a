"""The first content of a site: made once from `content/`, then the editors' own."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.utils.crypto import get_random_string
from wagtail.models import Locale, Page, Site

from leukon_site.clinical.sources import reviewed
from leukon_site.pages.models import (
    ArticlePage,
    HomePage,
    IndexPage,
    NewsIndexPage,
    NewsPage,
    ReviewedPage,
    SymptomPage,
)
from leukon_site.pages.translate import translate_first_pages
from leukon_site.practices.models import KINDS, Practice

CONTENT = Path(__file__).resolve().parent / "content"
EDITOR = "editor"
MAIN = "low"
"""The page that has pages beneath it."""


def first_pages(language: str = "en") -> dict[str, Any]:
    """The texts of the first pages, as they stand in their file."""
    return tomllib.loads((CONTENT / f"{language}.toml").read_text(encoding="utf-8"))


def load_pages() -> bool:
    """Make the tree of pages where there is none. Says whether it did."""
    if HomePage.objects.exists():
        return False
    for language, _ in settings.LANGUAGES:
        Locale.objects.get_or_create(language_code=language)
    texts = first_pages()
    home = _home(texts["home"])
    index = IndexPage(**texts["symptoms"], show_in_menus=True)
    made: dict[str, Page] = {"symptoms": _published(home, index)}
    for name, text in texts["pages"].items():
        made[name] = _published(made[text["under"]], _reviewed_page(text))
    _news(made[MAIN], texts["news"])
    for name, text in texts["pages"].items():
        _link(made[name], [made[other] for other in text.get("see_also", ())])
    translate_first_pages()
    _let_moderators_set_the_practice()
    return True


def _let_moderators_set_the_practice() -> None:
    """Who may publish may also say whose site this is, and which number is called."""
    may = Permission.objects.get(content_type__app_label="practices", codename="change_practice")
    for group in Group.objects.filter(name="Moderators"):
        group.permissions.add(may)


def _published(parent: Page, page: Page) -> Page:
    """The page under its parent, with a first revision in its history."""
    added = Page.objects.get(pk=parent.pk).add_child(instance=page)
    added.save_revision().publish()
    return added


def _reviewed_page(text: dict[str, Any]) -> ReviewedPage:
    table = reviewed("")[0]
    kind = ArticlePage if text["under"] == MAIN else SymptomPage
    return kind(
        title=text["title"],
        slug=text["slug"],
        summary=text["summary"],
        search_description=text["summary"],
        body=[("section", _section(section)) for section in text["sections"]],
        reviewed_on=date.fromisoformat(table.reviewed),
        next_review=date.fromisoformat(table.next_review),
    )


def _section(section: dict[str, Any]) -> dict[str, Any]:
    parts = [_part(part) for part in section["parts"]]
    return {"heading": section["heading"], "anchor": section["anchor"], "content": parts}


def _part(part: dict[str, Any]) -> tuple[str, Any]:
    """A part as a block is given: its kind, and its text or its choices."""
    for kind in ("text", "subheading"):
        if kind in part:
            return kind, part[kind]
    choices = {key: value for key, value in part.items() if key != "part"}
    return part["part"], choices


def _news(parent: Page, text: dict[str, Any]) -> None:
    items = text.pop("items")
    index = _published(parent, NewsIndexPage(**text))
    day = date.fromisoformat(reviewed("")[0].reviewed)
    for item in items:
        _published(index, NewsPage(**item, date=day))


def _link(stale: Page, others: list[Page]) -> None:
    if not others:
        return
    page = Page.objects.get(pk=stale.pk).specific  # it may have got pages beneath it
    for place, other in enumerate(others):
        page.related.add(page.related.model(page=other, sort_order=place))
    page.save_revision().publish()


def _home(text: dict[str, Any]) -> HomePage:
    """The home page in the place of Wagtail's own example."""
    Page.get_first_root_node().get_children().delete()
    root = Page.get_first_root_node()
    home = root.add_child(
        instance=HomePage(**text, slug="home", locale=Locale.objects.get(language_code="en"))
    )
    home.save_revision().publish()
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "localhost", "port": 80, "root_page": home, "site_name": "leukon"},
    )
    return home


def load_demo() -> None:
    """The practice of the demonstration: an example, and said to be one."""
    practice = Practice.for_site(Site.objects.get(is_default_site=True))
    if practice.name:
        return
    practice.name, practice.is_example = "Example Practice", True
    practice.emergency_number, practice.phone = "112", ""
    practice.links = [("link", link) for link in _demo_links()]
    practice.save()


def _demo_links() -> list[dict[str, str]]:
    """A link of every kind by its name; the addresses lead nowhere, as those of an example should."""
    return [
        {"kind": kind, "text": "", "address": f"https://practice.example/{kind}"}
        for kind, _ in KINDS
    ]


def demo_editor() -> tuple[str, str]:
    """An editor with a new password, which is printed once."""
    user, _ = get_user_model().objects.get_or_create(username=EDITOR)
    password = get_random_string(12)
    user.set_password(password)
    user.save()
    user.groups.set(Group.objects.filter(name__in=("Editors", "Moderators")))
    return EDITOR, password
