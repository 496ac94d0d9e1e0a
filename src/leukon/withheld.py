"""Why "usual for you" may not be said of any count of a panel, whatever the person's history."""

from __future__ import annotations

from collections.abc import Iterator

from leukon.advice import Urgency
from leukon.advice.content import questions
from leukon.advice.facts import answers_of, counted_from
from leukon.batch import Batch
from leukon.compare import Outcome
from leukon.context import Context
from leukon.grading import grades_on
from leukon.interpretation import Interpretation
from leukon.panel import Panel, day_of
from leukon.reasons import Reason
from leukon.setpoints.eligibility import Circumstances
from leukon.setpoints.rules import ASKED_WITHIN_DAYS, Seen, withheld_by_counts

GRADED_BY = "ctcae-5.0"
"""The scale whose grade 3 forbids to call anything usual."""
_BY_KIND = {
    "treatment": "treatment",
    "drug": "listed-drug",
    "state": "pregnancy",
    "history": "falling",
}
"""What a question answered yes withholds, by its kind; every other kind is a danger sign."""
_CONTRADICTS = tuple(
    reason.slug for reason in (Reason.CONTRADICTORY, Reason.DUPLICATE, Reason.PERCENT_SUM)
)


def withheld_outside(
    panel: Panel,
    answer: Interpretation,
    now: Circumstances,
    *,
    context: Context | None,
    current: tuple[Batch, Outcome],
) -> set[str]:
    """Every reason that lies outside the history, of `setpoints.rules.WITHHELD`.

    `answer` is the panel's, with its advice where there is a `context`; `now` what is known of its
    draw, `current` its batch of one.
    """
    seen = {one.analyte: Seen(one.value, one.comparator, one.flag) for one in answer.counts}
    found = {*withheld_by_counts(seen, _worst_grade(*current)), *_of_the_draw(panel, now)}
    if any(one.reason in _CONTRADICTS for one in answer.counts):
        found.add("contradictory")
    return found | set(_of_the_person(panel, answer, context))


def _worst_grade(batch: Batch, outcome: Outcome) -> int:
    """The severest grade that any count has or may have, at either end of a range."""
    graded = grades_on(outcome, batch, [GRADED_BY])
    return max((int(max(g.codes[0], g.low[0], g.high[0])) for g in graded), default=0)


def _of_the_draw(panel: Panel, now: Circumstances) -> Iterator[str]:
    if now.in_hospital or now.near:
        yield "excluded-window"
    if now.on_listed_drug:
        yield "listed-drug"
    if now.in_pregnancy:
        yield "pregnancy"
    if panel.drawn_at is None:
        yield "draw-undated"


def _of_the_person(panel: Panel, answer: Interpretation, context: Context | None) -> Iterator[str]:
    """What was told and not told; without a context nothing was."""
    if context is None or answer.advice is None:
        yield "no-context"
        return
    said = answers_of(panel.person, context, counted_from(context, panel.drawn_at))
    for key in said.yes:
        yield _BY_KIND.get(questions()[key].kind, "red-flag")
    if answer.advice.unanswered:
        yield "unanswered"
    if answer.advice.urgency <= Urgency.URGENT:
        yield "urgent"
    asked, drawn = context.asked_on, panel.drawn_at
    if asked and drawn and abs((asked - day_of(drawn)).days) > ASKED_WITHIN_DAYS:
        yield "asked-another-time"
