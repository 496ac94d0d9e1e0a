"""The names and choices of the form: what may be typed, and how much of it.

What was typed lives for one answer: it is in the page that comes back, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from leukon.advice import questions
from leukon.analytes import Analyte

KINDS = (
    Analyte.WBC,
    Analyte.NEUT,
    Analyte.LYMPH,
    Analyte.MONO,
    Analyte.EOS,
    Analyte.BASO,
    Analyte.HGB,
    Analyte.PLT,
)
"""The counts that are asked for, as a report lists them."""
LABELS = {
    Analyte.WBC: _("White blood cells (WBC, leukocytes)"),
    Analyte.NEUT: _("Neutrophils (NEUT, ANC)"),
    Analyte.LYMPH: _("Lymphocytes (LYMPH)"),
    Analyte.MONO: _("Monocytes (MONO)"),
    Analyte.EOS: _("Eosinophils (EOS)"),
    Analyte.BASO: _("Basophils (BASO)"),
    Analyte.HGB: _("Haemoglobin (HGB, Hb)"),
    Analyte.PLT: _("Platelets (PLT)"),
}
"""What they are called beside their fields."""

ANSWERS = {"yes": True, "no": False}
"""What counts as an answer; "unknown" and nothing are none."""
UNKNOWN = "unknown"

NOW = (
    "fever cold shivers unwell confused breathless sore-throat sore-mouth skin-sore infection-sign "
    "bleeding spots baby-signs sepsis-signs"
).split()
TREATED = "anticancer-6wk transplant-leukaemia gcsf fever-masked no-spleen".split()
WEEKS_BEFORE = (
    "recurrent-infection pale-tired weight-loss night-sweats lumps spleen bone-pain infant-thrive "
    "travel-malaria travel-vhf earlier-count-higher"
).split()
REPORTED = "blasts-film leukaemia-report".split()
ELSEWHERE = ("listed-drug", "pregnant")
"""Questions that other fields ask: the medicines and the pregnancy."""
ASKED = (*NOW, *TREATED, *WEEKS_BEFORE, *REPORTED)

AGE_UNITS = {
    "y": _("years"),
    "mo": _("months"),
    "wk": _("weeks"),
    "d": _("days"),
    "h": _("hours"),
}
SEXES = {"female": _("Female"), "male": _("Male"), UNKNOWN: _("I would rather not say")}
PREGNANCY = {
    "pregnant": _("I am pregnant"),
    "birth": _("I gave birth in the last 3 weeks"),
    "no": _("Neither"),
    UNKNOWN: _("I do not know"),
}
DUFFY = {
    "null": _("Tested: Duffy-null"),
    "not-null": _("Tested: not Duffy-null"),
    UNKNOWN: _("Not tested, or I do not know"),
}
DRUGS = {"none": _("I take no medicine"), "some": _("I take these:")}
TREATMENTS = {
    "chemotherapy": _("Chemotherapy"),
    "radiotherapy": _("Radiotherapy"),
    "immunotherapy": _("Immunotherapy"),
    "targeted-therapy": _("Targeted therapy"),
    "hormone-therapy": _("Hormone therapy"),
    "stem-cell-transplant": _("Stem-cell or bone-marrow transplant"),
    "car-t": _("CAR-T treatment"),
    "g-csf": _("An injection to raise white cells (G-CSF)"),
}
FOUND = {
    "first": _("This is the first one"),
    "repeat": _("It was low once before"),
    "persistent": _("It has been low for three months or more"),
    UNKNOWN: _("I do not know"),
}
DEGREES = {"C": "°C", "F": "°F"}
CALLED = {
    "temperature": _("Temperature"),
    "temperature-unit": _("Temperature"),
    "treatment": _("Treatment"),
    "treatment-date": _("Treatment"),
    "drugs": _("Medicines"),
    "drawn": _("Day of the blood"),
    "found": _("First low count"),
    "age": _("Age"),
    "age-unit": _("Age"),
    "sex": _("Sex"),
    "pregnancy": _("Pregnancy"),
    "weeks": _("Weeks of pregnancy"),
    "duffy": _("Duffy status"),
}
"""What the other fields are called where one of them is not clear."""
READINGS = ("decimals", "thousands")

LONGEST, LONGEST_LIST = 100, 4000
"""How much of a field is looked at: nobody types more of one count, or of all medicines."""


def count_names(kind: Analyte) -> tuple[str, ...]:
    """The fields of one count: number, unit, unit as printed, and the answer to a question."""
    return tuple(f"{part}-{kind}" for part in ("count", "unit", "printed", "reading", "asked"))


def names() -> tuple[str, ...]:
    """The names of all fields: nothing else that is sent is looked at."""
    counted = [name for kind in KINDS for name in count_names(kind)]
    asked = [f"q-{question}" for question in ASKED]
    return (
        *asked,
        *("temperature", "temperature-unit", "treatment", "treatment-date", "drugs-taken", "drugs"),
        *counted,
        *("drawn", "found", "age", "age-unit", "sex", "pregnancy", "weeks", "duffy"),
    )


def typed_of(sent: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, by field; nothing that is empty, longer than anyone types, or not asked."""
    found = {}
    for name in names():
        text = str(sent.get(name, "")).replace("\x00", "\ufffd")
        if text.strip():
            found[name] = text[: LONGEST_LIST + 1 if name == "drugs" else LONGEST]
    return found


def question_text(question: str) -> str:
    """The question in the words of leukon's content."""
    return questions()[question].question
