"""How many publishers call a count low, for the plain oracle: one definition after the other."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from leukon import Definition, Panel
from leukon.limits import Limit
from support import plain_ages
from support.oracle import Facts, Place, best, borders_of, ends, facts_of, value_of
from support.plain_ages import PlainAge
from support.plain_counts import Amount

VOTING = ("reference", "decision")
BESIDE = ("conventional",)
ANSWERS = ("low", "within", "high", "mixed", "undetermined")

Ballot = tuple[Limit, Limit | None]


def agreement(
    panel: Panel,
    amount: Amount,
    analyte: str,
    *,
    catalogue: Sequence[Definition],
    age: PlainAge | None = None,
) -> dict[str, object]:
    """The votes on one count: how many say what, and the lowest and highest lower limit."""
    ages = plain_ages.of_age(panel.person.age_at_draw) if age is None else age
    told_apart = [row for voter in catalogue for row in _rows(voter, analyte)]
    tally: dict[str, int] = dict.fromkeys(ANSWERS, 0)
    limits: list[Fraction] = []
    for definition in catalogue:
        for said, lower in _vote(
            amount, _rows(definition, analyte), facts_of(panel, told_apart), ages
        ):
            tally[said] += 1
            if said != "undetermined":
                limits.append(lower)
    return {**tally, "lowest": min(limits, default=None), "highest": max(limits, default=None)}


def _rows(definition: Definition, analyte: str) -> list[Limit]:
    """What a publisher says of an analyte; nothing where this is no vote, or an older edition."""
    rows = [row for row in definition.limits if row.analyte == analyte]
    votes = any(row.votes and row.low is not None for row in rows)
    return rows if votes and not definition.superseded_by else []


def _vote(
    amount: Amount, rows: list[Limit], person: Facts, ages: PlainAge
) -> list[tuple[str, Fraction]]:
    """The vote of one publisher and its lower limit; nothing where it has none for this person."""
    if not rows:
        return []
    borders = borders_of(rows)
    possible = ages or plain_ages.everyone(borders)
    ballots = [_ballot(rows, person, at) for at in plain_ages.points(possible, borders)]
    limits = {None if ballot is None else _printed(ballot) for ballot in ballots}
    if limits == {None}:
        return []
    if len(limits) > 1 or amount.number is None:
        return [("undetermined", Fraction(0))]
    found = ballots[0]
    assert found is not None
    return [(_called(amount, found), value_of(found[0], "low"))]


def _ballot(rows: list[Limit], facts: Facts, at: tuple[int, Fraction]) -> Ballot | None:
    """The voting row for one exact age, and the conventional one printed beside it."""
    main, beside = (best(rows, facts, at, side="low", kinds=k) for k in (VOTING, BESIDE))
    if main is None or not rows[main].votes:
        return None
    return rows[main], None if beside is None else rows[beside]


def _printed(ballot: Ballot) -> tuple[object, ...]:
    """What a ballot says in numbers: ballots that say the same are the same."""
    return tuple((_under_bar(row), _over_bar(row)) if row is not None else None for row in ballot)


def _under_bar(row: Limit) -> Place:
    return value_of(row, "low"), 0 if row.low_inclusive else 1


def _over_bar(row: Limit) -> Place | None:
    if row.high is None:
        return None
    return value_of(row, "high"), 0 if row.high_inclusive else -1


def _called(amount: Amount, ballot: Ballot) -> str:
    """What a publisher calls a count: "mixed" where its own two limits differ over it."""
    main, beside = ballot
    calls = [{_call(place, main, main) for place in ends(amount)}]
    if beside is not None:
        calls.append({_call(place, beside, main) for place in ends(amount)})
    if any(len(call) > 1 for call in calls):
        return "undetermined"
    return calls[0].pop() if all(call == calls[0] for call in calls) else "mixed"


def _call(place: Place, row: Limit, main: Limit) -> str:
    if place < _under_bar(row):
        return "low"
    over = _over_bar(row) or _over_bar(main)
    return "high" if over is not None and place > over else "within"
