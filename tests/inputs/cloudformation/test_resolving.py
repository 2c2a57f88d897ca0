"""What the expressions of a template are; what is open has the name that the template gives it."""

import pytest

from iamlogic.inputs.cloudformation.conditions import Scope
from iamlogic.inputs.cloudformation.resolver import MAX_RESULT, MAX_STEPS
from iamlogic.inputs.unresolved.placeholders import Deployment
from tests.inputs.cloudformation.templates import Plain, plain, resolved, resolver, tree

TEMPLATE = """
Parameters:
  Env: {Type: String, Default: dev}
  Partner: {Type: String}
  Count: {Type: Number, Default: 3}
  Accounts: {Type: CommaDelimitedList, Default: "111122223333, 444455556666"}
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>"}
  Ami: {Type: "AWS::SSM::Parameter::Value<String>", Default: /images/latest}
  Suffix: {Type: String, Default: ""}
Mappings:
  Regions:
    eu-west-1: {Name: ireland, Names: [a, b]}
    us-east-1: {Name: virginia, Names: [a, c]}
  Same:
    dev: {Id: x}
    prod: {Id: x}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsPartner: !Not [!Equals [!Ref Partner, ""]]
  Always: !Equals [a, a]
  Never: !Not [!Condition Always]
  Both: !And [!Condition IsProd, !Condition IsPartner]
  Either: !Or [!Condition IsProd, !Condition Always]
  Circle: !Not [!Condition Circle]
  InChina: !Equals [!Ref AWS::Partition, aws-cn]
  IsHome: !Equals [!Ref AWS::AccountId, "111122223333"]
Resources:
  Logs: {Type: AWS::S3::Bucket}
  Named: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "logs-${Env}"}}
  Maybe:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !If [IsPartner, known, !Ref AWS::NoValue]}
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: alarms}}
  Role: {Type: AWS::IAM::Role}
  Deploy: {Type: AWS::IAM::Role, Properties: {RoleName: deploy, Path: /ci/}}
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: db}}
  Issuer: {Type: AWS::IAM::OIDCProvider, Properties: {Url: "https://token.actions.example.com"}}
  Fn: {Type: AWS::Serverless::Function}
  Odd: {Type: AWS::New::Thing}
  One: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "a${Two}"}}
  Two: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "b${One}"}}
"""

