"""Every policy of a template is found at its place, with its type, its name and its line."""

import json
import re

import pytest

import iamlogic as il
from iamlogic.catalog.templates import PlaceForm, PolicyPlace, policy_places
from iamlogic.errors import PolicySyntaxError
from iamlogic.inputs.cloudformation import looks_like_template, may_be_template, read_template
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.questions.review.placed import Found, PlacedPolicy, Unread
from iamlogic.syntax.policy_types import PolicyType
from tests.inputs.cloudformation.templates import tree

STATEMENT: dict[str, object] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
WITH_PRINCIPAL: dict[str, object] = {**STATEMENT, "Principal": "*"}
TRUST: dict[str, object] = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"AWS": "111122223333"},
}


def read(text: str, deployment: Deployment | None = None) -> Found:
    return read_template(text, "template.yaml", deployment)


def only(text: str, deployment: Deployment | None = None) -> PlacedPolicy:
    found = read(text, deployment)
    assert found.unread == ()
    (policy,) = found.policies
    return policy


def unread(text: str) -> Unread:
    found = read(text)
    assert found.policies == ()
    (one,) = found.unread
    return one


def written(policy: PlacedPolicy) -> dict[str, object]:
    """The policy as JSON, as people are shown it."""
    return json.loads(il.format(policy.policy))


def first_resource(policy: PlacedPolicy) -> str:
    resources = policy.policy.statements[0].resources
    assert resources is not None
    return resources.patterns[0].text


def resource(type_: str, properties: object, name: str = "It") -> str:
    return json.dumps({"Resources": {name: {"Type": type_, "Properties": properties}}})


def at(path: tuple[str, ...], value: object) -> object:
    """Properties with a value at a path."""
    for step in reversed(path):
        value = [value] if step == "*" else {step: value}
    return value


def statement_for(entry: PolicyPlace) -> dict[str, object]:
    match entry.policy:
        case PolicyType.TRUST:
            return TRUST
        case PolicyType.IDENTITY | PolicyType.SESSION | PolicyType.SCP | None:
            return STATEMENT
    return WITH_PRINCIPAL


PLACES = policy_places()
IDS = [f"{entry.type} {'.'.join(entry.path)}" for entry in PLACES]


@pytest.mark.parametrize("entry", PLACES, ids=IDS)
def test_a_policy_at_each_place_of_the_catalog_is_read(entry: PolicyPlace) -> None:
    document: object = {"Version": "2012-10-17", "Statement": [statement_for(entry)]}
    if entry.form is PlaceForm.STATEMENTS:
        document = [statement_for(entry)]
    policy = only(resource(entry.type, at(entry.path, document)))
    assert policy.type is entry.policy
    assert policy.resource_type == entry.resource
    assert policy.name.startswith("It.")
    assert len(policy.policy.statements) == 1


@pytest.mark.parametrize("entry", PLACES, ids=IDS)
def test_a_policy_at_each_place_that_is_json_text_is_read(entry: PolicyPlace) -> None:
    if entry.form is PlaceForm.POLICIES:
        return  # a text there is the name of a managed policy
    document: object = {"Version": "2012-10-17", "Statement": [statement_for(entry)]}
    if entry.form is PlaceForm.STATEMENTS:
        document = statement_for(entry)
    policy = only(resource(entry.type, at(entry.path, json.dumps(document))))
    assert policy.type is entry.policy
    assert policy.where.line == 1


@pytest.mark.parametrize("entry", PLACES, ids=IDS)
def test_a_policy_at_each_place_that_only_the_deployment_knows_is_told(entry: PolicyPlace) -> None:
    if entry.form is PlaceForm.POLICIES:
        return  # the name of a managed policy
    open_ = at(entry.path, {"Fn::Transform": {"Name": "AWS::Include"}})
    found = read(resource(entry.type, open_))
    assert len(found.policies) + len(found.unread) == 1


LINES = """\
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Org: {Type: String, Default: acme}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: !Sub |
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Principal": {"Federated": "arn:aws:iam::${AWS::AccountId}:oidc-provider/gitlab.com"},
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": {"StringLike": {"gitlab.com:sub": "project_path:${Org}/*"}}
            }
          ]
        }
      Policies:
        - PolicyName: read-logs
          PolicyDocument:
            Version: 2012-10-17
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource:
                  - !Sub "${Logs.Arn}/*"
  Logs:
    Type: AWS::S3::Bucket
"""


