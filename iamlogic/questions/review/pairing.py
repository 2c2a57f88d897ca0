"""Which policy of before became which policy of after.

A policy is known by its place: its file, whatever that is called now, and its name there. What is
left over on both sides is matched by content: first the very same policy somewhere else, then the
most similar one of the same type, if at least half of its statements are in both. The rest is gone
or new.

A policy is a version of another only if it is one for the same: of the same type, for the same type
of resource. What it is attached to may become less, and not more: what a policy says to a role that
it was not attached to before is new. So is what is there always, and was under a condition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from iamlogic.questions.review.apart import told_apart
from iamlogic.questions.review.placed import PlacedPolicy

MOST_COMPARED = 200
"""Policies left over on a side that are compared with those of the other by their statements."""

_SIMILAR = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """A policy before and after; None where there is none."""

    before: PlacedPolicy | None
    after: PlacedPolicy | None

    @property
    def is_unchanged(self) -> bool:
        """Whether the same policy stands in the same place, and is there as it was."""
        before, after = self.before, self.after
        return (
            before is not None
            and after is not None
            and (before.file, before.name) == (after.file, after.name)
            and (before.policy, before.for_any) == (after.policy, after.for_any)
        )


def paired(
    before: Iterable[PlacedPolicy], after: Iterable[PlacedPolicy], renamed: Mapping[str, str]
) -> tuple[Pair, ...]:
    """All policies, each with its counterpart, in the order of the files and the places in them.

    `renamed` has the names that files have now, by those that they had.
    """
    old = _by_place(before, renamed)
    new = _by_place(after, {})
    same_place = [(old[place], new[place]) for place in new if place in old]
    pairs = [Pair(*each) for each in same_place if _is_version(*each)]
    taken = {id(side) for pair in pairs for side in (pair.before, pair.after)}
    gone = [each for each in old.values() if id(each) not in taken]
    come = [each for each in new.values() if id(each) not in taken]
    for match in (_same, _similar):
        for pair in match(gone, come):
            pairs.append(pair)
            gone = [each for each in gone if each is not pair.before]
            come = [each for each in come if each is not pair.after]
    stays = {id(then) for then, now in same_place if is_wider(then, now)}
    pairs = [_told_apart(each) for each in pairs]
    pairs += [Pair(each, None) for each in gone if id(each) not in stays]
    pairs += [Pair(None, each) for each in come]
    return tuple(sorted(pairs, key=_place))


def grown(
    before: Iterable[PlacedPolicy], after: Iterable[PlacedPolicy], renamed: Mapping[str, str]
) -> tuple[PlacedPolicy, ...]:
    """The policies that count as new, in the place of one that was attached to less."""
    old, new = _by_place(before, renamed), _by_place(after, {})
    return tuple(new[place] for place in new if place in old and is_wider(old[place], new[place]))


def _by_place(
    policies: Iterable[PlacedPolicy], renamed: Mapping[str, str]
) -> dict[tuple[str, str, int], PlacedPolicy]:
    """The policies by file, name and number: names may occur twice, as those of documents do."""
    found: dict[tuple[str, str, int], PlacedPolicy] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for each in policies:
        place = renamed.get(each.file, each.file), each.name
        found[*place, counts[place]] = each
        counts[place] += 1
    return found


def _told_apart(pair: Pair) -> Pair:
    if pair.before is None or pair.after is None:
        return pair
    return Pair(told_apart(pair.before, pair.after), pair.after)


def _place(pair: Pair) -> tuple[str, int, int, str]:
    placed = pair.after or pair.before
    assert placed is not None
    where = placed.where
    return placed.file, where.line or 0, where.column or 0, placed.name


def is_wider(before: PlacedPolicy, after: PlacedPolicy) -> bool:
    """Whether a policy is for the same, but is attached to more, or there in more cases."""
    if not _of_one_kind(before, after):
        return False
    if before.condition not in {"", after.condition}:
        return True
    return not after.attached <= before.attached


def _is_version(before: PlacedPolicy, after: PlacedPolicy) -> bool:
    return _of_one_kind(before, after) and not is_wider(before, after)


def _of_one_kind(before: PlacedPolicy, after: PlacedPolicy) -> bool:
    """Whether the two can be compared, and are for the same."""
    if (before.type, before.resource_type) != (after.type, after.resource_type):
        return False
    has_statements = before.policy.statements and after.policy.statements
    return not has_statements or before.policy.kind is after.policy.kind


def _same(gone: Sequence[PlacedPolicy], come: Sequence[PlacedPolicy]) -> Iterator[Pair]:
    by_policy: dict[object, list[PlacedPolicy]] = {}
    for each in come:
        by_policy.setdefault(each.policy, []).append(each)
    for each in gone:
        found = by_policy.get(each.policy, [])
        version = next((other for other in found if _is_version(each, other)), None)
        if version is not None:
            found.remove(version)
            yield Pair(each, version)


def _similar(gone: Sequence[PlacedPolicy], come: Sequence[PlacedPolicy]) -> Iterator[Pair]:
    ranked = sorted(
        (
            (-similarity, i, j)
            for i, old in enumerate(gone[:MOST_COMPARED])
            for j, new in enumerate(come[:MOST_COMPARED])
            if _is_version(old, new) and (similarity := _similarity(old, new)) >= _SIMILAR
        )
    )
    used: set[tuple[str, int]] = set()
    for _, i, j in ranked:
        if ("before", i) not in used and ("after", j) not in used:
            used |= {("before", i), ("after", j)}
            yield Pair(gone[i], come[j])


def _similarity(old: PlacedPolicy, new: PlacedPolicy) -> float:
    """The share of statements that are in both, of the one that has more."""
    before, after = set(old.policy.statements), set(new.policy.statements)
    if not before or not after:
        return 0.0
    return len(before & after) / max(len(before), len(after))
