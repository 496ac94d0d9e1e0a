"""Tags of the look."""

from __future__ import annotations

from django import template
from django.templatetags.static import static

from leukon_site.look.assets import version

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """The address of a file of the look, which changes when the file does."""
    return f"{static(name)}?v={version(name)}"
