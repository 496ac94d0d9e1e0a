"""An interpretation in words, for the person or for a professional, in any language there is.

Numbers, limits and names are filled in from the data; every sentence about a flag says whose
definition it is; none of them is a diagnosis, and the last says what leukon is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct

from leukon.causes import DrugNote, FittingCause
from leukon.errors import UsageError
from leukon.explain import beside, counts, found
from leukon.explain.language import ENGLISH, language_of, languages
from leukon.explain.voice import AUDIENCES, Sentence, Voice
from leukon.findings import Finding
from leukon.interpretation import Interpretation

__all__ = ["Also", "Explanation", "Sentence", "explain", "languages"]


class Also(Struct, frozen=True, kw_only=True):
    """What is explained beside the interpretation, where it is known.

    `today` marks content that is overdue for review.
    """

    findings: Sequence[Finding] = ()
    causes: Sequence[FittingCause] = ()
    drugs: Sequence[DrugNote] = ()
    today: date | None = None


class Explanation(Struct, frozen=True):
    """The sentences, in the order in which they are read."""

    audience: str
    language: str
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """All sentences, a line each."""
        return "\n".join(sentence.text for sentence in self.sentences)

    def about(self, what: str) -> tuple[Sentence, ...]:
        """The sentences about one count, finding, cause, rule or medicine."""
        return tuple(sentence for sentence in self.sentences if sentence.about == what)


def explain(
    interpretation: Interpretation,
    also: Also | None = None,
    *,
    for_: str = "person",
    language_code: str = ENGLISH,
) -> Explanation:
    """The interpretation in words, `for_` the "person" or a "professional"; its advice comes first.

    Raises `UsageError` for another audience, or a language there is no catalogue for.

    >>> from leukon import Count, Panel, Person, interpret
    >>> answer = interpret(Panel(Person(age="34y"), [Count("NEUT", 1.1, "10*9/L")]), by="nhs-lothian")
    >>> print(explain(answer).about("NEUT")[1].text)
    Neutrophils: 1.1 billion in a litre of blood. This is low by NHS Lothian ... limit is 1.5.
    """
    if for_ not in AUDIENCES:
        raise UsageError(f"nobody is called {for_!r}", hint=f"for_ is {' or '.join(AUDIENCES)}")
    voice = Voice(for_, language_of(language_code))
    said = tuple(_sentences(interpretation, also or Also(), voice))
    return Explanation(for_, voice.language.code, said)


def _sentences(answer: Interpretation, also: Also, voice: Voice) -> Iterator[Sentence]:
    if answer.advice is not None:
        yield from beside.advice(answer.advice, voice)
    if not voice.is_plain:
        yield beside.definition(answer.definition, voice)
    yield counts.driver(answer, voice)
    yield from counts.counts(answer, voice)
    yield from found.findings(also.findings, voice)
    yield from beside.grades(answer.grades, voice)
    yield from _more(also, voice)
    yield from beside.overdue(answer.definition, also.today, voice)
    yield from beside.notes(answer.notes, voice, closing=False)
    yield from beside.notes(answer.notes, voice, closing=True)


def _more(also: Also, voice: Voice) -> Iterable[Sentence]:
    yield from found.causes(also.causes, voice)
    yield from found.drugs(also.drugs, voice)
