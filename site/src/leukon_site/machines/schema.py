"""What a page is about, in the words of schema.org: read by search engines, shown to nobody."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from leukon_site import environment
from leukon_site.atoz.entry import CONDITION, DEFINITION, DRUG, SYMPTOM, TEST, Entry
from leukon_site.atoz.links import see_also
from leukon_site.atoz.naming import name_of, title_of
from leukon_site.atoz.templatetags.atoz import lead_of
from leukon_site.machines.systems import ADDRESSES, TITLES

Thing = dict[str, Any]
Crumb = tuple[str, str]

_TYPES = {
    SYMPTOM: "MedicalSignOrSymptom",
    CONDITION: "MedicalCondition",
    TEST: "MedicalTest",
    DRUG: "Drug",
    DEFINITION: "Dataset",
}
_MOST = 20
"""Links of a kind that are named: search engines read no more."""


def graph(*things: Thing | None) -> Thing:
    """Several things of one page."""
    return {"@context": "https://schema.org", "@graph": [thing for thing in things if thing]}


def crumbs(trail: list[Crumb]) -> Thing:
    """Where a page stands."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": address}
            for place, (name, address) in enumerate(trail, 1)
        ],
    }


def web_page(title: str, address: str, language: str, *, reviewed: str = "", about: Any = None,
             checked_by: str = "", said: str = "") -> Thing:  # fmt: skip
    """A page about health; a review and its reviewer are named only where there is one.

    `reviewed` is the day of the text, which is that of a review where somebody checked it.
    """
    page: Thing = {
        "@type": "MedicalWebPage",
        "@id": address,
        "url": address,
        "name": title,
        "inLanguage": language,
        "audience": {"@type": "MedicalAudience", "audienceType": "Patient"},
        "isAccessibleForFree": True,
    }
    extra = {
        "description": said,
        "lastReviewed": reviewed if checked_by else "",
        "about": about,
        "reviewedBy": {"@type": "Person", "name": checked_by} if checked_by else None,
    }
    return page | {key: value for key, value in extra.items() if value}


def thing(entry: Entry, language: str) -> Thing:
    """What an entry is."""
    found: Thing = {
        "@type": _TYPES[entry.kind],
        "@id": f"{address_of(entry)}#about",
        "name": name_of(entry, language),
        "description": lead_of(entry),
        "alternateName": [*entry.also][:_MOST],
        "code": [
            {
                "@type": "MedicalCode",
                "codeValue": code.code,
                "codingSystem": TITLES[code.system],
                "inCodeSet": ADDRESSES[code.system],
            }
            for code in entry.codes
            if code.system in TITLES
        ],
        **_own(entry, language),
    }
    return {key: value for key, value in found.items() if value}


def _own(entry: Entry, language: str) -> Thing:
    """What only one kind has."""
    if entry.kind == SYMPTOM:
        return {"cause": _named(entry, CONDITION, "MedicalCause", language)}
    if entry.kind == CONDITION:
        return {
            "signOrSymptom": _named(entry, SYMPTOM, _TYPES[SYMPTOM], language),
            "typicalTest": _named(entry, TEST, _TYPES[TEST], language),
        }
    if entry.kind == DRUG:
        return {
            "drugClass": {"@type": "DrugClass", "name": entry.row.drug.class_},
            "nonProprietaryName": entry.id,
            "warning": lead_of(entry),
        }
    if entry.kind == TEST:
        return {"usedToDiagnose": _named(entry, SYMPTOM, _TYPES[SYMPTOM], language)}
    return {
        "creator": {"@type": "Organization", "name": entry.row.publisher},
        "isBasedOn": entry.row.source,
    }


def _named(entry: Entry, kind: str, type_: str, language: str) -> list[Thing]:
    linked = dict(see_also(entry)).get(kind, ())[:_MOST]
    return [
        {"@type": type_, "name": title_of(one, language), "url": address_of(one)} for one in linked
    ]


def address_of(entry: Entry) -> str:
    """The whole address of an entry's page in the language in force."""
    return environment.address() + reverse(entry.kind, args=[entry.slug])
