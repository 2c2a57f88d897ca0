"""`policies_in`: the policies of one file, whatever kind of file it is.

A file that holds nothing which could be a policy is left alone, also if it is malformed: it may be
anything. One that could is read, or said to be unreadable. What could be one is decided on its
bytes, before anything is parsed: most of the files of a repository are no policies.
"""

from __future__ import annotations

import hashlib
import re
from enum import Enum
from pathlib import PurePosixPath

from iamlogic.errors import IamlogicError, PolicyReadError, PolicySyntaxError, Where
from iamlogic.inputs.places.shapes import policies_by_shape
from iamlogic.inputs.unresolved.embedded import TemplateDocument
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.questions.review.placed import Found, Unread
from iamlogic.syntax.documents import decode_text, read_document
from iamlogic.syntax.json_tree import JsonObject, JsonValue
from iamlogic.syntax.problems import Document

_JSON = {".json", ".template", ".policy"}
_YAML = {".yaml", ".yml"}
_TERRAFORM = (".tf", ".tf.json", ".tofu", ".tfvars", ".tfvars.json")

# A misspelt Statement counts as one (`shapes`): then what its statements have gives it away.
_HINTS = re.compile(rb"(?i)statement|\beffect\b|AWS::|aws_lambda_permission")
# What a malformed file must hold to be taken for one with policies: charts and notes speak of
# statements, too.
_MEANT = re.compile(rb"(?i)\bstatement\b\W{0,4}:|AWS::")
_ELEMENTS = (b"Statement", b"Effect")
_ELEMENT = rb"\b%s[\"']?\s*[:=]"
# A letter can be written as an escape, and in YAML a line can break within a word.
_ESCAPE = re.compile(rb"\\(?:u00|x|U000000)([0-7][0-9A-Fa-f])|\\\r?\n[ \t]*")
_LARGE_FILE = re.compile(rb"version https://git-lfs")


class FileKind(Enum):
    """How a file is read."""

    JSON = "JSON"
    YAML = "YAML"
    TERRAFORM = "Terraform"
    OTHER = "other"


def kind_of(file: str) -> FileKind:
    """How a file of that name is read."""
    name = PurePosixPath(file).name.lower()
    if name.endswith(_TERRAFORM):
        return FileKind.TERRAFORM
    suffix = PurePosixPath(name).suffix
    if suffix in _JSON:
        return FileKind.JSON
    return FileKind.YAML if suffix in _YAML else FileKind.OTHER


def policies_in(content: bytes, file: str, deployment: Deployment) -> Found:
    """The policies of a JSON or YAML file, and of nothing else.

    Terraform's files are read by the module, whose files speak of each other.
    """
    if _LARGE_FILE.match(content):
        reason = "its content lies in git LFS, and here is a pointer to it alone"
        return _unread(file, content, PolicyReadError(file, reason))
    letters = _letters(content)
    if not _HINTS.search(letters):
        return Found()
    kind = kind_of(file)
    try:
        if kind is FileKind.JSON and not _is_yaml(content):
            return _read_json(content, file, deployment)
        if kind in {FileKind.JSON, FileKind.YAML}:
            return _read_yaml(content, file, deployment)
    except IamlogicError as error:
        return _unread(file, content, error) if _MEANT.search(letters) else Found()
    return Found()


def malformed(content: bytes, file: str) -> Found:
    """Why a file that held policies cannot be read any more; nothing if it is just another one."""
    try:
        if kind_of(file) is FileKind.JSON:
            read_document(content, file)
        elif kind_of(file) is FileKind.YAML:
            _yaml_documents(content, file)
    except IamlogicError as error:
        return _unread(file, content, error)
    return Found()


def _letters(content: bytes) -> bytes:
    """The content as far as words can be looked for in it, whatever its encoding and escapes."""
    plain = content.replace(b"\0", b"")  # UTF-16 has them between the letters of a word
    if b"\\" not in plain:
        return plain
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]) if found[1] else b"", plain)


def seems_a_policy(content: bytes) -> bool:
    """Whether a file of no kind that is read holds what looks like a policy, in some notation."""
    if b"\0" in content[:8192]:
        return False
    is_quoted = all(b'"%s"' % each in content for each in _ELEMENTS)
    return is_quoted or all(re.search(_ELEMENT % each, content) for each in _ELEMENTS)


def _is_yaml(content: bytes) -> bool:
    """Whether a file that is called `.template` or `.json` is YAML: no JSON begins like this."""
    return content.lstrip()[:1] not in {b"{", b"[", b'"', b"", b"\xef", b"\xff", b"\xfe"}


def _unread(file: str, content: bytes, error: IamlogicError) -> Found:
    where = Where(file=file)
    if isinstance(error, PolicySyntaxError):
        where = error.problems[0].where
    digest = hashlib.sha256(content).hexdigest()[:32]
    return Found(unread=(Unread(file, "", where, error, content=digest),))


def _read_json(content: bytes, file: str, deployment: Deployment) -> Found:
    try:
        root, problems = read_document(content, file)
    except PolicySyntaxError:
        found = _template_in_yaml(content, file, deployment)
        if found is None:
            raise
        return found
    document = problems.document
    assert document.text is not None
    if _has_member(root, "format_version"):
        from iamlogic.inputs.terraform.plan import looks_like_plan, read_plan

        if looks_like_plan(root):
            return read_plan(document.text, file, deployment)[1]
    return _in_document(root, document, deployment)


def _read_yaml(content: bytes, file: str, deployment: Deployment) -> Found:
    roots, document = _yaml_documents(content, file)
    found = Found()
    for root in roots:
        found += _in_document(root, document, deployment)
    return found


def _yaml_documents(content: bytes, file: str) -> tuple[tuple[JsonValue, ...], Document]:
    from iamlogic.inputs.yaml_tree import read_yaml

    document = TemplateDocument(decode_text(content, file), file)
    assert document.text is not None
    return read_yaml(document.text, document), document


def _template_in_yaml(content: bytes, file: str, deployment: Deployment) -> Found | None:
    """What is in a template that is JSON but for what YAML allows, a comma at the end or a comment.

    CloudFormation reads it as YAML. None if it is no template.
    """
    from iamlogic.inputs.cloudformation import may_be_template, read_template

    text = decode_text(content, file)
    found = read_template(text, file, deployment) if may_be_template(text) else Found()
    is_malformed = any(not each.name for each in found.unread)
    return None if is_malformed or found == Found() else found


def _in_document(root: JsonValue, document: Document, deployment: Deployment) -> Found:
    if _has_member(root, "Resources"):
        from iamlogic.inputs.cloudformation import looks_like_template, read_tree

        if looks_like_template(root):
            return read_tree(root, document, deployment)
    return policies_by_shape(root, document, deployment)


def _has_member(root: JsonValue, name: str) -> bool:
    return isinstance(root, JsonObject) and any(each.name == name for each in root.members)
