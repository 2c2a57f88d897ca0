"""Mutants of a file: every fault of each of its policies, and what it does to the meaning, proved.

A mutant is a changed text. One that is no policy any more, or that was made before, is no mutant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import iamlogic as il
from iamlogic.errors import IamlogicError
from iamlogic.testing.mutating.sources import MutableFile, Subject
from iamlogic.testing.mutation.effect import PROOF_SECONDS, MutationEffect, effect_of
from iamlogic.testing.mutation.faults import FAULTS, faults_of
from iamlogic.testing.mutation.naming import described


@dataclass(frozen=True, slots=True)
class Candidate:
    """A changed text of a file, of which nothing is proved yet."""

    file: MutableFile
    text: str
    operator: str
    what: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A candidate that can be read, and what it does to what is allowed."""

    candidate: Candidate
    subjects: tuple[Subject, ...]
    effect: MutationEffect

    @property
    def what(self) -> str:
        return self.candidate.what


@dataclass(frozen=True, slots=True)
class Telling:
    """A request that the original and the mutant decide differently, and what each says."""

    request: il.Request
    subject: Subject
    original: il.Decision
    mutant: il.Decision


def candidates(file: MutableFile) -> Iterator[Candidate]:
    """The changed texts of a file, each once."""
    seen = {file.source.text}
    for operator in FAULTS.values():
        for target in file.targets:
            for fault in faults_of(target.document, operator):
                text = file.source.with_value(target.node, fault.document)
                if text not in seen:
                    seen.add(text)
                    place = target.places[fault.statement]
                    what = described(fault, target.statement(fault.statement), place)
                    yield Candidate(file, text, operator.name, what)


def proved(candidate: Candidate) -> Mutant | None:
    """The mutant and its effect; None if the text cannot be read as what it was."""
    original = candidate.file.original
    try:
        subjects = candidate.file.read(candidate.text)
    except IamlogicError:
        return None
    if len(subjects) != len(original):
        return None
    pairs = zip(original, subjects, strict=True)
    effects = {effect_of(old, new) for old, new in pairs if old != new}
    return Mutant(candidate, subjects, _together(effects))


def _together(effects: set[MutationEffect]) -> MutationEffect:
    """What policies that decide each by itself come to."""
    found = effects - {MutationEffect.STAYED}
    if MutationEffect.UNKNOWN in found:
        return MutationEffect.UNKNOWN
    if len(found) > 1:
        return MutationEffect.BOTH
    return next(iter(found), MutationEffect.STAYED)


def telling(mutant: Mutant) -> Telling | None:
    """A request that tells a mutant from the original: one that it grants, if there is any.

    None if the time was up before one was found that people can read.
    """
    for old, new in zip(mutant.candidate.file.original, mutant.subjects, strict=True):
        if old == new:
            continue
        comparison = il.compare(old, new, timeout=PROOF_SECONDS)
        for difference in (*comparison.gained[:1], *comparison.lost[:1]):
            request = difference.witness
            return Telling(request, old, il.evaluate(old, request), il.evaluate(new, request))
    return None
