"""Laws of the parts of a statement that are no conditions: actions, resources, principals, effect.

A part and its `Not` are complements, which an Allow shows where a Deny takes the one or the other
away; a list is an OR, and its `Not` an AND of `Not`s (De Morgan).
"""

from __future__ import annotations

import re

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from iamlogic.syntax.policy import PolicyKind
from iamlogic.testing.strategies.colliding import COLLIDING, VARIABLES
from iamlogic.testing.strategies.elements import Json
from iamlogic.testing.strategies.vocabulary import HERE, THERE
from tests.strategies.rewritings import (
    VOCABULARIES,
    Law,
    Rewriting,
    Statement,
    host,
    one_of,
    outside_variables,
)

_EVERYTHING: dict[str, Json] = {"Action": "*", "Resource": "*", "Principal": "*"}


def _host(draw: DrawFn, *members: str) -> tuple[str, PolicyKind, str, Statement]:
    """A vocabulary, a kind, one of `members` that a policy of that kind has, and a statement."""
    vocabulary = draw(st.sampled_from(list(VOCABULARIES)))
    member = one_of(draw, *members)
    kind, statement = host(draw, vocabulary, PolicyKind.RESOURCE if member == "Principal" else None)
    return vocabulary, kind, member, statement


def _with(statement: Statement, member: str, value: Json) -> Statement:
    """The statement with another action, resource or principal part."""
    part = member.removeprefix("Not")
    kept = {name: v for name, v in statement.items() if name.removeprefix("Not") != part}
    return kept | {member: value}


_WORDS = {
    "Action": COLLIDING.actions,
    "Resource": (*COLLIDING.resources, *VARIABLES.resources),
    "Principal": COLLIDING.principals,
}


def _list(draw: DrawFn, member: str) -> list[Json]:
    """Entries of the part: texts, or a type and a value for principals.

    They come from where there are many, whichever vocabulary the surroundings are of.
    """
    return draw(st.lists(st.sampled_from(_WORDS[member]), min_size=1, max_size=3, unique=True))


def _value(member: str, entries: list[Json]) -> Json:
    if member != "Principal":
        return list(entries)
    value: dict[str, Json] = {}
    for type_, text in entries:
        value[type_] = [*value.get(type_, []), text]
    return value


_PARTS = ("Action", "Resource", "Principal")


def a_list_is_an_or(draw: DrawFn) -> Rewriting:  # R-M2, R-M5, R-M7
    vocabulary, kind, member, base = _host(draw, *_PARTS)
    entries = _list(draw, member)
    whole = _with(base, member, _value(member, entries))
    split = [_with(base, member, _value(member, [entry])) for entry in entries]
    return Rewriting(vocabulary, kind, [whole], split)


def a_part_or_its_not_is_everything(draw: DrawFn) -> Rewriting:  # R-M2, R-M5, R-M11, R-M13, R-V5
    vocabulary, kind, member, base = _host(draw, *_PARTS)
    value = _value(member, _list(draw, member))
    split = [_with(base, member, value), _with(base, f"Not{member}", value)]
    return Rewriting(vocabulary, kind, [_with(base, member, "*")], split)


def _denying(kind: PolicyKind, member: str, value: Json) -> Statement:
    deny: Statement = {"Effect": "Deny", **_EVERYTHING}
    if kind is PolicyKind.IDENTITY:
        del deny["Principal"]
    return _with(deny, member, value)


def a_deny_of_a_part_leaves_its_not(draw: DrawFn) -> Rewriting:  # R-M2, R-M5, R-M10, R-M13
    vocabulary, kind, member, base = _host(draw, *_PARTS)
    value = _value(member, _list(draw, member))
    deny, base = _denying(kind, member, value), base | {"Effect": "Allow"}
    everything, others = _with(base, member, "*"), _with(base, f"Not{member}", value)
    return Rewriting(vocabulary, kind, [everything, deny], [others, deny])


def a_deny_of_a_not_leaves_the_part(draw: DrawFn) -> Rewriting:  # R-M2, R-M5, R-M11
    vocabulary, kind, member, base = _host(draw, *_PARTS)
    value = _value(member, _list(draw, member))
    deny, base = _denying(kind, f"Not{member}", value), base | {"Effect": "Allow"}
    everything, part = _with(base, member, "*"), _with(base, member, value)
    return Rewriting(vocabulary, kind, [everything, deny], [part, deny])


