"""A review as the command makes it: what to read, with which settings, in how many processes.

The work is in two steps that processes share: files are read and their policies paired, and each
pair that changed is asked about.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import iamlogic as il
from iamlogic.cli.judging import settings_in
from iamlogic.cli.reading import content_of, name_of
from iamlogic.inputs.git.ranges import Range, range_of
from iamlogic.inputs.git.repository import Repository
from iamlogic.inputs.places.beside import attachments, unfollowed
from iamlogic.inputs.places.revisions import FilePair, between, read_pair
from iamlogic.inputs.settings.deployment import PARTITION
from iamlogic.inputs.settings.settings import SETTINGS_FILES, one_of, parse_settings
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.questions.review.assembling import Sides, assembled
from iamlogic.questions.review.concerns import attachment_notice
from iamlogic.questions.review.globs import matches_any
from iamlogic.questions.review.pairing import Pair
from iamlogic.questions.review.placed import Found, Unread
from iamlogic.questions.review.review import Review, ReviewedChange
from iamlogic.questions.review.reviewing import Terms, review_pair
from iamlogic.syntax.documents import decode_text

_A = TypeVar("_A")
_B = TypeVar("_B")

_WORTH_SHARING = 100
"""Files or policies that are worth a process more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user asks for."""

    settings: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    timeout: float | None = None
    jobs: int | None = None
    today: date = date.min


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review and the settings that it was made by."""

    review: Review
    settings: il.Settings


def review_range(folder: Path, text: str | None, asked: Asked, *, staged: bool) -> Reviewed:
    """The review of what changed in the repository around a folder."""
    repository = Repository.around(folder)
    range_ = range_of(repository, text, staged=staged)
    settings, remarks = _settings(repository, range_, asked)
    deployment = deployment_of(settings.deployment, asked.parameters)
    ignored = settings.review.ignore
    differing = between(repository, range_, lambda file: matches_any(file, ignored))
    with _hands(asked.jobs) as hands:
        sides = Sides(differing.renamed)
        terms = terms_of(settings, asked, repository.root)
        changes: list[ReviewedChange | Unread] = []
        settled = 0
        renamed = dict(differing.renamed)
        for each in hands.map(partial(_handle, deployment, terms, renamed), differing.pairs):
            changes += each.changes
            settled += each.unchanged
            sides.add(*each.left)
        changes += hands.map(partial(_review, terms), sides.changed)
    remarks += _without_zone(settings, changes)
    review = assembled(sides, changes, range_.base_name, range_.head_name)
    remarks += [
        f"{file} holds what looks like a policy, in a form that is not read"
        for file in differing.unlike
    ]
    attached = list(attachments(differing.pairs))
    remarks += [
        *differing.unseen,
        *(
            f"{each.file} names the policy {each.policy} of AWS, not looked into"
            for each in attached
        ),
        *unfollowed(differing.pairs, differing.changed),
    ]
    told = (attachment_notice(each.policy, each.file, each.where) for each in attached)
    return Reviewed(
        replace(
            review,
            files=len(differing.pairs),
            unchanged=review.unchanged + settled,
            guardrails=len(settings.guardrails),
            remarks=(*review.remarks, *remarks),
            unread_notices=(*review.unread_notices, *told),
        ),
        settings,
    )


def review_plan(file: str, asked: Asked) -> Reviewed:
    """The review of a Terraform plan, which holds both sides."""
    from iamlogic.inputs.terraform.plan import read_plan

    name = name_of(file)
    content = content_of(file)
    if content.startswith(b"PK"):  # Terraform's own form is an archive
        reason = "it is a plan in Terraform's own form: give what `terraform show -json` prints"
        raise il.PolicyReadError(name, reason)
    settings = settings_in(asked.settings)
    deployment = deployment_of(settings.deployment, asked.parameters)
    before, after = read_plan(decode_text(content, name), name, deployment)
    sides = Sides({})
    sides.add(before, after)
    terms = terms_of(settings, asked, Path.cwd())
    with _hands(asked.jobs) as hands:
        changes = list(hands.map(partial(_review, terms), sides.changed))
    review = assembled(sides, changes, f"the state before {name}", f"the state after {name}")
    remarks = (*review.remarks, *_without_zone(settings, changes))
    whole = replace(review, files=1, guardrails=len(settings.guardrails), remarks=remarks)
    return Reviewed(whole, settings)


@dataclass(frozen=True, slots=True)
class _Handled:
    """What became of one file: what could be said at once, and what is left to pair with others."""

    changes: tuple[ReviewedChange | Unread, ...]
    unchanged: int
    left: tuple[Found, Found]


