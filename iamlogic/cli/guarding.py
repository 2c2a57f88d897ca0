"""`iamlogic guardrails`: tried on their examples, and held against the policies of a repository."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

import iamlogic as il
from iamlogic.cli.answers import Exit, answer_with, complain, say
from iamlogic.cli.options import format_option, timeout_option

if TYPE_CHECKING:  # what it takes to ask is loaded when something is asked
    from iamlogic.questions.review.placed import Found
    from iamlogic.reports.guardrails import Guarded, Tried

_settings_option = click.option(
    "--settings",
    metavar="FILE",
    help="Where the guardrails stand; by default iamlogic.toml, or iamlogic.yaml.",
)
_CODES = {"HOLDS": Exit.HOLDS, "FAILS": Exit.FAILS, "UNKNOWN": Exit.UNKNOWN}


@click.group()
def guardrails() -> None:
    """What policies must never, or always, allow, as a team has settled it."""


@guardrails.command("test")
@_settings_option
@timeout_option
@format_option
def test_guardrails(settings: str | None, timeout: float | None, output: str) -> None:
    """Every guardrail catches the examples that it must, and no others.

    Exits with 0 if that is so, with 1 if an example is treated wrongly or a guardrail can catch
    nothing, with 2 if the settings can't be read, with 3 if that is not known of one.
    """

    def answer() -> tuple[str, Exit]:
        from iamlogic.inputs.settings.guarding import guarding_settings, root_of
        from iamlogic.questions.guardrail_examples import try_guardrail
        from iamlogic.reports.guardrails import (
            Tried,
            tried_json,
            tried_markdown,
            tried_text,
            tried_verdict,
        )

        chosen, file = guarding_settings(settings)
        remarks = _remarks(chosen.guardrails, root_of(file))
        tried: list[Tried] = [
            Tried(try_guardrail(each, timeout=timeout), remarks[each.name])
            for each in chosen.guardrails
        ]
        code = _CODES[tried_verdict(tried).name]
        written = {"json": tried_json, "markdown": tried_markdown}.get(output, tried_text)
        return written(tried), code

    answer_with(answer, output)


@guardrails.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@_settings_option
@timeout_option
@format_option
def check_paths(
    paths: tuple[str, ...], settings: str | None, timeout: float | None, output: str
) -> None:
    """The policies in PATH keep all guardrails.

    PATH is a file or a folder: JSON and YAML, with policies by themselves, inside of something
    else, or in templates, and Terraform's modules. Exits with 0 if that is proved; with 2 if
    something cannot be read; or else with 1 if a guardrail whose severity is an error is broken; or
    else with 3 if that hangs on values that a template leaves open, or is not known at all.
    """

    def answer() -> tuple[str, Exit]:
        from iamlogic.inputs.places.folders import policies_below
        from iamlogic.inputs.settings.guarding import from_root, guarding_settings, root_of
        from iamlogic.questions.review.globs import matches_any
        from iamlogic.reports.guardrails import guarded_json, guarded_markdown, guarded_text

        chosen, file = guarding_settings(settings)
        root, ignored = root_of(file), chosen.review.ignore
        found = policies_below(
            paths, chosen.deployment, lambda each: matches_any(from_root(each, root), ignored)
        )
        guarded = guard(found, chosen.guardrails, root, timeout)
        code = Exit.UNREADABLE if guarded.unread else _CODES[guarded.verdict.name]
        written = {"json": guarded_json, "markdown": guarded_markdown}.get(output, guarded_text)
        return written(guarded), code

    answer_with(answer, output)


def guard(
    found: Iterable[tuple[str, Found]],
    given: Sequence[il.Guardrail],
    root: Path,
    timeout: float | None,
) -> Guarded:
    """All guardrails held against the policies that were found in each file or module.

    What cannot be read is told on standard error, and so are guardrails that are for none. Nothing
    where there should be something counts as unreadable.
    """
    from iamlogic.inputs.settings.guarding import from_root, outside_of_root
    from iamlogic.questions.guardrail import held_against
    from iamlogic.questions.review.placed import Found
    from iamlogic.reports.guardrails import Guarded, Held

    held: list[Held] = []
    unread = left_open = 0
    idle = {each.name for each in given}
    for file, inside in found:
        if inside == Found():
            complain(il.PolicyReadError(file, "there is no policy in it"))
            unread += 1
        for unread_policy in inside.unread:
            if unread_policy.is_open:
                say("unknown", str(unread_policy.error))
                left_open += 1
            else:
                complain(unread_policy.error)
                unread += 1
        for placed in inside.policies:
            for warning in placed.policy.warnings:
                say("warning", str(warning))
            name = from_root(placed.file, root)
            if not name:
                say("warning", outside_of_root(placed.file, root))
            idle -= {each.name for each in given if each.is_for(placed, name)}
            held.append(Held(placed, held_against(placed, given, file=name, timeout=timeout)))
    for each in given:
        if each.name in idle:
            say("warning", f"the guardrail {each.name} is for none of these policies")
    return Guarded(tuple(given), tuple(held), unread, left_open)


def _remarks(given: Sequence[il.Guardrail], root: Path) -> dict[str, tuple[str, ...]]:
    """What is doubtful about each guardrail, by its name."""
    idle = {each.name: each for each in given if each.files}
    for file in _files_below(root) if idle else ():
        idle = {name: each for name, each in idle.items() if not each.is_for_file(file)}
        if not idle:
            break
    remarks: dict[str, tuple[str, ...]] = {}
    for each in given:
        told = []
        if not each.caught:
            told.append("it has no example of what it must catch ([[guardrail.catches]])")
        if not each.passed:
            told.append("it has no example of what it must not ([[guardrail.passes]])")
        if each.name in idle:
            told.append(f"its files match nothing below {root.name or root}")
        remarks[each.name] = tuple(told)
    return remarks


def _files_below(root: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        yield from ((Path(folder) / name).relative_to(root).as_posix() for name in names)
