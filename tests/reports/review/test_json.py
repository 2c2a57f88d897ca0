"""The JSON of a review: every member is in the schema that ships, and no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

import iamlogic as il
from iamlogic.questions.guardrail import Breach
from iamlogic.questions.review.placed import UNKNOWN_ARN
from iamlogic.questions.review.review import Review
from iamlogic.reports.review.json import SCHEMA, review_json
from iamlogic.reports.wording import SHOWN
from tests.reports.review.reviews import (
    BUCKET,
    PASS_ROLE,
    READ,
    Side,
    a_review,
    change,
    hostile_review,
    many_changes,
    no_changes,
    share,
)

Json = dict[str, Any]
SCHEMA_DOCUMENT: Json = json.loads(SCHEMA.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA_DOCUMENT)


def document(review: Review) -> Json:
    decoded: Json = json.loads(review_json(review))
    VALIDATOR.validate(decoded)
    return decoded


def odd_review() -> Review:
    """What a_review has not: an answer that is not known, a service, conditions of every form."""
    conditions = {
        "StringLike": {"aws:PrincipalTag/team": ["a*", "b"]},
        "Bool": {"aws:SecureTransport": "true"},
    }
    service = share({"Service": "sns.amazonaws.com"}, Sid="Service")
    wide = share("*", Action="s3:*", Resource="arn:aws:s3:::*")
    web: dict[str, object] = {
        "Sid": "Web",
        "Effect": "Allow",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    except_: dict[str, object] = {
        "Sid": "Except",
        "Effect": "Deny",
        "NotPrincipal": {"AWS": "111122223333"},
        "NotAction": "s3:GetObject",
        "NotResource": "arn:aws:s3:::logs/*",
    }
    shared = change(
        Side("b.json", (share("*"),)),
        Side("b.json", (service, {**share({"AWS": "444455556666"}), "Condition": conditions}), "B"),
        bucket=True,
    )
    trust = change(None, Side("trust.json", (web,)))
    opened = change(Side("d.json", (wide, except_)), Side("d.json", (wide,)), bucket=True)
    unknown = il.never_allows(shared.comparison.after, PASS_ROLE.scope, timeout=0)
    breach = Breach(PASS_ROLE, replace(unknown, verdict=il.Verdict.UNKNOWN, reason="timeout"))
    gone = change(Side("c.json", (share("*"),)), None, bucket=True)
    return replace(no_changes(), changes=(replace(shared, breaches=(breach,)), gone, trust, opened))


@pytest.mark.parametrize(
    "review", [a_review(), hostile_review(), no_changes(), many_changes(40), odd_review()]
)
def test_every_example_is_as_the_schema_says(review: Review) -> None:
    assert document(review)["schema"] == "iamlogic/review/1"


def objects(schema: object) -> Iterator[Json]:
    """Every part of a schema that is about an object."""
    match schema:
        case dict():
            if schema.get("type") == "object":
                yield schema
            for each in schema.values():
                yield from objects(each)
        case list():
            for each in schema:
                yield from objects(each)


def test_the_schema_is_one_and_lets_no_member_pass_that_it_does_not_name() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA_DOCUMENT)
    found = list(objects(SCHEMA_DOCUMENT))
    assert len(found) > 15
    for each in found:
        if "properties" in each:
            assert each["additionalProperties"] is False
        else:  # a map whose names are somebody else's: of what its values are, it says more
            assert each["additionalProperties"]


def optional_members() -> set[str]:
    return {
        name
        for each in objects(SCHEMA_DOCUMENT)
        for name in each.get("properties", {})
        if name not in each.get("required", [])
    }


def test_all_members_are_always_there_but_those_of_statements() -> None:
    elements = {"Principal", "Action", "Resource"}
    negated = {f"Not{each}" for each in elements}
    kinds = {"AWS", "Service", "Federated", "CanonicalUser"}
    assert optional_members() == elements | negated | kinds | {"Condition"}


def used(value: object) -> Iterator[str]:
    match value:
        case dict():
            for name, each in value.items():
                yield name
                yield from used(each)
        case list():
            for each in value:
                yield from used(each)


def test_each_member_of_the_schema_is_seen_in_an_example() -> None:
    names = {name for each in objects(SCHEMA_DOCUMENT) for name in each.get("properties", {})}
    seen = set(used(document(a_review()))) | set(used(document(odd_review())))
    assert names - seen == {"CanonicalUser"}


def test_requests_can_be_read_again_and_show_what_they_are_said_to() -> None:
    decoded = document(a_review())
    checked = 0
    for made, told in zip(
        sorted(a_review().changes, key=lambda each: each.placed.title),
        sorted(decoded["changes"], key=lambda each: str(each["policy"])),
        strict=True,
    ):
        for difference in told["comparison"]["gained"]:
            if difference["witness_if"]:
                continue
            witness = il.Request.from_json(difference["witness"])
            assert il.evaluate(made.comparison.after, witness).outcome is il.Outcome.ALLOWED
            assert il.evaluate(made.comparison.before, witness).outcome is not il.Outcome.ALLOWED
            checked += 1
    assert checked > 5


def test_what_is_left_open_is_told_in_words_beside_the_request() -> None:
    (change_,) = [
        each for each in document(a_review())["changes"] if "PartnerRole" in each["policy"]
    ]
    (gained,) = change_["comparison"]["gained"]
    words = ["<PartnerArn> matches the principal"]
    assert (gained["if"], gained["witness_if"]) == (words, words)
    assert "Condition" not in gained["region"]
    assert gained["witness"]["context"] == {}
    (finding,) = change_["external"]["new"]
    assert (finding["if"], finding["conditions"]) == (words, [])


def test_no_list_is_shortened() -> None:
    names = [f"arn:aws:s3:::bucket-{number:03}/*" for number in range(3 * SHOWN)]
    made = change(None, Side("a.json", ({**READ, "Resource": names},)))
    (told,) = document(replace(no_changes(), changes=(made,)))["changes"]
    (difference,) = told["comparison"]["gained"]
    assert difference["region"]["Resource"] == names


def test_a_resource_of_which_nothing_is_known_is_its_placeholder() -> None:
    queue = {**READ, "Action": "sqs:SendMessage", "Resource": "<Bucket>"}
    made = change(None, Side("t.yaml", (queue,), "Q", (BUCKET,)))
    written = review_json(replace(no_changes(), changes=(made,)))
    assert UNKNOWN_ARN not in written
    assert '"<Bucket>"' in written


def test_it_is_ascii() -> None:
    assert review_json(hostile_review()).isascii()
