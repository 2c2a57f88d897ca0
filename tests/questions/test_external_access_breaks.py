"""External access against deliberate mistakes: each test fails for one that no other test saw."""

from __future__ import annotations

from dataclasses import replace

import pytest

import iamlogic as il
from iamlogic.catalog.resource_types import RESOURCE_TYPES
from iamlogic.errors import IamlogicError, InternalError
from iamlogic.questions.external.descent import Descent
from iamlogic.questions.external.preview import compared
from iamlogic.questions.external.witness import Witnesses
from iamlogic.symbolic import refutation
from iamlogic.symbolic.inclusion import covers
from iamlogic.symbolic.languages import ANY, Ref, Template, matches, sequence, spell, without
from iamlogic.symbolic.terms import SomeValue
from tests.strategies.external import OURS

HERE, THERE, ELSEWHERE = "111122223333", "444455556666", "777788889999"
ZONE = il.Zone(accounts={HERE})
BUCKET = "arn:aws:s3:::b"
SERVICE = {"Service": "cloudtrail.amazonaws.com"}


def allow(**more: object) -> dict[str, object]:
    head = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*", **more}
    return head if "NotPrincipal" in more else {"Principal": "*", **head}


def deny(**more: object) -> dict[str, object]:
    statement = allow(**{"Action": "s3:*", "Resource": "*", **more})
    if "NotResource" in more:
        del statement["Resource"]
    return {**statement, "Effect": "Deny"}


def policy(*statements: dict[str, object]) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(statements)})


def access(
    *statements: dict[str, object], zone: il.Zone = ZONE, **more: object
) -> il.ExternalAccess:
    options = {"resource_type": "AWS::S3::Bucket", **more}
    return il.external_access(policy(*statements), zone, **options)  # type: ignore[arg-type]


def under(**conditions: object) -> dict[str, object]:
    """An Allow for everyone under `operator={key: values}`; `__` in the operator is a colon."""
    return allow(Condition={name.replace("__", ":"): keys for name, keys in conditions.items()})


def keys(finding: il.Finding) -> list[str]:
    return [f"{each.operator} {each.key}" for each in finding.conditions]


FROM_ENDPOINT = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
LONG = [f"{number:012}" for number in range(300)]


# What grants are


def test_a_list_that_is_no_choice_stays_whole() -> None:
    """Some value that is neither of two is more than some value that is not the one."""
    (finding,) = access(under(ForAnyValue__StringNotEquals={"aws:TagKeys": ["a", "b"]}))
    assert finding.witness is not None
    context = {**finding.witness.context, "aws:TagKeys": ["a"]}
    assert not finding.covers(replace(finding.witness, context=context))


def test_a_key_that_no_value_of_fits_is_asked_to_be_absent() -> None:
    (finding,) = access(under(StringNotLike={"aws:PrincipalOrgID": "*"}))
    assert keys(finding) == ["StringNotLike aws:PrincipalOrgID"]


def test_denies_for_all_but_one_resource_keep_their_exceptions_apart() -> None:
    first, second = f"{BUCKET}/1", f"{BUCKET}/2"
    found = access(
        allow(Resource=[first, second]),
        deny(NotResource=first, Condition=FROM_ENDPOINT),
        deny(NotResource=second, Condition=FROM_ENDPOINT),
    )
    assert [keys(finding) for finding in found] == [["StringEquals aws:SourceVpce"]]


def test_what_passes_a_deny_elsewhere_does_not_pass_it_here() -> None:
    """On the first resource a request must be over TLS, so that it is denied elsewhere."""
    first, second = f"{BUCKET}/1", f"{BUCKET}/2"
    found = access(
        allow(Resource=[first, second]),
        deny(Resource=first, Condition={**FROM_ENDPOINT, "Bool": {"aws:SecureTransport": "true"}}),
        deny(Resource=first, Condition={"Bool": {"aws:SecureTransport": "false"}}),
    )
    seen = sorted((finding.resources, keys(finding)) for finding in found)
    assert seen == [((first,), ["StringEquals aws:SourceVpce"]), ((second,), [])]


