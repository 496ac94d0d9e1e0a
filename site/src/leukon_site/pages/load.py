"""The first content of a site: made once, then the editors' own."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils.crypto import get_random_string
from wagtail.models import Locale, Page, Site

from leukon_site.pages.models import HomePage, IndexPage, SymptomPage
from leukon_site.practices.models import Practice

LANGUAGES = ("en", "es", "ar", "zh-hans")
EDITOR = "editor"


def load_pages() -> bool:
    """Make the tree of pages where there is none. Says whether it did."""
    if HomePage.objects.exists():
        return False
    for language in LANGUAGES:
        Locale.objects.get_or_create(language_code=language)
    home = _home()
    symptoms = home.add_child(instance=IndexPage(title="Symptoms", slug="symptoms"))
    symptoms.add_child(
        instance=SymptomPage(title="Low white blood cell count", slug="low-white-blood-cell-count")
    )
    return True


def _home() -> HomePage:
    """The home page in the place of Wagtail's own example."""
    root = Page.get_first_root_node()
    root.get_children().delete()
    root = Page.objects.get(pk=root.pk)
    home = root.add_child(
        instance=HomePage(title="White blood cell counts", slug="home", locale=_english())
    )
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "localhost", "port": 80, "root_page": home, "site_name": "leukon"},
    )
    return home


def _english() -> Locale:
    return Locale.objects.get(language_code="en")


def load_demo() -> None:
    """The practice of the demonstration: an example, and said to be one."""
    practice = Practice.for_site(Site.objects.get(is_default_site=True))
    if practice.name:
        return
    practice.name, practice.is_example = "Example Practice", True
    practice.save()


def demo_editor() -> tuple[str, str]:
    """An editor with a new password, which is printed once."""
    user, _ = get_user_model().objects.get_or_create(username=EDITOR)
    password = get_random_string(12)
    user.set_password(password)
    user.save()
    user.groups.set(Group.objects.filter(name__in=("Editors", "Moderators")))
    return EDITOR, password