def test_every_part_of_a_policy_knows_its_line_also_inside_a_text() -> None:
    trust, inline = read(LINES).policies
    lines = LINES.splitlines()
    (statement,) = trust.policy.statements
    assert lines[statement.where.line - 1].strip() == "{"  # type: ignore[operator]
    (condition,) = statement.conditions
    assert condition.where.line == lines.index(next(x for x in lines if "gitlab.com:sub" in x)) + 1
    assert (trust.where.line, trust.where.column) == (9, 9)
    assert inline.where.line == 23
    assert inline.policy.statements[0].where.line == 25


def test_policies_are_named_by_the_way_to_them() -> None:
    names = [policy.name for policy in read(LINES).policies]
    assert names == [
        "Role.AssumeRolePolicyDocument",
        "Role.Policies[read-logs].PolicyDocument",
    ]


def test_the_placeholders_of_a_policy_are_its_own() -> None:
    trust, inline = read(LINES).policies
    assert [each.name for each in trust.placeholders] == ["AWS::AccountId"]
    assert [each.name for each in inline.placeholders] == ["Logs"]
    assert trust.account == "000000000000"


def test_a_mistake_in_a_text_is_told_at_its_line() -> None:
    found = read(LINES.replace('"Effect": "Allow",', '"Effect": "Alow",', 1))
    (one,) = found.unread
    assert isinstance(one.error, PolicySyntaxError)
    assert (one.error.line, one.is_open) == (13, False)
    source = LINES.splitlines()[12]
    assert one.error.column == source.index('"Allow"') + 1


BLOCKS = [
    ("a block", "|\n          {0}"),
    ("a folded block", ">-\n          {0}"),
    ("single quotes", "'{0}'"),
    ("a block with a tag", "!Sub |\n          {0}"),
    ("a block on lines", "|\n          {1}"),
    ("pieces", "!Join ['', ['{0}']]"),
]


@pytest.mark.parametrize(("name", "form"), BLOCKS, ids=[case[0] for case in BLOCKS])
def test_a_document_as_text_in_yaml_is_read_in_each_form(name: str, form: str) -> None:
    assert name
    document = {"Version": "2012-10-17", "Statement": [STATEMENT]}
    lines = json.dumps(document, indent=2).replace("\n", "\n          ")
    text = form.format(json.dumps(document), lines)
    template = f"""
Resources:
  It:
    Type: AWS::IAM::Policy
    Properties:
      PolicyDocument: {text}
"""
    policy = only(template)
    (statement,) = policy.policy.statements
    place = statement.actions.where
    source = template.splitlines()[(place.line or 0) - 1]
    assert source[(place.column or 0) - 1 :].startswith('"Action"')


def test_a_text_with_escapes_in_json_is_read_with_its_columns() -> None:
    text = resource("AWS::IAM::Policy", {"PolicyDocument": json.dumps({"Statement": STATEMENT})})
    (statement,) = only(text).policy.statements
    column = statement.actions.where.column
    assert column is not None
    assert text[column - 1 :].startswith('\\"Action')


def test_a_text_with_an_open_part_outside_of_strings_is_open() -> None:
    one = unread("""
Parameters: {Statements: {Type: String}}
Resources:
  It:
    Type: AWS::IAM::Policy
    Properties:
      PolicyDocument: !Sub '{"Statement": ${Statements}}'
""")
    assert one.is_open


def test_a_policy_that_a_parameter_gives_is_open_and_says_so() -> None:
    one = unread("""
Parameters: {Document: {Type: String}}
Resources: {It: {Type: AWS::IAM::Policy, Properties: {PolicyDocument: !Ref Document}}}
""")
    assert one.is_open
    assert "Document is a parameter without a default" in str(one.error)
    assert one.where.line == 3


