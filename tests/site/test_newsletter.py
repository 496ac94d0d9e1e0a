"""The newsletter: asked for twice, left with one press, sent once; and the feeds of the news."""

from __future__ import annotations

import logging
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

OTHERS = ("es", "ar", "zh-hans")
LINK = re.compile(r"http://\S+/newsletter/\S+/")
WHO = "ana@reader.example"


@pytest.fixture(autouse=True)
def post(rolled_back):  # noqa: ARG001 (what is written is taken back)
    """Mails go to a list."""
    from django.core import mail
    from django.test import override_settings

    # A mail draws its boundary from the global random state, whose guard would complain.
    state = random.getstate()
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        yield mail
    random.setstate(state)


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def ask(client, language: str = "en", email: str = WHO):
    """Fill in the form; the answer."""
    start = "" if language == "en" else f"/{language}"
    return client.post(f"{start}/newsletter/", {"email": email})


def confirmed(client, post, language: str = "en", email: str = WHO):
    """Somebody who asked and confirmed."""
    from leukon_site.newsletter.models import Subscriber

    ask(client, language, email)
    client.post(path_of(LINK.search(post.outbox[-1].body)[0]))
    return Subscriber.objects.get(email=email)


def issue(title: str = "November", slug: str = "november"):
    from leukon_site.newsletter.models import IssueIndexPage, IssuePage

    index = IssueIndexPage.objects.get(locale__language_code="en")
    text = '<p>The tables <a href="https://a.example/">have changed</a>.</p>'
    return index.add_child(instance=IssuePage(title=title, slug=slug, text=text))


@pytest.mark.parametrize("language", ["en", *OTHERS])
def test_only_a_button_confirms(client, post, language):
    """The mail is in the language; its link alone, as scanners follow it, confirms nothing."""
    from leukon_site.newsletter.models import Subscriber

    assert ask(client, language).status_code == 200
    mail = post.outbox[-1]
    link = LINK.search(mail.body)[0]
    assert mail.to == [WHO]
    assert mail.alternatives[0][1] == "text/html"
    assert f'<html lang="{language}"' in mail.alternatives[0][0]
    assert WHO not in link
    assert client.get(path_of(link)).status_code == 200
    assert client.head(path_of(link)).status_code == 200
    assert Subscriber.objects.get(email=WHO).confirmed_at is None
    assert client.post(path_of(link)).status_code == 200
    found = Subscriber.objects.get(email=WHO)
    assert found.confirmed_at
    assert found.language == language


def test_a_false_or_old_link_confirms_nothing(client, post, monkeypatch):
    """A link that was changed, or is older than a week, is refused and says so."""
    from django.core import signing

    ask(client)
    link = path_of(LINK.search(post.outbox[-1].body)[0])
    assert client.post(link[:-3] + "xx/").status_code == 410
    later = time.time() + timedelta(days=8).total_seconds()
    monkeypatch.setattr(signing.time, "time", lambda: later)
    assert client.post(link).status_code == 410


def test_a_link_to_confirm_does_not_leave_nor_the_other_way(client, post):
    """Each link does one thing."""
    from leukon_site.newsletter.links import leave_link
    from leukon_site.newsletter.models import Subscriber

    ask(client)
    confirm = path_of(LINK.search(post.outbox[-1].body)[0])
    client.post(confirm.replace("/confirm/", "/leave/"))
    subscriber = Subscriber.objects.get(email=WHO)
    assert (
        client.post(path_of(leave_link(subscriber)).replace("/leave/", "/confirm/")).status_code
        == 410
    )


def test_nobody_learns_who_is_on_the_list(client, post):
    """A new, a known and a confirmed address get the same answer."""
    first = ask(client).content
    again = ask(client).content
    confirmed(client, post, email="other@reader.example")
    assert first == again == ask(client, email="other@reader.example").content


