"""From what was found on both sides to a `Review`: what changed, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from iamlogic.questions.review.concerns import unread_notice
from iamlogic.questions.review.pairing import Pair, grown, paired
from iamlogic.questions.review.placed import Found, PlacedPolicy, Unread
from iamlogic.questions.review.review import Review, ReviewedChange


class Sides:
    """All that was found before and after; `renamed` has today's names of files by their old ones.

    A policy that can no longer be read is not gone: nothing is said of it but that.
    """

    def __init__(self, renamed: Mapping[str, str]) -> None:
        self._renamed = renamed
        self._before: list[Found] = []
        self._after: list[Found] = []

    def add(self, before: Found, after: Found) -> None:
        """Take in what one file, or one module, held and holds."""
        self._before.append(before)
        self._after.append(after)

    @cached_property
    def before(self) -> Found:
        """All that was found before."""
        return joined(self._before)

    @cached_property
    def after(self) -> Found:
        """All that was found after."""
        return joined(self._after)

    @property
    def is_settled(self) -> bool:
        """Whether every policy is read, and a version of the one in its place.

        What else is found elsewhere changes nothing of that: places come first.
        """
        counterparts = all(each.before and each.after for each in self.pairs)
        return counterparts and not (self.grown or self.before.unread or self.after.unread)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """All policies that could be read, each with its counterpart."""
        unread = {self.place(each) for each in self.after.unread}
        known = [
            each
            for each in self.before.policies
            if not {(self._now(each.file), ""), self.place(each)} & unread
        ]
        return paired(known, self.after.policies, self._renamed)

    @property
    def grown(self) -> tuple[PlacedPolicy, ...]:
        """The policies that count as new, since they are attached to more, or there more often."""
        return grown(self.before.policies, self.after.policies, self._renamed)

    @property
    def changed(self) -> tuple[Pair, ...]:
        """The policies that are not as they were, or not where they were."""
        return tuple(each for each in self.pairs if not each.is_unchanged)

    @cached_property
    def unread(self) -> tuple[Unread, ...]:
        """What cannot be read now, but for what could not be before and is as it was."""
        old = {(self.place(each), each.content) for each in self.before.unread if each.content}
        return tuple(
            each for each in self.after.unread if (self.place(each), each.content) not in old
        )

    def was_read(self, unread: Unread) -> bool:
        """Whether there was a policy that could be read in the same place, or the same file."""
        return any(
            self._now(each.file) == unread.file and unread.name in {"", each.name}
            for each in self.before.policies
        )

    def _now(self, file: str) -> str:
        return self._renamed.get(file, file)

    def place(self, placed: PlacedPolicy | Unread) -> tuple[str, str]:
        """Where a policy stands, by today's names."""
        return self._now(placed.file), placed.name


def joined(found: Iterable[Found]) -> Found:
    """All that several searches found, in their order."""
    every = tuple(found)
    return Found(
        tuple(policy for each in every for policy in each.policies),
        tuple(unread for each in every for unread in each.unread),
    )


def assembled(
    sides: Sides, changes: Iterable[ReviewedChange | Unread], base: str, head: str
) -> Review:
    """The review of the changes, with a notice for each policy that could not be read.

    A change may have come to nothing but a reason why it is not known.
    """
    reviewed: list[ReviewedChange] = []
    unread = [*sides.unread]
    for change in changes:
        if isinstance(change, Unread):
            unread.append(change)
        else:
            reviewed.append(change)
    after_unread = {(each.file, each.name) for each in sides.after.unread}
    before_only = sorted(
        each.title for each in sides.before.unread if sides.place(each) not in after_unread
    )
    return Review(
        base,
        head,
        tuple(sorted(reviewed, key=_place)),
        tuple(unread),
        tuple(unread_notice(each, was_read=sides.was_read(each)) for each in unread),
        unchanged=sum(each.is_unchanged for each in sides.pairs),
        remarks=(
            *(f"{title} could not be read as it was before" for title in before_only),
            *(
                f"{each.title} is for something else than before, or there in more cases: "
                "all that it allows counts as new"
                for each in sides.grown
            ),
        ),
    )


def _place(change: ReviewedChange) -> tuple[str, int, int, str]:
    where = change.placed.where
    return change.placed.file, where.line or 0, where.column or 0, change.placed.name
