"""What a comparison tells: regions in the policy's own words, few, tight, and with a witness."""

from __future__ import annotations

import pickle
import string

import pytest

import iamlogic as il
from iamlogic.semantics import allows
from iamlogic.symbolic.reference import Found, Nothing, Unknown, search

Regions = list[tuple[str, list[str], list[str]]]


Json = dict[str, object]


def policy(*statements: Json) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(statements)})


def statement(
    action: str | list[str],
    resource: str | list[str] = "*",
    effect: str = "Allow",
    **more: object,
) -> Json:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def regions(differences: tuple[il.Difference, ...]) -> Regions:
    return [
        (
            difference.statement.effect.value,
            [str(action) for action in difference.region.actions.patterns],
            [str(r) for r in difference.region.resources.patterns]
            if difference.region.resources
            else [],
        )
        for difference in differences
    ]


def gained(before: il.Policy, after: il.Policy) -> Regions:
    comparison = il.compare(before, after)
    assert comparison.complete
    for difference in comparison.gained:
        assert allows(after, difference.witness)
        assert not allows(before, difference.witness)
    return regions(comparison.gained)


A, B, C = (f"arn:aws:s3:::{name}/*" for name in "abc")


def test_only_the_new_action_is_named() -> None:
    before = policy(statement(["s3:GetObject", "s3:ListBucket"], [A, B]))
    after = policy(statement(["s3:GetObject", "s3:ListBucket", "s3:PutObject"], [A, B]))
    assert gained(before, after) == [("Allow", ["s3:PutObject"], [A, B])]


def test_a_new_action_and_a_new_resource_are_two_regions() -> None:
    before = policy(statement(["s3:GetObject", "s3:ListBucket"], [A, B]))
    after = policy(statement(["s3:GetObject", "s3:ListBucket", "s3:PutObject"], [A, B, C]))
    assert sorted(gained(before, after)) == [
        ("Allow", ["s3:GetObject", "s3:ListBucket"], [C]),
        ("Allow", ["s3:PutObject"], [A, B, C]),
    ]


def test_there_are_no_more_regions_than_changed_parts() -> None:
    # Exactly said, it takes three: every action on the two resources it was not allowed on.
    before = policy(*(statement(f"s3:{n}Object", r) for n, r in zip("XYZ", (A, B, C), strict=True)))
    after = policy(statement(["s3:XObject", "s3:YObject", "s3:ZObject"], [A, B, C]))
    assert len(gained(before, after)) == 2


def test_a_pattern_that_another_covers_is_not_named() -> None:
    assert gained(policy(), policy(statement(["s3:GetObject", "s3:Get*"]))) == [
        ("Allow", ["s3:Get*"], ["*"])
    ]


def test_a_pattern_that_others_cover_together_is_not_named() -> None:
    resources = [f"arn:aws:s3:::{name}" for name in ("x*a", "x*b", "x*?", "x")]
    after = policy(statement("s3:*", resources))
    assert gained(policy(), after) == [("Allow", ["s3:*"], ["arn:aws:s3:::x*?", "arn:aws:s3:::x"])]


def test_a_resource_that_no_request_can_have_is_not_named() -> None:
    after = policy(statement("s3:*", ["arn:aws:s3", A]))
    assert gained(policy(), after) == [("Allow", ["s3:*"], [A])]


