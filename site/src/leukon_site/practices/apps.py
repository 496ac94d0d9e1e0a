"""The practice as a Django application."""

from django.apps import AppConfig


class Practices(AppConfig):
    """The practice whose site this is."""

    name = "leukon_site.practices"
    label = "practices"
    verbose_name = "Practice"
