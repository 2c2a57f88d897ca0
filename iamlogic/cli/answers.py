"""How a command answers: what it prints, what it complains of, and its exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import IntEnum
from typing import NoReturn

import click

import iamlogic as il
from iamlogic.semantics.explain import printable


class Exit(IntEnum):
    """What a command says to the shell."""

    HOLDS = 0
    FAILS = 1
    UNREADABLE = 2
    UNKNOWN = 3
    INTERRUPTED = 130


def answer_with(ask: Callable[[], tuple[str | None, Exit]], output: str = "text") -> NoReturn:
    """Ask, print, and leave with the exit code; an error of ours is an answer too."""
    try:
        text, code = ask()
    except il.IamlogicError as error:
        complain(error)
        text, code = None, code_of(error)
        if output == "json":
            from iamlogic.reports.json import error_json

            text = error_json(error)
    if text is not None:
        click.echo(text.removesuffix("\n"))
    sys.exit(code)


def code_of(error: il.IamlogicError) -> Exit:
    """What is not modelled, and what went wrong here, is unknown; all else could not be read."""
    unknown = isinstance(error, il.Unsupported | il.InternalError)
    return Exit.UNKNOWN if unknown else Exit.UNREADABLE


def complain(error: il.IamlogicError) -> None:
    """On standard error, with every problem; the text of a hostile file cannot steer a terminal."""
    kind = "unknown" if code_of(error) is Exit.UNKNOWN else "error"
    match error:
        case (
            il.PolicySyntaxError(problems=problems)
            | il.AccountError(problems=problems)
            | il.SettingsError(problems=problems)
        ):
            for problem in problems:
                say(kind, str(problem))
        case _:
            say(kind, str(error))


def say(kind: str, message: str) -> None:
    """One line or several on standard error; a hostile text cannot steer the terminal."""
    lines = "\n".join(printable(line) for line in message.split("\n"))
    style = {"error": "red", "unknown": "yellow", "warning": "yellow"}[kind]
    click.echo(f"{click.style(kind, fg=style, bold=True)}: {lines}", err=True)
