"""The systems of codes: their OIDs, and the addresses that FHIR calls them by."""

from __future__ import annotations

OIDS = {
    "2.16.840.1.113883.6.1": "loinc",
    "2.16.840.1.113883.6.90": "icd10cm",
    "2.16.840.1.113883.6.96": "snomedct",
    "2.16.840.1.113883.6.73": "atc",
    "2.16.840.1.113883.6.339": "hpo",
}
"""By OID, as an infobutton request names a system."""

UNLISTED = {
    "2.16.840.1.113883.6.88": "RxNorm",
    "2.16.840.1.113883.6.69": "NDC",
    "2.16.840.1.113883.6.103": "ICD-9-CM",
    "2.16.840.1.113883.6.12": "CPT",
}
"""Systems that other services take, and of which leukon's content has no code."""

ADDRESSES = {
    "loinc": "http://loinc.org",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "snomedct": "http://snomed.info/sct",
    "atc": "http://www.whocc.no/atc",
    "hpo": "http://human-phenotype-ontology.org",
}

TITLES = {
    "loinc": "LOINC",
    "icd10cm": "ICD-10-CM",
    "snomedct": "SNOMED CT",
    "atc": "ATC",
    "hpo": "HPO",
}


def system_of(given: str) -> str | None:
    """The system that an OID, a URI or a name means; None for one that is not known.

    >>> system_of("2.16.840.1.113883.6.1"), system_of("http://snomed.info/sct")
    ('loinc', 'snomedct')
    """
    text = given.strip().removeprefix("urn:oid:")
    by_address = {address: system for system, address in ADDRESSES.items()}
    by_name = {title.casefold(): system for system, title in TITLES.items()}
    return OIDS.get(text) or by_address.get(text) or by_name.get(text.casefold())
