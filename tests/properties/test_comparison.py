"""What must hold of every comparison, whatever the person and the definition."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from leukon import Analyte, Count, DecisionLimit, Definition, Panel, Person, interpret
from support.generators import ages, amounts, cases, definitions, units_of
from support.oracle import ORDER

UNITED = ("WBC", "NEUT", "LYMPH", "HGB", "PLT")
DIGITS = st.integers(0, 5000).map(lambda n: Decimal(n) / 100)


def one_count(case, analyte, value, unit):
    """The case's person with a single count."""
    count = Count(Analyte(analyte), float(value), unit)
    return Panel(case.panel.person, [count], specimen=case.panel.specimen)


def flag_of(panel, definition):
    """The flag and reason of the only count."""
    found = interpret(panel, by=definition, agreement=False).counts[0]
    return found.flag, found.reason, found.lower, found.upper


@given(case=cases(), definition=definitions(), analyte=st.sampled_from(UNITED), value=DIGITS)
def test_a_change_of_unit_never_moves_a_flag(case, definition, analyte, value):
    """The same printed number, moved by powers of ten, has the same flag and limits."""
    said = {
        flag_of(one_count(case, analyte, value * factor, unit), definition)
        for unit, factor in units_of(analyte).items()
    }
    assert len(said) == 1


@given(
    value=DIGITS.filter(bool),
    inclusive=st.booleans(),
    units=st.tuples(*2 * [st.sampled_from(sorted(units_of("WBC").items()))]),
    low=st.booleans(),
)
def test_a_count_on_a_limit_follows_its_inclusiveness(value, inclusive, units, low):
    """A count on a limit is within where the limit is, in whatever units both are printed."""
    (limit_unit, limit_factor), (unit, factor) = units
    side = "low" if low else "high"
    fields = {side: float(value * limit_factor), f"{side}_inclusive": inclusive}
    other = {"low": 0.0} if not low else {}
    limit = DecisionLimit(analyte="WBC", unit=limit_unit, **fields, **other)
    mine = Definition(id="mine", publisher="Mine", version="1", limits=(limit,))
    panel = Panel(Person(), [Count("WBC", float(value * factor), unit)])
    assert flag_of(panel, mine)[0] == ("within" if inclusive else side)


@given(
    case=cases(),
    definition=definitions(),
    analyte=st.sampled_from(UNITED),
    pair=st.tuples(DIGITS, DIGITS).map(sorted),
)
def test_a_lower_count_never_gets_a_higher_flag(case, definition, analyte, pair):
    """Of two counts of one person the smaller one is never called higher."""
    unit = "g/L" if analyte == "HGB" else "10*9/L"
    flags = [flag_of(one_count(case, analyte, value, unit), definition)[0] for value in pair]
    if "undetermined" not in flags:
        assert ORDER.index(flags[0]) <= ORDER.index(flags[1])


@given(case=cases(), definition=definitions())
def test_no_value_is_never_within(case, definition):
    """Without a value the flag is undetermined, and says why."""
    for count in interpret(case.panel, by=definition, agreement=False).counts:
        if count.value is None:
            assert count.flag == "undetermined"
        assert bool(count.reason) or count.flag != "undetermined"


@given(case=cases(), definition=definitions())
def test_every_analyte_of_a_panel_gets_an_answer(case, definition):
    """Nothing that was given is left out of the answer."""
    given_analytes = {count.analyte for count in case.panel.counts}
    answered = {c.analyte for c in interpret(case.panel, by=definition, agreement=False).counts}
    context = {"SEG", "BAND", "NRBC", "META", "BLAST", "ATYP"}
    assert given_analytes - context <= answered


@given(case=cases(), definition=definitions(), seed=st.randoms(use_true_random=False))
def test_the_order_of_counts_says_nothing(case, definition, seed):
    """The same counts in another order have the same answer."""
    shuffled = list(case.panel.counts)
    seed.shuffle(shuffled)
    panel = Panel(case.panel.person, shuffled, specimen=case.panel.specimen)
    first, second = (interpret(p, by=definition, agreement=False) for p in (case.panel, panel))
    assert [(c.flag, c.reason) for c in first.counts] == [(c.flag, c.reason) for c in second.counts]


@given(age=ages(), value=amounts("NEUT"))
def test_a_definition_for_nobody_here_never_calls_within(age, value):
    """A definition whose rows ask for what is not known of a person clears nobody."""
    limit = DecisionLimit(analyte="NEUT", low=1.5, unit="10*9/L", partition=_tested())
    mine = Definition(id="mine", publisher="Mine", version="1", limits=(limit,))
    panel = Panel(Person(age=age[0]), [Count("NEUT", float(value), "10*9/L")])
    assert flag_of(panel, mine)[0] == "undetermined"


def _tested():
    from leukon import Partition

    return Partition(duffy="null", age_from="18y")
