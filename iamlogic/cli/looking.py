"""Who outside has access, of many files: one after the other, or shared by several processes.

A file is read and asked about in one go, in whichever process: reading costs as much as the answer.
What cannot be read, or goes beyond what iamlogic can do, is told of its file, and the others are
looked at all the same: a finding is one whatever else there is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import iamlogic as il
from iamlogic.cli.reading import content_of, name_of
from iamlogic.inputs.resource_files import Granting, read_granting
from iamlogic.syntax.policy import PolicyKind
from iamlogic.syntax.policy_set import policies_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of every file."""

    zone: il.Zone
    resource_type: str | None = None
    resource: str | None = None
    sharing: tuple[il.Policy, ...] = ()
    block_public_access: il.BlockPublicAccess | None = None
    timeout: float | None = None
    all_requests: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What one file holds and who outside that lets in; or why that is not told."""

    file: str
    subject: il.Policy | il.PolicySet | None = None
    access: il.ExternalAccess | None = None
    error: il.IamlogicError | None = None


def look_at(files: Sequence[str], asked: Asked, jobs: int | None) -> list[Seen]:
    """What is seen in each of the files, in their order."""
    # Standard input is this process's own.
    given = [(file, content_of(file) if file == "-" else None) for file in files]
    found = []
    with _mapped(partial(_look, asked), given, jobs) as results, _progress(len(files)) as advance:
        for each in results:
            found.append(each)
            advance()
    return found


def look(file: str, asked: Asked) -> Seen:
    """What is seen in one file."""
    return _look(asked, (file, None))


def _look(asked: Asked, given: tuple[str, bytes | None]) -> Seen:
    file, content = given
    name = name_of(file)
    subject: il.Policy | il.PolicySet | None = None
    try:
        granting = read_resource(file, content, resource=asked.resource)
        subject, sharing = granting.subject, asked.sharing
        if granting.is_sharing and isinstance(subject, il.Policy):  # of a resource without policy
            sharing = (subject, *sharing)
        access = il.external_access(
            _NONE if granting.is_sharing else subject,
            asked.zone,
            resource_type=asked.resource_type,
            sharing=sharing,
            block_public_access=asked.block_public_access,
            resource=asked.resource,
            timeout=asked.timeout,
            all_requests=asked.all_requests,
        )
    except il.IamlogicError as error:
        return Seen(name, subject, error=error)
    return Seen(name, subject, access)


_NONE = il.Policy((), kind=PolicyKind.RESOURCE)


def read_resource(
    file: str, content: bytes | None = None, *, resource: str | None = None
) -> Granting:
    """What grants access to a resource; a policy that cannot is an error."""
    name = name_of(file)
    given = content_of(file) if content is None else content
    granting = read_granting(given, name, resource=resource)
    check_grants(granting.subject, name)
    return granting


def check_grants(subject: il.Policy | il.PolicySet, name: str) -> None:
    """Raise `PolicyReadError` for what cannot let anybody in."""
    if isinstance(subject, il.PolicySet):
        others = (subject.identity, subject.boundary, subject.session, subject.scps)
        if any(others) or subject.vpc_endpoint is not None:
            reason = "who outside has access is asked of a stack of resource and rcps alone"
            raise il.PolicyReadError(name, reason)
    elif subject.kind is not PolicyKind.RESOURCE and subject.statements:
        reason = "it names no principals, and only a resource's policy lets others in"
        raise il.PolicyReadError(name, reason)


_WORTH_SHARING = 200
"""Files that are worth a process more: to start one takes about as long as to look at so many."""

_Given = tuple[str, bytes | None]


@contextmanager
def _mapped(
    ask: partial[Seen], given: Sequence[_Given], jobs: int | None
) -> Iterator[Iterator[Seen]]:
    worth = max(1, len(given) // _WORTH_SHARING)
    processes = min(jobs or min(os.cpu_count() or 1, worth), len(given))
    if processes <= 1:
        yield map(ask, given)
        return
    from iamlogic.cli.processes import workers

    with workers(processes) as pool:
        yield pool.map(ask, given, chunksize=max(1, min(50, len(given) // (4 * processes))))


_WORTH_A_BAR = 20
"""Files from which on it is shown how far it is."""


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error, if somebody looks at it; what is printed is never part of it."""
    if total < _WORTH_A_BAR or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Policies", total=total)
        yield lambda: bar.advance(task)


def policy_files(seen: Seen) -> set[str]:
    """The names under which findings of a file can stand in a baseline."""
    own = () if seen.subject is None else policies_of(seen.subject)
    return {seen.file, *(policy.file for policy in own if policy.file is not None)}
