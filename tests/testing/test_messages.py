"""What a failed assertion says is as it was when somebody last read it as its user would.

Where a change is meant, `ACCEPT_SNAPSHOTS=1 pytest tests/testing/test_messages.py` writes the new
messages. Read them before they are committed: that they are as they are is all that is tested here.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

import iamlogic as il
from iamlogic.testing import (
    PolicyAssertionError,
    assert_allows,
    assert_always_allows,
    assert_denies,
    assert_equivalent,
    assert_never_allows,
    assert_no_external_access,
    assert_no_wider_than,
    assert_not_public,
)
from iamlogic.testing.loading import policies_at

MESSAGES = Path(__file__).with_name("messages")
POLICIES = Path(__file__).with_name("policies")
EXAMPLES = Path(__file__).parents[2] / "examples"
ALICE = "arn:aws:iam::111122223333:user/alice"
PARTNER = "arn:aws:iam::444455556666:user/bob"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Policies in files, under names that are the same in every run."""
    monkeypatch.chdir(tmp_path)
    for file in POLICIES.iterdir():
        Path(file.name).write_bytes(file.read_bytes())
    wider = (
        Path("bucket.json")
        .read_text(encoding="utf-8")
        .replace('"s3:GetObject"', '["s3:GetObject", "s3:GetObjectVersion"]')
    )
    Path("wider.json").write_text(wider.replace("logging.s3", "ec2"), encoding="utf-8")
    for example in ("guardrail", "guardrails"):
        for file in (EXAMPLES / example).iterdir():
            if file.is_file():
                Path(file.name).write_bytes(file.read_bytes())


def _bucket() -> il.Policy:
    return il.load("bucket.json")


def _role() -> il.Policy:
    return il.load("role.json")


def _template() -> il.PlacedPolicy:
    (found,) = policies_at(["template.yaml"], Path.cwd(), Path.cwd())
    assert isinstance(found.subject, il.PlacedPolicy)
    return found.subject


def _get(who: str = ALICE, key: str = "a", **context: str) -> il.Request:
    named = {name.replace("_", ":"): value for name, value in context.items()}
    return il.Request(who, "s3:GetObject", f"arn:aws:s3:::logs/{key}", named)


FAILING: dict[str, Callable[[], None]] = {
    "never_allows": lambda: assert_never_allows(
        _bucket(), {"Action": "s3:Get*", "Resource": "*"}, principal=PARTNER
    ),
    "never_allows_of_a_stack": lambda: assert_never_allows(
        il.load_stack("before.json"), il.Scope({"Action": "iam:*", "Resource": "*"})
    ),
    "never_allows_of_a_template": lambda: assert_never_allows(
        _template(), {"Action": "s3:GetObject", "Resource": "*"}
    ),
    "never_allows_unknown": lambda: assert_never_allows(
        _bucket(), {"Action": "s3:*", "Resource": "*"}, timeout=0
    ),
    "always_allows": lambda: assert_always_allows(
        _role(), {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}
    ),
    "always_allows_of_a_stack": lambda: assert_always_allows(
        il.load_stack("after.json"), {"Action": "iam:CreateUser", "Resource": "*"}
    ),
    "allows_nothing_near": lambda: assert_allows(
        _role(), il.Request(ALICE, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:jobs")
    ),
    "allows_but_a_condition": lambda: assert_allows(
        _bucket(), _get(aws_PrincipalOrgID="o-other", aws_SecureTransport="true")
    ),
    "allows_but_a_denial": lambda: assert_allows(_role(), _get(key="private/a")),
    "allows_of_a_stack": lambda: assert_allows(
        il.load_stack("after.json"),
        il.Request(ALICE, "iam:CreateUser", "arn:aws:iam::111122223333:user/x"),
    ),
    "allows_of_a_template": lambda: assert_allows(
        _template(),
        il.Request(
            ALICE, "s3:GetObject", "arn:aws:s3:::logs/a", {"aws:PrincipalOrgID": "o-example"}
        ),
    ),
    "denies_a_name_that_nothing_has": lambda: assert_denies(
        _template(),
        il.Request(
            ALICE,
            "s3:GetObject",
            "arn:aws:s3:::<Buckt>/a",
            {"aws:PrincipalOrgID": "<OrganizationId>"},
        ),
    ),
    "denies": lambda: assert_denies(_bucket(), _get(PARTNER, aws_SecureTransport="true")),
    "denies_of_decoded_json": lambda: assert_denies(
        il.parse({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}), _get()
    ),
    "no_wider_than": lambda: assert_no_wider_than(il.load("wider.json"), _bucket()),
    "no_wider_than_unknown": lambda: assert_no_wider_than(
        il.load("wider.json"), _bucket(), timeout=0
    ),
    "equivalent": lambda: assert_equivalent(_role(), il.load("dev.json")),
    "no_external_access": lambda: assert_no_external_access(
        il.load("wider.json"), il.Zone(["111122223333"])
    ),
    "no_external_access_unknown": lambda: assert_no_external_access(
        _bucket(), il.Zone(["111122223333"]), timeout=0
    ),
    "not_public": lambda: assert_not_public(_bucket(), resource_type="AWS::S3::Bucket"),
    "not_public_of_a_template": lambda: assert_not_public(_template()),
    "not_public_unknown": lambda: assert_not_public(_bucket(), timeout=0),
}


@pytest.mark.parametrize("name", FAILING)
def test_a_message_is_as_it_was(name: str) -> None:
    with pytest.raises(PolicyAssertionError) as raised:
        FAILING[name]()
    written = f"{raised.value}\n"
    file = MESSAGES / f"{name}.txt"
    if os.environ.get("ACCEPT_SNAPSHOTS"):
        file.write_text(written, encoding="utf-8", newline="\n")
    assert written == file.read_text(encoding="utf-8")


def test_no_message_is_left_over() -> None:
    assert {file.stem for file in MESSAGES.glob("*.txt")} == set(FAILING)


def test_a_statement_is_shown_in_its_own_words_if_its_file_is_another_by_now() -> None:
    role = il.load("role.json")
    Path("role.json").write_text("\n" * 30, encoding="utf-8")
    with pytest.raises(PolicyAssertionError, match='"arn:aws:s3:::logs/private/\\*"') as raised:
        assert_allows(role, _get(key="private/a"))
    assert " | " not in str(raised.value)
    Path("role.json").unlink()
    with pytest.raises(PolicyAssertionError, match='"arn:aws:s3:::logs/private/\\*"'):
        assert_allows(role, _get(key="private/a"))


def test_of_a_policy_in_one_line_the_statement_is_shown() -> None:
    role = il.load("role.json")
    text = " ".join(Path("role.json").read_text(encoding="utf-8").split())
    Path("one-line.json").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyAssertionError) as raised:
        assert_allows(il.load("one-line.json"), _get(key="private/a"))
    assert '  1 | …{"Sid": "NotThePrivateOnes", "Effect": "Deny"' in str(raised.value)
    assert il.load("one-line.json") == role


