"""Texts of others in GitHub's Markdown: names in code, sentences with all but plain words in code.

A pull request writes what stands in its policies, so none of it may be a link, an image, HTML, a
mention of a team or a reference to an issue. Inside a code span nothing is; `prose` leaves only
words outside of which none of these can be made. Whoever writes megabytes into a name gets a part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from iamlogic.reports.markdown import code
from iamlogic.reports.review.wording import Voice
from iamlogic.reports.wording import Mark

LONGEST = 300
"""Characters of one text of others before it is cut."""

_WORD = re.compile(r"[(]?[A-Za-z]+(?:[-'][a-z]+)*[),;:.]*|[0-9]{1,6}[),;:.]*")
"""A word that is no Markdown, wherever it stands inside a line: no `GH-1`, no `www.a`, no URL."""

_END = re.compile(r"[),;:.]+$")


def cut(text: str) -> str:
    """`text`, or its beginning."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def span(text: str) -> str:
    """A text as a code span."""
    return code(cut(text))


def cell(text: str) -> str:
    """A text as code within a table, where a bar would end the cell even inside a code span."""
    text = cut(text)
    if "|" not in text:
        return code(text)
    # What GitHub does with a bar after a backslash is not what it says, so there is neither.
    plain = "".join(c if c.isalnum() or c in " /-" else f"&#{ord(c)};" for c in text)
    return f"<code>{plain}</code>"


def tag(text: str) -> str:
    """A text as code within HTML."""
    return f"<code>{escape(cut(text))}</code>"


def prose(text: str, mark: Mark = span) -> str:
    """A sentence: runs of what is not a plain word are marked."""
    return "".join(_marked(cut(text), mark))


def _marked(text: str, mark: Mark) -> Iterator[str]:
    words = text.split(" ")
    for position, (is_plain, run) in enumerate(
        groupby(words, key=lambda word: _WORD.fullmatch(word) is not None)
    ):
        joined = " ".join(run)
        if position:
            yield " "
        if is_plain:
            yield joined
            continue
        end = _END.search(joined)
        body = joined[: end.start()] if end else joined
        inner = body.lstrip("(")  # what closes it stands outside of the span, too
        if inner.strip():
            yield f"{body[: -len(inner)]}{mark(inner)}{joined[len(body) :]}"
        else:
            yield mark(joined)


MARKDOWN = Voice(span, prose, LONGEST)
TABLE = Voice(cell, lambda text: prose(text, cell), LONGEST)
HTML = Voice(tag, tag, LONGEST)
