"""The report says what the interpretation says, safely, legibly, and the same every time."""

import io
import re
from html.parser import HTMLParser
from itertools import pairwise, product
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukon import Count, DecisionLimit, Definition, Panel, Person, interpret
from leukon.interpretation import FLAG_SLUGS, Agreement, Interpreted, Reported, Vote
from leukon.reasons import SLUGS
from leukon.report import agreement_strip as strip
from leukon.report import number_line as line
from leukon.report import terminal, words
from leukon.report.page import html_report, panel_section
from leukon.report.screen import Column, Screen, width_of
from leukon.report.style import DARK, FLAG_COLOURS, LIGHT
from leukon.report.summary import RefusedRow, Summary

CELLS = "10*9/L"
HOSTILE = "</title></style></svg><script>alert('x')</script>\"' onload=x \x1b[31m\x00\u202e&amp;"
SVG = "{http://www.w3.org/2000/svg}"


def counted(**changes):
    """An interpreted count, low against 4.0 to 10.0, with the changes."""
    usual = {
        "analyte": "WBC",
        "value": 3.7,
        "unit": CELLS,
        "comparator": "",
        "reported": Reported(3700, "/uL"),
        "flag": "low",
        "lower": 4.0,
        "upper": 10.0,
        "distance": -0.3,
        "definition": "mine",
        "reason": "",
        "derived": False,
        "low_source": "Mine",
        "high_source": "Mine",
    }
    return Interpreted(**usual | changes)


def undetermined(reason, **changes):
    return counted(flag="undetermined", reason=reason, **changes)


def answer(*counts, person=None, by=None):
    return interpret(Panel(person or Person(age="34y", sex="female"), counts), by=by)


@pytest.fixture(scope="module")
def adult():
    """An adult with a low total driven by low neutrophils, and a derived count."""
    return answer(Count("WBC", 3700, "/uL"), Count("NEUT", 1.1, CELLS), Count("LYMPH", 40, "%"))


@pytest.fixture(scope="module")
def hostile():
    """An interpretation in which every text that others write tries to break out."""
    limits = (DecisionLimit(analyte="WBC", low=4.0, unit=CELLS),)
    mine = Definition(
        id="mine", publisher=HOSTILE, version=HOSTILE, source="javascript:x", limits=limits
    )
    found = answer(Count("WBC", 3.7, CELLS), by=mine)
    vote = Vote(HOSTILE, HOSTILE, "low", 4.0, None)
    agreement = Agreement(1, 0, 0, 0, 0, 4.0, 4.0, (vote,))
    evil = counted(
        unit=HOSTILE,
        reported=Reported(1.0, HOSTILE),
        low_source=HOSTILE,
        agreement=agreement,
        definition=HOSTILE,
    )
    return msgspec.structs.replace(found, counts=(evil,))


def page(*answers, **options):
    sections = [("Panel", {"Age": "34 years"}, one) for one in answers]
    return html_report(sections, heading="Counts", definition=answers[0].definition, **options)


def parsed(html):
    """The page as XML: it is written to be both."""
    return ET.fromstring(html.removeprefix("<!DOCTYPE html>\n"))


def texts(picture):
    return [text.text or "" for text in picture.iter(f"{SVG}text")]


