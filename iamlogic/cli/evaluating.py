"""`iamlogic evaluate`: one request; `never`, `always` and `can`: all requests of a scope."""

from __future__ import annotations

from collections.abc import Callable

import click

import iamlogic as il
from iamlogic.cli.answers import Exit, answer_with
from iamlogic.cli.options import (
    action_option,
    all_requests_option,
    format_option,
    resource_option,
    scope_option,
    timeout_option,
)
from iamlogic.cli.reading import (
    only_one_from_stdin,
    read_subject_of,
    request_of,
    scope_asked,
)


@click.command()
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
@click.option(
    "--as",
    "form",
    type=click.Choice(["python", "aws-cli"]),
    help="Decide nothing: print the request as Python, or as a command that asks AWS's simulator.",
)
@format_option
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
    form: str | None,
    output: str,
) -> None:
    """What POLICY says to one request, explained.

    The request is given with --request, or with --principal, --action and --resource. Exits with 0
    if it is allowed and with 1 if it is denied; with --as with 0 if it was written.
    """
    if explain and output == "json":
        raise click.UsageError("--explain is for people: leave it out, or --format json")
    if form and (explain or output != "text"):
        raise click.UsageError("--as decides nothing: leave --explain and --format out")
    fields = {
        "principal": principal,
        "action": action,
        "resource": resource,
        "resource_account": resource_account,
    }

    def answer() -> tuple[str | None, Exit]:
        only_one_from_stdin(policy, request or "")
        subject, asked = read_subject_of(policy), request_of(request, fields, context)
        if form:
            return asked.to_python() if form == "python" else asked.to_aws_cli(subject), Exit.HOLDS
        decision = il.evaluate(subject, asked)
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

    answer_with(answer, output)


_Question = Callable[..., il.Answer]


def _question(name: str, ask: Callable[[], _Question], help_text: str) -> click.Command:
    """One of the commands `never`, `always` and `can`, which differ in what they ask."""

    @click.command(name, help=help_text)
    @click.argument("policy")
    @action_option
    @resource_option
    @scope_option
    @click.option("--principal", metavar="ARN", help="For this requester; a role's sessions.")
    @click.option("--resource-account", metavar="ACCOUNT", help="On this account's resources.")
    @timeout_option
    @all_requests_option
    @format_option
    def command(
        policy: str,
        action: tuple[str, ...],
        resource: tuple[str, ...],
        scope: str | None,
        principal: str | None,
        resource_account: str | None,
        timeout: float | None,
        output: str,
        *,
        all_requests: bool,
    ) -> None:
        asked = scope_asked(action, resource, scope)

        def answer() -> tuple[str | None, Exit]:
            only_one_from_stdin(policy, scope or "")
            subject = read_subject_of(policy)
            found = ask()(
                subject,
                asked(),
                principal=principal,
                resource_account=resource_account,
                timeout=timeout,
                all_requests=all_requests,
            )
            code = _CODES[found.verdict.name]
            if output == "json":
                from iamlogic.reports.json import answer_json

                return answer_json(found, subject), code
            from iamlogic.reports.answers import answer_markdown, answer_text

            written = answer_markdown if output == "markdown" else answer_text
            return written(found, subject), code

        answer_with(answer, output)

    return command


_CODES = {"HOLDS": Exit.HOLDS, "FAILS": Exit.FAILS, "UNKNOWN": Exit.UNKNOWN}
_EXITS = "Exits with 0 if that holds, with 1 and an example if it does not, with 3 if unknown."

never = _question(
    "never",
    lambda: il.never_allows,
    f"POLICY, or a stack, allows no request for the actions and resources.\n\n{_EXITS}",
)
always = _question(
    "always",
    lambda: il.always_allows,
    f"POLICY, or a stack, allows every request for the actions and resources.\n\n{_EXITS}",
)
can = _question(
    "can",
    lambda: il.can,
    "POLICY, or a stack, allows some request for the actions and resources.\n\n"
    "Exits with 0 and an example if that holds, with 1 if it does not, with 3 if unknown.",
)
