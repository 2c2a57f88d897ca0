"""`acl_policy`: the access control list of an S3 bucket or object → a policy.

    aws s3api get-bucket-acl --bucket example-bucket
    aws s3api get-object-acl --bucket example-bucket --key path/to/object

What each permission allows is the table of Amazon S3 User Guide, acl-overview, "Mapping of ACL
permissions and access policy permissions". Its text adds that WRITE also lets the owner of an
object in the bucket delete it: whoever may put objects there owns some, so s3:DeleteObject is one
of WRITE's actions here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from iamlogic.errors import Problem, Where
from iamlogic.inputs.nodes import Node, Report
from iamlogic.inputs.sharing.statements import (
    ACCOUNT_ID,
    account,
    allow,
    everyone,
    literal,
    policy_of,
    principal,
    signed,
    unsigned,
)
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.policy import Condition, Policy, Principal, PrincipalType, Statement
from iamlogic.syntax.problems import did_you_mean

_Actions = dict[str, tuple[str, ...]]
"""Actions by the permission that allows them."""

_ON_BUCKET: _Actions = {
    "READ": ("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"),
    "WRITE": (),
    "READ_ACP": ("s3:GetBucketAcl",),
    "WRITE_ACP": ("s3:PutBucketAcl",),
}
_ON_OBJECTS_OF_BUCKET: _Actions = {"WRITE": ("s3:PutObject", "s3:DeleteObject")}
_ON_OBJECT: _Actions = {
    "READ": ("s3:GetObject", "s3:GetObjectVersion"),
    "WRITE": (),
    "READ_ACP": ("s3:GetObjectAcl", "s3:GetObjectVersionAcl"),
    "WRITE_ACP": ("s3:PutObjectAcl", "s3:PutObjectVersionAcl"),
}
_ALL = "FULL_CONTROL"

_TYPES = {"ID": "CanonicalUser", "URI": "Group", "EmailAddress": "AmazonCustomerByEmail"}
"""The types of grantees, by the member that names one."""

_GROUPS = "http://acs.amazonaws.com/groups/"
_ALL_USERS = f"{_GROUPS}global/AllUsers"
_AUTHENTICATED_USERS = f"{_GROUPS}global/AuthenticatedUsers"
_LOG_DELIVERY = f"{_GROUPS}s3/LogDelivery"
_LOG_SERVICE = "logging.s3.amazonaws.com"
"""The service that AWS names for bucket policies in the place of the group."""

_ANONYMOUS_ID = "65a011a29cdf8ec533ec3d1ccaae921c"
"""The canonical user id that S3 gives to requesters without an account."""

_BUCKET = re.compile(r"(?:arn:(aws[a-z-]*):s3:::)?([A-Za-z0-9._-]{3,255})")


@dataclass(frozen=True, slots=True)
class _Target:
    """What the list is attached to: parts of it, each with the actions of each permission."""

    parts: tuple[tuple[str, str, _Actions], ...]  # suffix of the Sid, pattern, actions
    is_object: bool


def acl_policy(
    document: object,
    bucket: str | None = None,
    key: str | None = None,
    *,
    owner: str | None = None,
    file: str | None = None,
) -> Policy:
    """The policy that allows what an ACL grants.

    `document` is decoded JSON as `aws s3api get-bucket-acl` prints it, or `get-object-acl` if there
    is a `key`. `bucket` is a name or an ARN; without it the policy is about any bucket.

    What the list grants to its own owner is left out: the owner has the resource without it. If
    `owner`, the 12 digits of the owner's account, is given, the account is allowed it, which tells
    of objects that another account has put into a bucket.

        acl_policy(json.load(open("acl.json")), bucket="example-bucket")

    Raises `AccountError` for what is malformed, and for unknown grantees and permissions.
    """
    report = Report()
    target = _target(bucket, key, report)
    if owner is not None and not ACCOUNT_ID.fullmatch(owner):
        message = f"found {quote(owner)}, expected an account's 12 digits"
        report.add(Problem(message, Where(("owner",))))
        owner = None
    root = Node(document, ("ACL",), report, file)
    statements: list[Statement] = []
    warnings: list[Problem] = []
    if root.is_object(("Owner", "Grants", "RequestCharged", "ResponseMetadata")):
        owner_id = _owner(root)
        grants = root.require("Grants")
        for number, node in enumerate(grants.as_items() if grants else (), 1):
            statements += _grant(node, number, target, owner_id, owner, warnings)
    report.check()
    return policy_of(statements, warnings, file)


def _target(bucket: str | None, key: str | None, report: Report) -> _Target:
    found = _BUCKET.fullmatch(bucket) if bucket is not None else None
    if bucket is not None and found is None:
        message = f"{quote(bucket)} is no bucket: expected its name or arn:aws:s3:::NAME"
        report.add(Problem(message, Where(("bucket",))))
    partition = (found[1] or "aws") if found else "*"
    arn = f"arn:{partition}:s3:::{found[2] if found else '*'}"
    if key is not None:
        return _Target((("", f"{arn}/{literal(key)}", _ON_OBJECT),), is_object=True)
    parts = (("", arn, _ON_BUCKET), (", objects", f"{arn}/*", _ON_OBJECTS_OF_BUCKET))
    return _Target(parts, is_object=False)


def _owner(root: Node) -> str | None:
    node = root.require("Owner", "give the whole output of get-bucket-acl or get-object-acl")
    return node.text("ID") if node and node.is_object(("ID", "DisplayName")) else None


def _grant(
    node: Node,
    number: int,
    target: _Target,
    owner_id: str | None,
    owner: str | None,
    warnings: list[Problem],
) -> Iterator[Statement]:
    if not node.is_object(("Grantee", "Permission"), closed=True):
        return
    grantee, permission = node.require("Grantee"), node.text("Permission")
    permissions = _permissions(node, permission) if permission else ()
    who = _grantee(grantee, owner_id, owner) if grantee else None
    if who is None or not permissions:
        return
    if permission == "WRITE" and target.is_object:
        message = "WRITE on an object allows nothing: it counts for buckets"
        warnings.append(Problem(message, node.at("Permission").where))
    requester, conditions = who
    for part, resource, actions_of in target.parts:
        actions = [action for each in permissions for action in actions_of.get(each, ())]
        if actions:
            sid = f"ACL grant {number}{part}"
            yield allow(sid, requester, actions, [resource], conditions, where=node.where)


def _permissions(node: Node, permission: str) -> tuple[str, ...]:
    if permission == _ALL:
        return tuple(_ON_BUCKET)
    if permission in _ON_BUCKET:
        return (permission,)
    known = (*_ON_BUCKET, _ALL)
    message = f"found {quote(permission)}, expected one of {', '.join(known)}"
    node.at("Permission").problem(message, did_you_mean(permission, known))
    return ()


_Who = tuple[Principal, tuple[Condition, ...]]


def _grantee(node: Node, owner_id: str | None, owner: str | None) -> _Who | None:
    """Whom a grant is made to; None for the owner, and once a mistake is reported."""
    if not node.is_object(("Type", "ID", "URI", "EmailAddress", "DisplayName"), closed=True):
        return None
    match _type(node):
        case "CanonicalUser":
            return _canonical_user(node, owner_id, owner)
        case "Group":
            return _group(node)
        case "AmazonCustomerByEmail":
            node.problem(
                "an e-mail address does not tell which account it is of",
                "put the list and get it again: S3 has the canonical user id in its place",
            )
        case str(other):
            message = f"found {quote(other)}, expected one of {', '.join(_TYPES.values())}"
            node.at("Type").problem(message, did_you_mean(other, _TYPES.values()))
    return None


def _type(node: Node) -> str | None:
    """The type of the grantee, which old versions of the AWS CLI leave to the other members."""
    if node.get("Type"):
        return node.text("Type")
    implied = [type_ for member, type_ in _TYPES.items() if node.get(member)]
    if len(implied) == 1:
        return implied[0]
    node.problem("there is no Type here", f"expected one of {', '.join(_TYPES.values())}")
    return None


def _canonical_user(node: Node, owner_id: str | None, owner: str | None) -> _Who | None:
    user = node.text("ID")
    if user is None:
        return None
    if user.lower() == _ANONYMOUS_ID:
        return everyone(node.where), (unsigned(node.where),)
    if owner_id is not None and user.lower() == owner_id.lower():
        who = account(node, owner) if owner else None
    else:
        who = principal(PrincipalType.CANONICAL_USER, user, node.where)
        if who is None:
            message = f"found {quote(user)}, expected a canonical user id: 64 hexadecimal digits"
            node.at("ID").problem(message)
    return (who, ()) if who else None


def _group(node: Node) -> _Who | None:
    match node.text("URI"):
        case str(uri) if uri == _ALL_USERS:
            return everyone(node.where), ()
        case str(uri) if uri == _AUTHENTICATED_USERS:
            return everyone(node.where), (signed(node.where),)
        case str(uri) if uri == _LOG_DELIVERY:
            who = principal(PrincipalType.SERVICE, _LOG_SERVICE, node.where)
            return (who, ()) if who else None
        case str(uri):
            known = (_ALL_USERS, _AUTHENTICATED_USERS, _LOG_DELIVERY)
            message = f"found {quote(uri)}, expected one of {', '.join(known)}"
            node.at("URI").problem(message, did_you_mean(uri, known))
    return None
