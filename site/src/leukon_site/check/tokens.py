"""The token of the embedded form: signed, with an expiry, and no cookie.

A frame on another site gets no cookie from a careful browser. The token says that the form came from
this site, and when; it holds nothing of the person.
"""

from __future__ import annotations

from django.core import signing

SALT = "leukon-site.check.embed"
LASTS = 4 * 60 * 60
"""So many seconds a form may lie open: a long phone call, not a day."""
_WORD = "check"


def new_token() -> str:
    """A token for a form that is shown now."""
    return signing.TimestampSigner(salt=SALT).sign(_WORD)


def holds(token: str) -> bool:
    """Whether a token is ours and has not expired."""
    try:
        return signing.TimestampSigner(salt=SALT).unsign(token, max_age=LASTS) == _WORD
    except signing.BadSignature:
        return False
