"""For machines: what a page is about, its languages, the list of pages, infobutton."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from urllib.parse import urlencode

import pytest

PAGE = "/symptoms/low-white-blood-cell-count/"
PATHS = {
    PAGE: "MedicalSignOrSymptom",
    "/symptoms/febrile-neutropenia/": "MedicalSignOrSymptom",
    "/conditions/hiv-infection/": "MedicalCondition",
    "/tests/neutrophils/": "MedicalTest",
    "/drugs/carbimazole/": "Drug",
    "/tests/limits/nhs-lothian/": "Dataset",
    "/drugs/": "CollectionPage",
    "/symptoms/low-white-blood-cell-count/in-depth/": "MedicalWebPage",
}
LOINC, ICD, SNOMED, ATC = (f"2.16.840.1.113883.6.{end}" for end in (1, 90, 96, 73))


def told(client, path):
    """The things that a page tells machines of, by type."""
    html = client.get(path).content.decode()
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert data
    graph = json.loads(data[1])
    assert graph["@context"] == "https://schema.org"
    return {thing["@type"]: thing for thing in graph["@graph"]}


@pytest.mark.parametrize(("path", "type_"), PATHS.items())
def test_each_kind_of_page_says_what_it_is_about(client, path, type_):
    """schema.org: the page, its subject, and where it stands, each with this site's address."""
    found = told(client, path)
    assert type_ in found
    trail = found["BreadcrumbList"]["itemListElement"]
    assert [step["position"] for step in trail] == list(range(1, len(trail) + 1))
    assert trail[-1]["item"].endswith(path)
    for step in trail:
        where = step["item"].removeprefix("http://localhost:8000")
        assert client.get(where).status_code == 200


@pytest.mark.parametrize("path", [PAGE, "/drugs/carbimazole/"])
def test_a_review_is_never_invented(client, path):
    """While nobody has checked the content, neither a review nor a reviewer is told, to anybody."""
    page = told(client, path)["MedicalWebPage"]
    assert not {"reviewedBy", "lastReviewed"} & page.keys()
    html = client.get(path).content.decode()
    assert "Last reviewed" not in html
    assert re.search(r'Text as of <time datetime="20\d\d-\d\d-\d\d">', html)


@pytest.mark.usefixtures("rolled_back")
def test_a_review_that_took_place_is_told(client):
    """With who checked a page its date is that of the review, to readers and to machines."""
    from leukon_site.pages.models import SymptomPage

    page = SymptomPage.objects.get(slug="low-white-blood-cell-count", locale__language_code="en")
    page.checked_by = "A clinician"
    page.save_revision().publish()
    told_of = told(client, PAGE)["MedicalWebPage"]
    assert told_of["reviewedBy"] == {"@type": "Person", "name": "A clinician"}
    html = client.get(PAGE).content.decode()
    assert f'Last reviewed <time datetime="{told_of["lastReviewed"]}">' in html
    assert "Text as of" not in html


def test_codes_are_told_with_their_systems(client):
    """A condition's codes are those of the content."""
    codes = told(client, "/conditions/cyclic-neutropenia/")["MedicalCondition"]["code"]
    assert {"ICD-10-CM": "D70.4"}.items() <= {
        c["codingSystem"]: c["codeValue"] for c in codes
    }.items()


def test_data_cannot_leave_its_script():
    """A name that closes a script element does not."""
    from leukon_site.machines.templatetags.machines import _script

    written = _script({"name": "</script><b>&"})
    assert "<" not in written
    assert json.loads(written) == {"name": "</script><b>&"}


@pytest.mark.parametrize("path", PATHS)
def test_the_head_names_one_address_and_a_picture(client, path):
    """Canonical, Open Graph, and the other languages with English as the default."""
    html = client.get(path).content.decode()
    address = f"http://localhost:8000{path}"
    assert html.count('rel="canonical"') == 1
    assert f'<link rel="canonical" href="{address}">' in html
    assert f'<meta property="og:url" content="{address}">' in html
    assert re.search(r'<meta property="og:title" content="[^"]+">', html)
    if path.startswith(("/drugs/", "/conditions/", "/tests/")):
        for language, other in (("es", f"/es{path}"), ("x-default", path)):
            assert f'hreflang="{language}" href="http://localhost:8000{other}"' in html


def test_the_sitemap_lists_every_page_once_with_its_languages(client):
    """Every address in it is there, and every page in each language names all others."""
    names = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "x": "http://www.w3.org/1999/xhtml",
    }
    root = ET.fromstring(client.get("/sitemap.xml").content)
    listed = {
        url.findtext("s:loc", namespaces=names): {
            link.get("hreflang"): link.get("href") for link in url.findall("x:link", names)
        }
        for url in root.findall("s:url", names)
    }
    assert len(listed) == len(root.findall("s:url", names))
    assert f"http://localhost:8000{PAGE}" in listed
    for address, others in listed.items():
        assert not others or address in others.values()
        assert all(listed.get(other) == others for other in others.values())
    some = sorted(listed)[::101]
    paths = [address.removeprefix("http://localhost:8000") for address in some]
    assert [path for path in paths if client.get(path).status_code != 200] == []


