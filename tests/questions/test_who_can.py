"""Who in an account can do something: claims about small accounts, each with one thing in it.

Answers are given by the ends of ARNs: `user/ann`, `role/Deploy`, `root`.
"""

from __future__ import annotations

import gc
import pickle
import re
import weakref
from collections.abc import Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

import iamlogic as il
from iamlogic.semantics import can_send, with_usual_context
from iamlogic.syntax.global_keys import MULTIVALUED_KEYS
from iamlogic.syntax.letter_case import fold

Json = dict[str, Any]

HERE, THERE = "111122223333", "444455556666"
IAM = f"arn:aws:iam::{HERE}:"
BUCKET = "arn:aws:s3:::b"
KEY = f"arn:aws:kms:us-east-1:{HERE}:key/k"
FUNCTION = f"arn:aws:lambda:us-east-1:{HERE}:function:f"
THEIR_QUEUE = f"arn:aws:sqs:us-east-1:{THERE}:q"


def policy(*statements: Json) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: object = "*", resource: object = "*", **further: object) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **further}


def deny(action: object = "*", resource: object = "*", **further: object) -> Json:
    return {**allow(action, resource, **further), "Effect": "Deny"}


def to(principal: object, statement: Json) -> Json:
    """The statement, of a resource policy: a text is a user or a role, or says whom it means."""
    if isinstance(principal, str) and principal.startswith(("user/", "role/")):
        principal = {"AWS": IAM + principal}
    return {**statement, "Principal": principal}


ACCOUNT = {"AWS": HERE}
SEVERAL = MULTIVALUED_KEYS | {"s3:k"}
"""Keys that can have several values: the global ones, and one that is used with a set prefix."""
NOBODY_HERE = {"Service": "ec2.amazonaws.com"}
FULL_ACCESS = policy(allow())
READ = policy(allow("s3:GetObject"))
READING = il.Scope({"Action": "s3:GetObject", "Resource": "*"})
READING_B = il.Scope({"Action": "s3:GetObject", "Resource": BUCKET})


def trust(*principals: object, action: object = "sts:AssumeRole", **further: object) -> il.Policy:
    statement: Json = {"Effect": "Allow", "Action": action, **further}
    return policy(*(to(principal, statement) for principal in principals))


def user(name: str, *policies: il.Policy, **further: Any) -> il.Identity:  # noqa: ANN401
    return il.Identity(f"{IAM}user/{name}", policies, **further)


def role(name: str, *policies: il.Policy, **further: Any) -> il.Identity:  # noqa: ANN401
    return il.Identity(f"{IAM}role/{name}", policies, **{"trust": trust(NOBODY_HERE), **further})


def account(
    *identities: il.Identity,
    attached: Mapping[str, il.Policy] | None = None,
    **further: Any,  # noqa: ANN401
) -> il.Account:
    return il.Account(HERE, identities=identities, resource_policies=attached or {}, **further)


def ask(account: il.Account, asked: il.Scope | Json, **further: Any) -> il.WhoCan:  # noqa: ANN401
    """The answer, every witness of which is a request that AWS sends, by its principal."""
    scope = asked if isinstance(asked, il.Scope) else il.Scope(asked)
    found = il.who_can(account, scope, **further)
    for access in found:
        makers = [access.principal, *(hop.role for hop in access.path)]
        witnesses = [*(hop.witness for hop in access.path), access.witness]
        for maker, witness in zip(makers, witnesses, strict=True):
            assert witness.requester.principal_arn == maker
            whole = with_usual_context(witness, [fold(key) for key in witness.context])
            assert "all_requests" in further or can_send(whole, SEVERAL, to_stack=True)
        assert access.decision.outcome is il.Outcome.ALLOWED
    return found


def who(account: il.Account, asked: il.Scope | Json, **further: Any) -> list[str]:  # noqa: ANN401
    """Who can, but for the root user, who nearly always can; nothing is left unknown."""
    found = ask(account, asked, **further)
    assert not found.unknown
    return [arn.removeprefix(IAM) for arn in found.principals if arn != f"{IAM}root"]


def root_can(account: il.Account, asked: il.Scope | Json) -> bool:
    return f"{IAM}root" in ask(account, asked).principals


# By their own policies


def test_those_whose_policies_allow_can_in_the_order_of_the_account_and_root_last() -> None:
    of_group = policy(allow("s3:Get*", f"{BUCKET}/*"))
    found = ask(
        account(
            role("app/Deploy", FULL_ACCESS),
            user("zoe", of_group),
            user("idle"),
            user("staff/ann", policy(allow("ec2:*")), of_group),
            user("writer", policy(allow("s3:PutObject"))),
        ),
        READING,
    )
    ends = [arn.removeprefix(IAM) for arn in found.principals]
    assert ends == ["role/app/Deploy", "user/zoe", "user/staff/ann", "root"]
    assert len(found) == 4
    assert [access.principal for access in found] == list(found.principals)


def test_an_account_without_identities_has_its_root_user() -> None:
    assert ask(account(), READING).principals == (f"{IAM}root",)