class Tags(HTMLParser):
    """What a browser would see as elements and attributes."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


# Safety


def test_hostile_text_stays_text(hostile):
    """A name, unit, fact or refused row that holds markup is shown, never obeyed."""
    refused = RefusedRow(HOSTILE, HOSTILE, HOSTILE)
    whole = Summary(
        rows=1, panels=1, flags={HOSTILE: {"low": 1}}, reasons={HOSTILE: {HOSTILE: 1}},
        drivers={HOSTILE: 1}, refused=1, refused_rows=(refused,),
    )  # fmt: skip
    sections = [(HOSTILE, {HOSTILE: HOSTILE}, hostile)]
    html = html_report(
        sections, heading=HOSTILE, definition=hostile.definition, summary=whole, language=HOSTILE
    )
    seen = Tags(html)
    assert "script" not in seen.tags
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert "href" not in {name for name, _ in seen.attributes}
    assert not set(html) & {"\x00", "\x1b"}
    parsed(html)


def test_only_addresses_of_the_web_are_links(adult):
    """A source is linked where it is http or https; the links name no page they come from."""
    mayo = answer(Count("WBC", 3.7, CELLS), by="mayo-clinic-2024")
    links = [value for name, value in Tags(page(mayo)).attributes if name == "href"]
    assert links
    assert all(link.startswith(("http://", "https://")) for link in links)
    assert 'content="no-referrer"' in page(adult)


def test_the_title_names_no_one(adult):
    """The document's title, which browsers keep in their history, holds nothing of a person."""
    assert parsed(page(adult)).findtext("head/title") == "leukon report"


def test_nothing_is_loaded(adult):
    """No element or style asks for another file, and the page's own policy forbids it."""
    html = page(adult)
    seen = Tags(html)
    assert not seen.tags & {"script", "link", "img", "iframe", "object", "embed", "image", "use"}
    assert not {name for name, _ in seen.attributes} & {"src", "srcset", "xlink:href", "style"}
    assert not re.search(r"url\(|@import|@font-face", html)
    policies = [value for name, value in seen.attributes if name == "content"]
    assert any(value.startswith("default-src 'none';") for value in policies)


# The page