@pytest.mark.parametrize(("typed", "words"), [("", "Type your"), ("ana", "no e-mail address")])
def test_a_slip_is_named_beside_its_field(client, typed, words):
    """What was typed is kept, what is wrong stands beside it."""
    answer = ask(client, email=typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert f'value="{typed}"' in html
    assert 'aria-describedby="email-problem"' in html


def test_nobody_is_flooded(client, post):
    """Four forms for one address send three mails; the answer does not change."""
    answers = {ask(client).content for _ in range(4)}
    assert len(post.outbox) == 3
    assert len(answers) == 1


def test_one_place_may_not_ask_for_everybody(client, post):
    """From one place a score of forms a day, then no more; neither place nor address is kept."""
    from leukon_site.newsletter.models import Attempts

    answers = [ask(client, email=f"a{n}@reader.example").status_code for n in range(22)]
    assert answers == [200] * 20 + [429] * 2
    assert len(post.outbox) == 20
    kept = " ".join(Attempts.objects.values_list("who", flat=True))
    assert "127.0.0.1" not in kept
    assert re.fullmatch(r"[0-9a-f ]+", kept)


def test_what_was_counted_is_forgotten_the_next_day(client):
    """The hashes of yesterday are deleted, and mean another place today."""
    from leukon_site.newsletter.models import Attempts

    ask(client)
    before = set(Attempts.objects.values_list("who", flat=True))
    Attempts.objects.update(on="2020-01-01")
    ask(client)
    assert len(before) == 2
    assert Attempts.objects.filter(on="2020-01-01").count() == 0


def test_who_is_before_a_proxy_is_believed_as_told(rf_place):
    """The header counts only as far as the proxies of the site go."""
    assert rf_place("9.9.9.9, 1.1.1.1", proxies=0) == "127.0.0.1"
    assert rf_place("9.9.9.9, 1.1.1.1", proxies=1) == "1.1.1.1"
    assert rf_place("", proxies=1) == "127.0.0.1"


@pytest.fixture
def rf_place(monkeypatch):
    from django.test import RequestFactory

    from leukon_site import environment
    from leukon_site.newsletter.limits import place

    def found(passed: str, proxies: int) -> str:
        monkeypatch.setenv(environment.PROXIES, str(proxies))
        return place(RequestFactory().get("/", headers={"x-forwarded-for": passed}))

    return found


def test_who_does_not_confirm_is_forgotten(client):
    """After a week an address that was not confirmed is deleted."""
    from leukon_site.newsletter.models import CONFIRM_WITHIN, Subscriber

    ask(client)
    assert Subscriber.forget_unconfirmed() == 0
    one = Subscriber.objects.get(email=WHO)
    one.asked_at -= CONFIRM_WITHIN + timedelta(minutes=1)
    one.save()
    assert Subscriber.forget_unconfirmed() == 1


def test_a_mail_server_that_is_gone_is_said_and_keeps_nothing(client, monkeypatch, caplog):
    """The person reads that no mail went out; no address stands in the log."""
    from leukon_site.newsletter import views
    from leukon_site.newsletter.models import Subscriber

    class Gone:
        def send(self) -> None:
            raise ConnectionRefusedError(WHO)

    monkeypatch.setattr(views.mails, "confirmation", lambda _one: Gone())
    logging.getLogger("leukon_site").propagate = True
    assert ask(client).status_code == 503
    assert not Subscriber.objects.exists()
    assert WHO not in caplog.text


def test_an_issue_can_be_left_with_one_press(client, post):
    """RFC 8058: both headers, over which a POST without a cookie takes the address off the list."""
    from leukon_site.newsletter.models import Delivery, Subscriber
    from leukon_site.newsletter.sending import send

    confirmed(client, post)
    send(issue())
    mail = post.outbox[-1]
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail.extra_headers["List-Unsubscribe"].strip("<>")
    assert address in mail.body
    assert address in mail.alternatives[0][0]
    assert client.get(path_of(address)).status_code == 200
    assert Subscriber.objects.count() == 1
    done = client.post(path_of(address), {"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert not done.cookies
    assert not Subscriber.objects.exists()
    assert not Delivery.objects.exists()
    assert client.post(path_of(address)).status_code == 200


def test_each_reads_an_issue_in_their_language(client, post):
    """The translation of the issue goes to those who speak it; the others get English, and are told."""
    from wagtail.models import Locale

    from leukon_site.newsletter.sending import send

    first = issue()
    spanish = first.copy_for_translation(Locale.objects.get(language_code="es"))
    spanish.title, spanish.text = "Noviembre", "<p>Las tablas.</p>"
    spanish.save_revision().publish()
    for language, email in (("en", "en@r.example"), ("es", "es@r.example"), ("ar", "ar@r.example")):
        confirmed(client, post, language, email)
    post.outbox.clear()
    send(first)
    found = {mail.to[0][:2]: mail for mail in post.outbox}
    assert [found[code].subject for code in ("en", "es", "ar")] == [
        "November",
        "Noviembre",
        "November",
    ]
    assert "/es/newsletter/leave/" in found["es"].body
    assert "Las tablas." in found["es"].body
    assert "have changed (https://a.example/)" in found["en"].body
    assert '<html lang="ar" dir="rtl">' in found["ar"].alternatives[0][0]
    assert '<div lang="en" dir="ltr"><h1>November' in found["ar"].alternatives[0][0]


def test_an_issue_is_sent_once(client, post):
    """Who confirms later, or comes again, gets the next one; a second run says when it was sent."""
    from leukon_site.newsletter.sending import NotSent, send

    confirmed(client, post)
    ask(client, email="never@r.example")
    post.outbox.clear()
    first = issue()
    assert send(first) == (1, 0, 0)
    assert [mail.to for mail in post.outbox] == [[WHO]]
    with pytest.raises(NotSent, match="was sent on"):
        send(first)


def test_what_is_not_published_is_not_sent(client, post):
    """A draft, or an issue whose time has not come, is refused."""
    from leukon_site.newsletter.sending import NotSent, send

    confirmed(client, post)
    draft = issue()
    draft.unpublish()
    with pytest.raises(NotSent, match="not published"):
        send(draft)


def test_a_refused_mail_is_tried_three_times(client, post, monkeypatch):
    """One that the server refuses holds up nobody, is tried by three runs, and then left."""
    from leukon_site.newsletter import sending

    for email in ("bad@r.example", "good@r.example"):
        confirmed(client, post, email=email)
    took = sending._took
    monkeypatch.setattr(sending, "_took", lambda mail: "bad" not in mail.to[0] and took(mail))
    one = issue()
    assert [tuple(sending.send(one)) for _ in range(3)] == [(1, 1, 1), (0, 1, 1), (0, 1, 0)]


def test_two_runs_at_once_are_one(client, post):
    """While a run sends, another is refused."""
    from leukon_site.newsletter import sending

    confirmed(client, post)
    with sending._alone(), pytest.raises(sending.NotSent, match="another run"):
        sending.send(issue())


PREPARE = """
import django; django.setup()
from leukon_site.newsletter.models import *
index = IssueIndexPage.objects.get(locale__language_code="en")
index.add_child(instance=IssuePage(title="November", slug="november", text="<p>New.</p>"))
now = timezone.now()
Subscriber.objects.bulk_create(
    Subscriber(email=f"r{n}@r.example", language="en", confirmed_at=now) for n in range(150)
)
"""


def test_a_run_that_is_killed_goes_on(site, tmp_path):
    """Killed in the middle and run again: every subscriber has the issue, and nobody has two."""
    shutil.copy(_folded(site / "site.sqlite3", tmp_path), tmp_path / "site.sqlite3")
    environment = {**os.environ, "LEUKON_SITE_DATA": str(tmp_path)}
    subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True)
    command = [sys.executable, "-m", "django", "send_newsletter", "november"]
    run = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    for _ in range(6000):
        if len(_sent(tmp_path)) >= 20 or run.poll() is not None:
            break
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL
    before = len(_sent(tmp_path))
    assert 20 <= before < 150
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert "goes on where the last run stopped" in done.stdout
    sent = _sent(tmp_path)
    assert len(set(sent)) == 150
    # The one mail that was on its way when the run died may come twice, under the same name.
    assert len(sent) <= 151
    assert sum(1 for one in set(sent) if sent.count(one) > 1) <= 1


def _folded(database: Path, folder: Path) -> Path:
    """A copy of a database that is in use, whole."""
    with sqlite3.connect(database) as source, sqlite3.connect(folder / "copy.sqlite3") as copy:
        source.backup(copy)
    return folder / "copy.sqlite3"


def _sent(folder: Path) -> list[str]:
    """The names of all mails that were handed over."""
    texts = (path.read_text(encoding="utf-8") for path in (folder / "mail").glob("*"))
    return re.findall(r"^Message-ID:\s*(\S+@\S+>)", "".join(texts), re.MULTILINE)


@pytest.mark.parametrize("language", ["en", *OTHERS])
@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_the_news_are_a_feed_in_every_language(client, language, kind):
    """RSS and Atom hold the news of the language, with whole addresses and days."""
    start = "" if language == "en" else f"/{language}"
    answer = client.get(f"{start}/news.{kind}")
    root = ET.fromstring(answer.content)
    text = answer.content.decode()
    assert kind in answer.headers["Content-Type"]
    assert len([one for one in root.iter() if one.tag.split("}")[-1] in ("item", "entry")]) == 1
    assert f"http://testserver{start}/symptoms/low-white-blood-cell-count/news/new-pages/" in text
    assert re.search(rf"<language>{language}</language>|xml:lang=\"{language}\"", text)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", [{"width": 320, "height": 640}, {"width": 1280, "height": 900}])
def test_the_pages_of_the_newsletter_keep_nothing_from_anybody(visit, language, size):
    """axe finds nothing, and nothing is wider than the page."""
    from axe_playwright_python.sync_playwright import Axe

    start = "" if language == "en" else f"/{language}"
    for path in (
        "/newsletter/",
        "/newsletter/leave/none/",
        "/newsletter/confirm/none/",
        "/issues/",
    ):
        page = visit(f"{start}{path}", viewport=size)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
