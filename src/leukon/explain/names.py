"""Names and measures that stand by themselves in a sentence: counts, units, words, kinds."""

from __future__ import annotations

from leukon.analytes import NAMES as ANALYTES

NAMES = {
    **{f"count.{analyte}": text for analyte, text in ANALYTES.items()},
    "count.PANCYTOPENIA": "several cell lines",
    "word.mild": "mild",
    "word.moderate": "moderate",
    "word.severe": "severe",
    "word.profound": "profound",
    "word.agranulocytosis": "agranulocytosis",
    "none": "none",
    "decimal-sign": ".",
    "not-read": "not read at a source",
    "not-checked": "not yet checked by a clinician",
    "borrowed": "{source} (in {label})",
    "earlier.one": "one earlier count, of {date}",
    "earlier": "{number} earlier counts since {date}",
    # A measure, with the sign a report printed before it.
    "person.cells.": "{value} billion in a litre of blood",
    "person.cells.<": "less than {value} billion in a litre of blood",
    "person.cells.<=": "{value} billion or less in a litre of blood",
    "person.cells.>": "more than {value} billion in a litre of blood",
    "person.cells.>=": "{value} billion or more in a litre of blood",
    "person.mass.": "{value} grams in a litre of blood",
    "person.mass.<": "less than {value} grams in a litre of blood",
    "person.mass.<=": "{value} grams or less in a litre of blood",
    "person.mass.>": "more than {value} grams in a litre of blood",
    "person.mass.>=": "{value} grams or more in a litre of blood",
    "professional.cells.": "{value} × 10⁹/L",
    "professional.cells.<": "< {value} × 10⁹/L",
    "professional.cells.<=": "≤ {value} × 10⁹/L",
    "professional.cells.>": "> {value} × 10⁹/L",
    "professional.cells.>=": "≥ {value} × 10⁹/L",
    "professional.mass.": "{value} g/L",
    "professional.mass.<": "< {value} g/L",
    "professional.mass.<=": "≤ {value} g/L",
    "professional.mass.>": "> {value} g/L",
    "professional.mass.>=": "≥ {value} g/L",
    # Kinds of causes, for the person.
    "kind.artefact": "a problem with the sample",
    "kind.drug / treatment": "medicines and treatments",
    "kind.infection": "infections",
    "kind.cancer / marrow": "problems of the bone marrow",
    "kind.autoimmune": "the body's defence turned on itself",
    "kind.nutritional / metabolic": "too little of a vitamin, of copper or of food; alcohol",
    "kind.sequestration / liver": "a large spleen",
    "kind.congenital": "something inborn",
    "kind.benign / variant": "a count that runs in the family or comes with age",
    "kind.unexplained (diagnosis of exclusion)": "no cause that can be found",
}
"""By key; the key is the context a translator sees."""
