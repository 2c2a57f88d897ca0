"""What comes of a request, and who says so: `Decision`, by one policy or by a stack of layers.

A *layer* is a group of policies that has to say one thing together: all identity policies, one
level of service control policies, the boundary. What a layer says is a `LayerFinding`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from iamlogic.semantics.explain import explain_request, explain_statements
from iamlogic.semantics.reasons import explain_parts
from iamlogic.semantics.request import Request
from iamlogic.syntax.policy import Policy, Statement
from iamlogic.syntax.policy_set import PolicySet
from iamlogic.syntax.policy_types import PolicyType


class Outcome(Enum):
    """What comes of a request (R-E1)."""

    ALLOWED = "ALLOWED"
    EXPLICITLY_DENIED = "EXPLICITLY_DENIED"
    IMPLICITLY_DENIED = "IMPLICITLY_DENIED"


@dataclass(frozen=True, slots=True)
class Layer:
    """Policies of a stack that speak together (R-E2); of an organization's, those of one level."""

    type: PolicyType
    policies: tuple[Policy, ...]
    level: int | None = None


@dataclass(frozen=True, slots=True)
class LayerFinding:
    """What one layer says to a request.

    `statements` are the Deny statements that match, else the Allow statements that do. `needed`
    says whether the request had to be allowed by this layer (R-E8, R-E11, R-E12).
    """

    layer: Layer
    outcome: Outcome
    statements: tuple[Statement, ...]
    needed: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of one request under one policy, or under a stack of them.

    `statements` are those that decided, in the order of the policies: the Deny statements that
    matched, else the Allow statements that let it pass; none if what was needed is silent.
    `findings` has what each layer of a stack says, those that apply to the request; a lone policy
    has none.
    """

    outcome: Outcome
    statements: tuple[Statement, ...]
    policy: Policy | PolicySet = field(repr=False)
    request: Request = field(repr=False)
    findings: tuple[LayerFinding, ...] = field(default=(), repr=False)

    @property
    def deciding(self) -> tuple[LayerFinding, ...]:
        """The layers that decided: those that deny, else those needed that let pass or do not."""
        if self.outcome is Outcome.EXPLICITLY_DENIED:
            return tuple(f for f in self.findings if f.outcome is self.outcome)
        return tuple(f for f in self.findings if f.needed and f.outcome is self.outcome)

    @property
    def reason(self) -> str:
        """Which layers decided, in one sentence; of a lone policy, which statements."""
        from iamlogic.semantics.layers import reason  # puts decisions into words

        return reason(self)

    def explain(self, *, in_full: bool = False) -> str:
        """For people: the outcome, and of each statement whether it matched and, if not, why.

        In full, every part and every condition of a statement has its reason and rule.
        """
        lines = [f"{self.outcome.value}: {explain_request(self.request)}"]
        if isinstance(self.policy, PolicySet):
            from iamlogic.semantics.layers import explain_layers

            return "\n".join([*lines, *explain_layers(self, in_full=in_full)])
        explained = explain_parts if in_full else explain_statements
        return "\n".join([*lines, *explained(self.policy, self.request)])
