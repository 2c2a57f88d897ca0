"""The command line: `iamlogic compare`, `evaluate`, `smt` and `format`.

Thin: it reads files, asks the library, and hands the answer to `reports`. The exit code is part of
every answer: 0 it holds, 1 it does not, 2 the input can't be read, 3 unknown. Whatever goes wrong
in iamlogic itself is 3 as well, never a 0 or a 1. Ctrl-C leaves at once, and a reader that closes
its end of a pipe ends the command quietly.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from io import TextIOWrapper
from pathlib import Path
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


_STDIN = "<stdin>"
_FORMATS = click.Choice(["text", "json", "markdown"])
_format_option = click.option(
    "--format", "output", type=_FORMATS, default="text", show_default=True, help="What to print."
)


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


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="iamlogic")
def commands() -> None:
    """Answers questions about AWS IAM policies by proof, offline.

    A policy is a JSON file, or - for standard input. Exit codes: 0 it holds, 1 it does not, 2 the
    input can't be read, 3 unknown.
    """


@commands.command()
@click.argument("before")
@click.argument("after")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Give up after this time: the answer is then unknown, or its account not complete.",
)
@click.option(
    "--all-requests",
    is_flag=True,
    help="Compare over requests that AWS never sends, too: without aws:CurrentTime, say.",
)
@_format_option
def compare(
    before: str, after: str, timeout: float | None, output: str, *, all_requests: bool
) -> None:
    """What AFTER allows that BEFORE does not, and the other way round.

    Exits with 1 if AFTER allows anything that BEFORE does not.
    """

    def answer() -> tuple[str | None, Exit]:
        _only_one_from_stdin(before, after)
        comparison = il.compare(
            _read(before), _read(after), timeout=timeout, all_requests=all_requests
        )
        codes = {
            il.Relation.EQUIVALENT: Exit.HOLDS,
            il.Relation.LESS_PERMISSIVE: Exit.HOLDS,
            il.Relation.MORE_PERMISSIVE: Exit.FAILS,
            il.Relation.INCOMPARABLE: Exit.FAILS,
            il.Relation.UNKNOWN: Exit.UNKNOWN,
        }
        code = codes[comparison.relation]
        if output == "json":
            from iamlogic.reports.json import comparison_json

            return comparison_json(comparison), code
        if output == "markdown":
            from iamlogic.reports.markdown import comparison_markdown

            return comparison_markdown(comparison), code
        from rich.console import Console

        from iamlogic.reports.text import print_comparison

        print_comparison(comparison, Console())
        return None, code

    _answer(answer, output)


@commands.command()
@click.argument("policy")
@click.option("--request", metavar="FILE|JSON", help="The request as JSON: a file, - or the text.")
@click.option("--principal", metavar="ARN", help="Who asks: an ARN, a service, or anonymous.")
@click.option("--action", metavar="SERVICE:NAME", help="For what.")
@click.option("--resource", metavar="ARN", help="On what; * where the action has no resource.")
@click.option("--resource-account", metavar="ACCOUNT", help="Whose the resource is.")
@click.option(
    "--context",
    multiple=True,
    metavar="KEY=VALUE",
    help="A condition key; give it again for a key with several values.",
)
@click.option("--explain", is_flag=True, help="Say why, part by part, condition by condition.")
@_format_option
def evaluate(
    policy: str,
    request: str | None,
    principal: str | None,
    action: str | None,
    resource: str | None,
    resource_account: str | None,
    context: tuple[str, ...],
    *,
    explain: bool,
    output: str,
) -> None:
    """What POLICY says to one request, explained.

    The request is given with --request, or with --principal, --action and --resource. Exits with 0
    if it is allowed and with 1 if it is denied.
    """
    if explain and output == "json":
        raise click.UsageError("--explain is for people: leave it out, or --format json")
    fields = {
        "principal": principal,
        "action": action,
        "resource": resource,
        "resource_account": resource_account,
    }

    def answer() -> tuple[str | None, Exit]:
        _only_one_from_stdin(policy, request or "")
        decision = il.evaluate(_read(policy), _request(request, fields, context))
        code = Exit.HOLDS if decision.outcome is il.Outcome.ALLOWED else Exit.FAILS
        if output == "json":
            from iamlogic.reports.json import decision_json

            return decision_json(decision), code
        if output == "markdown":
            from iamlogic.reports.markdown import decision_markdown

            return decision_markdown(decision, in_full=explain), code
        from rich.console import Console

        from iamlogic.reports.text import print_decision

        print_decision(decision, Console(), in_full=explain)
        return None, code

    _answer(answer, output)


@commands.command()
@click.argument("before")
@click.argument("after")
def smt(before: str, after: str) -> None:
    """The question "does AFTER allow what BEFORE does not?" as SMT-LIB 2.6, for any solver."""

    def answer() -> tuple[str, Exit]:
        _only_one_from_stdin(before, after)
        return il.to_smtlib(_read(before), _read(after)), Exit.HOLDS

    _answer(answer)


@commands.command("format")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--check", is_flag=True, help="Write nothing; exit with 1 if a file is not canonical."
)
@click.option("--write", is_flag=True, help="Replace the files by their canonical text.")
def format_(files: tuple[str, ...], *, check: bool, write: bool) -> None:
    """Prints policies as canonical JSON text."""
    if check and write:
        raise click.UsageError("--check and --write exclude each other")
    if write and "-" in files:
        raise click.UsageError("--write needs files: - has no place to write to")
    worst = Exit.HOLDS
    for file in files:
        try:
            content = _content(file)
            canonical = il.format(il.parse(content, file=_name(file))).encode()
        except il.IamlogicError as error:
            _complain(error)
            worst = Exit.UNREADABLE
            continue
        if check and content != canonical:
            click.echo(f"{printable(_name(file))} is not canonical", err=True)
            worst = max(worst, Exit.FAILS)
        if write and content != canonical:
            try:
                _replace(Path(file), canonical)
            except OSError as error:
                _say(
                    "error", f"{file}: cannot be written: {(error.strerror or str(error)).lower()}"
                )
                worst = Exit.UNREADABLE
        if not check and not write:
            sys.stdout.buffer.write(canonical)
    sys.exit(worst)


def _answer(ask: Callable[[], tuple[str | None, Exit]], output: str = "text") -> NoReturn:
    """Ask, print, and leave with the exit code; an error of ours is an answer too."""
    try:
        text, code = ask()
    except il.IamlogicError as error:
        _complain(error)
        text, code = None, _code(error)
        if output == "json":
            from iamlogic.reports.json import error_json

            text = error_json(error)
    if text is not None:
        click.echo(text.removesuffix("\n"))
    sys.exit(code)


def _code(error: il.IamlogicError) -> Exit:
    unknown = isinstance(error, il.Unsupported | il.InternalError)
    return Exit.UNKNOWN if unknown else Exit.UNREADABLE


def _complain(error: il.IamlogicError) -> None:
    """On standard error, with every problem; the text of a hostile file cannot steer a terminal."""
    kind = "unknown" if _code(error) is Exit.UNKNOWN else "error"
    problems = error.problems if isinstance(error, il.PolicySyntaxError) else (error,)
    for problem in problems:
        _say(kind, str(problem))


def _say(kind: str, message: str) -> None:
    lines = "\n".join(printable(line) for line in message.split("\n"))
    style = {"error": "red", "unknown": "yellow", "warning": "yellow"}[kind]
    click.echo(f"{click.style(kind, fg=style, bold=True)}: {lines}", err=True)


def _name(file: str) -> str:
    return _STDIN if file == "-" else file


def _only_one_from_stdin(*files: str) -> None:
    if files.count("-") > 1:
        raise click.UsageError("standard input (-) can be read once only")


def _content(file: str) -> bytes:
    """The bytes of a file or of standard input."""
    from iamlogic.syntax.json_tree import MAX_TEXT

    try:
        if file == "-":
            return sys.stdin.buffer.read(MAX_TEXT + 1)
        with Path(file).open("rb") as stream:
            return stream.read(
                MAX_TEXT + 1
            )  # one byte more than `parse` takes: a device may be endless
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise il.PolicyReadError(file, (reason or str(error)).lower()) from error


def _read(file: str) -> il.Policy:
    """A policy, its warnings told on standard error."""
    policy = il.parse(_content(file), file=_name(file))
    for warning in policy.warnings:
        _say("warning", str(warning))
    return policy


def _request(
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


def _request_text(file: str) -> str:
    try:
        return _content(file).decode("utf-8")
    except UnicodeDecodeError as error:
        raise il.RequestError(f"{_name(file)}: this is not UTF-8: {error.reason}") from None


def _replace(path: Path, content: bytes) -> None:
    """Write a file anew, at once or not at all, with the permissions that it had."""
    target = path.resolve()  # a link stays a link
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        temporary.chmod(target.stat().st_mode)
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
