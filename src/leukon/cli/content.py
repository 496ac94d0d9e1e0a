"""`leukon content`: who checked the content, and what is due for another look."""

from __future__ import annotations

import json
from datetime import date

from leukon.audit import Audit, Record, audit


def show_audit(*, brief: bool, as_json: bool, today: date | None = None) -> None:
    """Print the audit of the shipped content; it never fails on a date."""
    found = audit(today or date.today())
    if as_json:
        print(json.dumps(as_dict(found), ensure_ascii=False))
    elif brief:
        print(f"WARNING: {found.summary}" if _any_open(found) else found.summary)
    else:
        print(found.summary)
        _list("overdue for review", found.overdue)
        _list("without a full record", found.incomplete)
        _list("not yet checked by a clinician", found.unchecked)


def as_dict(found: Audit) -> dict[str, object]:
    """The audit as `--json` prints it."""
    return {
        "on": found.on.isoformat(),
        "files": len(found.records),
        "unchecked": [record.file for record in found.unchecked],
        "overdue": [record.file for record in found.overdue],
        "incomplete": {record.file: list(record.lacks) for record in found.incomplete},
    }


def _any_open(found: Audit) -> bool:
    return bool(found.unchecked or found.overdue or found.incomplete)


def _list(title: str, records: tuple[Record, ...]) -> None:
    if not records:
        return
    print(f"\n{title}:")
    for record in records:
        lacks = f" (lacks {', '.join(record.lacks)})" if record.lacks else ""
        due = f", next review {record.next_review}" if record.next_review else ""
        print(f"  {record.file}{lacks}{due}")
