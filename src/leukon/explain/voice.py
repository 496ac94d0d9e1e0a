"""One audience in one language: sentences are looked up here, and nowhere put together."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from leukon.explain.language import Language
from leukon.explain.numbers import number

PERSON, PROFESSIONAL = "person", "professional"
AUDIENCES = (PERSON, PROFESSIONAL)


class Sentence(Struct, frozen=True):
    """One sentence, or a few that belong together: a code for programs, and a text for people.

    `about` is the count or the row it speaks of.
    """

    code: str
    text: str
    about: str = ""


class Voice(Struct, frozen=True):
    """Whom leukon speaks to, and in which language."""

    audience: str
    language: Language

    @property
    def is_plain(self) -> bool:
        """Whether it speaks to the person."""
        return self.audience == PERSON

    def say(self, code: str, about: str = "", /, **values: str) -> Sentence:
        """The sentence with this code, its values filled in."""
        return Sentence(code, self.language.text(f"{self.audience}.{code}", **values), about)

    def knows(self, code: str) -> bool:
        """Whether there is a sentence with this code for the audience."""
        return self.language.knows(f"{self.audience}.{code}")

    def name(self, key: str, **values: str) -> str:
        """A name that stands by itself."""
        return self.language.text(f"name.{key}", **values)

    def number(
        self, value: float, analyte: str = "", *, near: tuple[float | None, ...] = ()
    ) -> str:
        """A number as `number` prints it, with the decimal sign of the language."""
        return self.signed(number(value, analyte, near=near))

    def signed(self, text: str) -> str:
        """A printed number with the decimal sign of the language."""
        return text.replace(".", self.name("decimal-sign"))

    def title(self, analyte: str) -> str:
        """What a count is called, with a capital letter."""
        found = self.name(f"count.{analyte}")
        return found[:1].upper() + found[1:]

    def lines(self, analytes: Iterable[str]) -> str:
        """Several counts by name, or "none"."""
        return ", ".join(self.name(f"count.{one}") for one in analytes) or self.name("none")

    def listed(self, texts: Iterable[str]) -> str:
        """Codes or names in a row, or "none"."""
        return ", ".join(texts) or self.name("none")

    def content(self, text: str) -> str:
        """A text of the content."""
        return self.language.content(text)
