"""`Notice`: one thing about a changed policy that somebody should know.

Machines read notices: they are the results in SARIF, the failures in JUnit, the issues of GitLab,
and the exit code follows from them. People are shown the whole change beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from iamlogic.errors import Where
from iamlogic.semantics.request import Request


class Topic(Enum):
    """What a notice is about; the value is its name for `--fail-on`."""

    GUARDRAIL = "guardrail"
    PUBLIC = "public"
    EXTERNAL = "external"
    DEPUTY = "confused-deputy"
    GAINED = "gained"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"


class Severity(Enum):
    """How grave a notice is, as SARIF and code review tools tell apart."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know.

    `message` is one sentence; `detail` may say more, a line each. `where` is the place in the file
    that it is about (a statement, where there is one). `witness` is a request that shows it.
    `policy` is the title of the policy. `depends_on` names the placeholders on whose value it
    depends whether it is so: with any, it is possible, without, it is proved. `fingerprint` is the
    same for the same thing in the next run, wherever its lines have moved. `rule` is the
    guardrail's name, and for the other topics the topic's.

    For a topic that could not be decided, `topic` is UNKNOWN and `about` that topic; None where
    nothing is known of the policy, which may be so of every topic then.
    """

    topic: Topic
    severity: Severity
    message: str
    policy: str
    where: Where
    fingerprint: str
    rule: str
    witness: Request | None = None
    detail: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    about: Topic | None = None
