"""What a page is made of: prose by editors, and clinical parts whose numbers leukon writes.

A clinical part has no number to type: an editor chooses of which cell line it speaks, and where it
stands. What it says is looked up when the page is shown, by the definition of the practice.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from leukon_site.clinical import agreement, causes, child_picture, limits, sources, urgency
from leukon_site.practices import known
from leukon_site.practices.models import Practice

FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]
ANALYTES = [
    ("WBC", _("White blood cells, all")),
    ("NEUT", _("Neutrophils")),
    ("LYMPH", _("Lymphocytes")),
]
LINES = [("NEUT", _("Neutrophils")), ("LYMPH", _("Lymphocytes"))]


class Prose(blocks.RichTextBlock):
    """Text by an editor: no headings (sections have them), no pictures from elsewhere."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", FEATURES)
        super().__init__(**kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "pages/blocks/prose.html"


def _context(value: Any, parent: dict[str, Any] | None) -> dict[str, Any]:
    """What every clinical part is told: the practice, its definition, the language."""
    given = parent or {}
    request = given.get("request")
    practice = Practice.for_request(request) if request else Practice()
    known.remember(practice.emergency_number)
    return {
        **given,
        "self": value,
        "practice": practice,
        "definition": practice.judged_by,
        "used": limits.named(practice.judged_by),
        "language": get_language() or "en",
    }


class OwnLimit(blocks.StructBlock):
    """The limit of the practice for adults, and whose it is."""

    analyte = blocks.ChoiceBlock(choices=ANALYTES, default="WBC", label=_("Count"))

    class Meta:
        icon = "minus"
        label = _("The practice's own limit")
        template = "pages/blocks/own_limit.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Adds the limit."""
        context = _context(value, parent_context)
        return context | {"lower": limits.adult_lower(context["definition"], value["analyte"])}


class AllLimits(blocks.StructBlock):
    """The limits of all publishers on one line, and how they call one count."""

    analyte = blocks.ChoiceBlock(choices=ANALYTES, default="WBC", label=_("Count"))
    value = blocks.DecimalBlock(
        label=_("Example"),
        required=False,
        min_value=Decimal("0.1"),
        max_value=Decimal(20),
        help_text=_(
            "In billions per litre: the count that publishers are asked about. Empty: ours."
        ),
    )

    class Meta:
        icon = "grip"
        label = _("All published limits")
        template = "pages/blocks/all_limits.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Adds what the publishers say."""
        context = _context(value, parent_context)
        count = float(value["value"] or agreement.EXAMPLES[value["analyte"]])
        found = agreement.strip(value["analyte"], count, context["language"])
        return context | {"strip": found}


class ChildLimits(blocks.StructBlock):
    """The lower limit by age, from birth to 18 years."""

    analyte = blocks.ChoiceBlock(choices=ANALYTES, default="WBC", label=_("Count"))

    class Meta:
        icon = "group"
        label = _("Limits of children by age")
        template = "pages/blocks/child_limits.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Adds the steps by age; those of the composite where the practice has none."""
        context = _context(value, parent_context)
        own = (
            context["definition"]
            if limits.child_bands(context["definition"], value["analyte"])
            else ""
        )
        return context | {
            "used": limits.named(own),
            "bands": limits.child_bands(own, value["analyte"]),
            "picture": child_picture.child_picture(own, value["analyte"], context["language"]),
        }


class CellLines(blocks.StaticBlock):
    """The kinds of white cell, each with its limit."""

    class Meta:
        icon = "list-ul"
        label = _("The kinds of white cell")
        template = "pages/blocks/cell_lines.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Adds the limits of the lines."""
        context = _context(value, parent_context)
        return context | {"lines": limits.adult_lines(context["definition"])}


class DuffyNull(blocks.StaticBlock):
    """The limit for adults tested Duffy-null beside that for all adults."""

    class Meta:
        icon = "user"
        label = _("Tested Duffy-null")
        template = "pages/blocks/duffy_null.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Adds both limits, by the composite: few practices print the first."""
        both = {
            "null": limits.adult_lower("", "NEUT", "null"),
            "all": limits.adult_lower("", "NEUT"),
        }
        return _context(value, parent_context) | both


class Causes(blocks.StructBlock):
    """The causes by kind, each linked to its page."""

    line = blocks.ChoiceBlock(choices=LINES, required=False, label=_("Only those that lower"))
    child = blocks.BooleanBlock(required=False, label=_("In the order for children"))

    class Meta:
        icon = "list-ul"
        label = _("Causes")
        template = "pages/blocks/causes.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Adds the causes."""
        context = _context(value, parent_context)
        found = causes.groups(
            value["line"] or "", child=bool(value["child"]), language=context["language"]
        )
        return context | {"groups": found, "number": sum(len(group.causes) for group in found)}


class WhenToSeeADoctor(blocks.StaticBlock):
    """The urgency cards, the most urgent first."""

    class Meta:
        icon = "warning"
        label = _("When to see a doctor")
        template = "pages/blocks/urgency.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Adds the cards."""
        context = _context(value, parent_context)
        number = context["practice"].emergency_number
        return context | {
            "cards": urgency.cards(context["language"], number),
            "number": number,
            "checked_by": urgency.checked_by(),
        }


class NextSteps(blocks.StaticBlock):
    """What is usually done after a low count, by how low it is."""

    class Meta:
        icon = "tasks"
        label = _("What happens next")
        template = "pages/blocks/next_steps.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Adds the steps."""
        context = _context(value, parent_context)
        return context | {"steps": urgency.next_steps(context["language"])}


class Sources(blocks.StaticBlock):
    """Where the numbers of the page come from."""

    class Meta:
        icon = "doc-full"
        label = _("References")
        template = "pages/blocks/sources.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Adds the sources."""
        context = _context(value, parent_context)
        return context | {
            "of_limits": sources.of_limits(context["definition"]),
            "of_advice": sources.of_advice(),
            "of_causes": sources.of_causes(),
            "tables": sources.reviewed(context["definition"]),
        }


class AllRules(blocks.StaticBlock):
    """Every rule of urgency, with its source: for those who want to look behind the cards."""

    class Meta:
        icon = "table"
        label = _("Every rule of urgency")
        template = "pages/blocks/all_rules.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Adds the rules."""
        context = _context(value, parent_context)
        return context | {"rules": urgency.every_rule(context["language"])}


class Body(blocks.StreamBlock):
    """The content of a section."""

    text = Prose()
    subheading = blocks.CharBlock(
        max_length=90, label=_("Smaller heading"), template="pages/blocks/subheading.html"
    )
    own_limit = OwnLimit()
    all_limits = AllLimits()
    child_limits = ChildLimits()
    cell_lines = CellLines()
    duffy_null = DuffyNull()
    causes = Causes()
    urgency = WhenToSeeADoctor()
    next_steps = NextSteps()
    sources = Sources()
    all_rules = AllRules()


class Section(blocks.StructBlock):
    """A part of a page with a heading, named in its list of contents."""

    heading = blocks.CharBlock(max_length=90, label=_("Heading"))
    anchor = blocks.RegexBlock(
        regex=r"^[a-z][a-z0-9-]{1,40}$",
        label=_("Anchor"),
        help_text=_("What a link to this section ends with: small letters, digits, hyphens."),
        error_messages={"invalid": _("Small letters, digits and hyphens only.")},
    )
    content = Body(label=_("Content"))

    class Meta:
        icon = "title"
        label = _("Section")
        template = "pages/blocks/section.html"
