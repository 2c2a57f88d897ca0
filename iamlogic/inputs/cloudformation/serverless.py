"""SAM's `Policies`: documents and statements among names of managed policies and templates of SAM.

A name of a managed policy, or its ARN, is no document and is not read, as `ManagedPolicyArns` of a
role are not. A policy template (`S3ReadPolicy: {BucketName: …}`) is a policy that SAM writes: it is
told as left open, so that nobody takes it for read.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlogic.catalog.templates import PolicyPlace
from iamlogic.inputs.cloudformation.documents import as_in_policy, place, place_tree, told
from iamlogic.inputs.cloudformation.nodes import as_call, get
from iamlogic.inputs.cloudformation.resolver import Resolver
from iamlogic.inputs.cloudformation.walking import Place, branches_of, items_of
from iamlogic.inputs.unresolved.choices import is_absent
from iamlogic.questions.review.placed import Found
from iamlogic.syntax.json_tree import JsonObject


def read_policies(resolver: Resolver, at: Place, known: PolicyPlace) -> Found:
    """All policies that stand in a property of this kind."""
    found = Found()
    for each in _entries(resolver, at):
        found += _entry(resolver, each, known)
    return found


def _entries(resolver: Resolver, at: Place) -> Iterator[Place]:
    """The entries, through conditions."""
    if as_call(at.node) is not None:
        branches = list(branches_of(resolver, at))
        for branch in branches:
            yield from _entries(resolver, branch)
        if not branches and not is_absent(at.node):
            yield at
        return
    for item in items_of(resolver, at):
        if item is at or as_call(item.node) is None:
            yield item
        else:
            yield from _entries(resolver, item)


def _entry(resolver: Resolver, at: Place, known: PolicyPlace) -> Found:
    node = at.node
    if not isinstance(node, JsonObject) or as_call(node) is not None:
        return Found()  # the name or the ARN of a managed policy, known or not
    if get(node, "Statement") is not None:
        return place(resolver, at, known.policy, known.resource)
    if get(node, "Effect") is not None:
        root = as_in_policy(resolver, resolver.resolve(node, at.scope))
        return place_tree(resolver, at, root, known.policy, known.resource, is_statements=True)
    names = ", ".join(member.name for member in node.members)
    message = f"{names} is a policy template of SAM, which writes the policy at the deployment"
    return told(resolver, at, message, is_open=True)
