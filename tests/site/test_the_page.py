"""The page about a low white blood cell count: all of it, with leukon's numbers and nobody else's."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import escape
from unittest.mock import patch

import pytest

PAGE = "/symptoms/low-white-blood-cell-count/"
SECTIONS = (
    "What it is",
    "What counts as low",
    "Which kind of cell is low",
    "What is usual for you",
    "Causes",
    "When to see a doctor",
    "What happens next",
    "References",
    "See also",
)
DIGITS = re.compile(r"\d")


@pytest.fixture
def html(client):
    """The page as it is sent."""
    return client.get(PAGE).content.decode()


def strings(value):
    """Every text in a table of the first pages."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def test_no_number_is_typed_into_prose(site):
    """The texts of the first pages hold no digit: every number comes from leukon."""
    from leukon_site.pages.load import first_pages

    assert site.is_dir()
    texts = list(strings(first_pages()))
    assert len(texts) > 50
    assert [text for text in texts if DIGITS.search(text)] == []


def test_all_sections_stand_in_their_order(html):
    """The page has every section, and its list of contents names them."""
    headings = re.findall(r'<h2 id="[a-z-]+-title">([^<]+)</h2>', html)
    assert [one for one in headings if one != "On this page"] == list(SECTIONS)
    contents = re.search(r'<nav class="contents".*?</nav>', html, re.DOTALL)[0]
    assert re.findall(r'<a href="#[a-z-]+">([^<]+)</a>', contents) == list(SECTIONS)


def test_the_limit_is_that_of_the_composite(html):
    """Without a definition of the practice the page gives the limit that `leukon check` uses."""
    from leukon import Count, Panel, Person, interpret

    count = interpret(Panel(Person(age="40y"), [Count("WBC", 9, "10*9/L")]))["WBC"]
    assert f"<strong>{count.lower}</strong>" in html
    assert f"{count.lower * 1000:,.0f} in a microlitre" in html
    assert count.low_source in html


@pytest.mark.usefixtures("rolled_back")
def test_the_limit_is_that_of_the_practice(client):
    """A practice that names its definition gets its own limit, edition and children."""
    from django.core.exceptions import ValidationError
    from wagtail.models import Site

    from leukon_site.practices.models import Practice

    practice = Practice.for_site(Site.objects.get(is_default_site=True))
    practice.definition, practice.emergency_number = "mayo-clinic-2024", "999"
    practice.full_clean()
    practice.save()
    html = client.get(PAGE).content.decode()
    assert "below 3.5 billion" in html
    assert "Emergency: go to hospital now, or call 999" in html
    practice.definition = "no-such-publisher"
    with pytest.raises(ValidationError, match="no definition is called"):
        practice.full_clean()


@pytest.mark.usefixtures("rolled_back")
def test_a_number_to_call_is_read_in_one_order(client):
    """Amid Arabic the groups of a number would change places: it keeps its own direction there."""
    from wagtail.models import Site

    from leukon_site.practices.models import Practice

    practice = Practice.for_site(Site.objects.get(is_default_site=True))
    practice.emergency_number = practice.phone = "0800 123 456"
    practice.save()
    for prefix, number in (("", "0800 123 456"), ("/ar", "\u20660800 123 456\u2069")):
        html = client.get(prefix + PAGE).content.decode()
        footer = html.partition('class="informs"')[2].partition("</p>")[0]
        own = re.sub(r'<span class="beside".*?</span>', "", html + footer, flags=re.DOTALL)
        assert footer.count(number) >= 2
        around = re.findall(r".{0,60}0800 123 456.{0,9}", own)
        assert len(around) > 3
        assert [one for one in around if number not in one] == []


def test_the_strip_says_how_many_publishers_call_it_low(html):
    """How many publishers call the example low is counted by leukon, and is no measure of risk."""
    from leukon import Count, Panel, Person, interpret

    said = interpret(Panel(Person(age="40y"), [Count("WBC", 3.7, "10*9/L")]))["WBC"].agreement
    assert f"Of the {said.total} publishers" in html
    assert f"{said.low} call 3.7 low" in html
    assert "A count of publishers is not a measure of risk" in html
    for vote in said.votes:
        assert escape(vote.publisher) in html


def test_every_emergency_rule_of_the_minimal_set_is_shown(html):
    """No rule without which leukon gives no advice is left out, and the most urgent card is first."""
    from leukon.advice import content

    minimal = [r for r in content().rules.rule if r.minimal_set and r.urgency == "emergency"]
    assert len(minimal) > 10
    for rule in minimal:
        assert escape(rule.rule_public or rule.rule) in html, rule.id
    order = re.findall(r'<h3 id="urgency-([a-z]+)">', html)
    assert order == ["emergency", "urgent", "soon", "routine"]


@pytest.mark.parametrize("word", ["Emergency:", "Urgent:", "Soon:", "Routine:"])
def test_urgency_is_said_in_words(html, word):
    """The heading of a card says the urgency: colour is never the only sign."""
    assert re.search(rf"<h3 id=\"urgency-[a-z]+\">.*{word}", html)


def test_what_nobody_checked_says_so(html):
    """The page says who checked it, or that nobody has, from when it is, and when it is due again."""
    assert "Not yet checked by a clinician" in html
    assert "Last reviewed" not in html
    assert re.search(r'Text as of <time datetime="20\d\d-\d\d-\d\d">', html)
    assert re.search(r'Next review due <time datetime="20\d\d-\d\d-\d\d">', html)


