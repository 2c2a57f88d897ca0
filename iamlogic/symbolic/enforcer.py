"""Which requests can exist: what every model is held to.

Here are the definitions of R-K16, the facts that make a request a request, and the universe that a
comparison ranges over (R-E20, R-E21). Most are no formulas at all: each string variable has a
*domain*, languages of which its value must lie in one, and the requester's derived keys are views
of one string (`symbolizer`). The clauses here tie together what is left.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from itertools import combinations

from iamlogic.symbolic.automata import find_word
from iamlogic.symbolic.deadline import Deadline, TimeoutExpired, Undecided
from iamlogic.symbolic.languages import (
    CharSet,
    Glob,
    Language,
    Template,
    Word,
    glob,
    matches,
    sequence,
)
from iamlogic.symbolic.requester import (
    RESOURCE_ACCOUNT,
    SPELLED,
    Field,
    Kind,
    field_languages,
    kind_language,
)
from iamlogic.symbolic.symbolizer import ACTION, CONSTANT, REQUESTER, RESOURCE, SymbolicRequest
from iamlogic.symbolic.values import Rows
from iamlogic.syntax.policy import PolicyKind

_IDENTITIES = (Kind.USER, Kind.ROLE_SESSION, Kind.FEDERATED_USER)

REQUESTERS: dict[PolicyKind, tuple[Kind, ...]] = {
    PolicyKind.IDENTITY: _IDENTITIES,
    PolicyKind.RESOURCE: (
        *_IDENTITIES,
        Kind.ROOT,
        Kind.PROVIDER,
        Kind.SERVICE,
        Kind.ANONYMOUS,
    ),
}
"""R-E20: whom a lone policy is compared over."""

_ANY_RUN = (CharSet(frozenset(), negated=True),)
_DIGIT = CharSet(frozenset("0123456789"))
_ACCOUNT = sequence((_DIGIT,) * 12)
_BUT_COLON = (CharSet(frozenset(":"), negated=True),)

# Patterns of actions are folded (R-M1), so the action's variable has no capitals: with them it
# could take a word that every folded pattern misses and that no request has.
_FOLDED = CharSet(frozenset(string.ascii_uppercase), negated=True)

ACTIONS: tuple[Language, ...] = (sequence((_FOLDED, (_FOLDED,), ":", _FOLDED, (_FOLDED,))),)
"""R-E21: `?*:?*`, folded."""
RESOURCES: tuple[Language, ...] = (Word("*"), glob("arn:?*:?*:*:*:?*"))
"""R-E21."""


def is_some_resource(pattern: Language, deadline: Deadline) -> bool:
    """Whether a resource can match the pattern at all: `arn:aws:s3` is legal and matches none.

    True also where that is too hard to say: then it is the solver's question.
    """
    if isinstance(pattern, Word | Glob):  # nearly always true of the first words that come to mind
        for star in ("a", "a:a:a:a:a"):
            word = pattern.text.replace("*", star, 1).replace("*", "a").replace("?", "a")
            if matches(pattern, word) and any(matches(part, word) for part in RESOURCES):
                return True
    if isinstance(pattern, Template):
        return True
    try:
        return find_word([RESOURCES, [pattern]], [], deadline) is not None
    except TimeoutExpired:
        raise
    except Undecided:
        return True


OWNED = sequence(
    ("arn:", _BUT_COLON, ":", _BUT_COLON, ":", _BUT_COLON, ":", *(_DIGIT,) * 12, ":", _ANY_RUN)
)
"""Resources whose ARN says whose they are (R-K4)."""

Domains = dict[str, Rows]
"""For a variable, rows of languages: its value lies in one of each row."""


def domains(requesters: Iterable[Kind]) -> Domains:
    """What the values of the fields must be, with requesters of these kinds; keys are free."""
    return {
        ACTION: (ACTIONS,),
        RESOURCE: (RESOURCES,),
        REQUESTER: (tuple(map(kind_language, requesters)),),
        RESOURCE_ACCOUNT: ((_ACCOUNT,),),
        SPELLED["aws:username"]: (tuple(field_languages(Field.NAME)),),
        SPELLED["aws:principalservicename"]: (tuple(field_languages(Field.HOST)),),
    }


def domain_of(variable: str, domains: Domains) -> Rows:
    """The variable's domain; a context key may have any value."""
    if variable.startswith(CONSTANT):
        return ((Word(variable.removeprefix(CONSTANT)),),)
    return domains.get(variable, ())


def requester_facts(request: SymbolicRequest, kinds: tuple[Kind, ...]) -> Iterable[list[int]]:
    """Clauses: a requester is of exactly one kind, and of one that the question ranges over."""
    if not request.kinds:
        return
    yield [request.is_kind(each) for each in kinds]
    for one, other in combinations(kinds, 2):
        yield [-request.is_kind(one), -request.is_kind(other)]
    for each in list(request.kinds):
        if each not in kinds:
            yield [-request.is_kind(each)]


def spelled_facts(request: SymbolicRequest, variable: str) -> Iterable[list[int]]:
    """Clauses: what is read as a number, date or address is the part of the requester (R-C20)."""
    for key, spelled in SPELLED.items():
        if spelled == variable:
            yield [-request.present(key), request.is_spelled(key)]


def resource_account_facts(request: SymbolicRequest) -> Iterable[list[int]]:
    """Clauses (R-K4, R-K6): the resource account is unknown only if nothing tells it."""
    known = request.present(RESOURCE_ACCOUNT)
    yield [known, -request.has_account()]
    yield [known, -request.resource_in(OWNED)]
