"""A finding in the words of AWS's IAM Access Analyzer: what its JSON and its filter keys call it.

One place for the archive rules, which match by these names, and for the JSON report, which prints
them. Where AWS's form cannot say what a finding says, the name is left out rather than bent: a
condition `NotIpAddress 10.0.0.0/8` has no place in a map from keys to values, where it would read
as its opposite.
"""

from __future__ import annotations

import re
from typing import assert_never

from iamlogic.questions.external.finding import Finding, FindingKind, OutsiderKind
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import OPERATORS, Comparison, SetPrefix
from iamlogic.syntax.policy import Condition, Text

FINDING_TYPES = {
    FindingKind.EXTERNAL_ACCESS: "ExternalAccess",
    FindingKind.CONFUSED_DEPUTY: "ConfusedDeputy",  # ours: AWS reports no services
}
"""AWS's `findingType`."""

PRINCIPAL_MEMBERS = ("AWS", "Federated", "CanonicalUser", "Service")
"""The members that the `principal` of a finding can have, one at a time."""

_SAYS_THE_VALUE = frozenset(
    {Comparison.EQUALS, Comparison.EQUALS_IGNORE_CASE, Comparison.LIKE, Comparison.IN_BLOCK}
)
_ORGANIZATION = "aws:PrincipalOrgID"
_ACCOUNT_OF_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:([0-9]{12}):")
_BUCKET = re.compile(r"(arn:[^:]*:s3:::[^/*?$]+)(?:/.*)?", re.DOTALL)


def analyzer_principal(finding: Finding) -> dict[str, str]:
    """The `principal` of a finding: `{"AWS": "111122223333"}`.

    An organization is everyone, narrowed by `aws:PrincipalOrgID` (see `analyzer_condition`).
    """
    match finding.principal_kind:
        case OutsiderKind.PROVIDER:
            return {"Federated": finding.principal}
        case OutsiderKind.CANONICAL_USER:
            return {"CanonicalUser": finding.principal}
        case OutsiderKind.SERVICE:
            return {"Service": finding.principal}
        case OutsiderKind.EVERYONE | OutsiderKind.ANONYMOUS | OutsiderKind.ORGANIZATION:
            return {"AWS": "*"}
        case (
            OutsiderKind.ACCOUNT
            | OutsiderKind.USER
            | OutsiderKind.ROLE
            | OutsiderKind.ROLE_SESSION
            | OutsiderKind.FEDERATED_USER
            | OutsiderKind.ROOT
            | OutsiderKind.CLOUDFRONT_IDENTITY
        ):
            return {"AWS": finding.principal}
    assert_never(finding.principal_kind)


def analyzer_condition(finding: Finding) -> dict[str, str]:
    """The `condition` of a finding: each key that narrows it, with its value.

    A key on which several conditions stand, or one with several values, has them joined by commas.
    """
    joined: dict[str, tuple[str, list[str]]] = {}
    for condition in narrowing_conditions(finding):
        _, values = joined.setdefault(fold(condition.key), (condition.key, []))
        values += [str(value) for value in condition.values]
    return {key: ", ".join(values) for key, values in joined.values()}


def narrowing_conditions(finding: Finding) -> tuple[Condition, ...]:
    """The conditions that say of a key that it is there, and what its value is.

    Not those that say what it is not (`StringNotEquals`), that it is less or more than a value
    (`DateLessThan`), or that hold where the key is absent (`…IfExists`, `ForAllValues:`, `Null`).
    """
    found = tuple(each for each in finding.conditions if _says_the_value(each))
    if finding.principal_kind is not OutsiderKind.ORGANIZATION:
        return found
    named = (Text(finding.principal),)
    if any(fold(each.key) == fold(_ORGANIZATION) and each.values == named for each in found):
        return found
    return (Condition(OPERATORS["stringequals"], _ORGANIZATION, named), *found)


def _says_the_value(condition: Condition) -> bool:
    operator = condition.operator
    return (
        operator.base.comparison in _SAYS_THE_VALUE
        and not operator.base.negated
        and not operator.if_exists
        and operator.set_prefix is not SetPrefix.FOR_ALL_VALUES
    )


def analyzer_resources(finding: Finding) -> tuple[str, ...]:
    """What AWS names as the `resource`: the bucket, where a finding has patterns of its objects."""
    return tuple(dict.fromkeys(bucket_of(each) or each for each in finding.resources))


def bucket_of(resource: str) -> str | None:
    """The ARN of the one bucket that a pattern speaks of, or of whose objects it does."""
    found = _BUCKET.fullmatch(resource)
    return found[1] if found else None


def owner_account(finding: Finding) -> str | None:
    """The account that owns the resources, None while it is not known.

    It is that of their ARNs, or else the one that the witness is given. Who asks is never taken
    for the owner, though a request without any (R-K4) would have it so.
    """
    in_arns = {_ACCOUNT_OF_ARN.match(resource) for resource in finding.resources}
    accounts = {found[1] if found else None for found in in_arns}
    if accounts == {None}:
        return finding.witness.resource_account if finding.witness else None
    return accounts.pop() if len(accounts) == 1 else None
