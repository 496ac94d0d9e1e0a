"""The report of the definition `leukon-nhanes-1999-2016`: a Markdown page with its checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SIDES = ("lower", "upper")


def page(
    made: Any, found: Any, bands: list[Any], pooled: Callable[..., tuple[float, float]]
) -> str:
    """The whole page."""
    parts = [
        "# The definition leukon-nhanes-1999-2016\n\n"
        "<!-- made by tools/make_nhanes_definition.py: change it, not this page -->",
        _intro(made, found),
        "## Who was left out\n\n" + _left_out(found),
        "## Checked on cycles that were left out\n\n" + _checked(bands, pooled),
        "## Limits at some ages\n\n" + _limits(made),
    ]
    return "\n\n".join(parts) + "\n"


def _intro(made: Any, found: Any) -> str:
    return (
        f"An open definition for who has none: {len(made.limits)} rows, by sex, from 1 year to 80 and "
        "older, estimated by leukon from the public-domain survey NHANES (United States, 1999 to 2016, "
        f"[National Center for Health Statistics]({made.source})). {found.n:,} people entered. No clinician "
        "has checked it. Nobody's care should rest on it where a laboratory has limits of its own.\n\n"
        "`make nhanes` remakes the definition and this page from the survey's counts.\n\n"
        "**What the limits are.** Percentiles 2.5 and 97.5 of people whose haemoglobin and platelets are "
        "within limits: they were chosen, so nobody is taken for sick among them. The mixture that is "
        "smooth in age ([the method](../explanation/age-curves.md)) serves as a smooth description "
        "of all of them, and its percentiles are read off. So people with allergies and infections are among them, and the upper limits are wide, eosinophils of children above all. People on drugs that lower counts, people with chronic illness and people who are Duffy-null are among them too, and they pull the lower limits down.\n\n"
        "**Each person counts once.** The survey examines some groups more often than they are in the "
        "population, and gives weights to undo that. With the weights the lower limit of neutrophils "
        "rises, and then more than 3 % of the people examined lie below it. A limit that names 2.5 % should "
        "do so among people as they come; the share among the weighted population stands beside. Who "
        "wants the limits of the population as a whole should use the weights.\n\n"
        "**It does not vote** in an agreement: it is leukon's own estimate, and leukon is no practice. "
        "It is no part of `leukon-general`.\n\n"
        "**Rounding.** The survey's counts are rounded to 0.1. Of neutrophils about 0.5 % of people stand at one value "
        "near the lower limit, of lymphocytes 1 to 2 %. A limit rounded to 0.1 would leave fewer than 2.5 % "
        "below it, since who stands at the limit is within; two decimals put the border on the right side of a "
        "value, on average over ages. Where one value holds so many that no border fits, the limit is left out. "
        + (made.notes[-1] if made.notes[-1].startswith("Left out") else "")
    )


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _left_out(found: Any) -> str:
    return _table(("why", "people"), [(why, f"{n:,}") for why, n in found.left_out.items()])


def _checked(bands: list[Any], pooled: Callable[..., tuple[float, float]]) -> str:
    rows, names = [], dict.fromkeys((band.analyte, band.side) for band in bands)
    for analyte, side in names:
        mine = [band for band in bands if (band.analyte, band.side) == (analyte, side)]
        share, weighted = pooled(mine, side)
        off = [f"{band.sex} {band.decade}-{band.decade + 9}" for band in mine if not band.fits]
        rows.append(
            (analyte, side, f"{share:.2f} %", f"{weighted:.2f} %", "; ".join(off) or "none")
        )
    intro = (
        "Each quarter of the cycles was held against limits from the other three. Of 2.5 % that should lie "
        "outside, so many did; bands of ten years and a sex that lie outside the 99.7 % binomial interval of "
        "2.5 % are named. Monocytes stand at so few values that single bands are off.\n\n"
    )
    heads = ("count", "limit", "outside", "outside, weighted", "bands off")
    return intro + _table(heads, rows) + "\n\nUnder the lower limit, by age:\n\n" + _bands(bands)


def _bands(bands: list[Any]) -> str:
    lower = [band for band in bands if band.side == "lower"]
    names = list(dict.fromkeys(band.analyte for band in lower))
    rows = []
    for decade in sorted({band.decade for band in lower}):
        for sex in ("female", "male"):
            mine = [b for b in lower if (b.decade, b.sex) == (decade, sex)]
            label = "80 and older" if decade == 80 else f"{max(decade, 1)}-{decade + 9}"
            rows.append((label, sex, f"{mine[0].n:,}", *(f"{b.share:.1f} %" for b in mine)))
    return _table(("years", "sex", "people", *names), rows)


def _limits(made: Any) -> str:
    shown = ("1y", "2y", "5y", "10y", "15y", "20y", "40y", "60y", "80y")
    rows = []
    for limit in made.limits:
        who = limit.partition
        if who.age_from in shown:
            age = f"{who.age_from[:-1]}-{who.age_to[:-1]}" if who.age_to else "80 and older"
            ends = ("" if end is None else f"{end:.2f}" for end in (limit.low, limit.high))
            rows.append((str(limit.analyte), age, who.sex, *ends, limit.note))
    heads = ("count", "years", "sex", "lower", "upper", "note")
    return _table(heads, rows)
