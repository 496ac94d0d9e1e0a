"""What the text of a page is made of: prose by editors, and clinical parts that leukon writes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]


class Prose(blocks.RichTextBlock):
    """Text by an editor: no headings (sections have them), no pictures from elsewhere."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("features", FEATURES)
        super().__init__(**kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")


class Body(blocks.StreamBlock):
    """The content of a section."""

    text = Prose()


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
