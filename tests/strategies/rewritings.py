"""One meaning written in two ways, as hypothesis strategies: the laws of the language say which.

A law draws a `Rewriting`: some statements, and others that must mean the same wherever they stand.
Most laws speak of *alternatives*: lists of conditions, each list one statement that differs from
the others in nothing else. One statement is an AND of its conditions, several are an
OR, and so any law of logic can be written down, for Allow and for Deny alike:

    return alternatives(draw, vocabulary, [[if_exists]], [[absent], [plain]])

An inclusion is an equation too: A lies in B exactly if A or B is B.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import iamlogic as il
from iamlogic.syntax.policy import Policy, PolicyKind
from iamlogic.testing.strategies.colliding import (
    COLLIDING,
    KEYS,
    MIXED,
    MULTIVALUED,
    PRINCIPALS,
    SET_VALUED,
    TYPED,
    VARIABLES,
)
from iamlogic.testing.strategies.elements import Json, block
from iamlogic.testing.strategies.policies import statement_documents
from iamlogic.testing.strategies.vocabulary import is_legal

Statement = dict[str, Json]
Condition = tuple[str, str, list[str]]
"""An operator with its modifiers, a key, values."""
Alternatives = list[list[Condition]]

VOCABULARIES = {
    "colliding": COLLIDING,
    "principals": PRINCIPALS,
    "keys": KEYS,
    "multivalued": MULTIVALUED,
    "typed": TYPED,
    "mixed": MIXED,
    "sets": SET_VALUED,
    "variables": VARIABLES,
}

TWINS = {
    "StringEquals": "StringNotEquals",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "StringLike": "StringNotLike",
    "ArnLike": "ArnNotLike",
    "ArnEquals": "ArnNotEquals",
    "NumericEquals": "NumericNotEquals",
    "DateEquals": "DateNotEquals",
    "IpAddress": "NotIpAddress",
}
"""The positive operators that have a negated one (R-C21)."""
NEGATED = tuple(TWINS.values())
ORDERS = tuple(
    family + order
    for family in ("Numeric", "Date")
    for order in ("LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
)
POSITIVE = (*TWINS, *ORDERS, "Bool", "BinaryEquals")

_NOTHING: Statement = {"Effect": "Deny", "Action": [], "Resource": "*"}


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Statements, and others that mean the same in any policy of `kind`.

    If `only_denials`, then in any policy that has no other Allow, and only as far as what is
    allowed goes: not which of its denials are explicit.
    """

    vocabulary: str
    kind: PolicyKind
    before: list[Statement]
    after: list[Statement]
    only_denials: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """Both policies that a rewriting makes of some surroundings."""

    vocabulary: str
    before: Policy
    after: Policy
    only_denials: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """A key with an operator and values that it can stand under, out of a vocabulary."""

    vocabulary: str
    key: str
    operator: str
    values: list[str]


Law = Callable[[DrawFn], Rewriting]


@st.composite
def written(draw: DrawFn, law: Law) -> Written:
    """Two policies that differ by one use of `law`, among up to two other statements."""
    rewriting = law(draw)
    vocabulary = VOCABULARIES[rewriting.vocabulary]
    around = draw(st.lists(statement_documents(vocabulary, kind=rewriting.kind), max_size=2))
    if rewriting.only_denials:
        around = [statement | {"Effect": "Deny"} for statement in around]
    place = draw(st.integers(0, len(around)))
    before, after = (
        il.parse(
            {
                "Version": "2012-10-17",
                "Statement": [
                    *around[:place],
                    *some,
                    *around[place:],
                    *([] if some or around else [_nothing(rewriting.kind)]),
                ],
            }
        )
        for some in (rewriting.before, rewriting.after)
    )
    return Written(rewriting.vocabulary, before, after, rewriting.only_denials)


def _nothing(kind: PolicyKind) -> Statement:
    """A statement that matches no request, so that a policy of none keeps its kind (R-P7)."""
    return _NOTHING | ({"Principal": "*"} if kind is PolicyKind.RESOURCE else {})


def host(
    draw: DrawFn, vocabulary: str, kind: PolicyKind | None = None
) -> tuple[PolicyKind, Statement]:
    """A statement to rewrite a part of."""
    kind = kind or draw(st.sampled_from(PolicyKind))
    return kind, draw(statement_documents(VOCABULARIES[vocabulary], kind=kind))


def alternatives(
    draw: DrawFn, vocabulary: str, before: Alternatives, after: Alternatives
) -> Rewriting:
    """A statement with the conditions of `before`, and with those of `after`, beside its own."""
    kind, statement = host(draw, vocabulary)
    rewritten = [condition for some in (*before, *after) for condition in some]
    own = [
        (operator, key, values)
        for operator, keys in statement.pop("Condition", {}).items()
        for key, values in keys.items()
        if not any(_collide((operator, key, values), other) for other in rewritten)
    ]

    def hosting(some: list[Condition]) -> Statement:
        return statement | {"Condition": block([*own, *some])}

    return Rewriting(vocabulary, kind, [hosting(s) for s in before], [hosting(s) for s in after])


def _collide(one: Condition, other: Condition) -> bool:
    """R-P11: whether two conditions cannot stand in one statement, or not as they are spelled."""
    if one[0].lower() != other[0].lower():
        return False
    return one[0] != other[0] or one[1].lower() == other[1].lower()


def subject(
    draw: DrawFn,
    operators: Collection[str],
    *,
    least: int = 1,
    where: Callable[[str], bool] = lambda _: True,
    key: Callable[[str], bool] = lambda _: True,
) -> Subject:
    """A key that a vocabulary uses with one of `operators`, and `least` to three values of it.

    Values are those that satisfy `where`, keys those whose small letters satisfy `key`.
    """
    found = [
        (name, spelling, operator, values)
        for name, vocabulary in VOCABULARIES.items()
        for k in vocabulary.keys
        for operator in k.operators
        if operator in operators
        for spelling in k.spellings
        if key(spelling.lower())
        if len(values := [v for v in k.values if is_legal(operator, v) and where(v)]) >= least
    ]
    names = list(dict.fromkeys(name for name, *_ in found))
    vocabulary = draw(st.sampled_from(names))
    _, spelling, operator, values = draw(
        st.sampled_from([some for some in found if some[0] == vocabulary])
    )
    chosen = st.lists(st.sampled_from(values), min_size=least, max_size=3, unique=True)
    return Subject(vocabulary, spelling, operator, draw(chosen))


def single_valued(key: str) -> bool:
    """Whether a key of the vocabularies has one value at most, whatever its operators (R-K8)."""
    return key.startswith("aws:") and key != "aws:tagkeys"


def one_of(draw: DrawFn, *some: str) -> str:
    return draw(st.sampled_from(some))


_OUTSIDE_VARIABLES = re.compile(r"(\$\{[^}]*\})")


def outside_variables(text: str, change: Callable[[str], str]) -> str:
    """The text with everything but its `${…}` changed."""
    parts = _OUTSIDE_VARIABLES.split(text)
    return "".join(part if n % 2 else change(part) for n, part in enumerate(parts))


def literal(text: str) -> str:
    """A glob of this text alone (R-V8)."""
    return outside_variables(text, lambda s: re.sub(r"[*?]", r"${\g<0>}", s))


def has_wildcard(text: str) -> bool:
    return bool(re.search(r"[*?]", _OUTSIDE_VARIABLES.sub("", text)))
