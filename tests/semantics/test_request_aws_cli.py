"""`Request.to_aws_cli`: the command asks AWS's simulator what the request asks, or is refused.

`asked_by` reads a command as the shell and the CLI do, and makes the question again from its
arguments alone; that question must have the answer of the request.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import iamlogic as il
from iamlogic.errors import RequestError
from iamlogic.semantics.context import ContextValue
from iamlogic.testing.strategies.colliding import WHOLE_LANGUAGE
from iamlogic.testing.strategies.everyday import EVERYDAY
from iamlogic.testing.strategies.policies import policies
from iamlogic.testing.strategies.stacks import stacks
from iamlogic.testing.strategies.vocabulary import Vocabulary
from tests.strategies.edge_requests import requests, with_request

HERE, THERE = "111122223333", "444455556666"
ALICE = f"arn:aws:iam::{HERE}:user/alice"
BUCKET = "arn:aws:s3:::logs/a"
DOCUMENT = re.compile(r"[\u0009\u000A\u000D\u0020-\u00FF]{1,131072}")
"""What the API's reference says of a policy."""

Statement = dict[str, object]
GET: Statement = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}
ALLOW: Statement = {"Effect": "Allow", **GET}
TRUST: Statement = {"Effect": "Allow", "Principal": {"AWS": ALICE}}
ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def policy(*statements: Mapping[str, object]) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(statements)})


def under(**condition: object) -> Statement:
    operator, keys = condition.popitem()
    return {**ALLOW, "Condition": {operator: keys}}


def request(context: Mapping[str, ContextValue] | None = None, /, **fields: str) -> il.Request:
    members = {"principal": ALICE, "action": "s3:GetObject", "resource": BUCKET, **fields}
    return il.Request(**members, context=context or {})


@dataclass
class Question:
    """The arguments of a command, by option."""

    options: dict[str, list[str]]

    def documents(self, option: str) -> tuple[il.Policy, ...]:
        texts = self.options.get(option, [])
        assert all(DOCUMENT.fullmatch(text) for text in texts)
        return tuple(map(il.parse, texts))

    def one(self, option: str) -> str | None:
        values = self.options.get(option, [None])
        assert len(values) == 1
        return values[0]

    def scps(self) -> list[tuple[il.Policy, ...]]:
        levels = map(json.loads, self.options.get("ordered-organization-policy-input-list", []))
        return [tuple(map(il.parse, level["ServiceControlPolicyInputList"])) for level in levels]

    def resource(self) -> str:
        text = cast("str", self.one("resource-arns"))
        return cast("str", json.loads(text)[0]) if text.startswith("[") else text

    def entries(self) -> dict[str, tuple[list[str], str]]:
        """The values and the type of each key."""
        entries = map(json.loads, self.options.get("context-entries", []))
        return {e["ContextKeyName"]: (e["ContextKeyValues"], e["ContextKeyType"]) for e in entries}

    def request(self, asked: il.Request) -> il.Request:
        """The request that the arguments say; who asks without a caller, only `asked` says."""
        owner = (self.one("resource-owner") or f"::{asked.resource_owner}:").split(":")[-2]
        return il.Request(
            principal=self.one("caller-arn") or asked.principal,
            action=cast("str", self.one("action-names")),
            resource=self.resource(),
            context={key: values for key, (values, _) in self.entries().items()},
            resource_account=None if owner == "None" else owner,
        )

    def subject(self) -> il.Policy | il.PolicySet:
        identity = self.documents("policy-input-list")
        if "caller-arn" not in self.options:
            return identity[0] if len(identity) == 1 else il.PolicySet(identity)
        boundary = self.documents("permissions-boundary-policy-input-list")
        resource = self.documents("resource-policy")
        return il.PolicySet(
            identity=identity,
            boundary=boundary[0] if boundary else None,
            resource=resource[0] if resource else None,
            scps=tuple(self.scps()),
        )


def asked_by(command: str) -> Question:
    words = shlex.split(command.replace("\\\n", ""))
    assert words[:3] == ["aws", "iam", "simulate-custom-policy"]
    options: dict[str, list[str]] = {}
    for word in words[3:]:
        if word.startswith("--"):
            values = options.setdefault(word.removeprefix("--"), [])
        else:
            values.append(word)
    return Question(options)


