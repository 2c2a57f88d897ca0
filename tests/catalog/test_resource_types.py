"""The catalog: which requests are access to a resource of a type."""

import pickle

import pytest

import iamlogic as il
from iamlogic.catalog.resource_types import RESOURCE_TYPES, ResourceType, resource_type
from iamlogic.semantics.globs import Chunk, arn_matches, arn_pattern, glob_matches, written

PUBLIC_CHECK = [
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::Stream",
    "AWS::EFS::FileSystem",
    "AWS::OpenSearchService::Domain",
    "AWS::Kinesis::Stream",
    "AWS::Kinesis::StreamConsumer",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    "AWS::S3::AccessPoint",
    "AWS::S3Express::DirectoryBucket",
    "AWS::S3::Glacier",
    "AWS::S3Outposts::Bucket",
    "AWS::S3Outposts::AccessPoint",
    "AWS::SecretsManager::Secret",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::IAM::AssumeRolePolicyDocument",
    "AWS::S3Tables::TableBucket",
    "AWS::ApiGateway::RestApi",
    "AWS::CodeArtifact::Domain",
    "AWS::Backup::BackupVault",
    "AWS::CloudTrail::Dashboard",
    "AWS::CloudTrail::EventDataStore",
    "AWS::S3Tables::Table",
    "AWS::S3Express::AccessPoint",
]
"""The values that API_CheckNoPublicAccess lists for its resourceType."""

ANALYZER = [
    "AWS::S3::Bucket",
    "AWS::S3Express::DirectoryBucket",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
    "AWS::SNS::Topic",
    "AWS::EC2::Snapshot",
    "AWS::RDS::DBSnapshot",
    "AWS::RDS::DBClusterSnapshot",
    "AWS::ECR::Repository",
    "AWS::EFS::FileSystem",
    "AWS::DynamoDB::Stream",
    "AWS::DynamoDB::Table",
]
"""The types of access-analyzer-resources, by the names of the API's ResourceType."""

