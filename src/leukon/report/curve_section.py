"""The part of the estimate's report that is about limits continuous in age."""

from __future__ import annotations

from leukon.estimation.age_curve import best
from leukon.estimation.publish import Made, Study, limits_of, rounded
from leukon.report import words
from leukon.report.curve_picture import curve_picture
from leukon.report.svg import element, escape
from leukon.report.tables import NUMBER, WHOLE, Cell, isolated, table
from leukon.validation import describe

_KEY = (
    "Thick curves: the limits, with their 95 % intervals. Dots: the same percentiles of all results of "
    "an age, those taken for sick among them. Thin steps: what publishers of the catalogue print for "
    "such people. Age runs on a logarithmic axis."
)


def curve_section(study: Study) -> str:
    """The curves as pictures, the table that is published, and what was left out."""
    assert study.curve is not None
    rows = [one for one in study.made if one.refusal is None]
    parts = [_figures(study), _warnings(study)]
    if rows:
        parts.append(_table(study, rows))
    said = "".join(element("li", isolated(text)) for text in study.notes)
    return "".join([*parts, element("ul", said, class_="lk-notes")])


def _figures(study: Study) -> str:
    assert study.curve is not None
    cards = []
    for curve in study.curve.curves:
        if curve.fits:
            name = {"female": "Female", "male": "Male"}.get(curve.sex, "Both sexes")
            heading = element("figcaption", element("h4", escape(f"{name}, limits by age")))
            key = element("p", isolated(_KEY), class_="lk-muted")
            drawn = curve_picture(curve, study.analyte)
            cards.append(element("figure", heading, drawn, key, class_="lk-card"))
    return element("div", *cards, class_="lk-cards") if cards else ""


def _warnings(study: Study) -> str:
    assert study.curve is not None
    said = dict.fromkeys(text for curve in study.curve.curves for _, text in curve.warnings)
    misfits = [best(curve).misfit for curve in study.curve.curves if curve.fits]
    told = ", ".join(f"{misfit:.2f}" for misfit in misfits)
    told = f"How well the fit explains the counts: misfit {told} (about 1 where it does)."
    items = [element("li", isolated(text)) for text in (*said, *([told] if misfits else []))]
    if not items:
        return ""
    return element("h4", "What to know of this fit") + element("ul", *items, class_="lk-notes")


def _table(study: Study, rows: list[Made]) -> str:
    headings = (
        "Who",
        "People",
        "Lower",
        "95 % interval",
        "Upper",
        "95 % interval",
        "Taken for sick",
    )
    cells = []
    for one in rows:
        ends = []
        for limit in limits_of(one):
            printed = words.number(rounded(limit.value, study.step), study.analyte)
            wide = "" if limit.low is None else f"{limit.low:.2f} to {limit.high:.2f}"
            ends += [Cell(escape(printed), NUMBER), Cell(escape(wide), WHOLE)]
        who, n = Cell(isolated(describe(one.partition))), Cell(f"{one.estimate.n:,.0f}", NUMBER)
        cells.append([who, n, *ends, Cell(f"{one.estimate.sick_share:.0%}", NUMBER)])
    return table(f"What is published, in {study.unit}", headings, cells)
