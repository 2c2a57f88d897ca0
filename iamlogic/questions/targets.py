"""Resources of an account that have policies, and which policy decides for a resource (R-E25)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from iamlogic.symbolic.languages import Languages, Word, glob, ordered
from iamlogic.syntax.policy import Policy

Attached = TypeVar("Attached")


def governed_by(arn: str) -> Languages:
    """R-E25: the resource, and all that lies below it."""
    return ordered([Word(arn), glob(f"{arn}/*"), glob(f"{arn}:*")])


def governing(resource: str, attached: Mapping[str, Attached]) -> Attached | None:
    """What is attached to the resource, or to the nearest ARN that it lies below."""
    arn = resource if resource in attached else parent(resource, attached)
    return attached[arn] if arn else None


def parent(resource: str, attached: Collection[str]) -> str:
    """The nearest ARN that the resource lies below; empty if it lies below none."""
    end = len(resource)
    while (end := max(resource.rfind("/", 0, end), resource.rfind(":", 0, end))) > 0:
        if resource[:end] in attached:
            return resource[:end]
    return ""


@dataclass(frozen=True, slots=True)
class Target:
    """A resource with a policy, which decides for that resource and what lies below it (R-E25).

    `apart` are ARNs below it that have policies of their own, which speak of the scope or do not.
    """

    arn: str
    policy: Policy
    owner: str
    apart: tuple[str, ...] = ()

    @property
    def governed(self) -> Languages:
        """The resources that its policy decides for, and those `apart`."""
        return governed_by(self.arn)