@pytest.mark.parametrize(
    ("statements", "asked", "can"),
    [
        ([allow("s3:*"), deny("s3:GetObject")], READING, False),
        ([allow("s3:*"), deny("s3:GetObject", BUCKET)], READING, True),
        ([allow("s3:*"), deny("s3:GetObject", BUCKET)], READING_B, False),
        ([allow("s3:*"), deny("s3:PutObject")], READING, True),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], READING, False),
        ([{"Effect": "Allow", "NotAction": ["s3:GetObject*"], "Resource": "*"}], READING, False),
        ([{"Effect": "Allow", "NotAction": ["s3:P*", "ec2:*"], "Resource": "*"}], READING, True),
        ([{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::*"}], READING_B, False),
        ([{"Effect": "Allow", "Action": "*", "NotResource": f"{BUCKET}/*"}], READING_B, True),
        (
            [allow("s3:*"), {"Effect": "Deny", "Action": "*", "NotResource": f"{BUCKET}/x"}],
            {"Action": "s3:GetObject", "Resource": f"{BUCKET}/*"},
            True,
        ),
        (
            [allow("s3:*"), {"Effect": "Deny", "Action": "*", "NotResource": f"{BUCKET}/x"}],
            {"Action": "s3:GetObject", "NotResource": f"{BUCKET}/*"},
            False,
        ),
        ([allow("S3:getobject")], {"Action": "s3:GETOBJECT"}, True),
        ([allow("s3:GetObject")], {"NotAction": "s3:Get*", "Resource": "*"}, False),
        ([allow("s3:GetObject")], {"NotAction": "s3:Put*", "Resource": "*"}, True),
        ([allow("s3:*", f"{BUCKET}*")], {"Action": "s3:*", "NotResource": f"{BUCKET}*"}, False),
        ([allow("s3:*", f"{BUCKET}*")], {"Action": "s3:*", "NotResource": f"{BUCKET}/*"}, True),
        ([allow("s3:*", f"{BUCKET}/a*")], {"Action": "s3:*", "Resource": f"{BUCKET}/*z"}, True),
        ([allow("s3:*", f"{BUCKET}/a*")], {"Action": "s3:*", "Resource": f"{BUCKET}/z*"}, False),
        ([allow("ec2:RunInstances")], {"Action": "ec2:RunInstances", "Resource": "*"}, True),
        ([allow("s3:ListAllMyBuckets", "*")], {"Action": "s3:ListAllMyBuckets"}, True),
    ],
)
def test_lists_of_policies_and_scopes_meet_or_not(
    statements: list[Json],
    asked: il.Scope | Json,
    *,
    can: bool,
) -> None:
    assert who(account(user("ann", policy(*statements))), asked) == ["user/ann"] * can


def test_a_boundary_limits_what_policies_grant() -> None:
    found = who(
        account(
            user("free", READ),
            user("bounded", READ, boundary=policy(allow("ec2:*"))),
            user("let", READ, boundary=policy(allow("s3:*"))),
            user("only-bounded", boundary=FULL_ACCESS),
            user("denied", READ, boundary=policy(allow(), deny("s3:Get*"))),
        ),
        READING,
    )
    assert found == ["user/free", "user/let"]


def test_what_one_can_is_not_what_its_twin_by_name_can() -> None:
    home = policy(allow("s3:GetObject", f"{BUCKET}/home/${{aws:username}}/*"))
    by_arn = policy(allow("s3:GetObject", Condition=_arn_like(f"{IAM}*/a*")))
    people = [user(name, home) for name in ("ann", "bob", "cy")]
    asked = {"Action": "s3:GetObject", "Resource": f"{BUCKET}/home/bob/*"}
    assert who(account(*people, role("bob", home)), asked) == ["user/bob"]
    found = ask(account(*people, role("bob", home)), {**asked, "Resource": f"{BUCKET}/*"})
    for name, access in zip(("ann", "bob", "cy"), found, strict=False):
        assert access.principal == f"{IAM}user/{name}"
        assert access.witness.resource.startswith(f"{BUCKET}/home/{name}/")
    people = [user(name, by_arn) for name in ("bob", "x/ann", "amy")]
    assert who(account(*people, role("ada", by_arn)), READING) == [
        "user/x/ann",
        "user/amy",
        "role/ada",
    ]


def _arn_like(*patterns: str) -> Json:
    return {"ArnLike": {"aws:PrincipalArn": list(patterns)}}


def test_of_many_alike_each_is_answered_for() -> None:
    but_some = policy(
        allow("s3:GetObject"), deny(Condition={"StringLike": {"aws:username": ["u1?", "u3"]}})
    )
    people = [user(f"u{number}", but_some) for number in range(30)]
    expected = [f"user/u{number}" for number in range(30) if number != 3 and number // 10 != 1]
    assert who(account(*people), READING) == expected


# The organization's policies


def test_every_level_of_scps_must_allow_the_root_user_too() -> None:
    some = policy(allow(["s3:*", "ec2:*"]))
    people = (user("ann", FULL_ACCESS),)
    for levels, can in [
        ([[FULL_ACCESS], [FULL_ACCESS]], True),
        ([[some], [FULL_ACCESS]], True),
        ([[FULL_ACCESS], [policy(allow("ec2:*"))]], False),
        ([[policy(allow("ec2:*")), some], [FULL_ACCESS]], True),
        ([[FULL_ACCESS], []], False),
        ([[FULL_ACCESS, policy(deny("s3:Get*"))]], False),
        ([[FULL_ACCESS, policy(deny("s3:Put*"))]], True),
    ]:
        asked = account(*people, scps=tuple(map(tuple, levels)))
        assert who(asked, READING) == ["user/ann"] * can
        assert root_can(asked, READING) is can


def test_scps_and_rcps_do_not_concern_service_linked_roles() -> None:
    linked = "aws-service-role/es.amazonaws.com/ForES"
    people = (user("ann", READ), role("Mine", READ), role(linked, READ))
    denial = policy(deny("s3:*"))
    assert who(account(*people, scps=((FULL_ACCESS, denial),)), READING) == [f"role/{linked}"]
    rcp = policy(to("*", deny("s3:*")))
    assert who(account(*people, rcps=((rcp,),)), READING) == [f"role/{linked}"]


def test_scps_and_rcps_have_no_effect_in_the_management_account() -> None:
    people = (user("ann", READ),)
    around: Json = {"scps": ((),), "rcps": ((policy(to("*", deny("s3:*"))),),)}
    assert who(account(*people, **around), READING) == []
    assert who(account(*people, **around, management_account=True), READING) == ["user/ann"]


def test_rcps_concern_resources_of_the_account_and_no_others() -> None:
    sender = user("ann", policy(allow("sqs:*")))
    attached = {THEIR_QUEUE: policy(to(ACCOUNT, allow("sqs:SendMessage")))}
    rcps = ((policy(to("*", deny("sqs:*"))),),)
    asked = account(sender, attached=attached, rcps=rcps)
    assert who(asked, {"Action": "sqs:*", "Resource": THEIR_QUEUE}) == ["user/ann"]
    ours = THEIR_QUEUE.replace(THERE, HERE)
    assert who(asked, {"Action": "sqs:*", "Resource": ours}) == []
    assert who(asked, {"Action": "sqs:*", "Resource": "*"}) == ["user/ann"]


# Policies of resources


@pytest.mark.parametrize(
    ("principal", "condition", "expected"),
    [
        ("*", {}, ["user/ann", "user/bounded", "role/App", "role/Bounded"]),
        ({"AWS": "*"}, {}, ["user/ann", "user/bounded", "role/App", "role/Bounded"]),
        ("*", _arn_like(f"{IAM}role/*"), ["role/App", "role/Bounded"]),
        ("*", {"StringEquals": {"aws:username": "ann"}}, ["user/ann"]),
        ("*", {"StringEquals": {"aws:PrincipalAccount": THERE}}, []),
        ("user/ann", {}, ["user/ann"]),
        ("user/bounded", {}, ["user/bounded"]),  # direct: R-E8
        ("role/App", {}, ["role/App"]),
        ("role/Bounded", {}, []),  # limited by the boundary
        ({"AWS": f"arn:aws:sts::{HERE}:assumed-role/App/s"}, {}, ["role/App"]),
        ({"AWS": f"arn:aws:sts::{HERE}:assumed-role/Bounded/s"}, {}, ["role/Bounded"]),
        (ACCOUNT, {}, []),
        ({"AWS": f"{IAM}root"}, {}, []),
        ({"AWS": THERE}, {}, []),
        ({"AWS": f"arn:aws:iam::{THERE}:user/ann"}, {}, []),
        (NOBODY_HERE, {}, []),
    ],
)
def test_a_resource_policy_grants_to_those_without_policies_of_their_own(
    principal: object, condition: Json, expected: list[str]
) -> None:
    granting = policy(to(principal, allow("s3:GetObject", f"{BUCKET}/*", Condition=condition)))
    asked = account(
        user("ann"),
        user("bounded", boundary=policy(allow("ec2:*"))),
        role("App"),
        role("Bounded", boundary=policy(allow("ec2:*"))),
        attached={BUCKET: granting},
    )
    assert who(asked, READING) == expected
    assert who(asked, {"Action": "s3:GetObject", "Resource": f"{BUCKET}/x"}) == expected
    assert who(asked, {"Action": "s3:GetObject", "Resource": f"{BUCKET}2/x"}) == []


def test_of_a_scope_that_leaves_resources_out_the_policies_of_all_others_count() -> None:
    attached = {
        BUCKET: policy(to("user/bob", allow("s3:GetObject"))),
        f"{BUCKET}2": policy(to("user/cy", allow("s3:GetObject"))),
    }
    people = (user("bob"), user("cy"))
    left_out = {"Action": "s3:GetObject", "NotResource": f"{BUCKET}2*"}
    assert who(account(*people, attached=attached), left_out) == ["user/bob"]
    both = {"Action": "s3:GetObject", "NotResource": f"{BUCKET}/*"}
    assert who(account(*people, attached=attached), both) == ["user/bob", "user/cy"]
    denying = {BUCKET: policy(to("*", deny()))}
    only_b = policy(allow("s3:GetObject", BUCKET))
    other = {"Action": "s3:*", "NotResource": "arn:aws:s3:::c"}
    assert who(account(user("ann", only_b), attached=denying), other) == []


def test_a_role_with_a_path_is_named_with_it_and_its_sessions_without() -> None:
    people = (role("app/R"), role("S"))
    for principal, expected in [
        ("role/app/R", ["role/app/R"]),
        ("role/R", []),
        ({"AWS": f"arn:aws:sts::{HERE}:assumed-role/R/s"}, ["role/app/R"]),
    ]:
        granting = policy(to(principal, allow("s3:GetObject")))
        assert who(account(*people, attached={BUCKET: granting}), READING) == expected


def test_an_allow_with_not_principal_reaches_all_but_those_listed() -> None:
    spared = {"AWS": [f"{IAM}user/ann", f"{IAM}role/App"]}
    granting = policy({**allow("s3:GetObject"), "NotPrincipal": spared})
    people = (user("ann"), user("bob"), role("App"), role("Other"))
    found = who(account(*people, attached={BUCKET: granting}), READING)
    assert found == ["user/bob", "role/Other"]


@pytest.mark.parametrize(
    ("denial", "expected"),
    [
        (to("*", deny("s3:*")), []),
        (to("*", deny("s3:PutObject")), ["user/ann", "user/bob", "role/App"]),
        (to("user/ann", deny("s3:*")), ["user/bob", "role/App"]),
        (to(ACCOUNT, deny("s3:*")), []),
        (to("*", deny("s3:*", f"{BUCKET}/*")), ["user/ann", "user/bob", "role/App"]),
        (to("*", deny("s3:*", Condition=_arn_like(f"{IAM}user/*"))), ["role/App"]),
        (to({"AWS": f"arn:aws:sts::{HERE}:assumed-role/App/s"}, deny()), None),
        (
            {**deny("s3:*"), "NotPrincipal": {"AWS": [f"{IAM}user/ann", HERE]}},
            ["user/ann"],
        ),
        ({**deny("s3:*"), "NotPrincipal": {"AWS": [f"{IAM}user/ann"]}}, []),
    ],
)
def test_a_deny_of_a_resource_policy_holds_for_all_whom_it_means(
    denial: Json, expected: list[str] | None
) -> None:
    people = (user("ann", READ), user("bob", READ), role("App", READ))
    asked = account(*people, attached={BUCKET: policy(denial)})
    everybody = ["user/ann", "user/bob", "role/App"]
    assert who(asked, READING_B) == (everybody if expected is None else expected)
    assert who(asked, READING) == everybody  # on other buckets


def test_the_root_user_is_denied_by_a_resource_policy() -> None:
    asked = account(attached={BUCKET: policy(to("*", deny("s3:*")))})
    assert root_can(asked, READING)
    assert not root_can(asked, READING_B)


def test_a_deny_is_seen_where_the_first_answer_falls_on_it() -> None:
    several = [f"{BUCKET}{number}" for number in range(6)]
    attached = {bucket: policy(to("*", deny("s3:*"))) for bucket in several[:-1]}
    asked = {"Action": "s3:GetObject", "Resource": several}
    (access, _) = ask(account(user("ann", READ), attached=attached), asked)
    assert access.witness.resource == several[-1]
    everywhere = {bucket: policy(to("*", deny("s3:*"))) for bucket in several}
    assert who(account(user("ann", READ), attached=everywhere), asked) == []


@pytest.mark.parametrize(
    ("resource", "can"),
    [
        (FUNCTION, False),
        (f"{FUNCTION}:1", False),
        (f"{FUNCTION}:live", True),
        (f"{FUNCTION}:live:x", True),
        (f"{FUNCTION}:lively", False),
        (f"{FUNCTION}ly", True),
        ([FUNCTION, f"{FUNCTION}:*"], True),
        ([FUNCTION, f"{FUNCTION}:l*"], True),
        ([FUNCTION, f"{FUNCTION}:1*"], False),
    ],
)
@pytest.mark.parametrize(
    "alias",
    [
        policy(to(ACCOUNT, allow("lambda:GetPolicy"))),  # of the scope it says nothing
        policy(to(ACCOUNT, allow("lambda:InvokeFunction"))),
        policy(to(ACCOUNT, deny("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:g"))),
    ],
)
def test_a_resource_below_another_goes_by_its_own_policy(
    resource: object, alias: il.Policy, *, can: bool
) -> None:
    attached = {FUNCTION: policy(to("*", deny("lambda:*"))), f"{FUNCTION}:live": alias}
    invoker = user("ann", policy(allow("lambda:InvokeFunction")))
    asked = {"Action": "lambda:InvokeFunction", "Resource": resource}
    assert who(account(invoker, attached=attached), asked) == ["user/ann"] * can


def test_what_is_granted_on_a_resource_is_not_granted_on_one_below_with_its_own_policy() -> None:
    attached = {
        FUNCTION: policy(to("*", allow("lambda:InvokeFunction"))),
        f"{FUNCTION}:live": policy(to(ACCOUNT, allow("lambda:*"))),
    }
    asked = account(user("ann"), attached=attached)
    for resource, can in [(FUNCTION, True), (f"{FUNCTION}:live", False), (f"{FUNCTION}:1", True)]:
        scope = {"Action": "lambda:InvokeFunction", "Resource": resource}
        assert who(asked, scope) == ["user/ann"] * can


def test_a_key_needs_its_own_policy_for_the_root_user_too() -> None:
    people = (user("ann", policy(allow("kms:*"))), user("bob"), user("cy"))
    asked = {"Action": "kms:Decrypt", "Resource": KEY}
    for key_policy, expected in [
        (None, []),
        (policy(to(ACCOUNT, allow("kms:*"))), ["user/ann"]),
        (policy(to("user/bob", allow("kms:*"))), ["user/bob"]),
        (policy(to(ACCOUNT, allow("kms:Encrypt"))), []),
        (policy(to(ACCOUNT, allow()), to("user/cy", allow())), ["user/ann", "user/cy"]),
        (policy(to(ACCOUNT, allow()), to("user/ann", deny("kms:Decrypt"))), []),
    ]:
        attached = {} if key_policy is None else {KEY: key_policy}
        assert who(account(*people, attached=attached), asked) == expected
    assert not root_can(account(*people), asked)
    delegating = policy(to(ACCOUNT, allow("kms:*")))
    assert root_can(account(*people, attached={KEY: delegating}), asked)
    assert who(account(*people), {"Action": "kms:Decrypt", "Resource": KEY[:-5] + "alias/a"}) == [
        "user/ann"
    ]


def test_a_role_is_assumed_by_those_whom_its_trust_policy_lets() -> None:
    assuming = policy(allow("sts:AssumeRole"))
    people = (user("ann", assuming), user("bob"))
    asked = {"Action": "sts:AssumeRole", "Resource": f"{IAM}role/app/R"}
    for trusting, expected, root in [
        (trust(ACCOUNT), ["user/ann"], True),
        (trust("user/bob"), ["user/bob"], False),
        (trust(NOBODY_HERE), [], False),
        (trust("user/bob", NOBODY_HERE, ACCOUNT), ["user/ann", "user/bob"], True),
        (trust(ACCOUNT, action="sts:AssumeRoleWithSAML"), [], False),
        (trust("*", Condition={"StringEquals": {"aws:username": "bob"}}), ["user/bob"], False),
    ]:
        made = account(*people, role("app/R", trust=trusting))
        assert who(made, asked) == expected
        assert root_can(made, asked) is root
    any_role = {"Action": "sts:AssumeRole", "Resource": f"{IAM}role/*"}
    assert who(account(*people, role("app/R", trust=trust(ACCOUNT))), any_role) == ["user/ann"]
    assert who(account(*people, role("app/R")), any_role) == []


def test_resources_of_other_accounts_need_both_sides() -> None:
    people = (user("ann", policy(allow("sqs:*"))), user("bob"), role("R", policy(allow("sqs:*"))))
    asked = {"Action": "sqs:SendMessage", "Resource": THEIR_QUEUE}
    for granting, expected, root in [
        (None, [], False),
        (policy(to(ACCOUNT, allow("sqs:*"))), ["user/ann", "role/R"], True),
        (policy(to("user/bob", allow("sqs:*"))), [], False),
        (policy(to("user/ann", allow("sqs:*"))), ["user/ann"], False),
        (policy(to("*", allow("sqs:*"))), ["user/ann", "role/R"], True),
        (policy(to({"AWS": THERE}, allow("sqs:*"))), [], False),
        (policy(to(ACCOUNT, allow()), to("role/R", deny())), ["user/ann"], True),
    ]:
        attached = {} if granting is None else {THEIR_QUEUE: granting}
        made = account(*people, attached=attached)
        assert who(made, asked) == expected
        assert root_can(made, asked) is root
        for witness in (access.witness for access in ask(made, asked)):
            assert witness.resource_account == THERE
    everywhere = {"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*"}
    assert who(account(*people), everywhere) == ["user/ann", "role/R"]  # queues of their own


def test_a_role_of_another_account_is_assumed_where_its_trust_policy_is_given() -> None:
    theirs = f"arn:aws:iam::{THERE}:role/R"
    people = (user("ann", policy(allow("sts:AssumeRole"))), user("bob"))
    asked = {"Action": "sts:AssumeRole", "Resource": theirs}
    assert who(account(*people), asked) == []
    for trusting, expected in [(trust(ACCOUNT), ["user/ann"]), (trust("user/bob"), [])]:
        assert who(account(*people, attached={theirs: trusting}), asked) == expected


def test_the_account_of_a_resource_is_known_to_conditions() -> None:
    people = (
        user("ours", policy(allow(Condition={"StringEquals": {"aws:ResourceAccount": HERE}}))),
        user("theirs", policy(allow(Condition={"StringEquals": {"aws:ResourceAccount": THERE}}))),
    )
    attached = {THEIR_QUEUE: policy(to(ACCOUNT, allow("sqs:*")))}
    made = account(*people, attached=attached)
    assert who(made, READING_B) == ["user/ours"]
    assert who(made, {"Action": "sqs:SendMessage", "Resource": THEIR_QUEUE}) == ["user/theirs"]
    assert who(made, {"Action": "sqs:*"}) == ["user/ours", "user/theirs"]


def test_a_policy_part_of_which_speaks_of_sts_alone_is_no_trust_policy() -> None:
    granting = policy(to("*", allow(["s3:*", "sts:GetCallerIdentity"])))
    asked = {"Action": "sts:GetCallerIdentity", "Resource": BUCKET}
    assert who(account(user("ann"), attached={BUCKET: granting}), asked) == ["user/ann"]


# Scopes


@pytest.mark.parametrize(
    ("further", "expected"),
    [
        ({"Principal": {"AWS": f"{IAM}user/ann"}}, ["user/ann"]),
        ({"Principal": {"AWS": f"{IAM}role/R"}}, ["role/R"]),
        ({"Principal": {"AWS": f"arn:aws:sts::{HERE}:assumed-role/R/s"}}, ["role/R"]),
        ({"Principal": {"AWS": HERE}}, ["user/ann", "user/bob", "role/R"]),
        ({"Principal": {"AWS": THERE}}, []),
        ({"Principal": NOBODY_HERE}, []),
        ({"NotPrincipal": {"AWS": f"{IAM}user/ann"}}, ["user/bob", "role/R"]),
        ({"NotPrincipal": {"AWS": HERE}}, []),
        ({"Condition": {"StringEquals": {"aws:username": "bob"}}}, ["user/bob"]),
        ({"Condition": {"StringEquals": {"aws:PrincipalType": "AssumedRole"}}}, ["role/R"]),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, ["user/ann", "role/R"]),
        ({"Condition": {"StringEquals": {"aws:ResourceAccount": THERE}}}, []),
        ({"Resource": f"{BUCKET}/${{aws:username}}"}, ["user/ann", "user/bob"]),
        ({"Resource": f"{BUCKET}/${{aws:PrincipalTag/t}}"}, []),
    ],
)
def test_a_scope_says_whose_requests_and_which(further: Json, expected: list[str]) -> None:
    safely = policy(allow("s3:*", Condition={"Bool": {"aws:SecureTransport": "true"}}))
    made = account(user("ann", READ), user("bob", safely), role("R", READ))
    assert who(made, {"Action": "s3:GetObject", **further}) == expected


def test_of_a_scope_with_a_session_the_witness_is_by_that_session() -> None:
    session = f"arn:aws:sts::{HERE}:assumed-role/R/s"
    made = account(user("ann", READ), role("app/Q", READ), role("app/R", READ))
    (access,) = ask(made, {"Action": "s3:GetObject", "Principal": {"AWS": session}})
    assert access.witness.principal == session
    assert access.principal == f"{IAM}role/app/R"


# Tags


BLUE = {"StringEquals": {"aws:PrincipalTag/team": "blue"}}


def test_tags_of_users_and_of_roles_that_nobody_may_tag_are_those_of_the_account() -> None:
    reading = policy(allow("s3:GetObject", Condition=BLUE))
    tagging = ["sts:AssumeRole", "sts:TagSession"]
    made = account(
        user("blue", reading, tags=(("team", "blue"),)),
        user("Blue", reading, tags=(("Team", "blue"), ("other", "red"))),
        user("red", reading, tags=(("team", "red"),)),
        user("none", reading),
        role("blue", reading, tags=(("team", "blue"),)),
        role("none", reading),
        role("red-open", reading, tags=(("team", "red"),), trust=trust(ACCOUNT, action=tagging)),
        role("none-open", reading, trust=trust(ACCOUNT, action="sts:*")),
    )
    expected = ["user/blue", "user/Blue", "role/blue", "role/red-open", "role/none-open"]
    assert who(made, READING) == expected
    for each in made.identities:  # without another's example to be tried with
        alone = [each.arn.removeprefix(IAM)]
        assert who(account(each), READING) == [name for name in alone if name in expected]


@pytest.mark.parametrize(
    ("statements", "can"),
    [
        ([{"Action": "sts:AssumeRole"}], False),
        ([{"Action": ["sts:AssumeRole", "sts:TagSession"]}], True),
        ([{"Action": "sts:AssumeRole"}, {"Action": "sts:Tag*"}], True),
        ([{"Action": "STS:tagsession"}], True),
        ([{"Action": "*"}], True),
        ([{"Action": "sts:Tag?ession2"}], False),
        ([{"NotAction": "sts:AssumeRole*"}], True),
        ([{"NotAction": ["sts:AssumeRole*", "sts:Tag*"]}], False),
        ([{"Action": "sts:AssumeRole"}, {"Effect": "Deny", "Action": "sts:TagSession"}], False),
        ([{"Action": "sts:AssumeRole"}, {"Effect": "Deny", "NotAction": "sts:*"}], False),
    ],
)
def test_sessions_can_be_tagged_where_the_trust_policy_allows_it(
    statements: list[Json], *, can: bool
) -> None:
    trusting = policy(*({"Effect": "Allow", "Principal": ACCOUNT} | each for each in statements))
    made = account(role("R", policy(allow("s3:GetObject", Condition=BLUE)), trust=trusting))
    assert who(made, READING) == ["role/R"] * can


@pytest.mark.parametrize(
    "where", ["identity", "boundary", "session", "scp", "rcp", "resource", "scope", "variable"]
)
def test_tags_matter_wherever_they_are_asked_for(where: str) -> None:
    """A role is tagged red and cannot be tagged otherwise; blue is asked for."""
    blue = policy(allow("s3:*", Condition=BLUE))
    own = {
        "identity": blue,
        "variable": policy(allow("s3:*", f"{BUCKET}/${{aws:PrincipalTag/team}}")),
    }
    not_blue = {"StringNotEquals": {"aws:PrincipalTag/team": "blue"}}
    denial = policy(to("*", deny("s3:*", Condition=not_blue)))
    red = role(
        "R",
        own.get(where, READ),
        boundary=blue if where == "boundary" else None,
        tags=(("team", "red"),),
    )
    for tags, can in [(red.tags, False), ((("team", "blue"),), True)]:
        made = account(
            il.Identity(red.arn, red.policies, red.boundary, red.trust, tags),
            attached={BUCKET: denial} if where == "resource" else {},
            scps=((blue,),) if where == "scp" else (),
            rcps=((denial,),) if where == "rcp" else (),
        )
        asked: Json = {"Action": "s3:GetObject", "Resource": f"{BUCKET}/blue"}
        if where == "scope":
            asked["Condition"] = BLUE
        session = blue if where == "session" else None
        assert who(made, asked, session=session) == ["role/R"] * can


def test_a_witness_shows_no_tags_of_others() -> None:
    blue = policy(allow("s3:GetObject", Condition=BLUE))
    can_be_tagged = trust(ACCOUNT, action=["sts:AssumeRole", "sts:TagSession"])
    found = ask(
        account(
            role("Open", blue, trust=can_be_tagged),
            role("Closed", READ),
            user("ann", READ, tags=(("team", "red"),)),
        ),
        READING,
    )
    tags = {
        access.principal.removeprefix(IAM): access.witness.values("aws:PrincipalTag/team")
        for access in found
    }
    assert tags["role/Open"] == ("blue",)
    assert tags["role/Closed"] == tags["root"] == ()
    assert tags["user/ann"] in ((), ("red",))


# What AWS sends


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"Null": {"aws:TokenIssueTime": "true"}}, ["user/ann"]),
        ({"StringNotLike": {"aws:userid": "AROA*"}}, ["user/ann"]),
        ({"StringNotLike": {"aws:userid": "AIDA*"}}, ["role/R"]),
        ({"Null": {"aws:SecureTransport": "true"}}, []),
        ({"StringLike": {"aws:userid": "*:R"}}, ["role/R"]),
        ({"Null": {"aws:FederatedProvider": "false"}}, ["role/R"]),
    ],
)
@pytest.mark.parametrize("where", ["identity", "scope", "resource", "deny"])
def test_nobody_is_answered_for_by_a_request_that_aws_does_not_send(
    condition: Json, expected: list[str], where: str
) -> None:
    conditional = policy(allow("s3:GetObject", Condition=condition))
    own = {"identity": (conditional,), "resource": ()}.get(where, (READ,))
    attached = {}
    if where == "resource":
        attached[BUCKET] = policy(to("*", allow("s3:GetObject", Condition=condition)))
    if where == "deny":
        attached[BUCKET] = policy(to("*", deny("s3:*", Condition=_opposite(condition))))
    asked: Json = {"Action": "s3:GetObject", "Resource": BUCKET}
    if where == "scope":
        asked["Condition"] = condition
    for people in ([user("ann", *own), role("R", *own)], [role("R", *own), user("ann", *own)]):
        assert sorted(who(account(*people, attached=attached), asked)) == sorted(expected)


