"""`load_account`: an account from what AWS exports.

    aws iam get-account-authorization-details > details.json

has the users, groups, roles and policies of an account. The policies of its resources and those of
its organization come from elsewhere, and are handed in beside it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from iamlogic.errors import AccountError, Problem, Where
from iamlogic.inputs.details import read_details
from iamlogic.inputs.json_files import read_json_file
from iamlogic.inputs.nodes import Node, Report
from iamlogic.inputs.organization import Organization, OrganizationPolicies, read_organization
from iamlogic.inputs.resource_policies import ResourcePolicies, read_resource_policies
from iamlogic.questions.account import Account

Page = str | os.PathLike[str] | Mapping[str, object]
"""One output of get-account-authorization-details: the path of a JSON file, or decoded JSON."""


def load_account(
    details: Page | Iterable[Page],
    *,
    resource_policies: ResourcePolicies | None = None,
    organization: OrganizationPolicies | None = None,
) -> Account:
    """The account that `details` describes, with the policies around it.

    `details` is the output of `aws iam get-account-authorization-details`: the path of a JSON file
    or decoded JSON, with policies decoded (as the AWS CLI and boto3 give them) or URL-encoded (as
    the API does); or several of these, the pages in their order. `resource_policies` maps ARNs to
    policies; it can also be the path of a JSON file with such an object, or of a folder with one
    file for each resource, named `ARN.json` with the ARN percent-encoded. `organization` is
    `{"scps": [[…], …], "rcps": [[…], …], "management_account": false}`, one list of policies for
    each level from the root down, the path of such a JSON file, or a folder with `scps/` and
    `rcps/` that hold a folder for each level.

        account = load_account("details.json", resource_policies="policies/")

    The `file` of each policy says where it is found: the ARN of a managed policy or of a resource,
    `user/alice: inline policy Backup`, `role/Deploy: trust policy`.

    Raises `AccountError` for what is malformed, incomplete or contradictory, `PolicySyntaxError`
    for policies that are none, and `PolicyReadError` for a file that cannot be read.
    """
    report = Report()
    read = read_details(_pages(details, report))
    policies = (
        {} if resource_policies is None else read_resource_policies(resource_policies, report)
    )
    around = Organization() if organization is None else read_organization(organization, report)
    report.check()
    assert read is not None
    return Account(
        id=read.account,
        partition=read.partition,
        identities=read.identities,
        resource_policies=policies,
        scps=around.scps,
        rcps=around.rcps,
        management_account=around.management_account,
    )


def _pages(details: Page | Iterable[Page], report: Report) -> list[Node]:
    if isinstance(details, str | os.PathLike | Mapping):
        return _page(details, (), report)
    pages = [
        node
        for number, page in enumerate(details)
        for node in _page(page, () if isinstance(page, str | os.PathLike) else (number,), report)
    ]
    if not pages:
        raise AccountError((Problem("there is no page", Where(("details",))),))
    return pages


def _page(page: Page, path: tuple[int, ...], report: Report) -> list[Node]:
    """The page, or the pages of which a file holds a list."""
    if not isinstance(page, str | os.PathLike):
        return [Node(page, path, report)]
    file = os.fspath(page)
    root = Node(read_json_file(page), path, report, file)
    return list(root.as_items()) if isinstance(root.value, list) else [root]
