"""Whether a resource is public (R-X10 to R-X14), and AWS's check that it is not.

For S3's buckets and access points public is what S3 publishes, for all others that nothing bounds
who it is. Denies count: what they leave over is what is granted. S3 itself looks at the Allow
statements alone; where that makes a difference the answer says so (R-X14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from iamlogic.catalog.resource_types import ResourceType, resource_type
from iamlogic.questions.answer import Answer, Reason, Verdict
from iamlogic.questions.custom_checks.arguments import CheckError
from iamlogic.questions.external.external_access import ExternalAccess, external_access, type_of
from iamlogic.questions.external.finding import Finding
from iamlogic.questions.external.grants import grants_of
from iamlogic.questions.external.publicity import is_public as is_public_grant
from iamlogic.questions.external.publicity import is_s3
from iamlogic.questions.external.subject import BlockPublicAccess
from iamlogic.questions.external.zone import Zone
from iamlogic.semantics.evaluation import evaluate
from iamlogic.symbolic.lowering import lower
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.policy import Effect, Policy, Statement
from iamlogic.syntax.policy_set import PolicySet


def is_public(
    policy: Policy | PolicySet,
    *,
    resource_type: str | None = None,
    sharing: Iterable[Policy] = (),
    block_public_access: BlockPublicAccess | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> Answer:
    """Whether anybody at all has access: HOLDS with a request that shows it.

    `statements` are those that make it public. The arguments are those of `external_access`.
    """
    found = external_access(
        policy,
        Zone(),
        resource_type=resource_type,
        sharing=sharing,
        block_public_access=block_public_access,
        timeout=timeout,
        all_requests=all_requests,
    )
    type_ = type_of(policy, resource_type)
    return _answer(policy, found, type_, (Verdict.HOLDS, Verdict.FAILS))


def publicity_of(
    policy: Policy | PolicySet, found: ExternalAccess, resource_type: str | None
) -> Answer:
    """What `is_public` says, from who outside has access: whoever lets in everybody does that.

    `found` is the answer for the same policy and type, with any zone of trust.
    """
    type_ = type_of(policy, resource_type)
    answer = _answer(policy, found, type_, (Verdict.HOLDS, Verdict.FAILS))
    if answer.verdict is Verdict.FAILS:
        return replace(answer, reason="nothing is granted to everybody")
    return answer


def check_no_public_access(
    policy: Policy,
    resource_type: str,
    *,
    timeout: float | None = None,
    all_requests: bool = False,
) -> Answer:
    """AWS's CheckNoPublicAccess: HOLDS (its PASS) if the policy grants nothing to the public.

    On FAILS, `statements` are those that do, and `witness` is a request that shows it. The types
    are those that AWS's check takes; another raises `CheckError`, one that is not known
    `UnknownResourceType`. `reasons` are the statements, each with a request of its own.
    """
    type_ = _checked(resource_type)

    def ask(asked: Policy) -> ExternalAccess:
        return external_access(
            asked, Zone(), resource_type=type_.name, timeout=timeout, all_requests=all_requests
        )

    answer = _answer(policy, ask(policy), type_, (Verdict.FAILS, Verdict.HOLDS))
    return answer if answer.verdict is not Verdict.FAILS else _with_reasons(answer, policy, ask)


def _checked(name: str) -> ResourceType:
    type_ = resource_type(name)
    if not type_.public_check:
        raise CheckError(
            f"{quote(name)} is no type that AWS's check of public access takes\n"
            "    hint: is_public and external_access take it"
        )
    return type_


def _answer(
    policy: Policy | PolicySet,
    found: ExternalAccess,
    type_: ResourceType | None,
    verdicts: tuple[Verdict, Verdict],
) -> Answer:
    """Public means the first verdict, not public the second."""
    if not found.complete:
        return Answer(Verdict.UNKNOWN, str(found.reason))
    public = [finding for finding in found if finding.is_public]
    public.sort(key=_shown_first)
    if not public:
        return Answer(verdicts[1], _why_not(policy, found, type_))
    statements = tuple(dict.fromkeys(s for finding in public for s in finding.statements))
    first = public[0]
    decision = None
    if first.witness is not None and isinstance(policy, Policy):
        decision = evaluate(policy, first.witness)
    reason = f"nothing bounds who is let in{_among(public)}"
    return Answer(verdicts[0], reason, first.witness, statements, decision)


def _with_reasons(
    answer: Answer, policy: Policy, ask: Callable[[Policy], ExternalAccess]
) -> Answer:
    """The answer with a reason for each Allow that is public by itself, beside all that deny.

    Where a bound ends the search for one, the verdict stands, and says that there may be more.
    """
    denies = tuple(each for each in policy.statements if each.effect is Effect.DENY)
    reasons = []
    reason = answer.reason
    for index, statement in enumerate(policy.statements):
        if not any(each is statement for each in answer.statements):
            continue
        alone = ask(replace(policy, statements=(statement, *denies)))
        if not alone.complete:
            reason = f"{answer.reason}; not all statements could be asked about: {alone.reason}"
            continue
        shown = next((f for f in alone if f.is_public and f.witness is not None), None)
        if shown is not None and shown.witness is not None:
            described = f"lets in anybody: {', '.join(shown.actions)}"
            reasons.append(Reason(described, statement, index, shown.witness))
    reasons.sort(key=lambda each: each.index)
    return replace(
        answer,
        reason=reason,
        reasons=tuple(reasons),
        statements=tuple(each.statement for each in reasons),
    )


def _shown_first(finding: Finding) -> tuple[bool, int]:
    return (finding.witness is None, len(finding.conditions))


def _among(public: list[Finding]) -> str:
    return f", in {len(public)} ways" if len(public) > 1 else ""


def _why_not(policy: Policy | PolicySet, found: ExternalAccess, type_: ResourceType | None) -> str:
    own = policy if isinstance(policy, Policy) else policy.resource
    if (
        own is not None
        and is_s3(type_)
        and any(_is_public_to_s3(each, type_) for each in own.statements)
    ):
        return (
            "what is left by Deny statements is bounded; S3's own test, which looks at the Allow "
            "statements alone, calls the policy public"
        )
    if found.remarks:
        return "; ".join(found.remarks)
    return "every grant is to someone fixed" if found else "nobody is granted access"


def _is_public_to_s3(statement: Statement, type_: ResourceType | None) -> bool:
    """R-X11, R-X14: what one Allow grants, by itself."""
    if statement.effect is not Effect.ALLOW:
        return False
    return any(is_public_grant(key, type_) for key, _, _ in grants_of([lower(statement)]))