@pytest.mark.parametrize(
    "wrong", [None, "bucket.json", {"Statement": []}, il.Scope({"Action": "s3:*"})]
)
def test_what_is_no_policy_is_told(wrong: object) -> None:
    with pytest.raises(TypeError, match=r"no Policy, PolicySet or PlacedPolicy: read it with"):
        assert_never_allows(wrong, {"Action": "*"})  # type: ignore[arg-type]


def test_an_error_of_an_assertion_can_be_sent_between_processes() -> None:
    with pytest.raises(PolicyAssertionError) as raised:
        assert_denies(_bucket(), _get(aws_SecureTransport="true"))
    sent = pickle.loads(pickle.dumps(raised.value))  # noqa: S301  (our own)
    assert str(sent) == str(raised.value)
    assert sent.witness == raised.value.witness


def test_assertions_that_hold_say_nothing() -> None:
    stack, zone = il.load_stack("after.json"), il.Zone(["111122223333"])
    assert_allows(_role(), _get())
    assert_denies(_role(), _get(key="private/a"))
    assert_never_allows(stack, {"Action": "iam:*User*", "Resource": "*"})
    jobs = il.Scope({"Action": "sqs:*", "Resource": "*"})
    assert_always_allows(stack, jobs, principal=ALICE, resource_account="111122223333")
    assert_no_wider_than(_role(), il.load("dev.json"))
    assert_equivalent(_role(), il.parse(il.format(_role())))
    inside = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*"}
    policy = il.parse({"Statement": {**inside, "Resource": "arn:aws:s3:::logs/*"}})
    assert_no_external_access(policy, zone)
    assert_not_public(policy)
    assert_not_public(
        _bucket(),
        block_public_access=il.BlockPublicAccess(restrict_public_buckets=True),
        resource_type="AWS::S3::Bucket",
    )


def _open_queue() -> il.Policy:
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*"}
    return il.parse({"Statement": {**anybody, "Resource": "arn:aws:sqs:*:*:jobs"}})


def test_a_scope_without_requests_asserts_nothing() -> None:
    condition = {"StringEquals": {"aws:username": "a"}, "StringLike": {"aws:username": "b*"}}
    empty = {"Action": "s3:GetObject", "Condition": condition}
    for scope in (empty, {"Action": []}):
        for assert_ in (assert_never_allows, assert_always_allows):
            with pytest.raises(PolicyAssertionError, match=r"nothing is asserted of role\.json"):
                assert_(_role(), scope)


def test_of_a_type_that_nothing_speaks_of_nothing_is_asserted() -> None:
    zone, type_ = il.Zone(["111122223333"]), "AWS::S3::Bucket"
    with pytest.raises(PolicyAssertionError, match=f"no Allow statement is about {type_}"):
        assert_no_external_access(_open_queue(), zone, resource_type=type_)
    with pytest.raises(PolicyAssertionError, match=f"no Allow statement is about {type_}"):
        assert_not_public(_open_queue(), resource_type=type_)
    with pytest.raises(PolicyAssertionError, match="is public"):
        assert_not_public(_open_queue(), resource_type="AWS::SQS::Queue")


