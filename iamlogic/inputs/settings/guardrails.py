"""`[[guardrail]]`: what policies must never, or always, allow.

    [[guardrail]]
    name = "payroll-stays-inside"
    message = "nobody outside the organization reads payroll"
    types = ["resource policy"]
    never.Action = "s3:GetObject"
    never.Resource = "arn:aws:s3:::payroll-*/*"
    never.Condition.StringNotEquals = { "aws:PrincipalOrgID" = "o-exampleorgid" }

    [[guardrail.catches]]
    principal = "arn:aws:iam::999999999999:user/eve"
    action = "s3:GetObject"
    resource = "arn:aws:s3:::payroll-2026/salaries.csv"

A scope has the grammar of a statement and is read by its reader, whose complaints are told at their
places in the file. Whether the examples are right is no question of reading: `guardrails test`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import TypeVar, cast

from iamlogic.errors import PolicySyntaxError, RequestError
from iamlogic.inputs.entries import Entry
from iamlogic.inputs.settings.checking import read_globs
from iamlogic.questions.guardrail import Demand, Guardrail
from iamlogic.questions.review.notices import Severity
from iamlogic.semantics.request import Request
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.policy_types import PolicyType
from iamlogic.syntax.problems import did_you_mean
from iamlogic.syntax.scope import Scope

_MEMBERS = (
    "name",
    "message",
    "severity",
    "files",
    "except_files",
    "types",
    "never",
    "always",
    "catches",
    "passes",
)
_REQUEST = ("principal", "action", "resource", "resource_account", "context")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,254}")

_Named = TypeVar("_Named", bound=Enum)


def read_guardrails(entry: Entry) -> tuple[Guardrail, ...]:
    """The guardrails of the list, as far as they can be read."""
    guardrails: dict[str, Guardrail] = {}
    if not isinstance(entry.value, list):
        hint = "each guardrail is a table [[guardrail]], in double brackets"
        is_toml = entry.source.table == "table"
        entry.unexpected("a list of guardrails", hint if is_toml else "each begins with a dash")
        return ()
    for item in entry.items():
        guardrail = _guardrail(item)
        if guardrail is None:
            continue
        if guardrail.name in guardrails:
            line = guardrails[guardrail.name].where.line
            item.problem(f"the guardrail {quote(guardrail.name)} is there already, in line {line}")
        guardrails[guardrail.name] = guardrail
    return tuple(guardrails.values())


def _guardrail(entry: Entry) -> Guardrail | None:
    members = entry.members(_MEMBERS)
    is_spelt = isinstance(entry.value, Mapping) and len(members) == len(entry.value)
    for needed in ("name", "message") if is_spelt else ():
        if needed not in members:
            hint = "say what it is for: it is shown to whoever breaks it"
            entry.problem(f"the guardrail has no {needed}", None if needed == "name" else hint)
    demand, scope = _demand(entry, members, is_spelt=is_spelt)
    name = _name(members["name"]) if "name" in members else None
    message = _message(members["message"]) if "message" in members else None
    read = {each: _requests(members[each]) for each in ("catches", "passes") if each in members}
    severity = (
        _named(members["severity"], Severity, "a severity") if "severity" in members else None
    )
    types = _types(members["types"]) if "types" in members else ()
    files = read_globs(members["files"]) if "files" in members else ()
    if "files" in members and members["files"].value == []:
        members["files"].problem("the list is empty: it is for no file", "leave it out for all")
    exempt = read_globs(members["except_files"]) if "except_files" in members else ()
    if name is None or message is None or demand is None or scope is None:
        return None  # and why is reported
    return Guardrail(
        name,
        demand,
        scope,
        message,
        severity or Severity.ERROR,
        files,
        exempt,
        types,
        read.get("catches", ()),
        read.get("passes", ()),
        entry.where,
    )


def _name(entry: Entry) -> str | None:
    text = entry.text()
    if text is not None and _NAME.fullmatch(text) is None:
        hint = "a letter, then letters, digits, _ . and -, at most 255: machines know it by this"
        entry.problem(f"{quote(text)} is no name of a guardrail", hint)
        return None
    return text


def _message(entry: Entry) -> str | None:
    text = entry.text()
    if text is not None and not text.strip():
        entry.problem("the message is empty", "say what it is for")
        return None
    return text


def _demand(
    entry: Entry, members: Mapping[str, Entry], *, is_spelt: bool
) -> tuple[Demand | None, Scope | None]:
    given = [each for each in Demand if each.value in members]
    if len(given) == 1:
        return given[0], _scope(members[given[0].value])
    if given:
        members[given[1].value].problem(
            "the guardrail has both never and always, expected one of them",
            "write two guardrails",
        )
    elif is_spelt:
        hint = 'write never = { Action = "…" }, a statement without Effect'
        entry.problem("the guardrail has neither never nor always: it would ask for nothing", hint)
    return None, None


def _scope(entry: Entry) -> Scope | None:
    """The scope, by its own reader; what that says is told at its place in this file."""
    if not isinstance(entry.value, Mapping):
        entry.unexpected(
            f"a scope as a {entry.source.table}", 'as { Action = "…", Resource = "…" }'
        )
        return None
    if not _is_json(entry):
        return None
    try:
        return Scope(cast("Mapping[str, object]", entry.value), file=entry.source.file)
    except PolicySyntaxError as error:
        for problem in error.problems:
            entry.source.problem(
                (*entry.path, *problem.where.path), problem.message, problem.hint, problem.rule
            )
        return None


def _is_json(entry: Entry) -> bool:
    """Whether JSON has every value; that TOML and YAML have moments without quotes is told."""
    match entry.value:
        case Mapping():
            found = [_is_json(each) for each in entry.table().values()]  # all, to tell all
            return all(found)
        case list():
            found = [_is_json(each) for each in entry.items()]
            return all(found)
        case datetime() | date() | time():
            entry.unexpected("a text", "write it in quotes")
            return False
    return True


def _types(entry: Entry) -> tuple[PolicyType, ...]:
    items = [entry] if isinstance(entry.value, str) else list(entry.items("a list of types"))
    if not items and isinstance(entry.value, list):
        entry.problem("the list is empty: it is for no policy", "leave it out for all types")
    read = (_named(item, PolicyType, "a type of policy") for item in items)
    return tuple(dict.fromkeys(each for each in read if each is not None))


def _named(entry: Entry, kind: type[_Named], what: str) -> _Named | None:
    text = entry.text(what)
    if text is None:
        return None
    known = {str(each.value): each for each in kind}
    if text not in known:
        hint = did_you_mean(text, known) or f"known are {', '.join(known)}"
        entry.problem(f"{quote(text)} is not {what}", hint)
    return known.get(text)


def _requests(entry: Entry) -> tuple[Request, ...]:
    if not isinstance(entry.value, list):
        hint = f"each is a table [[guardrail.{entry.path[-1]}]], in double brackets"
        entry.unexpected("a list of requests", hint if entry.source.table == "table" else None)
        return ()
    read = [_request(item) for item in entry.items()]
    return tuple(request for request in read if request is not None)


def _request(entry: Entry) -> Request | None:
    members = entry.members(_REQUEST)
    if not isinstance(entry.value, Mapping) or len(members) < len(entry.value):
        return None
    missing = [name for name in _REQUEST[:3] if name not in members]
    for name in missing:
        entry.problem(f"the request has no {name}")
    if missing:
        return None
    try:
        return Request.from_json(cast("Mapping[str, object]", entry.value))
    except RequestError as error:
        message, _, hint = str(error).partition("\n    hint: ")
        entry.problem(message, hint or None)
        return None
