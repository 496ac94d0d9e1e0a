"""The pages as a Django application."""

from django.apps import AppConfig


class Pages(AppConfig):
    """Pages that editors make."""

    name = "leukon_site.pages"
    label = "pages"
    verbose_name = "Pages"

    def ready(self) -> None:
        """Watch for what makes kept pages old."""
        from leukon_site.pages.changes import watch

        watch()
