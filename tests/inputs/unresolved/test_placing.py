"""A tree that a template left open becomes a policy in two readings."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

import iamlogic as il
from iamlogic.inputs.unresolved.placeholders import Deployment, Placeholders
from iamlogic.inputs.unresolved.placing import MOST_STATEMENTS, place_policy
from iamlogic.questions.review.placed import PlacedPolicy, PlaceholderKind, Unread
from iamlogic.syntax.json_text import read_json_text
from iamlogic.syntax.policy_types import PolicyType
from iamlogic.syntax.problems import Document

Json = dict[str, object]
NOTHING = {"Ref": "AWS::NoValue"}
ALLOW: Json = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}


def place(
    root: object, type_: PolicyType | None = None, deployment: Deployment | None = None
) -> PlacedPolicy | Unread:
    placeholders = Placeholders(deployment)
    for name in ("X", "Y"):
        assert placeholders.text(name, f"what {name} will be") == f"<{name}>"
    for name in "ABCDEFG":
        placeholders.condition(name, "a condition")
    text = json.dumps(root, indent=1)
    document = Document(text, "t.json")
    return place_policy(read_json_text(text), document, placeholders, name="P", type_=type_)


def policy(*statements: object, **members: object) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements), **members}


def placed(root: object, type_: PolicyType | None = None) -> PlacedPolicy:
    found = place(root, type_)
    assert isinstance(found, PlacedPolicy), found
    return found


def unread(root: object, type_: PolicyType | None = None) -> Unread:
    found = place(root, type_)
    assert isinstance(found, Unread), found
    return found


def written(reading: il.Policy) -> list[Json]:
    statements: list[Json] = json.loads(il.format(reading))["Statement"]
    return statements


def either(condition: str, yes: object, no: object) -> Json:
    return {"Fn::If": [f"<if {condition}>", yes, no]}


def guards(statement: Json) -> dict[str, object]:
    conditions = statement.get("Condition", {})
    assert isinstance(conditions, dict)
    return {
        f"{operator} {key.removeprefix('iamlogic:open/')}": value
        for operator, keys in conditions.items()
        for key, value in keys.items()
        if key.startswith("iamlogic:open/")
    }


SOME, NONE = "ForAnyValue:StringEquals", "ForAllValues:StringNotEquals"


def test_a_policy_without_placeholders_has_one_reading() -> None:
    found = placed(policy(ALLOW))
    assert found.policy == found.for_any == il.parse(policy(ALLOW))
    assert found.placeholders == ()
    assert found.account is None


def test_a_name_in_a_text_is_kept_in_one_reading_and_any_text_in_the_other() -> None:
    found = placed(policy({**ALLOW, "Resource": "arn:aws:s3:::<X>/*"}))
    assert [each.name for each in found.placeholders] == ["X"]
    assert written(found.policy)[0]["Resource"] == "arn:aws:s3:::<X>/*"
    (opened,) = written(found.for_any)
    assert opened["Resource"] == "arn:aws:s3:::*/*"
    assert guards(opened) == {f"{SOME} Resource": "arn:aws:s3:::<X>/*"}


def test_known_entries_stand_without_the_guard() -> None:
    found = placed(policy({**ALLOW, "Action": ["s3:GetObject", "s3:<X>"]}))
    known, opened = written(found.for_any)
    assert (known["Action"], opened["Action"]) == ("s3:GetObject", "s3:*")
    assert guards(known) == {}


@pytest.mark.parametrize(
    ("element", "value", "left", "subject"),
    [
        ("NotAction", ["s3:*", "<X>"], ("NotAction", "s3:*"), "Action"),
        ("NotAction", "<X>", ("Action", "*"), "Action"),
        ("NotResource", ["arn:aws:s3:::a", "<X>"], ("NotResource", "arn:aws:s3:::a"), "Resource"),
        ("NotResource", "arn:aws:s3:::<X>", ("Resource", "*"), "Resource"),
    ],
)
def test_of_what_is_not_meant_nothing_open_may_match(
    element: str, value: object, left: tuple[str, str], subject: str
) -> None:
    statement = {k: v for k, v in ALLOW.items() if not element.endswith(k)} | {element: value}
    (opened,) = written(placed(policy(statement)).for_any)
    assert opened[left[0]] == left[1]
    assert list(guards(opened)) == [f"{NONE} {subject}"]


@pytest.mark.parametrize(
    ("principal", "reading"),
    [
        ({"AWS": "arn:aws:iam::111122223333:role/<X>"}, "arn:aws:iam::111122223333:role/<X>/X"),
        ({"AWS": "arn:aws:iam::111122223333:user/a/<X>"}, "arn:aws:iam::111122223333:user/a/<X>/X"),
        ({"AWS": "arn:aws:iam::111122223333:role/<X>/n"}, "arn:aws:iam::111122223333:role/<X>/n"),
    ],
)
def test_a_role_or_user_with_an_open_name_is_one_of_its_account(
    principal: Json, reading: str
) -> None:
    found = placed(policy({**ALLOW, "Principal": principal}))
    assert written(found.policy)[0]["Principal"] == {"AWS": reading}
    (opened,) = written(found.for_any)
    assert opened["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}


@pytest.mark.parametrize(
    "principal",
    [
        "<X>",
        {"AWS": "<X>"},
        {"AWS": "arn:aws:iam::<X>:root"},
        {"AWS": "arn:<X>:iam::111122223333:role/r"},
        {"Service": "<X>.amazonaws.com"},
        {"Federated": "<X>"},
        {"CanonicalUser": "<X>"},
    ],
)
def test_a_principal_of_which_nobody_knows_who_it_is_may_be_everybody(principal: object) -> None:
    found = placed(policy({**ALLOW, "Principal": principal}))
    for reading in (found.policy, found.for_any):
        (statement,) = written(reading)
        assert statement["Principal"] == "*"
        assert f"{SOME} Principal" in guards(statement)


def test_known_principals_stand_without_the_guard() -> None:
    principal = {"AWS": ["111122223333", "<X>"], "Service": "sns.amazonaws.com"}
    known, opened = written(placed(policy({**ALLOW, "Principal": principal})).policy)
    assert known["Principal"] == {"AWS": "111122223333", "Service": "sns.amazonaws.com"}
    assert guards(known) == {}
    assert opened["Principal"] == "*"


def test_whom_an_open_not_principal_spares_is_left_open() -> None:
    statement = {**ALLOW, "Effect": "Deny", "NotPrincipal": {"AWS": ["111122223333", "<X>"]}}
    (reading,) = written(placed(policy(statement)).policy)
    assert reading["NotPrincipal"] == {"AWS": "111122223333"}
    assert list(guards(reading)) == [f"{NONE} NotPrincipal <X>, Deny"]


@pytest.mark.parametrize(
    "condition",
    [
        {"NumericLessThan": {"s3:max-keys": "<X>"}},
        {"Bool": {"aws:SecureTransport": "<X>"}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "<X>"]}},
        {"DateLessThan": {"aws:CurrentTime": "<X>"}},
        {"StringEquals": "<X>"},
        "<X>",
    ],
)
def test_a_condition_whose_value_is_no_text_is_left_open_in_both_readings(
    condition: object,
) -> None:
    found = placed(policy({**ALLOW, "Condition": condition}))
    for reading in (found.policy, found.for_any):
        (statement,) = written(reading)
        ((subject, value),) = guards(statement).items()
        assert subject.startswith(f"{SOME} Condition")
        assert value == "holds"


def test_an_open_key_of_a_condition_is_left_open() -> None:
    condition = {"StringEquals": {"<X>:sub": "system:serviceaccount:a:b"}}
    found = placed(policy({**ALLOW, "Condition": condition}))
    assert written(found.policy)[0]["Condition"] == condition
    assert len(guards(written(found.for_any)[0])) == 1


def test_an_open_effect_is_one_of_two() -> None:
    found = placed(policy({**ALLOW, "Effect": "<X>"}))
    statements = written(found.policy)
    assert [each["Effect"] for each in statements] == ["Allow", "Deny"]
    assert [next(iter(guards(each))).split()[0] for each in statements] == [SOME, NONE]


@pytest.mark.parametrize(
    ("type_", "members"),
    [
        (PolicyType.IDENTITY, {"Effect", "Action", "Resource", "Condition"}),
        (PolicyType.RESOURCE, {"Effect", "Action", "Resource", "Principal", "Condition"}),
        (PolicyType.TRUST, {"Effect", "Action", "Principal", "Condition"}),
    ],
)
def test_an_open_statement_may_allow_or_deny_anything(type_: PolicyType, members: set[str]) -> None:
    found = placed(policy("<X>"), type_)
    allow, deny = written(found.policy)
    assert (allow["Effect"], deny["Effect"]) == ("Allow", "Deny")
    assert set(allow) == set(deny) == members


def test_a_choice_between_statements_is_both_under_guards() -> None:
    found = placed(policy(either("A", ALLOW, {**ALLOW, "Action": "s3:*"})))
    first, second = written(found.policy)
    assert guards(first) == {f"{SOME} <if A>": "holds"}
    assert guards(second) == {f"{NONE} <if A>": "holds"}


def test_a_choice_inside_a_statement_makes_two_of_it() -> None:
    resource = either("A", "arn:aws:s3:::a", ["arn:aws:s3:::b", "arn:aws:s3:::c"])
    first, second = written(placed(policy({**ALLOW, "Sid": "S", "Resource": resource})).policy)
    assert first["Resource"] == "arn:aws:s3:::a"
    assert second["Resource"] == ["arn:aws:s3:::b", "arn:aws:s3:::c"]
    assert first["Sid"] == second["Sid"] == "S"


def test_one_condition_decides_alike_wherever_it_stands() -> None:
    nested = either("A", {**ALLOW, "Action": either("A", "s3:a", "s3:b")}, NOTHING)
    (statement,) = written(placed(policy(nested)).policy)
    assert statement["Action"] == "s3:a"


def test_a_choice_of_nothing_takes_the_member_or_item_away() -> None:
    condition = either("A", {"Bool": {"aws:SecureTransport": "true"}}, NOTHING)
    first, second = written(placed(policy({**ALLOW, "Condition": condition})).policy)
    assert "Bool" in str(first)
    assert "Bool" not in str(second)
    listed = {**ALLOW, "Resource": ["arn:aws:s3:::a", either("A", "arn:aws:s3:::b", NOTHING)]}
    first, second = written(placed(policy(listed)).policy)
    assert second["Resource"] == "arn:aws:s3:::a"


def test_a_choice_between_lists_of_statements_or_whole_policies_is_taken_apart() -> None:
    lists = {"Version": "2012-10-17", "Statement": either("A", [ALLOW, ALLOW], ALLOW)}
    assert len(written(placed(lists).policy)) == 3
    whole = either("A", policy(ALLOW), policy(ALLOW, ALLOW))
    assert len(written(placed(whole).policy)) == 3


def test_a_policy_that_is_there_or_not_has_its_statements_under_the_guard() -> None:
    (statement,) = written(placed(either("A", policy(ALLOW), NOTHING)).policy)
    assert guards(statement) == {f"{SOME} <if A>": "holds"}


@pytest.mark.parametrize(
    ("root", "reason"),
    [
        ("<X>", "what X will be"),
        (either("A", policy(ALLOW), {**policy(ALLOW), "Version": "2008-10-17"}), "version"),
        (policy({**ALLOW, "Resource": [either(c, f"arn:{c}", NOTHING) for c in "ABCDEFG"]}), "7"),
        (NOTHING, "there is none"),
    ],
)
def test_what_is_too_open_to_say_anything_of_says_so(root: object, reason: str) -> None:
    found = unread(root)
    assert found.is_open
    assert reason in str(found.error)


def test_the_statements_that_alternatives_come_to_are_bounded() -> None:
    choice = {**ALLOW, "Resource": [either(c, f"arn:{c}", NOTHING) for c in "ABCDEF"]}
    found = unread(policy(*[choice] * (MOST_STATEMENTS // 64 + 1)))
    assert str(MOST_STATEMENTS) in str(found.error)


@pytest.mark.parametrize(
    "make",
    [
        lambda: policy({**ALLOW, "Effect": "Permit"}),
        lambda: policy({**ALLOW, "Resource": "<X>", "Efect": "Allow"}),
        lambda: policy(either("A", {**ALLOW, "Action": "nonsense"}, ALLOW)),
        lambda: {"Version": "2012-10-17"},
        list,
        lambda: policy(5),
        lambda: "{",
    ],
)
def test_a_mistake_is_one_in_a_template_too(make: Callable[[], object]) -> None:
    found = unread(make())
    assert not found.is_open
    assert isinstance(found.error, il.PolicySyntaxError)
    assert found.error.problems[0].where.file == "t.json"
    assert found.error.line is not None


def test_a_policy_is_held_to_its_type() -> None:
    found = unread(policy(ALLOW), PolicyType.RESOURCE)
    assert "names no Principal" in str(found.error)


def test_equal_content_is_known_again_wherever_it_stands() -> None:
    wrong = policy({**ALLOW, "Effect": "Permit"})
    first, second = unread(wrong), unread(json.loads(json.dumps(wrong)))
    other = unread(policy({**ALLOW, "Effect": "Allows"}))
    assert first.content == second.content != other.content


def test_the_account_of_the_deployment_is_the_one_that_is_given_or_a_stand_in() -> None:
    given = Placeholders(Deployment(account="111122223333"))
    assert given.account("AWS::AccountId") == "111122223333"
    assert given.all == ()
    open_ = Placeholders()
    assert open_.account("AWS::AccountId") == "000000000000"
    assert [each.kind for each in open_.all] == [PlaceholderKind.ACCOUNT]


@pytest.mark.parametrize(
    "name", ["a:b/c", "*?", "${x}", "<x>", "x" * 500, "", "\x00\u202e", "AWS::Region", "a b"]
)
def test_any_name_makes_a_text_that_no_pattern_can_mean(name: str) -> None:
    text = Placeholders().text(name, "unknown")
    assert text[0] + text[-1] == "<>"
    assert not set(text[1:-1]) & set("*?:/${}<>\x00\u202e")
    assert len(text) < 100


def test_different_names_have_different_texts() -> None:
    placeholders = Placeholders()
    texts = {placeholders.text(name, "unknown") for name in ("a:b", "a/b", "a b", "a_b", "<a_b>")}
    assert len(texts) == 5
    assert placeholders.text("a:b", "unknown") in texts
