"""SVG, written safely: every text and attribute is escaped, every picture has a title and words.

Colours come from classes (`leukon.report.style`), so a picture follows the scheme of its page and
needs no inline style.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape as _escape
from textwrap import wrap

from leukon.report.words import plain

Attribute = str | float
_EM = 0.6
"""The mean width of a character in ems: wider than most fonts, so that estimates err to the safe side."""


def escape(text: object) -> str:
    """A text that can stand between tags or in an attribute, whatever it holds.

    >>> escape('<b>"')
    '&lt;b&gt;&quot;'
    """
    return _escape(plain(text), quote=True)


def element(tag: str, *children: str, **attributes: Attribute) -> str:
    """An element with escaped attributes; `class_` is class, `_` in a name is `-`.

    The children are markup already: a text goes through `escape` or `label`.

    >>> element("rect", x=1.25, width=10.0)
    '<rect x="1.2" width="10"/>'
    """
    given = "".join(f' {_name(key)}="{_value(value)}"' for key, value in attributes.items())
    return f"<{tag}{given}>{''.join(children)}</{tag}>" if children else f"<{tag}{given}/>"


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-") if key != "viewBox" else key


def _value(value: Attribute) -> str:
    return escape(value) if isinstance(value, str) else f"{round(float(value), 1):g}"


def picture(width: float, height: float, *, title: str, desc: str, body: Iterable[str]) -> str:
    """A whole picture: an image to a screen reader, with its title and its description."""
    return element(
        "svg",
        element("title", escape(title)),
        element("desc", escape(desc)),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        class_="lk-picture",
        role="img",
        direction="ltr",
    )


def label(text: str, x: float, y: float, *, anchor: str = "middle", class_: str = "") -> str:
    """A line of text at a place."""
    kind = f"lk-text {class_}".strip()
    return element("text", escape(text), x=x, y=y, text_anchor=anchor, class_=kind)


def text_width(text: str, size: float) -> float:
    """About how wide a text is, in the units of a picture."""
    return len(text) * size * _EM


def inside(x: float, text: str, size: float, width: float) -> float:
    """Where the middle of a text stands so that it stays within a picture as wide as `width`."""
    half = min(text_width(text, size), width) / 2
    return min(max(x, half), width - half)


def lines(text: str, size: float, width: float) -> list[str]:
    """A text broken into lines that fit."""
    return wrap(text, max(int(width / (size * _EM)), 8))


def triangle(x: float, y: float, size: float, *, up: bool, class_: str) -> str:
    """A triangle around a point, pointing up or down."""
    tip, base = (y - size, y + size * 0.8) if up else (y + size, y - size * 0.8)
    corners = ((x, tip), (x - size, base), (x + size, base))
    return element("polygon", points=_points(corners), class_=class_)


def diamond(x: float, y: float, size: float, *, class_: str) -> str:
    """A diamond around a point."""
    corners = ((x, y - size), (x + size, y), (x, y + size), (x - size, y))
    return element("polygon", points=_points(corners), class_=class_)


def arrow(x: float, y: float, size: float, *, left: bool = False, class_: str) -> str:
    """An arrow head whose tip is at a point."""
    back = x + size if left else x - size
    corners = ((x, y), (back, y - size), (back, y + size))
    return element("polygon", points=_points(corners), class_=class_)


def _points(corners: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