@pytest.mark.parametrize("action", ["GetObject", "s3:Get*", " s3:GetObject", "s3:"])
def test_what_is_no_action_is_not_denied_but_wrong(action: str) -> None:
    with pytest.raises(il.RequestError, match="is no action of a request: expected SERVICE:NAME"):
        assert_denies(_role(), il.Request(ALICE, action, "arn:aws:s3:::logs/a"))


def test_what_is_no_resource_or_no_request_is_wrong() -> None:
    with pytest.raises(il.RequestError, match="'logs/a' is no resource of a request"):
        assert_denies(_role(), il.Request(ALICE, "s3:GetObject", "logs/a"))
    with pytest.raises(TypeError, match=r"request is a dict: write iamlogic\.Request"):
        assert_denies(_role(), {"action": "s3:GetObject"})  # type: ignore[arg-type]


def test_a_resource_that_a_template_leaves_open_as_a_whole_can_be_named() -> None:
    template = Path("template.yaml").read_text(encoding="utf-8")
    named = template.replace("arn:aws:s3:::${Bucket}/*", "${Store.Arn}/*")
    Path("open.yaml").write_text(named, encoding="utf-8")
    (found,) = policies_at(["open.yaml"], Path.cwd(), Path.cwd())
    assert isinstance(found.subject, il.PlacedPolicy)
    context = {"aws:PrincipalOrgID": "<OrganizationId>"}
    assert_allows(found.subject, il.Request(ALICE, "s3:GetObject", "<Store.Arn>/a", context))
    with pytest.raises(PolicyAssertionError, match="may or may not"):
        assert_allows(found.subject, il.Request(ALICE, "s3:GetObject", "<Other.Arn>/a", context))


DEPLOYED = """\
Parameters:
  Store: {Type: String}
  Stage: {Type: String}
Conditions:
  IsLive: !Equals [!Ref Stage, live]
Resources:
  Role:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::logs/*"}
          - {Effect: Allow, Action: "s3:PutObject", Resource: !Sub "arn:aws:s3:::${Store}/*"}
          - !If [IsLive, {Effect: Allow, Action: "s3:*", Resource: "*"}, !Ref "AWS::NoValue"]
"""


def _deployed(text: str) -> il.PlacedPolicy:
    Path("deployed.yaml").write_text(text, encoding="utf-8")
    (found,) = policies_at(["deployed.yaml"], Path.cwd(), Path.cwd())
    assert isinstance(found.subject, il.PlacedPolicy)
    return found.subject


def test_a_scope_that_names_what_is_open_asserts_nothing() -> None:
    """The open bucket may be the one of the first statement."""
    deployed = _deployed(DEPLOYED)
    reads = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::<Store>/*"}
    told = "nothing is asserted of deployed.yaml.*: the scope names <Store>, which can have any"
    for assert_ in (assert_never_allows, assert_always_allows):
        with pytest.raises(PolicyAssertionError, match=told):
            assert_(deployed, reads)
    for assert_ in (assert_no_wider_than, assert_equivalent):
        with pytest.raises(PolicyAssertionError, match=told):
            assert_(deployed, deployed, scope=reads)
    key = {"Action": "s3:GetObject", "Condition": {"StringEquals": {"aws:SourceVpc": "<Store>"}}}
    with pytest.raises(PolicyAssertionError, match=told):
        assert_never_allows(deployed, key)
    assert_never_allows(_role(), {**reads, "Resource": "arn:aws:s3:::<Store>/*"})  # a text here


def test_what_is_called_alike_in_two_templates_is_not_the_same_if_it_is_defined_otherwise() -> None:
    deployed = _deployed(DEPLOYED)
    other = _deployed(DEPLOYED.replace("!Ref Stage, live", "!Ref Stage, test"))
    assert_equivalent(deployed, _deployed(DEPLOYED))
    with pytest.raises(PolicyAssertionError, match="allows more than"):
        assert_no_wider_than(deployed, other)
    with pytest.raises(PolicyAssertionError, match=r"differ: deployed\.yaml"):
        assert_equivalent(deployed, other)


def test_what_a_template_denies_for_certain_is_denied_whatever_is_open() -> None:
    denies = '          - {Effect: Deny, Action: "s3:*", Resource: "arn:aws:s3:::logs/private/*"}\n'
    deployed = _deployed(f"{DEPLOYED}{denies}")
    assert_denies(deployed, il.Request(ALICE, "s3:PutObject", "arn:aws:s3:::logs/private/a"))
    with pytest.raises(PolicyAssertionError, match="may or may not deny"):
        assert_denies(deployed, il.Request(ALICE, "s3:PutObject", "arn:aws:s3:::logs/a"))