def test_the_page_is_well_formed_and_named(adult):
    """The page has a language, a direction, one main heading, and headings in their order."""
    root = parsed(page(adult, language="ar", direction="rtl"))
    assert (root.get("lang"), root.get("dir")) == ("ar", "rtl")
    levels = [int(e.tag[1]) for e in root.iter() if re.fullmatch("h[1-6]", e.tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_direction_is_one_of_two(adult):
    """Any other direction is refused."""
    with pytest.raises(ValueError, match="direction"):
        page(adult, direction="up")


def test_the_page_is_the_same_every_time(adult):
    """Equal answers make equal bytes."""
    assert page(adult) == page(adult)


def test_every_picture_has_words_and_a_table(adult):
    """A picture is an image with a title and a description, and its numbers stand beside it."""
    root = parsed(page(adult))
    figures = [f for f in root.iter("figure") if f.find(f"{SVG}svg") is not None]
    assert len(figures) == len(list(root.iter(f"{SVG}svg"))) == 5
    for figure in figures:
        picture = figure.find(f"{SVG}svg")
        assert picture.get("role") == "img"
        assert picture.findtext(f"{SVG}title")
        assert picture.findtext(f"{SVG}desc")
        assert figure.find(".//table") is not None


def test_the_page_says_whose_definition_and_that_none_checked_it(adult):
    """The head of the page names publisher, version and date, and the missing check."""
    said = "".join(parsed(page(adult)).find(".//header").itertext())
    assert adult.definition.label in said
    assert "not yet checked by a clinician" in said
    checked = msgspec.structs.replace(adult.definition, checked_by="A. Clinician")
    said = html_report([], heading="x", definition=checked)
    assert "checked by A. Clinician" in said
    assert "No clinician has checked" not in said


def test_the_page_informs_and_says_what_it_does_not_look_at(adult):
    """What leukon is not stands on every page, and what to do with fever at its head."""
    said = page(adult)
    assert "leukon informs; it does not diagnose or treat." in said
    assert "Temperature, treatment, drugs and symptoms are not looked at here." in said


def test_the_headline_is_the_gravest_count():
    """A total within never stands above a cell line that is low."""
    found = answer(Count("WBC", 6.0, CELLS), Count("NEUT", 0.2, CELLS), Count("LYMPH", 5.0, CELLS))
    assert words.leading(found).analyte == "NEUT"
    assert "Neutrophils 0.2\u00a0×\u00a010⁹/L: critically low" in panel_section(found, "x")


def test_a_panel_without_counts_says_so(adult):
    """No count is an answer too."""
    assert "No count was given." in panel_section(msgspec.structs.replace(adult, counts=()), "x")


def test_panel_notes_are_said_once_each(adult):
    """A note of one panel stands in it; those that hold for all stand in the page's head or foot."""
    section = panel_section(adult, "x")
    assert "worked out from percentages" in section
    assert "does not diagnose" not in section


def test_a_summary_counts_flags_reasons_and_refusals(adult):
    """The whole file: by flag, why not, drivers, refused rows, and how many panels are not shown."""
    whole = Summary(
        rows=5000, panels=1234, flags={"WBC": {"low": 7, "within": 1227}},
        reasons={"WBC": {"comparator": 3, "": 9}}, drivers={"NEUT": 5, "none": 0}, refused=4,
        refused_rows=(RefusedRow("row 2", "no unit", "pass --unit"),),
    )  # fmt: skip
    said = " ".join("".join(parsed(page(adult, summary=whole)).itertext()).split())
    for text in ("5,000", "1,227", "known only as a range", "row 2", "pass --unit"):
        assert text in said
    assert "And 3 more, not listed here." in said
    assert "Shown below: 1 of 1,234 panels; 1,233 more are not shown." in said
    assert "no cell line found low" not in said


def test_an_empty_summary_has_no_empty_tables(adult):
    """What a file does not have gets no heading, and nothing is not shown."""
    whole = Summary(rows=1, panels=1, flags={"WBC": {"low": 1}})
    said = page(adult, summary=whole)
    assert "What could not be read" not in said
    assert "Why it cannot be said" not in said
    assert "Shown below: 1 of 1 panels." in said


# Pictures


def test_the_number_line_shows_the_numbers_of_the_data():
    """Value, limits and flag stand in the picture as they stand in the interpretation."""
    said = texts(ET.fromstring(line.number_line(counted())))
    assert "3.7\u00a0×\u00a010⁹/L · low" in said
    assert {"4.0", "10.0", "lower limit", "upper limit"} <= set(said)


def test_an_open_side_is_an_arrow_and_no_label():
    """Where a definition has no upper limit the bar goes on, and no number is invented."""
    drawn = line.number_line(counted(upper=None))
    assert "upper limit" not in texts(ET.fromstring(drawn))
    assert "no upper limit" in drawn
    assert 'class="lk-band"' in re.search("<polygon[^>]*>", drawn).group()


def test_no_lower_limit_starts_the_bar_at_zero():
    """A definition with an upper limit alone has a bar from the start of the axis."""
    drawn = line.number_line(counted(lower=None, flag="high", value=12.0))
    bar = re.search(r'<rect x="([^"]*)"[^>]*lk-band', drawn)
    assert float(bar.group(1)) == line.MARGIN


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_a_comparator_is_a_range(sign):
    """A sign before a number is drawn as all the numbers it stands for, open or closed."""
    drawn = line.number_line(undetermined("comparator", comparator=sign, value=5.0))
    assert "lk-range" in drawn
    assert ("lk-hollow" in drawn) == (sign in ("<", ">"))


def test_an_undetermined_count_is_hollow_with_its_reason():
    """Cannot say has a marker of its own and the reason in words."""
    drawn = line.number_line(undetermined("no-limit-for-age", lower=None, upper=None))
    said = " ".join(texts(ET.fromstring(drawn)))
    assert "Cannot say: the definition has no limit for this age." in said
    assert "lk-mark lk-undetermined" in drawn


def test_a_decided_count_may_have_a_reason_too():
    """A count below the floor is low, and says why."""
    said = line.number_line(counted(reason="below-floor", value=4.2))
    assert "Below the floor" in said


def test_a_missing_value_has_no_marker():
    """Without a value nothing is marked on the line."""
    drawn = line.number_line(undetermined("pending", value=None))
    assert "no value · cannot say" in drawn
    assert "lk-mark" not in drawn


def test_a_percentage_alone_is_shown_as_one():
    """A percentage without a total is named, and never placed on the line of counts."""
    only = undetermined("percentage-only", value=None, reported=Reported(30, "%"))
    drawn = line.number_line(only)
    assert "30 % · cannot say" in drawn
    assert "lk-mark" not in drawn


def test_a_value_far_beyond_leaves_the_scale_and_says_so():
    """The limits stay legible beside a value a hundred times theirs."""
    drawn = line.number_line(counted(value=400.0, flag="critical-high"))
    assert {"off the scale", "4.0", "10.0", "15"} <= set(texts(ET.fromstring(drawn)))
    assert "lk-break" in drawn


def test_critical_flags_have_two_heads():
    """Critically low differs from low in shape, not in colour alone."""
    shapes = [line.number_line(counted(flag=flag)).count("<polygon") for flag in FLAG_SLUGS]
    assert shapes == [2, 1, 0, 1, 2, 1]


numbers = st.one_of(st.none(), st.floats(0, 500, allow_nan=False))
MADE = st.builds(
    counted,
    analyte=st.sampled_from(["WBC", "NEUT", "BASO", "HGB", "PLT"]),
    value=numbers,
    lower=numbers,
    upper=numbers,
    flag=st.sampled_from(FLAG_SLUGS),
    reason=st.sampled_from(SLUGS),
    comparator=st.sampled_from(["", "<", "<=", ">", ">="]),
)


@given(MADE)
def test_any_count_makes_a_picture(count):
    """Whatever the numbers, a number line is well-formed, and its marks stay within it."""
    root = ET.fromstring(line.number_line(count))
    width, height = map(float, root.get("viewBox").split()[2:])
    for element in root.iter():
        for name in ("x", "x1", "x2", "cx"):
            assert 0 <= float(element.get(name, 0)) <= width
        for name in ("y", "y1", "y2", "cy"):
            assert 0 <= float(element.get(name, 0)) <= height


def voted(value, lowers, **changes):
    votes = tuple(
        Vote(f"v{i}", f"V{i}", "low" if value < low else "within", low, None)
        for i, low in enumerate(lowers)
    )
    low = sum(vote.flag == "low" for vote in votes)
    made = Agreement(low, len(votes) - low, 0, 0, 0, min(lowers), max(lowers), votes)
    return counted(value=value, agreement=made, **changes)


def test_the_strip_shows_every_limit_and_the_count():
    """One mark a publisher, the count as a line, the two ends in numbers, both sides counted."""
    drawn = strip.agreement_strip(voted(3.7, [3.3, 3.5, 4.0, 4.0, 4.8]))
    assert drawn.count("lk-vote") == 5
    said = texts(ET.fromstring(drawn))
    assert {"this count 3.7", "3.3", "4.8", "◀ not low: 2", "low: 3 ▶"} == set(said)
    assert "Low by 3 of 5 publishers; lowest limit 3.3, highest 4.8." in drawn
    assert words.NO_RISK in drawn


def test_equal_limits_are_stacked():
    """Publishers that print the same limit stand on each other, and the limit is printed once."""
    drawn = strip.agreement_strip(voted(3.7, [4.0] * 20))
    heights = re.findall(r'lk-vote lk-low"|points="[\d.]+,([\d.]+)', drawn)
    assert len({height for height in heights if height}) == 20
    assert texts(ET.fromstring(drawn)).count("4.0") == 1
    assert "every limit is 4.0" in drawn


def test_an_undetermined_vote_has_no_mark():
    """A publisher whose limit for this person is not known is counted, not drawn."""
    sure, unsure = Vote("a", "A", "low", 4.0, 9.0), Vote("b", "B", "undetermined", 9.0, None)
    agreement = Agreement(1, 0, 0, 0, 1, 4.0, 4.0, (sure, unsure))
    drawn = strip.agreement_strip(counted(agreement=agreement))
    assert drawn.count("lk-vote") == 1
    assert "1 cannot say" in drawn
    nobody = Agreement(0, 0, 0, 0, 1, None, None, (unsure,))
    assert strip.agreement_strip(counted(agreement=nobody)) == ""
    assert strip.agreement_strip(counted()) == ""


@given(st.floats(0, 500), st.lists(st.floats(0.01, 400), min_size=1, max_size=40))
def test_any_agreement_makes_a_strip(value, lowers):
    """Whatever the limits, a strip is well-formed and no two marks stand on one spot."""
    drawn = strip.agreement_strip(voted(value, lowers))
    root = ET.fromstring(drawn)
    marks = [e for e in root.iter() if "lk-vote" in e.get("class", "")]
    places = [e.get("points") or (e.get("cx"), e.get("cy")) for e in marks]
    assert len(marks) == len(lowers) == len(set(places))


@pytest.mark.parametrize("sign", ["<", ">"])
def test_the_strip_shows_a_range_too(sign):
    """A count known only as a range is drawn as one."""
    drawn = strip.agreement_strip(voted(1.0, [4.0, 4.5], comparator=sign))
    assert "lk-count-range" in drawn
    assert f"this count {sign}\u00a01.0" in drawn.replace("&lt;", "<").replace("&gt;", ">")


def test_the_strip_of_mixed_and_high_votes():
    """High, within and contradicting publishers differ in shape."""
    flags = ("high", "within", "mixed")
    votes = tuple(Vote(flag, flag, flag, 4.0 + i, 10.0) for i, flag in enumerate(flags))
    agreement = Agreement(0, 1, 1, 1, 0, 4.0, 6.0, votes)
    drawn = strip.agreement_strip(counted(value=20.0, agreement=agreement))
    assert "1 contradicts itself at this count" in drawn
    assert "off the scale" in drawn
    assert (drawn.count('"lk-vote lk-high"'), drawn.count("<circle")) == (1, 1)


# Colours


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first, second):
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read(palette):
    """Each colour of text has a contrast of 4.5 with every surface it stands on (WCAG AA)."""
    pairs = [*product(("ink", "muted", "link"), ("page", "surface"))]
    for flag in set(FLAG_COLOURS.values()):
        pairs += [(flag, "surface"), (flag, f"{flag}-soft"), ("ink", f"{flag}-soft")]
    poor = {p: contrast(palette[p[0]], palette[p[1]]) for p in pairs}
    assert not {pair: ratio for pair, ratio in poor.items() if ratio < 4.5}


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_line_can_be_seen(palette):
    """Lines and marks that carry meaning have a contrast of 3 with what is behind them."""
    flags = set(FLAG_COLOURS.values())
    pairs = [("axis", "surface"), ("edge", "surface"), *((flag, "band") for flag in flags)]
    pairs += [*product(("low", "within", "high", "undetermined"), ("low-soft", "within-soft"))]
    poor = {p: contrast(palette[p[0]], palette[p[1]]) for p in pairs}
    assert not {pair: ratio for pair, ratio in poor.items() if ratio < 3}


# Words


CRITICAL = {"critical_limit": 2.0, "critical_source": "C"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "low by Mine (limit 4.0)"),
        ({"lower_inclusive": False}, "low by Mine (limit 4.0, itself low)"),
        ({"flag": "high", "value": 12.0}, "high by Mine (limit 10.0)"),
        ({"flag": "within", "upper": None}, "not low by Mine (limit 4.0)"),
        ({"flag": "within"}, "within by Mine (4.0 – 10.0)"),
        ({"flag": "within", "high_source": "B"}, "within: limits 4.0 by Mine and 10.0 by B"),
        ({**CRITICAL, "flag": "critical-low", "lower": None}, "critically low by C (critical limit 2.0)"),
        ({**CRITICAL, "flag": "critical-high", "upper": None}, "critically high by C (critical limit 2.0)"),
        (
            {**CRITICAL, "flag": "critical-low"},
            "critically low by C (critical limit 2.0); low by Mine (limit 4.0)",
        ),
        (
            {"reason": "below-floor"},
            "low by Mine (limit 4.0); below the floor under which this interval clears no count",
        ),
        ({"low_source": ""}, "low by L (limit 4.0)"),
        ({"flag": "undetermined", "reason": "pending"}, "cannot say: the result is pending"),
    ],
)  # fmt: skip
def test_a_call_names_whose_and_which_limit(adult, changes, said):
    """How a count is called: by whom, by which limit, and for what other reason."""
    definition = msgspec.structs.replace(adult.definition, label="L")
    assert words.call(counted(**changes), definition).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "0.3 below"),
        ({"distance": 0.2}, "0.2 above"),
        ({"distance": 0.0}, "at the limit"),
        ({"distance": None}, ""),
        ({"comparator": "<"}, "at least 0.3 below"),
        ({"comparator": ">", "distance": 2.0}, "at least 2.0 above"),
        ({"comparator": "<", "flag": "undetermined"}, ""),
    ],
)
def test_a_distance_is_in_words(changes, said):
    """How far below the lower limit a count lies; a range is at least so far."""
    assert words.distance(counted(**changes)) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "4.0 – 10.0"),
        ({"upper": None}, "from 4.0"),
        ({"lower": None}, "up to 10.0"),
        ({"lower": None, "upper": None, "reason": "no-limit-for-sex"}, "none"),
        ({"lower": None, "upper": None, "reason": "age-missing"}, "not known"),
    ],
)
def test_limits_are_printed_in_one_cell(changes, said):
    """Two limits, one, none at all, or not known for this person."""
    assert words.limits(counted(**changes)) == said