def test_what_notaction_no_longer_excludes_is_named_by_the_exclusion() -> None:
    before = policy({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"})
    after = policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    assert gained(before, after) == [("Allow", ["sts:*"], ["*"])]


def test_what_notresource_no_longer_excludes_is_named_by_the_exclusion() -> None:
    before = policy({"Effect": "Allow", "Action": "s3:*", "NotResource": [A, B]})
    after = policy({"Effect": "Allow", "Action": "s3:*", "NotResource": [A]})
    assert gained(before, after) == [("Allow", ["s3:*"], [B])]


def test_a_narrowed_deny_is_told_in_the_denys_words() -> None:
    before = policy(statement("s3:*"), statement(["s3:Delete*", "s3:Put*"], [A, B], "Deny"))
    after = policy(statement("s3:*"), statement("s3:Delete*", [A, B], "Deny"))
    comparison = il.compare(before, after)
    assert regions(comparison.gained) == [("Deny", ["s3:Put*"], [A, B])]
    assert comparison.gained[0].policy is before
    assert comparison.gained[0].statement is before.statements[1]


def test_only_the_condition_values_that_are_new_are_named() -> None:
    def tagged(*teams: str) -> Json:
        return {"StringEquals": {"aws:ResourceTag/team": list(teams)}}

    before = policy(statement("s3:*", Condition=tagged("red", "blue")))
    after = policy(statement("s3:*", Condition=tagged("red", "blue", "green")))
    (difference,) = il.compare(before, after).gained
    (condition,) = difference.region.conditions
    assert [str(value) for value in condition.values] == ["green"]
    assert difference.witness.values("aws:ResourceTag/team") == ("green",)


def test_only_the_principals_that_are_new_are_named() -> None:
    def granted(*principals: str) -> il.Policy:
        return policy(
            {"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": "s3:*",
             "Resource": A}
        )  # fmt: skip

    role = "arn:aws:iam::111122223333:role/app"
    (difference,) = il.compare(granted(role), granted(role, "444455556666")).gained
    assert difference.region.principals is not None
    assert [str(entry) for entry in difference.region.principals.entries] == ["444455556666"]
    assert difference.witness.requester.account == "444455556666"


def test_a_statement_repeated_under_another_sid_is_told_once() -> None:
    one, other = statement("s3:*", A, Sid="one"), statement("s3:*", A, Sid="other")
    assert gained(policy(), policy(one, other)) == [("Allow", ["s3:*"], [A])]


def test_notprincipal_in_a_deny_keeps_its_meaning_in_the_region() -> None:
    # R-M11 and R-M13 read NotPrincipal differently; a Deny's region is a Deny's.
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    before = policy(everyone | {"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:*:user/*"}}})
    deny = {"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:GetObject"}
    comparison = il.compare(before, policy(everyone, deny))
    assert comparison.relation is il.Relation.MORE_PERMISSIVE or comparison.lost
    assert comparison.complete


def test_a_difference_stands_where_its_own_policy_has_it() -> None:
    # Equal statements of different files: each difference must show its own.
    written = '{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::x"}'
    nothing = policy()
    for lines in range(3):
        text = '{"Version": "2012-10-17", "Statement": [' + "\n" * lines + written + "]}"
        after = il.parse(text, file=f"{lines}.json")
        (difference,) = il.compare(nothing, after).gained
        assert difference.statement is after.statements[0]
        resources = difference.region.resources
        assert resources is not None
        for where in (
            difference.region.actions.where,
            difference.region.actions.patterns[0].where,
            resources.patterns[0].where,
        ):
            assert (where.file, where.line) == (f"{lines}.json", lines + 1)


def test_two_providers_of_one_account_are_not_the_same() -> None:
    def trust(name: str) -> il.Policy:
        provider = f"arn:aws:iam::111122223333:saml-provider/{name}"
        return policy(
            {"Effect": "Allow", "Principal": {"Federated": provider},
             "Action": "sts:AssumeRoleWithSAML"}
        )  # fmt: skip

    assert il.compare(trust("a"), trust("b")).relation is il.Relation.INCOMPARABLE


def test_witnesses_are_believable() -> None:
    after = policy(statement(["s3:Get*"], "arn:aws:s3:::logs/*"))
    (difference,) = il.compare(policy(), after).gained
    assert difference.witness.action == "s3:GetObject"
    assert difference.witness.resource == "arn:aws:s3:::logs/a"
    assert difference.witness.principal == "arn:aws:iam::111122223333:user/alice"
    assert difference.witness.context == {}


@pytest.mark.parametrize("key", ["aws:SecureTransport", "aws:RequestedRegion", "aws:UserAgent"])
@pytest.mark.parametrize("scope", [None, il.Scope({"Action": "*"})])
def test_a_usual_resource_that_is_denied_with_what_aws_adds_is_no_example(
    key: str, scope: il.Scope | None
) -> None:
    everything = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    denied = statement("*", "arn:aws:s3:::example/a", "Deny", Condition={"Null": {key: "false"}})
    comparison = il.compare(policy(), policy(everything, denied), scope=scope)
    (difference,) = comparison.gained
    assert difference.witness.resource != "arn:aws:s3:::example/a"


