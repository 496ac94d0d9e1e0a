"""The addresses that machines read: without a language, since each page names its own."""

from django.urls import path

from leukon_site.machines import views
from leukon_site.machines.infobutton import infobutton

urlpatterns = [
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("infobutton/", infobutton, name="infobutton"),
]
