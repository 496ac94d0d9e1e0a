"""The addresses of check my count."""

from __future__ import annotations

from django.urls import path

from leukon_site.check import views

urlpatterns = [
    path("check/", views.check, name="check"),
    path("embed/check/", views.embedded, name="check-embedded"),
]
