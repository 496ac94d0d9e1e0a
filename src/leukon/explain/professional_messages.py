"""What is said to a professional: with definitions, dates, codes, sources and knowledge rows."""

from __future__ import annotations

PROFESSIONAL = {
    "definition": "Definition in use: {by}. Source: {source}. Checked by: {checked}.",
    "driver.none": "No cell line is low by {by}.",
    "driver.undetermined": "The driving cell line cannot be determined by {by}.",
    "driver.line": "Driving cell line by {by}: {name}.",
    "count.low": "{name} {measured}: low (L) by {by}, lower limit {lower}.",
    "count.low-itself": "{name} {measured}: low (L) by {by}, lower limit {lower}, itself low.",
    "count.critical-low": "{name} {measured}: critically low (LL) by {by}, lower limit {lower}.",
    "count.within": "{name} {measured}: within (N) by {by}, {lower} to {upper}.",
    "count.within-low-only": "{name} {measured}: not low (N) by {by}, lower limit {lower}, no upper "
    "limit.",
    "count.within-high-only": "{name} {measured}: not high (N) by {by}, upper limit {upper}, no "
    "lower limit.",
    "count.high": "{name} {measured}: high (H) by {by}, upper limit {upper}.",
    "count.critical-high": "{name} {measured}: critically high (HH) by {by}, upper limit {upper}.",
    "count.reported": "{name}: reported as {reported}.",
    "count.derived": "{name}: derived, not measured.",
    "count.floor": "{name}: low because it is below the floor under which the interval of {by} "
    "clears no count.",
    "count.plain": "{name} {measured}.",
    "why.other": "{name}: undetermined by {by}: {reason}.",
    "agreement": "{name}: publishers that call it low {low}, within {within}, high {high}, of "
    "{total}; lower limits from {lowest} to {highest}.",
    "agreement.undetermined": "{name}: publishers undetermined for this person: {number}.",
    "agreement.mixed": "{name}: publishers that contradict themselves at this count: {number}.",
    "finding.present": "{name}, by {by}. ICD-10-CM: {icd10cm}. SNOMED CT: {snomedct}. HPO: {hpo}. "
    "Source: {source}.",
    "finding.possible": "{name}, possible by {by}: {lacks}. Not to be coded.",
    "finding.cannot-say": "{name} by {by}: cannot be said. Not known: {lacks}.",
    "finding.word": "{name}: {word}, by {by} (row {row}). Source: {source}.",
    "finding.word-possible": "{name}: {word} is possible, by {by} (row {row}). Source: {source}.",
    "finding.note": "{name}: {text}",
    "causes": "Causes that fit the low lines, in the stated order, which is no probability: {kinds}.",
    "cause": "{name} ({kind}; {lines}). Mechanism: {mechanism}. Course: {course}. ICD-10-CM: "
    "{icd10cm}. SNOMED CT: {snomedct}. HPO: {hpo}. OMIM: {omim}. ORPHA: {orpha}. Source: {source} "
    "({row}).",
    "cause.because": "{name}: the medicines given point to it: {drugs}.",
    "drug.effect": "{drug} (ATC {atc}; {kind}). Lowers: {lowers}. Raises: {raises}. Bears on: "
    "{bears}. Evidence: {evidence}. Source: {source}.",
    "drug.monitoring": "{drug}, what labels and guidelines say: {monitoring}.",
    "drug.note": "{drug}: {text}",
    "drug.group": "{drug}: known only by its group ({groups}).",
    "drug.unknown": "{drug}: not known to leukon. It counts as a medicine that may matter.",
    "drug.did-you-mean": "Did you mean: {names}.",
    "grade": "{name}: grade {grade} by {by} (row {row}). Source: {source}.",
    "grade.none": "{name}: no grade by {by}: {reason}.",
    "urgency.emergency": "Urgency: emergency.",
    "urgency.urgent": "Urgency: urgent, today to 48 hours.",
    "urgency.soon": "Urgency: soon, days to weeks.",
    "urgency.routine": "Urgency: routine.",
    "advice.rule": "{row} ({timeframe}): {rule}. {action} Source: {source} ({status}).",
    "advice.conflict": "{row}, where sources differ: {text}",
    "advice.open": "Not answered: {question}",
    "note.other": "{text}",
    "note.informs": "leukon informs; it does not diagnose or treat.",
    "overdue": "Overdue for review since {date}: {by}.",
    "own.low-but-usual-for-you": "{name}: low by {by}, usual for this person: "
    "within the own band {low} to {high} (centre {centre}; {counts}, effective number {number}). It "
    "lowers no urgency.",
    "own.low-and-low-for-you": "{name}: low by {by} and low for this person: below the own band "
    "{low} to {high} (centre {centre}; {counts}, effective number {number}).",
    "own.within-but-low-for-you": "{name}: within by {by}, but low for this person: below the own "
    "band {low} to {high} (centre {centre}; {counts}, effective number {number}).",
    "own.low-for-you": "{name}: low for this person: below the own band {low} to {high} (centre "
    "{centre}; {counts}, effective number {number}).",
    "own.within-both": "{name}: within by {by} and within the own band {low} to {high} (centre "
    "{centre}; {counts}, effective number {number}).",
    "own.within-but-above-own-band": "{name}: within by {by}, above the own band {low} to {high} "
    "(centre {centre}; {counts}, effective number {number}).",
    "own.low-by-definition": "{name}: low by {by}; own band {low} to {high} (centre {centre}; "
    "{counts}, effective number {number}). Not called usual for this person: {reasons}.",
    "own.none": "{name}: no answer beside the own level: {reason}.",
    "own.no-history": "No earlier counts were given: there is no own level.",
    "own.provisional": "{name}: the own band is provisional.",
    "own.falling": "{name}: alarm for a slow fall over the person's counts (CUSUM).",
    "own.left-out": "{name}: earlier counts left out: {number} ({reasons}).",
}  # fmt: skip
