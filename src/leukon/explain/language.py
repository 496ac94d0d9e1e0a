"""One language: messages looked up in a gettext catalogue; English is the language they are in.

`content/locale/<language>.po` holds a translation. Each message stands under its key (its context),
so that two sentences that are the same in English may differ. What is not translated stays English.
The head of the file says who checked the translation: empty until somebody who may has done it.
"""

from __future__ import annotations

import gettext
import io
import re
import struct
from collections.abc import Iterator, Mapping
from functools import cache

from leukon.analytes import CONTENT
from leukon.errors import UsageError
from leukon.explain.names import NAMES
from leukon.explain.person_messages import PERSON
from leukon.explain.professional_messages import PROFESSIONAL

FOLDER = CONTENT / "locale"
ENGLISH = "en"
CHECKED_BY = "x-checked-by"
"""The field of a translation's head that names who checked it."""
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def messages() -> dict[str, str]:
    """Every message by its key: what is said to the person, to a professional, and the names."""
    return {
        **{f"person.{key}": text for key, text in PERSON.items()},
        **{f"professional.{key}": text for key, text in PROFESSIONAL.items()},
        **{f"name.{key}": text for key, text in NAMES.items()},
    }


_MESSAGES = messages()


class Language:
    """Messages in one language.

    >>> Language(ENGLISH, gettext.NullTranslations()).text("name.none")
    'none'
    """

    def __init__(self, code: str, translations: gettext.NullTranslations) -> None:
        """Hold the catalogue of one language."""
        self.code = code
        self._translations = translations

    @property
    def checked_by(self) -> str:
        """Who checked the translation; "" where nobody has: it may be wrong where it matters most.

        >>> language_of("en").checked_by, language_of("es").checked_by
        ('', '')
        """
        return self._translations.info().get(CHECKED_BY, "").strip()

    @property
    def is_checked(self) -> bool:
        """Whether somebody checked the translation. English is what the messages are written in."""
        return self.code == ENGLISH or bool(self.checked_by)

    def knows(self, key: str) -> bool:
        """Whether there is a message with this key."""
        return key in _MESSAGES

    def text(self, key: str, **values: str) -> str:
        """The message with this key, its values filled in."""
        found = self._translations.pgettext(key, _MESSAGES[key])
        return found.format(**values) if values else found

    def content(self, text: str) -> str:
        """A text of the content (a rule, a cause, a reason), where it is translated."""
        return self._translations.pgettext("content", text) if text else ""


def languages() -> tuple[str, ...]:
    """The languages there are."""
    return tuple(sorted({ENGLISH, *(path.stem for path in FOLDER.glob("*.po"))}))


@cache
def language_of(code: str = ENGLISH) -> Language:
    """The language with this code; raises `UsageError` where there is none.

    >>> language_of("en").text("name.count.NEUT")
    'neutrophils'
    """
    if code == ENGLISH:
        return Language(code, gettext.NullTranslations())
    path = FOLDER / f"{code}.po"
    if code not in languages():
        raise UsageError(f"no language is called {code!r}", hint="one of " + ", ".join(languages()))
    return Language(code, translations(path.read_text(encoding="utf-8")))


def translations(text: str) -> gettext.GNUTranslations:
    """The catalogue in a text of the form .po, as gettext knows it."""
    return gettext.GNUTranslations(io.BytesIO(_compiled(dict(entries(text)))))


def entries(text: str) -> Iterator[tuple[str, str]]:
    """The translated entries of a .po text: context and message as gettext joins them, and text."""
    for block in re.split(r"\n\s*\n", text):
        fields = _fields(block)
        if fields.get("msgstr") and "fuzzy" not in block.split("msgid", 1)[0]:
            context = fields.get("msgctxt")
            message = fields.get("msgid", "")
            yield (message if context is None else f"{context}\x04{message}"), fields["msgstr"]


def _fields(block: str) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        if line.startswith("#"):
            continue
        word = line.split(" ", 1)[0]
        name = word if word.startswith("msg") else name
        found[name] = found.get(name, "") + "".join(map(_unquoted, _QUOTED.findall(line)))
    return found


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text)


def _compiled(catalogue: Mapping[str, str]) -> bytes:
    """The binary form (.mo) of a catalogue, which is what gettext reads."""
    rows = sorted((key.encode(), text.encode()) for key, text in catalogue.items())
    start = 28 + 16 * len(rows)
    heads = [b"", b""]
    body = b""
    for side in (0, 1):
        for row in rows:
            heads[side] += struct.pack("<II", len(row[side]), start + len(body))
            body += row[side] + b"\0"
    head = struct.pack("<IIIIIII", 0x950412DE, 0, len(rows), 28, 28 + 8 * len(rows), 0, 0)
    return head + heads[0] + heads[1] + body


def template(extra: Mapping[str, str] | None = None) -> str:
    """The template for translators (.pot): every message, and every text of the content."""
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    blocks = [_block(key, text) for key, text in messages().items()]
    blocks += [_block("content", text, where) for text, where in (extra or {}).items()]
    return "\n".join([head, *blocks])


def _block(context: str, text: str, where: str = "") -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    origin = f"#: {where}\n" if where else ""
    return f'{origin}msgctxt "{context}"\nmsgid "{quoted}"\nmsgstr ""\n'
