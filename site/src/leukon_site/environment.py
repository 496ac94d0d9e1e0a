"""What the environment says of this site: its secret, its folder, its database, its hosts."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SECRET, DEMO, DATA = "LEUKON_SITE_SECRET_KEY", "LEUKON_SITE_DEMO", "LEUKON_SITE_DATA"
DATABASE, HOSTS, ADDRESS = "LEUKON_SITE_DATABASE", "LEUKON_SITE_HOSTS", "LEUKON_SITE_ADDRESS"
_SCHEMES = ("postgres", "postgresql")


def is_demo() -> bool:
    """Whether this is a demonstration: marked on every page, with an account for everybody."""
    return os.environ.get(DEMO) == "1"


def data_folder() -> Path:
    """Where the database and uploaded pictures are."""
    return Path(os.environ.get(DATA) or "leukon-site-data").resolve()


def secret_key(folder: Path) -> str:
    """The key that signs forms and sessions; a demonstration makes one and keeps it.

    Raises `ImproperlyConfigured` where a real site has none.
    """
    given = os.environ.get(SECRET, "")
    if given:
        return given
    if not is_demo():
        raise ImproperlyConfigured(
            f"the site has no secret key. Set {SECRET} to a long random text, "
            "or start a demonstration with leukon-site --demo"
        )
    return _kept(folder / "demo-secret")


def _kept(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return file.read_text(encoding="ascii")


def hosts() -> list[str]:
    """The names under which the site may be asked for."""
    named = [name for name in os.environ.get(HOSTS, "").split(",") if name]
    return named or ["localhost", "127.0.0.1", "[::1]"]


def address() -> str:
    """The public address, without a slash at its end."""
    return os.environ.get(ADDRESS, "http://localhost:8000").rstrip("/")


def database(folder: Path) -> dict[str, Any]:
    """The database as Django wants it: SQLite in the data folder, or the PostgreSQL server named.

    Raises `ImproperlyConfigured` for an address of another kind; the address is not repeated, since
    it holds a password.
    """
    given = os.environ.get(DATABASE, "")
    return postgres(given) if given else sqlite(folder / "site.sqlite3")


def sqlite(file: Path) -> dict[str, Any]:
    """A SQLite file that readers and a writer share: WAL, writes begin at once, and wait in line."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def postgres(given: str) -> dict[str, Any]:
    """A PostgreSQL database from postgresql://user:password@host:port/name?sslmode=require."""
    parts = urlsplit(given)
    if parts.scheme not in _SCHEMES or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{DATABASE} is no address of a PostgreSQL database. "
            "Write postgresql://user:password@host:port/name"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
