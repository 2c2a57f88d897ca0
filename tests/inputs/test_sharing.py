"""What shares a resource without being a policy is read as the policy that it means.

The documents are those of AWS's documentation, as the AWS CLI prints them.
"""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.inputs.sharing.access_lists import acl_policy
from iamlogic.inputs.sharing.key_grants import grants_policy
from iamlogic.inputs.sharing.reading import read_sharing
from iamlogic.inputs.sharing.snapshots import snapshot_policy
from iamlogic.semantics.evaluation import allows
from iamlogic.syntax.policy_types import check_policy

Json = dict[str, Any]

OWNER = "7009a8971cd538e11f6b6606438875e7c86c5b672f46db45460ddcd087d36c32"
OTHER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
AUTHENTICATED = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery"
BUCKET = "amzn-s3-demo-bucket"
ARN = f"arn:aws:s3:::{BUCKET}"
KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
USER = "arn:aws:iam::444455556666:user/Bob"
SERVICE = "ec2.amazonaws.com"


def user(id_: str) -> Json:
    return {"ID": id_, "Type": "CanonicalUser"}


def group(uri: str) -> Json:
    return {"Type": "Group", "URI": uri}


def acl(*grants: tuple[Json, str]) -> Json:
    listed = [{"Grantee": who, "Permission": permission} for who, permission in grants]
    return {"Owner": {"DisplayName": "my-username", "ID": OWNER}, "Grants": listed}


SAMPLE = acl(
    (user(OWNER), "FULL_CONTROL"),
    (user(OTHER), "WRITE"),
    (user(OTHER), "READ"),
    (group(ALL_USERS), "READ"),
    (group(LOG_DELIVERY), "WRITE"),
)
"""The sample ACL of acl-overview, in JSON."""

EXAMPLE_GRANT: Json = {
    "KeyId": KEY,
    "CreationDate": 1572216195.0,
    "GrantId": "abcde1237f76e4ba7987489ac329fbfba6ad343d6f7075dbd1ef191f0120514a",
    "Constraints": {"EncryptionContextSubset": {"Department": "IT"}},
    "RetiringPrincipal": "arn:aws:iam::111122223333:role/adminRole",
    "Name": "",
    "IssuingAccount": "arn:aws:iam::111122223333:root",
    "GranteePrincipal": USER,
    "Operations": ["Decrypt"],
}
"""The grant of grant-view, with a grantee elsewhere."""

EC2_GRANT: Json = {
    "Operations": ["Decrypt"],
    "KeyId": KEY,
    "Name": "0d8aa621-43ef-4657-b29c-3752c41dc132",
    "RetiringPrincipal": "arn:aws:iam::123456789012:root",
    "GranteePrincipal": "arn:aws:sts::111122223333:assumed-role/aws:ec2-infrastructure/i-5d476fab",
    "GrantId": "dc716f53c93acacf291b1540de3e5a232b76256c83b2ecb22cdefa26576a2d3e",
    "IssuingAccount": "arn:aws:iam::111122223333:root",
    "CreationDate": 1.444151834e9,
    "Constraints": {"EncryptionContextSubset": {"aws:ebs:id": "vol-5cccfb4e"}},
}
"""The grant of determining-access-grants."""


def grants(**changes: object) -> Json:
    grant = {name: value for name, value in (EXAMPLE_GRANT | changes).items() if value is not None}
    return {"Grants": [grant]}


def db_snapshot(*values: str) -> Json:
    return {
        "DBSnapshotAttributesResult": {
            "DBSnapshotIdentifier": "mydbsnapshot",
            "DBSnapshotAttributes": [{"AttributeName": "restore", "AttributeValues": [*values]}],
        }
    }


def cluster_snapshot(*values: str) -> Json:
    return {
        "DBClusterSnapshotAttributesResult": {
            "DBClusterSnapshotIdentifier": "myclustersnapshot",
            "DBClusterSnapshotAttributes": [
                {"AttributeName": "restore", "AttributeValues": [*values]}
            ],
        }
    }


def volume_snapshot(*permissions: Json) -> Json:
    return {"SnapshotId": "snap-066877671789bd71b", "CreateVolumePermissions": [*permissions]}


def can(policy: il.Policy, who: str, action: str, resource: str, **context: object) -> bool:
    request = il.Request(who, action, resource, context)  # type: ignore[arg-type]
    return allows(policy, request)


