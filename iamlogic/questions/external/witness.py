"""Examples of findings, each confirmed by the evaluator before it is shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from iamlogic.errors import InternalError, RequestError
from iamlogic.questions.external.area import Box
from iamlogic.questions.external.finding import Finding, FindingKind
from iamlogic.questions.external.grants import Grant, Key, is_service_linked
from iamlogic.questions.external.subject import Subject
from iamlogic.questions.external.zone import Zone
from iamlogic.semantics import Request, broken_facts, with_usual_context
from iamlogic.semantics.requester import RequesterKind
from iamlogic.semantics.statements import statement_matches
from iamlogic.symbolic.believable import OTHER_ACCOUNT, Hints, Suggestions
from iamlogic.symbolic.concretizer import concretize, with_companions
from iamlogic.symbolic.lowering import Lowered
from iamlogic.symbolic.model import Model
from iamlogic.symbolic.requester import RESOURCE_ACCOUNT, SEPARATOR
from iamlogic.symbolic.symbolizer import ACTION
from iamlogic.syntax.policy import PrincipalForm

_ACCOUNT = re.compile(r"[0-9]{12}")


def _accounts(key: Key) -> Iterator[str]:
    """The accounts that the grant speaks of."""
    for who in key.who:
        if who.entry is not None and who.entry.account is not None:
            yield who.entry.account
    for narrowing in key.narrowings:
        for value in narrowing.condition.values:
            yield from _ACCOUNT.findall(value.text)


def _requesters(key: Key) -> Iterator[str]:
    """Requesters of the ARNs that the grant speaks of, wildcards filled in."""
    entries = (
        who.entry.text
        for who in key.who
        if who.entry is not None and who.entry.form is not PrincipalForm.ACCOUNT
    )
    narrowings = (each for each in key.narrowings if each.test.key == "aws:principalarn")
    texts = (value.text for each in narrowings for value in each.condition.values)
    for text in (*entries, *texts):
        segments = text.split(":", 5)
        if segments[0] != "arn" or len(segments) < _ARN_SEGMENTS:
            continue
        filled = [segments[0], *("aws" if s == "*" else s for s in segments[1:2]), *segments[2:4]]
        account = OTHER_ACCOUNT if segments[4] == "*" else segments[4]
        arn = ":".join([*filled, account, segments[5].replace("*", "a").replace("?", "a")])
        yield arn + SEPARATOR + ("session" if ":role/" in arn else "")


_ARN_SEGMENTS = 6
_OF_OWNER = (RESOURCE_ACCOUNT, "aws:resourceorgid", "aws:resourceorgpaths")


class Witnesses:
    """Makes requests of models, and confirms them as examples of findings."""

    def __init__(
        self, subject: Subject, zone: Zone, suggestions: Suggestions, *, all_requests: bool
    ) -> None:
        self._subject, self._zone, self._suggestions = subject, zone, suggestions
        self._all_requests = all_requests
        suggestions.learn(
            condition.key for each in subject.statements for condition in each.statement.conditions
        )

    def about(self, key: Key, box: Box) -> None:
        """Examples are wanted that look like this grant."""
        self._suggestions.about(
            Hints(
                tuple(sorted(each.text.text for each in box.actions.within)),
                tuple(sorted(each.text.text for each in box.resources.within)),
                tuple(_accounts(key)),
                tuple(_requesters(key)),
            )
        )

    def request(self, model: Model, grant: Grant) -> Request:
        """What the model describes; its resource is the zone's, where that is one account."""
        self.about(grant.key, grant.boxes[0])
        if not self._suggestions.knows(model.words.get(ACTION, "")):
            self._suggestions.learn(
                action.text
                for each in self._subject.statements
                for action in each.statement.actions.patterns
            )
        request = concretize(model, self._suggestions)
        decided = self._decided(model)
        if decided is not None:
            request = with_companions(request, decided)
        if len(self._zone.accounts) != 1 or any(key in model.keys for key in _OF_OWNER):
            return request
        (owner,) = self._zone.accounts
        return replace(request, resource_account=owner)

    def _decided(self, model: Model) -> Collection[str] | None:
        return None if self._all_requests else model.keys

    def confirmed(self, finding: Finding, model: Model) -> Finding:
        """The finding with an example that people expect.

        Raises `InternalError` if the evaluator does not agree with the one that the solver shows.
        """
        request = finding.witness
        assert request is not None
        decided = self._decided(model)
        wrong = self._mistake(request, finding, decided)
        if wrong is not None:
            raise InternalError(
                f"the solver shows a request that {wrong}; please report it:\n{request.to_json()}"
            )
        likelier = _by_a_user(request)
        if likelier is None or self._mistake(likelier, finding, decided) is not None:
            return finding
        return replace(finding, witness=likelier)

    def _mistake(
        self, request: Request, finding: Finding, decided: Collection[str] | None
    ) -> str | None:
        """Why the request is no example, if it is none; as it is, and as AWS would send it."""
        whole = request if decided is None else with_usual_context(request, decided)
        for each in (request, whole):
            allowed = any(statement_matches(source, each) for source in finding.statements)
            if not allowed or any(
                statement_matches(deny.statement, each) for deny in self._denies_of(finding)
            ):
                return "the evaluator does not allow"
        if decided is not None and (broken := broken_facts(whole)):
            return f"AWS does not send, since {broken[0].value}"
        if not finding.covers(request):
            return "is none of its finding"
        return None if self._is_outside(request, finding.kind) else "is not from outside"

    def _denies_of(self, finding: Finding) -> tuple[Lowered, ...]:
        """RCPs do not apply to service-linked roles (R-E3)."""
        entries = (entry for each in finding.principals for entry in each.entries)
        own, limits = self._subject.denies, self._subject.limits
        return own if any(map(is_service_linked, entries)) else (*own, *limits)

    def _is_outside(self, request: Request, kind: FindingKind) -> bool:
        is_service = request.requester.kind is RequesterKind.SERVICE
        if kind is FindingKind.CONFUSED_DEPUTY:
            return is_service and not self._zone.is_acted_for(request)
        return not is_service and not self._zone.trusts(request)


def _by_a_user(request: Request) -> Request | None:
    """The same by a user of the account, instead of its root user or a federated one."""
    requester = request.requester
    if requester.kind not in {RequesterKind.ROOT, RequesterKind.FEDERATED_SESSION}:
        return None
    user = f"arn:{requester.partition}:iam::{requester.account}:user/alice"
    try:
        return replace(request, principal=user)
    except RequestError:  # the context is the other's
        return None
