"""Remarks beside the flags: a code for programs and a text for people, none of them advice."""

from __future__ import annotations

from functools import cache

from leukon.interpretation import Note

TEXTS = {
    "derived": "Counts marked derived were worked out from percentages, not measured.",
    "nrbc-corrected": "The total was corrected for nucleated red cells before it was compared.",
    "bands-added": "Bands were added to the neutrophils: the percentages only add up that way.",
    "counting-error": "A percentage counted by eye on 100 cells is uncertain: the count may lie on "
    "the other side of the limit.",
    "total-within-line-low": "The total is not low, but one cell line is.",
    "total-low-no-line-low": "The total is low, but no cell line by itself is.",
    "total-low-lines-unknown": "The total is low and the cell lines are not known: the neutrophils "
    "may be anything from 0 to the total.",
    "pregnancy-not-considered": "The limits used for {names} are not for pregnancy, in which "
    "counts differ: a count within may be low for it, and the other way round.",
    "duffy-not-considered": "The limits used for {names} are not for Duffy-null people, whose "
    "neutrophils are lower without illness.",
    "agreement-not-for-pregnancy": "No voting publisher prints limits for pregnancy: the count of "
    "publishers uses limits for people who are not pregnant.",
    "agreement-not-for-duffy": "No voting publisher prints limits for Duffy-null people: the "
    "count of publishers uses limits for everybody.",
    "agreement-no-risk": "A count of publishers is not a measure of risk.",
    "not-checked": "No clinician has checked these limits as entered here yet.",
    "no-context": "Temperature, treatment, drugs and symptoms are not looked at here. With fever "
    "during or after anticancer treatment, or feeling very unwell, get help at once whatever the "
    "count.",
    "informs": "leukon informs; it does not diagnose or treat.",
}


@cache
def note(code: str, names: tuple[str, ...] = ()) -> Note:
    """The note with this code; `names` are the analytes it speaks of, where it names any.

    >>> note("informs").text
    'leukon informs; it does not diagnose or treat.'
    """
    return Note(code, TEXTS[code].format(names=", ".join(names)))
