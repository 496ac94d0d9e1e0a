"""Brings leukon's translations up to its messages: `content/locale/<language>.po`.

`python tools/make_translations.py` puts the messages of each file in the order of the template,
leaves out what leukon no longer says, and adds what is new with an empty translation, which means
English. It translates nothing and keeps the head of the file, which says who checked it: a field of
that record that the head does not hold is added, empty where nobody has done it.
`--missing LANGUAGE` prints what is not translated. Evidence and monitoring of drugs, which are for
professionals and full of addresses, may stay English and are not printed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from leukon.audit import TRANSLATION
from leukon.explain.language import ENGLISH, FOLDER, entries, languages

A_YEAR = timedelta(days=365)
_CONTEXT = re.compile(r'^msgctxt "(.*)"$', re.MULTILINE)
_MESSAGE = re.compile(r'^msgid "(.*)"$', re.MULTILINE)
_TRANSLATION = re.compile(r'^msgstr "(.*)"$', re.MULTILINE)
_MAY_STAY_ENGLISH = "#: drugs\n"


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Each entry of a catalogue under its context and message, as written in the file."""
    for block in text.strip().split("\n\n"):
        context, message = _CONTEXT.search(block), _MESSAGE.search(block)
        if context and message:
            yield f"{context[1]}\x04{message[1]}", block


def head(text: str, today: date) -> str:
    """What stands before the first message: from what, who translated, who checked, when again."""
    found = text.partition("\n\nmsgctxt")[0].partition("\n\n#: ")[0].strip()
    known = {
        "source": "the English messages and texts of leukon (leukon.pot)",
        "author": "machine",
        "next_review": (today + A_YEAR).isoformat(),
    }
    lacking = [field for field, name in TRANSLATION.items() if f'"{name}:' not in found]
    lines = [f'"{TRANSLATION[field]}: {known.get(field, "")}\\n"' for field in lacking]
    return "\n".join([found, *lines])


def merged(template: str, translated: str, today: date) -> str:
    """A translation in the order of the template."""
    known = {
        key: found[1] for key, block in blocks(translated) if (found := _TRANSLATION.search(block))
    }
    body = [
        block.replace('msgstr ""', f'msgstr "{known.get(key, "")}"')
        for key, block in blocks(template)
    ]
    return "\n\n".join([head(translated, today), *body]) + "\n"


def missing(template: str, translated: str) -> list[str]:
    """The messages that must be translated and are not, as written in the template."""
    known = {key for key, block in blocks(translated) if 'msgstr ""' not in block}
    return [
        block
        for key, block in blocks(template)
        if key not in known and not block.startswith(_MAY_STAY_ENGLISH)
    ]


def _files() -> Iterator[tuple[str, Path]]:
    yield from ((one, FOLDER / f"{one}.po") for one in languages() if one != ENGLISH)


def main(arguments: list[str]) -> int:
    """Merge every language, or print what one lacks (exit 1)."""
    template = (FOLDER / "leukon.pot").read_text(encoding="utf-8")
    if arguments[:1] == ["--missing"]:
        lacking = missing(template, (FOLDER / f"{arguments[1]}.po").read_text(encoding="utf-8"))
        print("\n\n".join(lacking))
        return 1 if lacking else 0
    for language, path in _files():
        text = merged(template, path.read_text(encoding="utf-8"), date.today())
        path.write_text(text, encoding="utf-8", newline="\n")
        count, lacking = len(dict(entries(text))), len(missing(template, text))
        print(f"{language}: {count} entries, {lacking} to translate")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