def test_the_resource_s_account_is_ours_in_resources_too() -> None:
    """R-X17."""
    but_own = deny(NotResource=f"{BUCKET}/${{aws:ResourceAccount}}/*")
    assert not access(allow(Resource=f"{BUCKET}/{THERE}/*"), but_own)
    assert access(allow(Resource=f"{BUCKET}/{HERE}/*"), but_own)


def test_a_narrower_condition_of_a_deny_takes_the_wider_one_s_place() -> None:
    wide = under(StringLike={"aws:SourceVpce": "vpce-*"})
    (finding,) = access(wide, deny(Condition=FROM_ENDPOINT))
    assert keys(finding) == ["StringEquals aws:SourceVpce"]
    assert finding.id == access(under(StringEquals={"aws:SourceVpce": "vpce-1"}))[0].id


def test_of_several_lists_the_longest_stays_whole() -> None:
    several = {"aws:PrincipalAccount": LONG, "aws:SourceVpce": ["vpce-1", "vpce-2"]}
    assert len(access(under(StringEquals=several))) == 2


def test_a_requester_is_all_that_the_finding_s_principals_say() -> None:
    (finding,) = access(allow(NotPrincipal={"AWS": ELSEWHERE}), deny(NotPrincipal={"AWS": THERE}))
    assert finding.witness is not None
    assert finding.witness.requester.account == THERE
    other = finding.witness.principal.replace(THERE, "222233334444")
    assert not finding.covers(replace(finding.witness, principal=other))


def test_an_example_passes_the_denies_of_its_own_box() -> None:
    """A Deny that has to do with one of two boxes counts there."""
    plain = {"Bool": {"aws:SecureTransport": "true"}}
    put = {"Action": "s3:Put*", "Resource": f"{BUCKET}/2"}
    found = access(
        allow(Principal={"AWS": THERE}, Action="s3:Get*", Resource=f"{BUCKET}/1"),
        allow(Principal={"AWS": THERE}, **put),
        allow(**put),
        deny(Action="s3:Get*", Resource=f"{BUCKET}/1", Condition=plain),
    )
    (finding,) = (each for each in found if each.principal == THERE)
    assert finding.witness is not None
    assert finding.witness.values("aws:SecureTransport") == ("false",)


def test_no_exception_is_shown_that_takes_nothing() -> None:
    most = {key: value for key, value in allow().items() if key != "Action"}
    found = access(
        {**most, "NotAction": "s3:Delete*"}, deny(Action="s3:Get*", Condition=FROM_ENDPOINT)
    )
    (narrow,) = (finding for finding in found if finding.conditions)
    assert (narrow.actions, narrow.except_actions) == (("s3:Get*",), ())


def test_a_finding_covers_nothing_of_its_exceptions() -> None:
    (finding,) = access(
        allow(Action="s3:*"), deny(Action="s3:GetObject"), deny(Resource=f"{BUCKET}/x")
    )
    for action, name, held in (
        ("s3:PutObject", "a", True),
        ("s3:GetObject", "a", False),
        ("s3:PutObject", "x", False),
    ):
        user = f"arn:aws:iam::{THERE}:user/u"
        assert finding.covers(il.Request(user, action, f"{BUCKET}/{name}")) is held


def test_what_one_deny_takes_out_another_does_not_put_back() -> None:
    found = access(
        allow(Action="s3:*"),
        deny(Action=["s3:GetObject", "s3:Delete*"]),
        deny(Action="s3:Get*", Condition=FROM_ENDPOINT),
    )
    (narrow,) = (finding for finding in found if finding.conditions)
    assert (narrow.actions, narrow.except_actions) == (("s3:Get*",), ("s3:GetObject",))


def test_a_deny_narrows_what_another_has_made_narrow() -> None:
    """By address a request passes the first, which from the endpoint lets in partners alone."""
    address = {"aws:SourceIp": "203.0.113.0/24"}
    found = access(
        allow(),
        deny(
            Condition={
                "StringNotEquals": {"aws:PrincipalOrgID": "o-partnerorgid"},
                "StringEquals": {"aws:SourceVpce": "vpce-1"},
            }
        ),
        deny(Condition={**FROM_ENDPOINT, "NotIpAddress": address}),
    )
    assert sorted(finding.principal for finding in found) == ["*", "o-partnerorgid"]