def _handle(
    deployment: Deployment, terms: Terms, renamed: Mapping[str, str], pair: FilePair
) -> _Handled:
    """Read a file, and review its policies if none of them can have come from elsewhere.

    That is done where the file was read, since a policy costs as much to send as to parse.
    """
    found = read_pair(pair, deployment)
    sides = Sides(renamed)
    sides.add(*found)
    if not sides.is_settled:
        return _Handled((), 0, found)
    changes = tuple(_review(terms, each) for each in sides.changed)
    return _Handled(changes, len(sides.pairs) - len(changes), (Found(), Found()))


def _review(terms: Terms, pair: Pair) -> ReviewedChange | Unread:
    """What a change means; where something goes wrong in iamlogic itself, that alone is unknown."""
    try:
        return review_pair(pair, terms)
    except (il.InternalError, il.Unsupported) as error:
        placed = pair.after or pair.before
        assert placed is not None
        return Unread(placed.file, placed.name, placed.where, error, is_open=True)


def _without_zone(settings: il.Settings, changes: Iterable[ReviewedChange | Unread]) -> list[str]:
    """That nobody said who is trusted, where that would have been asked."""
    asked = (each.external for each in changes if isinstance(each, ReviewedChange))
    if settings.zone is not None or all(each is None for each in asked):
        return []
    return ["nobody says who is trusted: write [zone] in iamlogic.toml to tell who is outside"]


def _settings(repository: Repository, range_: Range, asked: Asked) -> tuple[il.Settings, list[str]]:
    """The settings that are named, or else those that stand at the root on the reviewed side."""
    if asked.settings is not None:
        return il.load_settings(asked.settings), []
    held = repository.contents(range_.head, SETTINGS_FILES)
    was = repository.contents(range_.base, SETTINGS_FILES)
    remarks = []
    for name in one_of(list(held)):
        if was.get(name) != held[name]:
            remarks.append(f"{name} changed as well: this review goes by what it says now")
        path = str(repository.root / name)
        return parse_settings(decode_text(held[name], path), file=path), remarks
    if was:
        remarks.append("the settings are gone: there are no guardrails, and nobody is trusted")
    return il.Settings(), remarks


def _accepted(settings: il.Settings, repository: Repository, changed: Sequence[str]) -> list[str]:
    """That the same change accepts findings, if it does."""
    if settings.review.baseline is None:
        return []
    name = os.path.relpath(Path(settings.review.baseline).resolve(), repository.root.resolve())
    if Path(name).as_posix() not in changed:
        return []
    return [f"{name} changed as well: what it accepts now is not told"]


def deployment_of(given: Deployment, parameters: Mapping[str, str]) -> Deployment:
    """The deployment of the settings, with what is said on the command line in its place."""
    if not parameters:
        return given
    # A JSON text is one of TOML as well, so the same rules hold, and tell what is wrong.
    lines = (f"{json.dumps(name)} = {json.dumps(text)}" for name, text in parameters.items())
    said = parse_settings("\n".join(["[parameters]", *lines]), file="--parameter").deployment
    return Deployment(
        said.partition if PARTITION in parameters else given.partition,
        said.account or given.account,
        said.region or given.region,
        {**given.parameters, **said.parameters},
    )


def terms_of(settings: il.Settings, asked: Asked, root: Path) -> Terms:
    """What the settings say that a review goes by; policies are named from the root."""
    baseline = il.Baseline()
    if settings.review.baseline is not None:
        loaded = il.load_baseline(settings.review.baseline)
        # Policies are named from the root of the repository, and so must the baseline's folder be.
        baseline = replace(loaded, folder=os.path.relpath(Path(loaded.folder).resolve(), root))
    return Terms(
        settings.zone,
        settings.guardrails,
        settings.archive,
        baseline,
        asked.today,
        asked.timeout,
    )


class _Hands:
    """Who does the work: this process, or a pool that is started when there is enough to do."""

    def __init__(self, jobs: int | None, stack: ExitStack) -> None:
        self._jobs, self._stack = jobs, stack
        self._pool: ProcessPoolExecutor | None = None

    def map(self, function: Callable[[_A], _B], items: Sequence[_A]) -> Iterable[_B]:
        """What the function gives for each of the items, in their order."""
        wanted = self._jobs or min(os.cpu_count() or 1, max(1, len(items) // _WORTH_SHARING))
        processes = min(wanted, len(items))
        if self._pool is None and processes > 1:
            from iamlogic.cli.processes import workers

            self._pool = self._stack.enter_context(workers(processes))
        if self._pool is None:
            return map(function, items)
        size = max(1, min(25, len(items) // (4 * max(processes, 1))))
        return self._pool.map(function, items, chunksize=size)


@contextmanager
def _hands(jobs: int | None) -> Iterator[_Hands]:
    with ExitStack() as stack:
        yield _Hands(jobs, stack)
