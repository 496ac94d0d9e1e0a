"""The A to Z: a page for every row of leukon's content, with its source, linked both ways."""

from __future__ import annotations

import re
from html import unescape

import pytest

from leukon.advice import content
from leukon.analytes import Analyte, codes
from leukon.causes.content import causes_file, drugs_file, named_causes
from leukon.findings.content import febrile_file, findings_file

LINK = re.compile(r'href="(/[^"#?]*)[^"]*"')
LISTS = ("/symptoms/", "/conditions/", "/tests/", "/drugs/", "/tests/limits/")


@pytest.fixture(scope="session")
def shown(site):  # noqa: ARG001 (the site must be there)
    """The HTML of every entry's page, by kind and id."""
    from django.test import Client
    from django.urls import reverse

    from leukon_site.atoz.catalogue import every

    client = Client()
    pages = {}
    for entry in every():
        answer = client.get(reverse(entry.kind, args=[entry.slug]))
        assert answer.status_code == 200, entry
        pages[entry.kind, entry.id] = unescape(answer.content.decode())
    return pages


def every_entry():
    from leukon_site.atoz.catalogue import every

    return every()


def test_every_row_of_the_content_has_its_page(shown):
    """Causes, drugs, findings, counts and definitions: none is left out, none is invented."""
    from leukon import definitions

    wanted = {("condition", cause.id) for cause in named_causes()}
    wanted |= {("drug", drug.inn) for drug in drugs_file().drug}
    wanted |= {("symptom", finding.id) for finding in findings_file().finding}
    wanted |= {("test", str(analyte)) for analyte in Analyte}
    wanted |= {("test", "units"), ("test", "elsewhere")}
    wanted |= {("definition", key) for key in definitions}
    assert set(shown) == wanted


def test_every_code_stands_on_a_page(shown):
    """Codes of causes, findings, drugs and laboratory tests are printed, whatever their system."""
    text = "\n".join(shown.values())
    printed = set(re.findall(r"<code>([^<]+)</code>", text))
    wanted = {code for _, code in codes()}
    for row in (*causes_file().cause, *findings_file().finding):
        wanted.update(row.icd10cm, row.snomedct, row.hpo)
    wanted |= {code for drug in content().drugs.drug for code in drug.atc}
    assert wanted - printed == set()


def test_rows_that_have_no_page_of_their_own_stand_on_another(shown):
    """Drugs known by name alone, spellings of units, criteria, clozapine's bands, limits."""
    from leukon import definitions
    from leukon_site.atoz.counts import unit_rows
    from leukon_site.atoz.drugs import known_by_name

    chemotherapy = shown["condition", "cause-027"]
    assert [drug.inn for drug in known_by_name() if drug.inn not in chemotherapy] == []
    units = shown["test", "units"]
    assert [row for row in unit_rows() if f"<code>{row['spelling']}</code>" not in units] == []
    febrile = shown["symptom", "febrile-neutropenia"]
    assert [one.by for one in febrile_file().criterion if one.criterion not in febrile] == []
    clozapine = shown["drug", "clozapine"]
    missing = [
        one.id for one in content().clozapine.band if one.action_professional not in clozapine
    ]
    assert missing == []
    for key in definitions:
        rows = shown["definition", key].count("<tr>") - 1
        assert rows == len(definitions[key].limits), key


def test_no_page_is_without_a_source_and_its_dates(shown):
    """Each page says where its content is from, when it was looked at, and who has not checked it."""
    for entry in every_entry():
        html = shown[entry.kind, entry.id]
        assert entry.sources, entry
        for source in entry.sources:
            assert source.who in html, entry
            assert source.address in html, entry
        assert entry.review.checked_by or "ot yet checked by a clinician" in html, entry


def test_links_lead_both_ways(shown):
    """Where one entry's page leads to another, that one leads back."""
    from django.urls import reverse

    from leukon_site.atoz.links import see_also

    paths = {key: set(LINK.findall(html)) for key, html in shown.items()}
    written = {"leukopenia", "neutropenia", "lymphopenia"}
    for entry in every_entry():
        own = reverse(entry.kind, args=[entry.slug])
        for _, others in see_also(entry):
            for other in others:
                if (
                    other.kind == "symptom"
                    and other.id in written
                    and entry.kind in ("symptom", "test")
                ):
                    continue  # the editors' pages name their own neighbours
                assert own in paths[other.kind, other.id], (other.id, "does not lead to", own)


