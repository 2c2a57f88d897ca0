"""A git repository: its revisions, what changed between two, and what their files hold.

Everything is asked of the `git` program, which is there wherever a repository is, and knows all of
its formats. Names of files are bytes to git and may hold anything, so lists are read NUL-separated,
and no revision that a user gives can be taken for an option.
"""

from __future__ import annotations

import os
import posixpath
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from iamlogic.inputs.git.errors import GitError
from iamlogic.syntax.json_tree import MAX_TEXT

_SECONDS = 120
"""How long one question to git may take."""
_LINK, _SUBMODULE, _NOTHING = "120000", "160000", "000000"
_MOST_LINKS = 10
"""How many links may lead to one another."""


class Special(Enum):
    """Sides of a comparison that are no commits."""

    INDEX = "the staged changes"
    WORKTREE = "the working tree"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its id, and how the user called it."""

    id: str
    called: str

    def __str__(self) -> str:
        short = self.id[:10]
        return short if self.id.startswith(self.called) else f"{self.called} ({short})"


EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""Git's name for a tree without files: what a repository without commits is compared with."""

Side = Commit | Special


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that changed: its names before and after, None where it was or is not there.

    `is_repository` says that it is none, but a repository of its own (a submodule).
    """

    before: str | None
    after: str | None
    is_repository: bool = False


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository with the working tree at `root`."""

    root: Path

    @staticmethod
    def around(folder: str | os.PathLike[str]) -> Repository:
        """The repository that a folder lies in. Raises `GitError`."""
        try:
            top = _git(Path(folder), "rev-parse", "--show-toplevel")
        except GitError as error:
            if "not a git repository" in error.message:
                raise GitError(f"{os.fspath(folder)} lies in no git repository") from None
            raise
        return Repository(Path(os.fsdecode(top.removesuffix(b"\n"))))

    def commit(self, name: str) -> Commit:
        """The commit that a name means. Raises `GitError` with what may help."""
        try:
            found = self._git(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
            )
        except GitError:
            raise GitError(f"there is no revision {name!r} here", self._missing(name)) from None
        return Commit(found.decode().strip(), name)

    @property
    def has_commits(self) -> bool:
        """Whether HEAD is a commit yet."""
        try:
            self.commit("HEAD")
        except GitError:
            return False
        return True

    @property
    def is_shallow(self) -> bool:
        """Whether the clone holds a part of the history only."""
        return self._git("rev-parse", "--is-shallow-repository").strip() == b"true"

    def merge_base(self, first: Commit, second: Commit) -> Commit:
        """The last commit that both come from. Raises `GitError` where there is none here."""
        try:
            found = self._git("merge-base", "--end-of-options", first.id, second.id)
        except GitError:
            message = f"{first.called} and {second.called} have no commit in common here"
            hint = None
            if self.is_shallow:
                hint = (
                    "the clone is shallow: fetch the history (git fetch --unshallow, or "
                    "fetch-depth: 0 in a checkout action), or name both revisions: BASE..HEAD"
                )
            raise GitError(message, hint) from None
        return Commit(found.decode().split()[0], f"the merge base with {first.called}")

    def changes(self, base: Commit | None, head: Side) -> list[FileChange]:
        """The files that differ, in the order of their names, with links and submodules.

        Without a base all files are new.
        """
        start = EMPTY_TREE if base is None else base.id
        options = ["--raw", "-z", "--no-abbrev", "--find-renames", "--no-ext-diff", "--no-textconv"]
        ends = {Special.INDEX: ["--cached", start], Special.WORKTREE: [start]}
        end = [start, head.id] if isinstance(head, Commit) else ends[head]
        found = list(_raw_changes(self._git("diff", *options, *end, "--")))
        if head is Special.WORKTREE:
            others = self._git("ls-files", "--others", "--exclude-standard", "-z", "--full-name")
            found += [FileChange(None, each) for each in _names(others)]
        return sorted(
            set(found), key=lambda each: (each.after or each.before or "", each.before or "")
        )

    def files(self, side: Side | None) -> list[str]:
        """All files of a side: those that git knows, and in the working tree those it would add."""
        if side is None:
            return []
        if isinstance(side, Commit):
            return list(
                _names(self._git("ls-tree", "-r", "-z", "--name-only", "--full-tree", side.id))
            )
        others = ["--others", "--exclude-standard"] if side is Special.WORKTREE else []
        names = set(_names(self._git("ls-files", "--cached", *others, "-z", "--full-name")))
        if side is Special.WORKTREE:
            names = {each for each in names if (self.root / each).is_file()}
        return sorted(names)

    def contents(self, side: Side | None, files: Sequence[str]) -> dict[str, bytes]:
        """What files hold on a side, as far as they are there; a link has what it leads to.

        Of a file that is larger than any that is read, only the first byte too many comes along.
        Links that lead out of the repository are not followed.
        """
        if side is None or not files:
            return {}
        if side is Special.WORKTREE:
            read = ((each, self._read(each)) for each in files)
            return {name: content for name, content in read if content is not None}
        links = self._links(side)
        found: dict[str, bytes] = {}
        pending = {each: each for each in files}
        for _ in range(_MOST_LINKS):
            blobs = self._blobs(side, sorted(set(pending.values())))
            found |= {
                name: blobs[at] for name, at in pending.items() if at in blobs and at not in links
            }
            pending = {
                name: target
                for name, at in pending.items()
                if at in blobs and at in links and (target := _target(at, blobs[at])) is not None
            }
            if not pending:
                break
        return found

    def is_link(self, side: Side | None, file: str) -> bool:
        """Whether a file of a side is a symbolic link."""
        match side:
            case None:
                return False
            case Special.WORKTREE:
                return (self.root / file).is_symlink()
        return file in self._links(side)

    def _links(self, side: Side) -> frozenset[str]:
        """The files of a commit, or of the index, that are symbolic links."""
        if isinstance(side, Commit):
            listed = self._git("ls-tree", "-r", "-z", "--full-tree", side.id)
        else:
            listed = self._git("ls-files", "--stage", "-z", "--full-name")
        entries = (each.partition(b"\t") for each in listed.split(b"\0"))
        return frozenset(
            os.fsdecode(name) for mode, _, name in entries if mode.startswith(_LINK.encode())
        )

    def _read(self, file: str) -> bytes | None:
        root = self.root.resolve()
        try:
            path = (root / file).resolve(strict=True)
            if not path.is_relative_to(root) or not path.is_file():
                return None
            with path.open("rb") as stream:
                return stream.read(MAX_TEXT + 1)
        except (FileNotFoundError, NotADirectoryError, RuntimeError):  # a circle of links
            return None
        except OSError as error:
            raise GitError(f"{file}: {(error.strerror or str(error)).lower()}") from None

    def _blobs(self, side: Side, files: Sequence[str]) -> dict[str, bytes]:
        """What git has of files: one process tells their sizes, another what they hold."""
        tree = side.id if isinstance(side, Commit) else ""
        named = [(each, f"{tree}:{each}") for each in files]
        plain = [each for each in named if "\n" not in each[1]]  # a line is a name
        sizes = self._git("cat-file", "--batch-check", given=_lines(name for _, name in plain))
        is_read, found = [], {}
        for (file, name), told in zip(plain, sizes.splitlines(), strict=True):
            kind, _, size = told.rpartition(b" ")
            if not kind.endswith(b" blob"):
                continue
            if int(size) > MAX_TEXT:
                found[file] = self._beginning(name)
            else:
                is_read.append((file, name))
        answer = self._git("cat-file", "--batch", given=_lines(name for _, name in is_read))
        at = 0
        for file, _ in is_read:
            end = answer.index(b"\n", at)
            length = int(answer[at:end].rpartition(b" ")[2])
            found[file] = answer[end + 1 : end + 1 + length]
            at = end + 1 + length + 1
        for file, name in named:
            if "\n" in name:
                found[file] = self._beginning(name)
        return found

    def _beginning(self, name: str) -> bytes:
        """The first bytes of an object, one more than are read; none if it is not there."""
        command = ["git", "cat-file", "blob", name]
        with subprocess.Popen(  # noqa: S603 (fixed program, arguments are no shell text)
            command, cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None
            content = process.stdout.read(MAX_TEXT + 1)
            process.kill()
        return content

    def _missing(self, name: str) -> str | None:
        if name == "HEAD":
            return "the repository has no commit yet"
        if self.is_shallow:
            return "the clone is shallow: fetch that revision, or all of the history, first"
        return f"is it fetched? try git fetch origin {name.removeprefix('origin/')}"

    def _git(self, *arguments: str, given: bytes | None = None) -> bytes:
        return _git(self.root, *arguments, given=given)


def _git(folder: Path, *arguments: str, given: bytes | None = None) -> bytes:
    command = ["git", "-c", "core.quotepath=off", "-c", "core.fsmonitor=false", *arguments]
    # What hooks export (GIT_INDEX_FILE, GIT_DIR) is kept; texts are not translated.
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(  # noqa: S603 (fixed program, arguments are no shell text)
            command,
            cwd=folder,
            env=environment,
            input=given,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except FileNotFoundError:
        missing = "there is no git program" if folder.is_dir() else f"there is no folder {folder}"
        raise GitError(missing) from None
    except (NotADirectoryError, PermissionError) as error:
        raise GitError(f"{folder}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise GitError(f"git {arguments[0]} took more than {_SECONDS} s") from None
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        hint = None
        if "dubious ownership" in said:
            hint = f"tell git that you trust it: git config --global --add safe.directory {folder}"
        raise GitError(f"git {arguments[0]}: {said or f'exit code {done.returncode}'}", hint)
    return done.stdout


def _target(link: str, content: bytes) -> str | None:
    """Where a link leads to, as a file's name; None if that is out of the repository."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(link), os.fsdecode(content)))
    return None if path.startswith(("/", "../")) or path == ".." else path


def _lines(names: Iterable[str]) -> bytes:
    return b"".join(os.fsencode(each) + b"\n" for each in names)


def _names(listed: bytes) -> Iterator[str]:
    return (os.fsdecode(each) for each in listed.split(b"\0") if each)


def _raw_changes(raw: bytes) -> Iterator[FileChange]:
    """The changes in the form of `git diff --raw -z`."""
    parts: Iterable[bytes] = iter(raw.split(b"\0"))
    for head in parts:
        if not head:
            continue
        old_mode, new_mode, _, _, status = head.decode().removeprefix(":").split(" ")
        first = os.fsdecode(next(iter(parts)))
        second = os.fsdecode(next(iter(parts))) if status[0] in "RC" else first
        if status[0] == "U":  # a merge is not finished: whoever reads it will tell
            yield FileChange(first, first)
            continue
        is_there = {mode: mode not in {_SUBMODULE, _NOTHING} for mode in (old_mode, new_mode)}
        before = first if is_there[old_mode] and status[0] != "C" else None
        after = second if is_there[new_mode] else None
        if before is not None or after is not None:
            yield FileChange(before, after)
        if _SUBMODULE in {old_mode, new_mode}:
            yield FileChange(first, second, is_repository=True)
