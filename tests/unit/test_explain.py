"""An interpretation in words: whose definition, no diagnosis, plain for the person, translatable."""

import gettext
import re
import string
from datetime import date

import pytest
from msgspec.structs import replace

from leukon import Count, Panel, Person, definitions, interpret
from leukon.advice.drugs import find as find_drug
from leukon.advice.drugs import find_all
from leukon.causes import causes_that_fit, explain_drugs
from leukon.causes.content import causes_file, drugs_file
from leukon.context import QUESTIONS, Context, Medicine
from leukon.errors import UsageError
from leukon.explain import Also, counts, explain, languages
from leukon.explain import language as catalogue
from leukon.explain.language import Language, entries, language_of, messages, template, translations
from leukon.explain.person_messages import PERSON
from leukon.explain.professional_messages import PROFESSIONAL
from leukon.explain.voice import Voice
from leukon.findings import POSSIBLE, PRESENT, TEXTS, Known
from leukon.findings.content import findings_file
from leukon.interpretation import DefinitionUsed, Interpreted
from leukon.notes import TEXTS as NOTES
from leukon.reasons import Reason
from leukon.scales import Grade
from leukon.setpoints.eligibility import REASONS
from leukon.setpoints.rules import NO_ANSWER, WITHHELD
from support.found import findings_of, plain_counts

CELLS = "10*9/L"
FORBIDDEN = re.compile(r"\b(healthy|normal|abnormal|diagnos\w*|stop)\b", re.IGNORECASE)
DIGITS = re.compile(r"\d")
VOWELS = re.compile(r"[aeiouy]+")
READING_AGE = 11
LONGEST = 20
ALLOWED = {
    "name", "measured", "by", "lower", "upper", "reported", "reason", "low", "within", "high",
    "total", "lowest", "highest", "number", "word", "kinds", "drug", "lines", "names", "grade",
    "question", "text", "date", "centre", "source", "label", "value", "checked", "lacks", "row",
    "icd10cm", "snomedct", "hpo", "omim", "orpha", "kind", "mechanism", "course", "drugs", "atc",
    "lowers", "raises", "bears", "evidence", "monitoring", "groups", "timeframe", "rule", "action",
    "status", "counts", "reasons",
}  # fmt: skip


def panel(*given, age="34y", sex="female", **person):
    """A panel of counts such as ("NEUT", 0.4)."""
    made = [
        Count(kind, value, *rest) if rest else Count(kind, value, CELLS)
        for kind, value, *rest in given
    ]
    return Panel(Person(age=age, sex=sex, **person), tuple(made))  # fmt: skip


def everything(whose: Panel, context: Context | None = None) -> Also:
    """All that can be said beside an interpretation."""
    context = context or Context()
    low = [kind for kind, count in plain_counts(interpret(whose)).items() if count.is_low.holds]
    drugs = find_all(context.drugs or (), None)
    return Also(
        findings=findings_of(whose, context=context),
        causes=causes_that_fit(low, age=whose.person.age_at_draw, drugs=drugs),
        drugs=explain_drugs(drugs, low_lines=low),
        today=date(2026, 11, 24),
    )


CASES = {
    "low": panel(("WBC", 3.0), ("NEUT", 0.9), ("LYMPH", 1.9), ("MONO", 0.1)),
    "very low": panel(("WBC", 0.4), ("NEUT", 0.05), ("HGB", 70, "g/L"), ("PLT", 9)),
    "within": panel(("WBC", 6.0), ("NEUT", 3.0), ("LYMPH", 1.9)),
    "high": panel(("WBC", 60), ("NEUT", 50)),
    "derived": panel(("WBC", 3810, "/uL"), ("NEUT", 20, "%")),
    "percent only": panel(("NEUT", 20, "%")),
    "no age": panel(("NEUT", 1.0), age=None),
    "no sex": panel(("HGB", 100, "g/L"), sex=None),
    "pregnant": panel(("WBC", 4.5), ("EOS", 0.0), pregnant=True),
    "Duffy-null": panel(("NEUT", 1.1), duffy="null"),
}
ILL = Context(temperature="38.1C", drugs=["carbimazole", "lithium", "moonwort", "chemotherapy"])


