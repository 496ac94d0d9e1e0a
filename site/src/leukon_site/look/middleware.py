"""The headers of every answer: which sources a page may use, who may frame it, what it may ask for."""

from __future__ import annotations

from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from leukon_site.settings import policy

Answer = Callable[[HttpRequest], HttpResponse]
POLICY = "Content-Security-Policy"
_UNUSED = (
    "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"
)


class Headers:
    """Adds the headers; an answer that brings a policy of its own keeps it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self._editing = f"/{settings.EDITORS_PATH}"
        self._public = build_policy(policy.PUBLIC)
        self._editors = build_policy(policy.EDITORS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with headers."""
        response = self.get_response(request)
        editing = request.path_info.startswith(self._editing)
        response.headers.setdefault(POLICY, self._editors if editing else self._public)
        response.headers.setdefault("Permissions-Policy", _UNUSED)
        return response
