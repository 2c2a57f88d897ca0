"""Stacks as hypothesis strategies: their accounts, roles, users and keys collide on purpose.

    @given(stack_pairs())
    def test_…(pair): …

Left to chance a stack allows hardly anything, so every layer is often one that lets all pass, and
shrinks towards that or towards not being there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import iamlogic as il
from iamlogic.syntax.policy import PolicyKind, Statement
from iamlogic.syntax.policy_types import is_trust_policy
from iamlogic.testing.strategies.policies import Json, conditions, policies, statements
from iamlogic.testing.strategies.vocabulary import (
    CANONICAL,
    COLLIDING,
    HERE,
    STRING,
    THERE,
    Key,
    Vocabulary,
)

SERVICE_LINKED = "aws-service-role/es.amazonaws.com/R"
KEY = f"arn:aws:kms:us-east-1:{HERE}:key/k"
ROLE = f"arn:aws:iam::{HERE}:role/R"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/R/s"

STACKED = Vocabulary(
    actions=(
        "s3:GetObject",
        "*",
        "s3:*",
        "S3:getobject",
        "kms:Decrypt",
        "KMS:*",
        "kms:D*",
        "sts:AssumeRole",
        "sts:*",
        "sts:TagSession",
        "sns:Publish",
    ),
    resources=(
        "arn:aws:s3:::a",
        "*",
        "arn:aws:s3:::a*",
        KEY,
        f"arn:aws:kms:*:{THERE}:key/*",
        f"arn:aws:kms:us-east-1:{HERE}:alias/k",
        ROLE,
        f"arn:aws:iam::{THERE}:role/R",
        f"arn:aws:iam::*:role/{SERVICE_LINKED}",
        f"arn:aws:sns:us-east-1:{THERE}:a",
        "arn:aws:s3:::a/${aws:PrincipalAccount}",
    ),
    principals=(
        *COLLIDING.principals,
        ("AWS", f"arn:aws:iam::{THERE}:user/alice"),
        ("AWS", f"arn:aws:iam::{HERE}:role/{SERVICE_LINKED}"),
        ("AWS", f"arn:aws:sts::{HERE}:assumed-role/R/t"),
    ),
    requesters=(
        *COLLIDING.requesters,
        (f"arn:aws:iam::{HERE}:user/bob", None),
        (f"arn:aws:iam::{THERE}:root", None),
        (SESSION, f"arn:aws:iam::{HERE}:role/{SERVICE_LINKED}"),
        (f"arn:aws:iam::{HERE}:role/{SERVICE_LINKED}", None),
        (f"arn:aws:iam::{HERE}:role/aws-service-role", None),
        (f"arn:aws:iam::{HERE}:user/{SERVICE_LINKED}", None),
        (f"arn:aws:sts::{THERE}:federated-user/alice", None),
    ),
    accounts=(HERE, THERE),
    keys=(
        Key(
            ("aws:PrincipalArn",),
            ("ArnLike", "ArnNotEquals", "StringEquals"),
            (
                ROLE,
                f"arn:aws:iam::{HERE}:user/alice",
                f"arn:aws:iam::{HERE}:role/p/R",
                "arn:aws:iam::*:role/aws-service-role/*",
                SESSION,
            ),
        ),
        Key(("aws:PrincipalAccount",), STRING, (HERE, THERE, "1*", "${aws:ResourceAccount}")),
        Key(("aws:ResourceAccount",), STRING, (HERE, THERE, "${aws:PrincipalAccount}")),
        Key(("aws:PrincipalType",), STRING, ("User", "AssumedRole", "Account", "*User")),
        Key(("aws:SourceVpce",), ("StringEquals", "StringNotEquals"), ("vpce-a", "vpce-b")),
        Key(("aws:PrincipalOrgID", "aws:ResourceOrgID"), ("StringEquals",), ("o-a", "o-b")),
        Key(("s3:prefix", "S3:Prefix"), STRING, ("a", "A", "a*", "${aws:username}")),
        Key(("aws:SecureTransport",), ("Bool",), ("true", "false")),
    ),
    fillings=("", "a", "us-east-1", "/b", ":", HERE),
    referred=("s3:prefix",),
)
"""Two accounts, each with a user, a role and resources of the kinds that R-E10 tells apart."""


def _all(**members: Json) -> il.Policy:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **members}
    return il.parse({"Version": "2012-10-17", "Statement": [statement]})


FULL_ACCESS = _all()
FULL_ACCESS_FOR_ALL = _all(Principal="*")
SILENT = il.parse({"Version": "2012-10-17", "Statement": []})
RCP_FULL_ACCESS = FULL_ACCESS_FOR_ALL


def guarded_policies(kind: PolicyKind) -> SearchStrategy[il.Policy]:
    """All is allowed, but for one Deny."""
    identity = kind is PolicyKind.IDENTITY
    (allowed,) = json.loads(il.format(FULL_ACCESS if identity else FULL_ACCESS_FOR_ALL))[
        "Statement"
    ]
    drawn = statements(STACKED, kind=kind)
    return drawn.map(lambda s: _document([allowed, s | {"Effect": "Deny"}]))


def own_policies() -> SearchStrategy[il.Policy]:
    """A policy of a requester: identity policies, boundaries, session policies and SCPs."""
    drawn = policies(STACKED, kind=PolicyKind.IDENTITY, max_statements=2)
    return st.one_of(st.just(FULL_ACCESS), drawn, drawn, guarded_policies(PolicyKind.IDENTITY))


@st.composite
def stacks(draw: DrawFn) -> il.PolicySet:
    """A stack with any of its layers.

    By a canonical user no request is written, so it is mostly mapped to an account: an answer that
    hangs on one that is not is unknown (R-M8).
    """
    mapped = draw(st.integers(0, 2)) > 0
    return il.PolicySet(
        identity=draw(st.just([]) | st.lists(own_policies(), min_size=1, max_size=2)),
        resource=draw(st.none() | resource_policies()),
        boundary=draw(st.none() | own_policies()),
        session=draw(st.none() | own_policies()),
        scps=draw(levels_of_scps()),
        rcps=draw(levels_of_rcps()),
        vpc_endpoint=draw(st.none() | st.none() | endpoint_policies()),
        management_account=draw(_rarely),
        service_linked=draw(_rarely),
        canonical_users={CANONICAL: draw(st.sampled_from([HERE, THERE]))} if mapped else {},
    )


_rarely = st.integers(0, 7).map(lambda n: n == 7)


def levels_of_scps() -> SearchStrategy[list[list[il.Policy]]]:
    level = st.one_of(
        st.just([FULL_ACCESS]),
        own_policies().map(lambda p: [FULL_ACCESS, p]),
        st.lists(own_policies()),
    )
    return st.one_of(st.just([]), st.lists(level.map(lambda ps: ps[:2]), max_size=3))


def levels_of_rcps() -> SearchStrategy[list[list[il.Policy]]]:
    level = st.lists(rcps(), max_size=2) | st.just([RCP_FULL_ACCESS])
    return st.one_of(st.just([]), st.lists(level, max_size=2))


@st.composite
def rcps(draw: DrawFn) -> il.Policy:
    """A customer's RCP: it denies some actions to everybody (R-P8)."""
    named = st.sampled_from([action for action in STACKED.actions if action != "*"])
    statement: dict[str, Json] = {
        "Effect": "Deny",
        "Principal": draw(st.sampled_from(["*", {"AWS": "*"}])),
        "Action": draw(st.lists(named, min_size=1, max_size=2, unique=True)),
        draw(st.sampled_from(["Resource", "NotResource"])): draw(
            st.lists(st.sampled_from(STACKED.resources), min_size=1, max_size=2, unique=True)
        ),
    }
    drawn = draw(conditions(STACKED))
    return _document([statement | ({"Condition": drawn} if drawn else {})])


