"""When the effect of a change in one statement is certain to show in the whole policy.

A statement is `visible` if for some action it alone decides: no other statement speaks of that
action or, for a Deny, no other Deny does and some Allow grants it whatever else the request is.
And a request with that action can meet all its parts at once: resources of the right form, and
conditions on keys of which each is free of the others and of the requester (`free_key`). Then what
is done to one part, the action apart, does the same to the policy: the other parts can be met.

Keys are chosen so that this holds whether or not comparisons assume what AWS sends (R-K16).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from iamlogic.syntax.operators import Comparison, Family

from .documents import (
    FRESH_ACTION,
    FRESH_RESOURCE,
    Document,
    Item,
    Statement,
    has_variable,
    is_resource,
    items,
    listed,
    matches,
    resource_sample,
    sample,
    statements,
)


@dataclass(frozen=True, slots=True)
class FreeKey:
    """A key that can be present, with any value of its type, for users, roles and federated users.

    `group`: keys that depend on one another. `families`: None for text.
    """

    group: str
    always: bool = False
    families: tuple[Family, ...] | None = None
    multivalued: bool | None = False  # None: if a policy of the question says so (R-K8)


_IP, _BOOL, _DATE, _NUMBER = ((f,) for f in (Family.IP, Family.BOOL, Family.DATE, Family.NUMERIC))
_FREE_KEYS = {
    "aws:sourceip": FreeKey("network", families=_IP),
    "aws:sourcevpc": FreeKey("network"),
    "aws:sourcevpce": FreeKey("network"),
    "aws:multifactorauthpresent": FreeKey("mfa", families=_BOOL),
    "aws:multifactorauthage": FreeKey("mfa", families=_NUMBER),
    "aws:currenttime": FreeKey("time", always=True, families=_DATE),
    "aws:securetransport": FreeKey("transport", always=True, families=_BOOL),
    "aws:requestedregion": FreeKey("region", always=True),
    "aws:useragent": FreeKey("agent", always=True),
    "aws:referer": FreeKey("referer"),
    "aws:principalorgid": FreeKey("organization"),
    "aws:tagkeys": FreeKey("request tags", multivalued=True),
    "aws:calledvia": FreeKey("via", multivalued=True),
}
_TAGS = {
    "aws:principaltag/": "principal tags",
    "aws:resourcetag/": "resource tags",
    "aws:requesttag/": "request tags",
}
_TIED_SERVICE_KEYS = frozenset({"ec2:sourceinstancearn"})


def free_key(key: str) -> FreeKey | None:
    """What is known of the key; None if it depends on the requester or on what is not listed."""
    folded = key.lower()
    prefix = folded.partition(":")[0]
    for start, group in _TAGS.items():
        if folded.startswith(start):
            return FreeKey(group if group == "request tags" else folded)
    if prefix == "aws":
        return _FREE_KEYS.get(folded)
    if "." in prefix or prefix == "saml" or folded in _TIED_SERVICE_KEYS:
        return None  # keys of identity providers, R-K10
    return FreeKey(folded, multivalued=None)


def visible(document: Document, index: int) -> bool:
    """Whether a change of the statement's resources, conditions or principals must show."""
    return own_action(document, index) is not None and can_match(document, index)


def own_action(document: Document, index: int) -> str | None:
    """An action of the statement for which the statement alone decides."""
    every = statements(document)
    statement = every[index]
    others = every[:index] + every[index + 1 :]
    for action in some_actions(statement):
        speaking = [other for other in others if speaks_of(other, action)]
        if statement["Effect"] == "Allow":
            if not speaking:
                return action
        elif all(other["Effect"] == "Allow" for other in speaking) and any(
            is_total(other) for other in speaking
        ):
            return action
    return None


def speaks_of(statement: Statement, action: str) -> bool:
    """R-M1, R-M2: whether the action part matches."""
    patterns = [
        text.lower() for text in listed(statement.get("Action", statement.get("NotAction")))
    ]
    return matches(patterns, action.lower()) is ("Action" in statement)


_COMMON_ACTIONS = (FRESH_ACTION, "s3:GetObject", "iam:CreateUser", "ec2:RunInstances")


