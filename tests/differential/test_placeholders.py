"""What is left open stands for every value: the opened policy decides as any real one would.

A policy with placeholders is drawn, and values for them, and a request. Filled in, it is a policy
like others. Opened, it is one as well, which asks the request what of the open entries matches it;
told the truth about that, it must decide the same. So what is proved of the opened policy for all
that a request can say of the entries is proved for all values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from hypothesis import event, given, note
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.inputs.unresolved.choices import as_choice
from iamlogic.inputs.unresolved.placeholders import Placeholders
from iamlogic.inputs.unresolved.placing import place_policy
from iamlogic.questions.review.hinges import certain_outcome
from iamlogic.questions.review.opening import opened
from iamlogic.questions.review.openness import HOLDS, OPEN
from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.semantics.evaluation import evaluate
from iamlogic.syntax.json_text import read_json_text
from iamlogic.syntax.problems import Document
from tests.depth import examples

A, B = "<A>", "<B>"
IF = "<if C>"
NOTHING = {"Ref": "AWS::NoValue"}
Values = Mapping[str, object]

_NAMES = st.sampled_from(["logs", "data", "*", "lo*", "logs/a", "", "l?gs", "GetObject", "Put*"])
_RESOURCES = st.sampled_from(
    [
        "*",
        "arn:aws:s3:::logs/*",
        "arn:aws:s3:::data/?",
        f"arn:aws:s3:::{A}",
        f"arn:aws:s3:::{A}/*",
        f"arn:aws:s3:::{A}/a*",
        f"arn:aws:s3:::{A}/?",
        f"arn:aws:s3:::{A}?",
        f"arn:aws:s3:::*{B}*",
        f"arn:aws:s3:::{A}{B}",
        f"{A}:s3:::logs/*",
    ]
)
_ACTIONS = st.sampled_from(["*", "s3:GetObject", "s3:Put*", f"s3:{A}", f"s3:*{B}", f"{A}:Get*"])
_PRINCIPALS = st.sampled_from(
    [
        "*",
        {"AWS": "111122223333"},
        {"AWS": ["arn:aws:iam::111122223333:user/alice", f"arn:aws:iam::111122223333:user/{A}"]},
        {"AWS": f"arn:aws:iam::111122223333:role/{A}"},
        {"AWS": [f"arn:aws:iam::{B}:root", "444455556666"]},
    ]
)
_CONDITIONS = st.sampled_from(
    [
        {},
        {"StringEquals": {"aws:SourceVpc": ["vpc-1", A]}},
        {"StringLike": {"aws:SourceVpc": [f"{A}*", "vpc-2"]}},
        {"StringNotEquals": {"aws:SourceVpc": [A, "vpc-2"]}},
        {"StringEqualsIfExists": {"aws:SourceVpc": [A, "vpc-2"]}},
        {"ForAllValues:StringLike": {"aws:TagKeys": [A, "team"]}},
        {"NumericLessThan": {"s3:max-keys": B}},
        {"Bool": {"aws:SecureTransport": A}, "StringLike": {"aws:SourceVpc": "vpc-*"}},
    ]
)


@st.composite
def _statements(draw: st.DrawFn, *, names: bool) -> dict[str, object]:
    statement: dict[str, object] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    if names:
        principal = draw(_PRINCIPALS)
        # Whom an open NotPrincipal spares is one thing for the whole list: tested on its own.
        negated = "<" not in str(principal) and draw(st.booleans())
        statement["NotPrincipal" if negated else "Principal"] = principal
    for element, entries in (("Action", _ACTIONS), ("Resource", _RESOURCES)):
        member = draw(st.sampled_from([element, element, f"Not{element}"]))
        statement[member] = draw(st.lists(entries, min_size=1, max_size=3, unique=True))
    condition = draw(_CONDITIONS)
    if condition:
        statement["Condition"] = condition
    if draw(st.integers(0, 3)) == 0:
        other = draw(st.one_of(st.just(NOTHING), _statements(names=names)))
        return {"Fn::If": [IF, statement, other]}
    return statement


@st.composite
def _documents(draw: st.DrawFn) -> dict[str, object]:
    names = draw(st.booleans())
    statements = draw(st.lists(_statements(names=names), min_size=1, max_size=3))
    return {"Version": "2012-10-17", "Statement": statements}


@st.composite
def _changes(draw: st.DrawFn) -> tuple[dict[str, object], dict[str, object]]:
    """Two versions of a policy: most statements are in both, some only nearly."""
    names = draw(st.booleans())
    pool = draw(st.lists(_statements(names=names), min_size=1, max_size=3))
    sides = []
    for _ in range(2):
        kept = [each for each in pool if draw(st.integers(0, 3))] or pool[:1]
        sides.append({"Version": "2012-10-17", "Statement": [_nearly(draw, each) for each in kept]})
    return sides[0], sides[1]


def _nearly(draw: st.DrawFn, statement: dict[str, object]) -> dict[str, object]:
    """A statement, or one with other resources."""
    member = next((each for each in ("Resource", "NotResource") if each in statement), None)
    if member is None or draw(st.booleans()):
        return statement
    return {**statement, member: draw(st.lists(_RESOURCES, min_size=1, max_size=3, unique=True))}


_REQUESTS = st.builds(
    il.Request,
    principal=st.sampled_from(
        [
            "arn:aws:iam::111122223333:user/alice",
            "arn:aws:iam::444455556666:user/bob",
            "arn:aws:sts::111122223333:assumed-role/logs/x",
        ]
    ),
    action=st.sampled_from(["s3:GetObject", "s3:PutObject", "sqs:SendMessage"]),
    resource=st.sampled_from(
        ["arn:aws:s3:::logs/a", "arn:aws:s3:::logs", "arn:aws:s3:::data/x", "arn:aws:s3:::"]
    ),
    context=st.fixed_dictionaries(
        {},
        optional={
            "aws:SourceVpc": st.sampled_from(["vpc-1", "logs", "vpc-2"]),
            "aws:TagKeys": st.lists(st.sampled_from(["team", "logs"]), min_size=1, max_size=2),
            "s3:max-keys": st.sampled_from(["1", "10"]),
            "aws:SecureTransport": st.sampled_from(["true", "false"]),
        },
    ),
)

_USES = {"Bool": "flag", "NumericLessThan": "number"}
_TYPED = {"number": "5", "account": "444455556666", "flag": "true"}
"""What a placeholder is where a name will not do."""


def _value(values: Values, text: str, use: str) -> str:
    """A text with the values of its placeholders, as it is used: as a name, a number, …"""
    for each in (A, B):
        name = str(values[each])
        if use == "Action":
            name = "s3" if text.startswith(f"{each}:") else name or "x"
        elif use == "AWS" and not name.isalpha():
            name = "alice"
        text = text.replace(each, _TYPED.get(use, name))
    return text


def _filled(node: object, values: Values, use: str = "name") -> object:
    """The document with its values, as a deployment would have it."""
    match node:
        case {"Fn::If": [_, yes, no]}:
            return _filled(yes if values[IF] else no, values, use)
        case dict():
            uses = {"NotAction": "Action", "Action": "Action", "AWS": "AWS", **_USES}
            return {
                name: _filled(value, values, uses.get(name, use))
                for name, value in node.items()
                if value != NOTHING
            }
        case list():
            items = [_filled(each, values, use) for each in node]
            return [each for each in items if each != NOTHING]
        case str():
            return _value(values, node, "account" if ":root" in node else use)
        case _:
            return node


def _place(document: object) -> PlacedPolicy:
    placeholders = Placeholders()
    assert placeholders.text("A", "unknown") == A
    assert placeholders.text("B", "unknown") == B
    assert placeholders.condition("C", "unknown") == IF
    text = json.dumps(document)
    placed = place_policy(read_json_text(text), Document(text, "p.json"), placeholders, name="")
    assert isinstance(placed, PlacedPolicy), placed
    return placed


def _truth(placed: PlacedPolicy, values: Values, request: il.Request) -> dict[str, list[str]]:
    """What of the open entries really matches a request, under the keys that the guards ask."""
    truth: dict[str, list[str]] = {}
    guards = {
        (condition.key, value.text)
        for statement in placed.for_any.statements
        for condition in statement.conditions
        if condition.key.startswith(OPEN)
        for value in condition.values
    }
    for key, entry in sorted(guards):
        if _matches(key.removeprefix(OPEN), entry, values, request):
            truth.setdefault(key, []).append(entry)
    return truth


def _matches(subject: str, entry: str, values: Values, request: il.Request) -> bool:
    """Whether an open entry matches, by the evaluator on a policy that has it alone."""
    if subject == IF:
        return bool(values[IF])
    statement: dict[str, object] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    resource_policy = False
    if subject in {"Action", "Resource"}:
        statement[subject] = _filled(entry.removeprefix("arn:aws:unknown:::"), values, subject)
    elif subject == "Principal":
        resource_policy = True
        plain = entry.replace("/<A>/A", "/<A>")
        statement["Principal"] = _filled({"AWS": plain}, values)
    else:
        _, operator, key, *listed = subject.split(" ", 3)
        document = {operator: {key: listed[0].split(", ") if entry == HOLDS else [entry]}}
        statement["Condition"] = _filled(document, values)
    try:
        policy = il.parse({"Version": "2012-10-17", "Statement": [statement]})
    except il.PolicySyntaxError:  # it stands in a branch that is not taken
        return False
    assert resource_policy == (policy.statements[0].principals is not None)
    return evaluate(policy, request).outcome is il.Outcome.ALLOWED


_VALUES = st.fixed_dictionaries({A: _NAMES, B: _NAMES, IF: st.booleans()})


def _real(document: object, values: Values) -> il.Policy | None:
    """The policy with its values, if that is one at all."""
    filled = _filled(document, values)
    if not isinstance(filled, dict) or not filled["Statement"]:
        return None
    try:
        return il.parse(filled)
    except il.PolicySyntaxError:
        return None


def test_all_values_of_a_key_may_match_some_known_and_some_open() -> None:
    condition = {"ForAllValues:StringLike": {"aws:TagKeys": [A, "team"]}}
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    placed, values = _place(document), {A: "logs", B: "", IF: True}
    context = {"aws:TagKeys": ["team", "logs"]}
    request = il.Request("arn:aws:iam::111122223333:user/alice", "s3:Get", "*", context)
    told = il.Request(
        request.principal, "s3:Get", "*", {**context, **_truth(placed, values, request)}
    )
    assert evaluate(placed.for_any, told).outcome is il.Outcome.ALLOWED


def test_a_question_mark_does_not_cover_a_name_of_any_length() -> None:
    wide, narrow = f"arn:aws:s3:::{A}?", f"arn:aws:s3:::{A}{B}"
    statement = {"Effect": "Allow", "Action": "*", "Resource": wide}
    old = _place({"Version": "2012-10-17", "Statement": [statement]})
    new = _place({"Version": "2012-10-17", "Statement": [{**statement, "Resource": narrow}]})
    found = il.compare(
        opened(old.policy, new.placeholders, beside=[new.policy]),
        opened(new.policy, new.placeholders, beside=[old.policy]),
    )
    assert found.relation is il.Relation.INCOMPARABLE


@examples(600)
@given(_documents(), _VALUES, st.lists(_REQUESTS, min_size=1, max_size=6))
def test_told_what_matches_an_opened_policy_decides_as_the_real_one(
    document: dict[str, object], values: Values, requests: list[il.Request]
) -> None:
    real = _real(document, values)
    if real is None:
        event("no policy with these values")
        return
    placed = _place(document)
    for request in requests:
        told = il.Request(
            principal=request.principal,
            action=request.action,
            resource=request.resource,
            context={**request.context, **_truth(placed, values, request)},
        )
        expected = evaluate(real, request).outcome
        event(f"{expected.name}, {'open' if placed.for_any != placed.policy else 'closed'}")
        note(il.format(placed.for_any))
        assert evaluate(placed.for_any, told).outcome is expected, (told, values)


@examples(150)
@given(_changes(), _VALUES, st.lists(_REQUESTS, min_size=4, max_size=12))
def test_no_value_gains_what_no_opened_policy_does(
    change: tuple[dict[str, object], dict[str, object]],
    values: Values,
    requests: list[il.Request],
) -> None:
    before, after = change
    then, now = _real(before, values), _real(after, values)
    if then is None or now is None or then.kind is not now.kind:
        event("not comparable")
        return
    old, new = _place(before), _place(after)
    found = il.compare(
        opened(old.policy, old.placeholders + new.placeholders, beside=[new.policy]),
        opened(new.policy, old.placeholders + new.placeholders, beside=[old.policy]),
        timeout=20,
    )
    gains = found.relation in {il.Relation.MORE_PERMISSIVE, il.Relation.INCOMPARABLE}
    event(f"{found.relation.value}")
    if gains or found.relation is il.Relation.UNKNOWN:
        return
    for request in requests:
        gained = (
            evaluate(now, request).outcome is il.Outcome.ALLOWED
            and evaluate(then, request).outcome is not il.Outcome.ALLOWED
        )
        assert not gained, (request, values)


_NAMING = st.builds(
    il.Request,
    principal=st.just("arn:aws:iam::111122223333:user/alice"),
    action=st.sampled_from(["s3:GetObject", "s3:PutObject"]),
    resource=st.sampled_from(
        [f"arn:aws:s3:::{A}", f"arn:aws:s3:::{A}/a", f"arn:aws:s3:::{A}{B}", "arn:aws:s3:::logs/a"]
    ),
    context=st.fixed_dictionaries(
        {}, optional={"aws:SourceVpc": st.sampled_from([A, "vpc-1", f"{A}x"])}
    ),
)
"""Requests that name what a template leaves open, as a test of the template may."""

_GRANTS = st.builds(
    lambda resource, action, condition, others: {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": action, "Resource": resource}
            | ({"Condition": condition} if condition else {}),
            *others,
        ],
    },
    st.sampled_from(["*", f"arn:aws:s3:::{A}*", f"arn:aws:s3:::{A}/*", f"arn:aws:s3:::{A}{B}"]),
    st.sampled_from(["*", "s3:GetObject"]),
    st.sampled_from([{}, {"StringLike": {"aws:SourceVpc": [f"{A}*", "vpc-1"]}}]),
    st.lists(_statements(names=False), max_size=1),
)
"""Policies that allow such requests with any values, but for what stands beside the grant."""


@examples(600)
@given(_GRANTS | _documents(), _VALUES, st.lists(_NAMING | _REQUESTS, min_size=1, max_size=6))
def test_what_is_certain_of_a_request_is_so_with_any_values(
    document: dict[str, object], values: Values, requests: list[il.Request]
) -> None:
    real = _real(document, values)
    if real is None:
        event("no policy with these values")
        return
    placed = _place(document)
    for request in requests:
        certain = certain_outcome(placed, request)
        event(f"certain: {certain}")
        if certain is None:
            continue
        vpc = {key: [_value(values, v, "name") for v in request.values(key)] for key in _OF_NAMES}
        filled = il.Request(
            principal=request.principal,
            action=request.action,
            resource=_value(values, request.resource, "name") or "x",
            context={**request.context, **{key: v for key, v in vpc.items() if v}},
        )
        allowed = evaluate(real, filled).outcome is il.Outcome.ALLOWED
        assert allowed is certain, (filled, values)


_OF_NAMES = ("aws:SourceVpc",)


def test_a_choice_is_recognized_as_written() -> None:
    node = read_json_text(json.dumps({"Fn::If": [IF, {"a": 1}, NOTHING]}))
    found = as_choice(node)
    assert found is not None
    assert found.condition == IF
