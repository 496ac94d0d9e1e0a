"""The settings of the site; what differs from one place to another comes from the environment."""

from __future__ import annotations

from pathlib import Path

from leukon_site import environment
from leukon_site.settings import policy
from leukon_site.settings.logs import LOGGING as LOGGING

PACKAGE = Path(__file__).resolve().parents[1]
DATA_FOLDER = environment.data_folder()

DEMO = environment.is_demo()
DEBUG = False
SECRET_KEY = environment.secret_key(DATA_FOLDER)
ALLOWED_HOSTS = environment.hosts()
DATABASES = {"default": environment.database(DATA_FOLDER)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "leukon_site.urls"
WSGI_APPLICATION = "leukon_site.wsgi.application"

INSTALLED_APPS = [
    "leukon_site.look",
    "leukon_site.speech",
    "leukon_site.practices",
    "leukon_site.newsletter",
    "leukon_site.pages",
    "leukon_site.check",
    "leukon_site.atoz",
    "leukon_site.search",
    "leukon_site.machines",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "leukon_site.look.middleware.Headers",
    "django.middleware.gzip.GZipMiddleware",  # the style sheets, and what is not kept packed
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "leukon_site.look.keeping.PageCache",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "leukon_site.look.context.look",
            ],
        },
    }
]

# Languages: the address says which, so that a page can be kept, sent and cached.
LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [
    ("en", "English"),
    ("es", "Español"),
    ("ar", "العربية"),
    ("zh-hans", "简体中文"),
]
LOCALE_PATHS = [str(PACKAGE / "locale")]
USE_I18N = WAGTAIL_I18N_ENABLED = True
USE_TZ = True
FORMAT_MODULE_PATH = ["leukon_site.formats"]
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = str(DATA_FOLDER / "media")
# The files of the installed packages are served as they are: nothing to collect before a start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = policy.keep_for_long

# Safety on the wire. A demonstration runs without TLS on one machine.
_SECURE = environment.address().startswith("https://")
CSRF_TRUSTED_ORIGINS = [environment.address()]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = policy.YEAR if _SECURE else 0
SECURE_SSL_REDIRECT = False  # the proxy in front does it: a second opinion here would loop
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy.PUBLIC}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]

# Mail, for the newsletter. A demonstration writes it to files.
globals().update(environment.mail(DATA_FOLDER))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.mail_from()
NEWSLETTER = DEMO or environment.has_mail()

# Wagtail: nothing is asked of other servers.
WAGTAIL_SITE_NAME = "leukon"
WAGTAILADMIN_BASE_URL = environment.address()
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_WORKFLOW_ENABLED = True
EDITORS_PATH = "cms/"
