"""`iamlogic textconv` and `iamlogic difftool`: what git calls to show a change of policies.

By the first, `git diff` and `git log -p` compare policies as lines that say what they mean. By the
second, `git diff` shows what a change means, and after that the change of the text, so that nothing
of it goes unseen. Git takes a driver that fails for a reason to stop, so both leave with 0 also
where a policy cannot be read: what is wrong stands in what they print.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

import iamlogic as il
from iamlogic.cli.reading import content_of
from iamlogic.cli.textual_diff import Change, is_coloured, text_diff
from iamlogic.semantics.explain import printable

if TYPE_CHECKING:  # `textconv` runs for each file of a history: it loads what it needs
    from iamlogic.inputs.unresolved.placeholders import Deployment
    from iamlogic.questions.review.placed import Found
    from iamlogic.questions.review.review import Review

_ANY_NAME = {"ignore_unknown_options": True}
"""Files may be called whatever they like, also what looks like an option."""


@click.command(context_settings=_ANY_NAME)
@click.argument("file")
def textconv(file: str) -> None:
    """The policies of FILE as lines for a diff, for git's diff.DRIVER.textconv.

    What means the same reads the same: the order of members and lists, and whether one value is a
    list, do not show. Of a file that holds more than a policy its text follows; of one that holds
    none, or cannot be read, there is the text itself.
    """
    try:
        content = Path(file).read_bytes()  # all of it, however large: nothing may be cut off
    except OSError as error:
        raise click.FileError(file, error.strerror) from error
    click.echo(_lines(content, file), nl=False)


@click.command(context_settings=_ANY_NAME)
@click.option("--path", metavar="NAME", help="What the file is called, for OLD and NEW.")
@click.argument("arguments", nargs=-1, required=True, metavar="OLD NEW | PATH OLD … NEW …")
def difftool(path: str | None, arguments: tuple[str, ...]) -> None:
    """What the change from OLD to NEW means, and the change of the text.

    For git's diff.DRIVER.command, which gives seven arguments or more, and for difftool.TOOL.cmd,
    which gives two. The settings are those of the working directory.
    """
    if len(arguments) == 1:  # in the midst of a merge
        click.echo(f"* Unmerged path {printable(arguments[0])}")
        return
    change = _change(arguments, path)
    coloured = is_coloured()
    for line in change.header:
        click.echo(click.style(printable(line), bold=coloured), color=coloured)
    review: Review | None = None
    try:
        review = _review(change)
    except il.IamlogicError as error:
        for line in f"error: {error}".splitlines():
            click.echo(click.style(printable(line), fg="red"), color=coloured)
    if review is not None:
        _print(review, coloured=coloured)
    click.echo(text_diff(change, coloured=coloured), nl=False, color=True)


def _change(arguments: tuple[str, ...], path: str | None) -> Change:
    match arguments:
        case (old, new):
            before, after = (path or old, path or new)
            return Change(before, after, old, new)
        case (before, old, _, old_mode, new, _, new_mode):
            return Change(before, before, old, new, old_mode, new_mode)
        case (before, old, _, old_mode, new, _, new_mode, after, told):
            return Change(before, after, old, new, old_mode, new_mode, told)
        case _:
            raise click.UsageError("give OLD and NEW, or what git gives to a diff driver")


def _lines(content: bytes, file: str) -> bytes:
    """What `textconv` prints; what cannot be read is printed as the bytes that it is."""
    from iamlogic.inputs.places.files import FileKind, kind_of
    from iamlogic.inputs.unresolved.placeholders import Deployment
    from iamlogic.reports.diffable import diffable_file
    from iamlogic.syntax.json_tree import MAX_TEXT

    if len(content) > MAX_TEXT:
        return content
    try:
        found = _policies(content, file, Deployment())
    except il.IamlogicError:
        return content
    text = content.decode("utf-8", "surrogateescape")
    only = kind_of(file) is FileKind.JSON
    return diffable_file(found, text, is_policy_file=only).encode("utf-8", "surrogateescape")


def _review(change: Change) -> Review | None:
    """What a change means; None where there is no policy on either side."""
    from iamlogic.cli.judging import settings_in, today
    from iamlogic.cli.reviews import Asked, deployment_of, terms_of
    from iamlogic.questions.review.assembling import Sides, assembled
    from iamlogic.questions.review.reviewing import DEFAULT_TIMEOUT, review_pair

    settings = settings_in(None)
    deployment = deployment_of(settings.deployment, {})
    before = _policies(_held(change.old), change.before, deployment)
    after = _policies(_held(change.new), change.after, deployment)
    if not (before.policies or before.unread or after.policies or after.unread):
        return None
    sides = Sides({change.before: change.after})
    sides.add(before, after)
    terms = terms_of(settings, Asked(timeout=DEFAULT_TIMEOUT, today=today()), Path.cwd())
    changes = [review_pair(each, terms) for each in sides.changed]
    review = assembled(sides, changes, "before", "after")
    return replace(review, files=1, guardrails=len(settings.guardrails))


def _policies(content: bytes | None, file: str, deployment: Deployment) -> Found:
    """The policies of a file by itself: what other files of a module say is left open."""
    from iamlogic.inputs.places.files import FileKind, kind_of, policies_in
    from iamlogic.inputs.places.modules import policies_of_module
    from iamlogic.questions.review.placed import Found

    if content is None:
        return Found()
    if kind_of(file) is FileKind.TERRAFORM:
        return policies_of_module({PurePosixPath(file).name: content}, deployment)
    return policies_in(content, file, deployment)


def _held(file: str) -> bytes | None:
    return None if file == os.devnull else content_of(file)


def _print(review: Review, *, coloured: bool) -> None:
    from rich.console import Console

    from iamlogic.reports.review.text import print_review

    print_review(review, Console(force_terminal=coloured or None, no_color=not coloured))
    click.echo()
