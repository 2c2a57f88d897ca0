"""A wrong evaluator is found by what the strategies draw, within five hundred examples.

An example is a policy and some requests on its edges, as a test of two evaluators would draw them.
What one mistake would change must not be hidden by other parts of the policy, so most policies have
one statement, in which one thing decides: a condition, those who are named, a pattern.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import iamlogic as il
from benchmarks.strategies import anew
from iamlogic.testing.strategies import EVERYDAY, Key, Vocabulary, conditions, policies, requests
from iamlogic.testing.strategies.colliding import COLLIDING, PRINCIPALS, VARIABLES
from iamlogic.testing.strategies.vocabulary import ARN, DATE, IP, NUMERIC, SETS, STRING
from tests.testing.strategies.wrong_evaluators import Example, first_differences, mistakes

EXAMPLES = 500
TWENTY = (
    "a negated operator is false on a missing key",
    "ForAllValues is false on the empty set",
    "a block of IPv4 holds the IPv6 addresses that carry its own",
    "actions are compared with their letter case",
    "`?` matches nothing",
    "an unresolved variable is the empty text",
    "ForAnyValue with a negated operator is true on a missing key",
    "IfExists also asks that the key be there",
    "a negated operator differs from one of its values instead of all",
    "`*` in StringEquals is a wildcard",
    "NumericLessThan includes its bound",
    "Null has its two values exchanged",
    "the zone of a date is ignored",
    "BinaryEquals compares the texts",
    "a value brings its wildcards along",
    "NotAction matches if one of its patterns does not",
    "the last wildcard of an Arn operator stops at a colon",
    "an account in Principal is its root user alone",
    "a Deny with NotPrincipal spares whom it lists in part",
    "an Allow that matches outweighs a Deny that does",
)
"""One mistake for each kind of rule."""
MULTIVALUED = Key(("aws:TagKeys",), STRING, ("a", "A", "a*", "b"), SETS)
ONE_DECIDES = (
    Key(("s3:prefix",), STRING, ("a*", "A", "?", "a", "${*}")),
    Key(("s3:prefix",), STRING[2:4], ("é", "É", "a")),
    MULTIVALUED,
    MULTIVALUED,
    Key(("s3:max-keys",), NUMERIC, ("10", "1e1", "0.5")),
    Key(("s3:max-keys",), NUMERIC, ("10", "1e1", "0.5")),
    Key(("aws:CurrentTime",), DATE, ("2020", "2020-01-01T01:00:00+01:00", "1577836800")),
    Key(("aws:VpcSourceIp",), IP, ("10.1.2.3/8", "0.0.0.0/0", "2001:db8::/32")),
    Key(("aws:VpcSourceIp",), IP, ("10.1.2.3/8", "0.0.0.0/0", "2001:db8::/32")),
    Key(("s3:digest",), ("BinaryEquals",), ("QQ==", "QUI=")),
    Key(("aws:SecureTransport",), ("Bool",), ("true", "false")),
    Key(("aws:SourceArn",), ARN, ("arn:aws:s3:::a", "arn:aws:s?:::a*", "*")),
    Key(("aws:SourceArn",), ARN, ("arn:aws:s3:::a", "arn:aws:s?:::a*", "*")),
    Key(("aws:PrincipalArn",), (*ARN, *STRING), COLLIDING.keys[0].values),
    Key(("aws:PrincipalTag/t",), STRING, ("${s3:prefix}", "${s3:prefix, 'a'}", "${aws:username}")),
    Key(("aws:PrincipalTag/t",), STRING, ("${kms:Keys}", "${kms:Keys, 'a'}")),
)
"""The keys of policies in which a condition decides, by the type of their values."""


def of_one_condition(vocabulary: Vocabulary) -> SearchStrategy[il.Policy]:
    def policy(effect: str, condition: object) -> il.Policy:
        statement = {"Effect": effect, "Action": "*", "Resource": "*", "Condition": condition}
        return il.parse({"Version": "2012-10-17", "Statement": statement})

    return st.builds(
        policy, st.sampled_from(["Allow", "Deny"]), conditions(vocabulary, min_size=1, max_size=1)
    )


def of_one_statement(vocabulary: Vocabulary) -> SearchStrategy[il.Policy]:
    kind = il.PolicyKind.RESOURCE if vocabulary is PRINCIPALS else None
    return policies(vocabulary, kind=kind, max_statements=1)


MIX: tuple[tuple[Vocabulary, SearchStrategy[il.Policy]], ...] = (
    *(
        (words, of_one_condition(words))
        for words in (replace(VARIABLES, keys=(key,)) for key in ONE_DECIDES)
    ),
    *(
        (words, of_one_statement(words))
        for words in (
            *(PRINCIPALS,) * 4,
            *(replace(COLLIDING, keys=()),) * 2,
            *(replace(VARIABLES, keys=()),) * 2,
        )
    ),
    (EVERYDAY, policies(max_statements=2)),
    (COLLIDING, policies(COLLIDING, max_statements=2)),
)


@st.composite
def examples(draw: DrawFn) -> Example:
    """A policy, and requests on its edges."""
    vocabulary, drawn = draw(st.sampled_from(MIX))
    policy = draw(drawn)
    on_edges = requests(for_policy=policy, vocabulary=vocabulary, all_requests=True)
    return policy, tuple(draw(st.lists(on_edges, min_size=10, max_size=30, unique=True)))


def drawn_examples() -> list[Example]:
    """The same ones in every run."""
    drawn: list[Example] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(anew(examples()))
    def draw(example: Example) -> None:
        drawn.append(example)

    draw()
    return drawn


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int | None]:
    """By mistake the number of the example that found it."""
    drawn, wrong = drawn_examples(), mistakes()
    assert len(drawn) <= EXAMPLES
    numbers = first_differences(wrong, drawn, tmp_path_factory.mktemp("wrong"))
    return {each.mistake: number for each, number in zip(wrong, numbers, strict=True)}


@pytest.mark.slow
@pytest.mark.parametrize("mistake", TWENTY)
def test_a_wrong_evaluator_is_found_within_five_hundred_examples(
    found: dict[str, int | None], mistake: str
) -> None:
    assert found[mistake] is not None


@pytest.mark.slow
def test_nearly_every_other_wrong_evaluator_is_found_as_well(found: dict[str, int | None]) -> None:
    others = found.keys() - set(TWENTY)
    # In runs with a dozen seeds none was missed; with other versions of hypothesis one may be.
    assert len([mistake for mistake in others if found[mistake] is None]) <= 1
