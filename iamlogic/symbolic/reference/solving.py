"""Asking z3's theory of sequences: `search` over all requests, `fixed` for one.

z3 reads the very text that `to_smtlib` gives. Every call has a context of its own, so calls from
several threads do not meet. `search` asks once for each kind of requester: a requester is of one
kind, so the answers together are the answer, and with the kind given z3 can put the requester's
form in the place of the requester, which saves it most of its work (measured: 2 s became 0.3 s). A
witness is replayed through `semantics` before it is returned: a disagreement is an `InternalError`,
never an answer.
"""

from __future__ import annotations

import ctypes
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import z3  # type: ignore[import-untyped]

from iamlogic.errors import InternalError, RequestError, Unsupported
from iamlogic.semantics.evaluation import allows as concretely_allows
from iamlogic.semantics.request import Request
from iamlogic.semantics.world import can_exist
from iamlogic.symbolic.reference import numbers
from iamlogic.symbolic.reference.formula import (
    ACTION,
    DEFINED_KEYS,
    RESOURCE,
    RESOURCE_ACCOUNT,
    RESOURCE_ACCOUNT_IS_KNOWN,
    allows,
    request_commands,
    require_encodable,
    unseen_principals,
)
from iamlogic.symbolic.reference.keys import Keys, keys_of
from iamlogic.symbolic.reference.question import (
    Given,
    asked_kinds,
    commands_of,
    inclusion,
    question_keys,
)
from iamlogic.symbolic.reference.requester import (
    ACCOUNT,
    HAS_ACCOUNT,
    NAME,
    PARTITION,
    PATH,
    REQUESTER,
    Kind,
)
from iamlogic.symbolic.reference.smtlib import (
    Formula,
    Word,
    asserted,
    both,
    declared,
    iff,
    implies,
    is_expressible,
    literal,
    negation,
    same,
)
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.operators import Family
from iamlogic.syntax.policy import PolicyKind, Statement
from iamlogic.syntax.policy_set import PolicySet, policies_of

FIXED_SECONDS = 60.0
"""Bound on a question about one request: nothing is unknown in it, milliseconds are usual."""


