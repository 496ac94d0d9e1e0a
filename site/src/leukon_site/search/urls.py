"""The address of the search."""

from django.urls import path

from leukon_site.search import views

urlpatterns = [path("search/", views.results, name="search")]