def _opposite(condition: Json) -> Json:
    ((operator, test),) = condition.items()
    if operator == "Null":
        ((key, value),) = test.items()
        return {"Null": {key: "false" if value == "true" else "true"}}
    opposites = {"StringLike": "StringNotLike", "StringNotLike": "StringLike"}
    return {opposites[operator]: test}


@pytest.mark.parametrize("where", ["same policy", "resource", "scp", "another", "session", "scope"])
def test_a_key_has_several_values_if_any_policy_says_so_whatever_of(where: str) -> None:
    both = {"StringEquals": {"s3:k": "a"}, "StringLike": {"s3:k": "b*"}}
    some = {"ForAnyValue:StringLike": {"S3:K": "*"}}
    own = allow("s3:GetObject", Condition=both)
    elsewhere = allow("ec2:*", Condition=some)
    ann = user("ann", policy(own, *([elsewhere] if where == "same policy" else [])))
    others = [user("zoe", policy(elsewhere))] if where == "another" else []
    made = account(
        ann,
        *others,
        attached={BUCKET: policy(to("user/bob", elsewhere))} if where == "resource" else {},
        scps=((policy(allow(), deny("ec2:*", Condition=some)),),) if where == "scp" else (),
    )
    asked: Json = {"Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}
    if where == "scope":
        asked["Condition"] = some
    session = policy(elsewhere) if where == "session" else None
    assert who(made, asked, session=session) == ["user/ann"]
    (access, *_) = ask(made, asked, session=session)
    assert set(access.witness.values("s3:k")) >= {"a"}
    assert len(access.witness.values("s3:k")) > 1
    assert who(account(user("ann", policy(own))), READING) == []


def test_all_requests_are_asked_about_if_wanted() -> None:
    never = policy(allow("s3:GetObject", Condition={"Null": {"aws:SecureTransport": "true"}}))
    made = account(user("ann", never))
    assert who(made, READING) == []
    assert who(made, READING, all_requests=True) == ["user/ann"]


# What else is asked with


def test_only_those_who_are_asked_about_are_answered_for() -> None:
    made = account(user("ann", READ), user("bob", READ), user("idle"), role("R", READ))
    asked = [f"{IAM}role/R", f"{IAM}user/ann", f"{IAM}user/idle", f"{IAM}role/R"]
    assert who(made, READING, principals=asked) == ["user/ann", "role/R"]
    assert ask(made, READING, principals=[f"{IAM}root"]).principals == (f"{IAM}root",)
    assert ask(made, READING, principals=[]).principals == ()


def test_an_unknown_principal_is_an_error_with_a_hint() -> None:
    made = account(user("annabel", READ))
    with pytest.raises(il.UnknownPrincipal) as caught:
        il.who_can(made, READING, principals=[f"{IAM}user/anabel"])
    assert str(caught.value) == (
        f"the account has no principal {IAM}user/anabel\n    hint: did you mean {IAM}user/annabel?"
    )
    with pytest.raises(il.UnknownPrincipal, match=r"no principal anonymous$"):
        il.who_can(made, READING, principals=["anonymous"])


def test_what_is_no_scope_is_an_error_that_says_what_to_write() -> None:
    with pytest.raises(TypeError, match="Scope"):
        il.who_can(account(), {"Action": "s3:GetObject"})  # type: ignore[arg-type]


def test_a_session_policy_limits_sessions_of_roles_alone() -> None:
    made = account(user("ann", READ), role("R", READ), role("Idle"))
    for session, expected in [
        (policy(allow("s3:*")), ["user/ann", "role/R"]),
        (policy(allow("ec2:*")), ["user/ann"]),
        (policy(allow(), deny("s3:*")), ["user/ann"]),
    ]:
        assert who(made, READING, session=session) == expected
        assert f"{IAM}root" in ask(made, READING, session=session).principals
    granting = policy(to({"AWS": f"arn:aws:sts::{HERE}:assumed-role/Idle/s"}, allow("s3:*")))
    made = account(role("R", READ), role("Idle"), attached={BUCKET: granting})
    assert who(made, READING, session=policy(allow("ec2:*"))) == ["role/Idle"]


# Accounts made by hand


@pytest.mark.parametrize(
    ("identities", "message"),
    [
        (["bob"], "'bob' is no ARN of a user or a role"),
        ([f"{IAM}group/admins"], "is no ARN of a user or a role"),
        ([f"{IAM}root"], "is no ARN of a user or a role"),
        ([f"arn:aws:sts::{HERE}:assumed-role/R/s"], "is no ARN of a user or a role"),
        ([f"arn:aws:iam::{THERE}:user/ann"], f"is not of the account {HERE}"),
        ([f"{IAM}user/ann", f"{IAM}user/ann"], f"two identities {IAM}user/ann"),
    ],
)
def test_an_account_is_made_of_its_users_and_roles(identities: list[str], message: str) -> None:
    with pytest.raises(il.AccountError, match=re.escape(message)):
        il.Account(HERE, identities=tuple(map(il.Identity, identities)))


@pytest.mark.parametrize(
    "given",
    [
        {"identities": (user("ann", policy(to("*", allow()))),)},
        {"identities": (user("ann", boundary=policy(to("*", allow()))),)},
        {"identities": (role("R", trust=policy(allow())),)},
        {"identities": (role("R", trust=policy(to(ACCOUNT, allow("sts:AssumeRole")))),)},
        {"resource_policies": {BUCKET: policy(allow())}},
        {"scps": ((policy(to("*", allow())),),)},
        {"rcps": ((policy(to("*", deny())),),)},
        {"rcps": ((policy(deny("s3:*")),),)},
    ],
)
def test_each_policy_of_an_account_is_held_to_the_row_of_its_type(given: Json) -> None:
    with pytest.raises(il.PolicySyntaxError, match=r"R-P[68]"):
        il.Account(HERE, **given)


def test_a_policy_is_attached_to_a_resource_and_not_to_a_pattern() -> None:
    with pytest.raises(il.AccountError, match="pattern"):
        account(attached={f"{BUCKET}*": policy(to("*", allow()))})


def test_a_session_policy_is_one() -> None:
    with pytest.raises(il.PolicySyntaxError, match="session policy"):
        il.who_can(account(), READING, session=policy(to("*", allow())))
    with pytest.raises(TypeError, match="session"):
        il.who_can(account(), READING, session={"Statement": []})  # type: ignore[arg-type]


def test_a_path_can_hold_what_looks_like_another_kind_of_arn() -> None:
    made = account(
        user("a:role/bob", READ),
        user("x:role/aws-service-role/cy", READ),
        user("ann", policy(allow("sts:AssumeRole"))),
        role("a:user/eve", READ, trust=trust(ACCOUNT)),
    )
    expected = ["user/a:role/bob", "user/x:role/aws-service-role/cy", "role/a:user/eve"]
    assert who(made, READING) == expected
    (way,) = [each for each in ask(made, READING, through_roles=1) if each.path]
    assert [hop.role for hop in way.path] == [f"{IAM}role/a:user/eve"]
    assert who(made, READING, session=policy(allow("ec2:*"))) == expected[:2]
    limited = account(*made.identities[:3], scps=((policy(allow("sts:*")),),))
    assert who(limited, READING) == []


# Not known


def undecidable(*actions: str) -> il.Policy:
    """More variables in one condition than the solver tells apart."""
    values = [f"${{s3:v{number}}}-{number}" for number in range(9)]
    return policy(allow(list(actions), Condition={"ForAnyValue:StringLike": {"s3:k": values}}))


@pytest.mark.parametrize("most", [0, 2])
def test_what_is_not_settled_in_time_is_unknown_and_never_an_answer(most: int) -> None:
    made = an_account()
    late = il.who_can(made, READING, timeout=1e-9, through_roles=most)
    whole = il.who_can(made, READING, through_roles=most)
    unknown = dict(late.unknown)
    assert unknown
    assert all("the timeout was hit" in why for why in unknown.values())
    assert set(late.principals) <= set(whole.principals) <= {*late.principals, *unknown}
    assert not set(late.principals) & set(unknown)
    assert il.who_can(made, READING, timeout=60, through_roles=most) == whole


def test_whom_a_bound_stops_is_unknown_and_all_others_are_settled() -> None:
    made = account(
        user("ann", READ),
        user("hard", undecidable("s3:GetObject")),
        user("hard-but-can", undecidable("s3:GetObject"), READ),
        user("hard-elsewhere", undecidable("s3:PutObject")),
    )
    found = il.who_can(made, READING)
    assert f"{IAM}user/ann" in found.principals
    assert f"{IAM}user/hard-elsewhere" not in found.principals
    unknown = dict(found.unknown)
    assert f"{IAM}user/hard" in unknown
    assert set(unknown) <= {f"{IAM}user/hard", f"{IAM}user/hard-but-can"}
    assert not set(unknown) & set(found.principals)


def test_a_policy_that_cannot_be_lowered_leaves_unknown_whom_it_concerns() -> None:
    variables = "".join(f"${{s3:v{number}}}" for number in range(12))
    condition = {"ArnLike": {"s3:k": f"{variables}:aws:iam::a:b"}}
    made = account(
        user("ann", READ),
        user("hard", policy(allow("s3:GetObject", Condition=condition))),
        user("idle", policy(allow("ec2:*", Condition=condition))),
    )
    found = il.who_can(made, READING)
    assert [arn for arn, _ in found.unknown] == [f"{IAM}user/hard"]
    assert found.principals == (f"{IAM}user/ann", f"{IAM}root")


# Again, elsewhere, and handed on


def an_account() -> il.Account:
    assuming = policy(allow("sts:AssumeRole", f"{IAM}role/*"))
    return account(
        *(
            user(f"u{number}", policy(allow("s3:Get*", f"{BUCKET}{number}/*")))
            for number in range(9)
        ),
        user("ann", assuming),
        role("R", READ, trust=trust(ACCOUNT)),
        attached={BUCKET: policy(to("user/u3", allow("s3:*")), to("user/u4", deny()))},
        scps=((FULL_ACCESS,),),
    )


@pytest.mark.parametrize(
    "pool", [lambda: ThreadPoolExecutor(3), lambda: ProcessPoolExecutor(1, get_context("spawn"))]
)
def test_an_executor_gives_the_same_answer(pool: Any) -> None:  # noqa: ANN401
    made = an_account()
    executor: Executor
    with pool() as executor:
        shared = ask(made, READING, executor=executor, through_roles=1)
        short = il.who_can(made, READING, executor=executor, timeout=1e-9)
    assert shared == ask(made, READING, through_roles=1)
    assert {why for _, why in short.unknown} == {"the timeout was hit"}


def test_a_second_question_is_answered_as_the_first() -> None:
    made = an_account()
    first = ask(made, READING, through_roles=1)
    other = ask(made, {"Action": "s3:GetObject", "Resource": f"{BUCKET}3/*"})
    assert [arn.removeprefix(IAM) for arn in other.principals] == ["user/u3", "role/R", "root"]
    assert ask(made, READING, through_roles=1) == first


def test_answers_and_accounts_can_be_pickled() -> None:
    made = an_account()
    found = ask(made, READING, through_roles=1)
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301
    copy = pickle.loads(pickle.dumps(made))  # noqa: S301
    assert ask(copy, READING, through_roles=1).principals == found.principals


def test_nothing_is_kept_of_an_account_that_is_gone() -> None:
    made = an_account()
    ask(made, READING)
    gone = weakref.ref(made)
    del made
    gc.collect()
    assert gone() is None


# Roles assumed on the way


def assume(*names: str) -> il.Policy:
    return policy(allow("sts:AssumeRole", [f"{IAM}role/{name}" for name in names]))


def ways(account: il.Account, most: int, **further: Any) -> dict[str, list[str]]:  # noqa: ANN401
    """By principal that can, but for the root user: the roles on its way."""
    found = ask(account, READING, through_roles=most, **further)
    assert not found.unknown
    for access in found:
        for hop in access.path:
            assert hop.decision.outcome is il.Outcome.ALLOWED
            assert hop.decision.request == hop.witness
            assert (hop.witness.action, hop.witness.resource) == ("sts:AssumeRole", hop.role)
    return {
        access.principal.removeprefix(IAM): [
            hop.role.removeprefix(f"{IAM}role/") for hop in access.path
        ]
        for access in found
        if access.principal != f"{IAM}root"
    }


def test_ways_are_as_long_as_asked_for_and_told_from_the_first_role_on() -> None:
    made = account(
        user("ann", assume("app/A")),
        role("app/A", assume("B"), trust=trust(ACCOUNT)),
        role("B", assume("C"), trust=trust(ACCOUNT)),
        role("C", READ, trust=trust("role/B")),
    )
    can: dict[str, list[str]] = {"role/C": []}
    assert ways(made, 0) == can
    assert ways(made, 1) == (can := can | {"role/B": ["C"]})
    assert ways(made, 2) == (can := can | {"role/app/A": ["B", "C"]})
    assert ways(made, 3) == (can := can | {"user/ann": ["app/A", "B", "C"]})
    assert ways(made, 9) == can


def test_the_shortest_way_is_told_and_none_where_none_is_needed() -> None:
    made = account(
        user("ann", assume("A", "B")),
        user("bob", READ, assume("B")),
        role("A", assume("B"), trust=trust(ACCOUNT)),
        role("B", READ, trust=trust(ACCOUNT)),
    )
    assert ways(made, 3) == {"user/ann": ["B"], "user/bob": [], "role/A": ["B"], "role/B": []}


def test_circles_end() -> None:
    around = [
        role("A", assume("A", "B"), trust=trust(ACCOUNT)),
        role("B", assume("A", "B", "C"), trust=trust(ACCOUNT)),
        role("C", assume("A", "B"), trust=trust(ACCOUNT)),
    ]
    assert ways(account(user("ann", assume("A")), *around), 9) == {}
    found = ways(account(user("ann", assume("A")), *around, role("D", READ)), 9)
    assert found == {"role/D": []}


@pytest.mark.parametrize(
    ("own", "trusting", "can"),
    [
        (assume("R"), trust(ACCOUNT), True),
        (assume("R"), trust(NOBODY_HERE), False),
        (READ, trust(ACCOUNT), True),
        (policy(allow("ec2:*")), trust(ACCOUNT), False),
        (policy(allow("ec2:*")), trust("user/ann"), True),
        (assume("S"), trust(ACCOUNT), False),
        (policy(allow("sts:*"), deny("sts:AssumeRole", "*")), trust("user/ann"), False),
        (assume("R"), trust(ACCOUNT, Condition={"StringEquals": {"aws:username": "ann"}}), True),
        (assume("R"), trust(ACCOUNT, Condition={"StringEquals": {"aws:username": "bob"}}), False),
        (assume("R"), trust(ACCOUNT, action="sts:AssumeRoleWithSAML"), False),
    ],
)
def test_a_role_serves_those_who_may_assume_it(
    own: il.Policy,
    trusting: il.Policy,
    *,
    can: bool,
) -> None:
    made = account(user("ann", own), role("R", READ, trust=trusting))
    assert ("user/ann" in ways(made, 1)) is can


def test_a_session_policy_limits_the_first_session_only() -> None:
    made = account(
        role("A", assume("B"), trust=trust(ACCOUNT)),
        role("B", READ, assume("A"), trust=trust(ACCOUNT)),
        role("Self", READ, assume("Self"), trust=trust("role/Self")),
    )
    assuming = policy(allow("sts:*"))
    assert ways(made, 0, session=assuming) == {}
    expected = {"role/A": ["B"], "role/Self": ["Self"]}
    assert ways(made, 1, session=assuming) == expected
    assert ways(made, 2, session=assuming) == expected | {"role/B": ["A", "B"]}
    reading = policy(allow("s3:*"))
    assert ways(made, 2, session=reading) == {"role/B": [], "role/Self": []}


def test_a_session_policy_does_not_limit_roles_on_the_way() -> None:
    made = account(
        role("A", assume("B"), trust=trust(ACCOUNT)),
        role("B", assume("C"), trust=trust(ACCOUNT)),
        role("C", assume("D"), trust=trust(ACCOUNT)),
        role("D", READ, trust=trust(ACCOUNT)),
    )
    assert ways(made, 3, session=assume("B")) == {"role/A": ["B", "C", "D"]}


def test_those_who_are_not_asked_about_are_roles_on_the_way_all_the_same() -> None:
    made = account(
        user("ann", assume("A")),
        user("bob", assume("A")),
        role("A", assume("B"), trust=trust(ACCOUNT)),
        role("B", READ, trust=trust(ACCOUNT)),
    )
    assert ways(made, 2, principals=[f"{IAM}user/bob"]) == {"user/bob": ["A", "B"]}


def test_organization_limits_hold_on_every_step() -> None:
    people = (user("ann", assume("R")), role("R", READ, trust=trust(ACCOUNT)))
    without_sts = policy(allow(), deny("sts:*"))
    assert ways(account(*people, scps=((without_sts,),)), 1) == {"role/R": []}
    assert ways(account(*people, rcps=((policy(to("*", deny("sts:*"))),),)), 1) == {"role/R": []}


def test_a_way_that_is_not_known_leaves_unknown_whom_it_could_serve() -> None:
    """R may read by a policy that nobody can decide, and by a way that is one role too long."""
    hard = role("R", undecidable("s3:GetObject"), assume("Q"), trust=trust("user/ann"))
    short = role("Q", READ, trust=trust("role/R"))
    for further in ([], [short]):
        found = ask(account(user("ann"), hard, *further), READING, through_roles=1)
        unknown = {arn.removeprefix(IAM): why for arn, why in found.unknown}
        assert "user/ann" in unknown
        assert "role/R" in unknown["user/ann"]
        assert ("role/R" in unknown) is not bool(further)
    found = ask(account(user("ann"), hard, short), READING, through_roles=2)
    assert not found.unknown
    assert f"{IAM}user/ann" in found.principals


def test_whether_a_role_may_be_assumed_can_be_unknown() -> None:
    hard = user("ann", undecidable("sts:AssumeRole"))
    made = account(hard, user("bob"), role("R", READ, trust=trust(ACCOUNT)))
    found = ask(made, READING, through_roles=1)
    assert [arn for arn, _ in found.unknown] == [f"{IAM}user/ann"]
    assert f"{IAM}role/R" in dict(found.unknown)[f"{IAM}user/ann"]


def test_who_may_assume_a_role_of_which_it_is_not_known_is_not_known_either() -> None:
    """Of Hard it is not known what it can, of Maybe whether it may assume the role that can."""
    hard = role("Hard", undecidable("s3:GetObject"), trust=trust(ACCOUNT))
    maybe = role("Maybe", undecidable("sts:AssumeRole"), trust=trust(ACCOUNT))
    reader = role("Reader", READ, trust=trust(ACCOUNT))
    between = role("Between", assume("Hard", "Maybe"), trust=trust(ACCOUNT))
    people = (
        user("ann", assume("Hard", "Maybe")),
        user("bob", assume("Between")),
        user("cy"),
        user("eve", undecidable("sts:AssumeRole")),
    )

    def unknown(most: int, *roles: il.Identity, of: list[str] | None = None) -> list[str]:
        made = account(*people, between, *roles)
        found = il.who_can(made, READING, through_roles=most, principals=of)
        return [arn.removeprefix(IAM) for arn, _ in found.unknown]

    assert unknown(0, hard) == ["role/Hard"]
    assert unknown(1, hard) == ["user/ann", "user/eve", "role/Between", "role/Hard"]
    everybody = ["user/ann", "user/bob", "user/eve", "role/Between", "role/Hard"]
    assert unknown(2, hard) == everybody
    assert unknown(2, hard, of=[f"{IAM}user/bob", f"{IAM}user/cy"]) == ["user/bob"]
    assert unknown(0, maybe, reader) == []
    assert unknown(1, maybe, reader)[-1] == "role/Maybe"
    assert unknown(2, maybe, reader)[0] == "user/ann"
    assert unknown(3, maybe, reader)[:2] == ["user/ann", "user/bob"]