def test_no_link_between_the_pages_is_dead(shown, client):
    """Every path that a page or an index leads to is there; those of the entries were just seen."""
    from django.urls import reverse

    found = {path for html in shown.values() for path in LINK.findall(html)}
    found |= {path for one in LISTS for path in LINK.findall(client.get(one).content.decode())}
    seen = {reverse(entry.kind, args=[entry.slug]) for entry in every_entry()}
    found = {path for path in found - seen if not path.startswith("/static/")}
    assert [path for path in sorted(found) if client.get(path).status_code != 200] == []


@pytest.mark.parametrize("path", LISTS)
def test_an_index_leads_to_every_entry_of_its_kind(client, path):
    """Nothing can be reached by search alone."""
    from django.urls import reverse

    from leukon_site.atoz.catalogue import of_kind

    kind = {"/tests/limits/": "definition"}.get(path, path.strip("/").removesuffix("s"))
    links = LINK.findall(client.get(path).content.decode())
    missing = [e.id for e in of_kind(kind) if reverse(e.kind, args=[e.slug]) not in links]
    assert missing == []


def test_a_drug_page_never_tells_a_person_to_stop(shown):
    """Whatever labels say to professionals stands in their part alone; a person hears whom to call."""
    for entry in every_entry():
        if entry.kind != "drug":
            continue
        html = shown["drug", entry.id]
        assert "Do not stop this medicine because of this page." in html
        assert "contact the person who prescribes it today" in html
        public = re.sub(
            r"<details class=\"more professional\">.*?</details>", "", html, flags=re.DOTALL
        )
        public = re.sub(r"Do not stop (?:this|a) medicine", "", public)
        said = re.sub(r"<[^>]+>", " ", public)
        assert not re.search(r"\b(stop|withhold|interrupt|discontinue)\b", said, re.IGNORECASE), (
            entry.id
        )


def test_templates_hold_no_clinical_number():
    """A number on a page comes from the content: the templates and their words have none."""
    from support.needs import REPOSITORY

    room = REPOSITORY / "site" / "src" / "leukon_site"
    for path in (room / "atoz" / "templates").rglob("*.html"):
        words = re.sub(r"{%.*?%}|{{.*?}}|<[^>]+>", " ", path.read_text(encoding="utf-8"))
        said = re.findall(r'translate "([^"]*)"', path.read_text(encoding="utf-8"))
        assert not re.search(r"\d", words + " ".join(said)), path.name


@pytest.mark.usefixtures("rolled_back")
def test_an_editors_text_stands_above_and_is_marked(client):
    """What an editor wrote on an entry is shown on its page in its language, and found by search."""
    from wagtail.models import Locale

    from leukon_site.atoz.models import EditorialText

    english = Locale.objects.get(language_code="en")
    EditorialText.objects.create(
        about="drug:carbimazole", text="<p>Quokkas have written this.</p>", locale=english
    )
    html = client.get("/drugs/carbimazole/?fresh").content.decode()
    assert "Quokkas have written this." in html
    assert "No clinician has checked this text yet." in html
    assert "/drugs/carbimazole/" in client.get("/search/?q=quokkas").content.decode()
    assert "Quokkas" not in client.get("/es/drugs/carbimazole/?fresh").content.decode()


@pytest.mark.usefixtures("rolled_back")
def test_an_editors_text_names_an_entry_that_leukon_has():
    """A text on nothing is refused."""
    from django.core.exceptions import ValidationError

    from leukon_site.atoz.models import EditorialText

    with pytest.raises(ValidationError):
        EditorialText(about="drug:nothing", text="<p>x</p>").full_clean()


@pytest.mark.usefixtures("site")
def test_editors_may_write_and_moderators_publish():
    """The groups of the pages have the rights on the texts, and the workflow of the pages holds."""
    from django.contrib.auth.models import Group
    from wagtail.models import WorkflowContentType

    def rights(group):
        owned = Group.objects.get(name=group).permissions
        return set(
            owned.filter(codename__endswith="editorialtext").values_list("codename", flat=True)
        )

    assert "change_editorialtext" in rights("Editors")
    assert "publish_editorialtext" not in rights("Editors")
    assert "publish_editorialtext" in rights("Moderators")
    assert WorkflowContentType.objects.filter(content_type__model="editorialtext").exists()


@pytest.mark.parametrize("path", ["/es/drugs/carbimazole/", "/ar/drugs/carbimazole/"])
def test_in_another_language_the_english_stands_beside_what_must_be_sure(client, path):
    """An unchecked translation of an emergency has its English beside it."""
    html = client.get(path).content.decode()
    assert '<span lang="en" dir="ltr" class="quiet">Go to hospital now, or call 112.' in html
