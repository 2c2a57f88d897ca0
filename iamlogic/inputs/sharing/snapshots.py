"""`snapshot_policy`: with whom a snapshot is shared → a policy.

    aws rds describe-db-snapshot-attributes --db-snapshot-identifier nightly
    aws rds describe-db-cluster-snapshot-attributes --db-cluster-snapshot-identifier nightly
    aws ec2 describe-snapshot-attribute --snapshot-id snap-0… --attribute createVolumePermission

A snapshot is shared with accounts, one by one or all of them, which can then copy it and restore
what is in it: the actions that the Service Authorization Reference has for reading a snapshot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from iamlogic.errors import Problem, Where
from iamlogic.inputs.nodes import Node, Report
from iamlogic.inputs.sharing.statements import account, allow, everyone, policy_of, signed
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.policy import Policy, Statement
from iamlogic.syntax.problems import did_you_mean

_ROOT = "snapshot"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of RDS snapshot, by the members of its output."""

    result: str
    identifier: str
    attributes: str
    arn: str
    actions: tuple[str, ...]


_DB = _Kind(
    "DBSnapshotAttributesResult",
    "DBSnapshotIdentifier",
    "DBSnapshotAttributes",
    "snapshot",
    (
        "rds:CopyDBSnapshot",
        "rds:DescribeDBSnapshots",
        "rds:RestoreDBClusterFromSnapshot",
        "rds:RestoreDBInstanceFromDBSnapshot",
    ),
)
_CLUSTER = _Kind(
    "DBClusterSnapshotAttributesResult",
    "DBClusterSnapshotIdentifier",
    "DBClusterSnapshotAttributes",
    "cluster-snapshot",
    (
        "rds:CopyDBClusterSnapshot",
        "rds:DescribeDBClusterSnapshots",
        "rds:RestoreDBClusterFromSnapshot",
        "rds:RestoreDBInstanceFromDBSnapshot",
    ),
)
_OF_VOLUME = (
    "ebs:GetSnapshotBlock",
    "ebs:ListChangedBlocks",
    "ebs:ListSnapshotBlocks",
    "ec2:CopySnapshot",
    "ec2:CreateReplaceRootVolumeTask",
    "ec2:CreateVolume",
    "ec2:ImportImage",
    "ec2:RegisterImage",
    "ec2:RequestSpotFleet",
    "ec2:RequestSpotInstances",
    "ec2:RunInstances",
)
MARKS = (_DB.result, _CLUSTER.result, "CreateVolumePermissions")
"""The members of which each output has one."""

_IDENTIFIER = re.compile(r"(?:[a-z]+:)?[A-Za-z0-9-]+")
_VOLUME_SNAPSHOT = re.compile(r"snap-[0-9a-f]+")
_SNAPSHOT_ARN = re.compile(
    r"arn:aws[a-z-]*:(?:rds:[a-z0-9-]+:[0-9]{12}:(?:cluster-)?snapshot:[^*?$]+"
    r"|ec2:[a-z0-9-]+:[0-9]{0,12}:snapshot/snap-[0-9a-f]+)"
)


def snapshot_policy(
    document: object, *, resource: str | None = None, file: str | None = None
) -> Policy:
    """The policy that allows those with whom a snapshot is shared to copy and to restore it.

    `document` is decoded JSON as one of the three commands prints it. `resource` is the ARN of the
    snapshot; without it the policy is about the snapshots of that name in any region and account.

    Raises `AccountError` for what is malformed, and for attributes and groups that are not known.
    """
    report = Report()
    root = Node(document, (_ROOT,), report, file)
    if resource is not None and not _SNAPSHOT_ARN.fullmatch(resource):
        message = f"{quote(resource)} is not the ARN of a snapshot"
        report.add(Problem(message, Where(("resource",))))
    statements: list[Statement] = []
    if root.is_object((*MARKS, "SnapshotId", "ProductCodes", "ResponseMetadata")):
        assert isinstance(document, Mapping)
        found = [mark for mark in MARKS if mark in document]
        if len(found) != 1:
            expected = f"expected one of {', '.join(MARKS)}"
            root.problem(f"there are {', '.join(found) or 'none'}, {expected}")
        elif found[0] == MARKS[2]:
            statements += _volume(root, resource)
        else:
            statements += _database(root, _DB if found[0] == MARKS[0] else _CLUSTER, resource)
    report.check()
    return policy_of(statements, (), file)


def _database(root: Node, kind: _Kind, resource: str | None) -> Iterator[Statement]:
    node = root.require(kind.result)
    if node is None or not node.is_object((kind.identifier, kind.attributes)):
        return
    snapshot = _name(node, kind)
    attributes = node.require(kind.attributes)
    if snapshot is None or attributes is None:
        return
    for attribute in attributes.as_items():
        if not attribute.is_object(("AttributeName", "AttributeValues"), closed=True):
            continue
        name = attribute.text("AttributeName")
        if name is not None and name != "restore":
            message = f"found {quote(name)}, expected the attribute restore"
            attribute.at("AttributeName").problem(message, did_you_mean(name, ("restore",)))
        for number, value in enumerate(attribute.items("AttributeValues"), 1):
            text, sid = value.as_text(), f"restore attribute, value {number}"
            if text is not None:
                yield from _shared(value, text, sid, kind.actions, resource or snapshot)


def _name(node: Node, kind: _Kind) -> str | None:
    """The pattern of the snapshot's ARN. RDS shows an ARN for what another account shares."""
    name = node.text(kind.identifier)
    if name is None or _SNAPSHOT_ARN.fullmatch(name):
        return name
    if _IDENTIFIER.fullmatch(name):
        return f"arn:*:rds:*:*:{kind.arn}:{name}"
    node.at(kind.identifier).problem(f"found {quote(name)}, expected a snapshot's identifier")
    return None


def _volume(root: Node, resource: str | None) -> Iterator[Statement]:
    name = root.text("SnapshotId")
    if name is not None and not _VOLUME_SNAPSHOT.fullmatch(name):
        root.at("SnapshotId").problem(f"found {quote(name)}, expected the id of a snapshot")
    snapshot = resource or f"arn:*:ec2:*::snapshot/{name}"
    permissions = root.require("CreateVolumePermissions")
    for number, node in enumerate(permissions.as_items() if permissions else (), 1):
        if not node.is_object(("UserId", "Group"), closed=True):
            continue
        sid = f"createVolumePermission {number}"
        given = [each for each in (node.get("UserId"), node.get("Group")) if each]
        if len(given) != 1:
            node.problem("a permission is for one account or one group", "UserId or Group")
            continue
        text = given[0].as_text()
        if text is not None and (given[0].path[-1] == "Group") != (text == "all"):
            given[0].problem(f"found {quote(text)}, expected the group all or the UserId of one")
        elif text is not None:
            yield from _shared(given[0], text, sid, _OF_VOLUME, snapshot)


def _shared(
    node: Node, text: str, sid: str, actions: tuple[str, ...], snapshot: str
) -> Iterator[Statement]:
    """The statement of one entry: an account's id, or `all` for every account."""
    if text == "all":
        everybody = everyone(node.where)
        conditions = (signed(node.where),)
        yield allow(sid, everybody, actions, [snapshot], conditions, where=node.where)
    elif who := account(node, text):
        yield allow(sid, who, actions, [snapshot], where=node.where)
