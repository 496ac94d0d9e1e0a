"""The first page of the newsletter: where its issues will be."""

from __future__ import annotations

from leukon_site.newsletter.models import IssueIndexPage
from leukon_site.pages.models import HomePage
from leukon_site.pages.translate import translate


def load_newsletter() -> bool:
    """Make the page of all issues where there is none, in every language. Says whether it did."""
    if IssueIndexPage.objects.exists():
        return False
    home = HomePage.objects.get(locale__language_code="en")
    index = home.add_child(
        instance=IssueIndexPage(
            title="Issues of the newsletter",
            slug="issues",
            intro="<p>What was sent so far, newest first.</p>",
        )
    )
    index.save_revision().publish()
    translate([index])
    return True