def test_a_policy_alone() -> None:
    asked = request({"aws:SourceIp": "203.0.113.7", "aws:SecureTransport": "true"})
    command = asked.to_aws_cli(policy(under(IpAddress={"aws:SourceIp": "203.0.113.0/24"})))
    assert command == (
        r"""aws iam simulate-custom-policy \
    --policy-input-list '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","""
        r""""Action":"s3:GetObject","Resource":"arn:aws:s3:::logs/*","""
        r""""Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}]}' \
    --caller-arn arn:aws:iam::111122223333:user/alice \
    --action-names s3:GetObject \
    --resource-arns arn:aws:s3:::logs/a \
    --context-entries """
        r"""'{"ContextKeyName":"aws:SourceIp","ContextKeyValues":["203.0.113.7"],"""
        r""""ContextKeyType":"ip"}'"""
    )


def test_a_stack_has_each_policy_where_it_belongs() -> None:
    own, boundary, scp = policy(ALLOW), policy({**ALLOW, "Sid": "B"}), policy(ALLOW_ALL)
    bucket = policy({**ALLOW, "Principal": {"AWS": f"arn:aws:iam::{HERE}:root"}})
    stack = il.PolicySet((own, own), bucket, boundary, scps=((scp,), (scp, own)))
    question = asked_by(request(resource_account=THERE).to_aws_cli(stack))
    assert question.documents("policy-input-list") == (own, own)
    assert question.documents("permissions-boundary-policy-input-list") == (boundary,)
    assert question.documents("resource-policy") == (bucket,)
    assert question.scps() == [(scp,), (scp, own)]
    assert question.one("resource-owner") == f"arn:aws:iam::{THERE}:root"
    assert question.one("caller-arn") == ALICE


def test_policies_that_do_not_concern_the_request_are_left_out() -> None:
    nothing = policy({"Effect": "Deny", "Action": "*", "Resource": "*"})
    stack = il.PolicySet((policy(ALLOW),), scps=((nothing,),), management_account=True)
    assert list(asked_by(request().to_aws_cli(stack)).options) == [
        "policy-input-list",
        "caller-arn",
        "action-names",
        "resource-arns",
    ]


@pytest.mark.parametrize(
    "requester",
    [f"arn:aws:sts::{HERE}:assumed-role/app/s1", f"arn:aws:iam::{HERE}:role/app"],
)
def test_a_session_is_asked_about_as_its_role(requester: str) -> None:
    question = asked_by(request(principal=requester).to_aws_cli(policy(ALLOW)))
    assert question.one("caller-arn") == f"arn:aws:iam::{HERE}:role/app"


@pytest.mark.parametrize(
    "fields",
    [
        {"resource_account": THERE},
        {"resource": f"arn:aws:sqs:eu-west-1:{THERE}:q"},
        {"action": "kms:Decrypt", "resource": f"arn:aws:kms:eu-west-1:{HERE}:key/1"},
    ],
)
def test_a_lone_identity_policy_has_no_caller_where_another_policy_decides_with_it(
    fields: dict[str, str],
) -> None:
    assert "caller-arn" in asked_by(request().to_aws_cli(policy(ALLOW_ALL))).options
    assert "caller-arn" not in asked_by(request(**fields).to_aws_cli(policy(ALLOW_ALL))).options


def test_a_lone_resource_policy_stands_beside_one_that_leaves_the_decision_to_it() -> None:
    bucket = policy({**ALLOW, "Principal": {"AWS": ALICE}})
    own = asked_by(request().to_aws_cli(bucket)).documents("policy-input-list")
    other = asked_by(request(resource_account=THERE).to_aws_cli(bucket)).documents(
        "policy-input-list"
    )
    action = request().action
    assert own == (policy({"Effect": "Allow", "NotAction": action, "Resource": "*"}),)
    assert other == (policy({"Effect": "Allow", "Action": action, "Resource": "*"}),)


