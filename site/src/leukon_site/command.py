"""`leukon-site`: makes the site ready (database, pages) and serves it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from leukon_site import environment


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code: 0 served and stopped, 2 usage, 3 not served."""
    given = _parser().parse_args(arguments)
    _set_environment(given)
    try:
        _prepare()
    except Exception as refused:
        if type(refused).__name__ != "ImproperlyConfigured":
            raise
        print(f"leukon-site: {refused}", file=sys.stderr)
        return 3
    if given.only_prepare:
        return 0
    _serve(given.address, given.port)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="leukon-site",
        description="The public site of leukon. It informs; it does not diagnose or treat.",
    )
    parser.add_argument("--port", type=int, default=8000, help="port to serve on (8000)")
    parser.add_argument("--address", default="127.0.0.1", help="address to serve on (127.0.0.1)")
    parser.add_argument("--data", type=Path, help="folder of the database and of pictures")
    parser.add_argument(
        "--demo", action="store_true", help="a demonstration: an example practice and an editor"
    )
    parser.add_argument(
        "--only-prepare", action="store_true", help="make the database and pages, serve nothing"
    )
    return parser


def _set_environment(given: argparse.Namespace) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "leukon_site.settings"
    if given.demo:
        os.environ[environment.DEMO] = "1"
    if given.data:
        os.environ[environment.DATA] = str(given.data.resolve())
    os.environ.setdefault(environment.ADDRESS, f"http://localhost:{given.port}")


def _prepare() -> None:
    """Bring the database up to date, and load the first pages."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.DATA_FOLDER.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    from leukon_site.newsletter.load import load_newsletter
    from leukon_site.pages.load import demo_editor, load_demo, load_pages

    load_pages()
    load_newsletter()
    if settings.DEMO:
        load_demo()
        _say(*demo_editor())


def _say(name: str, password: str) -> None:
    from django.conf import settings

    home = environment.address()
    print(f"The site:        {home}/")
    print(f"The page:        {home}/symptoms/low-white-blood-cell-count/")
    print(f"For editors:     {home}/{settings.EDITORS_PATH}")
    print(f"Demo editor:     {name}, password {password} (new at every start)")
    print(
        "This is a demonstration: everybody who reads this can edit. Ctrl-C stops it.", flush=True
    )


def _serve(address: str, port: int) -> None:
    """Serve until stopped; no access log, since what people ask for is theirs."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "leukon_site.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=2,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    sys.exit(main())
