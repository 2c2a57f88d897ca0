"""Mutations of policy variables (R-V1 to R-V8): in a policy's own resources, and in planted ones.

The own ones are `${aws:username}` and `${aws:PrincipalTag/…}` in a visible statement. A planted
statement grants an action that the policy does not speak of, so that it alone decides; the table
says how two planted texts are related, on the requests of users and role sessions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .certainty import some_resources, speaks_of, visible
from .documents import (
    FRESH_ACTION,
    Change,
    Document,
    has_variable,
    is_resource,
    listed,
    matches,
    replaced,
    statements,
    with_statements,
)

Mutations = Iterator[tuple[Document, Change]]

_PLAIN_VARIABLE = re.compile(r"\$\{(aws:(?:username|PrincipalTag/[A-Za-z0-9-]+))\}")


def _own(document: Document) -> Iterator[tuple[int, list[str], int, re.Match[str]]]:
    """The statements with a plain variable in a lone resource, which decides by itself."""
    if document.get("Version") != "2012-10-17":
        return
    for index, statement in enumerate(statements(document)):
        patterns = listed(statement.get("Resource", []))
        for place, pattern in enumerate(patterns):
            found = _PLAIN_VARIABLE.search(pattern)
            if not found or pattern.count("${") != 1 or not visible(document, index):
                continue
            lone = statement | {"Resource": [pattern]}
            if any(map(is_resource, some_resources(document, lone))):
                yield index, patterns, place, found


def _mutated(document: Document, new_text: str, change: Change, *, probe: str) -> Mutations:
    """Another text for the variable; `probe` is a value of it that only one of the sides takes."""
    for index, patterns, place, found in _own(document):
        statement = statements(document)[index]
        pattern = patterns[place]
        rest = patterns[:place] + patterns[place + 1 :]
        if matches(rest, pattern.replace(found[0], probe).replace("*", "zzq").replace("?", "z")):
            continue  # another resource may hold what makes the difference
        new = [*patterns]
        new[place] = pattern.replace(found[0], new_text.replace("KEY", found[1]))
        allows = statement["Effect"] == "Allow"
        mutant = statement | {"Resource": new}
        yield replaced(document, index, mutant), change if allows else change.inverse


def _becomes_star(document: Document) -> Mutations:
    """No role session has a user name, nor does every user have the tag."""
    yield from _mutated(document, "*", Change.WIDER, probe="zz-probe")


def _gets_a_default(document: Document) -> Mutations:
    """R-V7: a requester without the key is served by the default."""
    yield from _mutated(document, "${KEY, 'zz-probe'}", Change.WIDER, probe="zz-probe")


def _becomes_a_text(document: Document) -> Mutations:
    """Requesters with that name lose nothing, all others do, and those without a name gain."""
    yield from _mutated(document, "zz-probe", Change.INCOMPARABLE, probe="zz-probe")


def _in_other_case(document: Document) -> Mutations:
    """R-V1."""
    if document.get("Version") != "2012-10-17":
        return
    for index, statement in enumerate(statements(document)):
        patterns = listed(statement.get("Resource", []))
        if any(_PLAIN_VARIABLE.search(pattern) for pattern in patterns):
            new = [
                _PLAIN_VARIABLE.sub(lambda found: found[0].swapcase(), pattern)
                for pattern in patterns
            ]
            yield replaced(document, index, statement | {"Resource": new}), Change.SAME


# Planted: pairs of a resource, or of a condition, with what the second is to the first

_HOME = "arn:aws:s3:::home/"
_RESOURCES = (
    ("${aws:username}/*", "*", Change.WIDER),
    ("${aws:username}/*", "${aws:username}/a/*", Change.NARROWER),
    ("${aws:username}/*", "${aws:username}*", Change.WIDER),
    ("${aws:username}/*", "${aws:UserName}/*", Change.SAME),
    ("${aws:username}/*", "${aws:PrincipalTag/team}/*", Change.INCOMPARABLE),
    ("${aws:username}/*", "${aws:userid}/*", Change.INCOMPARABLE),
    ("${aws:username}/*", "alice/*", Change.INCOMPARABLE),
    ("${aws:username}/*", "${aws:username, 'guest'}/*", Change.WIDER),
    ("${aws:username}", "${aws:username, 'guest'}", Change.WIDER),
    ("${aws:PrincipalTag/team}/*", "${aws:PrincipalTag/team, 'none'}/*", Change.WIDER),
    ("${aws:PrincipalTag/team, 'a'}", "${aws:PrincipalTag/team, 'b'}", Change.INCOMPARABLE),
    ("${aws:PrincipalTag/team}/${aws:username}", "*/${aws:username}", Change.WIDER),
    ("${aws:PrincipalTag/team}/${aws:username}", "${aws:PrincipalTag/team}/*", Change.WIDER),
    ("${aws:PrincipalTag/a}-${aws:PrincipalTag/b}", "*-*", Change.WIDER),
    ("${aws:PrincipalTag/a}/x", "${aws:PrincipalTag/b}/x", Change.INCOMPARABLE),
    ("${aws:PrincipalTag/team}x", "${aws:PrincipalTag/team}?", Change.WIDER),
    ("a${*}b", "a*b", Change.WIDER),
    ("a${?}b", "a?b", Change.WIDER),
    ("a${$}b", "a$b", Change.SAME),
    ("a${$}{aws:username}", "a${*}", Change.INCOMPARABLE),
)
_CONDITIONS = (
    ("StringEquals", "${aws:username}", "StringLike", "${aws:username}", Change.SAME),
    ("StringEquals", "${aws:username}", "StringLike", "${aws:username}*", Change.WIDER),
    ("StringLike", "${aws:username}/*", "StringLike", "*/*", Change.WIDER),
    ("StringEquals", "${aws:username}", "StringNotEquals", "${aws:username}", Change.INCOMPARABLE),
    ("StringEquals", "${aws:username}", "StringEqualsIgnoreCase", "${aws:username}", Change.WIDER),
    ("StringEquals", "${aws:username}", "StringEqualsIfExists", "${aws:username}", Change.WIDER),
    ("StringNotEquals", "${aws:username}", "StringNotLike", "${aws:username}*", Change.NARROWER),
    ("StringEquals", "${*}", "StringEquals", "*", Change.SAME),
    ("StringLike", "${*}", "StringLike", "*", Change.WIDER),
    ("StringLike", "a${?}", "StringLike", "a?", Change.WIDER),
    ("StringEquals", "${aws:PrincipalTag/t}", "StringEquals", "${aws:PrincipalTag/t, 'd'}",
     Change.WIDER),
    ("StringEquals", "${aws:PrincipalTag/t}", "StringEquals", "${aws:PrincipalTag/u}",
     Change.INCOMPARABLE),
)  # fmt: skip


Pair = tuple[Document, Document, Change]


def _planted_resources(document: Document) -> Iterator[Pair]:
    """Policies with one more statement each, whose resources are related as the table says."""
    for before, after, change in _RESOURCES:
        yield from _planted(
            document, {"Resource": _HOME + before}, {"Resource": _HOME + after}, change
        )


def _planted_conditions(document: Document) -> Iterator[Pair]:
    """…and whose conditions are."""
    for name, value, new_name, new_value, change in _CONDITIONS:
        yield from _planted(
            document,
            {"Resource": "*", "Condition": {name: {"zz-iamlogic:Owner": value}}},
            {"Resource": "*", "Condition": {new_name: {"zz-iamlogic:Owner": new_value}}},
            change,
        )


def _planted(
    document: Document, before: Document, after: Document, change: Change
) -> Iterator[Pair]:
    """Both planted as an Allow; the Deny beside a wide Allow has the inverse change."""
    every = statements(document)
    if any("Principal" in s or "NotPrincipal" in s for s in every) or has_variable(every):
        return
    if any(speaks_of(statement, FRESH_ACTION) for statement in every):
        return
    current = document | {"Version": "2012-10-17"}
    for effect in ("Allow", "Deny"):
        head = {"Effect": effect, "Action": FRESH_ACTION}
        rest = [] if effect == "Allow" else [head | {"Effect": "Allow", "Resource": "*"}]
        yield (
            with_statements(current, [*every, *rest, head | before]),
            with_statements(current, [*every, *rest, head | after]),
            change if effect == "Allow" else change.inverse,
        )


OWN_VARIABLE_OPERATORS = {
    "variable becomes *": _becomes_star,
    "variable gets a default": _gets_a_default,
    "variable becomes a text": _becomes_a_text,
    "variable in other letter case": _in_other_case,
}
PLANTED_OPERATORS = {
    "planted variables in resources": _planted_resources,
    "planted variables in conditions": _planted_conditions,
}
