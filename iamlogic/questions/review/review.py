"""`Review`: what a change to many policies means, policy by policy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from iamlogic.questions.answer import Answer
from iamlogic.questions.compare import Comparison
from iamlogic.questions.external.preview import Preview
from iamlogic.questions.guardrail import Breach
from iamlogic.questions.review.notices import Notice
from iamlogic.questions.review.placed import PlacedPolicy, Unread


class ChangeKind(Enum):
    """What became of a policy."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Publicity:
    """Whether a policy makes its resource public, then and now: None where there was no policy."""

    before: Answer | None
    after: Answer | None


@dataclass(frozen=True, slots=True)
class ReviewedChange:
    """One policy that changed, and what that means.

    `before` is None for a policy that is new, `after` for one that is gone; such a policy is
    compared with one that allows nothing. `comparison` is of the policies with their placeholders
    read as names (`PlacedPolicy.policy`); `for_any` of what is left open by them, None where
    nothing is. `external` is None where the policy names no principals; if nobody said who is
    trusted, nobody is. `breaches` are the guardrails that the policy
    breaks now. `notices` are what of all this somebody should know, the gravest first.

    `denials` is the comparison of what is denied: of the policies, were all else allowed. What it
    gains is no longer denied, and it is for other policies to say whether it is allowed. None where
    the Deny statements are as they were. `directly` is the comparison of what a resource's policy
    gives by itself, to those whose own policies allow nothing (R-E8, R-E10): who is named, beside
    their account that was named already, needs no policy any more. None where the policies differ
    for all, or in nobody's name.
    """

    before: PlacedPolicy | None
    after: PlacedPolicy | None
    comparison: Comparison
    for_any: Comparison | None
    external: Preview | None
    publicity: Publicity | None
    breaches: tuple[Breach, ...]
    notices: tuple[Notice, ...]
    denials: Comparison | None = None
    directly: Comparison | None = None

    @property
    def placed(self) -> PlacedPolicy:
        """The policy now, or as it was before it was removed."""
        placed = self.after or self.before
        assert placed is not None
        return placed

    @property
    def kind(self) -> ChangeKind:
        """What became of it; a policy that is somewhere else and means the same is moved."""
        if self.before is None:
            return ChangeKind.ADDED
        if self.after is None:
            return ChangeKind.REMOVED
        here, there = self.after, self.before
        same_place = (here.file, here.name) == (there.file, there.name)
        return ChangeKind.CHANGED if same_place or here.policy != there.policy else ChangeKind.MOVED


@dataclass(frozen=True, slots=True)
class Review:
    """What changed between two revisions.

    `base` and `head` are what was compared, in words: `main (1a2b3c4)`, `the working tree`.
    `changes` stand in the order of their files and places; `unread` are the policies that could not
    be read, with `notices` of their own. `files` is how many files were looked at, `unchanged` how
    many policies in them are as they were; `guardrails` is how many were held against the changes.
    `remarks` are sentences about the review as a whole.
    """

    base: str
    head: str
    changes: tuple[ReviewedChange, ...] = ()
    unread: tuple[Unread, ...] = ()
    unread_notices: tuple[Notice, ...] = ()
    files: int = 0
    unchanged: int = 0
    guardrails: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """All notices, in the order of the policies that they are about."""
        return (*(n for change in self.changes for n in change.notices), *self.unread_notices)