@pytest.mark.parametrize(
    ("statement", "values", "type_"),
    [
        (under(StringLike={"s3:prefix": "a*"}), "a", "string"),
        (under(ArnLike={"s3:prefix": "arn:aws:s3:::a"}), "arn:aws:s3:::a", "string"),
        (under(NumericLessThan={"s3:prefix": "7"}), "5", "numeric"),
        (under(DateLessThan={"s3:prefix": "2030-01-01T00:00:00Z"}), "2029-01-01", "date"),
        (under(Bool={"s3:prefix": "true"}), "true", "boolean"),
        (under(BinaryEquals={"s3:prefix": "QQ=="}), "QQ==", "binary"),
        (under(Null={"s3:prefix": "false"}), "a", "string"),
        (under(Null={"aws:SourceIp": "false"}), "10.0.0.1", "ip"),
        (under(Null={"aws:EpochTime": "false"}), "1767225600", "date"),
        (under(StringLike={"aws:TagKeys": "a*"}), "a", "stringList"),
        (under(**{"ForAnyValue:StringLike": {"s3:prefix": "a*"}}), "a", "stringList"),
        (under(**{"ForAllValues:Bool": {"s3:prefix": "true"}}), "true", "booleanList"),
        (under(NumericLessThan={"s3:prefix": "7"}), ["5", "6"], "numericList"),
        (under(StringLike={"s3:prefix": "a", "S3:Prefix2": "b"}), "a", "string"),
    ],
)
def test_a_key_has_the_type_that_the_policies_use_it_as(
    statement: Statement, values: str | list[str], type_: str
) -> None:
    name = next(
        iter(next(iter(cast("dict[str, dict[str, object]]", statement["Condition"]).values())))
    )
    question = asked_by(request({name.lower(): values}).to_aws_cli(policy(statement)))
    listed = values if isinstance(values, list) else [values]
    assert question.entries()[name] == (listed, type_)


def test_what_follows_from_the_requester_is_said_where_a_policy_looks_at_it() -> None:
    statement = {**ALLOW, "Resource": ["arn:aws:s3:::logs/*", "arn:aws:s3:::${aws:username}/*"]}
    owned = under(ArnLike={"aws:PrincipalArn": "*:user/${aws:PrincipalAccount}"})
    question = asked_by(request().to_aws_cli(policy(statement, owned)))
    assert question.entries() == {
        "aws:username": (["alice"], "string"),
        "aws:PrincipalArn": ([ALICE], "string"),
        "aws:PrincipalAccount": ([HERE], "string"),
    }


def test_a_key_that_a_policy_looks_at_in_vain_is_not_said() -> None:
    asked = request()
    tagged = under(StringEquals={"aws:PrincipalTag/team": "a"})
    assert asked_by(asked.to_aws_cli(policy(ALLOW, tagged))).entries() == {}


