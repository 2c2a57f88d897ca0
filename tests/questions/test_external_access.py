"""External access: what a finding says, that there are few, and that ids follow the meaning."""

from __future__ import annotations

import copy
import pickle
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.syntax.policy import PolicyKind
from iamlogic.testing.strategies.elements import Json
from iamlogic.testing.strategies.policies import statement_documents
from tests.depth import examples
from tests.strategies.external import EXTERNAL, OURS, zones

HERE, THERE, ELSEWHERE, OTHER = "111122223333", "444455556666", "777788889999", "123456789012"
ZONE = il.Zone(accounts={HERE})
BUCKET = "arn:aws:s3:::b"


def allow(
    principal: object = "*", action: object = "s3:GetObject", **more: object
) -> dict[str, object]:
    head = {"Effect": "Allow", "Principal": principal, "Action": action}
    return {**head, "Resource": f"{BUCKET}/*", **more}


def deny(action: object = "s3:*", **more: object) -> dict[str, object]:
    return {**allow("*", action), "Effect": "Deny", **more}


def access(
    *statements: dict[str, object], zone: il.Zone = ZONE, **more: object
) -> il.ExternalAccess:
    policy = il.parse({"Version": "2012-10-17", "Statement": list(statements)})
    options = {"resource_type": "AWS::S3::Bucket", **more}
    return il.external_access(policy, zone, **options)  # type: ignore[arg-type]


def told(findings: il.ExternalAccess) -> list[tuple[str, tuple[str, ...], list[str]]]:
    return [
        (f.principal, f.actions, [f"{c.key}={','.join(map(str, c.values))}" for c in f.conditions])
        for f in findings
    ]


def test_each_principal_and_each_value_is_a_finding() -> None:
    address = {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]}}
    found = access(
        allow({"AWS": [THERE, HERE, f"arn:aws:iam::{ELSEWHERE}:role/R"]}),
        allow(Condition=address),
    )
    assert sorted(told(found)) == [
        ("*", ("s3:GetObject",), ["aws:SourceIp=198.51.100.0/24"]),
        ("*", ("s3:GetObject",), ["aws:SourceIp=203.0.113.0/24"]),
        (THERE, ("s3:GetObject",), []),
        (f"arn:aws:iam::{ELSEWHERE}:role/R", ("s3:GetObject",), []),
    ]


def test_statements_with_the_same_principal_are_one_finding() -> None:
    found = access(allow({"AWS": THERE}), allow({"AWS": THERE}, "s3:PutObject", Sid="Write"))
    (finding,) = found
    assert finding.actions == ("s3:GetObject", "s3:PutObject")
    assert [statement.sid for statement in finding.statements] == [None, "Write"]


def test_what_a_wider_grant_holds_is_no_finding() -> None:
    found = access(
        allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        allow(Condition={"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}),
        allow(action="s3:Get*", Condition={"IpAddress": {"aws:SourceIp": "10.1.2.0/24"}}),
    )
    assert sorted(told(found)) == [
        ("*", ("s3:Get*",), ["aws:SourceIp=10.1.2.0/24"]),
        ("*", ("s3:GetObject",), ["aws:SourceIp=10.0.0.0/8"]),
    ]


def test_a_deny_takes_actions_out_and_narrows_the_rest() -> None:
    found = access(
        allow(action="s3:*"),
        deny("s3:GetObject", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}),
        deny("s3:Delete*"),
    )
    narrow, wide = sorted(found, key=lambda finding: len(finding.actions[0]), reverse=True)
    assert (wide.actions, wide.except_actions) == (("s3:*",), ("s3:Delete*", "s3:GetObject"))
    assert wide.is_public
    assert wide.conditions == ()
    assert (narrow.actions, narrow.except_actions) == (("s3:GetObject",), ())
    assert [condition.key for condition in narrow.conditions] == ["aws:SourceVpce"]
    assert str(narrow.conditions[0].operator) == "StringEquals"
    assert not narrow.is_public


def test_a_deny_that_one_of_two_conditions_escapes_leaves_both_ways() -> None:
    unless = {
        "StringNotEquals": {"aws:SourceVpce": "vpce-1"},
        "NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"},
    }
    found = access(allow(), deny(Condition=unless))
    keys = sorted(condition.key for finding in found for condition in finding.conditions)
    assert keys == ["aws:SourceIp", "aws:SourceVpce"]


