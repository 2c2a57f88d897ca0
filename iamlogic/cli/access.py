"""`iamlogic access`: who outside the zone of trust resources' policies let in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import click

import iamlogic as il
from iamlogic.cli.answers import Exit, answer_with, complain, say
from iamlogic.cli.files import files_of
from iamlogic.cli.options import all_requests_option, timeout_option
from iamlogic.cli.reading import only_one_from_stdin

if TYPE_CHECKING:  # what it takes to ask is loaded when something is asked
    from iamlogic.reports.external import AccessReport

_HELP = """Who outside the zone of trust the policies of resources let in.

\b
iamlogic access bucket.json --account 111122223333 --type AWS::S3::Bucket
iamlogic access policies/ --account 111122223333 --baseline accepted.json

FILE is a file, a folder of *.json, a glob pattern, or -. It holds a policy, a stack of resource
and rcps, or what the AWS CLI prints of an ACL, a key's grants or a snapshot's attributes.

The zone of trust is given by options, or by [zone] of the settings, where each option replaces
what is said there. Archive rules come from the settings.

Exits with 0 if nothing counts; with 2 if something cannot be read; or else with 1 if a finding
counts, that is, no rule archives it and no entry of the baseline accepts it; or else with 3 if the
answer is not known of some file.
"""

_BLOCKS = {
    "block-public-acls": "block_public_acls",
    "ignore-public-acls": "ignore_public_acls",
    "block-public-policy": "block_public_policy",
    "restrict-public-buckets": "restrict_public_buckets",
}
_CODES = {
    "NOTHING": Exit.HOLDS,
    "FOUND": Exit.FAILS,
    "UNREADABLE": Exit.UNREADABLE,
    "UNKNOWN": Exit.UNKNOWN,
}


def _expiry(_: click.Context, __: click.Parameter, text: str | None) -> date | str | None:
    if text is None or text == "never":
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("expected a date as 2026-01-31, or never") from None


def _blocks(_: click.Context, __: click.Parameter, text: str | None) -> il.BlockPublicAccess | None:
    if text is None:
        return None
    given = list(_BLOCKS) if text == "all" else text.split(",")
    for name in given:
        if name not in _BLOCKS:
            raise click.BadParameter(
                f'found "{name}", expected all, or some of {", ".join(_BLOCKS)}'
            )
    return il.BlockPublicAccess(**{_BLOCKS[name]: True for name in given})


@click.command("access", help=_HELP)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--account", "accounts", multiple=True, metavar="ACCOUNT", help="A trusted account.")
@click.option("--organization", metavar="ID", help="The trusted organization.")
@click.option("--org-path", "org_paths", multiple=True, metavar="PATH", help="All accounts below.")
@click.option(
    "--trust-service",
    "services",
    multiple=True,
    metavar="HOST",
    help="A service that is no confused deputy, whoever it acts for.",
)
@click.option(
    "--settings",
    metavar="FILE",
    help="The zone of trust and archive rules; by default iamlogic.toml, if it is there.",
)
@click.option("--type", "resource_type", metavar="NAME", help="As AWS::S3::Bucket, of all files.")
@click.option("--resource", metavar="ARN", help="The resource that the one FILE is attached to.")
@click.option(
    "--sharing",
    multiple=True,
    metavar="FILE",
    help="What else lets others in: an ACL beside the bucket policy; again for several.",
)
@click.option(
    "--block-public-access",
    "block",
    metavar="SETTINGS",
    callback=_blocks,
    help=f"Of the bucket: all, or some of {', '.join(_BLOCKS)}.",
)
@click.option("--before", metavar="FILE", help="Count only what is new against this version.")
@click.option("--baseline", metavar="FILE", help="Accepted findings, which do not count.")
@click.option("--update-baseline", "update", is_flag=True, help="Accept what counts now.")
@click.option("--reason", metavar="TEXT", help="Why it is accepted.")
@click.option(
    "--expires",
    metavar="DATE|never",
    callback=_expiry,
    help="The last day that it is accepted; 90 days from today by default.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that share many files; by default one for each processor.",
)
@timeout_option
@all_requests_option
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json", "markdown", "sarif"]),
    default="text",
    show_default=True,
    help="What to print.",
)
def access(
    files: tuple[str, ...],
    accounts: tuple[str, ...],
    organization: str | None,
    org_paths: tuple[str, ...],
    services: tuple[str, ...],
    settings: str | None,
    resource_type: str | None,
    resource: str | None,
    sharing: tuple[str, ...],
    block: il.BlockPublicAccess | None,
    before: str | None,
    baseline: str | None,
    update: bool,  # noqa: FBT001  (click passes all by name)
    reason: str | None,
    expires: date | str | None,
    jobs: int | None,
    timeout: float | None,
    output: str,
    *,
    all_requests: bool,
) -> None:
    """Who outside; `_HELP` is what the user reads."""
    if update and (baseline is None or before is not None):
        told = "--before shows what a change would do" if before else "it is written to --baseline"
        raise click.UsageError(f"--update-baseline: {told}")
    if not update and (reason is not None or expires is not None):
        raise click.UsageError("--reason and --expires go with --update-baseline")

    def answer() -> tuple[str | None, Exit]:
        from iamlogic.cli.judging import Update, change_of, report_of, settings_in, today, zone_of
        from iamlogic.cli.looking import Asked, look, look_at, read_resource

        found = files_of(files)
        only_one_from_stdin(*found, *sharing, before or "")
        if len(found) > 1 and (sharing or before or resource):
            name = "--sharing" if sharing else "--before" if before else "--resource"
            raise click.UsageError(f"{name} is about one FILE, and there are {len(found)}")
        _check_type(resource_type, block)
        chosen = settings_in(settings)
        zone = zone_of(chosen, accounts, organization, org_paths, services)
        shared = [read_resource(each, resource=resource).subject for each in sharing]
        asked = Asked(
            zone,
            resource_type,
            resource,
            tuple(map(_only_policy, shared)),
            block,
            timeout,
            all_requests,
        )
        seen = look_at(found, asked, jobs)
        told = None
        if update:
            never = expires == "never"
            day = expires if isinstance(expires, date) else il.suggested_expiry(today())
            told = Update(reason, None if never else day)
        report = report_of(seen, zone, chosen.archive, baseline, told)
        if before is not None:
            report = replace(report, change=change_of(look(before, asked), seen[0]))
        _tell(report, asked.sharing, updating=update)
        for each in seen:
            for remark in () if each.access is None else each.access.remarks:
                say("warning", f"{each.file}: {remark}")
        return _written(report, output), _CODES[report.outcome.name]

    answer_with(answer, output)


def _check_type(name: str | None, block: il.BlockPublicAccess | None) -> None:
    from iamlogic.catalog.resource_types import resource_type

    type_ = None if name is None else resource_type(name)
    if block is not None and (type_ is None or type_.service != "s3"):
        raise click.UsageError(
            "--block-public-access is about buckets: give --type AWS::S3::Bucket"
        )


def _only_policy(shared: il.Policy | il.PolicySet) -> il.Policy:
    if isinstance(shared, il.PolicySet):
        raise il.PolicyReadError(str(shared.file), "it is a stack, which --sharing does not take")
    return shared


def _tell(report: AccessReport, shared: Sequence[il.Policy], *, updating: bool) -> None:
    """What went wrong with files, and what is doubtful in them, on standard error."""
    from iamlogic.syntax.policy_set import policies_of

    for policy in shared:
        _warn(policy)
    for looked in report.looked:
        for policy in () if looked.subject is None else policies_of(looked.subject):
            _warn(policy)
        if looked.error is not None:
            complain(looked.error)
    if updating and report.updated is None:
        say("error", f"{report.baseline} is not updated: not everything could be read and is known")


def _warn(policy: il.Policy) -> None:
    for warning in policy.warnings:
        say("warning", str(warning))


def _written(report: AccessReport, output: str) -> str | None:
    if output == "json":
        from iamlogic.reports.external_json import access_json

        return access_json(report)
    if output == "markdown":
        from iamlogic.reports.external_markdown import access_markdown

        return access_markdown(report)
    if output == "sarif":
        from iamlogic.reports.external_sarif import access_sarif

        return access_sarif(report)
    from rich.console import Console

    from iamlogic.reports.external_text import print_access

    print_access(report, Console())
    return None
