"""The filter keys of archive rules: which there are, and what in a rule can never match.

The names are those of AWS's page "IAM Access Analyzer filter keys", with those that AWS has no use
for: `action`, `principal.CanonicalUser` and `principal.Service`. What AWS lists and no finding here
can have is refused, with what to do instead: a rule that never matches is a mistake, and one that
always does since its key is misspelt would hide every finding.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable

from iamlogic.catalog.resource_types import UnknownResourceType, resource_type
from iamlogic.errors import Problem, SettingsError, Where
from iamlogic.questions.external.analyzer_names import FINDING_TYPES, PRINCIPAL_MEMBERS
from iamlogic.syntax.global_keys import MULTIVALUED_KEYS, SINGLE_VALUED_KEYS
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.problems import closest, did_you_mean

CONDITION = "condition."
"""What a condition key's filter key begins with: `condition.aws:SourceIp`."""

PRINCIPALS = tuple(f"principal.{member}" for member in PRINCIPAL_MEMBERS)

FILTER_KEYS = (
    "resource",
    "resourceType",
    "resourceOwnerAccount",
    "isPublic",
    "findingType",
    "action",
    *PRINCIPALS,
)
"""Every filter key that can match, but for those of condition keys."""

_NO_STATUS = "a rule is what gives a finding its status; leave it out"
_NO_PREVIEW = "access previews are no part of archive rules; leave it out"
_NO_DATE = "a finding here has no date; an acceptance in the baseline can expire"
_NEVER = {
    "status": _NO_STATUS,
    "error": "an error stops the run here and is never a finding; leave it out",
    "id": "to accept one finding by its id, put it into the baseline",
    "changeType": _NO_PREVIEW,
    "existingFindingId": _NO_PREVIEW,
    "existingFindingStatus": _NO_PREVIEW,
    "createdAt": _NO_DATE,
    "updatedAt": _NO_DATE,
    "analyzedAt": _NO_DATE,
    "resourceControlPolicyRestriction": "RCPs that are given are part of what is proved here",
    "sources": "a finding names its statements instead; leave it out",
}
"""Filter keys and members of findings that AWS knows and that nothing here can have."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,254}")
_ACCOUNT = re.compile(r"[0-9]{12}")
_ROOT = re.compile(r"arn:[a-z0-9-]+:iam::([0-9]{12}):root")


def account_of_root(arn: str) -> str | None:
    """The account whose root user `arn` names: AWS takes that for the account itself."""
    found = _ROOT.fullmatch(arn)
    return found[1] if found else None


def check_rule(name: str, keys: list[str]) -> None:
    """Raises `SettingsError` unless a rule of this name can have criteria on these keys."""
    if _NAME.fullmatch(name) is None:
        hint = "a letter, then letters, digits, _ . and -, at most 255: the names that AWS takes"
        raise _mistake(f"{quote(name)} is no name of an archive rule", hint)
    if not keys:
        raise _mistake(f"the rule {quote(name)} has no filter: it would archive every finding")
    for key, times in Counter(keys).items():
        if times > 1:
            raise _mistake(f"the rule {quote(name)} has two criteria on {key}", "make them one")


def check_criterion(
    key: str,
    eq: tuple[str, ...],
    neq: tuple[str, ...],
    contains: tuple[str, ...],
    *,
    exists: bool | None,
) -> None:
    """Raises `SettingsError` for a criterion that can never match, or says nothing."""
    check_key(key)
    if not (eq or neq or contains) and exists is None:
        raise _mistake(f"there is no criterion on {key}", "expected eq, neq, contains or exists")
    if "" in (*eq, *neq, *contains):
        raise _mistake(f"a value of {key} is empty: nothing equals it and everything contains it")
    if exists is False and (eq or contains):
        raise _mistake(f"{key} cannot be absent and have a value", "leave out exists")
    if key == "isPublic" and contains:
        raise _mistake("isPublic contains nothing: it is true or false", "write eq")
    for value in (*eq, *neq):
        _check_value(key, value)


def check_key(key: str) -> None:
    """Raises `SettingsError` for a filter key that no finding can have."""
    if key in FILTER_KEYS:
        return
    if key.startswith(CONDITION):
        name = key.removeprefix(CONDITION)
        if re.fullmatch(r"[^\s:]+:\S[^\r\n]*", name) is None:
            hint = f'did you mean "{CONDITION}aws:{name}"?' if name.isalnum() else None
            message = f"{quote(name)} is no condition key: those are as aws:SourceIp"
            raise _mistake(message, hint)
        if meant := _misspelt(fold(name)):
            hint = f'did you mean "{CONDITION}{meant}"?'
            raise _mistake(f"{quote(name)} is no condition key that AWS has", hint)
        return
    if key in _NEVER:
        raise _mistake(f"{key} can never match in an archive rule", _NEVER[key])
    raise _mistake(f"{quote(key)} is no filter key", _instead(key))


def _misspelt(name: str) -> str | None:
    """The global key that is meant by a name but for a letter or two. AWS may add others."""
    known = MULTIVALUED_KEYS | SINGLE_VALUED_KEYS
    if name in known or not name.startswith("aws:"):
        return None
    near = difflib.get_close_matches(name[:64], known, n=1, cutoff=0.9)
    return near[0] if near else None


def _instead(key: str) -> str:
    if ":" in key:
        return f'did you mean "{CONDITION}{key}"?'
    if key in {"principal", "condition"}:
        example = "principal.AWS" if key == "principal" else "condition.aws:SourceIp"
        return f'write one quoted key, as "{example}"'
    near = closest(key, (*FILTER_KEYS, *_NEVER))
    if near in _NEVER:
        return f"if {near} is meant: {_NEVER[near]}"
    expected = f"known are {', '.join(FILTER_KEYS)} and {CONDITION}KEY for any condition key"
    return did_you_mean(key, FILTER_KEYS) or expected


def _check_value(key: str, value: str) -> None:
    """A key with a closed set of values, or values of one form, never equals anything else."""
    match key:
        case "isPublic":
            _one_of(key, value, ("true", "false"))
        case "findingType":
            _one_of(key, value, FINDING_TYPES.values())
        case "resourceType":
            try:
                resource_type(value)
            except UnknownResourceType as error:
                hint = error.hint or "as AWS::S3::Bucket"
                raise _mistake(f"resourceType is never {quote(value)}", hint) from None
        case "resourceOwnerAccount":
            if _ACCOUNT.fullmatch(value) is None:
                raise _mistake(f"{quote(value)} is no account", "an account has 12 digits")
        case "principal.AWS":
            if value.isdecimal() and _ACCOUNT.fullmatch(value) is None:
                raise _mistake(f"{quote(value)} is no account", "an account has 12 digits")


def _one_of(key: str, value: str, known: Iterable[str]) -> None:
    known = tuple(known)
    if value not in known:
        hint = did_you_mean(value, known) or f"it is {' or '.join(known)}"
        raise _mistake(f"{key} is never {quote(value)}", hint)


def _mistake(message: str, hint: str | None = None) -> SettingsError:
    """Without its place, which the reader of a file adds."""
    return SettingsError((Problem(message, Where(("archive",)), hint),))