def a_not_is_everything_but_a_deny(draw: DrawFn) -> Rewriting:  # where nothing else is allowed
    vocabulary, kind, member, base = _host(draw, *_PARTS)
    # R-M8: a user's ARN denies the federated sessions of its name, but no NotPrincipal spares them.
    value = _value(member, [e for e in _list(draw, member) if ":user/" not in e[-1]])
    base |= {"Effect": "Allow"}
    both = [_with(base, member, "*"), _denying(kind, member, value)]
    others = [_with(base, f"Not{member}", value)]
    return Rewriting(vocabulary, kind, others, both, only_denials=True)


def a_not_of_a_list_is_an_and_of_nots(draw: DrawFn) -> Rewriting:  # R-M2, R-M5: De Morgan
    vocabulary, kind, member, base = _host(draw, "Action", "Resource")
    entries = _list(draw, member)
    base |= {"Effect": "Allow"}
    negated = f"Not{member}"
    denials = [_denying(kind, member, [entry]) for entry in entries[1:]]
    one = [_with(base, negated, entries), *denials]
    other = [_with(base, negated, entries[:1]), *denials]
    return Rewriting(vocabulary, kind, one, other)


def two_denied_nots_are_an_intersection(draw: DrawFn) -> Rewriting:  # R-M2, R-M5: De Morgan
    vocabulary, kind, member, base = _host(draw, "Action", "Resource")
    one, other = _list(draw, member), _list(draw, member)
    base |= {"Effect": "Allow"}
    denials = [_denying(kind, f"Not{member}", entries) for entries in (one, other)]
    first, second = (_with(base, member, entries) for entries in (one, other))
    return Rewriting(vocabulary, kind, [first, *denials], [second, *denials])


def a_list_holds_its_entries(draw: DrawFn) -> Rewriting:  # R-M2, R-M5, R-M7; and `Not` the reverse
    vocabulary, kind, member, base = _host(draw, *_PARTS)
    entries = _list(draw, member)
    negated = "Not" if member != "Principal" and draw(st.booleans()) else ""
    many, few = (_with(base, negated + member, _value(member, e)) for e in (entries, entries[:1]))
    return Rewriting(vocabulary, kind, [many, few], [few if negated else many])


def everything_has_other_names(draw: DrawFn) -> Rewriting:  # R-P6, R-P13, R-M2, R-M5, R-M8, R-M18
    vocabulary, kind, member, base = _host(draw, *_PARTS)
    names: dict[str, list[tuple[str, Json]]] = {
        "Action": [("Action", "*:*"), ("NotAction", [])],
        "Resource": [("Resource", "**"), ("NotResource", [])],
        "Principal": [("Principal", {"AWS": "*"}), ("NotPrincipal", {})],
    }
    if kind is PolicyKind.RESOURCE:
        names["Resource"].append(("", "*"))
    name, value = draw(st.sampled_from(names[member]))
    before = _with(base, member, "*")
    after = _with(base, name, value) if name else {k: v for k, v in before.items() if k != member}
    return Rewriting(vocabulary, kind, [before], [after])


def nothing_has_many_names(draw: DrawFn) -> Rewriting:  # R-P13, R-P18, R-M2, R-M5, R-M8
    vocabulary, kind, member, base = _host(draw, *_PARTS)
    nobody = {"AWS": "AIDAQ3EGTZEXAMPLE1234"}
    names: dict[str, list[tuple[str, Json]]] = {
        "Action": [("Action", []), ("NotAction", "*"), ("NotAction", "*:*")],
        "Resource": [("Resource", []), ("NotResource", "*")],
        "Principal": [("Principal", {}), ("Principal", nobody), ("NotPrincipal", "*")],
    }
    return Rewriting(vocabulary, kind, [_with(base, *draw(st.sampled_from(names[member])))], [])


def a_star_is_nothing_or_more(draw: DrawFn) -> Rewriting:  # R-M1, R-M3
    vocabulary, kind, member, base = _host(draw, "Action", "Resource")
    entries = _list(draw, member)
    negated = one_of(draw, "", "Not")
    split = [_STAR.sub(by, e, count=1) for e in entries for by in ("", "?*")]
    one, other = (_with(base, negated + member, some) for some in (entries, split))
    return Rewriting(vocabulary, kind, [one], [other])


