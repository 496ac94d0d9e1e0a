"""The practice: a setting of the site, edited in the admin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField

from leukon import Definition, LeukonError
from leukon_site.clinical import limits

KINDS = [
    ("giving", _("Giving")),
    ("jobs", _("Jobs")),
    ("store", _("Store")),
    ("billing", _("Billing")),
    ("visitors", _("Visitors")),
    ("policies", _("Policies")),
    ("appointment", _("Request an appointment")),
    ("account", _("Patient account")),
    ("doctors", _("Find a doctor")),
    ("social", _("Social media")),
]
"""What a practice's own site may be linked to for."""
IN_HEADER = ("appointment", "account", "doctors", "giving")


class InLanguage(blocks.StructBlock):
    """The text of a link in one language, and its address where that language has one of its own."""

    language = blocks.ChoiceBlock(choices=settings.LANGUAGES, label=_("Language"))
    text = blocks.CharBlock(max_length=60, label=_("Text"))
    address = blocks.URLBlock(required=False, label=_("Address"))


class LinkValue(blocks.StructValue):
    """A link in the language of the page."""

    @property
    def label(self) -> str:
        """Its text in this language, else its text, else the name of its kind."""
        own = self._own()
        return (own and own["text"]) or self["text"] or str(dict(KINDS)[self["kind"]])

    @property
    def href(self) -> str:
        """Its address in this language, else its address."""
        own = self._own()
        return (own and own["address"]) or str(self["address"])

    def _own(self) -> Any:
        found = (one for one in self["languages"] or () if one["language"] == get_language())
        return next(found, None)


class PracticeLink(blocks.StructBlock):
    """One link to another place of the practice."""

    kind = blocks.ChoiceBlock(choices=KINDS, label=_("Kind"))
    text = blocks.CharBlock(
        max_length=60,
        required=False,
        label=_("Text"),
        help_text=_("Empty: the name of the kind, in the language of the page."),
    )
    address = blocks.URLBlock(label=_("Address"))
    languages = blocks.ListBlock(InLanguage(), default=[], label=_("In other languages"))

    class Meta:
        icon = "link"
        value_class = LinkValue


def _compiled(field: str, text: str) -> None:
    """Read a definition as it will be used; raises `LeukonError` where that cannot be."""
    if text:
        limits.named(limits.own(text) if field == "own_definition" else text).compiled  # noqa: B018


@register_setting(icon="home")
class Practice(BaseSiteSetting):
    """Whose site this is. Without a name the site speaks for leukon alone."""

    name = models.CharField(_("name"), max_length=80, blank=True)
    definition = models.CharField(
        _("definition"),
        max_length=80,
        blank=True,
        help_text=_("The id of a definition of the catalogue; empty: leukon-general."),
    )
    own_definition = models.TextField(
        _("own definition"),
        blank=True,
        help_text=_(
            "The practice's own limits: the text of a definition file. It takes the place of the "
            "definition above."
        ),
    )
    emergency_number = models.CharField(
        _("emergency number"),
        max_length=20,
        blank=True,
        help_text=_("What people call when it cannot wait. Empty: “your local emergency number”."),
    )
    phone = models.CharField(_("telephone of the practice"), max_length=40, blank=True)
    embedded_on = models.TextField(
        _("sites that may show the check in a frame"),
        blank=True,
        help_text=_("One address a line, such as https://clinic.example. Empty: none."),
    )
    is_example = models.BooleanField(
        _("an example, not a real practice"), default=False, help_text=_("Said on every page.")
    )
    links = StreamField([("link", PracticeLink())], blank=True, verbose_name=_("links"))

    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("is_example")], heading=_("Practice")),
        MultiFieldPanel([FieldPanel("emergency_number"), FieldPanel("phone")], heading=_("Calls")),
        MultiFieldPanel(
            [FieldPanel("definition"), FieldPanel("own_definition")], heading=_("Limits")
        ),
        FieldPanel("embedded_on"),
        FieldPanel("links"),
    ]

    class Meta:
        verbose_name = _("Practice")

    def clean(self) -> None:
        """Refuse a definition that leukon does not know, or cannot read."""
        super().clean()
        for field in ("definition", "own_definition"):
            try:
                _compiled(field, getattr(self, field))
            except LeukonError as refused:
                raise ValidationError({field: str(refused)}) from refused

    @property
    def judged_by(self) -> str:
        """What the clinical parts know the definition of this practice by."""
        return limits.own(self.own_definition) if self.own_definition else self.definition

    @property
    def by(self) -> Definition | None:
        """The definition of this practice; None: leukon's composite."""
        return limits.named(self.judged_by) if self.judged_by else None

    def in_header(self) -> list[blocks.StructValue]:
        """The links that stand at the top of every page."""
        return [link.value for link in self.links if link.value["kind"] in IN_HEADER]

    def in_footer(self) -> list[blocks.StructValue]:
        """The links that stand at the bottom of every page."""
        return [link.value for link in self.links if link.value["kind"] not in IN_HEADER]
