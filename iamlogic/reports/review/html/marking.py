"""How sentences keep the names in them apart on their way to HTML, where those are code.

The wording sets names off with two characters of Unicode's private use. They are not printable, so
that no text of a policy has them when it gets here (`printable` made escapes of them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamlogic.reports.review.wording import Voice

if TYPE_CHECKING:
    from markupsafe import Markup

_BEGIN, _END = "\ue000", "\ue001"


def code(text: str) -> str:
    """A name, to be shown as code."""
    return f"{_BEGIN}{text}{_END}"


VOICE = Voice(name=code)
"""Names as code; what others wrote, as it is."""


def plain(text: str) -> str:
    """A sentence where no markup can be: in a title."""
    return text.replace(_BEGIN, "").replace(_END, "")


def marked_up(text: str) -> Markup:
    """A sentence as HTML, all of it escaped, its names as code."""
    from markupsafe import escape

    return type(escape(""))(str(escape(text)).replace(_BEGIN, "<code>").replace(_END, "</code>"))
