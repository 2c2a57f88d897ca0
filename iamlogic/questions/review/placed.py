"""`PlacedPolicy`: a policy where it really lives, in a file, a template or a plan.

A template leaves values open until it is deployed: the name of a bucket that does not exist yet, a
parameter that somebody will type in. Such a value is a `Placeholder`. The policy is kept in two
readings: in `policy` each placeholder is a text of its own that occurs nowhere else, which is what
people want to see; `for_any` leaves open whatever hangs on one, so that what is proved of it holds
for every value that the placeholders can have.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from iamlogic.errors import NOWHERE, IamlogicError, Where
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_types import PolicyType

UNKNOWN_ARN = "arn:aws:unknown:::"
"""What a resource starts with of which not even the service is known: `<QueueArn>` alone."""


class PlaceholderKind(Enum):
    """What is left open; the value is how people call it."""

    VALUE = "value"
    """Any text, number or list: a parameter, an attribute, the result of a function."""
    ACCOUNT = "account"
    """The account of the deployment itself, which belongs to the zone of trust."""
    REGION = "region"
    """The region of the deployment: one part of an ARN, without colons."""
    CONDITION = "condition"
    """Whether something is there at all."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value that is not known before the deployment.

    `name` is what the template calls it (`PartnerArn`, `aws_s3_bucket.logs.arn`); `text` is what
    stands for it in texts (`<PartnerArn>`); `reason` says why it is not known, as the rest of the
    sentence "PartnerArn is …": "a parameter without a default". `where` is where it is used first.
    `meaning` is what is known of where its value comes from: the definition of a condition, or of
    what is looked up. With another one, a placeholder of the same name has another value.
    """

    name: str
    text: str
    reason: str
    where: Where = NOWHERE
    kind: PlaceholderKind = PlaceholderKind.VALUE
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class PlacedPolicy:
    """A policy and where it lives.

    `name` tells it from the other policies of its `file`: the way to it there
    (`LogBucketPolicy.PolicyDocument`), empty where the file is the policy. `where` is where it
    starts. `type` and `resource_type` (as AWS names it, of those that iamlogic knows) are what its
    place says of it, None where it says nothing. `account` is the account of the deployment, where
    the template speaks of it; a stand-in if nobody knows it. `attached` says to what the policy is
    attached, as far as its place does: `Roles: deployer`. `condition` says when it is there at all;
    empty: always.
    """

    file: str
    name: str
    where: Where
    policy: Policy
    for_any: Policy
    placeholders: tuple[Placeholder, ...] = ()
    type: PolicyType | None = None
    resource_type: str | None = None
    account: str | None = None
    attached: frozenset[str] = frozenset()
    condition: str = ""

    @property
    def title(self) -> str:
        """What people call it: the file, and the place in it."""
        return f"{self.file}: {self.name}" if self.name else self.file


@dataclass(frozen=True, slots=True)
class Unread:
    """A policy, or a whole file (`name` is empty then), that could not be read, and why.

    `is_open` says that it is all right as a text, but that its meaning is left open as a whole: a
    policy that is known after the deployment only. `content` tells whether it is as it was: it is
    the same for the same text, whatever that may be; empty where nobody can tell.
    """

    file: str
    name: str
    where: Where
    error: IamlogicError
    is_open: bool = False
    content: str = ""

    @property
    def title(self) -> str:
        """What people call it: the file, and the place in it."""
        return f"{self.file}: {self.name}" if self.name else self.file


@dataclass(frozen=True, slots=True)
class Found:
    """What the search through a file, or a module of several files, found; in their order."""

    policies: tuple[PlacedPolicy, ...] = ()
    unread: tuple[Unread, ...] = ()

    def __add__(self, other: Found) -> Found:
        return Found((*self.policies, *other.policies), (*self.unread, *other.unread))
