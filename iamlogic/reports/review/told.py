"""A notice with the change that it is about: what machines report, one result for each.

Machines show one line and one place, and tell results apart by a fingerprint. So each notice gets
its whole message as sentences, a place in a file that exists, and a fingerprint of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from iamlogic.errors import Where
from iamlogic.questions.review.notices import Notice
from iamlogic.questions.review.review import Review, ReviewedChange
from iamlogic.reports.access import asked_by
from iamlogic.reports.review.order import by_place, notices_of, unread_by_place
from iamlogic.reports.review.wording import depends
from iamlogic.semantics.explain import printable


@dataclass(frozen=True, slots=True)
class Told:
    """One result: the notice, where it is shown, and what tells it from all others.

    `change` is None of what could not be read.
    """

    notice: Notice
    change: ReviewedChange | None
    where: Where
    fingerprint: str

    @property
    def headline(self) -> str:
        """The policy and the message, in one line."""
        possible = " (possible)" if self.notice.depends_on else ""
        return printable(f"{self.notice.policy}: {self.notice.message}{possible}")

    @property
    def lines(self) -> list[str]:
        """The whole message, a line each."""
        said = (line for text in self.notice.detail for line in text.split("\n"))
        headline, *more = self.brief
        return [headline, *map(printable, said), *more]

    @property
    def brief(self) -> list[str]:
        """The message, on what it hangs, and an example."""
        hangs, witness = depends(self.notice, self.change), self.notice.witness
        example = [] if witness is None else [f"For example: {asked_by(witness)}"]
        return [self.headline, *([] if hangs is None else [hangs]), *example]


def told(review: Review) -> list[Told]:
    """All notices, in the order of the places of their policies."""
    seen: Counter[str] = Counter()
    found = []
    for each in _told(review):
        seen[each.fingerprint] += 1
        again = seen[each.fingerprint]
        # Two results are two, even where whoever made the notices thought them one.
        found.append(each if again == 1 else replace(each, fingerprint=_hash(each, again)))
    return found


def _told(review: Review) -> Iterator[Told]:
    for change in by_place(review):
        for notice in notices_of(change.notices):
            placed = change.placed
            yield _of(notice, change, replace(placed.where, file=placed.file))
    places = {each.title: replace(each.where, file=each.file) for each in unread_by_place(review)}
    for notice in sorted(notices_of(review.unread_notices), key=lambda each: each.policy):
        yield _of(notice, None, places.get(notice.policy, notice.where))


def _of(notice: Notice, change: ReviewedChange | None, home: Where) -> Told:
    where = notice.where if notice.where.file else home
    found = Told(notice, change, where, "")
    return replace(found, fingerprint=_hash(found, 1))


def _hash(of: Told, again: int) -> str:
    notice = of.notice
    parts = (notice.fingerprint, notice.rule, notice.policy, *([str(again)] if again > 1 else []))
    return sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