def resource_policies() -> SearchStrategy[il.Policy]:
    """A resource policy; one that speaks of actions of sts alone is a role's (R-P6)."""
    drawn = st.lists(_resource_statement(), min_size=1, max_size=2).map(_fitting)
    return st.one_of(
        drawn,
        drawn,
        st.just(FULL_ACCESS_FOR_ALL),
        guarded_policies(PolicyKind.RESOURCE),
    )


def _fitting(written: list[dict[str, Json]]) -> il.Policy:
    policy = _document(written)
    if not is_trust_policy(policy):
        return policy
    return _document([_of_trust(statement) for statement in written])


endpoint_policies = resource_policies


def _resource_statement() -> SearchStrategy[dict[str, Json]]:
    drawn = statements(STACKED, kind=PolicyKind.RESOURCE)
    widened = drawn.map(lambda s: without(s, "Action", "Resource", "Condition") | _EVERYTHING)
    return drawn | widened


_EVERYTHING: dict[str, Json] = {"Action": "*", "Resource": "*"}


def without(statement: dict[str, Json], *members: str) -> dict[str, Json]:
    gone = {name for member in members for name in (member, f"Not{member}")}
    return {name: value for name, value in statement.items() if name not in gone}


def _of_trust(statement: dict[str, Json]) -> dict[str, Json]:
    fitting = without(statement, "Resource")
    if "NotPrincipal" in fitting:
        fitting["Principal"] = fitting.pop("NotPrincipal")
    return fitting


def _document(written: Sequence[dict[str, Json]]) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(written)})


# Two stacks


