"""iamlogic: answers questions about AWS IAM policies by proof, offline.

This module is the public API and nothing else. Names are loaded when they are first used
(PEP 562), so that `import iamlogic` costs next to nothing and loads neither z3 nor lark.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iamlogic.catalog.resource_types import UnknownResourceType
    from iamlogic.errors import (
        AccountError,
        IamlogicError,
        InternalError,
        PolicyReadError,
        PolicySyntaxError,
        Problem,
        RequestError,
        SettingsError,
        Unsupported,
        Where,
    )
    from iamlogic.inputs.account import load_account
    from iamlogic.inputs.baseline_file import load_baseline, save_baseline
    from iamlogic.inputs.settings import ReviewSettings, Settings, load_settings
    from iamlogic.inputs.sharing.reading import read_sharing
    from iamlogic.inputs.stack import load_stack
    from iamlogic.questions.account import Account, Identity
    from iamlogic.questions.answer import Answer, Reason, UnknownAnswer, Verdict
    from iamlogic.questions.compare import Comparison, MixedKinds, Relation, compare
    from iamlogic.questions.custom_checks.access_not_granted import check_access_not_granted
    from iamlogic.questions.custom_checks.arguments import CheckError
    from iamlogic.questions.custom_checks.no_new_access import check_no_new_access
    from iamlogic.questions.external.archive import ArchiveRule, Criterion
    from iamlogic.questions.external.baseline import (
        Baseline,
        FindingStatus,
        Judgement,
        accept,
        judge,
        suggested_expiry,
    )
    from iamlogic.questions.external.external_access import ExternalAccess, external_access
    from iamlogic.questions.external.finding import Finding, FindingKind, OutsiderKind
    from iamlogic.questions.external.preview import Preview, preview_external_access
    from iamlogic.questions.external.public_access import check_no_public_access, is_public
    from iamlogic.questions.external.subject import BlockPublicAccess
    from iamlogic.questions.external.zone import Zone, ZoneError
    from iamlogic.questions.gain import Difference
    from iamlogic.questions.guardrail import Breach, Demand, Guardrail, check_guardrails
    from iamlogic.questions.guardrail_examples import Trial, WrongExample, try_guardrail
    from iamlogic.questions.permits import always_allows, can, never_allows
    from iamlogic.questions.region import Region
    from iamlogic.questions.review.notices import Severity
    from iamlogic.questions.review.placed import PlacedPolicy
    from iamlogic.questions.who_can import Access, Hop, UnknownPrincipal, WhoCan, who_can
    from iamlogic.semantics.decision import Decision, Layer, LayerFinding, Outcome
    from iamlogic.semantics.evaluation import evaluate
    from iamlogic.semantics.request import Request
    from iamlogic.symbolic.reference import to_smtlib
    from iamlogic.syntax.documents import load, parse
    from iamlogic.syntax.formatter import format
    from iamlogic.syntax.policy import Policy, PolicyKind
    from iamlogic.syntax.policy_set import PolicySet, PolicySetError
    from iamlogic.syntax.policy_types import PolicyType
    from iamlogic.syntax.scope import Scope

# One line for each public name: where it is defined. The imports above say the same to checkers.
_HOMES = {
    "AccountError": "iamlogic.errors",
    "IamlogicError": "iamlogic.errors",
    "InternalError": "iamlogic.errors",
    "PolicyReadError": "iamlogic.errors",
    "PolicySyntaxError": "iamlogic.errors",
    "Problem": "iamlogic.errors",
    "RequestError": "iamlogic.errors",
    "SettingsError": "iamlogic.errors",
    "Unsupported": "iamlogic.errors",
    "Where": "iamlogic.errors",
    "Access": "iamlogic.questions.who_can",
    "Account": "iamlogic.questions.account",
    "Answer": "iamlogic.questions.answer",
    "Hop": "iamlogic.questions.who_can",
    "Identity": "iamlogic.questions.account",
    "UnknownPrincipal": "iamlogic.questions.who_can",
    "WhoCan": "iamlogic.questions.who_can",
    "load_account": "iamlogic.inputs.account",
    "load_stack": "iamlogic.inputs.stack",
    "ReviewSettings": "iamlogic.inputs.settings",
    "Settings": "iamlogic.inputs.settings",
    "load_settings": "iamlogic.inputs.settings",
    "load_baseline": "iamlogic.inputs.baseline_file",
    "save_baseline": "iamlogic.inputs.baseline_file",
    "ArchiveRule": "iamlogic.questions.external.archive",
    "Criterion": "iamlogic.questions.external.archive",
    "Baseline": "iamlogic.questions.external.baseline",
    "FindingStatus": "iamlogic.questions.external.baseline",
    "Judgement": "iamlogic.questions.external.baseline",
    "accept": "iamlogic.questions.external.baseline",
    "judge": "iamlogic.questions.external.baseline",
    "suggested_expiry": "iamlogic.questions.external.baseline",
    "who_can": "iamlogic.questions.who_can",
    "Reason": "iamlogic.questions.answer",
    "UnknownAnswer": "iamlogic.questions.answer",
    "UnknownResourceType": "iamlogic.catalog.resource_types",
    "Verdict": "iamlogic.questions.answer",
    "Breach": "iamlogic.questions.guardrail",
    "Demand": "iamlogic.questions.guardrail",
    "Guardrail": "iamlogic.questions.guardrail",
    "check_guardrails": "iamlogic.questions.guardrail",
    "Trial": "iamlogic.questions.guardrail_examples",
    "WrongExample": "iamlogic.questions.guardrail_examples",
    "try_guardrail": "iamlogic.questions.guardrail_examples",
    "PlacedPolicy": "iamlogic.questions.review.placed",
    "Severity": "iamlogic.questions.review.notices",
    "always_allows": "iamlogic.questions.permits",
    "can": "iamlogic.questions.permits",
    "never_allows": "iamlogic.questions.permits",
    "CheckError": "iamlogic.questions.custom_checks.arguments",
    "check_access_not_granted": "iamlogic.questions.custom_checks.access_not_granted",
    "check_no_new_access": "iamlogic.questions.custom_checks.no_new_access",
    "Comparison": "iamlogic.questions.compare",
    "Difference": "iamlogic.questions.gain",
    "MixedKinds": "iamlogic.questions.compare",
    "Region": "iamlogic.questions.region",
    "Relation": "iamlogic.questions.compare",
    "compare": "iamlogic.questions.compare",
    "to_smtlib": "iamlogic.symbolic.reference",
    "Decision": "iamlogic.semantics.decision",
    "LayerFinding": "iamlogic.semantics.decision",
    "BlockPublicAccess": "iamlogic.questions.external.subject",
    "ExternalAccess": "iamlogic.questions.external.external_access",
    "external_access": "iamlogic.questions.external.external_access",
    "is_public": "iamlogic.questions.external.public_access",
    "check_no_public_access": "iamlogic.questions.external.public_access",
    "Preview": "iamlogic.questions.external.preview",
    "preview_external_access": "iamlogic.questions.external.preview",
    "read_sharing": "iamlogic.inputs.sharing.reading",
    "Finding": "iamlogic.questions.external.finding",
    "FindingKind": "iamlogic.questions.external.finding",
    "OutsiderKind": "iamlogic.questions.external.finding",
    "Zone": "iamlogic.questions.external.zone",
    "ZoneError": "iamlogic.questions.external.zone",
    "Layer": "iamlogic.semantics.decision",
    "Outcome": "iamlogic.semantics.decision",
    "Request": "iamlogic.semantics.request",
    "evaluate": "iamlogic.semantics.evaluation",
    "Policy": "iamlogic.syntax.policy",
    "PolicyKind": "iamlogic.syntax.policy",
    "PolicySet": "iamlogic.syntax.policy_set",
    "PolicySetError": "iamlogic.syntax.policy_set",
    "PolicyType": "iamlogic.syntax.policy_types",
    "Scope": "iamlogic.syntax.scope",
    "format": "iamlogic.syntax.formatter",
    "load": "iamlogic.syntax.documents",
    "parse": "iamlogic.syntax.documents",
}

__all__ = [
    "Access",
    "Account",
    "AccountError",
    "Answer",
    "ArchiveRule",
    "Baseline",
    "BlockPublicAccess",
    "Breach",
    "CheckError",
    "Comparison",
    "Criterion",
    "Decision",
    "Demand",
    "Difference",
    "ExternalAccess",
    "Finding",
    "FindingKind",
    "FindingStatus",
    "Guardrail",
    "Hop",
    "IamlogicError",
    "Identity",
    "InternalError",
    "Judgement",
    "Layer",
    "LayerFinding",
    "MixedKinds",
    "Outcome",
    "OutsiderKind",
    "PlacedPolicy",
    "Policy",
    "PolicyKind",
    "PolicyReadError",
    "PolicySet",
    "PolicySetError",
    "PolicySyntaxError",
    "PolicyType",
    "Preview",
    "Problem",
    "Reason",
    "Region",
    "Relation",
    "Request",
    "RequestError",
    "ReviewSettings",
    "Scope",
    "Settings",
    "SettingsError",
    "Severity",
    "Trial",
    "UnknownAnswer",
    "UnknownPrincipal",
    "UnknownResourceType",
    "Unsupported",
    "Verdict",
    "Where",
    "WhoCan",
    "WrongExample",
    "Zone",
    "ZoneError",
    "accept",
    "always_allows",
    "can",
    "check_access_not_granted",
    "check_guardrails",
    "check_no_new_access",
    "check_no_public_access",
    "compare",
    "evaluate",
    "external_access",
    "format",
    "is_public",
    "judge",
    "load",
    "load_account",
    "load_baseline",
    "load_settings",
    "load_stack",
    "never_allows",
    "parse",
    "preview_external_access",
    "read_sharing",
    "save_baseline",
    "suggested_expiry",
    "to_smtlib",
    "try_guardrail",
    "who_can",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value  # so that the next use finds it without this function
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
