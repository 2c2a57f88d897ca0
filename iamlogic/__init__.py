"""iamlogic: answers questions about AWS IAM policies by proof, offline.

This module is the public API and nothing else. Names are loaded when they are first used
(PEP 562), so that `import iamlogic` costs next to nothing and loads neither z3 nor lark.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iamlogic.errors import (
        IamlogicError,
        InternalError,
        PolicyReadError,
        PolicySyntaxError,
        Problem,
        RequestError,
        Unsupported,
        Where,
    )
    from iamlogic.questions.compare import Comparison, MixedKinds, Relation, compare
    from iamlogic.questions.gain import Difference
    from iamlogic.questions.region import Region
    from iamlogic.semantics.evaluation import Decision, Outcome, evaluate
    from iamlogic.semantics.request import Request
    from iamlogic.symbolic.reference import to_smtlib
    from iamlogic.syntax.documents import load, parse
    from iamlogic.syntax.formatter import format
    from iamlogic.syntax.policy import Policy

# One line for each public name: where it is defined. The imports above say the same to checkers.
_HOMES = {
    "IamlogicError": "iamlogic.errors",
    "InternalError": "iamlogic.errors",
    "PolicyReadError": "iamlogic.errors",
    "PolicySyntaxError": "iamlogic.errors",
    "Problem": "iamlogic.errors",
    "RequestError": "iamlogic.errors",
    "Unsupported": "iamlogic.errors",
    "Where": "iamlogic.errors",
    "Comparison": "iamlogic.questions.compare",
    "Difference": "iamlogic.questions.gain",
    "MixedKinds": "iamlogic.questions.compare",
    "Region": "iamlogic.questions.region",
    "Relation": "iamlogic.questions.compare",
    "compare": "iamlogic.questions.compare",
    "to_smtlib": "iamlogic.symbolic.reference",
    "Decision": "iamlogic.semantics.evaluation",
    "Outcome": "iamlogic.semantics.evaluation",
    "Request": "iamlogic.semantics.request",
    "evaluate": "iamlogic.semantics.evaluation",
    "Policy": "iamlogic.syntax.policy",
    "format": "iamlogic.syntax.formatter",
    "load": "iamlogic.syntax.documents",
    "parse": "iamlogic.syntax.documents",
}

__all__ = [
    "Comparison",
    "Decision",
    "Difference",
    "IamlogicError",
    "InternalError",
    "MixedKinds",
    "Outcome",
    "Policy",
    "PolicyReadError",
    "PolicySyntaxError",
    "Problem",
    "Region",
    "Relation",
    "Request",
    "RequestError",
    "Unsupported",
    "Where",
    "compare",
    "evaluate",
    "format",
    "load",
    "parse",
    "to_smtlib",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value  # so that the next use finds it without this function
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