def plain_stacks() -> SearchStrategy[il.PolicySet]:
    """Stacks whose layers, where there are any, let all pass: what is changed in one will show."""
    full_or_none = st.sampled_from([None, FULL_ACCESS])
    granting = [None, FULL_ACCESS_FOR_ALL, _all(Principal={"AWS": [HERE, THERE]})]
    return st.builds(
        il.PolicySet,
        identity=st.sampled_from([[FULL_ACCESS], [FULL_ACCESS], []]),
        resource=st.sampled_from(granting),
        boundary=full_or_none,
        session=full_or_none,
        scps=st.integers(0, 2).map(lambda levels: [[FULL_ACCESS]] * levels),
        service_linked=_rarely,
        management_account=_rarely,
    )


@st.composite
def stack_pairs(draw: DrawFn) -> tuple[il.PolicySet, il.PolicySet]:
    """Two stacks, of which the second is mostly an edit of the first, and as often the reverse."""
    one = draw(st.one_of(plain_stacks(), plain_stacks(), stacks()))
    two = one
    for _ in range(draw(st.integers(1, 2))):
        two = draw(_edited(two))
    if draw(st.integers(0, 4)) == 4:
        two = draw(stacks())
    if draw(_rarely):
        two = replace(two, service_linked=not two.service_linked)
    return (one, two) if draw(st.booleans()) else (two, one)


_SINGLE = ("resource", "boundary", "session", "vpc_endpoint")
Place = tuple[str, int, int]
"""A field, in it a level or a policy, in the level a policy."""


@st.composite
def _edited(draw: DrawFn, stack: il.PolicySet) -> il.PolicySet:
    """The stack with one of its policies changed, left out, or put where none was."""
    place = draw(st.sampled_from(list(_places(stack))))
    name, found = place[0], _at(stack, place)
    if name in ("resource", "vpc_endpoint"):
        fresh = draw(resource_policies())
    else:
        fresh = draw(rcps() if name == "rcps" else own_policies())
    if found is None:
        return _put(stack, place, fresh)
    fewer = [replace(found, statements=_but(found, n)) for n in range(len(found.statements))]
    more = replace(found, statements=(*found.statements, *fresh.statements[-1:]), kind=fresh.kind)
    try:
        return _put(stack, place, draw(st.sampled_from([fresh, more, None, *fewer])))
    except il.PolicySyntaxError:  # what is left would be a role's policy, and has resources (R-P6)
        return _put(stack, place, fresh)


def _places(stack: il.PolicySet) -> Iterator[Place]:
    """Where policies are or, in each layer, one more can be."""
    for name in _SINGLE:
        yield name, 0, 0
    yield from (("identity", 0, number) for number in range(len(stack.identity) + 1))
    for name in ("scps", "rcps"):
        levels = (*getattr(stack, name), ())
        for number, level in enumerate(levels):
            yield from ((name, number, place) for place in range(len(level) + 1))


def _at(stack: il.PolicySet, place: Place) -> il.Policy | None:
    name, level, number = place
    if name in _SINGLE:
        return getattr(stack, name)  # type: ignore[no-any-return]
    levels = [stack.identity] if name == "identity" else list(getattr(stack, name))
    found = levels[level] if level < len(levels) else ()
    return found[number] if number < len(found) else None


def _put(stack: il.PolicySet, place: Place, policy: il.Policy | None) -> il.PolicySet:
    """The stack with the policy in that place; None: with nothing there."""
    name, level, number = place
    if name in _SINGLE:
        return replace(stack, **{name: policy})
    if name == "identity":
        return replace(stack, identity=_placed(stack.identity, number, policy))
    levels = list(getattr(stack, name))
    levels[level:] = levels[level:] or [()]
    levels[level] = _placed(levels[level], number, policy)
    return replace(stack, **{name: levels})


def _placed(
    policies: Sequence[il.Policy], number: int, policy: il.Policy | None
) -> list[il.Policy]:
    return [*policies[:number], *([] if policy is None else [policy]), *policies[number + 1 :]]


def _but(policy: il.Policy, gone: int) -> tuple[Statement, ...]:
    return tuple(s for number, s in enumerate(policy.statements) if number != gone)


def edit_policies(stack: il.PolicySet, edit: Callable[[il.Policy], il.Policy]) -> il.PolicySet:
    """The stack with each of its policies edited."""

    def edited_or_none(policy: il.Policy | None) -> il.Policy | None:
        return None if policy is None else edit(policy)

    return replace(
        stack,
        identity=map(edit, stack.identity),
        resource=edited_or_none(stack.resource),
        boundary=edited_or_none(stack.boundary),
        session=edited_or_none(stack.session),
        scps=[map(edit, level) for level in stack.scps],
        rcps=[map(edit, level) for level in stack.rcps],
        vpc_endpoint=edited_or_none(stack.vpc_endpoint),
    )
