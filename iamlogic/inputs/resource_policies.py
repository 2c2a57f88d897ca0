"""The policies of resources, by the ARN of the resource that each is attached to.

They come as a mapping, as a JSON file that holds one object, or as a folder with one file for each
resource: its name is the percent-encoded ARN and `.json`
(`arn%3Aaws%3Asqs%3Aus-east-1%3A111122223333%3Ajobs.json`; a `/` is `%2F`).

A role's trust policy is none of them: it stands with the role.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import unquote

from iamlogic.inputs.documents import read_policy_document
from iamlogic.inputs.json_files import entries_of, is_folder, read_bytes, read_json_file
from iamlogic.inputs.nodes import Node, Report, describe
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_types import PolicyType

_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[^:*?\s]*:[^:*?\s]*:[^*?]+")
_ROLE_ARN = re.compile(r"arn:[^:]*:iam::[0-9]{12}:role/.+")

ResourcePolicies = str | os.PathLike[str] | Mapping[str, Policy | Mapping[str, object] | str]
"""What is read here: a path, or policies (parsed, decoded JSON or JSON text) by ARN."""


def read_resource_policies(given: ResourcePolicies, report: Report) -> dict[str, Policy]:
    """The policies by the ARN of their resource; what is wrong is reported."""
    entries = _in_folder(given, report) if is_folder(given) else _in_object(given, report)
    policies: dict[str, Policy] = {}
    for arn, node in entries:
        if not _is_resource(arn, node):
            continue
        if arn in policies:
            node.problem(f"{quote(arn)} has a policy already, and a resource has one", "remove one")
        policy = read_policy_document(node, arn, PolicyType.RESOURCE)
        if policy:
            policies[arn] = policy
    return policies


def _in_object(given: ResourcePolicies, report: Report) -> Iterator[tuple[str, Node]]:
    file = None
    value: object = given
    if isinstance(given, str | os.PathLike):
        file, value = os.fspath(given), read_json_file(given)
    root = Node(value, ("resource_policies",), report, file)
    if not root.is_object():
        return
    assert isinstance(value, Mapping)
    for arn, policy in value.items():
        if isinstance(arn, str):
            yield arn, Node(policy, (arn,), report, file)
        else:
            root.problem(f"found {describe(arn)}, expected the ARN of a resource as a text")


def _in_folder(given: str | os.PathLike[str], report: Report) -> Iterator[tuple[str, Node]]:
    for file in entries_of(given):
        node = Node(None, (file.name,), report, os.fspath(given))
        if file.suffix == ".json":
            yield unquote(file.stem), replace(node, value=read_bytes(file))
        else:
            hint = "name the file ARN.json, the ARN percent-encoded, or take it away"
            node.problem("this is not the policy of a resource", hint)


def _is_resource(arn: str, node: Node) -> bool:
    if _ROLE_ARN.fullmatch(arn):
        node.problem(
            "this is a role: its policy is its trust policy, which the account's details have",
            "take it away here; AssumeRolePolicyDocument is what counts",
        )
        return False
    if not _ARN.fullmatch(arn):
        message = f"{quote(arn)} is not the ARN of a resource"
        node.problem(message, "write one such as arn:aws:s3:::example-bucket, without wildcards")
        return False
    return True
