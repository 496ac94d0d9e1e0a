"""The newsletter as a Django application."""

from django.apps import AppConfig


class Newsletter(AppConfig):
    """Subscribers, issues, sending."""

    name = "leukon_site.newsletter"
    label = "newsletter"
    verbose_name = "Newsletter"
