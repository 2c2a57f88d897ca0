"""What a change does to external access: findings that are new, gone and unchanged.

Findings are matched by what they mean, so that a policy that is only written differently changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from iamlogic.questions.external.external_access import ExternalAccess, external_access
from iamlogic.questions.external.finding import Finding
from iamlogic.questions.external.subject import BlockPublicAccess
from iamlogic.questions.external.zone import Zone
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import PolicySet


@dataclass(frozen=True, slots=True)
class Preview:
    """The findings of a changed policy, against those of the policy before.

    All three have external access and confused deputies alike (`Finding.kind`). Where an answer is
    not known, `reason` says of which side and why, and what is listed may not be all.
    """

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    unchanged: tuple[Finding, ...]
    reason: str | None = None

    @property
    def complete(self) -> bool:
        """Whether both sides' findings are known."""
        return self.reason is None


def preview_external_access(
    before: Policy | PolicySet,
    after: Policy | PolicySet,
    zone: Zone,
    *,
    resource_type: str | None = None,
    sharing: Iterable[Policy] = (),
    block_public_access: BlockPublicAccess | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> Preview:
    """Which findings a change makes, which it removes, and which stay.

    The arguments are those of `external_access`, and the same for both sides; `timeout` is for each
    of the two.
    """
    shared = tuple(sharing)

    def findings(policy: Policy | PolicySet) -> ExternalAccess:
        return external_access(
            policy,
            zone,
            resource_type=resource_type,
            sharing=shared,
            block_public_access=block_public_access,
            timeout=timeout,
            all_requests=all_requests,
        )

    return compared(findings(before), findings(after))


def compared(before: ExternalAccess, after: ExternalAccess) -> Preview:
    """The findings of two answers, matched by their meaning."""
    old, new = _by_id(before), _by_id(after)
    reasons = [
        f"{side}: {answer.reason}"
        for side, answer in (("before", before), ("after", after))
        if not answer.complete
    ]
    return Preview(
        tuple(each for id_, each in new.items() if id_ not in old),
        tuple(each for id_, each in old.items() if id_ not in new),
        tuple(each for id_, each in new.items() if id_ in old),
        "; ".join(reasons) or None,
    )


def _by_id(answer: ExternalAccess) -> Mapping[str, Finding]:
    return {each.id: each for each in (*answer.found, *answer.confused_deputies)}
