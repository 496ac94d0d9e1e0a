"""What holds for every answer of the site, and how it starts."""

from __future__ import annotations

import pytest

PATHS = ("/", "/symptoms/", "/symptoms/low-white-blood-cell-count/")
PAGE = PATHS[-1]


@pytest.mark.parametrize("path", PATHS)
def test_public_pages_allow_nothing_inline_and_nothing_from_elsewhere(client, path):
    """Every public page forbids inline styles and scripts, frames, and other hosts."""
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert answer.status_code == 200
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", PATHS)
def test_public_pages_set_no_cookie(client, path):
    """Who only reads is given nothing to carry."""
    assert not client.get(path).cookies


def test_the_editors_policy_is_looser_on_its_own_path_only(client):
    """Wagtail's pages bring inline scripts; they are allowed there, and nowhere else."""
    assert "'unsafe-inline'" in client.get("/cms/login/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PATHS)
def test_a_demonstration_says_so(client, path):
    """Demo mode is marked on every page."""
    assert b"This is a demonstration" in client.get(path).content


def test_a_site_without_a_secret_is_refused(monkeypatch, tmp_path):
    """A real site starts with a secret of its own, or not at all."""
    from django.core.exceptions import ImproperlyConfigured

    from leukon_site import environment

    monkeypatch.delenv(environment.DEMO, raising=False)
    monkeypatch.delenv(environment.SECRET, raising=False)
    with pytest.raises(ImproperlyConfigured, match="secret key"):
        environment.secret_key(tmp_path)


def test_the_address_of_a_database_is_never_repeated():
    """An address that cannot be read is refused without its password."""
    from django.core.exceptions import ImproperlyConfigured

    from leukon_site import environment

    with pytest.raises(ImproperlyConfigured) as refused:
        environment.postgres("mysql://someone:hidden@host/name")
    assert "hidden" not in str(refused.value)
    found = environment.postgres("postgresql://a%40b:p%2Fw@db:5433/leukon?sslmode=require")
    assert (found["USER"], found["PASSWORD"], found["PORT"]) == ("a@b", "p/w", "5433")
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_models_and_migrations_agree(site):
    """No change of a model lacks its migration."""
    from django.core.management import call_command

    assert site.is_dir()
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize("path", [PAGE])
def test_a_browser_asks_this_site_alone_and_complains_of_nothing(visit, address, path):
    """No request leaves for another host, and the console stays empty."""
    page = visit(path)
    assert page.complaints == []
    assert {url for url in page.requests if not url.startswith(address)} == set()
