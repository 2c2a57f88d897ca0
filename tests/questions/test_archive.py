"""Archive rules: what each filter key sees of a finding, and what each criterion asks of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlogic import ArchiveRule, Criterion, Finding, FindingKind, OutsiderKind, SettingsError
from iamlogic.questions.external.analyzer_names import (
    analyzer_condition,
    analyzer_principal,
    analyzer_resources,
    owner_account,
)
from iamlogic.syntax.policy import Condition, Text, Variable
from tests.strategies.findings import (
    OWNER,
    PARTNER,
    PRINCIPALS,
    QUEUE,
    condition,
    criteria,
    finding,
    findings,
    keys_and_values,
    plain_findings,
)

EVERYONE = finding("*", OutsiderKind.EVERYONE, is_public=True)
ORGANIZATION = finding("o-partnerorg1", OutsiderKind.ORGANIZATION)
OFFICE = finding(
    "*", OutsiderKind.EVERYONE, condition("IpAddress", "aws:SourceIp", "203.0.113.0/24")
)
ANY_CASE = finding(
    "*", OutsiderKind.EVERYONE, condition("StringEqualsIgnoreCase", "aws:SourceVpc", "vpc-1")
)

# What AWS calls it


@pytest.mark.parametrize("kind", OutsiderKind)
def test_every_outsider_is_one_principal_of_the_analyzer(kind: OutsiderKind) -> None:
    found = analyzer_principal(finding(PRINCIPALS[kind], kind))
    everyone = {OutsiderKind.EVERYONE, OutsiderKind.ANONYMOUS, OutsiderKind.ORGANIZATION}
    member = {
        OutsiderKind.PROVIDER: "Federated",
        OutsiderKind.CANONICAL_USER: "CanonicalUser",
        OutsiderKind.SERVICE: "Service",
    }.get(kind, "AWS")
    assert found == {member: "*" if kind in everyone else PRINCIPALS[kind]}


def test_an_organization_is_everyone_under_a_condition() -> None:
    assert analyzer_condition(ORGANIZATION) == {"aws:PrincipalOrgID": "o-partnerorg1"}
    said = condition("StringEquals", "aws:principalOrgId", "o-partnerorg1")
    told = finding("o-partnerorg1", OutsiderKind.ORGANIZATION, said)
    assert analyzer_condition(told) == {"aws:principalOrgId": "o-partnerorg1"}


@pytest.mark.parametrize(
    "operator",
    [
        "NotIpAddress",
        "IpAddressIfExists",
        "ForAllValues:StringEquals",
        "StringNotLike",
        "Null",
        "DateLessThan",
    ],
)
def test_a_condition_that_does_not_say_the_value_is_no_condition_of_the_analyzer(
    operator: str,
) -> None:
    told = finding(PARTNER, OutsiderKind.ACCOUNT, condition(operator, "aws:SourceIp", "10.0.0.0/8"))
    assert analyzer_condition(told) == {}
    assert Criterion("condition.aws:SourceIp", exists=False).matches(told)
    assert not Criterion("condition.aws:SourceIp", eq=("10.0.0.0/8",)).matches(told)


def test_two_conditions_on_one_key_are_one_value_of_the_analyzer() -> None:
    arn = "aws:PrincipalArn"
    told = finding(
        "*",
        OutsiderKind.EVERYONE,
        condition("ArnLike", arn, "arn:aws:iam::*:role/a*"),
        condition("ArnLike", arn.lower(), "arn:aws:iam::*:role/*b"),
    )
    assert analyzer_condition(told) == {arn: "arn:aws:iam::*:role/a*, arn:aws:iam::*:role/*b"}


def test_objects_are_of_their_bucket() -> None:
    objects = ("arn:aws:s3:::reports/2026/*", "arn:aws:s3:::reports", QUEUE, "arn:aws:s3:::re*/x")
    assert analyzer_resources(finding(resources=objects)) == (
        "arn:aws:s3:::reports",
        QUEUE,
        "arn:aws:s3:::re*/x",
    )


def test_the_owner_is_never_guessed() -> None:
    assert owner_account(finding()) is None
    assert owner_account(finding(owner=OWNER)) == OWNER
    assert owner_account(finding(resources=(QUEUE,), owner=PARTNER)) == OWNER
    assert owner_account(finding(resources=(QUEUE, "*"), owner=OWNER)) is None
    other = QUEUE.replace(OWNER, PARTNER)
    assert owner_account(finding(resources=(QUEUE, other))) is None


# Criteria


@pytest.mark.parametrize(
    ("criterion", "told", "matches"),
    [
        # One value of several is enough.
        (Criterion("principal.AWS", eq=(PARTNER,)), finding(), True),
        (Criterion("principal.AWS", eq=(OWNER, PARTNER)), finding(), True),
        (Criterion("principal.AWS", eq=(OWNER,)), finding(), False),
        # The ARN of its root names an account; the root user alone is somebody else.
        (Criterion("principal.AWS", eq=(f"arn:aws-cn:iam::{PARTNER}:root",)), finding(), True),
        (
            Criterion("principal.AWS", eq=(PARTNER,)),
            finding(PRINCIPALS[OutsiderKind.ROOT], OutsiderKind.ROOT),
            False,
        ),
        (
            Criterion("principal.AWS", eq=(f"arn:aws:iam::{PARTNER}:root",)),
            finding(PRINCIPALS[OutsiderKind.ROOT], OutsiderKind.ROOT),
            True,
        ),
        (Criterion("principal.AWS", eq=("*",)), EVERYONE, True),
        (Criterion("principal.AWS", eq=("*",)), ORGANIZATION, True),
        (Criterion("principal.AWS", contains=("5555",)), finding(), True),
        (Criterion("principal.Federated", exists=True), finding(), False),
        (Criterion("principal.Federated", exists=False), finding(), True),
        # None of the values of neq is it, and what is absent is none of them.
        (Criterion("principal.AWS", neq=(OWNER,)), finding(), True),
        (Criterion("principal.AWS", neq=(OWNER, PARTNER)), finding(), False),
        (Criterion("principal.Federated", neq=("accounts.google.com",)), finding(), True),
        # Everyone takes in everybody.
        (Criterion("principal.AWS", neq=(PARTNER,)), EVERYONE, False),
        # AWS's name of the resource, or the pattern that is written.
        (Criterion("resource", eq=("arn:aws:s3:::reports",)), finding(), True),
        (Criterion("resource", eq=("arn:aws:s3:::reports/*",)), finding(), True),
        (Criterion("resource", neq=("arn:aws:s3:::reports",)), finding(), False),
        (Criterion("resource", neq=("arn:aws:s3:::reports/a",)), finding(), False),
        (Criterion("resource", neq=("arn:aws:s3:::payroll",)), finding(), True),
        (Criterion("resource", contains=("reports",)), finding(), True),
        # A rule holds of all that is granted, or not at all.
        (
            Criterion("resource", eq=("arn:aws:s3:::reports",)),
            finding(resources=("arn:aws:s3:::reports/*", "arn:aws:s3:::payroll")),
            False,
        ),
        (
            Criterion("resource", contains=("reports",)),
            finding(resources=("arn:aws:s3:::reports/*", "arn:aws:s3:::payroll")),
            False,
        ),
        (Criterion("action", eq=("s3:getobject",)), finding(), True),
        (
            Criterion("action", eq=("s3:GetObject",)),
            finding(actions=("s3:GetObject", "s3:PutObject")),
            False,
        ),
        (
            Criterion("action", eq=("s3:GetObject", "s3:PutObject")),
            finding(actions=("s3:GetObject", "s3:PutObject")),
            True,
        ),
        (Criterion("action", neq=("s3:PutObject",)), finding(actions=("s3:P*",)), False),
        (Criterion("action", neq=("S3:putobject",)), finding(actions=("s3:P*",)), False),
        (Criterion("action", neq=("s3:DeleteObject",)), finding(actions=("s3:P*",)), True),
        (Criterion("action", neq=("s3:DeleteObject",)), finding(actions=("s3:P*", "*")), False),
        (Criterion("action", contains=("get",)), finding(), True),
        (Criterion("resourceType", eq=("AWS::S3::Bucket",)), finding(), True),
        (Criterion("resourceType", neq=("AWS::S3::Bucket",)), finding(), False),
        (
            Criterion("resourceType", eq=("AWS::Glacier::Vault",)),  # its other name
            finding(resource_type="AWS::S3::Glacier"),
            True,
        ),
        (Criterion("resourceType", contains=("::S3::",)), finding(), True),
        (Criterion("resourceType", exists=False), finding(resource_type=None), True),
        (Criterion("resourceOwnerAccount", eq=(OWNER,)), finding(owner=OWNER), True),
        (Criterion("resourceOwnerAccount", exists=False), finding(), True),
        (Criterion("isPublic", eq=("true",)), EVERYONE, True),
        (Criterion("isPublic", eq=("true",)), finding(), False),
        (Criterion("isPublic", neq=("true",)), finding(), True),
        (Criterion("isPublic", exists=True), finding(), True),
        (Criterion("findingType", eq=("ExternalAccess",)), finding(), True),
        (
            Criterion("findingType", eq=("ConfusedDeputy",)),
            finding("lambda.amazonaws.com", OutsiderKind.SERVICE, what=FindingKind.CONFUSED_DEPUTY),
            True,
        ),
        (
            Criterion("principal.Service", contains=(".amazonaws.com",)),
            finding("lambda.amazonaws.com", OutsiderKind.SERVICE),
            True,
        ),
        # Condition keys are compared without case, their values with.
        (Criterion("condition.AWS:principalorgid", eq=("o-partnerorg1",)), ORGANIZATION, True),
        (Criterion("condition.aws:PrincipalOrgID", eq=("O-PARTNERORG1",)), ORGANIZATION, False),
        (Criterion("condition.aws:PrincipalOrgID", contains=("partner",)), ORGANIZATION, True),
        (Criterion("condition.aws:PrincipalOrgID", exists=True), finding(), False),
        (Criterion("condition.aws:PrincipalOrgID", neq=("o-exampleorgid",)), finding(), True),
        (Criterion("condition.aws:SourceVpc", eq=("VPC-1",)), ANY_CASE, True),
        (Criterion("condition.aws:SourceVpc", neq=("VPC-1",)), ANY_CASE, False),
        # Networks are equal however they are written, and may be each other where they overlap.
        (Criterion("condition.aws:SourceIp", eq=("203.0.113.9/24",)), OFFICE, True),
        (Criterion("condition.aws:SourceIp", eq=("203.0.113.9",)), OFFICE, False),
        (Criterion("condition.aws:SourceIp", neq=("203.0.113.9",)), OFFICE, False),
        (Criterion("condition.aws:SourceIp", neq=("198.51.100.0/24",)), OFFICE, True),
        (Criterion("condition.aws:SourceIp", neq=("2001:db8::/32",)), OFFICE, True),
        (Criterion("condition.aws:SourceIp", neq=("no network",)), OFFICE, False),
        # All that is given must hold.
        (Criterion("principal.AWS", contains=("4444",), neq=(PARTNER,)), finding(), False),
        (Criterion("principal.AWS", contains=("4444",), neq=(OWNER,)), finding(), True),
    ],
)
def test_what_a_criterion_matches(criterion: Criterion, told: Finding, *, matches: bool) -> None:
    assert criterion.matches(told) is matches


def test_what_a_variable_stands_for_is_not_certain() -> None:
    value = Text("vpc-${aws:username}", ("vpc-", Variable("aws:username")))
    operator = condition("StringEquals", "aws:SourceVpc", "").operator
    told = finding(PARTNER, OutsiderKind.ACCOUNT, Condition(operator, "aws:SourceVpc", (value,)))
    assert not Criterion("condition.aws:SourceVpc", neq=("vpc-1",)).matches(told)
    assert not Criterion("condition.aws:SourceVpc", eq=("vpc-1",)).matches(told)


def test_a_rule_asks_for_all_of_its_criteria() -> None:
    of_partner = Criterion("principal.AWS", eq=(PARTNER,))
    on_public = Criterion("isPublic", eq=("true",))
    assert ArchiveRule("a", (of_partner,)).matches(finding())
    assert not ArchiveRule("a", (of_partner, on_public)).matches(finding())


# What can never match


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("status", "a rule is what gives a finding its status"),
        ("id", "baseline"),
        ("error", "stops the run"),
        ("createdAt", "acceptance in the baseline can expire"),
        ("changeType", "previews"),
        ("resourceControlPolicyRestriction", "RCPs"),
        ("stauts", "if status is meant"),
        ("Resource", 'did you mean "resource"?'),
        ("principal.Aws", 'did you mean "principal.AWS"?'),
        ("principal", 'one quoted key, as "principal.AWS"'),
        ("aws:SourceIp", 'did you mean "condition.aws:SourceIp"?'),
        ("condition.SourceIp", 'did you mean "condition.aws:SourceIp"?'),
        ("condition.aws:SorceIp", 'did you mean "condition.aws:sourceip"?'),
        ("zzz", "known are resource, "),
    ],
)
def test_a_key_that_no_finding_has_is_a_mistake(key: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Criterion(key, exists=True)
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    "key",
    [
        "condition.aws:PrincipalTag/team",
        "condition.token.actions.githubusercontent.com:sub",
        "condition.aws:AKeyThatComesLater",
        "condition.kms:CallerAccount",
    ],
)
def test_any_other_condition_key_is_a_filter_key(key: str) -> None:
    assert Criterion(key, exists=False).matches(finding())


@pytest.mark.parametrize(
    ("criterion", "message"),
    [
        ({"key": "resource"}, "there is no criterion on resource"),
        ({"key": "resource", "eq": ("",)}, "a value of resource is empty"),
        ({"key": "resource", "eq": ("a",), "exists": False}, "cannot be absent and have a value"),
        ({"key": "isPublic", "contains": ("true",)}, "isPublic contains nothing"),
        ({"key": "isPublic", "eq": ("yes",)}, 'isPublic is never "yes"'),
        ({"key": "findingType", "eq": ("UnusedIAMRole",)}, "findingType is never"),
        ({"key": "resourceType", "neq": ("AWS::S3::Bukket",)}, "resourceType is never"),
        ({"key": "resourceOwnerAccount", "eq": ("1234",)}, '"1234" is no account'),
        ({"key": "principal.AWS", "eq": ("1234",)}, '"1234" is no account'),
    ],
)
def test_a_criterion_that_cannot_match_is_a_mistake(
    criterion: dict[str, object], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        Criterion(**criterion)  # type: ignore[arg-type]


def test_a_rule_needs_a_name_and_criteria_one_for_each_key() -> None:
    one = Criterion("isPublic", eq=("true",))
    with pytest.raises(SettingsError, match="is no name of an archive rule"):
        ArchiveRule("two words", (one,))
    with pytest.raises(SettingsError, match="it would archive every finding"):
        ArchiveRule("a", ())
    with pytest.raises(SettingsError, match="has two criteria on isPublic"):
        ArchiveRule("a", (one, one))


# Laws


@given(findings(), keys_and_values())
def test_never_both_equal_and_not_equal(told: Finding, asked: tuple[str, tuple[str, ...]]) -> None:
    key, values = asked
    both = Criterion(key, eq=values).matches(told), Criterion(key, neq=values).matches(told)
    assert both != (True, True)


@given(plain_findings(), keys_and_values())
def test_a_plain_finding_matches_a_criterion_or_its_negation(
    told: Finding, asked: tuple[str, tuple[str, ...]]
) -> None:
    key, values = asked
    if key == "condition.aws:SourceIp":  # an address and the network around it are neither
        values = ("203.0.113.0/24",)
    assert Criterion(key, eq=values).matches(told) != Criterion(key, neq=values).matches(told)


@given(findings(), st.sampled_from(["resource", "action", "condition.aws:SourceIp"]))
def test_a_key_is_there_or_it_is_not(told: Finding, key: str) -> None:
    assert Criterion(key, exists=True).matches(told) != Criterion(key, exists=False).matches(told)


@given(findings(), keys_and_values())
def test_what_equals_a_value_contains_it_and_exists(
    told: Finding, asked: tuple[str, tuple[str, ...]]
) -> None:
    key, values = asked
    if Criterion(key, eq=values).matches(told):
        assert Criterion(key, exists=True).matches(told)


@given(findings(), keys_and_values())
def test_more_values_match_more_and_exclude_more(
    told: Finding, asked: tuple[str, tuple[str, ...]]
) -> None:
    key, values = asked
    assert Criterion(key, eq=values).matches(told) >= Criterion(key, eq=values[:1]).matches(told)
    assert Criterion(key, neq=values).matches(told) <= Criterion(key, neq=values[:1]).matches(told)


@given(findings(), st.lists(criteria(), min_size=1, max_size=4, unique_by=lambda each: each.key))
def test_the_order_of_criteria_does_not_matter(told: Finding, given_: list[Criterion]) -> None:
    forwards, backwards = (tuple(given_), tuple(reversed(given_)))
    assert ArchiveRule("a", forwards).matches(told) == ArchiveRule("a", backwards).matches(told)