@pytest.mark.usefixtures("rolled_back")
def test_a_review_that_is_overdue_is_said(client):
    """A page whose review is overdue says so; before that day it does not."""
    from leukon_site.pages.models import SymptomPage

    assert "Review overdue" not in client.get(PAGE).content.decode()
    page = SymptomPage.objects.get(slug="low-white-blood-cell-count", locale__language_code="en")
    page.next_review = date.today() - timedelta(days=1)
    page.save_revision().publish()
    assert "Review overdue" in client.get(PAGE).content.decode()


def test_the_links_of_the_practice_stand_in_header_and_footer(html):
    """Appointments, account, doctors and giving are at the top, all others at the bottom."""
    from leukon_site.practices.models import IN_HEADER, KINDS

    header, _, rest = html.partition("</header>")
    footer = rest.partition("<footer")[2]
    for kind, _name in KINDS:
        address = f'href="https://practice.example/{kind}"'
        assert (address in header) == (kind in IN_HEADER), kind
        assert (address in footer) == (kind not in IN_HEADER), kind


def test_children_have_a_curve_and_its_table(html):
    """The lower limit by age is a picture with title and description, and the same as a table."""
    from leukon_site.clinical.limits import child_bands

    assert html.count("<svg") >= 3
    assert "<title>Lower limit by age</title><desc>" in html
    for band in child_bands(""):
        assert f'<td class="num">{band.litre}</td>' in html


def test_every_cause_is_named(html):
    """All causes stand on the page, none without a group."""
    from leukon.causes.content import named_causes

    for cause in named_causes():
        assert escape(cause.name) in html, cause.id


def test_no_advice_to_stop_a_medicine(html):
    """The page tells people to contact the prescriber, and never to stop a medicine."""
    assert "Do not stop a medicine because of this page" in html
    assert not re.search(r"(?<!not )\bstop (taking|the|your)\b", html, re.IGNORECASE)


def test_the_page_prints_on_two_sheets(visit, tmp_path):
    """The print view fits two pages of A4."""
    file = tmp_path / "page.pdf"
    visit(PAGE).pdf(path=file, format="A4", prefer_css_page_size=True, print_background=True)
    sheets = len(re.findall(rb"/Type\s*/Page\b", file.read_bytes()))
    assert sheets == 2


BENEATH = ("in-depth/", "resources/", "news/", "news/new-pages/")


@pytest.mark.parametrize("path", BENEATH)
def test_pages_beneath(client, path):
    """In depth, resources and news are pages of their own beneath the page."""
    answer = client.get(PAGE + path)
    assert answer.status_code == 200
    assert b"Low white blood cell count" in answer.content


OWN = """
id = "our-clinic"
publisher = "Our clinic"
version = "2026"
[[limits]]
analyte = "WBC"
kind = "reference"
low = 3.3
high = 9.9
unit = "10*9/L"
age_from = "18y"
"""


@pytest.mark.usefixtures("rolled_back")
def test_a_practice_pastes_its_own_definition(client):
    """Limits of the practice's own are used wherever counts are judged; a bad file is refused."""
    from django.core.exceptions import ValidationError
    from wagtail.models import Site

    from leukon import Count, Panel, Person, interpret
    from leukon_site.practices.models import Practice

    practice = Practice.for_site(Site.objects.get(is_default_site=True))
    practice.own_definition = OWN
    practice.full_clean()
    practice.save()
    html = client.get(PAGE).content.decode()
    assert "below 3.3 billion" in html
    assert "Our clinic" in html
    assert "has set no limit of its own" not in html
    panel = Panel(Person(age="40y"), [Count("WBC", 3.5, "10*9/L")])
    assert interpret(panel, by=practice.by)["WBC"].flag == "within"
    practice.own_definition = OWN.replace("3.3", "13.3")
    with pytest.raises(ValidationError, match="above the high limit"):
        practice.full_clean()
    practice.own_definition = OWN + OWN.partition("[[limits]]")[2].join(["[[limits]]", ""])
    with pytest.raises(ValidationError, match="equally specific"):
        practice.full_clean()


@pytest.mark.usefixtures("rolled_back")
def test_an_editor_sends_a_change_for_review(client):
    """A change is a revision under review: readers see the old text until it is approved."""
    from django.contrib.auth import get_user_model
    from wagtail.models import Workflow

    from leukon_site.pages.models import SymptomPage

    page = SymptomPage.objects.get(slug="low-white-blood-cell-count", locale__language_code="en")
    editor = get_user_model().objects.create_superuser("someone")
    page.title = "A title under review"
    page.save_revision(user=editor)
    workflow = page.get_workflow()
    assert isinstance(workflow, Workflow)
    state = workflow.start(page, editor)
    assert "A title under review" not in client.get(PAGE).content.decode()
    state.current_task_state.approve(user=editor)
    assert "A title under review" in client.get(PAGE).content.decode()
    assert page.revisions.count() >= 2


@pytest.mark.usefixtures("rolled_back")
def test_a_page_is_published_when_its_time_comes(client):
    """A page with a day to go live is not there before, and is there after."""
    from django.core.management import call_command
    from django.utils import timezone

    from leukon_site.pages.models import NewsIndexPage, NewsPage

    index = NewsIndexPage.objects.get(locale__language_code="en")
    later = timezone.now() + timedelta(days=1)
    news = NewsPage(
        title="Later", slug="later", date=date(2026, 12, 1), text="<p>Later.</p>", live=False
    )
    index.add_child(instance=news)
    news.go_live_at = later
    news.save_revision(approved_go_live_at=later)
    path = f"{PAGE}news/later/"
    assert client.get(path).status_code == 404
    with patch("django.utils.timezone.now", return_value=later + timedelta(minutes=1)):
        call_command("publish_scheduled")
    assert client.get(path).status_code == 200
