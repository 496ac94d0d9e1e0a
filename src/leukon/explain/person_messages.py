"""What is said to the person: plain, short sentences. Numbers, limits and names are filled in.

Each value is one whole sentence or more, or a name that stands by itself after a colon: nothing is
put together from pieces. Every sentence about a flag names whose definition it is ({by}).
"""

from __future__ import annotations

PERSON = {
    # Which type of cell.
    "driver.none": "No type of white cell that could be checked is low by {by}.",
    "driver.undetermined": "It cannot be said which type of white cell is low by {by}.",
    "driver.line": "The type of cell that is furthest under its limit: {name}. The limits are those "
    "of {by}.",
    # One count.
    "count.low": "{name}: {measured}. This is low by {by}: their lower limit is {lower}.",
    "count.low-itself": "{name}: {measured}. This is low by {by}: a count of {lower} or less is low "
    "for them.",
    "count.critical-low": "{name}: {measured}. This is very low by {by}: it is beyond a limit at "
    "which laboratories phone a doctor.",
    "count.within": "{name}: {measured}. This is within the limits of {by}: {lower} to {upper}.",
    "count.within-low-only": "{name}: {measured}. This is not low by {by}: their lower limit is "
    "{lower}.",
    "count.within-high-only": "{name}: {measured}. This is not high by {by}: their upper limit is "
    "{upper}.",
    "count.high": "{name}: {measured}. This is high by {by}: their upper limit is {upper}.",
    "count.critical-high": "{name}: {measured}. This is very high by {by}: it is beyond a limit at "
    "which laboratories phone a doctor.",
    "count.reported": "{name}: the report printed this as {reported}.",
    "count.derived": "{name}: this was worked out from a percentage. It was not counted by itself.",
    "count.floor": "{name}: the limits of {by} may not be used to call so low a count within.",
    "count.plain": "{name}: {measured}.",
    # Why it cannot be said, whole sentences.
    "why.value-missing": "{name}: by {by} it cannot be said if this is low. No number was given.",
    "why.pending": "{name}: by {by} it cannot be said if this is low. The result is not there yet.",
    "why.not-read": "{name}: by {by} it cannot be said if this is low. The number could not be read.",
    "why.impossible": "{name}: by {by} it cannot be said if this is low. Nobody has such a count: "
    "the number or its unit is wrong.",
    "why.unit-missing": "{name}: by {by} it cannot be said if this is low. The number has no unit.",
    "why.unit-refused": "{name}: by {by} it cannot be said if this is low. The unit is not known, "
    "or could mean two things.",
    "why.quality-control": "{name}: by {by} it cannot be said if this is low. It is a test of the "
    "machine, not of a person.",
    "why.not-blood": "{name}: by {by} it cannot be said if this is low. It was not counted in blood.",
    "why.duplicate": "{name}: by {by} it cannot be said if this is low. The same sample has two "
    "different numbers.",
    "why.contradictory": "{name}: by {by} it cannot be said if this is low. Two numbers of the "
    "report do not fit together.",
    "why.percentage-only": "{name}: by {by} it cannot be said if this is low. Only a share in "
    "percent was given, and a share is not a count.",
    "why.nrbc-unknown": "{name}: by {by} it cannot be said if this is low. There are young red "
    "cells, and it is not known if they were taken off.",
    "why.bands-unclear": "{name}: by {by} it cannot be said if this is low. It is not clear if "
    "young neutrophils are part of the number.",
    "why.comparator": "{name}: by {by} it cannot be said if this is low. The report gives only a "
    "range, and the limit lies inside it.",
    "why.no-limit": "{name}: by {by} it cannot be said if this is low. They print no limit for it.",
    "why.no-limit-for-age": "{name}: by {by} it cannot be said if this is low. They print no limit "
    "for this age.",
    "why.no-limit-for-sex": "{name}: by {by} it cannot be said if this is low. They print no limit "
    "for this sex.",
    "why.no-limit-for-person": "{name}: by {by} it cannot be said if this is low. They print no "
    "limit for such a person.",
    "why.age-missing": "{name}: by {by} it cannot be said if this is low. The age is not known.",
    "why.age-inexact": "{name}: by {by} it cannot be said if this is low. The age is not known "
    "closely enough.",
    "why.sex-missing": "{name}: by {by} it cannot be said if this is low. It is not known if the "
    "person is female or male.",
    "why.weeks-missing": "{name}: by {by} it cannot be said if this is low. The week of pregnancy "
    "is not known.",
    "why.no-lower-limit": "{name}: by {by} it cannot be said if this is low. They print no lower "
    "limit for it.",
    "why.historic-only": "{name}: by {by} it cannot be said if this is low. Their limit is an old "
    "one that is no longer used.",
    "why.percent-sum": "{name}: by {by} it cannot be said if this is low. The shares in percent add "
    "up to more than the whole.",
    "why.other": "{name}: by {by} it cannot be said if this is low ({reason}).",
    # How many publishers.
    "agreement": "{name}: publishers known to leukon that call this count low: {low} of {total}.",
    "agreement.undetermined": "{name}: publishers that cannot say for this person: {number}.",
    "agreement.mixed": "{name}: publishers that say both low and not low: {number}.",
    # Findings.
    "finding.leukopenia": "The word for this is leukopenia: there are fewer white cells than {by} "
    "expects. It is a word for the count. It does not say why.",
    "finding.neutropenia": "The word for this is neutropenia: there are fewer neutrophils than {by} "
    "expects. It is a word for the count. It does not say why.",
    "finding.agranulocytosis": "So few neutrophils have a name of their own, agranulocytosis, by "
    "{by}. An infection can then turn bad fast. If you feel ill, get help at once.",
    "finding.lymphopenia": "The word for this is lymphopenia: there are fewer lymphocytes than {by} "
    "expects. It is a word for the count. It does not say why.",
    "finding.cd4-lymphopenia": "There are fewer CD4 lymphocytes than {by} expects. This does not "
    "say why.",
    "finding.monocytopenia": "The word for this is monocytopenia: there are fewer monocytes than "
    "{by} expects. It is a word for the count. It does not say why.",
    "finding.bicytopenia": "Two of the three kinds of blood cells are low by {by}. A doctor should "
    "look at this soon.",
    "finding.pancytopenia": "All three kinds of blood cells are low by {by}. A doctor should look "
    "at this soon.",
    "finding.febrile-neutropenia": "A fever with so few neutrophils is called febrile neutropenia "
    "by {by}. It is an emergency: go to hospital now.",
    "finding.chronic-neutropenia": "The neutrophils have been low by {by} for three months or more.",
    "finding.cyclic-pattern": "The neutrophils go down and up again in turns, as far as they were "
    "counted ({by}). It takes many counts to be sure.",
    "finding.duffy-null-count": "People tested Duffy-null often have such a count, by {by}. It is "
    "not an illness.",
    "finding.word": "How low this is, in the words doctors use: {word} ({by}).",
    "finding.possible": "This may be there, but the count is known only as a range: {name} ({by}).",
    "finding.febrile-open": "From what is known here it cannot be said if this is febrile "
    "neutropenia, a fever with few neutrophils ({by}). If you have a fever or feel ill, go to "
    "hospital now.",
    "finding.duffy-open": "People tested Duffy-null often have such a count, by {by}. If that is so "
    "here cannot be said yet: your temperature and your medicines must be known.",
    # Causes and medicines.
    "causes": "Kinds of causes that could fit: {kinds}. Which one it is, a doctor has to find out. "
    "The order does not say how likely they are.",
    "drug.bears": "You take {drug}. It can lower what is low here: {lines}. Call the person who "
    "prescribes it today. Do not change anything by yourself.",
    "drug.lowers": "You take {drug}. It can lower some blood cells: {lines}. Tell your doctor that "
    "you take it. Do not change anything by yourself.",
    "drug.raises": "{drug} can raise some blood cells: {lines}. A count that looks better may hide "
    "a low one.",
    "drug.several": "You take {drug}. It can lower several kinds of blood cells. Call the person "
    "who prescribes it today. Do not change anything by yourself.",
    "drug.group": "leukon knows {drug} only as a kind of medicine that can matter here. Call the "
    "person who prescribes it today. Do not change anything by yourself.",
    "drug.unknown": "leukon does not know this medicine: {drug}. It may matter here. Tell your "
    "doctor that you take it.",
    "drug.did-you-mean": "Is the name spelt right? leukon knows: {names}.",
    # Grades and advice.
    "grade": "{name}: grade {grade} by {by}. Grades are made for doctors and trials. They do not "
    "say how you are.",
    "grade.none": "{name}: no grade by {by} ({reason}).",
    "urgency.emergency": "How soon to get help: now.",
    "urgency.urgent": "How soon to get help: today or within two days.",
    "urgency.soon": "How soon to see a doctor: within days or weeks.",
    "urgency.routine": "How soon to see a doctor: at your next visit.",
    "advice.open": "Please answer this: {question}",
    "advice.sign": "Go to hospital now if the answer is yes: {question}",
    # Notes.
    "note.derived": "Some counts were worked out from shares in percent. They were not counted by "
    "themselves.",
    "note.nrbc-corrected": "Young red cells were taken off the white cells before anything else.",
    "note.bands-added": "Young neutrophils were added to the neutrophils: only then do the shares "
    "add up.",
    "note.counting-error": "A person counted only a hundred cells by eye. The true count may be on "
    "the other side of the limit.",
    "note.total-within-line-low": "There are enough white cells in all, but one type of them is low.",
    "note.total-low-no-line-low": "There are few white cells in all, but no type of them is low by "
    "itself.",
    "note.total-low-lines-unknown": "There are few white cells in all, and the types were not "
    "counted. The neutrophils may be very low. They have to be counted.",
    "note.pregnancy-not-considered": "The limits used for these are not made for pregnancy, and "
    "counts differ then: {names}.",
    "note.duffy-not-considered": "The limits used for these are not made for people who are "
    "Duffy-null, who often have fewer neutrophils: {names}.",
    "note.agreement-not-for-pregnancy": "None of the publishers prints limits for pregnancy.",
    "note.agreement-not-for-duffy": "None of the publishers prints limits for people who are "
    "Duffy-null.",
    "note.agreement-no-risk": "How many publishers call a count low does not say how great the "
    "danger is.",
    "note.not-checked": "No clinician has checked these limits as leukon holds them.",
    "note.no-context": "leukon has not looked at your temperature, treatments, medicines or how you "
    "feel. If you have a fever in or after cancer treatment, or feel very ill, get help at once.",
    "note.informs": "leukon informs. It does not say what you have and it does not treat. Only a "
    "doctor who knows you can do that.",
    "note.other": "{text}",
    "overdue": "These limits were due for another look on {date}: {by}.",
    # Beside the person's own band.
    "own.low-but-usual-for-you": "{name}: low by the limit of {by}, which is {lower}, but usual for "
    "you. It lies within your own range: {low} to {high}. The range was worked out from {counts}. "
    "This does not say why it is low. It does not change how soon to see a doctor.",
    "own.low-and-low-for-you": "{name}: this is low for you too. Your own range is {low} to {high}. "
    "It was worked out from {counts}. Show your doctor the earlier counts.",
    "own.within-but-low-for-you": "{name}: this is not low by {by}, but it is low for you. Your own "
    "range is {low} to {high}. It was worked out from {counts}. Show your doctor the earlier counts.",
    "own.low-for-you": "{name}: {by} does not call this low, but it is low for you. Your own range "
    "is {low} to {high}. It was worked out from {counts}. Show your doctor the earlier counts.",
    "own.within-both": "{name}: this is also within your own range: {low} to {high}. The range was "
    "worked out from {counts}.",
    "own.within-but-above-own-band": "{name}: this is within the limits of {by}, and more than usual "
    "for you. Your own range is {low} to {high}. It was worked out from {counts}.",
    "own.low-by-definition": "{name}: leukon does not say that this low count is usual for you. Why "
    "not: {reasons}.",
    "own.none": "{name}: it cannot be said what is usual for you. Why not: {reason}.",
    "own.no-history": "No earlier counts of yours were given. It cannot be said what is usual for you.",
    "own.provisional": "{name}: your own range is only a first guess. It rests on few counts, or on "
    "less than a year.",
    "own.falling": "{name}: your counts have been falling, bit by bit. Show all of them to your "
    "doctor, even if no single one is low.",
    "own.left-out": "{name}: earlier counts that were not used: {number}. Why not: {reasons}.",
    "withheld.neutrophils-very-low": "the neutrophils are very low",
    "withheld.grade-3-or-more": "one of the counts is very low",
}  # fmt: skip
