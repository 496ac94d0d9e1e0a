"""The first pages in the other languages: translations that editors go on with in the admin.

`content/<language>.po` holds the text of the first pages by their English, made by machine. They
are put in as a translator would, and marked as machine-made: each page says so until an editor has
replaced them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polib
from django.conf import settings
from wagtail.models import Locale, Page
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

CONTENT = Path(__file__).resolve().parent / "content"
TOOL = "leukon"


def translate_first_pages() -> None:
    """Make every page that is there in English in each language that has a file."""
    english = Locale.objects.get(language_code=settings.LANGUAGE_CODE)
    translate(Page.objects.filter(locale=english, depth__gt=1).order_by("path").specific())


def translate(pages: Iterable[Page]) -> None:
    """Make these English pages, parents first, in each language that has a file."""
    sources = [TranslationSource.get_or_create_from_instance(page)[0] for page in pages]
    for code, _ in settings.LANGUAGES:
        texts = first_texts(code)
        locale = Locale.objects.get(language_code=code)
        for source in sources if texts else ():
            _translate(source, locale, texts)


def first_texts(language: str) -> dict[str, str]:
    """The texts of the first pages in a language by their English; empty where there are none."""
    path = CONTENT / f"{language}.po"
    if not path.exists():
        return {}
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}


def _translate(source: TranslationSource, locale: Locale, texts: dict[str, str]) -> None:
    translation, _ = Translation.objects.get_or_create(source=source, target_locale=locale)
    catalogue = translation.export_po()
    for entry in catalogue:
        entry.msgstr = texts.get(entry.msgid, "")
    translation.import_po(catalogue, translation_type="machine", tool_name=TOOL)
    translation.save_target(publish=True)


def is_machine_made(page: Page) -> bool:
    """Whether any text of a page was translated by machine, and nobody has put another in."""
    if page.locale.language_code == settings.LANGUAGE_CODE:
        return False
    made = StringTranslation.objects.filter(
        locale=page.locale,
        context__object_id=page.translation_key,
        translation_type=StringTranslation.TRANSLATION_TYPE_MACHINE,
    )
    return bool(made.exists())