def test_a_deny_narrows_nothing_that_only_an_unseen_requester_passes() -> None:
    user = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    found = access(
        allow(),
        deny(NotPrincipal={"CanonicalUser": user}),
        deny(Condition={**FROM_ENDPOINT, "Bool": {"aws:SecureTransport": "true"}}),
    )
    assert found.complete
    assert [(finding.principal, keys(finding)) for finding in found] == [(user, [])]


def test_if_exists_of_what_no_value_is_lets_in_who_lacks_the_key() -> None:
    (finding,) = access(under(ArnEqualsIfExists={"aws:SourceArn": "arn"}))
    assert finding.witness is not None
    assert not finding.witness.values("aws:SourceArn")


def test_a_time_is_told_in_two_scales() -> None:
    (finding,) = access(
        under(NumericGreaterThan={"aws:EpochTime": "2000000000"}),
        under(DateGreaterThan={"aws:EpochTime": "2020-01-01T00:00:00Z"}),
    )
    assert keys(finding) == ["DateGreaterThan aws:EpochTime"]


def test_a_finding_that_two_others_hold_between_them_is_none() -> None:
    one, two = {"Resource": f"{BUCKET}/1"}, {"Action": "s3:PutObject", "Resource": f"{BUCKET}/2"}
    theirs = {"Principal": {"AWS": THERE}}
    but_one = {"NotPrincipal": {"AWS": ELSEWHERE}}
    for first, second in (
        (allow(**one), allow(**two, **but_one)),
        (allow(**two), allow(**one, **but_one)),
    ):
        found = access(allow(**one, **theirs), allow(**two, **theirs), first, second)
        assert [finding.principal for finding in found] == ["*", "*"]


def test_exceptions_are_shown_where_only_some_patterns_have_them() -> None:
    (finding,) = access(
        allow(Principal={"AWS": THERE}, Action="s3:Get*", Resource=f"{BUCKET}/1"),
        allow(Principal={"AWS": THERE}, Action="s3:Put*", Resource=f"{BUCKET}/2"),
        deny(Action="s3:GetObject"),
    )
    assert finding.except_actions == ("s3:GetObject",)


def test_a_service_that_everyone_s_grant_holds_is_no_finding_of_its_own() -> None:
    found = access(allow(Action="s3:Get*"), allow(Principal=SERVICE))
    assert [finding.principal for finding in found] == ["*"]
    assert not found.confused_deputies


def test_a_grant_under_a_condition_holds_no_service_s_without() -> None:
    found = access(under(Bool={"aws:SecureTransport": "true"}), allow(Principal=SERVICE))
    assert [deputy.principal for deputy in found.confused_deputies] == [SERVICE["Service"]]


def test_a_grant_with_exceptions_holds_no_service_s_without() -> None:
    but_one = {key: value for key, value in allow().items() if key != "Action"}
    found = access({**but_one, "NotAction": "s3:GetObject"}, allow(Principal=SERVICE, Action="*"))
    assert [deputy.principal for deputy in found.confused_deputies] == [SERVICE["Service"]]


def test_a_service_that_a_wide_grant_excepts_is_one() -> None:
    excepted = allow(NotPrincipal=SERVICE)
    (deputy,) = access(excepted, allow(Principal=SERVICE)).confused_deputies
    assert deputy.principal == SERVICE["Service"]


# Ids


def test_ids_tell_conditions_apart() -> None:
    tags, time = "aws:TagKeys", "aws:CurrentTime"
    day = "2026-01-01T00:00:00Z"
    statements = [
        under(StringEquals={"aws:SourceVpce": "vpce-1"}),
        under(StringNotEquals={"aws:SourceVpce": "vpce-1"}),
        under(StringEqualsIfExists={"aws:SourceVpce": "vpce-1"}),
        under(StringEqualsIgnoreCase={"aws:SourceVpce": "vpce-1"}),
        under(StringLike={"s3:prefix": "a*"}),
        under(StringEquals={"s3:prefix": "a*"}),
        under(ForAnyValue__StringEquals={tags: "a"}),
        under(ForAnyValue__StringNotEquals={tags: "a"}),
        under(ForAllValues__StringEquals={tags: "a"}),
        under(ForAllValues__StringNotEquals={tags: "a"}),
        under(StringEquals={"s3:prefix": "${aws:PrincipalTag/team, 'a'}"}),
        under(StringEquals={"s3:prefix": "${aws:PrincipalTag/team, 'b'}"}),
        under(StringEquals={"s3:prefix": "${aws:PrincipalTag/team}"}),
        under(StringEqualsIgnoreCase={"s3:prefix": "${aws:PrincipalTag/team}"}),
        under(DateLessThan={time: day}),
        under(DateLessThanEquals={time: day}),
        under(NumericLessThan={"s3:max-keys": "10"}),
        under(NumericLessThanEquals={"s3:max-keys": "10"}),
        allow(NotPrincipal={"AWS": THERE}),
        allow(NotPrincipal={"AWS": ELSEWHERE}),
    ]
    ids = [finding.id for statement in statements for finding in access(statement)]
    assert len(set(ids)) == len(ids) == len(statements)


