"""`aws_lambda_permission` and its like: resources that grant without a document.

Lambda makes a statement of each, as the Lambda API Reference (AddPermission and
AddLayerVersionPermission) and the Developer Guide ("Using resource-based policies") describe; here
the same statement is made, so that a permission is reviewed as any other policy of the function.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from iamlogic.inputs.terraform.functions import known_text
from iamlogic.inputs.terraform.hcl import Chunk
from iamlogic.inputs.terraform.values import (
    Either,
    Entry,
    Null,
    Open,
    Sequence,
    Table,
    Text,
    Truth,
    Value,
    as_text,
    text_of,
)
from iamlogic.inputs.unresolved.placeholders import Placeholders

Attributes = Callable[[str], Value | None]
"""The value of an attribute of a resource; None if it has none."""

PERMISSIONS = {
    "aws_lambda_permission": "AWS::Lambda::Function",
    "aws_lambda_layer_version_permission": "AWS::Lambda::LayerVersion",
}
"""The types of resources that are read here, with the type of what they are about."""

_ACCOUNT = re.compile(r"[0-9]{12}")
_CONDITIONS = (
    ("source_arn", "ArnLike", "AWS:SourceArn"),
    ("source_account", "StringEquals", "AWS:SourceAccount"),
    ("principal_org_id", "StringEquals", "aws:PrincipalOrgID"),
    ("organization_id", "StringEquals", "aws:PrincipalOrgID"),
    ("event_source_token", "StringEquals", "lambda:EventSourceToken"),
    ("function_url_auth_type", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("invoked_via_function_url", "Bool", "lambda:InvokedViaFunctionUrl"),
)


def permission(type_: str, get: Attributes, position: int, placeholders: Placeholders) -> Table:
    """The policy with the one statement that a resource of these types means."""
    made = _Permission(type_, get, position, placeholders)
    statement = Table(tuple(made.entries()), position)
    version = Entry("Version", position, text_of("2012-10-17", position))
    return Table(
        (version, Entry("Statement", position, Sequence((statement,), position))), position
    )


class _Permission:
    def __init__(
        self, type_: str, get: Attributes, position: int, placeholders: Placeholders
    ) -> None:
        self._is_layer = type_ == "aws_lambda_layer_version_permission"
        self._get = get
        self._position = position
        self._placeholders = placeholders

    def entries(self) -> Iterator[Entry]:
        at = self._position
        sid = self._given("statement_id")
        if sid is not None and known_text(sid) is not None:
            yield Entry("Sid", sid.position, sid)
        yield Entry("Effect", at, text_of("Allow", at))
        principal = self._given("principal") or text_of("*", at)
        yield Entry("Principal", principal.position, self._principal(principal))
        action = self._given("action") or text_of("lambda:InvokeFunction", at)
        yield Entry("Action", action.position, action)
        resource = self._resource()
        yield Entry("Resource", resource.position, resource)
        conditions = self._conditions()
        if conditions:
            yield Entry("Condition", at, Table(tuple(conditions), at))

    def _given(self, name: str) -> Value | None:
        value = self._get(name)
        return (
            None if value is None or isinstance(value, Null) or known_text(value) == "" else value
        )

    def _principal(self, value: Value) -> Value:
        """A service, an account, an identity or everybody, as the text says."""
        if isinstance(value, Either):
            yes, no = self._principal(value.if_true), self._principal(value.if_false)
            return Either(value.condition, yes, no, value.position)
        text = as_text(value)
        if text is None or isinstance(value, Open) or text.value == "*":
            return value
        at = value.position
        if _ACCOUNT.fullmatch(text.value):
            start = self._fixed(f"arn:{self._placeholders.deployment.partition}:iam::")
            root = Text((start, *text.chunks, self._fixed(":root")), at)
            return Table((Entry("AWS", at, root),), at)
        if text.value.startswith("arn:"):
            return Table((Entry("AWS", at, text),), at)
        if text.chunks and text.chunks[0].is_open:
            return Open(text.chunks[0].text, at, "known after the deployment")
        return Table((Entry("Service", at, text),), at)

    def _fixed(self, text: str) -> Chunk:
        return Chunk(text, self._position, fixed=True)

    def _resource(self) -> Value:
        """The ARN of the function or the layer, with its qualifier or version."""
        at = self._position
        name = self._given("layer_name" if self._is_layer else "function_name")
        qualifier = self._given("version_number" if self._is_layer else "qualifier")
        if name is None:
            return text_of("*", at)
        if isinstance(name, Either):
            return Open("*", at, "one function or another")
        text = as_text(name)
        if text is None:
            return name
        chunks = list(text.chunks)
        is_arn = text.value.startswith("arn:") or isinstance(name, Open)
        if not is_arn and ":function:" not in text.value:
            chunks = [*self._start(), *chunks]
        after = as_text(qualifier) if qualifier is not None else None
        if after is not None:
            chunks += [self._fixed(":"), *after.chunks]
        elif qualifier is not None:
            chunks.append(self._fixed(":*"))
        return Text(tuple(chunks), name.position)

    def _start(self) -> Iterator[Chunk]:
        """The ARN of a function or layer up to its name."""
        deployment = self._placeholders.deployment
        yield self._fixed(f"arn:{deployment.partition}:lambda:")
        region = self._placeholders.region("region")
        yield self._open(region, is_open=deployment.region is None)
        yield self._fixed(":")
        account = self._placeholders.account("the account")
        yield self._open(account, is_open=deployment.account is None)
        yield self._fixed(":layer:" if self._is_layer else ":function:")

    def _open(self, text: str, *, is_open: bool) -> Chunk:
        return Chunk(text, self._position, fixed=True, is_open=is_open)

    def _conditions(self) -> list[Entry]:
        grouped: dict[str, list[Entry]] = {}
        for name, operator, key in _CONDITIONS:
            value = self._given(name)
            if value is None or (isinstance(value, Truth) and not value.value):
                continue
            entry = Entry(key, value.position, as_text(value) or value)
            grouped.setdefault(operator, []).append(entry)
        return [
            Entry(operator, entries[0].position, Table(tuple(entries), entries[0].position))
            for operator, entries in grouped.items()
        ]
