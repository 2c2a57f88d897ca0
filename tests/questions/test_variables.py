"""Policies with variables, compared: relations that the rules on variables fix (R-V1 to R-V12)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

import iamlogic as il

HOME = "arn:aws:s3:::home/"
USER, TEAM, PREFIX = "${aws:username}", "${aws:PrincipalTag/team}", "${s3:prefix}"


def policy(resource: str | list[str], condition: Mapping[str, object] | None = None) -> il.Policy:
    statement = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": resource,
        "Condition": condition or {},
    }
    return il.parse({"Version": "2012-10-17", "Statement": [statement]})


def excluding(*resources: str) -> il.Policy:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": list(resources)}
    return il.parse({"Version": "2012-10-17", "Statement": [statement]})


def team_is(value: str, *, operator: str = "StringEquals") -> dict[str, dict[str, str]]:
    return {operator: {"aws:PrincipalTag/team": value}}


RELATIONS = {
    "a variable is part of what it stands in": (
        policy(f"{HOME}{USER}/*"), policy(f"{HOME}*"), "MORE_PERMISSIVE",
    ),
    "two variables are two values": (
        policy(f"{HOME}{USER}/*"), policy(f"{HOME}{TEAM}/*"), "INCOMPARABLE",
    ),
    "a variable and itself with a suffix": (
        policy(f"{HOME}{USER}/*"), policy(f"{HOME}{USER}/a*"), "LESS_PERMISSIVE",
    ),
    "a variable and itself without a slash": (
        policy(f"{HOME}{USER}/*"), policy(f"{HOME}{USER}*"), "MORE_PERMISSIVE",
    ),
    "one character more": (
        policy(f"{HOME}{USER}?"), policy(f"{HOME}{USER}*"), "MORE_PERMISSIVE",
    ),
    "two variables in one pattern, one let go": (
        policy(f"{HOME}{USER}/{TEAM}/*"), policy(f"{HOME}{USER}/*"), "MORE_PERMISSIVE",
    ),
    "two variables in one pattern, exchanged": (
        policy(f"{HOME}{USER}/{TEAM}/*"), policy(f"{HOME}{TEAM}/{USER}/*"), "INCOMPARABLE",
    ),
    "two variables side by side, exchanged": (
        policy(f"{HOME}{USER}{TEAM}"), policy(f"{HOME}{TEAM}{USER}"), "INCOMPARABLE",
    ),
    "three variables, one let go": (
        policy(f"{HOME}{USER}/{TEAM}/{PREFIX}"),
        policy(f"{HOME}{USER}/*/{PREFIX}"),
        "MORE_PERMISSIVE",
    ),
    "a variable twice": (
        policy(f"{HOME}{USER}/{USER}"), policy(f"{HOME}{USER}/*"), "MORE_PERMISSIVE",
    ),
    "a variable somewhere, and twice": (
        policy(f"{HOME}*{USER}*"), policy(f"{HOME}*{USER}*{USER}*"), "LESS_PERMISSIVE",
    ),
    "a variable and the one that it equals": (
        policy(f"{HOME}{USER}/*", team_is(USER)),
        policy(f"{HOME}{TEAM}/*", team_is(USER)),
        "EQUIVALENT",
    ),
    "a variable and the one that it equals, somewhere": (
        policy(f"{HOME}*{USER}*", team_is(USER)),
        policy(f"{HOME}*{TEAM}*", team_is(USER)),
        "EQUIVALENT",
    ),
    "a chain of equal values": (
        policy("*", {"StringEquals": {"s3:prefix": TEAM, **team_is(USER)["StringEquals"]}}),
        policy("*", {"StringEquals": {"s3:prefix": USER, **team_is(USER)["StringEquals"]}}),
        "EQUIVALENT",
    ),
    "the only value of a variable": (
        policy(f"{HOME}{TEAM}/*", team_is("red")),
        policy(f"{HOME}red/*", team_is("red")),
        "EQUIVALENT",
    ),
    "a variable of one value in another case": (
        policy("*", {"StringEqualsIgnoreCase": {"s3:prefix": USER}}),
        policy("*", {"StringEquals": {"s3:prefix": USER}}),
        "LESS_PERMISSIVE",
    ),
    "a value that differs in case alone": (
        policy(f"{HOME}{USER}", team_is(USER, operator="StringEqualsIgnoreCase")),
        policy([f"{HOME}{USER}", f"{HOME}{TEAM}"], team_is(USER)),
        "LESS_PERMISSIVE",
    ),
    "a prefix and the two ways to go on": (
        policy("*", {"StringLike": {"s3:prefix": [USER, f"{USER}/*"]}}),
        policy("*", {"StringLike": {"s3:prefix": f"{USER}*"}}),
        "MORE_PERMISSIVE",
    ),
    "an exclusion more": (
        excluding(f"{HOME}{USER}/*"),
        excluding(f"{HOME}{USER}/*", f"{HOME}{TEAM}/*"),
        "LESS_PERMISSIVE",
    ),
    "the caller's account is the resource's, said both ways": (
        policy("*", {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}),
        policy("*", {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}),
        "EQUIVALENT",
    ),
    "an ARN with the resource's account is one of that account": (
        policy("*", {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:ResourceAccount}:*"}}),
        policy(
            "*",
            {
                "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:*"},
                "StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"},
            },
        ),
        "EQUIVALENT",
    ),
    "a value's own wildcard is literal": (
        policy(f"{HOME}{TEAM}", team_is("*")), policy(f"{HOME}${{*}}", team_is("*")), "EQUIVALENT",
    ),
}  # fmt: skip


def source_arn(pattern: str) -> il.Policy:
    return policy("*", {"ArnLike": {"aws:SourceArn": pattern}})


# R-C14: the first segment is `arn`, whatever the pattern spells it with.
RELATIONS |= {
    "two variables before the first colon, exchanged": (
        source_arn(f"{TEAM}{PREFIX}:aws:s3:::x"),
        source_arn(f"{PREFIX}{TEAM}:aws:s3:::x"),
        "INCOMPARABLE",
    ),
    "two variables before the first colon, let go": (
        source_arn(f"{TEAM}{PREFIX}:aws:s3:::x"),
        source_arn("arn:aws:s3:::x"),
        "MORE_PERMISSIVE",
    ),
    "one of two variables before the first colon": (
        source_arn(f"{TEAM}{PREFIX}n:aws:s3:::x"),
        source_arn(f"{TEAM}*:aws:s3:::x"),
        "MORE_PERMISSIVE",
    ),
    "variables that cannot be arn": (
        source_arn(f"x{TEAM}{PREFIX}:aws:s3:::x"), source_arn("x"), "EQUIVALENT",
    ),
}  # fmt: skip


def test_too_many_variables_before_the_first_colon_are_unknown() -> None:
    many = "".join(f"${{aws:PrincipalTag/{n}}}" for n in range(20))
    comparison = il.compare(source_arn(f"{many}:aws:s3:::x"), source_arn("arn:aws:s3:::x"))
    assert comparison.relation is il.Relation.UNKNOWN
    assert comparison.reason == "too many variables stand before the first colon of an ARN"
    assert (comparison.gained, comparison.lost, comparison.complete) == ((), (), False)


@pytest.mark.parametrize(("before", "after", "expected"), RELATIONS.values(), ids=RELATIONS)
def test_relation(before: il.Policy, after: il.Policy, expected: str) -> None:
    mirrored = {"MORE_PERMISSIVE": "LESS_PERMISSIVE", "LESS_PERMISSIVE": "MORE_PERMISSIVE"}
    there = il.compare(before, after, all_requests=True)
    assert (there.relation.name, there.reason) == (expected, None)
    assert there.complete
    back = il.compare(after, before, all_requests=True)
    assert back.relation.name == mirrored.get(expected, expected)


def test_a_variable_that_the_requester_lacks_fits_nothing() -> None:
    """R-V6: no principal of an account has aws:PrincipalServiceName, so the Deny reaches none."""

    def denying(value: str) -> il.Policy:
        everywhere = {"Action": "*", "Resource": "*"}
        allow = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, **everywhere}
        deny = {"Effect": "Deny", "Principal": "*", **everywhere}
        statements = [
            {**allow, "Condition": {"StringEquals": {"s3:prefix": "x"}}},
            {**deny, "Condition": {"StringEquals": {"s3:prefix": value}}},
        ]
        return il.parse({"Version": "2012-10-17", "Statement": statements})

    comparison = il.compare(denying("x"), denying("x${aws:PrincipalServiceName}"))
    assert comparison.relation is il.Relation.MORE_PERMISSIVE
    assert comparison.complete


def of_everybody(condition: Mapping[str, object], **members: object) -> dict[str, object]:
    everything = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    return {**everything, "Condition": condition, **members}


def of(*statements: Mapping[str, object]) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": statements})


def test_what_a_solver_names_as_the_cause_is_proved_again() -> None:
    """z3 named one atom of a conflict of two; the request below was then taken for impossible."""
    tag = {"StringEqualsIgnoreCase": {"aws:PrincipalTag/t": "x${aws:username}x"}}
    before = of(
        of_everybody({}),
        of_everybody({"StringEquals": {"aws:PrincipalTag/t": USER}}, Effect="Deny"),
        of_everybody({}, Effect="Deny", Action="ec2:*"),
    )
    narrow = {
        **tag,
        "StringEquals": {"s3:z": ["1", "2"]},
        "StringNotEquals": {"s3:y": ["2"]},
        "StringNotLike": {"s3:z": "2*"},
    }
    after = of(of_everybody(tag, Action="s3:*"), of_everybody(narrow, Action="ec2:*"))
    request = il.Request(
        "arn:aws:iam::111122223333:user/alice",
        "ec2:x",
        "*",
        {"aws:PrincipalTag/t": "xalicex", "s3:z": "1"},
    )
    assert il.evaluate(after, request).outcome is il.Outcome.ALLOWED
    assert il.evaluate(before, request).outcome is il.Outcome.EXPLICITLY_DENIED
    assert il.compare(before, after).relation is il.Relation.INCOMPARABLE


def test_a_key_with_values_can_be_a_variable_too() -> None:
    deny = {"Effect": "Deny", "Resource": "arn:aws:s3:::a${kms:Keys}"}
    allow = of_everybody({"ForAnyValue:StringEqualsIgnoreCase": {"kms:Keys": ["true"]}})
    nothing = of(of_everybody({}, Effect="Deny"))
    assert (
        il.compare(nothing, of(of_everybody({}, **deny), allow), all_requests=True).relation
        is il.Relation.MORE_PERMISSIVE
    )


def test_a_name_cannot_hold_what_ends_it() -> None:
    before = of(of_everybody({}))
    after = of(
        of_everybody({"StringNotEquals": {"aws:username": USER}}),
        of_everybody(
            {"StringNotEqualsIgnoreCase": {"aws:username": "arn:aws:iam::111122223333:user/alice"}},
            Effect="Deny",
            Resource=f"arn:aws:s3:::*{USER}/{USER}",
        ),
    )
    assert il.compare(before, after, all_requests=True).relation is il.Relation.LESS_PERMISSIVE
