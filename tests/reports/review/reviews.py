"""Reviews to report: made of real answers, as a review of a small repository would make them.

`a_review()` has a change of every sort; `hostile_review()` one whose every text is written by an
attacker; `many_changes(n)` a large one; `no_changes()` one of a repository where nothing changed.
"""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256

import iamlogic as il
from iamlogic.errors import Where
from iamlogic.inputs.unresolved.embedded import TemplateDocument
from iamlogic.inputs.unresolved.placeholders import Placeholders
from iamlogic.inputs.unresolved.placing import place_policy
from iamlogic.questions.guardrail import Demand, Guardrail
from iamlogic.questions.review.concerns import unread_notice
from iamlogic.questions.review.notices import Severity
from iamlogic.questions.review.pairing import Pair
from iamlogic.questions.review.placed import PlacedPolicy, Placeholder, PlaceholderKind, Unread
from iamlogic.questions.review.review import Review, ReviewedChange
from iamlogic.questions.review.reviewing import Terms, review_pair
from iamlogic.syntax.json_text import read_json_text
from iamlogic.syntax.policy import Policy, PolicyKind
from iamlogic.syntax.policy_types import PolicyType

Statement = dict[str, object]

ZONE = il.Zone(accounts={"111122223333"})
PARTNER = "arn:aws:iam::444455556666:root"
HOSTILE = (
    "a`|[x](http://evil.example)<img src=x onerror=alert(1)>"
    "\x1b[31m\u202e@team -->${aws:username}\\"
)
HOSTILE_FILE = "policies/a`|b <script>\x07\u202e&?#%41.json"

READ: Statement = {
    "Sid": "ReadLogs",
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:ListBucket"],
    "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"],
}
WRITE: Statement = {
    "Sid": "WriteLogs",
    "Effect": "Allow",
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::logs/*",
}
PASS: Statement = {"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
TRAIL: Statement = {
    "Sid": "KeepTheTrail",
    "Effect": "Deny",
    "Action": "cloudtrail:StopLogging",
    "Resource": "*",
}
OPERATE: Statement = {
    "Sid": "Operate",
    "Effect": "Allow",
    "Action": ["cloudtrail:*", "ec2:StartInstances"],
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}},
}


def share(principal: object, **members: object) -> Statement:
    return {
        "Sid": "Share",
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::logs/*",
        **members,
    }


PASS_ROLE = Guardrail(
    "no-pass-role",
    Demand.NEVER,
    il.Scope({"Action": "iam:PassRole", "Resource": "*"}),
    "no policy lets anyone pass any role",
    where=Where(("guardrails", 0), 12, 1, "iamlogic.toml"),
)
PAYROLL = Guardrail(
    "payroll-stays-inside",
    Demand.NEVER,
    il.Scope({"Action": "s3:*", "Resource": "arn:aws:s3:::payroll-*"}),
    "nobody outside the organization reads payroll",
    severity=Severity.WARNING,
    files=("**/*.yaml",),
    where=Where(("guardrails", 1), 20, 1, "iamlogic.toml"),
)


def policy(file: str, *statements: Statement) -> Policy:
    """A policy read from a text; a Sid that no text can have is set by a program."""
    sids = [str(each["Sid"]) for each in statements]
    written = [
        {**each, "Sid": sid if sid.isalnum() else "Sid"}
        for each, sid in zip(statements, sids, strict=True)
    ]
    text = json.dumps({"Version": "2012-10-17", "Statement": written}, indent=2)
    read = il.parse(text, file=file)
    named = zip(read.statements, sids, strict=True)
    return replace(read, statements=tuple(replace(each, sid=sid) for each, sid in named))


@dataclass(frozen=True)
class Side:
    """A policy on one side of a change, and where it lives; `left_open` is what its texts hold."""

    file: str
    statements: tuple[Statement, ...]
    name: str = ""
    left_open: tuple[Placeholder, ...] = ()

    def placed(self, resource_type: str | None) -> PlacedPolicy:
        if self.left_open:
            return self._of_a_template(resource_type)
        read = policy(self.file, *self.statements)
        type_ = PolicyType.RESOURCE if read.kind is PolicyKind.RESOURCE else PolicyType.IDENTITY
        where = Where((), 1, 1, self.file)
        return PlacedPolicy(
            self.file, self.name, where, read, read, type=type_, resource_type=resource_type
        )

    def _of_a_template(self, resource_type: str | None) -> PlacedPolicy:
        placeholders = Placeholders()
        for each in self.left_open:
            ask = placeholders.condition
            ask = ask if each.kind is PlaceholderKind.CONDITION else placeholders.text
            assert ask(each.name, each.reason, each.where) == each.text
        text = json.dumps({"Version": "2012-10-17", "Statement": list(self.statements)}, indent=2)
        document = TemplateDocument(text, self.file)
        root = read_json_text(text)
        placed = place_policy(
            root, document, placeholders, name=self.name, resource_type=resource_type
        )
        assert isinstance(placed, PlacedPolicy)
        return placed


