"""What an editor wrote on an entry: text only, since every number is leukon's."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    TranslatableMixin,
    WorkflowMixin,
)
from wagtail.search import index
from wagtail.snippets.models import register_snippet

from leukon_site.atoz.catalogue import by_id, every
from leukon_site.atoz.entry import Entry
from leukon_site.pages.blocks import FEATURES


def about_choices() -> list[tuple[str, str]]:
    """Every entry that may be written on, as an editor chooses it."""
    return [(key_of(entry), f"{entry.title} ({entry.kind})") for entry in every()]


def key_of(entry: Entry) -> str:
    """How a text names its entry: "drug:carbimazole"."""
    return f"{entry.kind}:{entry.id}"


@register_snippet
class EditorialText(
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    TranslatableMixin,
    index.Indexed,
    models.Model,
):
    """The text of an editor about one entry, in one language; shown above what leukon says."""

    about = models.CharField(_("about"), max_length=160, choices=about_choices)
    text = RichTextField(
        _("text"),
        features=FEATURES,
        help_text=_("No clinical numbers: those stand below, and leukon writes them."),
    )
    reviewed_on = models.DateField(_("last reviewed"), null=True, blank=True)
    checked_by = models.CharField(
        _("checked by"),
        max_length=120,
        blank=True,
        help_text=_("The clinician who checked this text. Empty: the page says that nobody has."),
    )
    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="editorial_text")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="editorial_text",
        for_concrete_model=False,
    )

    panels = [
        FieldPanel("about"),
        FieldPanel("text"),
        FieldPanel("reviewed_on"),
        FieldPanel("checked_by"),
    ]
    search_fields = [
        index.SearchField("text"),
        index.RelatedFields("locale", [index.FilterField("language_code")]),
        index.FilterField("live"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("text on an entry of the A to Z")
        verbose_name_plural = _("texts on entries of the A to Z")
        constraints = [
            models.UniqueConstraint(fields=["about", "locale"], name="one_text_a_language")
        ]

    def __str__(self) -> str:
        entry = self.entry
        return entry.title if entry else self.about

    @property
    def entry(self) -> Entry | None:
        """The entry it is about; None where leukon has it no longer."""
        kind, _, id_ = self.about.partition(":")
        return by_id().get((kind, id_))

    def clean(self) -> None:
        """Refuse an entry that leukon does not have."""
        super().clean()
        if self.entry is None:
            raise ValidationError({"about": _("leukon has no entry of this name.")})

    def get_preview_template(self, request: Any, mode_name: str) -> str:  # noqa: ARG002 (Wagtail's)
        """The page of the entry."""
        return f"atoz/{self.entry.kind}.html" if self.entry else "atoz/missing.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        """The page of the entry, with this text."""
        from leukon_site.atoz.shown import page_of

        context: dict[str, Any] = super().get_preview_context(request, mode_name)
        return context | (page_of(self.entry, self) if self.entry else {})


def text_on(entry: Entry, language: str) -> EditorialText | None:
    """The text that stands on an entry's page in a language."""
    found = EditorialText.objects.filter(
        about=key_of(entry), locale__language_code=language, live=True
    )
    return found.first()