def sids(policy: il.Policy) -> list[str | None]:
    return [statement.sid for statement in policy.statements]


def granted(policy: il.Policy) -> dict[str, set[str]]:
    """The actions of a policy by the resource they are on."""
    found: dict[str, set[str]] = {}
    for statement in policy.statements:
        assert statement.resources is not None
        for resource in statement.resources.patterns:
            actions = found.setdefault(resource.text, set())
            actions.update(action.text for action in statement.actions.patterns)
    return found


# ACLs


BUCKET_ACTIONS = {
    "READ": {ARN: {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"}},
    "WRITE": {f"{ARN}/*": {"s3:PutObject", "s3:DeleteObject"}},
    "READ_ACP": {ARN: {"s3:GetBucketAcl"}},
    "WRITE_ACP": {ARN: {"s3:PutBucketAcl"}},
}
OBJECT_ACTIONS = {
    "READ": {"s3:GetObject", "s3:GetObjectVersion"},
    "WRITE": set[str](),
    "READ_ACP": {"s3:GetObjectAcl", "s3:GetObjectVersionAcl"},
    "WRITE_ACP": {"s3:PutObjectAcl", "s3:PutObjectVersionAcl"},
}


@pytest.mark.parametrize("permission", BUCKET_ACTIONS)
def test_a_permission_on_a_bucket_allows_what_aws_says(permission: str) -> None:
    policy = acl_policy(acl((user(OTHER), permission)), bucket=BUCKET)
    assert granted(policy) == BUCKET_ACTIONS[permission]


@pytest.mark.parametrize("permission", OBJECT_ACTIONS)
def test_a_permission_on_an_object_allows_what_aws_says(permission: str) -> None:
    policy = acl_policy(acl((user(OTHER), permission)), bucket=BUCKET, key="a/b")
    expected = OBJECT_ACTIONS[permission]
    assert granted(policy) == ({f"{ARN}/a/b": expected} if expected else {})


def test_full_control_is_all_of_them() -> None:
    document = acl((user(OTHER), "FULL_CONTROL"))
    on_bucket = granted(acl_policy(document, bucket=BUCKET))
    assert on_bucket[ARN] == set().union(*(each.get(ARN, ()) for each in BUCKET_ACTIONS.values()))
    assert on_bucket[f"{ARN}/*"] == {"s3:PutObject", "s3:DeleteObject"}
    on_object = granted(acl_policy(document, bucket=BUCKET, key="a"))
    assert on_object[f"{ARN}/a"] == set().union(*OBJECT_ACTIONS.values())


def test_write_on_an_object_allows_nothing_and_says_so() -> None:
    policy = acl_policy(acl((user(OTHER), "WRITE")), bucket=BUCKET, key="a")
    assert policy.statements == ()
    (warning,) = policy.warnings
    assert warning.where.dotted == "ACL.Grants[0].Permission"


def test_the_sample_acl_names_its_grants_by_their_place() -> None:
    policy = acl_policy(SAMPLE, bucket=BUCKET, file="acl.json")
    assert sids(policy) == [
        "ACL grant 2, objects",
        "ACL grant 3",
        "ACL grant 4",
        "ACL grant 5, objects",
    ]
    where = policy.statements[0].where
    assert str(where) == "acl.json: ACL.Grants[1]"
    check_policy(policy, il.PolicyType.RESOURCE)


@pytest.mark.parametrize("who", ["anonymous", USER, SERVICE])
def test_all_users_are_everybody(who: str) -> None:
    policy = acl_policy(SAMPLE, bucket=BUCKET)
    assert can(policy, who, "s3:ListBucket", ARN)
    assert not can(policy, who, "s3:GetObject", f"{ARN}/a")


@pytest.mark.parametrize(("who", "expected"), [("anonymous", False), (USER, True), (SERVICE, True)])
def test_authenticated_users_are_all_but_anonymous(who: str, *, expected: bool) -> None:
    policy = acl_policy(acl((group(AUTHENTICATED), "READ")), bucket=BUCKET, key="a")
    assert can(policy, who, "s3:GetObject", f"{ARN}/a") is expected


def test_log_delivery_is_the_service_that_writes_logs() -> None:
    policy = acl_policy(acl((group(LOG_DELIVERY), "WRITE")), bucket=BUCKET)
    assert can(policy, "logging.s3.amazonaws.com", "s3:PutObject", f"{ARN}/log")
    assert not can(policy, USER, "s3:PutObject", f"{ARN}/log")


def test_the_owner_has_its_resource_without_a_grant() -> None:
    document = acl((user(OWNER), "FULL_CONTROL"))
    assert acl_policy(document, bucket=BUCKET).statements == ()
    policy = acl_policy(document, bucket=BUCKET, key="a", owner="444455556666")
    assert can(policy, USER, "s3:GetObject", f"{ARN}/a")


def test_the_user_of_s3_without_an_account_is_anonymous() -> None:
    nobody = {"ID": "65a011a29cdf8ec533ec3d1ccaae921c", "Type": "CanonicalUser"}
    document = acl((nobody, "FULL_CONTROL")) | {"Owner": nobody | {"ID": nobody["ID"]}}
    del document["Owner"]["Type"]
    policy = acl_policy(document, bucket=BUCKET, key="a")
    assert can(policy, "anonymous", "s3:GetObject", f"{ARN}/a")
    assert not can(policy, USER, "s3:GetObject", f"{ARN}/a")


def test_a_grantee_without_type_is_told_by_its_members() -> None:
    # So the AWS CLI's own example of get-object-acl has it.
    typed = acl((user(OTHER), "READ"), (group(ALL_USERS), "READ"))
    untyped = copy.deepcopy(typed)
    for grant in untyped["Grants"]:
        del grant["Grantee"]["Type"]
    assert acl_policy(untyped, bucket=BUCKET) == acl_policy(typed, bucket=BUCKET)


def test_a_bucket_has_a_name_or_an_arn_or_is_any() -> None:
    document = acl((group(ALL_USERS), "READ"))
    assert granted(acl_policy(document, f"arn:aws-cn:s3:::{BUCKET}")).keys() == {
        f"arn:aws-cn:s3:::{BUCKET}"
    }
    assert can(acl_policy(document), "anonymous", "s3:ListBucket", ARN)


@given(st.text(st.sampled_from("ab*?${}/:"), min_size=1))
def test_a_key_is_that_key_and_no_pattern(key: str) -> None:
    policy = acl_policy(acl((group(ALL_USERS), "READ")), bucket=BUCKET, key=key)
    assert il.parse(il.format(policy)) == policy
    assert can(policy, USER, "s3:GetObject", f"{ARN}/{key}")
    assert not can(policy, USER, "s3:GetObject", f"{ARN}/{key}x")
    other = key.replace("*", "a").replace("?", "b").replace("$", "c")
    assert can(policy, USER, "s3:GetObject", f"{ARN}/{other}") is (other == key)


# Grants


def decrypts(policy: il.Policy, who: str = USER, **pairs: object) -> bool:
    context = {f"kms:EncryptionContext:{name}": value for name, value in pairs.items()}
    return can(
        policy, who, "kms:Decrypt", KEY, **context, **{"kms:EncryptionContextKeys": [*pairs]}
    )


def test_a_grant_with_a_subset_takes_more_pairs() -> None:
    policy = grants_policy(grants())
    assert decrypts(policy, Department="IT")
    assert decrypts(policy, department="IT", Purpose="Test")
    assert not decrypts(policy, Department="it")
    assert not decrypts(policy)
    assert not decrypts(policy, who=USER + "by", Department="IT")
    assert not can(policy, USER, "kms:Encrypt", KEY, **{"kms:EncryptionContext:Department": "IT"})
    assert not can(policy, USER, "kms:Decrypt", KEY + "0")


def test_a_grant_with_equal_pairs_takes_no_others() -> None:
    constraints = {"EncryptionContextEquals": {"Department": "IT", "Purpose": "*"}}
    policy = grants_policy(grants(Constraints=constraints))
    assert decrypts(policy, Department="IT", purpose="*")
    assert not decrypts(policy, Department="IT", Purpose="Test")
    assert not decrypts(policy, Department="IT", Purpose="*", More="x")
    assert not decrypts(policy, Department="IT")


def test_pairs_bind_only_the_operations_that_take_them() -> None:
    operations = ["Decrypt", "DescribeKey", "RetireGrant", "CreateGrant", "GetPublicKey"]
    policy = grants_policy(grants(Operations=operations, RetiringPrincipal=None))
    for name in operations:
        bound = name in {"Decrypt", "CreateGrant"}
        assert can(policy, USER, f"kms:{name}", KEY) is not bound
        pairs = {"kms:EncryptionContext:Department": "IT"}
        assert can(policy, USER, f"kms:{name}", KEY, **pairs)
    assert sids(policy) == ["KMS grant 1", "KMS grant 1, part 2"]


def test_the_source_binds_all_but_retiring_and_describing_where_there_is_none() -> None:
    source = "arn:aws:s3:us-east-1:111122223333:a*"
    policy = grants_policy(
        grants(
            Constraints={"SourceArn": source},
            Operations=["Sign", "DescribeKey", "RetireGrant"],
            GranteePrincipal=None,
            GranteeServicePrincipal="dax.amazonaws.com",
            RetiringPrincipal=None,
        )
    )

    def allowed(name: str, **context: object) -> bool:
        return can(policy, "dax.amazonaws.com", f"kms:{name}", KEY, **context)

    right, wrong = {"aws:SourceArn": source}, {"aws:SourceArn": source[:-1] + "b"}
    assert [allowed(name, **right) for name in ("Sign", "DescribeKey", "RetireGrant")] == [True] * 3
    assert [allowed(name, **wrong) for name in ("Sign", "DescribeKey")] == [False] * 2
    assert [allowed(name) for name in ("Sign", "DescribeKey", "RetireGrant")] == [False, True, True]
    assert il.parse(il.format(policy)) == policy


def test_a_value_of_the_context_is_that_text_and_no_variable() -> None:
    constraints = {"EncryptionContextSubset": {"Who": "${aws:username}*"}}
    policy = grants_policy(grants(Constraints=constraints))
    assert decrypts(policy, Who="${aws:username}*")
    assert not decrypts(policy, Who="Bob*")
    assert il.parse(il.format(policy)) == policy


def test_whoever_may_retire_a_grant_is_named() -> None:
    policy = grants_policy(grants())
    assert sids(policy) == ["KMS grant 1", "KMS grant 1, retiring principal"]
    service = grants_policy(
        grants(RetiringPrincipal=None, RetiringServicePrincipal="dax.amazonaws.com")
    )
    assert can(service, "dax.amazonaws.com", "kms:RetireGrant", KEY)
    role = "arn:aws:sts::111122223333:assumed-role/adminRole/alice"
    assert can(policy, role, "kms:RetireGrant", KEY)
    assert not can(policy, role, "kms:Decrypt", KEY)


def test_the_account_stands_for_a_session_of_awss_own_role() -> None:
    policy = grants_policy({"Grants": [EC2_GRANT]}, file="grants.json")
    who = policy.statements[0].principals
    assert who is not None
    assert [entry.account for entry in who.entries] == ["111122223333"]
    (warning,) = policy.warnings
    assert str(warning.where) == "grants.json: grants.Grants[0].GranteePrincipal"
    assert il.parse(il.format(policy)) == policy


@pytest.mark.parametrize("empty", [{}, {"EncryptionContextSubset": {}}, None])
def test_an_empty_constraint_is_none(empty: object) -> None:
    assert decrypts(grants_policy(grants(Constraints=empty)))


def test_a_service_may_stand_as_the_grantee() -> None:
    policy = grants_policy(grants(GranteePrincipal="rds.us-east-1.amazonaws.com", Constraints=None))
    assert decrypts(policy, who="rds.us-east-1.amazonaws.com")


def test_a_key_may_be_given_by_its_id() -> None:
    policy = grants_policy(grants(KeyId=KEY.rpartition("/")[2], Constraints=None))
    assert decrypts(policy)


# Snapshots


@pytest.mark.parametrize(
    ("make", "resource", "action"),
    [
        (db_snapshot, "arn:aws:rds:us-east-1:111122223333:snapshot:mydbsnapshot", "CopyDBSnapshot"),
        (
            cluster_snapshot,
            "arn:aws:rds:us-east-1:111122223333:cluster-snapshot:myclustersnapshot",
            "RestoreDBClusterFromSnapshot",
        ),
    ],
)
def test_a_database_snapshot_is_shared_with_accounts(
    make: Callable[..., Json], resource: str, action: str
) -> None:
    shared = snapshot_policy(make("444455556666", "123456789012"))
    assert sids(shared) == ["restore attribute, value 1", "restore attribute, value 2"]
    assert can(shared, USER, f"rds:{action}", resource)
    assert not can(shared, USER, f"rds:{action}", resource + "2")
    assert not can(shared, "arn:aws:iam::111111111111:root", f"rds:{action}", resource)
    assert snapshot_policy(make()).statements == ()
    public = snapshot_policy(make("all"), resource=resource)
    assert can(public, "arn:aws:iam::111111111111:root", f"rds:{action}", resource)
    assert not can(public, "anonymous", f"rds:{action}", resource)
    assert granted(public).keys() == {resource}


def test_a_volume_snapshot_is_shared_with_accounts_or_all() -> None:
    resource = "arn:aws:ec2:us-east-1::snapshot/snap-066877671789bd71b"
    shared = snapshot_policy(volume_snapshot({"UserId": "444455556666"}))
    assert sids(shared) == ["createVolumePermission 1"]
    assert can(shared, USER, "ec2:CreateVolume", resource)
    assert can(shared, USER, "ebs:GetSnapshotBlock", resource)
    assert not can(shared, USER, "ec2:DeleteSnapshot", resource)
    public = snapshot_policy(volume_snapshot({"Group": "all"}))
    assert can(public, "arn:aws:iam::111111111111:root", "ec2:CopySnapshot", resource)
    assert not can(public, "anonymous", "ec2:CopySnapshot", resource)


# Which document it is


@pytest.mark.parametrize(
    ("document", "first"),
    [
        (SAMPLE, "ACL grant 2, objects"),
        ({"Grants": SAMPLE["Grants"], "Owner": SAMPLE["Owner"]}, "ACL grant 2, objects"),
        (grants(), "KMS grant 1"),
        (db_snapshot("all"), "restore attribute, value 1"),
        (cluster_snapshot("all"), "restore attribute, value 1"),
        (volume_snapshot({"Group": "all"}), "createVolumePermission 1"),
    ],
)
def test_a_document_is_known_by_its_members(document: Json, first: str) -> None:
    policy = read_sharing(document, bucket=BUCKET)
    assert policy is not None
    assert policy.statements[0].sid == first
    assert len(set(sids(policy))) == len(policy.statements)
    assert il.parse(il.format(policy)) == policy


@pytest.mark.parametrize(
    "document",
    [
        {"Version": "2012-10-17", "Statement": []},
        {},
        [],
        None,
        "Grants",
        {"Owner": {"ID": OWNER}},
    ],
)
def test_what_shares_nothing_is_left_to_others(document: object) -> None:
    assert read_sharing(document) is None


def test_a_list_with_an_owner_is_an_acl_whatever_its_grants_lack() -> None:
    with pytest.raises(il.AccountError) as caught:
        read_sharing({"Owner": {"ID": OWNER}, "Grants": [{"Permission": "READ"}]})
    assert "ACL.Grants[0]: there is no Grantee here" in str(caught.value)


# Mistakes


def changed(document: Json, change: Callable[[Json], object]) -> Json:
    copied = copy.deepcopy(document)
    change(copied)
    return copied


READ = acl((user(OTHER), "READ"))
MISTAKES = [
    (acl((user(OTHER), "REED")), "ACL.Grants[0].Permission", "READ"),
    (acl((user("abc"), "READ")), "ACL.Grants[0].Grantee.ID", "64 hexadecimal digits"),
    (acl((group(ALL_USERS + "s"), "READ")), "ACL.Grants[0].Grantee.URI", ALL_USERS),
    (acl(({"Type": "group", "URI": ALL_USERS}, "READ")), "ACL.Grants[0].Grantee.Type", "Group"),
    (
        acl(({"Type": "AmazonCustomerByEmail", "EmailAddress": "a@example.com"}, "READ")),
        "ACL.Grants[0].Grantee",
        "e-mail",
    ),
    (acl(({}, "READ")), "ACL.Grants[0].Grantee", "no Type"),
    (changed(READ, lambda d: d["Grants"][0].pop("Permission")), "ACL.Grants[0]", "Permission"),
    (changed(READ, lambda d: d["Grants"][0].update(When="now")), "ACL.Grants[0].When", "no member"),
    (changed(READ, lambda d: d.pop("Owner")), "ACL", "Owner"),
    (changed(READ, lambda d: d.update(Grants="x")), "ACL.Grants", "a list"),
    (grants(Operations=["Decript"]), "grants.Grants[0].Operations[0]", '"Decrypt"'),
    (grants(Operations=None), "grants.Grants[0]", "Operations"),
    (grants(Unknown=1), "grants.Grants[0].Unknown", "no member"),
    (grants(Constraints={"Until": 1}), "grants.Grants[0].Constraints.Until", "no member"),
    (
        grants(Constraints={"EncryptionContextEquals": {"a": 1}}),
        "grants.Grants[0].Constraints.EncryptionContextEquals.a",
        "a text",
    ),
    (
        grants(Constraints={"EncryptionContextEquals": {"a": "1", "A": "2"}}),
        "grants.Grants[0].Constraints.EncryptionContextEquals",
        "case",
    ),
    (
        grants(
            Constraints={
                "EncryptionContextEquals": {"a": "1"},
                "EncryptionContextSubset": {"a": "1"},
            }
        ),
        "grants.Grants[0].Constraints",
        "two constraints",
    ),
    (grants(Constraints={"SourceArn": 1}), "grants.Grants[0].Constraints.SourceArn", "a text"),
    (grants(KeyId="*"), "grants.Grants[0].KeyId", "of a key"),
    (grants(GranteePrincipal="*"), "grants.Grants[0].GranteePrincipal", "principal's ARN"),
    (grants(GranteePrincipal=""), "grants.Grants[0]", "neither GranteePrincipal"),
    (grants(GranteeServicePrincipal="a.b.c"), "grants.Grants[0]", "both GranteePrincipal"),
    (
        grants(GranteePrincipal=None, GranteeServicePrincipal=USER),
        "grants.Grants[0].GranteeServicePrincipal",
        "the host of a service",
    ),
    (grants() | {"Truncated": True}, "grants.Truncated", "goes on"),
    (grants() | {"NextToken": "x"}, "grants.NextToken", "goes on"),
    (
        db_snapshot("1111"),
        "snapshot.DBSnapshotAttributesResult.DBSnapshotAttributes[0].AttributeValues[0]",
        "12 digits",
    ),
    (
        db_snapshot("al"),
        "snapshot.DBSnapshotAttributesResult.DBSnapshotAttributes[0].AttributeValues[0]",
        "id of an account",
    ),
    (
        changed(
            db_snapshot("all"),
            lambda d: d["DBSnapshotAttributesResult"]["DBSnapshotAttributes"][0].update(
                AttributeName="restores"
            ),
        ),
        "snapshot.DBSnapshotAttributesResult.DBSnapshotAttributes[0].AttributeName",
        '"restore"',
    ),
    (
        changed(
            db_snapshot("all"),
            lambda d: d["DBSnapshotAttributesResult"].update(DBSnapshotIdentifier="a*"),
        ),
        "snapshot.DBSnapshotAttributesResult.DBSnapshotIdentifier",
        "a snapshot's identifier",
    ),
    (db_snapshot("all") | cluster_snapshot("all"), "snapshot", "expected one of"),
    (
        volume_snapshot({"Group": "some"}),
        "snapshot.CreateVolumePermissions[0].Group",
        "the group all",
    ),
    (volume_snapshot({}), "snapshot.CreateVolumePermissions[0]", "one account or one group"),
    (
        volume_snapshot({"UserId": "all"}),
        "snapshot.CreateVolumePermissions[0].UserId",
        "the group all",
    ),
    (
        volume_snapshot({"OrganizationArn": "o-1"}),
        "snapshot.CreateVolumePermissions[0].OrganizationArn",
        "no member",
    ),
    (volume_snapshot() | {"SnapshotId": "*"}, "snapshot.SnapshotId", "the id of a snapshot"),
]


@pytest.mark.parametrize(("document", "where", "expected"), MISTAKES)
def test_nothing_is_skipped_in_silence(document: Json, where: str, expected: str) -> None:
    read = acl_policy if where.startswith("ACL") else read_sharing
    with pytest.raises(il.AccountError) as caught:
        read(document, file="shared.json")
    (problem,) = caught.value.problems
    assert problem.where.dotted == where
    assert problem.where.file == "shared.json"
    assert expected in f"{problem.message} {problem.hint}"


@pytest.mark.parametrize(
    "read",
    [
        lambda: acl_policy(READ, bucket="no/bucket"),
        lambda: acl_policy(READ, bucket=BUCKET, owner="me"),
        lambda: snapshot_policy(db_snapshot(), resource="arn:aws:rds:*:*:snapshot:*"),
        lambda: acl_policy(None),
        lambda: grants_policy([]),
        lambda: snapshot_policy({}),
    ],
)
def test_what_is_given_beside_is_checked_too(read: Callable[[], il.Policy]) -> None:
    with pytest.raises(il.AccountError):
        read()
