"""The addresses of the A to Z."""

from __future__ import annotations

from django.urls import path

from leukon_site.atoz import views
from leukon_site.atoz.entry import CONDITION, DEFINITION, DRUG, TEST

urlpatterns = [
    path("symptoms/", views.symptoms, name="symptoms"),
    path("symptoms/<slug:slug>/", views.symptom, name="symptom"),
    path("conditions/", views.index, {"kind": CONDITION}, name="conditions"),
    path("conditions/<slug:slug>/", views.show, {"kind": CONDITION}, name="condition"),
    path("tests/", views.index, {"kind": TEST}, name="tests"),
    path("tests/limits/", views.index, {"kind": DEFINITION}, name="definitions"),
    path("tests/limits/<slug:slug>/", views.show, {"kind": DEFINITION}, name="definition"),
    path("tests/<slug:slug>/", views.show, {"kind": TEST}, name="test"),
    path("drugs/", views.index, {"kind": DRUG}, name="drugs"),
    path("drugs/<slug:slug>/", views.show, {"kind": DRUG}, name="drug"),
]
