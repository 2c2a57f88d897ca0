"""`grants_policy`: the grants of a KMS key → a policy.

    aws kms list-grants --key-id 1234abcd-12ab-34cd-56ef-1234567890ab

A grant's constraints hold for some of its operations only (KMS API Reference, API_GrantConstraints,
API_CreateGrant), so a grant becomes one statement for each set of conditions:

- Pairs of the encryption context bind the operations that take one, and CreateGrant, whose new
  grants must be bound at least as strictly; KMS compares their keys without case, their values as
  they are. With EncryptionContextEquals, there may be no other pairs.
- SourceArn binds all but RetireGrant, and DescribeKey where the request has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from iamlogic.errors import Problem
from iamlogic.inputs.nodes import Node, Report
from iamlogic.inputs.sharing.statements import (
    allow,
    condition,
    literal,
    pattern,
    plain,
    policy_of,
    principal,
)
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Condition, Policy, Principal, PrincipalType, Statement
from iamlogic.syntax.problems import did_you_mean

_WITH_CONTEXT = (
    "CreateGrant",
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)
_WITHOUT_CONTEXT = (
    "Decapsulate",
    "DeriveSharedSecret",
    "DescribeKey",
    "Encapsulate",
    "GenerateMac",
    "GetPublicKey",
    "RetireGrant",
    "Sign",
    "Verify",
    "VerifyMac",
)
_OPERATIONS = (*_WITH_CONTEXT, *_WITHOUT_CONTEXT)
"""Each is the name of the action that it allows."""

_GRANT_MEMBERS = (
    "KeyId",
    "GrantId",
    "Name",
    "CreationDate",
    "GranteePrincipal",
    "GranteeServicePrincipal",
    "RetiringPrincipal",
    "RetiringServicePrincipal",
    "IssuingAccount",
    "Operations",
    "Constraints",
)
_CONSTRAINTS = ("EncryptionContextSubset", "EncryptionContextEquals", "SourceArn")

_KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")
_KEY_ID = re.compile(r"[A-Za-z0-9-]+")
_OF_AWS = re.compile(r"arn:aws[a-z-]*:sts::([0-9]{12}):assumed-role/aws:[^/]+/[^/]+")
"""Sessions of roles that AWS keeps in a customer's account, as aws:ec2-infrastructure."""


def grants_policy(document: object, *, file: str | None = None) -> Policy:
    """The policy that allows what the grants of KMS keys allow.

    `document` is decoded JSON as `aws kms list-grants` prints it. Its grantees may use the key, and
    those who may retire a grant, kms:RetireGrant on it.

    A session of a role that AWS itself keeps in an account, with which EC2 uses encrypted volumes,
    cannot be named in a policy: its account stands in its place, and a warning says so.

    Raises `AccountError` for what is malformed or cut off, and for operations and constraints that
    are not known.
    """
    report = Report()
    root = Node(document, ("grants",), report, file)
    statements: list[Statement] = []
    warnings: list[Problem] = []
    if root.is_object(("Grants", "Truncated", "NextMarker", "NextToken", "ResponseMetadata")):
        _check_complete(root)
        grants = root.require("Grants")
        for number, node in enumerate(grants.as_items() if grants else (), 1):
            statements += _grant(node, f"KMS grant {number}", warnings)
    report.check()
    return policy_of(statements, warnings, file)


def _check_complete(root: Node) -> None:
    truncated = root.flag("Truncated")
    for member, goes_on in (("Truncated", truncated), ("NextToken", bool(root.get("NextToken")))):
        if goes_on:
            hint = "let the AWS CLI join the pages, or join their Grants"
            root.at(member).problem("the output goes on after this page", hint)


def _grant(node: Node, sid: str, warnings: list[Problem]) -> Iterator[Statement]:
    if not node.is_object(_GRANT_MEMBERS, closed=True):
        return
    key = _key(node)
    grantee = _who(node, "Grantee", warnings)
    retiring = _who(node, "Retiring", warnings)
    operations = _operations(node)
    constraints = _constraints(node)
    if key is None:
        return
    bound: dict[tuple[Condition, ...], list[str]] = {}
    for operation in operations:
        conditions = tuple(_binding(operation, constraints, node))
        bound.setdefault(conditions, []).append(f"kms:{operation}")
    if grantee is not None:
        for part, (conditions, actions) in enumerate(bound.items(), 1):
            name = sid if part == 1 else f"{sid}, part {part}"
            yield allow(name, grantee, actions, [key], conditions, where=node.where)
    if retiring is not None:
        name = f"{sid}, retiring principal"
        yield allow(name, retiring, ["kms:RetireGrant"], [key], where=node.where)