def test_a_deny_that_requests_escape_by_lacking_a_key_narrows_nothing() -> None:
    found = access(
        allow(), deny(Condition={"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1"}})
    )
    assert [c.key for f in found for c in f.conditions] == ["aws:SourceVpce"]
    loose = {"StringNotLike": {"aws:SourceVpce": "vpce-1"}, "Null": {"aws:SourceVpce": "false"}}
    assert told(access(allow(), deny(Condition=loose))) == [("*", ("s3:GetObject",), [])]


def test_denies_take_effect_whatever_their_order() -> None:
    """The one narrows only what the other has narrowed: both orders come to the same."""
    first = deny(
        Condition={
            "StringNotEquals": {"aws:PrincipalOrgID": "o-partnerorgid"},
            "Bool": {"aws:SecureTransport": "true"},
        }
    )
    second = deny(Condition={"Bool": {"aws:SecureTransport": "false"}})
    one, other = access(allow(), first, second), access(allow(), second, first)
    assert [f.principal for f in one] == [f.principal for f in other] == ["o-partnerorgid"]
    assert [f.id for f in one] == [f.id for f in other]


def test_who_star_really_is() -> None:
    for condition, principal, kind in (
        ({"StringEquals": {"aws:PrincipalAccount": THERE}}, THERE, il.OutsiderKind.ACCOUNT),
        (
            {"StringEquals": {"aws:PrincipalOrgID": "o-partner1234"}},
            "o-partner1234",
            il.OutsiderKind.ORGANIZATION,
        ),
        (
            {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-partner1234/r-1/*"}},
            "o-partner1234",
            il.OutsiderKind.ORGANIZATION,
        ),
        (
            {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{THERE}:role/x*"}},
            THERE,
            il.OutsiderKind.ACCOUNT,
        ),
        (
            {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{THERE}:role/x"}},
            f"arn:aws:iam::{THERE}:role/x",
            il.OutsiderKind.ROLE,
        ),
        (
            {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{THERE}:root"}},
            f"arn:aws:iam::{THERE}:root",
            il.OutsiderKind.ROOT,
        ),
        (
            {"StringLike": {"aws:PrincipalArn": f"arn:*:iam::{THERE}:role/x"}},
            "*",
            il.OutsiderKind.EVERYONE,
        ),
        ({"StringLike": {"aws:PrincipalAccount": "4444*"}}, "*", il.OutsiderKind.EVERYONE),
        (
            {"StringEquals": {"aws:PrincipalAccount": "anonymous"}},
            "anonymous",
            il.OutsiderKind.ANONYMOUS,
        ),
        (
            {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-partner1234"}},
            "*",
            il.OutsiderKind.EVERYONE,
        ),
    ):
        (finding,) = access(allow(Condition=condition))
        assert (finding.principal, finding.principal_kind) == (principal, kind), condition


def test_a_service_that_acts_for_anyone_is_a_finding_of_its_own() -> None:
    service = {"Service": "cloudtrail.amazonaws.com"}
    for condition, is_deputy in (
        ({}, True),
        ({"StringEquals": {"aws:SourceAccount": HERE}}, False),
        ({"StringEquals": {"aws:SourceAccount": THERE}}, True),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:*:{HERE}:trail/*"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/*"}}, True),
        ({"StringEqualsIfExists": {"aws:SourceAccount": HERE}}, True),
        ({"StringEquals": {"aws:SourceOrgID": OURS}}, True),
    ):
        found = access(allow(service, Condition=condition))
        assert len(found) == 0
        assert bool(found.confused_deputies) is is_deputy, condition
        for finding in found.confused_deputies:
            assert finding.kind is il.FindingKind.CONFUSED_DEPUTY
            assert finding.principal == "cloudtrail.amazonaws.com"
            assert not finding.is_public
    zone = il.Zone(organization=OURS)
    source = {"StringEquals": {"aws:SourceOrgID": OURS}}
    assert not access(allow(service, Condition=source), zone=zone).confused_deputies
    trusting = il.Zone(accounts={HERE}, services={"cloudtrail.amazonaws.com"})
    assert not access(allow(service), zone=trusting).confused_deputies


def test_only_actions_of_the_type_count() -> None:
    queue = {"Effect": "Allow", "Principal": {"AWS": THERE}, "Action": "*", "Resource": "*"}
    (finding,) = access(queue, resource_type="AWS::SQS::Queue")
    assert finding.actions == ("sqs:*",)
    assert finding.witness is not None
    assert finding.witness.action.startswith("sqs:")
    other = access(allow({"AWS": THERE}), resource_type="AWS::SQS::Queue")
    assert not other
    assert other.remarks == ("no Allow statement is about the type AWS::SQS::Queue (SQS queue)",)
    assert not access(allow({"AWS": HERE})).remarks


def test_the_resource_lies_in_the_zone() -> None:
    """R-X17."""
    variable = {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}
    other = {"StringEquals": {"aws:ResourceAccount": THERE}}
    assert not access(allow(Condition=variable))
    assert not access(allow(Condition=other))
    assert access(allow(Condition=other), zone=il.Zone())
    member = {"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}
    zone = il.Zone(organization=OURS)
    assert not access(allow(Condition=member), zone=zone)
    assert not access(allow(Condition=variable), zone=zone)
    assert access(allow(Condition=member))  # whose organization it is, this zone does not say


def test_a_trust_policy_needs_no_type() -> None:
    def trust(principal: object, action: str, **more: object) -> il.ExternalAccess:
        statement = {"Effect": "Allow", "Principal": principal, "Action": action, **more}
        policy = il.parse({"Version": "2012-10-17", "Statement": [statement]})
        return il.external_access(policy, ZONE)

    github = f"arn:aws:iam::{HERE}:oidc-provider/token.actions.githubusercontent.com"
    (finding,) = trust({"Federated": github}, "sts:AssumeRoleWithWebIdentity")
    assert finding.is_public
    assert len(finding.remarks) == 2
    subject = {"token.actions.githubusercontent.com:sub": "repo:org/*"}
    (finding,) = trust(
        {"Federated": github}, "sts:AssumeRoleWithWebIdentity", Condition={"StringLike": subject}
    )
    assert not finding.is_public
    for pattern in ("repo:*", "repo:org*", "*", "repo:*/x:*"):
        open_to = {"StringLike": {"token.actions.githubusercontent.com:sub": pattern}}
        (finding,) = trust(
            {"Federated": github}, "sts:AssumeRoleWithWebIdentity", Condition=open_to
        )
        assert finding.is_public, pattern
    assert not trust({"Federated": github}, "sts:AssumeRole")  # nobody can call it
    assert not trust({"AWS": THERE}, "sts:AssumeRoleWithSAML")
    (finding,) = trust({"AWS": "*"}, "sts:AssumeRole")
    assert finding.is_public
    assert finding.witness is not None
    assert finding.witness.principal != "anonymous"


def test_a_canonical_user_is_found_without_a_request() -> None:
    user = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    (finding,) = access(allow({"CanonicalUser": user}))
    assert (finding.principal, finding.principal_kind) == (user, il.OutsiderKind.CANONICAL_USER)
    assert finding.witness is None
    assert finding.remarks
    closed = deny(Condition={"StringNotEquals": {"aws:PrincipalOrgID": OURS}})
    zone = il.Zone(accounts={HERE}, organization=OURS)
    assert not access(allow({"CanonicalUser": user}), closed, zone=zone)


def test_resource_control_policies_take_effect() -> None:
    perimeter = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": OURS}},
    }
    policy = il.parse({"Version": "2012-10-17", "Statement": [allow()]})
    rcp = il.parse({"Version": "2012-10-17", "Statement": [perimeter]})
    zone = il.Zone(accounts={HERE}, organization=OURS)
    assert il.external_access(policy, zone)
    stack = il.PolicySet(resource=policy, rcps=[[rcp]])
    assert not il.external_access(stack, zone)
    above = il.PolicySet(resource=policy, rcps=[[rcp]], management_account=True)
    assert il.external_access(above, zone)
    with pytest.raises(TypeError, match="resource and rcps only"):
        il.external_access(
            il.PolicySet(identity=[], resource=policy, scps=[[rcp]][:0] or [[]]), zone
        )


def test_control_policies_do_not_limit_service_linked_roles_that_are_named() -> None:
    """R-E3: such a role of another account is let in, whatever the organization denies."""
    role = f"arn:aws:iam::{THERE}:role/aws-service-role/x.amazonaws.com/R"
    nothing = il.parse({"Version": "2012-10-17", "Statement": [deny(Resource="*")]})
    for statements, found in (
        ([allow({"AWS": role})], [role]),
        ([allow({"AWS": [role, ELSEWHERE]})], [role]),
        ([allow({"AWS": role}), deny()], []),
        ([allow({"AWS": f"arn:aws:iam::{THERE}:role/x/aws-service-role/R"})], []),
    ):
        policy = il.parse({"Version": "2012-10-17", "Statement": statements})
        stack = il.PolicySet(resource=policy, rcps=[[nothing]])
        assert [each.principal for each in il.external_access(stack, ZONE)] == found


def test_block_public_access() -> None:
    restrict = il.BlockPublicAccess(restrict_public_buckets=True)
    assert not access(allow(), allow({"AWS": THERE}, "s3:PutObject"), block_public_access=restrict)
    assert access(allow({"AWS": THERE}), block_public_access=restrict)
    ignore = il.BlockPublicAccess(ignore_public_acls=True)
    acl = il.parse({"Version": "2012-10-17", "Statement": [allow()]})
    only = allow({"AWS": THERE}, "s3:PutObject")
    assert len(access(only, sharing=[acl])) == 2
    assert len(access(only, sharing=[acl], block_public_access=ignore)) == 1
    with pytest.raises(TypeError, match="about buckets"):
        access(allow(), resource_type="AWS::SQS::Queue", block_public_access=restrict)


def test_an_identity_policy_is_no_resource_s() -> None:
    identity = il.parse({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    with pytest.raises(TypeError, match="names no principals"):
        il.external_access(identity, ZONE)


def test_an_unknown_answer_is_not_taken_for_none() -> None:
    unknown = il.ExternalAccess((), reason="the timeout was hit")
    assert not unknown.complete
    for use in (bool, len, list):
        with pytest.raises(il.UnknownAnswer, match="timeout"):
            use(unknown)
    found = access(*[allow({"AWS": THERE}, f"s3:Get{n}*") for n in range(50)], timeout=1e-9)
    assert found.reason == "the timeout was hit"


def test_a_unique_id_is_told_to_be_nobody() -> None:
    user = "AIDAIOSFODNN7EXAMPLE1"
    found = access(allow({"AWS": [user, HERE]}))
    assert not found
    assert found.remarks == (f"{user} is read as the id of one who is deleted: nobody (R-P19)",)


def test_findings_are_values() -> None:
    found = access(allow(), allow({"AWS": THERE}, "s3:PutObject"))
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301
    assert hash(found[0]) == hash(copy.deepcopy(found[0]))
    assert found[0:1] == (found[0],)


def test_the_zone_is_checked() -> None:
    for wrong in (
        {"accounts": {"1111"}},
        {"accounts": HERE},
        {"organization": "exampleorgid"},
        {"org_paths": {"r-ab12/ou-1/"}},
        {"org_paths": {"o-exampleorgid/r-*/ou-1/"}},
        {"services": {"s3"}},
    ):
        with pytest.raises(il.ZoneError, match="expected"):
            il.Zone(**wrong)  # type: ignore[arg-type]


def test_a_finding_that_takes_in_more_is_new() -> None:
    def of(*statements: dict[str, object]) -> il.Policy:
        return il.parse({"Version": "2012-10-17", "Statement": list(statements)})

    network = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    wider = {"IpAddress": {"aws:SourceIp": "203.0.112.0/23"}}
    closing = deny(Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})
    for before, after, is_narrowed in (
        (of(allow(Condition=wider)), of(allow(Condition=network)), True),
        (of(allow(Condition=network)), of(allow(Condition=wider)), False),
        (of(allow()), of(allow(), closing), True),
        (of(allow(), closing), of(allow()), False),
        (of(allow({"AWS": THERE}, "s3:*")), of(allow({"AWS": THERE})), True),
        (of(allow({"AWS": THERE})), of(allow({"AWS": ELSEWHERE})), False),
        (of(allow({"AWS": THERE}, "s3:*")), of(allow({"AWS": THERE}, Resource="*")), False),
    ):
        preview = il.preview_external_access(before, after, ZONE)
        assert (len(preview.new), len(preview.narrowed)) == (1 - is_narrowed, int(is_narrowed))
        assert len(preview.gone) == 1
    services = [
        of(allow({"Service": "sns.amazonaws.com"}, Condition=condition))
        for condition in ({}, {"StringEquals": {"aws:SourceAccount": THERE}})
    ]
    assert il.preview_external_access(*services, ZONE).narrowed
    assert il.preview_external_access(*reversed(services), ZONE).new


def test_paths_of_an_organization_are_written_in_three_ways() -> None:
    zones = [
        il.Zone(org_paths={path})
        for path in ("o-exampleorgid/r-ab12", "o-exampleorgid/r-ab12/", "o-exampleorgid/r-ab12/*")
    ]
    assert len(set(zones)) == 1
    inside = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/r-ab12/ou-1/*"}}
    beside = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/r-ab123/*"}}
    assert not access(allow(Condition=inside), zone=zones[0])
    assert access(allow(Condition=beside), zone=zones[0])


def test_the_check_of_public_access_names_each_statement() -> None:
    policy = il.parse(
        {
            "Version": "2012-10-17",
            "Statement": [
                allow({"AWS": THERE}),
                allow(Sid="Read"),
                allow(action="s3:PutObject", Sid="Write"),
                deny("s3:Put*", Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}),
                allow(action="s3:Get*", Sid="Wide"),
            ],
        }
    )
    answer = il.check_no_public_access(policy, "AWS::S3::Bucket")
    assert answer.verdict is il.Verdict.FAILS
    named = [(each.index, each.statement.sid) for each in answer.reasons]
    assert named == [(1, "Read"), (4, "Wide")]
    for each in answer.reasons:
        assert each.witness.action.startswith("s3:Get")
    with pytest.raises(il.CheckError, match="no type that AWS's check"):
        il.check_no_public_access(policy, "AWS::ECR::Repository")
    with pytest.raises(il.UnknownResourceType):
        il.check_no_public_access(policy, "AWS::S3::Bucketz")


def test_a_preview_matches_by_meaning() -> None:
    before = il.parse(
        {"Version": "2012-10-17", "Statement": [allow(), allow({"AWS": THERE}, "s3:PutObject")]}
    )
    after = il.parse(
        {
            "Version": "2012-10-17",
            "Statement": [
                allow({"AWS": f"arn:aws:iam::{THERE}:root"}, "s3:putobject", Sid="Other"),
                allow({"AWS": ELSEWHERE}),
                allow({"AWS": OTHER}, "s3:DeleteObject"),
            ],
        }
    )
    preview = il.preview_external_access(before, after, ZONE)
    assert [f.principal for f in preview.new] == [OTHER]
    assert [f.principal for f in preview.narrowed] == [ELSEWHERE]  # everyone could before
    assert [f.principal for f in preview.gone] == ["*"]
    assert [f.principal for f in preview.unchanged] == [THERE]
    assert preview.complete


# The same grant has the same id


@st.composite
def rewritten(draw: st.DrawFn) -> tuple[dict[str, Json], dict[str, Json]]:
    """A policy, and the same with its statements split, shuffled, and spelled differently."""
    one = statement_documents(EXTERNAL, kind=PolicyKind.RESOURCE)
    written = draw(st.lists(one, min_size=1, max_size=3))
    document = {"Version": "2012-10-17", "Statement": written}
    statements: list[dict[str, Json]] = []
    for statement in written:
        parts = [copy.deepcopy(statement)]
        for member in ("Action", "Resource"):
            if draw(st.booleans()):
                parts = [part for each in parts for part in _split(each, member)]
        if statement["Effect"] == "Allow" and draw(st.booleans()):
            parts = [part for each in parts for part in _split_condition(each)]
        for place, part in enumerate(parts):
            part["Sid"] = f"S{len(statements)}N{place}"
            if "Action" in part and draw(st.booleans()):
                part["Action"] = [action.swapcase() for action in part["Action"]]
        statements += parts
    return document, {**document, "Statement": draw(st.permutations(statements))}


def _split(statement: dict[str, Json], member: str) -> list[dict[str, Json]]:
    values = statement.get(member)
    if not isinstance(values, list):
        return [statement]
    return [{**copy.deepcopy(statement), member: [value]} for value in values]


def _split_condition(statement: dict[str, Json]) -> list[dict[str, Json]]:
    """One value each of a condition whose values are alternatives."""
    for operator, keys in statement.get("Condition", {}).items():
        if "Not" in operator or operator == "Null" or operator.startswith("ForAll"):
            continue
        for key, values in keys.items():
            parts = []
            for value in values:
                part = copy.deepcopy(statement)
                part["Condition"][operator][key] = [value]
                parts.append(part)
            return parts
    return [statement]


@pytest.mark.slow
@settings(examples(200), suppress_health_check=list(HealthCheck))
@given(pair=rewritten(), zone=zones())
def test_ids_follow_the_meaning(
    pair: tuple[dict[str, Json], dict[str, Json]], zone: il.Zone
) -> None:
    one, other = (il.external_access(il.parse(each), zone) for each in pair)
    if one.complete and other.complete:
        assert {f.id for f in one} == {f.id for f in other}
        assert {f.id for f in one.confused_deputies} == {f.id for f in other.confused_deputies}


def test_a_deny_without_effect_changes_no_id() -> None:
    through = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    unless = {"StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}
    (alone,) = access(allow(Condition=through))
    (beside,) = access(allow(Condition=through), deny(Resource=f"{BUCKET}/x", Condition=unless))
    assert alone.id == beside.id


def test_paths_that_a_service_need_not_send_bound_no_organization() -> None:
    """R-K11: with an organization's id there need be no path; with one, it begins with the id."""
    service = {"Service": "sns.amazonaws.com"}
    foreign = {"StringEquals": {"aws:SourceOrgID": "o-foreignorgid"}}
    zone = il.Zone(organization=OURS)
    for operator, is_deputy in (
        ("ForAllValues:StringLike", True),  # true of a request without paths
        ("ForAnyValue:StringNotLike", True),  # some path is not ours
        ("ForAnyValue:StringLike", False),
    ):
        condition = {**foreign, operator: {"aws:SourceOrgPaths": f"{OURS}/*"}}
        found = access(allow(service, Condition=condition), zone=zone)
        assert bool(found.confused_deputies) is is_deputy, operator


def test_many_principals_are_told_exactly() -> None:
    """…as long as what a Deny spares each of can be told apart."""
    accounts = [f"{100000000000 + number}" for number in range(90)]
    spared = {"StringNotEquals": {"aws:PrincipalAccount": accounts[:20]}}
    found = access(
        allow({"AWS": accounts}, ["s3:GetObject", "s3:PutObject"]),
        deny("s3:PutObject", Condition=spared),
    )
    puts = {f.principal for f in found if "s3:PutObject" in f.actions}
    assert puts == set(accounts[:20])
    assert not any(f.remarks for f in found)


def test_what_is_not_told_apart_says_so_and_is_accepted_for_these_denies_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("iamlogic.questions.external.descent._MOST_PIECES", 2)
    grants = [allow({"AWS": [THERE, ELSEWHERE]}, ["s3:GetObject", "s3:PutObject"])]
    one = access(*grants, deny("s3:PutObject", Condition=_unless("vpce-1")))
    other = access(*grants, deny("s3:PutObject", Condition=_unless("vpce-2")))
    assert all("some of this may be denied" in f.remarks[0] for f in (*one, *other))
    assert {f.id for f in one}.isdisjoint(f.id for f in other)
    again = access(*grants, deny("s3:PutObject", Condition=_unless("vpce-1")))
    assert [f.id for f in one] == [f.id for f in again]


def _unless(endpoint: str) -> dict[str, object]:
    return {"StringNotEquals": {"aws:SourceVpce": endpoint}}


def test_ids_tell_grants_apart() -> None:
    statements = [
        allow({"AWS": THERE}),
        allow({"AWS": ELSEWHERE}),
        allow({"AWS": THERE}, "s3:PutObject"),
        allow({"AWS": THERE}, Resource=f"{BUCKET}/a"),
        allow({"AWS": THERE}, Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
        allow({"AWS": THERE}, Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
        allow({"AWS": THERE}, Condition={"StringLike": {"aws:SourceVpce": "vpce-1*"}}),
    ]
    ids = [access(statement)[0].id for statement in statements]
    assert len(set(ids)) == len(ids)
    policy = il.parse({"Version": "2012-10-17", "Statement": [statements[0]]})
    named = [il.external_access(policy, ZONE, resource=name)[0].id for name in (None, "a", "b")]
    assert all(one != other for one, other in pairwise(named))
