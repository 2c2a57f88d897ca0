"""Who asks: requesters that the principals and the conditions of policies name, and their kin.

Beside everyone who is named stand those that a wrong evaluator confuses with them: others of the
account and its root, the same name in another case or account, another role or session, a role
with a path and without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from iamlogic.errors import RequestError
from iamlogic.semantics.conditions import condition_holds
from iamlogic.semantics.globs import Chunk
from iamlogic.semantics.principals import Strength, principal_strength
from iamlogic.semantics.request import Request
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Family
from iamlogic.syntax.policy import Condition, Principal, PrincipalForm, Statement
from iamlogic.testing.strategies.values import pattern_of
from iamlogic.testing.strategies.vocabulary import HERE, THERE
from iamlogic.testing.strategies.words import Place, resource_words

DERIVED = frozenset(
    {
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:username",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:resourceaccount",
    }
)
"""Keys that a request has from its other fields (R-K6)."""

RESOURCE_ACCOUNT = "aws:resourceaccount"


@dataclass(frozen=True, slots=True)
class Asker:
    """A principal, with the `aws:PrincipalArn` that gives a session's role its path."""

    principal: str
    role: str | None = None

    def context(self) -> dict[str, str]:
        return {} if self.role is None else {"aws:PrincipalArn": self.role}

    def probe(self) -> Request:
        """A request by them of which nothing else is known."""
        return _probe(self)


@lru_cache(maxsize=1 << 12)
def _probe(asker: Asker) -> Request:
    return Request(asker.principal, "s3:GetObject", "*", asker.context())


def askers(statements: Iterable[Statement], more: Iterable[tuple[str, str | None]]) -> list[Asker]:
    """All whom the statements name, their kin, and `more`, without those that can be none."""
    found = dict.fromkeys(Asker(*each) for each in more)
    for statement in statements:
        for entry in statement.principals.entries if statement.principals else ():
            found.update(dict.fromkeys(_near(entry)))
        for condition in statement.conditions:
            found.update(dict.fromkeys(_meant(condition)))
    return [each for each in found if _can_ask(each)]


def split(statement: Statement, among: Iterable[Asker]) -> tuple[list[Asker], list[Asker]]:
    """Whom the statement's principals and conditions on who asks match, and whom they do not."""
    decided = [c for c in statement.conditions if fold(c.key) in DERIVED - {RESOURCE_ACCOUNT}]
    if statement.principals is None and not decided:
        return list(among), []
    matched, others = list[Asker](), list[Asker]()
    for asker in among:
        probe = asker.probe()
        is_named = principal_strength(statement, probe.requester) is not Strength.NONE
        holds = is_named and all(
            condition_holds(c, probe) for c in decided if not any(v.template for v in c.values)
        )
        (matched if holds else others).append(asker)
    return matched, others


def _can_ask(asker: Asker) -> bool:
    try:
        asker.probe()
    except RequestError:
        return False
    return True


def _near(entry: Principal) -> Iterator[Asker]:
    partition, account, name = entry.partition or "aws", entry.account or HERE, entry.name or "a"
    iam, sts = (f"arn:{partition}:{service}::{account}" for service in ("iam", "sts"))
    match entry.form:
        case PrincipalForm.ACCOUNT:
            yield Asker(f"{iam}:user/alice")
            yield Asker(f"{iam}:root")
            yield Asker(f"{sts}:assumed-role/R/s")
        case PrincipalForm.USER:
            yield Asker(entry.text)
            yield Asker(f"{iam}:user/{name.swapcase()}")
            yield Asker(f"{iam}:user/p/{name}")
            yield Asker(entry.text.replace(account, THERE if account == HERE else HERE))
        case PrincipalForm.ROLE:
            yield from _sessions(entry.text)
        case PrincipalForm.ROLE_SESSION:
            yield Asker(entry.text)
            yield Asker(f"{entry.text}t")
            yield Asker(f"{iam}:role/{name.partition('/')[0]}")
        case PrincipalForm.FEDERATED_USER:
            yield Asker(entry.text)
            yield Asker(f"{entry.text}t")
        case PrincipalForm.SERVICE | PrincipalForm.PROVIDER:
            yield Asker(entry.text)
        case _:
            return


def _sessions(role: str) -> Iterator[Asker]:
    """Sessions of a role, and of one that has its name but not its path."""
    prefix, _, path = role.partition(":role/")
    name = path.rpartition("/")[2]
    session = f"{prefix.replace(':iam:', ':sts:')}:assumed-role/{name}/s"
    yield Asker(session, role if "/" in path else None)
    yield Asker(role)
    yield Asker(session, f"{prefix}:role/{'' if '/' in path else 'p/'}{name}")
    yield Asker(f"{session[:-2]}a/s")


def _meant(condition: Condition) -> Iterator[Asker]:
    """Whom a condition on a key of the requester may be about."""
    key = fold(condition.key)
    if key not in DERIVED or condition.operator.base.family is Family.NULL:
        return
    for value in condition.values:
        text = value.text
        match key:
            case "aws:principalarn":
                chunks = tuple(
                    Chunk("a", literal=True) if "${" in c.text and c.literal else c
                    for c in pattern_of(value)
                )
                words = resource_words(chunks, ("a", "b/b"), Place("iam", HERE))
                for word in (*words.hits[:4], *words.near[:4]):
                    yield from _by_arn(word)
            case "aws:principalaccount":
                yield Asker(f"arn:aws:iam::{text}:user/alice")
            case "aws:username":
                name = text.replace("*", "a").replace("?", "a")
                yield from (
                    Asker(f"arn:aws:iam::{HERE}:user/{each}")
                    for each in (name, name.swapcase(), f"{name}a", text)
                )
            case "aws:principalservicename":
                yield Asker(text)
            case "aws:principalisawsservice":
                yield Asker("ec2.amazonaws.com")
            case _:
                return


def _by_arn(arn: str) -> Iterator[Asker]:
    """A pattern of any principal's ARN may be one of a user, and of a role."""
    if ":role/" in arn:
        yield from _sessions(arn)
        return
    yield Asker(arn)
    yield Asker(f"{arn.rpartition(':')[0]}:user/a")
