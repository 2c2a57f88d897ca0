"""Stacks in words: the decision table of the formula, and many more combinations of its words.

The layers here say everything, nothing, or Deny, so that who applies and what is needed decides
(R-E3 to R-E17), not what single statements match. The combinations are drawn with fixed seeds, and
so that all layers but one or two let the request pass: what the one says decides.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import pytest

import iamlogic as il
from iamlogic import Outcome, PolicySet, Request
from iamlogic.semantics.requester import RequesterKind
from iamlogic.testing.strategies.vocabulary import CANONICAL, HERE, THERE
from tests.conformance.test_decision_table import ROWS, Row, _request, _stack
from tests.differential.fixing_stacks import formula_allows
from tests.strategies.stacked import SERVICE_LINKED

Statement = dict[str, object]

ROLE = f"arn:aws:iam::{HERE}:role/R"
PATHED = f"arn:aws:iam::{HERE}:role/p/R"
LINKED = f"arn:aws:iam::{HERE}:role/{SERVICE_LINKED}"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/R/s"
USER = f"arn:aws:iam::{HERE}:user/alice"
FEDERATED = f"arn:aws:sts::{HERE}:federated-user/alice"
SAML = f"arn:aws:iam::{HERE}:saml-provider/P"

REQUESTERS: dict[str, tuple[str, dict[str, str], tuple[str, ...]]] = {
    "user": (USER, {}, ("user",)),
    "user with the path of service-linked roles": (
        f"arn:aws:iam::{HERE}:user/aws-service-role/alice",
        {},
        ("user",),
    ),
    "session": (SESSION, {}, ("role", "session")),
    "session of a role with a path": (
        SESSION,
        {"aws:PrincipalArn": PATHED},
        ("role with a path", "session"),
    ),
    "session of a service-linked role": (
        SESSION,
        {"aws:PrincipalArn": LINKED},
        ("role with a path", "session"),
    ),
    "session of a role that only looks linked": (
        SESSION,
        {"aws:PrincipalArn": f"arn:aws:iam::{HERE}:role/aws-service-roles/R"},
        ("session",),
    ),
    "role": (ROLE, {}, ("role",)),
    "service-linked role": (LINKED, {}, ("role with a path",)),
    "role whose name only looks linked": (f"arn:aws:iam::{HERE}:role/aws-service-role", {}, ()),
    "federated": (FEDERATED, {}, ("federated", "user")),
    "root": (f"arn:aws:iam::{HERE}:root", {}, ()),
    "service": ("ec2.amazonaws.com", {}, ("service",)),
    "SAML": (SAML, {}, ("providers",)),
    "OIDC": ("accounts.google.com", {}, ("providers",)),
    "anonymous": ("anonymous", {}, ("everyone",)),
}
"""By words: the requester, its context, and words for principals that mean it."""

_STS = (
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "TagSession",
    "SetSourceIdentity",
)
TARGETS: dict[str, tuple[str, str]] = {
    "object": ("s3:GetObject", "arn:aws:s3:::a"),
    "topic": ("sns:Publish", "arn:aws:sns:us-east-1:{}:a"),
    "key": ("kms:Decrypt", "arn:aws:kms:us-east-1:{}:key/k"),
    "key, in capitals, of another partition": ("KMS:DECRYPT", "arn:aws-cn:kms::{}:key/k"),
    "alias": ("kms:Decrypt", "arn:aws:kms:us-east-1:{}:alias/k"),
    "no key, as its name goes on": ("kms:Decrypt", "arn:aws:kms:us-east-1:{}:keys/key/k"),
    "key, no action of kms": ("s3:GetObject", "arn:aws:kms:us-east-1:{}:key/k"),
    "role, no action of sts": ("iam:GetRole", "arn:aws:iam::{}:role/X"),
    "role, an action of sts that assumes none": ("sts:GetCallerIdentity", "arn:aws:iam::{}:role/X"),
    "user, to be assumed": ("sts:AssumeRole", "arn:aws:iam::{}:user/X"),
    **{f"role, {name}": (f"sts:{name}", "arn:aws:iam::{}:role/p/X") for name in _STS},
}
OWNERS = (HERE, HERE, HERE, THERE, THERE, None)


def _policy(*statements: Statement) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(statements)})


def _all(effect: str = "Allow", **members: object) -> Statement:
    return {"Effect": effect, "Action": "*", "Resource": "*", **members}


FULL, EMPTY = _policy(_all()), _policy()
SILENT, DENYING = _policy(_all(Action="x:Y")), _policy(_all(), _all("Deny"))
PRINCIPALS: dict[str, object] = {
    "everyone": "*",
    "account": {"AWS": HERE},
    "account of another partition": {"AWS": f"arn:aws-cn:iam::{HERE}:root"},
    "other account": {"AWS": THERE},
    "user": {"AWS": USER},
    "user with a path": {"AWS": f"arn:aws:iam::{HERE}:user/p/alice"},
    "user of another partition": {"AWS": f"arn:aws-cn:iam::{HERE}:user/alice"},
    "role": {"AWS": ROLE},
    "role with a path": {"AWS": [PATHED, LINKED]},
    "session": {"AWS": SESSION},
    "federated": {"AWS": FEDERATED},
    "service": {"Service": "ec2.amazonaws.com"},
    "providers": {"Federated": [SAML, "accounts.google.com"]},
    "canonical user": {"CanonicalUser": CANONICAL},
    "role and account": {"AWS": [ROLE, HERE]},
    "nobody": {"AWS": []},
}
CHAINS: dict[str, object] = {
    "account": {"AWS": HERE},
    "user": {"AWS": [USER, HERE]},
    "role": {"AWS": [ROLE, HERE]},
    "role with a path": {"AWS": [PATHED, LINKED, SESSION, HERE]},
    "session": {"AWS": [SESSION, ROLE, HERE]},
    "federated": {"AWS": [FEDERATED, HERE]},
    "service": {"Service": "ec2.amazonaws.com"},
    "providers": {"Federated": [SAML, "accounts.google.com"]},
    "canonical user": {"CanonicalUser": CANONICAL},
    "everyone": "*",
}
RESOURCE: dict[str, il.Policy | None] = {
    "none": None,
    "empty": EMPTY,
    **{f"to {name}": _policy(_all(Principal=p)) for name, p in PRINCIPALS.items()},
    **{f"to all but {name}": _policy(_all(NotPrincipal=p)) for name, p in CHAINS.items()},
    **{
        f"denied to {name}": _policy(_all(Principal="*"), _all("Deny", Principal=p))
        for name, p in PRINCIPALS.items()
    },
    **{
        f"denied to all but {name}": _policy(_all(Principal="*"), _all("Deny", NotPrincipal=p))
        for name, p in CHAINS.items()
    },
}
FORMS = ("to", "to", "to all but", "denied to", "denied to all but")
_OWN = (SILENT, EMPTY, DENYING)
_RCP = _policy(_all("Deny", Principal="*", Action=["s3:*", "kms:*", "sts:*", "iam:*"]))
FLAWS: dict[str, tuple[object, ...]] = {
    "identity": ([], [SILENT], [EMPTY, FULL], [SILENT, FULL], [DENYING], [FULL, DENYING]),
    "boundary": _OWN,
    "session": _OWN,
    "scps": (
        [[FULL], [SILENT]],
        [[SILENT], [FULL]],
        [[SILENT, FULL], [FULL]],
        [[FULL], []],
        [[FULL], [DENYING]],
    ),
    "rcps": ([[]], [[_policy(_all(Principal="*"))]], [[_RCP]], [[], [_RCP]]),
    "vpc_endpoint": (
        _policy(_all(Principal="*")),
        _policy(_all(Principal={"AWS": HERE})),
        _policy(_all(Principal={"AWS": ROLE})),
        _policy(_all(Principal="*", Action="x:Y")),
        _policy(_all(Principal="*"), _all("Deny", NotPrincipal={"AWS": [USER, ROLE, HERE]})),
        EMPTY,
    ),
}
"""What a layer can say against a request, or what looks as if it did."""


class Drawn(NamedTuple):
    words: str
    stack: PolicySet
    request: Request


def _drawn(seed: int) -> Drawn:
    """A stack in which all passes, but for one or two layers, and a request."""
    random = Random(seed)  # noqa: S311
    whom, target = random.choice([*REQUESTERS]), random.choice([*TARGETS])
    principal, context, names = REQUESTERS[whom]
    resource = random.choice(
        [
            *("none", "none", random.choice([*RESOURCE])),
            *(f"{form} {name}" for form in FORMS for name in (*names, "account")),
        ]
    )
    owner = random.choice(OWNERS)
    layers = {
        "identity": [FULL],
        "boundary": random.choice([None, FULL]),
        "session": random.choice([None, FULL]),
        "scps": random.choice([[], [[FULL], [FULL]]]),
        "rcps": [],
        "vpc_endpoint": None,
    }
    flawed = random.sample([*FLAWS], k=random.choice([0, 1, 1, 1, 2]))
    flaws = {name: random.choice(FLAWS[name]) for name in flawed}
    stack = PolicySet(
        **layers | flaws,
        resource=RESOURCE[resource],
        management_account=random.random() < 0.1,
        service_linked=random.random() < 0.1,
        canonical_users=random.choice([{}, {CANONICAL: HERE}, {CANONICAL: THERE}]),
    )
    action, arn = TARGETS[target]
    request = Request(principal, action, arn.format(owner or ""), context, owner)
    words = f"{whom} on {target} of {owner}, resource policy {resource}, flaws in {flawed}"
    return Drawn(words, stack, request)


@pytest.mark.parametrize("block", range(10))
def test_formula_and_evaluator_agree(block: int) -> None:
    for seed in range(block * SHARE, (block + 1) * SHARE):
        drawn = _drawn(seed)
        allowed = il.evaluate(drawn.stack, drawn.request).outcome is Outcome.ALLOWED
        assert formula_allows(drawn.stack, drawn.request) is allowed, (seed, drawn.words)


SHARE = 150


BLOCKS = [ROWS[at : at + 64] for at in range(0, len(ROWS), 64)]
each_block = pytest.mark.parametrize("rows", BLOCKS, ids=lambda rows: rows[0]["id"])


@each_block
def test_the_formula_is_the_decision_table(rows: list[Row]) -> None:
    for row in rows:
        stack, request = _stack(row), _request(row)
        assert formula_allows(stack, request) is (row["expected"] == "ALLOWED"), row["id"]


@each_block
def test_questions_about_one_request_are_the_decision_table(rows: list[Row]) -> None:
    for row in rows:
        stack, request = _stack(row), _request(row)
        if request.requester.kind in SESSIONS or request.resource == "*":  # of all resources
            continue
        scope = il.Scope({"Action": request.action, "Resource": request.resource})
        owners = {request.resource_owner}
        if f":{request.resource_owner}:" in request.resource:
            owners.add(None)
        for owner in owners:
            answers = [
                question(stack, scope, principal=request.principal, resource_account=owner)
                for question in (il.can, il.always_allows)
            ]
            assert [*map(bool, answers)] == [row["expected"] == "ALLOWED"] * 2, row["id"]


SESSIONS = {RequesterKind.ROLE, RequesterKind.ROLE_SESSION}
"""Of these a question is about more than one: of any path, of any name."""
