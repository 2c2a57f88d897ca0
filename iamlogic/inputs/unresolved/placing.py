"""`place_policy`: a tree that a template resolved to becomes a policy in both of its readings."""

from __future__ import annotations

from iamlogic.inputs.unresolved.placeholders import Placeholders
from iamlogic.questions.review.placed import PlacedPolicy, Unread
from iamlogic.syntax.json_tree import JsonValue
from iamlogic.syntax.policy_types import PolicyType
from iamlogic.syntax.problems import Document


def place_policy(
    root: JsonValue,
    document: Document,
    placeholders: Placeholders,
    *,
    name: str,
    type_: PolicyType | None = None,
    resource_type: str | None = None,
) -> PlacedPolicy | Unread:
    """The policy that the tree `root` of `document` (whose file it names) writes down.

    The tree's positions are offsets in the document's text. It may hold what `choices` describes.
    """
    raise NotImplementedError