CASES = [
    # What says itself
    ("plain", "plain"),
    ("arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/${aws:username}/*"),
    ("2012-10-17", "2012-10-17"),
    # Parameters
    ("!Ref Env", "dev"),
    ("{Ref: Env}", "dev"),
    ("!Ref Count", "3"),
    ("!Ref Partner", "<Partner>"),
    ("!Ref Accounts", ["111122223333", "444455556666"]),
    ("!Ref Subnets", "<Subnets>"),
    ("!Ref Ami", "<Ami>"),
    ("!Ref Nowhere", "<Nowhere>"),
    # Pseudo parameters
    ("!Ref AWS::AccountId", "000000000000"),
    ("!Ref AWS::Region", "<AWS.Region>"),
    ("!Ref AWS::Partition", "aws"),
    ("!Ref AWS::URLSuffix", "amazonaws.com"),
    ("!Ref AWS::StackName", "<AWS.StackName>"),
    ("!Ref AWS::NoValue", ...),
    # Sub
    ('!Sub "${Env}-x"', "dev-x"),
    ('!Sub "arn:aws:iam::${AWS::AccountId}:root"', "arn:aws:iam::000000000000:root"),
    ('!Sub "home/${!aws:username}/*"', "home/${aws:username}/*"),
    ('!Sub "home/${aws:username}/*"', "home/${aws:username}/*"),
    ('!Sub ["${A}/${Env}", {A: !Ref Partner}]', "<Partner>/dev"),
    ('!Sub "${Queue.Arn}"', "arn:aws:sqs:<AWS.Region>:000000000000:<Queue>"),
    ('!Sub "${ Env }"', "dev"),
    ('!Sub "a${Suffix}"', "a"),
    ('!Sub "${Logs}/x"', "<Logs>/x"),
    # Join, Split, Select, Length
    ('!Join ["", ["arn:aws:s3:::", !Ref Logs, "/*"]]', "arn:aws:s3:::<Logs>/*"),
    ('!Join [",", !Ref Accounts]', "111122223333,444455556666"),
    ('!Join [":", [a, !Ref AWS::NoValue, b]]', "a:b"),
    ('!Join [",", !Ref Subnets]', "<Subnets>"),
    ("!Select [1, !Ref Accounts]", "444455556666"),
    ("!Select [0, !Ref Subnets]", "<Subnets[0]>"),
    ("!Select [9, [a, b]]", "<a_b[9]>"),
    ('!Split ["/", "a/b"]', ["a", "b"]),
    ('!Select [4, !Split [":", !Ref AWS::AccountId]]', "<AWS.AccountId[4]>"),
    ('!Select [0, !Split [":", !Ref AWS::AccountId]]', "000000000000"),
    ('!Select [5, !Split [":", !GetAtt Queue.Arn]]', "<Queue.Arn[5]>"),
    ("{Fn::Length: [a, b]}", "2"),
    # Mappings
    ("!FindInMap [Regions, eu-west-1, Name]", "ireland"),
    ("!FindInMap [Regions, eu-west-1, Names]", ["a", "b"]),
    ("!FindInMap [Regions, mars, Name]", "<Regions[mars][Name]>"),
    ('!FindInMap [Regions, mars, Name, {DefaultValue: "x"}]', "x"),
    (
        "!FindInMap [Regions, !Ref AWS::Region, Name]",
        ("<if AWS.Region=eu-west-1>", "ireland", "virginia"),
    ),
    ("!FindInMap [Same, !Ref Env, Id]", "x"),
    # Resources
    ("!Ref Named", "logs-dev"),
    ("!GetAtt Logs.Arn", "arn:aws:s3:::<Logs>"),
    ("{Fn::GetAtt: [Logs, Arn]}", "arn:aws:s3:::<Logs>"),
    ("{Fn::GetAtt: Logs.Arn}", "arn:aws:s3:::<Logs>"),
    ("!GetAtt Named.Arn", "arn:aws:s3:::logs-dev"),
    ("!GetAtt Logs.DomainName", "<Logs.DomainName>"),
    ("!GetAtt Maybe.Arn", ("<if IsPartner>", "arn:aws:s3:::known", "arn:aws:s3:::<Maybe>")),
    ("!Ref Topic", "arn:aws:sns:<AWS.Region>:000000000000:alarms"),
    ("!Ref Queue", "<Queue>"),
    ("!GetAtt Role.Arn", "arn:aws:iam::000000000000:role/<Role>"),
    ("!GetAtt Deploy.Arn", "arn:aws:iam::000000000000:role/ci/deploy"),
    ("!Ref Deploy", "deploy"),
    (
        "!Ref Secret",
        "arn:aws:secretsmanager:<AWS.Region>:000000000000:secret:db-<Secret.Suffix>",
    ),
    ("!Ref Issuer", "arn:aws:iam::000000000000:oidc-provider/token.actions.example.com"),
    ("!GetAtt FnRole.Arn", "arn:aws:iam::000000000000:role/<FnRole>"),
    ("!Ref Odd", "<Odd>"),
    ("!GetAtt Odd.Arn", "<Odd.Arn>"),
    ("!Ref One", "ab<One>"),
    # What other stacks, stores and transforms know
    ("!ImportValue shared-key", "<shared-key>"),
    ('!ImportValue {"Fn::Sub": "${Env}-key"}', "<dev-key>"),
    ("x-{{resolve:ssm:/a/b:1}}", "x-<resolve_ssm_a_b_1>"),
    ('!Sub "{{resolve:ssm:/${Env}/b}}"', "<resolve_ssm_dev_b>"),
    ("!GetAZs ''", "<GetAZs()>"),
    ("{Fn::Transform: {Name: AWS::Include}}", "<Transform(AWS.Include)>"),
    ("{Version: x, Fn::Transform: {Name: AWS::Include}}", "<object>"),
    ("!Unheard of", "<Unheard(of)>"),
    # Conditions
    ("!If [Always, a, b]", "a"),
    ("!If [Never, a, b]", "b"),
    ("!If [Either, a, b]", "a"),
    ("!If [InChina, a, b]", "b"),
    ("!If [IsHome, a, b]", ("<if IsHome>", "a", "b")),
    ("!If [IsPartner, !Ref Partner, b]", ("<if IsPartner>", "<Partner>", "b")),
    ("!If [Undefined, a, b]", ("<if Undefined>", "a", "b")),
    ("!If [Circle, a, b]", ("<if Circle>", "a", "b")),
    ("!If [IsPartner, a, !Ref AWS::NoValue]", ("<if IsPartner>", "a", ...)),
    (
        "!Join ['/', [x, !If [IsPartner, a, b], !If [IsPartner, c, d]]]",
        ("<if IsPartner>", "x/a/c", "x/b/d"),
    ),
    ("!Sub ['${A}!', {A: !If [IsPartner, a, b]}]", ("<if IsPartner>", "a!", "b!")),
]


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[case[0] for case in CASES])
def test_an_expression_is(expression: str, expected: Plain) -> None:
    assert resolved(expression, TEMPLATE) == expected


