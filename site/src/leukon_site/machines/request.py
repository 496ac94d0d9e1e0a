"""An infobutton request: the parameters of the standard, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings

from leukon_site.machines.systems import OIDS, TITLES, UNLISTED, system_of

CODE, SYSTEM, NAME = (
    "mainSearchCriteria.v.c",
    "mainSearchCriteria.v.cs",
    "mainSearchCriteria.v.dn",
)
LANGUAGE, TYPE = "informationRecipient.languageCode.c", "knowledgeResponseType"
HTML, JSON = "text/html", "application/json"
_LONGEST = 60
_CODE = re.compile(r"[A-Za-z0-9:.\-]+")


class Malformed(Exception):
    """A request that cannot be read; the text says which parameter, why, and what would do."""


class Asked(NamedTuple):
    """A request that was understood; `language` is one of the site's."""

    code: str
    system: str
    name: str
    language: str
    as_json: bool


def read(given: Mapping[str, str]) -> Asked:
    """The request in the parameters of an address.

    Raises `Malformed`. What was asked for is not repeated in the message unless it is a code system.

    >>> read({CODE: "751-8", SYSTEM: "2.16.840.1.113883.6.1"}).system
    'loinc'
    """
    return Asked(
        _code(given.get(CODE, "").strip()),
        _system(given.get(SYSTEM, "").strip()),
        given.get(NAME, "").strip()[:_LONGEST],
        _language(given.get(LANGUAGE, "").strip()),
        _type(given.get(TYPE, "").strip()) == JSON,
    )


def _code(text: str) -> str:
    if not text:
        raise Malformed(f"{CODE} is missing: the code to be explained, for example 751-8")
    if len(text) > _LONGEST or not _CODE.fullmatch(text):
        raise Malformed(
            f"{CODE} is no code: up to {_LONGEST} letters, digits, points, colons and hyphens"
        )
    return text


def _system(text: str) -> str:
    known = ", ".join(f"{oid} ({TITLES[system]})" for oid, system in OIDS.items())
    if not text:
        raise Malformed(f"{SYSTEM} is missing: the system of the code, one of {known}")
    bare = text.removeprefix("urn:oid:")
    if bare in UNLISTED:
        raise Malformed(
            f"{SYSTEM} names {UNLISTED[bare]}, of which there are no codes here: {known}"
        )
    found = system_of(text)
    if found is None:
        raise Malformed(f"{SYSTEM} names no system that is known here: one of {known}")
    return found


def _language(text: str) -> str:
    """The language of the site that is meant: "zh", "zh-CN" and "zh-Hans" are all Chinese here."""
    if not text:
        return str(settings.LANGUAGE_CODE)
    codes = [code for code, _ in settings.LANGUAGES]
    wanted = text.replace("_", "-").casefold()
    if wanted in codes:
        return wanted
    for code in codes:
        if code.partition("-")[0] == wanted.partition("-")[0]:
            return code
    raise Malformed(f"{LANGUAGE} names no language of this site: one of {', '.join(codes)}")


def _type(text: str) -> str:
    if text and text not in (HTML, JSON):
        raise Malformed(f"{TYPE} is {HTML} or {JSON}")
    return text or HTML
