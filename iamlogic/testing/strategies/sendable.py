"""Words for the action and the resource of a request: on a pattern's edge, or beside several.

Of the words that `words` makes only those are left which a request can have (R-E21), unless the
manner says that any will do. For `NotAction` and `NotResource` those that match a pattern are the
ones that just miss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from iamlogic.semantics.globs import Glob, glob, glob_matches, written
from iamlogic.semantics.world import has_action_form, has_resource_form
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Actions, Text
from iamlogic.testing.strategies.values import Manner, pattern_of
from iamlogic.testing.strategies.words import Pattern, Place, Words, action_words, resource_words

ANY_ACTION = ("s3:GetObject", "iam:PassRole", "sts:AssumeRole", "ec2:RunInstances")


@lru_cache(maxsize=1 << 14)
def sendable_actions(pattern: str, manner: Manner) -> Words:
    """Of one pattern; of one that no request can match, the usual ones."""
    words = action_words(pattern, manner.fillings)
    return _of_form(words, has_action_form, ANY_ACTION) if manner.sent else words


@lru_cache(maxsize=1 << 10)
def actions_beside(actions: Actions, elsewhere: tuple[str, ...], manner: Manner) -> Words:
    """For `NotAction`: words that none of the patterns matches, and those that one does."""
    made = [
        word
        for pattern in (*(p.text for p in actions.patterns), *elsewhere)
        for words in (sendable_actions(pattern, manner),)
        for word in (*words.near, *words.hits)
    ]
    globs = [written("*" if p.text == "*:*" else fold(p.text)) for p in actions.patterns]
    return Words.parted((*ANY_ACTION, *made), lambda word: not _any_matches(globs, fold(word)))


@lru_cache(maxsize=1 << 14)
def sendable_resources(pattern: Pattern, place: Place, manner: Manner) -> Words:
    """Of one pattern; of one that no request can match, the usual ones of the place."""
    words = resource_words(pattern, manner.fillings, place)
    usual = resource_words(pattern_of(Text("*")), (), place).hits
    return _of_form(words, has_resource_form, usual) if manner.sent else words


@lru_cache(maxsize=1 << 12)
def resources_beside(
    patterns: tuple[Pattern, ...], other: Pattern, place: Place, manner: Manner
) -> Words:
    """For `NotResource`: words that none of the patterns matches, and those that one does."""
    usual = resource_words(pattern_of(Text("*")), (), place).hits
    made = [
        word
        for pattern in (*patterns, other)
        for words in (sendable_resources(pattern, place, manner),)
        for word in (*words.near, *words.hits)
    ]
    globs = [glob(pattern) for pattern in patterns]
    return Words.parted((*usual, *made), lambda word: not _any_matches(globs, word))


def _any_matches(globs: Sequence[Glob], word: str) -> bool:
    return any(glob_matches(each, word) for each in globs)


def _of_form(words: Words, is_one: Callable[[str], bool], usual: tuple[str, ...]) -> Words:
    """The words that a request can have (R-E21); of a pattern that matches none, the usual ones."""
    hits, near = (tuple(filter(is_one, each)) for each in (words.hits, words.near))
    return Words(hits or near or usual, near)
