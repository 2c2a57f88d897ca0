"""`iamlogic compare` and `iamlogic smt`: two policies, or two stacks."""

from __future__ import annotations

import click

import iamlogic as il
from iamlogic.cli.answers import Exit, answer_with
from iamlogic.cli.options import all_requests_option, format_option, scope_option, timeout_option
from iamlogic.cli.reading import only_one_from_stdin, read_subject_of, scope_of


@click.command()
@click.argument("before")
@click.argument("after")
@scope_option
@click.option("--principal", metavar="ARN", help="Compare for this requester; a role's sessions.")
@click.option("--resource-account", metavar="ACCOUNT", help="Compare on this account's resources.")
@timeout_option
@all_requests_option
@format_option
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
        only_one_from_stdin(before, after)
        comparison = il.compare(
            read_subject_of(before),
            read_subject_of(after),
            scope=None if scope is None else scope_of(scope),
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

    answer_with(answer, output)


@click.command()
@click.argument("before")
@click.argument("after")
def smt(before: str, after: str) -> None:
    """The question "does AFTER allow what BEFORE does not?" as SMT-LIB 2.6, for any solver."""

    def answer() -> tuple[str, Exit]:
        only_one_from_stdin(before, after)
        return il.to_smtlib(read_subject_of(before), read_subject_of(after)), Exit.HOLDS

    answer_with(answer)
