"""`policies_below`: all policies in files and folders as they are now, in files of any kind.

A file stands for itself; the Terraform files of a folder are a module, of which one alone says
little. Hidden folders are left out, but for `.github`, where workflows keep policies. The order is
that of the names, whatever the file system's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from iamlogic.errors import PolicyReadError, Where
from iamlogic.inputs.places.files import FileKind, kind_of, policies_in
from iamlogic.inputs.places.modules import READ_IN, policies_of_module, read_in
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.questions.review.placed import Found, Unread
from iamlogic.syntax.documents import read_file

_VISIBLE = {".github"}


def policies_below(
    paths: Iterable[str], deployment: Deployment, is_ignored: Callable[[str], bool]
) -> Iterator[tuple[str, Found]]:
    """What is in each file that holds something, by its name; a module goes by its folder's.

    A path in which there is nothing comes with that. In folders, files that are ignored are not
    looked at; one that is named is.
    """
    holds: dict[str, bool] = {}
    for path in paths:
        is_folder = Path(path).is_dir()
        holds_any = False
        for file in files_below(path) if is_folder else [path]:
            if is_folder and is_ignored(file):
                continue
            name = _unit(file)
            known = os.path.normpath(name)
            if known not in holds:
                found = _policies(name, file, deployment)
                holds[known] = bool(found.policies or found.unread)
                if holds[known]:
                    yield name, found
            holds_any = holds_any or holds[known]
        if not holds_any:
            yield path, Found()


def files_below(folder: str) -> list[str]:
    """The files in the folder and its folders of which policies are read."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name[0] != "." or name in _VISIBLE]
        found += [str(Path(place) / name) for name in names if kind_of(name) is not FileKind.OTHER]
    return sorted(found, key=lambda each: Path(each).parts)


def _unit(file: str) -> str:
    """The file itself, or the folder of the module that it is a part of."""
    return str(Path(file).parent) if kind_of(file) is FileKind.TERRAFORM else file


def _policies(name: str, file: str, deployment: Deployment) -> Found:
    try:
        if kind_of(file) is FileKind.TERRAFORM:
            return policies_of_module(_module(Path(name)), deployment)
        return policies_in(read_file(file), file, deployment)
    except PolicyReadError as error:
        return Found(unread=(Unread(file, "", Where(file=file), error),))


def _module(folder: Path) -> dict[str, bytes]:
    """The module's files, and those below its folder that it may read."""
    names = [each for each in folder.iterdir() if kind_of(each.name) is FileKind.TERRAFORM]
    own = {str(each): read_file(each) for each in sorted(names) if each.is_file()}
    others = [
        str(Path(place) / name)
        for place, _, names in os.walk(folder)
        for name in names
        if name.lower().endswith(READ_IN) and kind_of(name) is not FileKind.TERRAFORM
    ]
    mentioned = read_in(sorted(others), own.values())
    return own | {each: read_file(each) for each in mentioned if Path(each).is_file()}
