"""Who may show the form in a frame: the sites that the practice names, and nobody else."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from csp.utils import build_policy

from leukon_site.practices.models import Practice


def origins(text: str) -> tuple[str, ...]:
    """The origins in a setting, one a line; what is no plain origin is left out.

    >>> origins("https://clinic.example/page https://a.example; script-src *")
    ('https://clinic.example',)
    """
    found = (_origin(word) for word in text.split())
    return tuple(dict.fromkeys(origin for origin in found if origin))


def _origin(word: str) -> str:
    """Scheme, host and port of an address; "" for what could say more than one origin in a header."""
    parts = urlsplit(word)
    plain = parts.netloc and all(sign.isalnum() or sign in ".-:[]" for sign in parts.netloc)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("https", "http") and plain else ""


def policy(practice: Practice) -> str:
    """The policy of the embedded form: nothing from elsewhere, no script, framed by those named."""
    framed = list(origins(practice.embedded_on)) or [NONE]
    directives: dict[str, Any] = {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": framed,
    }
    return build_policy(directives)