def test_an_id_has_what_is_taken_from_the_wider_of_two_patterns() -> None:
    """One pattern holds another only with what it is without."""
    endpoint = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    closed = access(allow(Condition=endpoint), deny(Resource=f"{BUCKET}/x"))
    opened = access(
        allow(Condition=endpoint), deny(Resource=f"{BUCKET}/x", Condition=FROM_ENDPOINT)
    )
    assert closed[0].id != opened[0].id
    get = allow(Action="s3:Get*", Condition=endpoint)
    closed = access(get, deny(Action="s3:GetObject"))
    assert closed[0].id != access(get)[0].id
    opened = access(get, deny(Action="s3:GetObject", Condition=FROM_ENDPOINT))
    assert closed[0].id != opened[0].id


def test_an_outsider_and_a_service_under_the_same_condition_are_two_ids() -> None:
    found = access(under(StringEquals={"aws:SourceOwner": THERE}))
    (outsider,), (deputy,) = found, found.confused_deputies
    assert outsider.id != deputy.id


# Who, and public


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        ({"StringEquals": {"aws:SourceVpce": "vpce-*"}}, False),  # a star of one endpoint's name
        ({"StringLike": {"aws:SourceVpce": "vpce-*"}}, True),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, False),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.7/8"}}, False),
        ({"StringEquals": {"aws:SourceIp": "203.0.113.7"}}, False),
        ({"StringLike": {"aws:SourceIp": "203.0.113.*"}}, True),
    ],
)
def test_what_bounds_from_where(condition: dict[str, object], public: bool) -> None:  # noqa: FBT001
    (finding,) = access(allow(Condition=condition))
    assert finding.is_public is public


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{THERE}:*"}}, False),
        ({"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:*:{THERE}:*"}}, False),
        ({"StringLike": {"aws:SourceArn": f"arn:aws:sns:*:{THERE}:*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:t"}}, True),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:sns:*:*:t"}}, True),
        ({"ArnLike": {"aws:SourceArn": BUCKET}}, False),
        ({"StringEquals": {"aws:SourceOrgID": OURS}}, False),
        ({"StringEquals": {"aws:SourceAccount": THERE}}, False),
        ({"StringLike": {"aws:SourceAccount": "4*"}}, True),
        ({"StringEquals": {"aws:UserId": "anonymous"}}, True),
        ({"StringLike": {"aws:UserId": "AROAEXAMPLE:*"}}, True),
        ({"StringEquals": {"aws:UserId": "AIDAEXAMPLE"}}, False),
        ({"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "k"}}, False),
    ],
)
def test_what_bounds_from_where_where_any_request_counts(
    condition: dict[str, object],
    public: bool,  # noqa: FBT001
) -> None:
    found = access(allow(Condition=condition), all_requests=True)
    assert [finding.is_public for finding in found] == [public]


def test_s3_s_meaning_of_public_is_that_of_all_its_services() -> None:
    own = {"Condition": {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}}
    directory = policy(allow(Action="s3express:*", Resource="*", **own))
    queue = policy(allow(Action="sqs:*", Resource="*", **own))
    as_s3 = il.is_public(directory, resource_type="AWS::S3Express::DirectoryBucket")
    assert as_s3.verdict is il.Verdict.HOLDS
    assert il.is_public(queue, resource_type="AWS::SQS::Queue").verdict is il.Verdict.FAILS


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalServiceName": "sns.amazonaws.com"}},
        {"ForAnyValue:StringEquals": {"aws:PrincipalServiceNamesList": "sns.amazonaws.com"}},
    ],
)
def test_a_condition_names_the_service(condition: dict[str, object]) -> None:
    (deputy,) = access(allow(Condition=condition)).confused_deputies
    assert (deputy.principal, deputy.principal_kind) == (
        "sns.amazonaws.com",
        il.OutsiderKind.SERVICE,
    )


