"""A request: who does what to which resource, in which account and context.

A `Request` that contradicts itself can't be written down: what follows from its fields (R-K6, the
first tier of R-K16) is filled in when the context lacks it, and a context that says otherwise is a
`RequestError`. Any other key that the context lacks is absent. `from_json` and `to_json` fix one
JSON form; `to_python` and `to_aws_cli` write a request down to be kept, and to be put to AWS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, cast

from iamlogic.errors import RequestError
from iamlogic.semantics.context import Context, ContextValue, check_name
from iamlogic.semantics.requester import (
    Requester,
    RequesterKind,
    definitions,
    parse_requester,
)
from iamlogic.syntax.letter_case import fold

if TYPE_CHECKING:
    from iamlogic.syntax.policy import Policy
    from iamlogic.syntax.policy_set import PolicySet

_ACCOUNT = re.compile(r"[0-9]{12}")
_ACCOUNT_OF_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:([0-9]{12}):")
_MEMBERS = ("principal", "action", "resource", "resource_account", "context")


@dataclass(frozen=True, slots=True)
class Request:
    """One request, concretely: immutable, hashable, picklable.

    `principal` has one of the forms of R-K1; `action` and `resource` are any text that is
    not empty; `context` maps condition keys, case ignored, to a text, Boolean, number, datetime
    or a list of them, and holds canonical texts afterwards. `resource_account` is what was given;
    `resource_owner` the account by R-K4, None while unknown. Raises `RequestError`.
    """

    principal: str
    action: str
    resource: str
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    resource_account: str | None = None
    requester: Requester = field(init=False, repr=False, compare=False)
    _values: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for member in ("principal", "action", "resource"):
            check_name(member, getattr(self, member))
        if self.resource_account is not None:
            _check_account(self.resource_account)
        if not isinstance(self.context, Mapping):
            raise RequestError(f"context must be a mapping, not {type(self.context).__name__}")
        context = Context(self.context)
        requester = _with_path(parse_requester(self.principal), context)
        object.__setattr__(self, "context", context)
        object.__setattr__(self, "requester", requester)
        object.__setattr__(self, "_values", _complete(context, requester, self.resource_owner))

    def values(self, key: str) -> tuple[str, ...]:
        """The values of a condition key, derived keys included; `()` when it is absent (R-K9)."""
        return self._values.get(fold(key), ())

    @property
    def resource_owner(self) -> str | None:
        """The resource account (R-K4); None while it is unknown."""
        if self.resource_account is not None:
            return self.resource_account
        in_arn = _ACCOUNT_OF_ARN.match(self.resource)
        return in_arn[1] if in_arn else self.requester.account

    @classmethod
    def from_json(cls, document: str | Mapping[str, object]) -> Request:
        """The request that a JSON text, or the object decoded from one, writes.

        Its members are `principal`, `action`, `resource`, and optionally `resource_account` and
        `context`; any other is a `RequestError`, as is everything else that is malformed.
        """
        members = _decode(document) if isinstance(document, str) else document
        if not isinstance(members, Mapping):
            raise RequestError(f"a request is a JSON object, not {_json_type(members)}")
        for name in members:
            if name not in _MEMBERS:
                raise RequestError(f"{name!r} is no member of a request{_did_you_mean(name)}")
        for name in ("principal", "action", "resource"):
            if name not in members:
                raise RequestError(f"the request has no {name!r}")
        return cls(
            # The constructor checks every type: what stands here is only what the JSON may hold.
            principal=cast("str", members["principal"]),
            action=cast("str", members["action"]),
            resource=cast("str", members["resource"]),
            context=cast("Mapping[str, ContextValue]", members.get("context", {})),
            resource_account=cast("str | None", members.get("resource_account")),
        )

    def to_dict(self) -> dict[str, object]:
        """The JSON form as decoded JSON: what `from_json` reads, with all five members."""
        return {
            "principal": self.principal,
            "action": self.action,
            "resource": self.resource,
            "resource_account": self.resource_account,
            "context": cast("Context", self.context).to_dict(),
        }

    def to_json(self) -> str:
        """The JSON form as text: `from_json(request.to_json())` equals `request`."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)

    def to_python(self) -> str:
        """A Python expression that makes this request, as for `@hypothesis.example(…)`.

        It is laid out as ruff and black do, says only what is not the default, and writes what
        cannot be seen as escapes: `eval(request.to_python(), {"il": iamlogic}) == request`.
        """
        from iamlogic.semantics.request_python import request_python

        return request_python(self)

    def to_aws_cli(self, policy: Policy | PolicySet | None = None) -> str:
        """A command by which AWS itself decides this request under `policy`, a stack or one alone.

        Without one it is about an identity policy in the file `policy.json`, and says all keys that
        the request was given. It is `aws iam simulate-custom-policy`, for a POSIX shell. Raises
        `RequestError` with the reason where AWS's policy simulator cannot be asked the same: it
        takes no session policy, for example, nor a service as the caller.
        """
        from iamlogic.semantics.aws_cli import simulate_command

        return simulate_command(self, policy)