@dataclass(frozen=True, slots=True)
class Found:
    """There is such a request: `witness` is one, replayed."""

    witness: Request


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is no such request: z3 proved it."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """z3 came to no answer."""

    reason: str


Answer = Found | Nothing | Unknown


def search(
    allowed_by: Given,
    denied_by: Given,
    *,
    within: Statement | None = None,
    timeout: float | None = None,
) -> Answer:
    """Is there a request that `allowed_by` allows and `denied_by` does not?

    With `within`, a statement made from parts of these policies: one that it matches, too.
    `timeout` is in seconds. Raises `Unsupported` for a character that SMT-LIB does not have, and
    `InternalError` if the witness does not stand its replay through `semantics`.
    """
    subjects = (denied_by, allowed_by)
    policies = [policy for each in subjects for policy in policies_of(each)]
    keys = question_keys(denied_by, allowed_by, within)
    question = "\n".join(inclusion(denied_by, allowed_by, keys, within))
    deadline = None if timeout is None else time.monotonic() + timeout
    unknown: Unknown | None = None
    unseen = [asserted(negation(each)) for each in unseen_principals(policies)]
    for more in (unseen, []) if unseen else ([],):
        for kind in _cases(subjects, keys):
            left = None if deadline is None else deadline - time.monotonic()
            match _ask("\n".join([question, *more, asserted(kind.holds)]), keys, left):
                case Request() as witness if more == unseen:
                    _replay(witness, allowed_by, denied_by)
                    return Found(witness)
                case Request():  # by a principal of which no request is written (R-M8)
                    unknown = Unknown("the answer hangs on a principal that is in no request")
                case Unknown() as unknown:
                    pass
                case Nothing():
                    pass
    return unknown or Nothing()


def _cases(subjects: tuple[Given, ...], keys: Keys) -> list[Kind]:
    """The kinds of requesters to ask about: one of those that the policies can't tell apart.

    What tells kinds apart are principals and the keys that follow from the requester. Without them
    only the presence of an account is left (R-K4), and whoever has identity policies has one.
    """
    kinds = asked_kinds(subjects)
    told_apart = DEFINED_KEYS & set(keys) or any(
        isinstance(each, PolicySet) or each.kind is PolicyKind.RESOURCE for each in subjects
    )
    return kinds if told_apart else kinds[:1]


def _ask(text: str, keys: Keys, timeout: float | None) -> Request | Nothing | Unknown:
    if timeout is not None and timeout <= 0:
        return Unknown("timeout")
    try:
        solver = _solver(timeout)
        solver.from_string(text)
        verdict = solver.check()
        if verdict == z3.sat:
            return _concretized(_Model(solver), keys)
        return Nothing() if verdict == z3.unsat else Unknown(_reason(solver))
    except z3.Z3Exception as error:
        return Unknown(f"z3: {error}")


def fixed(policy: Given, request: Request) -> bool:
    """Whether the formula of a policy or a stack allows the symbolic request fixed to `request`.

    Raises `InternalError` unless exactly one of "allowed" and "not allowed" is satisfiable, and
    `Unsupported` for a character that SMT-LIB does not have.
    """
    policies = policies_of(policy)
    for each in policies:
        require_encodable(each)
    lengths = {fold(name): len(request.values(name)) for name in request.context}
    statements = [statement for each in policies for statement in each.statements]
    keys = keys_of(statements, multivalued_keys(policies), lengths)
    commands = list(request_commands(keys))
    for unseen in unseen_principals(policies):
        commands += [declared(unseen, "Bool"), asserted(negation(unseen))]
    commands += commands_of("policy", policy, keys)
    commands += map(asserted, _equations(request, keys))
    try:
        allowed = _can_be(commands, allows("policy"))
        refused = _can_be(commands, negation(allows("policy")))
    except z3.Z3Exception as error:
        raise InternalError(f"z3 failed on one request: {error}") from error
    if {allowed, refused} != {"sat", "unsat"}:
        raise InternalError(
            f"for {request} the reference finds 'allowed' {allowed} and 'not allowed' {refused}"
        )
    return allowed == "sat"


def _can_be(commands: list[str], formula: Formula) -> str:
    # A question of its own: under assumptions z3 would not put values in the place of constants.
    solver = _solver(FIXED_SECONDS)
    solver.from_string("\n".join([*commands, asserted(formula)]))
    return str(solver.check())


def _equations(request: Request, keys: Keys) -> Iterator[Formula]:
    """Fixes the symbolic request to `request`: what is written there, and the requester's parts.

    The keys that follow from the requester are written, too: if the formula had them otherwise,
    neither answer were possible. An absent key's strings are of no matter, but solvers can be lost
    in them.
    """
    for word, text in (
        (REQUESTER, request.principal),
        (ACTION, request.action),
        (RESOURCE, request.resource),
    ):
        yield same(word, _literal(text))
    yield _fixed_resource_account(request)
    requester = request.requester
    for part, value in (
        (PARTITION, requester.partition),
        (ACCOUNT, requester.account),
        (NAME, requester.name),
    ):
        if value is not None:
            yield same(part, literal(value))
    # R-K2: without aws:PrincipalArn in the context a session's role has no path.
    yield same(PATH, literal(requester.path))
    for key in keys.values():
        values = request.values(key.name)
        yield key.present if values else negation(key.present)  # R-K6
        for element, value in zip(key.elements, values or ("",), strict=True):
            yield same(element, _literal(value))
            if Family.NUMERIC in key.families:
                yield numbers.parts_are(element, value)


def _fixed_resource_account(request: Request) -> Formula:
    """R-K4."""
    account = request.resource_account
    if account is None:
        named = re.fullmatch(r"arn:[^:]*:[^:]*:[^:]*:([0-9]{12}):.*", request.resource, re.DOTALL)
        account = named[1] if named else None
    if account is not None:
        return both(RESOURCE_ACCOUNT_IS_KNOWN, same(RESOURCE_ACCOUNT, literal(account)))
    return both(
        iff(RESOURCE_ACCOUNT_IS_KNOWN, HAS_ACCOUNT),
        implies(HAS_ACCOUNT, same(RESOURCE_ACCOUNT, ACCOUNT)),
    )


def _literal(text: str) -> Word:
    if not is_expressible(text):
        raise Unsupported(f"a character beyond U+2FFFF in SMT-LIB ({text!a})")
    return literal(text)


def _solver(timeout: float | None) -> z3.Solver:
    solver = z3.Solver(ctx=z3.Context())
    if timeout is not None:
        solver.set("timeout", max(1, round(timeout * 1000)))
    return solver


def _reason(solver: z3.Solver) -> str:
    reason = str(solver.reason_unknown())
    if "keyboard" in reason:  # z3 has taken the signal that was Python's
        raise KeyboardInterrupt
    return reason


class _Model:
    """What z3's model says of the constants of the symbolic request."""

    def __init__(self, solver: z3.Solver) -> None:
        self._context = solver.ctx
        self._model = solver.model()

    def truth(self, formula: Formula) -> bool:
        constant = z3.Bool(formula.strip("|"), self._context)
        return bool(z3.is_true(self._model.eval(constant, model_completion=True)))

    def text(self, word: Word) -> str:
        constant = z3.String(word.strip("|"), self._context)
        value = self._model.eval(constant, model_completion=True)
        context, node = self._context.ref(), value.as_ast()
        # The characters themselves: as_string() gives escapes that are texts in their own right.
        length = z3.Z3_get_string_length(context, node)
        points = (ctypes.c_uint * length)()
        z3.Z3_get_string_contents(context, node, length, points)
        return "".join(map(chr, points))


def _concretized(model: _Model, keys: Keys) -> Request:
    """The request that a model describes."""
    context: dict[str, list[str]] = {}
    for key in keys.values():
        if model.truth(key.present):
            context[key.name] = list(dict.fromkeys(map(model.text, key.elements)))
    if model.truth(Kind.SESSION.holds) and "aws:principalarn" not in keys:
        context["aws:PrincipalArn"] = [_role_arn(model)]
    known = model.truth(RESOURCE_ACCOUNT_IS_KNOWN)
    try:
        return Request(
            principal=model.text(REQUESTER),
            action=model.text(ACTION),
            resource=model.text(RESOURCE),
            context=context,
            resource_account=model.text(RESOURCE_ACCOUNT) if known else None,
        )
    except RequestError as error:
        raise InternalError(f"the reference's model is no request: {error}") from error


def _role_arn(model: _Model) -> str:
    partition, account, path, name = map(model.text, (PARTITION, ACCOUNT, PATH, NAME))
    return f"arn:{partition}:iam::{account}:role/{path}{name}"


def _replay(witness: Request, allowed_by: Given, denied_by: Given) -> None:
    policies = (*policies_of(allowed_by), *policies_of(denied_by))
    for claim, holds in (
        ("it can exist", can_exist(witness, multivalued_keys(policies))),
        ("the one policy allows it", concretely_allows(allowed_by, witness)),
        ("the other does not", not concretely_allows(denied_by, witness)),
    ):
        if not holds:
            raise InternalError(
                f"the reference's witness fails its replay: not true that {claim}: {witness}"
            )