def test_a_zone_knows_for_whom_a_service_acts() -> None:
    zone = il.Zone({HERE}, OURS, {"o-partnerorgid/r-1/"}, {"sns.amazonaws.com"})
    for principal, context, inside in (
        ("sns.amazonaws.com", {}, True),
        ("s3.amazonaws.com", {}, False),
        ("s3.amazonaws.com", {"aws:SourceOwner": HERE}, True),
        ("s3.amazonaws.com", {"aws:SourceAccount": HERE}, True),
        ("s3.amazonaws.com", {"aws:SourceArn": f"arn:aws:s3:r:{HERE}:x"}, True),
        ("s3.amazonaws.com", {"aws:SourceArn": f"arn:aws:s3:{HERE}:{THERE}:x"}, False),
        ("s3.amazonaws.com", {"aws:SourceOrgID": OURS}, True),
        ("s3.amazonaws.com", {"aws:SourceOrgPaths": [f"{OURS}/r-2/"]}, True),
        ("s3.amazonaws.com", {"aws:SourceOrgPaths": [f"{OURS}2/r-2/"]}, False),
        ("s3.amazonaws.com", {"aws:SourceOrgPaths": ["o-partnerorgid/r-1/ou-1/"]}, True),
    ):
        request = il.Request(principal, "s3:GetObject", f"{BUCKET}/a", context)
        assert zone.is_acted_for(request) is inside, (principal, context)


def test_a_zone_knows_whom_its_paths_hold() -> None:
    zone = il.Zone(org_paths={"o-partnerorgid/r-1/"})
    for path, inside in (("o-partnerorgid/r-1/ou-1/", True), ("o-partnerorgid/r-2/", False)):
        context = {"aws:PrincipalOrgID": "o-partnerorgid", "aws:PrincipalOrgPaths": [path]}
        user = f"arn:aws:iam::{THERE}:user/u"
        request = il.Request(user, "s3:GetObject", f"{BUCKET}/a", context)
        assert zone.trusts(request) is inside


def test_a_tenant_is_fixed_by_any_text_without_wildcards() -> None:
    host = "token.actions.githubusercontent.com"
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{HERE}:oidc-provider/{host}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{host}:sub": "repo"}},
    }
    (finding,) = access(trust, resource_type=None)
    assert not finding.is_public


