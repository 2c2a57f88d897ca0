"""Guardrails: what a team has decided that its policies must never, or always, allow.

A guardrail is a scope with a demand. Whether a policy keeps it is a proof (`never_allows`,
`always_allows`); the examples given with it say what it must catch and what not, and are for the
test of the guardrail itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from iamlogic.errors import NOWHERE, Where
from iamlogic.questions.answer import Answer
from iamlogic.questions.review.notices import Severity
from iamlogic.semantics.request import Request
from iamlogic.syntax.policy_types import PolicyType
from iamlogic.syntax.scope import Scope


class Demand(Enum):
    """What a guardrail asks for: no request of its scope is allowed, or every one is."""

    NEVER = "never"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Guardrail:
    """One invariant.

    `files` are globs of the files that it is for (all, if empty), without those of `except_files`;
    `types` the types of policies (all, if empty). `caught` and `passed` are requests that it must
    catch and must not. `where` is its place in the settings.
    """

    name: str
    demand: Demand
    scope: Scope
    message: str
    severity: Severity = Severity.ERROR
    files: tuple[str, ...] = ()
    except_files: tuple[str, ...] = ()
    types: tuple[PolicyType, ...] = ()
    caught: tuple[Request, ...] = ()
    passed: tuple[Request, ...] = ()
    where: Where = NOWHERE


@dataclass(frozen=True, slots=True)
class Breach:
    """A guardrail that a policy does not keep, or of which that is not known.

    `answer` FAILS with a witness, or is UNKNOWN with its reason. `depends_on` names the
    placeholders on whose values it hangs: without any, it is broken whatever they are. `is_new`
    says whether the policy kept it before, or there was none.
    """

    guardrail: Guardrail
    answer: Answer
    depends_on: tuple[str, ...] = ()
    is_new: bool = True
