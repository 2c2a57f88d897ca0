"""Actions, resources and condition keys: the checks of one text each.

Ordinary texts pass one regular expression. What does not is an error, or accepted with a warning
where a rule says so, because policies in use have it.
"""

from __future__ import annotations

import re

from iamlogic.errors import Path
from iamlogic.syntax.json_tree import JsonString, quote
from iamlogic.syntax.pattern import BadPattern, read_template
from iamlogic.syntax.policy import Template, Variable, Version
from iamlogic.syntax.problems import Problems

_ORDINARY_ACTION = re.compile(r"\*|\*:\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_ACTION_PREFIX = re.compile(r"[A-Za-z0-9-]+")
_COLONS = 5
"""The colons of an ARN that separate its segments (R-C14)."""
_ORDINARY_KEY = re.compile(r"[A-Za-z0-9.-]+:[A-Za-z0-9_.=+@:/-]+")


def check_action(node: JsonString, path: Path, problems: Problems) -> None:
    """R-P16."""
    text = node.value
    if _ORDINARY_ACTION.fullmatch(text):
        return
    shape = 'expected "*" or SERVICE:NAME such as s3:GetObject'
    prefix, colon, name = text.partition(":")
    hint: str | None = None
    if not colon:
        if re.fullmatch(r"[A-Za-z0-9-]+[./][A-Za-z0-9*?]+", text):
            hint = f'did you mean "{re.sub("[./]", ":", text)}"?'
        elif text.startswith("*") or text.endswith("*"):
            hint = "only a bare * stands for the actions of every service"
        problems.error(node.position, path, f"found {quote(text)}, {shape}", "R-P16", hint)
    elif ":" in name:
        if text.startswith("arn:"):
            hint = "this looks like a resource's ARN: is it meant under Resource?"
        elif "${" in name:
            hint = "variables have no meaning in an action"
        message = f"an action has one colon, {quote(text)} has {text.count(':')}"
        problems.error(node.position, path, message, "R-P16", hint)
    elif "*" in prefix or "?" in prefix:
        message = f"a wildcard stands in the service of the action {quote(text)}"
        hint = 'name each service, or use "*" for every action'
        problems.error(node.position, path, message, "R-P16", hint)
    elif not _ACTION_PREFIX.fullmatch(prefix):
        if text != text.strip():
            hint = f'did you mean "{quote(text.strip())[1:-1]}"?'
        message = (
            f"the service of the action {quote(text)} is not made of letters, digits and hyphens"
            if prefix
            else f"the action {quote(text)} names no service"
        )
        problems.error(node.position, path, message, "R-P16", hint)
    elif not name:
        message = f"the action {quote(text)} has no name after its colon"
        hint = f'every action of the service is "{prefix[:60]}:*"'
        problems.error(node.position, path, message, "R-P16", hint)
    elif "${" in name:
        message = f"variables have no meaning in an action: {quote(text)} matches as it is written"
        problems.warn(node.position, path, message, "R-V3")
    else:
        odd = next(c for c in name if not re.match(r"[A-Za-z0-9*?]", c))
        message = f"unusual character {quote(odd)} in the action {quote(text)}"
        hint = "it matches as written"
        offset = len(prefix) + 1 + name.index(odd)
        problems.warn(node.position, path, message, "R-P16", hint, offset=offset)


def read_resource(
    node: JsonString, version: Version, path: Path, problems: Problems
) -> Template | None:
    """R-P17, R-V3. Gives the template of a resource with variables."""
    text = node.value
    if text == "*":
        return None
    if not text.startswith(("arn:", "*")):
        hint = None
        if text != text.strip():
            hint = "remove the spaces around it"
        elif text.lower().startswith("arn:"):
            hint = '"arn" is written in lower case'
        elif re.fullmatch(r"[a-z0-9][a-z0-9.-]{2,62}(?:/.*)?", text):
            hint = f'did you mean "arn:aws:s3:::{text[:80]}"?'
        message = f'found {quote(text)}, expected "*" or an ARN (a text that starts with "arn:")'
        problems.error(node.position, path, message, "R-P17", hint)
        return None
    template = read_value_template(node, version, path, problems)
    fixed = text if template is None else _before_variable(template, node, path, problems)
    _, *later = fixed.split(":", _COLONS)
    if text[0] == "*":
        message = f"the resource {quote(text)} starts with a wildcard: it matches other kinds too"
        problems.warn(node.position, path, message, "R-P17")
    elif len(later) < _COLONS and template is None:
        message = f"the resource {quote(text)} has {1 + len(later)} of an ARN's six segments"
        problems.warn(node.position, path, message, "R-P17", "it is matched as it stands")
    elif re.search(r"[*?]", "".join(later[1:2])):
        message = f"a wildcard stands in the service of the resource {quote(text)}"
        problems.warn(node.position, path, message, "R-P17")
    return template


def _before_variable(template: Template, node: JsonString, path: Path, problems: Problems) -> str:
    """What stands before the first variable, which must reach into the sixth segment (R-V3)."""
    fixed = ""
    for part in template:
        if isinstance(part, Variable):
            break
        fixed += part if isinstance(part, str) else "$"  # an escape is no wildcard
    else:
        return fixed
    if fixed.count(":") < _COLONS:
        segment = ("partition", "partition", "service", "region", "account")[fixed.count(":")]
        message = f"${{{part.key}}} stands in the {segment} of a resource, before its fifth colon"
        hint = (
            "a variable may stand only after the fifth colon; in a condition it may stand anywhere"
        )
        offset = node.value.find("${" + part.key)
        problems.error(node.position, path, message, "R-V3", hint, offset=offset)
    return fixed


def read_value_template(
    node: JsonString, version: Version, path: Path, problems: Problems
) -> Template | None:
    """The template of a text in which variables work (R-V1, R-V2)."""
    if "${" not in node.value:
        return None
    if version is Version.V2008:
        problems.warn(
            node.position,
            path,
            "in a policy of version 2008-10-17 this is plain text, not a variable",
            "R-V2",
            'for variables the policy needs "Version": "2012-10-17"',
            offset=node.value.index("${"),
        )
        return None
    match read_template(node.value):
        case BadPattern(offset, message, rule, hint):
            problems.error(node.position, path, message, rule, hint, offset=offset)
            return None
        case template:
            return template


def check_key(key: str, position: int, path: Path, problems: Problems) -> None:
    """R-P23."""
    if _ORDINARY_KEY.fullmatch(key):
        return
    prefix, colon, name = key.partition(":")
    if not colon:
        message = f"the condition key {quote(key)} has no colon, expected PREFIX:NAME"
        hint = "keys look like aws:SourceIp or s3:prefix"
        problems.error(position, path, message, "R-P23", hint)
    elif not prefix or not name:
        missing = "prefix before" if not prefix else "name after"
        message = f"the condition key {quote(key)} has no {missing} its colon, expected PREFIX:NAME"
        problems.error(position, path, message, "R-P23")
    elif "${" in key:
        message = f"variables have no meaning in a condition key: {quote(key)} is that very name"
        problems.warn(position, path, message, "R-V3")
    elif key != key.strip():
        message = f"spaces stand around the condition key {quote(key)}: they belong to its name"
        problems.warn(
            position, path, message, "R-P23", f'did you mean "{quote(key.strip())[1:-1]}"?'
        )