def _key(node: Node) -> str | None:
    key = node.text("KeyId")
    if key is None or _KEY_ARN.fullmatch(key):
        return key
    if _KEY_ID.fullmatch(key):
        return f"arn:*:kms:*:*:key/{key}"
    node.at("KeyId").problem(f"found {quote(key)}, expected the id or the ARN of a key")
    return None


def _who(node: Node, role: str, warnings: list[Problem]) -> Principal | None:
    """Whom one of two members names; there must be one of a grantee, and need not of a retirer."""
    member, service = f"{role}Principal", f"{role}ServicePrincipal"
    named = [each for each in (node.get(member), node.get(service)) if each and each.value != ""]
    if len(named) > 1 or (not named and role == "Grantee"):
        there = "are both" if named else "is neither"
        node.problem(f"there {there} {member} and {service}", "a grant has one of them")
    if len(named) != 1:
        return None
    entry = named[0]
    text = entry.as_text()
    if text is None:
        return None
    if of_aws := _OF_AWS.fullmatch(text):
        message = f"{quote(text)} is a session of AWS's own role: its account stands for it"
        warnings.append(Problem(message, entry.where))
        return principal(PrincipalType.AWS, of_aws[1], entry.where)
    # Under the first member, too, KMS shows services: by their host, not by an ARN.
    kinds = (PrincipalType.AWS, PrincipalType.SERVICE)[named[0].path[-1] == service :]
    for kind in kinds:
        if (found := principal(kind, text, entry.where)) and text != "*":
            return found
    expected = "the host of a service" if len(kinds) == 1 else "a principal's ARN or a service"
    entry.problem(f"found {quote(text)}, expected {expected}")
    return None


def _operations(node: Node) -> list[str]:
    listed = node.require("Operations")
    found: list[str] = []
    for item in listed.as_items() if listed else ():
        operation = item.as_text()
        if operation in _OPERATIONS:
            found.append(operation)
        elif operation is not None:
            hint = did_you_mean(operation, _OPERATIONS)
            item.problem(f"{quote(operation)} is no operation that a grant allows", hint)
    return found


def _constraints(node: Node) -> Mapping[str, Node]:
    """The constraints by name; an empty one is none."""
    constraints = node.get("Constraints")
    if constraints is None or not constraints.is_object(_CONSTRAINTS, closed=True):
        return {}
    found = {name: each for name in _CONSTRAINTS if (each := constraints.get(name)) and each.value}
    if len(found.keys() - {"SourceArn"}) == 2:
        message = "there are two constraints of the encryption context, expected one"
        constraints.problem(message, "KMS takes EncryptionContextSubset or EncryptionContextEquals")
        return {}
    return {name: each for name, each in found.items() if _is_constraint(name, each)}


def _is_constraint(name: str, node: Node) -> bool:
    if name == "SourceArn":
        return node.as_text() is not None
    if not node.is_object():
        return False
    assert isinstance(node.value, Mapping)
    seen: dict[str, object] = {}
    for key, value in node.value.items():
        if not isinstance(key, str) or not key or fold(key) in seen:
            hint = "keys that differ in case only are the same key"
            node.problem(f"the key {quote(str(key))} is empty or stands there already", hint)
            return False
        seen[fold(key)] = value
    return all(node.at(key, value).as_text() is not None for key, value in node.value.items())


def _binding(operation: str, constraints: Mapping[str, Node], node: Node) -> Iterator[Condition]:
    """The conditions under which a grant allows the operation."""
    for name, constraint in constraints.items():
        where = constraint.where
        if name == "SourceArn":
            if operation != "RetireGrant":
                operator = "ArnEqualsIfExists" if operation == "DescribeKey" else "ArnEquals"
                arn = pattern(literal(str(constraint.value)), where)
                yield condition(operator, "aws:SourceArn", [arn], where)
        elif operation in _WITH_CONTEXT:
            assert isinstance(constraint.value, Mapping)
            for key, value in constraint.value.items():
                there = node.at("Constraints").at(name).at(key).where
                values = [plain(value, there)]
                yield condition("StringEquals", f"kms:EncryptionContext:{key}", values, there)
            if name == "EncryptionContextEquals":
                keys = [plain(key, where) for key in constraint.value]
                operator = "ForAllValues:StringEqualsIgnoreCase"
                yield condition(operator, "kms:EncryptionContextKeys", keys, where)
