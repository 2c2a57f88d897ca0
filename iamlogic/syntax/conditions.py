"""`Condition`: operators, keys and values (R-P21 to R-P24)."""

from __future__ import annotations

from iamlogic.errors import Path
from iamlogic.syntax.global_keys import KEY_FAMILIES, MULTIVALUED_KEYS
from iamlogic.syntax.json_tree import (
    JsonBool,
    JsonList,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
    Member,
    describe,
    quote,
)
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.literals import CHECKS
from iamlogic.syntax.operators import OPERATORS, Family, Operator, SetPrefix
from iamlogic.syntax.policy import Condition, Template, Text, Version
from iamlogic.syntax.problems import Problems, did_you_mean
from iamlogic.syntax.texts import check_key, read_value_template


def read_conditions(
    node: JsonValue, version: Version, path: Path, problems: Problems
) -> tuple[Condition, ...]:
    """R-P21: operator → key → value or list; empty objects are always true."""
    if not isinstance(node, JsonObject):
        message = f"found {describe(node)}, expected an object: operator → key → values"
        problems.error(node.position, path, message, "R-P21")
        return ()
    conditions: list[Condition] = []
    report_equal_names(node, path, problems)
    for member in node.members:
        here = (*path, member.name)
        operator = _read_operator(member, here, problems)
        if not isinstance(member.value, JsonObject):
            message = f"found {describe(member.value)}, expected an object: key → values"
            problems.error(member.value.position, here, message, "R-P21")
            continue
        report_equal_names(member.value, here, problems)
        for key in member.value.members:
            condition = _read_condition(operator, key, version, (*here, key.name), problems)
            if condition is not None:
                conditions.append(condition)
    return tuple(conditions)


def report_equal_names(node: JsonObject, path: Path, problems: Problems) -> None:
    """R-P11: under `Condition`, names that differ only in case are the same name.

    Names that are wholly equal are reported for every object of the document (`reader`).
    """
    seen: dict[str, str] = {}
    for name, position, _ in node.members:
        earlier = seen.setdefault(fold(name), name)
        if earlier != name:
            message = f"{quote(name)} is the same name as {quote(earlier)}: case does not count"
            hint = "join their values in one list, or write two statements"
            problems.error(position, (*path, name), message, "R-P11", hint)


def _read_operator(member: Member, path: Path, problems: Problems) -> Operator | None:
    name = member.name
    # str.lower() makes some characters ASCII that are not (U+212A is no K).
    operator = OPERATORS.get(name.lower()) if name.isascii() else None
    if operator is not None:
        return operator
    plain = name.lower().rpartition(":")[2].removesuffix("ifexists")
    if plain == "null":  # R-P22
        message = f"{quote(name)} is no operator: Null takes neither a set prefix nor IfExists"
        problems.error(member.position, path, message, "R-P22", 'write "Null"')
        return None
    hint = did_you_mean(name, (str(known) for known in OPERATORS.values()))
    message = (
        f"{quote(name)} is no condition operator, expected [ForAllValues:|ForAnyValue:]NAME"
        "[IfExists] with a NAME such as StringEquals or ArnLike"
    )
    if ":" in name and hint is None and plain not in OPERATORS:
        hint = "is it a condition key? The operator stands outside: operator → key → values"
    problems.error(member.position, path, message, "R-P22", hint)
    return None


def _read_condition(
    operator: Operator | None, member: Member, version: Version, path: Path, problems: Problems
) -> Condition | None:
    """One key with its values; checked as far as it goes where the operator is unknown."""
    check_key(member.name, member.position, path, problems)
    node = member.value
    values: list[Text] = []
    if isinstance(node, JsonList):
        if not node.items:
            message = f"the condition on {quote(member.name)} has no values"
            problems.warn(node.position, path, message, "R-P13")
        elif len({type(item) for item in node.items}) > 1:
            message = f"the values of {quote(member.name)} are of different JSON types"
            problems.warn(node.position, path, message, "R-P14", "write all of them as texts")
        entries = [((*path, i), item) for i, item in enumerate(node.items)]
    else:
        entries = [(path, node)]
    for here, item in entries:
        value = _read_value(operator, item, version, here, problems)
        if value is not None:
            values.append(value)
    if operator is None:
        return None
    _doubts(operator, member, values, path, problems)
    where = problems.document.where(member.position, path)
    return Condition(operator, member.name, tuple(values), where)


def _read_value(
    operator: Operator | None, node: JsonValue, version: Version, path: Path, problems: Problems
) -> Text | None:
    template: Template | None = None
    match node:  # R-P14: numbers and Booleans mean their JSON text
        case JsonString(text, _):
            if operator is None or operator.base.family in (Family.STRING, Family.ARN):
                template = read_value_template(node, version, path, problems)
        case JsonNumber(text, _):
            pass
        case JsonBool(truth, _):
            text = "true" if truth else "false"
        case _:
            hint = None
            if isinstance(node, JsonList):
                hint = "lists do not stand inside each other"
            message = f"found {describe(node)}, expected a text, a number or a Boolean"
            problems.error(node.position, path, message, "R-P14", hint)
            return None
    if operator is not None and operator.base.family in CHECKS:
        is_legal, expected = CHECKS[operator.base.family]
        if "${" in text and version is Version.V2012:
            problems.error(
                node.position,
                path,
                f"a variable cannot stand under {operator}: expected {expected}",
                "R-V3",
                "variables work under the String and Arn operators",
                offset=text.index("${"),
            )
        elif not is_legal(text):
            message = f"found {quote(text)} under {operator}, expected {expected}"
            problems.error(node.position, path, message, "R-P24")
    return Text(text, template, problems.document.where(node.position, path))


def _doubts(
    operator: Operator, member: Member, values: list[Text], path: Path, problems: Problems
) -> None:
    """What is legal and probably not meant."""
    key = fold(member.name)
    family = operator.base.family
    if family is Family.BOOL and {"true", "false"} <= {value.text.lower() for value in values}:
        message = f"{operator} lists both true and false: it holds whenever the key is present"
        problems.warn(member.position, path, message, "R-C17")
    if key in MULTIVALUED_KEYS and operator.set_prefix is None and family is not Family.NULL:
        names = " or ".join(f"{prefix.value}:{operator}" for prefix in SetPrefix)
        message = f"{member.name} has many values, and {operator} does not say how to treat them"
        problems.warn(member.position, path, message, "R-C6", f"write {names}")
    fitting = KEY_FAMILIES.get(key)
    if fitting and family is not Family.NULL and family not in fitting:
        kinds = " or ".join(kind.value for kind in fitting)
        message = f"{member.name} is of type {kinds}, but {operator} compares it as {family.value}"
        problems.warn(member.position, path, message, "R-K15")
