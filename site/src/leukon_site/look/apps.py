"""The look as a Django application."""

from django.apps import AppConfig


class Look(AppConfig):
    """Templates, the style sheet, and the headers of every answer."""

    name = "leukon_site.look"
    label = "look"
    verbose_name = "Look"
