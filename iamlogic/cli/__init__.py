"""The command line: `iamlogic compare`, `evaluate`, `never`, `who-can` and others.

Thin: it reads files, asks the library, and hands the answer to `reports`. The exit code is part of
every answer: 0 it holds, 1 it does not, 2 the input can't be read, 3 unknown. Whatever goes wrong
in iamlogic itself is 3 as well, never a 0 or a 1. Ctrl-C leaves at once, and a reader that closes
its end of a pipe ends the command quietly.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn

import click

from iamlogic.cli.answers import Exit

__all__ = ["Exit", "commands", "main"]

_COMMANDS = {
    "compare": "comparing:compare",
    "evaluate": "evaluating:evaluate",
    "never": "evaluating:never",
    "always": "evaluating:always",
    "can": "evaluating:can",
    "mutate": "mutating:mutate",
    "check": "checking:check",
    "access": "access:access",
    "guardrails": "guarding:guardrails",
    "review": "reviewing:review",
    "difftool": "differing:difftool",
    "textconv": "differing:textconv",
    "who-can": "accounts:who_can",
    "smt": "comparing:smt",
    "format": "formatting:format_",
}
"""Where each command stands. It is loaded when it is run: git runs `textconv` for every file."""


def main() -> NoReturn:
    """The entry point of the `iamlogic` command."""
    # Between two calls of the solver a KeyboardInterrupt might be caught or delayed; this cannot.
    signal.signal(signal.SIGINT, lambda *_: os._exit(Exit.INTERRUPTED))
    if hasattr(signal, "SIGPIPE"):  # not on Windows
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if isinstance(sys.stdout, TextIOWrapper):  # an old terminal may have no "…"
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        commands()
    except Exception:  # noqa: BLE001  (a crash must not look like a verdict: Python's own code is 1)
        traceback.print_exc()
        click.echo("iamlogic failed; this is a bug, not an answer: please report it", err=True)
        sys.exit(Exit.UNKNOWN)
    sys.exit(Exit.HOLDS)


class _Commands(click.Group):
    """The commands, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"{__name__}.{module}"), name)
        assert isinstance(found, click.Command)
        return found


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="iamlogic")
def commands() -> None:
    """Answers questions about AWS IAM policies by proof, offline.

    A policy is a JSON file, or - for standard input. A stack is a JSON file that says which
    policies decide together: {"identity": ["dev.json"], "boundary": "limits.json", "scps":
    [["root.json"], ["unit.json"]]}. Exit codes: 0 it holds, 1 it does not, 2 the input can't be
    read, 3 unknown.
    """
