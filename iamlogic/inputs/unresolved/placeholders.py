"""`Placeholders`: what one template leaves open, and the texts that stand for it.

A value that is not known becomes a text in angle brackets, `<PartnerArn>`, within whatever text it
is used: `arn:aws:s3:::<Bucket>/*`. Whoever resolves a template asks for the text here and goes on;
whoever reads a policy finds the texts again. A policy that really holds such a text is read as if
it were left open: that is more than it means, never less.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from iamlogic.errors import NOWHERE, Where
from iamlogic.questions.review.placed import Placeholder, PlaceholderKind

STAND_IN_ACCOUNT = "000000000000"
"""Stands for the account of a deployment that nobody has named; no account of AWS has it."""

_LONGEST_NAME = 80
"""Characters of a placeholder's name; an expression that is longer is cut, and numbered."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a user says of deployments: nothing, by default.

    `parameters` are the values of parameters or variables by name, each in the place of its
    default. `account` is None where it is not known, `region` likewise.
    """

    partition: str = "aws"
    account: str | None = None
    region: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


class Placeholders:
    """The placeholders of one template: one name, one value, wherever it is used.

    A name may say less than all that decides about the value. Whoever asks gives the rest as the
    `meaning`, a text that is the same for the same value.
    """

    def __init__(self, deployment: Deployment | None = None) -> None:
        self.deployment = deployment or Deployment()
        self._by_text: dict[str, Placeholder] = {}
        self._by_name: dict[tuple[str, PlaceholderKind, str], str] = {}

    def text(self, name: str, reason: str, where: Where = NOWHERE, meaning: str = "") -> str:
        """The text that stands for the value of that name, which is not known since it is …"""
        return self._of(Placeholder(name, "", reason, where, PlaceholderKind.VALUE, meaning))

    def condition(self, name: str, reason: str, where: Where = NOWHERE, meaning: str = "") -> str:
        """The text that stands for a condition of that name, which may hold or not."""
        return self._of(Placeholder(name, "", reason, where, PlaceholderKind.CONDITION, meaning))

    def region(self, name: str, where: Where = NOWHERE) -> str:
        """The region of the deployment, or what stands for it."""
        if self.deployment.region is not None:
            return self.deployment.region
        reason = "the region that it will be deployed to"
        return self._of(Placeholder(name, "", reason, where, PlaceholderKind.REGION))

    def account(self, name: str, where: Where = NOWHERE) -> str:
        """The 12 digits of the account of the deployment, or what stands for them."""
        if self.deployment.account is not None:
            return self.deployment.account
        reason = "the account that it will be deployed to"
        text = STAND_IN_ACCOUNT
        known = Placeholder(name, text, reason, where, PlaceholderKind.ACCOUNT)
        self._by_text.setdefault(text, known)
        return text

    @property
    def all(self) -> tuple[Placeholder, ...]:
        """All of them, in the order in which they were asked for."""
        return tuple(self._by_text.values())

    def inside(self, text: str) -> list[Placeholder]:
        """Those whose text occurs in a text, in their order there."""
        if not self._by_text or ("<" not in text and STAND_IN_ACCOUNT not in text):
            return []
        pattern = "|".join(map(re.escape, sorted(self._by_text, key=len, reverse=True)))
        return [self._by_text[each] for each in re.findall(pattern, text)]

    def pattern(self, text: str) -> str:
        """`text` with `*` where a placeholder stands: all that it can mean, as a pattern."""
        for each in self.inside(text):
            text = text.replace(each.text, "*")
        return text

    def _of(self, asked: Placeholder) -> str:
        name, kind = asked.name, asked.kind
        known = self._by_name.get((name, kind, asked.meaning))
        if known is None:
            known = self._new_text(name, kind)
            self._by_name[name, kind, asked.meaning] = known
            self._by_text[known] = replace(asked, text=known)
        return known

    def _new_text(self, name: str, kind: PlaceholderKind) -> str:
        # Braces begin a policy variable, `*` and `?` are wildcards, `:` and `/` divide an ARN.
        plain = re.sub(r"[^A-Za-z0-9_.@\[\]()+=-]+", "_", name.replace("::", "."))
        plain = plain.strip("_") or "value"
        short = plain if len(plain) <= _LONGEST_NAME else plain[:_LONGEST_NAME] + "…"
        prefix = "if " if kind is PlaceholderKind.CONDITION else ""
        text, number = f"<{prefix}{short}>", 1
        while text in self._by_text:
            number += 1
            text = f"<{prefix}{short} {number}>"
        return text
