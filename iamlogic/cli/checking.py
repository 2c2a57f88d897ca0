"""`iamlogic check`: the custom policy checks of IAM Access Analyzer, offline and with examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

import click

import iamlogic as il
from iamlogic.cli.answers import Exit, answer_with
from iamlogic.cli.files import files_of, read_policies_of
from iamlogic.cli.options import all_requests_option, format_option, timeout_option
from iamlogic.cli.reading import content_of, name_of, only_one_from_stdin

if TYPE_CHECKING:  # what it takes to ask is loaded when something is asked
    from iamlogic.questions.custom_checks.arguments import AccessObject, PolicyTypeName

    Access = AccessObject | Sequence[AccessObject]

_EXITS = (
    "Exits with 0 if all policies pass, with 1 if one fails, with 3 if that is unknown of one.\n\n"
    "A policy is a JSON file, a folder of *.json, a glob pattern, or - for standard input."
)
_type_option = click.option(
    "--policy-type",
    type=click.Choice(["IDENTITY_POLICY", "RESOURCE_POLICY"]),
    help="What the policies must be; without it any type, and a trust policy is a resource policy.",
)


@click.group()
def check() -> None:
    """The custom policy checks of IAM Access Analyzer: PASS, FAIL with a request, or UNKNOWN."""


@check.command(
    "no-new-access", help=f"No policy NEW allows a request that EXISTING does not.\n\n{_EXITS}"
)
@click.argument("existing")
@click.argument("new", nargs=-1, required=True)
@_type_option
@timeout_option
@all_requests_option
@format_option
def no_new_access(
    existing: str,
    new: tuple[str, ...],
    policy_type: str | None,
    timeout: float | None,
    output: str,
    *,
    all_requests: bool,
) -> None:
    """Against an earlier version, or a reference policy that has all that may be allowed."""

    def answer() -> tuple[str, Exit]:
        files = files_of(new)
        only_one_from_stdin(existing, *files)
        reference, *policies = read_policies_of([existing, *files])
        return _answered(
            "no-new-access",
            policies,
            lambda policy: il.check_no_new_access(
                reference,
                policy,
                policy_type=_type(policy_type),
                timeout=timeout,
                all_requests=all_requests,
            ),
            output,
        )

    answer_with(answer, output)


@check.command(
    "access-not-granted",
    help="No POLICY allows any of the actions on any of the resources.\n\n"
    "Without --action any action counts, without --resource any resource.\n\n"
    f"{_EXITS}",
)
@click.argument("policy", nargs=-1, required=True)
@click.option("--action", multiple=True, metavar="SERVICE:NAME", help="What; again for several.")
@click.option("--resource", multiple=True, metavar="ARN", help="On what; again for several.")
@click.option(
    "--access",
    metavar="FILE|JSON",
    help='The same as AWS takes it: [{"actions": […], "resources": […]}], or actions=…,resources=…',
)
@_type_option
@timeout_option
@all_requests_option
@format_option
def access_not_granted(
    policy: tuple[str, ...],
    action: tuple[str, ...],
    resource: tuple[str, ...],
    access: str | None,
    policy_type: str | None,
    timeout: float | None,
    output: str,
    *,
    all_requests: bool,
) -> None:
    """Of each policy by itself."""
    if access is not None and (action or resource):
        raise click.UsageError("--access says it all: leave --action and --resource out")
    if access is None and not (action or resource):
        raise click.UsageError("give --action, --resource, or --access")

    def answer() -> tuple[str, Exit]:
        files = files_of(policy)
        only_one_from_stdin(*files, access or "")
        asked = None if access is None else _access_of(access)
        return _answered(
            "access-not-granted",
            read_policies_of(files),
            lambda each: il.check_access_not_granted(
                each,
                actions=action,
                resources=resource,
                access=asked,
                policy_type=_type(policy_type),
                timeout=timeout,
                all_requests=all_requests,
            ),
            output,
        )

    answer_with(answer, output)


@check.command(
    "no-public-access",
    help=f"No POLICY of a resource of the type grants access to the public.\n\n{_EXITS}",
)
@click.argument("policy", nargs=-1, required=True)
@click.option(
    "--type", "resource_type", required=True, metavar="NAME", help="As AWS::S3::Bucket, of all."
)
@timeout_option
@all_requests_option
@format_option
def no_public_access(
    policy: tuple[str, ...],
    resource_type: str,
    timeout: float | None,
    output: str,
    *,
    all_requests: bool,
) -> None:
    """Of each policy by itself."""

    def answer() -> tuple[str, Exit]:
        from iamlogic.cli.looking import check_grants

        files = files_of(policy)
        only_one_from_stdin(*files)
        policies = read_policies_of(files, check_grants)
        return _answered(
            "no-public-access",
            policies,
            lambda each: il.check_no_public_access(
                each, resource_type, timeout=timeout, all_requests=all_requests
            ),
            output,
        )

    answer_with(answer, output)


def _answered(
    name: str,
    policies: Sequence[il.Policy],
    ask: Callable[[il.Policy], il.Answer],
    output: str,
) -> tuple[str, Exit]:
    """What the check says of every policy, and the exit code of them all."""
    from iamlogic.reports.checks import (
        Checked,
        check_json,
        check_markdown,
        check_text,
        verdict_of,
    )

    checked = [Checked(each, ask(each)) for each in policies]
    code = Exit[verdict_of(checked).name]
    if output == "json":
        return check_json(name, checked), code
    return (check_markdown if output == "markdown" else check_text)(checked), code


def _type(given: str | None) -> PolicyTypeName | None:
    return cast("PolicyTypeName | None", given)  # one of the choices


_SHORTHAND = ("actions=", "resources=")


def _access_of(document: str) -> Access:
    """Access as JSON, on the command line or in a file, or in the AWS CLI's shorthand."""
    from iamlogic.inputs.json_files import RepeatedNames, decoded

    if document.startswith(_SHORTHAND):
        return _from_shorthand(document)
    if document.lstrip().startswith(("[", "{")):
        text, name = document, "--access"
    else:
        name = name_of(document)
        try:
            text = content_of(document).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise il.CheckError(f"{name}: this is not UTF-8: {error.reason}") from None
    found = decoded(text)
    if not isinstance(found, dict | list):
        if isinstance(found, RepeatedNames):
            raise il.CheckError(f'{name}: the name "{found.repeated}" is there twice')
        raise il.CheckError(f"{name}: this is no JSON list or object")
    for each in found if isinstance(found, list) else [found]:
        if isinstance(each, RepeatedNames):
            raise il.CheckError(f'{name}: the name "{each.repeated}" is there twice')
    return cast("Access", found)  # the check tells what is none


def _from_shorthand(text: str) -> Access:
    """`actions=s3:GetObject,s3:PutObject,resources=arn:…`: a value without a name is one more."""
    lists: dict[str, list[str]] = {}
    current: list[str] = []
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if equals and name in {"actions", "resources"}:
            current = lists.setdefault(name, [])
        else:
            value = part
        current.append(value)
    return lists