CONDITIONS = """
Parameters: {Env: {Type: String, Default: dev}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  It:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {AWS: 111122223333}, Action: "sts:AssumeRole"}
      Policies: !If
        - IsProd
        - - PolicyName: !Sub "${Env}-read"
            PolicyDocument:
              Statement: {Effect: Allow, Action: "s3:Get*", Resource: !Sub "arn:aws:s3:::${Env}"}
        - !Ref AWS::NoValue
  Other:
    Type: AWS::IAM::Policy
    Condition: IsProd
    Properties:
      PolicyDocument: !If
        - IsProd
        - Statement: {Effect: Allow, Action: "s3:Put*", Resource: !Sub "arn:aws:s3:::${Env}"}
        - Statement: {Effect: Allow, Action: "s3:List*", Resource: "*"}
"""


def test_a_policy_under_a_condition_is_read_as_it_is_there() -> None:
    _, inline, other = read(CONDITIONS).policies
    assert inline.name == "It.Policies (if IsProd)[prod-read].PolicyDocument"
    assert first_resource(inline) == "arn:aws:s3:::prod"
    assert other.name == "Other.PolicyDocument"
    assert other.policy.statements[0].actions.patterns[0].text == "s3:Put*"


def test_an_account_without_quotes_is_a_text() -> None:
    (trust, *_) = read(CONDITIONS).policies
    assert written(trust)["Statement"] == [
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
    ]


def test_a_parameter_with_an_empty_default_is_open() -> None:
    policy = only("""
Parameters: {TopicArn: {Type: String, Default: ""}}
Resources:
  It:
    Type: AWS::IAM::Policy
    Properties:
      PolicyDocument:
        Statement: {Effect: Allow, Action: "sns:Publish", Resource: !Ref TopicArn}
""")
    assert [each.name for each in policy.placeholders] == ["TopicArn"]


def test_a_name_that_is_there_twice_is_a_mistake() -> None:
    one = unread("""
Resources:
  It:
    Type: AWS::IAM::Policy
    Properties:
      PolicyDocument:
        Statement: {Effect: Allow, Effect: Deny, Action: "*", Resource: "*"}
""")
    assert "R-P11" in str(one.error)


def test_resources_of_one_name_are_both_read() -> None:
    one = resource("AWS::IAM::Policy", {"PolicyDocument": {"Statement": STATEMENT}})
    entry = one[one.index('"It"') : -2]
    found = read(f'{{"Resources": {{{entry}, {entry}}}}}')
    assert [policy.name for policy in found.policies] == [
        "It.PolicyDocument",
        "It.PolicyDocument (2)",
    ]


# SAM

SAM = """
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - AmazonS3ReadOnlyAccess
        - !Ref Managed
        - Effect: Allow
          Action: s3:GetObject
          Resource: "*"
        - Version: 2012-10-17
          Statement: [{Effect: Allow, Action: "s3:PutObject", Resource: "*"}]
        - S3ReadPolicy: {BucketName: logs}
        - !If
          - Something
          - Statement: {Effect: Allow, Action: "s3:List*", Resource: "*"}
          - !Ref AWS::NoValue
  Alone:
    Type: AWS::Serverless::Function
    Properties:
      Policies: {Statement: {Effect: Allow, Action: "s3:List*", Resource: "*"}}
  Named:
    Type: AWS::Serverless::StateMachine
    Properties: {Policies: AmazonS3ReadOnlyAccess}
"""


def test_documents_and_statements_among_the_policies_of_sam_are_read() -> None:
    assert [policy.name for policy in read(SAM).policies] == [
        "Fn.Policies[2]",
        "Fn.Policies[3]",
        "Fn.Policies[5] (if Something)",
        "Alone.Policies",
    ]


def test_a_policy_template_of_sam_is_told_as_open() -> None:
    (one,) = read(SAM).unread
    assert (one.name, one.is_open) == ("Fn.Policies[4]", True)
    assert "S3ReadPolicy is a policy template of SAM" in str(one.error)


def test_defaults_for_all_apis_are_read() -> None:
    policy = only("""
Globals:
  Api:
    Auth:
      ResourcePolicy:
        CustomStatements:
          - {Effect: Allow, Principal: "*", Action: "execute-api:*", Resource: "execute-api:/*"}
Resources: {Api: {Type: AWS::Serverless::Api}}
""")
    assert policy.name == "Globals.Api.Auth.ResourcePolicy.CustomStatements"
    assert policy.type is PolicyType.RESOURCE


# Grants in other words