@pytest.fixture(params=["person", "professional"])
def audience(request):
    """Whom leukon speaks to."""
    return request.param


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("context", [None, ILL], ids=["alone", "ill"])
def test_it_says_what_leukon_is_not(case, context, audience):
    """The last sentence of every explanation says what leukon is not."""
    whose = CASES[case]
    said = explain(interpret(whose, context=context), everything(whose, context), for_=audience)
    assert said.sentences[-1].code == "note.informs"
    assert said.sentences[0].text
    assert said.text.count("\n") == len(said.sentences) - 1


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("by", ["leukon-general", "mayo-clinic-2015", "uhd-dorset"])
def test_every_sentence_about_a_flag_says_whose(case, by, audience):
    """Each flag, each reason and each floor names the definition or the publisher of the limit."""
    answer = interpret(CASES[case], by=by)
    named = {answer.definition.label}
    named |= {side for c in answer.counts for side in (c.low_source, c.high_source) if side}
    for sentence in explain(answer, for_=audience).sentences:
        if sentence.code.startswith(
            (
                "count.low",
                "count.within",
                "count.high",
                "count.critical",
                "why.",
                "driver.",
                "count.floor",
            )
        ):
            assert any(name in sentence.text for name in named), sentence  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_person_reads_no_forbidden_word(case):
    """Never healthy, never normal, never a diagnosis, never to stop a medicine."""
    whose = CASES[case]
    said = explain(interpret(whose), everything(whose, ILL))
    assert not [s for s in said.sentences if FORBIDDEN.search(s.text)]


def test_no_message_to_a_person_holds_a_forbidden_word_or_a_number():
    """Numbers and limits come from the data, never from the prose."""
    for code, text in PERSON.items():
        plain = re.sub(r"\{\w+\}", "", text).replace("CD4", "")
        assert not FORBIDDEN.search(plain), code
        assert not DIGITS.search(plain), code


def test_only_the_professional_reads_what_labels_say():
    """Monitoring may say to stop a drug: it is for professionals, and no person reads it."""
    whose = CASES["low"]
    answer, also = interpret(whose), everything(whose, ILL)
    label = next(one.monitoring for one in drugs_file().drug if one.inn == "carbimazole")
    assert label in explain(answer, also, for_="professional").text
    assert label not in explain(answer, also).text


def test_a_person_is_told_whom_to_call_today():
    """A medicine that lowers what is low: call the prescriber today."""
    whose = CASES["low"]
    said = explain(interpret(whose), everything(whose, ILL))
    (sentence,) = said.about("carbimazole")
    assert "Call the person who prescribes it today" in sentence.text
    assert "moonwort" in said.about("moonwort")[0].text
    assert "hide" in said.about("lithium")[-1].text
    assert said.about("chemotherapy")[0].code == "drug.group"


def test_advice_comes_first():
    """An emergency is the first thing said, to the person and to the professional."""
    answer = interpret(panel(("NEUT", 0.4)), context=Context(temperature="39C"))
    for whom in ("person", "professional"):
        said = explain(answer, for_=whom)
        assert said.sentences[0].code == "urgency.emergency"
    assert answer.advice is not None
    assert explain(answer).sentences[1].text == answer.advice.text


def test_numbers_and_limits_are_those_of_the_data():
    """The count, its limit and whose it is stand in the sentence about it."""
    said = explain(interpret(panel(("WBC", 3.7)), by="mayo-clinic-2015")).about("WBC")
    flag = next(sentence for sentence in said if sentence.code == "count.low")
    assert "3.7 billion" in flag.text
    assert "4.0" in flag.text
    assert "Mayo Clinic" in flag.text