def test_robots_names_the_sitemap_and_keeps_out_of_searches(client):
    """What people typed and what editors do is nobody's index."""
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /search/" in text
    assert "Disallow: /cms/" in text
    assert "Sitemap: http://localhost:8000/sitemap.xml" in text


def infobutton(client, code, system, **more):
    given = {"mainSearchCriteria.v.c": code, "mainSearchCriteria.v.cs": system}
    return client.get("/infobutton/?" + urlencode(given | more))


@pytest.mark.parametrize(
    ("code", "system", "path"),
    [
        ("751-8", LOINC, "/tests/neutrophils/"),
        ("6690-2", LOINC, "/tests/white-blood-cells/"),
        ("D72.819", ICD, PAGE),
        ("d72.819", ICD, PAGE),
        ("84828003", SNOMED, PAGE),
        ("127034005", SNOMED, "/symptoms/pancytopenia/"),
        ("H03BB01", ATC, "/drugs/carbimazole/"),
        ("751-8", "http://loinc.org", "/tests/neutrophils/"),
    ],
)
def test_a_code_leads_to_its_page(client, code, system, path):
    """One page for a code: a redirect to it."""
    answer = infobutton(client, code, system)
    assert answer.status_code == 302
    assert answer.headers["Location"] == path
    assert client.get(path).status_code == 200


def test_a_code_of_several_pages_lists_them(client):
    """Neutropenia, with and without fever, has one code."""
    html = infobutton(client, "D70.9", ICD).content.decode()
    assert 'href="/symptoms/neutropenia/"' in html
    assert 'href="/symptoms/febrile-neutropenia/"' in html


@pytest.mark.parametrize(
    ("asked", "path"),
    [("es", "/es/"), ("es-MX", "/es/"), ("zh-CN", "/zh-hans/"), ("ar", "/ar/"), ("en-GB", "/")],
)
def test_the_language_of_the_reader_is_kept(client, asked, path):
    """Any region of a language is that language."""
    more = {"informationRecipient.languageCode.c": asked}
    answer = infobutton(client, "751-8", LOINC, **more)
    assert answer.headers["Location"] == f"{path}tests/neutrophils/"


def test_json_is_the_feed_of_medlineplus_connect(client):
    """A feed with an entry for each page: title, address, summary."""
    answer = infobutton(client, "D70.4", ICD, knowledgeResponseType="application/json")
    feed = answer.json()["feed"]
    assert answer.headers["Content-Type"] == "application/json"
    titles = [entry["title"]["_value"] for entry in feed["entry"]]
    assert titles == ["Cyclic pattern of neutrophils", "Cyclic neutropenia"]
    assert all(entry["link"][0]["href"].startswith("http://") for entry in feed["entry"])
    assert (
        infobutton(client, "Z99.9", ICD, knowledgeResponseType="application/json").json()["feed"][
            "entry"
        ]
        == []
    )


def test_an_unknown_code_finds_help(client):
    """404, with a search and the indexes."""
    answer = infobutton(client, "S72.001A", ICD)
    html = answer.content.decode()
    assert answer.status_code == 404
    assert "No page about ICD-10-CM S72.001A" in html
    assert 'name="q"' in html


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "mainSearchCriteria.v.c is missing"),
        ({"mainSearchCriteria.v.c": "751-8"}, "mainSearchCriteria.v.cs is missing"),
        (
            {"mainSearchCriteria.v.c": "x y<", "mainSearchCriteria.v.cs": LOINC},
            "mainSearchCriteria.v.c is no code",
        ),
        (
            {"mainSearchCriteria.v.c": "1", "mainSearchCriteria.v.cs": "2.16.840.1.113883.6.88"},
            "names RxNorm, of which there are no codes here",
        ),
        (
            {"mainSearchCriteria.v.c": "1", "mainSearchCriteria.v.cs": "1.2.3"},
            "names no system that is known here",
        ),
        (
            {
                "mainSearchCriteria.v.c": "751-8",
                "mainSearchCriteria.v.cs": LOINC,
                "informationRecipient.languageCode.c": "tlh",
            },
            "informationRecipient.languageCode.c names no language of this site",
        ),
        (
            {
                "mainSearchCriteria.v.c": "751-8",
                "mainSearchCriteria.v.cs": LOINC,
                "knowledgeResponseType": "application/pdf",
            },
            "knowledgeResponseType is text/html or application/json",
        ),
    ],
)
def test_a_malformed_request_is_told_what_is_wrong(client, given, said):
    """400, the parameter by name, and what would do; as JSON where JSON was asked for."""
    answer = client.get("/infobutton/?" + urlencode(given))
    assert answer.status_code == 400
    assert said in answer.content.decode()
    if "knowledgeResponseType" not in given:
        more = given | {"knowledgeResponseType": "application/json"}
        assert said in client.get("/infobutton/?" + urlencode(more)).json()["error"]