PERMISSIONS = [
    (
        {"Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::b", "SourceAccount": "1"},
        {
            "Principal": {"Service": "s3.amazonaws.com"},
            "Condition": {
                "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"},
                "StringEquals": {"AWS:SourceAccount": "1"},
            },
        },
    ),
    (
        {"Principal": "111122223333"},
        {"Principal": {"AWS": "arn:aws:iam::111122223333:root"}},
    ),
    (
        {"Principal": "arn:aws:iam::111122223333:role/deploy"},
        {"Principal": {"AWS": "arn:aws:iam::111122223333:role/deploy"}},
    ),
    (
        {"Principal": "*", "PrincipalOrgID": "o-1234567890"},
        {
            "Principal": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}},
        },
    ),
    (
        {"Principal": "*", "FunctionUrlAuthType": "NONE", "Action": "lambda:InvokeFunctionUrl"},
        {
            "Principal": "*",
            "Action": "lambda:InvokeFunctionUrl",
            "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        },
    ),
]


@pytest.mark.parametrize(("properties", "expected"), PERMISSIONS)
def test_a_permission_of_a_function_is_the_statement_that_it_adds(
    properties: dict[str, object], expected: dict[str, object]
) -> None:
    given = {"FunctionName": "fn", "Action": "lambda:InvokeFunction", **properties}
    deployment = Deployment(account="999999999999", region="eu-west-1")
    policy = only(resource("AWS::Lambda::Permission", given), deployment)
    arn = "arn:aws:lambda:eu-west-1:999999999999:function:fn"
    usual = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": arn}
    assert written(policy)["Statement"] == [{**usual, **expected}]
    assert (policy.type, policy.resource_type) == (PolicyType.RESOURCE, "AWS::Lambda::Function")


FUNCTIONS = [
    ("fn", "arn:aws:lambda:eu-west-1:999999999999:function:fn"),
    ("fn:live", "arn:aws:lambda:eu-west-1:999999999999:function:fn:live"),
    ("111122223333:function:fn", "arn:aws:lambda:eu-west-1:111122223333:function:fn"),
    (
        "arn:aws:lambda:us-east-1:111122223333:function:fn",
        "arn:aws:lambda:us-east-1:111122223333:function:fn",
    ),
]


@pytest.mark.parametrize(("name", "arn"), FUNCTIONS)
def test_the_name_of_a_function_is_its_arn(name: str, arn: str) -> None:
    given = {"FunctionName": name, "Action": "lambda:InvokeFunction", "Principal": "*"}
    deployment = Deployment(account="999999999999", region="eu-west-1")
    policy = only(resource("AWS::Lambda::Permission", given), deployment)
    assert first_resource(policy) == arn


def test_a_permission_of_an_open_principal_may_be_for_anybody() -> None:
    template = """
Parameters: {Who: {Type: String}}
Resources:
  It:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: fn, Action: lambda:InvokeFunction, Principal: !Ref Who}
"""
    policy = only(template)
    assert [each.name for each in policy.placeholders if each.name == "Who"] == ["Who"]


def test_a_permission_of_an_event_bus_is_the_statement_that_it_adds() -> None:
    given = {
        "StatementId": "a",
        "Action": "events:PutEvents",
        "Principal": "*",
        "Condition": {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"},
    }
    deployment = Deployment(account="999999999999", region="eu-west-1")
    policy = only(resource("AWS::Events::EventBusPolicy", given), deployment)
    assert written(policy)["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "events:PutEvents",
            "Resource": "arn:aws:events:eu-west-1:999999999999:event-bus/default",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        }
    ]


def test_a_public_acl_of_a_bucket_is_public() -> None:
    policy = only(resource("AWS::S3::Bucket", {"AccessControl": "PublicRead", "BucketName": "b"}))
    assert policy.name == "It.AccessControl"
    assert policy.resource_type == "AWS::S3::Bucket"
    assert written(policy)["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"],
            "Resource": "arn:aws:s3:::b",
        }
    ]


@pytest.mark.parametrize("acl", ["Private", "LogDeliveryWrite", "BucketOwnerFullControl"])
def test_an_acl_that_lets_no_stranger_in_is_no_policy(acl: str) -> None:
    assert read(resource("AWS::S3::Bucket", {"AccessControl": acl})) == Found()


