"""`read_sharing`: a document that shares a resource, whichever it is → a policy.

ACLs, grants and attributes of snapshots are told apart by their members, as the AWS CLI prints
them. What is none of them is left to others: it may be a policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamlogic.inputs.sharing.access_lists import acl_policy
from iamlogic.inputs.sharing.key_grants import grants_policy
from iamlogic.inputs.sharing.snapshots import MARKS, snapshot_policy
from iamlogic.syntax.policy import Policy


def read_sharing(
    document: object,
    *,
    bucket: str | None = None,
    key: str | None = None,
    owner: str | None = None,
    resource: str | None = None,
    file: str | None = None,
) -> Policy | None:
    """The policy that says what `document` says; None if it is neither ACL nor grant nor attribute.

    `bucket`, `key` and `owner` are those of `acl_policy`, `resource` that of `snapshot_policy`. An
    ACL does not tell what it is attached to: without a `key` it is read as a bucket's.

    Raises `AccountError` for what has such members and is malformed.
    """
    if not isinstance(document, Mapping):
        return None
    if any(mark in document for mark in MARKS):
        return snapshot_policy(document, resource=resource, file=file)
    if "Grants" not in document:
        return None
    if "Owner" in document or _has_grantee(document["Grants"]):
        return acl_policy(document, bucket, key, owner=owner, file=file)
    return grants_policy(document, file=file)


def _has_grantee(grants: object) -> bool:
    listed: Iterable[object] = grants if isinstance(grants, list | tuple) else ()
    return any(isinstance(grant, Mapping) and "Grantee" in grant for grant in listed)
