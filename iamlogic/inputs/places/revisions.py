"""`between`: the policies of all files that differ between two sides of a repository.

A file stands for itself, but a Terraform module is all files of its folder: where one of them
changed, or one that it may read in, the whole module is read on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from iamlogic.inputs.git.errors import GitError
from iamlogic.inputs.git.ranges import Range
from iamlogic.inputs.git.repository import FileChange, Repository, Side
from iamlogic.inputs.places.files import FileKind, kind_of, malformed, policies_in, seems_a_policy
from iamlogic.inputs.places.modules import READ_IN, read_in
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.questions.review.placed import Found


@dataclass(frozen=True, slots=True)
class FilePair:
    """One file, or one module, on both sides, and what it held; None where it is not there.

    Bytes of one file; of a module all of its files, by their names.
    """

    before: str | None
    after: str | None
    held: bytes | Mapping[str, bytes] | None
    holds: bytes | Mapping[str, bytes] | None


@dataclass(frozen=True, slots=True)
class Differing:
    """Everything that differs: `pairs` may hold policies.

    `unlike` are files that are not read, and hold something like a policy. `unseen` says of others,
    in a sentence each, why nothing is said of them.
    """

    pairs: tuple[FilePair, ...]
    unlike: tuple[str, ...]
    unseen: tuple[str, ...]
    renamed: Mapping[str, str]
    """The names that files have now, by those that they had."""
    changed: tuple[str, ...]
    """The names of all files that changed, and are there now."""


def between(repository: Repository, range_: Range, is_ignored: Callable[[str], bool]) -> Differing:
    """What differs on the two sides of a range, but for the files that are ignored."""
    differing = [
        each
        for each in repository.changes(range_.base, range_.head)
        if not is_ignored(each.after or each.before or "")
    ]
    changes = [each for each in differing if not each.is_repository]
    unseen = [
        f"{each.after or each.before} is a repository of its own, which is not looked into"
        for each in differing
        if each.is_repository
    ]
    modules = _modules(repository, range_, changes)
    alone = [each for each in changes if _kind(each) is not FileKind.TERRAFORM]
    old = repository.contents(range_.base, [each.before for each in alone if each.before])
    new = repository.contents(range_.head, [each.after for each in alone if each.after])
    _check_all_there(repository, range_.base, {each.before for each in alone}, old)
    unseen += _check_all_there(repository, range_.head, {each.after for each in alone}, new)
    pairs, unlike = [], []
    for each in alone:
        held, holds = old.get(each.before or ""), new.get(each.after or "")
        if _kind(each) is not FileKind.OTHER:
            pairs.append(FilePair(each.before, each.after, held, holds))
        elif each.after is not None and holds is not None and seems_a_policy(holds):
            unlike.append(each.after)
    renamed = {each.before: each.after for each in changes if each.before and each.after}
    changed = tuple(each.after for each in changes if each.after)
    return Differing((*pairs, *modules), tuple(unlike), tuple(unseen), renamed, changed)


def _check_all_there(
    repository: Repository, side: Side | None, named: set[str | None], found: Mapping[str, bytes]
) -> list[str]:
    """Of the links that lead to no file at hand, a sentence each.

    Raises `GitError` for a file that git has listed and cannot show: it is not as good as gone.
    """
    missing = sorted({each for each in named if each} - found.keys())
    for each in missing:
        if not repository.is_link(side, each):
            raise GitError(
                f"{each} cannot be read on one side of the change",
                "is a merge not finished, or the clone a part of the repository only?",
            )
    return [f"{each} is a link to what is no file here, which is not followed" for each in missing]


def read_pair(pair: FilePair, deployment: Deployment) -> tuple[Found, Found]:
    """The policies of a file or a module, before and after."""
    before = _policies(pair.before, pair.held, deployment)
    after = _policies(pair.after, pair.holds, deployment)
    is_empty = bool(before.policies) and after == Found()
    if is_empty and pair.after is not None and isinstance(pair.holds, bytes):
        # It may hold no word of a policy any more, and yet be meant as one: a file cut off, say.
        after = malformed(pair.holds, pair.after)
    return before, after


def _policies(
    name: str | None, held: bytes | Mapping[str, bytes] | None, deployment: Deployment
) -> Found:
    if name is None or held is None:
        return Found()
    if isinstance(held, bytes):
        return policies_in(held, name, deployment)
    from iamlogic.inputs.places.modules import policies_of_module

    return policies_of_module(held, deployment)


def _kind(change: FileChange) -> FileKind:
    return kind_of(change.after or change.before or "")


def _modules(
    repository: Repository, range_: Range, changes: Sequence[FileChange]
) -> Iterator[FilePair]:
    """The modules that a change may concern, each with all of its files."""
    touched = [
        name
        for each in changes
        for name in (each.before, each.after)
        if name and _may_concern(name)
    ]
    if not touched:
        return
    sides: tuple[Side | None, Side | None] = (range_.base, range_.head)
    listed = [_by_folder(repository.files(side)) for side in sides]
    with_modules = {
        folder for each in listed for folder, names in each.items() if _is_module(names)
    }
    folders = sorted({f for name in touched for f in _folders(name)} & with_modules)
    for folder in folders:
        held, holds = (
            _module(repository, side, folder, names)
            for side, names in zip(sides, listed, strict=True)
        )
        if held != holds:
            yield FilePair(folder if held else None, folder if holds else None, held, holds)


def _may_concern(name: str) -> bool:
    return kind_of(name) is FileKind.TERRAFORM or name.lower().endswith(READ_IN)


def _folders(name: str) -> Iterator[str]:
    """The folder of a file and, if the file is read in, those above: their modules may read it."""
    folder, *above = map(str, PurePosixPath(name).parents)
    yield folder
    if kind_of(name) is not FileKind.TERRAFORM:
        yield from above


def _by_folder(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        if _may_concern(name):
            found.setdefault(str(PurePosixPath(name).parent), []).append(name)
    return found


def _is_module(names: Iterable[str]) -> bool:
    return any(name.lower().endswith((".tf", ".tf.json", ".tofu")) for name in names)


def _module(
    repository: Repository, side: Side | None, folder: str, listed: Mapping[str, list[str]]
) -> dict[str, bytes]:
    """What a folder's files of Terraform hold, and those below it that they read in."""
    names = [each for each in listed.get(folder, ()) if kind_of(each) is FileKind.TERRAFORM]
    own = repository.contents(side, names)
    if not own:
        return {}
    above = "" if folder == "." else folder + "/"
    others = [
        each
        for place, names in listed.items()
        if place == folder or place.startswith(above)
        for each in names
        if kind_of(each) is not FileKind.TERRAFORM
    ]
    return own | repository.contents(side, read_in(others, own.values()))