def test_an_acl_under_a_condition_is_there_under_it() -> None:
    policy = only("""
Parameters: {Public: {Type: String, Default: "no", AllowedValues: ["yes", "no"]}}
Conditions: {IsPublic: !Equals [!Ref Public, "yes"]}
Resources:
  It:
    Type: AWS::S3::Bucket
    Properties: {AccessControl: !If [IsPublic, PublicReadWrite, Private]}
""")
    assert policy.name == "It.AccessControl (if IsPublic)"
    assert len(policy.policy.statements) == 2


def test_an_acl_that_is_not_known_is_open() -> None:
    one = unread("""
Parameters: {Acl: {Type: String}}
Resources: {It: {Type: AWS::S3::Bucket, Properties: {AccessControl: !Ref Acl}}}
""")
    assert one.is_open


def test_a_url_of_sam_without_authentication_is_public() -> None:
    properties = {"FunctionName": "fn", "FunctionUrlConfig": {"AuthType": "NONE"}}
    deployment = Deployment(account="999999999999", region="eu-west-1")
    policy = only(resource("AWS::Serverless::Function", properties), deployment)
    assert written(policy)["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "lambda:InvokeFunctionUrl",
            "Resource": "arn:aws:lambda:eu-west-1:999999999999:function:fn",
            "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        }
    ]
    properties["FunctionUrlConfig"] = {"AuthType": "AWS_IAM"}
    assert read(resource("AWS::Serverless::Function", properties)) == Found()


def test_a_grant_in_other_words_is_told_as_open() -> None:
    one = unread(resource("AWS::Signer::ProfilePermission", {"Action": "signer:StartSigningJob"}))
    assert one.is_open


# The net

DOCUMENT = json.dumps({"Statement": [STATEMENT]})
HIDDEN = [
    ("an object", {"Anything": {"Statement": STATEMENT}}),
    ("a list", {"Anything": [1, {"Statement": [STATEMENT]}]}),
    ("a text", {"Anything": DOCUMENT}),
    ("a text in a text", {"Anything": json.dumps({"Policy": DOCUMENT})}),
    ("a joined text", {"Anything": {"Fn::Join": ["", [DOCUMENT[:-5], DOCUMENT[-5:]]]}}),
    (
        "a choice of statements",
        {"Anything": {"Statement": [{"Fn::If": ["C", STATEMENT, {"Ref": "AWS::NoValue"}]}]}},
    ),
]


@pytest.mark.parametrize(("name", "properties"), HIDDEN, ids=[case[0] for case in HIDDEN])
def test_what_has_the_shape_of_a_policy_is_found_anywhere(name: str, properties: object) -> None:
    policy = only(resource("Custom::Thing", properties))
    assert policy.name.startswith("It.Anything"), name
    assert policy.type is None


NO_POLICY = [
    ("what is masked", "AWS::SNS::Topic", {"Statement": [{"DataDirection": "Inbound"}]}),
    ("a text of words", "Custom::Thing", "Statement of Effect"),
    ("tags", "AWS::Organizations::Policy", {"tags": {"a": {"tag_key": {"@@assign": "a"}}}}),
]


@pytest.mark.parametrize(("name", "type_", "value"), NO_POLICY)
def test_what_has_not_the_shape_of_a_policy_is_none(name: str, type_: str, value: object) -> None:
    found = read(resource(type_, {"Content": value, "Type": "TAG_POLICY"}))
    assert found == Found(), name


@pytest.mark.parametrize(
    ("word", "type_"),
    [("SERVICE_CONTROL_POLICY", PolicyType.SCP), ("RESOURCE_CONTROL_POLICY", PolicyType.RCP)],
)
def test_a_policy_of_an_organization_is_of_the_type_that_it_says(
    word: str, type_: PolicyType
) -> None:
    statement: dict[str, object] = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    if type_ is PolicyType.RCP:
        statement["Principal"] = "*"
    content = {"Version": "2012-10-17", "Statement": [statement]}
    policy = only(resource("AWS::Organizations::Policy", {"Type": word, "Content": content}))
    assert policy.type is type_


def test_a_template_in_a_template_has_its_own_names() -> None:
    inner = resource(
        "AWS::IAM::Policy",
        {"PolicyDocument": {"Statement": {**STATEMENT, "Resource": {"Ref": "Arn"}}}},
    )
    template = json.loads(resource("AWS::CloudFormation::StackSet", {"TemplateBody": inner}))
    template["Parameters"] = {"Arn": {"Type": "String", "Default": "arn:aws:s3:::outer"}}
    policy = only(json.dumps(template))
    assert policy.name == "It.TemplateBody: It.PolicyDocument"
    assert [each.name for each in policy.placeholders] == ["Arn"]