@pytest.mark.parametrize(
    ("tally", "said"),
    [
        ((1, 0, 0, 0, 0, 4.0, 4.0), "Low by 1 of 1 publisher; every limit is 4.0."),
        ((0, 0, 2, 2, 0, 3.0, 4.0), "Low by 0 of 4 publishers; high by 2; 2 contradict themselves "
                                    "at this count; lowest limit 3.0, highest 4.0."),
        ((0, 0, 0, 0, 3, None, None), "Low by 0 of 3 publishers; 3 cannot say."),
    ],
)  # fmt: skip
def test_an_agreement_is_a_sentence(tally, said):
    """How many call it low, the others that say something else, and the span of their limits."""
    assert words.agreed(Agreement(*tally), "WBC") == said


@pytest.mark.parametrize(
    ("tally", "said"),
    [((2, 1, 0, 0, 0), "2 of 3"), ((1, 1, 0, 0, 1), "1 of 3 (1 cannot say)"),
     ((0, 0, 0, 0, 3), "none can say")],
)  # fmt: skip
def test_a_share_never_hides_who_cannot_say(tally, said):
    """Publishers that cannot say are not taken for publishers that say it is not low."""
    assert words.share(Agreement(*tally)) == said


def test_the_driver_is_a_sentence(adult):
    """The driving line with its distance; none; or cannot say."""
    assert words.driver(adult) == "Driving cell line: neutrophils (0.4 below its limit)."
    none, unknown = (msgspec.structs.replace(adult, driver=d) for d in ("none", "undetermined"))
    assert words.driver(none) == "No white cell line is found low."
    assert words.driver(unknown) == "Driving cell line: cannot say."
    alone = msgspec.structs.replace(adult, counts=adult.counts[:1])
    assert words.driver(alone) == "Driving cell line: neutrophils."


