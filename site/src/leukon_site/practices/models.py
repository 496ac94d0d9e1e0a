"""The practice: a setting of the site, edited in the admin."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField

from leukon import LeukonError, definitions

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


class PracticeLink(blocks.StructBlock):
    """One link to another place of the practice."""

    kind = blocks.ChoiceBlock(choices=KINDS, label=_("Kind"))
    text = blocks.CharBlock(max_length=60, label=_("Text"))
    address = blocks.URLBlock(label=_("Address"))

    class Meta:
        icon = "link"


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
        FieldPanel("definition"),
        FieldPanel("embedded_on"),
        FieldPanel("links"),
    ]

    class Meta:
        verbose_name = _("Practice")

    def clean(self) -> None:
        """Refuse a definition that leukon does not know."""
        super().clean()
        try:
            self.definition and definitions[self.definition]
        except LeukonError as unknown:
            raise ValidationError({"definition": str(unknown)}) from unknown

    def in_header(self) -> list[blocks.StructValue]:
        """The links that stand at the top of every page."""
        return [link.value for link in self.links if link.value["kind"] in IN_HEADER]

    def in_footer(self) -> list[blocks.StructValue]:
        """The links that stand at the bottom of every page."""
        return [link.value for link in self.links if link.value["kind"] not in IN_HEADER]
