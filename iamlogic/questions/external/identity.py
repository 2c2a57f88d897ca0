"""The id of a finding: the same for the same grant, in whatever text it is written.

It is a hash of the grant's normal form: who, conditions and areas as languages, none of the text.
Actions and resources enter as pairs, so that it does not matter which statement lists which; only
of areas with too many pairs as the lists that they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from iamlogic.questions.external.area import Box, Lists, Part, Pattern
from iamlogic.questions.external.finding import FindingKind
from iamlogic.questions.external.grants import Grant, Key, Who
from iamlogic.symbolic.inclusion import covers, may_overlap
from iamlogic.symbolic.languages import (
    CharSet,
    Glob,
    Language,
    Ref,
    Sequence,
    Template,
    Word,
    ordered,
)
from iamlogic.symbolic.lowering import Lowered, Test
from iamlogic.symbolic.scales import Interval
from iamlogic.syntax.formatter import format as canonical
from iamlogic.syntax.policy import Policy, Statement

_MOST_PAIRS = 512
_LENGTH = 24


def identity(
    kind: FindingKind, grant: Grant, resource: str | None, denies: Iterable[Statement]
) -> str:
    """24 hexadecimal digits.

    What Denies leave of a coarse grant is not in it: so the Denies themselves enter, and whoever
    has accepted the grant is asked again when one of them changes.
    """
    form: list[object] = [kind.name, resource, signature(grant.key), _area(grant.boxes)]
    if grant.is_coarse:
        form.append(sorted(canonical(Policy((each,))) for each in denies))
    text = json.dumps(form, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:_LENGTH]


def signature(key: Key) -> list[list[str]]:
    """To whom and under which conditions, in one order."""
    who = sorted(" ".join(map(str, each.identity)) for each in key.who)
    return [who, sorted(_test(each.test) for each in key.narrowings)]


def place(lists: Lists, statement: Lowered) -> str:
    """Where a statement with these lists stands among others, whatever its text is."""
    principals = statement.principals
    entries = () if principals is None else principals.entries
    form = [
        principals is not None and principals.negated,
        sorted(str(Who.named(entry).identity) for entry in entries),
        sorted(map(_test, statement.tests)),
        lists.no_actions,
        sorted(_language(each.language) for each in lists.actions),
        lists.no_resources,
        sorted(_language(each.language) for each in lists.resources),
    ]
    return json.dumps(form)


def _test(test: Test) -> str:
    values = [_language(each) for each in ordered(test.languages)]
    return json.dumps([test.key, test.negated, test.if_absent, test.outside, *values])


def _area(boxes: Iterable[Box]) -> list[list[str]]:
    boxes = tuple(boxes)
    if _pairs(boxes) > _MOST_PAIRS:
        return sorted([*_part(box.actions), "on", *_part(box.resources)] for box in boxes)
    pairs = {
        (a, r, _touching(box.actions.without, a), _touching(box.resources.without, r))
        for box in boxes
        for a in box.actions.within
        for r in box.resources.within
    }
    widest = [pair for pair in pairs if not any(_holds(other, pair) for other in pairs - {pair})]
    return sorted(
        [*_part(Part(frozenset({a}), no_a)), "on", *_part(Part(frozenset({r}), no_r))]
        for a, r, no_a, no_r in widest
    )


def _pairs(boxes: Iterable[Box]) -> int:
    return sum(len(box.actions.within) * len(box.resources.within) for box in boxes)


def _touching(without: frozenset[Pattern], pattern: Pattern) -> frozenset[Pattern]:
    """What takes something from the pattern: what a box excepts may be about its others alone."""
    return frozenset(each for each in without if may_overlap(each.language, pattern.language))


_Pair = tuple[Pattern, Pattern, frozenset[Pattern], frozenset[Pattern]]


def _holds(wide: _Pair, narrow: _Pair) -> bool:
    """Whether the one pair holds the other; certain if True."""
    return (
        covers(wide[0].language, narrow[0].language)
        and covers(wide[1].language, narrow[1].language)
        and wide[2] <= narrow[2]
        and wide[3] <= narrow[3]
    )


def _part(part: Part) -> list[str]:
    within = sorted(_language(each.language) for each in part.within)
    without = sorted(_language(each.language) for each in part.without)
    return [*within, "but", *without] if without else within


def _language(language: Language) -> str:
    match language:
        case Word(text):
            return f"={text}"
        case Glob(text=text):
            return f"~{text}"
        case Interval(scale, (low, high)):
            return f"{scale.name} {low[0]} {low[1]} {high[0]} {high[1]}"
        case Sequence(letters, loops) | Template(letters, loops):
            return " ".join(map(_letter, (*letters, *loops)))
        case _:
            return repr(language)


def _letter(letter: CharSet | Ref | None) -> str:
    match letter:
        case None:
            return "-"
        case CharSet(chars, negated):
            return f"{'^' if negated else ''}{sorted(chars)}"
        case Ref():
            return f"${letter.key} {letter.default} {letter.any_case} {letter.stops!r}"
