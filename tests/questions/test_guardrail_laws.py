"""Guardrails against single requests, and against every value that placeholders can have."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

from hypothesis import event, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import iamlogic as il
from iamlogic.inputs.unresolved.embedded import TemplateDocument
from iamlogic.inputs.unresolved.placeholders import Placeholders
from iamlogic.inputs.unresolved.placing import place_policy
from iamlogic.questions.guardrail import held_against
from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.semantics import allows
from iamlogic.semantics.statements import statement_matches
from iamlogic.semantics.world import can_send, is_compared, with_usual_context
from iamlogic.syntax.json_text import read_json_text
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Policy, PolicyKind
from iamlogic.testing.strategies.colliding import COLLIDING
from iamlogic.testing.strategies.elements import Json
from iamlogic.testing.strategies.policies import documents, policies, statement_documents
from iamlogic.testing.strategies.vocabulary import ARN, HERE, STRING, THERE, Key, Vocabulary
from tests.differential.oracle import share
from tests.strategies.edge_requests import requests

OPEN = replace(
    COLLIDING,
    resources=("arn:aws:s3:::a", "arn:aws:s3:::<A>", "arn:aws:s3:::<A>*", "arn:aws:s3:::a<B>", "*"),
    actions=("s3:GetObject", "s3:*", "s3:Get<B>", "*"),
    principals=(("AWS", HERE), ("AWS", "<P>"), ("AWS", f"arn:aws:iam::{HERE}:user/<U>")),
    keys=(
        Key(("s3:prefix",), STRING, ("a", "<A>", "<B>*", "a*")),
        Key(("aws:PrincipalAccount",), STRING, (HERE, "<B>")),
        Key(("aws:PrincipalTag/<U>",), STRING, ("a", "<B>")),
        Key(("aws:PrincipalArn",), (*ARN, *STRING), (f"arn:aws:iam::{HERE}:user/<U>",)),
    ),
)
"""Policies with placeholders in resources, actions, principals and conditions."""

ASKED = replace(
    COLLIDING,
    resources=("arn:aws:s3:::a", "arn:aws:s3:::a*", "arn:aws:s3:::?", "arn:aws:s3:::b", "*"),
    actions=("s3:GetObject", "s3:*", "s3:Get?*", "*"),
    principals=(("AWS", HERE), ("AWS", THERE), ("AWS", f"arn:aws:iam::{HERE}:user/a")),
    keys=(
        Key(("s3:prefix",), STRING, ("a", "b", "a*", "?")),
        Key(("aws:PrincipalAccount",), STRING, (HERE, THERE)),
        Key(("aws:PrincipalTag/a",), STRING, ("a", "b")),
        Key(("aws:PrincipalArn",), ARN, ("arn:aws:iam::*:user/a", "*")),
    ),
)
"""Scopes that have much to do with such policies, without placeholders."""

VALUES = ("a", "b", "Object", "*", "aa", "a*")
PRINCIPALS = ("*", HERE, THERE, f"arn:aws:iam::{HERE}:user/a")
"""What the placeholders may stand for: what the others say, too, and wildcards."""


@st.composite
def scopes(draw: DrawFn, vocabulary: Vocabulary = COLLIDING) -> il.Scope:
    """A statement's words without its effect; often about everybody."""
    written = draw(statement_documents(vocabulary, kind=draw(st.sampled_from(PolicyKind))))
    return il.Scope({name: each for name, each in written.items() if name != "Effect"})


def guardrails(
    scope: SearchStrategy[il.Scope], *demands: il.Demand
) -> SearchStrategy[il.Guardrail]:
    return st.builds(
        il.Guardrail,
        st.just("drawn"),
        st.sampled_from(demands or tuple(il.Demand)),
        scope,
        st.just("as drawn"),
    )


@share(100)
@given(policies(COLLIDING), guardrails(scopes()), st.data())
def test_no_request_contradicts_a_guardrail_that_is_kept(
    policy: Policy, guardrail: il.Guardrail, data: st.DataObject
) -> None:
    breaches = il.check_guardrails(policy, [guardrail])
    scope = guardrail.scope.statement
    asked = [policy, Policy((scope,))]
    wanted = guardrail.demand is il.Demand.ALWAYS
    for breach in breaches:
        witness = breach.answer.witness
        if witness is not None:
            assert statement_matches(scope, witness)
            assert allows(policy, witness) is not wanted
    mentioned = {fold(c.key) for each in asked for s in each.statements for c in s.conditions}
    for _ in range(10):
        request = with_usual_context(data.draw(requests(*asked)), mentioned)
        if (
            statement_matches(scope, request)
            and can_send(request, multivalued_keys(asked))
            and is_compared(request, policy.kind)
            and allows(policy, request) is not wanted
        ):
            assert breaches


@st.composite
def templates(draw: DrawFn) -> Json:
    """A policy with placeholders in it, of which some statements are there on a condition."""
    document = draw(documents(OPEN, max_statements=3))
    listed = document["Statement"]
    assert isinstance(listed, list)
    for number, each in enumerate(listed):
        if draw(st.booleans()):
            listed[number] = {"Fn::If": ["<if C>", each, NOTHING]}
    return document


NOTHING: Json = {"Ref": "AWS::NoValue"}


def placed(template: Json) -> PlacedPolicy:
    names = Placeholders()
    for name in "ABPU":
        names.text(name, "a parameter without a default")
    names.condition("C", "a condition on a parameter without a default")
    text = json.dumps(template)
    document = TemplateDocument(text, "template.json")
    found = place_policy(read_json_text(text), document, names, name="Policy")
    assert isinstance(found, PlacedPolicy)
    return found


@st.composite
def deployments(draw: DrawFn, template: Json) -> Policy:
    """The policy with values for all placeholders."""
    is_there = draw(st.booleans())
    assert isinstance(template, dict)
    listed = template["Statement"]
    assert isinstance(listed, list)
    statements = [each for each in map(partial(chosen, is_there=is_there), listed) if each]
    text = json.dumps({**template, "Statement": statements})
    for name in "AB":
        text = text.replace(f"<{name}>", draw(st.sampled_from(VALUES)))
    text = text.replace("<P>", draw(st.sampled_from(PRINCIPALS)))
    return il.parse(text.replace("<U>", draw(st.sampled_from("ab"))))


def chosen(statement: Json, *, is_there: bool) -> Json | None:
    if isinstance(statement, dict) and "Fn::If" in statement:
        choice = statement["Fn::If"]
        assert isinstance(choice, list)
        return choice[1] if is_there else None
    return statement


@share(200)
@given(templates(), guardrails(scopes(ASKED)), st.data())
def test_what_is_said_of_a_template_holds_with_all_values(
    template: Json, guardrail: il.Guardrail, data: st.DataObject
) -> None:
    breaches = held_against(placed(template), [guardrail])
    if breaches and (breaches[0].depends_on or breaches[0].answer.witness is None):
        event("depends")
        return  # nothing is claimed
    event("kept" if not breaches else "broken")
    for _ in range(4):
        policy = data.draw(deployments(template))
        after = il.check_guardrails(policy, [guardrail])
        unknown = [each.answer.verdict is il.Verdict.UNKNOWN for each in after]
        assert any(unknown) or bool(after) is bool(breaches)
