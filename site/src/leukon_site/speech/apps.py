"""The speech as a Django application, for its tags."""

from django.apps import AppConfig


class Speech(AppConfig):
    """How pages speak their language."""

    name = "leukon_site.speech"
    label = "speech"
    verbose_name = "Speech"
