"""`iamlogic who-can`: who in an account can do something."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

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
from iamlogic.cli.reading import json_from_stdin, only_one_from_stdin, scope_asked

_HELP = """Which users and roles of an account can do something, with the policies that let them.

\b
iamlogic who-can --account-details details.json \\
  --action s3:GetObject --resource arn:aws:s3:::payroll/2026.csv

Exits with 0 if everybody is settled, with 3 if it is not known of somebody.
"""


@click.command("who-can", help=_HELP)
@click.option(
    "--account-details",
    "details",
    required=True,
    multiple=True,
    metavar="FILE",
    help="What aws iam get-account-authorization-details prints, or -; again for each page.",
)
@action_option
@resource_option
@scope_option
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
@timeout_option
@all_requests_option
@format_option
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
    """Who in an account can do something; `_HELP` is what the user reads."""
    asked = scope_asked(action, resource, scope)

    def answer() -> tuple[str | None, Exit]:
        only_one_from_stdin(*details, scope or "")
        wanted = asked()
        account = il.load_account(
            [json_from_stdin() if page == "-" else page for page in details],
            resource_policies=resource_policies,
            organization=organization,
        )
        with _workers(jobs, len(account.identities)) as executor:
            found = il.who_can(
                account,
                wanted,
                principals=principals or None,
                through_roles=through_roles,
                executor=executor,
                timeout=timeout,
                all_requests=all_requests,
            )
        code = Exit.UNKNOWN if found.unknown else Exit.HOLDS
        of = len(set(principals)) or len(account.identities) + 1
        if output == "json":
            from iamlogic.reports.json import who_can_json

            return who_can_json(found), code
        from iamlogic.reports.access import who_can_lines, who_can_markdown

        if output == "markdown":
            return who_can_markdown(found, wanted, of), code
        return "\n".join(who_can_lines(found, wanted, of)), code

    answer_with(answer, output)


_WORTH_SHARING = 1000
"""Principals from which on other processes are started: each costs some tenths of a second."""


@contextmanager
def _workers(jobs: int | None, principals: int) -> Iterator[Executor | None]:
    """A pool of processes, where that is worth it."""
    processes = jobs or os.cpu_count() or 1
    if processes == 1 or (jobs is None and principals < _WORTH_SHARING):
        yield None
        return
    from iamlogic.cli.processes import workers

    with workers(processes) as pool:
        yield pool