def test_the_driver_is_named():
    """The line with the largest shortfall is named, or that none or no one can be."""
    assert "neutrophils" in explain(interpret(CASES["low"])).sentences[0].text
    assert explain(interpret(CASES["within"])).sentences[0].code == "driver.none"
    assert explain(interpret(CASES["percent only"])).sentences[0].code == "driver.undetermined"


def interpreted(**fields) -> Interpreted:
    """One interpreted count."""
    known = {
        "analyte": "NEUT", "value": 1.0, "unit": CELLS, "comparator": "", "reported": None,
        "flag": "low", "lower": 1.5, "upper": None, "distance": None, "definition": "x",
        "reason": "", "derived": False,
    }  # fmt: skip
    return Interpreted(**{**known, **fields})


USED = DefinitionUsed("x", "My clinic", "2026", "", "", "My clinic, 2026", "")


@pytest.mark.parametrize(
    "reason", [r for r in Reason if r not in (Reason.NONE, Reason.BELOW_FLOOR)]
)
def test_every_reason_is_a_sentence_of_its_own(reason):
    """A person reads for each reason a whole sentence, a professional the reason in words."""
    count = interpreted(flag="undetermined", reason=reason.slug, value=None)
    plain = counts._flag(count, USED, Voice("person", language_of()))
    assert plain.code == f"why.{reason.slug}"
    expert = counts._flag(count, USED, Voice("professional", language_of()))
    assert reason.text in expert.text


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "count.low"),
        ({"lower_inclusive": False}, "count.low-itself"),
        ({"flag": "critical-low"}, "count.critical-low"),
        ({"flag": "within", "value": 2.0, "upper": 7.0}, "count.within"),
        ({"flag": "within", "value": 2.0}, "count.within-low-only"),
        ({"flag": "within", "value": 2.0, "lower": None, "upper": 7.0}, "count.within-high-only"),
        ({"flag": "high", "value": 9.0, "upper": 7.0}, "count.high"),
        ({"flag": "critical-high", "value": 9.0, "upper": 7.0}, "count.critical-high"),
    ],
)
def test_every_flag_has_its_sentence(fields, code, audience):
    """Each flag, and each kind of limit, has a sentence that names the definition."""
    sentence = counts._flag(interpreted(**fields), USED, Voice(audience, language_of()))
    assert sentence.code == code
    assert "My clinic, 2026" in sentence.text


@pytest.mark.parametrize(("sign", "text"), [("<", "less than 1.0"), (">=", "1.0 billion or more")])
def test_a_sign_is_never_dropped(sign, text):
    """A count printed with a sign is said with it."""
    count = interpreted(comparator=sign)
    assert text in counts._flag(count, USED, Voice("person", language_of())).text


def test_a_floor_is_said(audience):
    """Where a floor decided, it is said whose interval may not clear the count."""
    count = interpreted(reason="below-floor")
    codes = [s.code for s in counts._beside(count, USED, Voice(audience, language_of()))]
    assert codes == ["count.floor"]


@pytest.mark.parametrize("code", NOTES)
def test_every_note_is_plain(code):
    """Each note has a wording of its own for the person."""
    assert f"note.{code}" in PERSON


@pytest.mark.parametrize("one", findings_file().finding, ids=lambda one: one.id)
def test_every_finding_is_plain(one):
    """Each finding has a wording of its own for the person, which names whose it is."""
    assert "{by}" in PERSON[f"finding.{one.id}"]


def test_every_kind_of_cause_is_plain():
    """Each kind of cause has a name a person reads."""
    kinds = {one.category for one in causes_file().cause if not one.names_a_finding}
    assert kinds <= {key.removeprefix("name.kind.") for key in messages()}


def test_a_possible_finding_is_no_finding():
    """A count known only as a range: the person hears that it may be, the codes are not given."""
    whose = Panel(Person(age="34y"), (Count("NEUT", 2.0, CELLS, comparator="<"),))
    also = Also(findings=findings_of(whose))
    assert {one.status for one in also.findings} == {POSSIBLE}
    answer = interpret(whose)
    assert "known only as a range" in explain(answer, also).about("neutropenia")[0].text
    assert "D70" not in explain(answer, also, for_="professional").about("neutropenia")[0].text


