"""What every template may need to know."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def look(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 (Django hands it in)
    """Whether this is a demonstration."""
    return {"is_demo": settings.DEMO, "has_newsletter": settings.NEWSLETTER}
