"""The addresses of the site: English without a prefix, other languages under theirs."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as editing_urls
from wagtail.documents import urls as document_urls

handler404 = "leukon_site.search.views.not_found"
handler500 = "leukon_site.pages.failures.server_error"

urlpatterns = [
    path(settings.EDITORS_PATH, include(editing_urls)),
    path("documents/", include(document_urls)),
    # Pictures that editors uploaded; few, and the policy of public pages holds for them too.
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
    path("", include("leukon_site.machines.urls")),
    *i18n_patterns(
        # Doors with code of their own stand here, before the pages that editors make.
        path("", include("leukon_site.check.urls")),
        path("", include("leukon_site.atoz.urls")),
        path("", include("leukon_site.search.urls")),
        path("", include("leukon_site.newsletter.urls")),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]
