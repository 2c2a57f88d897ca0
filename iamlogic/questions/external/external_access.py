"""Who outside the zone of trust a resource's policies let in (R-X1 to R-X9).

`external_access` answers with findings that are sound (the evaluator has confirmed the example of
each), complete (a last question to the solver proves that no allowed request from outside is
missing) and few (each holds a request that no other does).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

from iamlogic.catalog.resource_types import ResourceType, resource_type
from iamlogic.errors import InternalError
from iamlogic.questions.answer import UnknownAnswer
from iamlogic.questions.external.area import EVERY, Box, Lists, Pattern, joined
from iamlogic.questions.external.descent import Descent, unseen_in
from iamlogic.questions.external.finding import Finding, FindingKind
from iamlogic.questions.external.grants import Grant, Key, grants_of
from iamlogic.questions.external.identity import signature
from iamlogic.questions.external.neighbours import Neighbours
from iamlogic.questions.external.outsiders import (
    DEFINED_FOR_ACCOUNTS,
    EVERYONE,
    KEYS_OF_ACCOUNTS,
    asks_for_values,
    outsider_of,
)
from iamlogic.questions.external.subject import Asked, BlockPublicAccess, Subject
from iamlogic.questions.external.universe import Universe
from iamlogic.questions.external.witness import Witnesses
from iamlogic.questions.external.writing import written
from iamlogic.questions.external.zone import Zone
from iamlogic.symbolic.believable import Suggestions
from iamlogic.symbolic.deadline import Deadline, Undecided
from iamlogic.symbolic.languages import glob
from iamlogic.symbolic.model import Model
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Policy, PrincipalForm, Statement, Text
from iamlogic.syntax.policy_set import PolicySet
from iamlogic.syntax.policy_types import is_trust_policy


@dataclass(frozen=True, slots=True)
class ExternalAccess(Sequence[Finding]):
    """The findings of external access: a sequence, empty where nobody outside is let in.

    `confused_deputies` are services that may act for somebody outside (R-X3); they are no
    outsiders, and so not in the sequence. Where the answer is not known, `reason` says why, and
    taking the findings for all there are raises `UnknownAnswer`. `zone` and `asked` are what was
    asked; `remarks` say in a sentence each what may not have been meant by it.
    """

    found: tuple[Finding, ...]
    confused_deputies: tuple[Finding, ...] = ()
    reason: str | None = None
    zone: Zone = field(default=Zone(), repr=False)
    asked: Asked | None = field(default=None, repr=False)
    remarks: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether it is proved that there are no others."""
        return self.reason is None

    def _all(self) -> tuple[Finding, ...]:
        if self.reason is not None:
            raise UnknownAnswer(
                f"who outside has access is unknown: {self.reason}\n"
                "    hint: ask for .complete first, and take unknown for neither yes nor no"
            )
        return self.found

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, index: int | slice) -> Finding | tuple[Finding, ...]:
        return self._all()[index]


