"""Templates without their variables: what they hold for any value, and which values fit a word.

A template *widened* holds every word that it has with some value of its variables, and perhaps
more. A word of it suggests values; a word that is known leaves few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlogic.symbolic.languages import (
    ANY,
    NOTHING,
    CharSet,
    Glob,
    Language,
    Part,
    Ref,
    Sequence,
    Template,
    Word,
    either_case,
    matches,
    one,
    spell,
    spelled,
    without,
)

RangeOf = Callable[[Ref], Language | None]
"""A language that holds every value of a reference; None: its alphabet says all that is known."""

_Step = tuple[CharSet, bool, int | None]
"""A set of characters, whether it is a loop, and the number of the reference it comes from."""


def widened(template: Template, range_of: RangeOf) -> Language:
    """What the template holds with any values from the ranges."""
    steps = _steps(template, range_of)
    if steps is None:
        return NOTHING
    parts: list[Part] = []
    for chars, is_loop, _ in steps:
        if not is_loop:
            parts.append(chars)
        elif parts and isinstance(standing := parts[-1], tuple):
            (loop,) = standing
            wider = loop if loop.includes(chars) else chars if chars.includes(loop) else ANY
            parts[-1] = (wider,)
        else:
            parts.append((chars,))
    return spell(parts)


def _steps(template: Template, range_of: RangeOf) -> list[_Step] | None:
    """The template with ranges in the place of references; None where one has no value."""
    steps: list[_Step] = []
    number = -1
    for position, loop in enumerate(template.loops):
        if loop is not None:
            steps.append((loop, True, None))
        if position == len(template.letters):
            break
        letter = template.letters[position]
        if isinstance(letter, CharSet):
            steps.append((letter, False, None))
            continue
        number += 1
        within = _range_steps(letter, range_of(letter), number)
        if within is None:
            return None
        steps += within
    return steps


def _range_steps(ref: Ref, language: Language | None, number: int) -> list[_Step] | None:
    match language:
        case Word(text):
            reading = ref.reading(text)
            return None if reading is None else [(chars, False, number) for chars in reading]
        case Glob() | Sequence() if ref.reads is None:
            row = spelled(language)
            steps: list[_Step] = []
            for position, loop in enumerate(row.loops):
                if loop is not None:
                    steps.append((_seen_by(ref, loop), True, number))
                if position < len(row.letters):
                    steps.append((_seen_by(ref, row.letters[position]), False, number))
            return steps
    if ref.reads is not None:
        return [(one(char), False, None) for char in ref.reads[1]]
    return [(without(ref.alphabet, ref.stops), True, number)]


def _seen_by(ref: Ref, chars: CharSet) -> CharSet:
    """What a reference makes of the characters of a value."""
    if ref.any_case and chars.negated:
        chars = ANY  # a letter is kept out only if both its cases are; more does no harm
    elif ref.any_case:
        chars = CharSet(frozenset().union(*(either_case(char).chars for char in chars.chars)))
    return without(chars, ref.stops)


def values_within(template: Template, range_of: RangeOf, word: str) -> dict[str, str]:
    """Values of the variables with which the template may hold the word; a suggestion."""
    steps = _steps(template, range_of)
    path = None if steps is None else _path(steps, word)
    if steps is None or path is None:
        return {}
    texts: dict[int, str] = dict.fromkeys(range(len(template.refs)), "")
    for step, char in zip(path, word, strict=True):
        number = steps[step][2]
        if number is not None:
            texts[number] += char
    return {ref.key: texts[number] for number, ref in reversed([*enumerate(template.refs)])}


def _path(steps: list[_Step], word: str) -> list[int] | None:
    """For each character of the word, the step that reads it."""
    came_from: list[dict[int, tuple[int, int]]] = []  # by character: state → (state, step)
    states = {0: (0, 0)}
    for char in word:
        after: dict[int, tuple[int, int]] = {}
        for state in states:
            for step in _next_steps(steps, state):
                chars, is_loop, _ = steps[step]
                if char in chars:
                    after.setdefault(step if is_loop else step + 1, (state, step))
        came_from.append(after)
        states = after
    end = next((s for s in states if all(steps[n][1] for n in range(s, len(steps)))), None)
    if end is None:
        return None
    path: list[int] = []
    for reached in reversed(came_from):
        end, step = reached[end]
        path.append(step)
    return path[::-1]


def _next_steps(steps: list[_Step], state: int) -> Iterator[int]:
    """The steps that can read the next character: loops can be left out."""
    for number in range(state, len(steps)):
        yield number
        if not steps[number][1]:
            return


_LONGEST = 1_000
"""Characters of a word whose parts are all tried."""


def residue(template: Template, word: str) -> list[str] | None:
    """The values of a sole reference with which the template holds the word; None: too many."""
    at = next(n for n, letter in enumerate(template.letters) if isinstance(letter, Ref))
    ref = template.letters[at]
    assert isinstance(ref, Ref)
    if ref.any_case or ref.reads is not None or len(word) > _LONGEST:
        return None
    # The loops before and behind the reference belong to what stands there.
    before = _plain(template.letters[:at], template.loops[: at + 1])
    behind = _plain(template.letters[at + 1 :], template.loops[at + 1 :])
    starts = [i for i in range(len(word) + 1) if matches(before, word[:i])]
    ends = [i for i in range(len(word) + 1) if matches(behind, word[i:])]
    values = {word[i:j] for i in starts for j in ends if i <= j}
    return sorted(value for value in values if not any(stop in value for stop in ref.stops))


def _plain(
    letters: tuple[CharSet | Ref, ...], loops: tuple[CharSet | None, ...]
) -> Word | Glob | Sequence:
    parts: list[Part] = []
    for position, loop in enumerate(loops):
        if loop is not None:
            parts.append((loop,))
        if position < len(letters):
            parts.append(letters[position])
    language = spell(parts)
    assert not isinstance(language, Template)
    return language


def first_parts(language: Language, stop: str) -> list[Language] | None:
    """What stands before the first `stop` in words of the language, or more; None: anything."""
    if not isinstance(language, Word | Glob | Sequence):
        return None
    row = spelled(language)
    parts: list[Language] = []
    for position, loop in enumerate(row.loops):
        letter = row.letters[position] if position < len(row.letters) else None
        if (loop is not None and stop in loop) or (letter is not None and stop in letter):
            loops = [each and without(each, stop) for each in row.loops[: position + 1]]
            letters = [without(each, stop) for each in row.letters[:position]]
            parts.append(_plain(tuple(letters), tuple(loops)))
    return parts


def segments(language: Language, most: int) -> list[Language]:
    """The language split at its first colons, where what stands before them holds no colon."""
    if not isinstance(language, Word | Glob | Sequence | Template):
        return [language]
    row = language if isinstance(language, Template) else spelled(language)
    found: list[Language] = []
    parts: list[Part] = []
    for position, loop in enumerate(row.loops):
        if loop is not None:
            parts.append((loop,))
        if position == len(row.letters):
            break
        letter = row.letters[position]
        if letter == one(":") and len(found) < most and not any(map(_may_hold_colon, parts)):
            found.append(spell(parts))
            parts = []
        else:
            parts.append(letter)
    return [*found, spell(parts)]


def _may_hold_colon(part: Part) -> bool:
    match part:
        case Ref(alphabet=alphabet, stops=stops):
            return ":" in alphabet and ":" not in stops
        case (CharSet() as chars,) | (CharSet() as chars):
            return ":" in chars
    return True
