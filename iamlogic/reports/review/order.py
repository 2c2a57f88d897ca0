"""In which order a review is told: the same for the same review, however it was put together.

Machines get the order of files and places. People read from the top, so they get what is gravest
first, and what means nothing last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from iamlogic.errors import Where
from iamlogic.questions.compare import Comparison, Relation
from iamlogic.questions.gain import Difference
from iamlogic.questions.review.notices import Notice, Severity, Topic
from iamlogic.questions.review.placed import Unread
from iamlogic.questions.review.possible import is_guarded, undenied
from iamlogic.questions.review.review import Review, ReviewedChange

_SEVERITIES = tuple(Severity)
_TOPICS = tuple(Topic)

_Place = tuple[str, int, int, str]


def by_place(review: Review) -> list[ReviewedChange]:
    """The changes in the order of their files, and of their places in them."""
    return sorted(review.changes, key=_place_of)


def by_gravity(review: Review) -> list[ReviewedChange]:
    """The changes with the gravest first, those alike in the order of their places."""
    return sorted(by_place(review), key=gravity)


def unread_by_place(review: Review) -> list[Unread]:
    """What could not be read, in the order of files and places."""
    return sorted(review.unread, key=lambda each: (_place(each.file, each.where), each.name))


def notices_of(notices: Iterable[Notice]) -> list[Notice]:
    """Notices, the gravest first."""
    return sorted(notices, key=_notice_key)


def gravity(change: ReviewedChange) -> tuple[int, ...]:
    """How early a change is to be read: by its gravest notice, then by what is gained."""
    first = min(map(_weight, change.notices), default=(len(_SEVERITIES), len(_TOPICS)))
    return (*first, int(not grants_more(change)), int(is_quiet(change)))


def grants_more(change: ReviewedChange) -> bool:
    """Whether something is allowed that was not before, whatever is left open."""
    return _is_certain(change.comparison.relation in _MORE, change.comparison.gained)


def can_grant_more(change: ReviewedChange) -> bool:
    """Whether it hangs on what is left open that something is allowed that was not before."""
    return not grants_more(change) and any(each.relation in _MORE for each in comparisons(change))


def denies_less(change: ReviewedChange) -> bool:
    """Whether something is no longer denied, whatever other policies allow."""
    known = change.denials is not None and change.denials.relation in _MORE
    return known and any(True for _ in undenied(change))


def grants_less(change: ReviewedChange) -> bool:
    """Whether something is no longer allowed, whatever is left open."""
    return _is_certain(change.comparison.relation in _LESS, change.comparison.lost)


def can_grant_less(change: ReviewedChange) -> bool:
    """Whether it hangs on what is left open that something is no longer allowed."""
    return not grants_less(change) and any(each.relation in _LESS for each in comparisons(change))


def _is_certain(differs: bool, found: Sequence[Difference]) -> bool:  # noqa: FBT001 (a value)
    """Of a difference whose account is not there nothing says that it hangs on anything."""
    return differs and (not found or not all(map(is_guarded, found)))


def comparisons(change: ReviewedChange) -> list[Comparison]:
    """The comparison with names for placeholders, and that for all their values."""
    return [change.comparison, *([change.for_any] if change.for_any is not None else [])]


def is_unknown(change: ReviewedChange) -> bool:
    """Whether it is not known what the change means, for some values of placeholders at least."""
    return any(each.relation is Relation.UNKNOWN for each in comparisons(change))


def is_quiet(change: ReviewedChange) -> bool:
    """Whether nothing is to be said of a change but that it means what it did."""
    same = all(each.relation is Relation.EQUIVALENT for each in comparisons(change))
    return same and not change.notices and not change.breaches


_MORE = {Relation.MORE_PERMISSIVE, Relation.INCOMPARABLE}
_LESS = {Relation.LESS_PERMISSIVE, Relation.INCOMPARABLE}


def _weight(notice: Notice) -> tuple[int, int]:
    return _SEVERITIES.index(notice.severity), _TOPICS.index(notice.topic)


def _notice_key(notice: Notice) -> tuple[object, ...]:
    where = _place(notice.where.file or "", notice.where)
    told = (notice.rule, notice.message, notice.detail, notice.depends_on)
    return (*_weight(notice), bool(notice.depends_on), where, *told, notice.fingerprint)


def _place_of(change: ReviewedChange) -> tuple[_Place, str, str]:
    placed = change.placed
    before = change.before.title if change.before else ""
    return _place(placed.file, placed.where), placed.name, before


def _place(file: str, where: Where) -> _Place:
    return file, where.line or 0, where.column or 0, where.dotted
