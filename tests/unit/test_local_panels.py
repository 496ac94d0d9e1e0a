"""A file says of each panel what `interpret` says of it: wide or long, text or numbers."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from leukon import Count, Panel, Person, interpret
from leukon.engines.local import interpret_table

SIGNS = ("", "", "", "<", ">=")
LINES = ("WBC", "NEUT", "LYMPH", "HGB", "PLT")
SHARES = ("NEUT", "LYMPH", "BAND", "SEG")
UNITS = {"HGB": ("g/L", "g/dL")}
CELLS = ("10*9/L", "K/uL", "/uL")

values = st.integers(0, 240).map(lambda tenths: tenths / 10)
amounts = st.none() | st.tuples(st.sampled_from(SIGNS), values, st.integers(0, 2))
ages = st.none() | st.sampled_from(
    ["0h", "12h", "3d", "28d", "1mo", "11mo", "12mo", "17y", "18y", "34y", "90y", "1y 6mo"]
)
people = st.fixed_dictionaries(
    {
        "age": ages,
        "sex": st.sampled_from([None, "female", "male"]),
        "duffy": st.sampled_from([None, None, "null", "not-null"]),
        "pregnant": st.booleans(),
        "specimen": st.sampled_from(["", "venous", "capillary"]),
    }
).filter(lambda said: not (said["pregnant"] and said["sex"] == "male"))
panels = st.lists(
    st.tuples(
        people,
        st.fixed_dictionaries(dict.fromkeys(LINES, amounts)),
        st.fixed_dictionaries(dict.fromkeys(SHARES, amounts)),
    ),
    min_size=1,
    max_size=8,
)
DEFINITIONS = st.sampled_from(["leukon-general", "mayo-clinic-2024", "u-iowa", "arup"])


FACTS = ("age", "sex", "duffy", "pregnant", "specimen")


def facts_of(person):
    """What a file says of the person."""
    return ["" if person[name] is None else person[name] for name in FACTS]


def unit_of(kind, number):
    """One of the units an analyte is given in here."""
    units = UNITS.get(kind, CELLS)
    return units[number % len(units)]


def panel_of(person, counts, shares):
    """The panel as an object."""
    found = [
        Count(kind, value, unit_of(kind, unit), comparator=sign)
        for kind, (sign, value, unit) in given_of(counts)
    ]
    found += [
        Count(kind, value, "%", comparator=sign) for kind, (sign, value, _) in given_of(shares)
    ]
    facts = {key: value for key, value in person.items() if key != "specimen"}
    return Panel(Person(**facts), found, specimen=person["specimen"])


def given_of(amounts):
    """The counts that are there."""
    return [(kind, amount) for kind, amount in amounts.items() if amount is not None]


def write_wide(path, drawn):
    """The panels, a row each."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        units = [name for kind in LINES for name in (kind, f"{kind}_unit")]
        rows.writerow([*FACTS, *units, *(f"{kind}_pct" for kind in SHARES)])
        for person, counts, shares in drawn:
            row = facts_of(person)
            for kind in LINES:
                sign, value, unit = counts[kind] or ("", "", 0)
                row += [f"{sign}{value}", unit_of(kind, unit)]
            row += [
                f"{shares[kind][0]}{shares[kind][1]}" if shares[kind] else "" for kind in SHARES
            ]
            rows.writerow(row)


def write_long(path, drawn):
    """The panels, a row a count."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["person", "specimen_id", *FACTS, "test", "value", "unit"])
        for number, (person, counts, shares) in enumerate(drawn):
            start = ["p", f"{number:03}", *facts_of(person)]
            for kind, (sign, value, unit) in given_of(counts):
                rows.writerow([*start, kind, f"{sign}{value}", unit_of(kind, unit)])
            for kind, (sign, value, _) in given_of(shares):
                rows.writerow([*start, f"{kind} %", f"{sign}{value}", "%"])


def said_of(answer, names):
    """What an answer says of each analyte, those that a panel does not hold as not given."""
    counts = {
        count.analyte: (
            count.value,
            count.comparator if count.value is not None else None,
            count.flag,
            count.lower,
            count.upper,
            count.reason,
        )
        for count in answer.counts
        if count.value is not None or count.reason != "value-missing"
    }
    return {name: counts.get(name) for name in names}, answer.driver


def by_file(path, by):
    """What the file engine says, panel by panel."""
    found = []
    interpret_table(path, by=by, each=lambda kept: found.append(kept.answer))
    return found


@given(panels, DEFINITIONS)
def test_a_file_says_what_one_panel_says(tmp_path_factory, drawn, by):
    """Wide and long files give every panel the answer that `interpret` gives it."""
    folder = tmp_path_factory.mktemp("files")
    wide, long = folder / "wide.csv", folder / "long.csv"
    expected = [interpret(panel_of(*one), by=by, agreement=False) for one in drawn]
    names = ("WBC", "NEUT", "LYMPH", "HGB", "PLT")
    write_wide(wide, drawn)
    assert [said_of(a, names) for a in by_file(wide, by)] == [said_of(a, names) for a in expected]
    counted = [place for place, (_, *amounts) in enumerate(drawn) if any(map(given_of, amounts))]
    if counted:
        write_long(long, drawn)
        wanted = [said_of(expected[place], names) for place in counted]
        assert [said_of(a, names) for a in by_file(long, by)] == wanted
