"""What a template leaves open is told in words, wherever a policy or a request speaks of it."""

from __future__ import annotations

import pytest

import iamlogic as il
from iamlogic.questions.review.openness import HOLDS, OPEN, guard
from iamlogic.questions.review.placed import UNKNOWN_ARN
from iamlogic.reports.access import asked_by
from iamlogic.reports.wording import condition_text, shown
from iamlogic.syntax.policy import Condition

ALICE = "arn:aws:iam::111122223333:user/alice"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (guard("Principal", ["<PartnerArn>"]), "if <PartnerArn> matches the principal"),
        (guard("<if IsProduction>"), "if IsProduction holds"),
        (guard("<if IsProduction>", matches=False), "if IsProduction does not hold"),
        (guard("Action", ["<A>:*", "<B>:*"]), "if one of <A>:*, <B>:* matches the action"),
        (
            guard("Resource", ["arn:aws:s3:::<A>", "arn:aws:s3:::<B>"], matches=False),
            "if none of arn:aws:s3:::<A>, arn:aws:s3:::<B> matches the resource",
        ),
        (guard("Resource", [f"{UNKNOWN_ARN}<Q>"]), "if <Q> matches the resource"),
        (guard("Resource", ["<Q>"], matches=False), "if <Q> does not match the resource"),
        (guard("NotPrincipal <A>, Allow", matches=False), "if <A> does not match the principal"),
        (guard("Effect <Effect>, Allow"), "if the effect <Effect> is Allow"),
        (guard("Effect <Effect>, Allow", matches=False), "if the effect <Effect> is not Allow"),
        (guard("Statement <Extra>, Deny"), "if the statement <Extra> is Deny"),
        (
            guard("Condition StringEquals aws:SourceVpc <Vpc>"),
            "if the condition StringEquals aws:SourceVpc <Vpc> holds",
        ),
        (guard("Principal", ["<a\x1b>"]), "if <a\\x1b> matches the principal"),
    ],
)
def test_a_guard_is_told_in_words(condition: Condition, words: str) -> None:
    assert condition_text(condition) == words


def test_an_example_says_what_of_the_open_texts_it_needs() -> None:
    context = {
        f"{OPEN}<if IsProduction>": HOLDS,
        f"{OPEN}Principal": "<PartnerArn>",
        "aws:SourceIp": "203.0.113.9",
    }
    request = il.Request(ALICE, "sqs:SendMessage", f"{UNKNOWN_ARN}<Queue>", context)
    assert asked_by(request) == (
        f"{ALICE}: sqs:SendMessage on <Queue>, with aws:SourceIp = 203.0.113.9, "
        "if <PartnerArn> matches the principal and IsProduction holds"
    )


def test_a_resource_of_which_nothing_is_known_is_its_placeholder() -> None:
    assert shown(f"{UNKNOWN_ARN}<Queue>") == "<Queue>"
