"""`leukon verify`: does a published definition hold here?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from leukon.catalogue import resolve
from leukon.cli.estimate import analytes, number, tally_dict, tally_lines
from leukon.estimation.sample import Rules
from leukon.validation import describe

if TYPE_CHECKING:
    from leukon.engines.studies import Given, Verification
    from leukon.estimation.verification import Side, Verified


def run(
    given: Given,
    names: Sequence[str],
    rules: Rules,
    *,
    definition: str,
    healthy: bool,
    tolerance: float,
    beyond: float,
    replicates: int,
    seed: int,
    as_json: bool,
) -> None:
    """Verify each analyte asked for, and print the conclusions with their reasons."""
    from leukon.engines.studies import verify

    found = [
        verify(
            given,
            kind,
            resolve(definition),
            rules,
            healthy=healthy,
            replicates=replicates,
            tolerance=tolerance,
            beyond=beyond,
            seed=seed,
        )
        for kind in analytes(names or ["WBC"])
    ]
    if as_json:
        print(json.dumps([as_dict(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        _print(one)


def _print(one: Verification) -> None:
    from leukon.cli.definitions import print_table

    print(f"Does {one.definition.label} ({one.definition.id}) hold here?")
    print("\n".join(tally_lines(str(one.analyte), one.sample.tally)))
    rows = [_row(group, side) for group in one.results for side in group.sides]
    print_table(
        ("who", "limit", "outside", "95 %", "healthy", "own", "shift"),
        rows,
        caption=f"{one.analyte} in {one.unit}; outside: of all results, healthy: of the healthy among them; "
        "own: the own limit; shift in SD of the healthy",
    )
    for group in one.results:
        print(f"{one.analyte}, {describe(group.partition)}, {group.n:,} people: {group.conclusion}")
        for reason in group.reasons:
            print(f"  {reason}")
        if group.sick_share is not None and group.sick_share == group.sick_share:
            print(f"  about {group.sick_share:.0%} of the results were taken for sick")


def _row(group: Verified, side: Side) -> tuple[str, ...]:
    value = side.limit.canonical(side.limit.low if side.side == "low" else side.limit.high)
    share = side.outside
    return (
        describe(group.partition),
        f"{'<' if side.side == 'low' else '>'} {value:g}",
        f"{share.value:.1%}",
        f"{share.low:.1%}-{share.high:.1%}",
        "" if side.reference is None else f"{side.reference:.1%}",
        "" if side.own is None else f"{side.own[0]:.2f}",
        "" if side.shift is None else f"{side.shift:+.2f}",
    )


def as_dict(one: Verification) -> dict[str, Any]:
    """A verification as plain data, for JSON."""
    return {
        "schema_version": 1,
        "definition": one.definition.id,
        "analyte": str(one.analyte),
        "unit": one.unit,
        "sample": tally_dict(one.sample.tally),
        "groups": [_group(group) for group in one.results],
    }


def _group(group: Verified) -> dict[str, Any]:
    return {
        "people": describe(group.partition),
        "n": group.n,
        "way": group.way,
        "sick_share": number(group.sick_share),
        "conclusion": group.conclusion,
        "reasons": list(group.reasons),
        "sides": [_side(side) for side in group.sides],
    }


def _side(side: Side) -> dict[str, Any]:
    limit = side.limit
    return {
        "side": side.side,
        "limit": number(limit.canonical(limit.low if side.side == "low" else limit.high)),
        "kind": limit.kind,
        "outside": side.outside.value,
        "outside_low": side.outside.low,
        "outside_high": side.outside.high,
        "reference": number(side.reference),
        "shift": number(side.shift),
        "shift_low": number(side.shift_low),
        "shift_high": number(side.shift_high),
        "own": None if side.own is None else number(side.own[0]),
        "conclusion": side.conclusion,
        "sure": side.sure,
    }