def test_findings_reach_the_professional_with_codes():
    """Each finding with codes, source and whose words; what cannot be decided, with what lacks."""
    whose = CASES["very low"]
    also = Also(findings=findings_of(whose, context=Context(temperature="38.1C")))
    said = explain(interpret(whose), also, for_="professional")
    assert "D70.9" in said.about("neutropenia")[0].text
    assert "sev-133" in said.text
    lacks = [one for one in also.findings if one.status == "cannot-say"]
    assert all(TEXTS[word] in said.text for one in lacks for word in one.lacks)
    assert len([one for one in also.findings if one.status == PRESENT]) > 3


def test_the_duffy_null_count_is_said_or_left_open():
    """The Duffy-null count is no illness where it is sure, and left open where it is not."""
    whose = panel(("NEUT", 1.3), duffy="null")
    sure = Context(temperature="36.8C", drugs=())
    answer = interpret(whose)
    for context, code in ((sure, "finding.duffy-null-count"), (None, "finding.duffy-open")):
        also = Also(findings=findings_of(whose, context=context))
        assert explain(answer, also).about("duffy-null-count")[0].code == code


def test_grades_name_their_scale(audience):
    """Each grade names its scale and version; one that cannot be given says why."""
    answer = interpret(panel(("NEUT", 0.7), ("LYMPH", 0.9)), scales=("ctcae-6.0",))
    said = [s for s in explain(answer, for_=audience).sentences if s.code.startswith("grade")]
    assert {sentence.code for sentence in said} == {"grade", "grade.none"}
    assert all("CTCAE 6.0" in sentence.text for sentence in said)
    assert isinstance(answer.grades[0], Grade)


def test_overdue_content_is_marked():
    """A definition whose next review has passed is said to be overdue, with the date."""
    answer = interpret(CASES["low"])
    late = explain(answer, Also(today=date(2099, 1, 1)))
    (sentence,) = [s for s in late.sentences if s.code == "overdue"]
    assert definitions.general.next_review in sentence.text
    soon = explain(answer, Also(today=date(2026, 11, 25)))
    assert not [s for s in soon.sentences if s.code == "overdue"]
    assert not [s for s in explain(answer).sentences if s.code == "overdue"]


def test_nobody_else_is_spoken_to():
    """An audience or a language that does not exist is refused by name."""
    answer = interpret(CASES["within"])
    with pytest.raises(UsageError, match="nobody"):
        explain(answer, for_="robot")
    with pytest.raises(UsageError, match="language"):
        explain(answer, language_code="tlh")


# The person's own level


def lived(value, now, *, context=None, years=range(2018, 2026), **more):
    """The explanation's source: somebody who lives at a level, and the count of now."""
    history = [(date(year, 3, 1), panel(("NEUT", value), **more)) for year in years]
    counts = [Count("NEUT", now, CELLS), Count("HGB", 140, "g/L"), Count("PLT", 240, CELLS)]
    whole = Panel(Person(age="44y", sex="female"), tuple(counts), date(2026, 3, 1))
    return interpret(whole, history=history, context=context)


def well():
    """Everything asked, and answered no."""
    answers = {name: False for name in QUESTIONS if name != "listed-drug"}
    return Context(temperature="36.8C", drugs=(), answers=answers)


@pytest.mark.parametrize(
    ("value", "now", "context", "code"),
    [
        (1.4, 1.3, well(), "own.low-but-usual-for-you"),
        (3.0, 1.4, well(), "own.low-and-low-for-you"),
        (5.0, 2.2, well(), "own.within-but-low-for-you"),
        (20.0, 8.0, well(), "own.low-for-you"),
        (1.4, 1.7, well(), "own.within-both"),
        (1.4, 4.0, well(), "own.within-but-above-own-band"),
        (1.4, 1.3, None, "own.low-by-definition"),
    ],
)
def test_each_answer_has_its_sentence(value, now, context, code, audience):
    """Each answer is said in words, with the band, how many counts, and whose definition."""
    answer = lived(value, now, context=context)
    (said,) = [s for s in explain(answer, for_=audience).about("NEUT") if s.code == code]
    hidden = audience == "person" and code == "own.low-by-definition"
    assert ("8 earlier counts since 2018" in said.text) is not hidden
    assert not FORBIDDEN.search(said.text)


