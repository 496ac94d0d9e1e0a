"""One site, one server, one browser for all tests of the site.

`site` makes the database with its first pages; `client` asks it without a network; `address` is a
server that the browser of `browser` (and `visit`) can reach. A test that writes to the database asks
for `rolled_back`, or leaves what it made to be seen by those after it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.needs import REPOSITORY

SOURCES = REPOSITORY / "site" / "src" / "leukon_site"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """The site as `leukon-site --demo` makes it; returns its data folder."""
    folder = tmp_path_factory.mktemp("site")
    os.environ.update(
        LEUKON_SITE_DEMO="1",
        LEUKON_SITE_DATA=str(folder),
        LEUKON_SITE_HOSTS="localhost,127.0.0.1,testserver",
        DJANGO_SETTINGS_MODULE="leukon_site.settings",
        DJANGO_ALLOW_ASYNC_UNSAFE="true",  # the browser's driver runs a loop in this thread
    )
    import django

    django.setup()
    _first_pages(folder / "site.sqlite3", pytestconfig)
    from leukon_site.pages.load import load_demo

    load_demo()
    return folder


def _first_pages(file: Path, config: pytest.Config) -> None:
    """The database with its first pages in every language: made once for one state of what makes it,
    since it takes twenty seconds.
    """
    from django.core.management import call_command
    from django.db import connection

    from leukon_site.newsletter.load import load_newsletter
    from leukon_site.pages.load import load_pages

    pages = SOURCES / "pages"
    ours = sorted(
        {
            *SOURCES.rglob("migrations/0*.py"),
            *pages.glob("*.py"),
            *pages.glob("content/*"),
            *SOURCES.glob("newsletter/*.py"),
        }
    )
    states = [path.read_bytes() for path in (REPOSITORY / "requirements" / "site.txt", *ours)]
    kept = config.cache.mkdir("site") / f"{hashlib.sha256(b''.join(states)).hexdigest()}.sqlite3"
    if kept.exists():
        shutil.copyfile(kept, file)
        return
    call_command("migrate", verbosity=0, interactive=False)
    load_pages()
    load_newsletter()
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    half = kept.with_suffix(f".{os.getpid()}")  # another process of tests may look for it
    shutil.copyfile(file, half)
    half.replace(kept)


@pytest.fixture
def client(site: Path) -> Iterator[Any]:  # noqa: ARG001 (the site must be there)
    """Asks the site without a network; the language of the last answer does not outlive the test."""
    from django.test import Client
    from django.utils.translation import activate

    yield Client()
    activate("en")


@pytest.fixture
def rolled_back(site: Path) -> Iterator[None]:  # noqa: ARG001 (the site must be there)
    """What the test writes to the database is taken back."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:  # noqa: ARG001 (the site must be there)
    """The address of a server that runs in a thread."""
    from django.core.servers.basehttp import ThreadedWSGIServer
    from django.core.wsgi import get_wsgi_application
    from django.test.testcases import QuietWSGIRequestHandler

    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def visit(window: Callable[..., Any], address: str) -> Callable[..., Any]:
    """Opens a path in an empty window; `complaints` and `requests` of the page are those of now."""

    def open_path(path: str, **options: Any) -> Any:
        page = window(**options)
        page.goto(f"{address}{path}")
        return page

    return open_path
