"""Which sources a page may use: nothing from elsewhere, nothing inline on a public page."""

from __future__ import annotations

from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE

PUBLIC: dict[str, Any] = {
    "default-src": [NONE],
    "style-src": [SELF],
    "script-src": [SELF],
    "img-src": [SELF],
    "font-src": [SELF],
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}
"""Every public page."""

EDITORS: dict[str, Any] = {
    "default-src": [SELF],
    "style-src": [SELF, UNSAFE_INLINE],
    "script-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF, "data:"],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [SELF],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}
"""Wagtail's editing pages, which bring styles and scripts inside their HTML."""

YEAR = 31_536_000
"""In seconds."""


def keep_for_long(headers: dict[str, str], path: str, url: str) -> None:  # noqa: ARG001
    """A file of the look may be kept for a year: its address changes with its content."""
    if url.startswith("/static/look/"):
        headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
