"""The parts of statements as hypothesis strategies: principals and conditions, as decoded JSON.

An operator is drawn before its key, so that no operator is rare because few keys take it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import TypeAlias, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iamlogic.testing.strategies.errors import StrategyError, check_sizes
from iamlogic.testing.strategies.everyday import EVERYDAY
from iamlogic.testing.strategies.vocabulary import Key, Vocabulary

Json = str | list["Json"] | dict[str, "Json"]
"""Decoded JSON, as far as policies need it."""


def principals(
    vocabulary: Vocabulary = EVERYDAY, *, types: Collection[str] = (), max_size: int = 3
) -> SearchStrategy[Json]:
    """Values of `Principal` and `NotPrincipal`, as decoded JSON: `"*"` or an object.

        principals(types=["AWS"], max_size=1)    # {"AWS": ["111122223333"]}

    Drawn from the vocabulary's principals of the given `types` (all of them, if none is given), at
    most `max_size` at once. `"*"` is what examples shrink to, and is drawn with `types`, too.
    """
    check_sizes(0, max_size, named="size")
    members = [each for each in vocabulary.principals if not types or each[0] in types]
    if not members:
        known = sorted({type_ for type_, _ in vocabulary.principals})
        raise StrategyError(
            f"the vocabulary has no principals of types {sorted(types)}: it has {', '.join(known)}"
        )
    some = st.lists(st.sampled_from(members), max_size=max_size, unique=True)
    return some.map(_principal)


def _principal(named: list[tuple[str, str]]) -> Json:
    if not named:
        return "*"
    members: dict[str, list[Json]] = {}
    for type_, value in named:
        members.setdefault(type_, []).append(value)
    return dict(members)


def conditions(
    vocabulary: Vocabulary = EVERYDAY, *, min_size: int = 0, max_size: int = 2
) -> SearchStrategy[dict[str, Json]]:
    """`Condition` blocks as decoded JSON, `{}` among them unless `min_size` is 1.

        conditions(min_size=1)    # {"StringEquals": {"aws:PrincipalOrgID": ["o-exampleorgid"]}}

    A block has up to `max_size` conditions: the vocabulary's keys under each operator that they
    take, with and without set prefix and `IfExists`, and under `Null`. Where no key is in the
    vocabulary the block is empty.
    """
    check_sizes(min_size, max_size, named="size")
    if not vocabulary.keys:
        if min_size:
            raise StrategyError(f"min_size is {min_size}, and the vocabulary has no keys")
        return st.just({})
    drawn = st.lists(
        _condition(vocabulary),
        min_size=min_size,
        max_size=max_size,
        unique_by=lambda each: (each[0], each[1].lower()),
    )
    return drawn.map(block)


_Word = TypeVar("_Word")
_Condition: TypeAlias = tuple[str, str, Json]
"""An operator with its modifiers, a key, values."""


@lru_cache(maxsize=100)
def _condition(vocabulary: Vocabulary) -> SearchStrategy[_Condition]:
    """An operator, those without set prefix twice as often as others; then a key that takes it."""
    uses = {name: evenly(found) for name, found in _uses(vocabulary).items()}
    operators = st.sampled_from([name for name in uses for _ in range(1 if ":" in name else 2)])

    @st.composite
    def condition(draw: DrawFn) -> _Condition:
        return draw(draw(uses[draw(operators)]))

    return condition()  # its name alone is short: hypothesis writes arguments out


def _uses(vocabulary: Vocabulary) -> dict[str, list[SearchStrategy[_Condition]]]:
    """By operator, with its modifiers, the conditions in which the vocabulary has it."""
    uses: dict[str, list[SearchStrategy[_Condition]]] = {}
    for key in vocabulary.keys:
        for base in key.operators:
            for prefix, if_exists in product(key.prefixes, ("", "IfExists")):
                if base != "Null":
                    name = f"{prefix}{base}{if_exists}"
                    uses.setdefault(name, []).extend(_written(name, key, key.values_for(base)))
        uses.setdefault("Null", []).extend(_written("Null", key, ("false", "true"), max_size=1))
    return uses


def _written(
    operator: str, key: Key, values: tuple[str, ...], *, max_size: int = 3
) -> Iterator[SearchStrategy[_Condition]]:
    for spelling in key.spellings:
        yield st.tuples(st.just(operator), st.just(spelling), some_of(values, max_size=max_size))


def block(drawn: list[tuple[str, str, Json]]) -> dict[str, Json]:
    """R-P11: one operator names one key once, in whatever case."""
    members: dict[str, dict[str, Json]] = {}
    taken: set[tuple[str, str]] = set()
    for operator, name, values in drawn:
        if (operator, name.lower()) not in taken:
            taken.add((operator, name.lower()))
            members.setdefault(operator, {})[name] = values
    return dict(members)


@lru_cache(maxsize=1000)
def some_of(words: tuple[str, ...], *, max_size: int = 3) -> SearchStrategy[Json]:
    """Lists of one to `max_size` of the words, each once.

    A count and as many words are fewer choices than a list: of an example's conditions hypothesis
    leaves out those that do not matter only if each is made of five choices at most.
    """
    counts, word = st.integers(1, max_size), st.sampled_from(words)

    @st.composite
    def some(draw: DrawFn) -> Json:
        return list(dict.fromkeys(draw(word) for _ in range(draw(counts))))

    return some()


def evenly(words: Sequence[_Word]) -> SearchStrategy[_Word]:
    """One of the words, with something to choose also where there is one.

    Hypothesis takes what was made with fewer choices for simpler: without this, examples would
    shrink to the operator that one key has, not to the first.
    """
    return st.sampled_from([*words, *words] if len(words) == 1 else list(words))
