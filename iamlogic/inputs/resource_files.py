"""`read_granting`: a file that says who may do something with a resource, whichever form it has.

It is a policy, a stack of policies, or what the AWS CLI prints of another way to share: an ACL, the
grants of a key, the attributes of a snapshot. Statements made of those stand where their origin
stands in the file, line and column too, so that a finding leads there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from iamlogic.errors import AccountError, Path, Problem, Where
from iamlogic.inputs.json_files import decoded
from iamlogic.inputs.sharing.reading import read_sharing
from iamlogic.inputs.sharing.snapshots import MARKS
from iamlogic.inputs.stack import subject_in
from iamlogic.syntax.documents import read_document
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonValue
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import PolicySet
from iamlogic.syntax.problems import Document

_SHARING = {"Grants", *MARKS}
_FIRST_STEPS = {"ACL", "grants", "snapshot"}
"""What stands first in the path of a place in such a document: it only says what is read."""


@dataclass(frozen=True, slots=True)
class Granting:
    """What a file holds, and whether that is a sharing document.

    Block Public Access treats an ACL otherwise than a bucket policy.
    """

    subject: Policy | PolicySet
    is_sharing: bool = False


def read_granting(content: bytes, file: str, *, resource: str | None = None) -> Granting:
    """The policy, the stack, or the policy that says what a sharing document says.

    `resource` is the ARN of what an ACL or the attributes of a snapshot are attached to; neither
    tells.

    Raises `PolicySyntaxError` and, for a sharing document, `AccountError`.
    """
    root, problems = read_document(content, file)
    if not _is_sharing(root):
        return Granting(subject_in(root, problems))
    try:
        shared = _sharing(content, file, resource)
    except AccountError as error:
        told = (_placed(each, root, problems.document) for each in error.problems)
        raise AccountError(tuple(told)) from None
    if shared is None:  # the reader of policies tells what is wrong with it
        return Granting(subject_in(root, problems))
    statements = tuple(
        replace(each, where=_place(each.where, root, problems.document))
        for each in shared.statements
    )
    return Granting(replace(shared, statements=statements), is_sharing=True)


def _is_sharing(root: JsonValue) -> bool:
    if not isinstance(root, JsonObject):
        return False
    names = {member.name for member in root.members}
    return bool(names & _SHARING) and "Statement" not in names


def _sharing(content: bytes, file: str, resource: str | None) -> Policy | None:
    try:
        document = decoded(content.decode("utf-8"))
    except UnicodeDecodeError:
        return None
    is_bucket = resource is not None and ":s3:::" in resource
    bucket, _, key = (resource or "").partition("/") if is_bucket else ("", "", "")
    return read_sharing(
        document,
        bucket=bucket or None,
        key=key or None,
        resource=None if is_bucket else resource,
        file=file,
    )


def _placed(problem: Problem, root: JsonValue, document: Document) -> Problem:
    where = _place(problem.where, root, document)
    position = None if where.line is None else _position(where.path, root)
    line = None if position is None else document.source_line(position)
    return replace(problem, where=where, source_line=line)


def _place(where: Where, root: JsonValue, document: Document) -> Where:
    """The same place with line and column, if it is one in the document."""
    if where.path[:1] == () or where.path[0] not in _FIRST_STEPS:
        return where
    path = where.path[1:]
    position = _position(path, root)
    return replace(where, path=path) if position is None else document.where(position, path)


def _position(path: Path, root: JsonValue) -> int | None:
    value: JsonValue | None = root
    for step in path:
        match value:
            case JsonObject(members, _):
                value = next((each.value for each in members if each.name == step), None)
            case JsonList(items, _) if isinstance(step, int) and step < len(items):
                value = items[step]
            case _:
                return None
    return None if value is None else value.position