@pytest.mark.parametrize(
    ("subject", "fields", "reason"),
    [
        (policy(ALLOW), {"action": "s3:Get*"}, "'s3:Get*' is no name of an action"),
        (policy(ALLOW), {"action": "s3:" + "a" * 126}, "is no name of an action"),
        (policy(ALLOW), {"action": "ec2:RunInstances"}, "for several resources together"),
        (policy(ALLOW), {"resource": "logs/a"}, "'logs/a' is no ARN, nor *"),
        (policy(ALLOW), {"resource": "arn:aws:s3:::logs/?"}, "could read * and ? as wildcards"),
        (policy(ALLOW), {"resource": "arn:aws:s3:::" + "a" * 2036}, "at most 2048 characters"),
        (policy({**ALLOW, "Sid": "a" * 131_000}), {}, "has at most 131071 bytes"),
        (
            policy({**ALLOW, "Principal": "*"}),
            {"principal": f"arn:aws:iam::{HERE}:role/app"},
            f"only an IAM user can ask, and arn:aws:iam::{HERE}:role/app is none",
        ),
        (policy({**ALLOW, "Principal": "*"}), {"resource": "*"}, "the one that has it, not *"),
        (
            policy({**ALLOW, "Principal": {"AWS": HERE}}),
            {},
            "leaves the decision to the identity policies of the account",
        ),
        (
            policy({**ALLOW, "Principal": {"AWS": ALICE}, "Action": "sts:AssumeRole"}),
            {"action": "sts:AssumeRole"},
            "takes no role trust policies",
        ),
        (
            il.PolicySet(resource=policy({**TRUST, "Action": "sts:AssumeRole"})),
            {"action": "sts:AssumeRole", "resource": f"arn:aws:iam::{HERE}:role/app"},
            "takes no role trust policies",
        ),
        (
            il.PolicySet((policy(ALLOW),), policy({**ALLOW, "Principal": "*"})),
            {"resource": f"arn:aws:sqs:eu-west-1:{THERE}:q", "resource_account": HERE},
            f"for a resource of {THERE}, not of {HERE}",
        ),
        (il.PolicySet((policy(ALLOW),)), {"resource_account": THERE}, "there is none"),
        (
            il.PolicySet((policy(ALLOW_ALL),)),
            {"action": "kms:Decrypt", "resource": f"arn:aws:kms:eu-west-1:{HERE}:key/1"},
            "needs a grant of the resource policy, and there is none",
        ),
        (il.PolicySet(), {"principal": "lambda.amazonaws.com"}, "has no identity policies"),
        (il.PolicySet(), {"principal": f"arn:aws:iam::{HERE}:root"}, "has no identity policies"),
        (
            il.PolicySet(session=policy(ALLOW)),
            {"principal": f"arn:aws:iam::{HERE}:role/app"},
            "takes no session policy",
        ),
        (
            il.PolicySet(rcps=((policy({**GET, "Effect": "Deny", "Principal": "*"}),),)),
            {},
            "takes no resource control policy",
        ),
        (
            il.PolicySet(vpc_endpoint=policy({**ALLOW, "Principal": "*"})),
            {},
            "takes no VPC endpoint policy",
        ),
        (il.PolicySet(scps=((),)), {}, "a level without SCPs"),
        (il.PolicySet(scps=((policy(ALLOW),),) * 8), {}, "takes 7 levels of SCPs"),
        (
            policy(under(StringNotEquals={"aws:PrincipalTag/team": "a"})),
            {},
            "matches without aws:PrincipalTag/team",
        ),
        (policy(under(Null={"aws:PrincipalTag/team": "true"})), {}, "matches without"),
        (policy(under(StringLikeIfExists={"aws:Referer": "a"})), {}, "matches without"),
        (
            policy({**ALLOW, "Resource": "arn:aws:s3:::${aws:PrincipalTag/team, 'logs'}/a"}),
            {},
            "matches without aws:PrincipalTag/team",
        ),
        (
            policy(under(StringEquals={"aws:PrincipalOrgID": "o-a"})),
            {},
            "fills in aws:PrincipalOrgID itself, with a value that only AWS knows",
        ),
        (
            policy(under(StringEquals={"aws:username": "alice"})),
            {"principal": "lambda.amazonaws.com"},
            "fills in aws:username itself, from its caller",
        ),
        (
            policy(under(StringEquals={"aws:username": "alice"})),
            {"resource_account": THERE},
            f"cannot be told that this is {ALICE}",
        ),
    ],
)
def test_what_the_simulator_cannot_be_asked_is_refused(
    subject: il.Policy | il.PolicySet, fields: dict[str, str], reason: str
) -> None:
    with pytest.raises(RequestError, match=re.escape(reason)) as refusal:
        request(**fields).to_aws_cli(subject)
    assert str(refusal.value).startswith("AWS's policy simulator cannot be asked this: ")


def test_a_key_that_is_used_as_two_types_is_refused() -> None:
    both = policy(under(StringLike={"s3:x-y": "5"}), under(NumericEquals={"s3:x-y": "5"}))
    with pytest.raises(RequestError, match="s3:x-y as numeric and as string"):
        request({"s3:x-y": "5"}).to_aws_cli(both)


def test_a_key_with_a_short_name_is_refused() -> None:
    with pytest.raises(RequestError, match="has 5 to 256 characters, unlike 'x:y'"):
        request({"x:y": "5"}).to_aws_cli(policy(under(StringLike={"x:y": "5"})))


