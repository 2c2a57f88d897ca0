"""Copies of the tree that the tests run in: the user's own files are read, and never written.

A copy has what git knows of and what it would add, or without git the whole folder. Links are made
so that they lead into the copy where they led into the tree. Large folders of tools (`.venv`,
`node_modules`) are links to the tree's own, since commands need them; `.git` is left out: no
command in a copy can change the repository.

After each run a copy is put right again by a second one that no command ever sees, so that what the
tests of one mutant write cannot decide about the next.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from iamlogic.errors import IamlogicError
from iamlogic.inputs.git.errors import GitError
from iamlogic.inputs.git.repository import Repository

TOOLS = frozenset({".venv", "venv", "node_modules"})
"""Folders of tools, which a copy has as links."""
_LEFT_OUT = frozenset({".git", ".hg", ".svn", "__pycache__"})


class TreeError(IamlogicError):
    """The tree cannot be copied."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder, and the files in it that are copied, by their names relative to it."""

    root: Path
    files: tuple[str, ...]

    @staticmethod
    def around(folder: Path) -> Tree:
        """The repository that a folder lies in, or else the folder itself."""
        folder = folder.resolve()
        try:
            root = Repository.around(folder).root.resolve()
        except GitError:
            return Tree(folder, tuple(sorted(_walked(folder, ""))))
        return Tree(root, tuple(sorted(set(_known_to_git(root)))))

    def copy_to(self, folder: Path, more: Iterable[str] = ()) -> None:
        """Copy the tree, and some files whether git knows of them or not."""
        folders = {""}
        try:
            for name in sorted({*self.files, *more}):
                parent = os.path.dirname(name)  # noqa: PTH120 (a name, no path here)
                (folder / parent).mkdir(parents=True, exist_ok=True)
                folders.update([parent, *map(str, Path(parent).parents)])
                _copy(self.root, folder, name)
            for each in sorted(folders):
                self._link_tools(folder, each)
        except OSError as error:
            raise TreeError(f"the tree cannot be copied: {error}") from error

    def _link_tools(self, folder: Path, inside: str) -> None:
        for tool in TOOLS:
            original, copy = self.root / inside / tool, folder / inside / tool
            if original.is_dir() and not os.path.lexists(copy):
                copy.symlink_to(original, target_is_directory=True)


def _known_to_git(root: Path) -> Iterator[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=False)  # noqa: S603 (fixed)
    if listed.returncode != 0:
        raise TreeError(f"git ls-files: {listed.stderr.decode(errors='replace').strip()}")
    for each in filter(None, listed.stdout.split(b"\0")):
        name = os.fsdecode(each).rstrip("/")
        path = root / name
        if path.is_symlink() or path.is_file():
            yield name
        elif path.is_dir():  # a repository inside of this one
            yield from _walked(root, name)


def _walked(root: Path, inside: str) -> Iterator[str]:
    """The files below a folder, without those of tools and of version control."""
    for place, folders, names in os.walk(root / inside):
        links = [each for each in folders if (Path(place) / each).is_symlink()]
        folders[:] = [each for each in folders if each not in TOOLS | _LEFT_OUT | {*links}]
        for name in (*names, *(each for each in links if each not in TOOLS)):
            yield os.path.relpath(Path(place) / name, root)


def _copy(root: Path, folder: Path, name: str) -> None:
    source, target = root / name, folder / name
    if source.is_symlink():
        target.symlink_to(_link(root, source))
    elif source.is_file():  # a pipe or a socket would never end
        shutil.copy2(source, target)


def _link(root: Path, link: Path) -> str:
    """Where a link's copy leads to: into the copy if it led into the tree."""
    aim = os.readlink(link)  # noqa: PTH115 (as it is written)
    led = Path(os.path.normpath(link.parent / aim))
    if led.is_relative_to(root):
        return str(os.path.relpath(led, link.parent))
    return str(led)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the tree that commands run in, and one beside it that they do not know of."""

    folder: Path
    pristine: Path
    folders: frozenset[str]
    states: dict[str, tuple[int, int, int]]
    """What each file was like when it was copied."""

    @staticmethod
    def of(tree: Tree, folder: Path, pristine: Path, more: Iterable[str]) -> Copy:
        """Copy the tree to `folder`; it is in `pristine` already."""
        tree.copy_to(folder, more)
        states = {name: _state(folder / name) for name in _entries(folder)}
        return Copy(folder, pristine, frozenset(_folders(folder)), states)

    def write(self, name: str, content: bytes) -> None:
        """Give a file another content, at once."""
        path = self.folder / name
        new = path.with_name(f".{path.name[:100]}.iamlogic")
        new.write_bytes(content)
        new.chmod(stat.S_IMODE(path.stat().st_mode))
        new.replace(path)

    def restore(self) -> None:
        """Make the copy what it was, whatever a command did in it."""
        for name in set(_entries(self.folder)) - set(self.states):
            _remove(self.folder / name)
        for name in set(_folders(self.folder)) - self.folders:
            discard(self.folder / name)
        for name, state in self.states.items():
            path = self.folder / name
            if not os.path.lexists(path) or _state(path) != state:
                _remove(path)
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self.pristine / name, path, follow_symlinks=False)
                self.states[name] = _state(path)


def _folders(folder: Path) -> Iterator[str]:
    """All folders but those for what Python compiles."""
    for place, folders, _ in os.walk(folder):
        folders[:] = [each for each in folders if each != "__pycache__"]
        yield from (os.path.relpath(Path(place) / each, folder) for each in folders)


def _entries(folder: Path) -> Iterator[str]:
    """All files and links; what Python compiled stays, for it is bound to its source's time."""
    for place, folders, names in os.walk(folder):
        links = [each for each in folders if (Path(place) / each).is_symlink()]
        folders[:] = [each for each in folders if each != "__pycache__" and each not in links]
        for name in (*names, *links):
            yield os.path.relpath(Path(place) / name, folder)


def _state(path: Path) -> tuple[int, int, int]:
    found = path.lstat()
    return found.st_mode, found.st_size, found.st_mtime_ns


def _remove(path: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
    else:
        discard(path)


def discard(folder: Path) -> None:
    """Remove a folder of ours, also if a command has made parts of it unwritable."""
    for place, folders, _ in os.walk(folder):
        for each in folders:
            path = Path(place) / each
            if not path.is_symlink():
                path.chmod(stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)
