"""Tags that put the English beside what must be sure while nobody has checked a translation."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from leukon.explain import calling
from leukon.explain.language import ENGLISH
from leukon_site.speech.said import catalogue, english_beside, is_reviewed

register = template.Library()


@register.simple_tag
def beside(english: str) -> SafeString:
    """The English of the sentence before it, marked as English; nothing where there is none.

    >>> beside("")
    ''
    """
    if not english:
        return mark_safe("")
    return format_html(
        ' <span class="beside" lang="en" dir="ltr" translate="no">{}</span>', english
    )


@register.filter
def dialled(number: str) -> str:
    """A number to call as the language of the page holds it: amid Arabic in its own direction.

    >>> dialled("0800 123")
    '0800 123'
    """
    return calling.dialled(number, catalogue(_page()))


class Sure(template.Node):
    """What stands between the tags, and the same in English beside it."""

    def __init__(self, nodes: template.NodeList) -> None:
        self.nodelist = nodes

    def render(self, context: template.Context) -> SafeString:
        """The text of the page, and its English where nobody has checked the language."""
        english = english_beside(lambda: self.nodelist.render(context), _page())
        return mark_safe(self.nodelist.render(context) + beside(mark_safe(english)))


@register.tag
def sure(parser: template.base.Parser, _token: template.base.Token) -> Sure:
    """`{% sure %}...{% endsure %}` around words of the site that say how soon to get help."""
    nodes = parser.parse(("endsure",))
    parser.delete_first_token()
    return Sure(nodes)


@register.simple_tag
def translation_is_open() -> bool:
    """Whether the language of the page is a translation that nobody has checked."""
    return not is_reviewed(_page())


def _page() -> str:
    return get_language() or ENGLISH