def some_actions(statement: Statement) -> Iterator[str]:
    """Some actions that the statement speaks of."""
    if "Action" in statement:
        for pattern in listed(statement["Action"]):
            yield FRESH_ACTION if pattern in ("*", "*:*") else sample(pattern, star="ZzQ", mark="Z")
    else:
        yield from (action for action in _COMMON_ACTIONS if speaks_of(statement, action))


def is_total(statement: Statement) -> bool:
    """Whether it matches every request for its actions."""
    everyone = statement.get("Principal", "*")
    return (
        "NotPrincipal" not in statement
        and (everyone == "*" or (isinstance(everyone, dict) and "*" in listed(everyone.get("AWS"))))
        and not statement.get("Condition")
        and "NotResource" not in statement
        and "*" in listed(statement.get("Resource", "*"))
    )


def can_match(document: Document, index: int) -> bool:
    """Whether a request for any one of its actions can meet all the other parts."""
    statement = statements(document)[index]
    return (
        has_resource(document, statement)
        and has_requester(statement)
        and simple(items(statement))
        and not has_variable(statement.get("Condition"))
    )


def has_resource(document: Document, statement: Statement) -> bool:
    """Some resource can be met; a variable in it only by users, and of no key that is tested."""
    if "NotResource" in statement:
        patterns = listed(statement["NotResource"])
        return not has_variable(patterns) and not matches(patterns, FRESH_RESOURCE)
    if "Resource" not in statement:
        return True
    return any(is_resource(text) for text in some_resources(document, statement))


_USER_VARIABLES = ("aws:username", "aws:userid", "aws:principaltag/")


def some_resources(document: Document, statement: Statement) -> Iterator[str]:
    """A text for each entry of `Resource` that some user can ask for."""
    keys = {item.key.lower() for item in items(statement)}
    for pattern in listed(statement["Resource"]):
        variables = [part.partition("}")[0].lower() for part in pattern.split("${")[1:]]
        if not variables or (
            document.get("Version") == "2012-10-17"
            and all(name.startswith(_USER_VARIABLES) and name not in keys for name in variables)
        ):
            yield resource_sample(pattern)


def has_requester(statement: Statement) -> bool:
    """No principal part, or one that holds a user or a role."""
    if "NotPrincipal" in statement:
        return False
    principal = statement.get("Principal", "*")
    if principal == "*":
        return True
    named = [text for text in listed(principal.get("AWS", [])) if text[:3] not in ("AID", "ARO")]
    if has_variable(statement.get("Resource")):
        named = [text for text in named if text == "*" or text.isdigit() or text.endswith(":root")]
    return bool(named)


# Conditions


def simple(block: Sequence[Item]) -> bool:
    """Whether all can hold together and each alone can fail: on free keys, one of each group."""
    keys = [free_key(item.key) for item in block]
    groups = [key.group for key in keys if key is not None]
    return (
        len(set(groups)) == len(block)
        and len({item.key.lower() for item in block}) == len(block)
        and all(map(is_open, block))
    )


def is_open(item: Item) -> bool:
    """Whether the condition holds for some value or absence of its key, and fails for another."""
    key, base = free_key(item.key), item.operator.base
    if key is None or not item.values or "" in item.values or has_variable(item.values):
        return False
    if base.family is Family.NULL:
        return not key.always and len({value.lower() for value in item.values}) == 1
    if key.families is not None and base.family not in key.families:
        return False
    if item.operator.set_prefix and key.always:
        return False
    return all(_divides(base.comparison, base.family, value) for value in item.values) and (
        base.family is not Family.BOOL or len({value.lower() for value in item.values}) == 1
    )


def _divides(comparison: Comparison, family: Family, value: str) -> bool:
    """Whether the value is matched by some values of a request and not by others."""
    match family, comparison:
        case Family.STRING, Comparison.LIKE:
            return bool(value.strip("*?"))
        case Family.ARN, _:
            return is_resource(value) and bool(value.rpartition(":")[2].strip("*?"))
        case Family.NUMERIC, _:
            return Decimal(value) > 0
        case Family.IP, _:
            return not value.endswith("/0")
        case _:
            return True