@pytest.mark.parametrize(
    ("value", "analyte", "text"),
    [(0.0, "WBC", "0.0"), (0.00001, "WBC", "0.00001"), (0.1 + 0.2, "WBC", "0.3"),
     (129.0, "HGB", "129"), (129.5, "HGB", "129.5"), (1e-7, "", "0.0000001"), (400.0, "", "400.0")],
)  # fmt: skip
def test_a_number_is_printed_plainly(value, analyte, text):
    """No noise, no exponent, no decimals where none are printed."""
    assert words.number(value, analyte) == text


def test_a_number_is_never_rounded_on_to_a_limit():
    """1.49999 is below 1.5, and is not printed as 1.5."""
    assert words.value(counted(value=3.99999)) == "3.99999"


def test_a_code_of_tomorrow_is_shown_as_it_is():
    """An analyte or reason that this version does not know is shown by its code."""
    assert words.name("XYZ") == "XYZ"
    assert words.reason("new-reason") == "new-reason"


# The terminal


def printed(show, *, width=80, encoding="utf-8"):
    """What a screen that is no terminal receives."""
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    show(Screen(file, width=width))
    file.flush()
    return raw.getvalue().decode(encoding)


def test_a_panel_fits_eighty_columns(adult):
    """Nothing is cut, no line is wider, and a pipe gets no colour codes."""
    said = printed(lambda screen: terminal.print_interpretation(screen, adult, "Adult"))
    assert max(map(len, said.splitlines())) <= 80
    assert "…" not in said
    assert "\x1b" not in said
    for text in ("Adult", "▼ low", "4.0 – 10.0", "12 of 15", "Driving cell line: neutrophils"):
        assert text in said
    assert "1.48*" in said
    assert "* worked out from a percentage" in said