def commands_mean_what_was_asked(
    drawn: SearchStrategy[tuple[il.Policy | il.PolicySet, il.Request]], *, least: int
) -> None:
    """Every command that is drawn does, and at least so many are."""
    written = []

    @settings(max_examples=40)  # for each of fifteen vocabularies, kinds and stacks
    @given(drawn, st.sampled_from([None, BUCKET, f"arn:aws:sqs:eu-west-1:{HERE}:q'$(q) ü\x1b"]))
    def each(pair: tuple[il.Policy | il.PolicySet, il.Request], resource: str | None) -> None:
        subject, asked = pair
        if resource is not None:
            asked = replace(asked, resource=resource, resource_account=None)
        try:
            command = asked.to_aws_cli(subject)
        except RequestError:
            return
        assert all(line.isascii() and line.isprintable() for line in command.split("\n"))
        question = asked_by(command)
        again = question.request(asked)
        assert (again.action, again.resource) == (asked.action, asked.resource)
        assert il.evaluate(question.subject(), again).outcome is il.evaluate(subject, asked).outcome
        written.append(command)

    each()
    assert len(written) >= least


@pytest.mark.parametrize("vocabulary", [EVERYDAY, *WHOLE_LANGUAGE.values()])
@pytest.mark.parametrize("kind", il.PolicyKind)
def test_a_command_asks_what_the_request_asks(vocabulary: Vocabulary, kind: il.PolicyKind) -> None:
    commands_mean_what_was_asked(with_request(policies(vocabulary, kind=kind), vocabulary), least=1)


def test_a_command_of_a_stack_asks_what_the_request_asks() -> None:
    drawn = stacks(layers=("identity", "resource", "boundary", "scps")).flatmap(
        lambda stack: st.tuples(st.just(stack), requests(*stack.policies(), vocabulary=EVERYDAY))
    )
    commands_mean_what_was_asked(drawn, least=2)


def test_a_shell_reads_the_arguments_that_were_meant() -> None:
    resource = 'arn:aws:s3:::logs/it\'s "q" $(id) `id` \\ !! \u202e\x1b[2J\n#'
    asked = request({"aws:UserAgent": "\x00'; id; \x7f\u2028"}, resource=resource)
    subject = policy({**under(StringLike={"aws:UserAgent": "?'*${*}"}), "Resource": "*"})
    command = asked.to_aws_cli(subject)
    assert all(line.isascii() and line.isprintable() for line in command.split("\n"))
    shell = "aws() { printf '%s\\n' \"$@\"; }\n"
    done = subprocess.run(["sh", "-c", shell + command], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == shlex.split(command.replace("\\\n", ""))[1:]
    assert asked_by(command).documents("policy-input-list") == (subject,)
    assert asked_by(command).resource() == resource


def test_without_a_policy_it_is_about_one_in_a_file() -> None:
    asked = request({"aws:SourceIp": "203.0.113.7", "aws:TagKeys": ["a"], "s3:prefix": "é"})
    assert asked.to_aws_cli() == (
        "aws iam simulate-custom-policy \\\n"
        '    --policy-input-list "$(cat policy.json)" \\\n'
        "    --caller-arn arn:aws:iam::111122223333:user/alice \\\n"
        "    --action-names s3:GetObject \\\n"
        "    --resource-arns arn:aws:s3:::logs/a \\\n"
        "    --context-entries \\\n"
        """        '{"ContextKeyName":"aws:SourceIp","ContextKeyValues":["203.0.113.7"],"""
        """"ContextKeyType":"ip"}' \\\n"""
        """        '{"ContextKeyName":"aws:TagKeys","ContextKeyValues":["a"],"""
        """"ContextKeyType":"stringList"}' \\\n"""
        """        '{"ContextKeyName":"s3:prefix","ContextKeyValues":["\\u00e9"],"""
        """"ContextKeyType":"string"}'"""
    )


@pytest.mark.parametrize(
    ("context", "fields", "told"),
    [
        ({"aws:PrincipalOrgID": "o-a"}, {}, "it fills in aws:PrincipalOrgID itself"),
        ({"aws:username": "alice"}, {"resource_account": THERE}, "it fills in aws:username"),
        ({}, {"action": "ec2:RunInstances"}, "for several resources together"),
        ({}, {"resource": "logs"}, "is no ARN"),
    ],
)
def test_without_a_policy_what_it_cannot_be_asked_is_refused_as_well(
    context: dict[str, str], fields: dict[str, str], told: str
) -> None:
    with pytest.raises(il.RequestError, match=re.escape(told)):
        request(context, **fields).to_aws_cli()
