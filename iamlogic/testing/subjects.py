"""What tests are about: a policy, a stack, or a policy inside of a template.

A template leaves values open. What is asserted of its policy is asserted for all of them, so that
proofs are about `for_any`; people read the policy with names in the place of values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import PolicySet

Subject = Policy | PolicySet | PlacedPolicy
"""What every assertion takes."""


def checked(subject: object, name: str = "policy") -> Subject:
    """The subject. Raises `TypeError` for what is none, with what to write instead."""
    if isinstance(subject, Policy | PolicySet | PlacedPolicy):
        return subject
    hint = "read it with iamlogic.load or iamlogic.parse"
    raise TypeError(
        f"{name} is a {type(subject).__name__}, no Policy, PolicySet or PlacedPolicy: {hint}"
    )


def for_any(subject: Subject) -> Policy | PolicySet:
    """What proofs are about: whatever a template leaves open is left open."""
    return subject.for_any if isinstance(subject, PlacedPolicy) else subject


def by_names(subject: Subject) -> Policy | PolicySet:
    """What people read: names in the place of what is left open."""
    return subject.policy if isinstance(subject, PlacedPolicy) else subject


def title(subject: Subject, otherwise: str = "the policy") -> str:
    """What people call it: its file, and its place in there."""
    if isinstance(subject, PlacedPolicy):
        return subject.title
    return subject.file or (otherwise if isinstance(subject, Policy) else "the stack")


_NAME = re.compile(r"<[^<>]+>")


def names_in(texts: Iterable[str]) -> list[str]:
    """What looks like the name of a placeholder (`<Bucket>`), each once."""
    return list(dict.fromkeys(_NAME.findall("\n".join(texts))))
