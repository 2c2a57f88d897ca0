"""The output of `aws iam get-account-authorization-details` → users and roles with their policies.

Its members are those of the API (`UserDetailList`, `GroupDetailList`, `RoleDetailList`,
`Policies`), on one page or on several. What refers to something that is not there is an error, as
is a page that says it has a successor: who is missing from an account would be missing from every
answer about it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from iamlogic.errors import RequestError
from iamlogic.inputs.documents import read_policy_document
from iamlogic.inputs.managed_policies import WITHOUT_FILTER, ManagedPolicies
from iamlogic.inputs.nodes import Node
from iamlogic.inputs.owner import Owner
from iamlogic.questions.account import Identity, Tags
from iamlogic.semantics.requester import RequesterKind, parse_requester
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_types import PolicyType

_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
_PAGE_MEMBERS = (*_LISTS, "IsTruncated", "Marker", "NextToken", "ResponseMetadata")
_USER_MEMBERS = (
    "Path",
    "UserName",
    "UserId",
    "Arn",
    "CreateDate",
    "UserPolicyList",
    "GroupList",
    "AttachedManagedPolicies",
    "PermissionsBoundary",
    "Tags",
)
_GROUP_MEMBERS = (
    "Path",
    "GroupName",
    "GroupId",
    "Arn",
    "CreateDate",
    "GroupPolicyList",
    "AttachedManagedPolicies",
)
_ROLE_MEMBERS = (
    "Path",
    "RoleName",
    "RoleId",
    "Arn",
    "CreateDate",
    "AssumeRolePolicyDocument",
    "InstanceProfileList",
    "RolePolicyList",
    "AttachedManagedPolicies",
    "PermissionsBoundary",
    "Tags",
    "RoleLastUsed",
)
_GROUP_ARN = re.compile(r"arn:(aws[a-z-]*):iam::([0-9]{12}):group/(?:[!-~]*/)?([^/:*?\s]+)")

_SEVERAL_PAGES = "give all pages, as a list in their order, or let the AWS CLI join them"


@dataclass(frozen=True, slots=True)
class Details:
    """What the output says: whose account, and its users and roles in the order written."""

    account: str
    partition: str
    identities: tuple[Identity, ...]


def read_details(pages: Sequence[Node]) -> Details | None:
    """What all `pages` say together. None once a mistake is reported that leaves nothing to say."""
    pages = [page for page in pages if page.is_object(_PAGE_MEMBERS)]
    if not pages:
        return None
    _check_complete(pages)
    reading = _Reading()
    entries = {name: [entry for page in pages for entry in page.items(name)] for name in _LISTS}
    for entry in entries["Policies"]:
        reading.managed.add(entry, reading.owner)
    for entry in entries["GroupDetailList"]:
        reading.add_group(entry)
    users = [reading.user(entry) for entry in entries["UserDetailList"]]
    roles = [reading.role(entry) for entry in entries["RoleDetailList"]]
    account, partition = reading.owner.account, reading.owner.partition
    if account is None or partition is None:
        if not pages[0].report:
            pages[0].problem("nothing here tells the account: there is no user, group or role")
        return None
    identities = tuple(identity for identity in (*users, *roles) if identity)
    return Details(account, partition, identities)


def _check_complete(pages: Sequence[Node]) -> None:
    last = pages[-1]
    goes_on = {"IsTruncated": last.flag("IsTruncated"), "NextToken": bool(last.get("NextToken"))}
    for member, holds in goes_on.items():
        if holds:
            last.at(member).problem("the output goes on after this page", _SEVERAL_PAGES)
    for name in _LISTS:
        if not any(page.get(name) for page in pages):
            pages[0].problem(f"there is no {name} on any page", WITHOUT_FILTER)


class _Reading:
    """What has been read so far of one account: the users refer to groups, all to policies."""

    def __init__(self) -> None:
        self.owner = Owner()
        self.managed = ManagedPolicies()
        self._groups: dict[str, tuple[Policy, ...]] = {}
        self._names: set[tuple[RequesterKind, str]] = set()

    def add_group(self, node: Node) -> None:
        if not node.is_object(_GROUP_MEMBERS):
            return
        name, arn = node.text("GroupName"), node.text("Arn")
        if name is None:
            return
        if name in self._groups:
            node.problem(f"the group {quote(name)} stands in the list already", _ONCE)
        self._groups[name] = self._policies(node, "GroupPolicyList", f"group/{name}")
        if arn is None:
            return
        found = _GROUP_ARN.fullmatch(arn)
        if found is None:
            node.at("Arn").problem(f"found {quote(arn)}, expected the ARN of a group")
            return
        self.owner.see(node.at("Arn"), found[1], found[2])
        if found[3] != name:
            _names_differ(node, "GroupName", name, arn)

    def user(self, node: Node) -> Identity | None:
        if not node.is_object(_USER_MEMBERS):
            return None
        named = self._named(node, RequesterKind.USER, "UserName")
        if named is None:
            return None
        arn, name = named
        own = self._policies(node, "UserPolicyList", f"user/{name}")
        of_groups = [policy for group in node.items("GroupList") for policy in self._group(group)]
        return Identity(
            arn,
            _each_once((*own, *of_groups)),
            boundary=self.managed.boundary(node),
            tags=_tags(node),
        )

    def role(self, node: Node) -> Identity | None:
        if not node.is_object(_ROLE_MEMBERS):
            return None
        named = self._named(node, RequesterKind.ROLE, "RoleName")
        if named is None:
            return None
        arn, name = named
        document = node.require("AssumeRolePolicyDocument", "a role always has a trust policy")
        trust_name = f"role/{name}: trust policy"
        return Identity(
            arn,
            self._policies(node, "RolePolicyList", f"role/{name}"),
            boundary=self.managed.boundary(node),
            trust=read_policy_document(document, trust_name, PolicyType.TRUST)
            if document
            else None,
            tags=_tags(node),
        )

    def _named(self, node: Node, kind: RequesterKind, member: str) -> tuple[str, str] | None:
        """The ARN and the name of the user or role at `node`."""
        name, arn = node.text(member), node.text("Arn")
        if name is None or arn is None:
            return None
        try:
            requester = parse_requester(arn)
        except RequestError:
            requester = None
        if requester is None or requester.kind is not kind:
            what = kind.value
            node.at("Arn").problem(f"found {quote(arn)}, expected the ARN of a {what}")
            return None
        assert requester.partition is not None
        assert requester.account is not None
        self.owner.see(node.at("Arn"), requester.partition, requester.account)
        if requester.name != name:
            _names_differ(node, member, name, arn)
        if (kind, name) in self._names:
            node.problem(f"the {kind.value} {quote(name)} stands in the list already", _ONCE)
        self._names.add((kind, name))
        return arn, name

    def _group(self, node: Node) -> tuple[Policy, ...]:
        name = node.as_text()
        if name is None:
            return ()
        if name not in self._groups:
            message = f"the group {quote(name)} is not in GroupDetailList"
            node.problem(message, WITHOUT_FILTER)
        return self._groups.get(name, ())

    def _policies(self, node: Node, member: str, holder: str) -> tuple[Policy, ...]:
        """The managed and the inline policies of a user, group or role."""
        inline: dict[str, Policy | None] = {}
        for entry in node.items(member):
            if not entry.is_object(("PolicyName", "PolicyDocument")):
                continue
            name, document = entry.text("PolicyName"), entry.require("PolicyDocument")
            if name is None or document is None:
                continue
            if name in inline:
                entry.problem(f"the inline policy {quote(name)} stands in the list already", _ONCE)
            file = f"{holder}: inline policy {name}"
            inline[name] = read_policy_document(document, file, PolicyType.IDENTITY)
        own = [policy for policy in inline.values() if policy]
        return _each_once((*self.managed.attached(node), *own))


_ONCE = "give each page once"


def _names_differ(node: Node, member: str, name: str, arn: str) -> None:
    node.at(member).problem(f"the name is {quote(name)} here, but the ARN is {quote(arn)}")


def _each_once(policies: Sequence[Policy]) -> tuple[Policy, ...]:
    """Each policy at its first place: the same may be attached to a user and to its groups.

    Two policies of equal content are two all the same: each has a name of its own.
    """
    return tuple({id(policy): policy for policy in policies}.values())


def _tags(node: Node) -> Tags:
    tags: dict[str, tuple[str, str]] = {}
    for entry in node.items("Tags"):
        if not entry.is_object(("Key", "Value")):
            continue
        key, value = entry.text("Key"), entry.text("Value")
        if key is None or value is None:
            continue
        if fold(key) in tags:  # R-K7
            entry.problem(f"the tag {quote(key)} stands in the list already", "remove one")
        tags[fold(key)] = (key, value)
    return tuple(tags.values())
