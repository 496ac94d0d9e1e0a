"""What is known beside the counts: temperature, treatments, medicines, questions and answers.

An answer that is not there is not known: it never counts as a no.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches

from msgspec import Struct
from msgspec.structs import force_setattr

from leukon.errors import InputRefused

SYMPTOMS = (
    "fever cold shivers unwell confused breathless sore-throat sore-mouth skin-sore infection-sign "
    "bleeding spots pale-tired recurrent-infection weight-loss night-sweats lumps bone-pain "
    "baby-signs infant-thrive"
).split()
SIGNS = ["spleen", "sepsis-signs", "blasts-film", "leukaemia-report"]
TREATMENTS = ["anticancer-6wk", "transplant-leukaemia", "gcsf"]
SITUATIONS = ["fever-masked", "no-spleen", "travel-malaria", "travel-vhf"]
OTHERS = ["listed-drug", "pregnant", "earlier-count-higher"]
QUESTIONS = (*SYMPTOMS, *SIGNS, *TREATMENTS, *SITUATIONS, *OTHERS)
"""The ids of all questions of the decision table, by kind (a test holds them equal to it)."""

KINDS = {
    "anticancer": (
        "anticancer cancer-treatment chemotherapy chemo radiotherapy immunotherapy targeted-therapy "
        "hormone-therapy"
    ).split(),
    "cell-therapy": "transplant stem-cell-transplant bone-marrow-transplant car-t".split(),
    "blood-cancer": (
        "leukaemia leukemia lymphoma myeloma blood-cancer gvhd graft-versus-host-disease"
    ).split(),
    "gcsf": ["gcsf", "g-csf"],
}
"""What a treatment is for the rules, and the words it may be given in."""
_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}

FINDINGS = ("unknown", "first", "repeat", "persistent")
TRENDS = ("unknown", "falling", "not-falling")
COUNTRIES = {
    "": "",
    "uk": "UK",
    "gb": "UK",
    "united kingdom": "UK",
    "us": "US",
    "usa": "US",
    "united states": "US",
}

COLDEST, HOTTEST = 20.0, 46.0
"""No living person measures beyond these (judgement): a Fahrenheit number labelled C is caught."""
_TEMPERATURE = re.compile(r"(\d+(?:[.,]\d+)?)\s*°?\s*(c|f|celsius|fahrenheit)", re.IGNORECASE)
_NO_DRUG = ("none", "no")


def celsius(text: str) -> float:
    """The temperature a text with its unit states, in degrees Celsius.

    >>> celsius("101.3F"), celsius("38.5 C")
    (38.5, 38.5)
    """
    found = _TEMPERATURE.fullmatch(text.strip())
    if found is None:
        bare = text.strip().replace(".", "").replace(",", "").isdigit()
        what = "a temperature needs a unit" if bare else "unreadable temperature"
        raise InputRefused(what, hint="write 38.5C or 101.3F")
    degrees = float(found[1].replace(",", "."))
    if found[2][0] in "fF":
        # Rounded: 100.4 F is 38.0 C, and must lie on the limit.
        degrees = round((degrees - 32) * 5 / 9, 6)
    if not COLDEST <= degrees <= HOTTEST:
        raise InputRefused("no person has such a temperature", hint="check its unit: C or F")
    return degrees


class Treatment(Struct, frozen=True):
    """One treatment (or a disease treated for), and when it was last given; None: not known.

    >>> Treatment("chemotherapy", date(2026, 11, 10)).kind
    'anticancer'
    """

    name: str
    on: date | None = None
    kind: str = ""

    def __post_init__(self) -> None:
        """Settle the word to one the rules know."""
        word = slug(self.name)
        if word not in _KIND_OF:
            known = "one of " + ", ".join(_KIND_OF)
            raise InputRefused("a treatment in a word leukon does not know", hint=known)
        force_setattr(self, "name", word)
        force_setattr(self, "kind", _KIND_OF[word])


class Medicine(Struct, frozen=True):
    """One medicine as it was given: a name or an ATC code; `stopped` is the day of the last dose.

    None: it is taken now, or nobody said when it was stopped.
    """

    name: str
    stopped: date | None = None

    def __post_init__(self) -> None:
        """Refuse a medicine without a name."""
        if not self.name.strip():
            raise InputRefused("a medicine without a name", hint="a name, or an ATC code")


class Context(Struct, frozen=True, kw_only=True):
    """What is known beside the counts. Whatever is left out is not known, never a no.

    `temperature` has its unit ("38.5C", "101.3F"). `treatments` and `drugs` are texts such as
    "chemotherapy" or "carbimazole", with a date behind a colon where one is known
    ("chemotherapy:2026-11-10", last dose of a drug "carbimazole:2026-10-01"); `drugs=()` says that
    no medicine is taken, None that nobody asked. `symptoms` and `situations` are ids of questions
    answered yes, `answers` ids with True or False; `no_symptoms` answers every question about a
    symptom with no (but no question about signs, reports, treatments, medicines or situations),
    and gives way to a yes. `finding`: the first low count of its kind, a repeat, or persistent
    (3 months). `asked_on` is the day the questions were asked. `counted_in_this_illness` says
    whether the counts were taken since the person fell ill; None: those of the day are.

    Raises `InputRefused`.

    >>> Context(temperature="101.3F", symptoms=["sore throat"]).answer("sore-throat")
    True
    """

    temperature: str | None = None
    treatments: tuple[Treatment, ...] = ()
    drugs: tuple[Medicine, ...] | None = None
    symptoms: tuple[str, ...] = ()
    situations: tuple[str, ...] = ()
    answers: Mapping[str, bool] = {}
    no_symptoms: bool = False
    country: str = ""
    finding: str = "unknown"
    trend: str = "unknown"
    asked_on: date | None = None
    counted_in_this_illness: bool | None = None
    celsius: float = math.nan

    def __post_init__(self) -> None:
        """Check and settle every field once."""
        if self.temperature is not None:
            force_setattr(self, "celsius", celsius(self.temperature))
        force_setattr(self, "treatments", tuple(_treatment(given) for given in self.treatments))
        force_setattr(self, "drugs", _medicines(self.drugs))
        force_setattr(self, "symptoms", _ids(self.symptoms, (*SYMPTOMS, *SIGNS)))
        force_setattr(self, "situations", _ids(self.situations, SITUATIONS))
        force_setattr(self, "answers", _answers(self))
        force_setattr(self, "country", _country(self.country))
        for name, known in (("finding", FINDINGS), ("trend", TRENDS)):
            word = slug(getattr(self, name)) or "unknown"
            if word not in known:
                raise _unknown(name, word, known)
            force_setattr(self, name, word)

    def answer(self, question: str) -> bool | None:
        """The answer to one question, None where it was not answered."""
        return self.answers.get(question)


def slug(text: str) -> str:
    """A word as ids are written: lower case, with dashes.

    >>> slug("Sore throat")
    'sore-throat'
    """
    return "-".join(text.strip().lower().replace("_", " ").replace("-", " ").split())


def dated(text: str) -> tuple[str, date | None]:
    """A name and the date behind its colon, None where there is none.

    >>> dated("chemotherapy:2026-11-10")
    ('chemotherapy', datetime.date(2026, 11, 10))
    """
    name, sign, day = text.partition(":")
    if not sign:
        return name.strip(), None
    try:
        return name.strip(), date.fromisoformat(day.strip())
    except ValueError:
        raise InputRefused("not a date after the colon", hint="write 2026-01-31") from None


def _treatment(given: Treatment | str | tuple[str, date | None]) -> Treatment:
    if isinstance(given, Treatment):
        return given
    return Treatment(*(dated(given) if isinstance(given, str) else given))


def _medicine(given: Medicine | str | tuple[str, date | None]) -> Medicine:
    if isinstance(given, Medicine):
        return given
    return Medicine(*(dated(given) if isinstance(given, str) else given))


def _medicines(
    given: Iterable[Medicine | str | tuple[str, date | None]] | None,
) -> tuple[Medicine, ...] | None:
    if given is None:
        return None
    found = [_medicine(one) for one in ([given] if isinstance(given, str) else given)]
    named = [one for one in found if one.name.strip().lower() not in _NO_DRUG]
    if named and len(named) < len(found):
        raise InputRefused("medicines and none at once", hint="name them, or say none")
    return tuple(named)


def _ids(given: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    found = tuple(slug(word) for word in ([given] if isinstance(given, str) else given))
    for word in found:
        if word not in known:
            raise _unknown("question", word, known)
    return found


def _answers(context: Context) -> dict[str, bool]:
    """Every answer in one mapping; a yes wins over a no of `no_symptoms`, never over a plain no."""
    plain = {_ids([key], QUESTIONS)[0]: value for key, value in context.answers.items()}
    for key, value in plain.items():
        if not isinstance(value, bool):
            raise InputRefused("an answer is True or False", where=key, hint="leave it out")
    for key in (*context.symptoms, *context.situations):
        if plain.get(key) is False:
            raise InputRefused("yes and no at once", where=key, hint="give one answer")
        plain[key] = True
    return {**(dict.fromkeys(SYMPTOMS, False) if context.no_symptoms else {}), **plain}


def _country(text: str) -> str:
    folded = " ".join(text.strip().lower().split())
    return COUNTRIES.get(folded, folded.upper())


def _unknown(what: str, word: str, known: Iterable[str]) -> InputRefused:
    if what == "question" and word in QUESTIONS and word not in known:
        hint = f"answer this question by itself: --answer {word}=yes"
        return InputRefused("this question is not one about a symptom", where=word, hint=hint)
    close = get_close_matches(word, list(known), n=3)
    hint = f"did you mean {' or '.join(close)}?" if close else "one of " + ", ".join(known)
    return InputRefused(f"no {what} is called {word!r}", hint=hint)