def change(
    before: Side | None,
    after: Side | None,
    guardrails: tuple[Guardrail, ...] = (),
    *,
    bucket: bool = False,
    timeout: float | None = None,
) -> ReviewedChange:
    """What a review says of the change between two sides."""
    type_ = "AWS::S3::Bucket" if bucket else None
    pair = Pair(*(None if side is None else side.placed(type_) for side in (before, after)))
    found = review_pair(pair, Terms(ZONE, guardrails, timeout=timeout))
    # As from another process, where reviews are made: with its account, and without its solver.
    made: ReviewedChange = pickle.loads(pickle.dumps(found))  # noqa: S301
    return made


def unread(file: str, text: str) -> Unread:
    """What becomes of a text that is no policy."""
    try:
        il.parse(text, file=file)
    except il.PolicySyntaxError as error:
        return Unread(file, "", error.problems[0].where, error, content=text)
    raise AssertionError


def left_open() -> Unread:
    """A policy that is known after the deployment only."""
    where = Where(("Resources", "Table", "Properties", "ResourcePolicy"), 88, 7, "template.yaml")
    name = "Table.ResourcePolicy.PolicyDocument"
    title = f"template.yaml: {name}"
    error = il.PolicyReadError(title, "the policy is not known: Extra is the result of a function")
    return Unread("template.yaml", name, where, error, is_open=True)


BUCKET = Placeholder(
    "Bucket",
    "<Bucket>",
    "a parameter without a default",
    Where(("Parameters", "Bucket"), 4, 3, "template.yaml"),
)
PARTNER_ARN = Placeholder(
    "PartnerArn",
    "<PartnerArn>",
    "a parameter without a default",
    Where(("Parameters", "PartnerArn"), 6, 3, "template.yaml"),
)
TAGS = Placeholder("Tags.Team", "<Tags.Team>", "an attribute that exists after the deployment")
IS_PRODUCTION = Placeholder(
    "IsProduction",
    "<if IsProduction>",
    "a condition on the parameter Stage, which has no default",
    Where(("Conditions", "IsProduction"), 9, 3, "template.yaml"),
    PlaceholderKind.CONDITION,
)