ARNS = {
    "AWS::S3::Bucket": ("arn:aws:s3:::logs", "arn:aws-cn:s3:::logs/2024/a:b"),
    "AWS::S3::AccessPoint": (
        "arn:aws:s3:us-west-2:111122223333:accesspoint/mine",
        "arn:aws:s3:us-west-2:111122223333:accesspoint/mine/object/a/b",
        "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap/object/a",
    ),
    "AWS::S3::MultiRegionAccessPoint": ("arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap",),
    "AWS::S3ObjectLambda::AccessPoint": (
        "arn:aws:s3-object-lambda:us-east-1:111122223333:accesspoint/mine",
    ),
    "AWS::S3Express::DirectoryBucket": (
        "arn:aws:s3express:us-west-2:111122223333:bucket/logs--usw2-az1--x-s3",
    ),
    "AWS::S3Express::AccessPoint": (
        "arn:aws:s3express:us-west-2:111122223333:accesspoint/mine--usw2-az1--xa-s3",
    ),
    "AWS::S3Outposts::Bucket": (
        "arn:aws:s3-outposts:us-west-2:111122223333:outpost/op-0/bucket/logs",
        "arn:aws:s3-outposts:us-west-2:111122223333:outpost/op-0/bucket/logs/object/a",
    ),
    "AWS::S3Outposts::AccessPoint": (
        "arn:aws:s3-outposts:us-west-2:111122223333:outpost/op-0/accesspoint/mine",
        "arn:aws:s3-outposts:us-west-2:111122223333:outpost/op-0/accesspoint/mine/object/a",
    ),
    "AWS::S3Tables::TableBucket": (
        "arn:aws:s3tables:us-west-2:111122223333:bucket/lake",
        "arn:aws:s3tables:us-west-2:111122223333:bucket/lake/table/0f1e",
    ),
    "AWS::S3Tables::Table": ("arn:aws:s3tables:us-west-2:111122223333:bucket/lake/table/0f1e",),
    "AWS::S3::Glacier": ("arn:aws:glacier:us-west-2:111122223333:vaults/old",),
    "AWS::IAM::Role": ("*",),
    "AWS::KMS::Key": ("arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab",),
    "AWS::SecretsManager::Secret": (
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf",
    ),
    "AWS::Lambda::Function": (
        "arn:aws:lambda:us-east-1:111122223333:function:hello",
        "arn:aws:lambda:us-east-1:111122223333:function:hello:prod",
    ),
    "AWS::Lambda::LayerVersion": ("arn:aws:lambda:us-east-1:111122223333:layer:shared:3",),
    "AWS::ECR::Repository": ("arn:aws:ecr:us-east-1:111122223333:repository/team/app",),
    "AWS::CodeArtifact::Domain": (
        "arn:aws:codeartifact:us-east-1:111122223333:domain/corp",
        "arn:aws:codeartifact:us-east-1:111122223333:repository/corp/main",
    ),
    "AWS::CodeArtifact::Repository": (
        "arn:aws:codeartifact:us-east-1:111122223333:repository/corp/main",
        "arn:aws:codeartifact:us-east-1:111122223333:package/corp/main/npm//left-pad",
    ),
    "AWS::ApiGateway::RestApi": (
        "arn:aws:execute-api:us-east-1:111122223333:abc123/prod/GET/pets",
    ),
    "AWS::SQS::Queue": ("arn:aws:sqs:us-east-1:111122223333:jobs.fifo",),
    "AWS::SNS::Topic": ("arn:aws:sns:us-east-1:111122223333:news",),
    "AWS::Events::EventBus": (
        "arn:aws:events:us-east-1:111122223333:event-bus/default",
        "arn:aws:events:us-east-1:111122223333:rule/default/nightly",
    ),
    "AWS::Kinesis::Stream": ("arn:aws:kinesis:us-east-1:111122223333:stream/clicks",),
    "AWS::Kinesis::StreamConsumer": (
        "arn:aws:kinesis:us-east-1:111122223333:stream/clicks/consumer/reader:1525898737",
    ),
    "AWS::IoT::Policy": ("arn:aws:iot:us-east-1:111122223333:topic/lights/1",),
    "AWS::DynamoDB::Table": (
        "arn:aws:dynamodb:us-east-1:111122223333:table/Orders",
        "arn:aws:dynamodb:us-east-1:111122223333:table/Orders/index/ByDay",
    ),
    "AWS::DynamoDB::Stream": (
        "arn:aws:dynamodb:us-east-1:111122223333:table/Orders/stream/2024-01-01T00:00:00.000",
    ),
    "AWS::EFS::FileSystem": (
        "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-01234567",
    ),
    "AWS::OpenSearchService::Domain": (
        "arn:aws:es:us-east-1:111122223333:domain/search",
        "arn:aws:es:us-east-1:111122223333:domain/search/index/_search",
    ),
    "AWS::Glue::DataCatalog": (
        "arn:aws:glue:us-east-1:111122223333:catalog",
        "arn:aws:glue:us-east-1:111122223333:table/sales/orders",
    ),
    "AWS::MediaStore::Container": (
        "arn:aws:mediastore:us-east-1:111122223333:container/tv/live/1",
    ),
    "AWS::Backup::BackupVault": (
        "arn:aws:backup:us-east-1:111122223333:backup-vault:daily",
        "arn:aws:backup:us-east-1:111122223333:recovery-point:1eb3b5e7",
        "arn:aws:ec2:us-east-1::snapshot/snap-0123456789abcdef0",
    ),
    "AWS::CloudTrail::Dashboard": ("arn:aws:cloudtrail:us-east-1:111122223333:dashboard/board",),
    "AWS::CloudTrail::EventDataStore": (
        "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/EXAMPLE-f852",
    ),
    "AWS::RDS::DBSnapshot": ("arn:aws:rds:us-east-1:111122223333:snapshot:nightly",),
    "AWS::RDS::DBClusterSnapshot": ("arn:aws:rds:us-east-1:111122223333:cluster-snapshot:nightly",),
    "AWS::EC2::Snapshot": ("arn:aws:ec2:us-east-1::snapshot/snap-0123456789abcdef0",),
}
"""ARNs of the forms of the Service Authorization Reference, those of what lies below included."""

