"""Search as a Django application."""

from django.apps import AppConfig


class Search(AppConfig):
    """Search, and the page for an address that is not there."""

    name = "leukon_site.search"
    label = "site_search"
    verbose_name = "Search"
