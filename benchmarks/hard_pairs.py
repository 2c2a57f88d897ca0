"""Pairs of policies that were made to be hard to compare, by kind: `KINDS`.

Each kind draws two policies that are near each other, so that neither answer is free.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

Policy = dict[str, object]
Maker = Callable[[random.Random], tuple[Policy, Policy]]

_BUCKET = "arn:aws:s3:::"


def _policy(*statements: Policy) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(
    resources: str | list[str] = "*", condition: Mapping[str, object] | None = None
) -> Policy:
    head: Policy = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resources}
    return head | ({"Condition": condition} if condition else {})


def _word(rng: random.Random, letters: str, length: int) -> str:
    return "".join(rng.choice(letters) for _ in range(length))


def _nested_stars(rng: random.Random) -> tuple[Policy, Policy]:
    """`*a*b*a*`, many of them, over a small alphabet."""

    def glob() -> str:
        return (
            _BUCKET + "*" + "*".join(_word(rng, "ab", rng.randint(1, 2)) for _ in range(12)) + "*"
        )

    one = [glob() for _ in range(rng.randint(2, 20))]
    return _policy(_allow(one)), _policy(_allow([*one[1:], glob(), glob()]))


def _near_equal_patterns(rng: random.Random) -> tuple[Policy, Policy]:
    """2,000 patterns that differ in a character."""
    base = _word(rng, "abc", 30)
    numbers = rng.sample(range(10_000), 2_000)
    one = [f"{_BUCKET}{base}*{number:04}/*" for number in numbers]
    other = [*one]
    for place in rng.sample(range(len(one)), rng.choice((0, 1, 5))):
        other[place] = other[place].replace("*", "?*", 1)
    return _policy(_allow(one)), _policy(_allow(other[::-1]))


def _long_marks(rng: random.Random) -> tuple[Policy, Policy]:
    """Runs of hundreds of `?`."""
    length = rng.randint(200, 2_000)
    one = [f"{_BUCKET}{'?' * length}*", f"{_BUCKET}*{'?' * (length // 2)}a{'?' * length}"]
    other = [f"{_BUCKET}{'?' * (length + rng.randint(-1, 1))}*", one[1]]
    return _policy(_allow(one)), _policy(_allow(other))


def _negated_patterns(rng: random.Random) -> tuple[Policy, Policy]:
    """50 patterns that one string must all miss."""
    wide = [f"*{_word(rng, 'abc', 2)}*{_word(rng, 'abc', 2)}*" for _ in range(50)]
    some = rng.sample(wide, 49)
    key = "s3:prefix"
    return (
        _policy(_allow(condition={"StringNotLike": {key: wide}, "StringLike": {key: "*a*b*c*"}})),
        _policy(_allow(condition={"StringNotLike": {key: some}, "StringLike": {key: "*a*b*c*"}})),
    )


def _overlapping_marks(rng: random.Random) -> tuple[Policy, Policy]:
    """`*a???b*`: automata whose subsets grow fast."""

    def glob() -> str:
        return f"{_BUCKET}*a{'?' * rng.randint(3, 14)}b*"

    one = [glob() for _ in range(rng.randint(2, 12))]
    deny = _allow([glob() for _ in range(rng.randint(2, 12))]) | {"Effect": "Deny"}
    return _policy(_allow(one), deny), _policy(_allow([*one, glob()]), deny)


def _covers_of_nothing_left(rng: random.Random) -> tuple[Policy, Policy]:
    """All words of a length over two letters, forbidden one by one but for some."""
    length = rng.randint(5, 8)
    words = [format(number, f"0{length}b") for number in range(2**length)]
    rng.shuffle(words)
    kept = words[: rng.randint(0, 2)]
    patterns = [f"*{word}*" for word in words if word not in kept]
    like = {"StringLike": {"s3:prefix": "?" * length}}
    return (
        _policy(_allow(condition=like)),
        _policy(
            _allow(condition=like),
            _allow(condition={"StringLike": {"s3:prefix": patterns}}) | {"Effect": "Deny"},
        ),
    )


def _block_forest(rng: random.Random) -> tuple[Policy, Policy]:
    """Hundreds of nested and adjacent CIDR blocks of both versions."""

    def block() -> str:
        if rng.random() < 0.3:
            return f"2001:db8:{rng.randrange(1 << 16):x}::/{rng.randint(33, 128)}"
        address = ".".join(str(rng.choice((10, rng.randrange(256)))) for _ in range(4))
        return f"{address}/{rng.randint(4, 32)}"

    one = [block() for _ in range(rng.randint(50, 500))]
    other = [*one, block()]
    no = {"NotIpAddress": {"aws:SourceIp": [block() for _ in range(50)]}}
    return (
        _policy(_allow(condition={"IpAddress": {"aws:SourceIp": one}} | no)),
        _policy(_allow(condition={"IpAddress": {"aws:SourceIp": other}} | no)),
    )


def _multivalued_conditions(rng: random.Random) -> tuple[Policy, Policy]:
    """64 conditions on sets, of one key or of many."""
    operators = [
        f"{prefix}:{name}"
        for prefix in ("ForAllValues", "ForAnyValue")
        for name in ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
    ]
    keys = ["aws:TagKeys", *(f"s3:probe{n}" for n in range(rng.choice((0, 7))))]

    def statement(number: int) -> Policy:
        condition: dict[str, dict[str, list[str]]] = {}
        for _ in range(8):
            values = [_word(rng, "ab", 2) + rng.choice(("", "*")) for _ in range(3)]
            condition.setdefault(rng.choice(operators), {})[rng.choice(keys)] = values
        effect = "Deny" if number % 3 == 2 else "Allow"
        return {"Effect": effect, "Action": "s3:*", "Resource": "*", "Condition": condition}

    one = [statement(number) for number in range(8)]
    return _policy(*one), _policy(*one[:-1], statement(7))


def _variables(rng: random.Random) -> tuple[Policy, Policy]:
    """Many variables in one pattern, with stars between them."""
    names = ["aws:username", "aws:userid", *(f"aws:PrincipalTag/t{n}" for n in range(4))]

    def pattern(count: int) -> str:
        parts = (
            f"${{{rng.choice(names)}}}{rng.choice(('/', '-', '*', '?'))}" for _ in range(count)
        )
        return f"{_BUCKET}home/{''.join(parts)}"

    one = [pattern(rng.randint(2, 8)) for _ in range(rng.randint(1, 6))]
    return _policy(_allow(one)), _policy(_allow([*one[1:], pattern(3)]))


def _huge_numbers(rng: random.Random) -> tuple[Policy, Policy]:
    """Numbers of hundreds of digits, and exponents far apart."""
    huge = [
        _word(rng, "123456789", 300),
        f"1e{rng.randint(1000, 9999)}",
        f"1e-{rng.randint(1000, 9999)}",
    ]
    bounds = [f"{rng.choice(('', '-'))}{rng.choice(huge)}" for _ in range(20)]
    key = "s3:max-keys"

    def policy(values: Sequence[str]) -> Policy:
        return _policy(
            *(
                _allow(condition={"NumericGreaterThan": {key: low}, "NumericLessThan": {key: high}})
                for low, high in pairwise(values)
            ),
            _allow(condition={"NumericNotEquals": {key: list(values)}}) | {"Effect": "Deny"},
        )

    return policy(bounds), policy([*bounds[:-1], "12345.678"])


def _odd_characters(rng: random.Random) -> tuple[Policy, Policy]:
    """Unicode at its edges: combining, wide, astral, controls, separators."""
    odd = "é\u0301ßİıKſ\u200d\u202e\ufeff\u0000\u0007\u2028\U0001f600\U0010ffff\ud7ff\ue000"

    def glob() -> str:
        return f"{_BUCKET}*{'*'.join(_word(rng, odd, 3) for _ in range(4))}?"

    one = [glob() for _ in range(20)]
    like = {"StringNotLike": {"s3:prefix": [_word(rng, odd, 4) + "*" for _ in range(20)]}}
    return _policy(_allow(one, like)), _policy(_allow([*one[1:], glob()], like))


def _long_lists(rng: random.Random) -> tuple[Policy, Policy]:
    """5,000 actions, resources and values in one statement, shuffled."""
    actions = [f"s3:{_word(rng, 'abcdef', 6)}{rng.choice(('', '*'))}" for _ in range(5_000)]
    values = [_word(rng, "abcdef", 8) for _ in range(5_000)]
    resources = [f"{_BUCKET}{_word(rng, 'abcdef', 8)}/*" for _ in range(5_000)]

    def statement(dropped: int) -> Policy:
        texts = rng.sample(values, len(values) - dropped)
        return {
            "Effect": "Allow",
            "Action": rng.sample(actions, len(actions)),
            "Resource": rng.sample(resources, len(resources)),
            "Condition": {"StringEquals": {"s3:prefix": texts}},
        }

    return _policy(statement(0)), _policy(statement(rng.choice((0, 1))))


def _many_statements(rng: random.Random) -> tuple[Policy, Policy]:
    """Hundreds of statements, Allow and Deny, over few actions, resources and keys."""

    def statement() -> Policy:
        return {
            "Effect": rng.choice(("Allow", "Allow", "Deny")),
            rng.choice(("Action", "NotAction")): f"s3:*{_word(rng, 'ab', 2)}*",
            rng.choice(("Resource", "NotResource")): f"{_BUCKET}*{_word(rng, 'ab', 3)}*",
            "Condition": {"StringLike": {f"s3:k{rng.randrange(4)}": f"*{_word(rng, 'ab', 2)}*"}},
        }

    one = [statement() for _ in range(rng.randint(20, 120))]
    return _policy(*one), _policy(*one[1:], statement())


KINDS: dict[str, Maker] = {
    "nested stars": _nested_stars,
    "2,000 near-equal patterns": _near_equal_patterns,
    "long runs of ?": _long_marks,
    "50 negated patterns": _negated_patterns,
    "overlapping *a???b*": _overlapping_marks,
    "all words but some": _covers_of_nothing_left,
    "CIDR forest": _block_forest,
    "64 multivalued conditions": _multivalued_conditions,
    "many variables": _variables,
    "huge numbers": _huge_numbers,
    "odd Unicode": _odd_characters,
    "long lists": _long_lists,
    "many statements": _many_statements,
}
"""Name to maker."""
