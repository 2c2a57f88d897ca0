"""Words that a person would expect to see in an example request.

Any word that fits is a proof; `arn:aws:s3:::logs/a` is one that people read. These suggestions are
tried before the automata are asked for a shortest word, and decide nothing: the theory checks each
against every language. Accounts, names and hosts are the ones that AWS's documentation uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from iamlogic.symbolic.languages import Glob, Language, Word, glob, matches
from iamlogic.symbolic.requester import RESOURCE_ACCOUNT, SEPARATOR, Kind, kind_of
from iamlogic.symbolic.symbolizer import ACTION, REQUESTER, RESOURCE
from iamlogic.syntax.letter_case import fold

OUR_ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"

_ACTIONS: dict[str, tuple[str, ...]] = {
    "s3": ("GetObject", "PutObject", "ListBucket", "DeleteObject"),
    "ec2": ("DescribeInstances", "RunInstances", "TerminateInstances", "CreateTags"),
    "iam": ("PassRole", "GetUser", "CreateUser", "ListUsers", "AttachRolePolicy"),
    "sts": ("AssumeRole", "GetCallerIdentity"),
    "kms": ("Decrypt", "Encrypt", "GenerateDataKey", "CreateGrant", "DescribeKey"),
    "lambda": ("InvokeFunction", "GetFunction", "CreateFunction", "ListFunctions"),
    "dynamodb": ("GetItem", "PutItem", "Query", "DescribeTable", "ListTables"),
    "sqs": ("SendMessage", "ReceiveMessage", "GetQueueUrl"),
    "sns": ("Publish", "Subscribe", "ListTopics"),
    "secretsmanager": ("GetSecretValue", "CreateSecret", "ListSecrets", "DescribeSecret"),
    "ssm": ("GetParameter", "PutParameter", "DescribeParameters", "StartSession"),
    "logs": ("PutLogEvents", "GetLogEvents", "CreateLogGroup", "DescribeLogGroups"),
    "cloudwatch": ("GetMetricData", "PutMetricData", "ListMetrics", "DescribeAlarms"),
    "cloudtrail": ("StopLogging", "LookupEvents", "DescribeTrails"),
    "ecr": ("GetDownloadUrlForLayer", "PutImage", "DescribeRepositories"),
    "rds": ("DescribeDBInstances", "CreateDBInstance", "DeleteDBInstance"),
    "organizations": ("DescribeOrganization", "ListAccounts", "LeaveOrganization"),
    "cloudformation": ("DescribeStacks", "CreateStack", "DeleteStack"),
}
"""Common actions, for patterns that no action named in the policies matches."""

_RESOURCES = {
    "s3": "arn:aws:s3:::example/a",
    "iam": f"arn:aws:iam::{OUR_ACCOUNT}:role/example",
    "sts": f"arn:aws:iam::{OUR_ACCOUNT}:role/example",
    "ec2": f"arn:aws:ec2:us-east-1:{OUR_ACCOUNT}:instance/i-1234567890abcdef0",
    "kms": f"arn:aws:kms:us-east-1:{OUR_ACCOUNT}:key/example",
    "lambda": f"arn:aws:lambda:us-east-1:{OUR_ACCOUNT}:function:example",
    "dynamodb": f"arn:aws:dynamodb:us-east-1:{OUR_ACCOUNT}:table/example",
}

_REQUESTERS = (
    "arn:aws:iam::{}:user/alice" + SEPARATOR,
    "arn:aws:iam::{}:role/app" + SEPARATOR + "session",
    "arn:aws:sts::{}:federated-user/alice" + SEPARATOR,
    "arn:aws:iam::{}:root" + SEPARATOR,
)
_OUTSIDERS = ("anonymous", "ec2.amazonaws.com", "accounts.google.com")

_USUAL = {
    "aws:principalorgid": ("o-a1b2c3d4e5", "o-f6a7b8c9d0"),
    "aws:principalorgpaths": ("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/",),
    "aws:sourceorgid": ("o-a1b2c3d4e5",),
    "aws:sourceaccount": (OTHER_ACCOUNT, "777788889999"),
    "aws:sourcearn": (f"arn:aws:sns:us-east-1:{OTHER_ACCOUNT}:example",),
    "aws:sourceip": ("203.0.113.7", "198.51.100.7"),
    "aws:sourcevpc": ("vpc-1a2b3c4d",),
    "aws:sourcevpce": ("vpce-1a2b3c4d",),
}
"""What values of some keys look like."""

_VALUES = ("a", "b", "example", "example-1")


_SPELLED = {
    fold(name): name
    for name in (
        *(
            f"aws:{side}Org{part}"
            for side in ("Principal", "Resource", "Source")
            for part in ("ID", "Paths")
        ),
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceIp",
        "aws:SourceVpce",
        "aws:SourceVpc",
        "aws:VpcSourceIp",
        "aws:SourceOwner",
        "aws:ViaAWSService",
        "aws:SecureTransport",
    )
}
"""Keys that a witness can have though no policy names them: facts lead to them."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What a question is about, so that examples come from it.

    `actions` and `resources` are patterns as written; `accounts` those that the policies name;
    `requesters` are strings of `symbolic.requester` that it is probably about.
    """

    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    requesters: tuple[str, ...] = ()


@dataclass(slots=True)
class Suggestions:
    """Suggests words for variables, after the `hints` of the question being asked.

    Actions and key names are folded in the symbolic request; `spelled` gives them back as the
    policies write them. `kinds` are those of the question's requesters.
    """

    hints: Hints = field(default_factory=Hints)
    kinds: frozenset[Kind] = frozenset(Kind)
    _spelling: dict[str, str] = field(default_factory=dict)

    def usual_requester(self) -> str:
        """The requester that one expects, of those whom the question is about."""
        likely = _requesters(self.hints.accounts)
        return next(each for each in likely if kind_of(each) in self.kinds)

    def usual_value(self, key: str) -> str:
        """What one expects of a key, where any value will do."""
        return _USUAL.get(key, _VALUES)[0]

    def usual_resource(self, action: str) -> str:
        """The resource that one expects with an action."""
        return _usual_resource(action.partition(":")[0].lower())

    def learn(self, names: Iterable[str]) -> None:
        """How the policies write actions or condition keys."""
        for name in names:
            self._spelling.setdefault(fold(name), name)

    def about(self, hints: Hints) -> None:
        self.hints = hints
        self.learn(hints.actions)

    def __call__(self, variable: str, inside: list[Language]) -> Iterator[str]:
        if variable == ACTION:
            yield from self._folded_actions()
        elif variable == RESOURCE:
            yield from _resources(self.hints, inside)
        elif variable == REQUESTER:
            yield from self.hints.requesters
            yield from _requesters(self.hints.accounts)
            yield from (_plainer(part.text) for part in inside if isinstance(part, Word))
        elif variable in (RESOURCE_ACCOUNT, "aws:principalaccount"):
            yield from (OUR_ACCOUNT, *self.hints.accounts, OTHER_ACCOUNT)
        else:
            yield from _USUAL.get(variable, ())
            globs = (part.text for part in inside if isinstance(part, Glob))
            yield from (example_resource(text, "s3", "a") for text in globs)
            yield from _VALUES

    def spelled(self, name: str) -> str:
        """The name as some policy writes it, or as AWS does."""
        return self._spelling.get(name) or _SPELLED.get(name, name)

    def knows(self, name: str) -> bool:
        """Whether the spelling of an action or key has been learnt."""
        return name in self._spelling

    def _folded_actions(self) -> Iterator[str]:
        for action in _actions(self.hints.actions):
            self.learn([action])
            yield fold(action)
        if not self.hints.actions:
            for action in _common_actions():
                self.learn([action])
                yield fold(action)


def _common_actions() -> Iterator[str]:
    for service, names in _ACTIONS.items():
        yield from (f"{service}:{name}" for name in names)


def _actions(patterns: Iterable[str]) -> Iterator[str]:
    for pattern in patterns:
        if "*" not in pattern and "?" not in pattern:
            yield pattern
            continue
        service, _, name = pattern.partition(":")
        known = _ACTIONS.get(service.lower(), ())
        language = glob(fold(name))
        yield from (f"{service}:{each}" for each in known if matches(language, fold(each)))
        if service == "*":
            yield from _common_actions()
        elif ":" in pattern:
            yield f"{service}:{_fill(name, 'Resource')}"


def _resources(hints: Hints, inside: list[Language]) -> Iterator[str]:
    service = "s3"
    for action in hints.actions:
        service = action.partition(":")[0].lower()
        break
    patterns = [p.text for p in inside if isinstance(p, Glob | Word)]
    if hints.resources and not any("${" in each for each in hints.resources):
        patterns = list(hints.resources)
    for pattern in patterns:
        if pattern != "*":
            yield example_resource(pattern, service, "a")
            yield example_resource(pattern, service, "b")
    if "*" not in service:
        yield _usual_resource(service)
    yield _RESOURCES["s3"]


def _usual_resource(service: str) -> str:
    return _RESOURCES.get(service, f"arn:aws:{service}:us-east-1:{OUR_ACCOUNT}:example")


_SEGMENTS = 6
_SEGMENT_EXAMPLES = ("arn", "aws", "", "us-east-1", OUR_ACCOUNT, "example")


def example_resource(pattern: str, service: str, filler: str) -> str:
    """A pattern's wildcards filled in, in an ARN as the wildcard's place suggests."""
    if not pattern.startswith("arn:"):
        return _fill(pattern, filler)
    segments = pattern.split(":", _SEGMENTS - 1)
    if len(segments) < _SEGMENTS and "*" in pattern and not pattern.endswith("*"):
        # A star in the middle runs over colons: it stands for the segments that are missing.
        before, _, after = pattern.partition("*")
        missing = ":".join(["*"] * (_SEGMENTS - len(segments)))
        segments = f"{before}*:{missing}{after}".split(":", _SEGMENTS - 1)
    elif len(segments) < _SEGMENTS and pattern.endswith("*"):
        segments += ["*"] * (_SEGMENTS - len(segments))
    filled = []
    for segment, usual in zip(segments, _SEGMENT_EXAMPLES, strict=False):
        if segment == "*":
            filled.append(usual or service)
        elif usual and matches(glob(segment), usual):
            filled.append(usual)
        else:
            filled.append(_fill(segment, filler))
    return ":".join(filled)


def _fill(pattern: str, filler: str) -> str:
    return pattern.replace("*", filler).replace("?", "a")


def _plainer(requester: str) -> str:
    """A requester that the automata found, with an account and a path that people expect."""
    return requester.replace("000000000000", OUR_ACCOUNT).replace("//", "/")


def _requesters(accounts: tuple[str, ...]) -> Iterator[str]:
    for account in (OUR_ACCOUNT, *accounts, OTHER_ACCOUNT):
        for form in _REQUESTERS:
            yield form.format(account)
    for outsider in _OUTSIDERS:
        yield outsider + SEPARATOR