@cache
def a_review() -> Review:
    """One change of every sort, in the order of their files."""
    template = "template.yaml"
    on_bucket = {**READ, "Sid": "ReadData", "Resource": "arn:aws:s3:::<Bucket>/*"}
    tagged = {"StringEquals": {"aws:PrincipalTag/team": "<Tags.Team>"}}
    write = {**WRITE, "Resource": "arn:aws:s3:::<Bucket>/*", "Condition": tagged}
    in_production: Statement = {"Fn::If": ["<if IsProduction>", write, {"Ref": "AWS::NoValue"}]}
    trust: Statement = {
        "Sid": "Assume",
        "Effect": "Allow",
        "Principal": {"AWS": "111122223333"},
        "Action": "sts:AssumeRole",
    }
    broken = unread("policies/broken.json", '{\n  "Statement": [{"Efect": "Allow"}]\n}')
    is_open = left_open()
    changes = (
        change(Side("policies/moved.json", (READ,)), Side("iam/moved.json", (READ,))),
        change(
            Side("policies/app.json", (READ,)),
            Side("policies/app.json", (READ, WRITE, PASS)),
            (PASS_ROLE,),
        ),
        change(Side("policies/ci.json", (READ, WRITE)), Side("policies/ci.json", (READ,))),
        change(
            Side("policies/deploy.json", (READ, OPERATE, TRAIL)),
            Side("policies/deploy.json", (WRITE, OPERATE)),
        ),
        change(None, Side("policies/new.json", (OPERATE,))),
        change(Side("policies/old.json", (WRITE,)), None),
        change(
            Side("policies/reader.json", (READ, WRITE)),
            Side("policies/reader.json", (WRITE, READ)),
        ),
        change(
            Side("policies/slow.json", (READ,)),
            Side("policies/slow.json", (READ, OPERATE)),
            timeout=0,
        ),
        change(
            Side(template, (share({"AWS": "111122223333"}),), "LogBucketPolicy.PolicyDocument"),
            Side(template, (share("*"),), "LogBucketPolicy.PolicyDocument"),
            bucket=True,
        ),
        change(
            Side(template, (share({"AWS": "111122223333"}),), "PartnerBucketPolicy.PolicyDocument"),
            Side(
                template,
                (share({"AWS": ["111122223333", PARTNER]}),),
                "PartnerBucketPolicy.PolicyDocument",
            ),
            bucket=True,
        ),
        change(
            Side(template, (trust,), "PartnerRole.AssumeRolePolicyDocument"),
            Side(
                template,
                ({**trust, "Principal": {"AWS": "<PartnerArn>"}},),
                "PartnerRole.AssumeRolePolicyDocument",
                (PARTNER_ARN,),
            ),
        ),
        change(
            Side(template, (on_bucket,), "ReaderPolicy.PolicyDocument", (BUCKET,)),
            Side(
                template,
                (on_bucket, in_production),
                "ReaderPolicy.PolicyDocument",
                (BUCKET, TAGS, IS_PRODUCTION),
            ),
            (PAYROLL,),
        ),
    )
    return Review(
        base="main (1a2b3c4)",
        head="the working tree",
        changes=changes,
        unread=(broken, is_open),
        unread_notices=(
            unread_notice(broken, was_read=True),
            unread_notice(is_open, was_read=False),
        ),
        files=17,
        unchanged=23,
        guardrails=2,
        remarks=("the history is shallow: renames further back are not seen",),
    )


@cache
def hostile_review() -> Review:
    """Every text that a pull request can write is an attack on somebody's terminal or browser."""
    sid = {**READ, "Sid": HOSTILE, "Resource": [f"arn:aws:s3:::{HOSTILE}/*", "arn:aws:s3:::```"]}
    guardrail = replace(PASS_ROLE, name=HOSTILE, message=HOSTILE)
    broken = unread(HOSTILE_FILE, f'{{"{json.dumps(HOSTILE)[1:-1]}": 1}}')
    changes = (
        change(None, Side(HOSTILE_FILE, (sid, PASS), HOSTILE), (guardrail,)),
        change(
            Side(HOSTILE_FILE, (), "x"),
            Side(HOSTILE_FILE, (share({"AWS": PARTNER}, Sid=HOSTILE),), "x"),
            bucket=True,
        ),
        hostile_template(),
    )
    of_it = unread_notice(broken, was_read=False)
    return Review(HOSTILE, HOSTILE, changes, (broken,), (of_it,), 1, 0, 1, (HOSTILE,))


def hostile_template() -> ReviewedChange:
    """A placeholder's name and reason are the template's words, too."""
    text = f"<{HOSTILE}>"
    made = Placeholder(HOSTILE, text, f"a parameter called {HOSTILE}", Where((HOSTILE,), 1, 1, "t"))
    left_open = (BUCKET,)
    statement = {**READ, "Resource": "arn:aws:s3:::<Bucket>/*"}
    found = change(None, Side("t.yaml", (statement,), HOSTILE, left_open))
    assert found.after is not None
    notices = tuple(replace(each, depends_on=(HOSTILE,)) for each in found.notices)
    return replace(found, after=replace(found.after, placeholders=(made,)), notices=notices)


def no_changes() -> Review:
    """Nothing that any policy says is otherwise than it was."""
    return Review("main (1a2b3c4)", "the working tree", files=3, unchanged=3)


@cache
def many_changes(count: int) -> Review:
    """A large review: as many changes, every sort among them; each is compared once and copied."""
    sorts = a_review().changes
    changes = []
    for number in range(count):
        sort = sorts[number % len(sorts)]
        file = f"accounts/{number:05}/policy.json"
        before, after = (
            None if each is None else replace(each, file=file) for each in (sort.before, sort.after)
        )
        notices = tuple(
            replace(
                each,
                policy=file,
                where=replace(each.where, file=file),
                fingerprint=sha256(f"{each.fingerprint}{number}".encode()).hexdigest()[:24],
            )
            for each in sort.notices
        )
        changes.append(replace(sort, before=before, after=after, notices=notices))
    return replace(a_review(), changes=tuple(changes), files=count)
