"""`opened`: a policy of which everything that hangs on a placeholder is left open.

A text with a placeholder matches what its value makes it match. Of that two things are known,
whatever the value: it lies in the pattern that has `*` for the placeholder, and it lies in what
every text matches that covers this one letter by letter (`<B>/a*` in `<B>/*`). Each such text
becomes its pattern under a guard that the request matches it, or one of those that it covers.

A list of known and open entries becomes two statements, since a guard is for a whole statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, product

from iamlogic.questions.review.openness import (
    HOLDS,
    OPEN,
    asks_for,
    condition_subject,
    guard,
    is_guard,
)
from iamlogic.questions.review.placed import UNKNOWN_ARN, Placeholder, PlaceholderKind
from iamlogic.symbolic.languages import Glob, glob, glob_covers
from iamlogic.syntax.operators import OPERATORS, Comparison, Family, Operator, SetPrefix
from iamlogic.syntax.policy import (
    Actions,
    Condition,
    Policy,
    Principal,
    PrincipalForm,
    Principals,
    PrincipalType,
    Resources,
    Statement,
    Text,
)


def opened(
    policy: Policy, placeholders: Sequence[Placeholder], beside: Iterable[Policy] = ()
) -> Policy:
    """The policy for every value that its placeholders can have.

    `beside` are the policies that it is compared with: what theirs and this one's texts have to do
    with each other is kept. A value may hold policy variables, which mean something in one version
    of the language, and not in the other: the same text is another in a policy of another version.
    """
    if not placeholders:
        return policy
    others = tuple(beside)
    opening = _Opening.of((policy, *others), placeholders)
    statements = tuple(
        each for statement in policy.statements for each in opening.statements(statement)
    )
    version = _version(policy)
    if any(_version(each) != version for each in others):
        statements = tuple(_versioned(each, version) for each in statements)
    return replace(policy, statements=statements)


def _version(policy: Policy) -> str:
    """The version of the language; R-P2 says which one it is without."""
    return "2008-10-17" if policy.version is None else policy.version.value


def _versioned(statement: Statement, version: str) -> Statement:
    """The statement with guards of its own, but for those on conditions of the template."""

    def own(condition: Condition) -> Condition:
        subject = condition.key.removeprefix(OPEN)
        if not is_guard(condition) or subject.startswith("<if "):
            return condition
        if condition.values == (Text(HOLDS),):
            return replace(condition, key=f"{condition.key}, version {version}")
        values = tuple(Text(f"{each.text}, version {version}") for each in condition.values)
        return replace(condition, values=values)

    return replace(statement, conditions=tuple(map(own, statement.conditions)))


@dataclass(frozen=True, slots=True)
class _Opening:
    """The texts of placeholders, and all texts in which they occur."""

    texts: tuple[str, ...]
    parts: frozenset[str]  # those that stand for one part of an ARN, without colons
    resources: frozenset[str]
    actions: frozenset[str]

    @staticmethod
    def of(policies: Iterable[Policy], placeholders: Sequence[Placeholder]) -> _Opening:
        texts = tuple(sorted((each.text for each in placeholders), key=len, reverse=True))
        statements = [each for policy in policies for each in policy.statements]

        def having(patterns: Iterable[Text]) -> frozenset[str]:
            return frozenset(p.text for p in patterns if any(t in p.text for t in texts))

        kinds = {PlaceholderKind.REGION, PlaceholderKind.ACCOUNT}
        return _Opening(
            texts,
            frozenset(each.text for each in placeholders if each.kind in kinds),
            having(p for each in statements if each.resources for p in each.resources.patterns),
            having(p for each in statements for p in each.actions.patterns),
        )

    def statements(self, statement: Statement) -> Iterator[Statement]:
        """What a statement is without its open entries, and what it is with them alone."""
        found = [statement]
        steps = (self._by_actions, self._by_resources, self._by_principals, self._by_conditions)
        for step in steps:
            found = [after for before in found for after in step(before)]
        yield from found

    def _is_open(self, text: Text) -> bool:
        return any(each in text.text for each in self.texts)

    def _by_actions(self, statement: Statement) -> Iterator[Statement]:
        actions = statement.actions
        name = "Action"

        def put(patterns: tuple[Text, ...], *, negated: bool) -> Statement:
            return replace(statement, actions=Actions(patterns, negated, actions.where))

        yield from self._divided(
            statement, name, actions.patterns, self.actions, put, negated=actions.negated
        )

    def _by_resources(self, statement: Statement) -> Iterator[Statement]:
        resources = statement.resources
        if resources is None:
            yield statement
            return

        def put(patterns: tuple[Text, ...], *, negated: bool) -> Statement:
            return replace(statement, resources=Resources(patterns, negated, resources.where))

        yield from self._divided(
            statement,
            "Resource",
            resources.patterns,
            self.resources,
            put,
            negated=resources.negated,
        )

    def _by_principals(self, statement: Statement) -> Iterator[Statement]:
        principals = statement.principals
        unknown = [each for each in principals.entries if "<" in each.text] if principals else []
        unknown = [each for each in unknown if any(text in each.text for text in self.texts)]
        if principals is None or not unknown:
            yield statement
            return
        known = tuple(each for each in principals.entries if each not in unknown)
        if principals.negated:
            listed = ", ".join(sorted(each.text for each in unknown))
            subject = f"NotPrincipal {listed}, {statement.effect.value}"
            rest = replace(principals, entries=known) if known else Principals((_EVERYONE,))
            yield _under(replace(statement, principals=rest), guard(subject, matches=False))
            return
        if known:
            yield replace(statement, principals=replace(principals, entries=known))
        for cover, each in groupby(sorted(unknown, key=_sort_key), key=_cover):
            entries = [entry.text for entry in each]
            put = replace(statement, principals=replace(principals, entries=(cover,)))
            yield _under(put, guard("Principal", entries))

    def _divided(
        self,
        statement: Statement,
        name: str,
        patterns: tuple[Text, ...],
        others: frozenset[str],
        put: Callable[..., Statement],
        *,
        negated: bool,
    ) -> Iterator[Statement]:
        unknown = [each for each in patterns if self._is_open(each)]
        if not unknown:
            yield statement
            return
        known = tuple(each for each in patterns if not self._is_open(each))
        entries = [
            other for other in others if any(self._covers(each.text, other) for each in unknown)
        ]
        if negated:
            # Nothing of the list may match: not what is known, and none of what is open.
            rest = put(known, negated=True) if known else put((Text("*"),), negated=False)
            yield _under(rest, guard(name, entries, matches=False))
            return
        if known:
            yield put(known, negated=False)
        covers = tuple(Text(self._pattern(each.text), where=each.where) for each in unknown)
        yield _under(put(covers, negated=False), guard(name, entries))

    def _pattern(self, text: str) -> str:
        """All that a text can match, as a pattern."""
        text = text.removeprefix(UNKNOWN_ARN)
        for each in self.texts:
            text = text.replace(each, "*")
        # A variable may hold anything, too: what is left of it is a pattern without one.
        return re.sub(r"\$\{[^}]*\}", "*", text)

    def _covers(self, wide: str, narrow: str) -> bool:
        """Whether a text matches all that another does, whatever the placeholders' values are.

        A placeholder is one letter of its own, which only itself and `*` cover. A `?` could cover
        it as a letter, but not as a text of another length: then it is not seen.
        """
        if wide == narrow:
            return True
        if "?" in wide or "${" in wide or "${" in narrow:
            return False
        for number, each in enumerate(self.texts):
            letter = chr(0xE000 + number)  # for private use: no policy has it
            wide, narrow = wide.replace(each, letter), narrow.replace(each, letter)
        pattern = glob(wide)
        return isinstance(pattern, Glob) and glob_covers(pattern, narrow)

    def _by_conditions(self, statement: Statement) -> Iterator[Statement]:
        for ways in product(*(tuple(self._ways(each)) for each in statement.conditions)):
            yield replace(statement, conditions=tuple(each for way in ways for each in way))

    def _ways(self, condition: Condition) -> Iterator[tuple[Condition, ...]]:
        """The conditions of which one holds exactly where this one does."""
        unknown = [each for each in condition.values if self._is_open(each)]
        is_known = not unknown and not any(each in condition.key for each in self.texts)
        if is_known or is_guard(condition):
            yield (condition,)
            return
        if unknown and _is_any_of(condition) and not self._is_open(Text(condition.key)):
            known = tuple(each for each in condition.values if not self._is_open(each))
            if known:
                yield (replace(condition, values=known),)
            open_ = guard(
                f"Condition {condition.operator} {condition.key}", (each.text for each in unknown)
            )
            yield (*self._bound(condition, unknown), open_)
            return
        texts = (each.text for each in condition.values)
        yield (guard(condition_subject(condition.operator, condition.key, texts)),)

    def _is_divided(self, text: str) -> bool:
        """Whether a text is an ARN whose parts are where they seem to be, whatever is open."""
        *parts, last = text.split(":", _ARN_PARTS - 1)
        head = ":".join(parts)
        for each in self.parts:
            head = head.replace(each, "")
        is_whole = len(parts) == _ARN_PARTS - 1 and parts[0] == "arn" and last != ""
        return is_whole and not self._is_open(Text(head)) and not set(head) & set("*?$")

    def _bound(self, condition: Condition, unknown: Iterable[Text]) -> tuple[Condition, ...]:
        """What a key is like if one of the open values matches it, as far as that can be said."""
        base = condition.operator.base
        if base.family not in {Family.STRING, Family.ARN}:
            return ()
        if base.comparison is Comparison.EQUALS_IGNORE_CASE:
            return ()
        # A value may hold colons, which ArnLike stops at: the pattern is one of a text then.
        is_arn = all(self._is_divided(each.text) for each in unknown)
        form = _ARN_LIKE if is_arn else _STRING_LIKE
        like = Operator(form, condition.operator.set_prefix, condition.operator.if_exists)
        patterns = tuple(Text(self._pattern(each.text), where=each.where) for each in unknown)
        return (Condition(like, condition.key, patterns, condition.where),)


_STRING_LIKE, _ARN_LIKE = OPERATORS["stringlike"].base, OPERATORS["arnlike"].base
_ARN_PARTS = 6


_EVERYONE = Principal(PrincipalType.ANY, PrincipalForm.EVERYONE, "*")


def _cover(entry: Principal) -> Principal:
    """All whom an entry can name, if a part of its name is not known."""
    if entry.form not in {PrincipalForm.USER, PrincipalForm.ROLE}:
        return _EVERYONE
    text = f"arn:{entry.partition}:iam::{entry.account}:root"
    account = PrincipalForm.ACCOUNT
    return Principal(PrincipalType.AWS, account, text, entry.partition, entry.account)


def _sort_key(entry: Principal) -> tuple[str, str]:
    return _cover(entry).text, entry.text


def _is_any_of(condition: Condition) -> bool:
    """Whether a condition holds exactly if it holds for one of its values alone."""
    operator = condition.operator
    return (
        not operator.base.negated
        and operator.set_prefix is not SetPrefix.FOR_ALL_VALUES
        and operator.base.comparison is not Comparison.IS_ABSENT
    )


def _under(statement: Statement, condition: Condition) -> Statement:
    """The statement under a guard more; of what must not match there is one list for a key."""
    others = tuple(each for each in statement.conditions if not _is_same(each, condition))
    if len(others) < len(statement.conditions):
        before = next(each for each in statement.conditions if _is_same(each, condition))
        texts = [each.text for each in (*before.values, *condition.values)]
        subject = condition.key.removeprefix(OPEN)
        condition = guard(subject, texts, matches=asks_for(condition))
    return replace(statement, conditions=(*others, condition))


def _is_same(condition: Condition, other: Condition) -> bool:
    return (condition.operator, condition.key) == (other.operator, other.key)