by_name = pytest.mark.parametrize("entry", RESOURCE_TYPES, ids=lambda entry: entry.name)


def of_type(entry: ResourceType, resource: str) -> bool:
    """Whether a resource is one of the type's, by both readings of its patterns."""
    as_text = any(glob_matches(written(pattern), resource) for pattern in entry.resources)
    patterns = [arn_pattern((Chunk(pattern),)) for pattern in entry.resources]
    as_arn = any(pattern and arn_matches(pattern, resource) for pattern in patterns)
    assert as_text == as_arn or entry.resources == ("*",)
    return as_text


def test_check_no_public_access_has_exactly_these_types() -> None:
    names = {name for entry in RESOURCE_TYPES if entry.public_check for name in _names(entry)}
    assert set(PUBLIC_CHECK) <= names
    assert names - set(PUBLIC_CHECK) == {
        "AWS::IAM::Role",
        "AWS::Glacier::Vault",
        "AWS::Elasticsearch::Domain",
    }


def _names(entry: ResourceType) -> tuple[str, ...]:
    return (entry.name, *entry.aliases)


@pytest.mark.parametrize("name", ANALYZER)
def test_every_type_of_the_analyzer_is_known(name: str) -> None:
    assert resource_type(name).name == name


@by_name
def test_every_form_of_arn_is_a_resource_of_its_type(entry: ResourceType) -> None:
    for resource in ARNS[entry.name]:
        assert of_type(entry, resource), resource


@by_name
def test_a_type_takes_the_actions_of_its_service(entry: ResourceType) -> None:
    assert f"{entry.service}:" in entry.actions[0]
    if entry.name not in {"AWS::IAM::Role", "AWS::Lambda::LayerVersion"}:
        assert f"{entry.service}:*" in entry.actions


@by_name
def test_a_type_says_where_its_facts_are_from(entry: ResourceType) -> None:
    assert entry.title
    assert entry.source
    assert "http" not in entry.source
    assert "\n" not in entry.note


def test_only_callers_that_aws_must_know_are_never_anonymous() -> None:
    assert {entry.name for entry in RESOURCE_TYPES if not entry.anonymous} == {
        "AWS::IAM::Role",
        "AWS::RDS::DBSnapshot",
        "AWS::RDS::DBClusterSnapshot",
        "AWS::EC2::Snapshot",
    }


def test_a_bucket_is_no_access_point_and_a_layer_no_function() -> None:
    assert not of_type(resource_type("AWS::S3::Bucket"), ARNS["AWS::S3::AccessPoint"][0])
    assert not of_type(resource_type("AWS::Lambda::Function"), ARNS["AWS::Lambda::LayerVersion"][0])


@pytest.mark.parametrize(
    "name",
    ["AWS::IAM::AssumeRolePolicyDocument", "aws::iam::assumerolepolicydocument", "IAM::Role"],
)
def test_a_name_is_taken_in_any_case_and_under_its_aliases(name: str) -> None:
    assert resource_type(name) is resource_type("AWS::IAM::Role")


def test_an_unknown_name_is_told_what_was_meant() -> None:
    with pytest.raises(il.UnknownResourceType) as caught:
        resource_type("AWS::S3::Buckte")
    assert caught.value.hint == 'did you mean "AWS::S3::Bucket"?'
    assert isinstance(caught.value, il.IamlogicError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301
    with pytest.raises(il.UnknownResourceType) as strange:
        resource_type("a bicycle")
    assert strange.value.hint is None
