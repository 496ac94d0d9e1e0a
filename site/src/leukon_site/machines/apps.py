"""What machines read, as a Django application."""

from django.apps import AppConfig


class Machines(AppConfig):
    """schema.org, the sitemap, robots.txt, infobutton."""

    name = "leukon_site.machines"
    label = "machines"
    verbose_name = "For machines"