def test_a_witness_s_action_is_one_that_no_letter_case_brings_back() -> None:
    # R-M1: with every small letter and digit denied, `S3:A` is denied as well.
    denied = [f"s3:{character}" for character in string.ascii_lowercase + string.digits]
    after = policy(statement("s3:?"), statement(denied, effect="Deny"))
    assert gained(policy(), after) == [("Allow", ["s3:?"], ["*"])]


@pytest.mark.parametrize("key", ["s3:k", "aws:TagKeys"])
def test_null_beside_a_pattern_of_everything_is_told(key: str) -> None:
    before = policy(statement("s3:PutObject", Condition={"StringLike": {key: ["*", "a"]}}))
    after = policy(statement("s3:GetObject", Condition={"Null": {key: "false"}}))
    comparison = il.compare(before, after)
    assert comparison.relation is il.Relation.INCOMPARABLE
    assert regions(comparison.gained) == [("Allow", ["s3:GetObject"], ["*"])]
    assert regions(comparison.lost) == [("Allow", ["s3:PutObject"], ["*"])]


@pytest.mark.parametrize(
    "resource", ["arn:*a" + "?" * 26 + "b:*", "arn:aws:*a" + "?" * 24 + "*x:??:b"]
)
def test_a_star_that_runs_over_segments_is_no_hard_question(resource: str) -> None:
    assert gained(policy(), policy(statement("s3:*", resource))) == [
        ("Allow", ["s3:*"], [resource])
    ]


def test_thousands_of_overlapping_patterns_stay_within_the_bound() -> None:
    # Their account takes far longer; every loop looks at the clock.
    resources = [f"arn:aws:s3:::*{number}*" for number in range(10_000, 14_000)]
    comparison = il.compare(policy(), policy(statement("s3:*", resources)), timeout=2.0)
    assert comparison.relation is il.Relation.MORE_PERMISSIVE
    assert not comparison.complete
    assert comparison.gained


@pytest.mark.parametrize("character", ["\x01", "\n", "\x9b", "é", "😀", "\u202e"])
def test_a_resource_may_hold_any_character(character: str) -> None:
    # R-K17: what a pattern asks for, a request can have; the reference encoding says so too.
    after = policy(statement("s3:*", f"arn:aws:s3:::a{character}*"))
    (difference,) = il.compare(policy(), after).gained
    assert difference.witness.resource == f"arn:aws:s3:::a{character}a"
    assert isinstance(search(after, policy(), timeout=20), Found)


def test_a_bound_that_is_hit_gives_unknown_with_its_reason() -> None:
    before, after = policy(statement("s3:*", A)), policy(statement("s3:*", B))
    comparison = il.compare(before, after, timeout=0.0)
    assert comparison.relation is il.Relation.UNKNOWN
    assert comparison.reason == "the timeout was hit"
    assert not comparison.complete


def test_an_account_cut_short_shows_an_example_and_says_so() -> None:
    # Thirty negated patterns that overlap in every way: the relation is quick, its account is not.
    denied = [f"arn:aws:s3:::*a{'?' * n}b*" for n in range(30)]
    before = policy(statement("s3:*"), statement("s3:*", denied, "Deny"))
    after = policy(statement("s3:*", "arn:aws:s3:::*a*b*"))
    comparison = il.compare(before, after, timeout=1.0)
    assert comparison.relation is il.Relation.INCOMPARABLE
    assert not comparison.complete
    assert comparison.reason is not None
    assert "before the account of the difference was complete" in comparison.reason
    for difference in comparison.gained:
        assert allows(after, difference.witness)


def test_comparisons_survive_pickling() -> None:
    comparison = il.compare(policy(statement("s3:*", A)), policy(statement("s3:*", [A, B])))
    copy = pickle.loads(pickle.dumps(comparison))  # noqa: S301  (our own bytes)
    assert copy == comparison
    assert copy.gained == comparison.gained
    assert copy.complete