_STAR = re.compile(r"(?<=[^:{])\*")
"""A star that can be left out: no whole action or resource, no name of an action, no `${*}`."""


def runs_of_stars_are_one(draw: DrawFn) -> Rewriting:  # R-M1, R-M3
    vocabulary, kind, member, base = _host(draw, "Action", "Resource")
    entries = _list(draw, member)
    negated = one_of(draw, "", "Not")
    doubled = [outside_variables(e, _twice) for e in entries]
    one, other = (_with(base, negated + member, some) for some in (entries, doubled))
    return Rewriting(vocabulary, kind, [one], [other])


def _twice(text: str) -> str:
    return text if text == "*" else text.replace("*", "**")  # R-P16: two are no action


def actions_have_no_case(draw: DrawFn) -> Rewriting:  # R-M1
    vocabulary, kind, member, base = _host(draw, "Action")
    entries = _list(draw, member)
    negated = one_of(draw, "", "Not")
    one, other = (
        _with(base, negated + member, some) for some in (entries, [e.swapcase() for e in entries])
    )
    return Rewriting(vocabulary, kind, [one], [other])


def an_account_is_its_root_user(draw: DrawFn) -> Rewriting:  # R-M9, R-M16
    vocabulary, kind, member, base = _host(draw, "Principal")
    negated = one_of(draw, "", "Not")
    account, partition = one_of(draw, HERE, THERE), one_of(draw, "aws", "aws-cn", "aws-us-gov")
    entries = _list(draw, member)
    one, other = (
        _with(base, negated + member, _value(member, [*entries, ("AWS", name)]))
        for name in (account, f"arn:{partition}:iam::{account}:root")
    )
    return Rewriting(vocabulary, kind, [one], [other])


def an_account_holds_its_principals(draw: DrawFn) -> Rewriting:  # R-M8, R-M10
    vocabulary, kind, member, base = _host(draw, "Principal")
    entries = [e for e in _list(draw, member) if f"::{HERE}:" in e[1] and e[0] == "AWS"]
    many, one = (
        _with(base, member, _value(member, [*some, ("AWS", HERE)])) for some in (entries, [])
    )
    return Rewriting(vocabulary, kind, [many], [one])


def a_denied_allow_is_nothing(draw: DrawFn) -> Rewriting:  # R-E1, R-M10
    vocabulary, kind, _, base = _host(draw, *_PARTS)
    deny = base | {"Effect": "Deny"}
    return Rewriting(vocabulary, kind, [base | {"Effect": "Allow"}, deny], [deny])


def a_statement_counts_once(draw: DrawFn) -> Rewriting:  # R-E1, R-E18
    vocabulary, kind, _, base = _host(draw, *_PARTS)
    _, other = host(draw, vocabulary, kind)
    return Rewriting(vocabulary, kind, [base, other, base], [other, base])


def a_sid_says_nothing(draw: DrawFn) -> Rewriting:  # R-P15
    vocabulary, kind, _, base = _host(draw, *_PARTS)
    return Rewriting(vocabulary, kind, [base], [base | {"Sid": "DenyAll"}])


def where_all_is_denied_nothing_is_allowed(draw: DrawFn) -> Rewriting:  # R-E1
    vocabulary, kind, member, base = _host(draw, *_PARTS)
    deny = _denying(kind, member, "*")
    return Rewriting(vocabulary, kind, [base, deny], [deny])


LAWS: tuple[Law, ...] = (
    a_list_is_an_or,
    a_part_or_its_not_is_everything,
    a_deny_of_a_part_leaves_its_not,
    a_deny_of_a_not_leaves_the_part,
    a_not_is_everything_but_a_deny,
    a_not_of_a_list_is_an_and_of_nots,
    two_denied_nots_are_an_intersection,
    a_list_holds_its_entries,
    everything_has_other_names,
    nothing_has_many_names,
    a_star_is_nothing_or_more,
    runs_of_stars_are_one,
    actions_have_no_case,
    an_account_is_its_root_user,
    an_account_holds_its_principals,
    a_denied_allow_is_nothing,
    a_statement_counts_once,
    a_sid_says_nothing,
    where_all_is_denied_nothing_is_allowed,
)