def test_a_condition_by_a_default_is_left_open_and_says_what_the_parameter_is_there() -> None:
    expected = ("<if IsProd>", "logs-prod", "logs-dev")
    assert resolved('!If [IsProd, !Sub "logs-${Env}", !Ref Named]', TEMPLATE) == expected


def test_what_a_conjunction_says_of_its_parts_holds_in_its_branch() -> None:
    assert resolved("!If [Both, !Ref Env, !Ref Env]", TEMPLATE) == ("<if Both>", "prod", "dev")


def test_a_parameter_that_has_not_its_default_is_open() -> None:
    template = """
    Parameters: {Partner: {Type: String, Default: none}}
    Conditions: {HasPartner: !Not [!Equals [!Ref Partner, none]]}
    """
    found = resolved("!If [HasPartner, !Ref Partner, x]", template)
    assert found == ("<if HasPartner>", "<Partner>", "x")


def test_a_condition_inside_of_itself_is_decided_once() -> None:
    nested = "!If [IsPartner, !If [IsProd, !If [IsProd, a, b], c], d]"
    expected = ("<if IsPartner>", ("<if IsProd>", "a", "c"), "d")
    assert resolved(nested, TEMPLATE) == expected


def test_a_deployment_decides() -> None:
    deployment = Deployment(
        partition="aws-cn",
        account="123456789012",
        region="cn-north-1",
        parameters={"Env": "prod", "Accounts": "1, 2"},
    )

    def of(expression: str) -> Plain:
        return resolved(expression, TEMPLATE, deployment)

    assert of("!If [IsProd, a, b]") == "a"
    assert of("!If [InChina, !Ref AWS::URLSuffix, b]") == "amazonaws.com.cn"
    assert of("!Ref Accounts") == ["1", "2"]
    assert of("!If [IsHome, a, b]") == "b"
    assert of("!GetAtt Queue.Arn") == "arn:aws-cn:sqs:cn-north-1:123456789012:<Queue>"


def test_a_value_that_a_deployment_gives_an_ssm_parameter_is_a_key_in_the_store() -> None:
    deployment = Deployment(parameters={"Ami": "/images/mine"})
    one = resolver(TEMPLATE, deployment)
    assert plain(one.resolve(tree("!Ref Ami"), Scope())) == "<Ami>"
    (placeholder,) = one.placeholders.all
    assert placeholder.reason == "read from the SSM parameter /images/mine at the deployment"


