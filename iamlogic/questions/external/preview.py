"""What a change does to external access: findings that are new, narrowed, gone and unchanged.

Findings are matched by what they mean, so that a policy that is only written differently changes
nothing. A finding that was not there before can grant less than what was: it is no new access then,
which the solver is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from iamlogic.questions.external.external_access import ExternalAccess, external_access
from iamlogic.questions.external.finding import Finding, FindingKind
from iamlogic.questions.external.grants import is_service_linked
from iamlogic.questions.external.subject import Asked, BlockPublicAccess, Subject
from iamlogic.questions.external.universe import Universe
from iamlogic.questions.external.zone import Zone
from iamlogic.symbolic.believable import Suggestions
from iamlogic.symbolic.compiler import Compiler
from iamlogic.symbolic.deadline import Deadline, Undecided
from iamlogic.symbolic.lowering import lower, lower_actions, lower_resources
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Actions, Effect, Policy, Statement, Text
from iamlogic.syntax.policy_set import PolicySet


@dataclass(frozen=True, slots=True)
class Preview:
    """The findings of a changed policy, against those of the policy before.

    `new` grant something that nobody outside was granted before; `narrowed` are not as before, but
    what they grant was granted. All four have external access and confused deputies alike
    (`Finding.kind`). Where an answer is not known, `reason` says of which side and why, and what is
    listed may not be all.

    `widened` are those of `unchanged` that grant something more: a Deny for somebody in particular
    takes nothing of what is said of everyone, and once it is gone, that somebody is let in.
    """

    new: tuple[Finding, ...]
    narrowed: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    unchanged: tuple[Finding, ...]
    reason: str | None = None
    widened: tuple[Finding, ...] = ()

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
    resource: str | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> Preview:
    """Which findings a change makes, which it narrows or removes, and which stay.

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
            resource=resource,
            timeout=timeout,
            all_requests=all_requests,
        )

    return compared(findings(before), findings(after), timeout=timeout)


def compared(
    before: ExternalAccess, after: ExternalAccess, *, timeout: float | None = None
) -> Preview:
    """The findings of two answers, matched by their meaning."""
    old, new = _by_id(before), _by_id(after)
    reasons = [
        f"{side}: {answer.reason}"
        for side, answer in (("before", before), ("after", after))
        if not answer.complete
    ]
    other = [each for id_, each in new.items() if id_ not in old]
    same = [each for id_, each in new.items() if id_ in old]
    narrowed = _narrowed(other, before, after, Deadline.after(timeout)) if old else ()
    widened, undecided = _widened(same, before, after, Deadline.after(timeout))
    if undecided:
        reasons.append(undecided)
    return Preview(
        tuple(each for each in other if each not in narrowed),
        narrowed,
        tuple(each for id_, each in old.items() if id_ not in new),
        tuple(same),
        "; ".join(reasons) or None,
        widened,
    )


def _by_id(answer: ExternalAccess) -> Mapping[str, Finding]:
    return {each.id: each for each in (*answer.found, *answer.confused_deputies)}


def _narrowed(
    findings: Iterable[Finding], before: ExternalAccess, after: ExternalAccess, deadline: Deadline
) -> tuple[Finding, ...]:
    """Those of the findings of `after` that grant nothing which was not granted before.

    Where that is not known, or no policy alone decides what is granted, a finding is none of them.
    """
    if before.asked is None or after.asked is None or before.zone != after.zone:
        return ()
    asked = _Change(before.asked, after.asked, after.zone, deadline)
    return tuple(each for each in findings if asked.grants_no_more(each))


def _widened(
    findings: list[Finding], before: ExternalAccess, after: ExternalAccess, deadline: Deadline
) -> tuple[tuple[Finding, ...], str | None]:
    """Those of the findings of both sides that grant more than before, and what is not known."""
    if before.asked is None or after.asked is None or before.zone != after.zone or not findings:
        return (), None
    if before.asked.subject.statements == after.asked.subject.statements:
        return (), None
    asked = _Change(before.asked, after.asked, after.zone, deadline)
    if not asked.can_tell:
        return (), None
    widened: list[Finding] = []
    for each in findings:
        try:
            gains = asked.gains(each)
        except Undecided as error:
            return tuple(widened), f"both: {error}"
        if gains:
            widened.append(each)
    return tuple(widened), None


class _Change:
    """One question about two versions of a policy: what does a finding grant now, not before?"""

    def __init__(self, before: Asked, after: Asked, zone: Zone, deadline: Deadline) -> None:
        self._before, self._after = before.subject, after.subject
        policies = (*self._before.policies, *self._after.policies)
        self._universe = Universe(
            (*self._before.statements, *self._after.statements),
            zone,
            self._after.type,
            Suggestions(),
            multivalued_keys(policies),
            all_requests=before.all_requests or after.all_requests,
        )
        self._universe.solver.deadline = deadline
        self._compiler = self._universe.compiler

    @property
    def can_tell(self) -> bool:
        """Whether what is granted is what the statements say (R-X15)."""
        return not self._before.restricts_public

    def grants_no_more(self, finding: Finding) -> bool:
        entries = (entry for each in finding.principals for entry in each.entries)
        if not self.can_tell or any(map(is_service_linked, entries)):
            return False  # R-X15, R-E3: what is granted is not what the statements say
        try:
            return not self.gains(finding)
        except Undecided:
            return False

    def gains(self, finding: Finding) -> bool:
        """Whether some request of the finding is granted now, and was not. Raises `Undecided`."""
        is_deputy = finding.kind is FindingKind.CONFUSED_DEPUTY
        outside = self._universe.deputy() if is_deputy else self._universe.external
        now, then = map(self._allowed, (self._after, self._before))
        gain = [*outside, _region(finding, self._compiler), now, -then]
        return self._universe.solver.find(gain, guess=False) is not None

    def _allowed(self, subject: Subject) -> int:
        denies = (*subject.denies, *subject.limits)
        granted, denied = map(self._compiler.some_matches, (subject.allows, denies))
        return self._compiler.terms.all_of([granted, -denied])


_EVERY = Actions((Text("*"),))


def _region(finding: Finding, compiler: Compiler) -> int:
    """The requests of a finding (`Finding.covers`), for the solver."""
    terms = compiler.terms
    who = (
        compiler.principal_part(lower(Statement(Effect.ALLOW, _EVERY, None, each)))
        for each in finding.principals
    )
    rows = []
    for reach in finding.reaches:
        held = Statement(Effect.ALLOW, reach.actions, reach.resources, None, finding.conditions)
        rows.append(
            terms.all_of(
                [
                    compiler.rest_matches(lower(held)),
                    -compiler.action_part(lower_actions(reach.except_actions)),
                    -compiler.resource_part(lower_resources(reach.except_resources)),
                ]
            )
        )
    return terms.all_of([*who, terms.any_of(rows)])
