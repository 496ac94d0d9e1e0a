"""The conditions: every cause that leukon names."""

from __future__ import annotations

from functools import cache

from leukon.causes.content import Cause, causes_file, named_causes
from leukon_site.atoz.entry import CONDITION, Coded, Entry, Review, cited, coded, slug_of


@cache
def entries() -> tuple[Entry, ...]:
    """The causes proper; rows that only name a finding stand with the finding.

    >>> entries()[0].slug, entries()[0].codes[0].code
    ('hiv-infection', 'B20')
    """
    review = Review.of(causes_file())
    return tuple(
        Entry(
            CONDITION,
            cause.id,
            slug_of(cause.name),
            cause.name,
            cause,
            review,
            cited(cause.source, cause.address),
            lines=cause.lines,
            codes=codes_of(cause),
        )
        for cause in named_causes()
    )


def codes_of(cause: Cause) -> tuple[Coded, ...]:
    """All codes of a cause."""
    return (
        *coded("icd10cm", cause.icd10cm, cause.icd10cm_text),
        *coded("snomedct", cause.snomedct),
        *coded("hpo", cause.hpo),
        *coded("omim", cause.omim),
        *coded("orpha", cause.orpha),
    )