@pytest.mark.parametrize("width", [30, 60, 80, 200])
@pytest.mark.parametrize("name", ["a publisher with a long name", "臨床検査センター" * 4, "x" * 90])
def test_a_table_fits_its_screen(width, name):
    """Only what may be broken is, nothing is lost, and columns stand under their headings."""
    columns = [Column("count"), Column("value", right=True), Column("whose", breaks=True)]
    said = printed(
        lambda screen: screen.table(columns, [["WBC", "3.7", name], ["NEUT", "11.1", "b"]]),
        width=width,
    )
    lines = said.splitlines()
    assert max(map(width_of, lines)) <= width
    assert "".join(said.split()).count("x") == name.count("x")
    head = next(line for line in lines if "whose" in line)
    assert next(line for line in lines if "NEUT" in line).index("b") == head.index("whose")


def test_a_terminal_without_unicode_gets_ascii(adult):
    """Signs have spellings that every terminal has."""
    said = printed(lambda screen: terminal.print_interpretation(screen, adult), encoding="ascii")
    assert "v low" in said
    assert "10^9/L" in said


def test_hostile_text_does_not_reach_the_terminal(hostile):
    """Control characters are dropped, and markup of the table maker is text."""
    title = f"[red]{HOSTILE}[/red]"
    said = printed(lambda screen: terminal.print_panels(screen, [(title, hostile)]))
    assert "[red]" in said
    assert not set(said) & {"\x00", "\x1b", "\u202e"}


