"""The policies of a file that can be mutated in place, and how the changed file is read.

A file is a policy, a stack of policies, or a template in JSON or YAML. What a mutant means is asked
of the whole changed text, read as every other command reads it; so a mistake in the editing can
make a mutant that is no policy, which is dropped, and never a wrong answer. A template's open
values are placeholders that stand for values of their own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

import iamlogic as il
from iamlogic.errors import IamlogicError, PolicyReadError, Where
from iamlogic.inputs.places.files import FileKind, kind_of, policies_in
from iamlogic.inputs.places.shapes import Shaped, shaped_as_policies
from iamlogic.inputs.stack import MEMBERS, subject_in
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.syntax.documents import decode_text, read_document, read_file
from iamlogic.syntax.json_tree import JsonObject, JsonValue
from iamlogic.syntax.problems import Document
from iamlogic.testing.mutating.editing import Source
from iamlogic.testing.mutating.written import (
    Entries,
    Items,
    Written,
    is_in_place,
    json_written,
    node_at,
    plain,
    yaml_written,
)

Subject = il.Policy | il.PolicySet
Reader = Callable[[str], tuple[Subject, ...]]
"""What a text of a file means: what decides by itself, one after the other."""


class NotMutable(IamlogicError):
    """A file that iamlogic cannot mutate, and why."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")


@dataclass(frozen=True, slots=True)
class Target:
    """A policy in a text: its node, and the same as decoded JSON."""

    node: Written
    document: dict[str, object]
    places: tuple[Where | None, ...]
    """Where each statement starts; None for one that cannot be mutated."""

    def statement(self, number: int) -> dict[str, object]:
        """One of the statements that can be mutated, counted from 0."""
        given = self.document["Statement"]
        found = given[number] if isinstance(given, list) else given
        assert isinstance(found, dict)
        return found


@dataclass(frozen=True, slots=True)
class MutableFile:
    """A file with policies.

    `name` is what the user calls it. `untouched` says which of its policies and statements are not
    mutated, each with the reason.
    """

    name: str
    source: Source
    targets: tuple[Target, ...]
    untouched: tuple[str, ...]
    read: Reader
    original: tuple[Subject, ...]


def mutable_files(name: str) -> list[MutableFile]:
    """The file of that name and, if it is a stack, the files that it names.

    Raises `NotMutable` if nothing in them can be mutated, and what reading raises.
    """
    files = list(_files(name))
    if not any(file.targets for file in files):
        told = "; ".join(each for file in files for each in file.untouched)
        raise NotMutable(name, f"nothing can be mutated: {told or 'there is no policy in it'}")
    return files


def _files(name: str) -> Iterator[MutableFile]:
    content = read_file(name)
    if kind_of(name) is FileKind.TERRAFORM:
        raise NotMutable(name, "Terraform's files cannot be mutated; policies in JSON files can")
    text = decode_text(content, name)
    root, document = _json_root(content, name)
    if root is None or not _stands_for_itself(root):
        file = _file(name, text, partial(_in_template, name), root, document)
        yield replace(file, untouched=(*file.untouched, *_elsewhere(file, document)))
        return
    yield from _with_named(_file(name, text, partial(_subject, name), root, document))


def _json_root(content: bytes, name: str) -> tuple[JsonValue | None, Document]:
    """The tree of a JSON file; None for YAML. Templates in JSON may be read as YAML, too."""
    if kind_of(name) is FileKind.YAML or content.lstrip()[:1] not in {b"{", b"["}:
        return None, Document(decode_text(content, name), name)
    root, problems = read_document(content, name)
    return root, problems.document


def _stands_for_itself(root: JsonValue) -> bool:
    """Whether it is a policy or a stack, or is meant as one."""
    if not isinstance(root, JsonObject):
        return False
    names = {member.name for member in root.members}
    return "Resources" not in names and (
        bool(names & {"Statement", *MEMBERS}) or any(s.path == () for s in shaped_as_policies(root))
    )


def _subject(name: str, text: str) -> tuple[Subject, ...]:
    return (subject_in(*read_document(text, name)),)


