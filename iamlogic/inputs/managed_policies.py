"""The managed policies of an account (`Policies`): of each the version that is in force.

A policy is parsed when something refers to it for the first time, and once, so that all who have it
share one. A policy that nobody has is not parsed: it says nothing about the account.
"""

from __future__ import annotations

import re

from iamlogic.inputs.documents import is_of_type, parse_document
from iamlogic.inputs.nodes import Node
from iamlogic.inputs.owner import Owner
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_types import PolicyType

_MEMBERS = (
    "PolicyName",
    "PolicyId",
    "Arn",
    "Path",
    "DefaultVersionId",
    "AttachmentCount",
    "PermissionsBoundaryUsageCount",
    "IsAttachable",
    "Description",
    "CreateDate",
    "UpdateDate",
    "PolicyVersionList",
)
_VERSION_MEMBERS = ("Document", "VersionId", "IsDefaultVersion", "CreateDate")
_ARN = re.compile(r"arn:(aws[a-z-]*):iam::([0-9]{12}|aws):policy/[!-~]+")

WITHOUT_FILTER = "export the account whole: aws iam get-account-authorization-details, no --filter"


class ManagedPolicies:
    """The managed policies by ARN, and what each says once it was asked for."""

    def __init__(self) -> None:
        self._documents: dict[str, Node | None] = {}  # None: what is wrong with it is reported
        self._policies: dict[str, Policy | None] = {}
        self._as_types: dict[tuple[str, PolicyType], Policy | None] = {}

    def add(self, node: Node, owner: Owner) -> None:
        """One entry of `Policies`."""
        if not node.is_object(_MEMBERS):
            return
        arn = node.text("Arn")
        document = _default_version(node)
        if arn is None:
            return
        found = _ARN.fullmatch(arn)
        if found is None:
            node.at("Arn").problem(f"found {quote(arn)}, expected the ARN of a managed policy")
        elif found[2] != "aws":
            owner.see(node.at("Arn"), found[1], found[2])
        if arn in self._documents:
            node.at("Arn").problem(
                f"{quote(arn)} stands in the list already", "give each page once"
            )
        self._documents[arn] = document

    def attached(self, node: Node) -> tuple[Policy, ...]:
        """The policies that the `AttachedManagedPolicies` of a user, group or role name.

        In AWS's own example one object stands where the list of it is meant.
        """
        given = node.get("AttachedManagedPolicies")
        policies = [
            self._named(entry, "PolicyArn", PolicyType.IDENTITY)
            for entry in (given.as_items(or_one=True) if given else ())
            if entry.is_object(("PolicyName", "PolicyArn"))
        ]
        return tuple(policy for policy in policies if policy)

    def boundary(self, node: Node) -> Policy | None:
        """The policy that the `PermissionsBoundary` of a user or role names."""
        given = node.get("PermissionsBoundary")
        members = ("PermissionsBoundaryType", "PermissionsBoundaryArn")
        if given is None or not given.is_object(members):
            return None
        return self._named(given, "PermissionsBoundaryArn", PolicyType.BOUNDARY)

    def _named(self, node: Node, member: str, kind: PolicyType) -> Policy | None:
        arn = node.text(member)
        if arn is None:
            return None
        if arn not in self._documents:
            node.problem(f"the policy {quote(arn)} is not among Policies", WITHOUT_FILTER)
            return None
        if (arn, kind) not in self._as_types:
            policy = self._policy(arn)
            good = policy is not None and is_of_type(policy, kind, node.report)
            self._as_types[arn, kind] = policy if good else None
        return self._as_types[arn, kind]

    def _policy(self, arn: str) -> Policy | None:
        if arn not in self._policies:
            document = self._documents[arn]
            self._policies[arn] = parse_document(document, arn) if document else None
        return self._policies[arn]


def _default_version(node: Node) -> Node | None:
    """The document of the version in force, by `IsDefaultVersion` and by `DefaultVersionId`."""
    versions = node.require("PolicyVersionList", WITHOUT_FILTER)
    if versions is None:
        return None
    entries = [entry for entry in versions.as_items() if entry.is_object(_VERSION_MEMBERS)]
    marked = [entry for entry in entries if entry.flag("IsDefaultVersion")]
    if len(marked) != 1:
        found = "no version is" if not marked else f"{len(marked)} versions are"
        versions.problem(f"{found} marked by IsDefaultVersion, expected one", WITHOUT_FILTER)
        return None
    named = node.get("DefaultVersionId")
    if named is not None:
        expected, found_id = named.as_text(), marked[0].text("VersionId")
        if expected != found_id and expected is not None and found_id is not None:
            named.problem(
                f"the default version is {quote(expected)} here, and {quote(found_id)} by "
                "IsDefaultVersion",
                "export the account again: it was changed meanwhile",
            )
            return None
    return marked[0].require("Document")
