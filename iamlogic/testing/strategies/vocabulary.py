"""The words that drawn policies and requests are made of: few, and chosen to collide.

Patterns overlap, contain each other, differ in one character, in letter case or in where a wildcard
stands, so that two statements drawn at random often have something to do with one another. These
are the words of our own differential tests; `everyday` has those that users' tests start with.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from iamlogic.syntax.literals import CHECKS
from iamlogic.syntax.operators import BASES, OPERATORS, Family, SetPrefix
from iamlogic.testing.strategies.errors import StrategyError

HERE = "111122223333"
THERE = "444455556666"
NOBODY = "AIDAQ3EGTZEXAMPLE1234"
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"

_PREFIXES = ("", *(f"{prefix.value}:" for prefix in SetPrefix))


@dataclass(frozen=True, slots=True)
class Key:
    """A condition key: how it is written, with what it is compared and how.

        Key(("aws:PrincipalTag/team",), ("StringEquals", "StringLike"), ("blue", "red", "b*"))

    `spellings` are the cases that the key is written in, `operators` base names (`StringEquals`),
    `prefixes` the set prefixes that these are drawn with (`""`, `"ForAllValues:"`,
    `"ForAnyValue:"`). `IfExists` and `Null` are drawn for every key. An operator is drawn with
    those of `values` that can stand under it.
    """

    spellings: tuple[str, ...]
    operators: tuple[str, ...]
    values: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ("",)

    def __post_init__(self) -> None:
        if not self.spellings:
            raise StrategyError("a key needs one spelling at least")
        name = self.spellings[0]
        _known(name, "operators", self.operators, [base.name for base in BASES])
        _known(name, "prefixes", self.prefixes, _PREFIXES)
        for operator in self.operators:
            if operator != "Null" and not self.values_for(operator):
                expected = CHECKS.get(OPERATORS[operator.lower()].base.family, ("", "a value"))[1]
                raise StrategyError(
                    f"no value of {name} can stand under {operator}: expected {expected}"
                )

    def values_for(self, operator: str) -> tuple[str, ...]:
        """Those values that can stand under the operator of this name, without its modifiers."""
        return tuple(value for value in self.values if is_legal(operator, value))


def _known(name: str, what: str, given: Sequence[str], known: Sequence[str]) -> None:
    if not given:
        raise StrategyError(f"{name} has no {what}, expected some of {', '.join(map(repr, known))}")
    for each in given:
        if each not in known:
            close = get_close_matches(each, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
            raise StrategyError(f"{each!r} among the {what} of {name} is not known: {hint}")


def is_legal(operator: str, value: str) -> bool:
    """Whether the value can stand under the operator (R-P24), and says something there."""
    family = OPERATORS[operator.lower()].base.family
    if family is Family.ARN:
        return value == "*" or value.count(":") >= 5
    return family not in CHECKS or CHECKS[family][0](value)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What policies and requests are drawn from; what stands first is what examples shrink to.

        replace(EVERYDAY, actions=("sqs:SendMessage", "sqs:*"))

    `actions`, `resources` and the values of `keys` are patterns as policies have them, with
    variables if you like. `principals` are the members of `Principal` objects: type and value
    (`("AWS", "111122223333")`). `requesters` are pairs of a principal and the `aws:PrincipalArn`
    that its request's context gives (None: the context lacks it). When a request is made from a
    pattern, `fillings` stand for wildcards and `substitutes` for variables; `referred` are keys
    that variables name, `multivalued` keys that get lists, both in lower case.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    requesters: tuple[tuple[str, str | None], ...]
    accounts: tuple[str, ...]
    keys: tuple[Key, ...]
    fillings: tuple[str, ...] = ("", "a", "b", "/b", ":", "x:y", "*")
    substitutes: tuple[str, ...] = ("alice", "a", "b", "*", HERE)
    referred: tuple[str, ...] = ()
    multivalued: frozenset[str] = frozenset({"aws:tagkeys"})

    def __post_init__(self) -> None:
        needed: dict[str, Collection[object]] = {
            "actions": self.actions,
            "resources": self.resources,
            "principals": self.principals,
            "requesters": self.requesters,
            "accounts": self.accounts,
        }
        for name, words in needed.items():
            if not words or isinstance(words, str):
                raise StrategyError(f"{name} of a vocabulary is {words!r}, expected some words")


STRING = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
)
ARN = ("ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals")
ORDERED = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
NUMERIC = tuple(f"Numeric{comparison}" for comparison in ORDERED)
DATE = tuple(f"Date{comparison}" for comparison in ORDERED)
IP = ("IpAddress", "NotIpAddress")
SETS = ("", "ForAllValues:", "ForAnyValue:")

COLLIDING = Vocabulary(
    actions=(
        "s3:GetObject",
        "*",
        "s3:*",
        "S3:getobject",
        "s3:Get*",
        "s3:*Object",
        "s3:Get?bject",
        "s3:PutObject",
        "s3:*t*",
        "ec2:Run?*",
    ),
    resources=(
        "arn:aws:s3:::a",
        "*",
        "arn:aws:s3:::a*",
        "arn:aws:s3:::?",
        "arn:aws:s3:::a/b",
        "arn:aws:s3:::*b",
        "arn:aws:s3:::A",
        "arn:*",
        "arn:aws:s3*",
        f"arn:aws:sns:*:{HERE}:*",
        f"arn:aws:sns:us-?ast-1:{THERE}:a*",
    ),
    principals=(
        ("AWS", HERE),
        ("AWS", "*"),
        ("AWS", THERE),
        ("AWS", f"arn:aws:iam::{HERE}:root"),
        ("AWS", f"arn:aws-cn:iam::{HERE}:root"),
        ("AWS", f"arn:aws:iam::{HERE}:user/alice"),
        ("AWS", f"arn:aws:iam::{HERE}:user/p/alice"),
        ("AWS", f"arn:aws:iam::{HERE}:role/R"),
        ("AWS", f"arn:aws:iam::{HERE}:role/p/R"),
        ("AWS", f"arn:aws:sts::{HERE}:assumed-role/R/s"),
        ("AWS", f"arn:aws:sts::{HERE}:federated-user/alice"),
        ("AWS", NOBODY),
        ("Service", "ec2.amazonaws.com"),
        ("Service", "sns.amazonaws.com"),
        ("Federated", "accounts.google.com"),
        ("Federated", f"arn:aws:iam::{HERE}:saml-provider/P"),
        ("CanonicalUser", CANONICAL),
    ),
    requesters=(
        (f"arn:aws:iam::{HERE}:user/alice", None),
        (f"arn:aws:iam::{HERE}:user/p/alice", None),
        (f"arn:aws:iam::{THERE}:user/alice", None),
        (f"arn:aws:iam::{HERE}:user/Alice", None),
        (f"arn:aws:sts::{HERE}:assumed-role/R/s", None),
        (f"arn:aws:sts::{HERE}:assumed-role/R/s", f"arn:aws:iam::{HERE}:role/R"),
        (f"arn:aws:sts::{HERE}:assumed-role/R/s", f"arn:aws:iam::{HERE}:role/p/R"),
        (f"arn:aws:sts::{HERE}:assumed-role/R/t", f"arn:aws:iam::{HERE}:role/p/R"),
        (f"arn:aws:sts::{THERE}:assumed-role/R/s", None),
        (f"arn:aws:iam::{HERE}:role/p/R", None),
        (f"arn:aws:iam::{HERE}:role/R", None),
        (f"arn:aws:sts::{HERE}:federated-user/alice", None),
        (f"arn:aws-cn:sts::{HERE}:federated-user/alice", None),
        (f"arn:aws:iam::{HERE}:root", None),
        (f"arn:aws-cn:iam::{HERE}:root", None),
        ("ec2.amazonaws.com", None),
        ("sqs.amazonaws.com", None),
        ("accounts.google.com", None),
        (f"arn:aws:iam::{HERE}:saml-provider/P", None),
        ("anonymous", None),
    ),
    accounts=(HERE, THERE),
    keys=(
        Key(
            ("aws:PrincipalArn", "AWS:principalarn"),
            (*ARN, *STRING),
            (
                f"arn:aws:iam::{HERE}:user/alice",
                f"arn:aws:iam::{HERE}:*",
                "arn:aws:iam::*:role/p/*",
                f"arn:aws:iam::{HERE}:role/R",
                f"arn:aws:sts::{HERE}:federated-user/?lice",
                "arn:*:*:*:*:*/p/*",
                "*",
            ),
        ),
        Key(("aws:PrincipalAccount",), STRING, (HERE, THERE, "anonymous", "1111*", "a*")),
        Key(("aws:PrincipalType",), STRING, ("User", "AssumedRole", "user", "*e*", "Account")),
        Key(("aws:username", "aws:UserName"), STRING, ("alice", "Alice", "al*", "?lice")),
        Key(("aws:PrincipalIsAWSService",), ("Bool", "StringEquals"), ("true", "false")),
        Key(("aws:ResourceAccount",), STRING, (HERE, THERE, "4*", "?" * 12)),
        Key(
            ("s3:prefix", "S3:Prefix"),
            (*STRING, *ARN),
            ("", "a", "A", "a*", "?", "*b", "é", "É", "a?", "arn:a:b:c:d:e*", "arn:*:b:c:d:?"),
        ),
        Key(("aws:SecureTransport",), ("Bool", "StringEquals"), ("true", "false", "True")),
        Key(("aws:TagKeys",), ("Null",)),
    ),
)
"""The vocabulary of the differential tests."""

_ANYTHING = replace(COLLIDING, actions=("*",), resources=("*",))

PRINCIPALS = replace(_ANYTHING, keys=())
"""Nothing but principals decides: what policies say of them is not hidden by other parts."""

KEYS = replace(_ANYTHING, principals=(("AWS", "*"),))
"""Nothing but conditions decides."""

MULTIVALUED = replace(
    KEYS, keys=(Key(("aws:TagKeys", "aws:tagkeys"), STRING, ("a", "A", "a*", "b", "?")),)
)
"""Conditions without prefix on a key that has several values (R-C6)."""

TYPED = replace(
    KEYS,
    keys=(
        Key(("s3:max-keys",), NUMERIC, ("10", "10.0", "5", "-1", "1e1", "0.5")),
        Key(
            ("aws:CurrentTime", "aws:TokenIssueTime"),
            DATE,
            ("2020", "2020-01-01", "2020-01-01T01:00:00+01:00", "1577836800", "1577836799.5"),
        ),
        Key(("aws:EpochTime",), (*DATE, *NUMERIC), ("1577836800", "2020", "0", "-5")),
        Key(
            ("aws:SourceIp", "aws:VpcSourceIp"),
            IP,
            ("10.0.0.0/8", "10.0.0.0/9", "10.1.2.3", "0.0.0.0/0", "::/0", "2001:db8::/32", "::1"),
        ),
        Key(("s3:digest",), ("BinaryEquals",), ("QQ==", "QUI=", "QUJD", "")),
        Key(("aws:MultiFactorAuthAge",), NUMERIC, ("3600", "0")),
    ),
)
"""Numbers, dates, addresses and bytes; each key is used with operators of its own type."""

MIXED = replace(
    KEYS,
    keys=(
        Key(
            ("aws:SourceIp",),
            (*IP, *STRING),
            ("10.0.0.0/8", "10.1.2.3", "10.*", "10.1.2.?", "::1", "*:*"),
        ),
        Key(("s3:max-keys",), (*NUMERIC, *STRING), ("10", "1*", "10.0", "?")),
        Key(("aws:EpochTime",), (*NUMERIC, *DATE, *STRING), ("10", "2020", "2020-01-01", "1*")),
    ),
)
"""Keys that are compared both as texts and as what they are."""

SET_VALUED = replace(
    KEYS,
    multivalued=frozenset({"aws:tagkeys", "kms:keys"}),
    keys=(
        Key(("aws:TagKeys",), STRING, ("a", "A", "a*", "b", "?"), SETS),
        Key(("kms:Keys",), (*STRING, *NUMERIC), ("1", "2", "1*", "a"), SETS),
        Key(("s3:prefix",), STRING, ("a", "b", "a*"), SETS),
        Key(("aws:PrincipalType",), STRING, ("User", "*"), SETS),
        Key(("aws:SourceIp",), IP, ("10.0.0.0/8", "10.1.0.0/16"), SETS),
    ),
)
"""Set prefixes, on keys with one value and with many."""

VARIABLES = replace(
    KEYS,
    referred=("aws:principaltag/t", "s3:prefix", "kms:keys"),
    multivalued=frozenset({"kms:keys"}),
    resources=(
        "arn:aws:s3:::a/${aws:username}",
        "arn:aws:s3:::a/*",
        "arn:aws:s3:::a/alice",
        "arn:aws:s3:::a/${aws:PrincipalTag/t}",
        "arn:aws:s3:::a/${aws:PrincipalTag/t}*",
        "arn:aws:s3:::a/${aws:PrincipalTag/t, 'b'}",
        "arn:aws:s3:::a/${aws:username}/${aws:PrincipalTag/t}",
        "arn:aws:s3:::a/${*}",
        f"arn:aws:sns:us-east-1:{HERE}:${{aws:PrincipalAccount}}",
    ),
    keys=(
        Key(
            ("aws:PrincipalTag/t", "aws:principaltag/T"),
            STRING,
            ("a", "alice", "a*", "${aws:username}", "${s3:prefix}", "${kms:Keys}", "${*}"),
        ),
        Key(("s3:prefix",), STRING, ("a", "${aws:PrincipalTag/t}", "${aws:username}?", "b*")),
        Key(("kms:Keys",), STRING, ("a", "${aws:PrincipalTag/t}", "${s3:prefix, 'a'}"), SETS),
        Key(
            ("aws:ResourceAccount",),
            STRING,
            (HERE, "${aws:PrincipalAccount}", "1*", "${aws:PrincipalTag/t}"),
        ),
        Key(("aws:username",), STRING, ("alice", "a*", "${aws:PrincipalTag/t}")),
        Key(
            ("aws:PrincipalArn",),
            ARN,
            (
                "arn:aws:iam::*:user/${aws:PrincipalTag/t}",
                "arn:aws:iam::${aws:ResourceAccount}:*",
                "arn:aws:iam::*:user/alice",
            ),
        ),
    ),
)
"""Policy variables in resources and values, of keys that are derived, free or have many values."""

WHOLE_LANGUAGE = {
    "colliding": COLLIDING,
    "multivalued": MULTIVALUED,
    "typed": TYPED,
    "mixed": MIXED,
    "sets": SET_VALUED,
    "variables": VARIABLES,
}
"""Between them they have every operator, set prefix and kind of variable."""