def test_an_identity_policy_is_not_compared_with_a_resource_policy() -> None:
    resource = policy({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": A})
    with pytest.raises(il.MixedKinds, match="cannot be compared"):
        il.compare(policy(statement("s3:*")), resource)
    assert il.compare(policy(), resource).relation is il.Relation.MORE_PERMISSIVE


CANONICAL = {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}
CLOUDFRONT = {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EH1HDMB1FH2TC"}
ACCOUNT = {"AWS": "111122223333"}


def reads(principal: object, *, deny: object = None, action: str = "s3:GetObject") -> il.Policy:
    """Who may read a bucket; `deny` is spared by a Deny."""
    on_bucket = {"Action": action, "Resource": "arn:aws:s3:::b/*"}
    statements = [{"Effect": "Allow", "Principal": principal, **on_bucket}]
    if deny is not None:
        statements.append({"Effect": "Deny", "NotPrincipal": deny, **on_bucket})
    return il.parse({"Version": "2012-10-17", "Statement": statements})


@pytest.mark.parametrize("unseen", [CANONICAL, CLOUDFRONT], ids=["canonical user", "CloudFront"])
def test_what_hangs_on_a_principal_of_which_no_request_is_written_is_unknown(
    unseen: dict[str, str],
) -> None:
    (name,) = unseen.values()
    nobody, everybody = il.parse({"Statement": []}), reads("*")
    assert reads(unseen).warnings[0].rule == "R-M8"
    for before, after in (
        (nobody, reads(unseen)),
        (reads(unseen), nobody),
        (reads(unseen), reads(unseen, action="s3:*")),
        (
            reads({**unseen, "Service": "ecs.amazonaws.com"}),
            reads({"Service": "ecs.amazonaws.com"}),
        ),
    ):
        comparison = il.compare(before, after)
        assert comparison.relation is il.Relation.UNKNOWN
        assert name in (comparison.reason or "")
        assert not comparison.complete
    assert il.compare(reads(unseen), reads(unseen)).relation is il.Relation.EQUIVALENT
    assert il.compare(reads(unseen), everybody).relation is il.Relation.MORE_PERMISSIVE
    both = il.compare(reads({**CANONICAL, **CLOUDFRONT}), reads({**CLOUDFRONT, **CANONICAL}))
    assert both.relation is il.Relation.EQUIVALENT


def test_a_principal_of_which_no_request_is_written_hides_no_other_difference() -> None:
    comparison = il.compare(
        reads(CLOUDFRONT), reads({"AWS": [*CLOUDFRONT.values(), "111122223333"]})
    )
    assert comparison.relation is il.Relation.MORE_PERMISSIVE
    assert il.evaluate(comparison.after, comparison.gained[0].witness).outcome.name == "ALLOWED"


def test_a_deny_that_spares_a_principal_of_which_no_request_is_written() -> None:
    assert il.compare(reads("*", deny=CLOUDFRONT), reads("*", deny=ACCOUNT)).relation in (
        il.Relation.UNKNOWN,
        il.Relation.MORE_PERMISSIVE,
        il.Relation.INCOMPARABLE,
    )
    assert (
        il.compare(reads("*", deny=CLOUDFRONT), il.parse({"Statement": []})).relation
        is il.Relation.UNKNOWN
    )


def test_the_reference_says_of_such_principals_what_the_default_does() -> None:
    nobody, everybody = il.parse({"Statement": []}), reads("*")
    assert isinstance(search(reads(CLOUDFRONT), nobody), Unknown)
    assert isinstance(search(reads({**CANONICAL, **ACCOUNT}), nobody), Found)
    assert isinstance(search(reads(CANONICAL), everybody), Nothing)
    spared = reads("*", deny={"AWS": ["111122223333", *CLOUDFRONT.values()]})
    assert isinstance(search(spared, reads("*", deny=ACCOUNT)), Unknown)


TIMES = [
    {operator: {key: value}}
    for key in ("aws:CurrentTime", "aws:EpochTime")
    for operator, value in (
        ("NumericLessThan", "10"),
        ("DateEquals", "1577836800"),
        ("StringEquals", "2020"),
        ("IpAddress", "10.0.0.0/8"),
    )
]


def test_clocks_compared_as_what_they_are_not_are_no_accident() -> None:
    """One instant, whatever operators look at it: an answer or unknown, with its assumptions."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policies = [il.parse({"Statement": {**everything, "Condition": c}}) for c in TIMES]
    never = policies[3], policies[7]
    for before in policies:
        for after in policies:
            comparison = il.compare(before, after)
            assert comparison.relation is not il.Relation.UNKNOWN or comparison.reason
            assert isinstance(comparison.assumptions, tuple)
            _ = comparison.gained, comparison.lost
    assert il.compare(*never).relation is il.Relation.EQUIVALENT  # R-C20: no time is an address
