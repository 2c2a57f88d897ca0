"""What the arguments of commands name: policies, stacks, requests and scopes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial

import click

import iamlogic as il
from iamlogic.cli.answers import say

STDIN = "<stdin>"
"""What standard input is called."""


def name_of(file: str) -> str:
    """What a file is called in messages and positions."""
    return STDIN if file == "-" else file


def only_one_from_stdin(*files: str) -> None:
    """A usage error if standard input is named twice."""
    if files.count("-") > 1:
        raise click.UsageError("standard input (-) can be read once only")


def content_of(file: str) -> bytes:
    """The bytes of a file or of standard input."""
    from iamlogic.syntax.documents import read_file
    from iamlogic.syntax.json_tree import MAX_TEXT

    if file != "-":
        return read_file(file)
    try:
        return sys.stdin.buffer.read(MAX_TEXT + 1)  # one byte more than `parse` takes
    except OSError as error:
        raise il.PolicyReadError(file, (error.strerror or str(error)).lower()) from error


def json_from_stdin() -> Mapping[str, object]:
    """The object on standard input, of whatever size; no member of it is lost."""
    from iamlogic.inputs.json_files import decoded

    try:
        value = decoded(sys.stdin.buffer.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        value = None
    if not isinstance(value, Mapping):
        raise il.PolicyReadError(STDIN, "this is no JSON object")
    return value


def read_subject_of(file: str) -> il.Policy | il.PolicySet:
    """A policy, a stack, or what a sharing document says; warnings go to standard error."""
    from iamlogic.inputs.resource_files import read_granting
    from iamlogic.syntax.policy_set import policies_of

    subject = read_granting(content_of(file), name_of(file)).subject
    for policy in policies_of(subject):
        for warning in policy.warnings:
            say("warning", str(warning))
    return subject


def request_of(
    document: str | None, fields: dict[str, str | None], context: tuple[str, ...]
) -> il.Request:
    """The request, from JSON or from the options that spell it out."""
    if document is not None:
        if context or any(value is not None for value in fields.values()):
            raise click.UsageError("--request says the whole request: leave the other options out")
        text = document if document.lstrip().startswith("{") else _request_text(document)
        return il.Request.from_json(text)
    for name in ("principal", "action", "resource"):
        if fields[name] is None:
            raise click.UsageError(f"give --request, or --{name}")
    values: dict[str, list[str]] = {}
    for entry in context:
        key, equals, value = entry.partition("=")
        if not equals:
            raise click.UsageError(f"--context {entry}: expected KEY=VALUE")
        values.setdefault(key, []).append(value)
    given = {name: value for name, value in fields.items() if value is not None}
    return il.Request.from_json({**given, "context": values})


def scope_asked(
    action: tuple[str, ...], resource: tuple[str, ...], document: str | None
) -> Callable[[], il.Scope]:
    """The scope of --action and --resource, or of --scope; it is read when it is called for."""
    if (document is None) is not bool(action):
        raise click.UsageError("give --action, with --resource, or --scope")
    if document is not None:
        if resource:
            raise click.UsageError("--scope says the resources: leave --resource out")
        return partial(scope_of, document)
    named = {"Resource": list(resource)} if resource else {}
    return partial(il.Scope, {"Action": list(action), **named}, file="--action, --resource")


def scope_of(document: str) -> il.Scope:
    """A set of requests, from JSON on the command line or in a file."""
    if document.lstrip().startswith("{"):
        return il.Scope(document, file="--scope")
    return il.Scope(content_of(document), file=name_of(document))


def _request_text(file: str) -> str:
    try:
        return content_of(file).decode("utf-8")
    except UnicodeDecodeError as error:
        raise il.RequestError(f"{name_of(file)}: this is not UTF-8: {error.reason}") from None