def test_a_long_list_with_a_variable_is_more_than_the_variable() -> None:
    tag = "${aws:PrincipalTag/team}"
    (finding,) = access(
        under(ForAnyValue__StringEquals={"aws:TagKeys": [*LONG, tag]}),
        deny(Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": tag}}),
    )
    assert finding.witness is not None


def test_one_value_of_a_list_that_is_the_resource_s_does_not_bound_the_others() -> None:
    values = [*LONG, "${aws:ResourceAccount}", "4*"]
    statement = allow(Action="sqs:*", Resource="*")
    statement["Condition"] = {"StringLike": {"aws:PrincipalAccount": values}}
    (finding,) = access(statement, resource_type="AWS::SQS::Queue")
    assert finding.is_public


def test_a_list_of_owners_too_long_to_be_taken_apart_bounds() -> None:
    (finding,) = access(under(StringEquals={"aws:SourceOwner": LONG}))
    assert not finding.is_public


def test_what_only_begins_with_an_account_is_none() -> None:
    key = {"StringEquals": {"aws:UserId": f"{THERE}0"}}
    assert [f.principal for f in access(allow(Condition=key), all_requests=True)] == ["*"]


def test_what_is_no_path_is_of_no_organization() -> None:
    path = {"aws:PrincipalOrgPaths": "o-partnerorgid"}
    found = access(under(ForAnyValue__StringEquals=path), all_requests=True)
    assert [finding.principal for finding in found] == ["*"]


def test_a_resource_whose_organization_nobody_says_may_be_ours() -> None:
    unsaid = under(Null={"aws:ResourceOrgID": "true"})
    assert access(unsaid, zone=il.Zone(organization=OURS))


def test_an_organization_trusts_requesters_who_belong_to_an_account() -> None:
    zone = il.Zone(organization=OURS)
    context = {"aws:PrincipalOrgID": OURS}
    request = il.Request("anonymous", "s3:GetObject", f"{BUCKET}/a", context)
    assert not zone.trusts(request)
    found = access(under(StringEquals=context), zone=zone, all_requests=True)
    assert any(finding.covers(request) for finding in found)
    paths = {"aws:PrincipalOrgPaths": [f"{OURS}/r-1/"]}
    request = il.Request("anonymous", "s3:GetObject", f"{BUCKET}/a", paths)
    below = under(ForAnyValue__StringEquals=paths)
    found = access(below, zone=il.Zone(org_paths=[f"{OURS}/r-1/"]), all_requests=True)
    assert any(finding.covers(request) for finding in found)


def test_an_identity_of_one_kind_comes_by_no_call_of_the_other() -> None:
    provider = f"arn:aws:iam::{HERE}:oidc-provider/accounts.google.com"
    trust = {"Effect": "Allow", "Principal": {"Federated": provider}}
    assert access({**trust, "Action": "sts:AssumeRoleWithWebIdentity"}, resource_type=None)
    assert not access({**trust, "Action": "sts:AssumeRoleWithSAML"}, resource_type=None)


def test_the_public_check_refuses_types_that_aws_s_does() -> None:
    for each in RESOURCE_TYPES:
        if not each.public_check:
            with pytest.raises(IamlogicError, match="is_public and external_access take it"):
                il.check_no_public_access(policy(allow()), each.name)


def test_a_resource_s_organization_is_that_of_its_account() -> None:
    """R-K11."""
    ours = {"StringEquals": {"aws:ResourceOrgID": OURS}}
    nobody_s = {**ours, "Null": {"aws:ResourceAccount": "true"}}
    assert access(allow(Condition=ours), zone=il.Zone())
    assert not access(allow(Condition=nobody_s), zone=il.Zone())


# The languages that it is told in


BUT_COLON = without(ANY, ":")


def test_the_wider_of_two_loops_at_one_place_stands() -> None:
    assert ":" not in BUT_COLON
    for parts in ([(BUT_COLON,), (ANY,)], [(ANY,), (BUT_COLON,)]):
        assert sequence(parts).takes("a:b")


def test_a_star_that_is_written_out_is_no_wildcard() -> None:
    spelled = spell(["a*", (ANY,)])
    assert matches(spelled, "a*b")
    assert not matches(spelled, "ab")


def test_what_covers_the_values_of_a_variable() -> None:
    loop = spell([(BUT_COLON,)])
    assert not covers(loop, spell([Ref("k", ANY)]))
    assert covers(loop, spell([Ref("k", ANY, stops=":")]))
    assert not covers(loop, spell([Ref("k", BUT_COLON, default="a:b")]))
    assert covers(loop, spell([Ref("k", BUT_COLON, default="a")]))
    exact, any_case = spell([Ref("k", ANY)]), spell([Ref("k", ANY, any_case=True)])
    assert covers(any_case, exact)
    assert not covers(exact, any_case)


def test_a_demand_is_taken_only_with_all_that_meets_it() -> None:
    one, other = (spell([Ref(key, ANY)]) for key in ("k", "l"))
    demand = SomeValue("v", (one, other), outside=False)
    assert refutation._takes(demand, SomeValue("v", (one,), outside=False))
    assert not refutation._takes(SomeValue("v", (one,), outside=False), demand)


def test_a_value_is_read_in_any_case_where_case_is_ignored() -> None:
    template = spell([Ref("k", ANY, any_case=True)])
    assert isinstance(template, Template)
    assert matches(template.substitute({"k": "aB"}), "Ab")


def test_an_example_has_what_goes_with_what_it_has() -> None:
    (finding,) = access(under(StringEquals={"aws:PrincipalOrgID": "o-partnerorgid"}))
    assert finding.witness is not None
    (path,) = finding.witness.values("aws:PrincipalOrgPaths")
    assert path.startswith("o-partnerorgid/")


# What confirms an answer


def test_grants_that_the_descent_loses_are_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Descent, "grants", lambda *_: [])
    with pytest.raises(InternalError, match="miss a request"):
        access(allow())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"action": "s3:PutObject"}, "does not allow"),
        ({"resource": f"{BUCKET}/denied"}, "does not allow"),
        ({"principal": f"arn:aws:iam::{HERE}:user/u"}, "not from outside"),
        (
            {"context": {"aws:SourceVpce": "vpce-1", "aws:SourceIp": "10.0.0.1"}},
            "AWS does not send",
        ),
    ],
)
def test_a_wrong_example_is_none(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, object], message: str
) -> None:
    request = il.Request(f"arn:aws:iam::{THERE}:user/u", "s3:GetObject", f"{BUCKET}/a")
    made = replace(request, **wrong)  # type: ignore[arg-type]
    monkeypatch.setattr(Witnesses, "request", lambda *_: made)
    with pytest.raises(InternalError, match=message):
        access(allow(), deny(Resource=f"{BUCKET}/denied"))