REASONS = [
    ("!Ref Partner", "a parameter without a default"),
    ("!Ref Nowhere", "neither a parameter nor a resource of the template"),
    ("!ImportValue x", "imported from another stack"),
    ("!GetAtt Odd.Arn", "an attribute of the resource Odd (AWS::New::Thing)"),
    ("!Ref Logs", "the name that the resource Logs (AWS::S3::Bucket) will get"),
    ("!If [IsProd, a, b]", "a condition on Env, false by default"),
    ("!If [IsPartner, a, b]", "a condition on what is not known before the deployment"),
    ("!If [Undefined, a, b]", "a condition that the template does not define"),
]


@pytest.mark.parametrize(("expression", "reason"), REASONS, ids=[case[0] for case in REASONS])
def test_what_is_open_says_why(expression: str, reason: str) -> None:
    one = resolver(TEMPLATE)
    one.resolve(tree(expression), Scope())
    assert one.placeholders.all[-1].reason == reason


def test_a_value_of_a_default_is_no_placeholder() -> None:
    one = resolver(TEMPLATE)
    one.resolve(tree('!Sub "${Env}-${Count}"'), Scope())
    assert one.placeholders.all == ()


def test_a_value_stands_where_its_expression_stands() -> None:
    text = "[a, !Sub '${Env}', !GetAtt Logs.Arn]"
    value = resolver(TEMPLATE).resolve(tree(text), Scope())
    positions = [text.index(each) for each in ("a", "!Sub", "!GetAtt")]
    assert [item.position for item in value.items] == positions  # type: ignore[union-attr]


def test_a_text_on_too_many_conditions_is_open() -> None:
    names = [f"C{number}" for number in range(7)]
    conditions = "".join(f'  {name}: !Equals [!Ref P, "{name}"]\n' for name in names)
    template = f"Parameters: {{P: {{Type: String}}}}\nConditions:\n{conditions}"
    parts = ", ".join(f"!If [{name}, a, b]" for name in names)
    found = resolved(f"!Join ['', [{parts}]]", template)
    assert isinstance(found, str)
    assert found.startswith("<If(")


def test_names_that_double_each_other_are_bounded() -> None:
    parts = [f"${{B{number + 1}}}" * 12 for number in range(40)]
    buckets = "".join(
        f"  B{number}: {{Type: AWS::S3::Bucket, Properties: {{BucketName: !Sub '{part}'}}}}\n"
        for number, part in enumerate(parts)
    )
    one = resolver(f"Resources:\n{buckets}")
    found = plain(one.resolve(tree("!Ref B0"), Scope()))
    assert isinstance(found, str)
    assert len(found) <= MAX_RESULT
    assert one.steps < MAX_STEPS


def test_conditions_that_double_each_other_are_decided_once() -> None:
    conditions = "".join(
        f"  C{number}: !And [!Condition C{number + 1}, !Condition C{number + 1}]\n"
        for number in range(40)
    )
    template = f"""
Parameters: {{P: {{Type: String, Default: a}}}}
Conditions:
  C40: !Equals [!Ref P, x]
{conditions}
"""
    assert resolved("!If [C0, !Ref P, !Ref P]", template) == ("<if C0>", "x", "a")


def test_expressions_far_inside_each_other_end() -> None:
    nested = "x"
    for _ in range(25):
        nested = f"!Join ['', [a, {nested}]]"
    assert isinstance(resolved(nested, TEMPLATE), str)


def test_the_bound_on_steps_is_above_what_a_template_needs() -> None:
    one = resolver(TEMPLATE)
    for expression, _ in CASES:
        one.resolve(tree(expression), Scope())
    assert one.steps < MAX_STEPS / 50
