"""What the organization sets around an account: SCPs and RCPs, one list for each level, root first.

    {"scps": [[policy, …], …], "rcps": [[policy, …]], "management_account": false}

as a mapping or a JSON file; or a folder with `scps/` and `rcps/`, in which each folder is a level
and each `.json` file a policy. Levels count in the order of their folders' names (`1-root`,
`2-production`, `3-account`). A folder is never that of a management account.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from iamlogic.errors import PolicySyntaxError
from iamlogic.inputs.documents import is_of_type, read_policy_document
from iamlogic.inputs.json_files import entries_of, is_folder, read_json_file
from iamlogic.inputs.nodes import Node, Report
from iamlogic.syntax.documents import load
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import Levels
from iamlogic.syntax.policy_types import PolicyType
from iamlogic.syntax.problems import did_you_mean

_TYPES = {"scps": PolicyType.SCP, "rcps": PolicyType.RCP}

OrganizationPolicies = str | os.PathLike[str] | Mapping[str, object]
"""What is read here: a path, or the mapping shown above."""


@dataclass(frozen=True, slots=True)
class Organization:
    """The policies of an organization that concern one account."""

    scps: Levels = ()
    rcps: Levels = ()
    management_account: bool = False


def read_organization(given: OrganizationPolicies, report: Report) -> Organization:
    """The organization's policies; what is wrong is reported."""
    if is_folder(given):
        return _in_folder(given, report)
    file = None
    value: object = given
    if isinstance(given, str | os.PathLike):
        file, value = os.fspath(given), read_json_file(given)
    root = Node(value, ("organization",), report, file)
    if not root.is_object((*_TYPES, "management_account"), closed=True):
        return Organization()
    node = Node(value, (), report, file)
    return Organization(
        _levels(node, "scps"), _levels(node, "rcps"), node.flag("management_account")
    )


def _levels(node: Node, member: str) -> Levels:
    return tuple(
        tuple(
            policy
            for entry in level.as_items()
            if (policy := read_policy_document(entry, _name(entry), _TYPES[member]))
        )
        for level in node.items(member)
    )


def _name(node: Node) -> str:
    """`scps[0][1]`, after the file if there is one."""
    return str(node.where)


def _in_folder(folder: str | os.PathLike[str], report: Report) -> Organization:
    found: dict[str, Levels] = {}
    for entry in entries_of(folder):
        if entry.name in _TYPES and is_folder(entry):
            found[entry.name] = tuple(
                _level(level, _TYPES[entry.name], report) for level in entries_of(entry)
            )
        else:
            hint = did_you_mean(entry.name, _TYPES) or "take it away"
            _misplaced(entry, "the folders scps and rcps", hint, report)
    return Organization(found.get("scps", ()), found.get("rcps", ()))


def _level(folder: Path, kind: PolicyType, report: Report) -> tuple[Policy, ...]:
    if not is_folder(folder):
        hint = "put each level's policies into a folder of its own"
        _misplaced(folder, "a folder for each level", hint, report)
        return ()
    policies = []
    for file in entries_of(folder):
        if file.suffix != ".json":
            _misplaced(file, "policies in .json files", "take it away", report)
            continue
        try:
            policy = load(file)
        except PolicySyntaxError as error:
            report.add_policy(error)
            continue
        if is_of_type(policy, kind, report):
            policies.append(policy)
    return tuple(policies)


def _misplaced(entry: Path, expected: str, hint: str, report: Report) -> None:
    node = Node(None, (entry.name,), report, os.fspath(entry.parent))
    node.problem(f"found {quote(entry.name)}, expected {expected}", hint)
