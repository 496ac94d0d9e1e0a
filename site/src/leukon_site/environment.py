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


MAIL, MAIL_FROM, PROXIES = "LEUKON_SITE_MAIL", "LEUKON_SITE_MAIL_FROM", "LEUKON_SITE_PROXIES"


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


def mail(folder: Path) -> dict[str, Any]:
    """How mail is sent, as settings: the server named, else files in the data folder.

    Raises `ImproperlyConfigured` for an address of another kind; the address is not repeated, since
    it holds a password.
    """
    given = os.environ.get(MAIL, "")
    if not given:
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": str(folder / "mail")}
    parts = urlsplit(given)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured(
            f"{MAIL} is no address of a mail server. Write smtp://user:password@host:587, "
            "or smtps://... where the server speaks TLS from the start"
        )
    is_tls = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if is_tls else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_tls,
        "EMAIL_USE_TLS": not is_tls and parts.hostname not in ("localhost", "127.0.0.1"),
        "EMAIL_TIMEOUT": 30,
    }


def has_mail() -> bool:
    """Whether a mail server is named; without one only a demonstration offers the newsletter."""
    return bool(os.environ.get(MAIL))


def mail_from() -> str:
    """From whom mails are."""
    return os.environ.get(MAIL_FROM) or "newsletter@localhost"


def proxies() -> int:
    """How many proxies of one's own stand before the site and say for whom they ask."""
    given = os.environ.get(PROXIES, "0")
    if not given.isdecimal():
        raise ImproperlyConfigured(f"{PROXIES} is no number of proxies. Write 0, 1, 2 ...")
    return int(given)


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
