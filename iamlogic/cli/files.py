"""Which files the arguments of a command name: files, folders, glob patterns, standard input.

A folder means every `*.json` below it but what is hidden. Shells expand patterns or do not, and
not all alike (`**`), so patterns that arrive here are expanded here. The order is that of the
arguments, and under each that of the names, whatever the file system's: output can be compared. An
argument that names nothing is an error, for what is not looked at must not count as fine.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import iamlogic as il
from iamlogic.cli.reading import name_of, only_one_from_stdin, read_subject_of
from iamlogic.errors import PolicyReadError, PolicySyntaxError, Problem, Where


def files_of(arguments: Iterable[str]) -> list[str]:
    """The files that the arguments name, each once; `-` stays `-`."""
    given = list(arguments)
    only_one_from_stdin(*given)
    found: dict[str, str] = {}
    for argument in given:
        for file in _expanded(argument):
            found.setdefault(file if file == "-" else os.path.normpath(file), file)
    return list(found.values())


def read_policies_of(
    files: Iterable[str], check: Callable[[il.Policy, str], None] | None = None
) -> list[il.Policy]:
    """The policy in each of the files; if some hold none, one error with all their problems.

    `check` gets each policy with its file's name, and raises for one that will not do.
    """
    policies: list[il.Policy] = []
    errors: list[PolicySyntaxError | PolicyReadError] = []
    for file in files:
        try:
            policies.append(_policy_in(file))
            if check is not None:
                check(policies[-1], name_of(file))
        except (PolicySyntaxError, PolicyReadError) as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise PolicySyntaxError(tuple(each for error in errors for each in _problems(error)))
    return policies


def _policy_in(file: str) -> il.Policy:
    subject = read_subject_of(file)
    if isinstance(subject, il.PolicySet):
        raise PolicyReadError(name_of(file), "it is a stack, where one policy is asked for")
    return subject


def _problems(error: PolicySyntaxError | PolicyReadError) -> tuple[Problem, ...]:
    match error:
        case PolicySyntaxError():
            return error.problems
        case PolicyReadError():
            return (Problem(f"cannot be read: {error.reason}", Where(file=error.file)),)


def _expanded(argument: str) -> list[str]:
    if argument == "-":
        return [argument]
    if Path(argument).is_dir():
        found, reason = _below(argument), "the folder has no *.json in it or below"
    elif Path(argument).exists() or not glob.has_magic(argument):
        return [argument]  # what does not exist is told when it is read
    else:
        matches = sorted(glob.glob(argument, recursive=True), key=_by_name)  # noqa: PTH207 (absolute, too)
        found = [file for each in matches for file in _files(each)]
        reason = "no file matches the pattern"
    if not found:
        raise PolicyReadError(argument, reason)
    return found


def _files(match: str) -> list[str]:
    return _below(match) if Path(match).is_dir() else [match]


def _below(folder: str) -> list[str]:
    """Every `*.json` in the folder and its folders, but what is hidden."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            str(Path(place) / name)
            for name in names
            if name.endswith(".json") and not name.startswith(".")
        ]
    return sorted(found, key=_by_name)


def _by_name(file: str) -> tuple[str, ...]:
    return Path(file).parts