def test_an_example_is_one_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not say whether it came over TLS."""
    made = il.Request(f"arn:aws:iam::{THERE}:user/u", "s3:GetObject", f"{BUCKET}/a")
    monkeypatch.setattr(Witnesses, "request", lambda *_: made)
    with pytest.raises(InternalError, match="does not allow"):
        access(under(Bool={"aws:SecureTransport": "true"}))


def test_an_example_of_another_finding_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    made = il.Request(f"arn:aws:iam::{ELSEWHERE}:user/u", "s3:GetObject", f"{BUCKET}/a")
    monkeypatch.setattr(Witnesses, "request", lambda *_: made)
    with pytest.raises(InternalError, match="none of its finding"):
        access(allow(Principal={"AWS": [THERE, ELSEWHERE]}))


# A change, and whether it is public


def test_a_preview_takes_what_the_question_takes() -> None:
    nothing, acl = policy(allow(Principal={"AWS": HERE})), policy(allow())
    block = il.BlockPublicAccess(ignore_public_acls=True)
    bucket = "AWS::S3::Bucket"
    for options, unchanged in (
        ({"sharing": [acl]}, 1),
        ({"sharing": iter([acl])}, 1),
        ({"sharing": [acl], "block_public_access": block}, 0),
    ):
        seen = il.preview_external_access(
            nothing,
            nothing,
            ZONE,
            resource_type=bucket,
            **options,  # type: ignore[arg-type]
        )
        assert len(seen.unchanged) == unchanged
    service = policy(allow(Principal=SERVICE))
    assert len(il.preview_external_access(nothing, service, ZONE, resource_type=bucket).new) == 1
    unseen = policy(under(StringEquals={"aws:SourceArn": f"arn:aws:s3:::{BUCKET}"}))
    for all_requests in (False, True):
        seen = il.preview_external_access(nothing, unseen, ZONE, all_requests=all_requests)
        assert bool([f for f in seen.new if f.kind is il.FindingKind.EXTERNAL_ACCESS]) is (
            all_requests
        )


def test_a_preview_says_of_which_side_nothing_is_known() -> None:
    known, unknown = il.ExternalAccess(()), il.ExternalAccess((), reason="too hard")
    assert compared(known, known).complete
    assert compared(unknown, known).reason == "before: too hard"
    assert compared(known, unknown).reason == "after: too hard"


def test_is_public_takes_what_shares_the_resource() -> None:
    closed, acl = policy(allow(Principal={"AWS": HERE})), policy(allow())
    bucket = "AWS::S3::Bucket"
    block = il.BlockPublicAccess(ignore_public_acls=True)
    assert il.is_public(closed, resource_type=bucket, sharing=[acl]).verdict is il.Verdict.HOLDS
    ignored = il.is_public(closed, resource_type=bucket, sharing=[acl], block_public_access=block)
    assert ignored.verdict is il.Verdict.FAILS
    late = il.is_public(acl, resource_type=bucket, timeout=1e-9)
    assert late.verdict is il.Verdict.UNKNOWN
    both = il.is_public(
        policy(
            allow(),
            allow(Action="s3:PutObject", Condition={"Bool": {"aws:SecureTransport": "true"}}),
        ),
        resource_type=bucket,
    )
    assert len(both.statements) == 2