def test_a_person_is_not_shown_a_band_that_would_calm():
    """Where "usual for you" is withheld the person reads why, and neither the band nor the word alone."""
    answer = lived(1.4, 1.3)
    (said,) = [s for s in explain(answer).about("NEUT") if s.code == "own.low-by-definition"]
    assert "were not asked about" in said.text
    assert not DIGITS.search(said.text)


def test_usual_for_you_says_what_it_does_not_change():
    """The one sentence that could calm says that it does not change how soon to see a doctor."""
    text = explain(lived(1.4, 1.3, context=well())).text
    assert "usual for you" in text
    assert "does not change how soon to see a doctor" in text


def test_a_band_of_few_counts_and_draws_left_out_are_said(audience):
    """A provisional band says so, and why earlier counts did not enter."""
    answer = lived(3.0, 1.2, years=[2024, 2025])
    assert "own.provisional" in {s.code for s in explain(answer, for_=audience).about("NEUT")}
    answer = lived(3.0, 1.2, pregnant=True)
    said = {s.code: s.text for s in explain(answer, for_=audience).about("NEUT")}
    assert "in pregnancy" in said["own.left-out"]
    assert "no earlier count can be used" in said["own.none"]


def test_that_there_is_no_history_is_said_once(audience):
    """No earlier count of any line is one sentence, not one a line."""
    said = explain(lived(3.0, 1.2, years=[]), for_=audience).sentences
    assert [s.code for s in said if s.code.startswith("own")] == ["own.no-history"]


def test_a_fall_is_said(audience):
    """An alarm for a slow fall stands beside whatever else is said."""
    falling = [6.0, 5.7, 6.3, 5.9, 6.1, 5.8, 5.31, 4.78, 4.3, 3.87, 3.48]
    history = [(date(2014 + n, 3, 1), panel(("NEUT", v))) for n, v in enumerate(falling)]
    whole = replace(panel(("NEUT", 3.4), age="60y"), drawn_at=date(2026, 3, 1))
    said = explain(interpret(whole, history=history), for_=audience)
    assert "own.falling" in {s.code for s in said.about("NEUT")}


@pytest.mark.parametrize("code", [*WITHHELD, *NO_ANSWER, *REASONS])
def test_every_reason_beside_a_band_is_translatable(code):
    """What is withheld or left out says why in a text that stands in the template."""
    text = {**WITHHELD, **NO_ANSWER, **REASONS}[code]
    assert f'msgid "{text}"' in (catalogue.FOLDER / "leukon.pot").read_text("utf-8")


# Plain words


def syllables(word: str) -> int:
    """How many syllables an English word has, roughly."""
    found = len(VOWELS.findall(word.lower()))
    return max(1, found - (word.lower().endswith("e") and not word.lower().endswith("le")))


def reading_age(text: str) -> float:
    """The age at which a text is read with ease (Flesch-Kincaid grade and five years)."""
    sentences = [part for part in re.split(r"[.?!]\s", f"{text} ") if part.strip()]
    words = re.findall(r"[A-Za-z']+", text)
    per_sentence = len(words) / len(sentences)
    return 0.39 * per_sentence + 11.8 * sum(map(syllables, words)) / len(words) - 15.59 + 5


def test_a_person_reads_with_ease():
    """The sentences for the person are read at eleven, and none is long."""
    texts = [re.sub(r"\{\w+\}", "it", text) for text in PERSON.values() if text != "{text}"]
    assert reading_age(" ".join(texts)) <= READING_AGE
    for text in texts:
        for sentence in re.split(r"[.:?!] ", text):
            assert len(sentence.split()) <= LONGEST, sentence


