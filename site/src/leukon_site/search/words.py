"""Words as they are compared: without accents, one spelling for British and American, nearly equal."""

from __future__ import annotations

import re
import unicodedata

_WORDS = re.compile(r"[^\W_]+")
_SPELLINGS = (("ph", "f"), ("ae", "e"), ("oe", "e"), ("leuc", "leuk"), ("y", "i"))
_ENDINGS = ("es", "s")
_SHORTEST_CUT = 5
LEFT_OUT = frozenset(
    "a an and are at by count counts for from has have i in is it may my not of on or the to "
    "what when which with".split()
)
"""Words that say nothing about what is looked for."""


def words(text: str) -> list[str]:
    """The words of a text, as they are compared.

    >>> words("Leucopenia, neutropaenia"), words("neutrófilos")
    (['leukopenia', 'neutropenia'], ['neutrofilo'])
    """
    return [folded(word) for word in plain_words(text)]


def plain_words(text: str) -> list[str]:
    """The words of a text as they are spelt, in small letters."""
    return _WORDS.findall(text.casefold())


def telling(text: str) -> list[str]:
    """The words of a text that say what is looked for; all of them where none does."""
    found = plain_words(text)
    return [word for word in found if word not in LEFT_OUT] or found


def folded(word: str) -> str:
    """One word as it is compared."""
    plain = unicodedata.normalize("NFKD", word)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for one, other in _SPELLINGS:
        plain = plain.replace(one, other)
    for ending in _ENDINGS:
        if plain.endswith(ending) and len(plain) >= _SHORTEST_CUT + len(ending) - 1:
            return plain.removesuffix(ending)
    return plain


def allowed(word: str) -> int:
    """How many letters of a word may be wrong: none in a short one, one, then two."""
    if len(word) < 4:
        return 0
    return 1 if len(word) < 8 else 2


def apart(one: str, other: str, most: int) -> int:
    """By how many letters two words differ (added, left out, changed, swapped); most + 1 if more.

    >>> apart("neutrofilo", "neutrofil", 2), apart("lekuopenia", "leukopenia", 2)
    (1, 1)
    >>> apart("measle", "mumps", 1)
    2
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, second in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != second))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == second:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