def _check_account(account: object) -> None:
    if not isinstance(account, str) or _ACCOUNT.fullmatch(account) is None:
        raise RequestError(f"resource_account is {account!r}: expected the 12 digits of an account")


def _with_path(requester: Requester, context: Context) -> Requester:
    """R-K2: a session's role has the path that `aws:PrincipalArn` in the context gives it."""
    given = context.get("aws:PrincipalArn")
    if requester.kind is not RequesterKind.ROLE_SESSION or given is None:
        return requester
    role = _role(given[0]) if len(given) == 1 else None
    if role is not None:
        pathed = replace(requester, path=role.path)
        if pathed.principal_arn == role.text:  # the same partition, account and name
            return pathed
    raise RequestError(
        f"the context says aws:PrincipalArn is {_shown(given)}, but {requester.text} is a session "
        f"of a role arn:{requester.partition}:iam::{requester.account}:role/…{requester.name}"
    )


def _role(arn: str) -> Requester | None:
    try:
        requester = parse_requester(arn)
    except RequestError:
        return None
    return requester if requester.kind is RequesterKind.ROLE else None


def _complete(
    context: Context, requester: Requester, owner: str | None
) -> dict[str, tuple[str, ...]]:
    """R-K6: the context with the keys that follow from the request's fields filled in."""
    values = context.folded()
    for key, value in {**definitions(requester), "aws:ResourceAccount": owner}.items():
        given = values.get(fold(key))
        follows = () if value is None else (value,)
        if given is not None and given != follows:
            expected = "has no such key" if value is None else f"has {value!r}"
            hint = "\n    hint: give resource_account" if key == "aws:ResourceAccount" else ""
            raise RequestError(
                f"the context says {key} is {_shown(given)}, but this request by "
                f"{requester.text} {expected}{hint}"
            )
        if follows:
            values[fold(key)] = follows
    return values


def _shown(values: tuple[str, ...]) -> str:
    return repr(values[0]) if len(values) == 1 else repr(list(values))


def _decode(text: str) -> object:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object_without_repeats,
            parse_float=Decimal,
            parse_constant=_no_constant,
        )
    except json.JSONDecodeError as error:
        raise RequestError(
            f"line {error.lineno}, column {error.colno}: this is not JSON: {error.msg}"
        ) from None
    except RecursionError:
        raise RequestError("the request is nested too deeply") from None
    except (ValueError, InvalidOperation):
        raise RequestError("the request has a number with too many digits") from None


def _object_without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members: dict[str, object] = {}
    for name, value in pairs:
        if name in members:
            raise RequestError(f"the member {name!r} occurs twice in one object")
        members[name] = value
    return members


def _no_constant(name: str) -> object:
    raise RequestError(f"{name} is no JSON value")


def _json_type(value: object) -> str:
    names = {str: "a text", list: "a list", bool: "a Boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _did_you_mean(name: object) -> str:
    from difflib import get_close_matches  # only errors need it

    close = get_close_matches(fold(str(name)), _MEMBERS, n=1)
    return f"; did you mean {close[0]!r}?" if close else f": expected {', '.join(_MEMBERS)}"
