"""A policy inside of what AWS exports: decoded JSON, JSON text, or URL-encoded JSON text.

The AWS CLI and its SDKs for Python decode documents, the API and some SDKs do not: they are
URL-encoded by RFC 3986 then. A document is read by the rules of all policies, under a name by which
people find it, and must be of the type that its place asks for (R-P6).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from iamlogic.errors import PolicySyntaxError
from iamlogic.inputs.json_files import decoded
from iamlogic.inputs.nodes import Node, Report, describe
from iamlogic.syntax.documents import parse
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_types import PolicyType, check_policy

_URL_ENCODED = re.compile(r"[ \t\r\n]*%")
"""How an URL-encoded document starts: with %7B, its brace. No JSON text does."""


def read_policy_document(node: Node, name: str, kind: PolicyType) -> Policy | None:
    """The policy at `node`, of which `name` is the `file`. None once a mistake is reported."""
    policy = parse_document(node, name)
    return policy if policy and is_of_type(policy, kind, node.report) else None


def parse_document(node: Node, name: str) -> Policy | None:
    """The policy at `node`, whatever its type. None once a mistake is reported."""
    given = node.value
    if isinstance(given, str):
        given = _decoded(given, node)
        if given is None:
            return None
        if given is not node.value and (policy := _quickly(given, name)):
            return policy
    if isinstance(given, Policy):
        return given
    if not isinstance(given, Mapping | str | bytes):
        expected = "expected a policy: an object, JSON text or URL-encoded JSON text"
        node.problem(f"found {describe(given)}, {expected}")
        return None
    try:
        return parse(given, file=name)
    except PolicySyntaxError as error:
        node.report.add_policy(error)
        return None


def _quickly(text: str, name: str) -> Policy | None:
    """The policy without lines and columns, which in a text that was encoded help nobody.

    None where something is wrong: mistakes are told with their lines.
    """
    value = decoded(text)
    try:
        return parse(value, file=name) if isinstance(value, Mapping) else None
    except PolicySyntaxError:
        return None


def is_of_type(policy: Policy, kind: PolicyType, report: Report) -> bool:
    """Whether the policy is of the type that its place asks for; if not, that is reported."""
    try:
        check_policy(policy, kind)
    except PolicySyntaxError as error:
        report.add_policy(error)
        return False
    return True


def _decoded(text: str, node: Node) -> str | None:
    if not _URL_ENCODED.match(text):
        return text
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        node.problem(
            "the URL-encoded text does not decode to UTF-8",
            "take the document as the API returns it",
        )
        return None
