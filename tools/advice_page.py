"""The reference page of the urgency rules."""

from typing import Any

MADE = "<!-- made by tools/make_advice.py: change what it reads, not this page -->"
INTRO = """\
When to see a doctor: the decision table of leukon, most urgent rule first. The most urgent rule that
fires wins. A rule that raises fires where a count *may* lie in its band; a rule that calms carries
every gate and fires only where everything is known. No clinician has checked these rules as entered
here yet. *Status* says what was read at the source and what is our judgement; the rules LKN are
judgements of leukon, kept apart from those of the sources.

leukon informs; it does not diagnose or treat."""


def table(headings: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    head = "| " + " | ".join(headings) + " |"
    return "\n".join([head, "|" + "---|" * len(headings), *lines])


def rules_page(whole: dict[str, Any]) -> str:
    """The whole page."""
    parts = [f"# Urgency rules\n\n{MADE}\n\n{INTRO}"]
    for urgency in ("emergency", "urgent", "soon", "routine"):
        both = whole["rules"]["rule"] + whole["judgement"]["rule"]
        found = [rule for rule in both if rule["urgency"] == urgency]
        parts.append(f"## {urgency.capitalize()}")
        parts += [_rule(rule) for rule in found]
    parts += [_questions(whole), _groups(whole), _clozapine(whole)]
    return "\n\n".join(parts) + "\n"


def _rule(rule: dict[str, Any]) -> str:
    facts = {
        "called to the person": rule.get("rule_public", ""),
        "where nobody said whether it is the first time": rule.get("rule_if_first", ""),
        "where the definition in use calls nothing low": rule.get("rule_if_not_low", ""),
        "to the person": rule["action"],
        "to a professional": rule["action_professional"],
        "time": rule["timeframe"],
        "who": rule["who"],
        "fires when": cells_text(rule["when"]),
        "effect": rule["effect"] + ("; minimal set" if rule["minimal_set"] else ""),
        "sources differ": rule["conflict"],
        "source": " ".join(part for part in (rule["source"], rule["address"]) if part),
        "status": rule["status"],
    }
    lines = [f"- {name}: {text}" for name, text in facts.items() if text]
    return f"### {rule['id']}: {rule['rule']}\n\n" + "\n".join(lines)


def cells_text(when: dict[str, Any]) -> str:
    """The cells of a rule in one line."""
    return "; ".join(
        f"{name.replace('_', ' ')} {_cell(value)}"
        for name, value in when.items()
        if (name, value) != ("count_status", "any")
    )


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return band_text(value)
    if isinstance(value, list):
        return " or ".join(" and ".join(v) if isinstance(v, list) else v for v in value)
    return str(value)


def band_text(band: dict[str, Any]) -> str:
    """A band in signs, such as ">= 1.0 and < 1.5"."""
    signs = {("low", True): ">=", ("low", False): ">", ("high", True): "<=", ("high", False): "<"}
    return " and ".join(
        f"{signs[side, band[side + '_inclusive']]} {band[side]}"
        for side in ("low", "high")
        if side in band
    )


def _questions(whole: dict[str, Any]) -> str:
    rows = [
        [f"`{q['id']}`", q["kind"], q["question"], q["applies_to"], q["asked_of"], q["source"]]
        for q in whole["questions"]["question"]
    ]
    headings = ["id", "kind", "question", "asked about", "asked of", "source"]
    return "## Questions\n\nAn open question stops every rule that calms.\n\n" + table(
        headings, rows
    )


def _groups(whole: dict[str, Any]) -> str:
    rows = [
        [
            f"`{group['id']}`",
            " ".join(group["atc"]),
            ", ".join(group["names"]),
            group["window"]
            + (
                f"; {group['long_window']} for {' '.join(group['long_atc'])}"
                if "long_window" in group
                else ""
            ),
            group["status"],
        ]
        for group in whole["drug_groups"]["group"]
    ]
    headings = ["group", "ATC", "names", "counts after the last dose for", "status"]
    return "## Drug groups\n\n" + table(headings, rows)


def _clozapine(whole: dict[str, Any]) -> str:
    rows = [
        [
            f"`{band['id']}`",
            band["regime"],
            band["population"],
            band["band"],
            _clozapine_counts(band),
            band["action_professional"],
            band["frequency"],
            band["address"],
        ]
        for band in whole["clozapine"]["band"]
    ]
    headings = ["id", "regime", "population", "band", "counts", "what it says", "counted", "source"]
    notices = [
        f"- {notice['regime']}: {notice['text']} ({notice['address']})"
        for notice in whole["clozapine"]["notice"]
    ]
    intro = "## Clozapine monitoring\n\nFor professionals."
    return "\n\n".join([intro, table(headings, rows), "\n".join(notices)])


def _clozapine_counts(band: dict[str, Any]) -> str:
    counts = [f"{line} {band_text(band[line])}" for line in ("NEUT", "WBC") if line in band]
    return f" {band['combine'] or 'and'} ".join(counts)