def test_panels_share_their_notes(adult):
    """The notes of several panels stand once, below them all."""
    said = printed(lambda screen: terminal.print_panels(screen, [("A", adult), ("B", adult)]))
    assert said.count("does not diagnose") == 1


def test_a_panel_says_why_it_cannot_say():
    """Below the table stands the reason of every count that is undetermined."""
    found = answer(Count("NEUT", 30, "%"), Count("HGB", 12.9, "g/dL"))
    said = printed(lambda screen: terminal.print_interpretation(screen, found))
    assert "NEUT: cannot say: only a percentage, with no total to make it a count" in said
    assert "HGB in g/L" in said


def test_a_file_comes_to_a_table():
    """Flags as columns, then reasons, then what was refused and how much more."""
    whole = Summary(
        rows=9, panels=3, flags={"WBC": {"low": 1, "undetermined": 2}}, refused=4,
        reasons={"WBC": {"comparator": 2, "": 1}},
        refused_rows=(RefusedRow("row 3", "no unit", "pass --unit"), RefusedRow("row 4", "no age")),
    )  # fmt: skip
    said = printed(lambda screen: terminal.print_summary(screen, whole))
    assert "9 rows, 3 panels, 4 could not be read" in said
    assert "WBC: 2 cannot say: known only as a range" in said
    assert "not read: row 3: no unit (pass --unit)" in said
    assert "and 2 more that could not be read" in said
