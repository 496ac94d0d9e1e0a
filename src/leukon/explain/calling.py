"""The number that is called in an emergency, as a sentence in a language holds it.

It is put in after translating: with it no translation of the sentence would be found.
"""

from __future__ import annotations

from leukon.advice.answer import LOCAL_NUMBER, THE_NUMBER
from leukon.explain.language import Language

RIGHT_TO_LEFT = ("ar",)
"""The languages of leukon that are written from right to left."""
_LEFT_TO_RIGHT, _END = "\u2066", "\u2069"


def with_number(translated: str, number: str, language: Language) -> str:
    """A translated action with the practice's number in it; "": the words for a local one.

    >>> from leukon.explain.language import language_of
    >>> with_number("call the emergency number", "0800 123", language_of("en"))
    'call 0800 123'
    """
    given = dialled(number, language.code) or language.content(LOCAL_NUMBER)
    return translated.replace(language.content(THE_NUMBER), given).replace(THE_NUMBER, given)


def dialled(number: str, language_code: str) -> str:
    """A number to call, which amid a language written from right to left keeps its own direction.

    Groups of digits change places there: 0800 123 would be read, and called, as 123 0800.

    >>> "0800 123" in dialled("0800 123", "ar"), len(dialled("0800 123", "ar")), dialled("", "ar")
    (True, 10, '')
    """
    if not number or language_code not in RIGHT_TO_LEFT:
        return number
    return f"{_LEFT_TO_RIGHT}{number}{_END}"
