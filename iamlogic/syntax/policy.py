"""The typed policy: what `iamlogic.parse` gives, and what everything else reads.

Nodes are immutable, hashable and picklable. Each knows where it stands (`where`), which counts
neither for equality nor for the hash: two texts with the same content are equal policies. One
value and the list of that value are the same node (R-P12), so lists are always tuples here.

The tree says what is *written*; meaning is given in `semantics` and, independently, in `symbolic`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from iamlogic.errors import NOWHERE, Problem, Where
from iamlogic.syntax.operators import Operator


class Effect(Enum):
    """R-P5."""

    ALLOW = "Allow"
    DENY = "Deny"


class Version(Enum):
    """R-P2. Variables exist in V2012 only (R-V2)."""

    V2008 = "2008-10-17"
    V2012 = "2012-10-17"


class PolicyKind(Enum):
    """R-P7: resource-side if a statement names principals, else identity."""

    IDENTITY = "identity policy"
    RESOURCE = "resource policy"


@dataclass(frozen=True, slots=True)
class Variable:
    """`${key}` or `${key, 'default'}` (R-V1, R-V7). `key` as written."""

    key: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Escape:
    """`${*}`, `${?}` or `${$}`: that character itself, never a wildcard (R-V8)."""

    character: str


Template = tuple[str | Variable | Escape, ...]
"""A text with variables, in order. A plain `str` part keeps its `*` and `?` as written."""


@dataclass(frozen=True, slots=True)
class Text:
    """An action, a resource or a condition value as written.

    `template` is set exactly when the text holds `${…}` that the policy's version gives a meaning
    to (R-V1, R-V2); otherwise the text speaks for itself.
    """

    text: str
    template: Template | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[type[Text], tuple[str, Template | None, Where]]:
        return (Text, (self.text, self.template, self.where))


@dataclass(frozen=True, slots=True)
class Actions:
    """`Action` or, negated, `NotAction`."""

    patterns: tuple[Text, ...]
    negated: bool = False
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Resources:
    """`Resource` or, negated, `NotResource`."""

    patterns: tuple[Text, ...]
    negated: bool = False
    where: Where = field(default=NOWHERE, compare=False, repr=False)


class PrincipalForm(Enum):
    """What an entry of `Principal` names (R-P19); the value is the member it stands under."""

    EVERYONE = "everyone"  # "*", or "*" under AWS
    ACCOUNT = "account"  # 111122223333 or arn:aws:iam::111122223333:root
    USER = "user"  # arn:aws:iam::111122223333:user/PATH/NAME
    ROLE = "role"  # arn:aws:iam::111122223333:role/PATH/NAME
    ROLE_SESSION = "role session"  # arn:aws:sts::111122223333:assumed-role/ROLE/SESSION
    FEDERATED_USER = "federated user"  # arn:aws:sts::111122223333:federated-user/NAME
    # arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E…: of no customer's account
    CLOUDFRONT_IDENTITY = "CloudFront identity"
    UNIQUE_ID = "unique id"  # AIDA… of a deleted principal: names nobody
    SERVICE = "service"  # ecs.amazonaws.com
    PROVIDER = "identity provider"  # a SAML or OIDC provider, under Federated
    CANONICAL_USER = "canonical user"  # 64 hexadecimal digits


UNSEEN = frozenset({PrincipalForm.CANONICAL_USER, PrincipalForm.CLOUDFRONT_IDENTITY})
"""Real principals by which no request is written here: whose account it is, no policy says."""


class PrincipalType(Enum):
    """The member of a `Principal` object that an entry stands under; ANY for the bare `"*"`."""

    ANY = "*"
    AWS = "AWS"
    SERVICE = "Service"
    FEDERATED = "Federated"
    CANONICAL_USER = "CanonicalUser"


@dataclass(frozen=True, slots=True)
class Principal:
    """One entry of `Principal` or `NotPrincipal`.

    `account` is the 12 digits where the form has them; `partition` those of an ARN. `name` is what
    comes after the kind: `PATH/NAME` of a user or role, `ROLE/SESSION` of a session, the NAME of a
    federated user; None for every other form.
    """

    type: PrincipalType
    form: PrincipalForm
    text: str
    partition: str | None = None
    account: str | None = None
    name: str | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Principals:
    """`Principal` or, negated, `NotPrincipal`; no entries for an empty object (R-P18)."""

    entries: tuple[Principal, ...]
    negated: bool = False
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator applied to one key. `where` is the key's place. `key` is as written (R-K7)."""

    operator: Operator
    key: str
    values: tuple[Text, ...]
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Statement:
    """R-P4. `principals` is None in identity policies; `resources` None where R-P6 allows it."""

    effect: Effect
    actions: Actions
    resources: Resources | None = None
    principals: Principals | None = None
    conditions: tuple[Condition, ...] = ()
    sid: str | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    # Statements are long and are looked up often: the hash is computed once.
    _hash: int = field(default=0, init=False, compare=False, repr=False)

    def __hash__(self) -> int:
        if not self._hash:
            parts = (self.effect, self.actions, self.resources, self.principals, self.conditions)
            object.__setattr__(self, "_hash", hash((*parts, self.sid)))
        return self._hash

    def __reduce__(self) -> tuple[object, ...]:
        # Without the hash, which another process computes differently.
        parts = (self.effect, self.actions, self.resources, self.principals, self.conditions)
        return (Statement, (*parts, self.sid, self.where))


@dataclass(frozen=True, slots=True)
class Policy:
    """R-P1. `version` is None when the text has none, which means 2008-10-17 (R-P2).

    `warnings` are what a rule accepts "with a warning", in the order of the text; they, like
    positions, do not count for equality.
    """

    statements: tuple[Statement, ...]
    version: Version | None = None
    id: str | None = None
    kind: PolicyKind = PolicyKind.IDENTITY
    file: str | None = field(default=None, compare=False)
    warnings: tuple[Problem, ...] = field(default=(), compare=False, repr=False)
