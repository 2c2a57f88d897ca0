"""The policies in files, as tests want them: each with an id that people recognize.

A file that is one policy gives a `Policy`, one that says which policies decide together (a stack) a
`PolicySet`; what lives inside of something else, a template, a plan, a Terraform module, gives a
`PlacedPolicy` each. What cannot be read is there, too: the test that gets it fails with the reason.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from iamlogic.errors import IamlogicError
from iamlogic.inputs.cloudformation import looks_like_template
from iamlogic.inputs.places.files import FileKind, kind_of
from iamlogic.inputs.places.folders import policies_below
from iamlogic.inputs.stack import is_stack, load_stack
from iamlogic.inputs.terraform.plan_tree import looks_like_plan
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.questions.guardrail import possible_types
from iamlogic.questions.review.placed import Found
from iamlogic.syntax.documents import read_document, read_file
from iamlogic.syntax.json_tree import JsonValue
from iamlogic.syntax.policy_types import PolicyType
from iamlogic.testing.snapshots import SNAPSHOTS
from iamlogic.testing.subjects import Subject


@dataclass(frozen=True, slots=True)
class Loaded:
    """A policy by its id, or why there is none that can be read."""

    id: str
    subject: Subject | IamlogicError


class NoPolicies(IamlogicError):
    """Where policies should be there are none, so that nothing would be tested."""


def policies_at(
    globs: Sequence[str],
    root: Path,
    here: Path,
    *,
    types: Iterable[PolicyType] = (),
    deployment: Deployment | None = None,
) -> list[Loaded]:
    """The policies in all files and folders that the globs match, in the order of their names.

    Globs start at `root`; those that begin with `./` or `../`, at `here`. `types` leaves others
    out, and all stacks, which are of several. A JSON file that a glob names and that is no policy
    is there as one that cannot be read: it was meant as one. Below a folder such files are left
    out. Raises `NoPolicies` if of a glob nothing is left.
    """
    known = deployment or Deployment()
    wanted = frozenset(types)
    loaded: dict[str, Loaded] = {}
    for each in globs:
        base = here if each.startswith(("./", "../")) else root
        # Hidden files are left out, and a path can be absolute, as a shell does it.
        paths = sorted(glob.glob(each, root_dir=base, recursive=True))  # noqa: PTH207 (as above)
        paths = [path for path in paths if SNAPSHOTS not in Path(path).parts]
        if not paths:
            raise NoPolicies(f"{each} matches no file in {base}")
        places = [Path(os.path.normpath(base / path)) for path in paths]
        found = [policy for place in places for policy in _below(place, root, known, wanted)]
        if not found:
            of_types = (
                f" of the types {', '.join(sorted(t.value for t in wanted))}" if wanted else ""
            )
            raise NoPolicies(f"there is no policy{of_types} in what {each} matches in {base}")
        loaded.update({policy.id: policy for policy in found})
    return list(loaded.values())


def _below(
    path: Path, root: Path, deployment: Deployment, types: frozenset[PolicyType]
) -> Iterator[Loaded]:
    """What is in a file, or in all files below a folder, where stacks come at the end."""
    stacks: list[str] = []

    def is_stack_file(file: str) -> bool:
        if not _holds_stack(file):
            return False
        stacks.append(file)
        return True

    def is_another(file: str) -> bool:
        return SNAPSHOTS in Path(file).parts or is_stack_file(file)

    name = _as_typed(path)
    if path.is_dir() or not is_stack_file(name):
        for _, found in policies_below([name], deployment, is_another):
            yield from _of(found, root, types)
            if found == Found() and _is_meant_as_policy(path):
                hint = "where not each file is one, name the folder"
                told = NoPolicies(f"{name}: there is no policy in it\n    hint: {hint}")
                yield Loaded(_id(name, "", root), told)
    if not types:
        yield from (_stack(each, root) for each in stacks)


def _holds_stack(name: str) -> bool:
    root = _json(name)
    return root is not None and is_stack(root)


def _is_meant_as_policy(path: Path) -> bool:
    """Whether a file without policies is JSON, and no template or plan, which may have none."""
    if path.is_dir() or path.suffix.lower() not in {".json", ".policy"}:
        return False
    if kind_of(path.name) is not FileKind.JSON:
        return False
    root = _json(str(path))
    return root is None or not (looks_like_template(root) or looks_like_plan(root))


def _json(name: str) -> JsonValue | None:
    """What a JSON file holds; None for another, also for one that is called so and is not."""
    if kind_of(name) is not FileKind.JSON:
        return None
    try:
        return read_document(read_file(name), name)[0]
    except IamlogicError:
        return None  # whoever reads policies says why, if it could be one


def _stack(name: str, root: Path) -> Loaded:
    try:
        return Loaded(_id(name, "", root), load_stack(name))
    except IamlogicError as error:
        return Loaded(_id(name, "", root), error)


def _of(found: Found, root: Path, types: frozenset[PolicyType]) -> Iterator[Loaded]:
    """What was found, of the types; what could not be read may be of any."""
    for placed in found.policies:
        if not types or not possible_types(placed).isdisjoint(types):
            is_file = not placed.name and not placed.placeholders
            subject = placed.policy if is_file else placed
            yield Loaded(_id(placed.file, placed.name, root), subject)
    for unread in found.unread:
        yield Loaded(_id(unread.file, unread.name, root), unread.error)


def _id(file: str, name: str, root: Path) -> str:
    """`templates/web.yaml:LogBucketPolicy.PolicyDocument`, from the root where it lies below."""
    full = Path(os.path.abspath(file))  # noqa: PTH100 (a link goes by its own name)
    shown = full.relative_to(root).as_posix() if full.is_relative_to(root) else str(file)
    return f"{shown}:{name}" if name else shown


def _as_typed(path: Path) -> str:
    """The path from where pytest runs, as its messages have it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
