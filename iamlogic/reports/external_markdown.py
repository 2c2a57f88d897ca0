"""Who outside has access, for a pull request: the same as the text, as GitHub-flavoured Markdown.

As in `markdown`, whatever comes from a policy stands in a code span or a fenced block.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from iamlogic.reports.external import (
    STALE,
    AccessReport,
    Looked,
    headline,
    number,
    proved,
    set_aside,
    stale_line,
    trusted,
    unlike_new,
)
from iamlogic.reports.external_blocks import Block, blocks_of, example_of, lead, notes, rows_of
from iamlogic.reports.markdown import code, entries, fenced, shell
from iamlogic.semantics.explain import printable


def access_markdown(report: AccessReport) -> str:
    """The whole report."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: AccessReport) -> Iterator[str]:
    word, said = headline(report, code)
    yield f"### {word.capitalize()}"
    yield ""
    yield f"{said[:1].upper()}{said[1:]}."
    yield ""
    yield f"Trusted: {trusted(report.zone, code)}."
    numbers = count(1)
    for looked in report.looked:
        for block in blocks_of(report.counting_in(looked)):
            yield ""
            yield from _block(f"{next(numbers)}. ", block, looked)
    for title, findings in unlike_new(report):
        yield ""
        yield f"**{title}**, {number(len(findings), 'finding')}:"
        yield ""
        for block in blocks_of(findings):
            yield from _said("- ", block)
    for file, reason in report.unknown:
        yield ""
        yield f"Unknown of {code(printable(file))}: {code(printable(reason))}."
    for looked in report.unread:
        yield ""
        yield f"Not read: {code(printable(looked.file))}."
    for line in set_aside(report, code):
        yield ""
        yield f"{line}."
    if report.stale:
        yield ""
        yield f"{STALE}:"
        yield ""
        yield from (f"- {stale_line(each, code)}" for each in report.stale)
    said_of_rest = proved(report)
    if said_of_rest is not None:
        yield ""
        yield said_of_rest


def _block(bullet: str, block: Block, looked: Looked) -> Iterator[str]:
    yield from _said(bullet, block)
    pieces = example_of(block, looked)
    if not pieces:
        return
    indent = " " * len(bullet)
    yield ""
    yield f"{indent}For example:"
    yield ""
    yield from (indent + line for line in fenced("sh", shell(pieces)))


def _said(bullet: str, block: Block) -> Iterator[str]:
    indent = " " * len(bullet)
    yield f"{bullet}{lead(block, code)}{': **public**' if block.first.is_public else ''}"
    yield from (f"{indent}- {row.element}: {entries(row)}" for row in rows_of(block))
    yield from (f"{indent}- Note: {note}" for note in notes(block, code))