def test_short_resources_of_an_api_are_completed() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
    document = {"Statement": {**statement, "Resource": "execute-api:/prod/GET/*"}}
    deployment = Deployment(account="999999999999", region="eu-west-1")
    policy = only(resource("AWS::ApiGateway::RestApi", {"Policy": document}), deployment)
    arn = "arn:aws:execute-api:eu-west-1:999999999999:<It>/prod/GET/*"
    assert first_resource(policy) == arn


# Loops

LOOP = """
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: "one,two"}}
Resources:
  Fn::ForEach::Policies:
    - Name
    - !Ref Names
    - Policy${Name}:
        Type: AWS::IAM::Policy
        Properties:
          PolicyDocument:
            Statement: {Effect: Allow, Action: "s3:*", Resource: !Sub "arn:aws:s3:::${Name}"}
"""


def test_a_loop_is_written_out() -> None:
    one, two = read(LOOP).policies
    assert (one.name, two.name) == ("Policyone.PolicyDocument", "Policytwo.PolicyDocument")
    assert first_resource(two) == "arn:aws:s3:::two"


def test_a_loop_over_what_is_not_known_is_read_once() -> None:
    policy = only(LOOP.replace(', Default: "one,two"', ""))
    assert first_resource(policy) == "arn:aws:s3:::<Name>"


def test_loops_that_multiply_are_bounded() -> None:
    items = ", ".join(f"i{number}" for number in range(100))
    loop = "'X${A}${B}${C}': {Type: AWS::S3::Bucket}"
    for name in "CBA":
        loop = f"'Fn::ForEach::{name}': [{name}, [{items}], {{{loop}}}]"
    one = unread(f"Resources: {{{loop}}}")
    assert "takes more than" in str(one.error)


def test_a_macro_that_may_rewrite_the_template_is_told() -> None:
    found = read("Transform: [AWS::Serverless-2016-10-31, Company]\n" + LINES)
    assert len(found.policies) == 2
    (one,) = found.unread
    assert (one.name, one.is_open) == ("Transform", True)
    assert "the macro Company" in str(one.error)


def test_a_template_in_yaml_in_a_template_is_read_at_its_lines() -> None:
    inner = """\
Parameters: {Env: {Type: String, Default: dev}}
Resources:
  Read:
    Type: AWS::IAM::Policy
    Properties:
      PolicyDocument:
        Statement: {Effect: Allow, Action: "s3:Get*", Resource: !Sub "arn:aws:s3:::${Env}"}
"""
    template = """\
Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties:
      TemplateBody: |
""" + "".join(f"        {line}\n" for line in inner.splitlines())
    policy = only(template)
    assert policy.name == "Set.TemplateBody: Read.PolicyDocument"
    assert first_resource(policy) == "arn:aws:s3:::dev"
    assert (policy.where.line, policy.where.column) == (12, 17)


def test_resources_from_a_transform_are_told() -> None:
    one = unread("""
Resources:
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: "s3://b/more.yaml"}}
""")
    assert one.is_open


# Files

TEMPLATES = [
    ("Resources: {A: {Type: AWS::S3::Bucket}}", True),
    ('{"Resources": {"A": {"Type": "Custom::X"}}}', True),
    ("Resources: {A: {Type: 'Alexa::ASK::Skill'}}", True),
    ("Resources: {A: {Type: Deployment}}", False),
    ("Resources: [a]", False),
    ("kind: Deployment", False),
    ("- a", False),
]


@pytest.mark.parametrize(("text", "expected"), TEMPLATES)
def test_a_template_is_told_from_other_files(text: str, expected: bool) -> None:  # noqa: FBT001
    assert looks_like_template(tree(text)) is expected
    assert may_be_template(text) or not expected


def test_a_template_with_comments_and_trailing_commas_is_read_as_cloudformation_does() -> None:
    policy = only("""{
  "Resources": {"It": {"Type": "AWS::IAM::Policy", "Properties": { # a comment
    "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",}},
  }}}
}""")
    assert policy.where.line == 3


