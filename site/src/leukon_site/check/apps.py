"""Check my count as a Django application."""

from django.apps import AppConfig


class Check(AppConfig):
    """The form, and its answer."""

    name = "leukon_site.check"
    label = "check"
    verbose_name = "Check my count"