def _in_template(name: str, text: str) -> tuple[Subject, ...]:
    found = policies_in(text.encode(), name, Deployment())
    for unread in found.unread:
        raise unread.error
    return tuple(placed.policy for placed in found.policies)


def _file(
    name: str, text: str, read: Reader, root: JsonValue | None, document: Document
) -> MutableFile:
    original = read(text)
    if root is None:
        from iamlogic.inputs.yaml_tree import read_yaml

        pairs = list(zip(read_yaml(text, document), yaml_written(text), strict=False))
    else:
        pairs = [(root, json_written(text))]
    targets: list[Target] = []
    untouched: list[str] = []
    for tree, written in pairs:
        for shaped in shaped_as_policies(tree):
            node = node_at(written, shaped.path)
            if isinstance(node, Entries) and is_in_place(node):
                target = _target(shaped, node, document)
                targets.append(target)
                untouched += _open_statements(shaped, target, name)
            else:
                reason = "it is a text, what a template's function makes, or has aliases of YAML"
                untouched.append(f"{_title(name, shaped)} is not mutated: {reason}")
    source = Source(text, is_yaml=root is None)
    return MutableFile(name, source, tuple(targets), tuple(untouched), read, original)


def _elsewhere(file: MutableFile, document: Document) -> Iterator[str]:
    """The policies of a template that are not written out where they could be mutated."""
    spans = [
        (_line(document.where(node.start, ())), _line(document.where(node.end, ())))
        for node in (target.node for target in file.targets)
    ]
    for placed in policies_in(file.source.text.encode(), file.name, Deployment()).policies:
        is_told = any(told.startswith(f"{placed.title} ") for told in file.untouched)
        if not is_told and not any(a <= _line(placed.where) <= b for a, b in spans):
            yield f"{placed.title} is not mutated: it is not written out as a policy"


def _line(where: Where) -> tuple[int, int]:
    return where.line or 0, where.column or 0


def _target(shaped: Shaped, node: Entries, document: Document) -> Target:
    value = plain(node)
    assert isinstance(value, dict)
    given = node_at(node, ("Statement",))
    every: Sequence[Written | None] = given.items if isinstance(given, Items) else [given]
    is_fit = (isinstance(each, Entries) and node_at(each, ("Effect",)) for each in every)
    where = (
        document.where(each.start, (*shaped.path, "Statement", number)) if fit and each else None
        for number, (each, fit) in enumerate(zip(every, is_fit, strict=True))
    )
    return Target(node, value, tuple(where))


def _open_statements(shaped: Shaped, target: Target, name: str) -> Iterator[str]:
    for number, where in enumerate(target.places, start=1):
        if where is None:
            yield (
                f"{_title(name, shaped)}: statement {number} is not mutated: "
                "it is what a template's function makes"
            )


def _title(name: str, shaped: Shaped) -> str:
    return f"{name}: {shaped.name}" if shaped.name else name


# Stacks


def _with_named(file: MutableFile) -> Iterator[MutableFile]:
    """A stack and the files that it names: what each means, it means as a part of the stack."""
    stack = file.original[0]
    if isinstance(stack, il.Policy):
        yield file
        return
    if file.targets:
        yield file
    named = {policy.file for policy in stack.policies()} - {file.name, None}
    for name in sorted(each for each in named if each is not None):
        text = decode_text(read_file(name), name)
        root, problems = read_document(text, name)
        yield _file(name, text, partial(_within, stack, name), root, problems.document)


def _within(stack: il.PolicySet, name: str, text: str) -> tuple[Subject, ...]:
    """The stack with another text in one of its files."""
    new = il.parse(text, file=name)

    def changed(value: object) -> object:
        match value:
            case il.Policy():
                return new if value.file == name else value
            case tuple():
                return tuple(map(changed, value))
            case _:
                return value

    members = {each.name: changed(getattr(stack, each.name)) for each in fields(stack)}
    return (replace(stack, **members),)  # type: ignore[arg-type]  # each of the type it was of


def path_of(file: str) -> Path:
    """Where a file really lies, behind all links."""
    try:
        return Path(os.path.realpath(file, strict=True))
    except OSError as error:
        raise PolicyReadError(file, (error.strerror or str(error)).lower()) from error
