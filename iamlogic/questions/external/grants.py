"""Grants: what the Allow statements give, one grant for each principal and choice of conditions.

Statements that name the same principal under the same conditions give one grant, on the actions
and resources of all of them; so nothing hangs on how a policy is divided into statements.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from iamlogic.questions.external.area import Box, Lists
from iamlogic.questions.external.narrowing import (
    Narrowing,
    Narrowings,
    alternatives,
    excludes,
    in_order,
)
from iamlogic.symbolic.compiler import Compiler
from iamlogic.symbolic.inclusion import covers, may_overlap
from iamlogic.symbolic.languages import Word
from iamlogic.symbolic.lowering import Lowered
from iamlogic.syntax.policy import Principal, PrincipalForm, Principals, Statement


@dataclass(frozen=True, slots=True)
class Who:
    """One entry of a `Principal`; or, of `NotPrincipal`, all of whom none is listed."""

    identity: tuple[object, ...]
    entry: Principal | None = field(compare=False)
    source: Lowered | None = field(compare=False, repr=False)

    @staticmethod
    def named(entry: Principal) -> Who:
        """The requesters that an entry names; an account goes by two names (R-M9)."""
        account = entry.account if entry.form is PrincipalForm.ACCOUNT else None
        return Who((entry.form.name, account or entry.text), entry, None)

    @staticmethod
    def not_listed(source: Lowered) -> Who:
        """All requesters of whom an Allow's `NotPrincipal` lists nothing (R-M13)."""
        assert source.principals is not None
        listed = sorted({str(Who.named(entry).identity) for entry in source.principals.entries})
        return Who(("NOT", *listed), None, source)

    def formula(self, compiler: Compiler) -> int:
        if self.entry is not None:
            return compiler.named_by(self.entry)
        assert self.source is not None
        return compiler.principal_part(self.source)

    @property
    def principals(self) -> Principals:
        """The same as an element of a statement."""
        if self.entry is not None:
            return Principals((self.entry,))
        assert self.source is not None
        assert self.source.principals is not None
        return self.source.principals

    def may_meet(self, other: Who) -> bool:
        """Whether a requester may be of both; certain if False."""
        one, two = self.entry, other.entry
        if one is None or two is None:
            return True
        if one.account is not None and two.account is not None:
            return one.account == two.account
        services = {one.form, two.form} == {PrincipalForm.SERVICE}
        return not services or one.text == two.text


def _place(who: Who) -> str:
    return str(who.identity)


_ACCOUNT = "aws:principalaccount"


@dataclass(frozen=True, slots=True)
class Key:
    """To whom and under which conditions; all of both must hold. Nobody in `who`: everyone."""

    who: frozenset[Who]
    narrowings: Narrowings

    @property
    def is_service_linked(self) -> bool:
        """Whether it names a role that no organization's policy limits (R-E3)."""
        return any(who.entry is not None and is_service_linked(who.entry) for who in self.who)

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts of all whom it names: a requester of one is of no other."""
        named = (who.entry.account for who in self.who if who.entry is not None)
        return frozenset(account for account in named if account is not None)

    def is_nobody_s(self, multivalued: Collection[str]) -> bool:
        """Whether its principals and conditions exclude each other; certain if True."""
        return (
            len(self.accounts) > 1
            or any(account_fits(self, each) is False for each in self.narrowings)
            or any(excludes(a, b, multivalued) for a, b in combinations(self.narrowings, 2))
        )

    def formula(self, compiler: Compiler) -> int:
        return compiler.terms.all_of(
            [
                *(each.formula(compiler) for each in sorted(self.who, key=_place)),
                compiler.condition_part([each.test for each in in_order(self.narrowings)]),
            ]
        )

    def may_meet(self, other: Key, multivalued: Collection[str]) -> bool:
        """Whether a request may be under both; certain if False."""
        return all(a.may_meet(b) for a in self.who for b in other.who) and not any(
            excludes(a, b, multivalued) for a in self.narrowings for b in other.narrowings
        )


@dataclass(frozen=True, slots=True)
class Grant:
    """What is given under one key: some boxes, by these Allow statements."""

    key: Key
    boxes: tuple[Box, ...]
    sources: tuple[Statement, ...]
    is_coarse: bool = False  # some of it may be denied: that was not told apart

    def holds(self, key: Key, box: Box) -> bool:
        """Whether all that is given in a box under a key is of this grant; certain if True."""
        return (
            self.key.who <= key.who
            and self.key.narrowings <= key.narrowings
            and any(box.is_in(each) for each in self.boxes)
        )

    def formula(self, compiler: Compiler) -> int:
        terms, request = compiler.terms, compiler.request
        area = terms.any_of(box.formula(terms, request) for box in self.boxes)
        return terms.all_of([self.key.formula(compiler), area])


def grants_of(allows: Iterable[Lowered]) -> Iterator[tuple[Key, Box, Statement]]:
    """Every grant of some Allow statements, as they are written."""
    for statement in allows:
        box = Lists.of(statement).box()
        choices = alternatives(statement)
        for who in _whos(statement):
            for narrowings in choices:
                yield Key(who, narrowings), box, statement.statement


def _whos(statement: Lowered) -> Iterator[frozenset[Who]]:
    principals = statement.principals
    if principals is None:
        yield frozenset()
    elif principals.negated:
        yield frozenset({Who.not_listed(statement)})
    else:
        for entry in dict.fromkeys(principals.entries):
            everyone = entry.form is PrincipalForm.EVERYONE
            yield frozenset() if everyone else frozenset({Who.named(entry)})


def is_service_linked(entry: Principal) -> bool:
    """R-E23: a role's path says so."""
    return entry.form is PrincipalForm.ROLE and (entry.name or "").startswith("aws-service-role/")


def account_fits(key: Key, narrowing: Narrowing) -> bool | None:
    """Whether a condition on the requester's account holds of all whom the key names, or of none.

    None: it may hold of some. Identity providers belong to an account, but have not the key.
    """
    test = narrowing.test
    if test.key != _ACCOUNT or test.negated or test.outside or test.if_absent:
        return None
    if len(key.accounts) != 1 or any(w.entry and w.entry.form in _WITHOUT_KEY for w in key.who):
        return None
    (account,) = key.accounts
    if any(covers(each, Word(account)) for each in test.languages):
        return True
    return None if any(may_overlap(each, Word(account)) for each in test.languages) else False


_WITHOUT_KEY = (PrincipalForm.PROVIDER,)
