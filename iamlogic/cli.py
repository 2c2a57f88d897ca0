"""The command line: `iamlogic compare`, `evaluate`, `who-can`, `smt` and `format`.

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
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
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


_timeout_option = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Give up after this time: the answer is then unknown, or its account not complete.",
)
_all_requests_option = click.option(
    "--all-requests",
    is_flag=True,
    help="Ask about requests that AWS never sends, too: without aws:CurrentTime, say.",
)
_scope_option = click.option(
    "--scope",
    metavar="FILE|JSON",
    help='Ask about these requests only: {"Action": …, "Resource": …}, a statement without Effect.',
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

    A policy is a JSON file, or - for standard input. A stack is a JSON file that says which
    policies decide together: {"identity": ["dev.json"], "boundary": "limits.json", "scps":
    [["root.json"], ["unit.json"]]}. Exit codes: 0 it holds, 1 it does not, 2 the input can't be
    read, 3 unknown.
    """


@commands.command()
@click.argument("before")
@click.argument("after")
@_scope_option
@click.option("--principal", metavar="ARN", help="Compare for this requester; a role's sessions.")
@click.option("--resource-account", metavar="ACCOUNT", help="Compare on this account's resources.")
@_timeout_option
@_all_requests_option
@_format_option
def compare(
    before: str,
    after: str,
    scope: str | None,
    principal: str | None,
    resource_account: str | None,
    timeout: float | None,
    output: str,
    *,
    all_requests: bool,
) -> None:
    """What AFTER allows that BEFORE does not, and the other way round.

    Both are policies that stand for themselves, or both are stacks. Exits with 1 if AFTER allows
    anything that BEFORE does not.
    """

    def answer() -> tuple[str | None, Exit]:
        _only_one_from_stdin(before, after)
        comparison = il.compare(
            _read(before),
            _read(after),
            scope=None if scope is None else _scope(scope),
            principal=principal,
            resource_account=resource_account,
            timeout=timeout,
            all_requests=all_requests,
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


@commands.command("who-can")
@click.option(
    "--account-details",
    "details",
    required=True,
    multiple=True,
    metavar="FILE",
    help="What aws iam get-account-authorization-details prints; again for each page.",
)
@click.option("--action", multiple=True, metavar="SERVICE:NAME", help="What; again for several.")
@click.option("--resource", multiple=True, metavar="ARN", help="On what; again for several.")
@_scope_option
@click.option("--resource-policies", metavar="PATH", help="The policies of resources, by ARN.")
@click.option("--organization", metavar="PATH", help="The organization's SCPs and RCPs, by level.")
@click.option("--principal", "principals", multiple=True, metavar="ARN", help="Only of these.")
@click.option(
    "--through-roles",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Also by assuming up to so many roles, one after the other.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that share a large account; by default one for each processor.",
)
@_timeout_option
@_all_requests_option
@_format_option
def who_can(
    details: tuple[str, ...],
    action: tuple[str, ...],
    resource: tuple[str, ...],
    scope: str | None,
    resource_policies: str | None,
    organization: str | None,
    principals: tuple[str, ...],
    through_roles: int,
    jobs: int | None,
    timeout: float | None,
    output: str,
    *,
    all_requests: bool,
) -> None:
    r"""Which users and roles of an account can do something, with the policies that let them.

    \b
    iamlogic who-can --account-details details.json \
      --action s3:GetObject --resource arn:aws:s3:::payroll/2026.csv

    Exits with 0 if everybody is settled, with 3 if it is not known of somebody.
    """
    if (scope is None) is not bool(action):
        raise click.UsageError("give --action, with --resource, or --scope")
    if scope is not None and resource:
        raise click.UsageError("--scope says the resources: leave --resource out")

    def answer() -> tuple[str | None, Exit]:
        asked = il.Scope(_asked(action, resource)) if scope is None else _scope(scope)
        account = il.load_account(
            list(details), resource_policies=resource_policies, organization=organization
        )
        with _workers(jobs, len(account.identities)) as executor:
            found = il.who_can(
                account,
                asked,
                principals=principals or None,
                through_roles=through_roles,
                executor=executor,
                timeout=timeout,
                all_requests=all_requests,
            )
        code = Exit.UNKNOWN if found.unknown else Exit.HOLDS
        if output == "json":
            from iamlogic.reports.json import who_can_json

            return who_can_json(found), code
        from iamlogic.reports.access import who_can_lines, who_can_markdown

        if output == "markdown":
            return who_can_markdown(found, asked, len(account.identities)), code
        return "\n".join(who_can_lines(found, asked, len(account.identities))), code

    _answer(answer, output)


def _asked(action: tuple[str, ...], resource: tuple[str, ...]) -> dict[str, object]:
    return {"Action": list(action), **({"Resource": list(resource)} if resource else {})}


_WORTH_SHARING = 1000
"""Principals from which on other processes are started: each costs some tenths of a second."""


@contextmanager
def _workers(jobs: int | None, principals: int) -> Iterator[Executor | None]:
    """A pool of processes, where that is worth it."""
    processes = jobs or os.cpu_count() or 1
    if processes == 1 or (jobs is None and principals < _WORTH_SHARING):
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield pool


@commands.command()
@click.argument("before")
@click.argument("after")
def smt(before: str, after: str) -> None:
    """The question "does AFTER allow what BEFORE does not?" as SMT-LIB 2.6, for any solver."""

    def answer() -> tuple[str, Exit]:
        _only_one_from_stdin(before, after)
        return il.to_smtlib(_read_policy(before), _read_policy(after)), Exit.HOLDS

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
    from iamlogic.syntax.documents import read_file
    from iamlogic.syntax.json_tree import MAX_TEXT

    if file != "-":
        return read_file(file)
    try:
        return sys.stdin.buffer.read(MAX_TEXT + 1)  # one byte more than `parse` takes
    except OSError as error:
        raise il.PolicyReadError(file, (error.strerror or str(error)).lower()) from error


def _read(file: str) -> il.Policy | il.PolicySet:
    """A policy or a stack of policies, the warnings told on standard error."""
    from iamlogic.inputs.stack import read_subject
    from iamlogic.syntax.policy_set import policies_of

    subject = read_subject(_content(file), _name(file))
    for policy in policies_of(subject):
        for warning in policy.warnings:
            _say("warning", str(warning))
    return subject


def _read_policy(file: str) -> il.Policy:
    """A policy that stands for itself."""
    subject = _read(file)
    if isinstance(subject, il.PolicySet):
        raise click.UsageError(f"{printable(_name(file))} is a stack: expected one policy")
    return subject


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


def _scope(document: str) -> il.Scope:
    """A set of requests, from JSON on the command line or in a file."""
    if document.lstrip().startswith("{"):
        return il.Scope(document, file="--scope")
    return il.Scope(_content(document), file=_name(document))


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