@pytest.mark.parametrize("text", ['{"Resources": {"a": ', "Resources:\n\t- AWS::IAM::Role"])
def test_a_file_that_cannot_be_parsed_is_told_with_its_line(text: str) -> None:
    one = unread(text)
    assert one.name == ""
    assert isinstance(one.error, PolicySyntaxError)
    assert one.where.line is not None
    assert one.title == "template.yaml"


def test_every_template_of_a_file_is_read() -> None:
    text = resource("AWS::IAM::Policy", {"PolicyDocument": {"Statement": STATEMENT}})
    found = read(f"---\n{text}\n---\nkind: other\n---\n{text}\n")
    assert [policy.where.line for policy in found.policies] == [2, 6]
    assert len({policy.name for policy in found.policies}) == 2


def test_an_empty_template_has_no_policies() -> None:
    assert read("Resources: {A: {Type: AWS::S3::Bucket}, B: 1, C: {Type: 2}, D: }") == Found()


HOSTILE = [
    "Resources: {A: {Type: AWS::IAM::Role, Properties: %s}}",
    "Resources: {A: {Type: AWS::IAM::Role, Properties: {Policies: %s}}}",
    "Resources: {A: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: %s}}}",
    "Resources: {A: {Type: AWS::Serverless::Function, Properties: {Policies: %s}}}",
    "Resources: {A: {Type: AWS::Lambda::Permission, Properties: %s}}",
    "Resources: {A: {Type: AWS::S3::Bucket, Properties: {AccessControl: %s}}}",
    "Resources: {A: {Type: AWS::Serverless::Function, Properties: {FunctionUrlConfig: %s}}}",
    "Resources: {A: {Type: AWS::Events::EventBusPolicy, Properties: {Principal: %s}}}",
    "{Conditions: {C: %s}, Resources: {A: {Type: AWS::IAM::Role, Condition: C}}}",
    "{Mappings: %s, Resources: {A: {Type: AWS::IAM::Policy, Properties: !FindInMap [a, b, c]}}}",
    "{Mappings: %s, Resources: {A: {Type: T::T, Properties: {Statement: {Effect: !Ref a}}}}}",
    "{Parameters: %s, Resources: {A: {Type: T::T, Properties: {Statement: {Effect: !Ref a}}}}}",
    "{Globals: %s, Resources: {A: {Type: AWS::IAM::Policy}}}",
    "Resources: {A: {Type: AWS::IAM::Policy, Condition: %s, Properties: {PolicyDocument: 1}}}",
    "Resources: {Fn::ForEach::X: %s, B: {Type: AWS::S3::Bucket}}",
]
ODD = [
    "1",
    "a",
    "[]",
    "{}",
    "null",
    "[[[]]]",
    "!Ref a",
    "!Ref [a]",
    "!Ref {a: b}",
    "!Sub []",
    "!Sub [a, b]",
    "!Sub '${}'",
    "!Sub '${a'",
    "!Join a",
    "!Join [a, b]",
    "!Join [[], [a]]",
    "!Select [x, y]",
    "!Select [1]",
    "!Split ['', a]",
    "!Split [a, !Split [a, b]]",
    "!If [a]",
    "!If [[a], b, c]",
    "!If a",
    "!If [x, !Ref AWS::NoValue, !Ref AWS::NoValue]",
    "!GetAtt a",
    "!GetAtt [a, [b]]",
    "!FindInMap [a]",
    "!FindInMap [[a], b, c]",
    "!Not []",
    "!Equals [a]",
    "!Condition x",
    "{a: {b: 1}}",
    "[a, !Ref a, {PolicyDocument: !Ref b}]",
    "!ToJsonString {Statement: x}",
    "!Cidr [1, 2, 3]",
    "!Transform a",
    "{Fn::ForEach::X: [a, [b], c]}",
    "[a, [b, c], {d${a}: {Type: AWS::IAM::Policy}}]",
]


@pytest.mark.parametrize("template", HOSTILE, ids=lambda text: re.sub(r"[^A-Za-z:]+", " ", text))
@pytest.mark.parametrize("value", ODD)
def test_whatever_stands_in_a_template_nothing_breaks(template: str, value: str) -> None:
    found = read(template % value)
    for each in found.unread:
        assert each.error.args
