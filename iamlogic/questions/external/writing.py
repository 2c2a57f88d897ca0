"""From a grant to the `Finding` that people read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from iamlogic.catalog.identity_providers import shared_issuer
from iamlogic.catalog.resource_types import ResourceType
from iamlogic.questions.external.area import Box, Part, Pattern
from iamlogic.questions.external.finding import Finding, FindingKind, OutsiderKind, Reach
from iamlogic.questions.external.grants import Grant, Key
from iamlogic.questions.external.identity import identity
from iamlogic.questions.external.outsiders import Outsider, account_in, outsider_of
from iamlogic.questions.external.publicity import is_open_to_tenants, is_public
from iamlogic.semantics.request import Request
from iamlogic.symbolic.inclusion import may_overlap
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Comparison, Family
from iamlogic.syntax.policy import Actions, Policy, Resources, Statement, Text


def written(
    grant: Grant,
    kind: FindingKind,
    *,
    policy: Policy,
    type_: ResourceType | None,
    resource: str | None,
    witness: Request | None,
    denies: Iterable[Statement],
) -> Finding:
    """The finding that says what the grant is."""
    who = _principal(grant.key, kind)
    boxes = grant.boxes
    return Finding(
        kind,
        who.text,
        who.kind,
        _texts(box.actions.within for box in boxes),
        _texts(box.resources.within for box in boxes),
        tuple(sorted((each.condition for each in grant.key.narrowings), key=_order)),
        kind is FindingKind.EXTERNAL_ACCESS and is_public(grant.key, type_),
        grant.sources,
        witness,
        identity(kind, grant, resource, denies),
        None if type_ is None else type_.name,
        resource,
        _excepted(boxes, lambda box: box.actions),
        _excepted(boxes, lambda box: box.resources),
        tuple(_remarks(grant, who)),
        policy,
        tuple(each.principals for each in grant.key.who),
        tuple(map(_reach, boxes)),
    )


def _principal(key: Key, kind: FindingKind) -> Outsider:
    who = outsider_of(key)
    if kind is FindingKind.CONFUSED_DEPUTY and who.kind is not OutsiderKind.SERVICE:
        # aws:SourceOwner says for whom a service calls, which is not who calls (R-K23).
        return Outsider(OutsiderKind.SERVICE, "*")
    return who


def _order(condition: object) -> str:
    return str(condition)


def _texts(parts: Iterable[Iterable[Pattern]]) -> tuple[str, ...]:
    """The patterns as written, each once."""
    by_language = {each.language: each.text.text for part in parts for each in part}
    return tuple(sorted(by_language.values(), key=lambda text: (fold(text), text)))


def _excepted(boxes: tuple[Box, ...], part_of: Callable[[Box], Part]) -> tuple[str, ...]:
    """What none of the boxes holds, though some pattern of theirs would."""
    parts = [part_of(box) for box in boxes]
    excepted = {
        pattern
        for part in parts
        for pattern in part.without
        if all(pattern in other.without or not _touches(pattern, other) for other in parts)
    }
    return _texts([excepted])


def _touches(pattern: Pattern, part: Part) -> bool:
    return any(may_overlap(pattern.language, each.language) for each in part.within)


def _reach(box: Box) -> Reach:
    return Reach(
        Actions(_sorted(box.actions.within)),
        Resources(_sorted(box.resources.within)),
        Actions(_sorted(box.actions.without)),
        Resources(_sorted(box.resources.without)),
    )


def _sorted(patterns: Iterable[Pattern]) -> tuple[Text, ...]:
    return tuple(sorted((each.text for each in patterns), key=lambda text: text.text))


def _remarks(grant: Grant, who: Outsider) -> Iterable[str]:
    key = grant.key
    if grant.is_coarse:
        yield "Deny statements leave too many ways to tell apart: some of this may be denied"
    yield from _remarks_on_sources(key)
    if who.kind in (OutsiderKind.CANONICAL_USER, OutsiderKind.CLOUDFRONT_IDENTITY):
        yield "whose account this is no policy says, so that no example request can be written"
    if who.kind is not OutsiderKind.PROVIDER:
        return
    issuer = shared_issuer(who.text)
    if issuer is not None and is_open_to_tenants(key, who.text):
        claims = " or ".join(claim.key for claim in issuer.claims)
        yield f"all customers of {issuer.title} can come: no condition on {claims} fixes whose"
    host = who.text.partition(":oidc-provider/")[2]
    if host and not any(each.test.key == fold(f"{host}:aud") for each in key.narrowings):
        yield f"no condition on {host}:aud says for whom the tokens must be made"


_NO_ACCOUNT = re.compile(r"arn:[^:]*:[^:]*:[^:]*::")


def _remarks_on_sources(key: Key) -> Iterable[str]:
    """What does not fix whom a service acts for, though it looks so."""
    for narrowing in key.narrowings:
        if narrowing.test.key != "aws:sourcearn":
            continue
        for value in narrowing.condition.values:
            if _NO_ACCOUNT.match(value.text):
                yield "the ARN in aws:SourceArn names no account: add aws:SourceAccount"
            elif (
                narrowing.condition.operator.base.comparison is Comparison.LIKE
                and narrowing.condition.operator.base.family is Family.STRING
                and account_in(narrowing, value.text) is None
            ):
                yield "under StringLike a * in aws:SourceArn runs over colons: use ArnLike"