# Translation


def test_every_value_of_a_message_is_known():
    """A message asks only for values that are filled in."""
    for key, text in messages().items():
        assert {name for _, name, *_ in string.Formatter().parse(text) if name} <= ALLOWED, key


class Marked(gettext.NullTranslations):
    """Every message between brackets: whatever is said outside of them was not looked up."""

    def pgettext(self, _context, message):
        """The message, marked."""
        return f"⟦{message}⟧"


def outside(text: str) -> str:
    """What of a text stands outside the outermost brackets."""
    depth, kept = 0, []
    for letter in text:
        depth -= letter == "⟧"
        if depth == 0 and letter not in "⟦⟧":
            kept.append(letter)
        depth += letter == "⟦"
    return "".join(kept)


@pytest.mark.parametrize("case", CASES)
def test_no_sentence_is_put_together_from_pieces(case, audience, monkeypatch):
    """Each sentence is one message of the catalogue, whole: nothing stands outside of it."""
    monkeypatch.setattr("leukon.explain.language_of", lambda _: Language("xx", Marked()))
    whose = CASES[case]
    answer = interpret(whose, context=ILL, scales=("ctcae-6.0",))
    said = explain(answer, everything(whose, ILL), for_=audience, language_code="xx")
    for sentence in said.sentences:
        assert sentence.text.startswith("⟦"), sentence
        assert outside(sentence.text) == "", sentence
        assert sentence.text.count("⟦") == sentence.text.count("⟧")


TRANSLATED = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

#. a note to translators
msgctxt "person.note.informs"
msgid "{text}"
msgstr "leukon "
"sagt \\"nur\\" Bescheid."

msgctxt "name.count.NEUT"
msgid "neutrophils"
msgstr "Neutrophile"

msgctxt "name.count.LYMPH"
msgid "lymphocytes"
msgstr ""

#, fuzzy
msgctxt "name.none"
msgid "none"
msgstr "nix"
""".replace("{text}", PERSON["note.informs"])


def test_a_catalogue_is_read():
    """A .po file translates what it translates; the rest, and the unsure, stays English."""
    german = Language("de", translations(TRANSLATED))
    assert german.text("name.count.NEUT") == "Neutrophile"
    assert german.text("name.count.LYMPH") == "lymphocytes"
    assert german.text("name.none") == "none"
    assert german.text("person.note.informs") == 'leukon sagt "nur" Bescheid.'
    assert len(dict(entries(TRANSLATED))) == 3


def test_a_language_is_found_by_its_file(tmp_path, monkeypatch):
    """A file de.po in the folder is the language "de"."""
    (tmp_path / "de.po").write_text(TRANSLATED, encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    language_of.cache_clear()
    assert languages() == ("de", "en")
    said = explain(interpret(CASES["within"]), language_code="de")
    assert said.sentences[-1].text == 'leukon sagt "nur" Bescheid.'
    assert any(sentence.text.startswith("Neutrophile") for sentence in said.sentences)


def test_the_template_holds_every_message():
    """Every message stands in the template under its key, with its text."""
    filled = re.sub(r'msgstr ""\n(?=\n|\Z)', 'msgstr "x"\n', template({"a cause": "causes"}))
    found = dict(entries(filled))
    wanted = {f"{key}\x04{text}" for key, text in messages().items()} | {"content\x04a cause"}
    assert wanted <= set(found)
    assert len(PERSON) + len(PROFESSIONAL) < len(found)


def test_known_by_its_group_only():
    """A medicine known only by its group is named by it to the professional."""
    also = Also(drugs=explain_drugs([find_drug("chemotherapy")]))
    said = explain(interpret(CASES["low"]), also, for_="professional")
    assert "anticancer" in said.about("chemotherapy")[0].text
    assert Known().anticancer is None
    assert Medicine("chemotherapy").name == "chemotherapy"