def external_access(
    policy: Policy | PolicySet,
    zone: Zone,
    *,
    resource_type: str | None = None,
    sharing: Iterable[Policy] = (),
    block_public_access: BlockPublicAccess | None = None,
    resource: str | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> ExternalAccess:
    """Every grant to somebody outside the zone of trust, each with a request that shows it.

    `policy` is a resource's policy, or a `PolicySet` of it and the RCPs above it. `resource_type`
    is AWS's name (`AWS::S3::Bucket`) and says which requests count as access; without it all do,
    and a trust policy is recognised by its actions. `sharing` are further policies of the same
    resource that only grant: an ACL or a key's grants, as `iamlogic.inputs.sharing` reads them.
    `resource` names the resource and enters the ids of findings, so that equal grants on two
    resources are two. `timeout` is in seconds; without `all_requests` only requests that AWS sends
    count.

    Raises `UnknownResourceType`, and `TypeError` for a policy that names no principals.
    """
    type_ = type_of(policy, resource_type)
    shared = tuple(sharing)
    asked = Asked(policy, type_, shared, block_public_access, resource, all_requests)
    search = _Search(asked, zone, Deadline.after(timeout))
    try:
        return search.findings()
    except Undecided as bound:
        return ExternalAccess((), reason=str(bound), zone=zone, asked=asked)


class _Search:
    """The search for all findings of one subject and zone."""

    def __init__(self, asked: Asked, zone: Zone, deadline: Deadline) -> None:
        self._asked, self._zone = asked, zone
        self._subject = subject = asked.subject
        suggestions = Suggestions()
        self._universe = Universe(
            subject.statements,
            zone,
            subject.type,
            suggestions,
            subject.multivalued,
            all_requests=asked.all_requests,
        )
        self._universe.solver.deadline = deadline
        self._witnesses = Witnesses(subject, zone, suggestions, all_requests=asked.all_requests)

    @property
    def _denies(self) -> Iterator[Statement]:
        return (each.statement for each in (*self._subject.denies, *self._subject.limits))

    def findings(self) -> ExternalAccess:
        given = list(self._given())
        grants, found = self._look_for(FindingKind.EXTERNAL_ACCESS, self._universe.external, given)
        if self._subject.restricts_public and any(map(self._makes_policy_public, found)):
            grants, found = [], ()  # R-X15
        deputies: tuple[Finding, ...] = ()
        # A grant to everyone is one to services, too: that is no finding of its own.
        everyone = [each for each in grants if outsider_of(each.key) == EVERYONE]
        # It is asked of all that is given under one key, however statements divide it.
        boxes: dict[Key, list[Box]] = {}
        for key, box, _ in given:
            boxes.setdefault(key, []).append(box)
        open_keys = {
            key
            for key, some in boxes.items()
            if self._may_be_service(key)
            and not all(any(e.holds(key, box) for e in everyone) for box in joined(some))
        }
        to_services = [each for each in given if each[0] in open_keys]
        if to_services:
            outside = [*self._universe.deputy(), *self._universe.in_none_of(everyone)]
            _, deputies = self._look_for(FindingKind.CONFUSED_DEPUTY, outside, to_services)
        return ExternalAccess(
            found, deputies, None, self._zone, self._asked, tuple(self._remarks())
        )

    def _remarks(self) -> Iterator[str]:
        type_ = self._subject.type
        if type_ is not None and misses_type(self._subject):
            yield f"no Allow statement is about the type {type_.name} ({type_.title})"
        named = [each.principals.entries for each in self._subject.allows if each.principals]
        for entry in dict.fromkeys(entry for entries in named for entry in entries):
            if entry.form is PrincipalForm.UNIQUE_ID:
                yield f"{entry.text} is read as the id of one who is deleted: nobody (R-P19)"

    def _makes_policy_public(self, finding: Finding) -> bool:
        """R-X15 is about a public policy; a public ACL alone restricts nothing."""
        return finding.is_public and any(map(self._subject.is_own, finding.statements))

    def _given(self) -> Iterator[tuple[Key, Box, Statement]]:
        """What the Allow statements give, as far as it is about the type of resource."""
        about = _about(self._subject.type)
        whole: Box | None = None
        on_type: Box | None = None
        for key, box, statement in grants_of(self._subject.allows):
            self._universe.solver.deadline.check()
            if box is not whole or on_type is None:  # a statement has one box, and many keys
                whole, on_type = box, box.within(about)
            if not on_type.is_empty and not self._is_inside(key):
                yield key, on_type, statement

    def _may_be_service(self, key: Key) -> bool:
        """Certain if False: what bounds a requester by account or organization, no service has."""
        if not all(who.entry is None or who.entry.form is PrincipalForm.SERVICE for who in key.who):
            return False
        keys = DEFINED_FOR_ACCOUNTS if self._asked.all_requests else KEYS_OF_ACCOUNTS
        return not any(
            narrowing.test.key in keys and asks_for_values(narrowing, key)
            for narrowing in key.narrowings
        )

    def _is_inside(self, key: Key) -> bool:
        """Certain if True: the solver would say the same."""
        return any(
            who.entry is not None
            and who.entry.form is not PrincipalForm.PROVIDER
            and who.entry.account in self._zone.accounts
            for who in key.who
        )

    def _look_for(
        self,
        kind: FindingKind,
        outside: Sequence[int],
        given: Sequence[tuple[Key, Box, Statement]],
    ) -> tuple[Sequence[Grant], tuple[Finding, ...]]:
        descent = Descent(self._universe, self._subject, outside, self._witnesses.about)
        grants = sorted(descent.grants(given), key=_rank)
        found: dict[int, Finding] = {}
        neighbours = Neighbours(grants)
        kept = dict.fromkeys(map(id, grants))
        for grant in grants:
            self._universe.solver.deadline.check()
            others = [g for g in neighbours.of(grant.boxes) if g is not grant and id(g) in kept]
            model = descent.example(grant, others)
            if model is None:
                del kept[id(grant)]
            else:
                found[id(grant)] = self._finding(kind, grant, model)
        grants = [grant for grant in grants if id(grant) in kept]
        sources = {id(statement) for _, _, statement in given}
        allows = [each for each in self._subject.allows if id(each.statement) in sources]
        if descent.lies_outside(grants, allows):
            raise InternalError("the findings miss a request from outside; please report it")
        return grants, tuple(sorted((found[id(grant)] for grant in grants), key=_place))

    def _finding(self, kind: FindingKind, grant: Grant, model: Model) -> Finding:
        witness = (
            None if unseen_in(grant.key) is not None else self._witnesses.request(model, grant)
        )
        finding = written(
            grant,
            kind,
            policy=self._subject.home_of(grant.sources[0]),
            type_=self._subject.type,
            resource=self._asked.resource,
            witness=witness,
            denies=self._denies,
        )
        return finding if witness is None else self._witnesses.confirmed(finding, model)


def misses_type(subject: Subject) -> bool:
    """Whether what is allowed is about other types of resources than the one that it has.

    Then nobody is let in, whoever is: the type was mistaken for another.
    """
    about = _about(subject.type)
    boxes = [Lists.of(each).box() for each in subject.allows]
    return bool(boxes) and all(box.within(about).is_empty for box in boxes)


def _about(type_: ResourceType | None) -> Lists:
    """The actions that count on a resource of the type."""
    actions = () if type_ is None else tuple(map(_pattern, type_.actions))
    return Lists(actions or (EVERY,), (EVERY,))


def _rank(grant: Grant) -> tuple[int, list[list[str]]]:
    """The narrower first: those go where a wider one holds the same."""
    return (-len(grant.key.narrowings) - len(grant.key.who), signature(grant.key))


def _place(finding: Finding) -> tuple[object, ...]:
    where = finding.statement.where
    return (where.line or 0, where.column or 0, finding.principal, finding.id)


def _pattern(text: str) -> Pattern:
    return Pattern(glob(fold(text)), Text(text))


def type_of(policy: Policy | PolicySet, name: str | None) -> ResourceType | None:
    """The type of that name; a trust policy needs none."""
    if name is not None:
        return resource_type(name)
    own = policy if isinstance(policy, Policy) else policy.resource
    return resource_type("AWS::IAM::Role") if own is not None and is_trust_policy(own) else None
