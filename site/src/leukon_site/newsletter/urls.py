"""The addresses of the newsletter and of the feeds."""

from django.urls import path

from leukon_site.newsletter import feeds, views

urlpatterns = [
    path("newsletter/", views.subscribe, name="newsletter"),
    path("newsletter/confirm/<str:token>/", views.confirm, name="newsletter-confirm"),
    path("newsletter/leave/<str:token>/", views.leave, name="newsletter-leave"),
    path("news.rss", feeds.NewsRss(), name="news-rss"),
    path("news.atom", feeds.NewsAtom(), name="news-atom"),
]
